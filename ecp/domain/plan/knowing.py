"""A plan as it could have been answered on a day that is past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.plan.drafts import Draft, DraftQuery
from ecp.domain.semantic import TimeDimension


def as_known_on(day: date, plan: Draft, catalogue: Catalogue) -> Draft:
    """The plan with its periods until the day, so that what was not over is answered alike whenever it is asked.
    Targets were set before, and a period that lies wholly ahead is left as it is; so is a question without one, which
    asks for all there is."""
    knowing = _Knowing(day, catalogue)
    return plan.model_copy(update={"queries": tuple(knowing.bounded(plan.queries))})


class _Knowing:
    def __init__(self, day: date, catalogue: Catalogue) -> None:
        self._day = day.isoformat()
        self._catalogue = catalogue

    def bounded(self, queries: tuple[DraftQuery, ...]) -> Iterator[DraftQuery]:
        begun = {q.series for q in queries if not self._is_ahead(q)}
        for query in queries:
            if self._is_planned(query):
                yield query
            elif query.series not in begun or not self._is_ahead(query):
                times = tuple(map(self._until, query.cube.time_dimensions))
                yield query.model_copy(update={"cube": query.cube.model_copy(update={"time_dimensions": times})})

    def _is_planned(self, query: DraftQuery) -> bool:
        metric = self._catalogue.get(query.metric, Metric)
        return query.series.startswith("target") or bool(metric and metric.target_of)

    def _is_ahead(self, query: DraftQuery) -> bool:
        """Whether it is of one unit of time, asked for by itself, that had not begun."""
        return any(t.date_range is not None and t.date_range[0] > self._day for t in query.cube.time_dimensions)

    def _until(self, time: TimeDimension) -> TimeDimension:
        if time.date_range is None:
            return time
        start, end = time.date_range
        return time.model_copy(update={"date_range": (start, self._day)}) if start <= self._day < end else time
