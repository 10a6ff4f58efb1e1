"""How task runs went, told to the Prefect server behind the request: many in one call, in order, until it listens."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import Any

import httpx

from api.tracking.ledger import happens, may_pass
from ecp.telemetry.logs import get_logger

_log = get_logger(__name__)
TaskEvent = dict[str, Any]
Send = Callable[[Sequence[TaskEvent]], Awaitable[None]]


class TaskEvents:
    """`put` never waits. What comes within `hold_seconds` is told in one call of at most `at_once`, sooner with what
    cannot wait; the server takes an event that it has for told. Beyond `most` that wait, no more are kept."""

    def __init__(
        self,
        send: Send,
        *,
        hold_seconds: float = 0.25,
        at_once: int = 200,
        most: int = 10_000,
        pause_seconds: float = 0.5,
        heard: Callable[[], None] = lambda: None,
    ) -> None:
        self._send = send
        self._hold_seconds = hold_seconds
        self._at_once = at_once
        self._most = most
        self._pause_seconds = pause_seconds
        self._heard = heard
        self._waiting: deque[TaskEvent] = deque()
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
        self._some.set()
        self._none.clear()
        if now:
            self._now.set()

    async def _send_on(self) -> None:
        while True:
            await self._some.wait()
            await happens(self._now, self._hold_seconds)
            self._now.clear()
            while self._waiting:
                await self._tell(list(islice(self._waiting, self._at_once)))
            self._some.clear()
            self._none.set()

    async def _tell(self, some: list[TaskEvent]) -> None:
        """Until the server has taken them; what it refuses among others it is told alone, and then no more."""
        tries = 0
        while (error := await self._refused(some)) is not None and may_pass(error):
            tries += 1
            await asyncio.sleep(min(5.0, self._pause_seconds * tries))
        if error is not None and len(some) > 1:
            for event in some:
                await self._tell([event])
            return
        if error is not None:
            _log.warning("task_event_refused", resource=some[0]["resource"], error=repr(error)[:300])
        for _ in some:
            self._waiting.popleft()

    async def _refused(self, some: list[TaskEvent]) -> Exception | None:
        try:
            await self._send(some)
        except (httpx.HTTPError, OSError, ValueError) as error:
            return error
        self._heard()
        return None
