"""The shape of the Cube YAML files we read. A key that would change results and is unknown here is an error."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from ecp.stores.semantic_sql.model import Relationship

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
SYNONYMS = {
    "belongs_to": "many_to_one",
    "belongsTo": "many_to_one",
    "has_many": "one_to_many",
    "hasMany": "one_to_many",
    "has_one": "one_to_one",
    "hasOne": "one_to_one",
}


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Described(Shape):
    """What only describes; it changes no result."""

    title: str | None = None
    description: str | None = None
    meta: Any = None
    public: bool | None = None
    shown: bool | None = None

    def shows(self, otherwise: bool = True) -> bool:
        return next((said for said in (self.public, self.shown) if said is not None), otherwise)


class FilterShape(Shape):
    sql: str


class MeasureShape(Described):
    name: Name
    type: Literal["count", "count_distinct", "sum", "avg", "min", "max", "number", "string", "time", "boolean"]
    sql: str | None = None
    filters: list[FilterShape] = []
    format: Any = None
    currency: Any = None
    drill_members: Any = None


class DimensionShape(Described):
    name: Name
    type: Literal["string", "number", "time", "boolean"]
    sql: str
    primary_key: bool = False
    format: Any = None
    currency: Any = None
    suggest_filter_values: Any = None


class JoinShape(Shape):
    name: Name
    relationship: Annotated[Relationship, BeforeValidator(lambda said: SYNONYMS.get(said, said))]
    sql: str


class CubeShape(Described):
    name: Name
    sql: str | None = None
    sql_table: str | None = None
    sql_alias: Any = None
    data_source: Literal["default"] | None = None
    refresh_key: Any = None
    pre_aggregations: Any = None
    hierarchies: Any = None
    segments: Any = None
    joins: list[JoinShape] = []
    measures: list[MeasureShape] = []
    dimensions: list[DimensionShape] = []


class FileShape(Shape):
    cubes: list[CubeShape] = []
    views: Any = None
