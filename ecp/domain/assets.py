"""What a context pack governs: one frozen model for each kind of document.

These models are the pack's schema (`ecp schema`) and the registry's content. Ids are stable; names,
synonyms and definitions are what people read and type.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, model_validator

from ecp.domain.values import JsonObject, Value

Id = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:\-]*$")]
Words = tuple[Annotated[str, Field(min_length=1, max_length=200)], ...]
Grain = Literal["day", "week", "month", "quarter", "year"]


class Access(Value):
    """Who may see an asset. Every list that is given must contain the asker; a list left out asks nothing."""

    departments: Words | None = None
    roles: Words | None = None
    attributes: dict[str, Words] = {}


class Asset(Value):
    """What every governed thing has."""

    id: Id
    name: str = Field(min_length=1, max_length=300)
    definition: str = Field(default="", validation_alias=AliasChoices("definition", "description"))
    synonyms: Words = ()
    owner: str | None = None
    domain: Id | None = None
    access: Access | None = None
    tags: Words = ()


class Metric(Asset):
    """A number the enterprise has agreed on.

    `departments` mean this metric when they use a word that it shares with others. `semantic_layer_ref` is
    `Cube.measure`; without it the metric can be explained but not executed. `aggregation` over time: `sum`
    adds up, `last` is a stock taken at the end of the period, `none` means that values of two periods
    cannot be combined. `target_of` names the metrics this one is the target (plan, quota) of. `grain` is the
    finest period it is kept for. `sample` is an approximate value kept for when the layer is down.
    """

    kind: Literal["metric"] = "metric"
    departments: Words = ()
    certification_tier: int = Field(default=3, ge=1, le=5)
    semantic_layer_ref: str | None = Field(default=None, pattern=r"^[A-Za-z_]\w*\.[A-Za-z_]\w*$")
    time_dimension: str | None = Field(default=None, pattern=r"^[A-Za-z_]\w*\.[A-Za-z_]\w*$")
    unit: str | None = None
    aggregation: Literal["sum", "average", "last", "ratio", "none"] = "sum"
    grain: Grain = "day"
    target_of: tuple[Id, ...] = ()
    dimensions: tuple[Id, ...] | None = Field(default=None, description="left out: every dimension it can be joined to")
    better: Literal["higher", "lower"] | None = None
    formula: str | None = None
    sample: JsonObject | None = None

    @property
    def is_stock(self) -> bool:
        """A level at a time, which must not be added up over time."""
        return self.aggregation == "last"


class MetricChoice(Value):
    """What a shared word means to some departments; without departments, to everybody else."""

    metric: Id
    departments: Words = ()


class Term(Asset):
    """A word of the glossary; `metrics` says what it means to whom."""

    kind: Literal["term"] = "term"
    metrics: tuple[MetricChoice, ...] = ()
    related: tuple[Id, ...] = ()


class Variation(Value):
    """Another set of values for some departments."""

    departments: Words = Field(min_length=1)
    values: tuple[str | int | float | bool, ...] = Field(min_length=1)
    reason: str | None = None


class Member(Value):
    """One member of a dimension; `values` are what the semantic layer is asked for (default: the name)."""

    id: Id
    name: str = Field(min_length=1)
    definition: str = Field(default="", validation_alias=AliasChoices("definition", "description"))
    synonyms: Words = ()
    values: tuple[str | int | float | bool, ...] = ()
    variations: tuple[Variation, ...] = ()
    parent: Id | None = None
    access: Access | None = None


class Dimension(Asset):
    """Something by which numbers are cut. `semantic_layer_refs`: `Cube.dimension`, one for each cube that has it.

    `attribute` is the asker's attribute that limits it (default: its id, and `allowed_<id>s`).
    """

    kind: Literal["dimension"] = "dimension"
    semantic_layer_refs: tuple[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*\.[A-Za-z_]\w*$")], ...] = Field(
        default=(), validation_alias=AliasChoices("semantic_layer_refs", "semantic_layer_ref")
    )
    type: Literal["string", "number", "boolean", "time"] = "string"
    members: tuple[Member, ...] = ()
    attribute: str | None = None

    def inside(self, member_id: str | None) -> tuple[Member, ...]:
        """The parts of a member, by their `parent`."""
        return tuple(m for m in self.members if m.parent and m.parent == member_id)

    @model_validator(mode="before")
    @classmethod
    def _one_ref_is_a_list_of_one(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("semantic_layer_ref"), str):
            data = {**data, "semantic_layer_refs": [data["semantic_layer_ref"]]}
            del data["semantic_layer_ref"]
        return data


class Relation(Value):
    """How an entity hangs together with another: `verbs` are the words people use from here to there, `inverse_verbs`
    those from there to here."""

    name: Id
    to: Id
    verbs: Words = ()
    inverse_verbs: Words = ()


class Instance(Value):
    """One known thing of an entity; `links` names the instances it is related to, by relation."""

    id: Id
    name: str = Field(min_length=1)
    synonyms: Words = ()
    links: dict[str, tuple[Id, ...]] = {}
    attributes: JsonObject = {}


class Entity(Asset):
    """A kind of thing (a team, a person): `dimension` is where its instances are members."""

    kind: Literal["entity"] = "entity"
    dimension: Id | None = None
    relations: tuple[Relation, ...] = ()
    instances: tuple[Instance, ...] = ()


class Domain(Asset):
    """A part of the enterprise that owns data; `cubes` are its parts of the semantic layer."""

    kind: Literal["domain"] = "domain"
    cubes: Words = ()


class CalendarAsset(Asset):
    """The enterprise's calendar and which one relative periods follow."""

    kind: Literal["calendar"] = "calendar"
    fiscal_start_month: int = Field(default=1, ge=1, le=12)
    named_for: Literal["start", "end"] = "end"
    relative: Literal["fiscal", "calendar"] = "fiscal"
    week_start: Literal["monday", "sunday", "saturday"] = "monday"
    timezone: str = "UTC"
    conventions: dict[str, str | int | bool] = {}
    data_from: date | None = Field(default=None, description="the first day there are data of")


class PeriodScope(Value):
    """Inclusive; an end left open goes on."""

    start: date | None = None
    end: date | None = None


class Scope(Value):
    """What something touches: every part that is given must touch the question.

    `members` by dimension id; `dimensions`: those that a question cuts or filters by; `domains`: those of its metrics.
    """

    metrics: tuple[Id, ...] = ()
    domains: tuple[Id, ...] = ()
    dimensions: tuple[Id, ...] = ()
    members: dict[str, tuple[Id, ...]] = {}
    period: PeriodScope | None = None
    departments: Words = ()


class TribalKnowledge(Asset):
    """What people know about the data and the data do not say."""

    kind: Literal["tribal_knowledge"] = "tribal_knowledge"
    name: str = ""
    scope: Scope = Scope()
    severity: Literal["low", "medium", "high", "critical"] = "medium"
    message: str = Field(min_length=1)
    impact: str = ""
    workaround: str = ""


class DataContract(Asset):
    """How fresh the data behind some metrics must be. `freshness_ref` is a time dimension of the layer."""

    kind: Literal["data_contract"] = "data_contract"
    name: str = ""
    metrics: tuple[Id, ...] = ()
    freshness_hours: float = Field(gt=0)
    freshness_ref: str | None = None


class ValidationRule(Asset):
    """A check of results. `variance` compares with the target or the previous period, in percent."""

    kind: Literal["validation_rule"] = "validation_rule"
    name: str = ""
    metrics: tuple[Id, ...] = ()
    rule: Literal["non_negative", "bounds", "variance", "valid_dates", "not_empty"]
    minimum: float | None = None
    maximum: float | None = None
    severity: Literal["warning", "error"] = "warning"
    note: str = ""


class LineageNode(Value):
    id: Id
    type: Literal["source", "table", "column", "job", "measure", "metric", "report"]
    name: str = ""
    system: str | None = None


class LineageEdge(Value):
    source: Id = Field(validation_alias=AliasChoices("source", "from"))
    target: Id = Field(validation_alias=AliasChoices("target", "to"))
    transformation: str | None = None


class Lineage(Asset):
    """Where numbers come from. Edges run from what feeds to what is fed; metrics by their id."""

    kind: Literal["lineage"] = "lineage"
    name: str = ""
    nodes: tuple[LineageNode, ...] = ()
    edges: tuple[LineageEdge, ...] = Field(min_length=1)


class QueryTemplate(Asset):
    """A question that is asked often and the plan that serves it."""

    kind: Literal["query_template"] = "query_template"
    phrases: Words = Field(min_length=1)
    metrics: tuple[Id, ...] = ()
    dimensions: tuple[Id, ...] = ()
    period: str | None = None


class Pack(Asset):
    """The pack itself. `cube`, `warehouse` and `questions` are folders (or a file) in it or beside it;
    `data_version` is a query of the layer whose single value changes whenever its data do; `seed` is what the
    warehouse's SQL reads as `ecp.seed`."""

    kind: Literal["pack"] = "pack"
    version: str = "1"
    cube: str | None = None
    warehouse: str | None = None
    questions: str | None = None
    seed: str = "1"
    data_version: JsonObject | None = None


AnyAsset = Annotated[
    Metric
    | Term
    | Dimension
    | Entity
    | Domain
    | CalendarAsset
    | TribalKnowledge
    | DataContract
    | ValidationRule
    | Lineage
    | QueryTemplate
    | Pack,
    Field(discriminator="kind"),
]
