"""Who is served when more is asked than can be answered: a bounded number at once, a short queue, and 429 behind it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import problem_response
from ecp.errors import RateLimited

RETRY_SECONDS = 2
_ALWAYS = ("/health/", "/metrics", "/docs", "/openapi.json", "/api/v1/health")
_LASTING = "/events"


class Admission:
    """`most` requests are worked on at once, as many as `queue` wait, none of them longer than `seconds`. What they
    wait is their callers' time: it counts against the deadline."""

    def __init__(self, app: ASGIApp, *, most: int, queue: int, seconds: float) -> None:
        self._app = app
        self._queue = queue
        self._seconds = seconds
        self._free = asyncio.Semaphore(most)
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_free(scope["path"]):
            return await self._app(scope, receive, send)
        scope.setdefault("state", {})["taken_at"] = time.monotonic()
        try:
            async with self._admitted():
                await self._app(scope, receive, send)
        except _Full:
            refusal = busy("More is asked than can be answered now.")
            await problem_response(refusal, scope)(scope, receive, send)

    @asynccontextmanager
    async def _admitted(self) -> AsyncIterator[None]:
        if not self._free.locked():
            await self._free.acquire()
        else:
            await self._wait()
        try:
            yield
        finally:
            self._free.release()

    async def _wait(self) -> None:
        if self._waiting >= self._queue:
            raise _Full
        self._waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                await self._free.acquire()
        except TimeoutError:
            raise _Full from None
        finally:
            self._waiting -= 1


class _Full(Exception):
    """Nobody waits that long."""


def busy(detail: str) -> RateLimited:
    return RateLimited(f"{detail} Try again shortly.", retry_after=RETRY_SECONDS)


def _is_free(path: str) -> bool:
    """Health is asked of a busy process most of all; a stream of events is work for nobody."""
    return path.startswith(_ALWAYS) or path.endswith(_LASTING)
