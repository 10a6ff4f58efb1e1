"""What the routes lean on: questions become runs of the flow, stored resolutions are shown to who may see them."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from api.deps import Accepted, Asked, Ping, RequestInfo
from api.runtime import Runtime
from api.schemas import AttemptTrace, ExecuteParameters, ProvenanceTrace
from api.tracking.tracker import Tracker
from ecp.domain.answer import Resolution
from ecp.domain.exposure import Shown, policy_input
from ecp.domain.limits import check_attributes
from ecp.domain.narrowing import NarrowFilter, Narrowing
from ecp.domain.periods import calendar_of
from ecp.domain.question import Question
from ecp.domain.review import reviewed
from ecp.errors import (
    AccessDenied,
    DeadlineExceeded,
    ECPError,
    PolicyUnavailable,
    ResolutionConflict,
    ResolutionNotFound,
    StoreError,
    StoreUnavailable,
    ValidationError,
)
from ecp.run import Clock, Run
from ecp.settings import Settings
from ecp.stores.protocols import Checkpoint, Opened, StoredResolution
from ecp.telemetry import metrics
from ecp.telemetry.context import resolution_context
from ecp.telemetry.logs import RESOLUTION_COMPLETE, RESOLUTION_STARTED, get_logger
from ecp.telemetry.metrics import BreakerState
from ecp.wiring import Stores, open_stores
from flows.resolve import resolve as resolve_flow

T = TypeVar("T")
_log = get_logger("api.service")
ENTRYPOINT = "flows/resolve.py:resolve"
NOTHING_SHOWN = frozenset({"running", "failed", "timed_out", "cancelled", "access_denied"})
NEVER_REUSED = frozenset({"execute_queries", "validate_results"})
SAFE_OUTPUTS = frozenset({"parse_intent", "resolve_period"})
POLL_SECONDS = 0.05
GRACE_POLLS = 20


@asynccontextmanager
async def open_service(settings: Settings) -> AsyncIterator[PlatformService]:
    """Starts the flow loop; waits for no store and for no orchestrator."""
    runtime = Runtime(lambda: open_stores(settings), lambda: Tracker(settings, resolve_flow, ENTRYPOINT))
    await runtime.start()
    try:
        yield PlatformService(settings, runtime)
    finally:
        await runtime.stop()


class PlatformService:
    """The `Service` of `api.deps`. Everything that touches a store happens on the flow loop."""

    def __init__(self, settings: Settings, runtime: Runtime[Stores]) -> None:
        self._settings = settings
        self._runtime = runtime
        self._ongoing: set[asyncio.Task[Resolution]] = set()

    # questions

    async def resolve(self, asked: Asked, request: RequestInfo) -> Resolution | Accepted:
        if asked.follows is not None:
            raise ValidationError("follow-up questions are not served yet; ask in full", errors=[_field("follows")])
        question = await self._question(asked)
        resolution_id, digest = str(uuid4()), _digest("resolve", question.model_dump(mode="json"))
        if request.idempotency_key is not None:
            owner = await self._owner(question, request.idempotency_key, digest, resolution_id)
            if owner != resolution_id and await self._begun(owner):
                return await self._replay(owner)
            resolution_id = owner
        opened = await self._on_loop(lambda s: s.registry.open(resolution_id, question, digest=digest))
        return await self._waited(self._run(self._new_run(opened, question, request)), resolution_id, request)

    async def execute(
        self, resolution_id: str, parameters: ExecuteParameters, request: RequestInfo
    ) -> Resolution | Accepted:
        stored = await self._stored(resolution_id)
        before = _body(stored)
        if stored.status != "complete" or before.execution_plan is None:
            raise ResolutionConflict(
                "only a complete resolution with a plan can be executed", resolution_id=resolution_id
            )
        if not before.execution_plan.queries:
            raise ResolutionConflict("this resolution has nothing to execute", resolution_id=resolution_id)
        if request.idempotency_key is not None:
            digest = _digest("execute", [resolution_id, parameters.model_dump(mode="json")])
            mark = f"{resolution_id}/{uuid4()}"
            if mark != await self._owner(stored.question, request.idempotency_key, digest, mark):
                return await self._replay(resolution_id)
        opened = await self._on_loop(lambda s: s.registry.next_attempt(resolution_id))
        question = stored.question.model_copy(update={"execute": True})
        finished = await self._finished(stored, opened)
        run = self._new_run(
            opened, question, request, reusable=finished, narrowing=_narrowing(parameters), before=before
        )
        return await self._waited(self._run(run), resolution_id, request)

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
        return _outcome(run)

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
        self, work: Coroutine[Any, Any, Resolution], resolution_id: str, request: RequestInfo
    ) -> Resolution | Accepted:
        """The answer, or the promise of one when the caller does not want to wait that long. The work goes on
        whether the caller stays or not."""
        task = asyncio.create_task(work)
        self._ongoing.add(task)
        task.add_done_callback(self._done)
        done, _ = await asyncio.wait({task}, timeout=request.wait_seconds)
        return task.result() if done else Accepted(resolution_id)

    def _done(self, task: asyncio.Task[Resolution]) -> None:
        self._ongoing.discard(task)
        if not task.cancelled():
            task.exception()

    # the same call twice

    async def _owner(self, question: Question, key: str, digest: str, mark: str) -> str:
        """Whose work this key stands for: ours (`mark`), or that of the call that had it first."""
        asker = question.asker
        caller = asker.user_id or _digest("asker", asker.model_dump(mode="json"))
        held, owner = await self._on_loop(lambda s: s.registry.claim_key(caller, key, digest, mark))
        if held != digest:
            raise ValidationError("this idempotency key was used with another body", errors=[_field("Idempotency-Key")])
        return owner

    async def _begun(self, resolution_id: str) -> bool:
        """Whether the call that took the key came as far as writing its request down; it is given a moment."""
        for _ in range(GRACE_POLLS):
            if await self._on_loop(lambda s: s.registry.resolution(resolution_id)) is not None:
                return True
            await asyncio.sleep(POLL_SECONDS)
        return False

    async def _replay(self, resolution_id: str) -> Resolution:
        """The first call's answer, waited for while that call is under way."""
        ends = asyncio.get_running_loop().time() + self._settings.deadline_seconds
        while asyncio.get_running_loop().time() < ends:
            stored = await self._on_loop(lambda s: s.registry.resolution(resolution_id))
            if stored is not None and stored.status != "running":
                return _as_answered(stored)
            await asyncio.sleep(POLL_SECONDS)
        raise DeadlineExceeded("the first call with this key has not ended yet", resolution_id=resolution_id)

    # what is stored

    async def resolution(self, resolution_id: str, request: RequestInfo) -> Resolution:
        return await self._visible(await self._stored(resolution_id))

    async def provenance(self, resolution_id: str, request: RequestInfo) -> ProvenanceTrace:
        await self._visible(await self._stored(resolution_id))
        attempts = await self._on_loop(lambda s: s.registry.attempts(resolution_id))
        kept = await self._on_loop(lambda s: s.registry.checkpoints(resolution_id))
        outputs = {c.stage: c.output for c in kept if c.stage in SAFE_OUTPUTS}
        return ProvenanceTrace(
            resolution_id=resolution_id,
            attempts=tuple(AttemptTrace.model_validate(_with_outputs(a, outputs)) for a in attempts),
        )

    async def _stored(self, resolution_id: str) -> StoredResolution:
        stored = await self._on_loop(lambda s: s.registry.resolution(resolution_id))
        if stored is None:
            raise ResolutionNotFound("there is no resolution with this id", resolution_id=resolution_id)
        return stored

    async def _visible(self, stored: StoredResolution) -> Resolution:
        """Authorised anew for its own asker: what the policy no longer allows is not shown."""
        body = _body(stored)
        if stored.status in NOTHING_SHOWN:
            return body
        return await self._on_loop(lambda s: self._reviewed(s, stored, body))

    async def _reviewed(self, stores: Stores, stored: StoredResolution, body: Resolution) -> Resolution:
        catalogue = await stores.registry.catalogue(stored.registry_version)
        shown = Shown(
            concepts=body.resolved_concepts,
            subjects=_subjects(body),
            options=body.options,
            unresolved=body.unresolved,
            caveats=tuple(w.id for w in body.warnings if w.source == "tribal_knowledge"),
        )
        question = policy_input(stored.question, shown, catalogue)
        limit = self._settings.store_timeout_seconds
        try:
            decision = await stores.guards["policy"].call(lambda: stores.policy.decide(question, timeout=limit), limit)
        except StoreError as error:
            raise PolicyUnavailable(
                "the policy could not be evaluated, so nothing is shown; try again shortly",
                resolution_id=stored.resolution_id,
                retry_after=5,
            ) from error
        if not decision.allowed:
            reasons = list(decision.reasons)
            raise AccessDenied(_because(reasons), resolution_id=stored.resolution_id, reasons=reasons)
        return reviewed(body, decision, catalogue)

    # health

    def pings(self) -> Mapping[str, Ping]:
        stores = self._runtime.resources
        asked = {
            "vector": stores.vector.ping,
            "graph": stores.graph.ping,
            "registry": stores.registry.ping,
            "semantic": stores.semantic.ping,
            "policy": stores.policy.ping,
            "orchestrator": self._orchestrator,
            "known_issues": lambda: _either(stores.graph.ping, stores.vector.ping),
        }
        return {name: self._ping(ping) for name, ping in asked.items()}

    def breakers(self) -> Mapping[str, BreakerState]:
        guards = self._runtime.resources.guards
        return {store: guard.breaker.state for store, guard in guards.items() if guard.breaker is not None}

    def _ping(self, ping: Ping) -> Ping:
        async def on_loop() -> None:
            await self._runtime.call(lambda: _awaited(ping))

        return on_loop

    async def _orchestrator(self) -> None:
        server = self._runtime.tracker.server
        if server is None or not server.up:
            raise StoreUnavailable("orchestrator", "the orchestrator does not answer")

    async def _on_loop(self, ask: Callable[[Stores], Awaitable[T]]) -> T:
        return await self._runtime.call(lambda: _awaited(lambda: ask(self._runtime.resources)))


async def _awaited(make: Callable[[], Awaitable[T]]) -> T:
    return await make()


async def _either(one: Ping, other: Ping) -> None:
    """Serves when at least one of both does."""
    failures = await asyncio.gather(one(), other(), return_exceptions=True)
    if all(isinstance(f, BaseException) for f in failures):
        raise StoreUnavailable("known_issues", "neither the graph nor the vectors answer")


def _outcome(run: Run) -> Resolution:
    """The resolution, or the error that says why there is none; both name the resolution and what was degraded."""
    if run.error is not None:
        run.error.extra.setdefault("resolution_id", run.resolution_id)
        run.error.extra.setdefault("degradations", [d.model_dump() for d in run.degradations])
        raise run.error
    if run.resolution is None:
        raise ECPError("the resolution ended without an answer", resolution_id=run.resolution_id)
    return _refused(run.resolution)


def _refused(resolution: Resolution) -> Resolution:
    if resolution.status != "access_denied":
        return resolution
    reasons = list(resolution.authorization.reasons) if resolution.authorization else []
    raise AccessDenied(
        _because(reasons),
        resolution_id=resolution.resolution_id,
        reasons=reasons,
        degradations=[d.model_dump() for d in resolution.degradations],
    )


def _because(reasons: list[str]) -> str:
    return f"the policy denies this: {'; '.join(reasons)}" if reasons else "the policy denies this"


def _as_answered(stored: StoredResolution) -> Resolution:
    """What the first call was told."""
    body = _body(stored)
    if stored.status == "timed_out":
        raise DeadlineExceeded("the resolution did not finish in time", resolution_id=stored.resolution_id)
    if stored.status in ("failed", "cancelled"):
        raise StoreUnavailable(
            "registry", "the first call with this key did not come to an answer", resolution_id=stored.resolution_id
        )
    return _refused(body)


def _body(stored: StoredResolution) -> Resolution:
    if stored.body is None:
        return Resolution(
            resolution_id=stored.resolution_id,
            status="running",
            as_of=stored.question.as_of,
            attempt=stored.attempt,
        )
    return Resolution.model_validate(stored.body)


def _subjects(body: Resolution) -> tuple[str, ...]:
    answer = body.answer or {}
    entries = [*answer.get("entries", ()), *answer.get("metrics", ())]
    return tuple(e["id"] for e in entries) + ((answer["target"],) if "target" in answer else ())


def _with_outputs(attempt: dict[str, Any], outputs: Mapping[str, Any]) -> dict[str, Any]:
    stages = [{**s, "inputs": s.get("depends_on", []), "output": outputs.get(s["id"])} for s in attempt["stages"]]
    return {**attempt, "stages": stages}


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


def _digest(operation: str, content: Any) -> str:
    return hashlib.sha256(json.dumps([operation, content], sort_keys=True).encode()).hexdigest()


def _field(name: str) -> dict[str, Any]:
    return {"loc": [name], "message": "not accepted"}
