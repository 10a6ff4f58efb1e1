"""Puts questions to real stores behind the fault proxy, tracked by a real orchestrator, and notes what came of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import SecretStr

from api.runtime import Runtime
from api.tracking.tracker import Tracked
from ecp.domain.question import Asker, Question
from ecp.errors import StoreError
from ecp.run import Run
from ecp.settings import Settings
from ecp.telemetry.context import resolution_context
from ecp.wiring import Stores, open_stores
from tasks.opening import run_of
from tests.faults.cells import STORES, Cell
from tests.support import misbehaving
from tests.support.enterprise import AS_OF, Enterprise
from tests.support.toxiproxy import Proxy, Toxiproxy

ASKED = "What was APAC revenue last quarter?"
FINANCE = {"user_id": "u-finance", "department": "finance", "role": "analyst"}
AT_ONCE = 4
FASTEST, SLOWEST = 0.5, 3.0
TIMES = (
    "deadline_seconds",
    "policy_margin_seconds",
    "retry_first_wait_seconds",
    "retry_longest_wait_seconds",
    "store_timeout_seconds",
    "query_timeout_seconds",
    "down_memory_seconds",
    "breaker_reset_seconds",
)
BROKEN = {
    "policy": misbehaving.http_broken,
    "semantic": misbehaving.http_broken,
    "graph": misbehaving.bolt_broken,
    "registry": misbehaving.postgres_broken,
    "vector": misbehaving.postgres_broken,
}


@dataclass(frozen=True, repr=False)
class Observed:
    """What a question in a cell came to."""

    run: Run
    tracked: Tracked
    seconds: float

    @property
    def missing(self) -> set[str]:
        return {d.component for d in self.run.degradations}

    def __repr__(self) -> str:
        """What a failed test shows: the stages, when they ended, and what they say."""
        told = [f"{self.seconds:.2f} s of {self.run.settings.deadline_seconds:.2f}, waited {self.run.waits}"]
        told += [f"{node.started_at} {node.completed_at} {node.id} {node.status}" for node in self.run.nodes]
        return "\n".join([*told, repr(self.run.error)])


class Bench:
    """Everything the cells share. Lives on the loop of the flows, like the stores that it opens."""

    def __init__(self, enterprise: Enterprise, runtime: Runtime[None], toxiproxy: Toxiproxy, whole: Stores) -> None:
        self._enterprise = enterprise
        self._whole = whole
        self._runtime = runtime
        self._toxiproxy = toxiproxy
        self._scale = SLOWEST

    async def observe_all(self, cells: Sequence[Cell]) -> dict[Cell, Observed | BaseException]:
        """What each came to, or what kept it from being observed."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def observed(cell: Cell) -> Observed:
            async with turns:
                return await self._patiently(cell)

        found = await asyncio.gather(*(observed(cell) for cell in cells), return_exceptions=True)
        return dict(zip(cells, found, strict=True))

    async def whole(self) -> Observed:
        """The same question with every store there. How long it takes here and now sets the proportion."""
        settings = patient(self._enterprise)
        for store in STORES:
            await ping(self._whole, store)
        await self._ask(self._whole, settings, execute=True)
        seen = await self._ask(self._whole, settings, execute=True)
        self._scale = min(SLOWEST, max(FASTEST, 2 * seen.seconds))
        return seen

    async def _patiently(self, cell: Cell) -> Observed:
        """Once more where the machine was so busy that a store without a fault was late."""
        seen = await self._observe(cell)
        return seen if seen.missing <= cell.missing else await self._observe(cell)

    async def _observe(self, cell: Cell) -> Observed:
        settings = self._settings(1 if cell.defaults else self._scale)
        await self._orchestrator_keeps_up()
        async with AsyncExitStack() as stack:
            ways = {store: await self._toxiproxy.proxy(upstream(settings, store)) for store in cell.stores}
            stores = await self._stores(settings, ways, stack)
            await asyncio.gather(*(ping(stores, store) for store in cell.stores))
            if cell.known:
                await self._ask(stores, settings, execute=True)
            for store, way in ways.items():
                await break_(way, store, cell.fault, settings, stack)
            if cell.known:
                await asyncio.sleep(1)  # what is held serves without asking for a moment
            return await self._ask(stores, settings, execute=cell.execute)

    async def _stores(self, settings: Settings, ways: dict[str, Proxy], stack: AsyncExitStack) -> Stores:
        """A store with a fault is the cell's own, and so is what guards them all; the others are everybody's."""
        behind = settings
        for store, way in ways.items():
            behind = led(behind, store, way.port)
        faulty = await stack.enter_async_context(open_stores(behind, warm=False))
        return replace(self._whole, guards=faulty.guards, **{store: getattr(faulty, store) for store in ways})

    async def _ask(self, stores: Stores, settings: Settings, *, execute: bool) -> Observed:
        question = Question(
            text=self._enterprise.words.text(ASKED),
            asker=Asker.model_validate(self._enterprise.words.value(FINANCE)),
            as_of=date.fromisoformat(AS_OF),
            execute=execute,
        )
        opened = await self._whole.registry.open(str(uuid4()), question, digest="faults")
        began = time.monotonic()
        run = run_of(settings, stores, opened, question, deadline=began + settings.deadline_seconds)
        with resolution_context(run.resolution_id):
            tracked = await self._runtime.tracker.execute(run, {"resolution_id": run.resolution_id})
        return Observed(run, tracked, time.monotonic() - began)

    async def _orchestrator_keeps_up(self) -> None:
        """What is asked next is told in full: nothing waits to be told, and runs are reserved."""
        tracker = self._runtime.tracker
        async with asyncio.timeout(120):
            while tracker.ledger.backlog or not tracker.reserve:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    def _settings(self, scale: float) -> Settings:
        return scaled(self._enterprise, scale)


def scaled(enterprise: Enterprise, scale: float) -> Settings:
    own = enterprise.settings
    return own.model_copy(update={name: getattr(own, name) * scale for name in TIMES})


def patient(enterprise: Enterprise) -> Settings:
    return scaled(enterprise, SLOWEST)


def upstream(settings: Settings, store: str) -> str:
    """`host:port` of a store's server."""
    if store in ("registry", "vector"):
        parts = conninfo_to_dict(secret(settings.postgres_dsn))
        return f"{parts['host']}:{parts['port']}"
    url = {"graph": settings.neo4j_uri, "semantic": settings.cube_url, "policy": settings.opa_url}[store]
    return urlsplit(url or "").netloc


def led(settings: Settings, store: str, port: int) -> Settings:
    """The settings with the store's server at `port`."""
    if store in ("registry", "vector"):
        dsn = make_conninfo(secret(settings.postgres_dsn), host="127.0.0.1", port=port)
        return settings.model_copy(update={"postgres_dsn": SecretStr(dsn)})
    name = {"graph": "neo4j_uri", "semantic": "cube_url", "policy": "opa_url"}[store]
    scheme = "bolt" if store == "graph" else "http"
    return settings.model_copy(update={name: f"{scheme}://127.0.0.1:{port}"})


def secret(value: Any) -> str:
    return str(value.get_secret_value())


async def ping(stores: Stores, store: str) -> None:
    """Connections are open before anything breaks."""
    async with asyncio.timeout(120):
        while True:
            with suppress(StoreError):
                return await getattr(stores, store).ping()
            await asyncio.sleep(0.1)


async def break_(way: Proxy, store: str, fault: str, settings: Settings, stack: AsyncExitStack) -> None:
    late = int(settings.store_timeout_seconds * 2000)
    if fault == "refuse":
        await way.cut()
    elif fault == "delay":
        await way.poison("latency", latency=late)
    elif fault == "reset":
        await way.poison("reset_peer", timeout=0)
    elif fault == "slow_body":
        await way.poison("slicer", average_size=4, delay=late * 250)
    elif fault == "half_open":
        await way.poison("timeout", timeout=0)
    else:
        await way.lead_to(await stack.enter_async_context(misbehaving.serving(server(store, fault))))


def server(store: str, fault: str) -> misbehaving.Serve:
    if fault == "broken":
        return BROKEN[store]
    return misbehaving.http_garbage if store in ("policy", "semantic") else misbehaving.tcp_garbage


@asynccontextmanager
async def nothing() -> AsyncIterator[None]:
    """The resources of a runtime whose runs bring their own stores."""
    yield None
