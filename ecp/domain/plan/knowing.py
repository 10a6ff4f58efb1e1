"""A plan as it could have been answered on a day that is past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.periods import data_from
from ecp.domain.plan.drafts import Draft, DraftQuery
from ecp.domain.plan.references import time_dimension_of
from ecp.domain.semantic import SemanticMeta, TimeDimension
from ecp.domain.time import TimeConventions


def first_day(known: date | None) -> date:
    """The first day there may be data of, where the pack does not say it."""
    return known or date(TimeConventions().earliest_year, 1, 1)


def as_known_on(day: date, plan: Draft, catalogue: Catalogue, meta: SemanticMeta | None) -> Draft:
    """The plan without what happened after the day, so that it is answered alike whenever it is asked. Targets were
    set before, and a period that lies wholly ahead is left as it is."""
    knowing = _Knowing(day, catalogue, meta)
    return plan.model_copy(update={"queries": tuple(knowing.bounded(plan.queries))})


class _Knowing:
    def __init__(self, day: date, catalogue: Catalogue, meta: SemanticMeta | None) -> None:
        self._day = day.isoformat()
        self._catalogue = catalogue
        self._meta = meta
        self._first = first_day(data_from(catalogue)).isoformat()

    def bounded(self, queries: tuple[DraftQuery, ...]) -> Iterator[DraftQuery]:
        begun = {q.series for q in queries if not self._is_ahead(q)}
        for query in queries:
            if self._is_planned(query):
                yield query
            elif query.series not in begun or not self._is_ahead(query):
                times = tuple(self._times(query))
                yield query.model_copy(update={"cube": query.cube.model_copy(update={"time_dimensions": times})})

    def _is_planned(self, query: DraftQuery) -> bool:
        metric = self._catalogue.get(query.metric, Metric)
        return query.series.startswith("target") or bool(metric and metric.target_of)

    def _is_ahead(self, query: DraftQuery) -> bool:
        """Whether it is of one unit of time, asked for by itself, that had not begun."""
        return any(t.date_range is not None and t.date_range[0] > self._day for t in query.cube.time_dimensions)

    def _times(self, query: DraftQuery) -> Iterator[TimeDimension]:
        yield from (self._until(t) for t in query.cube.time_dimensions)
        metric = self._catalogue.get(query.metric, Metric)
        dimension = time_dimension_of(metric, self._meta) if metric else None
        if dimension and not query.cube.time_dimensions:
            yield TimeDimension(dimension=dimension, date_range=(self._first, self._day))

    def _until(self, time: TimeDimension) -> TimeDimension:
        start, end = time.date_range or (self._first, "9999")
        return time.model_copy(update={"date_range": (start, self._day)}) if start <= self._day < end else time
