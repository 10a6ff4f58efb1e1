"""What both semantic layers share: which queries are sane, and what cells look like when they leave."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from ecp.domain.semantic import Cell, Column, CubeFilter, CubeQuery, SemanticMember, SemanticMeta
from ecp.errors import StoreMalformed, StoreRejected

STORE = "semantic"
DEFAULT_LIMIT = 10_000
LARGEST_LIMIT = 50_000
MOST_VALUES = 20_000

ColumnType = Literal["number", "string", "time", "boolean"]

WITHOUT_VALUES = ("set", "notSet")
COMPARABLE = ("equals", "notEquals", "gt", "gte", "lt", "lte")
OPERATORS: dict[str, tuple[str, ...]] = {
    "string": (*WITHOUT_VALUES, *COMPARABLE, "contains"),
    "number": (*WITHOUT_VALUES, *COMPARABLE),
    "time": (*WITHOUT_VALUES, *COMPARABLE),
    "boolean": (*WITHOUT_VALUES, "equals", "notEquals"),
}

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z?)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_WHOLE = re.compile(r"-?\d+", re.ASCII)


def rejected(detail: str) -> StoreRejected:
    return StoreRejected(STORE, detail)


def malformed(detail: str) -> StoreMalformed:
    return StoreMalformed(STORE, detail)


def check(query: CubeQuery, meta: SemanticMeta) -> None:
    """Refuses, with StoreRejected naming the member, what no engine could or should answer."""
    _selected(query, meta)
    for condition in query.filters:
        _filter(condition, meta)
    for time in query.time_dimensions:
        if time.date_range:
            _range(time.dimension, time.date_range)
    known = {*query.measures, *query.dimensions, *ordered_times(query)}
    for name, _ in query.order:
        if name not in known:
            raise rejected(f"'{name}' orders the result and is not part of it")
    if query.limit is not None and not 0 <= query.limit <= LARGEST_LIMIT:
        raise rejected(f"The limit is not between 0 and {LARGEST_LIMIT}")


def missing(query: CubeQuery, meta: SemanticMeta) -> list[str]:
    """Members the query names and the layer lacks."""
    named = [*query.measures, *query.dimensions, *(f.member for f in query.filters)]
    named += [time.dimension for time in query.time_dimensions]
    return [name for name in named if name not in meta.members]


def columns(query: CubeQuery, meta: SemanticMeta) -> tuple[Column, ...]:
    """The result's columns in Cube's order: dimensions, times with a granularity, measures."""
    names = [*query.dimensions, *grouped_times(query), *query.measures]
    return tuple(Column(name=name, type=column_type(name, meta)) for name in names)


def column_type(name: str, meta: SemanticMeta) -> ColumnType:
    member = meta.members[".".join(name.split(".")[:2])]
    return member.type  # type: ignore[return-value]


def grouped_times(query: CubeQuery) -> list[str]:
    return [f"{t.dimension}.{t.granularity}" for t in query.time_dimensions if t.granularity]


def ordered_times(query: CubeQuery) -> list[str]:
    return grouped_times(query) + [t.dimension for t in query.time_dimensions if t.granularity]


MOST_DIGITS = 308  # beyond these no reader of JSON has the number


def cell(value: Any, kind: ColumnType) -> Decimal | Cell:
    """A driver's or a wire's value as a value of ours. StoreMalformed when it is not of its kind."""
    if value is None:
        return None
    if isinstance(value, date):
        return iso_time(value)
    if kind == "number":
        return number(value)
    if kind == "boolean":
        return _boolean(value)
    if kind == "time" or isinstance(value, str):
        return clean_time(str(value)) if kind == "time" else value
    return str(value).lower() if isinstance(value, bool) else str(value)


def number(value: Any) -> Decimal | int | str:
    """Whole numbers are int, others Decimal. The largest of a time dimension is a time, whatever its type says."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = repr(value) if isinstance(value, float) else str(value)
    if _WHOLE.fullmatch(text):
        return int(text)
    if _MOMENT.fullmatch(text):
        return clean_time(text)
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        raise malformed("A number is not a number") from error
    if not found.is_finite() or found.adjusted() > MOST_DIGITS:
        raise malformed("A number is not finite")
    return found


def iso_time(value: date) -> str:
    """A date, or a moment in UTC to the millisecond; midnight is its date."""
    if not isinstance(value, datetime):
        return value.isoformat()
    moment = value.astimezone(UTC) if value.tzinfo else value
    return clean_time(moment.replace(tzinfo=None).isoformat(timespec="milliseconds"))


def clean_time(text: str) -> str:
    """'2025-10-01T00:00:00.000' is '2025-10-01'. StoreMalformed when the text is no time."""
    if not _MOMENT.fullmatch(text):
        raise malformed("A time is not an ISO time")
    day, _, clock = text.replace(" ", "T").removesuffix("Z").partition("T")
    return day if not clock.strip("0:.") else f"{day}T{clock}"


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise malformed("A truth value is neither true nor false")


def _selected(query: CubeQuery, meta: SemanticMeta) -> None:
    for name in query.measures:
        _member(name, meta, "measure")
    for name in query.dimensions:
        _member(name, meta, "dimension")
    for time in query.time_dimensions:
        if _member(time.dimension, meta, "dimension").type != "time":
            raise rejected(f"'{time.dimension}' is not a time dimension")
    names = [*query.dimensions, *grouped_times(query), *query.measures]
    if not names:
        raise rejected("The query selects nothing")
    _distinct(names)


def _distinct(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise rejected(f"'{name}' is selected twice")
        seen.add(name)


def _member(name: str, meta: SemanticMeta, kind: str) -> SemanticMember:
    member = meta.members.get(name)
    if member is None:
        raise rejected(f"The semantic layer has no '{name[:200]}'")
    if member.kind != kind:
        raise rejected(f"'{name}' is a {member.kind}, not a {kind}")
    if member.type not in OPERATORS:
        raise rejected(f"'{name}' is a {member.type}, which is not served")
    return member


def _filter(condition: CubeFilter, meta: SemanticMeta) -> None:
    name = condition.member
    member = meta.members.get(name)
    if member is None:
        raise rejected(f"The semantic layer has no '{name[:200]}'")
    if condition.operator not in OPERATORS.get(member.type, WITHOUT_VALUES):
        raise rejected(f"'{name}' is a {member.type}: '{condition.operator}' does not apply")
    if condition.operator in WITHOUT_VALUES:
        return
    if not condition.values:
        raise rejected(f"The filter on '{name}' has no values")
    if len(condition.values) > MOST_VALUES:
        raise rejected(f"The filter on '{name}' has more than {MOST_VALUES} values")
    if not all(_sane(value, member.type) for value in condition.values):
        raise rejected(f"A value for '{name}' is not a {member.type}")


def _sane(value: str, kind: str) -> bool:
    if kind == "number":
        return _NUMBER.fullmatch(value) is not None
    if kind == "boolean":
        return value in ("true", "false")
    if kind == "time":
        return _MOMENT.fullmatch(value) is not None and _exists(value)
    return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _exists(moment: str) -> bool:
    try:
        datetime.fromisoformat(moment)
    except ValueError:
        return False
    return True


def _range(name: str, ends: tuple[str, str]) -> None:
    for end in ends:
        if not _DAY.fullmatch(end) or not _exists(end):
            raise rejected(f"The date range of '{name}' is not two dates")
