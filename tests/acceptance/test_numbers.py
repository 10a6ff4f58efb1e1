"""What is answered is what plain SQL says, for whoever asks."""

from __future__ import annotations

import pytest

from tests.support.rest import Answer

FINANCE = {"user_id": "u-finance", "department": "finance", "role": "analyst"}
SALES = {"user_id": "u-sales", "department": "sales", "role": "analyst"}
OPERATIONS = {"user_id": "u-operations", "department": "operations", "role": "analyst"}

FINANCE_APAC = ("AU", "CN", "HK", "IN", "JP", "KR", "SG")
SALES_APAC = (*FINANCE_APAC, "NZ", "TH")
OPERATIONS_APAC = ("AU", "CN", "HK", "JP", "KR", "NZ", "SG", "TH")
FINANCE_EMEA = ("GB", "DE", "FR", "NL", "ES", "IT", "SE", "CH", "ZA", "SA")

LAST_QUARTER = "between '2025-10-01' and '2025-12-31'"
NET = f"select sum(net_amount) from halyard.fct_revenue_daily where day {LAST_QUARTER}"
GROSS = f"select sum(gross_amount) from halyard.fct_revenue_daily where day {LAST_QUARTER}"
RUN_RATE = (
    f"select sum(net_amount) * 365.0 / count(distinct day) from halyard.fct_revenue_daily where day {LAST_QUARTER}"
)
OF = " and country_code in (:codes)"

THREE = [(FINANCE, NET, FINANCE_APAC), (SALES, GROSS, SALES_APAC), (OPERATIONS, RUN_RATE, OPERATIONS_APAC)]
DEPARTMENTS = ["finance", "sales", "operations"]


def number(answer: Answer, column: int = 0) -> float:
    """The only row's figure."""
    (row,) = answer["results"]["rows"]
    return float(row[column])


def close(value: float) -> object:
    return pytest.approx(float(value), rel=1e-6)


@pytest.mark.parametrize(("asker", "query", "codes"), THREE, ids=DEPARTMENTS)
def test_each_department_gets_its_own_right_number(rest, warehouse, asker, query, codes):
    answer = rest.answer("What was APAC revenue last quarter?", asker, execute=True)
    assert answer["status"] == "complete"
    assert number(answer) == close(warehouse(query + OF, *codes))


def test_the_three_numbers_are_three(rest):
    asked = "What was APAC revenue last quarter?"
    assert len({number(rest.answer(asked, asker, execute=True)) for asker, _, _ in THREE}) == 3


BUDGETS = [
    (FINANCE, NET, "sum(net_amount)", FINANCE_APAC),
    (SALES, GROSS, "sum(gross_amount)", SALES_APAC),
    (OPERATIONS, RUN_RATE, "sum(annualised_amount) / count(distinct quarter_start)", OPERATIONS_APAC),
]


@pytest.mark.parametrize(("asker", "query", "budget", "codes"), BUDGETS, ids=DEPARTMENTS)
def test_compared_to_budget_gives_both_and_the_variance(rest, warehouse, asker, query, budget, codes):
    answer = rest.answer("What was APAC revenue last quarter compared to budget?", asker, execute=True)
    planned = f"select {budget} from halyard.fct_budget_quarterly where quarter_start {LAST_QUARTER}"
    actual, target = (float(warehouse(q + OF, *codes)) for q in (query, planned))
    assert answer["kind"] == "comparison"
    assert sorted(float(v) for v in answer["results"]["rows"][0]) == close_all(sorted([actual, target]))
    computed = answer["results"]["computed"]
    assert computed["variance"] == close(actual - target)
    assert computed["variance_pct"] == pytest.approx((actual - target) / target * 100, abs=0.01)


def close_all(values: list[float]) -> object:
    return pytest.approx(values, rel=1e-6)


def test_revenue_of_a_country_is_that_country_alone(rest, warehouse, words):
    answer = rest.answer("What was finance revenue in Canada last quarter?", FINANCE, execute=True)
    assert [f["member"] for f in answer["resolved_concepts"]["filters"]] == [words.text("canada")]
    assert number(answer) == close(warehouse(NET + OF, "CA"))
    assert number(answer) < float(warehouse(NET))


def test_two_regions_are_both_in_the_number(rest, warehouse, words):
    answer = rest.answer("What was APAC and EMEA revenue last quarter?", FINANCE, execute=True)
    named = {f["member"] for f in answer["resolved_concepts"]["filters"]}
    assert named == {words.text("apac"), words.text("emea")}
    assert number(answer) == close(warehouse(NET + OF, *FINANCE_APAC, *FINANCE_EMEA))


def test_a_department_that_contains_a_member_s_name_is_no_filter(rest, warehouse):
    answer = rest.answer("What was finance revenue last quarter?", FINANCE, execute=True)
    assert answer["resolved_concepts"]["filters"] == []
    assert number(answer) == close(warehouse(NET))


@pytest.mark.parametrize("asker", [FINANCE, SALES, OPERATIONS], ids=DEPARTMENTS)
def test_an_unknown_region_is_said_and_never_a_global_number(rest, asker):
    answer = rest.answer("What was revenue for LATAM last quarter?", asker, execute=True)
    assert answer["status"] == "unresolved"
    assert [u["mention"] for u in answer["unresolved"]] == ["LATAM"]
    assert answer["results"] is None and answer["execution_plan"] is None


def test_a_known_caveat_is_told_where_it_applies_and_lowers_confidence(rest, words):
    told = rest.answer("APAC revenue for Q4 2019", FINANCE, execute=True)
    plain = rest.answer("APAC revenue for Q4 2024", FINANCE, execute=True)
    assert words.text("tk_apac_q4_2019") in [w["id"] for w in told["warnings"]]
    assert [w for w in plain["warnings"] if w["source"] == "tribal_knowledge"] == []
    assert told["confidence_score"] < plain["confidence_score"]
    assert told["results"]["rows"] != plain["results"]["rows"]


def test_an_asker_of_no_department_is_asked_which_revenue(rest, words):
    answer = rest.answer("What was revenue last quarter?", {"user_id": "u-guest"})
    assert answer["status"] == "disambiguation_required"
    offered = {o["resolved_concepts"]["metrics"][0]["id"] for o in answer["options"]}
    assert offered == {words.text(m) for m in ("net_revenue", "gross_revenue", "annualised_run_rate")}
