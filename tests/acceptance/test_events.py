"""A resolution's events on real stores: of one that is over, one that runs here, and one that runs elsewhere."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from uuid import uuid4

import pytest

from api.deps import Accepted, Asked, RequestInfo
from api.services.platform import open_service
from ecp.domain.answer import Resolution
from ecp.domain.question import Asker, Question
from ecp.errors import AccessDenied, ECPError, PolicyUnavailable
from ecp.stores.postgres import open_pool
from ecp.stores.protocols import Attempt, AuditRecord
from ecp.stores.registry import PostgresRegistry
from tests.acceptance.test_numbers import FINANCE
from tests.support.enterprise import AS_OF
from tests.support.sse import received

BEGINNING = (0, 0)
INFO = RequestInfo(request_id="events")
LATER = RequestInfo(request_id="events", wait_seconds=0)
PAY = "Show me executive compensation data for last year"


@pytest.fixture(scope="module")
async def service(enterprise):
    changes = {"prefect_api_url": None, "deadline_seconds": 60.0, "store_timeout_seconds": 20.0}
    async with open_service(enterprise.settings.model_copy(update=changes)) as service:
        yield service


def asked(enterprise, text="APAC revenue last quarter", asker=FINANCE):
    words = enterprise.words
    return Asked(text=words.text(text), asker=Asker.model_validate(words.value(asker)), as_of=AS_OF, execute=True)


async def told(service, resolution_id, had=BEGINNING):
    events = await service.events(resolution_id, had, INFO)
    return list(events) if isinstance(events, tuple) else [event async for event in events]


def stages(events):
    return [e.data for e in events if e.name == "stage"]


async def test_one_that_is_over_is_told_from_its_beginning_to_its_end(service, enterprise):
    answer = await service.resolve(asked(enterprise), INFO)
    first, *_, status, done = events = await told(service, answer.resolution_id)
    assert (first.data, status.data) == ({"status": "running"}, {"status": "complete"})
    assert done.name == "done" and done.data["results"]["rows"]
    assert done.data == (await service.resolution(answer.resolution_id, INFO)).model_dump(mode="json")
    nodes = done.data["provenance"]["dag"]["nodes"]
    assert sorted(stages(events), key=str) == sorted(nodes, key=str) and len(nodes) >= 10
    assert [n["completed_at"] for n in stages(events)] == sorted(n["completed_at"] for n in nodes)
    assert [e.place for e in events] == [(1, n) for n in range(1, len(events) + 1)]


async def test_one_that_runs_here_is_told_as_it_happens_and_later_in_the_same_way(service, enterprise):
    promised = await service.resolve(asked(enterprise), LATER)
    assert isinstance(promised, Accepted)
    live = await told(service, promised.resolution_id)
    assert [(e.name, e.place) for e in live] == [(e.name, e.place) for e in await told(service, promised.resolution_id)]
    assert live[-1].name == "done" and live[-1].data["status"] == "complete"
    assert len({n["id"] for n in stages(live)}) == len(stages(live)) >= 10


async def test_stages_are_told_before_the_end(service, enterprise):
    promised = await service.resolve(asked(enterprise), LATER)
    events = await service.events(promised.resolution_id, BEGINNING, INFO)
    async with aclosing(events):
        async for event in events:
            if event.name == "stage":
                assert (await service.resolution(promised.resolution_id, INFO)).status == "running"
                break
    assert service._streams == 0


async def test_who_comes_back_is_told_only_what_is_behind_the_last_event(service, enterprise):
    answer = await service.resolve(asked(enterprise), INFO)
    whole = await told(service, answer.resolution_id)
    for had in (3, len(whole) - 1, len(whole)):
        assert await told(service, answer.resolution_id, (1, had)) == whole[had:]


async def test_a_later_attempt_is_told_with_its_own_number(service, enterprise):
    answer = await service.resolve(asked(enterprise), INFO)
    before = await told(service, answer.resolution_id)
    executed = await service.rerun(answer.resolution_id, INFO, force=True)
    again = await told(service, executed.resolution_id, before[-1].place)
    assert {e.place[0] for e in again} == {2} and again[-1].data["attempt"] == 2


async def test_a_denied_one_tells_nothing_of_what_was_asked_about(service, enterprise):
    with pytest.raises(AccessDenied) as denied:
        await service.resolve(asked(enterprise, PAY), INFO)
    *_, done = events = await told(service, denied.value.extra["resolution_id"])
    assert done.data["status"] == "access_denied"
    assert done.data["resolved_concepts"]["metrics"] == [] and "pay" not in str([e.data for e in events]).casefold()


async def test_where_the_policy_cannot_be_asked_nothing_is_told(enterprise, service):
    answer = await service.resolve(asked(enterprise), INFO)
    changes = {"prefect_api_url": None, "opa_url": "http://127.0.0.1:1", "retry_attempts": 0}
    async with open_service(enterprise.settings.model_copy(update=changes)) as undecided:
        with pytest.raises(PolicyUnavailable):
            await undecided.events(answer.resolution_id, BEGINNING, INFO)


@asynccontextmanager
async def another_process(enterprise):
    pool = open_pool(enterprise.registry)
    await pool.open()
    try:
        yield PostgresRegistry(pool, None, timeout=20, holder=uuid4().hex)
    finally:
        await pool.close()


def ended(opened, question, status):
    resolution = Resolution(resolution_id=opened.resolution_id, status=status, as_of=question.as_of)
    node = {"id": "parse_intent", "type": "parse", "status": "failed", "started_at": "2026-01-01T00:00:00+00:00"}
    audit = AuditRecord(
        resolution_id=opened.resolution_id,
        attempt=opened.attempt,
        event="resolution",
        asker={},
        question=question.text,
        status=status,
        answer_digest="",
        registry_version=opened.registry_version,
    )
    return Attempt(
        resolution_id=opened.resolution_id,
        attempt=opened.attempt,
        status=status,
        resolution=resolution.model_dump(mode="json"),
        trace=({**node, "completed_at": "2026-01-01T00:00:01+00:00", "attempt": opened.attempt},),
        checkpoints=(),
        audit=audit,
    )


async def test_one_that_runs_in_another_process_is_told_when_that_has_ended(service, enterprise):
    question = Question(text="q", asker=Asker(), as_of=AS_OF)
    async with another_process(enterprise) as registry:
        opened = await registry.open(str(uuid4()), question, digest="d")
        events = await service.events(opened.resolution_id, BEGINNING, INFO)
        first = await anext(events)
        assert (first.name, first.data) == ("status", {"status": "running"})
        rest = asyncio.create_task(anext(events))
        await registry.finish(ended(opened, question, "timed_out"))
        assert (await rest).data["id"] == "parse_intent"
        assert [e.data["status"] for e in [event async for event in events]] == ["timed_out", "timed_out"]


async def test_no_more_streams_than_can_be_served(service, enterprise):
    question = Question(text="q", asker=Asker(), as_of=AS_OF)
    async with another_process(enterprise) as registry:
        opened = await registry.open(str(uuid4()), question, digest="d")
        service._streams += 10_000
        try:
            with pytest.raises(ECPError) as refused:
                await service.events(opened.resolution_id, BEGINNING, INFO)
        finally:
            service._streams -= 10_000
        assert refused.value.status == 429
        await registry.finish(ended(opened, question, "cancelled"))


def test_a_promised_answer_is_followed_to_its_end_over_rest(rest):
    promised = rest.ask("APAC revenue last quarter", FINANCE, execute=True, Prefer="respond-async")
    path = f"{promised.headers['Location']}/events"
    with rest.client.stream("GET", path) as response:
        assert response.status_code == 200
        *_, done = events = list(received(response.iter_lines()))
    assert done.event == "done" and done.data["status"] == "complete"
    assert done.data == rest.client.get(promised.headers["Location"]).json()
    assert {e.event for e in events} == {"status", "stage", "done"}
    assert [e.id for e in events] == [f"1.{n}" for n in range(1, len(events) + 1)]
