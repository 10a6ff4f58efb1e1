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
