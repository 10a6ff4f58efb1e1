"""The registry is away while questions come in: each is told so at once, and what comes after is answered."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.support.enterprise import another_api
from tests.support.relay import relay_to_postgres
from tests.support.rest import Rest, client_of

ASKED = "What was APAC revenue in Q3 2024?"
FINANCE = {"user_id": "u-7", "department": "finance", "role": "analyst"}
NOWHERE = {"PREFECT_API_URL": "http://127.0.0.1:1/api"}


@pytest.fixture(scope="module")
def door(enterprise):
    with relay_to_postgres(enterprise.registry) as opened:
        yield opened


@pytest.fixture(scope="module")
def own(enterprise, door):
    """An API whose registry is behind the door, and nothing else."""
    with another_api(enterprise, ECP_POSTGRES_DSN=door[0], **NOWHERE) as url, client_of(url) as client:
        client.timeout = 60
        yield Rest(client, enterprise.words)


@pytest.fixture(scope="module")
def both(enterprise, door):
    """An API whose registry and warehouse are behind the door, as they are where one Postgres serves for both."""
    port = {"host": "127.0.0.1", "port": str(conninfo_to_dict(door[0])["port"]), "sslmode": "disable"}
    warehouse = make_conninfo(enterprise.settings.warehouse.get_secret_value(), **port)
    behind = {"ECP_POSTGRES_DSN": door[0], "ECP_WAREHOUSE": warehouse}
    with another_api(enterprise, **behind, **NOWHERE) as url, client_of(url) as client:
        client.timeout = 60
        yield Rest(client, enterprise.words)


def asked(own, **headers):
    began = time.monotonic()
    answer = own.ask(ASKED, FINANCE, **headers)
    return answer, time.monotonic() - began


def refused(answer):
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (503, "urn:ecp:problem:store-unavailable")
    return problem["component"] == "registry" and int(answer.headers["Retry-After"]) >= 1


def errors_of(own):
    found = re.findall(r'ecp_store_errors_total{kind="(\w+)",store="registry"} (\S+)', own.client.get("/metrics").text)
    return {kind: float(number) for kind, number in found}


def said_of(own, enterprise, request_id):
    """The lines of a request in the log, once it is over there."""
    log, ends = enterprise.settings.home / f"api-{own.client.base_url.port}.log", time.monotonic() + 10
    while True:
        lines = [line for line in log.read_text().splitlines() if request_id in line]
        if any("request_completed" in line for line in lines):
            return lines
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_while_connections_are_refused_everybody_is_told_at_once_and_the_first_after_is_answered(own, door, enterprise):
    assert asked(own)[0].status_code == 200
    before, outcomes = errors_of(own), []
    door[1].shut()
    for _ in range(6):
        answer, seconds = asked(own)
        assert refused(answer) and seconds < 1
        said = said_of(own, enterprise, answer.headers["X-Request-ID"])
        assert any("request_completed" in line and "component=registry" in line for line in said)
        outcomes += [line for line in said if "store_query" in line and "store=registry" in line]
    assert any("outcome=unavailable" in line for line in outcomes)
    told = errors_of(own)
    assert told.get("unavailable", 0) > before.get("unavailable", 0) and told["known_down"] >= 4
    time.sleep(2)
    door[1].open()
    assert asked(own)[0].status_code == 200


def test_while_the_registry_is_silent_one_is_waited_for_and_the_next_are_told_at_once(own, door):
    assert asked(own)[0].status_code == 200
    door[1].frozen.set()
    try:
        assert asked(own)[0].status_code in (503, 504)
        for _ in range(4):
            answer, seconds = asked(own)
            assert refused(answer) and seconds < 1
    finally:
        door[1].frozen.clear()


def test_what_is_accepted_after_an_outage_comes_to_its_answer(own, door):
    assert asked_until_answered(own)
    with ThreadPoolExecutor(6) as callers:
        waiting = [callers.submit(asked, own) for _ in range(6)]
        time.sleep(0.05)
        door[1].frozen.set()
        time.sleep(3)
        door[1].frozen.clear()
        ends, accepted = time.monotonic() + 4, []
        while time.monotonic() < ends:
            answer, _ = asked(own, Prefer="respond-async")
            accepted += [answer.json()["resolution_id"]] if answer.status_code == 202 else []
            time.sleep(0.1)
        assert all(call.result()[0].status_code in (200, 503, 504) for call in waiting)
    assert len(accepted) > 10
    assert {ended(own, resolution_id) for resolution_id in accepted} == {"complete"}


def test_health_says_since_when_and_what_lives_on_it(both, door, enterprise):
    assert asked_until_answered(both)
    door[1].shut()
    found = both.get("health").json()["components"]
    again = both.get("health").json()["components"]
    door[1].open()
    assert found["registry"]["status"] == "down" and found["registry"]["since"] == again["registry"]["since"]
    assert all((c["since"] is None) == (c["status"] == "ok") for c in found.values())
    if enterprise.settings.cube_url is None:
        assert "warehouse's Postgres" in found["semantic"]["detail"]
    assert asked_until_answered(both)
    assert both.get("health").json()["components"]["registry"]["since"] is None


def asked_until_answered(own):
    ends = time.monotonic() + 10
    while asked(own)[0].status_code != 200:
        assert time.monotonic() < ends
        time.sleep(0.1)
    return True


def ended(own, resolution_id):
    ends = time.monotonic() + 20
    while (status := own.get(f"resolutions/{resolution_id}").json()["status"]) == "running":
        assert time.monotonic() < ends
        time.sleep(0.1)
    return status
