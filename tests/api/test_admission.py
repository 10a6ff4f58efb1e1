"""More than can be answered at once waits in a short queue, and behind that is told so at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.admission import Admission
from api.main import _middleware
from api.middleware import BodyLimit
from ecp.settings import Settings


class Slow:
    """Answers when it is let to."""

    def __init__(self) -> None:
        self.begun = 0
        self.waited = 0.0
        self.gate = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun += 1
        self.waited = time.monotonic() - scope["state"]["taken_at"] if "state" in scope else 0.0
        if scope["path"] == "/work":
            await self.gate.wait()
        await PlainTextResponse("done")(scope, receive, send)


@asynccontextmanager
async def before(app: ASGIApp, **bounds: float) -> AsyncIterator[httpx.AsyncClient]:
    admission = Admission(app, **bounds)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(admission), base_url="http://localhost") as client:
        yield client


async def begun(slow: Slow, calls: int) -> None:
    async with asyncio.timeout(30):
        while slow.begun < calls:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def test_who_finds_the_queue_full_is_refused_at_once_and_told_when_to_come_back():
    slow = Slow()
    async with before(slow, most=2, queue=1, seconds=60) as client:
        working = [asyncio.create_task(client.get("/work")) for _ in range(3)]
        await begun(slow, 2)
        refused = await client.get("/work")
        assert (refused.status_code, refused.json()["type"]) == (429, "urn:ecp:problem:rate-limited")
        assert int(refused.headers["Retry-After"]) >= 1
        assert slow.begun == 2
        slow.gate.set()
        assert {(await call).status_code for call in working} == {200}
    assert slow.begun == 3


async def test_who_waits_too_long_is_refused_too_and_its_place_is_free_again():
    slow = Slow()
    async with before(slow, most=1, queue=1, seconds=0.05) as client:
        working = asyncio.create_task(client.get("/work"))
        await begun(slow, 1)
        assert [(await client.get("/work")).status_code for _ in range(3)] == [429, 429, 429]
        slow.gate.set()
        assert (await working).status_code == 200
        assert (await client.get("/work")).status_code == 200


async def test_what_was_waited_for_a_place_is_part_of_a_caller_s_time():
    slow = Slow()
    async with before(slow, most=1, queue=1, seconds=60) as client:
        working = [asyncio.create_task(client.get("/work")) for _ in range(2)]
        await begun(slow, 1)
        await asyncio.sleep(0.2)
        slow.gate.set()
        assert {(await call).status_code for call in working} == {200}
    assert slow.waited > 0.15


async def test_a_busy_process_still_says_how_it_is():
    slow = Slow()
    async with before(slow, most=1, queue=0, seconds=1) as client:
        working = asyncio.create_task(client.get("/work"))
        await begun(slow, 1)
        for path in ("/health/live", "/metrics", "/api/v1/health", "/api/v1/resolutions/x/events"):
            assert (await client.get(path)).status_code == 200, path
        slow.gate.set()
        await working


async def dribbled(whole: asyncio.Event) -> AsyncIterator[bytes]:
    """A body whose end comes when it is let to."""
    yield b"{"
    await whole.wait()
    yield b"}"


async def test_who_sends_slowly_takes_no_place_from_others():
    slow = Slow()
    slow.gate.set()
    whole = asyncio.Event()

    admission = Admission(slow, most=1, queue=0, seconds=1)
    front = BodyLimit(admission, most_bytes=1000, seconds=30)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(front), base_url="http://localhost") as client:
        dribbling = asyncio.create_task(client.post("/work", content=dribbled(whole)))
        await asyncio.sleep(0.05)
        assert (await client.post("/work", content=b"{}")).status_code == 200
        assert slow.begun == 1, "a place was taken before the body was there"
        whole.set()
        assert (await dribbling).status_code == 200


async def test_the_front_reads_a_body_before_it_gives_a_place():
    order = [middleware.cls for middleware in _middleware(Settings())]
    assert order.index(BodyLimit) < order.index(Admission)


async def test_no_more_bodies_are_held_than_there_is_room_for():
    slow = Slow()
    slow.gate.set()
    whole = asyncio.Event()

    front = BodyLimit(slow, most_bytes=1000, seconds=30, at_once=2)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(front), base_url="http://localhost") as client:
        dribbling = [asyncio.create_task(client.post("/work", content=dribbled(whole))) for _ in range(2)]
        await asyncio.sleep(0.05)
        refused = await client.post("/work", content=b"{}")
        assert (refused.status_code, refused.json()["type"]) == (429, "urn:ecp:problem:rate-limited")
        whole.set()
        assert {(await call).status_code for call in dribbling} == {200}
        assert (await client.post("/work", content=b"{}")).status_code == 200
