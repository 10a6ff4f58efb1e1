"""The stores as they are, and as they would be with a pack that is published nowhere."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from ecp.domain.assets import AnyAsset
from ecp.packs.cube_model import install_model, model_folder
from ecp.packs.loader import LoadedPack
from ecp.resilience.guard import Guards
from ecp.settings import Settings
from ecp.stores.protocols import SemanticLayer
from ecp.stores.registry import PostgresRegistry
from ecp.stores.semantic_held import HeldSemantics
from ecp.stores.staged import ContentGraph, ModelOnly, staging_pool, take_known_vectors
from ecp.stores.vector import PgVectorStore
from ecp.wiring import Stores

SECONDS = 60.0
NEVER = 3600.0


@asynccontextmanager
async def staged(
    settings: Settings, stores: Stores, pack: LoadedPack, *, only: bool
) -> AsyncIterator[tuple[Stores, Stores]]:
    """The newest version, and what importing `pack` would make of it. Both answer over tables of their own, which are
    gone with them; registry, vectors, graph, model and warehouse stay untouched."""
    present = tuple((await stores.registry.catalogue()).assets.values())
    async with AsyncExitStack() as stack:
        now = await _opened(settings, stores, present, None, only, stack)
        then = await _opened(settings, stores, merged(present, pack.assets, only=only), pack, only, stack)
        yield now, then


def merged(present: Sequence[AnyAsset], coming: Sequence[AnyAsset], *, only: bool) -> tuple[AnyAsset, ...]:
    """What the registry would hold."""
    kept = {} if only else {asset.id: asset for asset in present}
    return tuple((kept | {asset.id: asset for asset in coming}).values())


async def _opened(
    settings: Settings,
    stores: Stores,
    assets: Sequence[AnyAsset],
    pack: LoadedPack | None,
    only: bool,
    stack: AsyncExitStack,
) -> Stores:
    assert settings.postgres_dsn is not None
    pool = staging_pool(settings.postgres_dsn.get_secret_value(), timeout=SECONDS)
    await pool.open(wait=False)
    stack.push_async_callback(pool.close)
    registry = PostgresRegistry(pool, stores.embedder, timeout=SECONDS)
    vector = PgVectorStore(pool, stores.embedder, timeout=SECONDS)
    version = await registry.publish(assets, note="staged", only=True)
    await take_known_vectors(pool, stores.embedder.name, timeout=SECONDS)
    await vector.index(assets, version)
    semantic = HeldSemantics(await _layer(settings, stores, pack, only, stack), time.monotonic, NEVER)
    graph = ContentGraph(assets)
    pings = {"registry": registry.ping, "vector": vector.ping, "graph": graph.ping, "semantic": semantic.ping}
    guards = Guards.build(settings, {**pings, "policy": stores.policy.ping}, time.monotonic)
    stack.push_async_callback(guards.close)
    return replace(stores, registry=registry, vector=vector, graph=graph, semantic=semantic, guards=guards)


async def _layer(
    settings: Settings, stores: Stores, pack: LoadedPack | None, only: bool, stack: AsyncExitStack
) -> SemanticLayer:
    """A copy of the model with the pack's in it; where the model is not here, the layer there is, as it is."""
    source = model_folder(settings)
    if settings.cube_url and not source.is_dir():
        return stores.semantic
    home = Path(tempfile.mkdtemp(prefix="ecp-preview-"))
    stack.callback(shutil.rmtree, home, ignore_errors=True)
    await asyncio.to_thread(_copy, source, home / "model", pack, only)
    return ModelOnly(home / "model", stores.semantic)


def _copy(source: Path, target: Path, pack: LoadedPack | None, only: bool) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    target.mkdir(exist_ok=True)
    if pack is not None and pack.pack and pack.cube:
        install_model(pack.cube, target, pack.pack.id, only=only)
