"""Units that are counted from the current one: last quarter, past 90 days, three months ago, the quarter just ended."""

from __future__ import annotations

from typing import Any

from ecp.domain.calendar import Basis, Grain
from ecp.domain.language import FUNCTION_WORDS
from ecp.domain.time.expressions import Decade, Expression, Relative, Vague, Window, YearEarlier
from ecp.domain.time.grammar.basics import Found, Phrases, basis, count, remembered, skip, spelled
from ecp.domain.time.lexer import Tokens
from ecp.domain.time.vocabulary import PLURALS

_WHOLE = frozenset({"full", "complete", "completed", "whole", "entire", "closed", "ended", "finished", "-"})
_FULL = ("full", "whole", "entire")
_WORKING = frozenset({"business", "working", "trading"})
_AND_A_PART = Phrases("and a half", "and a quarter")
_BEFORE_LAST = Phrases("before last")
_BUT_ONE = Phrases("but one")
_SECOND_LAST = Phrases("last but one", "penultimate", "second last", "second to last", "next to last")
_JUST_OVER = Phrases(
    "just ended", "just gone", "just past", "just finished", "just completed", "just closed", "that just ended",
    "that has just ended", "which just ended", "that was just closed",
)  # fmt: skip
_JUST = Phrases(
    *(f"{when} {over}" for when in ("just", "recently") for over in ("ended", "completed", "closed", "finished"))
)
_AFTER_NEXT = Phrases("after next", "after the next")
_BESIDE = {"before": -1, "after": 1}
_YEAR_AGO_TODAY = Phrases(
    "exactly a year ago today", "exactly one year ago today",
    "exactly a year ago", "exactly one year ago",
)  # fmt: skip
_YEAR_AGO = Phrases("a year ago", "one year ago")
_THIS_DAY = Phrases("this day last year", "this day a year ago", "this date last year")
_MOST_RECENT = Phrases("most recent", "most recently")
_WITH_TODAY = Phrases(
    "including today", "inclusive of today", "ending today", "up to and including today", "with today"
)
_MONTHS_LONG = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_FROM_NOW = Phrases("from now", "from today", "ahead")
_ALL_ALONG = frozenset({"during", "throughout", "over"})  # of "the day": by its hours, and not today
_WITHIN = frozenset({"in", "for", "during", "over", "within", "throughout"})
_STRETCHING = _WITHIN - {"for"}
_OF_ONE_YEAR = frozenset({"last", "this", "next"})
_GOES_ON = frozenset({"by", "vs", "versus", "compared", "per", "against", "across", "and"})
_BEHIND_A_NOUN = _GOES_ON | {"to", "so", "in", "for", "with", "or"}
_LISTED = frozenset({"and", "or", "&", "/", "vs", "versus", "v"})
_ONE_TIME = "name the one that is meant"
_FEW_REASON = "say how many"
LETTER_UNITS: dict[str, Grain] = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}


def qualified(t: Tokens, i: int) -> tuple[Basis | None, int, bool]:
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


def unit_at(t: Tokens, i: int) -> tuple[str, int] | None:
    if t[i].kind == "unit":
        k = skip(t, i + 1, "-")
        return t[i].value, k + 1 if t[i].value == "half" and t[k].word in ("year", "years") else i + 1
    if t[i].glued and t[i - 1].kind == "number" and t[i].word in LETTER_UNITS:
        return LETTER_UNITS[t[i].word], i + 1
    return None


def _the_fiscal(t: Tokens, i: int) -> tuple[str, int] | None:
    """`last fiscal`: the year, where no noun follows."""
    alone = t[i].kind in ("end", "mark") and t[i].word != "-"
    return ("year", i) if t[i - 1].word == "fiscal" and (alone or t[i].word in _BEHIND_A_NOUN) else None


def of_units(count_: int | None, unit: str, style: Any, said: Basis | None) -> Expression:
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
    if shared := _shares_its_unit(t, j, offset):
        return shared
    counted = None if t[j].word in ("a", "an") and t[j + 1].kind == "unit" else count(t, j)
    said, k, working = qualified(t, counted[1] if counted else j)
    if counted is None and not working:
        counted = count(t, k) if t[k].kind in ("count", "number") else None
        k = counted[1] if counted else k
    said_late, k, late = qualified(t, skip(t, k, "-"))
    unit = unit_at(t, k) or _the_fiscal(t, k)
    if unit is None:
        return None
    name, end = unit
    if working or late:
        return Vague(text=spelled(t, i, end), reason="working days are not kept in the calendar"), end
    return _unit_or_window(t, (i, end - 1), offset, word, counted, name, said or said_late)


def _shares_its_unit(t: Tokens, j: int, offset: int) -> Found:
    """`this and last year`, `the current or the prior quarter`: the unit stands once, behind the second. `This and the
    last 3 months` are refused."""
    other = relative_unit(t, skip(t, skip(t, j + 1, "."), "the")) if t[j].word in _LISTED else None
    if other and isinstance(other[0], Window):
        return Vague(text=spelled(t, j - 1, other[1]), what="are two times", reason="ask for each of them"), other[1]
    if other is None or not isinstance(other[0], Relative):
        return None
    return other[0].model_copy(update={"offset": offset, "word": "last"}), j


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
        if t[k].word in PLURALS and not _is_the_years(t, begin, k):
            return Vague(text=spelled(t, begin, end), reason=_FEW_REASON), end
        if offset == -1 and (j := _BEFORE_LAST.at(t, end) or _BUT_ONE.at(t, end)):
            return Relative(grain=grain, offset=-2, basis=said), j
        return Relative(grain=grain, offset=offset, basis=said, word="ahead" if _is_ahead(t, begin) else word), end
    if unit == "year" and counted and counted[0] == 1 and said is None and (offset > 0 or word == "past"):
        return Relative(grain="year", offset=offset, word="past" if offset < 0 else "ahead"), end
    if offset == 0 and unit == "decade" and counted is None:
        return Decade(), end
    if offset == 0 or (counted is not None and counted[0] == 0):
        return None
    style = "next" if offset > 0 else "last"
    return _holding_today(t, of_units(counted[0] if counted else 1, unit, style, said), end)


def _is_the_years(t: Tokens, i: int, k: int) -> bool:
    """ "last years A": that of last year, written without its apostrophe; "in the last years" are several."""
    the = t[i].word == "the" or (i > 0 and t[i - 1].word == "the")
    alone = t[k + 1].kind in ("end", "mark") or t[k + 1].word in FUNCTION_WORDS
    several = the or (alone and i > 0 and t[i - 1].word in _WITHIN)
    return t[k].value == "year" and t[k - 1].word in _OF_ONE_YEAR and not several


def _is_ahead(t: Tokens, i: int) -> bool:
    """`over the next …`: as much from now on."""
    k = i if t[i].word == "the" else i - 1
    return k > 0 and t[k].word == "the" and t[k + 1].value == 1 and t[k - 1].word in _STRETCHING


def _holding_today(t: Tokens, found: Expression, end: int) -> Found:
    """`the last 7 days including today`."""
    j = _WITH_TODAY.at(t, end) if isinstance(found, Window) and found.style == "last" else 0
    return (found.model_copy(update={"with_today": True}), j) if j else (found, end)


def before_last(t: Tokens, i: int) -> Found:
    """`the year before last`, `the week after next`, `the quarter before last quarter`, `the month before this one`."""
    said, j = basis(t, skip(t, i, "the"))
    if t[j].kind != "unit" or t[j].value in ("hour", "fortnight", "decade"):
        return None
    if beside := _beside_its_like(t, j, said):
        return beside
    for words, offset in ((_BEFORE_LAST, -2), (_AFTER_NEXT, 2)):
        if k := words.at(t, j + 1):
            return Relative(grain=t[j].value, offset=offset, basis=said), k
    return None


def _beside_its_like(t: Tokens, j: int, said: Basis | None) -> Found:
    """`quarter before last quarter`, `week after the next one`: the unit beside another one of the same kind."""
    step = _BESIDE.get(t[j + 1].word)
    read = _after_relative(t, skip(t, j + 2, "the")) if step else None
    if step is None or read is None or read[1] != "last":
        return None
    own, k = basis(t, read[2])
    if not (t[k].word == "one" or (t[k].kind == "unit" and t[k].word == t[j].word)):
        return None
    return Relative(grain=t[j].value, offset=read[0] + step, basis=said or own), k + 1


def just_over(t: Tokens, i: int) -> Found:
    """`the quarter just ended`, `the just-ended quarter`, `the penultimate month`; not of something."""
    i = skip(t, i, "the")
    if k := _SECOND_LAST.at(t, i):
        said, j = basis(t, k)
        found = t[j].kind == "unit" and t[j].value in LETTER_UNITS.values() and t[j + 1].word not in ("of", "in")
        return (Relative(grain=t[j].value, offset=-2, basis=said), j + 1) if found else None
    over = _JUST.at(t, i)
    said, j = basis(t, over or i)
    if t[j].kind != "unit" or t[j].value not in LETTER_UNITS.values() or t[j].word in PLURALS:
        return None
    end = j + 1 if over else _JUST_OVER.at(t, j + 1)
    return (Relative(grain=t[j].value, offset=-1, basis=said), end) if end else None


def a_year_ago_today(t: Tokens, i: int) -> Found:
    """`exactly a year ago`, `this day last year`: one day; `a year ago this month`, `this week a year ago`."""
    end = _YEAR_AGO_TODAY.at(t, i) or _THIS_DAY.at(t, i)
    if end:
        return YearEarlier(of=Relative(grain="day", offset=0)), end
    ago = _YEAR_AGO.at(t, i)
    unit = relative_unit(t, ago or i)
    if not ago and unit and isinstance(unit[0], Relative) and (earlier := _longer_ago(t, i, unit[1], unit[0])):
        return earlier
    end = (unit[1] if ago else _YEAR_AGO.at(t, unit[1])) if unit else 0
    if unit is None or not end or not isinstance(unit[0], Relative) or unit[0].offset or unit[0].grain == "year":
        return None
    return YearEarlier(of=unit[0]), end


def _longer_ago(t: Tokens, start: int, i: int, unit: Relative) -> Found:
    """`last month` of `last month one quarter ago`, `last quarter, two years ago`: as many units further back."""
    i = skip(t, i, ",")
    counted = count(t, i)
    if counted is None or not counted[0] or (unit.offset == 0 and _YEAR_AGO.at(t, i)):
        return None
    _, k = basis(t, counted[1])
    long = _MONTHS_LONG.get(t[k].value, 0) if t[k].kind == "unit" and t[k + 1].word == "ago" else 0
    own = _MONTHS_LONG.get(unit.grain, 0)
    if 0 < own < long:
        return unit.model_copy(update={"offset": unit.offset - counted[0] * long // own}), k + 2
    if unit.grain == "week" and long == _MONTHS_LONG["year"] and counted[0] == 1:
        return YearEarlier(of=unit), k + 2
    told = t[k].kind == "unit" and t[k + 1].word == "ago" and unit.offset < 0 and unit.grain != "day"
    return (
        (Vague(text=spelled(t, start, k + 2), what="is told from another time", reason=_ONE_TIME), k + 2)
        if told
        else None
    )


def several(t: Tokens, i: int) -> Found:
    """`five past years`, `the 10 previous weeks`: as "the past five years". "Dock 1 last month" is said of a dock."""
    counted = count(t, i) if t[i].kind in ("number", "count") else None
    if counted is None or not counted[0] or t[counted[1]].kind != "rel" or t[counted[1]].value == 0:
        return None
    style = "next" if t[counted[1]].value > 0 else "last"
    said, k, working = qualified(t, counted[1] + 1)
    unit = unit_at(t, k)
    many = t[k].word in PLURALS or (counted[0] == 1 and (i == 0 or t[i - 1].word in _WITHIN | {"the"}))
    return (of_units(counted[0], unit[0], style, said), unit[1]) if unit and many and not working else None


def the_unit(t: Tokens, i: int) -> Found:
    """`for the quarter`, `in the full year`: the current one."""
    j = skip(t, i, "the")
    k = skip(t, j, *_FULL)
    if i == 0 or k == i or t[i - 1].word not in _WITHIN or (t[i - 1].word in _ALL_ALONG and t[k].value == "day"):
        return None
    said, j = basis(t, skip(t, k, "-") if k > j else k)
    ends = t[j + 1].kind in ("end", "mark") and t[j + 1].text not in ("-", "–", "'", "’")
    if t[j].kind != "unit" or t[j].value not in LETTER_UNITS.values() or not (ends or t[j + 1].word in _GOES_ON):
        return None
    return None if t[j].word in PLURALS else (Relative(grain=t[j].value, offset=0, basis=said), j + 1)


def ago(t: Tokens, i: int) -> Found:
    """`3 months ago`, `a year ago`, `two fiscal years ago`, `two weeks from now`, `two weeks ago today`."""
    if t[i].word == "half" and t[i + 1].word == "a" and t[i + 2].word == "year" and t[i + 3].word in ("ago", "back"):
        return Relative(grain="month", offset=-6, word="ago"), i + 4
    counted = count(t, i)
    number, j = counted or (None, i)
    said, j = basis(t, j)
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
    if not ahead and t[j + 2].word == "today":
        return Relative(grain=unit, offset=-number, word="ago_today"), j + 3
    return Relative(grain=unit, offset=number if ahead else -number, basis=said, word="ago"), ahead or j + 2
