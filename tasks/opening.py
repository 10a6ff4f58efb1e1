"""How a process that was not asked itself, a worker, comes to the run of a stored resolution."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ecp.errors import ResolutionNotFound
from ecp.run import Run
from ecp.settings import Settings
from ecp.stores.protocols import Opened, StoredRequest
from ecp.wiring import Stores, open_stores


@asynccontextmanager
async def open_stored(resolution_id: str) -> AsyncIterator[Run]:
    """The next attempt at a resolution, with what earlier attempts finished."""
    settings = Settings()
    async with open_stores(settings) as stores:
        request = await stores.registry.request(resolution_id)
        if request is None:
            raise ResolutionNotFound("there is no such resolution")
        opened = await stores.registry.next_attempt(resolution_id)
        yield await _run(settings, stores, request, opened)


async def _run(settings: Settings, stores: Stores, request: StoredRequest, opened: Opened) -> Run:
    same = opened.registry_version == request.registry_version
    return Run(
        resolution_id=request.resolution_id,
        attempt=opened.attempt,
        question=request.question,
        stores=stores,
        settings=settings,
        guards=stores.guards,
        registry_version=opened.registry_version,
        content_version=opened.content_version,
        reusable=await stores.registry.checkpoints(request.resolution_id) if same else (),
    )
