"""What routes need: the service behind them, and what a request says besides its body."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Protocol, cast

from fastapi import Depends, Path, Request

from api import headers
from api.paging import Page
from api.problems import NotReady
from api.schemas import (
    ExecuteParameters,
    FeedbackBody,
    FeedbackPage,
    FeedbackRequest,
    GlossaryPage,
    LineagePage,
    MetricsPage,
    ProvenanceTrace,
    ResolutionList,
    SearchRequest,
    SearchResults,
)
from api.watch_schemas import WatchBody, WatchChange, WatchPage, WatchRequest, WatchRunPage
from ecp.domain.answer import Resolution
from ecp.domain.question import ANONYMOUS, Asker
from ecp.domain.values import JsonObject
from ecp.errors import ResolutionNotFound
from ecp.settings import Settings
from ecp.telemetry.context import current_request_id
from ecp.telemetry.metrics import BreakerState

_LONGEST_ID = 64


@dataclass(frozen=True)
class Asked:
    """A question as it was sent. `as_of` None: today in the calendar's zone."""

    text: str
    asker: Asker = ANONYMOUS
    as_of: date | None = None
    execute: bool = False
    follows: str | None = None


@dataclass(frozen=True)
class RequestInfo:
    """What the headers say. `asker` is who the header names, None without one; `wait_seconds` after which a
    202 is wanted: None waits for the deadline, 0 not at all; `fresh` bypasses cache and sharing. `taken_at`: when its
    body was there, in monotonic seconds; None is now. The deadline counts from then."""

    request_id: str
    asker: Asker | None = None
    idempotency_key: str | None = None
    wait_seconds: float | None = None
    fresh: bool = False
    taken_at: float | None = None


@dataclass(frozen=True)
class Accepted:
    """The work goes on without the caller."""

    resolution_id: str


EventPlace = tuple[int, int]
"""An attempt, and the number of the event among its events."""


@dataclass(frozen=True)
class Event:
    """Something that happened to a resolution: `stage`, `status` or `done`."""

    name: str
    place: EventPlace
    data: JsonObject


Ping = Callable[[], Awaitable[None]]


class Service(Protocol):
    """What the front leans on. Every method raises `ECPError` and nothing else for what is not a defect; those
    about a resolution carry `resolution_id`, and `degradations`, `reasons`, `retry_after`, `errors` where they
    apply. An id that never was, whatever its form, is `ResolutionNotFound`."""

    async def resolve(self, asked: Asked, request: RequestInfo) -> Resolution | Accepted:
        """Raises `AccessDenied` (reasons), `PolicyUnavailable`, `DeadlineExceeded`, `StoreError`."""
        ...

    async def clarify(self, resolution_id: str, option: str, request: RequestInfo) -> Resolution | Accepted:
        """Raises also `ResolutionConflict` (nothing to choose) and `ValidationError` (none of the options)."""
        ...

    async def execute(
        self, resolution_id: str, parameters: ExecuteParameters, request: RequestInfo
    ) -> Resolution | Accepted:
        """Raises also `ResolutionConflict` (not complete) and `ValidationError` (would widen; `errors`)."""
        ...

    async def resolution(self, resolution_id: str, request: RequestInfo) -> Resolution:
        """The present state, whatever its status."""
        ...

    async def events(
        self, resolution_id: str, had: EventPlace, request: RequestInfo
    ) -> AsyncGenerator[Event, None] | tuple[Event, ...]:
        """What happens to it behind the place of the event that the caller `had` last: all at once when it is over,
        else as it happens. Raises as `resolution` does, and `RateLimited`."""
        ...

    async def rerun(self, resolution_id: str, request: RequestInfo, *, force: bool = False) -> Accepted:
        """Raises `NothingToRerun`, and `AlreadyRunning` while the first attempt is under way."""
        ...

    async def cancel(self, resolution_id: str, request: RequestInfo) -> None:
        """Raises `NothingToCancel`."""
        ...

    async def resolutions(
        self, status: str | None, since_seconds: float | None, limit: int, *, watches: bool = True
    ) -> ResolutionList:
        """By status, `degraded` among them, and of the last seconds; newest first. `watches`: also what they asked."""
        ...

    async def provenance(self, resolution_id: str, request: RequestInfo) -> ProvenanceTrace: ...

    async def glossary(self, page: Page, request: RequestInfo) -> GlossaryPage:
        """This and the next three show what `request.asker` may see; all raise `PolicyUnavailable`."""
        ...

    async def metrics(self, page: Page, request: RequestInfo) -> MetricsPage: ...
    async def search(self, wanted: SearchRequest, request: RequestInfo) -> SearchResults: ...
    async def lineage(self, target: str, depth: int, page: Page, request: RequestInfo) -> LineagePage:
        """Raises also `NotFound`, `Ambiguous` and `AccessDenied`."""
        ...

    async def give_feedback(self, sent: FeedbackRequest, request: RequestInfo) -> FeedbackBody:
        """Raises also `FeedbackConflict`, and `ValidationError` for a correction to what is not there."""
        ...

    async def feedback(self, state: str | None, page: Page, request: RequestInfo) -> FeedbackPage: ...
    async def decide_feedback(
        self, feedback_id: str, state: Literal["approved", "declined"], request: RequestInfo
    ) -> FeedbackBody:
        """Raises also `NotFound` and `FeedbackConflict`."""
        ...

    async def add_watch(self, sent: WatchRequest, request: RequestInfo) -> WatchBody:
        """Raises `ValidationError` for a target that webhooks may not go to."""
        ...

    async def watches(self, page: Page, request: RequestInfo) -> WatchPage: ...
    async def watch(self, watch_id: str, request: RequestInfo) -> WatchBody:
        """This and the next three raise `NotFound` for what is not, or is not the asker's."""
        ...

    async def change_watch(self, watch_id: str, sent: WatchChange, request: RequestInfo) -> WatchBody: ...
    async def remove_watch(self, watch_id: str, request: RequestInfo) -> None: ...
    async def watch_runs(self, watch_id: str, page: Page, request: RequestInfo) -> WatchRunPage:
        """Raises also `PolicyUnavailable`: what a run found is shown as far as it may be seen now."""
        ...

    def pings(self) -> Mapping[str, Ping]:
        """By component; each raises when that does not serve. Nobody waits longer than a health check's time."""
        ...

    def breakers(self) -> Mapping[str, BreakerState]:
        """By component, for those that have one."""
        ...

    def answered_ago(self) -> Mapping[str, float]:
        """Seconds since each store last answered a question's call, by component."""
        ...


ServiceFactory = Callable[[Settings], AbstractAsyncContextManager[Service]]
"""Entering it waits for no store: what is down is found out when it is asked."""


# Coroutines all: FastAPI would hand plain functions to a thread and wait for it.
async def get_service(request: Request) -> Service:
    service = getattr(request.app.state, "service", None)
    if service is None:
        raise NotReady("The service has not started yet.", retry_after=1)
    return cast(Service, service)


async def get_settings(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


async def get_request_info(request: Request) -> RequestInfo:
    return RequestInfo(
        request_id=current_request_id() or "",
        asker=headers.asker_of(request.headers),
        idempotency_key=headers.idempotency_key_of(request.headers),
        wait_seconds=headers.wait_of(request.headers),
        fresh=headers.wants_fresh(request.headers),
        taken_at=getattr(request.state, "taken_at", None),
    )


def resolution_id_in(id: str) -> str:
    """Ids of ours are short and plain; what is not is nobody's."""
    if len(id) > _LONGEST_ID or not id.isascii() or not id.replace("-", "").replace("_", "").isalnum():
        raise ResolutionNotFound("There is no resolution with this id.")
    return id


async def get_resolution_id(id: Annotated[str, Path(description="the resolution's id")]) -> str:
    return resolution_id_in(id)


async def get_event_place(request: Request) -> EventPlace:
    return headers.last_event_of(request.headers) or (0, 0)


TheService = Annotated[Service, Depends(get_service)]
TheSettings = Annotated[Settings, Depends(get_settings)]
Info = Annotated[RequestInfo, Depends(get_request_info)]
ResolutionId = Annotated[str, Depends(get_resolution_id)]
LastEvent = Annotated[EventPlace, Depends(get_event_place)]
