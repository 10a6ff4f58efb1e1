"""Times told from the period that an earlier answer showed: the quarter before, a year earlier, the one after that."""

from __future__ import annotations

from ecp.domain.calendar import GRAINS, Grain
from ecp.domain.time.expressions import FromShown
from ecp.domain.time.grammar.basics import Found, count, skip
from ecp.domain.time.grammar.ranges import time
from ecp.domain.time.lexer import Tokens

_BEFORE = frozenset({"before", "earlier", "prior", "previously"})
_AFTER = frozenset({"after", "later", "afterwards"})
_PREVIOUS = frozenset({"previous", "prior", "preceding"})
_NEXT = frozenset({"next", "following", "subsequent"})
_LIKE_IT = frozenset({"period", "one"})
_IT = ("that", "it", "this", "then", "these", "those")


def from_shown(t: Tokens, i: int) -> Found:
    """`the previous one`, `the quarter before that`, `two months earlier`, `the three weeks before`."""
    return _another(t, i) or _counted(t, i) or _beside(t, i)


def _another(t: Tokens, i: int) -> Found:
    i = skip(t, i, "the")
    if t[i].word not in _PREVIOUS | _NEXT or t[i + 1].word not in _LIKE_IT:
        return None
    return FromShown(steps=1 if t[i].word in _NEXT else -1), i + 2


def _beside(t: Tokens, i: int) -> Found:
    i = skip(t, i, "the", "a", "one") if t[i + 1].kind == "unit" or t[i + 1].word in _LIKE_IT else i
    grain = _grain_at(t, i)
    if grain is None and t[i].word not in _LIKE_IT:
        return None
    return _placed(t, i + 1, 1, grain, stretch=False)


def _counted(t: Tokens, i: int) -> Found:
    together = t[i].word in ("the", "those")
    counted = count(t, skip(t, i, "the", "those"))
    if counted is None or not counted[0] or counted[0] < 2:
        return None
    grain = _grain_at(t, counted[1])
    return _placed(t, counted[1] + 1, counted[0], grain, stretch=together) if grain else None


def _placed(t: Tokens, i: int, steps: int, grain: Grain | None, *, stretch: bool) -> Found:
    """Before or after the period that was shown, and not another one that is named."""
    if t[i].word not in _BEFORE | _AFTER:
        return None
    end = skip(t, i + 1, *_IT)
    if end == i + 1 and time(t, end):
        return None
    return FromShown(steps=steps if t[i].word in _AFTER else -steps, grain=grain, stretch=stretch), end


def _grain_at(t: Tokens, i: int) -> Grain | None:
    return t[i].value if t[i].kind == "unit" and t[i].value in GRAINS else None
