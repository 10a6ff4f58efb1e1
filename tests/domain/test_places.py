"""Rows by their place: within groups, from both ends, from a place on, of what leads; and sums up to each."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ecp.domain.answer import Results
from ecp.domain.results import assemble
from ecp.domain.semantic import Column, QueryResult
from tests.support.reading import catalogue, understand

EMPORIUM = catalogue("emporium")
JANUARY, FEBRUARY, MARCH = "2025-01-01", "2025-02-01", "2025-03-01"


def _answered(question: str, rows: list[tuple[str | int | None, ...]]) -> Results:
    """The table that comes of these rows; the columns are the dimensions, the unit of time and the measure."""
    found = understand(question, EMPORIUM)
    assert found.status == "complete", found.selection.unresolved
    assert found.plan is not None
    (query,) = found.plan.queries
    timed = [f"{t.dimension}.{t.granularity}" for t in query.cube.time_dimensions if t.granularity]
    names = [*query.cube.dimensions, *timed, *query.cube.measures]
    columns = tuple(Column(name=n, type="number" if n in query.cube.measures else "string") for n in names)
    values = tuple((*r[:-1], None if r[-1] is None else Decimal(r[-1])) for r in rows)
    return assemble(
        found.plan, {query.id: QueryResult(columns=columns, rows=values)}, found.selection.concepts, EMPORIUM
    )


BY_COUNTRY: list[tuple[str | int | None, ...]] = [
    ("Sofa", "France", 5),
    ("Lamp", "France", 9),
    ("Desk", "France", 7),
    ("Sofa", "Spain", 8),
    ("Desk", "Spain", 2),
]

FROM_THE_FIRST: list[tuple[str | int | None, ...]] = [
    ("Malta", 9), ("Peru", 8), ("Laos", 5), ("Cuba", 2), ("Chad", 1),
]  # fmt: skip


def test_the_first_of_each_group_are_told_group_by_group() -> None:
    table = _answered("top 2 products by revenue in each country", BY_COUNTRY)
    assert [c.name for c in table.columns] == ["product", "country", "sales", "rank"]
    assert table.rows == (
        ("Lamp", "France", 9, 1),
        ("Desk", "France", 7, 2),
        ("Sofa", "Spain", 8, 1),
        ("Desk", "Spain", 2, 2),
    )


def test_one_of_each_group_is_the_first() -> None:
    table = _answered("which product has the lowest revenue in each country", BY_COUNTRY)
    assert {row[:2] for row in table.rows} == {("Sofa", "France"), ("Desk", "Spain")}


def test_the_layer_cuts_nothing_short_that_is_told_within_groups_or_from_both_ends() -> None:
    for question in (
        "top 2 products by revenue in each country",
        "top 2 and bottom 2 products by revenue",
        "revenue by month for the top 2 products in 2025",
    ):
        found = understand(question, EMPORIUM)
        assert found.plan is not None
        assert (found.plan.queries[0].cube.limit or 0) > 1000


def test_units_of_time_that_are_told_one_by_one_come_in_their_order() -> None:
    rows: list[tuple[str | int | None, ...]] = [
        ("Sofa", FEBRUARY, 9),
        ("Lamp", FEBRUARY, 1),
        ("Sofa", JANUARY, 2),
        ("Lamp", JANUARY, 3),
    ]
    table = _answered("top product by revenue in each month of 2025", rows)
    assert [row[:3] for row in table.rows] == [("Lamp", JANUARY, 3), ("Sofa", FEBRUARY, 9)]


def test_the_second_is_what_comes_behind_the_first() -> None:
    rows: list[tuple[str | int | None, ...]] = [("France", 9), ("Spain", 8), ("Italy", 7)]
    table = _answered("second highest country by revenue", rows)
    assert table.rows == (("Spain", 8, 2),)
    found = understand("third highest country by revenue", EMPORIUM)
    assert found.plan is not None
    assert found.plan.queries[0].cube.limit == 3 + 1


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("best and worst country by revenue", ["Malta", "Chad"]),
        ("lowest and highest country by revenue", ["Chad", "Malta"]),
        ("top 2 and bottom 2 countries by revenue", ["Malta", "Peru", "Cuba", "Chad"]),
        ("which countries have the highest and the lowest revenue", ["Malta", "Peru", "Laos", "Cuba", "Chad"]),
        ("Which country has the highest revenue? Which has the lowest?", ["Malta", "Chad"]),
        ("which country has the highest revenue, and which country the lowest revenue", ["Malta", "Chad"]),
        ("top and bottom 4 countries by revenue", ["Malta", "Peru", "Laos", "Cuba", "Chad"]),
    ],
)
def test_of_an_order_both_ends_are_told_and_nothing_twice(question: str, shown: list[str]) -> None:
    rows: list[tuple[str | int | None, ...]] = [("Peru", 8), ("Malta", 9), ("Chad", 1), ("Cuba", 2), ("Laos", 5)]
    assert [row[0] for row in _answered(question, rows).rows] == shown


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("top 3 countries by revenue, ascending", [("Laos", 3), ("Peru", 2), ("Malta", 1)]),
        ("the top 3 countries by revenue sorted low to high", [("Laos", 3), ("Peru", 2), ("Malta", 1)]),
        ("list the 2 largest countries by revenue from lowest to highest", [("Peru", 2), ("Malta", 1)]),
        ("bottom 2 countries by revenue, highest first", [("Cuba", 2), ("Chad", 1)]),
        ("best 2 countries by revenue, worst first", [("Peru", 2), ("Malta", 1)]),
        ("top 1 and bottom 1 countries by revenue ascending", [("Chad", 5), ("Malta", 1)]),
    ],
)
def test_those_that_come_first_stay_the_same_whichever_way_they_are_shown(
    question: str, shown: list[tuple[str, int]]
) -> None:
    rows = FROM_THE_FIRST[::-1] if question.startswith("bottom") else FROM_THE_FIRST  # as the layer has them
    assert [(row[0], row[-1]) for row in _answered(question, rows).rows] == shown


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("top 2 countries by revenue, highest first", ["Malta", "Peru"]),
        ("bottom 2 countries by revenue in ascending order", ["Chad", "Cuba"]),
        ("which countries have the highest revenue, lowest first", ["Chad", "Cuba", "Laos", "Peru", "Malta"]),
        ("revenue by country ascending", ["Chad", "Cuba", "Laos", "Peru", "Malta"]),
    ],
)
def test_an_order_that_is_told_as_it_comes_has_no_ranks(question: str, shown: list[str]) -> None:
    rows = FROM_THE_FIRST[::-1] if question.startswith("bottom") else FROM_THE_FIRST
    table = _answered(question, rows)
    assert [row[0] for row in table.rows] == shown
    assert "rank" not in [c.name for c in table.columns]


def test_of_those_that_lead_by_their_sums_the_whole_course_is_told() -> None:
    rows: list[tuple[str | int | None, ...]] = [
        ("Sofa", FEBRUARY, 4),
        ("Sofa", JANUARY, 4),
        ("Lamp", JANUARY, 6),
        ("Lamp", FEBRUARY, None),
        ("Desk", JANUARY, 1),
        ("Desk", FEBRUARY, 9),
    ]
    table = _answered("revenue by month for the top 2 products in 2025", rows)
    assert table.rows == (
        ("Desk", JANUARY, 1, 1),
        ("Desk", FEBRUARY, 9, 1),
        ("Sofa", JANUARY, 4, 2),
        ("Sofa", FEBRUARY, 4, 2),
    )


def test_what_leads_by_what_does_not_add_up_is_known_by_what_each_has_in_all() -> None:
    found = understand("margin by month for the top 2 categories in 2025", EMPORIUM)
    assert found.status == "complete" and found.plan is not None
    monthly, overall = found.plan.queries
    group, unit, measure = monthly.cube.dimensions[0], "Orders.ordered_on.month", monthly.cube.measures[0]
    names = (Column(name=group, type="string"), Column(name=unit, type="string"), Column(name=measure, type="number"))
    by_month = [
        ("Sofas", FEBRUARY, Decimal(40)),
        ("Sofas", JANUARY, Decimal(10)),
        ("Lamps", JANUARY, Decimal(90)),
        ("Lamps", FEBRUARY, None),
        ("Desks", JANUARY, Decimal(30)),
        ("Rugs", JANUARY, Decimal(99)),
    ]
    in_all = [("Lamps", Decimal(20)), ("Sofas", Decimal(35)), ("Desks", Decimal(30)), ("Rugs", None)]
    results = {
        monthly.id: QueryResult(columns=names, rows=tuple(by_month)),
        overall.id: QueryResult(columns=(names[0], names[2]), rows=tuple(in_all)),
    }
    table = assemble(found.plan, results, found.selection.concepts, EMPORIUM)
    assert [c.name for c in table.columns] == ["category", "Orders.ordered_on", "margin", "margin_overall", "rank"]
    assert table.rows == (
        ("Sofas", JANUARY, 10, 35, 1),
        ("Sofas", FEBRUARY, 40, 35, 1),
        ("Desks", JANUARY, 30, 30, 2),
    )


def test_what_leads_by_one_number_may_be_told_of_another() -> None:
    found = understand("margin by month for the top 3 categories by revenue", EMPORIUM)
    assert found.status == "complete"
    concepts = found.selection.concepts
    assert concepts.order is not None
    assert (concepts.leading, concepts.order.by, {m.id for m in concepts.metrics}) == (
        "category",
        "sales",
        {"sales", "margin"},
    )


def test_a_running_total_goes_on_over_a_month_without_anything_and_begins_anew_in_each_group() -> None:
    rows: list[tuple[str | int | None, ...]] = [
        ("Spain", MARCH, 1),
        ("Spain", JANUARY, 5),
        ("France", FEBRUARY, None),
        ("France", JANUARY, 2),
        ("France", MARCH, 3),
    ]
    table = _answered("running total of revenue by country and month in 2025", rows)
    assert table.columns[-1].unit == table.columns[-2].unit
    found = {row[:2]: row[-1] for row in table.rows}
    assert found == {
        ("Spain", JANUARY): 5,
        ("Spain", MARCH): 6,
        ("France", JANUARY): 2,
        ("France", FEBRUARY): 2,
        ("France", MARCH): 5,
    }


@pytest.mark.parametrize(
    "question",
    [
        "cumulative margin by month in 2025",
        "cumulative revenue vs last year by month",
        "cumulative revenue and profit by month in 2025",
        "margin by month for the top 3 categories by margin vs last year",
        "margin by month for the top 3 categories with a margin over 10%",
        "revenue by month for the top 3 categories with revenue over 100",
        "which country has the highest revenue per customer",
        "top 3 and bottom 2 countries by revenue",
        "top 5 categories and countries by revenue",
        "most and least profitable categories and countries",
    ],
)
def test_an_order_or_a_sum_that_cannot_be_told_is_refused(question: str) -> None:
    assert understand(question, EMPORIUM).status == "unresolved"


def test_where_one_stands_is_told_by_the_ranking_of_all_that_are_like_it() -> None:
    rows: list[tuple[str | int | None, ...]] = [("France", 5), ("Spain", 8), ("Italy", 7)]
    table = _answered("where does France rank by revenue in January 2025", rows)
    assert [c.name for c in table.columns] == ["country", "sales", "rank"]
    assert table.rows == (("Spain", 8, 1), ("Italy", 7, 2), ("France", 5, 3))


@pytest.mark.parametrize(
    "question",
    [
        "is France in the top 2 by revenue",
        "is France among our top 2 countries by revenue",
        "does France rank in the top 2 by revenue",
    ],
)
def test_among_the_first_are_all_of_the_first(question: str) -> None:
    found = understand(question, EMPORIUM)
    assert found.status == "complete"
    concepts = found.selection.concepts
    assert (concepts.placed, concepts.limit, concepts.filters) == ("France", 2, ())
    assert [d.id for d in concepts.dimensions] == ["country"]


@pytest.mark.parametrize(
    "question",
    [
        "where does France rank",
        "where do France and Spain rank by revenue",
        "what rank is France by revenue by month",
        "where does revenue rank in France",
        "rank France by revenue",
    ],
)
def test_no_place_is_told_of_one_alone(question: str) -> None:
    found = understand(question, EMPORIUM)
    assert found.selection.concepts.placed is None
    assert found.status != "complete"
