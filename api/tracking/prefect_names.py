"""Every name of Prefect's beyond its public client and its server's OpenAPI, in one place.

`tests/tracking/test_prefect_names.py` has a test for each: an upgrade that changes one fails there, by name.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from prefect import Flow, Task
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.responses import OrchestrationResult, SetStateStatus, StateAcceptDetails
from prefect.context import AsyncClientContext, ContextModel, SettingsContext
from prefect.events import emit_event
from prefect.events.worker import EventsWorker
from prefect.flow_engine import run_flow_async
from prefect.results import get_default_result_storage
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_KEY,
    PREFECT_API_URL,
    PREFECT_CLIENT_CSRF_SUPPORT_ENABLED,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_LOGGING_TO_API_ENABLED,
    PREFECT_RESULTS_DEFAULT_STORAGE_BLOCK,
    get_current_settings,
)
from prefect.states import Running, to_state_create
from prefect.task_engine import AsyncTaskRunEngine
from prefect.utilities.engine import emit_task_run_state_change_event

BULK_CREATE = "/deployments/{id}/create_flow_run/bulk"
BULK_DELETE = "/flow_runs/bulk_delete"
BULK_SET_STATE = "/flow_runs/bulk_set_state"
SET_STATE = "/flow_runs/{id}/set_state"
RESERVED = "Reserved"
SEEN_SECONDS = 1.0


class SharedClientContext(AsyncClientContext):
    """A client context around a client of ours, which the engine then uses for its own calls."""

    def __init__(self, client: PrefectClient) -> None:
        ContextModel.__init__(self, client=client)


class EngineContext:
    """What our own work with Prefect finds in its context: settings that need no environment and no heartbeats (a
    thread a run), and, once there is one, the shared client."""

    def __init__(self, api_url: str, results_block: str) -> None:
        found = SettingsContext.get()
        assert found is not None
        settings = get_current_settings().copy_with_update(
            updates={
                PREFECT_API_URL: api_url,
                PREFECT_RESULTS_DEFAULT_STORAGE_BLOCK: results_block,
                PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
                PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED: False,
                PREFECT_CLIENT_CSRF_SUPPORT_ENABLED: False,
                # The ledger repeats what fails, and first looks whether a lost reply was to something done.
                PREFECT_CLIENT_MAX_RETRIES: 0,
                PREFECT_LOGGING_TO_API_ENABLED: False,
            }
        )
        self._settings = found.model_copy(update={"settings": settings})
        self._client: SharedClientContext | None = None

    def share(self, client: PrefectClient) -> None:
        self._client = SharedClientContext(client)

    @contextmanager
    def entered(self) -> Iterator[None]:
        settings = SettingsContext.__var__.set(self._settings)
        client = AsyncClientContext.__var__.set(self._client) if self._client else None
        try:
            yield
        finally:
            if client is not None:
                AsyncClientContext.__var__.reset(client)
            SettingsContext.__var__.reset(settings)


def hush_engine() -> None:
    """Its line for every task run that ends well: ours of the stage says more."""
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.getEffectiveLevel(), logging.WARNING))


def credentials() -> dict[str, str | None]:
    """What Prefect's own settings say about authentication at the server."""
    return {"auth_string": PREFECT_API_AUTH_STRING.value(), "api_key": PREFECT_API_KEY.value()}


async def run_flow(flow: Flow[..., Any], flow_run: FlowRun, parameters: dict[str, Any]) -> State[Any]:
    """Runs the flow here as that flow run; answers its final state."""
    state = await run_flow_async(flow, flow_run=flow_run, parameters=parameters, return_type="state")
    assert isinstance(state, State)
    return state


class TaskRunEngine(AsyncTaskRunEngine[Any, Any]):
    """Prefect's, for a task without cache, stored result, assets and limits. Of a run that is over before anybody could
    look, the server is told its end, which has its start in it; each event costs the server more than our own stage."""

    _start: State[Any] | None = None
    _telling: asyncio.TimerHandle | None = None

    async def perform(self) -> State[Any]:
        self.task_run = await self.task.create_local_run(parameters=self.parameters)
        async with self.start():
            while self.is_running():
                await self.wait_until_ready()
                await self._attempt()
        return self.state

    async def _attempt(self) -> None:
        try:
            state = await self.task.fn(**(self.parameters or {}))
        except Exception as error:
            await self.handle_exception(error)
        else:
            if not (state.is_failed() and await self.handle_retry(state)):
                await self.set_state(state)

    async def begin_run(self) -> None:
        run = self.task_run
        assert run is not None and run.state is not None
        self._start = run.state
        running: State[Any] = Running(state_details=run.state.state_details)
        run.state, run.state_id, run.state_type, run.state_name = running, running.id, running.type, running.name
        run.start_time, run.run_count = running.timestamp, run.run_count + 1  # type: ignore[assignment]
        self._telling = asyncio.get_running_loop().call_later(SEEN_SECONDS, self._tell_start)

    async def set_state(self, state: State[Any], force: bool = False) -> State[Any]:
        if self._telling is not None:
            self._telling.cancel()
        if not state.is_final():
            self._tell_start()
        return await super().set_state(state, force)

    def _tell_start(self) -> None:
        before, self._start = self._start, None
        if before is not None and self.task_run is not None:
            self._last_event = emit_task_run_state_change_event(
                task_run=self.task_run, initial_state=before, validated_state=self.state
            )


async def run_task(task: Task[..., Any], parameters: Mapping[str, Any]) -> State[Any]:
    """Runs the task here, within the flow that is running; answers its final state."""
    return await TaskRunEngine(task=task, parameters=dict(parameters)).perform()


def raised_in(state: State[Any]) -> BaseException | None:
    """What the flow's own code raised, where that is why it failed."""
    data = getattr(state.data, "result", state.data)
    return data if isinstance(data, BaseException) else None


def accepted(state: State[Any]) -> OrchestrationResult[Any]:
    return OrchestrationResult(state=state, status=SetStateStatus.ACCEPT, details=StateAcceptDetails())


def transition(state: State[Any]) -> dict[str, Any]:
    """The state as the server wants it proposed."""
    return to_state_create(state).model_dump(mode="json", serialize_as_any=True)


def warm_result_storage() -> None:
    """Reads the named block once, blocking; without this the first run would."""
    get_default_result_storage()


def start_events(owner: str) -> None:
    """Connects the thread that sends task events: one that first connects during an outage loses what it has."""
    emit_event(event="ecp.process.started", resource={"prefect.resource.id": f"ecp.process.{owner}"})


async def drain_events(timeout: float) -> None:
    """Sends the events that wait. What takes longer is abandoned: the interpreter would wait for it at its end, for as
    long as a server is silent."""
    instances: dict[int, Any] = EventsWorker._instances  # type: ignore[misc]
    workers = [worker for worker in instances.values() if isinstance(worker, EventsWorker)]
    tasks = [(worker, worker._loop, worker._task) for worker in workers]
    waiting = EventsWorker.drain_all(timeout=timeout)
    if not isinstance(waiting, tuple):
        await waiting
    for worker, loop, task in tasks:
        if loop is not None and task is not None and not task.done():
            loop.call_soon_threadsafe(_abandon, worker, task)


def _abandon(worker: EventsWorker, task: asyncio.Task[None]) -> None:
    socket = getattr(getattr(worker, "_client", None), "_websocket", None)
    if socket is not None:
        socket.transport.abort()
    task.cancel()
