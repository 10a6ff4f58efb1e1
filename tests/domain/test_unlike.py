"""The unit of a course that is not whole is held against no whole one: its numbers are told, and no change."""

from __future__ import annotations

from typing import Any

import pytest

from ecp.domain.catalogue import Catalogue
from ecp.domain.plan import Draft
from ecp.domain.results import assemble
from ecp.domain.semantic import Column, QueryResult
from tests.support.reading import TODAY, catalogue, understand

_DEPARTMENT = {"demo": "finance", "hospital": "controlling"}


def _plan(pack: str, question: str) -> Draft:
    found = understand(question, catalogue(pack), _DEPARTMENT.get(pack))
    assert found.status == "complete" and found.plan is not None
    return found.plan


def _of(plan: Draft, series: str) -> tuple[tuple[str, str] | None, tuple[str, ...]]:
    query = next(q for q in plan.queries if q.series == series)
    return query.cube.time_dimensions[0].date_range, query.unlike


@pytest.mark.parametrize(
    ("pack", "question", "compared", "untold"),
    [
        ("demo", "growth of net revenue by month this year", ("2025-03-01", "2026-02-28"), ["2026-02-01"]),
        ("demo", "net revenue growth by quarter since 2024", ("2023-10-01", "2025-12-31"), ["2026-01-01"]),
        ("demo", "net revenue growth by month this year to date", ("2025-03-01", "2026-01-31"), ["2026-02-01"]),
        ("demo", "net revenue growth by year since 2020", ("2019-01-01", "2025-12-31"), ["2026-01-01"]),
        ("demo", "MoM growth of net revenue since 2025", ("2024-12-01", "2026-01-31"), ["2026-02-01"]),
        ("demo", "net revenue growth by month in 2025", ("2024-12-01", "2025-11-30"), []),
        ("hospital", "month over month growth of admissions since 2025", ("2024-12-01", "2026-01-31"), ["2026-02-01"]),
        ("hospital", "admissions by week from 5 January to 10 February 2026, week over week", None, ["2026-02-09"]),
    ],
)
def test_each_unit_stands_beside_the_whole_one_before_and_no_change_is_told_of_one_that_is_not(
    pack: str, question: str, compared: tuple[str, str] | None, untold: list[str]
) -> None:
    days, unlike = _of(_plan(pack, question), "previous")
    assert list(unlike) == untold and days == (compared or days)


def test_neither_is_one_told_of_units_that_have_not_begun_against_those_of_another_year() -> None:
    _, unlike = _of(_plan("demo", "net revenue by month in 2026 vs 2025"), "previous")
    assert unlike == tuple(f"2026-{month:02}-01" for month in range(2, 13))


@pytest.mark.parametrize(
    "question",
    [
        "net revenue by month this year to date vs last year to date",
        "net revenue by month since 2025 vs the year before",
        "net revenue by day this month vs last month",
        "headcount growth by month this year",
        "headcount growth by quarter since 2024",
        "revenue churn by month this year vs last year",
        "budget by quarter this fiscal year vs last fiscal year",
    ],
)
def test_the_same_days_of_another_unit_levels_rates_and_plans_are_compared(question: str) -> None:
    assert _of(_plan("demo", question), "previous")[1] == ()


@pytest.mark.parametrize(
    ("question", "gap"),
    [
        (
            "growth of net revenue by month this year",
            "February 2026 is not over: no change against a whole month is told of 10 of its 28 days",
        ),
        (
            "net revenue growth by quarter since 2024",
            "the last quarter is not a whole one: 41 of its 90 days are in the period, "
            "and no change against a whole one is told",
        ),
        (
            "net revenue by month this year to date vs last year to date",
            "the last month is not a whole one: 10 of its 28 days are in the period; "
            "it stands beside as much of another month",
        ),
    ],
)
def test_the_warning_says_which_of_the_two(question: str, gap: str) -> None:
    assert _plan("demo", question).gaps == (gap,)


def _rows(question: str, known: Catalogue, rows: dict[str, list[tuple[Any, ...]]]) -> tuple[tuple[Any, ...], ...]:
    found = understand(question, known, "controlling")
    assert found.plan is not None and not found.plan.problems
    results = {}
    for query in found.plan.queries:
        times = [f"{t.dimension}.{t.granularity}" for t in query.cube.time_dimensions if t.granularity]
        names = [*query.cube.dimensions, *times, *query.cube.measures]
        columns = tuple(Column(name=n, type="string") for n in names)
        results[query.id] = QueryResult(columns=columns, rows=tuple(rows[query.id]))
    return assemble(found.plan, results, found.selection.concepts, known, TODAY).rows


_TOLD = {
    "actual": [("2025-12-01", 12), ("2026-01-01", 18), ("2026-02-01", 5)],
    "previous": [("2025-11-01", 10), ("2025-12-01", 12), ("2026-01-01", 18)],
}


@pytest.mark.parametrize(
    ("question", "pack"),
    [
        ("month over month growth of admissions since December 2025", "hospital"),
        ("month over month growth of bookings since December 2025", "airline"),
    ],
)
def test_its_row_has_both_numbers_and_no_variance(question: str, pack: str) -> None:
    assert _rows(question, catalogue(pack), _TOLD) == (
        ("2025-12-01", 12, 10, 2, 20.0),
        ("2026-01-01", 18, 12, 6, 50.0),
        ("2026-02-01", 5, 18, None, None),
    )


def test_it_has_no_place_among_the_months_that_changed() -> None:
    question = "which month had the lowest growth of admissions since December 2025"
    assert [r[0] for r in _rows(question, catalogue("hospital"), _TOLD)] == ["2025-12-01"]
