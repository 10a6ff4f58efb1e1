"""A plan of a day that is past: nothing that came later is counted."""

from __future__ import annotations

from datetime import date

import pytest

from ecp.domain.catalogue import Catalogue
from ecp.domain.plan import Draft, as_known_on
from tests.support.reading import TODAY, catalogue, pack, understand

TODAYS = (TODAY.isoformat(), TODAY.isoformat())


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
        ("hospital", "planned admissions next quarter", {"actual": ("2026-04-01", "2026-06-30")}),
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


@pytest.mark.parametrize(
    ("pack", "question", "ranges"),
    [
        ("transit", "fare revenue", {"actual": ("1900-01-01", "2026-02-10")}),
        ("transit", "fare revenue by month", {"actual": ("1900-01-01", "2026-02-10")}),
        ("transit", "fare revenue by mode", {"actual": ("1900-01-01", "2026-02-10")}),
        ("demo", "net revenue", {"actual": ("2018-01-01", "2026-02-10")}),
        ("demo", "headcount by month", {"actual": ("2018-01-01", "2026-02-10")}),
        ("demo", "net revenue and headcount", {"actual": ("2018-01-01", "2026-02-10"), "actual_2": TODAYS}),
        (
            "demo",
            "share of APAC in net revenue",
            {"actual": ("2018-01-01", "2026-02-10"), "whole": ("2018-01-01", "2026-02-10")},
        ),
        (
            "demo",
            "net revenue vs budget",
            {"actual": ("2018-01-01", "2026-02-10"), "target": ("2018-01-01", "2026-02-10")},
        ),
    ],
)
def test_without_a_period_all_there_was_by_then_is_taken(
    pack: str, question: str, ranges: dict[str, tuple[str, str]]
) -> None:
    assert _ranges(_plan(question, pack, "finance" if pack == "demo" else None)) == ranges


@pytest.mark.parametrize(
    ("question", "until"), [("net revenue", "2026-02-10"), ("headcount", None), ("net revenue in 2026", None)]
)
def test_that_it_ends_on_the_day_is_known_of_what_had_no_end(question: str, until: str | None) -> None:
    assert _plan(question, "demo", "finance").until == until


def test_a_plan_without_a_period_keeps_what_is_ahead() -> None:
    found = understand("net revenue budget", catalogue("demo"), "finance")
    assert _plan("net revenue budget", "demo", "finance") == found.plan


def test_a_day_before_the_data_holds_none_that_came_later() -> None:
    found = understand("net revenue", catalogue("demo"), "finance")
    assert found.plan is not None
    known = as_known_on(date(2017, 5, 1), found.plan, catalogue("demo"))
    assert _ranges(known) == {"actual": ("2017-05-01", "2017-05-01")}


def test_what_is_kept_by_no_time_is_told_as_it_is_now_and_says_so() -> None:
    timeless = Catalogue.of(
        "1", (a.model_copy(update={"time_dimension": None}) if a.id == "fare_revenue" else a for a in pack("transit"))
    )
    found = understand("fare revenue", timeless)
    assert found.plan is not None
    (note,) = as_known_on(TODAY, found.plan, timeless).notes
    assert note == "Fare revenue is kept by no time: it is told as it is now, and not as it was on 10 February 2026"


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
