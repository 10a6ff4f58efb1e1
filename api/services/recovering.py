"""What a process that is gone has left: attempts that nobody ends, answers promised, ends the orchestrator missed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from prefect.client.schemas.objects import State

from api.deps import RequestInfo
from api.services.core import awaited
from api.services.questions import Questions
from ecp.domain.answer import Resolution, Status
from ecp.domain.report import report
from ecp.errors import ECPError, ResolutionConflict
from ecp.run import Run
from ecp.stores.protocols import Attempt, LeftBehind, Opened
from ecp.telemetry.logs import get_logger
from ecp.wiring import Stores
from tasks.opening import reopen
from tasks.outcome import cut_short
from tasks.states import final_state

_log = get_logger("api.services")
AT_ONCE = 20
EVERY_SECONDS = 5.0
MOST_ATTEMPTS = 5
PATIENCE = 2.0
LOOK_SECONDS = 1.0
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
        """How much was left. Who does not reach the policies or the orchestrator lets others go first, whose answers
        lack nothing, and leaves to them what the orchestrator has not been told."""
        tracker = self._runtime.tracker
        told = tracker.registered
        able = (told or not tracker.records) and await self._can_decide()
        patience = 1.0 if able else PATIENCE
        left = await self._on_loop(lambda s: s.registry.take_over(AT_ONCE, untold=told, patience=patience))
        for one in left:
            try:
                await self._settle(one)
            except ECPError as error:
                _log.warning("not_settled", resolution_id=one.resolution_id, error=type(error).__name__)
                await self._let_go(one)
        return len(left)

    async def _let_go(self, left: LeftBehind) -> None:
        async def disowned(stores: Stores) -> None:
            stores.registry.disown(left.resolution_id)

        await self._on_loop(disowned)

    async def _can_decide(self) -> bool:
        """Whether the policies are in reach: without them every attempt fails."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._runtime.call(lambda: awaited(self._runtime.resources.policy.ping))
        except (ECPError, TimeoutError):
            return False
        return True

    async def _settle(self, left: LeftBehind) -> None:
        _log.warning("taken_over", resolution_id=left.resolution_id, status=left.status, attempt=left.attempt)
        run = self._run_of(left)
        state = final_state(left.ended or left.status, degraded=bool(run.degradations))
        if left.status == "running":
            state = await self._ended(left, run)
        await self._runtime.call(lambda: awaited(lambda: self._tell(run, state)))

    async def _tell(self, run: Run, state: State[Any]) -> None:
        self._runtime.tracker.settle(run, state, {"resolution_id": run.resolution_id})

    async def _ended(self, left: LeftBehind, run: Run) -> State[Any]:
        """How the attempt ends that nobody runs any more."""
        if await self._runtime.call(lambda: self._runtime.tracker.is_cancelled(run)):
            await self._on_loop(lambda s: _cut_short(run, s.registry.cancel, "cancelled", "cancelled"))
            return final_state("cancelled", message="cancelled while nobody ran it")
        if left.promised is not None and left.attempt < MOST_ATTEMPTS:
            await self._go_on(left)
        else:
            await self._on_loop(lambda s: _cut_short(run, s.registry.interrupt, "failed", "interrupted"))
        return final_state("failed", message=INTERRUPTED)

    async def _go_on(self, left: LeftBehind) -> None:
        """A rerun, for an asker who was told that the work goes on."""
        given = {"request_id": RECOVERED.request_id}
        try:
            run = await self._on_loop(lambda s: reopen(self._settings, s, left.resolution_id, given=given, left=left))
        except ResolutionConflict:  # it has ended, or been begun anew, in the meantime
            return
        self._begin(self._run(run))

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


async def _cut_short(run: Run, end: Callable[[Attempt], Awaitable[bool]], status: Status, event: str) -> bool:
    return await end(await cut_short(run, status, event))
