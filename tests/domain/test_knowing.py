"""A plan of a day that is past: nothing that came later is counted."""

from __future__ import annotations

from datetime import date

import pytest

from ecp.domain.plan import Draft, as_known_on
from tests.support.reading import TODAY, catalogue, understand


def _plan(question: str, pack: str, department: str | None = None) -> Draft:
    found = understand(question, catalogue(pack), department)
    assert found.plan is not None and not found.plan.problems
    return as_known_on(TODAY, found.plan, catalogue(pack))


def _ranges(plan: Draft) -> dict[str, tuple[str, str] | None]:
    return {q.id: t.date_range for q in plan.queries for t in q.cube.time_dimensions}


@pytest.mark.parametrize(
    ("pack", "question", "ranges"),
    [
        ("hospital", "admissions this year", {"actual": ("2025-10-01", "2026-02-10")}),
        ("hospital", "admissions last month", {"actual": ("2026-01-01", "2026-01-31")}),
        ("hospital", "admissions by month this year", {"actual": ("2025-10-01", "2026-02-10")}),
        (
            "hospital",
            "admissions this quarter vs the same quarter last year",
            {"actual": ("2026-01-01", "2026-02-10"), "previous": ("2025-01-01", "2025-03-31")},
        ),
        (
            "hospital",
            "admissions vs planned admissions this year",
            {"actual": ("2025-10-01", "2026-02-10"), "target": ("2025-10-01", "2026-09-30")},
        ),
        ("hospital", "planned admissions this year", {"actual": ("2025-10-01", "2026-09-30")}),
        (
            "hospital",
            "share of the ICU in admissions this year",
            {"actual": ("2025-10-01", "2026-02-10"), "whole": ("2025-10-01", "2026-02-10")},
        ),
        ("hospital", "admissions next quarter", {"actual": ("2026-04-01", "2026-06-30")}),
        (
            "software",
            "bookings vs quota this quarter",
            {"actual": ("2026-01-01", "2026-02-10"), "target": ("2026-01-01", "2026-03-31")},
        ),
        ("transit", "fare revenue by mode in 2026", {"actual": ("2026-01-01", "2026-02-10")}),
        ("transit", "fare revenue since 2025 by month", {"actual": ("2025-01-01", "2026-02-10")}),
    ],
)
def test_a_period_that_is_not_over_ends_that_day_and_a_target_with_it_does_not(
    pack: str, question: str, ranges: dict[str, tuple[str, str]]
) -> None:
    assert _ranges(_plan(question, pack, "controlling" if pack == "hospital" else None)) == ranges


@pytest.mark.parametrize("question", ["fare revenue", "fare revenue by month", "fare revenue by mode"])
def test_without_a_period_all_there_is_is_taken(question: str) -> None:
    found = understand(question, catalogue("transit"))
    assert _plan(question, "transit") == found.plan


def test_a_level_is_taken_as_it_was() -> None:
    assert _ranges(_plan("occupied beds this year", "hospital")) == {"actual": ("2026-02-10", "2026-02-10")}


def test_units_that_are_asked_for_one_by_one_and_had_not_begun_are_left_out() -> None:
    found = understand("punctuality by quarter, FY26 vs FY25", catalogue("transit"))
    assert found.plan is not None
    ranges = _ranges(as_known_on(date(2025, 9, 1), found.plan, catalogue("transit")))
    assert {i: days for i, days in ranges.items() if i.startswith("actual")} == {
        "actual:2025-05-01": ("2025-05-01", "2025-07-31"),
        "actual:2025-08-01": ("2025-08-01", "2025-09-01"),
    }
    assert len([i for i in ranges if i.startswith("previous")]) == 4
