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
        self._cleared = 0
        self._probe: asyncio.Task[None] | None = None
        self._look: asyncio.Task[None] | None = None

    @property
    def down(self) -> bool:
        return self._clock() < self._until

    def mark(self) -> None:
        self._until = self._clock() + self._seconds
        if self._ping is not None and (self._probe is None or self._probe.done()):
            self._probe = asyncio.create_task(self._find_return(self._ping), name=f"probe {self._store}")

    def clear(self) -> None:
        self._until = 0.0
        self._cleared += 1

    async def look(self, seconds: float) -> None:
        """Asks once more, one call for all who want to know now; nobody waits for it longer than `seconds`."""
        if self._ping is None:
            return
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._learn(self._ping), name=f"look {self._store}")
        await asyncio.wait({self._look}, timeout=seconds)

    async def close(self) -> None:
        asking = [task for task in (self._probe, self._look) if task is not None]
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    async def _find_return(self, ping: Callable[[], Awaitable[None]]) -> None:
        while self.down:
            before = self._cleared
            await asyncio.sleep(self._seconds / PROBES_A_MEMORY)
            if self._cleared == before:
                await self._learn(ping)

    async def _learn(self, ping: Callable[[], Awaitable[None]]) -> None:
        """What was heard of the store while this was asked goes before that this got no answer."""
        before = self._cleared
        if await self._answers(ping):
            self.clear()
            _log.info("store_returned", store=self._store)
        elif self._cleared == before:
            self._until = self._clock() + self._seconds

    async def _answers(self, ping: Callable[[], Awaitable[None]]) -> bool:
        try:
            async with asyncio.timeout(self._ping_timeout):
                await ping()
        except (ECPError, OSError):
            return False
        return True
