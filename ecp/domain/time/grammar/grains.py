"""Grouping by time: by month, weekly, each quarter, over time."""

from __future__ import annotations

from dataclasses import dataclass

from ecp.domain.calendar import GRAINS, Basis, Grain
from ecp.domain.time.expressions import Window
from ecp.domain.time.grammar.basics import Phrases, basis, skip
from ecp.domain.time.grammar.relative import relative_unit
from ecp.domain.time.lexer import Tokens
from ecp.domain.time.vocabulary import word_set

_LEADS = Phrases(
    "for each", "for every", "by each", "by every", "by", "per", "each", "every",
    "at each", "at every", "at the end of each", "at the end of every", "as of the end of each",
)  # fmt: skip
_ACROSS = Phrases("across all the", "across all", "across the", "across", "for all the", "for all")
_ALONG = Phrases("over all the", "over the", "through all the", "through the", "throughout the")
_TOGETHER = word_set("total average avg mean sum overall combined altogether cumulative")
_OVER_TIME = Phrases("over time", "across time", "through time", "as a time series", "time series")
_ADVERB_LEADS = Phrases("on a", "on an")


@dataclass(frozen=True, slots=True)
class Grouping:
    grain: Grain | None
    basis: Basis | None
    weak: bool
    end: int


def _unit(t: Tokens, i: int) -> tuple[Grain, int] | None:
    if t[i].kind == "unit" and t[i].value in GRAINS:
        j = skip(t, i + 1, "-")
        return t[i].value, j + 1 if t[i].value == "half" and t[j].word in ("year", "years") else i + 1
    return ("day", i + 1) if t[i].word in ("date", "dates") else None


def _finest(a: Grain, b: Grain) -> Grain:
    return min(a, b, key=GRAINS.index)


def led(t: Tokens, i: int) -> Grouping | None:
    """`by fiscal quarter`, `per week`, `by year and month` (the finest counts), `at each quarter end`."""
    j = _LEADS.at(t, i)
    if not j:
        return None
    if t[j].word == "of":
        return _each_of(t, j + 1)
    said, j = basis(t, skip(t, j, "the"))
    unit = _unit(t, j)
    if unit is None:
        return None
    grain, j = unit
    if t[j].word == "of" and t[skip(t, j + 1, "the")].kind == "unit":
        return None
    if t[k := skip(t, j, "-")].word in ("end", "close"):
        return Grouping(grain, said, False, k + 1)
    more = _unit(t, skip(t, j + 1, "by")) if t[j].word in ("and", ",", "/") else None
    if more and not _begins_a_step(t, more[1]):
        grain, j = _finest(grain, more[0]), more[1]
    return Grouping(grain, said, False, j)


def _begins_a_step(t: Tokens, j: int) -> bool:
    """`by month, month over month`: the second is no unit to group by."""
    k = skip(t, j, "-")
    return t[k].word in ("over", "on", "to") and t[skip(t, k + 1, "-")].word == t[j - 1].word


def across(t: Tokens, i: int) -> Grouping | None:
    """`across months`, `for all quarters`, `over the years`; `the total across all months` is one number of them."""
    along = _ALONG.at(t, i)
    j = _ACROSS.at(t, i) or along
    unit = _unit(t, j) if j else None
    if along and unit and (t[unit[1]].word == "of" or t[unit[1]].kind in ("number", "month")):
        return None  # "over the years 2023 and 2024"
    part = unit is not None and t[unit[1]].word == "of" and t[skip(t, unit[1] + 1, "the")].kind == "unit"
    several = t[j].word.endswith("s") and not part
    together = any(token.word == "all" for token in t[i:j]) and any(token.word in _TOGETHER for token in t[:i])
    return Grouping(unit[0], None, False, unit[1]) if unit and several and not together else None


def _each_of(t: Tokens, i: int) -> Grouping | None:
    """`each of` (the last 4 quarters): the window itself is a time of its own; `each of the quarters`."""
    found = relative_unit(t, i)
    if found and isinstance(found[0], Window) and found[0].grain != "hour":
        return Grouping(found[0].grain, found[0].basis, False, i)
    said, j = basis(t, skip(t, i, "the"))
    unit = _unit(t, j) if j > i else None
    part = unit is not None and t[unit[1]].word == "of" and t[skip(t, unit[1] + 1, "the")].kind == "unit"
    return Grouping(unit[0], said, False, unit[1]) if unit and not part else None


def _again(t: Tokens, i: int, word: str) -> int:
    i = skip(t, i, "-")
    j = skip(t, i + 1, "-")
    return j + 1 if t[i].word == "by" and t[j].word == word else 0


def repeated(t: Tokens, i: int) -> Grouping | None:
    """`month by month`, `month-wise`."""
    unit = _unit(t, i)
    if unit is None:
        return None
    k = skip(t, unit[1], "-")
    j = k + 1 if t[k].word == "wise" else _again(t, unit[1], t[i].word)
    return Grouping(unit[0], None, False, j) if j else None


def adverb(t: Tokens, i: int) -> Grouping | None:
    """`monthly`, `half-yearly`, `on a quarterly basis`."""
    lead = _ADVERB_LEADS.at(t, i)
    j = lead or i
    if t[j].word == "half" and t[skip(t, j + 1, "-")].word == "yearly":
        return Grouping("half", None, False, skip(t, j + 1, "-") + 1)
    said, k = basis(t, j)
    if t[k].kind != "adverb":
        return None
    if lead:
        return Grouping(t[k].value, said, False, k + 2) if t[k + 1].word == "basis" else None
    return Grouping(t[k].value, said, True, k + 1)


def over_time(t: Tokens, i: int) -> Grouping | None:
    j = _OVER_TIME.at(t, i)
    return Grouping(None, None, False, j) if j else None


def grouping(t: Tokens, i: int) -> Grouping | None:
    if t[i].word not in STARTERS and t[i].kind not in ("unit", "adverb", "basis"):
        return None
    return led(t, i) or across(t, i) or over_time(t, i) or repeated(t, i) or adverb(t, i)


_FIRSTS = frozenset({*_LEADS.firsts, *_ACROSS.firsts, *_OVER_TIME.firsts, *_ADVERB_LEADS.firsts})
STARTERS = _FIRSTS | {"half", "date", "dates"}
