"""A rerun trusts no old authorisation, and no result obtained under a different one."""

from __future__ import annotations

import pytest

from ecp.domain.authorization import RowFilter
from ecp.errors import AlreadyRunning, NothingToRerun, StoreUnavailable
from tasks.checkpoints import CIRCUMSTANCES
from tasks.opening import reopen
from tests.never.conftest import ASKED, FINANCE
from tests.support.desk import Counting, Failing, open_desk

GONE = StoreUnavailable("graph", "the graph refused the connection")
COUNTED = {
    "vector": ("search", "known_issues"),
    "graph": ("find", "known_issues", "lineage"),
    "semantic": ("meta", "load", "data_version"),
    "policy": ("decide",),
    "registry": ("search", "precedents"),
}


class Amended:
    """The policy engine, whose decisions are changed."""

    def __init__(self, policy, **changes):
        self._policy = policy
        self._changes = changes

    async def decide(self, question, *, timeout):
        decision = await self._policy.decide(question, timeout=timeout)
        return decision.model_copy(update=self._changes)

    def __getattr__(self, name):
        return getattr(self._policy, name)


class OfAnotherVersion:
    """The registry, whose checkpoints came about on a version before this one."""

    def __init__(self, registry):
        self._registry = registry

    async def checkpoints(self, resolution_id):
        kept = await self._registry.checkpoints(resolution_id)
        changed = {"value": {"registry_version": "0"}}
        return tuple(c.model_copy(update={"output": changed}) if c.stage == CIRCUMSTANCES else c for c in kept)

    def __getattr__(self, name):
        return getattr(self._registry, name)


@pytest.fixture
async def degraded(enterprise):
    """An executed answer that had to do without the graph."""
    async with open_desk(enterprise.settings, enterprise.words) as own:
        failing = own.having(graph=Failing(own.stores.graph, GONE, "find", "known_issues"))
        run = await failing.ask(ASKED, FINANCE, execute=True)
    assert run.resolution.status == "complete" and [d.component for d in run.degradations] == ["graph"]
    return run


def counting(desk):
    stores = {name: Counting(getattr(desk.stores, name), *methods) for name, methods in COUNTED.items()}
    return desk.having(**stores), {name: store.asked for name, store in stores.items()}


def status_of(run, stage):
    return next(n.status for n in run.nodes if n.id == stage)


async def test_under_the_same_decision_what_was_finished_asks_no_store_again(desk, degraded):
    counted, asked = counting(desk)
    run = await counted.rerun(degraded)
    assert (run.attempt, run.resolution.status, run.degradations) == (2, "complete", [])
    assert asked["policy"] == ["decide"] and sorted(asked["graph"]) == ["find", "known_issues"]
    assert asked["vector"] == ["known_issues"] and asked["semantic"] == [] and asked["registry"] == []
    assert run.resolution.results == degraded.resolution.results
    assert status_of(run, "execute_queries") == "reused" and status_of(run, "check_authorization") == "complete"
    kept = await desk.stores.registry.attempts(run.resolution_id)
    assert [a["attempt"] for a in kept] == [1, 2]


async def test_a_permission_that_was_taken_away_denies(desk, degraded):
    run = await desk.having(policy=Amended(desk.stores.policy, allowed=False, reasons=("no longer yours",))).rerun(
        degraded
    )
    answer = run.resolution
    assert (answer.status, answer.results, answer.execution_plan) == ("access_denied", None, None)


async def test_numbers_found_under_a_wider_decision_are_not_used_under_a_narrower_one(desk, degraded):
    less = RowFilter(dimension=desk.words.text("country"), values=(desk.words.text("AU"),))
    run = await desk.having(policy=Amended(desk.stores.policy, row_filters=(less,))).rerun(degraded)
    ((before,),), ((after,),) = degraded.resolution.results.rows, run.resolution.results.rows
    assert 0 < after < before
    assert status_of(run, "execute_queries") == "complete"


async def test_after_a_policy_that_could_not_be_asked_it_is_asked(desk):
    failing = Failing(desk.stores.policy, StoreUnavailable("policy", "gone"), "decide")
    failed = await desk.having(policy=failing).ask(ASKED, FINANCE, execute=True)
    assert failed.resolution.status == "failed"
    counted, asked = counting(desk)
    run = await counted.rerun(failed)
    assert run.resolution.status == "complete" and asked["policy"] == ["decide"]
    assert asked["graph"] == asked["vector"] == [] and asked["semantic"] == ["load"]


async def test_what_came_about_on_another_registry_version_is_found_anew(desk, degraded):
    run = await desk.having(registry=OfAnotherVersion(desk.stores.registry)).rerun(degraded)
    assert {n.status for n in run.nodes} == {"complete"}


async def test_what_succeeded_is_not_rerun_unless_it_is_forced(desk):
    run = await desk.ask(ASKED, FINANCE)
    with pytest.raises(NothingToRerun):
        await desk.rerun(run)
    assert (await desk.rerun(run, force=True)).attempt == 2


async def test_of_two_reruns_at_once_one_begins(desk, degraded):
    begun = await reopen(desk.settings, desk.stores, degraded.resolution_id)
    with pytest.raises(AlreadyRunning):
        await desk.rerun(degraded)
    assert begun.attempt == 2


async def test_a_narrowed_execution_is_rerun_as_narrow_as_it_was(enterprise, desk):
    resolved = await desk.ask(ASKED, FINANCE)
    async with open_desk(enterprise.settings, enterprise.words) as own:
        failing = own.having(graph=Failing(own.stores.graph, GONE, "find", "known_issues"))
        narrowed = await failing.execute(resolved, start="2025-11-01", end="2025-11-30")
    run = await desk.rerun(narrowed)
    assert (run.attempt, run.degradations) == (3, [])
    assert run.resolution.results == narrowed.resolution.results
    assert str(run.resolution.resolved_concepts.period.start) == "2025-11-01"
