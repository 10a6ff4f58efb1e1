"""What an asker should know of a period: that it is not over, lies ahead, or begins before the data do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from ecp.domain.answer import ResolvedConcepts, ResolvedPeriod, Warning_
from ecp.domain.calendar import day_label


def time_warnings(concepts: ResolvedConcepts, as_of: date, data_from: date | None = None) -> tuple[Warning_, ...]:
    """The warnings about the periods of a question asked on `as_of`, of data that begin on `data_from`."""
    others = [c.period for c in concepts.comparisons if c.period]
    own = [concepts.period] if concepts.period else []
    against_target = any(c.kind == "target" for c in concepts.comparisons)
    unfinished = _unfinished(own, others, as_of, against_target=against_target)
    found = [*unfinished, *_ahead([*own, *others], as_of), *_early([*own, *others], data_from)]
    return tuple(found)


def _unfinished(
    own: list[ResolvedPeriod], others: list[ResolvedPeriod], as_of: date, *, against_target: bool
) -> Iterator[Warning_]:
    open_ = [p for p in (*own, *others) if p.start <= as_of < p.end]
    if not open_:
        return
    whole = [p for p in (*own, *others) if p.end <= as_of]
    first = open_[0]
    days = f"{(as_of - first.start).days + 1} of its {(first.end - first.start).days + 1} days"
    message = f"{first.label} is not over on {day_label(as_of)}: there are data for {days} at most"
    if not whole and against_target:
        yield _warning("unfinished_period", "medium", f"{message}, and they are held against all of its target")
        return
    if not whole:
        yield _warning("unfinished_period", "low", message)
        return
    yield _warning(
        "unfinished_period",
        "medium",
        f"{message}, and they are compared with all of {whole[0].label}",
        f"ask for “{first.granularity} to date” to compare both up to the same point",
    )


def _ahead(periods: Iterable[ResolvedPeriod], as_of: date) -> Iterator[Warning_]:
    for period in (p for p in periods if p.start > as_of):
        known = "it holds what is planned or agreed ahead, and nothing that was measured"
        message = f"{period.label} lies after {day_label(as_of)}: {known}"
        yield _warning("future_period", "medium", message)
        return


def _early(periods: Iterable[ResolvedPeriod], data_from: date | None) -> Iterator[Warning_]:
    for period in (p for p in periods if data_from and p.start < data_from):
        assert data_from is not None
        reach = "ends" if period.end < data_from else "begins"
        message = f"{period.label} {reach} before the data do, on {day_label(data_from)}"
        yield _warning("before_data", "high" if reach == "ends" else "medium", message)
        return


def _warning(id_: str, severity: Literal["low", "medium", "high"], message: str, workaround: str = "") -> Warning_:
    return Warning_(id=id_, source="time", severity=severity, message=message, workaround=workaround)
