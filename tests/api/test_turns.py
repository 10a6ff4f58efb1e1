"""As many resolutions are worked on at once as the machine does well; the others wait for their turn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from api.runtime import Runtime
from api.services.questions import Questions
from ecp.errors import RateLimited
from ecp.resilience.guard import Guards
from ecp.run import Run
from ecp.settings import Settings


class Working:
    """In the tracker's place: runs last until they are let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.gate = asyncio.Event()

    async def start(self) -> None: ...
    async def stop(self, flush_seconds: float) -> None: ...

    async def execute(self, run: Run, parameters: dict[str, Any]) -> None:
        self.begun.append(run.resolution_id)
        await self.gate.wait()


@asynccontextmanager
async def nothing() -> AsyncIterator[None]:
    yield None


@asynccontextmanager
async def running(at_once: int, *, stops: bool = True) -> AsyncIterator[tuple[Runtime[None], Working]]:
    tracker = Working()
    runtime: Runtime[None] = Runtime(nothing, lambda: tracker, at_once=at_once)  # type: ignore[arg-type,return-value]
    await runtime.start()
    try:
        yield runtime, tracker
    finally:
        if stops:
            await runtime.call(lambda: let_go(tracker))
            await runtime.stop()


async def let_go(tracker: Working) -> None:
    tracker.gate.set()


def run(name: str, seconds: float = 60) -> Run:
    settings = Settings(_env_file=None, home="nowhere")  # type: ignore[call-arg,arg-type]
    guards = Guards.build(settings, {}, time.monotonic)
    deadline = time.monotonic() + seconds
    return Run(name, 1, None, None, settings, guards, deadline=deadline)  # type: ignore[arg-type]


async def begun(tracker: Working, count: int) -> None:
    async with asyncio.timeout(30):
        while len(tracker.begun) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_who_comes_when_all_places_are_taken_has_the_next_that_is_free():
    async with running(at_once=2) as (runtime, tracker):
        asked = [asyncio.create_task(runtime.execute(run(name), {})) for name in ("a", "b", "c")]
        await begun(tracker, 2)
        await asyncio.sleep(0.1)
        assert len(tracker.begun) == 2
        await runtime.call(lambda: let_go(tracker))
        await asyncio.gather(*asked)
        assert sorted(tracker.begun) == ["a", "b", "c"]


async def test_whoever_s_deadline_comes_first_does_not_wait_beyond_it_and_takes_nobody_s_place():
    async with running(at_once=1) as (runtime, tracker):
        first = asyncio.create_task(runtime.execute(run("first"), {}))
        await begun(tracker, 1)
        late = asyncio.create_task(runtime.execute(run("late", seconds=0.2), {}))
        await begun(tracker, 2)
        waiting = asyncio.create_task(runtime.execute(run("waiting"), {}))
        await asyncio.sleep(0.1)
        assert tracker.begun == ["first", "late"]
        await runtime.call(lambda: let_go(tracker))
        await asyncio.gather(first, late, waiting)


async def test_a_process_that_stops_waits_for_those_who_wait_for_their_turn():
    async with running(at_once=1, stops=False) as (runtime, tracker):
        asked = [asyncio.create_task(runtime.execute(run(name), {})) for name in ("a", "b", "c")]
        await begun(tracker, 1)
        stopping = asyncio.create_task(runtime.stop())
        await asyncio.sleep(0.1)
        await runtime.call(lambda: let_go(tracker))
        await asyncio.gather(*asked, stopping)
        assert sorted(tracker.begun) == ["a", "b", "c"]


async def test_more_than_can_wait_are_refused_before_anything_is_written_down():
    settings = Settings(requests_at_once=2, requests_waiting=1, _env_file=None, home="nowhere")  # type: ignore[call-arg,arg-type]
    questions = Questions(settings, None)  # type: ignore[arg-type]
    under_way = [questions._begin(asyncio.sleep(60)) for _ in range(2)]  # type: ignore[arg-type]
    questions._admit()
    under_way.append(questions._begin(asyncio.sleep(60)))  # type: ignore[arg-type]
    with pytest.raises(RateLimited):
        questions._admit()
    for task in under_way:
        task.cancel()
