"""What callers send, bounded and strict, and what they get where the domain has no shape for it.

An unknown field is refused by name: a misspelt limit must not widen what is asked.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticKnownError

from api.reading import has_control_characters
from ecp.domain.answer import Degradation, Operator
from ecp.domain.question import Asker
from ecp.domain.searching import FindableKind
from ecp.domain.values import JsonObject

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def _iso(value: Any) -> Any:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        raise ValueError("a date is written YYYY-MM-DD")
    return date.fromisoformat(value)


def _in_range(value: date) -> date:
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"the year must be {_FIRST_YEAR} to {_LAST_YEAR}")
    return value


def _without_controls(value: str) -> str:
    if has_control_characters(value):
        raise ValueError("control characters are not allowed")
    return value


def _whole(value: Any) -> Any:
    """To JSON 5.0 is an integer."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("an integer is wanted")
    return value


WHOLE = BeforeValidator(_whole)
IsoDate = Annotated[
    date,
    BeforeValidator(_iso),
    AfterValidator(_in_range),
    WithJsonSchema({"type": "string", "format": "date", "pattern": "^(19|20|21)[0-9]{2}-"}),
]
PlainText = Annotated[str, AfterValidator(_without_controls)]


def _no_longer_than(most: int) -> BeforeValidator:
    """The bound holds for what was sent, blanks at its ends too, as the published schema says."""

    def check(value: object) -> object:
        if isinstance(value, str) and len(value) > most:
            raise PydanticKnownError("string_too_long", {"max_length": most})
        return value

    return BeforeValidator(check)


NO_LONGER = {most: _no_longer_than(most) for most in (200, 500, 2000)}
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NO_LONGER[200]]
Concept = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), NO_LONGER[2000]]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
FilterValue = StrictStr | StrictBool | StrictInt | StrictFloat


class Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ResolveRequest(Sent):
    """A question. Without `as_of` it is asked today, in the calendar's zone."""

    concept: Concept
    user_context: Asker | None = None
    as_of: IsoDate | None = None
    execute: StrictBool = False
    follows: Id | None = Field(default=None, description="the resolution a follow-up inherits from")


class NarrowingFilter(Sent):
    """A further condition. `values` are member ids or values of the dimension."""

    dimension: Name
    operator: Operator = "in"
    values: Annotated[tuple[FilterValue, ...], Field(min_length=1, max_length=1000)]
    member: Name | None = None


class NarrowingPeriod(Sent):
    """Inclusive dates within those of the resolution."""

    start: IsoDate
    end: IsoDate

    @model_validator(mode="after")
    def _in_order(self) -> NarrowingPeriod:
        if self.end < self.start:
            raise ValueError("end lies before start")
        return self


class ExecuteParameters(Sent):
    """They only narrow what the resolution has."""

    filters: Annotated[tuple[NarrowingFilter, ...], Field(max_length=50)] = ()
    period: NarrowingPeriod | None = None
    limit: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] | None = None


class ExecuteRequest(Sent):
    resolution_id: Id
    parameters: ExecuteParameters = ExecuteParameters()


class AcceptedBody(BaseModel):
    """The work goes on, or was cancelled; the state is at `Location`."""

    resolution_id: str
    status: Literal["running", "cancelled"] = "running"


class Paging(Sent):
    """Of a list: at most `limit` entries behind `cursor`, which the page before gave as `next_cursor`."""

    limit: int = Field(default=50, ge=1, le=500)
    cursor: PlainText | None = Field(default=None, max_length=2000)


class LineageQuery(Sent):
    """`depth`: how many steps upstream. The pages are of nodes."""

    target: PlainText = Field(
        min_length=1,
        max_length=200,
        description="a metric, a column, a table or a system, by its id or as questions call it",
    )
    depth: int = Field(default=8, ge=1, le=10)
    limit: int = Field(default=500, ge=1, le=2000)
    cursor: PlainText | None = Field(default=None, max_length=2000)


class SearchRequest(Sent):
    """`kinds`: left out or empty, everything that can be found."""

    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), NO_LONGER[500]]
    kinds: Annotated[tuple[FindableKind, ...], Field(max_length=20)] = ()
    limit: Annotated[int, Field(ge=1, le=100), WHOLE] = 10


class ClarifyRequest(Sent):
    """`option`: which of the options that were shown, by its id, its name or its place ("the second one")."""

    option: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), NO_LONGER[500]]


class Correction(Sent):
    """What it should have been. The metrics count once approved; the rest is for whoever approves."""

    metrics: Annotated[tuple[Id, ...], Field(min_length=1, max_length=20)]
    dimensions: Annotated[tuple[Id, ...], Field(max_length=20)] = ()
    filters: Annotated[tuple[JsonObject, ...], Field(max_length=50)] = ()
    period: JsonObject | None = None
    comparisons: Annotated[tuple[JsonObject, ...], Field(max_length=20)] = ()


_CORRECTED_SAYS_HOW: JsonObject = {
    "oneOf": [
        {
            "properties": {"verdict": {"const": "corrected"}, "correction": {"type": "object"}},
            "required": ["correction"],
        },
        {"properties": {"verdict": {"enum": ["accepted", "rejected"]}, "correction": {"type": "null"}}},
    ]
}


class FeedbackRequest(Sent):
    """`correction` belongs to the verdict `corrected`, and only to that."""

    model_config = ConfigDict(json_schema_extra=_CORRECTED_SAYS_HOW)

    resolution_id: Id
    verdict: Literal["accepted", "corrected", "rejected"]
    correction: Correction | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), NO_LONGER[2000]] = ""

    @model_validator(mode="after")
    def _corrected_says_how(self) -> FeedbackRequest:
        if (self.verdict == "corrected") != (self.correction is not None):
            raise ValueError("correction is given with the verdict corrected, and only with that")
        return self


class FeedbackQuery(Paging):
    state: Literal["pending", "approved", "declined"] | None = None


class FeedbackBody(BaseModel):
    """Accepted and rejected are approved at once; a correction counts once approved, for askers of `department`, from
    the registry version `approved_version` on, and where it was taken back, up to the one before `withdrawn_version`.
    `remark`: why a correction just given counts for no question by itself, and what its words could be corrected to."""

    id: str
    resolution_id: str
    verdict: Literal["accepted", "corrected", "rejected"]
    state: Literal["pending", "approved", "declined"]
    question: str
    department: str | None
    metrics: tuple[str, ...]
    correction: JsonObject
    note: str
    created_at: str
    approved_version: str | None = None
    withdrawn_version: str | None = None
    remark: str | None = None


class FeedbackPage(BaseModel):
    """Newest first."""

    feedback: tuple[FeedbackBody, ...]
    total: int
    next_cursor: str | None = None


class GlossaryPage(BaseModel):
    """Terms by name. `total` counts all that the asker may see; `next_cursor` is null on the last page."""

    terms: tuple[JsonObject, ...]
    total: int
    next_cursor: str | None = None


class MetricsPage(BaseModel):
    """Metrics by name, as in a glossary page."""

    metrics: tuple[JsonObject, ...]
    total: int
    next_cursor: str | None = None


class LineagePage(BaseModel):
    """What feeds the target. Nodes nearest first; an edge comes on the page of the later one of its ends."""

    target: str
    nodes: tuple[JsonObject, ...]
    edges: tuple[JsonObject, ...]
    total: int
    next_cursor: str | None = None


class SearchResults(BaseModel):
    """Best first. A result of the kind `member` says in `of` which dimension or entity it is a member of."""

    results: tuple[JsonObject, ...]
    total: int
    degradations: tuple[Degradation, ...] = ()


class ListedResolution(BaseModel):
    """For operators: nothing of the question or the answer. `missing` are the components it did without, `watch_id` is
    the watch that asked."""

    resolution_id: str
    status: str
    attempt: int
    missing: tuple[str, ...] = ()
    watch_id: str | None = None
    created_at: str
    updated_at: str


class ResolutionList(BaseModel):
    """Newest first."""

    resolutions: tuple[ListedResolution, ...]
    total: int


class AttemptTrace(BaseModel):
    model_config = ConfigDict(extra="allow")

    attempt: int
    stages: tuple[JsonObject, ...]


class ProvenanceTrace(BaseModel):
    """Every attempt with its stages, inputs, outputs and the stores that were asked."""

    model_config = ConfigDict(extra="allow")

    resolution_id: str
    attempts: tuple[AttemptTrace, ...]


class ComponentHealth(BaseModel):
    status: Literal["ok", "degraded", "down"]
    latency_ms: float
    breaker: Literal["closed", "half_open", "open"] | None = None
    detail: str | None = None
    since: str | None = Field(default=None, description="when this process first saw that it is not ok")


class Health(BaseModel):
    status: Literal["ok", "degraded", "down"]
    components: dict[str, ComponentHealth]
    warnings: tuple[str, ...] = ()


class Alive(BaseModel):
    status: Literal["ok"] = "ok"


class FieldError(BaseModel):
    loc: tuple[str | int, ...]
    message: str


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:ecp:problem:validation"])
    title: str
    status: int
    detail: str
    instance: str
    request_id: str | None
    degradations: tuple[JsonObject, ...] = ()
    errors: tuple[FieldError, ...] | None = None
    retry_after: float | None = None
    resolution_id: str | None = None
    reasons: tuple[str, ...] | None = None
