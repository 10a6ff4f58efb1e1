"""Executing what was resolved: as it stands, or narrower."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.test_numbers import FINANCE, FINANCE_APAC, NET, OF, close, number


@pytest.fixture
def resolved(rest):
    """APAC's revenue of last quarter as finance means it, not executed."""
    answer = rest.answer("What was APAC revenue last quarter?", FINANCE)
    assert answer["results"] is None
    return answer


def run(rest, resolved, **parameters: Any):
    return rest.post("execute", {"resolution_id": resolved["resolution_id"], "parameters": parameters})


def only(words, dimension: str, *members: str) -> dict[str, Any]:
    return {"dimension": words.text(dimension), "operator": "in", "values": [words.text(m) for m in members]}


def test_as_resolved_it_gives_the_number_and_keeps_the_id(rest, warehouse, resolved):
    answer = run(rest, resolved).json()
    assert answer["resolution_id"] == resolved["resolution_id"] and answer["attempt"] == 2
    assert number(answer) == close(warehouse(NET + OF, *FINANCE_APAC))


def test_a_subset_of_its_members_and_its_period_gives_that_number(rest, warehouse, words, resolved):
    period = {"start": "2025-11-01", "end": "2025-11-30"}
    answer = run(rest, resolved, filters=[only(words, "country", "japan")], period=period).json()
    november = NET.replace("2025-10-01", "2025-11-01").replace("2025-12-31", "2025-11-30")
    assert number(answer) == close(warehouse(november + OF, "JP"))


def test_narrowing_once_does_not_narrow_the_next_time(rest, warehouse, words, resolved):
    run(rest, resolved, filters=[only(words, "country", "japan")])
    assert number(run(rest, resolved).json()) == close(warehouse(NET + OF, *FINANCE_APAC))


def test_each_narrowing_is_taken_from_what_was_resolved(rest, warehouse, words, resolved):
    run(rest, resolved, filters=[only(words, "country", "japan")])
    answer = run(rest, resolved, filters=[only(words, "country", "china")]).json()
    assert number(answer) == close(warehouse(NET + OF, "CN"))
    assert run(rest, resolved, filters=[only(words, "region", "emea")]).status_code == 422


def test_a_period_narrows_a_question_without_one(rest, warehouse):
    answer = run(rest, rest.answer("Net revenue", FINANCE), period={"start": "2025-10-01", "end": "2025-12-31"}).json()
    assert number(answer) == close(warehouse(NET))
    assert answer["resolved_concepts"]["period"]["start"] == "2025-10-01"
    assert "no_period" not in [w["id"] for w in answer["warnings"]]


def test_who_asks_only_for_what_they_may_see_is_told_of_no_limit(rest, warehouse, words):
    asker = {**FINANCE, "allowed_regions": ["APAC"]}
    inside = rest.answer("What was APAC revenue last quarter?", asker)
    narrower = run(rest, inside, filters=[only(words, "country", "japan")]).json()
    assert number(narrower) == close(warehouse(NET + OF, "JP"))
    for answer in (inside, narrower):
        assert [w for w in answer["warnings"] if w["source"] == "authorization"] == []
    wider = rest.answer("What was revenue last quarter?", asker)
    assert [w["source"] for w in wider["warnings"]] == ["authorization"]


def test_a_country_outside_of_the_region_contradicts_and_is_named(rest, words, resolved):
    response = run(rest, resolved, filters=[only(words, "country", "germany")])
    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["parameters", "filters", 0, "values"]


def test_a_dimension_that_the_metric_is_not_kept_by_is_named(rest, words):
    resolved = rest.answer("What was revenue churn last quarter?", FINANCE)
    assert resolved["status"] == "complete"
    response = run(rest, resolved, filters=[only(words, "sector", "banking")])
    assert response.status_code == 422, response.text
    assert response.json()["errors"][0]["loc"] == ["parameters", "filters", 0, "dimension"]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"period": {"start": "2025-09-30", "end": "2025-12-31"}}, "period"),
        ({"period": {"start": "2025-10-01", "end": "2026-01-01"}}, "period"),
        ({"regions": ["emea"]}, "filters"),
        ({"regions": ["nowhere"]}, "filters"),
        ({"regions": ["apac", "nowhere"]}, "filters"),
    ],
    ids=["earlier", "later", "another region", "no such region", "one that is not there among others"],
)
def test_what_would_widen_is_refused_and_named(rest, words, resolved, parameters, field):
    if "period" not in parameters:
        parameters = {"filters": [only(words, "region", *parameters["regions"])]}
    response = run(rest, resolved, **parameters)
    assert response.status_code == 422
    assert [error["loc"][1] for error in response.json()["errors"]] == [field]


def test_what_would_widen_leaves_the_resolution_as_it_was(rest, resolved):
    run(rest, resolved, period={"start": "2020-01-01", "end": "2025-12-31"})
    kept = rest.get(f"resolutions/{resolved['resolution_id']}").json()
    assert kept["status"] == "complete"
    assert kept["resolved_concepts"] == resolved["resolved_concepts"]


@pytest.mark.parametrize("question", ["What was revenue for LATAM last quarter?", "What is the definition of ARR?"])
def test_what_has_no_plan_cannot_be_executed(rest, question):
    answer = rest.answer(question, FINANCE)
    assert run(rest, answer).status_code == 409


def test_what_was_denied_cannot_be_executed(rest):
    denied = rest.ask("Show me executive compensation data for last year", FINANCE).json()
    response = run(rest, denied)
    assert response.status_code in (403, 409) and "results" not in response.json()


@pytest.mark.parametrize(
    "resolution_id", ["never-was", "0190b1f0-5b7e-7cc3-9d2f-0d8c3f1a2b4c", "' or 1=1 --", "x" * 9999]
)
def test_an_unknown_id_is_not_found_anywhere(rest, resolution_id):
    answers = [
        rest.post("execute", {"resolution_id": resolution_id}),
        rest.client.get("/api/v1/resolutions/" + resolution_id[:200].replace(" ", "%20")),
        rest.client.get("/api/v1/provenance/" + resolution_id[:200].replace(" ", "%20")),
    ]
    assert all(a.status_code in (404, 422) for a in answers), [a.text for a in answers]


def test_the_limit_of_the_asker_holds_when_executing(rest, warehouse):
    asker = {**FINANCE, "allowed_regions": ["APAC"]}
    answer = run(rest, rest.answer("What was revenue last quarter?", asker)).json()
    assert number(answer) == close(warehouse(NET + OF, *FINANCE_APAC))


def test_provenance_has_every_stage_of_every_attempt(rest, resolved):
    executed = run(rest, resolved).json()
    trace = rest.get(f"provenance/{resolved['resolution_id']}").json()
    assert [a["attempt"] for a in trace["attempts"]] == [1, 2]
    first, second = ({s["id"] for s in a["stages"]} for a in trace["attempts"])
    assert {"parse_intent", "search_registry", "search_graph", "check_authorization", "assemble_response"} <= first
    assert {"check_authorization", "execute_queries", "validate_results", "assemble_response"} <= second
    asked = {s["store"] for stage in trace["attempts"][1]["stages"] for s in stage["stores_queried"]}
    assert {"policy", "semantic"} <= asked
    assert executed["provenance"]["registry_version"] and executed["provenance"]["policy_version"]


def test_a_resolution_can_be_read_again(rest, resolved):
    kept = rest.get(f"resolutions/{resolved['resolution_id']}").json()
    assert kept == resolved
