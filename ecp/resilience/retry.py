"""When a failed attempt is made again: waits, the allowance of one resolution, and the loop for untracked runs."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from ecp.errors import StoreError
from ecp.settings import Settings

T = TypeVar("T")
JITTER = 0.5


@dataclass(frozen=True)
class Backoff:
    """Exponential with jitter: the n-th wait lies in first·2ⁿ·[1, 1.5], never above `longest`. Seconds."""

    first: float
    longest: float

    @classmethod
    def of(cls, settings: Settings) -> Backoff:
        return cls(settings.retry_first_wait_seconds, settings.retry_longest_wait_seconds)

    def wait(self, retry: int, source: random.Random) -> float:
        return float(min(self.longest, self.first * 2**retry * source.uniform(1, 1 + JITTER)))


@dataclass
class RetryAllowance:
    """What all waits of one resolution may take together; a wait that does not fit is not begun."""

    total: float
    spent: float = 0.0

    def take(self, wait: float) -> bool:
        if self.spent + wait > self.total:
            return False
        self.spent += wait
        return True


async def with_retries(
    attempt: Callable[[], Awaitable[T]],
    wait_after: Callable[[StoreError, int], float | None],
    sleep: Callable[[float], Awaitable[None]],
) -> T:
    """The attempt's answer; `wait_after(error, retries so far)` says how long to wait, or None to give up."""
    retries = 0
    while True:
        try:
            return await attempt()
        except StoreError as error:
            wait = wait_after(error, retries)
            if wait is None:
                raise
        retries += 1
        await sleep(wait)
