"""Cuts and courses that are asked for without a word of their own."""

from __future__ import annotations

import pytest

from tests.support.reading import catalogue, understand


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
