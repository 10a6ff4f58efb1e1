"""Years and decades in words: twenty twenty-four, two thousand and eighteen, the nineties."""

from __future__ import annotations

from ecp.domain.time.expressions import Decade, Year
from ecp.domain.time.grammar.basics import Found, skip
from ecp.domain.time.lexer import Tokens
from ecp.domain.time.vocabulary import word_set

DECADES = {
    "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80,
    "nineties": 90, "noughties": 0,
}  # fmt: skip
_CENTURIES = frozenset({19, 20})
_LEADS = word_set("in of since from until till for during by before after to and year through fy fiscal over vs versus")
_LEADING_KINDS = frozenset({"month", "ordinal", "unit", "basis"})


def _below_a_hundred(t: Tokens, i: int) -> tuple[int, int] | None:
    """`eighteen`, `twenty-four`, `ninety nine`."""
    if t[i].kind != "count" or t[i].word in ("couple", "dozen"):
        return None
    k = skip(t, i + 1, "-")
    if t[i].value >= 20 and t[k].kind == "count" and t[k].value < 10:
        return t[i].value + t[k].value, k + 1
    return t[i].value, i + 1


def _led(t: Tokens, i: int) -> bool:
    """Two numbers in words are a year only where a time is spoken of."""
    return i > 0 and (t[i - 1].word in _LEADS or t[i - 1].kind in _LEADING_KINDS)


def of_a_century(t: Tokens, i: int) -> Found:
    """`twenty twenty-four`, `nineteen ninety nine`."""
    if t[i].kind != "count" or t[i].value not in _CENTURIES or not _led(t, i):
        return None
    found = _below_a_hundred(t, skip(t, i + 1, "-"))
    if found is None or found[0] < 10:
        return None
    return Year(year=t[i].value * 100 + found[0]), found[1]


def of_a_thousand(t: Tokens, i: int) -> Found:
    """`two thousand and eighteen`, `two thousand eighteen`."""
    if t[i].word != "two" or t[i + 1].word != "thousand" or not _led(t, i):
        return None
    found = _below_a_hundred(t, skip(t, i + 2, "and"))
    return (Year(year=2000 + found[0]), found[1]) if found else None


def decade(t: Tokens, i: int) -> Found:
    """`the nineties`, `the nineteen seventies`."""
    century, j = 0, i
    if t[i].kind == "count" and t[i].value in _CENTURIES and t[i + 1].word in DECADES:
        century, j = t[i].value * 100, i + 1
    if t[j].word not in DECADES or i == 0 or t[i - 1].word != "the":
        return None
    return Decade(year=century + DECADES[t[j].word]), j + 1


def year(t: Tokens, i: int) -> Found:
    return of_a_century(t, i) or of_a_thousand(t, i)


RULES = (year, decade)
