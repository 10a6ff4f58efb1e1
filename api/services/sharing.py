"""The same question at once is resolved once, and for a while afterwards not again."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from api.deps import RequestInfo
from api.runtime import Runtime
from api.services.cache import AnswerCache, key_of
from api.services.confirming import Confirming
from api.services.idempotency import Idempotency
from ecp.domain.answer import Resolution
from ecp.run import Run
from ecp.settings import Settings
from ecp.telemetry import metrics
from ecp.telemetry.context import resolution_context
from ecp.telemetry.logs import RESOLUTION_COMPLETE, get_logger
from ecp.wiring import Stores

_log = get_logger("api.services")


@dataclass(frozen=True)
class Flight:
    """A resolution under way that others wait for as well."""

    resolution_id: str
    over: asyncio.Event = field(default_factory=asyncio.Event)
    ended: list[Run] = field(default_factory=list)

    @property
    def cancelled(self) -> bool:
        return any(run.cancelled for run in self.ended)

    async def landed(self, seconds: float | None) -> bool:
        """Whether it was over in time. Who stops waiting changes nothing for it."""
        try:
            async with asyncio.timeout(seconds):
                await self.over.wait()
        except TimeoutError:
            return False
        return True


class Sharing(Idempotency):
    """A key of idempotency, and an answer that is not waited for, ask for a resolution of their own."""

    def __init__(self, settings: Settings, runtime: Runtime[Stores]) -> None:
        super().__init__(settings, runtime)
        self._answers = AnswerCache(time.monotonic, seconds=settings.cache_seconds, most=settings.cache_entries)
        self._confirming = Confirming(settings)
        self._flights: dict[str, Flight] = {}

    def _shares(self, request: RequestInfo) -> bool:
        alone = request.fresh or request.idempotency_key is not None or request.wait_seconds == 0
        return self._answers.on and not alone

    async def _held(self, key: str, request: RequestInfo) -> Resolution | None:
        """The kept answer, if it still holds for this asker; there is a record of its being given then."""
        kept = self._answers.get(key)
        if kept is None:
            return None
        began = time.monotonic()
        with resolution_context(kept.resolution.resolution_id, question=kept.question.text):
            if not await self._on_loop(lambda s: self._confirming.confirmed(s, kept, request.request_id)):
                self._answers.drop(key, kept)
                return None
            self._given(kept.resolution, time.monotonic() - began)
        return kept.shown(time.monotonic())

    def _given(self, resolution: Resolution, seconds: float) -> None:
        metrics.resolve_finished(resolution.status, seconds)
        told = resolution.provenance
        milliseconds = round(seconds * 1e3, 3)
        _log.info(
            RESOLUTION_COMPLETE,
            status=resolution.status,
            tracking=told.tracking,
            cached=True,
            duration_ms=milliseconds,
        )

    def _land(self, key: str, flight: Flight, run: Run | None = None) -> None:
        """What the run found is kept before the others look for it."""
        if run is not None:
            flight.ended.append(run)
            self._answers.put(key_of(run.question), run)
        del self._flights[key]
        flight.over.set()
