"""One guard for each store and process: refuses what is known to fail, times the rest, and learns from it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, TypeVar

from ecp.errors import CircuitOpen, StoreError, StoreKnownDown, StoreRejected, StoreTimeout
from ecp.resilience.breaker import Breaker
from ecp.resilience.memory import Memory
from ecp.resilience.table import STORES, StorePolicy, table
from ecp.settings import Settings
from ecp.telemetry import metrics, spans
from ecp.telemetry.logs import STORE_QUERY, get_logger

T = TypeVar("T")
Ping = Callable[[], Awaitable[None]]
_log = get_logger(__name__)
AGAIN_SECONDS = 5
LOOK_SECONDS = 0.1


class Guard:
    """Stands before one store. `clock` is monotonic seconds."""

    def __init__(self, policy: StorePolicy, *, clock: Callable[[], float], breaker: Breaker | None, memory: Memory):
        self.policy = policy
        self.breaker = breaker
        self._memory = memory
        self._clock = clock
        self._answered_at = -math.inf

    @property
    def known_down(self) -> bool:
        return self.breaker is None and self._memory.down

    @property
    def refuses(self) -> bool:
        return self.known_down or (self.breaker is not None and self.breaker.refuses)

    @property
    def again_in(self) -> int:
        """Whole seconds after which a caller who was refused for want of this store may ask again."""
        refused_for = self.breaker.refuses_for if self.breaker else 0.0
        return math.ceil(refused_for) or AGAIN_SECONDS

    @property
    def answered_ago(self) -> float:
        """Seconds since the store last answered a call; infinite where it never has."""
        return self._clock() - self._answered_at

    @property
    def testing(self) -> bool:
        """Whether the next call would be the one that tells if the store is back."""
        return self.breaker is not None and self.breaker.state != "closed"

    def given_up(self, error: StoreError) -> None:
        """Somebody gave up on this store: the next ones skip it at once until it is back. Not where it has answered
        others since it was asked."""
        answered_since = error.asked_at is not None and error.asked_at < self._answered_at
        if self.breaker is None and not error.extra.get("cut_short") and not answered_since:
            self._memory.mark()

    async def call(self, fn: Callable[[], Awaitable[T]], timeout: float | None = None) -> T:
        """What `fn` answers within `timeout` seconds (default: the table's).

        Raises `CircuitOpen` and `StoreKnownDown` without asking, `StoreTimeout`, and what the adapter raises.
        """
        with spans.span(f"store {self.policy.store}", store=self.policy.store) as noted:
            try:
                answer = await self._call(fn, timeout)
            except StoreError as error:
                noted.note(outcome=error.kind)
                raise
            noted.note(outcome="ok")
            return answer

    async def _call(self, fn: Callable[[], Awaitable[T]], timeout: float | None) -> T:
        if self.known_down and self.policy.required:
            await self._memory.look(LOOK_SECONDS)  # nothing stands in for it, so nobody is refused without need
        ticket = self._admit()
        started = self._clock()
        limit = self.policy.timeout if timeout is None else timeout
        try:
            answer = await self._timed(fn, limit)
        except StoreError as error:
            error.asked_at = started
            self._learn(ticket, error)
            self._report(started, error)
            raise
        except BaseException:
            self._abandon(ticket)
            raise
        self._learn(ticket, None)
        self._report(started, None)
        return answer

    async def close(self) -> None:
        await self._memory.close()

    def _admit(self) -> int:
        store = self.policy.store
        try:
            if self.known_down:
                raise StoreKnownDown(store, f"{store} is not asked: it is known to be down")
            return self.breaker.admit() if self.breaker else 0
        except (CircuitOpen, StoreKnownDown) as error:
            count(error)
            raise

    async def _timed(self, fn: Callable[[], Awaitable[T]], limit: float) -> T:
        # Apart from whoever asks: a driver whose own time is over in the same moment may swallow a cancellation, or
        # leave one behind that would strike the asker later on.
        asked = asyncio.ensure_future(fn())
        try:
            await asyncio.wait({asked}, timeout=max(0.0, limit))
        finally:
            if not asked.done():
                asked.cancel()
                asked.add_done_callback(_heard)
        if not asked.done() or asked.cancelled():
            raise self._too_late(limit)
        return asked.result()

    def _too_late(self, limit: float) -> StoreTimeout:
        store = self.policy.store
        # Less than half its usual time proves nothing about the store.
        cut_short = limit < self.policy.timeout / 2
        return StoreTimeout(store, f"{store} gave no answer within {max(limit, 0):.2f} s", cut_short=cut_short)

    def _learn(self, ticket: int, error: StoreError | None) -> None:
        if error is None:
            self._answered_at = self._clock()
            self._memory.clear()
        if self.breaker is None:
            return
        if error is None or isinstance(error, StoreRejected):
            self.breaker.succeeded(ticket)
        elif error.extra.get("cut_short"):
            self.breaker.forget(ticket)
        else:
            self.breaker.failed(ticket, error)

    def _abandon(self, ticket: int) -> None:
        if self.breaker is not None:
            self.breaker.forget(ticket)

    def _report(self, started: float, error: StoreError | None) -> None:
        store, seconds = self.policy.store, self._clock() - started
        metrics.store_asked(store, seconds)
        if error is not None:
            count(error)
        outcome = error.kind if error else "ok"
        named = {"named": error.named} if error and error.named else {}
        _log.info(STORE_QUERY, store=store, latency_ms=round(seconds * 1e3, 3), outcome=outcome, **named)


def _heard(asked: asyncio.Future[Any]) -> None:
    """What came of it after all is nobody's business any more."""
    if not asked.cancelled():
        asked.exception()


def count(error: StoreError) -> None:
    """A call that failed is counted once, by whoever sees it first."""
    if not error.counted:
        error.counted = True
        metrics.store_failed(error.store, error.kind)


class Guards(Mapping[str, Guard]):
    """The guards of this process by store."""

    def __init__(self, guards: Mapping[str, Guard]) -> None:
        self._guards = dict(guards)

    @classmethod
    def build(cls, settings: Settings, pings: Mapping[str, Ping], clock: Callable[[], float]) -> Guards:
        """`pings` by store; a store without one is forgotten to be down only as time passes."""
        rows = table(settings)
        return cls({store: _guard(rows[store], settings, pings.get(store), clock) for store in STORES})

    def __getitem__(self, store: str) -> Guard:
        return self._guards[store]

    def __iter__(self) -> Iterator[str]:
        return iter(self._guards)

    def __len__(self) -> int:
        return len(self._guards)

    async def close(self) -> None:
        await asyncio.gather(*(guard.close() for guard in self.values()))


def _guard(policy: StorePolicy, settings: Settings, ping: Ping | None, clock: Callable[[], float]) -> Guard:
    memory = Memory(policy.store, policy.memory, clock=clock, ping=ping, ping_timeout=policy.timeout)
    return Guard(policy, clock=clock, breaker=_breaker(policy, settings, clock), memory=memory)


def _breaker(policy: StorePolicy, settings: Settings, clock: Callable[[], float]) -> Breaker | None:
    if policy.breaker is None:
        return None
    return Breaker(
        policy.breaker,
        policy.store,
        failures=settings.breaker_failures,
        reset_seconds=settings.breaker_reset_seconds,
        probe_seconds=settings.query_timeout_seconds,
        clock=clock,
    )
