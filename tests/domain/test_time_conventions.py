"""What people disagree about is a setting, and the answer names the choice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ecp.domain.calendar import Calendar
from ecp.domain.time import Period, TimeConventions, TimeError, TimeMention, find_times, resolve_time

_APRIL = Calendar(fiscal_start_month=4, named_for="end", relative="fiscal")
_TODAY = date(2026, 2, 10)


def _period(text: str, today: date = _TODAY, **conventions: Any) -> Period:
    (mention,) = find_times(text)
    assert isinstance(mention, TimeMention)
    return resolve_time(mention.expression, _APRIL, today, TimeConventions(**conventions))


@pytest.mark.parametrize(
    ("text", "conventions", "start", "end"),
    [
        ("last 3 months", {"window_ends": "today"}, "2025-11-11", "2026-02-10"),
        ("Dec 25", {"month_and_number": "day"}, "2025-12-25", "2025-12-25"),
        ("Dec 25", {"month_and_number": "year"}, "2025-12-01", "2025-12-31"),
        ("rolling 3 months", {"trailing_ends": "today"}, "2025-11-11", "2026-02-10"),
        ("rolling 3 months", {"window_ends": "today"}, "2025-11-01", "2026-01-31"),
        ("last 7 days", {"days_end": "today"}, "2026-02-04", "2026-02-10"),
        ("past quarter", {"past_unit": "rolling"}, "2025-11-11", "2026-02-10"),
        ("past year", {"past_unit": "rolling"}, "2025-02-11", "2026-02-10"),
        ("3 months ago", {"ago": "day"}, "2025-11-10", "2025-11-10"),
        ("as of 15 January", {"as_of": "year"}, "2025-04-01", "2026-01-15"),
        ("by the end of 2024", {"as_of": "year"}, "2024-01-01", "2024-12-31"),
        ("at the end of June 2024", {"as_of": "year"}, "2024-06-30", "2024-06-30"),
        ("last quarter", {"past_unit": "rolling"}, "2025-10-01", "2025-12-31"),
        ("this quarter", {"current_unit": "to_date"}, "2026-01-01", "2026-02-10"),
        ("YTD", {"to_date_ends": "last_month"}, "2025-04-01", "2026-01-31"),
        ("YTD", {"to_date_ends": "yesterday"}, "2025-04-01", "2026-02-09"),
        ("Q3 2025", {"bare_quarter": "calendar"}, "2025-07-01", "2025-09-30"),
        ("Q3", {"bare_quarter": "fiscal"}, "2025-10-01", "2025-12-31"),
        ("Q3 last year", {"quarter_of_relative_year": "calendar"}, "2025-07-01", "2025-09-30"),
        ("May last year", {"month_of_relative_year": "relative"}, "2024-05-01", "2024-05-31"),
        ("in March", {"bare_month": "this_year"}, "2026-03-01", "2026-03-31"),
        ("at year end", {"bare_edge": "current"}, "2026-03-31", "2026-03-31"),
        ("03/04/2024", {"numeric_dates": "day_first"}, "2024-04-03", "2024-04-03"),
        ("last Friday", {"last_weekday": "previous_week"}, "2026-02-06", "2026-02-06"),
        ("last Monday", {"last_weekday": "previous_week"}, "2026-02-02", "2026-02-02"),
        ("until June 2024", {"until_includes": False}, "1900-01-01", "2024-05-31"),
        ("until June 2024", {"open_start": "year"}, "2024-01-01", "2024-06-30"),
        ("by the end of June 2024", {"by_end": "until"}, "1900-01-01", "2024-06-30"),
        ("before 2020", {"earliest_year": 2010}, "2010-01-01", "2019-12-31"),
        ("last few months", {"few": 6}, "2025-08-01", "2026-01-31"),
        ("recently", {"recent_days": 7}, "2026-02-03", "2026-02-09"),
        ("first week of October 2016", {"weeks_within": "calendar"}, "2016-10-03", "2016-10-09"),
        ("first week of October 2016", {}, "2016-10-01", "2016-10-07"),
        ("third week of November 2016", {"weeks_within": "calendar"}, "2016-11-14", "2016-11-20"),
        ("last week of CY2015", {"weeks_within": "calendar"}, "2015-12-28", "2016-01-03"),
        ("last 2 weeks of CY2015", {"weeks_within": "calendar"}, "2015-12-21", "2016-01-03"),
        ("to June 2024", {"open_start": "year"}, "2024-01-01", "2024-06-30"),
        ("Q3'72", {}, "1972-07-01", "1972-09-30"),
        ("Q3'72", {"year_pivot": 80}, "2072-07-01", "2072-09-30"),
    ],
)
def test_a_convention_decides(text: str, conventions: dict[str, Any], start: str, end: str) -> None:
    found = _period(text, **conventions)
    assert (found.start.isoformat(), found.end.isoformat()) == (start, end)


@pytest.mark.parametrize(
    ("text", "label", "rule"),
    [
        ("last quarter", "Q3 FY2026", "last complete fiscal quarter"),
        ("Q4 2019", "Q4 2019", "calendar quarter 4 of 2019"),
        ("FY25", "FY2025", "fiscal year"),
        ("YTD", "FY2026 to date", "current fiscal year up to today"),
        ("last 12 months", "February 2025 – January 2026", "last 12 complete months"),
        ("last 2 halves", "H2 FY2025 – H1 FY2026", "last 2 complete fiscal halves"),
        ("last 30 days", "11 January 2026 – 9 February 2026", "30 days ending yesterday"),
        ("at the end of June", "30 June 2025", "the last day of June 2025"),
        ("in March", "March 2025", "most recent March that has begun"),
        ("2024-W12", "Week 12 2024", "ISO week 12 of 2024"),
        ("since January 2021", "Since January 2021", "since January 2021, until today"),
        ("15/03/2024", "15 March 2024", "day before month"),
    ],
)
def test_the_answer_names_the_period_and_the_rule(text: str, label: str, rule: str) -> None:
    found = _period(text)
    assert (found.label, found.rule) == (label, rule)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("31 June 2024", "There is no 31 June 2024."),
        ("Q5 2024", "A year has 4 quarters; there is no number 5."),
        ("since 2030", "Nothing has happened since 2030 yet."),
        ("starting in the next 7 days", "Nothing has happened since 11 February 2026 yet."),
        ("in the last years", "“last years” has no agreed dates: say how many."),
        ("Tuesday, 3 March 2025", "3 March 2025 is a Monday, not a Tuesday."),
        ("summer 2024", "“summer 2024” has no agreed dates: name the months of the season."),
        ("from June 2024 to May 2023", "May 2023 comes before June 2024."),
    ],
)
def test_what_cannot_be_dated_is_refused_in_words(text: str, detail: str) -> None:
    with pytest.raises(TimeError) as refused:
        _period(text)
    assert refused.value.detail == detail
