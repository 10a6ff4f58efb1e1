"""The first thing an operator tries: Cube is stopped, questions are asked over REST, Cube is started again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.enterprise import Enterprise, another_api
from tests.support.rest import client_of

pytestmark = [pytest.mark.needs_servers, pytest.mark.timeout(600)]
RESET_SECONDS = 5.0
PATIENCE_SECONDS = 90.0
PLAIN = {"concept": "revenue"}
ASKED = {"concept": "revenue last quarter", "user_context": {"department": "finance", "role": "analyst"}}
EXECUTED = {**ASKED, "concept": "gross revenue in March 2024 by country", "execute": True}


@pytest.fixture(scope="module")
def client(enterprise: Enterprise) -> Iterator[httpx.Client]:
    """An API that never saw Cube, and whose breaker tries again soon."""
    enterprise.platform.stop("cube", report=lambda line: None)
    try:
        with another_api(enterprise, ECP_BREAKER_RESET_SECONDS=str(RESET_SECONDS)) as url, client_of(url) as client:
            yield client
    finally:
        enterprise.platform.start("cube", report=lambda line: None)


def resolve(client: httpx.Client, enterprise: Enterprise, body: dict[str, Any]) -> httpx.Response:
    said = {**body, "concept": enterprise.words.text(body["concept"])}
    if "user_context" in body:
        said["user_context"] = enterprise.words.value(body["user_context"])
    return client.post("/api/v1/resolve", json=said, headers={"Cache-Control": "no-cache"})


def breaker(client: httpx.Client) -> str:
    lines = client.get("/metrics").text.splitlines()
    (line,) = (line for line in lines if line.startswith('ecp_circuit_breaker_state{breaker="cube"'))
    return {"0": "closed", "1": "half_open", "2": "open"}[f"{float(line.split()[-1]):.0f}"]


def missing(body: dict[str, Any]) -> set[str]:
    return {degradation["component"] for degradation in body["degradations"]}


def test_without_cube_a_question_is_resolved_and_says_what_it_did_without(client, enterprise):
    answer = resolve(client, enterprise, ASKED)
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "complete" and "semantic" in missing(answer.json())
    plain = resolve(client, enterprise, PLAIN)
    assert plain.status_code == 200 and plain.json()["status"] == "disambiguation_required"
    assert len(plain.json()["options"]) > 1


def test_with_nothing_to_fall_back_on_it_is_a_problem_with_the_same_notice(client, enterprise):
    refused = resolve(client, enterprise, EXECUTED)
    assert refused.status_code == 503, refused.text
    assert refused.headers["content-type"].startswith("application/problem+json")
    assert "semantic" in missing(refused.json()) and "results" not in refused.json()


def test_after_five_failures_the_breaker_is_open_and_once_cube_is_back_a_request_closes_it(client, enterprise):
    ends = time.monotonic() + PATIENCE_SECONDS
    while breaker(client) != "open":
        assert time.monotonic() < ends, "the breaker never opens"
        resolve(client, enterprise, EXECUTED)
    assert client.get("/api/v1/health").json()["components"]["semantic"]["breaker"] == "open"
    enterprise.platform.start("cube", report=lambda line: None)
    ends = time.monotonic() + PATIENCE_SECONDS
    while (answer := resolve(client, enterprise, EXECUTED)).status_code != 200:
        assert time.monotonic() < ends, answer.text
        time.sleep(1)
    assert answer.json()["results"]["rows"] and "semantic" not in missing(answer.json())
    assert breaker(client) == "closed"
