"""The registry is late for just the write that ends an attempt: its end is on record soon after, as it was told."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from api.deps import RequestInfo
from ecp.domain.question import Asker
from ecp.domain.watch import Claim, Schedule, Watch
from ecp.errors import ECPError, StoreTimeout
from ecp.run import Clock, running
from flows.reresolve import reresolve
from tasks.watching import begin
from tests.support.counter import Switched, open_counter

INFO = RequestInfo(request_id="late")
ASKED = "What was APAC revenue last quarter?"
FINANCE = {"department": "finance", "role": "analyst"}


class Late(Switched):
    """While `late`, a registry that does not come to write down how an attempt ended. `held` is whose it was."""

    def __init__(self, store):
        super().__init__(store)
        self.late = False
        self.held = None
        self.instead = {"finish": self._finish}

    async def _finish(self, store, attempt):
        if not self.late:
            return await store.finish(attempt)
        if attempt.status == "complete":
            raise StoreTimeout("registry", "the registry did not answer in time")
        self.held = attempt.resolution_id
        await asyncio.sleep(60)


@pytest.fixture
async def late(enterprise):
    made = {}

    def amend(stores):
        made["registry"] = Late(stores.registry)
        return made

    async with open_counter(enterprise.settings, enterprise.words, amend) as counter:
        yield counter, made["registry"]


async def recorded(counter, resolution_id):
    """What it came to, once it came to anything; long before its lease would end."""
    async with asyncio.timeout(10):
        while (found := await counter.service.resolution(resolution_id, INFO)).status == "running":  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return found.status, found.attempt, await counter.events(resolution_id)


async def test_an_answer_that_could_not_be_written_has_failed_on_record_too(late):
    counter, registry = late
    registry.late = True
    with pytest.raises(ECPError):
        await counter.ask(ASKED, FINANCE, as_of="2026-01-16")
    registry.late = False
    assert await recorded(counter, registry.held) == ("failed", 1, ["resolution"])
    await counter.service.rerun(registry.held, INFO)
    assert await recorded(counter, registry.held) == ("complete", 2, ["resolution", "resolution"])


async def test_a_rerun_that_could_not_be_written_can_be_rerun(late):
    counter, registry = late
    answer = await counter.ask(ASKED, FINANCE, as_of="2026-01-17")
    registry.late = True
    await counter.service.rerun(answer.resolution_id, INFO, force=True)
    async with asyncio.timeout(60):
        while registry.held is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert await recorded(counter, answer.resolution_id) == ("failed", 2, ["resolution", "resolution"])


async def test_the_run_of_a_watch_that_was_told_as_failed_is_failed(late):
    counter, registry = late
    now = Clock().now()
    watch = Watch(
        watch_id=str(uuid4()),
        concept=counter.words.text(ASKED),
        owner=Asker.model_validate(counter.words.value(FINANCE)),
        schedule=Schedule(every_seconds=60),
        created_at=now,
        since=now,
    )

    async def watched(stores):
        settings = counter.service._settings
        run = await begin(settings, stores, Claim(watch=watch, due_at=now, token="t"), Clock(), tracking="summary")
        with running(run):
            await reresolve.fn(watch.watch_id)
        return run

    registry.late = True
    run = await counter.on_loop(watched)
    assert run.error is not None and run.resolution.status == "failed"
    registry.late = False
    assert await recorded(counter, run.resolution_id) == ("failed", 1, ["resolution"])
