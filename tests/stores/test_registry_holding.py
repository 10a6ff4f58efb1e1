"""What a process that is gone has left is taken over, once; what a living one has is not."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from ecp.stores.registry import PostgresRegistry
from tests.stores.test_registry_resolutions import QUESTION, ended, new_id

LEASE = 60.0


@pytest.fixture
def process(pool, embedder):
    """A registry as a process of that name has it."""
    return lambda name: PostgresRegistry(pool, embedder, timeout=5, holder=name, lease=LEASE)


@pytest.fixture
def time_passes(registry_dsn):
    """For everything that was written so far."""

    def pass_() -> None:
        with psycopg.connect(registry_dsn) as connection:
            connection.execute("update resolutions set updated_at = updated_at - interval '2 minutes'")
            connection.execute("update holders set seen_at = seen_at - interval '2 minutes'")

    return pass_


async def opened_by(registry: PostgresRegistry) -> str:
    resolution_id = new_id()
    await registry.beat()
    await registry.open(resolution_id, QUESTION, digest="q")
    return resolution_id


async def taken_by(registry: PostgresRegistry, **options: float) -> dict[str, str]:
    return {left.resolution_id: left.status for left in await registry.take_over(1000, **options)}


async def test_what_a_dead_process_has_left_running_is_taken_over_by_one(process, time_passes):
    left = await opened_by(process(new_id()))
    time_passes()
    heirs = [process(new_id()), process(new_id())]
    await asyncio.gather(*(heir.beat() for heir in heirs))
    taken = await asyncio.gather(*map(taken_by, heirs))
    assert sorted(left in some for some in taken) == [False, True]


async def test_a_living_process_and_one_that_has_just_begun_keep_what_they_have(process, time_passes):
    living, heir = process(new_id()), process(new_id())
    old = await opened_by(living)
    time_passes()
    await living.beat()
    unannounced = new_id()
    await process(new_id()).open(unannounced, QUESTION, digest="q")
    assert not {old, unannounced} & set(await taken_by(heir))


async def test_what_somebody_waits_for_goes_before_what_only_the_orchestrator_is_to_be_told(process, time_passes):
    gone, heir = process(new_id()), process(new_id())
    over = await opened_by(gone)
    await gone.finish(ended(over))
    await asyncio.sleep(0.01)
    running = await opened_by(gone)
    time_passes()
    await heir.beat()
    (first,) = await heir.take_over(1)
    assert first.status == "running", "an older one that is over went first"
    taken = {first.resolution_id, *await taken_by(heir)}
    assert {over, running} <= taken


async def test_what_ended_is_taken_over_until_the_orchestrator_knows(process, time_passes):
    gone, heir = process(new_id()), process(new_id())
    told, untold = await opened_by(gone), await opened_by(gone)
    for resolution_id in (told, untold):
        await gone.finish(ended(resolution_id))
    await gone.tell([(told, 1)])
    time_passes()
    assert not {told, untold} & set(await taken_by(heir, untold=False))
    await heir.beat()
    taken = await taken_by(heir)
    assert taken[untold] == "complete" and told not in taken


async def test_a_promise_and_the_last_answer_go_to_the_heir_and_survive_the_next_attempt(process, time_passes):
    gone, heir = process(new_id()), process(new_id())
    left = await opened_by(gone)
    await gone.finish(ended(left))
    await gone.next_attempt(left)
    await gone.promise(left, {"execute": True})
    time_passes()
    await heir.beat()
    (found,) = [one for one in await heir.take_over(1000) if one.resolution_id == left]
    assert (found.status, found.attempt, found.promised, found.body) == ("running", 2, {"execute": True}, None)
    assert found.answer is not None and found.answer["attempt"] == 1 and found.question == QUESTION
    assert (await heir.next_attempt(left, after=2)).attempt == 3
    time_passes()
    (again,) = [one for one in await process(new_id()).take_over(1000) if one.resolution_id == left]
    assert again.promised == {"execute": True}


async def test_a_patient_process_lets_others_go_first(process, registry_dsn):
    gone, heir = process(new_id()), process(new_id())
    left = await opened_by(gone)
    with psycopg.connect(registry_dsn) as connection:
        aged = "update {} set {} = {} - %s * interval '1 second' where holder = %s"
        for table, column in (("resolutions", "updated_at"), ("holders", "seen_at")):
            connection.execute(aged.format(table, column, column), (1.5 * LEASE, gone.holder))
    await heir.beat()
    assert left not in await taken_by(heir, patience=2)
    assert left in await taken_by(heir)


async def test_who_leaves_is_gone_at_once(process, time_passes):
    leaving = process(new_id())
    left = await opened_by(leaving)
    time_passes()
    await leaving.beat()
    assert left not in await taken_by(process(new_id()))
    await leaving.leave()
    assert left in await taken_by(process(new_id()))


async def test_what_this_process_was_never_told_it_has_it_lets_go(process, time_passes):
    name = new_id()
    living = process(name)
    known, lost = await opened_by(living), await opened_by(process(name))
    time_passes()
    await living.beat()
    taken = await taken_by(process(new_id()))
    assert lost in taken and known not in taken


async def test_what_was_taken_over_and_could_not_be_ended_is_taken_over_again(process, time_passes):
    left, heir = await opened_by(process(new_id())), process(new_id())
    time_passes()
    await heir.beat()
    assert left in await taken_by(heir)
    await heir.beat()
    assert left not in await taken_by(process(new_id()))
    heir.disown(left)
    await heir.beat()
    assert left in await taken_by(process(new_id()))


async def test_an_end_that_is_owed_is_written_once_unless_it_has_ended_otherwise(process):
    living = process(new_id())
    owed, cancelled = await opened_by(living), await opened_by(living)
    for resolution_id in (owed, cancelled):
        living.owe(ended(resolution_id, status="timed_out"))
    assert await living.cancel(ended(cancelled, status="cancelled"))
    for _ in range(2):
        await living.catch_up()
    found = {i: (await living.resolution(i)).status for i in (owed, cancelled)}
    assert found == {owed: "timed_out", cancelled: "cancelled"}
    assert [(a["attempt"], a["status"]) for a in await living.attempts(owed)] == [(1, "timed_out")]
    assert [len(await living.audit_records(i)) for i in (owed, cancelled)] == [1, 1]
