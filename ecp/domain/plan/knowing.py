"""A plan as it could have been answered on a day that is past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ecp.domain.answer import Unresolved
from ecp.domain.assets import Metric
from ecp.domain.calendar import day_label
from ecp.domain.catalogue import Catalogue
from ecp.domain.periods import first_day
from ecp.domain.plan.ahead import not_measured_yet
from ecp.domain.plan.drafts import Draft, DraftQuery
from ecp.domain.plan.references import time_dimension_of
from ecp.domain.semantic import SemanticMeta, TimeDimension

LAST_DAY = date.max.isoformat()


def as_known_on(day: date, plan: Draft, catalogue: Catalogue, meta: SemanticMeta | None = None) -> Draft:
    """The plan with its periods until the day, so that what was not over is answered alike whenever it is asked; a
    question without one asks for all there was by then. Targets were set before; of anything else nothing is told of a
    period that lies wholly ahead, as it is not known any more what was agreed for it by then."""
    knowing = _Knowing(day, catalogue, meta)
    if problems := tuple(knowing.ahead(plan.queries)):
        return plan.model_copy(update={"problems": problems})
    queries = tuple(knowing.bounded(plan.queries))
    ends = any(map(knowing.is_open, plan.queries)) and not all(map(knowing.is_open, queries))
    notes = (*plan.notes, *knowing.not_bounded(queries))
    return plan.model_copy(update={"queries": queries, "notes": notes, "until": day.isoformat() if ends else None})


class _Knowing:
    def __init__(self, day: date, catalogue: Catalogue, meta: SemanticMeta | None) -> None:
        self._as_of = day
        self._day = day.isoformat()
        self._catalogue = catalogue
        self._meta = meta
        self._first_day = first_day(catalogue).isoformat()

    def ahead(self, queries: tuple[DraftQuery, ...]) -> Iterator[Unresolved]:
        """What is measured, and asked for of no time but such as had not begun."""
        begun = {q.series for q in queries if not self._is_ahead(q)}
        unknown = {q.series: q for q in reversed(queries) if q.series not in begun and not self._is_planned(q)}
        for query in unknown.values():
            metric = self._catalogue.get(query.metric, Metric)
            first = min(t.date_range[0] for t in query.cube.time_dimensions if t.date_range)
            mention = f"from {day_label(date.fromisoformat(first))} on"
            if metric is not None:
                yield not_measured_yet(mention, metric, self._as_of, self._catalogue).problem

    def bounded(self, queries: tuple[DraftQuery, ...]) -> Iterator[DraftQuery]:
        for query in queries:
            if self._is_planned(query):
                yield query
            elif not self._is_ahead(query):
                times = tuple(map(self._until, self._times(query)))
                yield query.model_copy(update={"cube": query.cube.model_copy(update={"time_dimensions": times})})

    def is_open(self, query: DraftQuery) -> bool:
        """Whether it holds whatever comes, and is no plan."""
        times = query.cube.time_dimensions
        return not self._is_planned(query) and (not times or any(t.date_range is None for t in times))

    def not_bounded(self, queries: Iterable[DraftQuery]) -> Iterator[str]:
        """What is to be known of numbers that are of no time, so that they cannot end on the day."""
        for metric_id in dict.fromkeys(q.metric for q in queries if self.is_open(q)):
            name = self._catalogue.assets[metric_id].name
            yield f"{name} is kept by no time: it is told as it is now, and not as it was on {day_label(self._as_of)}"

    def _is_planned(self, query: DraftQuery) -> bool:
        metric = self._catalogue.get(query.metric, Metric)
        return query.series.startswith("target") or bool(metric and metric.target_of)

    def _times(self, query: DraftQuery) -> tuple[TimeDimension, ...]:
        """Those of the query; of one that has none, the time that its metric is of."""
        metric = self._catalogue.get(query.metric, Metric)
        own = time_dimension_of(metric, self._meta) if metric and not query.cube.time_dimensions else None
        return (TimeDimension(dimension=own),) if own else query.cube.time_dimensions

    def _is_ahead(self, query: DraftQuery) -> bool:
        """Whether it is of one unit of time, asked for by itself, that had not begun."""
        return any(t.date_range is not None and t.date_range[0] > self._day for t in query.cube.time_dimensions)

    def _until(self, time: TimeDimension) -> TimeDimension:
        start, end = time.date_range or (min(self._first_day, self._day), LAST_DAY)
        return time.model_copy(update={"date_range": (start, self._day)}) if start <= self._day < end else time
