"""What the operators see of an answer, and that nobody waits for it."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager

import httpx
import pytest

from tests.acceptance.test_numbers import FINANCE, number

ASKED = "What was APAC revenue last quarter?"
PREFECT_SECONDS = 150.0
CALLERS = 4
UNDER_WAY = 12
PAGE = 200
OVER = {"COMPLETED", "FAILED", "CANCELLED", "CRASHED"}


@pytest.fixture(scope="module")
def tracked(rest):
    """An answer of stores that are warm, whose run the orchestrator has in full, once it is up."""
    ends = time.monotonic() + PREFECT_SECONDS
    while time.monotonic() < ends:
        answer = rest.answer(ASKED, FINANCE, execute=True)
        if answer["provenance"]["tracking"] == "full" and not (answer["degradations"] or answer["warnings"]):
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


def server_pid(enterprise):
    """Once it is there: what watches over it may just be starting it again."""
    ends = time.monotonic() + PREFECT_SECONDS
    while (pid := next(part.pid for part in enterprise.platform.status() if part.name == "prefect")) is None:
        assert time.monotonic() < ends, "the Prefect server is not started again"
        time.sleep(0.2)
    return pid


@contextmanager
def killed(enterprise):
    """What watches over it starts it again, whenever that is done."""
    os.kill(server_pid(enterprise), signal.SIGKILL)
    yield


@contextmanager
def paused(enterprise):
    pid = server_pid(enterprise)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def restarted(enterprise):
    enterprise.platform.stop("prefect", report=lambda line: None)
    yield
    enterprise.platform.start("prefect", report=lambda line: None)


def all_shown(enterprise, ids):
    """Their flow runs by name, once there is one for each and every one is over."""
    url, ends = f"{enterprise.settings.prefect_api_url}/flow_runs/filter", time.monotonic() + PREFECT_SECONDS
    while time.monotonic() < ends:
        try:
            found = httpx.post(url, json={"flow_runs": {"name": {"any_": ids}}}, trust_env=False, timeout=10).json()
        except (httpx.HTTPError, ValueError):
            found = []
        if {run["name"] for run in found} == set(ids) and all(run["state"]["type"] == "COMPLETED" for run in found):
            return found
        time.sleep(0.5)
    raise AssertionError([(run["name"], run["state"]["name"]) for run in found])


def open_tasks(enterprise, runs):
    """Their task runs that are not over, after as long as it takes at most."""
    url, ends = f"{enterprise.settings.prefect_api_url}/task_runs/filter", time.monotonic() + PREFECT_SECONDS
    asked = {"flow_runs": {"id": {"any_": [run["id"] for run in runs]}}}
    while True:
        answer = httpx.post(url, json=asked, trust_env=False, timeout=10)
        assert answer.status_code == 200 and len(answer.json()) < PAGE, answer.text[:300]
        found = [(run["name"], run["state_type"]) for run in answer.json() if run["state_type"] not in OVER]
        if not found or time.monotonic() > ends:
            return found
        time.sleep(0.5)


def pytest_generate_tests(metafunc):
    if "lost" in metafunc.fixturenames:
        rest = (restarted,) if metafunc.config.getoption("--faults") == "all" else ()
        metafunc.parametrize("lost", (killed, paused, *rest), ids=lambda lost: lost.__name__)


@pytest.mark.timeout(450)
def test_lost_while_resolutions_are_under_way_it_costs_no_answer_and_shows_each_once(rest, enterprise, tracked, lost):
    def asked(number):
        began = time.monotonic()
        return rest.answer(ASKED, FINANCE, execute=True), began, time.monotonic()

    with ThreadPoolExecutor(CALLERS) as callers:
        asking = [callers.submit(asked, n) for n in range(UNDER_WAY)]
        wait(asking, return_when=FIRST_COMPLETED)
        struck = time.monotonic()
        with lost(enterprise):
            ended = [future.result() for future in asking]
    answers = [answer for answer, _, _ in ended]
    assert any(began < struck < over for _, began, over in ended)
    assert max(over - began for _, began, over in ended) < enterprise.settings.deadline_seconds
    assert {number(answer) for answer in answers} == {number(tracked)}
    assert {answer["confidence_score"] for answer in answers} == {tracked["confidence_score"]}
    assert all(without(answer) <= {"orchestrator"} for answer in answers)
    expected = {a["resolution_id"]: "Degraded" if without(a) else "Completed" for a in answers}
    runs = all_shown(enterprise, list(expected))
    assert len(runs) == len(expected) == UNDER_WAY
    assert {run["name"]: run["state"]["name"] for run in runs} == expected
    assert open_tasks(enterprise, runs) == []
    told = {a["provenance"]["flow_run_id"] for a in answers} - {None}
    assert told <= {run["id"] for run in runs}
