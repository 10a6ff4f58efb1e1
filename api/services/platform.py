"""The `Service` of `api.deps`: everything the routes lean on, each part in a module of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.runtime import Runtime
from api.services.browsing import Browsing
from api.services.cancelling import Cancelling
from api.services.checks import Checks
from api.services.feedback import FeedbackOnAnswers
from api.services.recovering import Recovering
from api.services.reruns import Reruns
from api.services.watches import Watches
from api.tracking.deployment import REST
from api.tracking.journal import Journal
from api.tracking.tracker import Tracker
from ecp.settings import Settings
from ecp.wiring import Stores, open_stores
from flows.resolve import resolve as resolve_flow


class PlatformService(Reruns, Cancelling, Recovering, Watches, FeedbackOnAnswers, Browsing, Checks):
    """Everything that touches a store happens on the flow loop."""


@asynccontextmanager
async def open_service(settings: Settings) -> AsyncIterator[PlatformService]:
    """Starts the flow loop; waits for no store and for no orchestrator."""
    runtime: Runtime[Stores] = Runtime(
        lambda: open_stores(settings),
        lambda: Tracker(
            settings,
            resolve_flow,
            REST,
            journal=Journal(runtime.resources.registry.tell),
            on_cancel=lambda run: service.cancelled_elsewhere(run),
        ),
        at_once=settings.resolutions_at_once,
    )
    service = PlatformService(settings, runtime)
    await runtime.start()
    looking = asyncio.create_task(service.look_after(), name="recovery")
    try:
        yield service
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await runtime.stop()
