"""By which of two numbers those come first: said, or refused."""

from __future__ import annotations

import pytest

from tests.support.reading import catalogue, understand


@pytest.mark.parametrize(
    ("pack", "question", "mention"),
    [
        ("demo", "net revenue per employee in 2025 for the top 5 countries", "top 5 (by which"),
        ("demo", "net revenue per employee of the 3 largest countries in 2025", "3 largest (by which"),
        ("logistics", "shipments per driver in 2025 for the top 3 depots", "top 3 (by which"),
        ("logistics", "shipments per driver in 2025 for the leading depots", "leading (by which"),
        ("demo", "which countries have both the highest net revenue and headcount", "both (the first by each"),
        ("demo", "which countries are top 5 in both net revenue and headcount", "both (the first by each"),
        ("demo", "top countries by both net revenue and headcount", "both (the first by each"),
        ("logistics", "which depot has both the most shipments and drivers", "both (the first by each"),
    ],
)
def test_those_that_come_first_by_either_of_two_numbers_are_refused(pack: str, question: str, mention: str) -> None:
    found = understand(question, catalogue(pack))
    assert found.status == "unresolved"
    assert any(u.mention.startswith(mention) for u in found.selection.unresolved)


@pytest.mark.parametrize(
    ("pack", "question", "by"),
    [
        ("demo", "top 5 countries by net revenue per employee in 2025", "ratio"),
        ("demo", "net revenue per employee by country in 2025, top 5", "ratio"),
        ("demo", "which 5 countries have the highest net revenue per employee in 2025", "ratio"),
        ("demo", "the top 5 countries for net revenue per employee in 2025", "ratio"),
        ("demo", "show both net revenue and headcount for the top 5 countries by net revenue in 2025", "net_revenue"),
        ("demo", "top 5 countries by net revenue, with both headcount and operating cost, in 2025", "net_revenue"),
        ("demo", "top 5 countries by net revenue and headcount", "net_revenue"),
        ("logistics", "which depot has the most shipments in both 2024 and 2025", None),
    ],
)
def test_what_says_by_which_is_told_so(pack: str, question: str, by: str | None) -> None:
    found = understand(question, catalogue(pack))
    assert not any(u.mention.startswith("both (") for u in found.selection.unresolved)
    if by:
        assert found.status == "complete" and found.selection.concepts.order is not None
        assert found.selection.concepts.order.by == by
