"""What the Prefect server is still to be told: in order for each run, behind the request, until it listens."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

import httpx

from ecp.telemetry import metrics
from ecp.telemetry.logs import get_logger

_log = get_logger(__name__)
RETRIED_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})


class Superseded(Exception):
    """The run is no longer ours to write: what else we had to say about it is dropped."""


@dataclass
class Entry:
    """One call to the server. `delayed` tells it that time has passed or that it was sent before."""

    send: Callable[[bool], Awaitable[None]]
    what: str
    queued_at: float
    hold: float = 0.0
    tries: int = 0


@dataclass(frozen=True)
class Bounds:
    """`some`: entries of runs in full, and `some_seconds` the age of one, from which on not every run is tracked so;
    `full`: from which on none is. `most`: entries that are kept at all. One sender beside the `senders` tells what can
    wait: while those in full are told within `calm_seconds`, and in any case once it has waited `wait_seconds`."""

    some: int = 200
    some_seconds: float = 5.0
    full: int = 600
    most: int = 5000
    senders: int = 3
    calm_seconds: float = 0.5
    wait_seconds: float = 20.0
    stale_seconds: float = 3.0
    pause_seconds: float = 0.5
    hold_seconds: float = 0.2


@dataclass
class _Line:
    waits: bool
    entries: deque[Entry] = field(default_factory=deque)


class Ledger:
    """`put` never waits. Entries of one run are sent one after the other, those of different runs side by side. A run
    in summary can wait for those in full, and while the server is `pressed`: else the more are in summary, the fewer
    could be in full."""

    def __init__(
        self,
        bounds: Bounds | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        pressed: Callable[[], bool] = lambda: False,
        said: Callable[[UUID], None] = lambda run_id: None,
        heard: Callable[[], None] = lambda: None,
    ) -> None:
        self._bounds = bounds or Bounds()
        self._clock = clock
        self._pressed = pressed
        self._said = said
        self._heard = heard
        self._lines: dict[UUID, _Line] = {}
        self._urgent: asyncio.Queue[UUID] = asyncio.Queue()
        self._patient: asyncio.Queue[UUID] = asyncio.Queue()
        self._senders: list[asyncio.Task[None]] = []
        self._count = 0
        self._waits = 0
        self._empty = asyncio.Event()
        self._empty.set()
        self.dropped = 0

    @property
    def backlog(self) -> int:
        return self._count

    @property
    def lag(self) -> float:
        """Age of the oldest entry in seconds."""
        return self._age(list(self._lines.values()))

    @property
    def full_lag(self) -> float:
        """Age of the oldest entry that cannot wait, in seconds."""
        return self._age(line for line in list(self._lines.values()) if not line.waits)

    @property
    def at_bound(self) -> bool:
        return self._count - self._waits >= self._bounds.full

    @property
    def behind(self) -> bool:
        """Whether the server takes in less than it is told of runs in full."""
        return self._count - self._waits >= self._bounds.some or self.full_lag >= self._bounds.some_seconds

    @property
    def _calm(self) -> bool:
        return self.full_lag < self._bounds.calm_seconds and not self._pressed()

    def start(self) -> None:
        self._senders = [asyncio.create_task(self._send_urgent()) for _ in range(self._bounds.senders)]
        self._senders.append(asyncio.create_task(self._send_patient()))

    async def stop(self) -> None:
        for sender in self._senders:
            sender.cancel()
        await asyncio.gather(*self._senders, return_exceptions=True)

    async def flush(self, timeout: float) -> bool:
        """Whether everything was told within `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._empty.wait()
        except TimeoutError:
            _log.warning("tracking_not_flushed", backlog=self._count)
            return False
        return True

    def put(
        self,
        run_id: UUID,
        what: str,
        send: Callable[[bool], Awaitable[None]],
        *,
        hold: bool = False,
        waits: bool = False,
    ) -> bool:
        """Whether it is kept; at the bound it is not. `waits`: the run can wait for others."""
        if self._count >= self._bounds.most:
            self.dropped += 1
            _log.error("tracking_entry_dropped", what=what, flow_run_id=str(run_id))
            return False
        line = self._lines.get(run_id)
        if line is None:
            line = self._lines[run_id] = _Line(waits)
            (self._patient if waits else self._urgent).put_nowait(run_id)
        line.entries.append(Entry(send, what, self._clock(), self._bounds.hold_seconds if hold else 0.0))
        self._counted(line, 1)
        return True

    def _age(self, lines: Iterable[_Line]) -> float:
        heads = (line.entries[0].queued_at for line in lines if line.entries)
        return max(0.0, self._clock() - min(heads, default=self._clock()))

    async def _send_urgent(self) -> None:
        while True:
            await self._tell(await self._urgent.get())

    async def _send_patient(self) -> None:
        while True:
            run_id = await self._patient.get()
            due = self._lines[run_id].entries[0].queued_at + self._bounds.wait_seconds
            while not self._calm and self._clock() < due:  # noqa: ASYNC110
                await asyncio.sleep(self._bounds.hold_seconds)
            await self._tell(run_id)

    async def _tell(self, run_id: UUID) -> None:
        line = self._lines[run_id]
        await self._hold(line.entries[0])
        while line.entries:
            await self._settle(run_id, line)
        del self._lines[run_id]
        self._said(run_id)

    async def _hold(self, entry: Entry) -> None:
        left = entry.queued_at + entry.hold - self._clock()
        if left > 0:
            await asyncio.sleep(left)

    async def _settle(self, run_id: UUID, line: _Line) -> None:
        entry = line.entries[0]
        try:
            await entry.send(entry.tries > 0 or self._clock() - entry.queued_at > self._bounds.stale_seconds)
        except Superseded as reason:
            _log.warning("tracking_superseded", flow_run_id=str(run_id), what=entry.what, reason=str(reason))
            self._forget(line, len(line.entries))
        except Exception as error:
            if _passes(error):
                entry.tries += 1
                await asyncio.sleep(min(5.0, self._bounds.pause_seconds * entry.tries))
                return
            _log.warning("tracking_refused", flow_run_id=str(run_id), what=entry.what, error=repr(error)[:300])
            self._forget(line, 1)
        else:
            self._heard()
            self._forget(line, 1)

    def _forget(self, line: _Line, count: int) -> None:
        for _ in range(count):
            line.entries.popleft()
        self._counted(line, -count)

    def _counted(self, line: _Line, change: int) -> None:
        self._count += change
        self._waits += change if line.waits else 0
        (self._empty.clear if self._count else self._empty.set)()
        metrics.tracking_is(backlog=self._count, lag_seconds=self.lag if self._count else 0.0)


def _passes(error: Exception) -> bool:
    """Whether the same call may succeed later."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in RETRIED_STATUS
    return isinstance(error, httpx.TransportError | OSError)
