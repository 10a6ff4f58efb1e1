"""The flow, its deployment and its work pool on the Prefect server, written when the server first answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from prefect import Flow
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.filesystems import LocalFileSystem

from api.tracking.environment import RESULTS_BLOCK
from api.tracking.prefect_names import warm_result_storage
from ecp.platform.deployments import POOLS, Pool, deployed_as, pool_named

CODE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Served:
    """A deployment whose runs are made in a process of ours; a worker of its pool serves retries of them."""

    entrypoint: str
    name: str = "rest"
    pool: Pool = POOLS[0]
    description: str = ""


def served(full_name: str) -> Served:
    """As `prefect.yaml` says."""
    found = deployed_as(full_name)
    return Served(found.entrypoint, found.name, pool_named(found.pool), found.description)


REST = served("resolve/rest")
WATCH = served("reresolve/watch")


@dataclass(frozen=True)
class Registered:
    flow_id: UUID
    deployment_id: UUID


class Registering:
    """What `prefect.yaml` says of the deployment, for an API that is up before anybody deployed it.

    Safe to repeat, also by several processes. What a slow server has done is not asked of it again."""

    def __init__(self, flow: Flow[..., Any], served: Served, *, home: Path) -> None:
        self._flow, self._served, self._home = flow, served, home
        self._done: dict[str, Any] = {}

    async def go_on(self, client: PrefectClient) -> Registered:
        """Leaves this process ready to run the flow without asking again. Raises what the client raises."""
        try:
            await self._once("results", lambda: _save_results_block(client, self._home))
            flow_id = await self._once("flow", lambda: client.create_flow(self._flow))
            await self._once("pool", lambda: _create_work_pool(client, self._served.pool))
            deployment_id = await self._once("deployment", lambda: self._deploy(client, flow_id))
        except httpx.HTTPStatusError:
            self._done.clear()  # it refuses: it may be another server
            raise
        return Registered(flow_id, deployment_id)

    async def _once(self, what: str, take: Callable[[], Awaitable[Any]]) -> Any:
        if what not in self._done:
            self._done[what] = await take()
        return self._done[what]

    async def _deploy(self, client: PrefectClient, flow_id: UUID) -> UUID:
        served = self._served
        return await client.create_deployment(
            flow_id=flow_id,
            name=served.name,
            entrypoint=served.entrypoint,
            path=str(CODE) if ":" in served.entrypoint else None,
            work_pool_name=served.pool.name,
            tags=[served.pool.name],
            description=served.description or self._flow.description,
            enforce_parameter_schema=False,
        )


async def _save_results_block(client: PrefectClient, home: Path) -> None:
    folder = str((home / "prefect" / "results").absolute())
    if await _results_folder(client) != folder:
        await LocalFileSystem(basepath=folder).save(RESULTS_BLOCK, overwrite=True)
    await asyncio.to_thread(warm_result_storage)


async def _results_folder(client: PrefectClient) -> str | None:
    """As an earlier process saved it; to save it again takes several calls."""
    try:
        return (await client.read_block_document_by_name(RESULTS_BLOCK, "local-file-system")).data.get("basepath")
    except ObjectNotFound:
        return None


async def _create_work_pool(client: PrefectClient, pool: Pool) -> None:
    """No concurrency limit, ever: reserved runs would fill it, and finished ones release others' slots."""
    template = pool.template or {}
    try:
        await client.create_work_pool(
            WorkPoolCreate(name=pool.name, type="process", description=pool.description, base_job_template=template)
        )
    except ObjectAlreadyExists:
        return
