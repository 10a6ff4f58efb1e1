"""Times in a few letters: LY, TTM, L12M."""

from __future__ import annotations

from ecp.domain.calendar import Basis, Grain
from ecp.domain.time.expressions import Anchored, Relative, Window
from ecp.domain.time.grammar.basics import Found, Phrases, possessive
from ecp.domain.time.grammar.relative import LETTER_UNITS, before_last, relative_unit
from ecp.domain.time.lexer import Tokens
from ecp.domain.time.vocabulary import BEFORE_IT

_THE_YEAR = Phrases("the year")
_A_YEAR_AGO = Phrases(
    "a year ago",
    "one year ago",
    "a year earlier",
    "one year earlier",
    "a year before",
    "one year before",
    "the year before",
)
_TRAILING = frozenset({"ttm", "ltm"})
_SHORT: dict[str, tuple[Grain, Basis | None, int]] = {
    "ly": ("year", None, -1), "py": ("year", None, -1), "lq": ("quarter", None, -1), "pq": ("quarter", None, -1),
    "cy": ("year", None, 0), "lfy": ("year", "fiscal", -1), "pfy": ("year", "fiscal", -1),
}  # fmt: skip


def short_form(t: Tokens, i: int) -> Found:
    """`LY`, `PY`, `TTM`, `LTM`, `L12M`, `R12`, `T90D`."""
    word = t[i].word
    if word in _SHORT:
        grain, said, offset = _SHORT[word]
        return Relative(grain=grain, offset=offset, basis=said), i + 1
    if word == "ntm":
        return Window(count=12, grain="month", style="next"), i + 1
    if word in _TRAILING:
        return Window(count=12, grain="month", style="trailing"), i + 1
    number, unit = t[i + 1], t[i + 2]
    if word not in ("l", "r", "t") or number.number < 1 or not number.glued:
        return None
    if unit.glued and unit.word in LETTER_UNITS:
        return Window(count=number.number, grain=LETTER_UNITS[unit.word], style="trailing"), i + 3
    if word == "r" and number.number == 12 and not unit.glued:
        return Window(count=12, grain="month", style="trailing"), i + 2
    return None


def before_the_trailing(t: Tokens, i: int) -> Found:
    """`prior TTM`: the twelve months before them."""
    if t[i].word not in BEFORE_IT or t[i + 1].word not in _TRAILING:
        return None
    trailing = Window(count=12, grain="month", style="trailing")
    return Anchored(count=12, grain="month", place="before", of=trailing), i + 2


def relative_year(t: Tokens, i: int) -> Found:
    """`last year`, `the current fiscal year's`, `LY`, `the year`: what a quarter or a month can belong to."""
    found = relative_unit(t, i) or short_form(t, i) or before_last(t, i)
    if found and isinstance(found[0], Relative) and found[0].grain == "year":
        return found[0], possessive(t, found[1])
    if j := _A_YEAR_AGO.at(t, i):
        return Relative(grain="year", offset=-1), j
    if j := _THE_YEAR.at(t, i):
        return Relative(grain="year", offset=0), j
    return None
