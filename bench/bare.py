"""The stages without an orchestrator, and what telemetry and breakers add to them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from itertools import cycle, islice
from typing import Any, TypeVar
from uuid import uuid4

from bench.questions import Asked
from ecp.run import Run, Tracking, running
from ecp.settings import Settings
from ecp.telemetry import logs, metrics
from ecp.wiring import Stores, open_stores

T = TypeVar("T")
Asker = Callable[[Run], Awaitable[Any]]


class Unguarded:
    """Stands in for a guard that neither times, nor counts, nor learns."""

    refuses = False
    testing = False
    breaker = None

    async def call(self, fn: Callable[[], Awaitable[T]], timeout: float | None = None) -> T:
        return await fn()


def patient(settings: Settings) -> Settings:
    """A busy machine makes a measurement slow, and does not end it."""
    return settings.model_copy(update={"store_timeout_seconds": 30.0, "deadline_seconds": 120.0})


@asynccontextmanager
async def warm_stores(settings: Settings) -> AsyncIterator[Stores]:
    """Stores that have read what they hold in memory."""
    async with open_stores(patient(settings)) as stores:
        await stores.registry.catalogue()
        await stores.semantic.meta()
        yield stores


async def timed(
    settings: Settings,
    stores: Stores,
    asked: Sequence[Asked],
    ask: Asker,
    *,
    count: int,
    callers: int = 1,
    tracking: Tracking = "summary",
    guards: Mapping[str, Any] | None = None,
) -> list[float]:
    """Seconds of each run from its stored request to its stored answer."""
    turns = iter(list(islice(cycle(asked), count)))
    taken: list[float] = []

    async def ask_on() -> None:
        for each in turns:
            run = await _run(settings, stores, each, tracking, guards)
            with running(run):
                started = time.perf_counter()
                await ask(run)
                taken.append(time.perf_counter() - started)
            if run.resolution is None or run.resolution.status != "complete":
                raise RuntimeError(f"no answer to {each.text!r}: {run.error}")

    await asyncio.gather(*(ask_on() for _ in range(callers)))
    return taken


async def _run(
    settings: Settings, stores: Stores, asked: Asked, tracking: Tracking, guards: Mapping[str, Any] | None
) -> Run:
    opened = await stores.registry.open(str(uuid4()), asked.question, digest="bench")
    return Run(
        resolution_id=opened.resolution_id,
        attempt=opened.attempt,
        question=asked.question,
        stores=stores if guards is None else replace(stores, guards=guards),  # type: ignore[arg-type]
        settings=patient(settings),
        guards=stores.guards if guards is None else guards,  # type: ignore[arg-type]
        registry_version=opened.registry_version,
        content_version=opened.content_version,
        tracking=tracking,
    )


@contextmanager
def telemetry(on: bool) -> Iterator[None]:
    """Log lines are written as in production, to a file nobody keeps; or there are none, and nothing is counted."""
    with open(os.devnull, "w") as nowhere:
        logs.configure(env="prod", level="INFO" if on else "CRITICAL", stream=nowhere)
        counting = {n: f for n, f in vars(metrics).items() if callable(f) and _counts(n)}
        if not on:
            vars(metrics).update(dict.fromkeys(counting, _nothing))
        try:
            yield
        finally:
            vars(metrics).update(counting)
            logs.configure(env="prod", level="WARNING")


def _counts(name: str) -> bool:
    return (
        name.islower()
        and not name.startswith("_")
        and getattr(getattr(metrics, name), "__module__", "") == metrics.__name__
    )


def _nothing(*_args: object, **_named: object) -> None:
    return None


async def telemetry_cost(
    settings: Settings, stores: Stores, asked: Sequence[Asked], ask: Asker, rounds: int
) -> tuple[list[float], list[float]]:
    """Seconds with and without, in turns, so that both meet the same weather."""
    unguarded = {store: Unguarded() for store in stores.guards}
    with_it: list[float] = []
    without: list[float] = []
    for _ in range(rounds):
        with telemetry(on=True):
            with_it += await timed(settings, stores, asked, ask, count=len(asked))
        with telemetry(on=False):
            without += await timed(settings, stores, asked, ask, count=len(asked), guards=unguarded)
    return with_it, without
