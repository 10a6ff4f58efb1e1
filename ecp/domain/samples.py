"""The approximate number that a pack keeps of a metric, for when the semantic layer is down."""

from __future__ import annotations

from datetime import date
from typing import Any

from ecp.domain.answer import ResolvedConcepts, ResultColumn, Results, Warning_
from ecp.domain.assets import Metric
from ecp.domain.authorization import Decision
from ecp.domain.catalogue import Catalogue


def sampled(concepts: ResolvedConcepts, decision: Decision, catalogue: Catalogue) -> Results | None:
    """The metric's `sample`, where it is what was asked for: one number of everything, in the period of the sample,
    for somebody who is limited to nothing. None otherwise: a number of something else is no approximation."""
    cut = concepts.filters or concepts.dimensions or concepts.comparisons or concepts.order or concepts.limit
    if cut or concepts.average or len(concepts.metrics) != 1 or decision.row_filters or decision.masked_columns:
        return None
    metric = catalogue.get(concepts.metrics[0].id, Metric)
    sample = metric.sample if metric else None
    if metric is None or not sample or not _is_number(sample.get("value")) or not _of_period(sample, concepts):
        return None
    column = ResultColumn(name=metric.id, type="number", unit=metric.unit)
    return Results(columns=(column,), rows=((sample["value"],),), approximate=True, as_of_data=_day(sample, "as_of"))


def approximate_warning(results: Results) -> Warning_:
    """What whoever reads the number must know of it."""
    kept = f" of {results.as_of_data}" if results.as_of_data else ""
    return Warning_(
        id="approximate",
        source="validation",
        severity="high",
        message=f"this number was not measured now: it is the sample{kept} that the pack keeps of it",
        impact="the true number may differ",
        workaround="ask again once the semantic layer answers",
    )


def _of_period(sample: dict[str, Any], concepts: ResolvedConcepts) -> bool:
    period = concepts.period
    own = (_day(sample, "start"), _day(sample, "end"))
    return own == ((period.start.isoformat(), period.end.isoformat()) if period else (None, None))


def _day(sample: dict[str, Any], name: str) -> str | None:
    value = sample.get(name)
    return value.isoformat() if isinstance(value, date) else str(value) if value is not None else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
