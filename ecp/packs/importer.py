"""A pack → warehouse, Cube model, registry, vectors, graph."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from ecp.domain.assets import AnyAsset
from ecp.domain.values import Value
from ecp.errors import StoreError
from ecp.packs.cube_model import install_model, model_folder
from ecp.packs.loader import LoadedPack, load_pack
from ecp.packs.warehouse import load_warehouse
from ecp.settings import Settings
from ecp.stores.protocols import GraphStore, Registry, VectorStore

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Surroundings:
    """What an import may touch beside the stores. What is None is left alone."""

    cube_model: Path | None = None
    warehouse_admin: str | None = None
    warehouse_reader: str | None = None
    today: date | None = None
    seed: str | None = None

    @classmethod
    def of(cls, settings: Settings, today: date | None = None, seed: str | None = None) -> Surroundings:
        """What the settings name; `today` defaults to the present day in UTC."""
        admin, reader = settings.warehouse_admin, settings.warehouse
        return cls(
            cube_model=model_folder(settings),
            warehouse_admin=admin.get_secret_value() if admin else None,
            warehouse_reader=reader.get_secret_value() if reader else None,
            today=today or datetime.now(UTC).date(),
            seed=seed,
        )


class Incomplete(Value):
    """A store that did not take its part. The import can be repeated."""

    component: str
    detail: str


class ImportReport(Value):
    """`kinds`: documents of the pack by kind. `version`: the registry version it made."""

    pack: str
    version: str
    kinds: dict[str, int]
    embedded: int = 0
    cube_files: int = 0
    warehouse_files: int = 0
    incomplete: tuple[Incomplete, ...] = ()


def silent(message: str) -> None:
    """Progress for nobody."""


async def import_pack(
    path: Path,
    registry: Registry,
    vector: VectorStore,
    graph: GraphStore,
    *,
    only: bool = False,
    surroundings: Surroundings | None = None,
    progress: Progress = silent,
) -> ImportReport:
    """Adds a pack to what is there, or makes it all there is (`only`).

    Nothing is published unless the whole pack is valid and its warehouse is loaded. The registry takes it in one
    transaction; when the vector store or the graph is down, `incomplete` says so. Raises `PackInvalid`, and
    `StoreError` when the registry or the warehouse does not serve.
    """
    around = surroundings or Surroundings()
    before = None if only else await registry.catalogue()
    pack = await asyncio.to_thread(load_pack, path, before)
    progress(f"{len(pack.assets)} documents are valid")
    scripts, models = await asyncio.to_thread(_surround, pack, around, only, progress)
    name = pack.pack.id if pack.pack else pack.root.stem
    version = await registry.publish(pack.assets, note=f"import {name}", only=only)
    progress(f"registry version {version}")
    embedded, faults = await follow(version, registry, vector, graph, progress)
    return ImportReport(
        pack=name,
        version=version,
        kinds=pack.counts,
        embedded=embedded,
        cube_files=models,
        warehouse_files=scripts,
        incomplete=faults,
    )


async def follow(
    version: str, registry: Registry, vector: VectorStore, graph: GraphStore, progress: Progress = silent
) -> tuple[int, tuple[Incomplete, ...]]:
    """Has the vector store and the graph hold what the registry's version does: texts embedded, and who could not."""
    assets = tuple((await registry.catalogue(version)).assets.values())
    embedded, faults = await _index(vector, assets, version, progress)
    return embedded, faults + await _publish_graph(graph, assets, version, progress)


async def import_with(
    settings: Settings,
    path: Path,
    *,
    only: bool = False,
    today: date | None = None,
    seed: str | None = None,
    progress: Progress = silent,
) -> ImportReport:
    """`import_pack` on the stores, warehouse and model folder that the settings name."""
    from ecp.wiring import open_stores  # every driver; reading a pack needs none of them

    around = Surroundings.of(settings, today, seed)
    async with open_stores(settings, warm=False) as stores:
        return await import_pack(
            path, stores.registry, stores.vector, stores.graph, only=only, surroundings=around, progress=progress
        )


def _surround(pack: LoadedPack, around: Surroundings, only: bool, progress: Progress) -> tuple[int, int]:
    scripts = models = 0
    if pack.warehouse and not around.warehouse_admin:
        progress("warehouse: left alone, no setting says where it is")
    elif pack.pack and pack.warehouse and around.warehouse_admin and around.today:
        scripts = load_warehouse(
            pack.warehouse,
            around.warehouse_admin,
            seed=around.seed or pack.pack.seed,
            today=around.today,
            reader=around.warehouse_reader,
            progress=progress,
        )
    if pack.pack and pack.cube and around.cube_model:
        models = install_model(pack.cube, around.cube_model, pack.pack.id, only=only)
        progress(f"semantic model: {models} files")
    return scripts, models


async def _index(
    vector: VectorStore, assets: Sequence[AnyAsset], version: str, progress: Progress
) -> tuple[int, tuple[Incomplete, ...]]:
    try:
        embedded = await vector.index(assets, version)
    except StoreError as error:
        return 0, (Incomplete(component="vector", detail=error.detail),)
    progress(f"{embedded} texts embedded")
    return embedded, ()


async def _publish_graph(
    graph: GraphStore, assets: Sequence[AnyAsset], version: str, progress: Progress
) -> tuple[Incomplete, ...]:
    try:
        await graph.publish(assets, version)
    except StoreError as error:
        return (Incomplete(component="graph", detail=error.detail),)
    progress("graph published")
    return ()
