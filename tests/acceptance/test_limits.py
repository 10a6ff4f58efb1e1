"""Who may see what: denied with its reason, narrowed and told so, and never wider."""

from __future__ import annotations

import pytest

from tests.acceptance.test_numbers import FINANCE, FINANCE_APAC, NET, OF, close, number
from tests.support.renamed import Renaming

PAY = "Show me executive compensation data for last year"
PROBLEM = "application/problem+json"


def limited(**limits: object) -> dict[str, object]:
    return {**FINANCE, **limits}


APAC_ONLY = limited(allowed_regions=["APAC"])


def test_a_restricted_metric_is_denied_with_the_reason(rest, words):
    response = rest.ask(PAY, FINANCE, execute=True)
    problem = response.json()
    assert (response.status_code, response.headers["content-type"]) == (403, PROBLEM)
    assert problem["type"] == "urn:ecp:problem:access-denied"
    assert words.text("hr_admin") in " ".join(problem["reasons"])
    assert rest.get(f"resolutions/{problem['resolution_id']}").json()["status"] == "access_denied"


def test_a_role_that_may_see_the_metric_gets_its_number(rest, warehouse):
    asker = {"user_id": "u-hr", "department": "hr", "role": "hr_admin"}
    answer = rest.answer("What was executive compensation in FY2025?", asker, execute=True)
    paid = "select sum(amount) from halyard.fct_executive_pay where paid_on between '2024-04-01' and '2025-03-31'"
    assert number(answer) == close(warehouse(paid))


@pytest.mark.parametrize("question", ["Executive compensation by country in 2025", "What is executive compensation?"])
def test_a_restricted_metric_is_not_shown_in_other_words_either(rest, question):
    assert rest.ask(question, FINANCE, execute=True).status_code == 403


def test_a_list_of_metrics_leaves_the_restricted_one_out(rest, words):
    asked = "What metrics are available?"
    shown = {m["id"] for m in rest.answer(asked, FINANCE)["answer"]["metrics"]}
    insider = {"user_id": "u-hr", "department": "hr", "role": "hr_admin"}
    everything = {m["id"] for m in rest.answer(asked, insider)["answer"]["metrics"]}
    assert everything - shown == {words.text("executive_compensation")}


@pytest.mark.parametrize(
    "question",
    [
        "What was EMEA revenue last quarter?",
        "revenue in APAC compared to EMEA last quarter",
        "revenue last quarter excluding APAC",
    ],
)
def test_outside_of_the_asker_s_limit_is_denied(rest, question):
    response = rest.ask(question, APAC_ONLY, execute=True)
    assert response.status_code == 403 and response.json()["reasons"]


def test_a_limit_to_what_is_no_member_says_so(rest):
    response = rest.ask("What was revenue last quarter?", {**FINANCE, "allowed_regions": ["MARS"]})
    assert response.status_code == 403 and "MARS" in response.json()["detail"]


@pytest.mark.parametrize(
    "limits",
    [
        {"allowed_regions": ["APAC"]},
        {"allowed_regions": ["apac"]},
        {"allowed_regions": ["aPaC"]},
        {"attributes": {"region": ["apac"]}},
        {"attributes": {"Region": ["APAC"]}},
    ],
    ids=["name", "id", "odd case", "attribute", "attribute by name"],
)
def test_a_plain_question_is_narrowed_to_the_limit_and_says_so(rest, warehouse, words, limits):
    asker = words.value(limited(**limits))
    if "attributes" in limits:  # here the keys are the pack's names too
        asker["attributes"] = {words.text(k): words.value(v) for k, v in limits["attributes"].items()}
    body = rest.body("What was revenue last quarter?", execute=True) | {"user_context": odd(asker, limits, words)}
    answer = rest.post("resolve", body).json()
    assert answer["authorization"]["row_filters"], answer
    assert number(answer) == close(warehouse(NET + OF, *FINANCE_APAC))
    assert [w["source"] for w in answer["warnings"]] == ["authorization"]


def odd(asker: dict[str, object], limits: dict[str, object], words: Renaming) -> dict[str, object]:
    """The pack's own word in a case that nobody writes: renaming knows words in plain cases only."""
    if limits != {"allowed_regions": ["aPaC"]}:
        return asker
    name = "".join(c.lower() if at % 2 else c.upper() for at, c in enumerate(words.text("APAC")))
    return asker | {"allowed_regions": [name.swapcase()]}


def test_a_question_that_is_partly_outside_is_narrowed(rest, warehouse):
    answer = rest.answer("What was APAC and EMEA revenue last quarter?", APAC_ONLY, execute=True)
    assert number(answer) == close(warehouse(NET + OF, *FINANCE_APAC))
    assert any(w["source"] == "authorization" for w in answer["warnings"])


def test_a_breakdown_shows_no_group_outside_of_the_limit(rest, words):
    answer = rest.answer("Revenue by country last quarter", APAC_ONLY, execute=True)
    shown = {cell for row in answer["results"]["rows"] for cell in row if isinstance(cell, str)}
    assert len(shown) == len(FINANCE_APAC)
    by_region = rest.answer("Revenue by region last quarter", APAC_ONLY, execute=True)
    assert [row[0] for row in by_region["results"]["rows"]] == [words.text("APAC")]


@pytest.mark.parametrize("limits", [{"allowed_regions": []}, {"allowed_regions": ["nowhere"]}])
def test_a_limit_that_allows_nothing_denies(rest, limits):
    assert rest.ask("What was revenue last quarter?", limited(**limits), execute=True).status_code == 403


def test_a_limit_that_nothing_knows_is_refused_by_name(rest):
    response = rest.ask("What was revenue last quarter?", limited(attributes={"regoin": ["apac"]}))
    assert response.status_code == 422
    assert "regoin" in response.text


def test_a_misspelt_field_of_the_asker_is_refused_by_name(rest):
    response = rest.ask("What was revenue last quarter?", limited(allowed_region=["APAC"]))
    assert response.status_code == 422 and "allowed_region" in response.text
