""" "gross versus net revenue": what ends a name is said once for several."""

from __future__ import annotations

import pytest

from ecp.domain.selection import Selection
from tests.support.reading import catalogue, understand

BOTH = {"gross_revenue", "net_revenue"}


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("gross versus net revenue by quarter in 2025", "comparison"),
        ("compare gross to net revenue in 2025", "comparison"),
        ("gross and net revenue in 2025", "metric"),
        ("net or gross revenue by region last month", "breakdown"),
        ("gross, net revenue in 2025", "metric"),
    ],
)
def test_the_ending_counts_for_all_that_lack_it(question: str, kind: str) -> None:
    found = understand(question, catalogue("demo"), "finance")
    assert (found.status, found.selection.kind) == ("complete", kind)
    assert {m.id for m in found.selection.concepts.metrics} == BOTH


def test_the_question_means_what_it_means_written_out() -> None:
    short, long = (
        understand(f"{first} versus net revenue by quarter in 2025", catalogue("demo"), "finance").selection
        for first in ("gross", "gross revenue")
    )
    assert short.kind == long.kind

    def meant(selection: Selection) -> tuple[object, ...]:
        concepts = selection.concepts
        return [m.id for m in concepts.metrics], concepts.period, concepts.dimensions, concepts.filters

    assert meant(short) == meant(long)


@pytest.mark.parametrize(
    ("question", "metrics"),
    [
        ("revenue and logo churn last quarter", ["net_revenue", "logo_churn"]),  # a name by itself has its own meaning
        ("revenue churn and retention last quarter", ["revenue_churn", "net_revenue_retention"]),
        ("France and Germany revenue in 2025", ["net_revenue"]),
    ],
)
def test_what_names_something_by_itself_needs_no_ending(question: str, metrics: list[str]) -> None:
    found = understand(question, catalogue("demo"), "finance")
    assert [m.id for m in found.selection.concepts.metrics] == metrics


@pytest.mark.parametrize("question", ["net and gross margin in 2025", "average and total salary in 2025"])
def test_an_ending_that_makes_no_name_mends_nothing(question: str) -> None:
    assert understand(question, catalogue("demo"), "finance").status == "unresolved"
