"""What the Prefect server is still to be told: in order for each run, behind the request, until it listens."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

import httpx

from api.tracking.prefect_names import SEEN_SECONDS
from ecp.telemetry import metrics
from ecp.telemetry.logs import get_logger

_log = get_logger(__name__)
LOOK_SECONDS = 0.2
RETRIED_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})


class Superseded(Exception):
    """The run is no longer ours to write: what else we had to say about it is dropped."""


@dataclass
class Entry:
    """One call to the server, not before `due_at`. `delayed` tells it that time has passed since, or that it was sent
    before."""

    send: Callable[[bool], Awaitable[None]]
    what: str
    due_at: float
    tries: int = 0


@dataclass(frozen=True)
class Bounds:
    """`some`: entries of runs in full, and `some_seconds` how late one is, from which on not every run is tracked so;
    `full`: from which on none is. `most`: entries that are kept at all. One sender beside the `senders` tells what can
    wait: while those in full are told within `calm_seconds`, and in any case once it has waited `wait_seconds`. The
    first word about a run is held back for `hold_seconds`: by then most are over, and their end says it all."""

    some: int = 200
    some_seconds: float = 5.0
    full: int = 600
    most: int = 5000
    senders: int = 3
    calm_seconds: float = 0.5
    wait_seconds: float = 20.0
    stale_seconds: float = 3.0
    pause_seconds: float = 0.5
    hold_seconds: float = SEEN_SECONDS


@dataclass
class _Lane:
    """Runs that are told of in the order they came, `at_once` of them side by side."""

    at_once: int
    lines: dict[UUID, deque[Entry]] = field(default_factory=dict)
    ready: asyncio.Queue[UUID] = field(default_factory=asyncio.Queue)
    count: int = 0

    def put(self, run_id: UUID, entry: Entry) -> None:
        if run_id not in self.lines:
            self.lines[run_id] = deque()
            self.ready.put_nowait(run_id)
        self.lines[run_id].append(entry)
        self.count += 1

    def late(self, now: float) -> float:
        """For how many seconds its oldest entry has been due: of those that are told of now, or of the first behind."""
        foremost = (entries[0].due_at for entries in islice(self.lines.values(), self.at_once + 1) if entries)
        return max(0.0, now - min(foremost, default=now))


class Ledger:
    """`put` never waits. Entries of one run are sent one after the other, those of different runs side by side. A run
    in summary can wait for those in full, and while the server is `pressed`: else the more are in summary, the fewer
    could be in full. `failures` is how many calls in a row have failed that may succeed later."""

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
        self._urgent = _Lane(self._bounds.senders)
        self._patient = _Lane(1)
        self._senders: list[asyncio.Task[None]] = []
        self._empty = asyncio.Event()
        self._empty.set()
        self.dropped = 0
        self.failures = 0

    @property
    def backlog(self) -> int:
        return self._urgent.count + self._patient.count

    @property
    def lag(self) -> float:
        """How late the oldest entry is, in seconds."""
        now = self._clock()
        return max(self._urgent.late(now), self._patient.late(now))

    @property
    def full_lag(self) -> float:
        """How late the oldest entry is that cannot wait, in seconds."""
        return self._urgent.late(self._clock())

    @property
    def at_bound(self) -> bool:
        return self._urgent.count >= self._bounds.full

    @property
    def behind(self) -> bool:
        """Whether the server takes in less than it is told of runs in full."""
        return self._urgent.count >= self._bounds.some or self.full_lag >= self._bounds.some_seconds

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
        flushed = await happens(self._empty, timeout)
        if not flushed:
            _log.warning("tracking_not_flushed", backlog=self.backlog)
        return flushed

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
        if self.backlog >= self._bounds.most:
            self.dropped += 1
            _log.error("tracking_entry_dropped", what=what, flow_run_id=str(run_id))
            return False
        due = self._clock() + (self._bounds.hold_seconds if hold else 0.0)
        (self._patient if waits else self._urgent).put(run_id, Entry(send, what, due))
        self._counted()
        return True

    async def _send_urgent(self) -> None:
        while True:
            run_id = await self._urgent.ready.get()
            await asyncio.sleep(self._urgent.lines[run_id][0].due_at - self._clock())
            await self._tell(self._urgent, run_id)

    async def _send_patient(self) -> None:
        while True:
            run_id = await self._patient.ready.get()
            ends = self._patient.lines[run_id][0].due_at + self._bounds.wait_seconds
            while not self._calm and self._clock() < ends:  # noqa: ASYNC110
                await asyncio.sleep(LOOK_SECONDS)
            await self._tell(self._patient, run_id)

    async def _tell(self, lane: _Lane, run_id: UUID) -> None:
        entries = lane.lines[run_id]
        while entries:
            told = await self._settle(run_id, entries)
            for _ in range(told):
                entries.popleft()
            lane.count -= told
            self._counted()
        del lane.lines[run_id]
        self._said(run_id)

    async def _settle(self, run_id: UUID, entries: deque[Entry]) -> int:
        """How many entries of the run nothing is left to do about."""
        entry = entries[0]
        try:
            await entry.send(entry.tries > 0 or self._clock() - entry.due_at > self._bounds.stale_seconds)
        except Superseded as reason:
            _log.warning("tracking_superseded", flow_run_id=str(run_id), what=entry.what, reason=str(reason))
            return len(entries)
        except Exception as error:
            if may_pass(error):
                self.failures += 1
                entry.tries += 1
                await asyncio.sleep(min(5.0, self._bounds.pause_seconds * entry.tries))
                return 0
            _log.warning("tracking_refused", flow_run_id=str(run_id), what=entry.what, error=repr(error)[:300])
        else:
            self._heard()
        self.failures = 0
        return 1

    def _counted(self) -> None:
        (self._empty.clear if self.backlog else self._empty.set)()
        metrics.tracking_is(backlog=self.backlog, lag_seconds=self.lag)


async def happens(event: asyncio.Event, timeout: float) -> bool:
    """Whether it is set within `timeout` seconds."""
    try:
        async with asyncio.timeout(timeout):
            await event.wait()
    except TimeoutError:
        return False
    return True


def may_pass(error: Exception) -> bool:
    """Whether the same call may succeed later."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in RETRIED_STATUS
    return isinstance(error, httpx.TransportError | OSError)
