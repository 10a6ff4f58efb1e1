"""The context of one resolution while it runs: what it may use, how long it has, and what it has done so far."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol, TypeVar

from ecp.domain.answer import DagNode, Degradation, Resolution
from ecp.domain.authorization import Decision, PolicyInput
from ecp.domain.catalogue import Catalogue
from ecp.domain.narrowing import Narrowing
from ecp.domain.question import Question
from ecp.domain.subject import Measured
from ecp.domain.watch import Claim
from ecp.errors import (
    DeadlineExceeded,
    ECPError,
    ResolutionCancelled,
    StoreError,
    StoreKnownDown,
    StoreMalformed,
    StoreRejected,
    StoreTimeout,
)
from ecp.resilience.guard import Guards
from ecp.resilience.retry import Backoff, RetryAllowance
from ecp.resilience.table import StorePolicy, table
from ecp.settings import Settings
from ecp.stores.protocols import (
    Checkpoint,
    Embedder,
    GraphStore,
    PolicyEngine,
    Registry,
    VectorStore,
)
from ecp.stores.semantic_held import HeldSemantics
from ecp.telemetry import metrics
from ecp.telemetry.logs import RETRY_SCHEDULED, SERVICE_DEGRADED, get_logger
from ecp.trace import StageRecord, Trace

T = TypeVar("T")
Tracking = Literal["full", "summary"]
_log = get_logger(__name__)


@dataclass(frozen=True)
class Clock:
    """`monotonic` in seconds, for durations; `now` for what is written down."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True)
class Authorised:
    """What was put to the policy, and what it decided."""

    put: PolicyInput
    decision: Decision


class Stores(Protocol):
    """The stores of this process."""

    @property
    def registry(self) -> Registry: ...
    @property
    def vector(self) -> VectorStore: ...
    @property
    def graph(self) -> GraphStore: ...
    @property
    def semantic(self) -> HeldSemantics: ...
    @property
    def policy(self) -> PolicyEngine: ...
    @property
    def embedder(self) -> Embedder: ...
    @property
    def is_word(self) -> Callable[[str], bool]: ...


@dataclass
class Run:
    """One attempt at one resolution. `deadline` is in the clock's monotonic seconds; infinite means none.
    `report` is the markdown the flow leaves for operators. `instead` stays what it was when this attempt fails.
    `claim` is the watch it is for. `on_worker`: nothing else runs in its process, and no tracker tells of it.
    `failing`: there will be no answer, and stages under way end. `run_task`: runs a stage's task with its parameters,
    where that is not left to the task itself."""

    resolution_id: str
    attempt: int
    question: Question
    stores: Stores
    settings: Settings
    guards: Guards
    registry_version: str = "0"
    content_version: str = "0"
    request_id: str | None = None
    clock: Clock = field(default_factory=Clock)
    deadline: float = float("inf")
    source: random.Random = field(default_factory=random.Random)
    tracking: Tracking = "full"
    report: str = ""
    trace: Trace = field(init=False)
    allowance: RetryAllowance = field(init=False)
    given_up: set[str] = field(default_factory=set)
    degradations: list[Degradation] = field(default_factory=list)
    waits: list[tuple[str, float]] = field(default_factory=list)
    reusable: tuple[Checkpoint, ...] = ()
    flow_run_id: str | None = None
    flow_run_url: str | None = None
    run_task: Callable[[Any, Mapping[str, Any]], Awaitable[Any]] | None = None
    forced: dict[str, str] = field(default_factory=dict)
    narrowing: Narrowing | None = None
    before: Resolution | None = None
    authorised: Authorised | None = None
    claim: Claim | None = None
    on_worker: bool = False
    catalogue: Catalogue | None = None
    measured: Measured | None = None
    instead: Resolution | None = None
    resolution: Resolution | None = None
    error: ECPError | None = None
    cancelled: bool = False
    failing: bool = False
    _asked_again: set[str] = field(default_factory=set)
    _limit: asyncio.Timeout | None = None
    _table: Mapping[str, StorePolicy] = field(init=False)

    def __post_init__(self) -> None:
        self._table = table(self.settings)
        self.allowance = RetryAllowance(self.settings.deadline_seconds / 2)
        self.trace = Trace(self.attempt, self.clock.now, self.reusable)

    def remaining(self, store: str | None = None) -> float:
        """Seconds until the deadline, less what this store must leave free."""
        margin = self._table[store].margin if store else 0.0
        return self.deadline - margin - self.clock.monotonic()

    async def ask(self, store: str, fn: Callable[[], Awaitable[T]], timeout: float | None = None) -> T:
        """What the store answers, within `timeout` seconds (default: the table's) and before the deadline.

        Raises `StoreError`s; `StoreKnownDown` when this resolution gave up on the store, or an earlier one just did.
        """
        if store in self.given_up:
            raise StoreKnownDown(store, f"{store} is not asked again: it was given up on in this resolution")
        limit = min(self.patience(store, timeout), self.remaining(store))
        if limit <= 0:
            raise StoreTimeout(store, f"no time is left to ask {store}", cut_short=True)
        started = self.clock.monotonic()
        try:
            answer = await self.guards[store].call(fn, limit)
        finally:
            self._note_asked(store, started)
        self._asked_again.discard(store)
        return answer

    def patience(self, store: str, timeout: float | None = None) -> float:
        """Seconds that one call may take: more for the one that may close a breaker."""
        row = self._table[store]
        usual = row.timeout if timeout is None else timeout
        if not self.guards[store].testing:
            return usual
        return max(usual, min(row.probe, self.remaining(store) - row.reserve))

    def wait_after(self, error: StoreError, retries: int) -> float | None:
        """Seconds to wait before this store is asked again, or None: then it is given up on."""
        outcome, wait = self._next_wait(error, retries)
        if outcome is not None:
            metrics.retried(error.store, outcome)
        if wait is None:
            self._give_up(error)
            return None
        self.waits.append((error.store, wait))
        self._asked_again.add(error.store)
        _log.warning(RETRY_SCHEDULED, store=error.store, retry=retries + 1, wait_s=round(wait, 3), error=error.kind)
        return wait

    def degrade(self, component: str, *, fallback: str | None = None, effect: str | None = None) -> None:
        """The answer does without `component` and will say so, once; texts default to the table's,
        and texts that are given replace those said before."""
        row = self._table[component]
        said = Degradation(component=component, fallback=fallback or row.fallback, effect=effect or row.effect)
        for at, known in enumerate(self.degradations):
            if known.component == component:
                self.degradations[at] = said if fallback or effect else known
                return
        self.degradations.append(said)
        metrics.degraded(component)
        _log.warning(SERVICE_DEGRADED, component=component, fallback=fallback or row.fallback)

    def requires(self, store: str) -> bool:
        """Whether there is no answer while `store` cannot be asked."""
        return self._table[store].required

    def without(self, store: str) -> str:
        """What becomes of an answer while `store` cannot be asked, for people."""
        row = self._table[store]
        return row.effect if row.required else f"{row.fallback}; {row.effect}"

    @property
    def error_fields(self) -> dict[str, Any]:
        """What every error of this resolution names."""
        return {
            "resolution_id": self.resolution_id,
            "degradations": [d.model_dump() for d in self.degradations],
        }

    @property
    def nodes(self) -> tuple[DagNode, ...]:
        return self.trace.nodes()

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        return self.trace.checkpoints()

    @asynccontextmanager
    async def within_deadline(self) -> AsyncIterator[None]:
        """Raises `DeadlineExceeded` when what is inside does not finish in time, `StoreTimeout` where a required store
        was asked again until then and never answered, `ResolutionCancelled` once it is cancelled."""
        left = self.remaining()
        try:
            async with asyncio.timeout(None if left == float("inf") else left) as self._limit:
                if self.cancelled:
                    self.cancel()
                yield
        except TimeoutError:
            if not self.is_over:
                raise
            if self.cancelled:
                raise ResolutionCancelled("this resolution was cancelled", resolution_id=self.resolution_id) from None
            for store in filter(self.requires, sorted(self._asked_again)):
                raise StoreTimeout(store, f"{store} gave no answer before the deadline", cut_short=True) from None
            seconds = self.settings.deadline_seconds
            detail = f"the resolution did not finish within {seconds:g} s"
            raise DeadlineExceeded(detail, resolution_id=self.resolution_id) from None

    @property
    def is_over(self) -> bool:
        """Whether it was ended by its deadline, whose timer may come a moment early, or by `cancel`."""
        return self._limit is not None and self._limit.expired()

    def cancel(self) -> None:
        """Ends it before its time, like a deadline that has come. Called on the loop it runs on."""
        self.cancelled = True
        if self._limit is not None and not self.is_over:
            with suppress(RuntimeError):  # it is over
                self._limit.reschedule(asyncio.get_running_loop().time())

    def _next_wait(
        self, error: StoreError, retries: int
    ) -> tuple[Literal["scheduled", "exhausted", "skipped"] | None, float | None]:
        store = error.store
        if isinstance(error, StoreMalformed | StoreRejected):
            return None, None
        if not error.retryable or store in self.given_up or self.guards[store].refuses:
            return "skipped", None
        if retries >= self._table[store].retries:
            return "exhausted", None
        wait = Backoff.of(self.settings).wait(retries, self.source)
        if wait >= self.remaining(store) - self._table[store].reserve or not self.allowance.take(wait):
            return "exhausted", None
        return "scheduled", wait

    def _give_up(self, error: StoreError) -> None:
        if isinstance(error, StoreMalformed | StoreRejected):
            return
        self.given_up.add(error.store)
        if error.retryable:
            self.guards[error.store].given_up(error)

    def _note_asked(self, store: str, started: float) -> None:
        record = current_stage()
        if record is not None:
            record.asked(store, (self.clock.monotonic() - started) * 1e3)


_run: ContextVar[Run | None] = ContextVar("ecp_run", default=None)
_stage: ContextVar[StageRecord | None] = ContextVar("ecp_stage", default=None)
Opener = Callable[[str], AbstractAsyncContextManager[Run]]


def current_run() -> Run:
    """The resolution this code runs for. Raises `LookupError` outside of one."""
    run = _run.get()
    if run is None:
        raise LookupError("no resolution is running here")
    return run


def current_stage() -> StageRecord | None:
    return _stage.get()


@contextmanager
def running(run: Run) -> Iterator[Run]:
    """Inside, `current_run()` is this one."""
    token = _run.set(run)
    try:
        yield run
    finally:
        _run.reset(token)


@contextmanager
def in_stage(record: StageRecord) -> Iterator[None]:
    token = _stage.set(record)
    try:
        yield
    finally:
        _stage.reset(token)


@asynccontextmanager
async def open_run(resolution_id: str, opener: Opener | None = None) -> AsyncIterator[Run]:
    """The run in progress, or one that `opener` makes from what is stored, where nobody holds one: on a worker.

    Raises `LookupError` when there is neither."""
    run = _run.get()
    if run is not None and run.resolution_id == resolution_id:
        yield run
        return
    if opener is None:
        raise LookupError(f"nothing here can open resolution {resolution_id}")
    async with opener(resolution_id) as opened:
        with running(opened):
            yield opened
