"""Several units of something: its first or last ones, those that end or begin with it, the week around it."""

from __future__ import annotations

from typing import Literal

from ecp.domain.time.expressions import (
    Anchored,
    Containing,
    Day,
    Expression,
    Month,
    Part,
    Portion,
    Relative,
    Side,
    Vague,
    Window,
)
from ecp.domain.time.grammar import dates
from ecp.domain.time.grammar.basics import Found, Phrases, basis, count, skip
from ecp.domain.time.grammar.singles import single
from ecp.domain.time.lexer import Tokens

UNITS = ("week", "month", "quarter", "half", "year")
AS_OF = Phrases("as of", "as at", "as on")
_ENDING = Phrases(
    "ending on", "ended on", "ending in", "ended in", "ending", "ended", "up to", "through", "until", "to"
)
_STARTING = Phrases("beginning on", "starting on", "starting in", "commencing", "beginning", "starting", "following")
_WEEK_OF = Phrases("week of")
_GROUPING = frozenset({"by", "per", "each", "every", "last", "this", "next", "previous"})
Place = Literal["ending", "before", "starting"]


def portion(t: Tokens, i: int) -> Found:
    """`the first 6 months of 2024`, `last week of March`, `second month of Q3`, `last day of June`."""
    j = skip(t, i, "the")
    side: Side = "end" if t[j].word in ("last", "final") else "start"
    ranked = t[j].kind == "ordinal" and t[j].value > 1
    if t[j].word not in ("first", "last", "final") and not ranked:
        return None
    counted = None if ranked else count(t, j + 1)
    number, k = counted if counted and counted[0] else (1, j + 1)
    if t[k].kind != "unit" or t[k].value not in ("day", *UNITS) or t[k + 1].word not in ("of", "in"):
        return None
    of = single(t, skip(t, k + 2, "the")) or _the_current(t, k + 2)
    if of is None or not number:
        return None
    if ranked:
        return Part(grain=t[k].value, index=t[j].value, of=of[0]), of[1]
    return Portion(count=number, grain=t[k].value, side=side, of=of[0]), of[1]


def _the_current(t: Tokens, i: int) -> Found:
    """`the quarter`: the current one."""
    if t[i].word == "the" and t[i + 1].kind == "unit" and t[i + 1].value in UNITS:
        return Relative(grain=t[i + 1].value, offset=0), i + 2
    return None


def _place(t: Tokens, i: int) -> tuple[Place, int] | None:
    if j := _ENDING.at(t, i):
        return "ending", j
    if j := _STARTING.at(t, i):
        return "starting", j
    if t[i].word in ("before", "after"):
        return ("before" if t[i].word == "before" else "starting"), i + 1
    return None


def anchored(t: Tokens, i: int) -> Found:
    """`12 months to June 2024`, `year ended 31 March 2025`, `week commencing 3 March`."""
    the = t[i].word == "the"
    i = skip(t, i, "the")
    said, j = basis(t, i)
    counted = None if said else count(t, i)
    number, j = counted if counted and counted[0] else (1, j)
    if t[j].kind != "unit" or t[j].value not in ("day", *UNITS):
        return None
    k = skip(t, j + 1, "-")
    j_end = k + 1 if t[j].value == "half" and t[k].word in ("year", "years") else j + 1
    placed = _place(t, j_end)
    if (
        placed is None
        or not number
        or (not counted and not the and t[i - 1].word in _GROUPING and t[placed[1] - 1].word in ("to", "through"))
    ):
        return None
    place, k = placed
    if counted is None and place == "before":
        return None
    of = single(t, skip(t, k, "the"))
    if of is None or isinstance(of[0], Relative | Vague):
        return None
    return Anchored(count=number, grain=t[j].value, place=place, of=of[0], basis=said), of[1]


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
    """`the week of 3 March 2025`, `w/c 3 March`."""
    i = skip(t, i, "the")
    j = _WEEK_OF.at(t, i)
    if not j:
        return _week_commencing(t, i)
    of = dates.day(t, skip(t, j, "the")) or dates.of_a_month(t, j)
    return (Containing(grain="week", of=of[0]), of[1]) if of else None


def _week_commencing(t: Tokens, i: int) -> Found:
    if t[i].word != "w" or t[i + 1].word != "/" or t[i + 2].word not in ("c", "e"):
        return None
    of = dates.day(t, i + 3)
    place: Place = "starting" if t[i + 2].word == "c" else "ending"
    return (Anchored(count=1, grain="week", place=place, of=of[0]), of[1]) if of else None
