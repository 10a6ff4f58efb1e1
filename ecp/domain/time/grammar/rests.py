"""All of a period, what is left of it, and what has been of it: the whole of 2024, the rest of the year."""

from __future__ import annotations

from ecp.domain.time.expressions import Decade, Edge, Expression, Month, Part, Range, Relative, ToDate, Year
from ecp.domain.time.grammar.basics import Found, Phrases, basis, skip
from ecp.domain.time.grammar.relative import the_unit
from ecp.domain.time.grammar.singles import single
from ecp.domain.time.lexer import Tokens

_ALL_OF = Phrases("all of", "all", "whole of", "entirety of", "course of", "duration of", "whole", "entire", "full")
_REST_OF = Phrases("rest of", "remainder of", "balance of", "remaining part of")
_TODAY = Relative(grain="day", offset=0)
STARTERS = frozenset({*_ALL_OF.firsts, *_REST_OF.firsts, "earlier", "later"})


def whole(t: Tokens, i: int) -> Found:
    """`all of 2024`, `the whole of last year`, `the course of FY25`; `for the full year`, which is the current one."""
    if current := the_unit(t, i):
        return current
    i = skip(t, i, "the")
    j = _ALL_OF.at(t, i)
    of = single(t, skip(t, j, "the")) if j else None
    return of if of and isinstance(of[0], Year | Month | Part | Relative | Decade) else None


def rest(t: Tokens, i: int) -> Found:
    """`the rest of the year`, `remainder of Q4`, `later this month`, `earlier this year`."""
    i = skip(t, i, "the")
    j = _REST_OF.at(t, i)
    if j:
        of = single(t, j) or _current(t, j)
        return (_until_its_end(of[0]), of[1]) if of and isinstance(of[0], Year | Month | Part | Relative) else None
    if t[i].word not in ("earlier", "later"):
        return None
    of = (_current(t, i + 2) if t[i + 1].word == "in" else None) or single(t, i + 1)
    if of is None or not isinstance(of[0], Relative) or of[0].offset != 0 or of[0].grain == "day":
        return None
    if t[i].word == "later":
        return _until_its_end(of[0]), of[1]
    return ToDate(grain=of[0].grain, basis=of[0].basis), of[1]


def _current(t: Tokens, i: int) -> Found:
    said, j = basis(t, skip(t, i, "the"))
    if t[j].kind == "unit" and t[j].value in ("week", "month", "quarter", "half", "year"):
        return Relative(grain=t[j].value, offset=0, basis=said), j + 1
    return None


def _until_its_end(of: Expression) -> Range:
    return Range(first=_TODAY, last=Edge(side="end", of=of))
