"""The resolution as a caller reads it: the contract's shape, and nothing thinks in here."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecp.domain.calendar import Grain
from ecp.domain.values import JsonObject

Kind = Literal["metric", "comparison", "trend", "breakdown", "ranking", "definition", "lineage", "catalogue"]
# What a question is told about, and no number of.
EXPLAINS: frozenset[Kind] = frozenset({"definition", "lineage", "catalogue"})
Status = Literal[
    "complete",
    "disambiguation_required",
    "unresolved",
    "access_denied",
    "running",
    "failed",
    "timed_out",
    "cancelled",
]
Level = Literal["high", "medium", "low"]
Score = Annotated[float, Field(ge=0, le=1)]
Operator = Literal["in", "not_in", "gt", "gte", "lt", "lte", "contains"]
Scalar = str | int | float | bool


class Shape(BaseModel):
    """Part of an answer: every field is always there."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class ResolvedMetric(Shape):
    id: str
    mention: str
    name: str
    definition: str
    certification_tier: int
    semantic_layer_ref: str | None
    unit: str | None
    confidence: Score
    reason: str
    sources: tuple[str, ...] = ()


class ResolvedDimension(Shape):
    id: str
    mention: str
    grain: str | None = None


class ResolvedFilter(Shape):
    """`member` is the pack's member id; `values` what the semantic layer is asked for; `through` the entities whose
    relations lead to it."""

    dimension: str | None
    operator: Operator
    member: str | None
    values: tuple[Scalar, ...]
    mention: str
    reason: str
    metric: str | None = None
    through: tuple[str, ...] = ()


class ResolvedPeriod(Shape):
    """Inclusive dates; `rule` names the convention."""

    mention: str
    start: date
    end: date
    granularity: str
    calendar: Literal["fiscal", "calendar"]
    label: str
    rule: str


class ResolvedComparison(Shape):
    kind: Literal["target", "previous_period", "same_period_last_year", "period", "member"]
    mention: str
    metric: str | None = None
    period: ResolvedPeriod | None = None
    member: str | None = None
    dimension: str | None = None


class ResolvedShare(Shape):
    """Every number is asked for as a part: of the metric `of`, or of the same metric without the filters whose
    mentions are in `parts`, or over all groups but those of the dimensions `within`. `scale`: it is no part, but a
    quotient, of how many of `of`; `minus`: it is what is left without `of`; `plus`: it is what the two come to."""

    mention: str
    of: str
    scale: int | None = None
    minus: bool = False
    plus: bool = False
    parts: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


class ResolvedAverage(Shape):
    """What came in the period is divided by the number of these units in it, or the mean is taken over the groups of a
    dimension; of a level over its time, at the end of each of these units."""

    mention: str
    unit: Grain | None = None
    over: str | None = None


class ResolvedCount(Shape):
    """How many groups of this dimension there are within the bounds is what was asked for."""

    mention: str
    dimension: str


class ResolvedCombined(Shape):
    """What all that come first have together is told beside them, and, of a share, which part of the whole that is."""

    mention: str


class Order(Shape):
    by: str
    direction: Literal["asc", "desc"]


class ResolvedRunning(Shape):
    """Beside every number the sum of all up to it is told, in the order of time."""

    mention: str


class ResolvedConcepts(Shape):
    """`limit` is a number of rows: of an order within each group of the dimensions `within`, behind the first `offset`
    ones, and from its other end as well where `both_ends` are asked for; `shown` the other way round where that is
    said apart; of the groups of the dimension `leading`, in the order of what they have in all, where there is one, and
    all rows of these. `placed`: the text of the member whose rank is asked for; each row is told with its own."""

    metrics: tuple[ResolvedMetric, ...] = ()
    dimensions: tuple[ResolvedDimension, ...] = ()
    filters: tuple[ResolvedFilter, ...] = ()
    period: ResolvedPeriod | None = None
    comparisons: tuple[ResolvedComparison, ...] = ()
    order: Order | None = None
    limit: int | None = None
    offset: int | None = None
    both_ends: bool = False
    shown: Literal["asc", "desc"] | None = None
    within: tuple[str, ...] = ()
    leading: str | None = None
    share: ResolvedShare | None = None
    average: ResolvedAverage | None = None
    count: ResolvedCount | None = None
    running: ResolvedRunning | None = None
    combined: ResolvedCombined | None = None
    placed: str | None = None

    @property
    def is_part_of_itself(self) -> bool:
        """Whether a share is asked for, and it is of the same metric."""
        own = [m.id for m in self.metrics]
        return self.share is not None and self.share.scale is None and own == [self.share.of]

    @property
    def whole(self) -> ResolvedConcepts:
        """What a share is of: the same without the part's own filters."""
        if self.share is None or not self.is_part_of_itself:
            return self
        parts = self.share.parts
        return self.model_copy(update={"filters": tuple(f for f in self.filters if f.mention not in parts)})


class Nearest(Shape):
    id: str
    kind: str
    name: str
    score: Score


class Unresolved(Shape):
    mention: str
    nearest: tuple[Nearest, ...] = ()


class Option(Shape):
    """`settles`: each mention that choosing this option settles, and on what."""

    id: str
    text: str
    confidence: Score
    resolved_concepts: ResolvedConcepts
    suggested: bool = False
    settles: dict[str, str] = {}


class PlannedQuery(Shape):
    """`cube` is the query in the semantic layer's own format."""

    id: str
    cube: JsonObject


class Computation(Shape):
    id: str
    expression: str


class ExecutionPlan(Shape):
    queries: tuple[PlannedQuery, ...] = ()
    computations: tuple[Computation, ...] = ()


class AppliedRowFilter(Shape):
    dimension: str
    operator: Literal["in"] = "in"
    values: tuple[Scalar, ...]


class Authorization(Shape):
    allowed: bool
    row_filters: tuple[AppliedRowFilter, ...] = ()
    masked_columns: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


class Warning_(Shape):
    id: str
    source: Literal["tribal_knowledge", "freshness", "validation", "authorization", "precedent", "time"]
    severity: Literal["low", "medium", "high", "critical"]
    message: str
    impact: str = ""
    workaround: str = ""


class Degradation(Shape):
    component: str
    fallback: str
    effect: str


class StoreAsked(Shape):
    store: str
    latency_ms: float


class DagNode(Shape):
    id: str
    type: Literal["parse", "resolve_concept", "enrich", "plan", "authorize", "execute", "validate", "assemble"]
    depends_on: tuple[str, ...] = ()
    status: Literal["complete", "degraded", "failed", "skipped", "reused"]
    started_at: str
    completed_at: str
    attempt: int
    stores_queried: tuple[StoreAsked, ...] = ()
    error: str | None = None


class Dag(Shape):
    nodes: tuple[DagNode, ...] = ()


class Provenance(Shape):
    dag: Dag = Dag()
    flow_run_id: str | None = None
    flow_run_url: str | None = None
    tracking: Literal["full", "summary"] | None = None
    registry_version: str | None = None
    policy_version: str | None = None
    data_version: str | None = None
    sources: tuple[str, ...] = ()
    lineage_ref: str | None = None


class ResultColumn(Shape):
    name: str
    type: Literal["number", "string", "time", "boolean"]
    unit: str | None = None


class Validation(Shape):
    rule: str
    passed: bool
    severity: str
    note: str = ""


class Results(Shape):
    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Any, ...], ...]
    computed: dict[str, float | int | None] = {}
    rows_scanned: int | None = None
    validation: tuple[Validation, ...] = ()
    approximate: bool = False
    as_of_data: str | None = None


class Resolution(Shape):
    """What `resolve`, `resolutions/{id}`, `clarify` and `execute` answer with."""

    resolution_id: str
    status: Status
    kind: Kind | None = None
    as_of: date | None = None
    resolved_concepts: ResolvedConcepts = ResolvedConcepts()
    unresolved: tuple[Unresolved, ...] = ()
    options: tuple[Option, ...] = ()
    execution_plan: ExecutionPlan | None = None
    answer: JsonObject | None = None
    authorization: Authorization | None = None
    warnings: tuple[Warning_, ...] = ()
    confidence_score: Score | None = None
    confidence_level: Level | None = None
    confidence_factors: dict[str, float] = {}
    degradations: tuple[Degradation, ...] = ()
    provenance: Provenance = Provenance()
    results: Results | None = None
    cached: bool = False
    age_seconds: float = 0
    attempt: int = 1
