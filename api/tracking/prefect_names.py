"""Every name of Prefect's beyond its public client and its server's OpenAPI, in one place.

`tests/tracking/test_prefect_names.py` has a test for each: an upgrade that changes one fails there, by name.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from prefect import Flow, Task
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State, TaskRun
from prefect.client.schemas.responses import OrchestrationResult, SetStateStatus, StateAcceptDetails
from prefect.context import AsyncClientContext, ContextModel, SettingsContext
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
from prefect.utilities.engine import link_state_to_task_run_result

BULK_CREATE = "/deployments/{id}/create_flow_run/bulk"
BULK_DELETE = "/flow_runs/bulk_delete"
BULK_SET_STATE = "/flow_runs/bulk_set_state"
SET_STATE = "/flow_runs/{id}/set_state"
EVENTS = "/events"
COUNT_TASK_RUNS = "/task_runs/count"
RESERVED = "Reserved"
SEEN_SECONDS = 1.0
LONGEST_MESSAGE = 100_000


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
    _told: dict[str, Any] | None = None

    def __init__(self, task: Task[..., Any], parameters: dict[str, Any], teller: TaskTeller) -> None:
        super().__init__(task=task, parameters=parameters)
        self._teller = teller

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
        """As the parent does, but for who tells the server."""
        run, before = self.task_run, self.state
        assert run is not None
        if self._telling is not None:
            self._telling.cancel()
        if not state.is_final():
            self._tell_start()
        if state.timestamp == before.timestamp:
            state.timestamp += timedelta(microseconds=1)
        state.state_details.task_run_id, state.state_details.flow_run_id = run.id, run.flow_run_id
        run.state, run.state_id, run.state_type, run.state_name = state, state.id, state.type, state.name
        if before.is_running():
            run.total_run_time += state.timestamp - before.timestamp
        if state.is_running():
            run.run_count += 1
        if state.is_final():
            run.end_time = state.timestamp  # type: ignore[assignment]
            link_state_to_task_run_result(state, state.data)
        self._tell(before)
        self._telemetry.update_state(state)
        return state

    def _tell_start(self) -> None:
        before, self._start = self._start, None
        if before is not None:
            self._tell(before)

    def _tell(self, before: State[Any]) -> None:
        assert self.task_run is not None
        self._told = task_run_event(self.task_run, before, self._told, self._teller.related)
        self._teller.tell(self._told, now=not self.state.is_final())  # somebody may be looking at it


class Tell(Protocol):
    """Takes an event and never waits; `now`: it cannot wait for others either."""

    def __call__(self, event: dict[str, Any], *, now: bool = False) -> None: ...


@dataclass(frozen=True)
class TaskTeller:
    """Whom a task run of one flow run tells how it went, and what belongs to it, as an event names it."""

    tell: Tell
    related: Sequence[Mapping[str, str]]


async def run_task(teller: TaskTeller, task: Task[..., Any], parameters: Mapping[str, Any]) -> State[Any]:
    """Runs the task here, within the flow that is running; answers its final state."""
    return await TaskRunEngine(task, dict(parameters), teller).perform()


def resource_of(kind: str, id_: UUID, name: str) -> dict[str, str]:
    """A related resource of an event."""
    return {
        "prefect.resource.id": f"prefect.{kind}.{id_}",
        "prefect.resource.name": name,
        "prefect.resource.role": kind,
    }


def task_run_event(
    run: TaskRun, before: State[Any], follows: dict[str, Any] | None, related: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """What the server is told of a task run that has its present state since just now; Prefect's own event, which a
    test compares it with."""
    now = run.state
    assert now is not None
    event: dict[str, Any] = {
        "id": str(now.id),
        "occurred": now.timestamp.isoformat(),
        "event": f"prefect.task-run.{now.name}",
        "resource": {
            "prefect.resource.id": f"prefect.task-run.{run.id}",
            "prefect.resource.name": run.name,
            "prefect.run-count": str(run.run_count),
            "prefect.state-message": _message(now),
            "prefect.state-name": now.name or "",
            "prefect.state-timestamp": now.timestamp.isoformat(),
            "prefect.state-type": now.type.value,
            "prefect.orchestration": "client",
        },
        "related": [*related],
        "payload": {
            "intended": {"from": before.type.value, "to": now.type.value},
            "initial_state": _state(before),
            "validated_state": {**_state(now), "data": None},
            "task_run": run.model_dump(mode="json", exclude_none=True, exclude=_TOLD_ELSEWHERE),
        },
    }
    return {**event, "follows": follows["id"]} if follows is not None else event


_TOLD_ELSEWHERE = {
    "id",
    "created",
    "updated",
    "flow_run_id",
    "state_id",
    "state_type",
    "state_name",
    "state",
    "estimated_start_time_delta",
    "estimated_run_time",
}


def _state(state: State[Any]) -> dict[str, Any]:
    details = state.state_details.model_dump(
        mode="json", exclude_none=True, exclude_unset=True, exclude={"flow_run_id", "task_run_id"}
    )
    return {"type": state.type.value, "name": state.name, "message": _message(state), "state_details": details}


def _message(state: State[Any]) -> str:
    return (state.message or "")[:LONGEST_MESSAGE]


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
