"""What is asked of a semantic layer, and what it answers: the subset of Cube's query format that we emit."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from ecp.domain.values import Value

Cell = str | int | float | bool | None


class CubeFilter(Value):
    """`values` are strings, as Cube wants them. Operators: equals, notEquals, contains, gt, gte, lt, lte, set."""

    member: str
    operator: Literal["equals", "notEquals", "contains", "gt", "gte", "lt", "lte", "set", "notSet"]
    values: tuple[str, ...] = ()


class TimeDimension(Value):
    """`date_range` is inclusive, two ISO dates."""

    dimension: str
    date_range: tuple[str, str] | None = Field(default=None, alias="dateRange")
    granularity: Literal["day", "week", "month", "quarter", "year"] | None = None


class CubeQuery(Value):
    """`to_json()` is the JSON that goes over the wire."""

    measures: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    filters: tuple[CubeFilter, ...] = ()
    time_dimensions: tuple[TimeDimension, ...] = Field(default=(), alias="timeDimensions")
    order: tuple[tuple[str, Literal["asc", "desc"]], ...] = ()
    limit: int | None = None

    def to_json(self) -> dict[str, object]:
        body = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        body["order"] = [list(pair) for pair in self.order]
        return {k: v for k, v in body.items() if v != []} | {"timezone": "UTC"}


class Column(Value):
    """`name` is the member, with `.granularity` behind it for a time dimension that has one."""

    name: str
    type: Literal["number", "string", "time", "boolean"]


class QueryResult(Value):
    """Numbers are numbers (`Decimal` inside, JSON numbers outside); times are ISO dates. `as_of` is when the
    layer last refreshed the data, if it says so."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Decimal | Cell, ...], ...]
    as_of: str | None = None


class SemanticMember(Value):
    name: str
    kind: Literal["measure", "dimension"]
    type: str
    title: str = ""


class SemanticMeta(Value):
    """What the layer has. `joined` names, for each cube, the cubes that can stand in one query with it."""

    members: dict[str, SemanticMember]
    joined: dict[str, tuple[str, ...]]
    version: str
