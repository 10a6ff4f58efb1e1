"""What the Prefect server is told of a run that is over: in summary, or the end of one that it still shows open."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import FlowRunCreate, FlowRunUpdate
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, State, StateType

from api.tracking.deployment import Registered
from api.tracking.prefect_names import RESERVED, SET_STATE, transition
from ecp.run import Run, Tracking
from tasks.leaving import Leaving, run_name, run_tags

CANCELLED = (StateType.CANCELLING, StateType.CANCELLED)


async def begun(client: PrefectClient, name: str, flow_run_id: str | None) -> FlowRun | None:
    """The flow run of an attempt that another process began, if the server has heard of it."""
    named: Any = {"name": {"any_": [name]}}
    if found := await client.read_flow_runs(flow_run_filter=FlowRunFilter(**named), limit=1):
        return found[0]
    if flow_run_id is None:
        return None
    numbered: Any = {"id": {"any_": [UUID(flow_run_id)]}}
    return next(iter(await client.read_flow_runs(flow_run_filter=FlowRunFilter(**numbered), limit=1)), None)


async def is_cancelled(client: PrefectClient, run: Run) -> bool:
    found = await begun(client, run_name(run), run.flow_run_id)
    return found is not None and found.state is not None and found.state.type in CANCELLED


class Afterwards:
    """Tells of one run that is over; safe to repeat, also by another process. Of the run no more is kept than is told:
    a server that is slow or away has thousands of these waiting for it."""

    def __init__(self, run: Run, state: State[Any], parameters: dict[str, Any]) -> None:
        self._name = run_name(run)
        self._flow_run_id = run.flow_run_id
        modes: tuple[Tracking, ...] = ("summary", "full")
        self._tags = {mode: run_tags(run, mode, state) for mode in modes}
        self._state = state
        self._parameters = parameters
        self._leaving = Leaving(run, state)

    async def create(self, client: PrefectClient, registered: Registered) -> None:
        """One flow run in its final state; never dressed up as stages that did not run."""
        body = FlowRunCreate(
            flow_id=registered.flow_id,
            deployment_id=registered.deployment_id,
            name=self._name,
            parameters=self._parameters,
            tags=self._tags["summary"],
            idempotency_key=self._name,
        ).model_dump(mode="json", exclude_unset=True)
        answer = await client.request("POST", "/flow_runs/", json=body | {"state": transition(self._state)})
        answer.raise_for_status()
        await self._leaving.at(client, UUID(answer.json()["id"]))

    async def settle(self, client: PrefectClient, registered: Registered) -> None:
        """Closes the flow run that another process began, or creates it in summary; what has ended is left alone."""
        found = await begun(client, self._name, self._flow_run_id)
        if found is None:
            await self.create(client, registered)
        elif found.state is None or not found.state.is_final():
            begun_there = found.state is not None and found.state.name != RESERVED
            await self._close(client, found.id, "full" if begun_there else "summary")

    async def _close(self, client: PrefectClient, flow_run_id: UUID, mode: Tracking) -> None:
        changes = FlowRunUpdate(name=self._name, tags=self._tags[mode], parameters=self._parameters)
        body = changes.model_dump(mode="json", exclude_unset=True)
        where: dict[str, Any] = {"path_params": {"id": flow_run_id}}
        (await client.request("PATCH", "/flow_runs/{id}", **where, json=body)).raise_for_status()
        await self._leaving.at(client, flow_run_id)
        proposed = transition(self._state)
        proposed["state_details"] |= {"flow_run_id": str(flow_run_id), "transition_id": str(uuid4())}
        answer = await client.request("POST", SET_STATE, **where, json={"state": proposed, "force": False})  # type: ignore[arg-type]
        answer.raise_for_status()
