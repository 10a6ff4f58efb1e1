"""Ids of flow runs from a server that is late: batches shrink, and nothing that it made all the same is lost."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.states import Pending, Scheduled

from api.tracking.deployment import Registered, Served
from api.tracking.making import AT_ONCE, Making
from api.tracking.prefect_names import BULK_CREATE, BULK_DELETE, BULK_SET_STATE, RESERVED
from api.tracking.reserve import Reserve
from api.tracking.reserved_runs import STRAY_SECONDS
from api.tracking.tracker import Tracker, call_of
from tests.tracking.toy import toy, toy_settings

DEPLOYMENT = uuid4()
PATIENCE = 10.0


class SlowServer:
    """Takes `seconds` for each run of a call, in a time of its own. To what takes longer than a caller's patience no
    reply comes; it is done all the same, `behind` its caller's back: at once, or when `catch_up` is called."""

    def __init__(self, seconds=0.0, *, late=(BULK_CREATE, BULK_SET_STATE), behind=False):
        self.seconds, self.late, self.behind = seconds, late, behind
        self.now = 0.0
        self.age = 1.0
        self.made: dict[UUID, str] = {}
        self.asked: list[tuple[str, int]] = []
        self._todo = []

    def clock(self):
        return self.now

    @property
    def scheduled(self):
        return [one for one, state in self.made.items() if state == "SCHEDULED"]

    def catch_up(self):
        for done in self._todo:
            done()
        self._todo.clear()

    async def request(self, method, path, *, json, path_params=None):
        ids = [] if path == BULK_CREATE else [UUID(one) for one in json["flow_runs"].get("id", {}).get("any_", ())]
        count = len(json) if path == BULK_CREATE else len(ids)
        self.asked.append((path, count))
        act = {BULK_CREATE: self._create, BULK_SET_STATE: self._withhold, BULK_DELETE: self._delete}[path]
        takes = self.seconds * count if path in self.late else 0.0
        self.now += min(takes, PATIENCE)
        if takes <= PATIENCE:
            return httpx.Response(
                200, json={"results": act(json, ids)}, request=httpx.Request(method, f"http://p{path}")
            )
        if self.behind:
            self._todo.append(lambda: act(json, ids))
        else:
            act(json, ids)
        raise httpx.ReadTimeout("", request=httpx.Request(method, f"http://p{path}"))

    async def read_flow_runs(self, *, flow_run_filter, limit):
        named = flow_run_filter.id.any_ if flow_run_filter.id else list(self.made)
        kinds = flow_run_filter.state.type.any_ if flow_run_filter.state.type else ["SCHEDULED", "PENDING"]
        made = datetime.now(UTC) - timedelta(seconds=self.age)
        states = {"SCHEDULED": Scheduled(name=RESERVED), "PENDING": Pending(name=RESERVED)}
        return [
            FlowRun(id=one, flow_id=uuid4(), created=made, state=states[self.made[one]])
            for one in named
            if self.made.get(one) in kinds
        ]

    def _create(self, wanted, _):
        ids = [uuid4() for _ in wanted]
        self.made |= dict.fromkeys(ids, "SCHEDULED")
        return [{"flow_run_id": str(one)} for one in ids]

    def _withhold(self, _, ids):
        there = [one for one in ids if self.made.get(one) == "SCHEDULED"]
        self.made |= dict.fromkeys(there, "PENDING")
        return [{"flow_run_id": str(one), "status": "ACCEPT" if one in there else "ABORT"} for one in ids]

    def _delete(self, wanted, ids):
        for one in ids if "id" in wanted["flow_runs"] else self.scheduled:
            self.made.pop(one, None)
        return []


async def steps(server, take, count):
    """What `count` steps come to; one that failed comes to nothing."""
    found = []
    for _ in range(count):
        try:
            found += await take()
        except httpx.ReadTimeout:
            server.now += 1
    return found


def making(server):
    one = Making(clock=server.clock)
    return one, lambda: one.some(server, DEPLOYMENT, 32)


@pytest.mark.parametrize("late", [BULK_CREATE, BULK_SET_STATE])
@pytest.mark.parametrize("seconds", [0.7, 2.0, 9.0])
async def test_ids_come_from_a_server_that_never_manages_a_whole_batch(late, seconds):
    server = SlowServer(seconds, late=(late,))
    _, take = making(server)
    found = await steps(server, take, 24)
    assert len(found) >= 8 and len(found) == len(set(found))
    assert {server.made[one] for one in found} == {"PENDING"}


@pytest.mark.parametrize("late", [BULK_CREATE, BULK_SET_STATE])
@pytest.mark.parametrize("behind", [False, True])
async def test_what_a_call_did_whose_reply_never_came_is_used(late, behind):
    server = SlowServer(1.0, late=(late,), behind=behind)
    one, take = making(server)
    with pytest.raises(httpx.ReadTimeout):
        await take()
    server.catch_up()
    server.seconds = 0.0
    found = await steps(server, take, 2)
    assert set(found) == set(server.made) and len(found) == AT_ONCE
    assert sum(count for path, count in server.asked if path == BULK_CREATE) == AT_ONCE
    assert not one.under_way


async def test_batches_are_halved_by_failure_and_doubled_by_what_was_quick():
    server = SlowServer(1.0)
    one, take = making(server)
    sizes = [one.at_once]
    for _ in range(2):
        await steps(server, take, 1)
        sizes.append(one.at_once)
    assert sizes == [16, 8, 8]
    server.seconds = 0.01
    await steps(server, take, 1)
    assert one.at_once == 16


async def test_nothing_stays_scheduled_that_could_not_be_withheld():
    server = SlowServer(100.0, late=(BULK_SET_STATE,))
    server._withhold = lambda *_: []
    reserve = Reserve(least=4, clock=server.clock)
    for _ in range(2):
        with pytest.raises(httpx.ReadTimeout):
            await reserve.fill(server, DEPLOYMENT)
    assert server.scheduled
    server.now += STRAY_SECONDS
    with pytest.raises(httpx.ReadTimeout):
        await reserve.fill(server, DEPLOYMENT)
    await reserve.tidy(server)
    await reserve.leave(server)
    assert not server.made


async def test_a_reserve_fills_itself_step_by_step_whatever_the_server_takes():
    server = SlowServer(0.9)
    reserve = Reserve(least=32, clock=server.clock)
    complete = False
    async with asyncio.timeout(10):
        while not complete:
            try:
                complete = await reserve.fill(server, DEPLOYMENT)
            except httpx.ReadTimeout:
                server.now += 1
    assert len(reserve) >= 32
    assert not server.scheduled and len(server.made) == len(reserve)


async def test_what_a_server_left_is_swept_also_while_nothing_can_be_made(tmp_path):
    server = SlowServer(100.0, late=(BULK_CREATE,))
    server.age, server.made = STRAY_SECONDS + 1, {uuid4(): "SCHEDULED"}
    tracker = Tracker(toy_settings(None, tmp_path), toy, Served("tests/tracking/toy.py:toy"))
    tracker._registered = Registered(uuid4(), DEPLOYMENT)
    with pytest.raises(httpx.ReadTimeout):
        await tracker._look_after(server)
    assert not server.made


async def test_a_failure_names_the_call():
    server = SlowServer(1.0, late=(BULK_SET_STATE,))
    with pytest.raises(httpx.ReadTimeout) as failed:
        await making(server)[1]()
    assert call_of(failed.value) == f"POST {BULK_SET_STATE}"
    assert call_of(OSError()) is None
