"""Days by name."""

from __future__ import annotations

from ecp.domain.time.expressions import Day, Expression, Part, Range, Relative, Year
from ecp.domain.time.grammar.basics import Found, Phrases, is_month, is_short_year, is_year, skip
from ecp.domain.time.grammar.figures import ON, figures
from ecp.domain.time.grammar.relative import relative_unit
from ecp.domain.time.grammar.years import anchor
from ecp.domain.time.lexer import Tokens
from ecp.domain.time.vocabulary import word_set

_DAY_OF = Phrases("day of")
_ON_GOES = frozenset("-/%")
_RANKING = word_set("top bottom first last best worst limit biggest largest smallest")
_BETWEEN_DAYS = frozenset({"-", "to", "through", "thru", "until", "and"})


def year_month_day(t: Tokens, i: int) -> Found:
    """`2024-Mar-15`, `2024/mar/15`."""
    mark = t[i + 1]
    if not is_year(t[i]) or mark.text not in ("-", "/") or t[i + 2].kind != "month":
        return None
    if t[i + 3].text != mark.text or not (t[i + 4].kind == "number" and t[i + 4].size <= 2):
        return None
    return Day(day=t[i + 4].number, month=t[i + 2].value, of=Year(year=t[i].number)), i + 5


def named_number(t: Tokens, i: int) -> tuple[int, int] | None:
    """A day of the month in words: `first`, `twenty-first`."""
    if t[i].kind == "ordinal" and t[i].value > 0:
        return t[i].value, i + 1
    j = skip(t, i + 1, "-")
    if t[i].kind == "count" and t[i].value in (20, 30) and t[j].kind == "ordinal" and 0 < t[j].value < 10:
        return t[i].value + t[j].value, j + 1
    return None


def _is_day(t: Tokens, i: int) -> bool:
    token = t[i]
    if token.kind == "ordinal" and token.word[0].isdigit():
        return True
    return token.kind == "number" and token.size <= 2 and (i == 0 or t[i - 1].word not in _RANKING)


def _year_behind(t: Tokens, i: int, dashed: bool = False) -> tuple[Expression | None, int]:
    """The year behind a day: `2024`, `, 2024`, `of last year`, `'24`, `24`, and `-24` where dashes stood before."""
    marked = t[i].word == "'" or (dashed and t[i].word in ("-", "/"))
    if t[i].word == "'" and is_short_year(t[i + 1]) and t[i + 1].glued:
        return Year(year=t[i + 1].number), i + 2
    if marked and t[i].glued and (is_short_year(t[i + 1]) or is_year(t[i + 1])):
        return Year(year=t[i + 1].number), i + 2
    if is_short_year(t[i]) and not t[i].glued and t[i + 1].kind in ("end", "mark") and t[i + 1].word not in _ON_GOES:
        return Year(year=t[i].number), i + 1
    j = skip(t, i, "of", ",", "in")
    return anchor(t, j) or (None, i)


def _month_at(t: Tokens, i: int) -> tuple[int, int] | None:
    if t[i].kind != "month":
        return None
    j = i + 1
    if t[i].size <= 4 and t[j].word == "." and t[j].glued and t[j + 1].text[:1].isdigit():
        j += 1
    return t[i].value, j


def day_first(t: Tokens, i: int) -> Found:
    """`15 March 2024`, `the 15th of March`, `15-Mar-24`, `first of March`."""
    i = skip(t, i, "the")
    if _is_day(t, i):
        number, j = t[i].value, i + 1
        j = _DAY_OF.at(t, j) or skip(t, j, "of", "-", "/", ".")
    else:
        spelled = named_number(t, i)
        if spelled is None or t[spelled[1]].word != "of":
            return None
        number, j = spelled[0], spelled[1] + 1
    month = _month_at(t, j)
    if month is None or (t[j].text == "may" and t[i].kind == "number" and i and t[j - 1].word == "of"):
        return None
    of, end = _year_behind(t, month[1], dashed=t[j - 1].word in ("-", "/"))
    return Day(day=number, month=month[0], of=of), end


def month_first(t: Tokens, i: int) -> Found:
    """`March 15, 2024`, `March the 15th`, `March 15th`, `March fifteenth`."""
    month = _month_at(t, i)
    if month is None:
        return None
    j = skip(t, month[1], "the")
    j = j + 1 if t[j].word == "," and t[j + 1].kind == "ordinal" and t[j + 1].word[0].isdigit() else j
    found = (t[j].value, j + 1) if _is_day(t, j) else named_number(t, j)
    if found is None or not (1 <= found[0] <= 31) or t[found[1]].kind == "unit":
        return None
    of, end = _year_behind(t, found[1])
    if of is None and t[j].kind == "number" and not is_month(t, i, j):
        return None
    return Day(day=found[0], month=month[0], of=of), end


def of_a_month(t: Tokens, i: int) -> Found:
    """`the 20th of next month`, `on the 15th`."""
    led = i > 0 and t[i - 1].word in ON
    j = skip(t, i, "the")
    if not _is_day(t, j) or t[j].kind != "ordinal":
        return None
    if t[j + 1].word == "of":
        of = relative_unit(t, j + 2) or _this_month(t, j + 2)
        if of and getattr(of[0], "grain", "") == "month" and isinstance(of[0], Relative):
            return Part(grain="day", index=t[j].value, of=of[0]), of[1]
    alone = led and j > i and t[j + 1].kind in ("end", "mark") and t[j].value <= 31
    return (Part(grain="day", index=t[j].value), j + 1) if alone else None


def _this_month(t: Tokens, i: int) -> Found:
    if t[i].word == "the" and t[i + 1].value == "month":
        return Relative(grain="month", offset=0), i + 2
    return None


def day(t: Tokens, i: int) -> Found:
    return figures(t, i) or year_month_day(t, i) or day_first(t, i) or month_first(t, i) or of_a_month(t, i)


def days_of_that_month(t: Tokens, i: int) -> Found:
    """`4 to 22 this month`, `the 4th to the 22nd of last month`: days of a month that is counted from today."""
    i = skip(t, i, "the")
    j = skip(t, i + 2, "the")
    if not (_is_day(t, i) and t[i + 1].word in _BETWEEN_DAYS and _is_day(t, j)):
        return None
    k = skip(t, j + 1, "of", "in")
    of = relative_unit(t, k) or _this_month(t, k)
    if of is None or not isinstance(of[0], Relative) or of[0].grain != "month":
        return None
    ends = [Part(grain="day", index=t[at].value, of=of[0]) for at in (i, j)]
    return Range(first=ends[0], last=ends[1]), of[1]


def days_of_one_month(t: Tokens, i: int) -> Found:
    """`1-15 March 2024`, `1st to 15th of March`, `March 1 to 15, 2024`."""
    i = skip(t, i, "the")
    if _is_day(t, i) and t[i + 1].word in _BETWEEN_DAYS:
        last = day_first(t, i + 2)
        if last and isinstance(last[0], Day):
            return Range(first=last[0].model_copy(update={"day": t[i].value}), last=last[0]), last[1]
    month = _month_at(t, i)
    if month is None:
        return None
    j = month[1]
    if not (_is_day(t, j) and t[j + 1].word in _BETWEEN_DAYS and _is_day(t, j + 2)) or t[j + 3].kind == "month":
        return None
    of, end = _year_behind(t, j + 3)
    ends = [Day(day=t[k].value, month=month[0], of=of) for k in (j, j + 2)]
    return Range(first=ends[0], last=ends[1]), end
