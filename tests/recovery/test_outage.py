"""A store is away while questions come in: the runbook's one command brings every answer back, and no more is asked
than what was missing."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.command import bringing_back
from tests.support.enterprise import another_api
from tests.support.relay import relay_to, relay_to_postgres
from tests.support.rest import Rest, client_of
from tests.support.watches import reimport

FINANCE = {"user_id": "u-7", "department": "finance", "role": "analyst"}
QUARTERS = [f"What was APAC revenue in Q{q} {year}?" for year in (2023, 2024) for q in (1, 2, 3, 4)]
STARTING = 15  # seconds that the command itself may take before it looks at the clock
LATER = "What was EMEA revenue in Q1 2024?"


@pytest.fixture(scope="module")
def layer(enterprise):
    """The semantic layer behind a relay, as a setting."""
    if url := enterprise.settings.cube_url:
        with relay_to(url) as (through, relay):
            yield {"ECP_CUBE_URL": through}, relay
    else:
        with relay_to_postgres(enterprise.settings.warehouse.get_secret_value()) as (dsn, relay):
            yield {"ECP_WAREHOUSE": dsn}, relay


@pytest.fixture(scope="module")
def graph(enterprise):
    with relay_to(enterprise.settings.neo4j_uri) as (through, relay):
        yield {"ECP_NEO4J_URI": through}, relay


@pytest.fixture(scope="module")
def own(enterprise, rest, layer, graph):
    """An API that asks both through the relays, and knows nothing for longer than it has to."""
    quick = {"ECP_DOWN_MEMORY_SECONDS": "0", "ECP_RETRY_ATTEMPTS": "1", "ECP_RETRY_FIRST_WAIT_SECONDS": "0.1"}
    held = {"ECP_DATA_VERSION_SECONDS": "600", "ECP_STORE_TIMEOUT_SECONDS": "20", "ECP_DEADLINE_SECONDS": "60"}
    with another_api(enterprise, **layer[0], **graph[0], **quick, **held) as url, client_of(url) as client:
        client.timeout = 90
        yield Rest(client, enterprise.words)


def brought_back(own, folder, began):
    """What the command of the runbook makes of what was asked since then, or shortly before."""
    place = {"ECP_HOME": str(folder), "ECP_PORT": str(own.client.base_url.port)}
    command = bringing_back(began, STARTING, **place)
    listed, said = command.communicate()
    assert command.returncode == 0, said + listed
    return {one["resolution_id"]: one["status"] for one in json.loads(listed)["reruns"]}


def missed(answer):
    return [d["component"] for d in answer["degradations"]]


@pytest.mark.timeout(300)
def test_every_answer_of_an_outage_comes_back_and_what_was_finished_is_asked_no_more(own, layer, graph, tmp_path):
    began, ((_, warehouse), (_, relay)) = time.monotonic(), (layer, graph)
    brought_back(own, tmp_path, began)  # what another test has just left, which would ask for its numbers
    assert missed(own.answer(QUARTERS[0], FINANCE, execute=True)) == []
    with ThreadPoolExecutor(2) as askers:
        asked = [askers.submit(own.answer, question, FINANCE, execute=True) for question in QUARTERS]
        asked[0].result()
        relay.shut()
        answers = [one.result() for one in asked]
    degraded = {a["resolution_id"]: a for a in answers if missed(a)}
    assert len(degraded) >= 4 and all("graph" in missed(a) and a["results"]["rows"] for a in degraded.values())

    relay.open()
    before, graphs = warehouse.settled(), relay.asked
    reruns = brought_back(own, tmp_path, began)
    assert {reruns[resolution_id] for resolution_id in degraded} == {"complete"}
    assert warehouse.asked == before and relay.asked > graphs
    for resolution_id, first in degraded.items():
        answer = own.get(f"resolutions/{resolution_id}").json()
        assert (answer["attempt"], missed(answer), answer["results"]) == (2, [], first["results"])
        nodes = {n["id"]: n for n in answer["provenance"]["dag"]["nodes"]}
        reused = {name for name, node in nodes.items() if node["status"] == "reused"}
        assert {"search_vectors", "search_registry", "find_precedents", "execute_queries"} <= reused
        assert not any(nodes[name]["stores_queried"] for name in reused)
        lacking = {n["id"] for n in first["provenance"]["dag"]["nodes"] if n["status"] in ("degraded", "failed")}
        assert lacking and {nodes[name]["status"] for name in (*lacking, "check_authorization")} == {"complete"}
    assert len(brought_back(own, tmp_path, began).keys() & degraded.keys()) == 0


def test_a_permission_taken_away_in_the_meantime_denies_what_is_brought_back(own, enterprise, graph, tmp_path):
    began, (_, relay) = time.monotonic(), graph
    relay.shut()
    first = own.answer(LATER, FINANCE, execute=True)
    assert missed(first) == ["graph"] and first["results"]["rows"]
    relay.open()
    (metric,) = [m["id"] for m in first["resolved_concepts"]["metrics"]]
    others = enterprise.words.value({"role": "executive"})["role"]

    def restricted(document):
        if document["id"] == metric:
            document["access"] = {"roles": [others]}

    try:
        reimport(enterprise, tmp_path / "restricted", restricted)
        assert brought_back(own, tmp_path, began)[first["resolution_id"]] == "access_denied"
        answer = own.get(f"resolutions/{first['resolution_id']}").json()
        assert (answer["status"], answer["results"], answer["execution_plan"]) == ("access_denied", None, None)
    finally:
        reimport(enterprise, tmp_path / "restored", lambda _: None)
