"""The period before, the same one last year, and the units within a period."""

from __future__ import annotations

from datetime import date

import pytest

from ecp.domain.calendar import Calendar, Grain
from ecp.domain.time import (
    ComparisonMention,
    Period,
    TimeError,
    TimeMention,
    compared_period,
    find_times,
    iter_buckets,
    previous_period,
    resolve_time,
    same_period_last_year,
)
from tests.support.reading import catalogue, understand

_APRIL = Calendar(fiscal_start_month=4, named_for="end", relative="fiscal")
_TODAY = date(2026, 2, 10)


def _period(text: str, today: date = _TODAY) -> Period:
    (mention,) = find_times(text)
    assert isinstance(mention, TimeMention)
    return resolve_time(mention.expression, _APRIL, today)


def _dates(period: Period) -> str:
    return f"{period.start} {period.end}"


@pytest.mark.parametrize(
    ("text", "today", "before", "last_year"),
    [
        ("last quarter", _TODAY, "2025-07-01 2025-09-30", "2024-10-01 2024-12-31"),
        ("FY2026", _TODAY, "2024-04-01 2025-03-31", "2024-04-01 2025-03-31"),
        ("March 2024", _TODAY, "2024-02-01 2024-02-29", "2023-03-01 2023-03-31"),
        ("February 2025", _TODAY, "2025-01-01 2025-01-31", "2024-02-01 2024-02-29"),
        ("February 2024", _TODAY, "2024-01-01 2024-01-31", "2023-02-01 2023-02-28"),
        ("last 12 months", _TODAY, "2024-02-01 2025-01-31", "2024-02-01 2025-01-31"),
        ("last two quarters", _TODAY, "2025-01-01 2025-06-30", "2024-07-01 2024-12-31"),
        ("YTD", _TODAY, "2024-04-01 2025-02-10", "2024-04-01 2025-02-10"),
        ("QTD", _TODAY, "2025-10-01 2025-11-10", "2025-01-01 2025-02-10"),
        ("MTD", date(2026, 3, 31), "2026-02-01 2026-02-28", "2025-03-01 2025-03-31"),
        ("QTD", date(2026, 2, 28), "2025-10-01 2025-11-30", "2025-01-01 2025-02-28"),
        ("YTD", date(2024, 2, 29), "2022-04-01 2023-02-28", "2022-04-01 2023-02-28"),
        ("WTD", _TODAY, "2026-02-02 2026-02-03", "2025-02-10 2025-02-11"),
        ("last week", _TODAY, "2026-01-26 2026-02-01", "2025-02-03 2025-02-09"),
        ("last 7 days", _TODAY, "2026-01-27 2026-02-02", "2025-02-03 2025-02-09"),
        ("29 February 2024", _TODAY, "2024-02-28 2024-02-28", "2023-02-28 2023-02-28"),
        ("1 March 2024 to 15 April 2024", _TODAY, "2024-01-15 2024-02-29", "2023-03-01 2023-04-15"),
        ("2019 to 2021", _TODAY, "2016-01-01 2018-12-31", "2018-01-01 2020-12-31"),
        ("year ended 30 June 2025", _TODAY, "2023-07-01 2024-06-30", "2023-07-01 2024-06-30"),
    ],
)
def test_the_periods_to_compare_with(text: str, today: date, before: str, last_year: str) -> None:
    period = _period(text, today)
    assert _dates(previous_period(period, _APRIL)) == before
    assert _dates(same_period_last_year(period, _APRIL)) == last_year


def test_a_compared_period_has_its_own_label_and_rule() -> None:
    found = previous_period(_period("last quarter"), _APRIL)
    assert (found.label, found.rule) == ("Q2 FY2026", "the fiscal quarter before")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("last quarter vs last year", "2024-10-01 2024-12-31"),
        ("last quarter vs the quarter before", "2025-07-01 2025-09-30"),
        ("this quarter vs last quarter", "2025-10-01 2025-12-31"),
        ("March 2024 compared to the previous quarter", "2023-10-01 2023-12-31"),
        ("Q3 2024 vs Q3 2022", "2022-07-01 2022-09-30"),
        ("Q3 2024 vs 2023", "2023-07-01 2023-09-30"),
        ("Q1 FY26 vs FY25", "2024-04-01 2024-06-30"),
        ("2024 vs 2023", "2023-01-01 2023-12-31"),
        ("March compared to February", "2025-02-01 2025-02-28"),
        ("December vs January", "2026-01-01 2026-01-31"),
        ("last 3 months vs the same three months a year ago", "2024-11-01 2025-01-31"),
        ("last 3 months vs the same 3 months last year", "2024-11-01 2025-01-31"),
        ("TTM vs prior TTM", "2024-02-01 2025-01-31"),
        ("this month vs this month a year ago", "2025-02-01 2025-02-28"),
        ("the December quarter vs the September quarter", "2025-07-01 2025-09-30"),
        ("December quarter 2025 vs 2024", "2024-10-01 2024-12-31"),
        ("last month mom %", "2025-12-01 2025-12-31"),
        ("last week wow % by site", "2026-01-26 2026-02-01"),
        ("FYTD vs same period last FY", "2024-04-01 2025-02-10"),
        ("FYTD vs the same period of the prior fiscal year", "2024-04-01 2025-02-10"),
        ("YTD December vs prior YTD", "2024-04-01 2024-12-31"),
        ("YTD Dec vs YTD Dec last year", "2024-04-01 2024-12-31"),
        ("FY26 YTD Dec vs FY25 YTD Dec", "2024-04-01 2024-12-31"),
        ("YTD vs prior YTD", "2024-04-01 2025-02-10"),
        ("last week Monday vs Friday", "2026-02-06 2026-02-06"),
        ("Tuesday vs Thursday last week", "2026-02-05 2026-02-05"),
        ("this vs last year", "2024-04-01 2025-03-31"),
        ("the current vs the prior quarter", "2025-10-01 2025-12-31"),
        ("Q3 of this vs last year", "2024-10-01 2024-12-31"),
        ("Jan 26 vs Jan 25", "2025-01-01 2025-01-31"),
        ("Dec 25 vs Nov", "2025-11-01 2025-11-30"),
        ("Dec 25 vs Dec 2024", "2024-12-01 2024-12-31"),
        ("Jan-Mar 25 vs Jan-Mar 24", "2024-01-01 2024-03-31"),
        ("Dec 25 vs the month before", "2025-11-01 2025-11-30"),
        ("Mar 12 vs Mar 13", "2025-03-13 2025-03-13"),
        ("on Dec 25 vs Dec 24", "2025-12-24 2025-12-24"),
        ("Dec 25th vs Dec 24", "2025-12-24 2025-12-24"),
        ("in the last FY vs the FY before", "2023-04-01 2024-03-31"),
        ("last month month over month", "2025-12-01 2025-12-31"),
        ("this year year over year", "2024-04-01 2025-03-31"),
        ("FY26 vs last calendar year", "2025-01-01 2025-12-31"),
        ("2025 vs last fiscal year", "2024-04-01 2025-03-31"),
        ("FY26 vs last fiscal year", "2024-04-01 2025-03-31"),
        ("last quarter vs last calendar quarter", "2025-07-01 2025-09-30"),
        ("this year minus last year", "2024-04-01 2025-03-31"),
        ("July compared to July last year", "2024-07-01 2024-07-31"),
        ("Q4 vs Q4 last year", "2024-10-01 2024-12-31"),
        ("5 December against 5 December last year", "2024-12-05 2024-12-05"),
        ("week 5 vs week 5 last year", "2025-01-27 2025-02-02"),
        ("January versus last year's January", "2025-01-01 2025-01-31"),
        ("January vs January 2025", "2025-01-01 2025-01-31"),
        ("this January vs last January", "2025-01-01 2025-01-31"),
        ("November vs November a year ago", "2024-11-01 2024-11-30"),
        ("first half vs first half last year", "2025-01-01 2025-06-30"),
        ("Q1 2025 vs the first quarter of last year", "2024-01-01 2024-03-31"),
        ("Q1 FY26 vs Q1 last year", "2024-04-01 2024-06-30"),
        ("yesterday compared with a week ago", "2026-02-02 2026-02-02"),
        ("yesterday vs last Monday", "2026-02-02 2026-02-02"),
        ("yesterday vs the same day last week", "2026-02-02 2026-02-02"),
        ("last month vs 2 years ago", "2024-01-01 2024-01-31"),
        ("last month vs six months earlier", "2025-07-01 2025-07-31"),
        ("last 6 months vs six months earlier", "2025-02-01 2025-07-31"),
        ("since October vs the same period in 2024", "2024-10-01 2025-02-10"),
        ("YTD vs the same period in 2025", "2024-04-01 2025-02-10"),
    ],
)
def test_a_comparison_is_dated_from_the_period_it_stands_beside(text: str, expected: str) -> None:
    time, comparison = find_times(text)
    assert isinstance(time, TimeMention) and isinstance(comparison, ComparisonMention)
    period = resolve_time(time.expression, _APRIL, _TODAY)
    assert _dates(compared_period(comparison, period, _APRIL, _TODAY)) == expected


@pytest.mark.parametrize(
    ("text", "own", "beside"),
    [
        ("Q3 orders vs Q2 FY26", "2025-10-01 2025-12-31", "2025-07-01 2025-09-30"),
        ("H2 orders vs H1 FY25", "2024-10-01 2025-03-31", "2024-04-01 2024-09-30"),
        ("Q3 orders by site against Q2 2024", "2024-07-01 2024-09-30", "2024-04-01 2024-06-30"),
        ("the third quarter's orders compared with Q2 of FY26", "2025-10-01 2025-12-31", "2025-07-01 2025-09-30"),
        ("Q1 orders vs Q4 FY25", "2025-04-01 2025-06-30", "2025-01-01 2025-03-31"),
        ("Q1 orders vs Q4 2025", "2026-01-01 2026-03-31", "2025-10-01 2025-12-31"),
        ("Q4 orders vs Q4 FY25", "2026-01-01 2026-03-31", "2025-01-01 2025-03-31"),
        ("Q2 orders vs Q3 FY26", "2025-07-01 2025-09-30", "2025-10-01 2025-12-31"),
        ("December orders vs November 2024", "2024-12-01 2024-12-31", "2024-11-01 2024-11-30"),
        ("January orders vs November 2025", "2026-01-01 2026-01-31", "2025-11-01 2025-11-30"),
        ("January orders vs January 2025", "2026-01-01 2026-01-31", "2025-01-01 2025-01-31"),
        ("Q3 2024 orders vs Q2 FY26", "2024-07-01 2024-09-30", "2025-07-01 2025-09-30"),
        ("Q3 orders vs Q3 last year", "2025-07-01 2025-09-30", "2024-07-01 2024-09-30"),
    ],
)
def test_the_year_of_the_compared_stands_for_both(text: str, own: str, beside: str) -> None:
    time, comparison = find_times(text)
    assert isinstance(time, TimeMention) and isinstance(comparison, ComparisonMention)
    period = resolve_time(time.expression, _APRIL, _TODAY)
    assert (_dates(period), _dates(compared_period(comparison, period, _APRIL, _TODAY))) == (own, beside)


@pytest.mark.parametrize(
    ("text", "own", "beside"),
    [
        ("orders FY24→FY25", "2024-04-01 2025-03-31", "2023-04-01 2024-03-31"),
        ("orders 2024 -> 2025", "2025-01-01 2025-12-31", "2024-01-01 2024-12-31"),
        ("orders Q3 2025=>Q4 2025", "2025-10-01 2025-12-31", "2025-07-01 2025-09-30"),
        ("orders Dec → Jan", "2026-01-01 2026-01-31", "2025-12-01 2025-12-31"),
        ("last year -> this year", "2025-04-01 2026-03-31", "2024-04-01 2025-03-31"),
        ("how did orders go from 2024 to 2025", "2025-01-01 2025-12-31", "2024-01-01 2024-12-31"),
        ("orders went from what to what between 2024 and 2025", "2025-01-01 2025-12-31", "2024-01-01 2024-12-31"),
        ("orders went from December to January", "2026-01-01 2026-01-31", "2025-12-01 2025-12-31"),
    ],
)
def test_what_it_came_from_is_what_it_is_compared_with(text: str, own: str, beside: str) -> None:
    comparison, time = sorted(find_times(text), key=lambda m: m.type)
    assert isinstance(time, TimeMention) and isinstance(comparison, ComparisonMention)
    period = resolve_time(time.expression, _APRIL, _TODAY)
    assert (_dates(period), _dates(compared_period(comparison, period, _APRIL, _TODAY))) == (own, beside)


def test_nothing_is_compared_with_itself() -> None:
    time, comparison = find_times("this quarter vs the current quarter")
    assert isinstance(time, TimeMention) and isinstance(comparison, ComparisonMention)
    with pytest.raises(TimeError, match="with itself"):
        compared_period(comparison, resolve_time(time.expression, _APRIL, _TODAY), _APRIL, _TODAY)


@pytest.mark.parametrize(
    ("text", "grain", "labels"),
    [
        ("FY2026", "quarter", ["Q1 FY2026", "Q2 FY2026", "Q3 FY2026", "Q4 FY2026"]),
        ("Q4 2019", "month", ["October 2019", "November 2019", "December 2019"]),
        ("2024 to 2025", "half", ["H1 2024", "H2 2024", "H1 2025", "H2 2025"]),
        ("February 2026", "week", [f"Week {n} 2026" for n in range(5, 10)]),
    ],
)
def test_buckets_are_the_units_of_the_periods_own_calendar(text: str, grain: Grain, labels: list[str]) -> None:
    period = _period(text)
    buckets = list(iter_buckets(period, grain, _APRIL))
    assert [b.label for b in buckets] == labels
    assert sum(b.days for b in buckets) == period.days
    assert (buckets[0].start, buckets[-1].end) == (period.start, period.end)


def test_nothing_lies_before_the_calendar() -> None:
    first = _period("2024").model_copy(update={"start": date(1, 1, 1), "end": date(1, 12, 31)})
    with pytest.raises(TimeError):
        previous_period(first, _APRIL)
    with pytest.raises(TimeError):
        same_period_last_year(first, _APRIL)


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("MTD vs the same period last month", "2026-01-01 2026-01-10"),
        ("MTD compared to the same point last quarter", "2025-11-01 2025-11-10"),
        ("last 7 days vs the same days last week", "2026-01-27 2026-02-02"),
        ("February 2026 vs the same period last month", "2026-01-01 2026-01-31"),
        ("Q3 2025 vs the corresponding period of 2023", "2023-07-01 2023-09-30"),
        ("Q3 2025 versus the same period in 2024", "2024-07-01 2024-09-30"),
    ],
)
def test_the_same_part_of_another_unit(text: str, beside: str) -> None:
    own, other = find_times(text)
    assert isinstance(own, TimeMention) and isinstance(other, ComparisonMention)
    period = resolve_time(own.expression, _APRIL, _TODAY)
    assert _dates(compared_period(other, period, _APRIL, _TODAY)) == beside


@pytest.mark.parametrize(
    ("question", "kind", "dates"),
    [
        ("net revenue last 12 months vs the previous 12 months", "previous_period", ("2024-02-01", "2025-01-31")),
        ("net revenue last 3 months vs the 3 months before that", "previous_period", ("2025-08-01", "2025-10-31")),
        ("compare net revenue last 90 days to the prior 90 days", "previous_period", ("2025-08-14", "2025-11-11")),
        ("net revenue in October 2025 vs the previous 3 months", "period", ("2025-07-01", "2025-09-30")),
        ("net revenue vs the previous 3 months", "previous_period", ("2025-08-01", "2025-10-31")),
        ("net revenue in 2025 against the two years prior", "period", ("2023-01-01", "2024-12-31")),
    ],
)
def test_so_many_units_before_lie_right_before_what_is_compared(question, kind, dates):
    concepts = understand(question, catalogue("demo"), "finance").selection.concepts
    assert [(c.kind, (str(c.period.start), str(c.period.end))) for c in concepts.comparisons] == [(kind, dates)]


@pytest.mark.parametrize("question", ["net revenue more than 2 weeks before today", "more than 2 weeks before"])
def test_a_distance_is_no_period_to_compare_with(question):
    found = understand(question, catalogue("demo"), "finance")
    assert (found.status, found.selection.concepts.comparisons) == ("unresolved", ())
