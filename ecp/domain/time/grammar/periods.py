"""Whole times: portions, points, anchored units, to-date, ranges."""

from __future__ import annotations

from typing import Any, Literal

from ecp.domain.time.expressions import (
    Anchored,
    Containing,
    Day,
    Edge,
    Expression,
    Month,
    Part,
    Portion,
    Range,
    Relative,
    Side,
    ToDate,
    Vague,
    Year,
)  # fmt: skip
from ecp.domain.time.grammar import dates, relative, years
from ecp.domain.time.grammar.basics import Found, Phrases, basis, count, longest, possessive, remembered, skip
from ecp.domain.time.grammar.singles import names_time, single
from ecp.domain.time.lexer import Token, Tokens
from ecp.domain.time.vocabulary import SEASONS, word_set

_SIDES: dict[str, Side] = {
    "end": "end", "close": "end", "ending": "end", "beginning": "start", "start": "start", "opening": "start",
    "begin": "start",
}  # fmt: skip
_SHORT_EDGES: dict[str, tuple[Side, Any]] = {
    "eoy": ("end", "year"), "eom": ("end", "month"), "eoq": ("end", "quarter"), "eow": ("end", "week"),
    "boy": ("start", "year"), "boq": ("start", "quarter"),
}  # fmt: skip
_VAGUE = frozenset({"early", "late", "mid", "middle", "circa"})
_TO_DATE = word_set("so fytd ytd mtd qtd wtd htd cytd fqtd pytd lytd")
_STARTERS = word_set("as by on w") | SEASONS | _VAGUE | _TO_DATE | set(_SIDES) | set(_SHORT_EDGES)
_EDGE_UNITS = ("week", "month", "quarter", "half", "year")
_WEEK_OF = Phrases("week of")
_OF_THE = Phrases("of the", "of")
_AS_OF = Phrases("as of", "as at", "as on")
_THROUGH = Phrases("as of the end of", "through", "as of", "as at", "until", "up to", "to", "ending", "for", "in")
_SEASON_LEADS = frozenset({"in", "during", "since", "the", "of", "for", "by", "from", "to"})
_ENDING = Phrases(
    "ending on", "ended on", "ending in", "ended in", "ending", "ended", "up to", "through", "until", "to"
)
_STARTING = Phrases("beginning on", "starting on", "starting in", "commencing", "beginning", "starting", "following")
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
    if t[k].kind != "unit" or t[k].value not in ("day", *_EDGE_UNITS) or t[k + 1].word not in ("of", "in"):
        return None
    of = single(t, skip(t, k + 2, "the"))
    if of is None or not number:
        return None
    if ranked:
        return Part(grain=t[k].value, index=t[j].value, of=of[0]), of[1]
    return Portion(count=number, grain=t[k].value, side=side, of=of[0]), of[1]


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
    i = skip(t, i, "the")
    said, j = basis(t, i)
    counted = None if said else count(t, i)
    number, j = counted if counted and counted[0] else (1, j)
    if t[j].kind != "unit" or t[j].value not in ("day", *_EDGE_UNITS):
        return None
    placed = _place(t, j + 1)
    if placed is None or not number or (counted is None and t[placed[1] - 1].word in ("to", "through", "until")):
        return None
    place, k = placed
    if counted is None and place == "before":
        return None
    of = single(t, skip(t, k, "the"))
    if of is None or isinstance(of[0], Relative | Vague):
        return None
    return Anchored(count=number, grain=t[j].value, place=place, of=of[0], basis=said), of[1]


def containing(t: Tokens, i: int) -> Found:
    """`the week of 3 March 2025`, `w/c 3 March`."""
    i = skip(t, i, "the")
    j = _WEEK_OF.at(t, i)
    if not j:
        return _week_commencing(t, i)
    of = dates.day(t, skip(t, j, "the"))
    return (Containing(grain="week", of=of[0]), of[1]) if of else None


def _week_commencing(t: Tokens, i: int) -> Found:
    if t[i].word != "w" or t[i + 1].word != "/" or t[i + 2].word not in ("c", "e"):
        return None
    of = dates.day(t, i + 3)
    place: Place = "starting" if t[i + 2].word == "c" else "ending"
    return (Anchored(count=1, grain="week", place=place, of=of[0]), of[1]) if of else None


def vague(t: Tokens, i: int) -> Found:
    """`early 2024`, `mid-year`, `summer 2024`, `last fall`: found to be refused."""
    if t[i].word in _VAGUE:
        j = _OF_THE.at(t, i + 1) or skip(t, i + 1, "-")
        of = single(t, j)
        if of is None and t[j].kind == "unit" and t[j].value in _EDGE_UNITS and t[i].word in ("mid", "middle"):
            of = Relative(grain=t[j].value, offset=0), j + 1
        usable = of and isinstance(of[0], Year | Month | Part | Relative)
        return (_refused(t, i, of[1], "name the months or the quarter"), of[1]) if of and usable else None
    j = i + 1 if t[i].kind == "rel" else i
    if t[j].word not in SEASONS:
        return None
    found = years.suffix(t, j + 1)
    led = j > i or found or (i > 0 and t[i - 1].word in _SEASON_LEADS and not t[j + 1].alphanumeric)
    end = found[1] if found else j + 1
    return (_refused(t, i, end, "name the months of the season"), end) if led else None


def _refused(t: Tokens, i: int, j: int, reason: str) -> Vague:
    text = "".join(token.text if k == 0 or token.glued else f" {token.text}" for k, token in enumerate(t[i:j]))
    return Vague(text=text, reason=reason)


def to_date(t: Tokens, i: int) -> Found:
    """`YTD`, `YTD 2024`, `YTD through March`, `FY26 to date`, `last year YTD`."""
    found = relative.to_date(t, i)
    if found and isinstance(found[0], ToDate):
        return _to_date_of(t, found[0], found[1])
    found = single(t, i)
    if found is None or not isinstance(found[0], Year | Part | Month | Relative):
        return None
    whole = found[0], possessive(t, found[1])
    if j := relative.SO_FAR.at(t, whole[1]):
        return ToDate(grain=None, of=whole[0]), j
    marked = relative.to_date(t, whole[1])
    if marked and isinstance(marked[0], ToDate) and marked[0].of is None:
        return marked[0].model_copy(update={"of": whole[0]}), marked[1]
    return None


def _to_date_of(t: Tokens, node: ToDate, j: int) -> Found:
    k = _THROUGH.at(t, j)
    of = single(t, skip(t, skip(t, k or j, "of"), "the"))
    if of is None:
        return node, j
    if isinstance(of[0], Year) or (isinstance(of[0], Relative) and of[0].grain == node.grain):
        return node.model_copy(update={"of": of[0]}), of[1]
    if isinstance(of[0], Month | Day | Part) or k:
        return node.model_copy(update={"until": of[0]}), of[1]
    return node, j


def _side(t: Tokens, i: int) -> tuple[Side, Expression, int] | None:
    """What an edge is of: `end of June`, `year-end 2023`, `end 2023`, `EOY`."""
    if t[i].word in _SHORT_EDGES:
        side, grain = _SHORT_EDGES[t[i].word]
        return _bare_edge(t, side, grain, i + 1)
    if t[i].word in _SIDES:
        j = skip(t, i + 1, "of", "-")
        dashed_or_of = j > i + 1 or t[i].word in ("end", "start")
        k = skip(t, j, "the")
        of = longest(t, k, (portion, single)) if dashed_or_of else None
        if of and not isinstance(of[0], Day):
            return _SIDES[t[i].word], of[0], possessive(t, of[1])
        said, k = basis(t, k)
        if t[i + 1].word in ("of", "-") and t[k].kind == "unit" and t[k].value in _EDGE_UNITS:
            return _SIDES[t[i].word], Relative(grain=t[k].value, offset=0, basis=said, word="bare"), k + 1
        return None
    said, j = basis(t, i)
    if t[j].kind == "unit" and t[j].value in _EDGE_UNITS and t[skip(t, j + 1, "-")].word in ("end", "close"):
        return _bare_edge(t, "end", t[j].value, skip(t, j + 1, "-") + 1, said)
    return None


def _bare_edge(t: Tokens, side: Side, grain: Any, j: int, said: Any = None) -> tuple[Side, Expression, int]:
    of = single(t, skip(t, j, "of", "-", "in"))
    if of and isinstance(of[0], Year | Month | Part | Relative):
        whole = of[0].model_copy(update={"basis": said}) if said and isinstance(of[0], Year) else of[0]
        return side, whole, of[1]
    return side, Relative(grain=grain, offset=0, basis=said, word="bare"), j


def edge(t: Tokens, i: int) -> Found:
    """`at the end of June`, `as of 30 June 2024`, `by the end of 2024`, `at year end`."""
    as_of = _AS_OF.at(t, i)
    j = skip(t, as_of or skip(t, i, "at", "by", "on"), "the")
    how: Any = "as_of" if as_of else "by" if t[i].word == "by" else "at"
    found = _side(t, j)
    if found:
        return Edge(side=found[0], of=found[1], how=how), found[2]
    if not as_of:
        return None
    of = longest(t, j, (portion, containing, anchored, single))
    if of and isinstance(of[0], Edge):
        return of
    return (Edge(side="end", of=of[0], how="as_of"), of[1]) if of else None


_WHOLE = (portion, anchored, containing, vague, to_date, edge, single)


def begins(token: Token) -> bool:
    """Whether a time that is no range can begin with it."""
    return names_time(token) or token.word in _STARTERS


@remembered
def period(t: Tokens, i: int) -> Found:
    """Any time but a range."""
    if not begins(t[i]):
        return None
    found = longest(t, i, _WHOLE)
    return (found[0], possessive(t, found[1])) if found else None


def bound(t: Tokens, i: int) -> Found:
    """What a range can begin or end with."""
    j = skip(t, i, "the")
    return period(t, j) or (period(t, i) if j > i else None)


def is_range(expression: Expression) -> bool:
    return isinstance(expression, Range) and not (expression.first is None and expression.last is None)
