"""Days and months in figures, days by name, weekdays."""

from __future__ import annotations

from ecp.domain.time.expressions import Day, Expression, Month, NumericDate, Range, Weekday, Which, Year
from ecp.domain.time.grammar.basics import Found, Phrases, is_month, is_short_year, is_year, skip
from ecp.domain.time.grammar.relative import relative_unit
from ecp.domain.time.grammar.years import anchor
from ecp.domain.time.lexer import Token, Tokens
from ecp.domain.time.vocabulary import SHORT_WEEKDAYS, word_set

_DAY_OF = Phrases("day of")
_SEPARATORS = "-/."
_RANKING = word_set("top bottom first last best worst limit biggest largest smallest")
_NOT_A_DAY = frozenset({"black", "cyber", "good", "ash", "every", "each"})
_ON = frozenset(
    {"on", "since", "until", "till", "by", "from", "before", "after", "to", "through", "as", "at", "of", "-"}
)
_BETWEEN_DAYS = frozenset({"-", "to", "through", "thru", "until", "and"})
_WHICH: dict[int, Which] = {-1: "last", 0: "this", 1: "next"}


def _figures(t: Tokens, i: int) -> list[Token]:
    """Two or three numbers written together with one separator between them."""
    separator = t[i + 1].text
    found = [t[i]]
    while (
        len(found) < 3
        and t[i + 1].text == separator
        and t[i + 1].glued
        and t[i + 2].kind == "number"
        and t[i + 2].glued
    ):
        found.append(t[i + 2])
        i += 2
    return found


def figures(t: Tokens, i: int) -> Found:
    """`2024-03-15`, `15/03/2024`, `03/15/24`, `15.03.2024`, `2024-03`, `03/2024`."""
    if t[i].kind != "number" or t[i + 1].text not in _SEPARATORS or t[i + 1].kind != "mark":
        return None
    numbers = _figures(t, i)
    end = i + 2 * len(numbers) - 1
    if len(numbers) == 3:
        return _full_date(numbers, end)
    if len(numbers) != 2 or t[i + 1].text == ".":
        return None
    first, second = numbers
    if is_year(first) and second.size == 2 and 1 <= second.number <= 12:
        return Month(month=second.number, of=Year(year=first.number)), end
    if is_year(second) and first.size <= 2:
        return Month(month=first.number, of=Year(year=second.number)), end
    return None


def _full_date(numbers: list[Token], end: int) -> Found:
    a, b, c = numbers
    if is_year(a) and b.size <= 2 and c.size <= 2:
        return Day(day=c.number, month=b.number, of=Year(year=a.number)), end
    if a.size <= 2 and b.size <= 2 and (is_year(c) or is_short_year(c)):
        return NumericDate(first=a.number, second=b.number, year=c.number), end
    return None


def compact(t: Tokens, i: int) -> Found:
    """`20240315`."""
    token = t[i]
    if token.kind != "number" or token.size != 8:
        return None
    year, month, day = token.number // 10000, token.number // 100 % 100, token.number % 100
    if 1950 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31:
        return Day(day=day, month=month, of=Year(year=year)), i + 1
    return None


def _is_day(t: Tokens, i: int) -> bool:
    token = t[i]
    if token.kind == "ordinal" and token.word[0].isdigit():
        return True
    return token.kind == "number" and token.size <= 2 and (i == 0 or t[i - 1].word not in _RANKING)


def _year_behind(t: Tokens, i: int) -> tuple[Expression | None, int]:
    """The year behind a day: `2024`, `, 2024`, `of last year`, `'24`, `-24`."""
    if t[i].word in ("'", "-", "/") and t[i].glued and (is_short_year(t[i + 1]) or is_year(t[i + 1])):
        return Year(year=t[i + 1].number), i + 2
    j = skip(t, i, "of", ",", "in")
    return anchor(t, j) or (None, i)


def _month_at(t: Tokens, i: int) -> tuple[int, int] | None:
    if t[i].kind != "month":
        return None
    j = i + 1
    if t[i].size <= 4 and t[j].word == "." and t[j].glued and t[j + 1].kind == "number":
        j += 1
    return t[i].value, j


def day_first(t: Tokens, i: int) -> Found:
    """`15 March 2024`, `the 15th of March`, `15-Mar-24`."""
    i = skip(t, i, "the")
    if not _is_day(t, i):
        return None
    j = _DAY_OF.at(t, i + 1) or skip(t, i + 1, "of", "-", "/")
    month = _month_at(t, j)
    if month is None or (t[j].word == "may" and t[j].text == "may" and t[i].kind == "number" and j > i + 1 != 1):
        return None
    of, end = _year_behind(t, month[1])
    return Day(day=t[i].value, month=month[0], of=of), end


def month_first(t: Tokens, i: int) -> Found:
    """`March 15, 2024`, `March the 15th`, `March 15th`."""
    month = _month_at(t, i)
    if month is None:
        return None
    j = skip(t, month[1], "the")
    if not _is_day(t, j) or not (1 <= t[j].value <= 31):
        return None
    of, end = _year_behind(t, j + 1)
    if of is None and t[j].kind == "number" and not is_month(t, i, j):
        return None
    return Day(day=t[j].value, month=month[0], of=of), end


def day(t: Tokens, i: int) -> Found:
    return figures(t, i) or compact(t, i) or day_first(t, i) or month_first(t, i)


def weekday(t: Tokens, i: int) -> Found:
    """`last Monday`, `Friday`, `Monday of last week`; with a date behind it, that date."""
    which = _WHICH[t[i].value] if t[i].kind == "rel" else None
    j = i + 1 if which else i
    name = t[j]
    if name.kind != "weekday" or (j and t[j - 1].word in _NOT_A_DAY):
        return None
    dated = day(t, skip(t, skip(t, j + 1, "."), ","))
    if dated and isinstance(dated[0], Day):
        return dated[0].model_copy(update={"weekday": name.value}), dated[1]
    if which is None and name.word in SHORT_WEEKDAYS and (i == 0 or t[i - 1].word not in _ON):
        return None
    week = None if which else relative_unit(t, skip(t, j + 1, "of", "in"))
    if week and getattr(week[0], "grain", "") == "week":
        return Weekday(weekday=name.value, of=week[0]), week[1]
    return Weekday(weekday=name.value, which=which), j + 1


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


RULES = (day, weekday)
