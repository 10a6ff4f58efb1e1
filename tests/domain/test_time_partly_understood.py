"""A time of which only a part is understood is reported; the rest is never dropped in silence."""

from __future__ import annotations

import pytest

from tests.support.reading import catalogue, understand


@pytest.mark.parametrize(
    "time",
    [
        "Christmas 2024",
        "Easter 2025",
        "weekends in January",
        "weekdays last month",
        "every January",
        "January of each year",
        "Q1 of the last 3 years",
        "the first 3 days of each month in 2025",
        "around March 2025",
        "mid June",
        "the holiday quarter of 2024",
        "effective January 2025",
        "at the latest June 2024",
        "January last",
        "half-year 2025",
        "Tuesday the 10th",
        "in the 5 years since 2019",
        "earlier previous week",
        "two days before yesterday",
        "more than 2 weeks before today",
        "the last 3 Januaries",
        "last 5 business days",
        "3 Fridays ago",
        "the fortieth week of 2024",
        "week 10 10:20",
        "202512",
        "2024-03-15T00:00",
        "since the pandemic",
    ],
)
def test_a_time_that_is_not_understood_whole_leaves_the_question_open(time: str) -> None:
    understood = understand(f"net revenue {time}", catalogue("demo"), "finance")
    assert understood.status == "unresolved"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("net revenue Q1 in 2024 and 2025", "2025-01-01", "2025-03-31"),
        ("net revenue January to March in 2024 and 2025", "2025-01-01", "2025-03-31"),
        ("net revenue in 2024 and 2025", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_year_beside_a_part_of_another_year_is_that_part_of_it(text: str, start: str, end: str) -> None:
    concepts = understand(text, catalogue("demo"), "finance").selection.concepts
    (compared,) = concepts.comparisons
    assert compared.period is not None and concepts.period is not None
    assert (str(concepts.period.start), str(concepts.period.end)) == (start, end)
    assert (str(compared.period.start), str(compared.period.end)) == (
        start.replace("2025", "2024"),
        end.replace("2025", "2024"),
    )


@pytest.mark.parametrize(
    ("text", "start", "end", "grain"),
    [
        ("net revenue in 2023, 2024 and 2025", "2023-01-01", "2025-12-31", "year"),
        ("net revenue in Q1, Q2 and Q3 2025", "2025-01-01", "2025-09-30", "quarter"),
        ("net revenue in March, February and January 2025", "2025-01-01", "2025-03-31", "month"),
    ],
)
def test_periods_in_a_row_are_a_course_over_all_of_them(text: str, start: str, end: str, grain: str) -> None:
    selection = understand(text, catalogue("demo"), "finance").selection
    assert selection.kind == "trend" and not selection.unresolved
    assert [d.grain for d in selection.concepts.dimensions] == [grain]
    period = selection.concepts.period
    assert period and (str(period.start), str(period.end)) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "net revenue in 2021, 2023 and 2025",
        "net revenue between 2 and 4 weeks ago",
        "net revenue in the last month of each quarter",
    ],
)
def test_periods_apart_and_bounds_of_time_are_not_guessed(text: str) -> None:
    assert understand(text, catalogue("demo"), "finance").status == "unresolved"
