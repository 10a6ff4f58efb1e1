"""A short memory of a store that was given up on, and the probe that finds its return."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ecp.errors import ECPError
from ecp.telemetry.logs import get_logger

_log = get_logger(__name__)
PROBES_A_MEMORY = 5


class Memory:
    """Knows for `seconds` after `mark()` that a store is down. While it does, `ping` is tried in the background:
    an answer ends the memory, a failure renews it. Without a ping it merely fades."""

    def __init__(
        self,
        store: str,
        seconds: float,
        *,
        clock: Callable[[], float],
        ping: Callable[[], Awaitable[None]] | None = None,
        ping_timeout: float = 1.0,
    ) -> None:
        self._store = store
        self._seconds = seconds
        self._clock = clock
        self._ping = ping
        self._ping_timeout = ping_timeout
        self._until = 0.0
        self._probe: asyncio.Task[None] | None = None

    @property
    def down(self) -> bool:
        return self._clock() < self._until

    def mark(self) -> None:
        self._until = self._clock() + self._seconds
        if self._ping is not None and (self._probe is None or self._probe.done()):
            self._probe = asyncio.create_task(self._find_return(self._ping), name=f"probe {self._store}")

    def clear(self) -> None:
        self._until = 0.0

    async def close(self) -> None:
        if self._probe is not None:
            self._probe.cancel()
            await asyncio.gather(self._probe, return_exceptions=True)

    async def _find_return(self, ping: Callable[[], Awaitable[None]]) -> None:
        while self.down:
            await asyncio.sleep(self._seconds / PROBES_A_MEMORY)
            if await self._answers(ping):
                self.clear()
                _log.info("store_returned", store=self._store)
            else:
                self._until = self._clock() + self._seconds

    async def _answers(self, ping: Callable[[], Awaitable[None]]) -> bool:
        try:
            async with asyncio.timeout(self._ping_timeout):
                await ping()
        except (ECPError, OSError):
            return False
        return True
