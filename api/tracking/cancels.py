"""Which of the runs under way somebody has cancelled in the orchestrator's UI."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.exceptions import PrefectException

from api.tracking.afterwards import CANCELLED
from ecp.run import Run
from ecp.telemetry.logs import get_logger

_log = get_logger(__name__)
EVERY_SECONDS = 1.0
MOST = 200


class Cancels:
    """Looks for runs that last longer than a look apart; most are over before anybody could cancel them."""

    def __init__(self, tell: Callable[[Run], Awaitable[None]] | None, clock: Callable[[], float] = time.monotonic):
        self._tell = tell or _cancel
        self._clock = clock
        self._runs: dict[UUID, tuple[float, Run]] = {}
        self._looking: asyncio.Task[None] | None = None

    @contextmanager
    def of(self, flow_run_id: UUID, run: Run) -> Iterator[None]:
        self._runs[flow_run_id] = (self._clock(), run)
        try:
            yield
        finally:
            del self._runs[flow_run_id]

    def start(self, client: PrefectClient) -> None:
        self._looking = asyncio.create_task(self._look_on(client), name="cancelled runs")

    async def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _look_on(self, client: PrefectClient) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self._look(client)
            except (httpx.HTTPError, PrefectException, OSError) as error:
                _log.debug("cancelled_runs_not_read", error=repr(error)[:200])

    async def _look(self, client: PrefectClient) -> None:
        now = self._clock()
        lasting = {i: r for i, (began, r) in self._runs.items() if now - began > EVERY_SECONDS and not r.cancelled}
        if not lasting:
            return
        wanted: Any = {"id": {"any_": list(lasting)[:MOST]}, "state": {"type": {"any_": list(CANCELLED)}}}
        for found in await client.read_flow_runs(flow_run_filter=FlowRunFilter(**wanted), limit=MOST):
            await self._tell(lasting[found.id])


async def _cancel(run: Run) -> None:
    run.cancel()
