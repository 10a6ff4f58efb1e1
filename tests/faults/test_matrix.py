"""Each store broken in each way, alone and in pairs: the contract, the deadline, and nothing wider than was allowed."""

from __future__ import annotations

import pytest

from ecp.errors import PolicyUnavailable, StoreError
from tests.faults.bench import Observed
from tests.faults.cells import STAGES, Cell, matrix
from tests.faults.conftest import Seen

pytestmark = [pytest.mark.needs_servers, pytest.mark.timeout(900)]
FALLBACKS = {
    "vector": "keyword search",
    "graph": "registry only",
    "known_issues": "none",
    "policy": "deny",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "cell" in metafunc.fixturenames:
        cells = matrix(metafunc.config.getoption("--faults") == "all")
        metafunc.parametrize("cell", cells, ids=str, scope="session")


@pytest.fixture
def observed(cell: Cell, seen: Seen) -> Observed:
    found = seen.cells[cell]
    if isinstance(found, BaseException):
        pytest.fail(f"the cell could not be observed: {found!r}")
    return found


def test_the_question_has_an_answer_when_nothing_is_broken(seen: Seen):
    run = seen.whole.run
    assert run.resolution.status == "complete" and run.resolution.results.rows
    assert (seen.whole.missing, seen.whole.tracked.mode) == (set(), "full")


def test_a_cell_is_answered_or_refused_as_the_contract_says(cell: Cell, observed: Observed, seen: Seen):
    run, whole = observed.run, seen.whole.run
    if cell.refused is None:
        assert run.error is None and run.resolution.status == "complete"
        assert ids(run) == ids(whole)
        assert run.resolution.confidence_score < whole.resolution.confidence_score
    else:
        assert refusal_fits(cell, run.error), repr(run.error)
        assert run.resolution.results is run.resolution.execution_plan is None
        assert run.resolution.resolved_concepts.metrics == run.resolution.options == ()
    if cell.refused != "registry":
        assert observed.missing == cell.missing


def test_what_it_did_without_is_said_with_its_fallback_logged_and_behind_a_stage(
    cell: Cell, observed: Observed, seen: Seen
):
    said = {d.component: d for d in observed.run.degradations}
    if cell.refused is None:
        assert {d.component: d for d in observed.run.resolution.degradations} == said
    assert all(said[c].fallback == FALLBACKS[c] for c in said if c in FALLBACKS)
    assert all(d.effect for d in said.values())
    assert {line["component"] for line in seen.events(observed, "service_degraded")} == set(said)
    unhappy = {n.id for n in observed.run.nodes if n.status in ("failed", "skipped")}
    assert [c for c in said if not STAGES[c] & unhappy] == []


async def test_the_orchestrator_shows_it_by_tag_and_by_a_task_that_failed_or_was_skipped(
    cell: Cell, observed: Observed, recorded
):
    assert observed.tracked.mode == "full"
    name = "Degraded" if cell.refused is None else "Failed"
    shown = await recorded.flow_run(observed.run.resolution_id, name)
    tags = set((await recorded.client.read_flow_run(shown.id)).tags)
    assert {f"degraded:{component}" for component in observed.missing} <= tags
    states = await recorded.task_states(shown, len(observed.run.nodes) - (cell.refused is not None))
    unhappy = {stage for stage, state in states.items() if state in ("Failed", "Skipped", "TimedOut")}
    assert [c for c in observed.missing if not STAGES[c] & unhappy] == []


def test_nothing_lasted_longer_than_it_may(cell: Cell, observed: Observed):
    run = observed.run
    assert observed.seconds < run.settings.deadline_seconds * 1.5 + 2
    assert sum(wait for _, wait in run.waits) <= run.settings.deadline_seconds / 2
    for store in cell.stores:
        assert sum(1 for known, _ in run.waits if known == store) <= 2 * run.settings.retry_attempts


def test_nothing_is_wider_than_it_was_with_everything_there(cell: Cell, observed: Observed, seen: Seen):
    answer, whole = observed.run.resolution, seen.whole.run.resolution
    if answer.results is not None:
        assert answer.results.rows == whole.results.rows
    if answer.execution_plan is not None:
        assert [q.cube["filters"] for q in answer.execution_plan.queries] == [
            q.cube["filters"] for q in whole.execution_plan.queries
        ]
        assert answer.authorization == whole.authorization


def test_answers_and_refusals_are_on_the_record_where_there_is_a_registry(cell: Cell, observed: Observed, audit):
    """Where the registry was late for how it ended, it is told once it takes it."""
    kept = audit(observed.run.resolution_id)
    assert kept in ([[], ["failed"]] if cell.refused == "registry" else [[observed.run.resolution.status]])


def test_the_metrics_have_counted_every_degradation_of_every_cell(seen: Seen):
    for component in ("vector", "graph", "semantic", "policy", "known_issues"):
        wanted = sum(component in cell.missing and cell.refused != "registry" for cell in seen.cells)
        assert seen.degraded[component] >= wanted > 0


def ids(run):
    return [(m.id, m.mention) for m in run.resolution.resolved_concepts.metrics]


def refusal_fits(cell: Cell, error) -> bool:
    if cell.refused == "policy":
        return isinstance(error, PolicyUnavailable) and error.extra["retry_after"] > 0
    if "policy" in cell.stores and isinstance(error, PolicyUnavailable):
        return True
    return isinstance(error, StoreError) and error.store == cell.refused and error.status in (503, 504)
