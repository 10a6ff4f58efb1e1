"""The client the engine uses in this process: for our own runs it answers at once and tells the server later."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import FlowRunUpdate
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.responses import OrchestrationResult
from prefect.states import Cancelled

from api.tracking.ledger import Ledger, Superseded
from api.tracking.prefect_names import RESERVED, SET_STATE, accepted, transition
from ecp.telemetry.logs import get_logger
from tasks.states import DEGRADED

_log = get_logger(__name__)
UNTOUCHED_SECONDS = 0.25
TOO_LATE = "it was over before it could be cancelled"


class _BeingCancelled(Superseded):
    """Somebody has asked for the run to be cancelled: nothing but `Cancelled` may follow, and that has to."""


@dataclass
class _Own:
    """A flow run of ours while the server is still told about it. `told`: the transition it accepted last, and when;
    `described`: what it is told of the run beside its states, None once it was. `proposed`: what it was asked to
    accept, whether or not its reply came. `ended`: nothing follows its end."""

    flow_run: FlowRun
    told: UUID | None = None
    told_at: float = 0.0
    described: dict[str, Any] | None = field(default_factory=dict)
    proposed: set[UUID] = field(default_factory=set)
    ended: State[Any] | None = None


class TrackingClient(PrefectClient):
    """Passed in through the client context; every run it was not given is handled as by its parent."""

    def __init__(self, api: str, ledger: Ledger, clock: Callable[[], float] = time.monotonic, **kwargs: Any) -> None:
        super().__init__(api, **kwargs)
        self._ledger = ledger
        self._clock = clock
        self._own: dict[UUID, _Own] = {}

    def adopt(self, flow_run: FlowRun) -> None:
        """From here on this run's calls are answered here. Its name, tags and parameters are told first."""
        first = {"name": flow_run.name, "tags": flow_run.tags, "parameters": flow_run.parameters}
        own = self._own[flow_run.id] = _Own(flow_run, described=first)

        async def begin(delayed: bool) -> None:
            changes, own.described = own.described, None
            assert changes is not None
            try:
                await self._describe(flow_run.id, **changes)
            except BaseException:
                own.described = changes
                raise

        self._ledger.put(flow_run.id, "begin", begin, hold=True)

    def release(self, flow_run_id: UUID) -> None:
        """No further calls will come for this run; what is queued is still sent."""
        self._own.pop(flow_run_id, None)

    def describe(self, flow_run_id: UUID, **changes: Any) -> None:
        """Of a run that the server was told nothing of yet, in the same call as what comes first."""
        own = self._own.get(flow_run_id)
        if own is not None and own.described is not None:
            own.described |= changes
            return

        async def send(delayed: bool) -> None:
            await self._describe(flow_run_id, **changes)

        self._ledger.put(flow_run_id, "describe", send)

    async def read_flow_run(self, flow_run_id: UUID) -> FlowRun:
        own = self._own.get(flow_run_id)
        return own.flow_run if own else await super().read_flow_run(flow_run_id)

    async def update_flow_run(  # type: ignore[override]
        self, flow_run_id: UUID, flow_version: str | None = None, tags: Iterable[str] | None = None, **changes: Any
    ) -> httpx.Response | None:
        own = self._own.get(flow_run_id)
        if own is None:
            return await super().update_flow_run(flow_run_id, flow_version=flow_version, tags=tags, **changes)
        if flow_version is not None:
            self.describe(flow_run_id, flow_version=flow_version)
        return None

    async def set_flow_run_state(
        self, flow_run_id: UUID | str, state: State[Any], force: bool = False
    ) -> OrchestrationResult[Any]:
        own = self._own.get(UUID(str(flow_run_id)))
        if own is None:
            return await super().set_flow_run_state(flow_run_id, state, force=force)
        state.id = uuid4()
        proposed = transition(state)
        ticket = uuid4()
        proposed["state_details"] |= {"flow_run_id": str(own.flow_run.id), "transition_id": str(ticket)}

        final = state.is_final()
        if final:
            own.ended = state

        async def send(delayed: bool) -> None:
            unseen = own.told is None and ticket not in own.proposed
            if not final and unseen and own.ended is not None and not _is_for_a_retry(own.ended):
                return  # over before anybody could see that it ran: its end says so, and when
            looks = delayed or (final and self._others_may_have_written(own))
            try:
                await self._propose(own, proposed, ticket, looks)
            except _BeingCancelled:
                if final:
                    details = proposed["state_details"]
                    cancelled = transition(Cancelled(message=TOO_LATE)) | {"state_details": details}
                    await self._propose(own, cancelled, ticket, looks=True)

        self._ledger.put(own.flow_run.id, state.name or state.type.value, send)
        return accepted(state)

    def _others_may_have_written(self, own: _Own) -> bool:
        """The server lets one final state replace another, so what ends a run that could be seen looks before it
        writes."""
        return own.told is not None and self._clock() - own.told_at > UNTOUCHED_SECONDS

    async def _describe(self, flow_run_id: UUID, **changes: Any) -> None:
        body = FlowRunUpdate(**changes).model_dump(mode="json", exclude_unset=True)
        answer = await self.request("PATCH", "/flow_runs/{id}", path_params={"id": flow_run_id}, json=body)
        answer.raise_for_status()

    async def _propose(self, own: _Own, proposed: dict[str, Any], ticket: UUID, looks: bool) -> None:
        """Unforced, and never behind somebody else's transition: a user's, or a newer attempt's."""
        run_id = own.flow_run.id
        if looks and await self._told_already(own, ticket, cancels=proposed["type"] == StateType.CANCELLED):
            return
        own.proposed.add(ticket)
        body = {"state": proposed, "force": False}
        answer = await self.request("POST", SET_STATE, path_params={"id": run_id}, json=body)  # type: ignore[arg-type]
        answer.raise_for_status()
        result = answer.json()
        # Refused with our own transition in place: it was accepted before, and the reply was lost.
        if result["status"] != "ACCEPT" and not _is(result.get("state"), ticket):
            now = (result.get("state") or {}).get("type")
            raise _superseded(now, str(result.get("details", {}).get("reason")))
        own.told, own.told_at = ticket, self._clock()

    async def _told_already(self, own: _Own, ticket: UUID, *, cancels: bool) -> bool:
        """Whether the server has this very transition: it accepted it, and the reply was lost. Raises `Superseded`.
        What a user is cancelling is cancelled, and of what they have cancelled nothing is left to say."""
        state = (await super().read_flow_run(own.flow_run.id)).state
        if cancels and state is not None and state.type in (StateType.CANCELLING, StateType.CANCELLED):
            own.told = ticket
            return state.type is StateType.CANCELLED
        if state is None or not _ours(state, own):
            now, name = (state.type, state.name) if state else (None, "without a state")
            raise _superseded(now, f"the run is {name} by another hand")
        if state.state_details.transition_id != ticket:
            return False
        own.told = ticket
        return True


def _superseded(now: str | None, reason: str) -> Superseded:
    """By a state of this type that somebody else has given the run."""
    return (_BeingCancelled if now == StateType.CANCELLING else Superseded)(reason)


def _is_for_a_retry(state: State[Any]) -> bool:
    """Whether an operator would have it run again. The server counts how often it was running, and tells by that which
    task runs are of which time."""
    return state.type is not StateType.COMPLETED or state.name == DEGRADED


def _ours(state: State[Any], own: _Own) -> bool:
    """Whether the server still has the state we gave it, or one that we asked for and heard no reply of."""
    if own.told is None and state.name == RESERVED:
        return True
    return state.state_details.transition_id in own.proposed


def _is(state: dict[str, Any] | None, ticket: UUID) -> bool:
    return bool(state) and (state or {}).get("state_details", {}).get("transition_id") == str(ticket)
