"""What an operator finds in the Prefect UI, seen with a real browser."""

from collections.abc import Iterator

import pytest

from tests.acceptance.test_numbers import FINANCE
from tests.support.browser import Page, opened_browser
from tests.support.enterprise import NOWHERE, another_api
from tests.support.rest import Rest, client_of

pytestmark = [pytest.mark.needs_servers, pytest.mark.timeout(600)]
ASKED = "What was APAC revenue last quarter?"
WITHOUT = "Without it: registry only"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with opened_browser() as page:
        yield page


@pytest.fixture(scope="module")
def degraded(enterprise, worker):
    """An answer that had to do without the graph, which it asked for itself, once all of it has been told."""
    gone = {"ECP_NEO4J_URI": NOWHERE.replace("http", "bolt"), "ECP_DOWN_MEMORY_SECONDS": "0"}
    with another_api(enterprise, **gone) as url, client_of(url) as client:
        answer = Rest(client, enterprise.words).tracked_answer(ASKED, FINANCE)
        flow_run_id = answer["provenance"]["flow_run_id"]
        worker.until(lambda: worker.artifacts(flow_run_id))
        worker.until(lambda: "assemble_response" in worker.task_runs(flow_run_id, 1))
    return answer


def test_the_page_of_runs_names_the_run_its_outcome_department_and_what_it_did_without(page, degraded):
    url = degraded["provenance"]["flow_run_url"]
    page.open(url.split("/runs/")[0] + "/runs")
    page.wait_for(degraded["resolution_id"], "Degraded", "degraded:graph", "department:")
    _, _, listed = page.text.partition("Flow runs\n")  # before it, a menu of all tags there are
    assert degraded["resolution_id"] in listed and "degraded:graph" in listed.split()
    assert "reserved" not in listed.split()


def test_the_run_tells_first_of_all_what_went_wrong(page, degraded):
    page.open(degraded["provenance"]["flow_run_url"])
    page.wait_for("Degraded", "The graph cannot be reached; asked 4 times", WITHOUT)


def test_the_red_stage_says_which_store_what_was_tried_and_what_that_did_to_the_answer(page, degraded):
    page.open(degraded["provenance"]["flow_run_url"])
    page.click("Task Runs")
    page.wait_for("search_graph", "select_definitions", "Failed")
    page.follow("search_graph")
    page.wait_for("Failed", "The graph cannot be reached; asked 4 times", WITHOUT)


def test_the_card_and_the_stages_stand_in_the_artifact(page, degraded):
    page.open(degraded["provenance"]["flow_run_url"])
    page.click("Artifacts")
    page.follow("Resolution ")
    page.wait_for("Confidence", "Stages", "check_authorization", "registry only")
