"""Which runs the orchestrator shows stage by stage, and which in summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ecp.run import Run

ONE_IN = 10


class Refusing(Protocol):
    @property
    def refuses(self) -> bool: ...


class Load(Protocol):
    """What the orchestrator is still to be told."""

    @property
    def at_bound(self) -> bool: ...
    @property
    def behind(self) -> bool: ...


class Modes:
    """All in full while the server keeps up. While it does not: what is known to go badly before it begins (a store
    that is down, another attempt at what failed), and one run in `one_in` of the others. At the bound none."""

    def __init__(self, one_in: int = ONE_IN) -> None:
        self._one_in = one_in
        self._others = 0

    def full(self, run: Run, load: Load) -> bool:
        if load.at_bound:
            return False
        if not load.behind or run.attempt > 1 or troubled(run.guards):
            return True
        self._others += 1
        return self._others % self._one_in == 1


def troubled(guards: Mapping[str, Refusing]) -> bool:
    """Whether an answer would have to do without a store now."""
    return any(guard.refuses for guard in guards.values())
