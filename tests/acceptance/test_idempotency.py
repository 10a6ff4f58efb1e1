"""The same call twice is one piece of work, also at once and after a crash."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from api.schemas import ExecuteParameters
from api.services.idempotency import digest_of
from tests.acceptance.test_numbers import FINANCE

ASKED = "APAC revenue last quarter"


def executed(rest, asked, key):
    body = {"resolution_id": asked["resolution_id"]}
    return rest.post("execute", body, **{"Idempotency-Key": key})


def test_executions_with_one_key_at_once_are_one_execution_and_all_have_its_results(rest):
    asked, key = rest.answer(ASKED, FINANCE), str(uuid4())
    with ThreadPoolExecutor(6) as pool:
        answers = [a.json() for a in pool.map(lambda _: executed(rest, asked, key), range(6))]
    assert {a["attempt"] for a in answers} == {asked["attempt"] + 1}
    assert all(a["results"] == answers[0]["results"] and a["results"]["rows"] for a in answers)


def test_after_a_crash_between_key_and_work_the_same_call_does_the_work(rest, registry):
    """The key of a process that died before it began; the second process has it under the same caller and body."""
    asked, key = rest.answer(ASKED, FINANCE), str(uuid4())
    first = executed(rest, asked, key).json()
    again = rest.answer(ASKED, FINANCE)
    dead = f"{again['resolution_id']}/{again['attempt']}/{uuid4()}"
    digest = digest_of("execute", [again["resolution_id"], ExecuteParameters().model_dump(mode="json")])
    copied = (
        "insert into idempotency_keys (caller, key, digest, resolution_id, expires_at) "
        "select caller, %s, %s, %s, expires_at from idempotency_keys where key = %s"
    )
    registry.execute(copied, (f"{key}-dead", digest, dead, key))
    late = executed(rest, again, f"{key}-dead").json()
    assert late["attempt"] == again["attempt"] + 1 and late["results"]["rows"] == first["results"]["rows"]
    assert executed(rest, again, f"{key}-dead").json()["attempt"] == late["attempt"]


def chosen(rest, asked, option, key):
    body = {"option": option}
    return rest.post(f"resolutions/{asked['resolution_id']}/clarify", body, **{"Idempotency-Key": key})


def test_a_choice_made_again_with_its_key_has_the_first_answer_whatever_came_later(rest):
    asked, key = rest.answer("revenue last quarter"), str(uuid4())
    first = chosen(rest, asked, "1", key).json()
    assert (first["status"], first["attempt"], first["results"]) == ("complete", 2, None)
    assert rest.post("execute", {"resolution_id": asked["resolution_id"]}).json()["attempt"] == 3
    assert chosen(rest, asked, "1", key).json() == first


def test_a_choice_that_was_refused_is_refused_again(rest):
    asked, key = rest.answer("revenue last quarter"), str(uuid4())
    refusals = [chosen(rest, asked, "99", key) for _ in range(2)]
    assert [r.status_code for r in refusals] == [422, 422]
    assert refusals[0].json()["detail"] == refusals[1].json()["detail"]
    assert chosen(rest, asked, "1", key).status_code == 422, "another body"


def test_an_execution_that_was_refused_is_refused_again(rest):
    asked, key = rest.answer(ASKED, FINANCE), {"Idempotency-Key": str(uuid4())}
    period = {"start": "2019-01-01", "end": "2025-12-31"}
    body = {"resolution_id": asked["resolution_id"], "parameters": {"period": period}}
    assert [rest.post("execute", body, **key).status_code for _ in range(2)] == [422, 422]


def test_after_a_crash_between_work_and_reply_another_process_replays_the_answer(rest, without_semantics):
    """It could not have found the numbers itself."""
    body, key = rest.body(ASKED, FINANCE, execute=True), str(uuid4())
    first = rest.post("resolve", body, **{"Idempotency-Key": key}).json()
    again = without_semantics.post("resolve", body, **{"Idempotency-Key": key})
    assert again.status_code == 200 and again.json()["resolution_id"] == first["resolution_id"]
    assert again.json()["results"] == first["results"] and first["results"]["rows"]


def test_an_answer_is_not_replayed_where_the_policy_cannot_be_asked(rest, without_policy):
    body, key = rest.body(ASKED, FINANCE, execute=True), str(uuid4())
    assert rest.post("resolve", body, **{"Idempotency-Key": key}).status_code == 200
    problem = without_policy.post("resolve", body, **{"Idempotency-Key": key})
    assert (problem.status_code, problem.json()["type"]) == (403, "urn:ecp:problem:policy-unavailable")
    assert "results" not in problem.json()


def asked_with(process, key, asker=FINANCE, **headers):
    return process.ask(ASKED, asker, execute=True, **{"Idempotency-Key": key, **headers})


def test_a_call_that_failed_with_its_store_is_made_again_once_that_is_back(rest, without_semantics):
    """It was told 503 with Retry-After: whoever heeds that must not be led back to the outage."""
    key, asker = str(uuid4()), {**FINANCE, "user_id": str(uuid4())}
    failed = asked_with(without_semantics, key, asker)
    assert failed.status_code == 503 and int(failed.headers["Retry-After"]) >= 1
    still = asked_with(without_semantics, key, asker).json()
    assert still["component"] == "semantic" and "semantic" in {d["component"] for d in still["degradations"]}
    with ThreadPoolExecutor(6) as pool:
        answers = [a.json() for a in pool.map(lambda _: asked_with(rest, key, asker), range(6))]
    assert {(a["resolution_id"], a["attempt"]) for a in answers} == {(failed.json()["resolution_id"], 3)}
    assert all(a["results"]["rows"] for a in answers)
    assert asked_with(without_semantics, key, asker).json()["results"] == answers[0]["results"]


def test_who_does_not_wait_is_not_held_by_a_first_call_that_is_under_way(rest, registry):
    key, asker = str(uuid4()), {**FINANCE, "user_id": str(uuid4())}
    first = asked_with(rest, key, asker).json()["resolution_id"]
    registry.execute("delete from attempts where resolution_id = %s", (first,))
    began = time.monotonic()
    again = asked_with(rest, key, asker, Prefer="respond-async")
    assert (again.status_code, again.json()["resolution_id"]) == (202, first)
    assert time.monotonic() - began < 5, "the deadline, and not the caller, was waited for"
