"""Windows that move along with today: trailing twelve months, rolling 90 days, recent weeks."""

from __future__ import annotations

from ecp.domain.time.expressions import Expression
from ecp.domain.time.grammar.basics import Found, basis, count, skip
from ecp.domain.time.grammar.relative import LETTER_UNITS, of_units, qualified, unit_at
from ecp.domain.time.lexer import Tokens
from ecp.domain.time.vocabulary import PLURALS

_TRAILING = frozenset({"trailing", "rolling", "running"})


def trailing(t: Tokens, i: int) -> Found:
    """`trailing twelve months`, `the last rolling 90-day`, `12-month rolling`, `rolling year`."""
    i = skip(t, i, "the")
    i = i + 1 if t[i].kind == "rel" and t[i].value == -1 and t[i + 1].word in _TRAILING else i
    lead = t[i].word in _TRAILING
    j = i + 1 if lead else i
    counted = count(t, j)
    if not counted:
        return _of_one(t, j) if lead else None
    said, k, _ = qualified(t, counted[1])
    unit = unit_at(t, k)
    if unit is None or counted[0] == 0:
        return None
    name, end = unit
    if not lead:
        if t[end].word not in _TRAILING:
            return None
        end += 1
    return of_units(counted[0], name, "trailing", said), end


def _of_one(t: Tokens, i: int) -> tuple[Expression, int] | None:
    said, j = basis(t, i)
    single = t[j].kind == "unit" and t[j].value in LETTER_UNITS.values() and t[j].word not in PLURALS
    return (of_units(1, t[j].value, "trailing", said), j + 1) if single else None


def recent(t: Tokens, i: int) -> Found:
    """`recent months`, `in recent weeks`: a few of them."""
    if t[i].word == "recent" and t[i + 1].word in PLURALS:
        return of_units(None, t[i + 1].value, "last", None), i + 2
    return None
