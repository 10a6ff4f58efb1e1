"""In order for each run, side by side for several, patient with a server that does not listen."""

import asyncio
from uuid import uuid4

import httpx
import pytest

from api.tracking.ledger import Bounds, Ledger, Superseded


@pytest.fixture
async def ledger():
    ledger = Ledger(Bounds(full=5, most=8, senders=2, pause_seconds=0.01))
    ledger.start()
    yield ledger
    await ledger.stop()


def entry(told, name, *errors, gate=None):
    waiting = list(errors)

    async def send(delayed):
        if gate is not None:
            await gate.wait()
        if waiting:
            raise waiting.pop(0)
        told.append((name, delayed))

    return send


def refused(status):
    request = httpx.Request("POST", "http://server/api")
    return httpx.HTTPStatusError("no", request=request, response=httpx.Response(status, request=request))


async def test_what_is_said_of_one_run_keeps_its_order_though_the_server_fails_between(ledger):
    told, run = [], uuid4()
    ledger.put(run, "first", entry(told, "first", httpx.ConnectError("no"), refused(503)))
    ledger.put(run, "second", entry(told, "second"))
    assert await ledger.flush(5)
    assert told == [("first", True), ("second", False)]


async def test_runs_do_not_wait_for_each_other(ledger):
    told, gate = [], asyncio.Event()
    ledger.put(uuid4(), "slow", entry(told, "slow", gate=gate))
    ledger.put(uuid4(), "quick", entry(told, "quick"))
    async with asyncio.timeout(5):
        while not told:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert told == [("quick", False)]
    gate.set()
    assert await ledger.flush(5)


async def test_an_entry_the_server_refuses_for_good_is_dropped_and_the_next_is_sent(ledger):
    told, run = [], uuid4()
    ledger.put(run, "bad", entry(told, "bad", refused(422)))
    ledger.put(run, "good", entry(told, "good"))
    assert await ledger.flush(5)
    assert told == [("good", False)]


async def test_nothing_more_is_said_of_a_run_that_is_another_hands(ledger):
    told, run = [], uuid4()
    ledger.put(run, "final", entry(told, "final", Superseded("cancelled")))
    ledger.put(run, "tags", entry(told, "tags"))
    assert await ledger.flush(5)
    assert told == []


async def test_the_bounds_are_seen_and_held(ledger):
    told, gate = [], asyncio.Event()
    for number in range(10):
        ledger.put(uuid4(), str(number), entry(told, str(number), gate=gate))
    assert ledger.at_bound and ledger.backlog == 8 and ledger.dropped == 2
    await asyncio.sleep(0.01)
    assert ledger.lag > 0
    assert not await ledger.flush(0.01)
    gate.set()
    assert await ledger.flush(5)
    assert ledger.backlog == 0 and ledger.lag == 0 and not ledger.at_bound


async def test_what_can_wait_waits_for_the_others():
    ledger = Ledger(Bounds(some=3, most=50, senders=2, calm_seconds=0.05))
    told = []

    def slow(name):
        async def send(delayed):
            await asyncio.sleep(0.1)
            told.append(name)

        return send

    for n in range(9):
        ledger.put(uuid4(), "waits", slow(f"waiting {n}"), waits=True)
    assert (ledger.backlog, ledger.behind, ledger.full_lag) == (9, False, 0.0)
    for n in range(6):
        ledger.put(uuid4(), "now", slow(f"now {n}"))
    assert ledger.behind
    ledger.start()
    assert await ledger.flush(5)
    assert sorted(name for name in told[:7] if name.startswith("now")) == [f"now {n}" for n in range(6)]
    assert [name for name in told if name.startswith("waiting")] == [f"waiting {n}" for n in range(9)]
    await ledger.stop()


async def test_the_first_word_about_a_run_is_held_back_and_is_not_late_for_that():
    ledger = Ledger(Bounds(hold_seconds=0.3, senders=1))
    told, run = [], uuid4()
    ledger.put(run, "first", entry(told, "first"), hold=True)
    ledger.put(run, "last", entry(told, "last"))
    ledger.start()
    await asyncio.sleep(0.1)
    assert told == [] and (ledger.backlog, ledger.lag) == (2, 0.0)
    assert await ledger.flush(5)
    assert told == [("first", False), ("last", False)]
    await ledger.stop()


async def test_how_late_those_are_who_cannot_wait_is_found_however_many_wait():
    ledger = Ledger(Bounds(senders=1))
    for _ in range(3):
        ledger.put(uuid4(), "waits", entry([], "waits"), waits=True)
    await asyncio.sleep(0.05)
    assert ledger.full_lag == 0.0 and ledger.lag >= 0.05
    ledger.put(uuid4(), "now", entry([], "now"))
    await asyncio.sleep(0.02)
    assert 0.02 <= ledger.full_lag < ledger.lag


async def test_what_has_waited_long_enough_is_told_however_many_others_there_are():
    ledger = Ledger(Bounds(some=3, most=50, senders=2, calm_seconds=0.05, wait_seconds=0.3))
    told, never = [], asyncio.Event()
    for _ in range(3):
        ledger.put(uuid4(), "stuck", entry(told, "stuck", gate=never))
    await asyncio.sleep(0.1)
    ledger.put(uuid4(), "waits", entry(told, "waiting"), waits=True)
    ledger.start()
    await asyncio.sleep(0.1)
    assert told == []
    async with asyncio.timeout(5):
        while not told:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert told == [("waiting", False)] and ledger.behind
    await ledger.stop()
