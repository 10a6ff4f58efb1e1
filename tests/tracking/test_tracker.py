"""What the Prefect server shows of a run, and what a run notices of the Prefect server: nothing."""

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import httpx
import pytest
from prefect.client.orchestration import PrefectClient

from api.tracking.ledger import Bounds
from api.tracking.prefect_names import BULK_CREATE, BULK_SET_STATE, RESERVED, SEEN_SECONDS
from api.tracking.reserve import Reserve
from api.tracking.reserved_runs import TAG, owner_name, sweep
from ecp.errors import StoreRejected, StoreUnavailable
from ecp.run import Clock
from tests.tracking.toy import ToyStores, resolve, toy_run, toy_runtime, toy_settings

STAGES = {
    "parse_intent",
    "search_graph",
    "search_vectors",
    "search_registry",
    "select_definitions",
    "trace_lineage",
    "assemble_response",
}


class LateToSay(PrefectClient):
    """Hears of the runs that the server has made only a moment later."""

    def __init__(self, api_url):
        super().__init__(api_url)
        self.made = asyncio.get_running_loop().create_future()

    async def request(self, method, path, **given):
        answer = await super().request(method, path, **given)
        if path == BULK_CREATE:
            self.made.set_result(answer.json()["results"])
            await asyncio.sleep(1)
        return answer


async def graph_down():
    raise StoreUnavailable("graph", "graph refused the connection")


@asynccontextmanager
async def started(settings, *, ready=True, **options):
    runtime = toy_runtime(settings, **options)
    await runtime.start()
    try:
        if ready:
            async with asyncio.timeout(120):
                await runtime.call(runtime.tracker.wait_ready)
        yield runtime
    finally:
        await runtime.stop()


@pytest.fixture(scope="session")
async def runtime(prefect_api, tmp_path_factory):
    async with started(toy_settings(prefect_api, tmp_path_factory.mktemp("home"))) as runtime:
        yield runtime


@pytest.fixture
def settings(prefect_api, tmp_path):
    return toy_settings(prefect_api, tmp_path)


async def test_a_full_run_shows_every_stage_its_deployment_its_tags_and_an_artifact(runtime, settings, recorded):
    run = toy_run(settings)
    tracked = await resolve(runtime, run)
    assert (tracked.mode, tracked.orchestrator_degraded) == ("full", False)
    shown = await recorded.flow_run(run.resolution_id, "Completed")
    assert str(shown.id) == tracked.flow_run_id and tracked.flow_run_url.endswith(f"/runs/flow-run/{shown.id}")
    assert shown.deployment_id and shown.parameters == {"resolution_id": run.resolution_id}
    assert await recorded.task_states(shown, 7) == dict.fromkeys(STAGES, "Completed")
    (artifact,) = await recorded.artifacts(shown)
    assert run.resolution_id in artifact["data"] and all(stage in artifact["data"] for stage in STAGES)
    assert {"full", "completed"} <= set((await recorded.client.read_flow_run(shown.id)).tags)


async def test_a_store_that_stays_down_is_red_and_not_asked_again(runtime, settings, recorded):
    stores = ToyStores(graph=graph_down)
    run = toy_run(settings, stores)
    await resolve(runtime, run)
    assert stores.asked.count("graph") == 4
    shown = await recorded.flow_run(run.resolution_id, "Degraded")
    states = await recorded.task_states(shown, 7)
    assert states["search_graph"] == "Failed" and states["trace_lineage"] == "Skipped"
    assert {node.id: node.status for node in run.nodes}["trace_lineage"] == "skipped"
    tasks = await recorded.tasks(shown)
    (red,) = [task for task in tasks if task.name.startswith("search_graph")]
    assert "graph refused the connection; asked 4 times. Without it: registry only; no lineage" in red.state.message
    assert "degraded:graph" in (await recorded.client.read_flow_run(shown.id)).tags


async def test_finished_stages_are_reused_and_shown_so(runtime, settings, recorded):
    first = toy_run(settings, ToyStores(graph=graph_down))
    await resolve(runtime, first)
    stores = ToyStores()
    again = toy_run(settings, stores, reusable=first.checkpoints)
    await resolve(runtime, again)
    assert sorted(stores.asked) == ["graph", "graph"]
    states = await recorded.task_states(await recorded.flow_run(again.resolution_id, "Completed"), 7)
    assert {stage for stage, state in states.items() if state == "Reused"} == {
        "parse_intent",
        "search_vectors",
        "search_registry",
    }


@pytest.mark.parametrize("early", [False, True], ids=["", "by a timer that is early"])
async def test_a_run_past_its_deadline_is_timed_out_and_not_crashed(runtime, settings, recorded, early):
    async def slow():
        await asyncio.sleep(30)

    began = time.monotonic()
    clock = Clock(monotonic=lambda: began) if early else Clock()
    run = toy_run(settings, ToyStores(vector=slow), clock=clock)
    run.deadline = began + 0.5
    tracked = await resolve(runtime, run)
    assert tracked.state.name == "TimedOut"
    shown = await recorded.flow_run(run.resolution_id, "TimedOut")
    assert "Crashed" not in (await recorded.task_states(shown, 4)).values()


async def test_what_the_flow_raises_reaches_the_caller_and_the_record(runtime, settings, recorded):
    run = toy_run(settings)
    with pytest.raises(LookupError):
        await runtime.execute(run, {"resolution_id": "another"})
    await recorded.flow_run(run.resolution_id, "Failed")


async def test_without_a_server_runs_are_answered_and_recorded_when_one_comes(settings, proxy, recorded):
    await proxy.die()
    async with started(settings.model_copy(update={"prefect_api_url": f"{proxy.url}/api"}), ready=False) as runtime:
        run = toy_run(settings)
        begun = time.monotonic()
        tracked = await resolve(runtime, run)
        assert time.monotonic() - begun < 5
        assert (tracked.mode, tracked.flow_run_id, tracked.orchestrator_degraded) == ("summary", None, True)
        assert [degradation.component for degradation in run.degradations] == ["orchestrator"]
        await proxy.revive()
        shown = await recorded.flow_run(run.resolution_id, "Degraded")
        assert {"summary", "degraded:orchestrator"} <= set(shown.tags)
        assert len(await recorded.artifacts(shown)) == 1
        assert not await recorded.tasks(shown)
        later = toy_run(settings)
        await recorded.until(lambda: runtime.call(lambda: _is_ready(runtime)))
        assert (await resolve(runtime, later)).mode == "full"
        await recorded.task_states(await recorded.flow_run(later.resolution_id, "Completed"), 7)


async def _is_ready(runtime):
    return runtime.tracker.ready


async def test_a_process_counts_as_registered_only_while_the_server_that_knows_it_answers(settings, proxy, recorded):
    behind = settings.model_copy(update={"prefect_api_url": f"{proxy.url}/api"})
    await proxy.die()
    async with started(behind, ready=False) as runtime:
        assert not runtime.tracker.registered
        await proxy.revive()
        await recorded.until(lambda: asyncio.sleep(0.1, runtime.tracker.registered))
        await proxy.die()
        await recorded.until(lambda: asyncio.sleep(0.1, not runtime.tracker.registered))


async def test_a_server_that_says_it_is_well_and_takes_no_records_is_known_by_that(settings, proxy, recorded):
    """As one does whose database is down."""
    async with started(settings.model_copy(update={"prefect_api_url": f"{proxy.url}/api"})) as runtime:
        tracker = runtime.tracker
        await resolve(runtime, toy_run(settings))
        assert tracker.recording
        proxy.let_only(b"GET /api/health")
        last = toy_run(settings)
        await resolve(runtime, last)
        await recorded.until(lambda: asyncio.sleep(0.1, not tracker.recording))
        assert tracker.registered
        proxy.let_only(None)
        await recorded.flow_run(last.resolution_id, "Completed")
        await recorded.until(lambda: asyncio.sleep(0.1, tracker.recording))


async def test_what_a_server_has_registered_is_not_asked_of_it_again(settings, proxy):
    proxy.lose_the_reply_to(b"POST /api/deployments/ ")
    async with started(settings.model_copy(update={"prefect_api_url": f"{proxy.url}/api"})):
        pass
    assert proxy.losses == 1 and proxy.sent.count(b"POST /api/deployments/ ") == 2
    assert proxy.sent.count(b"POST /api/flows/ ") == 1


async def long_enough_to_be_seen():
    await asyncio.sleep(2 * SEEN_SECONDS)


@pytest.mark.parametrize("transition", [b'{"state":{"type":"RUNNING"', b'{"state":{"type":"COMPLETED"'])
async def test_a_lost_reply_to_a_transition_leaves_no_run_open(transition, settings, proxy, recorded):
    async with started(settings.model_copy(update={"prefect_api_url": f"{proxy.url}/api"})) as runtime:
        proxy.lose_the_reply_to(transition)
        run = toy_run(settings, ToyStores(vector=long_enough_to_be_seen))
        assert (await resolve(runtime, run)).mode == "full"
        shown = await recorded.flow_run(run.resolution_id, "Completed")
        assert proxy.losses == 1 and await recorded.artifacts(shown)


async def just_until_it_is_told_to_be_running():
    await asyncio.sleep(SEEN_SECONDS + 0.25)


async def test_a_run_that_ends_before_a_lost_reply_is_asked_for_again_is_not_left_open(settings, proxy, recorded):
    late = Bounds(stale_seconds=0.0)  # as where a server is slow: who wrote last is looked at before each transition
    async with started(settings.model_copy(update={"prefect_api_url": f"{proxy.url}/api"}), bounds=late) as runtime:
        proxy.lose_the_reply_to(b'{"state":{"type":"RUNNING"')
        run = toy_run(settings, ToyStores(vector=just_until_it_is_told_to_be_running))
        assert (await resolve(runtime, run)).mode == "full"
        shown = await recorded.flow_run(run.resolution_id, "Completed")
        assert proxy.losses == 1 and await recorded.states_told(shown) == ["Running", "Completed"]


@pytest.mark.parametrize("outage", ["dead", "frozen"])
async def test_a_server_lost_in_the_middle_of_a_run_costs_nothing_and_learns_of_it_later(
    outage, settings, proxy, recorded
):
    lost = asyncio.Event()
    gate = asyncio.Event()

    async def wait_for_it():
        lost.set()
        await gate.wait()

    async with started(settings.model_copy(update={"prefect_api_url": f"{proxy.url}/api"})) as runtime:
        await resolve(runtime, toy_run(settings))
        run = toy_run(settings, ToyStores(vector=wait_for_it))
        answer = asyncio.create_task(resolve(runtime, run))
        await recorded.until(lambda: asyncio.sleep(0.05, lost.is_set()))
        if outage == "dead":
            await proxy.die()
        else:
            proxy.freeze()
        runtime._loop.call_soon_threadsafe(gate.set)
        begun = time.monotonic()
        assert (await answer).mode == "full"
        assert time.monotonic() - begun < 5
        await recorded.until(lambda: asyncio.sleep(0.1, not runtime.tracker.server.up))
        slowest = 0.0
        for _ in range(5):
            begun = time.monotonic()
            assert (await resolve(runtime, toy_run(settings))).mode == "summary"
            slowest = max(slowest, time.monotonic() - begun)
        assert slowest < 5
        if outage == "dead":
            await proxy.revive()
        else:
            proxy.thaw()
        shown = await recorded.flow_run(run.resolution_id, "Completed")
        assert set(await recorded.task_states(shown, 7)) == STAGES


async def test_task_runs_that_the_server_had_only_in_memory_when_it_ended_are_told_again(settings, proxy, recorded):
    async with started(settings.model_copy(update={"prefect_api_url": f"{proxy.url}/api"})) as runtime:
        before, run = toy_run(settings), toy_run(settings)
        await resolve(runtime, before)
        assert set(await recorded.task_states(await recorded.flow_run(before.resolution_id, "Completed"), 7)) == STAGES
        proxy.forget(b"POST /api/events ")
        await resolve(runtime, run)
        shown = await recorded.flow_run(run.resolution_id, "Completed")
        assert await runtime.call(lambda: runtime.tracker._task_events.flush(10)) and not await recorded.tasks(shown)
        await proxy.die()
        await recorded.until(lambda: asyncio.sleep(0.1, not runtime.tracker.server.up))
        proxy.forget(None)
        await proxy.revive()
        assert set(await recorded.task_states(shown, 7)) == STAGES
        assert proxy.sent.count(b"POST /api/events ") == 2


async def test_an_artifact_is_left_once_though_the_reply_was_lost(settings, proxy, recorded):
    async with started(settings.model_copy(update={"prefect_api_url": f"{proxy.url}/api"})) as runtime:
        proxy.lose_the_reply_to(b"POST /api/artifacts/ ")
        run = toy_run(settings)
        await resolve(runtime, run)
        shown = await recorded.flow_run(run.resolution_id, "Completed")
        assert await runtime.call(lambda: runtime.tracker.ledger.flush(60))
        assert proxy.losses == 1 and len(await recorded.artifacts(shown)) == 1


async def test_of_what_is_over_before_it_could_be_seen_the_server_is_told_the_end(settings, proxy, recorded):
    async with started(settings.model_copy(update={"prefect_api_url": f"{proxy.url}/api"})) as runtime:
        brief, longer = toy_run(settings), toy_run(settings, ToyStores(vector=long_enough_to_be_seen))
        for run in (brief, longer):
            assert (await resolve(runtime, run)).mode == "full"
        ended = [await recorded.flow_run(run.resolution_id, "Completed") for run in (brief, longer)]
        assert set(await recorded.task_states(ended[0], 7)) == set(await recorded.task_states(ended[1], 7)) == STAGES
    told = [await recorded.states_told(run) for run in ended]
    assert told == [["Completed"], ["Running", "Completed"]]
    of_tasks = [await recorded.states_of_tasks(run) for run in ended]
    assert set(of_tasks[0].values()) == {("Completed",)}
    assert {name for name, states in of_tasks[1].items() if states == ("Running", "Completed")} == {"search_vectors"}
    assert all(task.start_time and task.end_time for task in await recorded.tasks(ended[0]))


async def test_what_may_be_retried_has_been_running_however_brief_it_was(settings, recorded):
    async def refused():
        raise StoreRejected("graph", "it has nothing of the kind")

    async with started(settings) as runtime:
        run = toy_run(settings, ToyStores(graph=refused))
        assert (await resolve(runtime, run)).mode == "full"
        shown = await recorded.flow_run(run.resolution_id, "Degraded")
    assert await recorded.states_told(shown) == ["Running", "Degraded"] and shown.run_count == 1


async def test_a_run_that_is_over_before_it_is_told_is_described_in_one_call(settings, proxy, recorded):
    async with started(settings.model_copy(update={"prefect_api_url": f"{proxy.url}/api"})) as runtime:
        run = toy_run(settings)
        tracked = await resolve(runtime, run)
        shown = await recorded.flow_run(run.resolution_id, "Completed")
        assert await runtime.call(lambda: runtime.tracker.ledger.flush(60))
    assert proxy.sent.count(f"PATCH /api/flow_runs/{tracked.flow_run_id} ".encode()) == 1
    described = await recorded.client.read_flow_run(shown.id)
    assert {"full", "completed"} <= set(described.tags) and described.flow_version


@pytest.mark.parametrize("state", ["CANCELLING", "CANCELLED"])
async def test_what_a_user_cancels_ends_and_stays_cancelled(state, runtime, settings, recorded):
    async def wait_for_ever():
        await asyncio.Event().wait()

    run = toy_run(settings, ToyStores(vector=wait_for_ever))
    run.deadline += 300
    answer = asyncio.create_task(resolve(runtime, run))
    shown = await recorded.flow_run(run.resolution_id, "Running")
    body = {"state": {"type": state, "name": state.capitalize()}, "force": state == "CANCELLED"}
    (await recorded.client.request("POST", f"/flow_runs/{shown.id}/set_state", json=body)).raise_for_status()
    assert (await answer).state.is_cancelled()
    shown = await recorded.flow_run(run.resolution_id, "Cancelled")
    assert (await recorded.task_states(shown, 4))["search_vectors"] == "Cancelled"
    assert await recorded.artifacts(shown)
    assert {node.id: node.status for node in run.nodes}["search_vectors"] == "skipped"


async def test_what_was_over_before_a_cancel_was_noticed_does_not_stay_cancelling(settings, recorded):
    gate = asyncio.Event()
    async with started(settings) as runtime:
        await runtime.call(runtime.tracker._cancels.stop)
        run = toy_run(settings, ToyStores(vector=gate.wait))
        answer = asyncio.create_task(resolve(runtime, run))
        shown = await recorded.flow_run(run.resolution_id, "Running")
        body = {"state": {"type": "CANCELLING", "name": "Cancelling"}, "force": False}
        (await recorded.client.request("POST", f"/flow_runs/{shown.id}/set_state", json=body)).raise_for_status()
        runtime._loop.call_soon_threadsafe(gate.set)
        assert (await answer).state.is_completed()
        shown = await recorded.flow_run(run.resolution_id, "Cancelled")
        assert await runtime.call(lambda: runtime.tracker.ledger.flush(60))
        assert shown.end_time and "before it could be cancelled" in shown.state.message
        assert "completed" in (await recorded.client.read_flow_run(shown.id)).tags and await recorded.artifacts(shown)


async def test_what_a_dead_process_had_reserved_is_given_back_once_its_runs_are_settled(runtime, recorded):
    gone = await asyncio.create_subprocess_exec("true")
    await gone.wait()
    owner = owner_name().rpartition(":")[0]
    one = {"name": TAG, "state": {"type": "PENDING", "name": RESERVED}, "tags": [TAG, f"owner:{owner}:{gone.pid}"]}
    where = {"path_params": {"id": runtime.tracker._registered.deployment_id}}
    made = await recorded.client.request("POST", BULK_CREATE, **where, json=[one | {"enforce_parameter_schema": False}])
    left = UUID(made.json()["results"][0]["flow_run_id"])
    await sweep(recorded.client)
    assert left in await recorded.reserved()
    await sweep(recorded.client, settled=0)
    assert left not in await recorded.reserved()


async def test_reserved_runs_are_given_back_when_the_process_leaves(settings, recorded):
    async with started(settings) as runtime:
        held = [run_id for _, run_id in runtime.tracker.reserve._ids]
        assert held
    assert not await recorded.exist(held)


async def test_runs_that_are_being_reserved_when_the_process_leaves_are_given_back_too(runtime, prefect_api, recorded):
    """Else a worker takes them once they are due, a process for each."""
    before, reserve = await recorded.reserved(), Reserve(least=4)
    async with LateToSay(prefect_api) as client:
        filling = asyncio.create_task(reserve.fill(client, runtime.tracker._registered.deployment_id))
        made = await client.made
        filling.cancel()
        await reserve.leave(client)
    assert len(made) == 4
    assert not {UUID(one["flow_run_id"]) for one in made} & (await recorded.reserved() - before)


def held_by(runtime):
    return {run_id for _, run_id in runtime.tracker.reserve._ids}


class Unheard(PrefectClient):
    """Takes its time: to calls for more than `most` runs no reply comes, though they are done."""

    def __init__(self, api_url, most):
        super().__init__(api_url)
        self.most = most
        self.asked = []

    async def request(self, method, path, *, json=None, **given):
        runs = len(json) if path == BULK_CREATE else 0
        runs = len(json["flow_runs"]["id"]["any_"]) if path == BULK_SET_STATE else runs
        self.asked.append((path, runs))
        answer = await super().request(method, path, json=json, **given)
        if runs > self.most:
            raise httpx.ReadTimeout("", request=answer.request)
        return answer


async def test_ids_come_from_a_server_that_is_late_and_each_that_it_made_is_used_once(runtime, prefect_api, recorded):
    flow_id, reserve = runtime.tracker._registered.flow_id, Reserve(least=24)
    of_its_own = await recorded.client.create_deployment(flow_id=flow_id, name="late", work_pool_name="interactive")
    async with Unheard(prefect_api, 4) as client:
        complete = False
        while not complete:
            with suppress(httpx.ReadTimeout):
                complete = await reserve.fill(client, of_its_own)
        held = [run_id for _, run_id in reserve._ids]
        assert len(held) == len(set(held)) >= 24
        assert {run.state.type.value for run in await recorded.exist(held)} == {"PENDING"}
        assert sum(count for path, count in client.asked if path == BULK_CREATE) == len(held)
        await reserve.leave(client)
    assert not await recorded.exist(held)


async def test_a_run_that_a_late_server_made_behind_its_owners_back_is_given_back(runtime, recorded):
    """Else a worker takes it once it is due, though its owner lives."""
    due = {"type": "SCHEDULED", "name": RESERVED, "state_details": {"scheduled_time": "2099-01-01T00:00:00Z"}}
    late = {"name": TAG, "state": due, "tags": [TAG, f"owner:{owner_name()}"], "enforce_parameter_schema": False}
    where = {"path_params": {"id": runtime.tracker._registered.deployment_id}}
    made = (await recorded.client.request("POST", BULK_CREATE, **where, json=[late])).json()["results"]
    stray = UUID(made[0]["flow_run_id"])
    before = held_by(runtime)
    await sweep(recorded.client)
    left = await recorded.reserved()
    assert {stray} | (before & held_by(runtime)) <= left
    await sweep(recorded.client, stray=0)
    left = await recorded.reserved()
    assert before & held_by(runtime) <= left and stray not in left


async def test_what_the_ui_shows_until_now_holds_no_reserved_run_and_every_used_one(settings, recorded):
    async with started(settings) as runtime:
        run = toy_run(settings)
        await resolve(runtime, run)
        used = await recorded.flow_run(run.resolution_id, "Completed")
        held = [run_id for _, run_id in runtime.tracker.reserve._ids]
        shown = await recorded.shown([used.id, *held])
    assert held
    assert [one.id for one in shown] == [used.id]
