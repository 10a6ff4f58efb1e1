"""Resolutions ended before they have their answer, by who operates the platform: over REST or in Prefect's UI."""

from __future__ import annotations

from api.deps import RequestInfo
from api.services.core import awaited
from api.services.questions import Questions
from ecp.errors import NothingToCancel, StoreError
from ecp.run import Run
from ecp.stores.protocols import Opened, StoredResolution
from ecp.telemetry.logs import get_logger
from tasks.outcome import cut_short
from tasks.states import final_state

_log = get_logger("api.services")
CANCELLED = "this resolution was cancelled"


class Cancelling(Questions):
    """The registry decides: of a cancellation and the attempt's own end, one comes to be. Whoever runs the attempt is
    told afterwards, or finds out."""

    async def cancel(self, resolution_id: str, request: RequestInfo) -> None:
        """Cancelling again what was cancelled changes nothing."""
        stored = await self._stored(resolution_id)
        if stored.status == "running" and await self._cancelled(stored, request):
            return
        now = stored if stored.status != "running" else await self._stored(resolution_id)
        if now.status != "cancelled":
            detail = f"nothing of this resolution is running: it is {now.status}"
            raise NothingToCancel(detail, resolution_id=resolution_id)

    async def cancelled_elsewhere(self, run: Run) -> None:
        """Somebody cancelled its flow run. Called on the flow loop."""
        try:
            if not await run.stores.registry.cancel(await cut_short(run, "cancelled", "cancelled")):
                return
        except StoreError as error:
            _log.warning("cancellation_not_recorded", error=error.kind)
        run.cancel()

    async def _cancelled(self, stored: StoredResolution, request: RequestInfo) -> bool:
        here = self._progress.of(stored.resolution_id, stored.attempt)
        run = self._as_left(stored, request)
        attempt = await self._on_loop(lambda s: cut_short(run, "cancelled", "cancelled"))
        if not await self._on_loop(lambda s: s.registry.cancel(attempt)):
            return False
        _log.info("resolution_cancelled", resolution_id=run.resolution_id, attempt=run.attempt)
        if here is not None:
            await self._runtime.call(lambda: _stop(here))
        elif not stored.held:
            await self._runtime.call(lambda: awaited(lambda: self._close(run)))
        return True

    async def _close(self, run: Run) -> None:
        """The flow run of a process that is gone."""
        state = final_state("cancelled", message=CANCELLED)
        self._runtime.tracker.settle(run, state, {"resolution_id": run.resolution_id})

    def _as_left(self, stored: StoredResolution, request: RequestInfo) -> Run:
        opened = Opened(
            resolution_id=stored.resolution_id, attempt=stored.attempt, registry_version=stored.registry_version
        )
        return self._new_run(opened, stored.question, request)


async def _stop(run: Run) -> None:
    run.cancel()
