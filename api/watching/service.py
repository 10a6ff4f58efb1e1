"""The keeper of watches on the platform's stores, its runs tracked as the deployment `reresolve/watch`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.runtime import Runtime
from api.tracking.deployment import WATCH
from api.tracking.journal import Journal
from api.tracking.reserve import Reserve
from api.tracking.tracker import Tracker
from api.watching.keeper import Keeper
from ecp.run import Clock
from ecp.settings import Settings
from ecp.telemetry import metrics
from ecp.webhooks import Webhooks, webhook_client
from ecp.wiring import Stores, open_stores_to_resolve
from flows.reresolve import reresolve

DRAIN_SECONDS = 5.0
FLUSH_SECONDS = 2.0
RESERVED = 4


@asynccontextmanager
async def open_keeper(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Keeper]:
    """Waits for no store and for no orchestrator."""
    runtime: Runtime[Stores] = Runtime(
        lambda: open_stores_to_resolve(settings),
        lambda: Tracker(
            settings,
            reresolve,
            WATCH,
            reserve=Reserve(least=RESERVED),
            journal=Journal(runtime.resources.registry.tell),
        ),
        drain_seconds=DRAIN_SECONDS,
        flush_seconds=FLUSH_SECONDS,
    )
    await runtime.start()
    try:
        async with webhook_client(settings) as client:
            yield Keeper(settings, runtime, Webhooks(client, settings), clock=clock)
    finally:
        await runtime.stop()
        metrics.process_ended()
