"""Several units of something: its first or last ones, those that end or begin with it, the week around it."""

from __future__ import annotations

from typing import Any, Literal

from ecp.domain.calendar import Basis, Grain
from ecp.domain.time.expressions import (
    Anchored,
    Containing,
    Day,
    Edge,
    Expression,
    Month,
    NumericDate,
    Part,
    Portion,
    Relative,
    Side,
    Vague,
    Window,
)
from ecp.domain.time.grammar import dates
from ecp.domain.time.grammar.basics import Found, Phrases, basis, count, grain_of, skip
from ecp.domain.time.grammar.singles import single
from ecp.domain.time.lexer import Tokens
from ecp.domain.time.vocabulary import word_set

UNITS = ("week", "month", "quarter", "half", "year")
AS_OF = Phrases("as of", "as at", "as on")
_ENDING = Phrases(
    "ending on", "ended on", "ending in", "ended in", "ending", "ended", "up to", "through", "until", "to"
)
_STARTING = Phrases(
    "beginning on", "beginning in", "starting on", "starting in", "starting from", "commencing", "beginning", "starting"
)  # fmt: skip
_BEFORE = Phrases("before", "prior to", "preceding", "leading up to", "previous to")
_AFTER = Phrases("after", "following", "subsequent to")
_SECOND_LAST = Phrases("last but one", "penultimate", "second last", "second to last", "next to last")
_PERIOD = frozenset({"period", "periods"})
_WEEK_OF = Phrases("week of")
_CUTTING = frozenset({"by", "per", "each", "every"})
_GROUPING = _CUTTING | {"last", "this", "next", "previous"}
_LATEST = word_set("to through until till - up and")
_HALVES = Phrases("back", "latter", "later")
_ENDED: dict[str, Grain] = {"fye": "year", "ye": "year", "hye": "half", "qe": "quarter"}
_ENDED_APART: dict[str, Grain] = {"y": "year", "q": "quarter", "m": "month"}
Place = Literal["ending", "before", "starting", "after"]


def portion(t: Tokens, i: int) -> Found:
    """`the first 6 months of 2024`, `last week of March`, `second month of Q3`, `last day of June`."""
    j = skip(t, i, "the")
    side: Side = "end" if t[j].word in ("last", "final", "closing") else "start"
    ranked = t[j].kind == "ordinal" and t[j].value > 1
    if t[j].word not in ("first", "opening", "last", "final", "closing") and not ranked:
        return None
    counted = None if ranked else count(t, j + 1)
    number, k = counted if counted and counted[0] else (1, j + 1)
    backwards = ranked and t[k].word == "last"
    k = k + 1 if backwards else k
    if t[k].kind != "unit" or t[k].value not in ("day", *UNITS):
        return None
    of = _whole(t, k, side, ranked)
    if of is None or not number or (number == 1 and grain_of(of[0]) == t[k].value):
        return None
    if ranked:
        return Part(grain=t[k].value, index=-t[j].value if backwards else t[j].value, of=of[0]), of[1]
    return Portion(count=number, grain=t[k].value, side=side, of=of[0]), of[1]


def _whole(t: Tokens, k: int, side: Side, ranked: bool) -> Found:
    """What it is a portion of: `of March`, and `last month` right behind "the first week"."""
    if t[k + 1].word in ("of", "in"):
        return single(t, skip(t, k + 2, "the")) or _the_current(t, k + 2)
    if t[k + 1].kind != "rel" or (side == "end" and not ranked and t[k].value != "day"):
        return None
    of = single(t, k + 1)
    return of if of and isinstance(of[0], Relative) and of[0].grain != t[k].value else None


def _the_current(t: Tokens, i: int) -> Found:
    """`the quarter`, `the fiscal year`: the current one."""
    said, j = basis(t, i + 1)
    if t[i].word == "the" and t[j].kind == "unit" and t[j].value in UNITS:
        return Relative(grain=t[j].value, offset=0, basis=said), j + 1
    return None


def second_last(t: Tokens, i: int) -> Found:
    """`the penultimate quarter of 2024`, `the last but one month of FY25`, `the back half of 2024`, `the middle month
    of Q3`."""
    i = skip(t, i, "the")
    index, j = -2, _SECOND_LAST.at(t, i)
    if not j and (k := _HALVES.at(t, i)) and t[k].value == "half":
        index, j = 2, k
    middle = t[i].word == "middle" and t[i + 1].word == "month"
    index, j = (2, i + 1) if middle else (index, j)
    if not j or t[j].kind != "unit" or t[j].value not in ("day", *UNITS) or t[j + 1].word not in ("of", "in"):
        return None
    of = single(t, skip(t, j + 2, "the")) or _the_current(t, j + 2)
    if of is None or (middle and grain_of(of[0]) != "quarter"):
        return None
    return Part(grain=t[j].value, index=index, of=of[0]), of[1]


def _place(t: Tokens, i: int) -> tuple[Place, int] | None:
    if j := _ENDING.at(t, i):
        return "ending", j
    if j := _STARTING.at(t, i):
        return "starting", j
    if j := _BEFORE.at(t, i):
        return "before", j
    if j := _AFTER.at(t, i):
        return "after", j
    return ("starting", i + 1) if t[i].word == "from" else None


def anchored(t: Tokens, i: int) -> Found:
    """`12 months to June 2024`, `year ended 31 March 2025`, `week commencing 3 March`."""
    the = t[i].word == "the"
    i = skip(t, i, "the")
    said, j = basis(t, i)
    counted = None if said else count(t, i)
    number, j = (counted[0], skip(t, counted[1], "-")) if counted and counted[0] else (1, j)
    unit = _unit_at(t, j)
    placed = _place(t, unit[1]) if unit else None
    if unit is None or placed is None or not number:
        return None
    place, k = placed
    cut = t[i - 1].word in _CUTTING  # "by month starting in January"
    grouped = cut or (t[i - 1].word in _GROUPING and t[k - 1].word in ("to", "through"))
    if not counted and ((grouped and not the) or place in ("before", "after") or t[k - 1].word == "from"):
        return None
    of = _anchor(t, k, place, counted is not None)
    if of is None:
        return None
    basis_ = "fiscal" if t[j].word == "fye" else said
    end = of[0].as_day if unit[0] in ("day", "week") and isinstance(of[0], Month) else of[0]
    return Anchored(count=number, grain=unit[0], place=place, of=end, basis=basis_), of[1]


def _unit_at(t: Tokens, j: int) -> tuple[Any, int] | None:
    """`months`, `half-year`, `month period`, `FYE`."""
    if t[j].word == "fye":
        return "year", j + 1
    if t[j].kind != "unit" or t[j].value not in ("day", *UNITS):
        return None
    k = skip(t, j + 1, "-")
    end = k + 1 if t[j].value == "half" and t[k].word in ("year", "years") else j + 1
    return t[j].value, skip(t, skip(t, end, "-"), "period", "periods") if t[skip(t, end, "-")].word in _PERIOD else end


def _anchor(t: Tokens, k: int, place: Place, counted: bool) -> Found:
    """What the units lie at: a day, a named period, and for several units also today or last month."""
    if counted and place == "ending" and t[k - 1].word == "to" and t[k].word == "date":
        return Relative(grain="day", offset=0), k + 1
    of = single(t, skip(t, k, "the"))
    if of is None or isinstance(of[0], Window | Vague) or (isinstance(of[0], Relative) and not counted):
        return None
    if place in ("before", "after") and isinstance(of[0], Relative) and of[0].grain == "day":
        return None
    if t[k - 1].word == "from" and (isinstance(of[0], Relative | Edge) or t[of[1]].word in _LATEST):
        return None
    return of


def year_ending(t: Tokens, i: int) -> Found:
    """`FYE March 2025`, `Y/E 31 March 2025`, `QE Dec 2025`: the year, or the quarter, that ends there."""
    apart = t[i + 1].word == "/" and t[i + 2].word == "e"
    grain = _ENDED_APART.get(t[i].word) if apart else _ENDED.get(t[i].word)
    of = single(t, i + (3 if apart else 1)) if grain else None
    if grain is None or of is None or not isinstance(of[0], Month | Day | NumericDate):
        return None
    said: Basis | None = "fiscal" if t[i].word == "fye" else None
    return Anchored(count=1, grain=grain, place="ending", of=of[0], basis=said), of[1]


def window_until(t: Tokens, i: int) -> Found:
    """`TTM as of June 2024`, `rolling 12 months to March`, `last 4 quarters ending Q2 2024`."""
    found = single(t, i)
    if not found or not isinstance(found[0], Window) or found[0].style not in ("last", "trailing"):
        return None
    window, j = found[0], found[1]
    k = AS_OF.at(t, j) or _ENDING.at(t, j)
    if not k and window.style == "trailing":
        direct = single(t, j)
        k = j if direct and _dates(direct[0]) else 0
    of = single(t, skip(t, k, "the")) if k and window.count and window.grain != "hour" else None
    if of is None or isinstance(of[0], Window | Vague):
        return None
    return Anchored(count=window.count, grain=window.grain, place="ending", of=of[0], basis=window.basis), of[1]


def _dates(expression: Expression) -> bool:
    """Whether it can stand behind "LTM" as its end."""
    return isinstance(expression, Month) or (isinstance(expression, Part | Day) and expression.of is not None)


def containing(t: Tokens, i: int) -> Found:
    """`the week of 3 March 2025`, `w/c 3 March`, `wc 3 March`."""
    i = skip(t, i, "the")
    j = _WEEK_OF.at(t, i)
    if not j:
        return _week_commencing(t, i)
    of = dates.day(t, skip(t, j, "the")) or dates.of_a_month(t, j)
    return (Containing(grain="week", of=of[0]), of[1]) if of else None


def _week_commencing(t: Tokens, i: int) -> Found:
    if t[i].word == "wc":
        joined = dates.day(t, i + 1)
        return (Anchored(count=1, grain="week", place="starting", of=joined[0]), joined[1]) if joined else None
    if t[i].word != "w" or t[i + 1].word != "/" or t[i + 2].word not in ("c", "e"):
        return None
    of = dates.day(t, i + 3)
    place: Place = "starting" if t[i + 2].word == "c" else "ending"
    return (Anchored(count=1, grain="week", place=place, of=of[0]), of[1]) if of else None
