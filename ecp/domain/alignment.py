"""Which bucket of the asked period a bucket of the compared period stands beside: the first beside the first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from ecp.domain.plan import Draft, DraftQuery
from ecp.domain.semantic import TimeDimension

_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def beside(bucket: Any, query: DraftQuery, plan: Draft) -> Any:
    """The start of a compared bucket as that of the asked one; its own where there are not two periods."""
    base = next((q for q in plan.queries if q.series == query.base), None)
    if base is None or not (base.cube.time_dimensions and query.cube.time_dimensions):
        return bucket
    asked, compared = base.cube.time_dimensions[0], query.cube.time_dimensions[0]
    if not (asked.date_range and compared.date_range) or asked.date_range == compared.date_range:
        return bucket
    text = str(bucket)
    return _moved(date.fromisoformat(text[:10]), compared, asked).isoformat() + text[10:]


def _moved(day: date, compared: TimeDimension, asked: TimeDimension) -> date:
    assert compared.date_range and asked.date_range and asked.granularity
    first, beside_first = date.fromisoformat(compared.date_range[0]), date.fromisoformat(asked.date_range[0])
    if asked.granularity == "day":
        return day + (beside_first - first)
    if asked.granularity == "week":
        return day + (_monday(beside_first) - _monday(first))
    unit = _MONTHS[asked.granularity]
    units = _months(beside_first) // unit - _months(first) // unit
    years, month = divmod(_months(day) + units * unit, 12)
    return date(years, month + 1, 1)


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
