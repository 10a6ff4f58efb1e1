"""Times of a question that goes on from another are told from the period that this one showed."""

from __future__ import annotations

from datetime import date

import pytest

from ecp.domain.calendar import Calendar
from ecp.domain.time import Period, TimeConventions, TimeError, TimeMention, find_times, resolve_from, resolve_time

FISCAL = Calendar(fiscal_start_month=4)
TODAY = date(2026, 2, 10)


def _found(text: str) -> TimeMention:
    (mention,) = find_times(text, going_on=True)
    assert isinstance(mention, TimeMention)
    return mention


def _shown(text: str) -> Period:
    return resolve_time(_found(text).expression, FISCAL, TODAY)


def _after(shown: str, text: str) -> Period:
    return resolve_from(_found(text), _shown(shown), FISCAL, TODAY, TimeConventions())


@pytest.mark.parametrize(
    ("shown", "text", "start", "end", "label"),
    [
        ("last quarter", "the quarter before", "2025-07-01", "2025-09-30", "Q2 FY2026"),
        ("last quarter", "the quarter before that", "2025-07-01", "2025-09-30", "Q2 FY2026"),
        ("last quarter", "the previous one", "2025-07-01", "2025-09-30", "Q2 FY2026"),
        ("last quarter", "a year earlier", "2024-10-01", "2024-12-31", "Q3 FY2025"),
        ("last quarter", "the year before", "2024-10-01", "2024-12-31", "Q3 FY2025"),
        ("last quarter", "the month after", "2026-01-01", "2026-01-31", "January 2026"),
        ("last quarter", "and Q1?", "2025-04-01", "2025-06-30", "Q1 FY2026"),
        ("last quarter", "in November", "2025-11-01", "2025-11-30", "November 2025"),
        ("March 2025", "a quarter earlier", "2024-10-01", "2024-12-31", "Q3 FY2025"),
        ("March 2025", "three months later", "2025-06-01", "2025-06-30", "June 2025"),
        ("March 2025", "the three months after", "2025-04-01", "2025-06-30", "April 2025 – June 2025"),
        ("March 2025", "the three months before", "2024-12-01", "2025-02-28", "December 2024 – February 2025"),
        ("March 2025", "a year later", "2026-03-01", "2026-03-31", "March 2026"),
        ("February 2024", "a year earlier", "2023-02-01", "2023-02-28", "February 2023"),
        ("January to March 2025", "the following period", "2025-04-01", "2025-06-30", "April 2025 – June 2025"),
        ("5 March 2025", "the day before", "2025-03-04", "2025-03-04", "4 March 2025"),
        ("2024", "the following year", "2025-01-01", "2025-12-31", "2025"),
        ("2024", "previous year", "2023-01-01", "2023-12-31", "2023"),
        ("2024", "the year before", "2023-01-01", "2023-12-31", "2023"),
        ("FY2025", "the previous year", "2023-04-01", "2024-03-31", "FY2024"),
        ("Q3 2024", "the month before", "2024-06-01", "2024-06-30", "June 2024"),
        ("Q3 2024", "previous month", "2024-06-01", "2024-06-30", "June 2024"),
        ("Q3 2024", "same quarter last year", "2023-07-01", "2023-09-30", "Q3 2023"),
        ("2024", "last quarter", "2025-10-01", "2025-12-31", "Q3 FY2026"),
    ],
)
def test_a_time_is_told_from_the_one_that_was_shown(shown: str, text: str, start: str, end: str, label: str) -> None:
    found = _after(shown, text)
    assert (found.start.isoformat(), found.end.isoformat(), found.label) == (start, end, label)


def test_the_rule_says_from_when_it_counts() -> None:
    assert (
        "counted from 2025-10-01, where the period of the question before begins"
        in _after("last quarter", "previous quarter").rule
    )


def test_what_the_shown_period_is_too_long_for_is_refused() -> None:
    with pytest.raises(TimeError):
        _after("2024", "same quarter last year")


def test_what_lies_outside_the_calendar_is_refused() -> None:
    with pytest.raises(TimeError):
        _after("2024", "9000 years later")


@pytest.mark.parametrize("text", ["the quarter before Q3 2024", "the month before last", "the week after next"])
def test_a_time_that_is_named_is_not_told_from_another(text: str) -> None:
    assert _found(text).expression.type != "from_shown"


@pytest.mark.parametrize("text", ["the quarter before", "a year earlier", "the one after that"])
def test_a_question_that_goes_on_from_nothing_has_no_such_time(text: str) -> None:
    assert find_times(text) == ()
    with pytest.raises(TimeError, match="none was shown"):
        resolve_time(_found(text).expression, FISCAL, TODAY)
