"""What callers send: taken as the contract says, or refused by name with a problem document."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.service import InMemoryService

JSON = {"content-type": "application/json"}
Sent = tuple[Any, Any]


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem document, whole and of its kind."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance", "request_id", "degradations"} <= body.keys()
    assert body["type"] == f"urn:ecp:problem:{slug}" and body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["instance"] == answer.request.url.raw_path.decode().split("?")[0]
    return body


def post(client: httpx.Client, content: bytes, path: str = "/api/v1/resolve", **headers: str) -> httpx.Response:
    return client.post(path, content=content, headers=JSON | headers)


def test_a_question_reaches_the_service_as_it_was_asked(client: httpx.Client, service: InMemoryService) -> None:
    answer = client.post(
        "/api/v1/resolve",
        json={
            "concept": "  how many?\n ",
            "user_context": {"department": "d", "attributes": {"x": ["1"]}},
            "as_of": "2026-02-10",
            "execute": True,
            "follows": "res-0",
        },
        headers={"Idempotency-Key": "k-1", "Cache-Control": "no-cache", "X-Request-ID": "mine-1"},
    )
    asked, info = service.asked[-1]
    assert answer.status_code == 200 and answer.json()["as_of"] == "2026-02-10"
    assert (asked.text, asked.execute, asked.follows, str(asked.as_of)) == ("how many?", True, "res-0", "2026-02-10")
    assert asked.asker.department == "d" and asked.asker.limits == {"x": ("1",)}
    assert (info.request_id, info.idempotency_key, info.fresh, info.wait_seconds) == ("mine-1", "k-1", True, None)


def test_the_header_says_who_asks_and_the_body_goes_first(client: httpx.Client, service: InMemoryService) -> None:
    header = {"X-ECP-User-Context": json.dumps({"department": "é"}, ensure_ascii=False).encode()}
    client.post("/api/v1/resolve", json={"concept": "q"}, headers=header)
    assert service.asked[-1][0].asker.department == "é"
    client.post("/api/v1/resolve", json={"concept": "q", "user_context": {}}, headers=header)
    assert service.asked[-1][0].asker.department is None


@pytest.mark.parametrize(
    ("prefer", "wait"),
    [("respond-async", 0.0), ("wait=3", 3.0), ("respond-async, wait=10", 10.0), ("foo; bar=1, Wait=2", 2.0)],
)
def test_a_caller_may_prefer_not_to_wait(
    client: httpx.Client, service: InMemoryService, prefer: str, wait: float
) -> None:
    answer = client.post("/api/v1/resolve", json={"concept": "q"}, headers={"Prefer": prefer})
    resolution_id = answer.json()["resolution_id"]
    assert answer.status_code == 202 and answer.json() == {"resolution_id": resolution_id, "status": "running"}
    assert answer.headers["location"] == f"/api/v1/resolutions/{resolution_id}"
    assert service.asked[-1][1].wait_seconds == wait
    assert client.get(answer.headers["location"]).json()["status"] == "complete"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"concept": NaN}',
        b'{"concept": "q", "x": Infinity}',
        b'{"concept": "q", "x": 1e999}',
        b'{"concept": "q", "x": ' + b"9" * 5000 + b"}",
        b'{"concept": "q", "concept": "r"}',
        b'{"concept": "q", "user_context": {"role": "a", "role": "b"}}',
        b'{"concept": "\\ud800"}',
        b'{"\\udfff": "q", "concept": "q"}',
        b'{"concept": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"concept": "q", "x": ' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"x": ' * 20_000 + b"1" + b"}" * 20_000,
        b"'; DROP TABLE resolutions; --",
    ],
)
def test_what_is_not_readable_as_json_is_400(client: httpx.Client, body: bytes) -> None:
    problem(post(client, body), 400, "malformed-body")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, ["concept"]),
        ({"concept": None}, ["concept"]),
        ({"concept": 7}, ["concept"]),
        ({"concept": ["q"]}, ["concept"]),
        ({"concept": ""}, ["concept"]),
        ({"concept": " \t\r\n\u3000"}, ["concept"]),
        ({"concept": "q" * 2001}, ["concept"]),
        ({"concept": "a\u0000b"}, ["concept"]),
        ({"concept": "a\u001bb"}, ["concept"]),
        ({"concept": "a\u0085b"}, ["concept"]),
        ({"concept": "q", "execute": "yes"}, ["execute"]),
        ({"concept": "q", "execute": 1}, ["execute"]),
        ({"concept": "q", "as_of": "10.2.2026"}, ["as_of"]),
        ({"concept": "q", "as_of": "2026-02-30"}, ["as_of"]),
        ({"concept": "q", "as_of": "2026-W01-1"}, ["as_of"]),
        ({"concept": "q", "as_of": 1770681600}, ["as_of"]),
        ({"concept": "q", "as_of": "9999-12-31"}, ["as_of"]),
        ({"concept": "q", "as_of": "\u0662026-01-01"}, ["as_of"]),
        ({"concept": "q", "follows": ""}, ["follows"]),
        ({"concept": "q", "follows": {"a": 1}}, ["follows"]),
        ({"concept": "q", "user_context": "me"}, ["user_context"]),
        ({"concept": "q", "user_context": {"alowed_regions": []}}, ["user_context", "alowed_regions"]),
        ({"concept": "q", "user_context": {"allowed_regions": "x"}}, ["user_context", "allowed_regions"]),
        ({"concept": "q", "user_context": {"roles": ["a\u0000"]}}, ["user_context", "roles", 0]),
        ({"concept": "q", "user_context": {"attributes": {"x": "y"}}}, ["user_context", "attributes", "x"]),
        ({"concept": "q", "surprise": 1}, ["surprise"]),
        ([], []),
        ("q", []),
        (None, []),
    ],
)
def test_what_is_readable_and_invalid_is_422_and_named(client: httpx.Client, body: Any, field: list[str | int]) -> None:
    answer = post(client, json.dumps(body).encode())
    told = problem(answer, 422, "validation")
    (first, *_), detail = told["errors"], told["detail"]
    assert first["loc"] == ["body", *field] and first["message"]
    assert detail.startswith(f"Not valid: {'.'.join(map(str, first['loc']))}: {first['message'].removesuffix('.')}.")


@pytest.mark.parametrize(
    ("path", "body", "loc", "message"),
    [
        ("resolve", [], ["body"], "An object is wanted"),
        ("resolve", {"concept": "q", "user_context": 5}, ["body", "user_context"], "An object is wanted"),
        (
            "resolve",
            {"concept": "q", "user_context": {"allowed_regions": "APAC"}},
            ["body", "user_context", "allowed_regions"],
            "An array is wanted",
        ),
        (
            "execute",
            {"resolution_id": "res-0", "parameters": {"filters": [{"dimension": "d", "operator": "in", "values": []}]}},
            ["body", "parameters", "filters", 0, "values"],
            "At least 1 entries are wanted",
        ),
        (
            "execute",
            {
                "resolution_id": "res-0",
                "parameters": {"filters": [{"dimension": "d", "operator": "in", "values": [None, "x"]}]},
            },
            ["body", "parameters", "filters", 0, "values", 0],
            "Input should be a valid string",
        ),
        (
            "watches",
            {"concept": "q", "schedule": {"every_seconds": 60}, "tolerance": "0.1"},
            ["body", "tolerance"],
            "Input should be a valid number",
        ),
    ],
)
def test_what_is_wrong_is_told_once_where_it_stands_and_in_words_of_json(
    client: httpx.Client, path: str, body: Any, loc: list[str | int], message: str
) -> None:
    refused = problem(client.post(f"/api/v1/{path}", json=body), 422, "validation")
    assert refused["errors"] == [{"loc": loc, "message": message}]


@pytest.mark.parametrize("query", ["sicne=1h", "status=failed&limits=5", "cursor=x"])
def test_a_misspelt_filter_does_not_list_everything(client: httpx.Client, query: str) -> None:
    refused = problem(client.get(f"/api/v1/resolutions?{query}"), 422, "validation")
    assert [e["message"] for e in refused["errors"]] == ["Unknown field"]


def test_what_was_sent_is_not_echoed(client: httpx.Client) -> None:
    secret = {"concept": "q", "user_context": {"user_id": {"password": "hunter2"}}, "as_of": "hunter2"}
    assert "hunter2" not in post(client, json.dumps(secret).encode()).text


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/xml", "application/json; charset=utf-16"])
def test_what_is_not_called_json_is_415(client: httpx.Client, content_type: str | None) -> None:
    headers = {"content-type": content_type} if content_type else {}
    answer = client.post("/api/v1/resolve", content=b'{"concept": "q"}', headers=headers)
    problem(answer, 415, "unsupported-media-type")


@pytest.mark.parametrize("content_type", ["application/json;charset=UTF-8", "Application/JSON", "application/x+json"])
def test_json_may_be_called_by_its_other_names(client: httpx.Client, content_type: str) -> None:
    answer = client.post("/api/v1/resolve", content=b'{"concept": "q"}', headers={"content-type": content_type})
    assert answer.status_code == 200


def test_a_body_that_says_it_is_too_large_is_413(client: httpx.Client) -> None:
    body = problem(post(client, b'"' + b"q" * 2**20 + b'"'), 413, "body-too-large")
    assert body["limit_bytes"] == 256 * 1024


def test_a_body_that_grows_too_large_is_413_before_it_ends(client: httpx.Client) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 50_000_000:
            sent += 65_536
            yield b" " * 65_536

    with contextlib.suppress(httpx.WriteError):  # the server may hang up while we are still sending
        problem(client.post("/api/v1/resolve", content=endless(), headers=JSON), 413, "body-too-large")
    assert sent < 50_000_000


def test_a_body_just_small_enough_is_read(client: httpx.Client) -> None:
    roles = json.dumps({"concept": "q", "user_context": {"user_id": "x"}}).encode()
    assert post(client, roles + b" " * (256 * 1024 - len(roles))).status_code == 200
    problem(post(client, roles + b" " * (256 * 1024 - len(roles) + 1)), 413, "body-too-large")


@pytest.mark.parametrize(
    "context",
    ["", "nonsense", "[]", "null", '"me"', '{"a": 1}', '{"role": "a", "role": "b"}', '{"user_id": "\\u0000"}',
     '{"role": "\\ud800"}', '{"user_id": "' + "x" * 20_000 + '"}', '{"roles": 5}', "[" * 5000],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/v1/resolve", "/api/v1/execute"])
def test_a_malformed_user_context_is_400(client: httpx.Client, context: str, path: str) -> None:
    answer = post(client, b'{"concept": "q"}', path, **{"X-ECP-User-Context": context})
    if path.endswith("resolve"):
        problem(answer, 400, "malformed-header")
    assert answer.status_code in (400, 422)


def test_headers_sent_twice_or_oddly_are_400(client: httpx.Client) -> None:
    for headers in (
        [("X-ECP-User-Context", "{}"), ("X-ECP-User-Context", '{"role": "x"}')],
        [("Idempotency-Key", "a"), ("Idempotency-Key", "b")],
        [("Idempotency-Key", "with space")],
        [("Idempotency-Key", "k" * 256)],
        [("Idempotency-Key", "")],
    ):
        answer = client.post("/api/v1/resolve", json={"concept": "q"}, headers=headers)
        problem(answer, 400, "malformed-header")


@pytest.mark.parametrize("path", ["resolutions", "provenance"])
@pytest.mark.parametrize("id_", ["nobody", "..", "%00", "%27%20OR%201=1", "a" * 5000, "%F0%9F%98%80", "a%2Fb", "%ff"])
def test_an_unknown_or_odd_id_is_404(client: httpx.Client, path: str, id_: str) -> None:
    answer = client.get(f"/api/v1/{path}/{id_}")
    assert answer.status_code == 404 and answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("id_", ["nobody", "' OR 1=1", "\U0001f600", "../x", "a/b"])
def test_an_unknown_or_odd_id_cannot_be_executed(client: httpx.Client, id_: str) -> None:
    answer = client.post("/api/v1/execute", json={"resolution_id": id_})
    problem(answer, 404, "resolution-not-found")


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"limit": 0}, ["limit"]),
        ({"limit": "5"}, ["limit"]),
        ({"limit": 5.5}, ["limit"]),
        ({"limit": True}, ["limit"]),
        ({"limitt": 5}, ["limitt"]),
        ({"filters": {}}, ["filters"]),
        ({"filters": [{"dimension": "d", "values": []}]}, ["filters", 0, "values"]),
        ({"filters": [{"dimension": "d", "operator": "or", "values": ["x"]}]}, ["filters", 0, "operator"]),
        ({"filters": [{"values": ["x"]}]}, ["filters", 0, "dimension"]),
        ({"period": {"start": "2026-02-01", "end": "2026-01-01"}}, ["period"]),
        ({"period": {"start": "2026-02-01"}}, ["period", "end"]),
    ],
)
def test_parameters_that_are_invalid_are_422_and_named(
    client: httpx.Client, parameters: dict[str, Any], field: list[str | int]
) -> None:
    answer = client.post("/api/v1/execute", json={"resolution_id": "res-1", "parameters": parameters})
    assert problem(answer, 422, "validation")["errors"][0]["loc"] == ["body", "parameters", *field]


def test_parameters_reach_the_service(client: httpx.Client, service: InMemoryService) -> None:
    resolution_id = client.post("/api/v1/resolve", json={"concept": "q"}).json()["resolution_id"]
    sent = {
        "filters": [{"dimension": "d", "operator": "in", "values": ["a", 1, 2.5, True]}],
        "period": {"start": "2026-01-01", "end": "2026-01-31"},
        "limit": 5,
    }
    answer = client.post("/api/v1/execute", json={"resolution_id": resolution_id, "parameters": sent})
    assert answer.status_code == 200 and answer.json()["resolution_id"] == resolution_id
    parameters = service.executed[-1][1]
    assert parameters.filters[0].values == ("a", 1, 2.5, True) and parameters.limit == 5
    assert client.get(f"/api/v1/provenance/{resolution_id}").json()["attempts"][0]["attempt"] == 1
