"""Events of task runs: told together, in order, until the server listens; one that it refuses holds up no other."""

import asyncio

import httpx
import pytest

from api.tracking.task_events import TaskEvents


def event(number, state="COMPLETED"):
    return {
        "id": str(number),
        "resource": {"prefect.resource.id": f"prefect.task-run.{number}", "prefect.state-type": state},
    }


def answered(status):
    request = httpx.Request("POST", "http://prefect/api/events")
    return httpx.HTTPStatusError(str(status), request=request, response=httpx.Response(status, request=request))


class Server:
    """Takes what it is told, but for the errors that were laid ready and the ids it refuses. Knows what it took, but
    for what it forgot."""

    def __init__(self, *errors, refuses=()):
        self.calls, self.errors, self.refuses = [], list(errors), set(refuses)
        self.forgot, self.away = set(), 0

    async def __call__(self, events):
        ids = [int(event["id"]) for event in events]
        if self.errors:
            raise self.errors.pop(0)
        if self.refuses & set(ids):
            raise answered(422)
        self.calls.append(ids)

    async def known(self, events):
        if self.away:
            self.away -= 1
            raise httpx.ConnectError("refused")
        return not self.forgot & {int(event["id"]) for event in events}


@pytest.fixture
async def telling():
    started = []

    def start(server, **options):
        events = TaskEvents(server, server.known, **{"hold_seconds": 0.05, "pause_seconds": 0.01, **options})
        events.start()
        started.append(events)
        return events

    yield start
    for events in started:
        await events.stop()


async def test_what_comes_together_is_told_in_one_call(telling):
    events = telling(server := Server())
    for number in range(12):
        events.put(event(number))
        await asyncio.sleep(0)
    assert await events.flush(5) and server.calls == [list(range(12))]
    events.put(event(12))
    assert await events.flush(5) and server.calls[1:] == [[12]]


async def test_what_cannot_wait_takes_with_it_what_does(telling):
    events = telling(server := Server(), hold_seconds=60)
    events.put(event(1))
    await asyncio.sleep(0.05)
    assert server.calls == []
    events.put(event(2), now=True)
    assert await events.flush(5) and server.calls == [[1, 2]]


async def test_a_call_has_no_more_than_so_many(telling):
    events = telling(server := Server(), at_once=5)
    for number in range(12):
        events.put(event(number))
    assert await events.flush(5) and server.calls == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11]]


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ReadTimeout("late"), answered(503)])
async def test_a_server_that_is_away_is_told_when_it_is_back(telling, error):
    events = telling(server := Server(error, error))
    events.put(event(1))
    await asyncio.sleep(0)
    events.put(event(2))
    assert await events.flush(5) and server.calls == [[1, 2]]


async def test_what_is_refused_is_left_out_alone(telling):
    events = telling(server := Server(refuses={2}))
    for number in range(4):
        events.put(event(number))
    assert await events.flush(5) and server.calls == [[0], [1], [3]]


async def test_no_more_are_kept_than_the_most(telling):
    events = telling(server := Server(), most=3)
    for number in range(5):
        events.put(event(number))
    assert await events.flush(5) and server.calls == [[0, 1, 2]] and events.dropped == 2


async def test_who_stops_does_not_wait_for_ever(telling):
    events = telling(Server(*[httpx.ConnectError("refused")] * 1000))
    events.put(event(1))
    assert not await events.flush(0.2)


async def told_one_by_one(events, count):
    for number in range(count):
        events.put(event(number), now=True)
        assert await events.flush(5)


async def test_what_a_server_forgot_when_it_ended_is_told_again_in_its_order(telling):
    events = telling(server := Server())
    await told_one_by_one(events, 5)
    server.forgot = {3, 4}
    events.doubt()
    assert await events.flush(5) and server.calls[5:] == [[3], [4]]


async def test_a_server_that_knows_what_it_was_told_last_is_not_told_it_again(telling):
    events = telling(server := Server())
    await told_one_by_one(events, 3)
    events.doubt()
    assert await events.flush(5) and len(server.calls) == 3


async def test_a_server_that_goes_again_while_it_is_asked_is_asked_later(telling):
    events = telling(server := Server())
    await told_one_by_one(events, 2)
    server.forgot, server.away = {1}, 2
    events.doubt()
    assert await events.flush(5) and server.calls[2:] == [[1]]


async def test_what_was_told_long_before_is_not_kept(telling):
    now = [0.0]
    events = telling(server := Server(), keep_seconds=10, clock=lambda: now[0])
    for at in (0.0, 8.0, 12.0):
        now[0] = at
        events.put(event(int(at)), now=True)
        assert await events.flush(5)
    server.forgot = {0, 8, 12}
    events.doubt()
    assert await events.flush(5) and server.calls[3:] == [[8], [12]]


async def test_what_was_told_before_an_outage_is_kept_however_long_that_takes(telling):
    now = [0.0]
    events = telling(server := Server(), keep_seconds=10, clock=lambda: now[0])
    await told_one_by_one(events, 2)
    server.errors = [httpx.ConnectError("refused")] * 2
    events.put(event(2), now=True)
    await asyncio.sleep(0.005)
    now[0] = 60.0
    assert await events.flush(5) and server.calls == [[0], [1], [2]]
    server.forgot = {1}
    events.doubt()
    assert await events.flush(5) and server.calls[3:] == [[1]]


async def test_what_a_server_learned_since_it_is_back_hides_nothing_that_it_forgot(telling):
    events = telling(server := Server())
    await told_one_by_one(events, 3)
    server.errors = [httpx.ConnectError("refused")]
    events.put(event(3), now=True)
    assert await events.flush(5)
    server.forgot = {1, 2}
    events.doubt()
    assert await events.flush(5) and server.calls[4:] == [[1], [2]]
