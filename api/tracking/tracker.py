"""Runs flows in this process and has the Prefect server know of them, without anybody waiting for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import httpx
from prefect import Flow
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import PrefectException
from prefect.states import Failed, Pending

from api.tracking.afterwards import Afterwards, is_cancelled
from api.tracking.cancels import Cancels
from api.tracking.client import TrackingClient
from api.tracking.deployment import Registered, Registering, Served
from api.tracking.environment import RESULTS_BLOCK_SLUG
from api.tracking.journal import Ended, Journal
from api.tracking.ledger import Bounds, Ledger
from api.tracking.modes import Crowd, Modes
from api.tracking.prefect_names import (
    EngineContext,
    TaskTeller,
    credentials,
    drain_events,
    hush_engine,
    raised_in,
    resource_of,
    run_flow,
    run_task,
)
from api.tracking.reserve import Reserve
from api.tracking.reserved_runs import sweep
from api.tracking.server import ServerWatch
from api.tracking.task_events import TaskEvent, TaskEvents, ends_known, send_events
from ecp.run import Run, Tracking, running
from ecp.settings import Settings
from ecp.telemetry import metrics
from ecp.telemetry.logs import get_logger
from tasks.leaving import Leaving, run_name, run_tags

_log = get_logger(__name__)
REQUEST_SECONDS = 10.0
LOOK_AFTER_SECONDS = 60.0
SWEEP_AGAIN_SECONDS = 10.0
MOST_PAUSE_SECONDS = 5.0
PATIENT_LAG = 1.0
FAILURES_IN_A_ROW = 3


@dataclass(frozen=True)
class Tracked:
    """How a run was tracked. Id and URL are None while the server has not been told of it."""

    mode: Tracking
    flow_run_id: str | None
    flow_run_url: str | None
    orchestrator_degraded: bool
    state: State[Any]


class Tracker:
    """One for a process; lives on the loop that runs the flows."""

    def __init__(
        self,
        settings: Settings,
        flow: Flow[..., Any],
        served: Served,
        *,
        bounds: Bounds | None = None,
        reserve: Reserve | None = None,
        journal: Journal | None = None,
        on_cancel: Callable[[Run], Awaitable[None]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._flow = flow
        self._served = served
        self._api = settings.prefect_api_url
        self._modes = Modes(Crowd(clock=clock))
        self.journal = journal
        self._last: dict[UUID, Ended] = {}
        self._cancels = Cancels(on_cancel)
        self.reserve = reserve or Reserve()
        # Ids are made before summaries are told: without one the next run would be in summary, too.
        self.ledger = Ledger(bounds, clock, pressed=lambda: not self.reserve, said=self._said, heard=self._heard)
        self._task_events = TaskEvents(self._send_events, self._ends_known, heard=self._heard)
        self.server = ServerWatch(self._api, returned=self._task_events.doubt) if self._api else None
        self._client: TrackingClient | None = None
        self._context: EngineContext | None = None
        self._registering = Registering(flow, served, home=settings.home)
        self._registered: Registered | None = None
        self._clock = clock
        self._sweeps_at = 0.0
        self._known = asyncio.Event()
        self._ready = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._not_kept = 0

    @property
    def ready(self) -> bool:
        """Whether a run begun now would be tracked in full."""
        return self.registered and self._ready.is_set() and not self.ledger.at_bound

    @property
    def records(self) -> bool:
        """Whether there is an orchestrator to tell at all."""
        return self._client is not None

    @property
    def registered(self) -> bool:
        """Whether the server answers and knows the deployment of this process's runs."""
        return self._known.is_set() and self.server is not None and self.server.up

    @property
    def recording(self) -> bool:
        """Whether the server takes what it is told. It may answer that it is well while its database is down."""
        return max(self.ledger.failures, self._not_kept) < FAILURES_IN_A_ROW

    async def wait_ready(self) -> None:
        """Until there was an id for a run that is tracked in full."""
        await self._ready.wait()

    async def start(self) -> None:
        """Never waits for the server, and does not mind its absence."""
        if self._api is None or self.server is None:
            return
        hush_engine()
        self._context = EngineContext(self._api, RESULTS_BLOCK_SLUG)
        with self._context.entered():
            self._client = TrackingClient(
                self._api,
                self.ledger,
                self._clock,
                # the server would compress, with more of its time than the wire takes
                httpx_settings={"timeout": REQUEST_SECONDS, "headers": {"Accept-Encoding": "identity"}},
                **credentials(),
            )
        await self._client.__aenter__()
        self._context.share(self._client)
        with self._context.entered():
            self.server.start()
            self.ledger.start()
            self._task_events.start()
            if self.journal is not None:
                self.journal.start()
            self._keeper = asyncio.create_task(self._keep(self._client, self.server), name="tracking keeper")
            self._cancels.start(self._client)

    async def stop(self, flush_seconds: float = 5.0) -> None:
        """Tells the server what it has not been told, as far as that takes no longer than `flush_seconds`."""
        if self._client is None or self.server is None:
            return
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await self._cancels.stop()
        if self.server.up or self.ledger.backlog:
            await asyncio.gather(self._task_events.flush(flush_seconds), self.ledger.flush(flush_seconds))
        await self._leave(self._client, self.server.up)
        await self.server.stop()
        await self.ledger.stop()
        await self._task_events.stop()
        if self.journal is not None:
            await self.journal.stop()
        await self._client.__aexit__(None, None, None)

    async def execute(self, run: Run, parameters: dict[str, Any]) -> Tracked:
        """Runs the flow to its end, in full or summary mode; raises what the flow's code raises."""
        with self._modes.crowd.one(), running(run):
            flow_run_id = await self._choose(run)
            if flow_run_id is None:
                return await self._summary(run, parameters)
            return await self._full(run, flow_run_id, parameters)

    def url(self, flow_run_id: UUID) -> str:
        return f"{(self._api or '').removesuffix('/api')}/runs/flow-run/{flow_run_id}"

    async def _choose(self, run: Run) -> UUID | None:
        full = self.registered and self._modes.full(run, self.ledger)
        flow_run_id = await self.reserve.take(patient=self.ledger.full_lag < PATIENT_LAG) if full else None
        run.tracking = "summary" if flow_run_id is None else "full"
        if flow_run_id is not None:
            run.flow_run_id, run.flow_run_url = str(flow_run_id), self.url(flow_run_id)
        elif not (self.server and self.server.up):
            run.degrade("orchestrator")
        metrics.run_tracked(run.tracking)
        return flow_run_id

    async def _full(self, run: Run, flow_run_id: UUID, parameters: dict[str, Any]) -> Tracked:
        assert self._client and self._context and self._registered
        # Without the deployment's id: with it, the engine starts an observer thread and a websocket for every run.
        flow_run = FlowRun(
            id=flow_run_id,
            flow_id=self._registered.flow_id,
            name=run_name(run),
            parameters=parameters,
            tags=["full"],
            state=Pending(),
        )
        run.run_task = partial(run_task, self._teller(flow_run))
        self._client.adopt(flow_run)
        try:
            with self._context.entered(), self._cancels.of(flow_run_id, run):
                state = await run_flow(self._flow, flow_run, parameters)
            self._describe(run, state, flow_run_id)
        finally:
            self._client.release(flow_run_id)
        if (error := raised_in(state)) is not None:
            raise error
        return self._tracked(run, state)

    def _teller(self, flow_run: FlowRun) -> TaskTeller:
        of_it = resource_of("flow-run", flow_run.id, flow_run.name)
        return TaskTeller(self._task_events.put, (of_it, resource_of("flow", flow_run.flow_id, self._flow.name)))

    async def _send_events(self, events: Sequence[TaskEvent]) -> None:
        assert self._client
        await send_events(self._client, events)

    async def _ends_known(self, events: Sequence[TaskEvent]) -> bool:
        assert self._client
        return await ends_known(self._client, events)

    def _describe(self, run: Run, state: State[Any], flow_run_id: UUID) -> None:
        client = self._client
        assert client
        tags = run_tags(run, "full", state)
        client.describe(flow_run_id, tags=tags)
        leaving = Leaving(run, state)

        async def write(delayed: bool) -> None:
            await leaving.at(client, flow_run_id)

        self._tell_last(flow_run_id, run, "artifact", write)

    async def _summary(self, run: Run, parameters: dict[str, Any]) -> Tracked:
        try:
            state = await self._flow.fn(**parameters)
        except Exception as error:
            self._record(run, Failed(message=type(error).__name__), parameters)
            raise
        self._record(run, state, parameters)
        return self._tracked(run, state)

    def _record(self, run: Run, state: State[Any], parameters: dict[str, Any]) -> None:
        """One flow run in its final state, once the server listens; never dressed up as stages that did not run."""
        self._tell_afterwards("summary", run, Afterwards(run, state, parameters).create)

    def settle(self, run: Run, state: State[Any], parameters: dict[str, Any]) -> None:
        """Has the server know how a run ended whose process is gone, once it listens."""
        self._tell_afterwards("settle", run, Afterwards(run, state, parameters).settle)

    async def is_cancelled(self, run: Run) -> bool:
        """Whether somebody has cancelled the flow run of an attempt whose process is gone; not while nobody can say."""
        if self._client is None or self.server is None or not self.server.up:
            return False
        try:
            return await is_cancelled(self._client, run)
        except (httpx.HTTPError, PrefectException):
            return False

    def _tell_afterwards(
        self, what: str, run: Run, tell: Callable[[TrackingClient, Registered], Awaitable[None]]
    ) -> None:
        client = self._client
        if client is None:
            return

        async def send(delayed: bool) -> None:
            await tell(client, await self._registration())

        self._tell_last(uuid4(), run, what, send, waits=True)

    def _tell_last(
        self, line: UUID, run: Run, what: str, send: Callable[[bool], Awaitable[None]], *, waits: bool = False
    ) -> None:
        """What is said of a run at its end; once it was said, refused or superseded, the journal knows."""
        if self.journal is not None:
            self._last[line] = (run.resolution_id, run.attempt)
        if not self.ledger.put(line, what, send, waits=waits):
            self._last.pop(line, None)

    def _said(self, line: UUID) -> None:
        ended = self._last.pop(line, None)
        if ended is not None and self.journal is not None:
            self.journal.told(*ended)

    def _heard(self) -> None:
        if self.server is not None:
            self.server.heard()

    async def _registration(self) -> Registered:
        await self._known.wait()
        assert self._registered
        return self._registered

    def _tracked(self, run: Run, state: State[Any]) -> Tracked:
        down = any(degradation.component == "orchestrator" for degradation in run.degradations)
        return Tracked(run.tracking, run.flow_run_id, run.flow_run_url, down, state)

    async def _keep(self, client: TrackingClient, server: ServerWatch) -> None:
        while True:
            await server.wait_up()
            try:
                await self._look_after(client)
                self._not_kept = 0
            except (httpx.HTTPError, PrefectException, OSError, RuntimeError) as error:
                self._not_kept += 1
                _log.warning("tracking_not_ready", call=call_of(error), error=repr(error)[:300])
                await asyncio.sleep(min(MOST_PAUSE_SECONDS, self._not_kept))

    async def _look_after(self, client: TrackingClient) -> None:
        """What runs need comes first, one step of it; what is not needed any more is given back after that, also where
        the step failed, or a worker would take what it may have left."""
        if self._registered is None:
            self._registered = await self._registering.go_on(client)
            self._known.set()
        try:
            complete = await self._fill(client, self._registered)
        except httpx.HTTPError:
            await self._sweep(client)
            raise
        await self._sweep(client)
        if not complete:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AFTER_SECONDS):
                await self.reserve.wanted.wait()

    async def _fill(self, client: TrackingClient, registered: Registered) -> bool:
        before = len(self.reserve)
        complete = await self.reserve.fill(client, registered.deployment_id)
        if len(self.reserve) > before:
            self._heard()
            self._ready.set()
        return complete

    async def _sweep(self, client: TrackingClient) -> None:
        """Now and then, also while runs are wanted all the time; what failed is tried again sooner."""
        if self._clock() < self._sweeps_at:
            return
        self._sweeps_at = self._clock() + SWEEP_AGAIN_SECONDS
        await self.reserve.tidy(client)
        await sweep(client)
        self._sweeps_at = self._clock() + LOOK_AFTER_SECONDS

    async def _leave(self, client: TrackingClient, up: bool) -> None:
        try:
            if up:
                async with asyncio.timeout(3):
                    await self.reserve.leave(client)
        except (TimeoutError, httpx.HTTPError, PrefectException) as error:
            _log.warning("reserve_not_given_back", error=repr(error)[:200])
        await drain_events(2 if up else 0)


def call_of(error: Exception) -> str | None:
    """Which call to the server it was that failed."""
    try:
        request = error.request if isinstance(error, httpx.RequestError | httpx.HTTPStatusError) else None
    except RuntimeError:
        return None
    return f"{request.method} {request.url.path}" if request is not None else None
