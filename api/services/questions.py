"""Questions become runs of the flow, and plans of complete resolutions are executed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from api.admission import busy
from api.deps import Accepted, Asked, RequestInfo
from api.runtime import Runtime
from api.schemas import ExecuteParameters
from api.services.cache import key_of
from api.services.core import body_of, of_registry
from api.services.events import Telling
from api.services.idempotency import digest_of, not_ended
from api.services.refusals import outcome
from api.services.sharing import Flight, Sharing
from ecp.domain.answer import Resolution
from ecp.domain.catalogue import Catalogue
from ecp.domain.clarify import choose
from ecp.domain.compose import NO_MODEL
from ecp.domain.limits import check_attributes
from ecp.domain.narrowing import NarrowFilter, Narrowing
from ecp.domain.periods import calendar_of
from ecp.domain.question import Asker, Question
from ecp.domain.rerun import ENDED_BADLY
from ecp.domain.values import JsonObject
from ecp.errors import (
    AccessDenied,
    AlreadyRunning,
    NothingToRerun,
    ResolutionCancelled,
    ResolutionConflict,
)
from ecp.run import Clock, Run
from ecp.settings import Settings
from ecp.stores.protocols import Checkpoint, Opened, StoredResolution
from ecp.telemetry import metrics
from ecp.telemetry.context import resolution_context
from ecp.telemetry.logs import RESOLUTION_COMPLETE, RESOLUTION_STARTED, get_logger
from ecp.upkeep.retention import not_kept
from ecp.wiring import Stores
from tasks.checkpoints import earlier
from tasks.opening import NEVER_REUSED, reopen, run_of

_log = get_logger("api.services")
FOLLOWABLE = frozenset({"complete", "disambiguation_required", "unresolved"})
CAME_TO_NONE = ENDED_BADLY - {"cancelled"}


class Questions(Sharing, Telling):
    """`resolve`, `clarify` and `execute`."""

    def __init__(self, settings: Settings, runtime: Runtime[Stores]) -> None:
        super().__init__(settings, runtime)
        self._ongoing: set[asyncio.Task[Resolution]] = set()
        self._latest: Catalogue | None = None

    async def resolve(self, asked: Asked, request: RequestInfo) -> Resolution | Accepted:
        if asked.follows is not None:
            await self._check_followed(asked.follows, asked.asker)
            return await self._alone(asked, request)
        if not self._shares(request):
            metrics.cache_asked("bypass")
            return await self._alone(asked, request)
        question = _settled(asked, self._latest) if self._latest else await self._question(asked)
        key = key_of(question)
        if (flight := self._flights.get(key)) is None:
            if (answer := await self._held(key, request)) is not None:
                metrics.cache_asked("hit")
                return answer
            flight = self._flights.get(key)  # one may have begun meanwhile
        if flight is not None:
            return await self._joined(flight, key, asked, request)
        metrics.cache_asked("miss")
        return await self._leading(key, asked, request)

    async def _joined(self, flight: Flight, key: str, asked: Asked, request: RequestInfo) -> Resolution | Accepted:
        """The answer that is under way, if it may be given to others; else one of its own, in the time that is left."""
        mine = replace(request, taken_at=_taken_at(request))
        if not await flight.landed(request.wait_seconds):
            await self._on_loop(lambda s: s.registry.promise(flight.resolution_id, {}))
            return Accepted(flight.resolution_id)
        if flight.cancelled:
            raise ResolutionCancelled("this resolution was cancelled", resolution_id=flight.resolution_id)
        answer = await self._held(key, request)
        metrics.cache_asked("miss" if answer is None else "shared")
        return await self._alone(asked, mine) if answer is None else answer

    async def _leading(self, key: str, asked: Asked, request: RequestInfo) -> Resolution | Accepted:
        self._admit()
        flight = self._flights[key] = Flight(str(uuid4()))
        try:
            question, opened = await self._written_down(asked, flight.resolution_id)
        except BaseException:
            self._land(key, flight)
            raise
        work = self._landing(key, flight, self._new_run(opened, question, request))
        return await self._waited(work, flight.resolution_id, request, {})

    async def _landing(self, key: str, flight: Flight, run: Run) -> Resolution:
        try:
            return await self._run(run)
        finally:
            self._land(key, flight, run)

    async def _alone(self, asked: Asked, request: RequestInfo) -> Resolution | Accepted:
        self._admit()
        resolution_id = str(uuid4())
        if request.idempotency_key is not None:
            question = await self._question(asked)
            owner = await self._owner(question, request.idempotency_key, _digest(question), resolution_id)
            if owner != resolution_id and await self._begun(owner):
                return await self._replay(owner, request)
            resolution_id = owner
        question, opened = await self._written_down(asked, resolution_id)
        if request.idempotency_key is not None and not opened.fresh:
            return await self._replay(resolution_id, request)
        run = self._new_run(opened, question, request)
        return await self._waited(self._run(run), resolution_id, request, {})

    async def _replay(self, resolution_id: str, request: RequestInfo, after: int = 0) -> Resolution | Accepted:
        """What the first call behind attempt `after` was answered, waited for while that is under way and this caller
        waits; a call that came to no answer is made again."""
        left = max(0.0, self._deadline(request) - Clock().monotonic())
        patience = left if request.wait_seconds is None else min(left, request.wait_seconds)
        ended = await self._first_ended(resolution_id, after, patience)
        if ended is None:
            return await self._not_yet(resolution_id, request)
        if ended.status not in CAME_TO_NONE:
            return await self._told_again(ended)
        newest = await self._stored(resolution_id)
        if newest.attempt > ended.attempt:
            return await self._replay(resolution_id, request, ended.attempt)
        return await self._made_again(resolution_id, request, ended.attempt)

    async def _not_yet(self, resolution_id: str, request: RequestInfo) -> Accepted:
        if request.wait_seconds is None:
            raise not_ended(resolution_id)
        return await self._promised(resolution_id, {})

    async def _made_again(self, resolution_id: str, request: RequestInfo, after: int) -> Resolution | Accepted:
        """By one of those who call again at once; the others wait for its answer."""
        self._admit()
        given = {"request_id": request.request_id, "deadline": self._deadline(request)}
        try:
            run = await self._on_loop(lambda s: reopen(self._settings, s, resolution_id, given=given))
        except (AlreadyRunning, NothingToRerun):
            return await self._replay(resolution_id, request, after)
        return await self._waited(self._run(run), resolution_id, request, {})

    async def _written_down(self, asked: Asked, resolution_id: str) -> tuple[Question, Opened]:
        """The request with its day, in one visit to the loop of the stores."""
        return await self._on_loop(lambda s: self._open(s, asked, resolution_id))

    async def _open(self, stores: Stores, asked: Asked, resolution_id: str) -> tuple[Question, Opened]:
        with resolution_context(resolution_id, question=asked.text):
            question = await self._understood(stores, asked)
            opened = await of_registry(stores, lambda r: r.open(resolution_id, question, digest=_digest(question)))
            return question, opened

    async def execute(
        self, resolution_id: str, parameters: ExecuteParameters, request: RequestInfo
    ) -> Resolution | Accepted:
        self._admit()
        stored = await self._stored(resolution_id)
        if request.idempotency_key is not None:
            digest = digest_of("execute", [resolution_id, parameters.model_dump(mode="json")])
            mark = f"{resolution_id}/{stored.attempt}/{uuid4()}"
            owner = await self._owner(stored.question, request.idempotency_key, digest, mark)
            if owner != mark and (answer := await self._answered_since(resolution_id, int(owner.split("/")[1]))):
                return answer
        before = body_of(stored)
        if stored.status != "complete" or before.execution_plan is None:
            raise ResolutionConflict(
                "only a complete resolution with a plan can be executed", resolution_id=resolution_id
            )
        if any(w.id == NO_MODEL for w in before.warnings):
            raise ResolutionConflict(
                "the semantic layer has no model of what this resolution measures; import the pack with its Cube model "
                "and ask again",
                resolution_id=resolution_id,
            )
        if not before.execution_plan.queries:
            raise ResolutionConflict("this resolution has nothing to execute", resolution_id=resolution_id)
        opened = await self._of_registry(lambda r: r.next_attempt(resolution_id))
        question = stored.question.model_copy(update={"execute": True})
        finished = await self._finished(stored, opened)
        run = self._new_run(
            opened, question, request, reusable=finished, narrowing=_narrowing(parameters), before=before
        )
        return await self._waited(self._run(run), resolution_id, request, how_of(run))

    def _admit(self) -> None:
        """What goes on without its caller counts as well, or a queue would grow behind every 202."""
        if len(self._ongoing) >= self._settings.requests_at_once + self._settings.requests_waiting:
            raise busy("As many resolutions as can be worked on soon are under way.")

    async def clarify(self, resolution_id: str, option: str, request: RequestInfo) -> Resolution | Accepted:
        """Goes on from the option; what is shown of the options, and what comes of it, is authorised anew."""
        stored = await self._stored(resolution_id)
        if request.idempotency_key is not None:
            digest, mark = digest_of("clarify", [resolution_id, option]), f"{resolution_id}/{stored.attempt}/{uuid4()}"
            owner = await self._owner(stored.question, request.idempotency_key, digest, mark)
            if owner != mark and (answer := await self._answered_since(resolution_id, int(owner.split("/")[1]))):
                return answer
        if stored.status != "disambiguation_required":
            raise ResolutionConflict(
                f"there is nothing to choose: the resolution is {stored.status}", resolution_id=resolution_id
            )
        self._admit()
        shown = await self._visible(stored)
        chosen = choose(shown.options, option)
        opened = await self._of_registry(lambda r: r.next_attempt(resolution_id, after=stored.attempt, chosen=chosen))
        question = stored.question.model_copy(update={"chosen": {**stored.question.chosen, **chosen}})
        finished = tuple(c for c in await self._finished(stored, opened) if c.stage != "select_definitions")
        run = self._new_run(opened, question, request, reusable=finished, instead=body_of(stored))
        return await self._waited(self._run(run), resolution_id, request, {})

    async def _check_followed(self, resolution_id: str, asker: Asker) -> None:
        """Only what this asker may see can be followed: else it is as if it were not there. What was denied to the
        asker is gone round: a question after it goes on from the one before."""
        stored = await self._stored(resolution_id)
        own = stored.question.asker == asker
        if own and stored.status == "access_denied":
            return
        if stored.status not in FOLLOWABLE:
            if own:
                raise ResolutionConflict(
                    f"there is nothing to go on from: the resolution is {stored.status}", resolution_id=resolution_id
                )
            raise not_kept(self._settings, resolution_id)
        question = stored.question.model_copy(update={"asker": asker})
        try:
            await self._visible(stored.model_copy(update={"question": question}))
        except AccessDenied:
            raise not_kept(self._settings, resolution_id) from None

    async def _finished(self, stored: StoredResolution, opened: Opened) -> tuple[Checkpoint, ...]:
        """What need not be found out again: nothing once the registry has moved on, and never the numbers."""
        before = await self._on_loop(lambda s: earlier(s, stored.resolution_id))
        return tuple(c for c in before.reusable(opened.registry_version) if c.stage not in NEVER_REUSED)

    async def _question(self, asked: Asked) -> Question:
        return await self._on_loop(lambda s: self._understood(s, asked))

    async def _understood(self, stores: Stores, asked: Asked) -> Question:
        # The assets of a version that is new here take longer to read than a call may.
        longer = self._settings.query_timeout_seconds
        catalogue = self._latest = await of_registry(stores, lambda r: r.catalogue(), longer)
        check_attributes(asked.asker, catalogue)
        return _settled(asked, catalogue)

    def _new_run(self, opened: Opened, question: Question, request: RequestInfo, **earlier: Any) -> Run:
        fields = {"request_id": request.request_id, "deadline": self._deadline(request), **earlier}
        return run_of(self._settings, self._runtime.resources, opened, question, **fields)

    def _deadline(self, request: RequestInfo) -> float:
        """A caller sees one: what it was waited for to be admitted, and written down, counts as well."""
        return _taken_at(request) + self._settings.deadline_seconds

    async def _run(self, run: Run) -> Resolution:
        started = run.clock.monotonic()
        with resolution_context(run.resolution_id, question=run.question.text):
            _log.info(RESOLUTION_STARTED, attempt=run.attempt)
            try:
                with self._progress.under_way(run):
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
        return await self._promised(resolution_id, how)

    async def _promised(self, resolution_id: str, how: JsonObject) -> Accepted:
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


def _taken_at(request: RequestInfo) -> float:
    return Clock().monotonic() if request.taken_at is None else request.taken_at


def _settled(asked: Asked, catalogue: Catalogue) -> Question:
    """The question with its day: today in the calendar's zone, unless it was given."""
    as_of = asked.as_of
    if as_of is None:
        calendar, _ = calendar_of(catalogue)
        as_of = calendar.day_of(datetime.now(UTC))
    return Question(text=asked.text, asker=asked.asker, as_of=as_of, execute=asked.execute, follows=asked.follows)


def how_of(run: Run) -> JsonObject:
    """How another process would go on with it."""
    if run.before is None:
        return {}
    return {"execute": True, "narrowing": run.narrowing.model_dump(mode="json") if run.narrowing else None}


def _digest(question: Question) -> str:
    return digest_of("resolve", question.model_dump(mode="json"))


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
