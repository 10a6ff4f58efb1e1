""" "A minus B", "the gap between A and B": the difference of two metrics."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.results import assemble
from ecp.domain.semantic import Column, QueryResult
from ecp.domain.subtracting import is_without
from tests.support.reading import Understood, catalogue, understand

Rows = dict[str, list[tuple[str | Decimal | None, ...]]]


def _asked(question: str, pack: str = "demo", department: str | None = "finance") -> Understood:
    return understand(question, catalogue(pack), department)


def _computations(found: Understood) -> list[str]:
    return [c.expression for c in found.plan.computations] if found.plan else []


@pytest.mark.parametrize(
    "question",
    [
        "gross revenue minus net revenue in 2025",
        "gross minus net revenue in 2025",
        "gross revenue less the net revenue in 2025",
        "difference between gross and net revenue in 2025",
        "what is the gap between gross revenue and our net revenue in 2025",
        "difference of gross and net revenue in 2025",
        "gross vs net revenue difference in 2025",
        "how much higher was gross revenue than net revenue in 2025",
        "how much lower was net revenue than gross revenue in 2025",
        "by how much did gross revenue exceed net revenue in 2025",
    ],
)
def test_the_one_is_taken_from_the_other(question: str) -> None:
    found = _asked(question)
    assert found.status == "complete"
    assert {m.id for m in found.selection.concepts.metrics} == {"gross_revenue", "net_revenue"}
    taken = found.selection.concepts.share
    assert taken is not None and taken.minus and taken.of == "net_revenue"
    assert len(_computations(found)) == 1


def _answered(question: str, rows: Rows) -> tuple[list[str], tuple[tuple[object, ...], ...], dict[str, object]]:
    found = _asked(question)
    assert found.plan is not None and not found.plan.problems
    results = {
        q.id: QueryResult(
            columns=tuple(Column(name=n, type="string") for n in (*q.cube.dimensions, *q.cube.measures)),
            rows=tuple(rows[q.series]),
        )
        for q in found.plan.queries
    }
    table = assemble(found.plan, results, found.selection.concepts, catalogue("demo"))
    return [c.name for c in table.columns], table.rows, dict(table.computed)


@pytest.mark.parametrize(("taken", "difference"), [(Decimal("8.5"), 41.5), (Decimal(60), -10), (None, None)])
def test_the_difference_is_computed_and_unknown_where_a_side_is(taken: Decimal | None, difference: float) -> None:
    rows: Rows = {"actual": [(Decimal(50),)], "actual_2": [(taken,)]}
    _, _, computed = _answered("gross revenue minus net revenue in 2025", rows)
    assert computed == {"difference": difference}


def test_of_what_lies_apart_the_farthest_comes_first_whichever_is_higher() -> None:
    rows: Rows = {
        "actual": [("A", Decimal(10)), ("B", Decimal(90)), ("C", Decimal(50))],
        "actual_2": [("A", Decimal(70)), ("B", Decimal(60)), ("C", Decimal(49))],
    }
    names, told, _ = _answered("products with the largest gap between gross and net revenue in 2025", rows)
    assert names == ["product", "gross_revenue", "net_revenue", "difference", "gap"]
    assert [row[0] for row in told] == ["A", "B", "C"]
    assert told[0][3:] == (-60, 60)


def test_of_what_is_taken_away_the_highest_comes_first() -> None:
    rows: Rows = {
        "actual": [("A", Decimal(10)), ("B", Decimal(90))],
        "actual_2": [("A", Decimal(70)), ("B", Decimal(60))],
    }
    names, told, _ = _answered("top 2 products by gross revenue minus net revenue in 2025", rows)
    assert names[-1] == "difference"
    assert [row[0] for row in told] == ["B", "A"]


def test_the_month_with_the_smallest_gap_is_one_that_is_over() -> None:
    plan = _asked("which month had the smallest gap between gross and net revenue this year").plan
    assert plan is not None and plan.left_out == "2026-02-01"


def test_what_is_asked_to_grow_is_told_over_time() -> None:
    found = _asked("is the gap between gross and net revenue growing")
    assert [d.grain for d in found.selection.concepts.dimensions] == ["month"]


def test_that_nobody_has_defined_it_is_said() -> None:
    concepts = _asked("gross minus net revenue in 2025").selection.concepts
    own = _asked("gross revenue in 2025").selection.concepts.metrics[0]
    assert all("Gross revenue minus Net revenue, which nobody has defined" in m.reason for m in concepts.metrics)
    assert concepts.metrics[0].confidence < own.confidence


@pytest.mark.parametrize(
    ("question", "metric"),
    [
        ("gross additions minus disconnections by region in 2025", "net_adds"),
        ("gross additions minus net additions in 2025", "disconnections"),
        ("the difference between net additions and gross additions in 2025", "disconnections"),
    ],
)
def test_what_a_metric_is_defined_as_is_that_metric(question: str, metric: str) -> None:
    concepts = _asked(question, "telecom", "commercial").selection.concepts
    assert [m.id for m in concepts.metrics] == [metric] and concepts.share is None


def test_a_formula_defines_as_well() -> None:
    base = {"unit": "EUR", "time_dimension": "A.day", "definition": "A number."}
    metrics = [
        Metric(id=i, name=n, semantic_layer_ref=f"A.{i}", formula=f, **base)
        for i, n, f in (("a", "Intake", None), ("b", "Outlay", None), ("c", "Surplus", "intake - outlay"))
    ]
    found = understand("intake minus outlay", Catalogue.of("1", metrics))
    assert [m.id for m in found.selection.concepts.metrics] == ["c"]
    found = understand("outlay minus intake", Catalogue.of("1", metrics))
    assert [m.id for m in found.selection.concepts.metrics] == ["b", "a"]


def test_what_is_minus_its_own_target_varies_from_it() -> None:
    comparisons = _asked("net revenue minus budget in 2025").selection.concepts.comparisons
    assert [(c.kind, c.metric) for c in comparisons] == [("target", "budget_net_revenue")]
    assert _asked("budget minus net revenue in 2025").selection.concepts.share is not None


@pytest.mark.parametrize(
    ("question", "filters", "compared"),
    [
        ("gross revenue of EMEA minus APAC in 2025", [("in", "emea")], ["apac"]),
        ("gross revenue of EMEA minus Germany in 2025", [("in", "emea"), ("not_in", "germany")], []),
        ("gross revenue minus APAC in 2025", [("not_in", "apac")], []),
    ],
)
def test_a_member_is_taken_out_of_what_it_is_in_and_else_held_against_it(
    question: str, filters: list[tuple[str, str]], compared: list[str]
) -> None:
    concepts = _asked(question).selection.concepts
    assert [(f.operator, f.member) for f in concepts.filters] == filters
    assert [c.member for c in concepts.comparisons] == compared


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("net revenue minus headcount in 2025", "different units"),
        ("difference between active customers and headcount", "different units"),
        ("net revenue minus discounts in 2025", "without Discounts granted already"),
        ("difference between gross and net revenue in 2025 vs 2024", "compared with nothing"),
        ("countries where the gap between gross and net revenue is above 1000 in 2025", "not bounded"),
        ("difference between gross revenue, net revenue and operating cost", "operating cost"),
        ("net revenue minus operating cost minus discounts in 2025", "minus"),
        ("gross revenue in EMEA minus net revenue in APAC in 2025", "minus"),
        ("EMEA gross revenue minus APAC net revenue in 2025", "minus"),
        ("net revenue minus operating cost per employee", "minus"),
        ("countries with less operating cost than net revenue", "less"),
        ("growth of the gap between gross and net revenue", "growth"),
    ],
)
def test_what_is_no_difference_of_two_is_said(question: str, why: str) -> None:
    found = _asked(question)
    assert found.status == "unresolved"
    assert any(why in u.mention for u in found.selection.unresolved)


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("net additions minus disconnections", "already"),
        ("churn rate minus disconnections", "units"),
    ],
)
def test_so_it_is_of_other_enterprises(question: str, why: str) -> None:
    found = _asked(question, "telecom", "commercial")
    assert any(why in u.mention for u in found.selection.unresolved)


def test_a_sum_and_a_level_of_one_unit_have_no_difference() -> None:
    base = {"unit": "EUR", "time_dimension": "A.day", "definition": "A number."}
    sums = Metric(id="a", name="Deposited", semantic_layer_ref="A.a", **base)
    level = Metric(id="b", name="Balance", semantic_layer_ref="A.b", aggregation="last", **base)
    found = understand("deposited minus balance", Catalogue.of("1", (sums, level)))
    assert any("not of one kind" in u.mention for u in found.selection.unresolved)


@pytest.mark.parametrize(
    ("definition", "without"),
    [
        ("Income less any tax and duties.", True),
        ("Income with less than the usual tax.", False),
        ("Taxed income.", False),
    ],
)
def test_what_a_definition_leaves_out_is_not_taken_away_twice(definition: str, without: bool) -> None:
    income = Metric(id="a", name="Income", definition=definition, semantic_layer_ref="A.a", time_dimension="A.day")
    tax = Metric(id="b", name="Tax", definition="Tax paid.", semantic_layer_ref="A.b", time_dimension="A.day")
    assert is_without(income, tax) is without


@pytest.mark.parametrize(
    ("question", "pack", "target"),
    [
        ("net revenue of EMEA in 2025 with budget", "demo", "budget_net_revenue"),
        ("top 3 countries by net revenue with the budget in 2025", "demo", "budget_net_revenue"),
        ("gross revenue alongside its budget by region in 2025", "demo", "budget_gross_revenue"),
        ("takings by site in 2025 with plan", "balloons", "takings_plan"),
        ("basket use with target by site", "balloons", "basket_use_goal"),
    ],
)
def test_what_stands_with_its_target_is_held_against_it(question: str, pack: str, target: str) -> None:
    comparisons = _asked(question, pack).selection.concepts.comparisons
    assert [(c.kind, c.metric) for c in comparisons] == [("target", target)]


@pytest.mark.parametrize(
    ("question", "pack"),
    [
        ("net revenue of regions with a budget in 2025", "demo"),
        ("net revenue by country with budget above 100 in 2025", "demo"),
        ("which sites with a plan had takings", "balloons"),
        ("takings by site with plan above 100", "balloons"),
    ],
)
def test_places_with_a_target_are_some_of_them(question: str, pack: str) -> None:
    assert not _asked(question, pack).selection.concepts.comparisons


@pytest.mark.parametrize(
    ("question", "pack"),
    [("actual and voucher orders", "delivery"), ("actual and flyer takings", "balloons")],
)
def test_actual_stands_beside_a_target_alone(question: str, pack: str) -> None:
    assert any("actual" in u.mention for u in _asked(question, pack).selection.unresolved)


@pytest.mark.parametrize(
    ("question", "pack"),
    [("actual and planned orders", "delivery"), ("actual and planned takings", "balloons")],
)
def test_actual_and_planned_is_held_against_the_plan(question: str, pack: str) -> None:
    assert [c.kind for c in _asked(question, pack).selection.concepts.comparisons] == ["target"]


@pytest.mark.parametrize(
    ("question", "pack", "within"),
    [
        ("by city and month, rank the orders within each city", "delivery", ("city",)),
        ("orders by month and city, rank within each month", "delivery", ("Orders.delivered_on",)),
        ("by country and month, rank the net revenue within each country in 2025", "demo", ("country",)),
        ("net revenue by country and month in 2025, largest first", "demo", ()),
    ],
)
def test_what_is_ranked_within_each_of_two_cuts_is_the_other(question: str, pack: str, within: tuple[str, ...]) -> None:
    found = _asked(question, pack)
    assert found.status == "complete" and found.selection.concepts.within == within


@pytest.mark.parametrize(
    "question",
    ["operating cost plus discounts granted in 2025", "the sum of operating cost and discounts granted in 2025"],
)
def test_what_two_come_to_is_computed(question: str) -> None:
    found = _asked(question)
    assert found.status == "complete"
    taken = found.selection.concepts.share
    assert taken is not None and taken.plus and not taken.minus
    assert found.plan is not None and [c.id for c in found.plan.computations] == ["sum"]
    assert " + " in found.plan.computations[0].expression


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("gross revenue plus net revenue in 2025", "may hold the other"),
        ("gross revenue plus discounts granted in 2025", "may hold the other"),
        ("headcount plus net revenue", "does not add up"),
        ("net revenue plus operating cost vs last year", "compared with nothing"),
    ],
)
def test_what_is_no_sum_is_refused_with_a_reason(question: str, why: str) -> None:
    found = _asked(question)
    assert found.status == "unresolved"
    assert any(why in u.mention for u in found.selection.unresolved)


def test_a_sum_is_told_in_the_unit_of_both() -> None:
    rows: Rows = {"actual": [("DE", Decimal(10)), ("FR", Decimal(4))], "actual_2": [("DE", Decimal(5)), ("FR", None)]}
    columns, told, _ = _answered("operating cost plus discounts granted by country in 2025", rows)
    assert columns[-1] == "sum"
    assert {row[0]: row[-1] for row in told} == {"DE": 15, "FR": None}
