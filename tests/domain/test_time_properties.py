"""What holds for any text, any day and any calendar."""

from __future__ import annotations

from datetime import date

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


@pytest.mark.parametrize(
    "piece", ["end of the ", "from ", "last ", "Q1 and ", "January to ", "1-", "'", "a couple of "]
)
def test_long_repetitions_are_read_to_their_end(piece: str) -> None:
    text = piece * 2000
    assert all(m.end <= len(text) for m in find_times(text))
