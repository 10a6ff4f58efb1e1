"""Reserved flow runs on the server: made ahead, withheld from workers, given back."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psutil
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun

from api.tracking.prefect_names import BULK_CREATE, BULK_DELETE, BULK_SET_STATE, RESERVED
from ecp.telemetry.logs import get_logger

_log = get_logger(__name__)
TAG = "reserved"
_OWNER = "owner:"
DELETED_AT_ONCE = 50
KEPT_SECONDS = 120.0
STRAY_SECONDS = 60.0
FRESH_SECONDS = STRAY_SECONDS / 2
UNSEEN_SECONDS = KEPT_SECONDS + 90  # they are given back within a minute of being outdated
_UNUSED: dict[str, Any] = {"name": {"any_": [RESERVED]}}
_SCHEDULED: dict[str, Any] = {"type": {"any_": ["SCHEDULED"]}, **_UNUSED}


def owner_name() -> str:
    """This process, so that others can tell whether it still lives."""
    return f"{socket.gethostname()}:{os.getpid()}"


async def create(client: PrefectClient, deployment_id: UUID, count: int) -> list[UUID]:
    """Runs that are expected later than they are kept: the UI shows what began, or is expected, until now."""
    due = datetime.now(UTC) + timedelta(seconds=UNSEEN_SECONDS)
    one = {
        "name": TAG,
        "state": _reserved("SCHEDULED", due),
        "tags": _mine(),
        "enforce_parameter_schema": False,
    }
    answer = await client.request("POST", BULK_CREATE, path_params={"id": deployment_id}, json=[one] * count)  # type: ignore[arg-type]
    answer.raise_for_status()
    return [UUID(result["flow_run_id"]) for result in answer.json()["results"] if result["flow_run_id"]]


async def withhold(client: PrefectClient, ids: Collection[UUID]) -> set[UUID]:
    """Those that are `Pending` now: no worker takes them, and scheduled for now they may begin at once."""
    if not ids:
        return set()
    pending = _reserved("PENDING", datetime.now(UTC))
    wanted: Any = {"flow_runs": {"id": {"any_": [str(one) for one in ids]}}, "state": pending}
    answer = await client.request("POST", BULK_SET_STATE, json=wanted)  # type: ignore[arg-type]
    answer.raise_for_status()
    return {UUID(done["flow_run_id"]) for done in answer.json()["results"] if done["status"] == "ACCEPT"}


def _reserved(kind: str, when: datetime) -> dict[str, Any]:
    return {"type": kind, "name": RESERVED, "state_details": {"scheduled_time": when.isoformat()}}


async def unheard_of(client: PrefectClient, deployment_id: UUID, known: Collection[UUID]) -> list[UUID]:
    """What the server has made for this process and could not tell it: still scheduled, and so new that nobody sweeps
    it while it is being withheld."""
    mine: Any = {"tags": {"all_": _mine()}, "deployment_id": {"any_": [deployment_id]}, "state": _SCHEDULED}
    found = await client.read_flow_runs(flow_run_filter=FlowRunFilter(**mine), limit=200)
    return [run.id for run in found if run.id not in known and not _older(run, FRESH_SECONDS)]


async def withheld(client: PrefectClient, ids: Collection[UUID]) -> dict[UUID, bool]:
    """Of those that are there and that nobody has used: whether they are withheld."""
    wanted: Any = {"id": {"any_": list(ids)}, "state": _UNUSED}
    found = await client.read_flow_runs(flow_run_filter=FlowRunFilter(**wanted), limit=200)
    return {run.id: run.state is not None and run.state.is_pending() for run in found}


async def give_back(client: PrefectClient, ids: Sequence[UUID], state: dict[str, Any] = _UNUSED) -> None:
    """Deletes reserved runs that nobody will use."""
    for first in range(0, len(ids), DELETED_AT_ONCE):
        some = [str(run_id) for run_id in ids[first : first + DELETED_AT_ONCE]]
        await _delete(client, {"id": {"any_": some}, "state": state})


async def give_back_scheduled(client: PrefectClient) -> None:
    await _delete(client, {"tags": {"all_": _mine()}, "state": _SCHEDULED})


def _mine() -> list[str]:
    return [TAG, f"{_OWNER}{owner_name()}"]


async def _delete(client: PrefectClient, wanted: dict[str, Any]) -> None:
    answer = await client.request("POST", BULK_DELETE, json={"flow_runs": wanted})  # type: ignore[arg-type]
    answer.raise_for_status()


async def sweep(
    client: PrefectClient, *, keep: float = 900.0, stray: float = STRAY_SECONDS, settled: float = KEPT_SECONDS
) -> int:
    """Gives back what dead owners left, and what nobody withheld: a server that was late made it after its owner had
    given up. Answers how many runs that were. What a dead owner had withheld it may have begun, and an answer names it:
    within `settled` seconds another process has told how that ended."""
    left: Any = {"tags": {"all_": [TAG]}, "state": _UNUSED}
    found = await client.read_flow_runs(flow_run_filter=FlowRunFilter(**left), limit=200)
    orphans = [run for run in found if _orphaned(run, keep, stray, settled)]
    scheduled = [run.id for run in orphans if _scheduled(run)]
    await give_back(client, scheduled, _SCHEDULED)  # its owner may be withholding it now
    await give_back(client, [run.id for run in orphans if not _scheduled(run)])
    if orphans:
        _log.info("reserve_swept", runs=len(orphans))
    return len(orphans)


def _orphaned(run: FlowRun, keep: float, stray: float, settled: float) -> bool:
    if _older(run, stray if _scheduled(run) else keep):
        return True
    owner = next((tag.removeprefix(_OWNER) for tag in run.tags if tag.startswith(_OWNER)), "")
    host, _, pid = owner.rpartition(":")
    dead = host == socket.gethostname() and pid.isdigit() and not psutil.pid_exists(int(pid))
    return dead and (_scheduled(run) or _older(run, settled))


def _scheduled(run: FlowRun) -> bool:
    return run.state is not None and run.state.is_scheduled()


def _older(run: FlowRun, seconds: float) -> bool:
    made = run.created
    return made is None or made.now(made.tzinfo) - made > timedelta(seconds=seconds)
