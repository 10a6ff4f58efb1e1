"""Which bucket of the asked period a bucket of the compared period stands beside: the first beside the first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from ecp.domain.plan import Draft, DraftQuery

_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


def bucket_of(day: str, grain: str, offset: int = 0) -> str:
    """The first day of the bucket a day falls in; buckets begin `offset` months later than the calendar's."""
    found = date.fromisoformat(day[:10])
    if grain == "week":
        return _monday(found).isoformat()
    if grain == "day":
        return found.isoformat()
    return _first((_months(found) - offset) // _MONTHS[grain] * _MONTHS[grain] + offset).isoformat()


def stands_beside_none(bucket: Any, query: DraftQuery, plan: Draft) -> bool:
    """Whether the asked period ends before the bucket that this one of a longer compared period would stand beside."""
    own, base = query.cube.time_dimensions, next((q for q in plan.queries if q.series == query.base), None)
    asked = base.cube.time_dimensions[0].date_range if base and base.cube.time_dimensions else None
    compared = own[0].date_range if own else None
    if not (asked and compared) or asked == compared or str(bucket)[:10] > compared[1]:
        return False
    return str(beside(bucket, query, plan))[:10] > asked[1]


def beside(bucket: Any, query: DraftQuery, plan: Draft) -> Any:
    """The start of a compared bucket as that of the asked one; its own where there are not two periods."""
    base = next((q for q in plan.queries if q.series == query.base), None)
    if base is None or not (base.cube.time_dimensions and query.cube.time_dimensions):
        return bucket
    asked, compared = base.cube.time_dimensions[0], query.cube.time_dimensions[0]
    grain = query.folded or compared.granularity
    if not (grain and asked.date_range and compared.date_range) or asked.date_range == compared.date_range:
        return bucket
    text = str(bucket)
    first, beside_first = (date.fromisoformat(t.date_range[0]) for t in (compared, asked) if t.date_range)
    return _moved(date.fromisoformat(text[:10]), first, beside_first, grain, query.offset).isoformat() + text[10:]


def _moved(day: date, first: date, beside_first: date, grain: str, offset: int) -> date:
    if grain == "day":
        return day + (beside_first - first)
    if grain == "week":
        return day + (_monday(beside_first) - _monday(first))
    unit = _MONTHS[grain]
    apart = (_months(beside_first) - offset) // unit - (_months(first) - offset) // unit
    return _first(_months(day) + apart * unit)


def _first(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
