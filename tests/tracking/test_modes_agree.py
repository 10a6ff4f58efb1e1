"""One list of faults, run as Prefect tasks and as plain calls: the same attempts, waits, outcomes and nodes."""

import asyncio
from itertools import chain, repeat

import pytest

from ecp.errors import CircuitOpen, StoreMalformed, StoreRejected, StoreTimeout, StoreUnavailable
from ecp.run import running
from tests.tracking.test_tracker import started
from tests.tracking.toy import ToyStores, resolve, toy, toy_run, toy_settings

DOWN, LATE = StoreUnavailable("graph", "refused"), StoreTimeout("graph", "late")
ANSWERS = None
FAULTS = {
    "nothing": [ANSWERS],
    "one failure": [DOWN, ANSWERS],
    "a failure, then a timeout": [DOWN, LATE, ANSWERS],
    "three failures": [DOWN, DOWN, DOWN, ANSWERS],
    "always down": [DOWN],
    "rejected": [StoreRejected("graph", "not understood")],
    "malformed": [StoreMalformed("graph", "unreadable")],
    "malformed after a failure": [DOWN, StoreMalformed("graph", "unreadable")],
    "breaker open": [CircuitOpen("graph", "open")],
    "a defect": [ZeroDivisionError()],
}
SETTINGS = {
    "as they are": {},
    "no time for a second wait": {"deadline_seconds": 0.1},
    "no retries": {"retry_attempts": 0},
}


@pytest.fixture(scope="module")
async def runtime(prefect_api, tmp_path_factory):
    async with started(toy_settings(prefect_api, tmp_path_factory.mktemp("modes"))) as runtime:
        yield runtime


def stores_with(faults):
    outcomes = chain(faults, repeat(faults[-1]))

    async def graph():
        fault = next(outcomes)
        if fault is not None:
            raise fault

    return ToyStores(graph=graph)


async def ends(call):
    try:
        await call
    except ZeroDivisionError as error:
        return type(error)
    return None


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("changes", SETTINGS.values(), ids=SETTINGS)
async def test_faults_meet_the_same_answer_tracked_or_not(faults, changes, runtime, tmp_path):
    settings = toy_settings(None, tmp_path, **changes)
    seen = []
    for tracking in ("full", "summary"):
        run = toy_run(settings, stores_with(faults))
        run.deadline += 60
        if tracking == "full":
            await runtime.call(lambda: _room(runtime))
            ended = await ends(resolve(runtime, run))
        else:
            run.tracking = tracking
            with running(run):
                ended = await ends(toy.fn(run.resolution_id))
        assert run.tracking == tracking
        nodes = [(node.id, node.status, node.error, [a.store for a in node.stores_queried]) for node in run.nodes]
        degraded = [degradation.component for degradation in run.degradations]
        seen.append((run.stores.asked.count("graph"), run.waits, ended, sorted(nodes, key=str), degraded))
    assert seen[0] == seen[1]


async def _room(runtime):
    """Until the next run is tracked in full, however slow the server is just now."""
    while not len(runtime.tracker.reserve) or runtime.tracker.ledger.behind:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
