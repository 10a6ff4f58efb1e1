"""A worker whose environment says where the orchestrator is, and nothing of any store, runs everything."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import psycopg
import pytest

from ecp.platform.deployments import POOLS
from ecp.platform.layout import CODE
from tests.acceptance.test_numbers import FINANCE
from tests.support.command import ECP
from tests.support.enterprise import NOWHERE, another_api
from tests.support.rest import Rest, client_of

pytestmark = pytest.mark.timeout(900)
ASKED = "What was APAC revenue last quarter?"
LEAVE_SECONDS = 60


def told(**given: str) -> dict[str, str]:
    """This environment, without anything that is the platform's."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("ECP_", "PREFECT_"))}
    return plain | given


@pytest.fixture(scope="module")
def alone(enterprise, worker, tmp_path_factory):
    """The platform's own worker is away; in its place one that knows of blocks alone."""
    settings, home = enterprise.settings, tmp_path_factory.mktemp("elsewhere")
    at = {"PREFECT_API_URL": settings.prefect_api_url, "PREFECT_HOME": str(home / "prefect")}
    register = [*ECP, "blocks", "register"]
    subprocess.run(register, cwd=CODE, env=told(ECP_HOME=str(settings.home), **at), check=True, capture_output=True)
    enterprise.platform.stop("worker", lambda line: None)
    pools = [word for pool in POOLS for word in ("--pool", pool.name)]
    command = [sys.executable, "-m", "ecp.platform.worker_process", "--watches", *pools, "--niceness", "0"]
    with (home / "worker.log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--api", settings.prefect_api_url],
            cwd=CODE,
            env=told(ECP_HOME=str(home), **at),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield worker
        finally:
            process.terminate()
            process.wait(LEAVE_SECONDS)
            enterprise.platform.start("worker", lambda line: None)


@pytest.fixture
def watch(enterprise, rest):
    """A watch that is due."""
    context, concept = rest.words.value(FINANCE), rest.words.text(ASKED)
    body = {"concept": concept, "user_context": context, "execute": True, "schedule": {"every_seconds": 3600}}
    made = rest.post("watches", body)
    assert made.status_code == 201, made.text
    watch_id = made.json()["id"]
    with psycopg.connect(enterprise.registry) as connection:
        connection.execute("update watches set next_at = now() where watch_id = %s", (watch_id,))
    yield watch_id
    rest.client.delete(f"/api/v1/watches/{watch_id}")


def outcomes(rest, watch_id):
    owner = {"X-ECP-User-Context": json.dumps(rest.words.value(FINANCE))}
    found = rest.client.get(f"/api/v1/watches/{watch_id}/runs", headers=owner)
    assert found.status_code == 200, found.text
    return [run["outcome"] for run in found.json()["runs"]]


def test_a_watch_that_is_due_is_run_and_again_when_an_operator_asks(alone, rest, watch):
    alone.until(lambda: outcomes(rest, watch) == ["unchanged"])
    run = alone.run("reresolve/watch", watch_id=watch)
    assert (run["state"]["type"], run["state"]["name"]) == ("COMPLETED", "Unchanged"), run["state"]
    assert outcomes(rest, watch) == ["unchanged", "unchanged"]
    assert "unchanged" in run["tags"] and alone.artifacts(run["id"])


def test_what_had_to_do_without_a_store_is_retried(alone, enterprise, rest):
    gone = {"ECP_NEO4J_URI": NOWHERE.replace("http", "bolt"), "ECP_DOWN_MEMORY_SECONDS": "0"}
    with another_api(enterprise, **gone) as url, client_of(url) as client:
        answer = Rest(client, enterprise.words).tracked_answer(ASKED, FINANCE)
        flow_run_id = answer["provenance"]["flow_run_id"]
        alone.until(lambda: alone.artifacts(flow_run_id))
    alone.retry(flow_run_id)
    assert alone.ended(flow_run_id)["state"]["name"] == "Completed"
    found = rest.get(f"resolutions/{answer['resolution_id']}").json()
    assert (found["status"], found["attempt"], found["degradations"]) == ("complete", 2, [])


def test_upkeep_is_done(alone, enterprise):
    begun = {
        "ingest": alone.begin("ingest/upkeep", path=str(enterprise.pack), force=True),
        "drift": alone.begin("drift/upkeep"),
        "reindex": alone.begin("reindex/upkeep"),
        "retention": alone.begin("retention/upkeep"),
    }
    ended = {name: alone.ended(flow_run_id)["state"] for name, flow_run_id in begun.items()}
    assert {state["type"] for state in ended.values()} == {"COMPLETED"}, ended
    assert (ended["ingest"]["name"], ended["reindex"]["name"]) == ("Imported", "Ready")
    assert "0 could not be checked" in ended["drift"]["message"]
