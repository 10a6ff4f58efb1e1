"""Retry in the Prefect UI, as a worker serves it once the store is back."""

from __future__ import annotations

import pytest

from tests.acceptance.test_numbers import FINANCE
from tests.support.enterprise import NOWHERE, another_api
from tests.support.rest import Rest, client_of

ASKED = "What was APAC revenue last quarter?"
OTHER = "What was EMEA revenue last quarter?"
FINISHED = {"parse_intent", "search_registry", "search_vectors", "find_precedents", "resolve_period"}


@pytest.fixture(scope="module")
def both(enterprise, worker):
    """Two answers that had to do without the graph, once their runs and their tags are known to the orchestrator."""
    gone = {"ECP_NEO4J_URI": NOWHERE.replace("http", "bolt"), "ECP_DOWN_MEMORY_SECONDS": "0"}
    with another_api(enterprise, **gone) as url, client_of(url) as client:
        answers = [Rest(client, enterprise.words).tracked_answer(asked, FINANCE) for asked in (ASKED, OTHER)]
        for answer in answers:
            shown = worker.ended(answer["provenance"]["flow_run_id"])
            worker.until(lambda shown=shown: worker.artifacts(shown["id"]))
    return answers


@pytest.fixture(scope="module")
def degraded(both):
    return both[0]


@pytest.fixture(scope="module")
def retried(degraded, worker):
    flow_run_id = degraded["provenance"]["flow_run_id"]
    assert {"degraded", "degraded:graph"} <= set(worker.ended(flow_run_id)["tags"])
    worker.retry(flow_run_id)
    shown = worker.ended(flow_run_id)
    worker.until(lambda: "assemble_response" in worker.task_runs(flow_run_id, 2))
    return shown


@pytest.mark.timeout(600)
def test_it_is_the_next_attempt_at_the_same_resolution_and_both_can_be_read(degraded, retried, rest):
    found = rest.get(f"resolutions/{degraded['resolution_id']}").json()
    assert (found["status"], found["attempt"], found["degradations"]) == ("complete", 2, [])
    metrics, before = (answer["resolved_concepts"]["metrics"] for answer in (found, degraded))
    assert [m["id"] for m in metrics] == [m["id"] for m in before] and metrics
    attempts = rest.get(f"provenance/{degraded['resolution_id']}").json()["attempts"]
    assert [a["attempt"] for a in attempts] == [1, 2]


def test_what_was_finished_is_reused_and_the_rest_runs(retried, worker):
    ended = {stage: run["state"]["name"] for stage, run in worker.task_runs(retried["id"], 2).items()}
    assert {stage for stage, name in ended.items() if name == "Reused"} >= FINISHED
    assert (ended["search_graph"], ended["check_authorization"]) == ("Completed", "Completed")


def test_name_and_tags_say_how_the_newest_attempt_ended(degraded, retried, worker):
    before = worker.task_runs(retried["id"], 1)
    assert before["search_graph"]["state"]["type"] == "FAILED"
    assert (retried["state"]["type"], retried["state"]["name"]) == ("COMPLETED", "Completed")
    assert retried["name"] == f"{degraded['resolution_id']}-2"
    tags = set(retried["tags"])
    assert {"full", "completed"} <= tags and any(tag.startswith("department:") for tag in tags)
    assert not [tag for tag in tags if tag.startswith("degraded")]


def test_the_newest_artifact_is_of_the_retry(retried, worker):
    newest, former = worker.artifacts(retried["id"])
    assert "attempt 2" in newest["description"] and "| search_graph | complete |" in newest["data"]
    assert "attempt 1" in former["description"] and "## Degraded" in former["data"]
    assert "## Degraded" not in newest["data"]


def test_the_log_says_what_the_failed_stage_came_to(degraded, retried, worker):
    (line,) = [line for line in worker.logs(retried["id"]) if line["message"].startswith("search_graph:")]
    failed = worker.task_runs(retried["id"], 1)["search_graph"]
    assert line["task_run_id"] == failed["id"] and line["level"] >= 40
    assert "asked 4 times" in line["message"] and line["message"].endswith(failed["state"]["message"])


def test_a_run_that_another_was_faster_than_is_told_as_what_the_resolution_is_now(both, rest, worker):
    resolution_id, flow_run_id = both[1]["resolution_id"], both[1]["provenance"]["flow_run_id"]
    assert "degraded:graph" in worker.ended(flow_run_id)["tags"]
    assert rest.post(f"resolutions/{resolution_id}/rerun", {}).status_code == 202
    worker.until(lambda: rest.get(f"resolutions/{resolution_id}").json()["status"] == "complete")
    assert rest.get(f"resolutions/{resolution_id}").json()["attempt"] == 2
    worker.retry(flow_run_id)
    shown = worker.ended(flow_run_id)
    assert shown["state"]["type"] == "COMPLETED" and "another run did this" in shown["state"]["message"]
    assert shown["name"] == f"{resolution_id}-2" and {"full", "completed"} <= set(shown["tags"])
    assert not [tag for tag in shown["tags"] if tag.startswith("degraded")]
    assert rest.get(f"resolutions/{resolution_id}").json()["attempt"] == 2
