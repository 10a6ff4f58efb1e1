"""A real Prefect server on Postgres for the session, and what it recorded."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, TaskRun

from api.tracking.prefect_names import RESERVED
from api.tracking.reserved_runs import TAG
from tests.support.platform import running_platform
from tests.tracking.proxy import Proxy

PATIENCE = 120.0


class Recorded:
    """What the server knows, once it knows it: every reader waits until its condition holds."""

    def __init__(self, client: PrefectClient) -> None:
        self.client = client

    async def until(self, what: Callable[[], Any]) -> Any:
        async with asyncio.timeout(PATIENCE):
            while not (found := await what()):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        return found

    async def flow_run(self, name: str, state: str) -> FlowRun:
        async def look() -> FlowRun | None:
            wanted: Any = {"name": {"any_": [name]}}
            runs = await self.client.read_flow_runs(flow_run_filter=FlowRunFilter(**wanted))
            return next((run for run in runs if run.state_name == state), None)

        return await self.until(look)

    async def task_states(self, flow_run: FlowRun, count: int) -> dict[str, str]:
        """State names by stage, of `count` task runs that are all in a final state."""

        async def look() -> dict[str, str] | None:
            runs = await self.tasks(flow_run)
            done = [run for run in runs if run.state and run.state.is_final()]
            return {run.name.rsplit("-", 1)[0]: run.state.name for run in done} if len(done) >= count else None

        return await self.until(look)

    async def tasks(self, flow_run: FlowRun) -> list[TaskRun]:
        wanted: Any = {"id": {"any_": [flow_run.id]}}
        return await self.client.read_task_runs(flow_run_filter=FlowRunFilter(**wanted))

    async def states_told(self, flow_run: FlowRun) -> list[str | None]:
        """Names of its states in their order, without those of a reserved run."""
        states = await self.client.read_flow_run_states(flow_run.id)
        return [s.name for s in sorted(states, key=lambda s: s.timestamp) if s.name != RESERVED]

    async def states_of_tasks(self, flow_run: FlowRun) -> dict[str, tuple[str, ...]]:
        """By stage, the names of its states in their order."""
        found = {}
        for run in await self.tasks(flow_run):
            states = await self.client.read_task_run_states(run.id)
            found[run.name.rsplit("-", 1)[0]] = tuple(s.name or "" for s in sorted(states, key=lambda s: s.timestamp))
        return found

    async def exist(self, ids: list[UUID]) -> list[FlowRun]:
        wanted: Any = {"id": {"any_": ids}}
        return await self.client.read_flow_runs(flow_run_filter=FlowRunFilter(**wanted))

    async def shown(self, ids: list[UUID]) -> list[FlowRun]:
        """Those of them that the UI's page of runs shows when it is opened now."""
        now = datetime.now(UTC)
        seen: Any = {"id": {"any_": ids}, "start_time": {"before_": now, "after_": now - timedelta(days=7)}}
        return await self.client.read_flow_runs(flow_run_filter=FlowRunFilter(**seen))

    async def reserved(self) -> set[UUID]:
        """Those that nobody has used."""
        wanted: Any = {"tags": {"all_": [TAG]}, "state": {"name": {"any_": [RESERVED]}}}
        found: set[UUID] = set()
        while page := await self.client.read_flow_runs(flow_run_filter=FlowRunFilter(**wanted), offset=len(found)):
            found |= {run.id for run in page}
        return found

    async def artifacts(self, flow_run: FlowRun) -> list[Any]:
        async def look() -> list[Any]:
            answer = await self.client.request(
                "POST", "/artifacts/filter", json={"artifacts": {"flow_run_id": {"any_": [str(flow_run.id)]}}}
            )
            return answer.json()

        return await self.until(look)


@pytest.fixture(scope="session")
def prefect_api() -> Iterator[str]:
    """The address of a running server; `TEST_PREFECT_API_URL` names one that runs already."""
    given = os.environ.get("TEST_PREFECT_API_URL")
    if given:
        yield given
        return
    with running_platform("embedded", parts=("postgres", "prefect")) as settings:
        assert settings.prefect_api_url
        yield settings.prefect_api_url


@pytest.fixture(scope="session")
async def recorded(prefect_api: str) -> AsyncIterator[Recorded]:
    async with PrefectClient(prefect_api) as client:
        yield Recorded(client)


@pytest.fixture
async def proxy(prefect_api: str) -> AsyncIterator[Proxy]:
    proxy = Proxy(prefect_api)
    await proxy.revive()
    yield proxy
    await proxy.die()
