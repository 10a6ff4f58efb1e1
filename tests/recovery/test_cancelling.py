"""A running resolution is ended by who operates the platform: of that and its answer, exactly one comes to be."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from api.deps import RequestInfo
from api.schemas import ExecuteParameters
from ecp.errors import NothingToCancel, ResolutionCancelled, ResolutionConflict, ResolutionNotFound
from tests.recovery.test_recovery import lost_process, question
from tests.support.counter import Switched, open_counter
from tests.support.desk import open_desk, service_of

ASKED = "What was APAC revenue last quarter?"
FINANCE = {"department": "finance", "role": "analyst"}
INFO = RequestInfo(request_id="operator")


class Held(Switched):
    """A store of which some calls wait at a gate while it is shut."""

    def __init__(self, store, *calls):
        super().__init__(store)
        self.gate, self.reached = threading.Event(), threading.Event()
        self.gate.set()
        self.instead = {call: self._waiting(call) for call in calls}

    def _waiting(self, call):
        async def wait(store, *args, **named):
            self.reached.set()
            while not self.gate.is_set():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            return await getattr(store, call)(*args, **named)

        return wait


@asynccontextmanager
async def held_counter(enterprise):
    made = {}

    def amend(stores):
        made["graph"] = Held(stores.graph, "find")
        made["registry"] = Held(stores.registry, "finish")
        return made

    async with open_counter(enterprise.settings, enterprise.words, amend) as counter:
        yield counter, made["graph"], made["registry"]


@pytest.fixture(scope="module")
async def opened(enterprise):
    async with held_counter(enterprise) as opened:
        yield opened


@pytest.fixture
async def counter(opened):
    counter, *gates = opened
    for gate in gates:
        gate.gate.set()
        gate.reached.clear()
    yield counter
    for gate in gates:
        gate.gate.set()


@pytest.fixture
def graph(opened, counter):
    return opened[1]


@pytest.fixture
def finish(opened, counter):
    return opened[2]


async def asked_until(counter, gate, **said):
    """The question under way, at the gate, and the id it has."""
    gate.gate.clear()
    known = len(counter.tracker.runs)
    call = asyncio.create_task(counter.ask(ASKED, FINANCE, fresh=True, **said))
    async with asyncio.timeout(120):
        while not gate.reached.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return call, counter.tracker.runs[known]


async def trace_of(counter, resolution_id):
    attempts = await counter.on_loop(lambda s: s.registry.attempts(resolution_id))
    return attempts[-1]


async def test_who_waits_is_told_and_all_of_it_is_on_record(counter, graph):
    call, resolution_id = await asked_until(counter, graph)
    await counter.service.cancel(resolution_id, INFO)
    with pytest.raises(ResolutionCancelled) as told:
        await call
    assert told.value.status == 409 and told.value.extra["resolution_id"] == resolution_id
    assert (await counter.service.resolution(resolution_id, INFO)).status == "cancelled"
    assert "cancelled" in await counter.events(resolution_id)
    last = await trace_of(counter, resolution_id)
    assert last["status"] == "cancelled"
    assert {s["id"]: s["status"] for s in last["stages"]}["search_graph"] == "skipped"


async def test_cancelling_again_changes_nothing(counter, graph):
    call, resolution_id = await asked_until(counter, graph)
    await asyncio.gather(*(counter.service.cancel(resolution_id, INFO) for _ in range(3)))
    await asyncio.gather(call, return_exceptions=True)
    await counter.service.cancel(resolution_id, INFO)
    assert (await counter.events(resolution_id)).count("cancelled") == 1


async def test_what_is_not_running_cannot_be_cancelled(counter):
    answer = await counter.ask(ASKED, FINANCE, fresh=True)
    with pytest.raises(NothingToCancel):
        await counter.service.cancel(answer.resolution_id, INFO)
    with pytest.raises(ResolutionNotFound):
        await counter.service.cancel("never-was", INFO)


async def test_an_answer_that_comes_after_the_cancellation_is_not_given(enterprise, counter, finish):
    call, resolution_id = await asked_until(counter, finish)
    async with open_desk(enterprise.settings, enterprise.words) as elsewhere:
        await service_of(elsewhere).cancel(resolution_id, INFO)
    finish.gate.set()
    with pytest.raises(ResolutionCancelled):
        await call
    found = await counter.service.resolution(resolution_id, INFO)
    assert (found.status, found.resolved_concepts.metrics) == ("cancelled", ())


async def test_what_runs_in_another_process_ends_there(enterprise, counter, graph):
    call, resolution_id = await asked_until(counter, graph)
    async with open_desk(enterprise.settings, enterprise.words) as elsewhere:
        await service_of(elsewhere).cancel(resolution_id, INFO)
    with pytest.raises(ResolutionCancelled):
        await asyncio.wait_for(call, 60)
    assert (await trace_of(counter, resolution_id))["stages"]


async def test_a_cancelled_execution_leaves_the_answer_it_was_of(counter, finish):
    answer = await counter.ask(ASKED, FINANCE, fresh=True)
    finish.reached.clear()
    finish.gate.clear()
    execution = asyncio.create_task(counter.service.execute(answer.resolution_id, ExecuteParameters(), INFO))
    async with asyncio.timeout(120):
        while not finish.reached.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await counter.service.cancel(answer.resolution_id, INFO)
    finish.gate.set()
    with pytest.raises(ResolutionCancelled):
        await execution
    stands = await counter.service.resolution(answer.resolution_id, INFO)
    assert (stands.status, stands.results) == ("complete", None) and stands.resolved_concepts.metrics
    assert (await trace_of(counter, answer.resolution_id))["status"] == "cancelled"


async def test_who_waited_for_the_same_question_is_told_as_well(counter, graph):
    call, resolution_id = await asked_until(counter, graph, as_of="2026-01-15")
    known = len(counter.tracker.runs)
    same = asyncio.create_task(counter.ask(ASKED, FINANCE, as_of="2026-01-15"))
    other = asyncio.create_task(counter.ask(ASKED, FINANCE, as_of="2026-01-15"))
    async with asyncio.timeout(60):
        while len(counter.tracker.runs) == known:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    shared = counter.tracker.runs[-1]
    await counter.service.cancel(shared, INFO)
    await counter.service.cancel(resolution_id, INFO)
    told = await asyncio.gather(call, same, other, return_exceptions=True)
    assert {type(one) for one in told} == {ResolutionCancelled}


async def test_what_nobody_runs_any_more_is_cancelled_and_not_gone_on_with(enterprise, counter):
    resolution_id = str(uuid4())
    async with lost_process(enterprise) as registry:
        await registry.open(resolution_id, question(enterprise), digest="d")
        await registry.promise(resolution_id, {})
    assert not (await counter.on_loop(lambda s: s.registry.resolution(resolution_id))).held
    await counter.service.cancel(resolution_id, INFO)
    left = await counter.on_loop(lambda s: s.registry.take_over(100, untold=False))
    assert resolution_id not in {one.resolution_id for one in left}
    with pytest.raises(ResolutionConflict):
        await counter.on_loop(lambda s: s.registry.next_attempt(resolution_id, after=1, was="running"))
    assert (await counter.service.resolution(resolution_id, INFO)).status == "cancelled"
