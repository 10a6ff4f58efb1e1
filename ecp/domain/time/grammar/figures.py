"""Days and months in figures: 2024-03-15, 15/03/2024, 20240315, 11 / 2024."""

from __future__ import annotations

from ecp.domain.time.expressions import Day, Month, NumericDate, Year
from ecp.domain.time.grammar.basics import Found, is_short_year, is_year, skip
from ecp.domain.time.lexer import Token, Tokens

_MONTHS = 12
_SEPARATORS = "-/."
ON = frozenset(
    {"on", "since", "until", "till", "by", "from", "before", "after", "to", "through", "as", "at", "of", "-"}
)


def _figures(t: Tokens, i: int) -> list[Token]:
    """Two or three numbers written together with one separator between them."""
    separator = t[i + 1].text
    found = [t[i]]
    while (
        len(found) < 3
        and t[i + 1].text == separator
        and t[i + 1].glued
        and t[i + 2].kind == "number"
        and t[i + 2].glued
    ):
        found.append(t[i + 2])
        i += 2
    return found


def _glued(t: Tokens, i: int) -> Found:
    """`2024-03-15`, `15/03/2024`, `03/15/24`, `15.03.2024`, `2024-03`, `03/2024`."""
    if t[i].kind != "number" or t[i + 1].text not in _SEPARATORS or t[i + 1].kind != "mark":
        return None
    numbers = _figures(t, i)
    end = i + 2 * len(numbers) - 1
    if len(numbers) == 3:
        return _full_date(numbers, end, dotted=t[i + 1].text == ".")
    if len(numbers) != 2 or t[i + 1].text == ".":
        return None
    first, second = numbers
    if is_year(first) and second.size <= 2 and 1 <= second.number <= 12:
        return Month(month=second.number, of=Year(year=first.number)), end
    if is_year(second) and first.size <= 2:
        return Month(month=first.number, of=Year(year=second.number)), end
    dated = (
        t[i - 1].word in ON
        or t[i - 1].word == "between"
        or (i > 1 and t[i - 1].word == "and" and t[i - 2].kind == "number")
    )
    if i and dated and t[i + 1].text == "/" and max(first.size, second.size) <= 2 and t[i - 1].word != "of":
        year = t[skip(t, end, ",")]
        named = is_year(year) and t[i - 1].word != "between"
        end = skip(t, end, ",") + 1 if named else end
        return NumericDate(first=first.number, second=second.number, year=year.number if named else None), end
    return None


def spaced(t: Tokens, i: int) -> Found:
    """`11 / 2024`, `2024 / 11`."""
    if t[i].kind != "number" or t[i + 1].word != "/" or t[i + 2].kind != "number":
        return None
    for year, month in ((t[i], t[i + 2]), (t[i + 2], t[i])):
        if is_year(year) and month.size <= 2 and 1 <= month.number <= _MONTHS:
            return Month(month=month.number, of=Year(year=year.number)), i + 3
    return None


def _full_date(numbers: list[Token], end: int, *, dotted: bool) -> Found:
    a, b, c = numbers
    if is_year(a) and b.size <= 2 and c.size <= 2:
        return Day(day=c.number, month=b.number, of=Year(year=a.number)), end
    if a.size <= 2 and b.size <= 2 and (is_year(c) or is_short_year(c)):
        return NumericDate(first=a.number, second=b.number, year=c.number, dotted=dotted), end
    return None


def compact(t: Tokens, i: int) -> Found:
    """`20240315`."""
    token = t[i]
    if token.kind != "number" or token.size != 8:
        return None
    year, month, day = token.number // 10000, token.number // 100 % 100, token.number % 100
    if 1950 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31:
        return Day(day=day, month=month, of=Year(year=year)), i + 1
    return None


def figures(t: Tokens, i: int) -> Found:
    """A day or month written in figures alone."""
    return _glued(t, i) or spaced(t, i) or compact(t, i)
