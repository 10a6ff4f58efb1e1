"""Watches are taken strictly."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.test_requests import problem

EVERY = {"every_seconds": 60}
SENT = {"concept": "orders last month", "schedule": EVERY}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"concept": "orders"}, "schedule"),
        ({"schedule": EVERY}, "concept"),
        (SENT | {"concept": " "}, "concept"),
        (SENT | {"schedule": {}}, "give either"),
        (SENT | {"schedule": {"every_seconds": 59}}, "60"),
        (SENT | {"schedule": {"cron": "0 25 * * *", "timezone": "UTC"}}, "bad hour"),
        (SENT | {"schedule": {"cron": "0 8 * * *", "timezone": "Berlin"}}, "no time zone"),
        (SENT | {"schedule": "hourly"}, "schedule"),
        (SENT | {"notify": {"mail": "x"}}, "notify"),
        (SENT | {"tolerance": 2}, "tolerance"),
        (SENT | {"tolerance": "1"}, "tolerance"),
        (SENT | {"execute": "yes"}, "execute"),
        (SENT | {"pause": True}, "pause"),
        (SENT | {"user_context": {"user": "x"}}, "user_context"),
    ],
)
def test_a_watch_that_cannot_be_is_refused_and_told_what_to_write(
    client: httpx.Client, body: dict[str, Any], says: str
) -> None:
    refused = problem(client.post("/api/v1/watches", json=body), 422, "validation")
    assert says in str(refused["errors"])


@pytest.mark.parametrize(
    "body", [{"concept": None}, {"schedule": None}, {"paused": None}, {"id": "x"}, {"concept": ""}]
)
def test_a_change_that_cannot_be_is_refused(client: httpx.Client, body: dict[str, Any]) -> None:
    made = client.post("/api/v1/watches", json=SENT).json()
    problem(client.patch(f"/api/v1/watches/{made['id']}", json=body), 422, "validation")


def test_a_watch_that_is_not_there_is_not_found(client: httpx.Client) -> None:
    path = "/api/v1/watches/nothing"
    for answer in (client.get(path), client.delete(path), client.get(f"{path}/runs"), client.patch(path, json={})):
        problem(answer, 404, "not-found")


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "cursor=x", "state=x"])
def test_a_list_that_cannot_be_is_refused(client: httpx.Client, query: str) -> None:
    problem(client.get(f"/api/v1/watches?{query}"), 422, "validation")
