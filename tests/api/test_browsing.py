"""Lists in pages, searches and lineage: taken strictly, refused by name."""

from __future__ import annotations

import json

import httpx
import pytest

from api.paging import cursor_of
from tests.api.test_requests import problem
from tests.support.service import TERMS, InMemoryService

LISTS = {"/api/v1/glossary": "terms", "/api/v1/metrics": "metrics"}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", [1, 2, 4, 5, 6])
def test_the_pages_of_a_list_are_the_whole_of_it_once(client: httpx.Client, path: str, limit: int) -> None:
    found, cursor = [], None
    for _ in range(len(TERMS)):
        given = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        body = client.get(path, params=given).json()
        assert body["total"] == len(TERMS) and len(body[LISTS[path]]) <= limit
        found += body[LISTS[path]]
        cursor = body["next_cursor"]
        if cursor is None:
            break
    assert [f["id"] for f in found] == [t["id"] for t in TERMS]


TAMPERED = [
    "",
    "x",
    "=",
    "é",
    "a" * 2000,
    "null",
    "W10",
    cursor_of("metrics", ("term_1",)),
    "\x00",
    "'; drop table x; --",
]


@pytest.mark.parametrize("cursor", TAMPERED)
def test_a_cursor_that_is_not_of_this_list_is_refused(client: httpx.Client, cursor: str) -> None:
    body = problem(client.get("/api/v1/glossary", params={"cursor": cursor}), 422, "validation")
    assert body["errors"][0]["loc"] == ["query", "cursor"]


@pytest.mark.parametrize("key", [(1,), ("a", "b"), (), ("a", 2)])
def test_a_cursor_with_another_kind_of_place_is_refused(client: httpx.Client, key: tuple[str | int, ...]) -> None:
    problem(client.get("/api/v1/glossary", params={"cursor": cursor_of("glossary", key)}), 422, "validation")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "501"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"limit": "9" * 5000}, "limit"),
        ({"limt": "5"}, "limt"),
        ({"cursor": "x" * 2001}, "cursor"),
    ],
)
@pytest.mark.parametrize("path", LISTS)
def test_a_parameter_that_cannot_be_is_named(
    client: httpx.Client, path: str, query: dict[str, str], field: str
) -> None:
    body = problem(client.get(path, params=query), 422, "validation")
    assert body["errors"][0]["loc"][-1] == field


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"target": ""},
        {"target": "x" * 201},
        {"target": "x\x00y"},
        {"target": "x", "depth": "0"},
        {"target": "x", "depth": "11"},
        {"target": "x", "depth": "deep"},
        {"target": "x", "limit": "2001"},
        {"target": "x", "direction": "down"},
    ],
)
def test_a_lineage_is_asked_of_something_and_to_a_depth(client: httpx.Client, query: dict[str, str]) -> None:
    problem(client.get("/api/v1/lineage", params=query), 422, "validation")


def test_a_lineage_of_what_is_not_there_is_not_found(client: httpx.Client) -> None:
    problem(client.get("/api/v1/lineage", params={"target": "nothing"}), 404, "not-found")
    assert client.get("/api/v1/lineage", params={"target": "term_0", "depth": "2"}).json()["total"] == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "query"),
        ({"query": " "}, "query"),
        ({"query": "q" * 501}, "query"),
        ({"query": "a\u0000b"}, "query"),
        ({"query": "q", "kinds": ["secret"]}, "kinds"),
        ({"query": "q", "kinds": "metric"}, "kinds"),
        ({"query": "q", "limit": 0}, "limit"),
        ({"query": "q", "limit": "5"}, "limit"),
        ({"query": "q", "limit": 101}, "limit"),
        ({"query": "q", "offset": 5}, "offset"),
    ],
)
def test_a_search_that_cannot_be_is_named(client: httpx.Client, body: dict[str, object], field: str) -> None:
    found = problem(client.post("/api/v1/search", json=body), 422, "validation")
    assert field in found["errors"][0]["loc"]


def test_a_search_reaches_the_service_with_who_asks(client: httpx.Client, service: InMemoryService) -> None:
    header = {"X-ECP-User-Context": json.dumps({"department": "d"})}
    answer = client.post("/api/v1/search", json={"query": " q ", "kinds": ["term"], "limit": 2}, headers=header)
    assert answer.json() == {"results": list(TERMS[:2]), "total": 5, "degradations": []}
    assert (service.searched[-1].query, service.searched[-1].kinds) == ("q", ("term",))
    asker = service.browsed[-1].asker
    assert asker is not None and asker.department == "d"
    assert answer.headers["cache-control"] == "no-store"


def test_a_store_that_is_down_is_a_problem(client: httpx.Client) -> None:
    assert problem(client.post("/api/v1/search", json={"query": "fail: store"}), 503, "store-unavailable")


def test_a_megabyte_is_refused_before_it_is_read(client: httpx.Client) -> None:
    problem(client.post("/api/v1/search", json={"query": "x" * 1_000_000}), 413, "body-too-large")
