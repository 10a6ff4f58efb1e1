"""Which attempts the orchestrator knows the end of, written down in batches behind the requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from ecp.errors import StoreError
from ecp.telemetry.logs import get_logger

_log = get_logger(__name__)
Ended = tuple[str, int]


class Journal:
    """`write` keeps attempts (resolution id, number) as told. What it could not keep is tried again; what is lost with
    the process is found untold by another one, which looks before it tells."""

    def __init__(self, write: Callable[[Sequence[Ended]], Awaitable[None]], *, every: float = 1.0) -> None:
        self._write = write
        self._every = every
        self._told: set[Ended] = set()
        self._writing: asyncio.Task[None] | None = None

    def told(self, resolution_id: str, attempt: int) -> None:
        self._told.add((resolution_id, attempt))

    def start(self) -> None:
        self._writing = asyncio.create_task(self._write_on(), name="tracking journal")

    async def stop(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
        await self.flush()

    async def flush(self) -> None:
        some = sorted(self._told)
        if not some:
            return
        try:
            await self._write(some)
        except StoreError as error:
            _log.warning("tracking_journal_late", attempts=len(some), error=error.kind)
        else:
            self._told.difference_update(some)

    async def _write_on(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            await self.flush()
