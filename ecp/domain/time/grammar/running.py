"""What has been of a period so far: YTD, quarter to date, so far this month."""

from __future__ import annotations

from ecp.domain.calendar import Basis, Grain
from ecp.domain.time.expressions import Relative, ToDate
from ecp.domain.time.grammar.basics import Found, Phrases, basis, count, skip
from ecp.domain.time.grammar.relative import relative_unit, unit_at
from ecp.domain.time.lexer import Tokens
from ecp.domain.time.vocabulary import PLURALS

SO_FAR = Phrases("to date", "so far", "thus far", "till date", "until now", "till now", "up to now")
_TO_DATE: dict[str, tuple[Grain, Basis | None, int]] = {
    "ytd": ("year", None, 0), "mtd": ("month", None, 0), "qtd": ("quarter", None, 0),
    "wtd": ("week", None, 0), "htd": ("half", None, 0), "fytd": ("year", "fiscal", 0),
    "cytd": ("year", "calendar", 0), "fqtd": ("quarter", "fiscal", 0),
    "pytd": ("year", None, -1), "lytd": ("year", None, -1), "pmtd": ("month", None, -1), "lmtd": ("month", None, -1),
    "pqtd": ("quarter", None, -1), "lqtd": ("quarter", None, -1),
}  # fmt: skip

_FAR = Phrases("so far", "thus far", "to date")
_TO_LAST_MONTH = Phrases("to last month", "to the last month", "to previous month", "to prior month")
_LONG = frozenset({"quarter", "half", "year"})
_UNITS = frozenset({"week", "month", "quarter", "half", "year"})


def to_date(t: Tokens, i: int) -> Found:
    """`YTD`, `FY YTD`, `fiscal year to date`, `this quarter so far`, `so far this month`; not what follows it."""
    said, j = basis(t, skip(t, i, "the"))
    if t[j].kind == "rel" and t[j].value == -1 and t[j + 1].word in _TO_DATE:
        grain, own, _ = _TO_DATE[t[j + 1].word]
        return ToDate(grain=grain, basis=own, of=Relative(grain=grain, offset=-1, basis=own)), j + 2
    if until := _to_last_month(t, i):
        return until
    if t[j].kind == "rel" and t[j].value == -1 and t[j + 1].kind == "unit" and t[j + 2].word == "-":
        k = SO_FAR.at(t, j + 3) if t[j + 1].value in _UNITS else None  # "last year-to-date"
        return (_before(t[j + 1].value, said), k) if k else None
    j = j + 1 if said and t[j].value == "year" and t[j + 1].word in _TO_DATE else j
    if t[j].word in _TO_DATE:
        grain, own, offset = _TO_DATE[t[j].word]
        of = Relative(grain=grain, offset=offset, basis=said or own) if offset else None
        return ToDate(grain=grain, basis=said or own, of=of), j + 1
    if t[j].word == "cy" and (k := SO_FAR.at(t, j + 1)):
        return ToDate(grain="year", basis="calendar"), k
    if t[j].kind == "unit" and t[j].value in _UNITS:
        return _of_a_unit(t, j, said)
    if far := _FAR.at(t, i):
        found = relative_unit(t, far)
        if found and isinstance(found[0], Relative) and found[0].offset == 0:
            return ToDate(grain=found[0].grain, basis=found[0].basis), found[1]
    return None


def _to_last_month(t: Tokens, i: int) -> Found:
    """`year-to-last-month`, `this fiscal year to last month`."""
    current = t[i].kind == "rel" and t[i].value == 0
    said, j = basis(t, i + 1 if current else skip(t, i, "the"))
    unit = t[j].kind == "unit" and t[j].value in _LONG and t[j].word not in PLURALS
    k = _TO_LAST_MONTH.at(t, skip(t, j + 1, "-")) if unit else 0
    until = Relative(grain="month", offset=-1)
    return (ToDate(grain=t[j].value, basis=said, until=until), k) if k else None


def _before(grain: Grain, said: Basis | None) -> ToDate:
    return ToDate(grain=grain, basis=said, of=Relative(grain=grain, offset=-1, basis=said))


def _of_a_unit(t: Tokens, j: int, said: Basis | None) -> Found:
    """Several of them ("nine months to date") are counted back from today, which is another rule's."""
    unit = unit_at(t, j)
    k = SO_FAR.at(t, skip(t, unit[1], "-")) if unit else 0
    if not k or (t[j].word in PLURALS and j > 0 and count(t, j - 1)):
        return None
    return ToDate(grain=t[j].value, basis=said), k
