"""Settings → stores. The only place that constructs them."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from os import getpid
from socket import gethostname
from typing import Any
from uuid import uuid4

import httpx

from ecp.errors import StoreError
from ecp.packs.cube_model import model_folder
from ecp.resilience.guard import Guards
from ecp.settings import Settings
from ecp.stores.common_words import CommonWords
from ecp.stores.embeddings import HttpEmbedder, WordLlamaEmbedder
from ecp.stores.graph import Neo4jGraph, open_driver
from ecp.stores.policy_common import policies_folder, policy_digest
from ecp.stores.policy_opa import OpaEngine
from ecp.stores.policy_rego import RegoEngine
from ecp.stores.postgres import Pool, close_pool, open_pool
from ecp.stores.protocols import Embedder, GraphStore, PolicyEngine, Registry, SemanticLayer, VectorStore
from ecp.stores.registry import PostgresRegistry
from ecp.stores.semantic_cube import CubeSemanticLayer
from ecp.stores.semantic_held import HeldSemantics
from ecp.stores.semantic_sql import SqlSemanticLayer, warehouse_pool
from ecp.stores.vector import PgVectorStore

BEAT_SECONDS = 5.0
CATCH_UP_SECONDS = 1.0
NOWHERE = "host=127.0.0.1 port=1 dbname=none"


@dataclass(frozen=True)
class Stores:
    """Every store of this process, and what stands before them. `is_word` knows ordinary English."""

    registry: Registry
    vector: VectorStore
    graph: GraphStore
    semantic: HeldSemantics
    policy: PolicyEngine
    embedder: Embedder
    is_word: Callable[[str], bool]
    guards: Guards


# A resolution makes tens of thousands of small things that end with it: by default they are searched for cycles forty
# times meanwhile.
SELDOM = (10_000, 10, 10)


@asynccontextmanager
async def open_stores(settings: Settings, *, warm: bool = True) -> AsyncIterator[Stores]:
    """The stores the settings name; connects to none of them before it is asked something, or to `warm` it."""
    gc.set_threshold(*SELDOM)
    async with AsyncExitStack() as stack:
        stores = await _open(settings, stack)
        stack.push_async_callback(stores.guards.close)
        if warm:
            for work in (_warm(stores), _look_ahead(stores)):
                stack.callback(asyncio.create_task(work).cancel)
        keeping = [asyncio.create_task(work(stores.registry)) for work in (_beat, _catch_up)]
        try:
            yield stores
        finally:
            for task in keeping:
                task.cancel()
            await asyncio.gather(*keeping, return_exceptions=True)
            await _leave(stores.registry)


@asynccontextmanager
async def open_stores_to_resolve(settings: Settings) -> AsyncIterator[Stores]:
    """For a process that begins with a question: what takes long the first time, and asks no store, is done before, as
    a store's own time is not meant for it."""
    async with open_stores(settings, warm=False) as stores:
        await stores.embedder.load()
        yield stores


async def _look_ahead(stores: Stores) -> None:
    """Reads a new version, and has the semantic layer read the model that came with it, before somebody has to wait."""
    known: str | None = None
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        with suppress(StoreError):
            version = (await stores.registry.catalogue()).version
            if version != known:
                await stores.semantic.read_model()
            known = version


@asynccontextmanager
async def open_store(settings: Settings, component: str) -> AsyncIterator[Any]:
    """One store alone, by its name among `Stores`; the others are not asked."""
    async with AsyncExitStack() as stack:
        stores = await _open(settings, stack)
        stack.push_async_callback(stores.guards.close)
        yield getattr(stores, component)


@asynccontextmanager
async def open_next_vectors(settings: Settings) -> AsyncIterator[tuple[VectorStore, str]]:
    """The vector store as the model that comes next fills it, and that model's name; without one, the present model."""
    coming = {
        "embeddings_url": settings.next_embeddings_url,
        "embeddings_model": settings.next_embeddings_model,
        "embeddings_key": settings.next_embeddings_key,
    }
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient())
        given = settings.next_embeddings_url is not None
        embedder = _embedder(settings.model_copy(update=coming) if given else settings, http)
        pool = await _opened(open_pool(_dsn(settings.postgres_dsn), timeout=settings.store_timeout_seconds), stack)
        yield PgVectorStore(pool, embedder, timeout=settings.store_timeout_seconds), embedder.name


async def _beat(registry: Registry) -> None:
    """Says that this process lives: what it has opened is its own until it stops saying so."""
    while True:
        with suppress(StoreError):
            await registry.beat()
        await asyncio.sleep(BEAT_SECONDS)


async def _catch_up(registry: Registry) -> None:
    """How an attempt ended is on record soon after the registry takes it again: until then nobody can rerun it."""
    while True:
        await asyncio.sleep(CATCH_UP_SECONDS)
        with suppress(StoreError):
            await registry.catch_up()


async def _leave(registry: Registry) -> None:
    with suppress(StoreError):
        await registry.catch_up()
        await registry.leave()


async def _warm(stores: Stores) -> None:
    """What takes a while the first time is done before somebody waits for it."""
    await asyncio.to_thread(stores.is_word, "")
    asked = (
        stores.embedder.embed(["warm"]),
        stores.registry.catalogue(),
        stores.vector.search(["warm"], "0"),
        stores.graph.find(["warm"], None, "0"),
        stores.semantic.meta(),
        stores.policy.ping(),
    )
    await asyncio.gather(*asked, return_exceptions=True)


async def _open(settings: Settings, stack: AsyncExitStack) -> Stores:
    http = await stack.enter_async_context(httpx.AsyncClient())
    pool = await _opened(open_pool(_dsn(settings.postgres_dsn), timeout=settings.store_timeout_seconds), stack)
    embedder = _embedder(settings, http)
    registry = PostgresRegistry(
        pool,
        embedder,
        timeout=settings.store_timeout_seconds,
        key_lifetime=timedelta(hours=settings.idempotency_hours),
        holder=_holder(),
    )
    vector = PgVectorStore(pool, embedder, timeout=settings.store_timeout_seconds)
    graph = _graph(settings)
    stack.push_async_callback(graph.close)
    layer = await _semantic_layer(settings, stack)
    semantic = HeldSemantics(layer, time.monotonic, settings.data_version_seconds)
    policy = _policy(settings)
    stack.push_async_callback(policy.close)
    pings = {
        "registry": registry.ping,
        "vector": vector.ping,
        "graph": graph.ping,
        "semantic": semantic.ping,
        "policy": policy.ping,
    }
    guards = Guards.build(settings, pings, time.monotonic)
    return Stores(registry, vector, graph, semantic, policy, embedder, CommonWords(), guards)


async def _opened(pool: Pool, stack: AsyncExitStack) -> Pool:
    """An open pool connects in the background, and goes on trying."""
    await pool.open(wait=False)
    stack.push_async_callback(close_pool, pool)
    return pool


def _holder() -> str:
    return f"{gethostname()}:{getpid()}:{uuid4().hex[:8]}"


def _dsn(secret: object) -> str:
    return secret.get_secret_value() if hasattr(secret, "get_secret_value") else NOWHERE


def _embedder(settings: Settings, http: httpx.AsyncClient) -> Embedder:
    if settings.embeddings_url is None:
        return WordLlamaEmbedder()
    key = settings.embeddings_key.get_secret_value() if settings.embeddings_key else None
    return HttpEmbedder(settings.embeddings_url, settings.embeddings_model or "default", key=key, client=http)


def _graph(settings: Settings) -> Neo4jGraph:
    password = settings.neo4j_password.get_secret_value() if settings.neo4j_password else ""
    uri = settings.neo4j_uri or "bolt://127.0.0.1:1"
    timeout = settings.store_timeout_seconds
    return Neo4jGraph(open_driver(uri, settings.neo4j_user, password, timeout=timeout), timeout=timeout)


async def _semantic_layer(settings: Settings, stack: AsyncExitStack) -> SemanticLayer:
    if settings.cube_url:
        token = settings.cube_token.get_secret_value() if settings.cube_token else None
        # the guards bound each call; this is the longest that any of them may allow
        layer = CubeSemanticLayer(
            httpx.AsyncClient(), settings.cube_url, token, short_timeout=settings.query_timeout_seconds
        )
        stack.push_async_callback(layer.close)
        return layer
    pool = await _opened(warehouse_pool(_dsn(settings.warehouse)), stack)
    return SqlSemanticLayer(pool, model_folder(settings))


def _policy(settings: Settings) -> PolicyEngine:
    folder = policies_folder()
    if settings.opa_url:
        return OpaEngine(httpx.AsyncClient(), settings.opa_url, expected=policy_digest(folder))
    return RegoEngine(folder)
