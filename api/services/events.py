"""What happens to a resolution, told as it happens: what has happened first, then the rest live, to its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field

from api.admission import busy
from api.deps import Event, EventPlace, RequestInfo
from api.runtime import Runtime
from api.services.stored import StoredResolutions
from ecp.domain.answer import DagNode, Resolution
from ecp.run import Run
from ecp.settings import Settings
from ecp.stores.protocols import StoredResolution
from ecp.trace import Trace
from ecp.wiring import Stores

FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS = 0.1, 1.0
LONGEST_SECONDS = 600.0
MOST_STREAMS = 500


class Progress:
    """The attempts under way in this process. Used on the API's loop alone."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}

    @contextmanager
    def under_way(self, run: Run) -> Iterator[None]:
        self._runs[run.resolution_id] = run
        try:
            yield
        finally:
            if self._runs.get(run.resolution_id) is run:
                del self._runs[run.resolution_id]
            run.trace.wake()

    def of(self, resolution_id: str, attempt: int) -> Run | None:
        run = self._runs.get(resolution_id)
        return run if run is not None and run.attempt == attempt else None

    async def finished(self, run: Run) -> AsyncGenerator[tuple[DagNode, ...], None]:
        """The stages that have finished, as often as there are more; all of them, once the attempt is over. The one
        that writes the record is told of with the record."""
        with _woken_by(run.trace) as wake:
            over = False
            while not over:
                wake.clear()
                over = self._runs.get(run.resolution_id) is not run
                yield tuple(node for node in run.trace.nodes() if node.type != "assemble")
                if not over:
                    await wake.wait()


@contextmanager
def _woken_by(trace: Trace) -> Iterator[asyncio.Event]:
    """Set whenever the trace, which grows in another thread, has changed. Nothing is queued."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(event.set)

    trace.watch(wake)
    try:
        yield event
    finally:
        trace.unwatch(wake)


@dataclass
class Account:
    """Numbers the events of an attempt in their order. Leaves out what a client that comes back `had`."""

    had: EventPlace
    attempt: int = 0
    number: int = 0
    stages: set[str] = field(default_factory=set)

    def running(self, attempt: int) -> Iterator[Event]:
        """That an attempt has begun, once."""
        if attempt != self.attempt:
            self.attempt, self.number, self.stages = attempt, 0, set()
            yield from self._next("status", {"status": "running"})

    def finished(self, nodes: Iterable[DagNode]) -> Iterator[Event]:
        """Those not told before, in the order in which they came to their end."""
        for node in sorted(nodes, key=lambda n: (n.completed_at, n.id)):
            if node.id not in self.stages:
                self.stages.add(node.id)
                yield from self._next("stage", node.model_dump(mode="json"))

    def over(self, resolution: Resolution) -> Iterator[Event]:
        yield from self._next("status", {"status": resolution.status})
        yield from self._next("done", resolution.model_dump(mode="json"))

    def _next(self, name: str, data: dict[str, object]) -> Iterator[Event]:
        self.number += 1
        place = (self.attempt, self.number)
        if place > self.had:
            yield Event(name, place, data)


class Telling(StoredResolutions):
    """`events`: limited to what the asker may see, as the resolution itself is."""

    def __init__(self, settings: Settings, runtime: Runtime[Stores]) -> None:
        super().__init__(settings, runtime)
        self._progress = Progress()
        self._streams = 0

    async def events(
        self, resolution_id: str, had: EventPlace, request: RequestInfo
    ) -> AsyncGenerator[Event, None] | tuple[Event, ...]:
        stored = await self._stored(resolution_id)
        account = Account(had)
        if stored.status != "running":
            return await self._rest(stored, account)
        if self._streams >= MOST_STREAMS:
            raise busy("As many event streams as can be served are open.")
        return self._live(stored, account)

    async def _live(self, stored: StoredResolution, account: Account) -> AsyncGenerator[Event, None]:
        self._streams += 1
        try:
            async with aclosing(self._to_the_end(stored, account)) as events:
                async for event in events:
                    yield event
        finally:
            self._streams -= 1

    async def _to_the_end(self, stored: StoredResolution, account: Account) -> AsyncGenerator[Event, None]:
        """Who waits longer than this serves comes back with the last event's id."""
        ends, pause = time.monotonic() + LONGEST_SECONDS, FIRST_POLL_SECONDS
        while stored.status == "running" and time.monotonic() < ends:
            for event in account.running(stored.attempt):
                yield event
            run = self._progress.of(stored.resolution_id, stored.attempt)
            if run is None:
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, LONGEST_POLL_SECONDS)
            else:
                async with aclosing(self._progress.finished(run)) as finished:
                    async for nodes in finished:
                        for event in account.finished(nodes):
                            yield event
            stored = await self._stored(stored.resolution_id)
        if stored.status != "running":
            for event in await self._rest(stored, account):
                yield event

    async def _rest(self, stored: StoredResolution, account: Account) -> tuple[Event, ...]:
        """What is left to tell of an attempt that is over, in whatever process it was."""
        shown = await self._visible(stored)
        attempts = await self._on_loop(lambda s: s.registry.attempts(stored.resolution_id))
        nodes = next((a["stages"] for a in attempts if a["attempt"] == stored.attempt), ())
        begun = account.running(stored.attempt)
        finished = account.finished(DagNode.model_validate(n) for n in nodes)
        return (*begun, *finished, *account.over(shown))
