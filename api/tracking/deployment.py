"""The flow, its deployment and its work pool on the Prefect server, written when the server first answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists
from prefect.filesystems import LocalFileSystem

from api.tracking.environment import RESULTS_BLOCK
from api.tracking.prefect_names import start_events, warm_result_storage
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


async def register(
    client: PrefectClient, flow: Flow[..., Any], served: Served, *, home: Path, owner: str
) -> Registered:
    """What `prefect.yaml` says of the deployment, for an API that is up before anybody deployed it.

    Safe to repeat, also by several processes. Leaves this process ready to run the flow without asking again.
    """
    await _save_results_block(home)
    flow_id = await client.create_flow(flow)
    await _create_work_pool(client, served.pool)
    deployment_id = await client.create_deployment(
        flow_id=flow_id,
        name=served.name,
        entrypoint=served.entrypoint,
        path=str(CODE) if ":" in served.entrypoint else None,
        work_pool_name=served.pool.name,
        tags=[served.pool.name],
        description=served.description or flow.description,
        enforce_parameter_schema=False,
    )
    await asyncio.to_thread(start_events, owner)
    return Registered(flow_id, deployment_id)


async def _save_results_block(home: Path) -> None:
    block = LocalFileSystem(basepath=str((home / "prefect" / "results").absolute()))
    await block.save(RESULTS_BLOCK, overwrite=True)
    await asyncio.to_thread(warm_result_storage)


async def _create_work_pool(client: PrefectClient, pool: Pool) -> None:
    """No concurrency limit, ever: reserved runs would fill it, and finished ones release others' slots."""
    template = pool.template or {}
    try:
        await client.create_work_pool(
            WorkPoolCreate(name=pool.name, type="process", description=pool.description, base_job_template=template)
        )
    except ObjectAlreadyExists:
        return
