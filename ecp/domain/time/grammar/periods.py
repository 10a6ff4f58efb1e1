"""Whole times: portions, points, anchored units, to-date, ranges."""

from __future__ import annotations

from typing import Any

from ecp.domain.calendar import GRAINS, Grain
from ecp.domain.language import BE
from ecp.domain.participles import is_participle
from ecp.domain.time.expressions import (
    Anchored,
    Day,
    Edge,
    Expression,
    Month,
    Part,
    Relative,
    Side,
    ToDate,
    Vague,
    Year,
)  # fmt: skip
from ecp.domain.time.grammar import rests, running, years
from ecp.domain.time.grammar.basics import (
    Found,
    Phrases,
    basis,
    is_longer,
    longest,
    possessive,
    remembered,
    skip,
    spelled,
)
from ecp.domain.time.grammar.singles import names_time, single
from ecp.domain.time.grammar.units import (
    AS_OF,
    UNITS,
    anchored,
    containing,
    portion,
    second_last,
    window_until,
    year_ending,
)
from ecp.domain.time.lexer import Token, Tokens
from ecp.domain.time.vocabulary import SEASONS, word_set

_BEFORE_A_VERB = word_set("we they you i did do does")
_SIDES: dict[str, Side] = {
    "end": "end", "close": "end", "ending": "end", "beginning": "start", "start": "start", "opening": "start",
    "begin": "start",
}  # fmt: skip
_SHORT_EDGES: dict[str, tuple[Side, Any]] = {
    "eoy": ("end", "year"), "eom": ("end", "month"), "eoq": ("end", "quarter"), "eow": ("end", "week"),
    "boy": ("start", "year"), "boq": ("start", "quarter"),
}  # fmt: skip
_VAGUE = word_set("early late mid middle circa around about roughly approximately nearly")
_REGARDING = word_set(
    "what how me us know ask talk think hear learn anything something everything more all data info information facts "
    "report reports figures numbers question questions statistics and"
)
_REPEATED = frozenset({"every", "each"})
_TO_DATE = word_set("so thus pmtd lmtd pqtd lqtd fytd ytd mtd qtd wtd htd cytd fqtd pytd lytd")
_STARTERS = (
    word_set("as by on w wc y ye hye qe fy fye penultimate back latter next exactly around every each")
    | SEASONS
    | _VAGUE
    | _TO_DATE
    | set(_SIDES)
    | set(_SHORT_EDGES)
)
_ENDING_WITH_A_MONTH: frozenset[Grain] = frozenset({"month", "quarter", "half", "year"})
_OF_THE = Phrases("of the", "of")
_THROUGH = Phrases("as of the end of", "through", "as of", "as at", "until", "up to", "to", "ending", "for", "in")
_SO_FAR_IN = Phrases("so far in", "so far during", "thus far in", "thus far during")
_NAME_ONE = "name the one that is meant, or group by it"
_FAR = 6
_SEASON_LEADS = frozenset({"in", "during", "since", "the", "of", "for", "by", "from", "to"})


def _is_a_state(t: Tokens, i: int, of: Expression) -> bool:
    """ "were late last month", "delivered late last month": how it was, and no part of the month."""
    before = t[i - 1].word if i else ""
    return isinstance(of, Relative) and t[i].word in ("late", "early") and (before in BE or is_participle(before))


def vague(t: Tokens, i: int) -> Found:
    """`early 2024`, `mid-year`, `summer 2024`, `every January`, `at the latest June`: found to be refused."""
    if t[i].word == "about" and (i == 0 or t[i - 1].word in _REGARDING):
        return None
    if t[i].word in _VAGUE:
        j = _OF_THE.at(t, i + 1) or skip(t, i + 1, "-")
        of = single(t, j)
        if of is None and t[j].kind == "unit" and t[j].value in UNITS and t[i].word in ("mid", "middle"):
            of = Relative(grain=t[j].value, offset=0), j + 1
        usable = of and isinstance(of[0], Year | Month | Part | Relative) and not _is_a_state(t, i, of[0])
        return (
            (Vague(text=spelled(t, i, of[1]), reason="name the months or the quarter"), of[1])
            if of and usable
            else None
        )
    if t[i].word in _REPEATED and t[i + 1].kind in ("month", "weekday"):
        of = single(t, i + 1)
        return (Vague(text=spelled(t, i, of[1]), what="comes again and again", reason=_NAME_ONE), of[1]) if of else None
    if t[i].word == "at" and t[i + 1].word == "the" and t[i + 2].word in ("latest", "earliest"):
        of = single(t, i + 3)
        return (Vague(text=spelled(t, i, of[1]), what="is a bound", reason="say until or since"), of[1]) if of else None
    j = i + 1 if t[i].kind == "rel" else i
    if t[j].word not in SEASONS or _is_a_verb(t, j):
        return None
    found = years.suffix(t, j + 1)
    led = j > i or found or (i > 0 and t[i - 1].word in _SEASON_LEADS and not t[j + 1].alphanumeric)
    end = found[1] if found else j + 1
    return (Vague(text=spelled(t, i, end), reason="name the months of the season"), end) if led else None


def _is_a_verb(t: Tokens, i: int) -> bool:
    """`did it fall in 2025`, `rise or fall`."""
    if t[i].word != "fall" or t[i - 1].word in _SEASON_LEADS:
        return False
    return any(t[at].word in ("did", "does", "do") for at in range(max(i - _FAR, 0), i)) or (
        t[i - 1].word in ("or", "and") and t[i - 2].word in ("rise", "grow", "increase")
    )


def to_date(t: Tokens, i: int) -> Found:
    """`YTD`, `YTD 2024`, `YTD through March`, `Dec YTD`, `FY26 YTD December`, `FY26 to date`, `last year YTD`."""
    found = running.to_date(t, i)
    if found and isinstance(found[0], ToDate):
        return _to_date_of(t, found[0], found[1])
    if ahead := _SO_FAR_IN.at(t, i):
        of = single(t, skip(t, ahead, "the"))
        return (ToDate(grain=None, of=of[0]), of[1]) if of and isinstance(of[0], Year | Part | Month) else None
    found = single(t, i)
    if found is None or not isinstance(found[0], Year | Part | Month | Relative):
        return None
    whole = found[0], possessive(t, found[1])
    if j := running.SO_FAR.at(t, whole[1]):
        return ToDate(grain=None, of=whole[0]), j
    marked = running.to_date(t, whole[1])
    if marked and isinstance(marked[0], ToDate) and marked[0].of is None:
        return _marked(t, whole[0], marked[0], marked[1])
    return None


def _marked(t: Tokens, said: Expression, node: ToDate, j: int) -> Found:
    """What was said before "YTD": its year, or, where that is shorter, its end."""
    if _is_within(said, node):
        return node.model_copy(update={"until": said}), j
    until = _to_date_of(t, node, j) if isinstance(said, Year) else None
    end = until[0].until if until and isinstance(until[0], ToDate) else None
    if until and isinstance(end, Month | Part) and end.of is None:
        return node.model_copy(update={"until": end.model_copy(update={"of": said})}), until[1]
    return node.model_copy(update={"of": said}), j


def _is_within(said: Expression, node: ToDate) -> bool:
    """`December YTD`, `last month QTD`."""
    grain = "month" if isinstance(said, Month) else getattr(said, "grain", "year")
    return GRAINS.index(grain) < GRAINS.index(node.grain or "year")


def _to_date_of(t: Tokens, node: ToDate, j: int) -> Found:
    k = _THROUGH.at(t, j)
    of = single(t, skip(t, skip(t, k or j, "of"), "the"))
    if of is None:
        return node, j
    if isinstance(of[0], Year) or (isinstance(of[0], Relative) and of[0].grain in (node.grain, "year")):
        return node.model_copy(update={"of": of[0]}), of[1]
    ended = isinstance(of[0], Relative) and of[0].offset == -1 and _is_within(of[0], node)
    if isinstance(of[0], Month | Day | Part) or ended or k:
        return node.model_copy(update={"until": of[0]}), of[1]
    return node, j


def _side(t: Tokens, i: int) -> tuple[Side, Expression, int] | None:
    """What an edge is of: `end of June`, `year-end 2023`, `end 2023`, `EOY`."""
    if t[i].word in _SHORT_EDGES:
        side, grain = _SHORT_EDGES[t[i].word]
        return _bare_edge(t, side, grain, i + 1)
    if t[i].word in _SIDES:
        j = skip(t, i + 1, "of", "-")
        done_by_us = i > 0 and t[i - 1].word in _BEFORE_A_VERB  # "did we start last quarter"
        dashed_or_of = j > i + 1 or (t[i].word in ("end", "start") and not done_by_us)
        k = skip(t, j, "the")
        of = longest(t, k, (portion, single)) if dashed_or_of else None
        if of and not isinstance(of[0], Day):
            return _SIDES[t[i].word], of[0], possessive(t, of[1])
        said, k = basis(t, k)
        if t[i + 1].word in ("of", "-") and t[k].kind == "unit" and t[k].value in UNITS:
            return _SIDES[t[i].word], Relative(grain=t[k].value, offset=0, basis=said, word="bare"), k + 1
        return None
    whole = single(t, i)
    if whole and isinstance(whole[0], Relative | Part | Month | Year | Anchored) and (end := _end_of_it(t, whole)):
        return _in_its_year(t, whole[0], end)
    said, j = basis(t, i)
    if t[j].kind == "unit" and t[j].value in UNITS and t[skip(t, j + 1, "-")].word in ("end", "close"):
        return _bare_edge(t, "end", t[j].value, skip(t, j + 1, "-") + 1, said)
    return None


def _end_of_it(t: Tokens, whole: tuple[Expression, int]) -> int:
    """The place behind the word for its end: `last month's end`, `September month-end`, `Q3 quarter-end`."""
    j = skip(t, possessive(t, whole[1]), "-")
    unit = t[j].kind == "unit" and t[j].value in _ending_with(whole[0])
    k = skip(t, j + 1, "-") if unit else j
    if isinstance(whole[0], Year) and k == whole[1]:
        return 0
    return k + 1 if t[k].word in ("end", "close") else 0


def _ending_with(whole: Expression) -> frozenset[Grain]:
    """The units whose end may be called by it."""
    if isinstance(whole, Month):
        return _ENDING_WITH_A_MONTH
    return frozenset({"year"}) if isinstance(whole, Year) else frozenset({getattr(whole, "grain", "year")})


def _in_its_year(t: Tokens, of: Expression, j: int) -> tuple[Side, Expression, int]:
    """`September month-end 2025`: the year behind it."""
    named = of.of if isinstance(of, Anchored) else of
    year = years.suffix(t, j) if isinstance(named, Month | Part) and named.of is None else None
    if year is None:
        return "end", of, j
    dated = named.model_copy(update={"of": year[0]})
    return "end", of.model_copy(update={"of": dated}) if isinstance(of, Anchored) else dated, year[1]


def _bare_edge(t: Tokens, side: Side, grain: Any, j: int, said: Any = None) -> tuple[Side, Expression, int]:
    of = single(t, skip(t, j, "of", "-", "in"))
    if of and isinstance(of[0], Year | Month | Part | Relative) and not is_longer(of[0], grain):
        whole = of[0].model_copy(update={"basis": said}) if said and isinstance(of[0], Year) else of[0]
        return side, whole, of[1]
    return side, Relative(grain=grain, offset=0, basis=said, word="bare"), j


def edge(t: Tokens, i: int) -> Found:
    """`at the end of June`, `as of 30 June 2024`, `by the end of 2024`, `at year end`."""
    as_of = AS_OF.at(t, i)
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


_WHOLE = (
    portion,
    second_last,
    anchored,
    window_until,
    year_ending,
    containing,
    vague,
    to_date,
    edge,
    rests.whole,
    rests.rest,
    single,
)


def begins(token: Token) -> bool:
    """Whether a time that is no range can begin with it."""
    return names_time(token) or token.word in _STARTERS or token.word in rests.STARTERS


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
