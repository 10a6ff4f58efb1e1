"""What the operators see of an answer, and that nobody waits for it."""

from __future__ import annotations

import time

import httpx
import pytest

from tests.acceptance.test_numbers import FINANCE, number

ASKED = "What was APAC revenue last quarter?"
PREFECT_SECONDS = 150.0


@pytest.fixture(scope="module")
def tracked(rest):
    """An answer whose run the orchestrator has in full, once it is up."""
    ends = time.monotonic() + PREFECT_SECONDS
    while time.monotonic() < ends:
        answer = rest.answer(ASKED, FINANCE, execute=True)
        if answer["provenance"]["tracking"] == "full":
            return answer
        time.sleep(1)
    raise AssertionError("no run was ever tracked in full")


def without(answer):
    """The components that this answer did without."""
    return {degradation["component"] for degradation in answer["degradations"]}


def shown(enterprise, answer):
    """The flow run of an answer, once it is told there."""
    url = f"{enterprise.settings.prefect_api_url}/flow_runs/{answer['provenance']['flow_run_id']}"
    ends = time.monotonic() + PREFECT_SECONDS
    while time.monotonic() < ends:
        found = httpx.get(url, trust_env=False, timeout=10)
        if found.status_code == 200 and (found.json()["state"] or {})["type"] == "COMPLETED":
            return found.json()
        time.sleep(0.2)
    raise AssertionError(found.text)


@pytest.mark.timeout(450)
def test_an_answer_names_the_run_that_the_orchestrator_shows(enterprise, tracked):
    run = shown(enterprise, tracked)
    assert tracked["provenance"]["flow_run_url"].endswith(f"/runs/flow-run/{run['id']}")
    assert run["parameters"] == {"resolution_id": tracked["resolution_id"]} and run["deployment_id"]
    assert "orchestrator" not in without(tracked)


@pytest.mark.timeout(450)
def test_the_run_shows_the_stages_of_the_answer(enterprise, tracked):
    shown(enterprise, tracked)
    wanted = {n["id"] for n in tracked["provenance"]["dag"]["nodes"]}
    names: set[str] = set()
    ends = time.monotonic() + PREFECT_SECONDS
    while not wanted <= names and time.monotonic() < ends:
        asked = {"flow_runs": {"id": {"any_": [tracked["provenance"]["flow_run_id"]]}}}
        found = httpx.post(f"{enterprise.settings.prefect_api_url}/task_runs/filter", json=asked, trust_env=False)
        names = {run["name"].split("-")[0] for run in found.json()}
        time.sleep(0.2)
    assert names == wanted


@pytest.fixture
def stopped(enterprise, tracked):
    """Without the orchestrator, as long as a test takes."""
    enterprise.platform.stop("prefect", report=lambda line: None)
    yield
    enterprise.platform.start("prefect", report=lambda line: None)


@pytest.mark.timeout(450)
def test_with_the_orchestrator_stopped_the_answer_is_the_same_and_says_so(rest, tracked, stopped):
    ends = time.monotonic() + 30
    while without(answer := rest.answer(ASKED, FINANCE, execute=True)) != {"orchestrator"}:
        assert time.monotonic() < ends, f"without {without(answer) or 'nothing'}, 30 s after the orchestrator went"
        time.sleep(0.5)
    assert answer["provenance"]["tracking"] == "summary"
    assert number(answer) == number(tracked)
    assert answer["confidence_score"] == tracked["confidence_score"]
