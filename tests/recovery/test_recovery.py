"""No accepted request is lost with the process that took it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg
import pytest

from api.deps import RequestInfo
from api.services.platform import open_service
from ecp.domain.question import Asker, Question
from ecp.errors import AlreadyRunning
from ecp.stores.postgres import open_pool
from ecp.stores.registry import PostgresRegistry
from tests.support.enterprise import AS_OF

INFO = RequestInfo(request_id="later")


@pytest.fixture(scope="module")
async def service(enterprise):
    changes = {"prefect_api_url": None, "deadline_seconds": 60.0, "store_timeout_seconds": 20.0}
    async with open_service(enterprise.settings.model_copy(update=changes)) as service:
        yield service


@asynccontextmanager
async def lost_process(enterprise):
    """The registry of a process that is gone when the context ends."""
    pool = open_pool(enterprise.registry)
    await pool.open()
    registry = PostgresRegistry(pool, None, timeout=20, holder=uuid4().hex)
    try:
        yield registry
    finally:
        await registry.leave()
        await pool.close()
        a_minute_later(enterprise)


def a_minute_later(enterprise):
    with psycopg.connect(enterprise.registry) as connection:
        connection.execute("update resolutions set updated_at = updated_at - interval '1 minute'")


def promised(enterprise, resolution_id):
    with psycopg.connect(enterprise.registry) as connection:
        asked = "select promised from resolutions where resolution_id = %s"
        return connection.execute(asked, (resolution_id,)).fetchone()[0]


def half_a_minute_later(enterprise, resolution_id):
    """For one resolution and whoever has it."""
    ago = "- interval '30 seconds' where"
    with psycopg.connect(enterprise.registry) as connection:
        aged = f"update resolutions set updated_at = updated_at {ago} resolution_id = %s returning holder"
        (holder,) = connection.execute(aged, (resolution_id,)).fetchone()
        connection.execute(f"update holders set seen_at = seen_at {ago} holder = %s", (holder,))


def promised_to(enterprise, resolution_id):
    with psycopg.connect(enterprise.registry) as connection:
        asked = "select holder from resolutions where resolution_id = %s"
        return connection.execute(asked, (resolution_id,)).fetchone()[0]


def question(enterprise):
    text = enterprise.words.text("What was APAC revenue last quarter?")
    asker = Asker.model_validate(enterprise.words.value({"department": "finance", "role": "analyst"}))
    return Question(text=text, asker=asker, as_of=AS_OF)


async def until_ended(service, resolution_id):
    async with asyncio.timeout(120):
        while (found := await service.resolution(resolution_id, INFO)).status == "running":
            await service.take_over()
            await asyncio.sleep(0.1)
    return found


async def once_nobody_has_it(service, resolution_id):
    """Rerun; what looks for lost runs may be closing this very one."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await service.rerun(resolution_id, INFO)
            except AlreadyRunning:
                await asyncio.sleep(0.1)


async def test_an_answer_that_was_promised_is_given_by_another_process(enterprise, service):
    resolution_id = str(uuid4())
    async with lost_process(enterprise) as registry:
        await registry.open(resolution_id, question(enterprise), digest="d")
        await registry.promise(resolution_id, {})
    answer = await until_ended(service, resolution_id)
    assert (answer.status, answer.attempt) == ("complete", 2)
    assert answer.resolved_concepts.metrics
    attempts = (await service.provenance(resolution_id, INFO)).model_dump()["attempts"]
    assert [(a["attempt"], a["status"]) for a in attempts] == [(1, "failed"), (2, "complete")]


NOT_REACHED = {
    "the orchestrator": {"prefect_api_url": "http://127.0.0.1:1/api"},
    "the policies": {"prefect_api_url": None, "opa_url": "http://127.0.0.1:1"},
}


@pytest.mark.parametrize("lacking", NOT_REACHED)
async def test_who_does_not_reach_what_an_answer_needs_leaves_what_was_promised_to_others_at_first(
    lacking, enterprise, service
):
    cut_off = enterprise.settings.model_copy(update=NOT_REACHED[lacking])
    resolution_id = str(uuid4())
    async with open_service(cut_off) as lonely:
        async with lost_process(enterprise) as registry:
            await registry.beat()
            await registry.open(resolution_id, question(enterprise), digest="d")
            await registry.promise(resolution_id, {})
            half_a_minute_later(enterprise, resolution_id)
            await lonely.take_over()
            assert promised_to(enterprise, resolution_id) == registry.holder
            await service.take_over()
            assert promised_to(enterprise, resolution_id) != registry.holder
        answer = await until_ended(service, resolution_id)
    assert (answer.status, answer.attempt) == ("complete", 2)


async def test_a_run_somebody_waited_for_has_failed_and_is_audited(enterprise, service):
    resolution_id = str(uuid4())
    async with lost_process(enterprise) as registry:
        await registry.open(resolution_id, question(enterprise), digest="d")
    assert (await until_ended(service, resolution_id)).status == "failed"
    records = await service._on_loop(lambda s: s.registry.audit_records(resolution_id))
    assert [record["status"] for record in records] == ["failed"]


async def test_a_question_that_ends_every_process_is_not_asked_for_ever(enterprise, service):
    resolution_id = str(uuid4())
    async with lost_process(enterprise) as registry:
        await registry.open(resolution_id, question(enterprise), digest="d")
        await registry.promise(resolution_id, {})
        for _ in range(4):
            await registry.next_attempt(resolution_id)
    assert (await until_ended(service, resolution_id)).status == "failed"


async def test_an_attempt_is_rerun_only_once_its_process_is_gone(enterprise, service):
    resolution_id = str(uuid4())
    async with lost_process(enterprise) as registry:
        await registry.beat()
        await registry.open(resolution_id, question(enterprise), digest="d")
        a_minute_later(enterprise)
        with pytest.raises(AlreadyRunning):
            await service.rerun(resolution_id, INFO)
    await once_nobody_has_it(service, resolution_id)
    assert promised(enterprise, resolution_id) == {}
    answer = await until_ended(service, resolution_id)
    assert (answer.status, answer.attempt) == ("complete", 2)
