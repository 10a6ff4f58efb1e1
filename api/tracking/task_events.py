"""How task runs went, told to the Prefect server behind the request: many in one call, in order, until it listens."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import Any

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import TERMINAL_STATES

from api.tracking.ledger import happens, may_pass
from api.tracking.prefect_names import COUNT_TASK_RUNS, EVENTS
from ecp.telemetry.logs import get_logger

_log = get_logger(__name__)
TaskEvent = dict[str, Any]
Send = Callable[[Sequence[TaskEvent]], Awaitable[None]]
Known = Callable[[Sequence[TaskEvent]], Awaitable[bool]]
_FINAL = [kind.value for kind in TERMINAL_STATES]


class TaskEvents:
    """`put` never waits. What comes within `hold_seconds` is told in one call of at most `at_once`, sooner with what
    cannot wait; the server takes an event that it has for told. Beyond `most` that wait, no more are kept.

    The server has what it was told in memory for some seconds, and loses it where it ends before it has written it
    down. So what was told within `keep_seconds`, while it answered, is kept, and after `doubt` told again as far as it
    is not `known`."""

    def __init__(
        self,
        send: Send,
        known: Known,
        *,
        hold_seconds: float = 0.25,
        at_once: int = 200,
        most: int = 10_000,
        pause_seconds: float = 0.5,
        keep_seconds: float = 20.0,
        clock: Callable[[], float] = time.monotonic,
        heard: Callable[[], None] = lambda: None,
    ) -> None:
        self._send = send
        self._known = known
        self._hold_seconds = hold_seconds
        self._at_once = at_once
        self._most = most
        self._pause_seconds = pause_seconds
        self._keep_seconds = keep_seconds
        self._clock = clock
        self._heard = heard
        self._waiting: deque[TaskEvent] = deque()
        self._told: deque[tuple[float, list[TaskEvent]]] = deque()
        self._doubtful = False
        self._gone_at = math.inf
        self._some = asyncio.Event()
        self._now = asyncio.Event()
        self._none = asyncio.Event()
        self._none.set()
        self._sender: asyncio.Task[None] | None = None
        self.dropped = 0

    def start(self) -> None:
        self._sender = asyncio.create_task(self._send_on(), name="task events")

    async def stop(self) -> None:
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)

    async def flush(self, timeout: float) -> bool:
        """Whether everything was told within `timeout` seconds."""
        flushed = await happens(self._none, timeout)
        if not flushed:
            _log.warning("task_events_not_flushed", waiting=len(self._waiting))
        return flushed

    def put(self, event: TaskEvent, *, now: bool = False) -> None:
        if len(self._waiting) >= self._most:
            self.dropped += 1
            _log.error("task_event_dropped", task_run=event["resource"]["prefect.resource.id"])
            return
        self._waiting.append(event)
        self._wake()
        if now:
            self._now.set()

    def doubt(self) -> None:
        """The server was away: what it was told last may be lost."""
        if self._told:
            self._doubtful = True
            self._wake()

    def _wake(self) -> None:
        self._some.set()
        self._none.clear()

    async def _send_on(self) -> None:
        while True:
            await self._some.wait()
            await happens(self._now, self._hold_seconds)
            self._now.clear()
            while self._doubtful or self._waiting:
                if self._doubtful:
                    await self._make_sure()
                else:
                    await self._tell_next()
            self._some.clear()
            self._none.set()

    async def _tell_next(self) -> None:
        some, began = list(islice(self._waiting, self._at_once)), self._clock()
        await self._tell(some)
        for _ in some:
            self._waiting.popleft()
        self._keep(some, began)

    def _keep(self, some: list[TaskEvent], began: float) -> None:
        """A call that began when the server had gone ends when it is back; what was told before it went is kept."""
        self._told.append((self._clock(), some))
        while began - self._told[0][0] > self._keep_seconds:
            self._told.popleft()

    async def _make_sure(self) -> None:
        self._doubtful = False
        try:
            lost = await self._lost()
        except (httpx.HTTPError, OSError, ValueError) as error:
            self._doubtful = may_pass(error)
            await asyncio.sleep(self._pause_seconds)
            return
        self._gone_at = math.inf
        for some in lost:
            await self._tell(some)
        if lost:
            _log.info("task_events_told_again", events=sum(map(len, lost)))

    async def _lost(self) -> list[list[TaskEvent]]:
        """What was told last, back to the first call before the server went of which everything is known, in the order
        it was told."""
        lost: deque[list[TaskEvent]] = deque()
        for told_at, some in reversed([*self._told]):
            if not await self._known(some):
                lost.appendleft(some)
            elif told_at < self._gone_at:
                break
        return [*lost]

    async def _tell(self, some: list[TaskEvent]) -> None:
        """Until the server has taken them; what it refuses among others it is told alone, and then no more."""
        tries = 0
        while (error := await self._refused(some)) is not None and may_pass(error):
            tries += 1
            await asyncio.sleep(min(5.0, self._pause_seconds * tries))
        if error is not None and len(some) > 1:
            for event in some:
                await self._tell([event])
        elif error is not None:
            _log.warning("task_event_refused", resource=some[0]["resource"], error=repr(error)[:300])

    async def _refused(self, some: list[TaskEvent]) -> Exception | None:
        try:
            await self._send(some)
        except (httpx.HTTPError, OSError, ValueError) as error:
            self._gone_at = min(self._gone_at, self._clock())
            return error
        self._heard()
        return None


async def send_events(client: PrefectClient, events: Sequence[TaskEvent]) -> None:
    """Raises what the client raises."""
    answer = await client.request("POST", EVENTS, json=list(events))  # type: ignore[arg-type]
    answer.raise_for_status()


async def ends_known(client: PrefectClient, events: Sequence[TaskEvent]) -> bool:
    """Whether the server has written down every end that the events tell of; False where they tell of none. Raises
    what the client raises."""
    final = [event["resource"] for event in events if event["resource"]["prefect.state-type"] in _FINAL]
    ids = [run["prefect.resource.id"].removeprefix("prefect.task-run.") for run in final]
    ended: Any = {"task_runs": {"id": {"any_": ids}, "state": {"type": {"any_": _FINAL}}}}
    answer = await client.request("POST", COUNT_TASK_RUNS, json=ended)  # type: ignore[arg-type]
    return bool(ids) and int(answer.raise_for_status().json()) == len(ids)
