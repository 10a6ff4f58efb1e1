"""Years and decades: 2024, FY25, fiscal 2025, FY24/25, CY2024, the 1990s."""

from __future__ import annotations

from ecp.domain.calendar import Basis
from ecp.domain.time.expressions import Decade, Year
from ecp.domain.time.grammar import spelled_years
from ecp.domain.time.grammar.basics import Found, Phrases, basis, is_short_year, is_year, possessive, remembered, skip
from ecp.domain.time.grammar.shorthand import relative_year
from ecp.domain.time.lexer import Token, Tokens

_SHORT_BASIS: dict[str, Basis] = {"fy": "fiscal", "fye": "fiscal", "cy": "calendar"}
_FULL_YEAR = Phrases("full year")
_AFTER: tuple[tuple[Phrases, Basis | None], ...] = (
    (Phrases("fiscal year", "financial year"), "fiscal"),
    (Phrases("calendar year"), "calendar"),
    (_FULL_YEAR, None),
)


def _second(t: Tokens, j: int, first: int) -> int | None:
    """The other year of a pair: `24/25`, `2024-25`, `2024/2025`."""
    second = t[j + 1]
    if t[j].word not in ("/", "-") or not (is_year(second) or is_short_year(second)):
        return None
    follows = first + 1 if second.size == 4 else (first + 1) % 100
    return second.number if second.number == follows else None


def _named(t: Tokens, j: int, said: Basis | None) -> Found:
    if t[j].word in ("-", "'", ".") and t[j + 1].glued:
        j += 1
    token = t[j]
    if not (is_year(token) or is_short_year(token)):
        return None
    second = _second(t, j + 1, token.number)
    return Year(year=token.number, second=second, basis=said), j + (1 if second is None else 3)


def prefixed(t: Tokens, i: int) -> Found:
    """`FY25`, `CY2024`, `fiscal year 2025`, `fiscal 25`, `calendar 2024`, `year 2024`."""
    i = skip(t, i, "the")
    full = _FULL_YEAR.at(t, i) or i
    if t[full].word in _SHORT_BASIS and (named := _named(t, full + 1, _SHORT_BASIS[t[full].word])):
        return named[0], _FULL_YEAR.at(t, named[1]) or named[1]
    said, j = basis(t, i)
    k = _FULL_YEAR.at(t, j) or (j + 1 if t[j].kind == "unit" and t[j].value == "year" else j)
    k = skip(t, k, "fy") if said and k == j else k
    bare = skip(t, k, "'")
    short = said == "fiscal" and is_short_year(t[bare])
    k = bare if short else k
    if said and (k > j or is_year(t[k]) or short):
        return _named(t, k, said)
    k = skip(t, k, "of") if k > i else k
    if k > i and is_year(t[k]):
        return Year(year=t[k].number), k + 1
    return None


def _pair_without_prefix(t: Tokens, i: int) -> bool:
    """`2019/20`, `2019/2020` and `2019-20` are pairs, `2011-12` is December, `2019-2020` both years; of a year of
    teaching, it is a pair."""
    second = t[i + 2]
    if _second(t, i + 1, t[i].number) is None or _in_a_row(t, i):
        return False
    if t.taught and second.size == 4:
        return True
    glued = t[i + 1].glued and second.glued
    return glued and (t[i + 1].word == "/" or (second.size == 2 and (second.number > 12 or second.number == 0)))


def _in_a_row(t: Tokens, i: int) -> bool:
    """`2023/2024/2025`: three years, and no pair."""
    behind = t[i + 3].word == "/" and t[i + 4].kind == "number"
    return behind or (i > 1 and t[i - 1].word == "/" and t[i - 2].kind == "number")


def plain(t: Tokens, i: int) -> Found:
    """`2024`, `2019/20`, `2024 fiscal year`, `2024/25 financial year`, `2024-2025 fiscal year`."""
    token: Token = t[i]
    if not is_year(token):
        return None
    fiscal = (words.at(t, i + 3) for words, said in _AFTER if said == "fiscal")
    paired = _pair_without_prefix(t, i) or (_second(t, i + 1, token.number) is not None and any(fiscal))
    second = t[i + 2].number if paired else None
    end = i + 1 if second is None else i + 3
    for words, said in _AFTER:
        if j := words.at(t, end):
            return Year(year=token.number, second=second, basis=said), j
    return Year(year=token.number, second=second), end


def decade(t: Tokens, i: int) -> Found:
    """`the 1990s`, `the '90s`."""
    j = skip(t, skip(t, i, "the"), "'")
    token, s = t[j], t[j + 1]
    led = t[i].word == "the"
    end = j + 2
    if s.word == "'" and s.glued and t[j + 2].word == "s" and t[j + 2].glued and led:
        s, end = t[j + 2], j + 3
    if s.word != "s" or not s.glued or token.kind != "number" or token.number % 10:
        return None
    if (is_year(token) and t[j - 1].word != "'") or (token.size == 2 and j > i):
        return Decade(year=token.number), end
    return None


def year(t: Tokens, i: int) -> Found:
    return plain(t, i) or prefixed(t, i) or spelled_years.year(t, i)


RULES = (year, decade)


@remembered
def anchor(t: Tokens, i: int) -> Found:
    """A year of any kind, possessive or not, as what a quarter, month or week belongs to."""
    found = year(t, i)
    if found:
        return found[0], possessive(t, found[1])
    return relative_year(t, i)


def suffix(t: Tokens, i: int, dashed: bool = True) -> Found:
    """The year behind a quarter, month or week: `of 2024`, `, 2024`, `'24`, `-24`, `last year`."""
    k = skip(t, i, "of", "in")
    if t[k].word == "'" and is_short_year(t[k + 1]) and t[k + 1].glued:
        return Year(year=t[k + 1].number), k + 2
    if dashed and t[i].word in ("-", "/") and t[i].glued:
        after = t[i + 1]
        if after.glued and (is_year(after) or is_short_year(after)):
            return Year(year=after.number), i + 2
        return anchor(t, i + 1) if after.glued and after.word in _SHORT_BASIS else None
    j = skip(t, i, "of", "in", "for", ",")
    return anchor(t, j)
