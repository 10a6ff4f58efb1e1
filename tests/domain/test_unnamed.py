"""Cuts and courses that are asked for without a word of their own."""

from __future__ import annotations

import pytest

from tests.support.reading import assets_of, catalogue, understand


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("breakdown of net sales in January", "breakdown"),
        ("orders breakdown for 2025", "breakdown"),
        ("break down returns", "break"),
        ("the split of orders in Germany", "split"),
    ],
)
def test_a_breakdown_is_asked_back_by_what_and_the_choice_is_kept(question: str, word: str) -> None:
    asked = understand(question, catalogue("retail"))
    assert asked.status == "disambiguation_required"
    assert {o.settles[word] for o in asked.selection.options} <= set(catalogue("retail").assets)
    chosen = understand(question, catalogue("retail"), forced={word: "country"})
    assert (chosen.status, [d.id for d in chosen.selection.concepts.dimensions]) == ("complete", ["country"])


@pytest.mark.parametrize(
    ("question", "grain"),
    [
        ("plot orders for 2025", "month"),
        ("plot orders for January 2026", "day"),
        ("trend of orders last week", "day"),
        ("chart orders by week in January 2026", "week"),
    ],
)
def test_a_course_within_one_month_is_one_of_days(question: str, grain: str) -> None:
    cut = understand(question, catalogue("retail")).selection.concepts.dimensions
    assert [d.grain for d in cut] == [grain]


_CALLS = """
{kind: metric, id: calls, name: Calls, definition: "Calls answered.", synonyms: [call volume], unit: calls,
 semantic_layer_ref: Calls.count, time_dimension: Calls.day}
---
{kind: metric, id: rate, name: Hourly rate, definition: "What an hour costs.", unit: USD, aggregation: ratio,
 semantic_layer_ref: Calls.rate, time_dimension: Calls.day}
---
{kind: dimension, id: hour, name: Hour of day, synonyms: [hour], semantic_layer_refs: [Calls.hour]}
---
{kind: dimension, id: day_name, name: Day of week, synonyms: [weekday], semantic_layer_refs: [Calls.day_name]}
---
{kind: dimension, id: day_type, name: Day type, semantic_layer_refs: [Calls.day_type],
 members: [{id: weekday, name: Weekday}, {id: weekend, name: Weekend}]}
"""


@pytest.mark.parametrize(
    ("question", "kind", "cut"),
    [
        ("hourly calls", "breakdown", ["hour"]),
        ("hourly calls by weekday", "breakdown", ["hour", "day_name"]),
        ("show the hourly call volume trend", "breakdown", ["hour"]),
        ("how do calls change across the hours of the day?", "breakdown", ["hour"]),
        ("hourly rate by day of the week", "breakdown", ["day_name"]),
        ("calls by hour, weekdays vs weekends", "comparison", ["hour"]),
        ("the trend of calls", "trend", ["Calls.day"]),
        ("calls by weekday", "breakdown", ["day_name"]),
    ],
)
def test_parts_of_a_day_and_of_a_week_are_cuts_where_they_are_kept(question: str, kind: str, cut: list[str]) -> None:
    found = understand(question, assets_of(_CALLS))
    assert (found.status, found.selection.kind) == ("complete", kind)
    assert [d.id for d in found.selection.concepts.dimensions] == cut


@pytest.mark.parametrize(
    ("pack", "question", "text", "options", "group"),
    [
        ("nurseries", "the top 3 sites in 2025", "top 3", {"plants_sold", "takings"}, "site"),
        ("nurseries", "our best gardeners in Norway", "best", {"plants_sold", "takings"}, "gardener"),
        ("emporium", "top 5 Furniture products", "top 5", {"sales", "profit", "orders", "quantity"}, "product"),
    ],
)
def test_the_first_of_something_is_asked_back_by_what_and_the_choice_is_kept(
    pack: str, question: str, text: str, options: set[str], group: str
) -> None:
    asked = understand(question, catalogue(pack))
    assert asked.status == "disambiguation_required"
    assert {o.settles[text] for o in asked.selection.options} == options
    one = sorted(options)[0]
    chosen = understand(question, catalogue(pack), forced={text: one}).selection.concepts
    assert [d.id for d in chosen.dimensions] == [group]
    assert chosen.order is not None and chosen.order.by == one


@pytest.mark.parametrize("asker", [None, "finance", "sales"])
def test_no_department_has_its_own_measure_of_what_is_only_called_the_first(asker: str | None) -> None:
    found = understand("top 5 products in 2025", catalogue("wholesale"), asker)
    assert {o.settles["top 5"] for o in found.selection.options} == {"gross_sales", "net_sales"}


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("emporium", "top 5 flurb products"),
        ("emporium", "top 5 orders"),
        ("emporium", "top and bottom products"),
        ("emporium", "top products by region"),
    ],
)
def test_where_there_is_no_choice_of_measures_nothing_is_asked(pack: str, question: str) -> None:
    assert understand(question, catalogue(pack)).status == "unresolved"
