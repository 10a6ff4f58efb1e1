"""What callers get: problems of one shape, an id on everything, health, metrics and a document of it all."""

from __future__ import annotations

import io
import json
import socket
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from api.health import explained
from api.schemas import ComponentHealth
from ecp import errors
from ecp.settings import Settings
from ecp.stores.policy_common import other_version
from ecp.telemetry import logs
from tests.support.service import DEGRADED, InMemoryService


def ask(client: httpx.Client, concept: str, **headers: str) -> httpx.Response:
    return client.post("/api/v1/resolve", json={"concept": concept}, headers=headers)


@pytest.fixture
def log(base_url: str, api_settings: Settings) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure(env="prod", level="INFO", stream=stream)
    yield stream
    logs.configure(env="prod", level="INFO")


@pytest.fixture
def healthy(service: InMemoryService) -> Iterator[InMemoryService]:
    yield service
    service.down.clear()
    service.hanging.clear()
    service.open_breakers = {"semantic": "closed", "policy": "closed"}


@pytest.mark.parametrize(
    ("concept", "status", "slug", "extra"),
    [
        ("denied", 403, "access-denied", {"resolution_id": "res-d", "reasons": ["not yours"]}),
        ("policy", 403, "policy-unavailable", {"resolution_id": "res-p", "retry_after": 5}),
        ("deadline", 504, "deadline-exceeded", {"resolution_id": "res-t"}),
        ("conflict", 409, "resolution-conflict", {"resolution_id": "res-c"}),
        ("store", 503, "store-unavailable", {"degradations": [DEGRADED], "retry_after": 2.5, "component": "semantic"}),
        ("timeout", 504, "store-timeout", {"component": "graph"}),
        ("busy", 429, "rate-limited", {"retry_after": 7}),
        ("widens", 422, "validation", {"errors": [{"loc": ["parameters"], "message": "wider"}]}),
        ("odd extras", 503, "store-unavailable", {"title": "A store is unavailable", "odd": [1, 2]}),
        ("a defect", 500, "internal", {"degradations": []}),
    ],
)
def test_every_failure_is_a_problem_of_its_own(
    client: httpx.Client, concept: str, status: int, slug: str, extra: dict[str, Any]
) -> None:
    answer = ask(client, f"fail: {concept}")
    body = answer.json()
    assert answer.status_code == status and answer.headers["content-type"] == "application/problem+json"
    assert body["type"] == f"urn:ecp:problem:{slug}" and body["instance"] == "/api/v1/resolve"
    assert body | extra == body
    if retry_after := body.get("retry_after"):
        assert int(answer.headers["retry-after"]) >= retry_after


def test_a_defect_tells_the_caller_nothing_and_the_log_everything(client: httpx.Client, log: io.StringIO) -> None:
    answer = ask(client, "fail: a defect", **{"X-Request-ID": "defect-1"})
    for inside in ("hunter2", "internal-host", "SELECT", "Traceback", "RuntimeError"):
        assert inside not in answer.text
    (line,) = [entry for entry in lines(log) if entry["event"] == "unexpected_error"]
    assert line["request_id"] == "defect-1" and "RuntimeError" in line["exception"]
    assert "hunter2" not in log.getvalue()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/health/live/", 404),
        ("GET", "/api/v1/resolve", 405),
        ("DELETE", "/api/v1/resolutions/x", 405),
        ("POST", "/metrics", 405),
        ("OPTIONS", "/api/v1/resolve", 405),
        ("PATCH", "/api/v1/resolve", 405),
    ],
)
def test_a_wrong_address_or_method_is_a_problem_too(client: httpx.Client, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status and answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert ("allow" in answer.headers) == (status == 405)


def test_a_method_that_is_not_there_is_told_all_that_are(client: httpx.Client) -> None:
    answer = client.options("/api/v1/feedback")
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x02\x00\x01\x00", b"no request at all\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"]
)
def test_what_is_no_http_request_gets_a_problem_and_is_hung_up_on(base_url: str, sent: bytes) -> None:
    address = urlsplit(base_url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(sent)
        head, _, body = b"".join(iter(lambda: connection.recv(4096), b"")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ") and b"content-type: application/problem+json" in head
    problem = json.loads(body)
    assert (problem["type"], problem["status"]) == ("urn:ecp:problem:bad-request", 400)
    assert f"x-request-id: {problem['request_id']}".encode() in head


@pytest.mark.parametrize(
    "path", ["/health/live", "/health/ready", "/api/v1/health", "/metrics", "/docs", "/openapi.json", "/x"]
)
def test_a_request_id_is_on_every_answer(client: httpx.Client, path: str) -> None:
    uuid.UUID(client.get(path).headers["x-request-id"])
    assert client.get(path, headers={"X-Request-ID": "A.b_c-1"}).headers["x-request-id"] == "A.b_c-1"


@pytest.mark.parametrize("odd", ["", "with space", "x" * 129, "a/b", "é", "a;b", '"'])
def test_an_odd_request_id_is_replaced(client: httpx.Client, odd: str) -> None:
    given = client.get("/health/live", headers={"X-Request-ID": odd.encode()}).headers["x-request-id"]
    assert given != odd
    uuid.UUID(given)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines() if line.endswith("}")]


def lines_of(log: io.StringIO, request_id: str) -> list[dict[str, Any]]:
    """All lines of a request; its last is written just after its answer is sent."""
    while True:
        mine = [entry for entry in lines(log) if entry.get("request_id") == request_id]
        if mine and mine[-1]["event"] == "request_completed":
            return mine
        time.sleep(0.01)


def test_every_line_of_a_request_carries_its_id_and_none_its_question(client: httpx.Client, log: io.StringIO) -> None:
    resolution_id = ask(client, "a question nobody may read", **{"X-Request-ID": "logged-1"}).json()["resolution_id"]
    mine = lines_of(log, "logged-1")
    assert [entry["event"] for entry in mine] == ["request_started", "resolution_started", "request_completed"]
    assert mine[-1]["status"] == 200 and mine[-1]["resolution_id"] == resolution_id and mine[-1]["duration_ms"] >= 0
    assert "nobody may read" not in log.getvalue()


def test_a_refused_request_is_logged_with_its_problem(client: httpx.Client, log: io.StringIO) -> None:
    ask(client, "fail: denied", **{"X-Request-ID": "logged-2"})
    line = lines_of(log, "logged-2")[-1]
    assert (line["status"], line["problem"], line["resolution_id"]) == (403, "access-denied", "res-d")


def errors_counted(client: httpx.Client, labels: str) -> float:
    found = [line for line in client.get("/metrics").text.splitlines() if line.startswith(f"ecp_errors_total{labels}")]
    return float(found[0].split()[-1]) if found else 0


def test_errors_are_counted_by_type_and_component(client: httpx.Client) -> None:
    store, api = '{component="semantic",type="store-unavailable"}', '{component="api",type="validation"}'
    before = errors_counted(client, store), errors_counted(client, api)
    ask(client, "fail: store")
    ask(client, "")
    assert (errors_counted(client, store), errors_counted(client, api)) == (before[0] + 1, before[1] + 1)


def test_metrics_are_prometheus_text(client: httpx.Client) -> None:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "# TYPE ecp_resolve_duration_seconds histogram" in answer.text


def test_health_asks_every_component_in_its_own_time(client: httpx.Client, healthy: InMemoryService) -> None:
    healthy.hanging = {"graph", "vector"}
    healthy.down = {
        "semantic": errors.CircuitOpen("semantic", "open"),
        "orchestrator": RuntimeError("http://internal-host:4200 refused"),
        "known_issues": errors.StoreUnavailable("known_issues", "down"),
    }
    healthy.open_breakers = {"semantic": "open", "policy": "half_open"}
    answer = client.get("/api/v1/health")
    body = answer.json()
    assert answer.status_code == 200 and body["status"] == "degraded"
    statuses = {name: c["status"] for name, c in body["components"].items()}
    assert statuses.pop("registry") == "ok" and statuses.pop("policy") == "degraded"
    assert set(statuses.values()) == {"down"} and len(statuses) == 5
    fields = {"status", "latency_ms", "breaker", "detail", "since"}
    assert all(c.keys() == fields for c in body["components"].values())
    assert body["components"]["semantic"]["breaker"] == "open" and body["components"]["graph"]["breaker"] is None
    assert "internal-host" not in answer.text and answer.elapsed.total_seconds() < 3
    assert client.get("/health/ready").status_code == 200


def test_health_says_since_when_a_component_is_not_ok(client: httpx.Client, healthy: InMemoryService) -> None:
    def since(component: str) -> str | None:
        told: str | None = client.get("/api/v1/health").json()["components"][component]["since"]
        return told

    assert since("graph") is None and since("policy") is None
    before = datetime.now(UTC)
    healthy.down = {"graph": errors.StoreUnavailable("graph", "down")}
    first = since("graph")
    assert first and abs(datetime.fromisoformat(first) - before) < timedelta(seconds=10)
    time.sleep(0.05)
    assert since("graph") == first and since("policy") is None
    healthy.answered = {"graph": 0.0}
    time.sleep(0.01)
    assert (again := since("graph")) and again > first, "it had answered since: another outage"
    healthy.down.clear()
    assert since("graph") is None
    healthy.open_breakers = {"policy": "half_open"}
    assert (later := since("policy")) and later > first


@pytest.mark.parametrize(
    ("warehouse", "cube", "registry", "says"),
    [
        ("host=a port=1 dbname=w", None, "ok", True),
        ("host=a port=1 dbname=w", "http://cube", "down", True),
        ("postgresql://u:p@a:1/w", "http://cube", "down", True),
        ("host=a port=1 dbname=w", "http://cube", "ok", False),
        ("host=b port=1 dbname=w", "http://cube", "down", False),
        (None, "http://cube", "down", False),
    ],
)
def test_a_semantic_layer_that_is_down_with_its_warehouse_says_so(
    warehouse: str | None, cube: str | None, registry: Any, says: bool
) -> None:
    given = {"postgres_dsn": "postgresql://u:p@a:1/ecp", "warehouse": warehouse, "cube_url": cube}
    settings = Settings(home=Path("nowhere"), _env_file=None, **given)  # type: ignore[call-arg,arg-type]
    found = {
        "registry": ComponentHealth(status=registry, latency_ms=1),
        "semantic": ComponentHealth(status="down", latency_ms=1, detail="unavailable"),
    }
    told = explained(found, settings)
    assert told["registry"] == found["registry"]
    assert ("warehouse's Postgres" in str(told["semantic"].detail)) is says


@pytest.mark.parametrize("required", ["registry", "policy"])
def test_only_registry_and_policy_are_needed_to_be_ready(
    client: httpx.Client, healthy: InMemoryService, required: str
) -> None:
    healthy.down = {required: errors.StoreUnavailable(required, "down")}
    answer = client.get("/health/ready")
    assert answer.status_code == 503 and answer.json()["type"] == "urn:ecp:problem:not-ready"
    assert answer.json()["components"][required]["status"] == "down" and "retry-after" in answer.headers
    assert client.get("/api/v1/health").json()["status"] == "down"
    assert client.get("/health/live").status_code == 200


def test_policies_of_another_version_are_told_by_both(client: httpx.Client, healthy: InMemoryService) -> None:
    healthy.down = {"policy": other_version("b" * 16, "a" * 16), "vector": errors.StoreMalformed("vector", "a secret")}
    components = client.get("/api/v1/health").json()["components"]
    assert components["policy"]["detail"] == f"policies of version {'a' * 16} are expected, it has {'b' * 16}"
    assert components["vector"]["detail"] == "malformed"


def test_the_document_has_an_example_and_the_problems_of_every_route(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            failures = {s: r for s, r in operation["responses"].items() if s >= "400"}
            assert failures.keys() >= {"403", "500"}, path
            for failure in failures.values():
                content = failure["content"]["application/problem+json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Problem"} and content["examples"]
    resolve = document["paths"]["/api/v1/resolve"]["post"]
    assert resolve["responses"].keys() == {
        "200", "202", "400", "403", "404", "408", "409", "413", "415", "422", "429", "500", "503", "504",
    }  # fmt: skip
    assert resolve["requestBody"]["content"]["application/json"]["examples"]
    assert "409" in document["paths"]["/api/v1/execute"]["post"]["responses"]
    assert {"Problem", "Resolution", "FieldError"} <= document["components"]["schemas"].keys()
    assert "HTTPValidationError" not in document["components"]["schemas"]
