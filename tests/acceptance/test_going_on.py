"""A choice among options, and a question that follows another: authorised anew, for whom they belong to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.acceptance.test_numbers import FINANCE, SALES
from tests.never.conftest import GUEST, INSIDER
from tests.support.enterprise import AS_OF

OPEN = "What was revenue in May 2025?"


def metrics_of(answer):
    return [m["id"] for m in answer["resolved_concepts"]["metrics"]]


def clarified(rest, answer, option):
    return rest.post(f"resolutions/{answer['resolution_id']}/clarify", {"option": option})


@pytest.fixture
def following(rest, words):
    def ask(earlier, question, asker):
        sent = {"concept": words.text(question), "user_context": words.value(asker), "as_of": AS_OF}
        return rest.post("resolve", sent | {"follows": earlier["resolution_id"]})

    return ask


def test_a_choice_goes_on_under_the_same_id_and_stays_chosen(rest):
    before = rest.answer(OPEN, GUEST)
    chosen = before["options"][1]
    after = clarified(rest, before, chosen["id"]).json()
    assert (after["resolution_id"], after["status"], after["attempt"]) == (before["resolution_id"], "complete", 2)
    assert metrics_of(after) == [m["id"] for m in chosen["resolved_concepts"]["metrics"]]
    assert after["resolved_concepts"]["period"]["start"] == "2025-05-01"
    executed = rest.post("execute", {"resolution_id": before["resolution_id"]}).json()
    assert metrics_of(executed) == metrics_of(after) and executed["results"]["rows"]
    assert clarified(rest, before, chosen["id"]).status_code == 409


@pytest.mark.parametrize("option", ["99", "0", "'; drop table x", "{}"])
def test_what_was_not_offered_is_refused_with_what_was(rest, option):
    before = rest.answer(OPEN, GUEST)
    refused = clarified(rest, before, option)
    assert refused.status_code == 422 and before["options"][0]["text"] in refused.json()["detail"]
    assert rest.get(f"resolutions/{before['resolution_id']}").json()["status"] == "disambiguation_required"


def test_where_nothing_is_open_there_is_nothing_to_choose(rest):
    assert clarified(rest, rest.answer("APAC revenue last quarter", FINANCE), "1").status_code == 409
    assert clarified(rest, {"resolution_id": "nothing"}, "1").status_code == 404


def test_the_previous_quarter_is_the_one_before_the_answer_s_and_says_from_when_it_counts(rest, following):
    before = rest.answer("APAC revenue last quarter", FINANCE)["resolved_concepts"]["period"]
    after = following(rest.answer("APAC revenue last quarter", FINANCE), "and the previous quarter?", FINANCE).json()
    period = after["resolved_concepts"]["period"]
    assert date.fromisoformat(period["end"]) + timedelta(days=1) == date.fromisoformat(before["start"])
    assert before["start"] in period["rule"]


def test_what_follows_inherits_and_overrides(rest, words, following):
    before = rest.answer("APAC revenue last quarter", FINANCE)
    after = following(before, "and for EMEA?", FINANCE).json()
    assert after["status"] == "complete" and metrics_of(after) == metrics_of(before)
    assert [f["member"] for f in after["resolved_concepts"]["filters"]] == [words.text("emea")]
    assert after["resolved_concepts"]["period"] == before["resolved_concepts"]["period"]
    further = following(after, "and in May 2025?", FINANCE).json()
    assert [f["member"] for f in further["resolved_concepts"]["filters"]] == [words.text("emea")]
    assert further["resolved_concepts"]["period"]["start"] == "2025-05-01"


def test_what_was_denied_is_gone_round(rest, words, following):
    limited = FINANCE | {"allowed_regions": ["apac"]}
    before = rest.answer("revenue in Japan in May 2025", limited)
    denied = following(before, "and in Germany?", limited)
    assert denied.status_code == 403
    after = following(denied.json(), "and in June 2025?", limited).json()
    assert (after["status"], metrics_of(after)) == ("complete", metrics_of(before))
    assert [f["member"] for f in after["resolved_concepts"]["filters"]] == [words.text("japan")]
    assert following(denied.json(), "and in June 2025?", FINANCE).status_code == 404


def test_what_was_chosen_is_inherited(rest, following):
    before = rest.answer(OPEN, GUEST)
    chosen = clarified(rest, before, before["options"][1]["id"]).json()
    assert metrics_of(following(chosen, "and in June 2025?", GUEST).json()) == metrics_of(chosen)


def test_a_word_of_somebody_else_s_question_means_what_it_means_to_whoever_goes_on(rest, following):
    """The same word is another metric to sales than to finance, and the answer says that it is."""
    before = rest.answer("APAC revenue last quarter", FINANCE)
    after = following(before, "and in May 2025?", SALES).json()
    assert metrics_of(after) == metrics_of(rest.answer("APAC revenue in May 2025", SALES)) != metrics_of(before)
    assert "read anew" in after["resolved_concepts"]["metrics"][0]["reason"]
    assert [w["source"] for w in after["warnings"] if w["id"] == "read_anew"] == ["precedent"]
    own = following(before, "and in May 2025?", FINANCE).json()
    assert metrics_of(own) == metrics_of(before) and not [w for w in own["warnings"] if w["id"] == "read_anew"]


def test_what_may_not_be_seen_cannot_be_followed(rest, following):
    before = rest.answer("What was executive compensation in FY2025?", INSIDER)
    assert following(before, "and in FY2024?", FINANCE).status_code == 404
    assert following({"resolution_id": "nothing"}, "and in FY2024?", FINANCE).status_code == 404
    limited = following(
        rest.answer("EMEA revenue last quarter", FINANCE),
        "and the quarter before?",
        {**FINANCE, "allowed_regions": ["APAC"]},
    )
    assert limited.status_code in (403, 404)


def test_the_dates_that_were_shown_are_inherited(rest, following):
    first = rest.answer("revenue in Japan in Q3 2024", FINANCE)
    before = following(first, "previous quarter", FINANCE).json()
    assert (before["resolved_concepts"]["period"]["start"]) == "2024-04-01"
    for question in ("and headcount?", "and in China?"):
        after = following(before, question, FINANCE).json()
        period = after["resolved_concepts"]["period"]
        assert after["status"] == "complete" and (period["start"], period["end"]) == ("2024-04-01", "2024-06-30")
        assert period["rule"] == before["resolved_concepts"]["period"]["rule"]


def test_a_year_before_is_a_year_before_what_was_shown(rest, following):
    first = rest.answer("revenue in Japan last quarter", FINANCE)
    shown = date.fromisoformat(first["resolved_concepts"]["period"]["start"])
    for question in ("same quarter last year", "a year earlier"):
        after = following(first, question, FINANCE).json()["resolved_concepts"]["period"]
        assert after["start"] == shown.replace(year=shown.year - 1).isoformat()


def test_a_question_that_was_not_understood_does_not_stay_with_those_after_it(rest, following):
    first = rest.answer("APAC revenue last quarter", FINANCE)
    wrong = following(first, "and for Zorblaxia?", FINANCE).json()
    assert wrong["status"] == "unresolved"
    after = following(wrong, "by month", FINANCE).json()
    assert after["status"] == "complete" and metrics_of(after) == metrics_of(first)
    assert [f["member"] for f in after["resolved_concepts"]["filters"]] == [
        f["member"] for f in first["resolved_concepts"]["filters"]
    ]
    assert any("was not understood" in w["message"] for w in after["warnings"])
    whole = following(following(wrong, "and Zorblaxia?", FINANCE).json(), "What is the definition of churn?", FINANCE)
    assert (whole.json()["status"], whole.json()["kind"]) == ("complete", "definition")


def test_the_short_name_of_another_meaning_is_understood(rest, following):
    first = rest.answer("APAC revenue last quarter", FINANCE)
    after = following(first, "what about gross?", FINANCE).json()
    assert (after["status"], metrics_of(after)) == ("complete", metrics_of(rest.answer("gross revenue", FINANCE)))
