"""Flow runs made ahead: the server chooses a run's id, and a caller does not wait for that."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections import deque
from collections.abc import Callable
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
AT_ONCE = 16
DELETED_AT_ONCE = 50
KEPT_SECONDS = 120.0
STRAY_SECONDS = 60.0
UNSEEN_SECONDS = KEPT_SECONDS + 90  # they are given back within a minute of being outdated


def owner_name() -> str:
    """This process, so that others can tell whether it still lives."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Reserve:
    """Holds between `least` and `most` ids: about what was taken in the last second. Ids older than `keep` seconds
    are given back, so that whatever is older on the server belongs to nobody."""

    def __init__(
        self,
        *,
        least: int = 32,
        most: int = 256,
        wait: float = 0.2,
        keep: float = KEPT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.wanted = asyncio.Event()
        self._least, self._most, self._wait, self._keep = least, most, wait, keep
        self._clock = clock
        self._ids: deque[tuple[float, UUID]] = deque()
        self._taken: deque[float] = deque()
        self._filled = asyncio.Condition()
        self._suspect = False
        self._unsure = False
        self._making: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def target(self) -> int:
        now = self._clock()
        while self._taken and self._taken[0] < now - 1:
            self._taken.popleft()
        return max(self._least, min(self._most, 2 * len(self._taken)))

    async def take(self, *, patient: bool = True) -> UUID | None:
        """An id at once. With none left, a `patient` caller gets the next within `wait` seconds; once in vain, nobody
        is patient until some came."""
        self._taken.append(self._clock())
        if len(self._ids) <= self.target / 2:
            self.wanted.set()
        if self._ids:
            return self._ids.popleft()[1]
        return await self._soon() if patient and not self._suspect else None

    async def _soon(self) -> UUID | None:
        try:
            async with asyncio.timeout(self._wait), self._filled:
                await self._filled.wait_for(lambda: self._ids)
                return self._ids.popleft()[1]
        except TimeoutError:
            self._suspect = True
            return None

    async def fill(self, client: PrefectClient, deployment_id: UUID) -> bool:
        """A step towards its target; answers whether that is reached. Raises what the client raises."""
        self.wanted.clear()
        missing = self.target - len(self._ids)
        if missing > 0:
            self._making = asyncio.create_task(self._add(client, deployment_id, min(missing, AT_ONCE)))
            await asyncio.shield(self._making)
        return missing <= AT_ONCE

    async def leave(self, client: PrefectClient) -> None:
        """Gives back all of them, also those that are just being made."""
        if self._making is not None:
            await asyncio.wait([self._making])
        await give_back(client, self.clear())
        if self._unsure:
            await _give_back_scheduled(client)

    async def _add(self, client: PrefectClient, deployment_id: UUID, count: int) -> None:
        made = await self._make(client, deployment_id, count)
        async with self._filled:
            self._ids.extend((self._clock(), run_id) for run_id in made)
            self._suspect = False
            self._filled.notify_all()

    async def _make(self, client: PrefectClient, deployment_id: UUID, count: int) -> list[UUID]:
        """What a server that failed or was late may still have scheduled is given back first, or a worker takes it."""
        if self._unsure:
            await _give_back_scheduled(client)
        self._unsure = True
        now = datetime.now(UTC)
        made = await _withhold(client, await _create(client, deployment_id, count, now), now)
        self._unsure = False
        return made

    def clear(self) -> list[UUID]:
        """Takes all of them out."""
        ids = [run_id for _, run_id in self._ids]
        self._ids.clear()
        return ids

    def outdated(self) -> list[UUID]:
        """Takes those out that were kept too long."""
        ids = []
        while self._ids and self._ids[0][0] < self._clock() - self._keep:
            ids.append(self._ids.popleft()[1])
        return ids


async def _create(client: PrefectClient, deployment_id: UUID, count: int, now: datetime) -> list[UUID]:
    """Runs that are expected later than they are kept: the UI shows what began, or is expected, until now."""
    one = {
        "name": TAG,
        "state": _reserved("SCHEDULED", now + timedelta(seconds=UNSEEN_SECONDS)),
        "tags": [TAG, f"{_OWNER}{owner_name()}"],
        "enforce_parameter_schema": False,
    }
    answer = await client.request("POST", BULK_CREATE, path_params={"id": deployment_id}, json=[one] * count)  # type: ignore[arg-type]
    answer.raise_for_status()
    return [UUID(result["flow_run_id"]) for result in answer.json()["results"] if result["flow_run_id"]]


async def _withhold(client: PrefectClient, ids: list[UUID], now: datetime) -> list[UUID]:
    """`Pending`, no worker takes them; scheduled for now, they may begin at once."""
    wanted: Any = {"flow_runs": {"id": {"any_": [str(one) for one in ids]}}, "state": _reserved("PENDING", now)}
    answer = await client.request("POST", BULK_SET_STATE, json=wanted)  # type: ignore[arg-type]
    answer.raise_for_status()
    return [UUID(done["flow_run_id"]) for done in answer.json()["results"] if done["status"] == "ACCEPT"]


def _reserved(kind: str, when: datetime) -> dict[str, Any]:
    return {"type": kind, "name": RESERVED, "state_details": {"scheduled_time": when.isoformat()}}


async def give_back(client: PrefectClient, ids: list[UUID]) -> None:
    """Deletes reserved runs that nobody will use."""
    for first in range(0, len(ids), DELETED_AT_ONCE):
        some = [str(run_id) for run_id in ids[first : first + DELETED_AT_ONCE]]
        await _delete(client, {"id": {"any_": some}, "state": {"name": {"any_": [RESERVED]}}})


async def _give_back_scheduled(client: PrefectClient) -> None:
    mine = {"all_": [TAG, f"{_OWNER}{owner_name()}"]}
    await _delete(client, {"tags": mine, "state": {"type": {"any_": ["SCHEDULED"]}, "name": {"any_": [RESERVED]}}})


async def _delete(client: PrefectClient, wanted: dict[str, Any]) -> None:
    answer = await client.request("POST", BULK_DELETE, json={"flow_runs": wanted})  # type: ignore[arg-type]
    answer.raise_for_status()


async def sweep(client: PrefectClient, *, keep: float = 900.0, stray: float = STRAY_SECONDS) -> int:
    """Gives back what dead owners left, and what nobody withheld: a server that was late made it after its owner had
    given up. Answers how many runs that were."""
    left: Any = {"tags": {"all_": [TAG]}, "state": {"name": {"any_": [RESERVED]}}}
    found = await client.read_flow_runs(flow_run_filter=FlowRunFilter(**left), limit=200)
    orphans = [run.id for run in found if _orphaned(run, keep, stray)]
    await give_back(client, orphans)
    if orphans:
        _log.info("reserve_swept", runs=len(orphans))
    return len(orphans)


def _orphaned(run: FlowRun, keep: float, stray: float) -> bool:
    made, state = run.created, run.state
    oldest = stray if state is not None and state.is_scheduled() else keep
    if made is None or made.now(made.tzinfo) - made > timedelta(seconds=oldest):
        return True
    owner = next((tag.removeprefix(_OWNER) for tag in run.tags if tag.startswith(_OWNER)), "")
    host, _, pid = owner.rpartition(":")
    return host == socket.gethostname() and pid.isdigit() and not psutil.pid_exists(int(pid))
