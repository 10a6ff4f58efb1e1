"""A thread with an event loop of its own, where flows run: a signal to the main thread finds no flow there, and what
blocks there blocks no request."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Generic, TypeVar

import uvloop

from api.tracking.tracker import Tracked, Tracker
from ecp.errors import Interrupted
from ecp.run import Run
from ecp.telemetry.logs import get_logger

T = TypeVar("T")
S = TypeVar("S")
_log = get_logger(__name__)


class Runtime(Generic[S]):
    """Owns what lives on the flow loop: the stores that `open_resources` gives, and the tracker.

    `open_resources` is entered when the runtime starts and must not wait for any server. `at_once` runs are worked on
    at the same time; the others wait for their turn, which is no store's failure.
    """

    def __init__(
        self,
        open_resources: Callable[[], AbstractAsyncContextManager[S]],
        make_tracker: Callable[[], Tracker],
        *,
        at_once: int = 1000,
        drain_seconds: float = 15.0,
        flush_seconds: float = 5.0,
    ) -> None:
        self._open = open_resources
        self._make_tracker = make_tracker
        self._drain_seconds = drain_seconds
        self._flush_seconds = flush_seconds
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._run_loop, name="flows", daemon=True)
        self._work: set[asyncio.Task[Any]] = set()
        self._turns = asyncio.Semaphore(at_once)
        self._resources: AbstractAsyncContextManager[S] | None = None
        self._opened: S | None = None
        self._tracker: Tracker | None = None

    @property
    def resources(self) -> S:
        assert self._opened is not None, "the runtime has not started"
        return self._opened

    @property
    def tracker(self) -> Tracker:
        assert self._tracker is not None, "the runtime has not started"
        return self._tracker

    async def start(self) -> None:
        self._thread.start()
        await self.call(self._start)

    async def stop(self) -> None:
        """Work in progress finishes, the orchestrator is told, the stores are closed; each within its bound."""
        await self.call(self._stop)
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join, 5)

    async def call(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What the coroutine answers on the flow loop. Cancelling the caller cancels it."""
        return await asyncio.wrap_future(self._submit(make))

    async def execute(self, run: Run, parameters: dict[str, Any]) -> Tracked:
        """Runs the resolution, tracked. Cancelling the caller does not: what was accepted goes on to its end.

        Raises `Interrupted` when the run is cancelled and not its caller, as when the process stops.
        """
        running = self._submit(lambda: self._finish(run, parameters))
        try:
            return await asyncio.shield(asyncio.wrap_future(running))
        except asyncio.CancelledError:
            if not running.cancelled():
                raise
            detail = "the resolution was interrupted before it had an answer"
            raise Interrupted(detail, resolution_id=run.resolution_id) from None

    def _submit(self, make: Callable[[], Coroutine[Any, Any, T]]) -> concurrent.futures.Future[T]:
        return asyncio.run_coroutine_threadsafe(make(), self._loop)

    async def _finish(self, run: Run, parameters: dict[str, Any]) -> Tracked:
        task = asyncio.current_task()
        assert task is not None
        self._work.add(task)
        try:
            async with self._turn(run):
                return await self.tracker.execute(run, parameters)
        finally:
            self._work.discard(task)

    @asynccontextmanager
    async def _turn(self, run: Run) -> AsyncIterator[None]:
        """Whoever's deadline comes before its turn goes without one, to be told so."""
        left = run.remaining() if self._turns.locked() else float("inf")
        try:
            async with asyncio.timeout(None if left == float("inf") else left):
                await self._turns.acquire()
        except TimeoutError:
            yield
            return
        try:
            yield
        finally:
            self._turns.release()

    async def _start(self) -> None:
        self._resources = self._open()
        self._opened = await self._resources.__aenter__()
        self._tracker = self._make_tracker()
        await self._tracker.start()

    async def _stop(self) -> None:
        await self._drain()
        await _within("tracker", self.tracker.stop(self._flush_seconds), self._flush_seconds + 8)
        if self._resources is not None:
            await _within("stores", self._resources.__aexit__(None, None, None), 5)

    async def _drain(self) -> None:
        if not self._work:
            return
        _, late = await asyncio.wait(set(self._work), timeout=self._drain_seconds)
        for task in late:
            task.cancel()
        if late:
            _log.warning("runs_cancelled_at_stop", runs=len(late))
            await asyncio.wait(late, timeout=2)

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()


async def _within(what: str, work: Awaitable[Any], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        _log.warning("not_stopped_in_time", what=what, seconds=seconds)
    except Exception as error:
        _log.warning("not_stopped_cleanly", what=what, error=repr(error)[:200])
