"""Versions of the registry: which there are, and the way back to one."""

from __future__ import annotations

from ecp.domain.values import JsonObject, Value
from ecp.packs.importer import Incomplete, Progress, follow, silent
from ecp.settings import Settings
from ecp.stores.protocols import GraphStore, Registry, VectorStore


class RollbackReport(Value):
    """`version` has the content of `restored`. Semantic model and warehouse stay as they are."""

    version: str
    restored: str
    embedded: int = 0
    incomplete: tuple[Incomplete, ...] = ()


async def roll_back(
    version: str, registry: Registry, vector: VectorStore, graph: GraphStore, *, progress: Progress = silent
) -> RollbackReport:
    """A new version with the content of an older one, in one transaction; vector store and graph follow.

    Raises `StoreRejected` when there is no such version.
    """
    made = await registry.roll_back(version)
    progress(f"registry version {made}")
    embedded, faults = await follow(made, registry, vector, graph, progress)
    return RollbackReport(version=made, restored=version, embedded=embedded, incomplete=faults)


async def roll_back_with(settings: Settings, version: str, *, progress: Progress = silent) -> RollbackReport:
    """`roll_back` on the stores that the settings name."""
    from ecp.wiring import open_stores  # every driver

    async with open_stores(settings, warm=False) as stores:
        return await roll_back(version, stores.registry, stores.vector, stores.graph, progress=progress)


async def versions_with(settings: Settings, limit: int) -> tuple[JsonObject, ...]:
    """The newest versions of the registry that the settings name."""
    from ecp.wiring import open_stores

    async with open_stores(settings, warm=False) as stores:
        return await stores.registry.versions(limit)
