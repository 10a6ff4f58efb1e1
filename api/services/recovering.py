"""What a process that is gone has left: attempts that nobody ends, answers promised, ends the orchestrator missed."""

from __future__ import annotations

import asyncio
from typing import Any

from api.deps import RequestInfo
from api.services.core import awaited
from api.services.questions import Questions
from ecp.domain.answer import Resolution
from ecp.domain.narrowing import Narrowing
from ecp.domain.report import report
from ecp.errors import ECPError, StoreUnavailable
from ecp.run import Run
from ecp.stores.protocols import LeftBehind, Opened
from ecp.telemetry.logs import get_logger
from tasks.outcome import ending
from tasks.states import final_state

_log = get_logger("api.services")
AT_ONCE = 20
EVERY_SECONDS = 5.0
MOST_ATTEMPTS = 5
INTERRUPTED = "the process that ran this ended before it did"
RECOVERED = RequestInfo(request_id="recovered")


class Recovering(Questions):
    """Each thing that is left is taken over by one process, which ends it or goes on with it."""

    async def look_after(self, every: float = EVERY_SECONDS) -> None:
        """Looks for ever; never in anybody's way."""
        while True:
            await asyncio.sleep(every)
            try:
                await self.take_over()
            except ECPError as error:
                _log.debug("nothing_taken_over", error=type(error).__name__)
            except Exception:
                _log.exception("not_recovered")

    async def take_over(self) -> int:
        """How much was left."""
        untold = self._runtime.tracker.records
        left = await self._on_loop(lambda s: s.registry.take_over(AT_ONCE, untold=untold))
        for one in left:
            await self._settle(one)
        return len(left)

    async def _settle(self, left: LeftBehind) -> None:
        _log.warning("taken_over", resolution_id=left.resolution_id, status=left.status, attempt=left.attempt)
        run = self._run_of(left)
        if left.status == "running" and left.promised is not None and left.attempt < MOST_ATTEMPTS:
            await self._go_on(left, left.promised)
        elif left.status == "running":
            await self._runtime.call(lambda: _interrupted(run))
        await self._runtime.call(lambda: awaited(lambda: self._tell(run, left)))

    async def _tell(self, run: Run, left: LeftBehind) -> None:
        if left.status == "running":
            state = final_state("failed", message=INTERRUPTED)
        else:
            state = final_state(left.status, degraded=bool(run.degradations))
        self._runtime.tracker.settle(run, state, {"resolution_id": run.resolution_id})

    async def _go_on(self, left: LeftBehind, promised: dict[str, Any]) -> None:
        """The next attempt, for an asker who was told that the work goes on."""
        opened = await self._on_loop(lambda s: s.registry.next_attempt(left.resolution_id, after=left.attempt))
        earlier: dict[str, Any] = {}
        question = left.question
        if promised.get("execute") and left.answer is not None:
            question = question.model_copy(update={"execute": True})
            narrowing = promised.get("narrowing")
            earlier["before"] = Resolution.model_validate(left.answer)
            earlier["narrowing"] = Narrowing.model_validate(narrowing) if narrowing else None
        self._begin(self._run(self._new_run(opened, question, RECOVERED, **earlier)))

    def _run_of(self, left: LeftBehind) -> Run:
        """The attempt as it was left."""
        opened = Opened(
            resolution_id=left.resolution_id,
            attempt=left.attempt,
            registry_version=left.registry_version,
            content_version=left.content_version,
        )
        run = self._new_run(opened, left.question, RECOVERED)
        if left.body is not None:
            run.resolution = Resolution.model_validate(left.body)
            run.degradations = list(run.resolution.degradations)
            run.report = report(run.resolution, discreet=run.settings.env == "prod")
            run.flow_run_id = run.resolution.provenance.flow_run_id if run.resolution.provenance else None
        return run


async def _interrupted(run: Run) -> None:
    async with ending(run):
        raise StoreUnavailable("orchestrator", INTERRUPTED, resolution_id=run.resolution_id)
