"""Where the layer has no number at all of what was asked for, and that this is no zero."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ecp.domain.answer import Validation
from ecp.domain.assets import Metric
from ecp.domain.calendar import day_label
from ecp.domain.catalogue import Catalogue
from ecp.domain.places import number
from ecp.domain.plan import Draft, DraftQuery
from ecp.domain.semantic import QueryResult

NO_DATA = "no_data"
NOTHING_BESIDE = "nothing_to_compare"


def without_data(plan: Draft, results: dict[str, QueryResult], catalogue: Catalogue) -> Iterator[Validation]:
    """A broken rule where nothing is known of something that was asked for, or of what it is compared with. Where a
    bound leaves out every row, that is an answer."""
    series = dict.fromkeys(q.series for q in plan.queries if q.over is None and not q.bounded)
    empty = [e for s in series if (e := _nothing_in([q for q in plan.queries if q.series == s], results))]
    for rule, queries in ((NO_DATA, [q for q in empty if not q.base]), (NOTHING_BESIDE, [q for q in empty if q.base])):
        told = ", ".join(dict.fromkeys(_named(q, catalogue) for q in queries))
        if told:
            note = f"there are no data of {told}: what is null is not known, and not zero"
            yield Validation(rule=rule, passed=False, severity="warning", note=note)


def _nothing_in(queries: list[DraftQuery], results: dict[str, QueryResult]) -> DraftQuery | None:
    """The first query of a series, where none of them has a number."""
    return None if any(any(_numbers(q, results[q.id])) for q in queries) else queries[0]


def _numbers(query: DraftQuery, result: QueryResult) -> Iterable[bool]:
    if not result.rows:
        return ()
    at = [c.name for c in result.columns].index(query.cube.measures[0])
    return (number(row[at]) is not None for row in result.rows)


def _named(query: DraftQuery, catalogue: Catalogue) -> str:
    """What is measured and when, and that it is of a part where it is limited."""
    metric = catalogue.get(query.metric, Metric)
    limited = " as it is limited here" if len(query.cube.filters) > len(query.group) else ""
    days = next((t.date_range for t in query.cube.time_dimensions if t.date_range), None)
    return f"{metric.name if metric else query.metric}{limited}{_when(days)}"


def _when(days: tuple[str, str] | None) -> str:
    if days is None:
        return ""
    first, last = (day_label(date.fromisoformat(day[:10])) for day in days)
    return f" on {first}" if first == last else f" from {first} to {last}"
