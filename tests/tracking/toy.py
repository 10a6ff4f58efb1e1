"""A small resolution: seven stages, three side by side, whose stores do what a test tells them."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from api.runtime import Runtime
from api.tracking.deployment import Served
from api.tracking.tracker import Tracker
from ecp.domain.question import Question
from ecp.errors import DeadlineExceeded, ResolutionCancelled, StoreError
from ecp.resilience.guard import Guards
from ecp.run import Run, open_run
from ecp.settings import Settings
from tasks.stage import stage
from tasks.states import final_state

Answer = Callable[[], Awaitable[Any]]
_numbers = itertools.count(1)


class ToyStores:
    """Answers by store name; a store nobody told anything answers at once."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def __call__(self, store: str) -> int:
        self.asked.append(store)
        await self.answers.get(store, _at_once)()
        return len(store)


async def _at_once() -> None:
    await asyncio.sleep(0.001)


@stage("parse_intent", type="parse")
async def parse_intent(run: Run, text: str) -> tuple[str, ...]:
    return tuple(text.split())


@stage("search_graph", type="resolve_concept", store="graph", depends_on=("parse_intent",))
async def search_graph(run: Run, words: tuple[str, ...]) -> int:
    return await run.ask("graph", lambda: run.stores("graph"))


@stage("search_vectors", type="resolve_concept", store="vector", depends_on=("parse_intent",))
async def search_vectors(run: Run, words: tuple[str, ...]) -> int:
    return await run.ask("vector", lambda: run.stores("vector"))


@stage("search_registry", type="resolve_concept", store="registry", depends_on=("parse_intent",))
async def search_registry(run: Run, words: tuple[str, ...]) -> date:
    return date(2020, 1, await run.ask("registry", lambda: run.stores("registry")))


@stage("select_definitions", type="resolve_concept", depends_on=("search_graph", "search_vectors", "search_registry"))
async def select_definitions(run: Run, found: tuple[Any, ...]) -> frozenset[int]:
    return frozenset(n for n in found if isinstance(n, int))


@stage("trace_lineage", type="enrich", store="graph", depends_on=("select_definitions",))
async def trace_lineage(run: Run, chosen: frozenset[int]) -> int:
    return await run.ask("graph", lambda: run.stores("graph"))


@stage("assemble_response", type="assemble", depends_on=("select_definitions", "trace_lineage"), reuse=False)
async def assemble_response(run: Run, chosen: frozenset[int]) -> int:
    return sum(chosen)


@flow(name="toy", validate_parameters=False, persist_result=False)
async def toy(resolution_id: str) -> State[Any]:
    async with open_run(resolution_id) as run:
        try:
            async with run.within_deadline():
                await _story(run)
        except DeadlineExceeded as error:
            return final_state("timed_out", message=error.detail)
        except ResolutionCancelled as error:
            return final_state("cancelled", message=error.detail)
        return final_state("complete", degraded=bool(run.degradations))


async def _story(run: Run) -> None:
    words = await parse_intent(run.question.text)
    found = await asyncio.gather(
        _or_without(run, search_graph(words)),
        _or_without(run, search_vectors(words)),
        _or_without(run, search_registry(words)),
        return_exceptions=True,
    )
    if defects := [one for one in found if isinstance(one, Exception)]:
        raise defects[0]
    chosen = await select_definitions(tuple(found))
    await _or_without(run, trace_lineage(chosen))
    await assemble_response(chosen)


async def _or_without(run: Run, call: Awaitable[Any]) -> Any:
    try:
        return await call
    except StoreError as error:
        run.degrade(error.store)
        return None


def toy_settings(api_url: str | None, home: Path, **changes: Any) -> Settings:
    quick = {
        "retry_first_wait_seconds": 0.02,
        "retry_longest_wait_seconds": 0.2,
        "deadline_seconds": 20.0,
        "store_timeout_seconds": 10.0,
    }
    return Settings(_env_file=None, home=home, prefect_api_url=api_url, **(quick | changes))


def toy_run(settings: Settings, stores: Any = None, **changes: Any) -> Run:
    return Run(
        resolution_id=f"toy-{os.getpid()}-{next(_numbers)}-{time.time_ns() % 10**8}",
        attempt=1,
        question=Question(text="one two three", as_of=date(2020, 1, 1)),
        stores=stores or ToyStores(),
        settings=settings,
        guards=Guards.build(settings, {}, time.monotonic),
        deadline=time.monotonic() + settings.deadline_seconds,
        source=random.Random(1),
        **changes,
    )


def toy_runtime(settings: Settings, **options: Any) -> Runtime[None]:
    @asynccontextmanager
    async def nothing() -> AsyncIterator[None]:
        yield None

    return Runtime(nothing, lambda: Tracker(settings, toy, Served("tests/tracking/toy.py:toy"), **options))


async def resolve(runtime: Runtime[None], run: Run) -> Any:
    return await runtime.execute(run, {"resolution_id": run.resolution_id})
