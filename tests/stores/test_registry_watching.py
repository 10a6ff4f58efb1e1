"""A watch that is due is run by one, and what comes of it is written once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.types.json import Jsonb

from ecp.domain.answer import Resolution
from ecp.domain.difference import Difference
from ecp.domain.notice import Delivery
from ecp.domain.question import Asker
from ecp.domain.schedule import Schedule
from ecp.domain.watch import Claim, Done, Watch, changed, done, scheduled
from tests.stores.test_registry_resolutions import new_id

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)
DUE = NOW + timedelta(minutes=1)
LEASE = 60.0


@pytest.fixture
async def registry(registry):
    """Without watches of other tests."""
    while (found := await registry.watches(limit=500))[1]:
        for watch in found[0]:
            await registry.remove_watch(watch.watch_id)
    return registry


def a_watch(**fields) -> Watch:
    usual = {
        "watch_id": new_id(),
        "concept": "orders last month",
        "owner": Asker(user_id="u-1", department="logistics"),
        "schedule": Schedule(every_seconds=60),
        "created_at": NOW,
        "since": NOW,
    }
    return scheduled(Watch.model_validate(usual | fields), NOW)


async def added(registry, **fields) -> Watch:
    watch = a_watch(**fields)
    await registry.add_watch(watch)
    return watch


def over(claim: Claim, now: datetime = DUE) -> Done:
    return done(claim, Resolution(resolution_id=new_id(), status="complete"), now)


async def claimed(registry, now=DUE, limit=10) -> dict[str, Claim]:
    return {c.watch.watch_id: c for c in await registry.claim_watches(now, LEASE, limit)}


async def test_a_watch_is_kept_as_it_was_given(registry):
    watch = await added(registry, webhook="https://h.example.com", tolerance=0.5, execute=True)
    assert await registry.watch(watch.watch_id) == watch
    await registry.add_watch(watch.model_copy(update={"concept": "another"}))
    assert (await registry.watch(watch.watch_id)).concept == watch.concept


async def test_people_have_their_own_and_nameless_ones_those_of_their_like(registry):
    own = await added(registry)
    nameless = await added(registry, owner=Asker(department="sales"))
    moved, other = Asker(user_id="u-1", department="sales"), Asker(user_id="u-2", department="logistics")
    assert [w.watch_id for w in (await registry.watches(moved))[0]] == [own.watch_id]
    assert await registry.watches(other) == ((), 0)
    assert await registry.watch(own.watch_id, other) is None
    assert [w.watch_id for w in (await registry.watches(Asker(department="sales")))[0]] == [nameless.watch_id]
    assert (await registry.watches(Asker()))[1] == 0
    assert (await registry.watches())[1] == 2


async def test_pages_go_from_the_newest_on_and_count_all(registry):
    made = [await added(registry, created_at=NOW + timedelta(seconds=n // 2)) for n in range(5)]
    first, total = await registry.watches(limit=2)
    rest, _ = await registry.watches(limit=9, after=(first[1].created_at.isoformat(), first[1].watch_id))
    assert total == 5 and {w.watch_id for w in (*first, *rest)} == {w.watch_id for w in made}
    stamps = [w.created_at for w in (*first, *rest)]
    assert len(first) + len(rest) == 5 and stamps == sorted(stamps, reverse=True)


async def test_only_what_is_due_and_not_paused_is_claimed_the_longest_due_first(registry):
    await added(registry, paused=True)
    late = await added(registry, since=NOW - timedelta(seconds=30))
    soon = await added(registry)
    assert await registry.claim_watches(NOW + timedelta(seconds=29), LEASE, 10) == ()
    assert [*await claimed(registry, limit=1)] == [late.watch_id]
    assert [*await claimed(registry)] == [soon.watch_id]


async def test_a_watch_whose_time_zone_is_no_longer_known_hides_no_other_and_is_due_no_more(registry, registry_dsn):
    other, lost = await added(registry), await added(registry)
    gone = Jsonb({"cron": "0 8 * * *", "timezone": "Atlantic/Atlantis"})
    with psycopg.connect(registry_dsn) as connection:
        connection.execute("update watches set schedule = %s where watch_id = %s", (gone, lost.watch_id))
    listed, total = await registry.watches()
    assert {w.watch_id for w in listed} == {other.watch_id, lost.watch_id} and total == 2
    claims = await claimed(registry)
    assert set(claims) == {other.watch_id, lost.watch_id}
    for claim in claims.values():
        assert await registry.record_watch_run(claim, over(claim), None)
    assert (await registry.watch(other.watch_id)).next_at > DUE
    assert (await registry.watch(lost.watch_id)).next_at is None
    after = await registry.change_watch(
        lost.watch_id, lambda w: changed(w, {"schedule": Schedule(every_seconds=60)}, DUE)
    )
    assert after.next_at > DUE


async def test_of_several_that_ask_at_once_one_gets_each(registry):
    ids = {(await added(registry)).watch_id for _ in range(12)}
    found = await asyncio.gather(*(claimed(registry, limit=5) for _ in range(4)))
    taken = [watch_id for some in found for watch_id in some]
    assert sorted(taken) == sorted(ids)


async def test_who_does_not_come_back_is_followed_by_another_and_writes_nothing_any_more(registry):
    watch = await added(registry)
    (dead,) = (await claimed(registry)).values()
    assert await claimed(registry, DUE + timedelta(seconds=59)) == {}
    (heir,) = (await claimed(registry, DUE + timedelta(seconds=60))).values()
    assert heir.due_at == dead.due_at == watch.next_at
    assert await registry.record_watch_run(heir, over(heir), None)
    assert not await registry.record_watch_run(dead, over(dead), None)
    assert not await registry.record_watch_run(heir, over(heir), None)
    runs, total = await registry.watch_runs(watch.watch_id)
    assert (len(runs), total) == (1, 1)


async def test_claims_are_counted_until_a_run_is_written(registry):
    await added(registry)
    later = [DUE + timedelta(seconds=LEASE * n) for n in range(4)]
    claims = [claim for now in later for claim in (await claimed(registry, now)).values()]
    assert [claim.tries for claim in claims] == [1, 2, 3, 4]
    assert await registry.record_watch_run(claims[-1], over(claims[-1], later[-1]), None)
    (claim,) = (await claimed(registry, later[-1] + timedelta(hours=1))).values()
    assert claim.tries == 1


async def test_a_run_is_written_with_what_is_compared_next_and_when_it_is_due_next(registry):
    watch = await added(registry)
    (claim,) = (await claimed(registry)).values()
    ended = over(claim, DUE + timedelta(seconds=125))
    assert await registry.record_watch_run(claim, ended, None)
    after = await registry.watch(watch.watch_id)
    assert after.baseline == ended.baseline is not None
    assert (after.last_outcome, after.next_at) == ("unchanged", DUE + timedelta(seconds=180))
    assert (await registry.watch_runs(watch.watch_id))[0] == (ended.run,)


async def test_runs_come_newest_first_in_pages(registry):
    watch = await added(registry)
    for minute in range(1, 5):
        now = NOW + timedelta(minutes=minute)
        (claim,) = (await claimed(registry, now)).values()
        await registry.record_watch_run(claim, over(claim, now), None)
    first, total = await registry.watch_runs(watch.watch_id, limit=3)
    rest, _ = await registry.watch_runs(watch.watch_id, after=(first[2].at.isoformat(), first[2].due_at.isoformat()))
    assert total == 4 and [r.at.minute for r in (*first, *rest)] == [4, 3, 2, 1]


async def test_what_was_changed_while_it_ran_stays_as_it_was_changed(registry):
    watch = await added(registry)
    (claim,) = (await claimed(registry)).values()
    later = {"schedule": Schedule(every_seconds=7200), "concept": "returns"}
    moved = await registry.change_watch(watch.watch_id, lambda w: changed(w, later, DUE))
    assert await registry.record_watch_run(claim, over(claim), None)
    after = await registry.watch(watch.watch_id)
    assert (after.baseline, after.next_at) == (None, moved.next_at)


async def test_paused_while_it_ran_it_stays_paused(registry):
    watch = await added(registry)
    (claim,) = (await claimed(registry)).values()
    await registry.change_watch(watch.watch_id, lambda w: changed(w, {"paused": True}, DUE))
    assert await registry.record_watch_run(claim, over(claim), None)
    assert (await registry.watch(watch.watch_id)).next_at is None


async def test_of_a_watch_that_was_taken_away_nothing_is_written(registry):
    watch = await added(registry)
    (claim,) = (await claimed(registry)).values()
    assert await registry.remove_watch(watch.watch_id) and not await registry.remove_watch(watch.watch_id)
    assert not await registry.record_watch_run(claim, over(claim), None)
    assert await registry.change_watch(watch.watch_id, lambda w: w) is None


async def test_one_watch_can_be_run_out_of_turn_but_not_twice_at_once(registry):
    watch = await added(registry, paused=True)
    claim = await registry.claim_watch(watch.watch_id, NOW, LEASE)
    assert claim is not None and claim.due_at == NOW
    assert await registry.claim_watch(watch.watch_id, NOW, LEASE) is None
    assert await registry.claim_watch("nothing", NOW, LEASE) is None


async def test_a_notice_is_written_with_its_run_or_not_at_all(registry):
    watch = await added(registry)
    (dead,) = (await claimed(registry)).values()
    (heir,) = (await claimed(registry, DUE + timedelta(seconds=61))).values()
    assert await registry.record_watch_run(heir, over(heir), delivery_of(watch))
    assert not await registry.record_watch_run(dead, over(dead), delivery_of(watch))
    assert len(await registry.claim_deliveries(DUE, LEASE, 10)) == 1


async def test_a_notice_is_sent_again_until_it_arrived_or_is_given_up_on(registry):
    watch = await added(registry)
    (claim,) = (await claimed(registry)).values()
    difference = Difference(field="numbers", before=1, after=2)
    ended = over(claim)
    ended = ended.model_copy(update={"run": ended.run.model_copy(update={"differences": (difference,)})})
    made = delivery_of(watch)
    await registry.record_watch_run(claim, ended, made)
    (first,) = await registry.claim_deliveries(DUE, 30, 10)
    assert first == made.model_copy(update={"attempts": 1})
    assert await registry.claim_deliveries(DUE + timedelta(seconds=29), 30, 10) == ()
    (again,) = await registry.claim_deliveries(DUE + timedelta(seconds=30), 30, 10)
    assert (again.delivery_id, again.attempts) == (made.delivery_id, 2)
    await registry.delivery_failed(made.delivery_id, "503", DUE + timedelta(hours=1))
    assert await registry.claim_deliveries(DUE + timedelta(minutes=59), 30, 10) == ()
    assert len(await registry.claim_deliveries(DUE + timedelta(hours=1), 30, 10)) == 1
    await registry.delivery_ended(made.delivery_id, DUE)
    await registry.delivery_failed(made.delivery_id, "a late word", DUE)
    assert await registry.claim_deliveries(DUE + timedelta(days=9), 30, 10) == ()


def delivery_of(watch: Watch) -> Delivery:
    url = "https://h.example.com/x"
    return Delivery(delivery_id=new_id(), watch_id=watch.watch_id, url=url, body={"a": 1}, made_at=DUE)
