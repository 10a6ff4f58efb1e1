"""What an operator finds in the Prefect UI, seen with a real browser."""

from collections.abc import Iterator

import pytest

from tests.acceptance.test_numbers import FINANCE
from tests.support.browser import Page, opened_browser
from tests.support.enterprise import NOWHERE, another_api
from tests.support.rest import Rest, client_of

pytestmark = pytest.mark.needs_servers
ASKED = "What was APAC revenue last quarter?"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with opened_browser() as page:
        yield page


@pytest.fixture(scope="module")
def degraded(enterprise, rest):
    """An answer that had to do without the graph."""
    with another_api(enterprise, ECP_NEO4J_URI=NOWHERE.replace("http", "bolt")) as url, client_of(url) as client:
        answer = Rest(client, enterprise.words).answer(ASKED, FINANCE)
        while answer["provenance"]["flow_run_url"] is None:
            answer = Rest(client, enterprise.words).answer(ASKED, FINANCE)
        yield answer


def test_the_page_of_runs_names_the_run_its_outcome_department_and_what_it_did_without(page, degraded):
    url = degraded["provenance"]["flow_run_url"]
    page.open(url.split("/runs/")[0] + "/runs")
    page.wait_for(degraded["resolution_id"], "Degraded", "degraded:graph", "department:")
    assert "reserved" not in page.text.split()


def test_the_red_stage_says_which_store_what_was_tried_and_what_that_did_to_the_answer(page, degraded):
    page.open(degraded["provenance"]["flow_run_url"])
    page.click("Task Runs")
    page.wait_for("search_graph", "select_definitions", "Failed")
    page.follow("search_graph")
    page.wait_for("The graph cannot be reached; asked", "Without it: registry only")


def test_the_card_and_the_stages_stand_in_the_artifact(page, degraded):
    page.open(degraded["provenance"]["flow_run_url"])
    page.click("Artifacts")
    page.follow("resolution-")
    page.wait_for("Confidence", "Stages", "check_authorization", "registry only")
