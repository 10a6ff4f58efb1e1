"""What holds for any text, any day and any calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecp.domain.calendar import GRAINS, Calendar, Grain
from ecp.domain.time import (
    Period,
    TimeConventions,
    TimeError,
    find_times,
    iter_buckets,
    previous_period,
    resolve_time,
    same_period_last_year,
)

_WORDS = """
    last this next previous past the first second third final quarter quarters month months week weeks year
    years half day days january february march may june q1 q3 h1 fy25 fy 2024 2023 24 '24 3 12 31 15th
    2024-03-15 15/03/2024 20240229 to - from between and until since before after of in by end start
    beginning ytd to date ttm trailing rolling ago monday friday fiscal calendar vs compared over than same
    period w12 week 53 a couple few dozen twenty early summer as at on ending ended for each per monthly , .
    ' / 's orders customers 99999999 0 00 1,000
    """
_texts = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(_WORDS.split()), max_size=12).map(" ".join),
    st.lists(st.sampled_from(_WORDS.split()), max_size=12).map("".join),
)
_days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
_calendars = st.builds(
    Calendar,
    fiscal_start_month=st.integers(1, 12),
    named_for=st.sampled_from(["start", "end"]),
    relative=st.sampled_from(["fiscal", "calendar"]),
    week_start=st.sampled_from(["monday", "sunday", "saturday"]),
)
_conventions = st.builds(
    TimeConventions,
    window_ends=st.sampled_from(["complete", "today"]),
    past_unit=st.sampled_from(["complete", "rolling"]),
    current_unit=st.sampled_from(["whole", "to_date"]),
    to_date_ends=st.sampled_from(["today", "yesterday", "last_month"]),
    bare_month=st.sampled_from(["latest", "this_year"]),
    bare_edge=st.sampled_from(["latest", "current"]),
    by_end=st.sampled_from(["point", "until"]),
    open_start=st.sampled_from(["earliest", "year"]),
    numeric_dates=st.sampled_from(["month_first", "day_first"]),
)


@settings(max_examples=300, deadline=None)
@given(_texts)
def test_mentions_lie_in_the_text_and_never_overlap(text: str) -> None:
    place = 0
    for mention in find_times(text):
        assert place <= mention.start < mention.end <= len(text)
        assert mention.text == text[mention.start : mention.end]
        place = mention.end


@settings(max_examples=300, deadline=None)
@given(_texts, _days, _calendars, _conventions)
def test_what_is_found_is_dated_or_refused(
    text: str, today: date, calendar: Calendar, conventions: TimeConventions
) -> None:
    for mention in find_times(text):
        if mention.type == "grain" or mention.expression is None:
            continue
        try:
            period = resolve_time(mention.expression, calendar, today, conventions)
        except TimeError as refused:
            assert refused.detail
            continue
        assert period.start <= period.end
        assert period.label and period.rule
        _compare(period, calendar)


def _compare(period: Period, calendar: Calendar) -> None:
    for compared in (previous_period, same_period_last_year):
        try:
            other = compared(period, calendar)
        except TimeError:
            continue
        assert other.start <= other.end
        assert other.start < period.start


@settings(max_examples=200, deadline=None)
@given(_days, _calendars, st.sampled_from(GRAINS))
def test_units_tile_the_calendar(day: date, calendar: Calendar, grain: Grain) -> None:
    start, end = calendar.start_of(day, grain, "fiscal"), calendar.end_of(day, grain, "fiscal")
    assert start <= day <= end
    assert calendar.start_of(end, grain, "fiscal") == start
    assert calendar.label(start, grain, "fiscal") == calendar.label(end, grain, "fiscal")


@settings(max_examples=100, deadline=None)
@given(_days, st.integers(0, 800), _calendars, st.sampled_from(GRAINS))
def test_buckets_cover_a_period_without_gaps(day: date, length: int, calendar: Calendar, grain: Grain) -> None:
    end = date.fromordinal(day.toordinal() + length)
    period = Period(start=day, end=end, granularity="day", calendar="fiscal", label="x", rule="x")
    buckets = list(iter_buckets(period, grain, calendar))
    assert sum(b.days for b in buckets) == period.days
    assert buckets == sorted(buckets, key=lambda b: b.start)


_RELATIVE = (
    "last month", "last quarter", "last fiscal year", "this week", "next quarter", "last 3 months", "past 90 days",
    "two quarters ago", "the year before last", "YTD", "QTD", "TTM", "yesterday", "since January 2021", "last weekend",
    "rest of the year", "same quarter last year", "at month end", "last Friday", "in March", "Q3", "Q3 last year",
    "the quarter just ended", "last quarter but one", "a year ago today", "30 days ending yesterday", "to last month",
    "six months ending last month", "nine months to date", "the first week last month", "this decade", "rolling year",
    "1 to 15 of last month", "second half of last month", "earlier in the year", "five past years",
)  # fmt: skip
_PARAPHRASES = (
    ("last quarter", "the previous quarter", "prior quarter", "the most recent complete quarter"),
    ("last 12 months", "trailing twelve months", "TTM", "L12M", "the past 12 months", "rolling 12 months"),
    ("YTD", "year to date", "year-to-date", "this year so far", "so far this year", "this year to date"),
    ("Q3 2024", "third quarter of 2024", "2024Q3", "3Q24", "Q3'24", "2024-Q3", "quarter 3 of 2024", "Q3 orders 2024"),
    ("FY25", "fiscal 2025", "fiscal year 2025", "FY 2025", "financial year 2025"),
    ("H1 FY25", "first half of FY25", "1H FY25", "FY25 H1", "first half of fiscal 2025"),
    ("15 March 2024", "March 15, 2024", "2024-03-15", "15.03.2024", "the 15th of March 2024", "15-Mar-24", "15/3/2024"),
    ("January to March 2024", "Jan-Mar 2024", "from January 2024 to March 2024", "between Jan and Mar 2024"),
    ("the day before yesterday", "two days ago", "2 days ago"),
    ("May 2025", "may 2025", "May orders 2025", "2025 may"),
)


def _dated(text: str, today: date, calendar: Calendar) -> tuple[date, date]:
    (mention,) = (m for m in find_times(text) if m.type == "time")
    found = resolve_time(mention.expression, calendar, today)
    return found.start, found.end


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(_RELATIVE), st.tuples(_days, _days), _calendars)
def test_a_later_day_never_means_an_earlier_time(text: str, days: tuple[date, date], calendar: Calendar) -> None:
    try:
        sooner, later = (_dated(text, day, calendar) for day in sorted(days))
    except TimeError:
        return
    assert sooner[0] <= later[0] and sooner[1] <= later[1]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(_PARAPHRASES), _days, _calendars)
def test_what_is_said_in_other_words_has_the_same_dates(
    texts: tuple[str, ...], today: date, calendar: Calendar
) -> None:
    assert len({_dated(text, today, calendar) for text in texts}) == 1


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*_RELATIVE, *(t for ts in _PARAPHRASES for t in ts)]), _days, _calendars)
def test_capitals_make_no_difference(text: str, today: date, calendar: Calendar) -> None:
    try:
        dates = {_dated(said, today, calendar) for said in (text, text.lower(), text.upper(), text.title())}
    except TimeError:
        return
    assert len(dates) == 1


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(_RELATIVE), _days, st.sampled_from(["start", "end"]))
def test_a_fiscal_year_that_begins_in_january_is_the_calendar_year(text: str, today: date, named_for: Any) -> None:
    fiscal = Calendar(fiscal_start_month=1, named_for=named_for, relative="fiscal")
    plain = Calendar(relative="calendar")
    try:
        assert _dated(text, today, fiscal) == _dated(text, today, plain)
    except TimeError:
        return


@pytest.mark.parametrize(
    "piece", ["end of the ", "from ", "last ", "Q1 and ", "January to ", "1-", "'", "a couple of "]
)
def test_long_repetitions_are_read_to_their_end(piece: str) -> None:
    text = piece * 2000
    assert all(m.end <= len(text) for m in find_times(text))
