"""Where units begin and what they are called."""

from __future__ import annotations

from datetime import date

import pytest

from ecp.domain.calendar import Calendar, Grain, add_months, add_months_keeping_end

_APRIL = Calendar(fiscal_start_month=4, named_for="end")


@pytest.mark.parametrize(
    ("day", "grain", "start", "end", "label"),
    [
        (date(2026, 2, 10), "quarter", date(2026, 1, 1), date(2026, 3, 31), "Q4 FY2026"),
        (date(2025, 12, 31), "quarter", date(2025, 10, 1), date(2025, 12, 31), "Q3 FY2026"),
        (date(2026, 3, 31), "half", date(2025, 10, 1), date(2026, 3, 31), "H2 FY2026"),
        (date(2026, 4, 1), "year", date(2026, 4, 1), date(2027, 3, 31), "FY2027"),
        (date(2024, 2, 29), "month", date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        (date(2026, 1, 1), "week", date(2025, 12, 29), date(2026, 1, 4), "Week 1 2026"),
        (date(2021, 1, 1), "week", date(2020, 12, 28), date(2021, 1, 3), "Week 53 2020"),
        (date(2024, 2, 29), "day", date(2024, 2, 29), date(2024, 2, 29), "29 February 2024"),
    ],
)
def test_a_unit_holds_its_days(day: date, grain: Grain, start: date, end: date, label: str) -> None:
    assert (_APRIL.start_of(day, grain, "fiscal"), _APRIL.end_of(day, grain, "fiscal")) == (start, end)
    assert _APRIL.label(day, grain, "fiscal") == label


@pytest.mark.parametrize(
    ("named_for", "month", "start"),
    [
        ("end", 4, date(2025, 4, 1)),
        ("start", 4, date(2026, 4, 1)),
        ("end", 1, date(2026, 1, 1)),
        ("start", 1, date(2026, 1, 1)),
    ],
)
def test_a_fiscal_year_is_named_for_its_start_or_its_end(named_for: str, month: int, start: date) -> None:
    calendar = Calendar.model_validate({"fiscal_start_month": month, "named_for": named_for})
    assert calendar.year_start(2026, "fiscal") == start
    assert calendar.year_name(start, "fiscal") == 2026


def test_the_calendar_year_is_the_same_for_everybody() -> None:
    assert _APRIL.year_start(2026, "calendar") == date(2026, 1, 1)
    assert _APRIL.label(date(2026, 2, 10), "quarter", "calendar") == "Q1 2026"


@pytest.mark.parametrize(("first", "start"), [("monday", 9), ("sunday", 8), ("saturday", 7)])
def test_weeks_begin_where_the_enterprise_says(first: str, start: int) -> None:
    calendar = Calendar.model_validate({"week_start": first})
    assert calendar.start_of(date(2026, 2, 10), "week") == date(2026, 2, start)


def test_months_are_added_within_their_length() -> None:
    assert add_months(date(2024, 3, 31), -1) == date(2024, 2, 29)
    assert add_months(date(2024, 2, 29), -12) == date(2023, 2, 28)
    assert add_months_keeping_end(date(2023, 2, 28), 12) == date(2024, 2, 29)


def test_years_have_fifty_two_or_fifty_three_weeks() -> None:
    assert [_APRIL.weeks_in(year) for year in (2020, 2024, 2026)] == [53, 52, 53]
