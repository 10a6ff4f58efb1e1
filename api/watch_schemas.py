"""Watches as they are sent and shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StringConstraints,
    model_validator,
)

from api.schemas import Concept, Sent
from ecp.domain.difference import TOLERANCE, Difference, Outcome
from ecp.domain.question import Asker
from ecp.domain.schedule import Schedule
from ecp.domain.values import JsonObject

_Share = Field(ge=0, le=1)
Tolerance = Annotated[
    Annotated[StrictFloat, _Share] | Annotated[StrictInt, _Share],
    Field(description="of figures, relative: 0.01 is one percent"),
]


class Notify(Sent):
    """Whom to tell. `webhook`: where a signed POST goes when something has changed."""

    webhook: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class WatchRequest(Sent):
    """A question to be asked again on schedule, for whoever asks now. `execute`: its numbers too."""

    concept: Concept
    user_context: Asker | None = None
    execute: StrictBool = False
    schedule: Schedule
    notify: Notify | None = None
    tolerance: Tolerance = TOLERANCE
    paused: StrictBool = False


def _only_notify_may_be_null(schema: JsonObject) -> None:
    for name, field in schema["properties"].items():
        if name != "notify":
            field["anyOf"] = [kind for kind in field["anyOf"] if kind != {"type": "null"}]
            del field["default"]


class WatchChange(Sent):
    """The fields to change. `notify`: null tells nobody any more."""

    model_config = ConfigDict(json_schema_extra=_only_notify_may_be_null)

    concept: Concept | None = None
    user_context: Asker | None = None
    execute: StrictBool | None = None
    schedule: Schedule | None = None
    notify: Notify | None = None
    tolerance: Tolerance | None = None
    paused: StrictBool | None = None

    @model_validator(mode="after")
    def _only_notify_is_taken_away(self) -> WatchChange:
        nothing = [n for n in self.model_fields_set - {"notify"} if getattr(self, n) is None]
        if nothing:
            raise ValueError(f"leave out what stays as it is: {', '.join(sorted(nothing))}")
        return self


class WatchBody(BaseModel):
    """`next_at` is null while it is paused, or where its time zone is no longer known."""

    id: str
    concept: str
    user_context: Asker | None
    execute: bool
    schedule: JsonObject
    notify: Notify | None
    tolerance: float
    paused: bool
    created_at: str
    next_at: str | None
    last_outcome: Outcome | None


class WatchPage(BaseModel):
    """Newest first."""

    watches: tuple[WatchBody, ...]
    total: int
    next_cursor: str | None = None


class WatchRunBody(BaseModel):
    """`due_at` is when it was due, `at` when it was done; `missed` how often it was due since without a run of its own.
    `withheld`: something has changed that may no longer be seen."""

    resolution_id: str | None
    at: str
    due_at: str
    outcome: Literal["changed", "unchanged", "denied", "failed"]
    differences: tuple[Difference, ...]
    missed: int
    detail: str | None
    withheld: bool = False


class WatchRunPage(BaseModel):
    """Newest first."""

    runs: tuple[WatchRunBody, ...]
    total: int
    next_cursor: str | None = None


SCHEDULE: dict[str, Any] = {"cron": "0 8 * * mon-fri", "timezone": "Atlantic/Reykjavik"}
WATCH = {
    "id": "0190b1f0-5b7e-7cc3-9d2f-0d8c3f1a2b4e",
    "concept": "orders last month",
    "user_context": {"user_id": "u-7", "department": "logistics"},
    "execute": True,
    "schedule": SCHEDULE,
    "notify": {"webhook": "https://hooks.example.com/ecp"},
    "tolerance": 0.01,
    "paused": False,
    "created_at": "2026-02-10T09:30:00+00:00",
    "next_at": "2026-02-11T07:00:00+00:00",
    "last_outcome": None,
}
WATCHES = {"watches": [WATCH], "total": 1, "next_cursor": None}
RUNS = {
    "runs": [
        {
            "resolution_id": "0190b1f0-5b7e-7cc3-9d2f-0d8c3f1a2b4c",
            "at": "2026-02-11T07:00:02+00:00",
            "due_at": "2026-02-11T07:00:00+00:00",
            "outcome": "changed",
            "differences": [{"field": "numbers", "before": 1200, "after": 1260}],
            "missed": 0,
            "detail": None,
            "withheld": False,
        }
    ],
    "total": 1,
    "next_cursor": None,
}
