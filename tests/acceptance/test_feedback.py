"""What is said of answers counts once approved, in its department, on like questions, and for definitions alone."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.acceptance.test_browsing import as_asker, is_problem  # noqa: F401
from tests.acceptance.test_hostile import HOSTILE
from tests.acceptance.test_numbers import FINANCE
from tests.never.conftest import INSIDER

PAY = "What was executive compensation in FY2025?"
QUESTION = "What was revenue for Japan in May 2025?"


@pytest.fixture
def team():
    """A department of this test's own: what it approves changes nothing for others."""
    return f"team {uuid4().hex[:12]}"


def metrics_of(answer):
    return [m["id"] for m in answer["resolved_concepts"]["metrics"]]


def said(rest, answer, verdict="corrected", **more):
    sent = {"resolution_id": answer["resolution_id"], "verdict": verdict, **more}
    response = rest.post("feedback", sent)
    assert response.status_code == 201, response.text
    return response.json()


def corrected(rest, words, answer, metric, decision="approve"):
    given = said(rest, answer, correction={"metrics": [words.text(metric)]})
    assert given["state"] == "pending"
    decided = rest.post(f"feedback/{given['id']}/{decision}", None)
    assert decided.status_code == 200, decided.text
    return decided.json()


def test_what_is_said_again_under_its_key_is_said_once(rest, words, team, registry):
    answer = rest.answer(QUESTION, {"department": team})
    sent = {"resolution_id": answer["resolution_id"], "verdict": "rejected", "note": "No."}
    key = {"Idempotency-Key": str(uuid4())}
    with ThreadPoolExecutor(4) as callers:
        given = [g.json() for g in callers.map(lambda _: rest.post("feedback", sent, **key), range(4))]
    assert given[1:] == given[:1] * 3 and given[0]["state"] == "approved"
    counted = "select count(*) from {} where resolution_id = %s"
    for table, expected in (("feedback", 1), ("audit", 2)):
        found = registry.execute(counted.format(table), (answer["resolution_id"],)).fetchone()
        assert found == (expected,), table
    assert rest.post("feedback", sent | {"note": "Yes."}, **key).status_code == 422
    assert said(rest, answer, "rejected", note="No.")["id"] != given[0]["id"]


def test_a_correction_counts_once_approved_and_only_in_its_department(rest, words, team):
    asker, other = {"department": team}, {"department": f"{team} too"}
    before = rest.answer(QUESTION, asker)
    assert before["status"] == "disambiguation_required"
    given = said(rest, before, correction={"metrics": [words.text("gross_revenue")]})
    assert rest.answer(QUESTION, asker)["status"] == "disambiguation_required"
    assert rest.post(f"feedback/{given['id']}/approve", None).json()["state"] == "approved"
    after = rest.answer(QUESTION, asker)
    assert (after["status"], metrics_of(after)) == ("complete", [words.text("gross_revenue")])
    assert "precedent" in after["resolved_concepts"]["metrics"][0]["sources"]
    assert rest.answer(QUESTION, other)["status"] == "disambiguation_required"
    assert int(after["provenance"]["registry_version"]) > int(before["provenance"]["registry_version"])
    assert "graph" not in {d["component"] for d in after["degradations"]}


def test_it_speaks_for_a_definition_and_leaves_filters_and_period_to_the_question(rest, words, team):
    asker = {"department": team}
    corrected(rest, words, rest.answer(QUESTION, asker), "gross_revenue")
    like = rest.answer("What was revenue for Canada in June 2025?", asker)
    assert metrics_of(like) in ([], [words.text("gross_revenue")])
    alone = rest.answer(QUESTION, asker)["resolved_concepts"]
    assert [f["member"] for f in alone["filters"]] == [words.text("japan")]
    assert (alone["period"]["start"], alone["period"]["end"]) == ("2025-05-01", "2025-05-31")
    named = rest.answer(QUESTION.replace("revenue", "net revenue"), asker)
    assert metrics_of(named) == [words.text("net_revenue")]
    unlike = rest.answer("headcount at the end of June 2025", asker)
    assert metrics_of(unlike) == [words.text("headcount")]


def test_what_is_declined_does_not_count(rest, words, team):
    asker = {"department": team}
    corrected(rest, words, rest.answer(QUESTION, asker), "gross_revenue", "decline")
    assert rest.answer(QUESTION, asker)["status"] == "disambiguation_required"


def test_corrections_that_contradict_each_other_ask_back_until_one_is_taken_back(rest, words, team):
    asker = {"department": team}
    before = rest.answer(QUESTION, asker)
    first = corrected(rest, words, before, "gross_revenue")
    corrected(rest, words, before, "net_revenue")
    again = rest.answer(QUESTION, asker)
    assert again["status"] == "disambiguation_required" and len(again["options"]) > 1
    assert [w["source"] for w in again["warnings"]] == ["precedent"] and before["warnings"] == []
    assert rest.post(f"feedback/{first['id']}/decline", None).json()["state"] == "declined"
    settled = rest.answer(QUESTION, asker)
    assert (settled["status"], metrics_of(settled)) == ("complete", [words.text("net_revenue")])


def test_what_was_declined_stays_so(rest, words, team):
    given = corrected(rest, words, rest.answer(QUESTION, {"department": team}), "gross_revenue", "decline")
    assert rest.post(f"feedback/{given['id']}/decline", None).status_code == 200
    refused = rest.post(f"feedback/{given['id']}/approve", None)
    assert refused.status_code == 409 and refused.json()["type"] == "urn:ecp:problem:feedback-conflict"


def test_a_correction_that_is_taken_back_counts_no_longer_and_what_was_kept_of_it_is_not_given_again(rest, words, team):
    asker = {"department": team}
    given = corrected(rest, words, rest.answer(QUESTION, asker), "gross_revenue")
    for _ in range(2):
        assert metrics_of(rest.answer(QUESTION, asker)) == [words.text("gross_revenue")]
    taken = rest.post(f"feedback/{given['id']}/decline", None).json()
    assert taken["state"] == "declined" and int(taken["withdrawn_version"]) > int(taken["approved_version"])
    after = rest.answer(QUESTION, asker)
    assert after["status"] == "disambiguation_required" and after["warnings"] == []
    assert int(after["provenance"]["registry_version"]) >= int(taken["withdrawn_version"])


def test_a_correction_reaches_what_measures_the_same_and_nothing_else(rest, words, team):
    asker = {"department": team}
    corrected(rest, words, rest.answer("What was revenue last month?", asker), "gross_revenue")
    for question in (
        "revenue last month",
        "show me last month's revenue",
        "revenue for last month please",
        "revenue in January 2025 by region",
        "top 5 countries by revenue in 2025",
    ):
        answer = rest.answer(question, asker)
        assert metrics_of(answer) == [words.text("gross_revenue")], question
        assert "precedent" in answer["resolved_concepts"]["metrics"][0]["sources"]
    for question in ("net revenue last month", "headcount last month", "revenue churn in January 2026"):
        assert words.text("gross_revenue") not in metrics_of(rest.answer(question, asker))
    assert rest.answer("revenue last month", {"department": f"{team} too"})["status"] == "disambiguation_required"


def test_what_was_asked_back_cannot_be_rejected_and_that_is_said(rest, words, team):
    before = rest.answer(QUESTION, {"department": team})
    assert "nothing answered" in said(rest, before, "rejected")["remark"]
    after = rest.answer(QUESTION, {"department": team})
    assert (after["options"], after["warnings"]) == (before["options"], [])


def test_a_correction_of_two_open_words_counts_for_each(rest, words, team):
    asker = {"department": team}
    question = "revenue and churn by region in 2025"
    before = rest.answer(question, asker)
    assert before["status"] == "disambiguation_required"
    wanted = [words.text("net_revenue"), words.text("logo_churn")]
    given = said(rest, before, correction={"metrics": wanted})
    assert given["remark"] is None
    rest.post(f"feedback/{given['id']}/approve", None)
    assert sorted(metrics_of(rest.answer(question, asker))) == sorted(wanted)


def test_what_was_rejected_is_asked_back_and_suggested_last_until_that_is_taken_back(rest, words, team):
    own = rest.answer(QUESTION, FINANCE)
    given = said(rest, own, "rejected")
    try:
        back = rest.answer(QUESTION, FINANCE)
        assert own["status"] == "complete" and back["status"] == "disambiguation_required"
        assert [w["id"] for w in back["warnings"] if w["source"] == "precedent"] == ["feedback_rejected"]
        assert list(back["options"][-1]["settles"].values()) == metrics_of(own)
        elsewhere = rest.answer(QUESTION.replace("May", "June"), FINANCE)
        assert metrics_of(elsewhere) == metrics_of(own)
    finally:
        assert rest.post(f"feedback/{given['id']}/decline", None).json()["state"] == "declined"
    assert metrics_of(rest.answer(QUESTION, FINANCE)) == metrics_of(own)


def test_what_is_pending_is_listed_and_no_longer_once_decided(rest, words, team):
    given = said(rest, rest.answer(QUESTION, {"department": team}), correction={"metrics": [words.text("net_revenue")]})
    listed = rest.get("feedback?state=pending&limit=500").json()
    assert given["id"] in {f["id"] for f in listed["feedback"]} and listed["total"] >= 1
    rest.post(f"feedback/{given['id']}/decline", None)
    assert given["id"] not in {f["id"] for f in rest.get("feedback?state=pending&limit=500").json()["feedback"]}


def test_feedback_on_what_may_not_be_seen_is_not_there_for_others(rest, words, as_asker):  # noqa: F811
    given = said(rest, rest.answer(PAY, INSIDER), "accepted")
    mine, theirs = (as_asker("GET", "feedback", who, params={"limit": 500}).json() for who in (INSIDER, FINANCE))
    assert given["id"] in {f["id"] for f in mine["feedback"]}
    assert given["id"] not in json.dumps(theirs) and theirs["total"] < mine["total"]
    assert as_asker("POST", f"feedback/{given['id']}/approve", FINANCE).status_code == 404


def test_a_correction_that_could_never_count_says_so_and_what_could(rest, words, team):
    answer = rest.answer(QUESTION, {"department": team})
    sent = {"resolution_id": answer["resolution_id"], "verdict": "corrected"}
    given = rest.post("feedback", sent | {"correction": {"metrics": [words.text("headcount")]}}).json()
    assert given["state"] == "pending"
    assert all(words.text(m) in given["remark"] for m in ("headcount", "net_revenue", "gross_revenue"))
    other = rest.post("feedback", sent | {"correction": {"metrics": [words.text("gross_revenue")]}}).json()
    assert other["remark"] is None


def test_feedback_needs_an_answer_and_metrics_that_there_are(rest, words, team):
    answer = rest.answer(QUESTION, {"department": team})
    sent = {"resolution_id": answer["resolution_id"]}
    unknown = rest.post("feedback", sent | {"verdict": "corrected", "correction": {"metrics": ["no_such_metric"]}})
    assert unknown.status_code == 422 and "no_such_metric" in unknown.json()["detail"]
    closed = {"metrics": [words.text("executive_compensation")]}
    assert rest.post("feedback", sent | {"verdict": "corrected", "correction": closed}).status_code == 422
    assert rest.post("feedback", sent | {"verdict": "accepted"}).status_code == 409
    denied = rest.ask(PAY, FINANCE).json()["resolution_id"]
    assert rest.post("feedback", {"resolution_id": denied, "verdict": "rejected"}).status_code == 409
    assert rest.post("feedback", {"resolution_id": "nothing", "verdict": "rejected"}).status_code == 404
    assert rest.post("feedback/nothing/approve", None).status_code == 404


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_feedback_is_kept_as_text_or_refused(rest, team, text):
    if "\ud800" in text:
        return
    answer = rest.answer(QUESTION, {"department": team})
    sent = {"resolution_id": answer["resolution_id"], "verdict": "rejected", "note": text}
    noted = rest.client.post("/api/v1/feedback", json=sent)
    assert noted.status_code == 201 or (is_problem(noted) and noted.status_code in (413, 422))
    wrong = {"verdict": "corrected", "correction": {"metrics": [text]}}
    refused = rest.client.post("/api/v1/feedback", json=sent | wrong | {"note": ""})
    assert refused.status_code in (413, 422) and is_problem(refused)
    cursor = rest.client.get("/api/v1/feedback", params={"cursor": text[:1000]})
    assert cursor.status_code == 422 and is_problem(cursor)
