"""Times that are counted from today: last quarter, past 90 days, three months ago, trailing twelve months."""

from __future__ import annotations

from typing import Any

from ecp.domain.calendar import Basis, Grain
from ecp.domain.time.expressions import Edge, Expression, Range, Relative, ToDate, Vague, Window
from ecp.domain.time.grammar.basics import Found, Phrases, basis, count, possessive, remembered, skip, spelled
from ecp.domain.time.lexer import Tokens
from ecp.domain.time.vocabulary import PLURALS

_WHOLE = frozenset({"full", "complete", "completed", "whole", "entire", "closed", "ended", "finished", "-"})
_WORKING = frozenset({"business", "working", "trading"})
_TRAILING = frozenset({"trailing", "rolling", "running"})
_DAYS = (
    (Phrases("the day before yesterday", "day before yesterday"), -2),
    (Phrases("yesterday"), -1),
    (Phrases("today"), 0),
    (Phrases("the day after tomorrow", "day after tomorrow"), 2),
    (Phrases("tomorrow"), 1),
)
_NOW = Phrases("right now", "now", "currently", "at present", "at the moment", "presently")
_EVER = Phrases("all time", "since inception", "since the beginning", "ever", "to date")
_AND_A_PART = Phrases("and a half", "and a quarter")
_BEFORE_LAST = Phrases("before last")
_AFTER_NEXT = Phrases("after next", "after the next")
_MOST_RECENT = Phrases("most recent", "most recently")
_FROM_NOW = Phrases("from now", "from today", "ahead")
_THE_YEAR = Phrases("the year")
SO_FAR = Phrases("to date", "so far", "till date", "until now", "till now", "up to now")
_WITHIN = frozenset({"in", "for", "during", "over", "within", "throughout"})
_GOES_ON = frozenset({"by", "vs", "versus", "compared", "per", "against", "across", "and"})
_FEW_REASON = "say how many"
_LETTER_UNITS: dict[str, Grain] = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}
_TO_DATE: dict[str, tuple[Grain, Basis | None, int]] = {
    "ytd": ("year", None, 0), "mtd": ("month", None, 0), "qtd": ("quarter", None, 0),
    "wtd": ("week", None, 0), "htd": ("half", None, 0), "fytd": ("year", "fiscal", 0),
    "cytd": ("year", "calendar", 0), "fqtd": ("quarter", "fiscal", 0),
    "pytd": ("year", None, -1), "lytd": ("year", None, -1),
}  # fmt: skip
_SHORT: dict[str, tuple[Grain, Basis | None, int]] = {
    "ly": ("year", None, -1), "py": ("year", None, -1), "lq": ("quarter", None, -1), "pq": ("quarter", None, -1),
    "cy": ("year", None, 0), "lfy": ("year", "fiscal", -1), "pfy": ("year", "fiscal", -1),
}  # fmt: skip


def named_day(t: Tokens, i: int) -> Found:
    for words, offset in _DAYS:
        if j := words.at(t, i):
            return Relative(grain="day", offset=offset), j
    if j := _NOW.at(t, i):
        return Edge(side="end", of=Relative(grain="day", offset=0), how="as_of"), j
    if j := _EVER.at(t, i):
        return Range(), j
    if t[i].word == "recently":
        return Window(count=None, grain="day", style="recently"), i + 1
    return None


def short_form(t: Tokens, i: int) -> Found:
    """`LY`, `PY`, `TTM`, `LTM`, `L12M`, `R12`, `T90D`."""
    word = t[i].word
    if word in _SHORT:
        grain, said, offset = _SHORT[word]
        return Relative(grain=grain, offset=offset, basis=said), i + 1
    if word == "ntm":
        return Window(count=12, grain="month", style="next"), i + 1
    if word in ("ttm", "ltm"):
        return Window(count=12, grain="month", style="trailing"), i + 1
    number, unit = t[i + 1], t[i + 2]
    if word not in ("l", "r", "t") or number.number < 1 or not number.glued:
        return None
    if unit.glued and unit.word in _LETTER_UNITS:
        return Window(count=number.number, grain=_LETTER_UNITS[unit.word], style="trailing"), i + 3
    if word == "r" and number.number == 12 and not unit.glued:
        return Window(count=12, grain="month", style="trailing"), i + 2
    return None


def _qualified(t: Tokens, i: int) -> tuple[Basis | None, int, bool]:
    """Words between "last" and its unit: fiscal, full, complete; and whether working days are meant."""
    found: Basis | None = None
    working = False
    for _ in range(4):
        said, j = basis(t, i)
        if said:
            found = said
        elif t[i].word in _WHOLE or t[i].word in _WORKING:
            working, j = working or t[i].word in _WORKING, i + 1
        else:
            break
        i = j
    return found, i, working


def _unit(t: Tokens, i: int) -> tuple[str, int] | None:
    if t[i].kind == "unit":
        k = skip(t, i + 1, "-")
        return t[i].value, k + 1 if t[i].value == "half" and t[k].word in ("year", "years") else i + 1
    if t[i].glued and t[i - 1].kind == "number" and t[i].word in _LETTER_UNITS:
        return _LETTER_UNITS[t[i].word], i + 1
    return ("year", i + 1) if t[i].word in ("fy", "cy") else None


def _of_units(count_: int | None, unit: str, style: Any, said: Basis | None) -> Expression:
    if unit == "fortnight":
        count_, unit = (count_ or 1) * 2, "week"
    if unit == "decade":
        count_, unit = (count_ or 1) * 10, "year"
    grain: Any = unit
    return Window(count=count_, grain=grain, style=style, basis=said)


def _after_relative(t: Tokens, i: int) -> tuple[int, str, int] | None:
    """(offset, word, place) after "last", "this past", "most recent"."""
    if j := _MOST_RECENT.at(t, i):
        return -1, "last", j
    if t[i].kind != "rel":
        return None
    if t[i].value == 0 and t[i + 1].kind == "rel":
        i += 1
    return t[i].value, "past" if t[i].word == "past" else "last", skip(t, i + 1, "-")


@remembered
def relative_unit(t: Tokens, i: int) -> Found:
    """`last quarter`, `the current fiscal year`, `past couple of weeks`, `next 3 months`."""
    read = _after_relative(t, skip(t, i, "the"))
    if read is None:
        return None
    offset, word, j = read
    counted = None if t[j].word in ("a", "an") and t[j + 1].kind == "unit" else count(t, j)
    said, k, working = _qualified(t, counted[1] if counted else j)
    if counted is None and not working:
        counted = count(t, k) if t[k].kind in ("count", "number") else None
        k = counted[1] if counted else k
    said_late, k, late = _qualified(t, skip(t, k, "-"))
    unit = _unit(t, k)
    if unit is None:
        return None
    name, end = unit
    if working or late:
        return Vague(text=spelled(t, i, end), reason="working days are not kept in the calendar"), end
    return _unit_or_window(t, (i, end - 1), offset, word, counted, name, said or said_late)


def _unit_or_window(
    t: Tokens,
    at: tuple[int, int],
    offset: int,
    word: Any,
    counted: tuple[int | None, int] | None,
    unit: str,
    said: Basis | None,
) -> Found:
    begin, k = at
    end = k + 1
    if j := _AND_A_PART.at(t, end):
        return Vague(text=spelled(t, begin, j), reason="say it in whole units"), j
    if counted is None and unit not in ("fortnight", "decade", "hour"):
        grain: Any = unit
        if t[k].word in PLURALS and grain != "year":
            return Vague(text=spelled(t, begin, end), reason=_FEW_REASON), end
        if offset == -1 and (j := _BEFORE_LAST.at(t, end)):
            return Relative(grain=grain, offset=-2, basis=said), j
        return Relative(grain=grain, offset=offset, basis=said, word=word), end
    if offset == 0 or (counted is not None and counted[0] == 0):
        return None
    style = "next" if offset > 0 else "last"
    return _of_units(counted[0] if counted else 1, unit, style, said), end


def before_last(t: Tokens, i: int) -> Found:
    """`the year before last`, `the week after next`."""
    said, j = basis(t, skip(t, i, "the"))
    if t[j].kind != "unit" or t[j].value in ("hour", "fortnight", "decade"):
        return None
    for words, offset in ((_BEFORE_LAST, -2), (_AFTER_NEXT, 2)):
        if k := words.at(t, j + 1):
            return Relative(grain=t[j].value, offset=offset, basis=said), k
    return None


def the_unit(t: Tokens, i: int) -> Found:
    """`for the quarter`: the current one."""
    if i == 0 or t[i].word != "the" or t[i - 1].word not in _WITHIN:
        return None
    said, j = basis(t, i + 1)
    ends = t[j + 1].kind in ("end", "mark") and t[j + 1].text not in ("-", "–", "'", "’")
    if t[j].kind != "unit" or t[j].value not in _LETTER_UNITS.values() or not (ends or t[j + 1].word in _GOES_ON):
        return None
    return Relative(grain=t[j].value, offset=0, basis=said), j + 1


def ago(t: Tokens, i: int) -> Found:
    """`3 months ago`, `a year ago`, `two weeks from now`."""
    if t[i].word == "half" and t[i + 1].word == "a" and t[i + 2].word == "year" and t[i + 3].word in ("ago", "back"):
        return Relative(grain="month", offset=-6, word="ago"), i + 4
    counted = count(t, i)
    number, j = counted or (None, i)
    if counted is None or t[j].kind != "unit":
        return None
    if number is None:
        vague = t[j + 1].word in ("ago", "back")
        return (Vague(text=spelled(t, i, j + 2), reason=_FEW_REASON), j + 2) if vague else None
    unit = t[j].value
    ahead = _FROM_NOW.at(t, j + 1)
    if not (ahead or t[j + 1].word in ("ago", "back")) or unit in ("hour", "decade"):
        return None
    if unit == "fortnight":
        number, unit = number * 2, "week"
    return Relative(grain=unit, offset=number if ahead else -number, word="ago"), ahead or j + 2


def trailing(t: Tokens, i: int) -> Found:
    """`trailing twelve months`, `rolling 90-day`, `12-month rolling`."""
    lead = t[skip(t, i, "the")].word in _TRAILING
    j = skip(t, i, "the") + 1 if lead else i
    counted = count(t, j)
    if not counted:
        return None
    said, k, _ = _qualified(t, counted[1])
    unit = _unit(t, k)
    if unit is None or counted[0] == 0:
        return None
    name, end = unit
    if not lead:
        if t[end].word not in _TRAILING:
            return None
        end += 1
    return _of_units(counted[0], name, "trailing", said), end


def recent(t: Tokens, i: int) -> Found:
    """`recent months`, `in recent weeks`: a few of them."""
    if t[i].word == "recent" and t[i + 1].word in PLURALS:
        return _of_units(None, t[i + 1].value, "last", None), i + 2
    return None


def to_date(t: Tokens, i: int) -> Found:
    """`YTD`, `fiscal year to date`, `this quarter so far`, `so far this month`; not what follows it."""
    said, j = basis(t, skip(t, i, "the"))
    if t[j].kind == "rel" and t[j].value == -1 and t[j + 1].word in _TO_DATE:
        grain, own, _ = _TO_DATE[t[j + 1].word]
        return ToDate(grain=grain, basis=own, of=Relative(grain=grain, offset=-1, basis=own)), j + 2
    if t[j].word in _TO_DATE:
        grain, own, offset = _TO_DATE[t[j].word]
        of = Relative(grain=grain, offset=offset, basis=said or own) if offset else None
        return ToDate(grain=grain, basis=said or own, of=of), j + 1
    if t[j].word in ("fy", "cy") and (k := SO_FAR.at(t, j + 1)):
        return ToDate(grain="year", basis="fiscal" if t[j].word == "fy" else "calendar"), k
    if t[j].kind == "unit" and t[j].value in ("week", "month", "quarter", "half", "year"):
        k = SO_FAR.at(t, skip(t, j + 1, "-"))
        return (ToDate(grain=t[j].value, basis=said), k) if k else None
    if t[i].word == "so" and t[i + 1].word == "far":
        found = relative_unit(t, i + 2)
        if found and isinstance(found[0], Relative) and found[0].offset == 0:
            return ToDate(grain=found[0].grain, basis=found[0].basis), found[1]
    return None


RULES = (named_day, short_form, relative_unit, before_last, ago, trailing, recent)


def relative_year(t: Tokens, i: int) -> Found:
    """`last year`, `the current fiscal year's`, `LY`, `the year`: what a quarter or a month can belong to."""
    found = relative_unit(t, i) or short_form(t, i) or before_last(t, i)
    if found and isinstance(found[0], Relative) and found[0].grain == "year":
        return found[0], possessive(t, found[1])
    if j := _THE_YEAR.at(t, i):
        return Relative(grain="year", offset=0), j
    return None
