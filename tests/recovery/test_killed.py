"""Whatever is killed in the middle of reruns, watches and imports: nothing is lost, doubled or half published."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import yaml

from ecp.packs.versions import roll_back_with
from tests.support.command import ECP, bringing_back
from tests.support.enterprise import api_process, load, own_process
from tests.support.platform import free_port
from tests.support.rest import Rest, client_of
from tests.support.watches import Time, keeping

FINANCE = {"user_id": "u-7", "department": "finance", "role": "analyst"}
ASKED = ("What was APAC revenue last quarter?", "What was EMEA revenue last quarter?", "What does churn mean?")
PATIENCE = 60.0
STARTING = 5  # seconds that a command may take before it looks at the clock
NEW = "orders_nobody_counted"


@pytest.fixture
def registry(enterprise):
    with psycopg.connect(enterprise.registry, autocommit=True) as connection:
        yield connection


@pytest.fixture
def small_pack(tmp_path, enterprise, registry):
    """One metric more, which is taken back at the end."""
    metric = {"kind": "metric", "id": NEW, "name": "Orders nobody counted", "definition": "Nobody knows.", "owner": "x"}
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "metric.yaml").write_text(yaml.safe_dump(metric))
    (before,) = registry.execute("select max(version) from registry_versions").fetchone()
    yield tmp_path / "small"
    with ThreadPoolExecutor(1) as thread:
        assert not thread.submit(asyncio.run, roll_back_with(enterprise.settings, str(before))).result().incomplete


def until(true, process=None):
    ends = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < ends, "it never came"
        assert process is None or process.poll() is None, "it ended by itself"
        time.sleep(0.05)
    return found


@contextmanager
def nobody_answers(port):
    """Whoever connects is let in, and waits."""
    with socket.create_server(("127.0.0.1", port)):
        yield


def kill(process, registry):
    """As `kill -9`, and half a minute later: who reaches the orchestrator takes over at once."""
    process.kill()
    process.wait()
    registry.execute(
        "update holders set seen_at = seen_at - interval '30 seconds' where holder ~ %s", (f":{process.pid}:",)
    )
    left = "holder ~ %s and status = 'running'"
    gone = f"update resolutions set updated_at = updated_at - interval '30 seconds' where {left}"
    registry.execute(gone, (f":{process.pid}:",))


def without_graph(port):
    """The settings of a process whose graph is at a port where nobody is yet, and that waits long for who is silent."""
    return {
        "ECP_NEO4J_URI": f"bolt://127.0.0.1:{port}",
        "ECP_RETRY_ATTEMPTS": "0",
        "ECP_DOWN_MEMORY_SECONDS": "0",
        "ECP_STORE_TIMEOUT_SECONDS": "50",
        "ECP_UNATTENDED_DEADLINE_SECONDS": "110",
        "ECP_DEADLINE_SECONDS": "110",
    }


def test_reruns_of_an_outage_are_brought_to_their_end_by_whoever_is_left(enterprise, rest, registry, tmp_path):
    began, graph = time.monotonic(), free_port()
    with api_process(enterprise, **without_graph(graph)) as (url, process), client_of(url) as client:
        own = Rest(client, enterprise.words)
        answers = [own.answer(question, FINANCE) for question in ASKED]
        ids = [a["resolution_id"] for a in answers]
        assert all("graph" in {d["component"] for d in a["degradations"]} for a in answers)
        running = "select count(*) from resolutions where resolution_id = any(%s) and status = 'running'"
        with nobody_answers(graph):
            bulk = bringing_back(began, STARTING, ECP_HOME=str(tmp_path), ECP_PORT=url.rpartition(":")[2])
            accepted = f"{running} and promised is not null"
            until(lambda: registry.execute(accepted, (ids,)).fetchone()[0] == 2, bulk)
            kill(process, registry)
        listed, said = bulk.communicate(timeout=30)
    assert bulk.returncode == 1 and "Start it: ecp up" in said
    assert {r["resolution_id"]: r["status"] for r in json.loads(listed)["reruns"]} == dict.fromkeys(ids, "unknown")
    until(lambda: registry.execute(running, (ids,)).fetchone()[0] == 0)
    ended = [rest.get(f"provenance/{resolution_id}").json()["attempts"] for resolution_id in ids]
    went_on = [last for *_, last in ended if last["status"] == "complete" and last["attempt"] > 1]
    assert len(went_on) == 2, f"two went on by themselves: {ended}"
    again = bringing_back(began, STARTING, ECP_HOME=str(enterprise.settings.home))
    brought, _ = again.communicate(timeout=PATIENCE)
    begun = {r["resolution_id"] for r in json.loads(brought)["reruns"]} & set(ids)
    assert again.returncode == 0 and begun
    for resolution_id in ids:
        answer = rest.get(f"resolutions/{resolution_id}").json()
        # A busy orchestrator may be late to answer; that is no part of this.
        missed = {d["component"] for d in answer["degradations"]} - {"orchestrator"}
        assert (answer["status"], missed) == ("complete", set())
        attempts = rest.get(f"provenance/{resolution_id}").json()["attempts"]
        assert [a["attempt"] for a in attempts] == list(range(1, answer["attempt"] + 1))
        audited = "select attempt from audit where resolution_id = %s and status = 'complete' order by attempt"
        complete = [a["attempt"] for a in attempts if a["status"] == "complete"]
        assert [row[0] for row in registry.execute(audited, (resolution_id,))] == complete


async def test_a_watch_whose_process_was_killed_has_its_run_once(enterprise, rest, registry):
    body = {"concept": ASKED[0], "user_context": FINANCE, "schedule": {"every_seconds": 3600}}
    watch_id = rest.post("watches", enterprise.words.value(body)).json()["id"]
    path, due = f"/api/v1/watches/{watch_id}", datetime.now(UTC) - timedelta(seconds=1)
    registry.execute("update watches set next_at = %s, since = %s where watch_id = %s", (due, due, watch_id))
    graph = free_port()
    settings = without_graph(graph) | {"ECP_WATCHES_AT_ONCE": "2", "PREFECT_API_URL": ""}
    claimed = "select count(*) from resolutions where holder ~ %s and status = 'running'"
    with nobody_answers(graph):
        command = [sys.executable, "-m", "api.watching"]
        with own_process(enterprise, command, "watching", **settings) as (process, _):
            until(lambda: registry.execute(claimed, (f":{process.pid}:",)).fetchone()[0] == 1, process)
            left = registry.execute("select resolution_id from resolutions where holder ~ %s", (f":{process.pid}:",))
            (dead,) = left.fetchone()
            kill(process, registry)

    def runs():
        return rest.client.get(f"{path}/runs").json()["runs"]

    assert runs() == []
    clock = Time(datetime.now(UTC))
    async with keeping(enterprise.settings, clock) as keeper:  # other tests' watches may be due as well
        await keeper.turn()
        assert runs() == [], "it is still claimed"
        clock.passes(minutes=5)
        await keeper.turn()
        await keeper.turn()
    (run,) = runs()
    assert (run["outcome"], run["missed"]) == ("unchanged", 0) and run["resolution_id"] != dead
    until(lambda: rest.get(f"resolutions/{dead}").json()["status"] == "failed")
    assert rest.client.delete(path).status_code == 204


def test_an_import_that_was_killed_has_published_nothing_or_is_completed_by_the_next(
    enterprise, rest, registry, small_pack
):
    newest = "select max(version) from registry_versions"
    (before,) = registry.execute(newest).fetchone()
    command = [*ECP, "import", str(small_pack)]
    waiting = "select count(*) from pg_locks where not granted and relation = 'registry_versions'::regclass"
    with psycopg.connect(enterprise.registry) as other:
        other.execute("lock table registry_versions in access exclusive mode")
        with own_process(enterprise, command, "import-1") as (process, _):
            until(lambda: registry.execute(waiting).fetchone()[0], process)
            process.kill()
    assert registry.execute(newest).fetchone()[0] == before
    assert NEW not in {m["id"] for m in rest.get("metrics?limit=200").json()["metrics"]}

    graph = free_port()
    with nobody_answers(graph), own_process(enterprise, command, "import-2", **without_graph(graph)) as (process, log):
        until(lambda: "texts embedded" in log.read_text(), process)
        process.kill()
    assert registry.execute(newest).fetchone()[0] == before + 1
    until(lambda: NEW in {m["id"] for m in rest.get("metrics?limit=200").json()["metrics"]})
    answer = rest.answer(ASKED[0], FINANCE)
    assert answer["status"] == "complete" and answer["provenance"]["registry_version"] == str(before + 1)
    assert "graph" in {d["component"] for d in answer["degradations"]}, "it says that the graph is behind"

    load(enterprise.settings, small_pack)
    answer = rest.answer(ASKED[0], FINANCE)
    assert (answer["status"], answer["degradations"]) == ("complete", [])


def test_an_ingest_that_was_killed_is_gone_on_with_by_the_next_run(enterprise, rest, registry, small_pack):
    newest, taken = "select max(version) from registry_versions", "select count(*) from ingested where pack = %s"
    (before,) = registry.execute(newest).fetchone()
    flow = f"print('ended', asyncio.run(ingest({str(small_pack)!r}, only=False, return_state=True)).name)"
    command = [sys.executable, "-c", f"import asyncio; from flows.ingest import ingest; {flow}"]
    there = {"PREFECT_API_URL": enterprise.settings.prefect_api_url}
    until(lambda: rest.get("health").json()["components"]["orchestrator"]["status"] == "ok")

    graph = free_port()
    killed = own_process(enterprise, command, "ingest-1", **there, **without_graph(graph))
    with nobody_answers(graph), killed as (process, log):
        until(lambda: registry.execute(newest).fetchone()[0] == before + 1, process)
        process.kill()
    assert registry.execute(taken, (small_pack.name,)).fetchone()[0] == 0, "it was not taken in whole"
    for number, outcome in enumerate(("Imported", "Unchanged"), 2):
        with own_process(enterprise, command, f"ingest-{number}", **there) as (process, log):
            assert process.wait(PATIENCE) == 0 and f"ended {outcome}" in log.read_text(), log.read_text()
    assert registry.execute(newest).fetchone()[0] == before + 1, "it was published once"
    answer = rest.answer(ASKED[0], FINANCE)
    assert (answer["status"], answer["degradations"]) == ("complete", [])
    assert NEW in {m["id"] for m in rest.get("metrics?limit=200").json()["metrics"]}
