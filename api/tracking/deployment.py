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

WORK_POOL = "interactive"
DEPLOYMENT = "rest"
CODE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Registered:
    flow_id: UUID
    deployment_id: UUID


async def register(
    client: PrefectClient, flow: Flow[..., Any], *, entrypoint: str, home: Path, owner: str
) -> Registered:
    """Safe to repeat, also by several processes. Leaves this process ready to run the flow without asking again."""
    await _save_results_block(home)
    flow_id = await client.create_flow(flow)
    await _create_work_pool(client)
    deployment_id = await client.create_deployment(
        flow_id=flow_id,
        name=DEPLOYMENT,
        entrypoint=entrypoint,
        path=str(CODE),
        work_pool_name=WORK_POOL,
        tags=["interactive"],
        description=flow.description,
        enforce_parameter_schema=False,
    )
    await asyncio.to_thread(start_events, owner)
    return Registered(flow_id, deployment_id)


async def _save_results_block(home: Path) -> None:
    block = LocalFileSystem(basepath=str((home / "prefect" / "results").absolute()))
    await block.save(RESULTS_BLOCK, overwrite=True)
    await asyncio.to_thread(warm_result_storage)


async def _create_work_pool(client: PrefectClient) -> None:
    """No concurrency limit, ever: reserved runs would fill it, and finished ones release others' slots."""
    try:
        await client.create_work_pool(
            WorkPoolCreate(
                name=WORK_POOL, type="process", description="Resolutions somebody waits for, and their reruns"
            )
        )
    except ObjectAlreadyExists:
        return
