"""pybreaker under asyncio: its states and counting, one probe in half-open, no lock held across an await."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pybreaker

from ecp.errors import CircuitOpen
from ecp.telemetry import metrics
from ecp.telemetry.logs import BREAKER_EVENTS, get_logger

_log = get_logger(__name__)


class _Reporter(pybreaker.CircuitBreakerListener):
    def __init__(self, store: str) -> None:
        self._store = store

    def state_change(self, cb: Any, old_state: Any, new_state: Any) -> None:
        to = _plain(new_state.name)
        metrics.breaker_changed(cb.name, to)
        _log.warning(BREAKER_EVENTS[to], breaker=cb.name, store=self._store)


class Breaker:
    """Asked before a call (`admit`) and told its outcome after it; what happens between is not its business.

    A ticket is an int; outcomes of calls admitted before the last transition are ignored, and a probe that
    reports nothing for `probe_seconds` gives its place to another.
    """

    def __init__(
        self,
        name: str,
        store: str,
        *,
        failures: int,
        reset_seconds: float,
        probe_seconds: float,
        clock: Callable[[], float],
    ) -> None:
        self.name = name
        self._store = store
        self._reset_seconds = reset_seconds
        self._probe_seconds = probe_seconds
        self._clock = clock
        self._generation = 0
        self._opened_at = 0.0
        self._probe_until: float | None = None
        self._circuit = pybreaker.CircuitBreaker(
            fail_max=failures, reset_timeout=reset_seconds, name=name, listeners=[_Reporter(store)]
        )
        metrics.breaker_is(name, "closed")

    @property
    def state(self) -> metrics.BreakerState:
        return _plain(self._circuit.current_state)

    @property
    def refuses_for(self) -> float:
        """Seconds until a call may be admitted; 0 when one would be now. While the store is being tried, those in
        which the trial must end."""
        until = {"open": self._opened_at + self._reset_seconds, "half_open": self._probe_until or 0.0}
        return max(0.0, until.get(self.state, 0.0) - self._clock())

    @property
    def refuses(self) -> bool:
        return self.refuses_for > 0

    def admit(self) -> int:
        """A ticket for one call. Raises `CircuitOpen`."""
        if self.refuses:
            detail = f"{self._store} is not asked: its circuit breaker is open"
            raise CircuitOpen(self._store, detail, retry_after=math.ceil(self.refuses_for))
        if self.state != "closed":
            self._begin_probe()
        return self._generation

    def succeeded(self, ticket: int) -> None:
        self._record(ticket, None)

    def failed(self, ticket: int, error: Exception) -> None:
        self._record(ticket, error)

    def forget(self, ticket: int) -> None:
        """The call was abandoned and says nothing about the store."""
        if ticket == self._generation:
            self._probe_until = None

    def _begin_probe(self) -> None:
        if self.state == "open":
            self._circuit.half_open()
        self._generation += 1
        self._probe_until = self._clock() + self._probe_seconds

    def _record(self, ticket: int, error: Exception | None) -> None:
        if ticket != self._generation:
            return
        before = self.state
        try:
            self._circuit.call(_outcome, error)
        except Exception as raised:
            if raised is not error and not isinstance(raised, pybreaker.CircuitBreakerError):
                raise
        if self.state != before:
            self._turned()

    def _turned(self) -> None:
        self._generation += 1
        self._probe_until = None
        self._opened_at = self._clock()


def _outcome(error: Exception | None) -> None:
    if error is not None:
        raise error


def _plain(state: str) -> metrics.BreakerState:
    return "half_open" if state == pybreaker.STATE_HALF_OPEN else "open" if state == pybreaker.STATE_OPEN else "closed"
