"""Several times in one question, and times that mean other dates of a level than of what adds up."""

from __future__ import annotations

from datetime import date

import pytest

from ecp.domain.answer import ResolvedPeriod
from ecp.domain.conversation import Listener, Turn
from ecp.domain.periods import calendar_of, resolve_periods
from ecp.domain.selection import Evidence, select
from tests.support.reading import IS_WORD, TODAY, Understood, catalogue, understand

Days = tuple[str, str]


def _asked(pack: str, question: str, today: date = TODAY) -> Understood:
    found = understand(question, catalogue(pack), today=today)
    assert found.status == "complete", found.selection.unresolved
    return found


def _days(period: ResolvedPeriod | None) -> Days:
    assert period is not None
    return period.start.isoformat(), period.end.isoformat()


def _own(found: Understood) -> Days:
    return _days(found.selection.concepts.period)


def _compared(found: Understood) -> list[Days]:
    return [_days(c.period) for c in found.selection.concepts.comparisons if c.period]


@pytest.mark.parametrize(
    ("pack", "question", "days"),
    [
        ("airline", "passengers in November and December 2025 combined", ("2025-11-01", "2025-12-31")),
        ("airline", "total bookings in October, November and December 2025", ("2025-10-01", "2025-12-31")),
        ("airline", "fuel cost in Q1 + Q2 2025", ("2025-01-01", "2025-06-30")),
        ("utility", "consumption in December and January together", ("2025-12-01", "2026-01-31")),
        ("utility", "sum of outages in November plus December 2024", ("2024-11-01", "2024-12-31")),
        ("workforce", "combined promotions of Q1 and Q2 2025", ("2025-01-01", "2025-06-30")),
        ("workforce", "promotions in May and June 2025, in all, by location", ("2025-05-01", "2025-06-30")),
        ("studio", "crashes in 2024 and 2025 altogether", ("2024-01-01", "2025-12-31")),
        ("airline", "total bookings in 2025", ("2025-01-01", "2025-12-31")),
    ],
)
def test_periods_that_follow_each_other_are_one_where_a_word_adds_them_up(pack: str, question: str, days: Days) -> None:
    found = _asked(pack, question)
    assert (_own(found), _compared(found)) == (days, [])


def test_what_is_added_up_may_be_compared_and_ranked_like_any_period() -> None:
    found = _asked("airline", "total bookings in May and June 2025 vs last year")
    assert (_own(found), _compared(found)) == (("2025-05-01", "2025-06-30"), [("2024-05-01", "2024-06-30")])
    ranked = _asked("airline", "which market had the highest total bookings in May and June 2025")
    assert (ranked.selection.kind, _own(ranked)) == ("ranking", ("2025-05-01", "2025-06-30"))


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("airline", "bookings in May and June 2025"),
        ("airline", "compare total bookings in May and June 2025"),
        ("airline", "how did total bookings change in May and June 2025"),
        ("airline", "total operating revenue in May and June 2025"),
        ("airline", "crew headcount in May and June 2025 combined"),
        ("hospital", "total cost in May and June 2025"),
    ],
)
def test_they_stand_side_by_side_where_nothing_adds_them_up_or_nothing_can(pack: str, question: str) -> None:
    found = _asked(pack, question)
    assert (_own(found), _compared(found)) == (("2025-06-01", "2025-06-30"), [("2025-05-01", "2025-05-31")])


def test_the_same_part_of_two_years_is_no_total() -> None:
    found = _asked("airline", "total bookings in Q1 2024 and Q1 2025")
    assert (_own(found), _compared(found)) == (("2025-01-01", "2025-03-31"), [("2024-01-01", "2024-03-31")])


def test_neither_are_this_month_and_the_last_one_unless_they_are_put_together() -> None:
    found = _asked("airline", "total bookings this month and last month")
    assert (_own(found), _compared(found)) == (("2026-02-01", "2026-02-28"), [("2026-01-01", "2026-01-31")])
    assert _own(_asked("airline", "bookings this month and last month combined")) == ("2026-01-01", "2026-02-28")


@pytest.mark.parametrize(
    "question", ["emissions in May and August 2025 altogether", "combined bookings of Q1 2024 and Q1 2025"]
)
def test_periods_with_a_gap_between_them_are_not_added_up(question: str) -> None:
    found = understand(question, catalogue("airline"))
    assert found.status == "unresolved"
    assert "do not follow each other" in found.selection.unresolved[0].mention


@pytest.mark.parametrize(
    ("pack", "question", "own", "other"),
    [
        ("airline", "average fare in July 2024 and 2025", ("2025-07-01", "2025-07-31"), ("2024-07-01", "2024-07-31")),
        (
            "airline",
            "average fare in Q1 last year and this year",
            ("2026-01-01", "2026-03-31"),
            ("2025-01-01", "2025-03-31"),
        ),
        (
            "workforce",
            "promotions in January this year and last year",
            ("2026-01-01", "2026-01-31"),
            ("2025-01-01", "2025-01-31"),
        ),
        (
            "workforce",
            "promotions in Q2 this year and last year",
            ("2025-10-01", "2025-12-31"),
            ("2024-10-01", "2024-12-31"),
        ),
        (
            "utility",
            "outages in January last year vs this year",
            ("2025-01-01", "2025-01-31"),
            ("2026-01-01", "2026-01-31"),
        ),
        (
            "bank",
            "new accounts through January vs last year",
            ("2025-11-01", "2026-01-31"),
            ("2024-11-01", "2025-01-31"),
        ),
        (
            "utility",
            "outages up to the end of January compared with the same point last year",
            ("2026-01-01", "2026-01-31"),
            ("2025-01-01", "2025-01-31"),
        ),
        (
            "workforce",
            "promotions before February vs the same period last year",
            ("2025-07-01", "2026-01-31"),
            ("2024-07-01", "2025-01-31"),
        ),
    ],
)
def test_a_part_of_a_year_is_held_against_the_same_part_of_another(
    pack: str, question: str, own: Days, other: Days
) -> None:
    found = _asked(pack, question)
    assert (_own(found), _compared(found)) == (own, [other])


def test_a_past_that_is_open_says_that_it_begins_with_its_year() -> None:
    period = _asked("bank", "new accounts through January vs last year").selection.concepts.period
    assert period is not None and period.rule == "until January 2026, included, from the start of its fiscal year"
    alone = _asked("bank", "new accounts through January")
    assert _own(alone)[0] < "2025"


@pytest.mark.parametrize(
    ("pack", "question", "days"),
    [
        ("workforce", "headcount a year ago", ("2025-02-10", "2025-02-10")),
        ("workforce", "open positions 3 quarters ago by location", ("2025-05-10", "2025-05-10")),
        ("bank", "deposits two years ago", ("2024-02-10", "2024-02-10")),
        ("airline", "crew headcount 6 months ago", ("2025-08-10", "2025-08-10")),
        ("workforce", "promotions a year ago", ("2024-07-01", "2025-06-30")),
        ("workforce", "promotions 6 months ago", ("2025-08-01", "2025-08-31")),
        ("workforce", "headcount and promotions a year ago", ("2024-07-01", "2025-06-30")),
        ("workforce", "headcount by month a year ago", ("2024-07-01", "2025-06-30")),
        ("workforce", "headcount last year", ("2024-07-01", "2025-06-30")),
        ("workforce", "promotions as of 31 January", ("2025-07-01", "2026-01-31")),
        ("workforce", "headcount as of 31 January", ("2026-01-31", "2026-01-31")),
        ("workforce", "promotions and headcount as of 31 January", ("2025-07-01", "2026-01-31")),
        ("workforce", "promotions on 31 January", ("2026-01-31", "2026-01-31")),
        ("airline", "bookings by the end of June 2025 by region", ("2025-01-01", "2025-06-30")),
        ("airline", "bookings as of FY2025", ("2024-04-01", "2025-03-31")),
        ("airline", "average fare as of 31 January", ("2026-01-31", "2026-01-31")),
        ("utility", "outages as of yesterday", ("2026-01-01", "2026-02-09")),
    ],
)
def test_a_level_is_that_of_a_day_and_what_adds_up_that_of_a_time(pack: str, question: str, days: Days) -> None:
    assert _own(_asked(pack, question)) == days


@pytest.mark.parametrize(
    ("question", "own", "other"),
    [
        ("headcount compared with a year ago", ("2026-02-10", "2026-02-10"), ("2025-02-10", "2025-02-10")),
        ("headcount now vs 6 months ago", ("2026-02-10", "2026-02-10"), ("2025-08-10", "2025-08-10")),
        ("headcount on 30 June 2025 vs two years ago", ("2025-06-30", "2025-06-30"), ("2023-06-30", "2023-06-30")),
        ("headcount two years ago vs a year ago", ("2024-02-10", "2024-02-10"), ("2025-02-10", "2025-02-10")),
        ("promotions two years ago vs a year ago", ("2023-07-01", "2024-06-30"), ("2024-07-01", "2025-06-30")),
        ("headcount now and a year ago", ("2026-02-10", "2026-02-10"), ("2025-02-10", "2025-02-10")),
        (
            "promotions as of 31 January 2026 vs 31 January 2025",
            ("2025-07-01", "2026-01-31"),
            ("2024-07-01", "2025-01-31"),
        ),
        (
            "promotions as of 31 January 2026 and 30 June 2025",
            ("2025-07-01", "2026-01-31"),
            ("2024-07-01", "2025-06-30"),
        ),
        (
            "headcount as of 31 January 2026 and 30 June 2025",
            ("2026-01-31", "2026-01-31"),
            ("2025-06-30", "2025-06-30"),
        ),
        ("promotions as of 31 January vs last year", ("2025-07-01", "2026-01-31"), ("2024-07-01", "2025-01-31")),
    ],
)
def test_and_so_it_is_compared(question: str, own: Days, other: Days) -> None:
    found = _asked("workforce", question)
    assert (_own(found), _compared(found)) == (own, [other])


@pytest.mark.parametrize(
    ("pack", "questions", "days"),
    [
        ("workforce", ["headcount a year ago", "by location"], ("2025-02-10", "2025-02-10")),
        ("workforce", ["promotions as of 31 January", "by location"], ("2025-07-01", "2026-01-31")),
        ("workforce", ["promotions", "as of 31 January"], ("2025-07-01", "2026-01-31")),
        ("airline", ["total bookings in May and June 2025", "by market"], ("2025-05-01", "2025-06-30")),
        ("airline", ["bookings this month up to yesterday", "and passengers"], ("2026-02-01", "2026-02-09")),
    ],
)
def test_it_stays_so_where_a_question_goes_on(pack: str, questions: list[str], days: Days) -> None:
    known = catalogue(pack)
    *earlier, last = (Turn(text=q, as_of=TODAY) for q in questions)
    asked = Listener(known, IS_WORD).chain(earlier, last).asked
    periods = resolve_periods(asked.text, asked.reading.times, *calendar_of(known), TODAY)
    selection = select(asked.reading, periods, known, None, Evidence())
    assert not selection.unresolved and _days(selection.concepts.period) == days
