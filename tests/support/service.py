"""The service behind the front, in memory: the same Protocol, and answers chosen by the question's words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from threading import Thread
from typing import Literal

import uvicorn

from api.deps import Accepted, Asked, Event, EventPlace, Ping, RequestInfo, ServiceFactory
from api.main import create_app
from api.paging import Page, paged
from api.problems import NotFound
from api.protocol import Problems
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
from ecp import errors
from ecp.domain.answer import Resolution
from ecp.settings import Settings
from ecp.telemetry.logs import get_logger
from ecp.telemetry.metrics import BreakerState

COMPONENTS = ("vector", "graph", "registry", "semantic", "policy", "orchestrator", "known_issues")
TERMS = tuple({"id": f"term_{n}", "name": f"Term {n}", "definition": ""} for n in range(5))
DEGRADED = {"component": "semantic", "fallback": "none", "effect": "no results"}


class InMemoryService:
    """Remembers what it was asked. A question `fail: <name>` fails in that way."""

    def __init__(self) -> None:
        self.asked: list[tuple[Asked, RequestInfo]] = []
        self.executed: list[tuple[str, ExecuteParameters, RequestInfo]] = []
        self.browsed: list[RequestInfo] = []
        self.searched: list[SearchRequest] = []
        self.given: dict[str, FeedbackBody] = {}
        self.kept: dict[str, WatchBody] = {}
        self.chosen: list[tuple[str, str]] = []
        self.known: dict[str, Resolution] = {}
        self.told: dict[str, Telling] = {}
        self.down: dict[str, Exception] = {}
        self.hanging: set[str] = set()
        self.answered: dict[str, float] = {}
        self.open_breakers: dict[str, BreakerState] = {"semantic": "closed", "policy": "closed"}

    async def resolve(self, asked: Asked, request: RequestInfo) -> Resolution | Accepted:
        self.asked.append((asked, request))
        if asked.text.startswith("fail: "):
            raise _failure(asked.text.removeprefix("fail: "))
        resolution_id = f"res-{len(self.asked)}"
        get_logger("tests.service").info("resolution_started", question=asked.text)
        self.known[resolution_id] = Resolution(resolution_id=resolution_id, status="complete", as_of=asked.as_of)
        if request.wait_seconds is not None:
            return Accepted(resolution_id)
        return self.known[resolution_id]

    async def clarify(self, resolution_id: str, option: str, request: RequestInfo) -> Resolution | Accepted:
        self.chosen.append((resolution_id, option))
        return await self.resolution(resolution_id, request)

    async def execute(
        self, resolution_id: str, parameters: ExecuteParameters, request: RequestInfo
    ) -> Resolution | Accepted:
        self.executed.append((resolution_id, parameters, request))
        return await self.resolution(resolution_id, request)

    async def resolution(self, resolution_id: str, request: RequestInfo) -> Resolution:
        if resolution_id not in self.known:
            raise errors.ResolutionNotFound("There is no resolution with this id.")
        return self.known[resolution_id]

    async def events(
        self, resolution_id: str, had: EventPlace, request: RequestInfo
    ) -> AsyncGenerator[Event, None] | tuple[Event, ...]:
        found = await self.resolution(resolution_id, request)
        if (telling := self.told.get(resolution_id)) is not None:
            return telling.events(had)
        over = Event("status", (1, 1), {"status": found.status}), Event("done", (1, 2), found.model_dump(mode="json"))
        return tuple(e for e in over if e.place > had)

    async def rerun(self, resolution_id: str, request: RequestInfo, *, force: bool = False) -> Accepted:
        await self.resolution(resolution_id, request)
        if not force:
            raise errors.NothingToRerun("It has its answer.", resolution_id=resolution_id)
        return Accepted(resolution_id)

    async def cancel(self, resolution_id: str, request: RequestInfo) -> None:
        found = await self.resolution(resolution_id, request)
        raise errors.NothingToCancel(f"It is {found.status}.", resolution_id=resolution_id)

    async def resolutions(
        self, status: str | None, since_seconds: float | None, limit: int, *, watches: bool = True
    ) -> ResolutionList:
        return ResolutionList(resolutions=(), total=0)

    async def provenance(self, resolution_id: str, request: RequestInfo) -> ProvenanceTrace:
        await self.resolution(resolution_id, request)
        return ProvenanceTrace.model_validate(
            {"resolution_id": resolution_id, "attempts": [{"attempt": 1, "stages": [{"id": "parse_intent"}]}]}
        )

    async def glossary(self, page: Page, request: RequestInfo) -> GlossaryPage:
        self.browsed.append(request)
        listed = paged("glossary", TERMS, lambda t: (t["id"],), page)
        return GlossaryPage(terms=listed.entries, total=len(TERMS), next_cursor=listed.next_cursor)

    async def metrics(self, page: Page, request: RequestInfo) -> MetricsPage:
        self.browsed.append(request)
        listed = paged("metrics", TERMS, lambda t: (t["id"],), page)
        return MetricsPage(metrics=listed.entries, total=len(TERMS), next_cursor=listed.next_cursor)

    async def search(self, wanted: SearchRequest, request: RequestInfo) -> SearchResults:
        self.browsed.append(request)
        self.searched.append(wanted)
        if wanted.query.startswith("fail: "):
            raise _failure(wanted.query.removeprefix("fail: "))
        return SearchResults(results=TERMS[: wanted.limit], total=len(TERMS))

    async def lineage(self, target: str, depth: int, page: Page, request: RequestInfo) -> LineagePage:
        if target != TERMS[0]["id"]:
            raise NotFound("There is no lineage of this.")
        return LineagePage(target=target, nodes=TERMS[:depth], edges=(), total=depth)

    async def give_feedback(self, sent: FeedbackRequest, request: RequestInfo) -> FeedbackBody:
        await self.resolution(sent.resolution_id, request)
        made = FeedbackBody(
            id=f"fb-{len(self.given)}",
            resolution_id=sent.resolution_id,
            verdict=sent.verdict,
            state="pending" if sent.correction else "approved",
            question="q",
            department=None,
            metrics=sent.correction.metrics if sent.correction else (),
            correction=sent.correction.model_dump(mode="json") if sent.correction else {},
            note=sent.note,
            created_at="2026-02-10T00:00:00+00:00",
        )
        self.given[made.id] = made
        return made

    async def feedback(self, state: str | None, page: Page, request: RequestInfo) -> FeedbackPage:
        wanted = [f for f in self.given.values() if state in (None, f.state)]
        listed = paged(f"feedback/{state}", wanted, lambda f: (f.id,), page)
        return FeedbackPage(feedback=listed.entries, total=len(wanted), next_cursor=listed.next_cursor)

    async def decide_feedback(
        self, feedback_id: str, state: Literal["approved", "declined"], request: RequestInfo
    ) -> FeedbackBody:
        if feedback_id not in self.given:
            raise NotFound("There is no feedback with this id.")
        if self.given[feedback_id].state == "declined" != state:
            raise errors.FeedbackConflict("Decided already.")
        self.given[feedback_id] = self.given[feedback_id].model_copy(update={"state": state})
        return self.given[feedback_id]

    async def add_watch(self, sent: WatchRequest, request: RequestInfo) -> WatchBody:
        made = WatchBody(
            id=f"watch-{len(self.kept)}",
            created_at="2026-02-10T00:00:00+00:00",
            next_at=None if sent.paused else "2026-02-10T00:01:00+00:00",
            last_outcome=None,
            schedule=sent.schedule.sent,
            **sent.model_dump(exclude={"schedule"}),
        )
        self.kept[made.id] = made
        return made

    async def watches(self, page: Page, request: RequestInfo) -> WatchPage:
        listed = paged("watches", tuple(self.kept.values()), lambda w: (w.id,), page)
        return WatchPage(watches=listed.entries, total=len(self.kept), next_cursor=listed.next_cursor)

    async def watch(self, watch_id: str, request: RequestInfo) -> WatchBody:
        if watch_id not in self.kept:
            raise NotFound("There is no watch with this id.")
        return self.kept[watch_id]

    async def change_watch(self, watch_id: str, sent: WatchChange, request: RequestInfo) -> WatchBody:
        changes = sent.model_dump(exclude_unset=True, exclude={"schedule"})
        self.kept[watch_id] = (await self.watch(watch_id, request)).model_copy(update=changes)
        return self.kept[watch_id]

    async def remove_watch(self, watch_id: str, request: RequestInfo) -> None:
        await self.watch(watch_id, request)
        del self.kept[watch_id]

    async def watch_runs(self, watch_id: str, page: Page, request: RequestInfo) -> WatchRunPage:
        await self.watch(watch_id, request)
        return WatchRunPage(runs=(), total=0)

    def pings(self) -> Mapping[str, Ping]:
        return {name: self._ping(name) for name in COMPONENTS}

    def breakers(self) -> Mapping[str, BreakerState]:
        return self.open_breakers

    def answered_ago(self) -> Mapping[str, float]:
        return self.answered

    def _ping(self, name: str) -> Ping:
        async def ping() -> None:
            if name in self.hanging:
                await asyncio.sleep(3600)
            if name in self.down:
                raise self.down[name]

        return ping


class Telling:
    """Events of a resolution that is under way for as long as the test likes. A `None` is silence for ever."""

    def __init__(self, *said: Event | Exception | None) -> None:
        self._said = said
        self.listeners = 0

    async def events(self, had: EventPlace) -> AsyncGenerator[Event, None]:
        self.listeners += 1
        try:
            for said in self._said:
                if said is None:
                    await asyncio.Event().wait()
                elif isinstance(said, Exception):
                    raise said
                elif said.place > had:
                    yield said
        finally:
            self.listeners -= 1


def _failure(name: str) -> Exception:
    known: dict[str, Exception] = {
        "denied": errors.AccessDenied("The policy denies this.", resolution_id="res-d", reasons=["not yours"]),
        "policy": errors.PolicyUnavailable("Nobody decided.", resolution_id="res-p"),
        "deadline": errors.DeadlineExceeded("Too late.", resolution_id="res-t"),
        "conflict": errors.ResolutionConflict("It is not complete.", resolution_id="res-c"),
        "store": errors.StoreUnavailable("semantic", "It is down.", degradations=[DEGRADED], retry_after=2.5),
        "timeout": errors.StoreTimeout("graph", "It is slow."),
        "busy": errors.RateLimited("Come back.", retry_after=7),
        "widens": errors.ValidationError("Would widen.", errors=[{"loc": ["parameters"], "message": "wider"}]),
        "odd extras": errors.StoreError("graph", "Odd.", type="x", odd={1, 2}, number=float("nan")),
    }
    return known.get(name) or RuntimeError("postgresql://someone:hunter2@internal-host/db SELECT secret")


def factory_of(service: InMemoryService) -> ServiceFactory:
    @asynccontextmanager
    async def opened(_settings: Settings) -> AsyncIterator[InMemoryService]:
        yield service

    return opened


@contextmanager
def serving(service: InMemoryService, settings: Settings) -> Iterator[str]:
    """A real server on a free port; gives its base URL."""
    app = create_app(settings, factory_of(service))
    config = uvicorn.Config(app, port=0, log_config=None, proxy_headers=False, http=Problems)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{_port(server)}"
    finally:
        server.should_exit = True
        thread.join(10)


def _port(server: uvicorn.Server) -> int:
    while not server.started:
        time.sleep(0.02)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port
