"""Questions become runs of the flow, and plans of complete resolutions are executed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from api.admission import busy
from api.deps import Accepted, Asked, RequestInfo
from api.runtime import Runtime
from api.schemas import ExecuteParameters
from api.services.core import body_of
from api.services.idempotency import Idempotency, digest_of, not_accepted
from api.services.refusals import outcome
from ecp.domain.answer import Resolution
from ecp.domain.limits import check_attributes
from ecp.domain.narrowing import NarrowFilter, Narrowing
from ecp.domain.periods import calendar_of
from ecp.domain.question import Question
from ecp.domain.values import JsonObject
from ecp.errors import ResolutionConflict, ValidationError
from ecp.run import Clock, Run
from ecp.settings import Settings
from ecp.stores.protocols import Checkpoint, Opened, StoredResolution
from ecp.telemetry import metrics
from ecp.telemetry.context import resolution_context
from ecp.telemetry.logs import RESOLUTION_COMPLETE, RESOLUTION_STARTED, get_logger
from ecp.wiring import Stores

_log = get_logger("api.services")
NEVER_REUSED = frozenset({"execute_queries", "validate_results"})


class Questions(Idempotency):
    """`resolve` and `execute`."""

    def __init__(self, settings: Settings, runtime: Runtime[Stores]) -> None:
        super().__init__(settings, runtime)
        self._ongoing: set[asyncio.Task[Resolution]] = set()

    async def resolve(self, asked: Asked, request: RequestInfo) -> Resolution | Accepted:
        if asked.follows is not None:
            raise ValidationError(
                "follow-up questions are not served yet; ask in full", errors=[not_accepted("follows")]
            )
        self._admit()
        question = await self._question(asked)
        resolution_id, digest = str(uuid4()), digest_of("resolve", question.model_dump(mode="json"))
        if request.idempotency_key is not None:
            owner = await self._owner(question, request.idempotency_key, digest, resolution_id)
            if owner != resolution_id and await self._begun(owner):
                return await self._replay(owner)
            resolution_id = owner
        opened = await self._on_loop(lambda s: s.registry.open(resolution_id, question, digest=digest))
        return await self._waited(self._run(self._new_run(opened, question, request)), resolution_id, request, {})

    async def execute(
        self, resolution_id: str, parameters: ExecuteParameters, request: RequestInfo
    ) -> Resolution | Accepted:
        self._admit()
        stored = await self._stored(resolution_id)
        before = body_of(stored)
        if stored.status != "complete" or before.execution_plan is None:
            raise ResolutionConflict(
                "only a complete resolution with a plan can be executed", resolution_id=resolution_id
            )
        if not before.execution_plan.queries:
            raise ResolutionConflict("this resolution has nothing to execute", resolution_id=resolution_id)
        if request.idempotency_key is not None:
            digest = digest_of("execute", [resolution_id, parameters.model_dump(mode="json")])
            mark = f"{resolution_id}/{stored.attempt}/{uuid4()}"
            owner = await self._owner(stored.question, request.idempotency_key, digest, mark)
            if owner != mark and await self._executed_since(resolution_id, after := int(owner.split("/")[1])):
                return await self._replay(resolution_id, after=after)
        opened = await self._on_loop(lambda s: s.registry.next_attempt(resolution_id))
        question = stored.question.model_copy(update={"execute": True})
        finished = await self._finished(stored, opened)
        run = self._new_run(
            opened, question, request, reusable=finished, narrowing=_narrowing(parameters), before=before
        )
        narrowing = run.narrowing.model_dump(mode="json") if run.narrowing else None
        return await self._waited(self._run(run), resolution_id, request, {"execute": True, "narrowing": narrowing})

    def _admit(self) -> None:
        """What goes on without its caller counts as well, or a queue would grow behind every 202."""
        if len(self._ongoing) >= self._settings.requests_at_once:
            raise busy("As many resolutions as can be worked on are under way.")

    async def _finished(self, stored: StoredResolution, opened: Opened) -> tuple[Checkpoint, ...]:
        """What need not be found out again: nothing once the registry has moved on, and never the numbers."""
        if opened.registry_version != stored.registry_version:
            return ()
        kept = await self._on_loop(lambda s: s.registry.checkpoints(stored.resolution_id))
        return tuple(c for c in kept if c.stage not in NEVER_REUSED)

    async def _question(self, asked: Asked) -> Question:
        as_of = asked.as_of
        catalogue = await self._on_loop(lambda s: s.registry.catalogue())
        check_attributes(asked.asker, catalogue)
        if as_of is None:
            calendar, _ = calendar_of(catalogue)
            as_of = datetime.now(UTC).astimezone(ZoneInfo(calendar.timezone)).date()
        return Question(text=asked.text, asker=asked.asker, as_of=as_of, execute=asked.execute, follows=asked.follows)

    def _new_run(self, opened: Opened, question: Question, request: RequestInfo, **earlier: Any) -> Run:
        stores = self._runtime.resources
        return Run(
            resolution_id=opened.resolution_id,
            attempt=opened.attempt,
            question=question,
            stores=stores,
            settings=self._settings,
            guards=stores.guards,
            registry_version=opened.registry_version,
            content_version=opened.content_version,
            request_id=request.request_id,
            deadline=Clock().monotonic() + self._settings.deadline_seconds,
            **earlier,
        )

    async def _run(self, run: Run) -> Resolution:
        started = run.clock.monotonic()
        with resolution_context(run.resolution_id, question=run.question.text):
            _log.info(RESOLUTION_STARTED, attempt=run.attempt)
            try:
                await self._runtime.execute(run, {"resolution_id": run.resolution_id})
            finally:
                self._report(run, run.clock.monotonic() - started)
        return outcome(run)

    def _report(self, run: Run, seconds: float) -> None:
        status = run.resolution.status if run.resolution else "failed"
        finished = metrics.execute_finished if run.before is not None else metrics.resolve_finished
        finished(status, seconds)
        if run.resolution is not None and run.resolution.confidence_score is not None:
            metrics.answered_with_confidence(run.resolution.confidence_score)
        _log.info(
            RESOLUTION_COMPLETE,
            status=status,
            tracking=run.tracking,
            duration_ms=round(seconds * 1e3, 3),
        )

    async def _waited(
        self, work: Coroutine[Any, Any, Resolution], resolution_id: str, request: RequestInfo, how: JsonObject
    ) -> Resolution | Accepted:
        """The answer, or the promise of one when the caller does not want to wait that long. The work goes on
        whether the caller stays or not; once promised, also when this process does not: as `how` says."""
        task = self._begin(work)
        done, _ = await asyncio.wait({task}, timeout=request.wait_seconds)
        if done:
            return task.result()
        await self._on_loop(lambda s: s.registry.promise(resolution_id, how))
        return Accepted(resolution_id)

    def _begin(self, work: Coroutine[Any, Any, Resolution]) -> asyncio.Task[Resolution]:
        task = asyncio.create_task(work)
        self._ongoing.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Resolution]) -> None:
        self._ongoing.discard(task)
        if not task.cancelled():
            task.exception()


def _narrowing(parameters: ExecuteParameters) -> Narrowing | None:
    if parameters == ExecuteParameters():
        return None
    filters = tuple(NarrowFilter.model_validate(f.model_dump()) for f in parameters.filters)
    period = parameters.period
    return Narrowing(
        filters=filters,
        start=period.start if period else None,
        end=period.end if period else None,
        limit=parameters.limit,
    )
