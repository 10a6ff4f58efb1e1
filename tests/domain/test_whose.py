"""People beside what is measured: whose it is, and no cut that nobody asked for."""

from __future__ import annotations

import pytest

from tests.support.reading import catalogue, understand


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("software", "refunds to customers in Japan"),
        ("software", "bookings of Enterprise customers in Germany"),
        ("software", "MRR from customers on the Enterprise plan"),
        ("retail", "orders from customers in Germany"),
    ],
)
def test_people_told_by_a_member_are_not_asked_for_one_by_one(pack: str, question: str) -> None:
    found = understand(question, catalogue(pack))
    assert (found.status, found.selection.kind) == ("complete", "metric")
    assert found.selection.concepts.filters and not found.selection.concepts.dimensions


@pytest.mark.parametrize(
    "question",
    [
        "refunds by customers in Japan",
        "MRR of all customers in Germany",
        "customers in Japan with refunds over 500 USD",
    ],
)
def test_people_that_are_asked_for_are_cut_by(question: str) -> None:
    assert [d.id for d in understand(question, catalogue("software")).selection.concepts.dimensions] == ["account"]


@pytest.mark.parametrize("question", ["number of customers in Germany", "orders from trade people's friends"])
def test_people_are_not_passed_over_where_nothing_is_measured_or_more_is_said(question: str) -> None:
    assert understand(question, catalogue("retail")).status == "unresolved"


def test_who_is_the_first_of_a_ranking() -> None:
    found = understand("Who are the top 5 sales reps by bookings?", catalogue("software")).selection
    assert (found.kind, found.concepts.limit, [d.id for d in found.concepts.dimensions]) == (
        "ranking",
        5,
        ["sales_rep"],
    )
    assert understand("who are the agents of 2025", catalogue("software")).status == "unresolved"
    assert understand("who resolved the most tickets", catalogue("software")).status == "disambiguation_required"
