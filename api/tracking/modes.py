"""Which runs the orchestrator shows stage by stage, and which in summary."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from ecp.run import Run

ONE_IN = 25


class Refusing(Protocol):
    @property
    def refuses(self) -> bool: ...


class Load(Protocol):
    """What the orchestrator is still to be told."""

    @property
    def at_bound(self) -> bool: ...
    @property
    def behind(self) -> bool: ...


class Crowd:
    """The attempts under way in this process. It lasts once there were `many` for `seconds`, until less than half of
    that are left. Those who wait would lack the processor that a full record takes: twice that of its resolution."""

    def __init__(self, many: int = 8, seconds: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._many, self._seconds, self._clock = many, seconds, clock
        self._count = 0
        self._since = float("inf")

    @contextmanager
    def one(self) -> Iterator[None]:
        """For as long as one attempt is under way."""
        self._count += 1
        if self._count >= self._many:
            self._since = min(self._since, self._clock())
        try:
            yield
        finally:
            self._count -= 1
            if self._count < self._many / 2:
                self._since = float("inf")

    @property
    def lasts(self) -> bool:
        return self._clock() - self._since > self._seconds


class Modes:
    """All in full while the server keeps up and no crowd lasts. Otherwise: what is known to go badly before it begins
    (a store that is down, another attempt at what failed), and one run in `one_in` of the others. At the bound none."""

    def __init__(self, crowd: Crowd | None = None, one_in: int = ONE_IN) -> None:
        self.crowd = crowd or Crowd()
        self._one_in = one_in
        self._others = 0

    def full(self, run: Run, load: Load) -> bool:
        if load.at_bound:
            return False
        if not (load.behind or self.crowd.lasts) or run.attempt > 1 or troubled(run.guards):
            return True
        self._others += 1
        return self._others % self._one_in == 1


def troubled(guards: Mapping[str, Refusing]) -> bool:
    """Whether an answer would have to do without a store now."""
    return any(guard.refuses for guard in guards.values())
