"""Two API processes on one home: what one was told the other knows, and nothing is done twice or given too late."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.acceptance.test_numbers import FINANCE
from tests.support.enterprise import another_api
from tests.support.rest import Rest, client_of

ASKED = "APAC revenue last quarter"
PATIENCE = 150.0


@pytest.fixture(scope="module")
def other(enterprise) -> Iterator[Rest]:
    with another_api(enterprise) as url, client_of(url) as client:
        yield Rest(client, enterprise.words)


def somebody() -> dict[str, str]:
    """Whose answers nobody has been given before."""
    return {**FINANCE, "user_id": str(uuid4())}


def asked_by(process: Rest, asker: dict[str, str]) -> dict:
    """Asked so that an answer that is kept may be given."""
    answer = process.post("resolve", process.body(ASKED, asker))
    assert answer.status_code == 200, answer.text
    return answer.json()


def kept(process: Rest, asker: dict[str, str]) -> dict:
    """An answer that the process keeps; it keeps none while the orchestrator is still starting."""
    ends = time.monotonic() + PATIENCE
    while not (answer := asked_by(process, asker))["cached"]:
        assert time.monotonic() < ends, answer["degradations"]
        time.sleep(0.2)
    return answer


def test_what_one_process_resolved_another_shows_and_executes(rest, other):
    asked = rest.answer(ASKED, FINANCE)
    shown = other.get(f"resolutions/{asked['resolution_id']}").json()
    assert shown["execution_plan"] == asked["execution_plan"]
    executed = other.post("execute", {"resolution_id": asked["resolution_id"]}).json()
    assert executed["attempt"] == asked["attempt"] + 1 and executed["results"]["rows"]
    assert rest.get(f"resolutions/{asked['resolution_id']}").json()["results"] == executed["results"]


def test_the_same_call_at_both_processes_at_once_is_one_piece_of_work(rest, other):
    key = str(uuid4())
    with ThreadPoolExecutor(6) as pool:
        calls = [pool.submit(p.ask, ASKED, FINANCE, **{"Idempotency-Key": key}) for p in (rest, other) * 3]
        answers = [call.result().json() for call in calls]
    assert len({a["resolution_id"] for a in answers}) == 1 and {a["attempt"] for a in answers} == {1}


def test_a_key_used_at_one_process_with_another_body_is_refused_at_the_other(rest, other):
    key = str(uuid4())
    assert rest.ask(ASKED, FINANCE, **{"Idempotency-Key": key}).status_code == 200
    assert other.ask("headcount last quarter", FINANCE, **{"Idempotency-Key": key}).status_code == 422


def test_the_same_question_at_both_at_once_is_resolved_once_by_each_at_most(rest, other):
    for process in (rest, other):
        kept(process, somebody())
    asker = somebody()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda process: asked_by(process, asker), (rest, other) * 3))
    assert len({a["resolution_id"] for a in answers}) <= 2


def test_what_one_process_was_told_ends_the_answers_that_the_other_keeps(rest, other):
    asker = somebody()
    before = kept(other, asker)
    about = rest.answer(ASKED, FINANCE)
    told = rest.post("feedback", {"resolution_id": about["resolution_id"], "verdict": "accepted"})
    assert told.status_code == 201, told.text
    after = asked_by(other, asker)
    assert not after["cached"] and after["resolution_id"] != before["resolution_id"]
    assert after["provenance"]["registry_version"] != before["provenance"]["registry_version"]
