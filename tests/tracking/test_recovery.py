"""What a process that is gone had not told the Prefect server is told by another one."""

import asyncio

import pytest

from api.tracking.journal import Journal
from api.tracking.prefect_names import RESERVED
from api.tracking.reserved_runs import TAG
from ecp.errors import StoreUnavailable
from tasks.leaving import run_name
from tasks.states import final_state
from tests.tracking.test_tracker import started
from tests.tracking.toy import resolve, toy_run, toy_runtime, toy_settings

INTERRUPTED = final_state("failed", message="interrupted")


@pytest.fixture
async def told():
    return []


@pytest.fixture
async def runtime(prefect_api, tmp_path, told):
    async def write(ended):
        told.extend(ended)

    runtime = toy_runtime(toy_settings(prefect_api, tmp_path), journal=Journal(write, every=0.05))
    await runtime.start()
    async with asyncio.timeout(120):
        await runtime.call(runtime.tracker.wait_ready)
    yield runtime
    await runtime.stop()


def settled(runtime, run, state=INTERRUPTED):
    async def settle():
        runtime.tracker.settle(run, state, {"resolution_id": run.resolution_id})
        assert await runtime.tracker.ledger.flush(60)

    return runtime.call(settle)


async def test_a_run_the_server_never_heard_of_is_recorded_in_summary_once(runtime, recorded, told):
    run = toy_run(toy_settings(None, "unused"))
    await settled(runtime, run, final_state("complete"))
    await settled(runtime, run, final_state("complete"))
    shown = await recorded.flow_run(run.resolution_id, "Completed")
    assert "summary" in shown.tags and len(await recorded.artifacts(shown)) == 1
    await recorded.until(lambda: asyncio.sleep(0.05, (run.resolution_id, 1) in told))


async def test_a_run_that_is_shown_open_is_closed(runtime, recorded):
    run = toy_run(toy_settings(None, "unused"))
    running = {"type": "RUNNING", "name": "Running"}
    flow_id = str(runtime.tracker._registered.flow_id)
    body = {"flow_id": flow_id, "name": run_name(run), "state": running}
    (await recorded.client.request("POST", "/flow_runs/", json=body)).raise_for_status()
    await settled(runtime, run)
    shown = await recorded.flow_run(run.resolution_id, "Failed")
    assert shown.state.message == "interrupted" and len(await recorded.artifacts(shown)) == 1


async def test_a_run_that_was_only_reserved_is_told_in_summary_under_the_id_that_its_answer_names(runtime, recorded):
    run = toy_run(toy_settings(None, "unused"))
    flow_id = str(runtime.tracker._registered.flow_id)
    body = {"flow_id": flow_id, "name": TAG, "state": {"type": "PENDING", "name": RESERVED}, "tags": [TAG]}
    run.flow_run_id = (await recorded.client.request("POST", "/flow_runs/", json=body)).json()["id"]
    await settled(runtime, run, final_state("complete"))
    shown = await recorded.flow_run(run.resolution_id, "Completed")
    assert str(shown.id) == run.flow_run_id and "summary" in shown.tags and TAG not in shown.tags


async def test_what_somebody_has_ended_is_left_alone(runtime, recorded):
    run = toy_run(toy_settings(None, "unused"))
    tracked = await resolve(runtime, run)
    shown = await recorded.flow_run(run.resolution_id, "Completed")
    await settled(runtime, run)
    assert str(shown.id) == tracked.flow_run_id
    assert (await recorded.client.read_flow_run(shown.id)).state_name == "Completed"


async def test_a_run_is_told_once_the_server_knows_all_of_it(runtime, recorded, told):
    run = toy_run(toy_settings(None, "unused"))
    await resolve(runtime, run)
    assert (run.resolution_id, 1) not in told
    await recorded.until(lambda: asyncio.sleep(0.05, (run.resolution_id, 1) in told))
    assert (await recorded.artifacts(await recorded.flow_run(run.resolution_id, "Completed")))[0]


async def test_what_the_journal_could_not_write_is_written_later():
    written, failures = [], [StoreUnavailable("registry", "down")]

    async def write(ended):
        if failures:
            raise failures.pop()
        written.extend(ended)

    journal = Journal(write)
    journal.told("r", 1)
    await journal.flush()
    await journal.flush()
    await journal.flush()
    assert written == [("r", 1)]


async def test_without_a_server_nothing_is_ever_told(tmp_path):
    async with started(toy_settings(None, tmp_path), ready=False) as runtime:
        assert not runtime.tracker.records
        assert (await resolve(runtime, toy_run(toy_settings(None, tmp_path)))).mode == "summary"
