"""Feedback is taken strictly, and decided once."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.test_requests import problem

CORRECTED = {"verdict": "corrected", "correction": {"metrics": ["m"]}}


@pytest.fixture
def resolution_id(client: httpx.Client) -> str:
    return str(client.post("/api/v1/resolve", json={"concept": "q"}).json()["resolution_id"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"verdict": "liked"},
        {"verdict": "corrected"},
        {"verdict": "corrected", "correction": {}},
        {"verdict": "corrected", "correction": {"metrics": []}},
        {"verdict": "corrected", "correction": {"metrics": "m"}},
        {"verdict": "corrected", "correction": {"metrics": ["m"], "sql": "x"}},
        {"verdict": "accepted", "correction": {"metrics": ["m"]}},
        {"verdict": "accepted", "note": "n" * 2001},
        {"verdict": "accepted", "note": "a\u0000b"},
        {"verdict": "accepted", "state": "approved"},
    ],
)
def test_feedback_that_cannot_be_is_refused(client: httpx.Client, resolution_id: str, body: dict[str, Any]) -> None:
    problem(client.post("/api/v1/feedback", json={"resolution_id": resolution_id} | body), 422, "validation")


@pytest.mark.parametrize("unknown", ["nothing", "../x", "x" * 65, "' or 1=1"])
def test_feedback_on_nothing_is_not_found(client: httpx.Client, unknown: str) -> None:
    problem(client.post("/api/v1/feedback", json={"resolution_id": unknown} | CORRECTED), 404, "resolution-not-found")


def test_a_correction_waits_for_a_decision_that_can_be_taken_back(client: httpx.Client, resolution_id: str) -> None:
    given = client.post("/api/v1/feedback", json={"resolution_id": resolution_id} | CORRECTED)
    assert given.status_code == 201 and given.json()["state"] == "pending"
    path = f"/api/v1/feedback/{given.json()['id']}"
    pending = client.get("/api/v1/feedback", params={"state": "pending"}).json()
    assert given.json() in pending["feedback"] and pending["total"] == len(pending["feedback"])
    assert client.post(f"{path}/approve").json()["state"] == "approved"
    assert client.post(f"{path}/approve").status_code == 200
    assert client.post(f"{path}/decline").json()["state"] == "declined"
    problem(client.post(f"{path}/approve"), 409, "feedback-conflict")


@pytest.mark.parametrize("query", [{"state": "lost"}, {"stat": "pending"}, {"limit": "0"}, {"cursor": "x"}])
def test_a_list_that_cannot_be_is_refused(client: httpx.Client, query: dict[str, str]) -> None:
    problem(client.get("/api/v1/feedback", params=query), 422, "validation")


def test_a_decision_on_nothing_is_not_found(client: httpx.Client) -> None:
    problem(client.post("/api/v1/feedback/nothing/approve"), 404, "not-found")
    problem(client.post("/api/v1/feedback/%27%20or%201/approve"), 422, "validation")
