"""What changed, as a comparison of two periods and as a condition on groups: neither is passed over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ecp.domain.results import assemble
from ecp.domain.semantic import Column, QueryResult
from tests.support.reading import Understood, catalogue, understand

RETAIL = catalogue("retail")


def _asked(question: str) -> Understood:
    return understand(question, RETAIL)


def _bounds(question: str) -> list[tuple[str | None, str, tuple[Any, ...]]]:
    found = _asked(question)
    assert found.status == "complete", found.as_answer()["unresolved"]
    return [(f.metric, f.operator, f.values) for f in found.selection.concepts.filters if f.dimension is None]


@pytest.mark.parametrize(
    "question",
    [
        "did orders grow between 2024 and 2025",
        "how much did orders increase between 2024 and 2025?",
        "change in orders between 2024 and 2025",
        "difference in orders between 2024 and 2025",
        "compare orders between 2024 and 2025",
        "which country gained the most orders from 2024 to 2025",
        "orders growth by country between 2024 and 2025",
        "orders growth 2024 vs 2025",
        "increase in orders by country (2024 vs 2025)",
        "orders growth 2025 vs 2024",
    ],
)
def test_what_changed_between_two_years_is_the_later_one_beside_the_earlier(question: str) -> None:
    found = _asked(question)
    concepts = found.selection.concepts
    assert found.status == "complete" and concepts.period is not None
    assert str(concepts.period.start) == "2025-01-01" and str(concepts.period.end) == "2025-12-31"
    assert [str(c.period.start) for c in concepts.comparisons if c.period] == ["2024-01-01"]


@pytest.mark.parametrize(
    "question", ["orders between 2024 and 2025", "break down orders between 2024 and 2025 by country"]
)
def test_a_stretch_in_which_nothing_is_said_to_change_stays_one(question: str) -> None:
    period = _asked(question).selection.concepts.period
    assert period is not None and (str(period.start), str(period.end)) == ("2024-01-01", "2025-12-31")


@pytest.mark.parametrize(
    ("question", "bounds"),
    [
        ("which countries declined in orders last quarter", [("variance", "lt", (0,))]),
        ("countries where orders grew in 2025", [("variance", "gt", (0,))]),
        ("countries with falling orders in 2025 compared with 2024", [("variance", "lt", (0,))]),
        ("orders of growing categories 2025 vs 2024", [("variance", "gt", (0,))]),
        ("countries whose orders grew more than 10% in 2025", [("variance_pct", "gt", (10,))]),
        ("countries where orders fell by more than 500 in 2025", [("variance", "lt", (-500,))]),
        ("orders growth by country in 2025", []),
        ("increase in orders for each country in 2025", []),
        ("did orders grow in all countries in 2025", []),
        ("which countries grew the most in orders in 2025", []),
    ],
)
def test_groups_that_changed_are_asked_for_by_how_they_changed(question: str, bounds: list[Any]) -> None:
    assert _bounds(question) == bounds


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("countries where orders grew", "since when?"),
        ("orders of categories with increasing returns in 2025 vs 2024", "increasing"),
        ("countries whose orders fell by less than 5% in 2025", "by how much?"),
    ],
)
def test_what_cannot_be_held_to_is_refused_and_not_dropped(question: str, why: str) -> None:
    answer = _asked(question).as_answer()
    assert answer["status"] == "unresolved"
    assert any(why in u["mention"] for u in answer["unresolved"])


def test_a_group_that_went_the_other_way_or_is_not_known_is_not_shown() -> None:
    found = _asked("which countries declined in orders last quarter")
    assert found.plan is not None
    rows = {
        "actual": [("ES", Decimal(5)), ("PT", Decimal(9)), ("FR", Decimal(1))],
        "previous": [("ES", Decimal(7)), ("PT", Decimal(8))],
    }
    results = {}
    for query in found.plan.queries:
        columns = tuple(Column(name=n, type="string") for n in (*query.cube.dimensions, *query.cube.measures))
        results[query.id] = QueryResult(columns=columns, rows=tuple(rows[query.id]))
        assert not query.cube.filters
    table = assemble(found.plan, results, found.selection.concepts, RETAIL)
    assert [row[0] for row in table.rows] == ["ES"]


@pytest.mark.parametrize(
    ("question", "bounds"),
    [
        ("which regions missed budget last quarter", [("variance", "lt", (0,))]),
        ("countries that beat their net revenue budget in Q3 FY26", [("variance", "gt", (0,))]),
        ("which regions hit budget last quarter", [("variance", "gte", (0,))]),
        ("did EMEA miss its budget in Q3 FY26", []),
        ("did we hit budget last quarter by region", []),
        ("are we over budget this fiscal year", []),
    ],
)
def test_groups_held_against_their_target_are_those_that_came_out_so(question: str, bounds: list[Any]) -> None:
    found = understand(question, catalogue("demo"), "finance")
    concepts = found.selection.concepts
    assert (found.status, [c.kind for c in concepts.comparisons]) == ("complete", ["target"])
    assert [(f.metric, f.operator, f.values) for f in concepts.filters if f.dimension is None] == bounds


def test_within_a_target_is_no_condition_on_groups() -> None:
    assert (
        understand("which regions are within budget last quarter", catalogue("demo"), "finance").status == "unresolved"
    )


def test_members_of_two_dimensions_in_a_list_are_not_taken_for_what_is_both() -> None:
    found = understand("energy used by diesel vehicles and trams in 2025", catalogue("transit"))
    assert found.status == "unresolved"


def test_whose_number_it_is_is_no_second_number() -> None:
    found = understand("km operated by diesel vehicles in 2025", catalogue("transit"))
    assert [m.id for m in found.selection.concepts.metrics] == ["vehicle_km"]


def test_how_much_more_one_period_had_than_another_is_a_comparison() -> None:
    found = understand("how much more fare revenue did we take in 2025 than in 2024", catalogue("transit"))
    assert (found.status, found.selection.kind) == ("complete", "comparison")


def _held(question: str, pack: str = "workforce") -> tuple[list[str], list[str], list[tuple[str, tuple[Any, ...]]]]:
    found = understand(question, catalogue(pack))
    assert found.status == "complete", found.as_answer()["unresolved"]
    concepts = found.selection.concepts
    bounds = [(f.operator, f.values) for f in concepts.filters if f.dimension is None]
    return [m.id for m in concepts.metrics], [str(c.metric) for c in concepts.comparisons], bounds


@pytest.mark.parametrize(
    ("question", "bounds"),
    [
        ("which departments are over budget in 2025", [("gt", (0,))]),
        ("departments that exceeded their payroll budget in 2025", [("gt", (0,))]),
        ("departments exceeding the payroll budget in 2025", [("gt", (0,))]),
        ("departments with payroll below budget in 2025", [("lt", (0,))]),
        ("departments that stayed under budget in 2025", [("lt", (0,))]),
        ("departments that met their payroll budget in 2025", [("lte", (0,))]),
        ("payroll against budget by department in 2025", []),
        ("payroll budget variance by department in 2025", []),
        ("budget variance by department in 2025", []),
    ],
)
def test_above_a_target_is_above_it_whichever_way_is_better(question: str, bounds: list[Any]) -> None:
    assert _held(question) == (["payroll"], ["payroll_budget"], bounds)


def test_how_far_a_target_was_met_is_what_it_is_set_for_beside_it() -> None:
    assert _held("quota attainment by rep", "software") == (["bookings"], ["quota"], [])
    assert _held("are we on track with our hiring plan") == (["hires"], ["hiring_plan"], [])


@pytest.mark.parametrize(
    "question",
    [
        "departments almost over budget",
        "payroll over budget by department",
        "departments more than 10% up on budget",
        "departments over budget and below plan",
    ],
)
def test_a_condition_of_which_a_part_is_not_understood_is_refused(question: str) -> None:
    assert understand(question, catalogue("workforce")).status == "unresolved"


@pytest.mark.parametrize(
    "question",
    [
        "is attrition in Sales higher than in Marketing?",
        "was the attrition of Sales lower than that of Marketing?",
        "is attrition higher in Sales than in Marketing",
    ],
)
def test_higher_than_another_is_a_comparison_with_it(question: str) -> None:
    concepts = understand(question, catalogue("workforce")).selection.concepts
    assert [f.member for f in concepts.filters] == ["sales"]
    assert [(c.kind, c.member) for c in concepts.comparisons] == [("member", "marketing")]


def test_groups_higher_than_another_are_a_condition_that_is_not_understood() -> None:
    assert understand("departments with attrition higher than Marketing", catalogue("workforce")).status == "unresolved"


def test_a_time_behind_what_is_left_out_is_not_left_out() -> None:
    found = understand("sick days by department excluding Sales, 2025", catalogue("workforce"))
    assert found.status == "complete"
    assert [(f.operator, f.member) for f in found.selection.concepts.filters] == [("not_in", "sales")]
    assert understand("sick days excluding Sales and 2025", catalogue("workforce")).status == "unresolved"


@pytest.mark.parametrize(
    ("question", "operator"),
    [
        ("which departments are over budget", "gt"),
        ("which departments are not over budget", "lte"),
        ("which departments did not hit budget", "gt"),
        ("which departments didn't miss budget", "lte"),
    ],
)
def test_what_did_not_come_out_so_are_the_others(question: str, operator: str) -> None:
    found = understand(f"{question} in 2025", catalogue("workforce"))
    assert [(f.metric, f.operator, f.values) for f in found.selection.concepts.filters] == [
        ("variance", operator, (0,))
    ]
    assert found.status == "complete"


@pytest.mark.parametrize(
    ("question", "by", "direction"),
    [
        ("orders growth of the 3 largest countries in 2025", "orders", "desc"),
        ("growth of the 3 largest countries by orders in 2025", "orders", "desc"),
        ("orders growth of the top 3 countries in 2025", "orders", "desc"),
        ("orders growth in the smallest country in 2025", "orders", "asc"),
        ("did the largest country grow in orders in 2025", "orders", "desc"),
        ("which of the 3 largest countries grew in orders in 2025", "orders", "desc"),
        ("the 3 largest changes in orders by country in 2025", "variance", "desc"),
        ("the 3 largest countries by orders growth in 2025", "variance_pct", "desc"),
        ("orders growth of the 3 largest countries by growth in 2025", "variance_pct", "desc"),
        ("top 3 countries by orders growth in 2025", "variance_pct", "desc"),
    ],
)
def test_the_largest_are_such_by_themselves_whatever_is_told_of_them(question: str, by: str, direction: str) -> None:
    found = _asked(question)
    assert found.status == "complete", found.as_answer()["unresolved"]
    order = found.selection.concepts.order
    assert order is not None
    assert (order.by, order.direction) == (by, direction)
    assert len(found.selection.concepts.comparisons) == 1


def test_the_largest_that_changed_are_bound_by_that_and_ordered_by_size() -> None:
    question = "the 3 largest countries that declined in orders in 2025"
    assert _bounds(question) == [("variance", "lt", (0,))]
    order = _asked(question).selection.concepts.order
    assert order is not None and order.by == "orders"


def test_the_largest_behind_a_quotient_are_the_largest_by_nothing_that_was_said() -> None:
    def status(question: str) -> str:
        return understand(question, catalogue("demo"), "finance").status

    assert status("net revenue per employee of the 5 largest countries in 2025") == "unresolved"
    assert status("the 5 largest countries by net revenue per employee in 2025") == "complete"


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("are orders a metric", "unresolved"),
        ("are orders daily", "unresolved"),
        ("is revenue in dollars in 2025", "unresolved"),
        ("are orders up in 2025", "complete"),
        ("are orders growing monthly", "complete"),
        ("are orders in Germany above 100 in 2025", "complete"),
    ],
)
def test_whether_something_is_defined_so_is_answered_by_no_number(question: str, status: str) -> None:
    assert _asked(question).status == status
