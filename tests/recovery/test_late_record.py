"""The registry is late for just the write that ends an attempt: its end is on record soon after, as it was told."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg
import pytest

from api.deps import RequestInfo
from ecp.domain.question import Asker
from ecp.domain.watch import Claim, Schedule, Watch
from ecp.errors import DeadlineExceeded, ECPError, PolicyUnavailable, StoreTimeout, StoreUnavailable
from ecp.run import Clock, running
from flows.reresolve import reresolve
from tasks.watching import begin
from tests.support.counter import Switched, open_counter

INFO = RequestInfo(request_id="late")
ASKED = "What was APAC revenue last quarter?"
FINANCE = {"department": "finance", "role": "analyst"}


class Late(Switched):
    """While `late`, a registry that does not come to write down how an attempt ended: `silent`, it does not say so of
    an answer either. `held` is whose it was."""

    def __init__(self, store):
        super().__init__(store)
        self.late = self.silent = False
        self.held = None
        self.instead = {"finish": self._finish}

    async def _finish(self, store, attempt):
        if not self.late:
            return await store.finish(attempt)
        if attempt.status == "complete" and not self.silent:
            raise StoreTimeout("registry", "the registry did not answer in time")
        self.held = attempt.resolution_id
        await asyncio.sleep(60)


@asynccontextmanager
async def counting(enterprise):
    made = {}

    def amend(stores):
        made["registry"] = Late(stores.registry)
        return made

    async with open_counter(enterprise.settings, enterprise.words, amend) as counter:
        yield counter, made["registry"]


@pytest.fixture
async def late(enterprise):
    async with counting(enterprise) as both:
        yield both


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


async def in_two_seconds(counter):
    """What a question comes to that has two seconds left until its deadline, and how long after that it is told."""
    deadline = time.monotonic() + 2
    taken_at = deadline - counter.service._settings.deadline_seconds
    with pytest.raises(ECPError) as told:
        await counter.ask(ASKED, FINANCE, as_of="2026-01-18", fresh=True, taken_at=taken_at)
    return told.value, time.monotonic() - deadline


async def test_who_waits_is_told_at_the_deadline_and_the_end_is_written_behind_the_answer(late):
    counter, registry = late
    await counter.ask(ASKED, FINANCE, as_of="2026-01-18")
    registry.late = registry.silent = True
    error, after = await in_two_seconds(counter)
    assert isinstance(error, DeadlineExceeded) and after < 0.6
    registry.late = False
    assert await recorded(counter, error.extra["resolution_id"]) == ("timed_out", 1, ["resolution"])


async def test_what_is_not_on_record_when_the_process_ends_is_written_then(enterprise):
    async with counting(enterprise) as (counter, held):
        await counter.ask(ASKED, FINANCE, as_of="2026-01-18")
        held.late = held.silent = True
        error, _ = await in_two_seconds(counter)
    with psycopg.connect(enterprise.registry) as registry:
        one = "select status from resolutions where resolution_id = %s"
        found = registry.execute(one, (error.extra["resolution_id"],)).fetchone()
    assert found in [("timed_out",), ("failed",)], "given up on just before the deadline, or ended by it"


async def test_that_the_policy_was_not_heard_is_told_before_the_deadline_too(enterprise):
    async def silent(store, question, *, timeout):
        await asyncio.sleep(60)

    made = {}

    def amend(stores):
        made.update(registry=Late(stores.registry), policy=Switched(stores.policy))
        return made

    async with open_counter(enterprise.settings, enterprise.words, amend) as counter:
        await counter.ask(ASKED, FINANCE, as_of="2026-01-18")
        made["policy"].instead = {"decide": silent}
        error, after = await in_two_seconds(counter)
        assert isinstance(error, PolicyUnavailable) and after < 0
        made["registry"].late = True
        error, after = await in_two_seconds(counter)
        assert isinstance(error, StoreUnavailable) and error.store == "registry" and after < 0.6


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
