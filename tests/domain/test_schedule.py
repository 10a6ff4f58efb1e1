"""Intervals and cron, by day and over the two nights on which clocks are moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ecp.domain.schedule import MOST_MISSED, Schedule, due_times, next_due, passed

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def nexts(cron: str, zone: str, after: str, count: int = 3) -> list[datetime]:
    return list(islice(due_times(Schedule(cron=cron, timezone=zone), LONG_AGO, at(after)), count))


def test_a_time_that_a_night_skips_comes_right_behind_the_gap_and_once() -> None:
    assert nexts("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00+01:00") == [
        at("2026-03-29T03:00+02:00"),
        at("2026-03-30T02:30+02:00"),
        at("2026-03-31T02:30+02:00"),
    ]


def test_of_a_time_that_a_night_has_twice_the_first_counts() -> None:
    assert nexts("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00+02:00") == [
        at("2026-10-25T02:30+02:00"),
        at("2026-10-26T02:30+01:00"),
        at("2026-10-27T02:30+01:00"),
    ]


def test_between_the_two_the_second_is_not_due_again() -> None:
    assert nexts("30 2 * * *", "Europe/Berlin", "2026-10-25T02:30+02:00", 1) == [at("2026-10-26T02:30+01:00")]
    assert nexts("30 2 * * *", "Europe/Berlin", "2026-10-25T02:10+01:00", 1) == [at("2026-10-26T02:30+01:00")]


@pytest.mark.parametrize("night", ["2026-03-29T00:00+01:00", "2026-10-25T00:00+02:00"])
def test_every_half_hour_is_every_half_hour_on_both_nights(night: str) -> None:
    times = nexts("*/30 * * * *", "Europe/Berlin", night, 12)
    assert {later - earlier for earlier, later in pairwise(times)} == {timedelta(minutes=30)}


def test_asked_in_the_hour_that_comes_twice_every_half_hour_goes_on() -> None:
    assert nexts("*/30 * * * *", "Europe/Berlin", "2026-10-25T02:10+01:00", 2) == [
        at("2026-10-25T02:30+01:00"),
        at("2026-10-25T03:00+01:00"),
    ]


def test_the_other_side_of_the_world_moves_its_clocks_on_other_nights() -> None:
    assert nexts("30 2 * * *", "Australia/Sydney", "2026-10-03T12:00+10:00", 2) == [
        at("2026-10-04T03:00+11:00"),
        at("2026-10-05T02:30+11:00"),
    ]


def test_without_a_time_zone_it_is_utc() -> None:
    assert next_due(Schedule(cron="30 2 * * *"), LONG_AGO, at("2026-03-29T00:00+00:00")) == at("2026-03-29T02:30Z")


def test_an_interval_counts_from_when_it_was_given_whenever_it_is_asked() -> None:
    schedule, since = Schedule(every_seconds=3600), at("2026-03-28T12:10Z")
    assert next_due(schedule, since, since) == at("2026-03-28T13:10Z")
    assert next_due(schedule, since, at("2026-03-29T01:00+01:00")) == at("2026-03-29T00:10Z")
    assert next_due(schedule, since, at("2026-03-28T13:10Z")) == at("2026-03-28T14:10Z")


def test_what_passed_meanwhile_is_counted_up_to_a_bound() -> None:
    daily, hourly = Schedule(cron="0 8 * * *", timezone="Europe/Berlin"), Schedule(every_seconds=60)
    due = at("2026-03-27T08:00+01:00")
    assert passed(daily, LONG_AGO, due, due + timedelta(minutes=5)) == 0
    assert passed(daily, LONG_AGO, due, at("2026-03-30T08:00+02:00")) == 3
    assert passed(hourly, LONG_AGO, LONG_AGO, at("2026-03-30T08:00Z")) == MOST_MISSED


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "give either"),
        ({"cron": "0 8 * * *", "every_seconds": 60}, "give either"),
        ({"every_seconds": 60, "timezone": "UTC"}, "belongs to"),
        ({"every_seconds": 59}, "greater than or equal to 60"),
        ({"every_seconds": True}, "valid integer"),
        ({"every_seconds": "60"}, "valid integer"),
        ({"cron": "0 8 * *"}, "five fields"),
        ({"cron": "0 0 8 * * *"}, "five fields"),
        ({"cron": "61 8 * * *"}, "bad minute"),
        ({"cron": "0 8 * * noday"}, "bad day-of-week"),
        ({"cron": "0 0 31 2 *"}, "bad day-of-month"),
        ({"cron": "0 8 L * *"}, "'L' is no cron of Debian's.*0 8 1"),
        ({"cron": "0 8 LW * *"}, "'LW' is no cron"),
        ({"cron": "0 8 * * 5L"}, "'5L' is no cron"),
        ({"cron": "0 8 * * mon#2"}, "'mon#2' is no cron"),
        ({"cron": "0 8 * * *", "timezone": "Mars/Olympus"}, "no time zone"),
        ({"cron": "0 8 * * *", "timezone": "../UTC"}, "no time zone"),
        ({"cron": "0 8 * * *", "timezone": "localtime"}, "no time zone"),
        ({"cron": "0 8 * * *", "timezone": "Factory"}, "no time zone"),
        ({"cron": "0 8 * * *", "seconds": 5}, "not permitted"),
    ],
)
def test_a_schedule_that_cannot_be_says_what_to_write(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Schedule.model_validate(fields)


ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"])
CRONS = st.sampled_from(["30 2 * * *", "*/7 * * * *", "0 1-3 * * *", "15 */2 * * *", "0 0 1 * *", "5 4 * * sun"])
TIMES = st.datetimes(datetime(2024, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))


@given(CRONS, ZONES, TIMES)
def test_the_next_time_lies_ahead_and_is_the_same_for_whoever_asks_before_it(cron, zone, after):
    schedule = Schedule(cron=cron, timezone=zone)
    due = next_due(schedule, LONG_AGO, after)
    assert due > after
    assert next_due(schedule, LONG_AGO, after + (due - after) / 2) == due
    assert next_due(schedule, LONG_AGO, due) > due


@given(st.integers(60, 10**6), TIMES, TIMES)
def test_an_interval_is_never_longer_than_it_says(seconds, since, after):
    due = next_due(Schedule(every_seconds=seconds), since, max(since, after))
    assert timedelta(0) < due - max(since, after) <= timedelta(seconds=seconds)
