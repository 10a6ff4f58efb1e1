"""The periods that whole questions are about, over several packs: what is compared with what, and what is not."""

from __future__ import annotations

import pytest

from ecp.domain.answer import ResolvedPeriod
from tests.support.reading import Understood, catalogue, understand

Days = tuple[str, str]


def _asked(pack: str, question: str) -> Understood:
    name, _, department = pack.partition(":")
    return understand(question, catalogue(name), department or None)


def _days(period: ResolvedPeriod | None) -> Days:
    assert period is not None
    return period.start.isoformat(), period.end.isoformat()


def _periods(found: Understood) -> list[Days]:
    """The one that is asked for, then those it is compared with."""
    concepts = found.selection.concepts
    return [_days(concepts.period), *(_days(c.period) for c in concepts.comparisons if c.period)]


def _assert_about(pack: str, question: str, *periods: Days) -> None:
    found = _asked(pack, question)
    assert found.status == "complete", found.selection.unresolved
    assert _periods(found) == list(periods)


@pytest.mark.parametrize(
    ("pack", "question", "own", "other"),
    [
        ("wholesale:finance", "Q1 vs Q3 revenue comparison for FY2025",
         ("2025-03-01", "2025-05-31"), ("2025-09-01", "2025-11-30")),
        ("bank", "contrast H1 and H2 originations for FY2025",
         ("2025-05-01", "2025-10-31"), ("2024-11-01", "2025-04-30")),
        ("council", "Q1 vs Q2 repairs by ward for last fiscal year",
         ("2024-04-01", "2024-06-30"), ("2024-07-01", "2024-09-30")),
        ("airline", "compare passengers of March with April, by market, for 2024",
         ("2024-03-01", "2024-03-31"), ("2024-04-01", "2024-04-30")),
        ("telecom", "May versus June gross additions in 2025",
         ("2025-05-01", "2025-05-31"), ("2025-06-01", "2025-06-30")),
        ("hotels", "2024 room nights: compare Q2 and Q3",
         ("2024-07-01", "2024-09-30"), ("2024-04-01", "2024-06-30")),
        ("insurer", "first quarter vs second quarter claims paid for this fiscal year",
         ("2025-05-01", "2025-07-31"), ("2025-08-01", "2025-10-31")),
        ("software", "bookings Q1 vs Q2 and win rate for 2024",
         ("2024-01-01", "2024-03-31"), ("2024-04-01", "2024-06-30")),
        ("airline", "Q2 vs Q3 passengers", ("2025-04-01", "2025-06-30"), ("2025-07-01", "2025-09-30")),
        ("airline", "compare January 2025 and February passengers",
         ("2025-02-01", "2025-02-28"), ("2025-01-01", "2025-01-31")),
    ],
)  # fmt: skip
def test_two_parts_are_of_the_year_that_is_told_apart_from_them(
    pack: str, question: str, own: Days, other: Days
) -> None:
    _assert_about(pack, question, own, other)


def test_three_parts_in_a_row_are_a_course_of_the_year_that_is_told_apart_from_them() -> None:
    _assert_about("studio", "installs in Q1, Q2 and Q3 by platform for FY2025", ("2024-04-01", "2024-12-31"))


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("airline", "Q2 vs Q3 passengers and 2025 flights operated"),
        ("airline", "compare Q1 and Q2 passengers in 2024 and 2025"),
        ("airline", "Q1 2025 passengers vs 2025"),
        ("software", "bookings in Q1 vs Q2 and in 2025"),
        ("airline", "passengers, 2025, 2025"),
        ("airline", "passengers Q1 vs Q2 since 2023"),
        ("airline", "March vs April passengers for the last 3 years"),
        ("airline", "passengers last month vs this month for 2025"),
    ],
)
def test_nothing_is_compared_with_itself_or_with_what_is_only_beside_it(pack: str, question: str) -> None:
    assert _asked(pack, question).status == "unresolved"


@pytest.mark.parametrize(
    ("pack", "question", "day"),
    [
        ("bank", "deposits at September month-end", "2025-09-30"),
        ("bank", "deposits at June quarter-end by branch", "2025-06-30"),
        ("bank", "deposits at Oct 25 month-end", "2025-10-31"),
        ("workforce", "headcount at December year end", "2025-12-31"),
        ("workforce", "headcount at March quarter-end 2024", "2024-03-31"),
        ("university", "enrolled students as of October month end", "2025-10-31"),
        ("films", "subscribers at the May month-end", "2025-05-31"),
        ("bank", "deposits at month-end", "2026-01-31"),
    ],
)
def test_the_end_of_a_unit_that_a_month_is_named_for_is_the_end_of_that_month(
    pack: str, question: str, day: str
) -> None:
    _assert_about(pack, question, (day, day))


@pytest.mark.parametrize(
    ("pack", "question", "day", "other"),
    [
        ("telecom", "subscribers at August month-end vs July month-end", "2025-08-31", "2025-07-31"),
        ("bank", "deposits at September and October month-end", "2025-10-31", "2025-09-30"),
        ("bank", "deposits at September and October month-end 2024", "2024-10-31", "2024-09-30"),
        ("bank", "deposits at the end of March and June", "2025-06-30", "2025-03-31"),
        ("bank", "deposits at the end of March and the end of June 2024", "2024-06-30", "2024-03-31"),
    ],
)
def test_two_such_ends_are_compared(pack: str, question: str, day: str, other: str) -> None:
    _assert_about(pack, question, (day, day), (other, other))


@pytest.mark.parametrize(
    ("pack", "question", "own", "other"),
    [
        ("airline", "compare passengers between this month and last month",
         ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31")),
        ("airline", "compare passengers between last month and this month",
         ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31")),
        ("hotels", "difference in room nights between this year and last year",
         ("2026-01-01", "2026-12-31"), ("2025-01-01", "2025-12-31")),
        ("insurer", "compare claims paid between this quarter and last quarter",
         ("2026-02-01", "2026-04-30"), ("2025-11-01", "2026-01-31")),
        ("emporium", "compare sales between 2025 and 2024", ("2025-01-01", "2025-12-31"), ("2024-01-01", "2024-12-31")),
        ("emporium", "compare sales between 2024 and 2025", ("2025-01-01", "2025-12-31"), ("2024-01-01", "2024-12-31")),
        ("emporium", "sales 2024 vs 2025", ("2024-01-01", "2024-12-31"), ("2025-01-01", "2025-12-31")),
        ("emporium", "sales QTD vs all of last quarter", ("2026-01-01", "2026-02-10"), ("2025-10-01", "2025-12-31")),
        ("emporium", "sales QTD vs last quarter", ("2026-01-01", "2026-02-10"), ("2025-10-01", "2025-11-10")),
        ("bank", "compare originations between Q4 and Q3", ("2025-10-01", "2025-12-31"), ("2025-07-01", "2025-09-30")),
    ],
)  # fmt: skip
def test_what_is_told_between_two_times_is_told_of_the_later_one(
    pack: str, question: str, own: Days, other: Days
) -> None:
    _assert_about(pack, question, own, other)


@pytest.mark.parametrize(
    ("pack", "question", "period"),
    [
        ("software", "MTD (month-to-date) bookings", ("2026-02-01", "2026-02-10")),
        ("software", "bookings YTD (year to date)", ("2026-01-01", "2026-02-10")),
        ("software", "month-to-date (MTD) bookings", ("2026-02-01", "2026-02-10")),
        ("bank", "originations QTD, quarter to date", ("2026-02-01", "2026-02-10")),
        ("emporium", "LY (last year) sales by region", ("2025-01-01", "2025-12-31")),
        ("airline", "passengers in Q3 (July to September)", ("2025-07-01", "2025-09-30")),
        ("airline", "passengers in Q3 2024 (July to September)", ("2024-07-01", "2024-09-30")),
        ("airline", "passengers L7D (last 7 days)", ("2026-02-03", "2026-02-09")),
        ("airline", "passengers last month (January)", ("2026-01-01", "2026-01-31")),
        ("airline", "passengers last month (2026)", ("2026-01-01", "2026-01-31")),
        ("insurer", "claims paid FY2025 (May 2024 - April 2025)", ("2024-05-01", "2025-04-30")),
    ],
)
def test_a_time_that_is_said_once_more_is_no_other_one(pack: str, question: str, period: Days) -> None:
    _assert_about(pack, question, period)


def test_a_comparison_that_is_said_once_more_is_no_other_one() -> None:
    weeks = ("2026-02-02", "2026-02-08"), ("2026-01-26", "2026-02-01")
    _assert_about("delivery", "orders WoW (week over week)", *weeks)
    _assert_about(
        "airline", "passengers in December (vs November)", ("2025-12-01", "2025-12-31"), ("2025-11-01", "2025-11-30")
    )


@pytest.mark.parametrize(
    ("question", "own", "other"),
    [
        ("passengers H1 (Jan-Jun) vs H2 (Jul-Dec)", ("2025-01-01", "2025-06-30"), ("2025-07-01", "2025-12-31")),
        ("passengers this month (February) vs last month (January)",
         ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31")),
        ("compare Q3 (July to September) with Q2 (April to June) passengers",
         ("2025-07-01", "2025-09-30"), ("2025-04-01", "2025-06-30")),
        ("passengers compared to last year (2025)", ("2026-01-01", "2026-02-10"), ("2025-01-01", "2025-02-10")),
        ("compare passengers in Jan-Mar with Apr-Jun", ("2025-01-01", "2025-03-31"), ("2025-04-01", "2025-06-30")),
    ],
)  # fmt: skip
def test_what_is_compared_with_may_be_said_once_more_too(question: str, own: Days, other: Days) -> None:
    _assert_about("airline", question, own, other)


@pytest.mark.parametrize(
    ("pack", "question", "reason"),
    [
        ("insurer", "claims paid last year (2025)", "2025 is not FY2025"),
        ("airline", "passengers in Q3 (August)", "August 2025 is not Q3 2025"),
        ("airline", "passengers last month (December)", "December 2025 is not January 2026"),
        ("airline", "passengers this month vs last month (December)", "December 2025 is not January 2026"),
    ],
)
def test_a_time_in_brackets_that_does_not_fit_the_one_before_is_refused(pack: str, question: str, reason: str) -> None:
    found = _asked(pack, question)
    assert [reason in u.mention for u in found.selection.unresolved] == [True]


@pytest.mark.parametrize(
    ("pack", "question", "grain"),
    [
        ("retail", "returns trend for the last 8 weeks", "week"),
        ("retail", "how have returns developed over the past ten weeks", "week"),
        ("retail", "returns trend for the last 2 weeks", "day"),
        ("hotels", "how has occupancy changed over the last 4 quarters", "quarter"),
        ("hotels", "how has occupancy changed over the last 2 quarters", "month"),
        ("hotels", "occupancy trend last 12 months", "month"),
        ("hotels", "occupancy trend last 30 days", "day"),
        ("hotels", "occupancy trend last 8 quarters by month", "month"),
        ("hotels", "monthly occupancy trend over the last 3 years", "month"),
        ("insurer", "claims paid trend over the last 5 years", "year"),
        ("insurer", "claims paid trend from 2021 to 2025", "year"),
        ("insurer", "claims paid trend over the last two years", "month"),
        ("insurer", "claims paid trend in 2025", "month"),
        ("council", "rent arrears trend over the last 8 weeks", "month"),
        ("bank", "deposits trend over the last 6 quarters", "quarter"),
    ],
)
def test_a_course_is_told_by_the_unit_that_its_period_has_several_of(pack: str, question: str, grain: str) -> None:
    found = _asked(pack, question)
    told = [d.grain for d in found.selection.concepts.dimensions]
    assert (found.status, found.selection.kind, told) == ("complete", "trend", [grain])


def test_the_quarters_of_a_course_are_those_of_its_period() -> None:
    fiscal, calendar = (
        _asked("wholesale:finance", f"freight cost trend over the last 4 {said}")
        for said in ("FY quarters", "quarters")
    )
    assert [s.selection.grain_basis for s in (fiscal, calendar)] == ["fiscal", "calendar"]


@pytest.mark.parametrize(
    ("pack", "question", "period"),
    [
        ("airline", "passengers for the full year", ("2026-01-01", "2026-12-31")),
        ("bank", "originations for the entire fiscal year vs budget", ("2025-11-01", "2026-10-31")),
        ("council", "repairs in the whole quarter", ("2026-01-01", "2026-03-31")),
        ("hotels", "room nights FY2025 full year", ("2024-10-01", "2025-09-30")),
        ("hotels", "room nights in the full year 2025", ("2025-01-01", "2025-12-31")),
    ],
)
def test_a_full_year_is_the_one_that_is_named_or_the_current_one(pack: str, question: str, period: Days) -> None:
    _assert_about(pack, question, period)


@pytest.mark.parametrize(
    ("pack", "question", "own", "other"),
    [
        ("telecom", "how do gross additions compare to last year same period",
         ("2026-01-01", "2026-02-10"), ("2025-01-01", "2025-02-10")),
        ("bank", "how does the loan book compare to the same period last year",
         ("2025-11-01", "2026-02-10"), ("2024-11-01", "2025-02-10")),
        ("insurer", "claims paid vs the prior-year quarter",
         ("2025-11-01", "2026-01-31"), ("2024-11-01", "2025-01-31")),
        ("airline", "how does the load factor compare to 2024",
         ("2026-01-01", "2026-02-10"), ("2024-01-01", "2024-02-10")),
        ("insurer", "how do claims paid compare to FY2025 by region",
         ("2025-05-01", "2026-02-10"), ("2024-05-01", "2025-02-10")),
    ],
)  # fmt: skip
def test_without_a_period_this_year_so_far_is_compared_with_that_part_of_another(
    pack: str, question: str, own: Days, other: Days
) -> None:
    _assert_about(pack, question, own, other)


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("airline", "passengers for a full year"),
        ("airline", "how does the load factor compare to 2026"),
        ("airline", "how do passengers compare to 2000"),
        ("airline", "how does the load factor compare to Q3 2025"),
        ("airline", "passengers compared to 2025 levels"),
        ("airline", "passengers by month this time last year"),
        ("airline", "passengers from this time last year"),
    ],
)
def test_a_year_that_nothing_can_be_held_against_is_refused(pack: str, question: str) -> None:
    assert _asked(pack, question).status == "unresolved"


@pytest.mark.parametrize(
    ("pack", "question", "start"),
    [
        ("airline", "passengers this time last year", "2025-01-01"),
        ("airline", "passengers at the same time last year", "2025-01-01"),
        ("airline", "passengers as of this time last year", "2025-01-01"),
        ("demo", "net revenue by this point last year", "2024-04-01"),
    ],
)
def test_this_time_last_year_is_that_year_up_to_the_same_day(pack: str, question: str, start: str) -> None:
    _assert_about(pack, question, (start, "2025-02-10"))


@pytest.mark.parametrize(
    ("pack", "question", "periods"),
    [
        ("university", "applications in 2024-2025", [("2024-08-01", "2025-07-31")]),
        ("university", "applications in 2024 – 2025 by faculty", [("2024-08-01", "2025-07-31")]),
        ("university", "applications 2023-2024 vs 2024-2025",
         [("2023-08-01", "2024-07-31"), ("2024-08-01", "2025-07-31")]),
        ("university", "applications from 2024 to 2025", [("2024-01-01", "2025-12-31")]),
        ("university", "applications in 2023-2025", [("2023-01-01", "2025-12-31")]),
        ("council", "repairs in 2024-2025", [("2024-01-01", "2025-12-31")]),
    ],
)  # fmt: skip
def test_two_years_that_an_academic_year_lies_in_are_that_year(pack: str, question: str, periods: list[Days]) -> None:
    _assert_about(pack, question, *periods)


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("sales forecast over the next year", ("2026-03-01", "2027-02-28")),
        ("sales forecast for the next 1 year", ("2026-03-01", "2027-02-28")),
        ("sales forecast within the coming year", ("2026-03-01", "2027-02-28")),
        ("sales forecast next year", ("2027-02-01", "2028-01-31")),
        ("sales forecast over the next fiscal year", ("2027-02-01", "2028-01-31")),
        ("sales forecast in Q2 of the next year", ("2027-05-01", "2027-07-31")),
    ],
)
def test_over_the_next_year_is_twelve_months_to_come(question: str, period: Days) -> None:
    _assert_about("retail", question, period)


@pytest.mark.parametrize(
    ("pack", "question", "period"),
    [
        ("hotels", "total revenue vs 2025 budget", ("2025-01-01", "2025-12-31")),
        ("bank", "originations compared to the FY2025 budget", ("2024-11-01", "2025-10-31")),
        ("bank", "how do originations compare to the Q4 2025 budget", ("2025-10-01", "2025-12-31")),
        ("airline", "otp vs the 2025 target", ("2025-01-01", "2025-12-31")),
        ("retail:merchandising", "sales compared to last week's forecast", ("2026-02-01", "2026-02-07")),
    ],
)
def test_the_time_of_a_target_is_that_of_what_is_held_against_it(pack: str, question: str, period: Days) -> None:
    _assert_about(pack, question, period)
    concepts = _asked(pack, question).selection.concepts
    assert ([len(concepts.metrics)], [c.kind for c in concepts.comparisons]) == ([1], ["target"])


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("airline", "passengers vs 2025 flights operated"),
        ("bank", "originations budget vs FY2025 originations budget"),
    ],
)
def test_the_time_of_another_number_is_not_that_of_both(pack: str, question: str) -> None:
    assert _asked(pack, question).status == "unresolved"


@pytest.mark.parametrize(
    ("pack", "question", "period"),
    [
        ("airline", "passengers right now", ("2026-02-10", "2026-02-10")),
        ("airline", "which market has the most passengers at the moment", ("2026-02-10", "2026-02-10")),
        ("bank", "deposits right now", ("2026-02-10", "2026-02-10")),
        ("airline", "passengers as of now", ("2026-01-01", "2026-02-10")),
        ("bank", "deposits from last month until now", ("2026-01-01", "2026-02-10")),
    ],
)
def test_now_is_today(pack: str, question: str, period: Days) -> None:
    _assert_about(pack, question, period)


@pytest.mark.parametrize(
    ("question", "period", "grain"),
    [
        ("month-end deposits by branch for January 2026", ("2026-01-31", "2026-01-31"), None),
        ("year-end deposits for 2024", ("2024-12-31", "2024-12-31"), None),
        ("deposits at month-end in 2025", ("2025-01-01", "2025-12-31"), "month"),
        ("deposits at month end for the last 6 months by branch", ("2025-08-01", "2026-01-31"), "month"),
        ("quarter-end deposits for FY2025", ("2024-11-01", "2025-10-31"), "quarter"),
        ("deposits at year-end over the last 3 years", ("2022-11-01", "2025-10-31"), "year"),
        ("deposits at month-end", ("2026-01-31", "2026-01-31"), None),
    ],
)
def test_the_ends_within_a_longer_time_are_a_course(question: str, period: Days, grain: str | None) -> None:
    _assert_about("bank", question, period)
    dimensions = _asked("bank", question).selection.concepts.dimensions
    assert [d.grain for d in dimensions if d.grain] == ([grain] if grain else [])


@pytest.mark.parametrize(
    ("pack", "question", "own", "other"),
    [
        ("airline", "MoM passengers change January vs February 2025",
         ("2025-02-01", "2025-02-28"), ("2025-01-01", "2025-01-31")),
        ("hotels", "YoY growth of room nights 2024 vs 2025",
         ("2025-01-01", "2025-12-31"), ("2024-01-01", "2024-12-31")),
        ("telecom", "gross additions Q3 vs Q2 2025 QoQ", ("2025-07-01", "2025-09-30"), ("2025-04-01", "2025-06-30")),
        ("insurer", "YoY claims paid Q1 2025 vs Q1 2024", ("2025-01-01", "2025-03-31"), ("2024-01-01", "2024-03-31")),
        ("software", "bookings in 2025 vs 2024 year over year",
         ("2025-01-01", "2025-12-31"), ("2024-01-01", "2024-12-31")),
    ],
)  # fmt: skip
def test_one_step_between_two_times_is_told_of_the_later_one(pack: str, question: str, own: Days, other: Days) -> None:
    _assert_about(pack, question, own, other)


def test_another_time_than_the_one_a_step_before_is_compared_with_beside_it() -> None:
    years = [(f"{year}-01-01", f"{year}-12-31") for year in (2025, 2024, 2023)]
    _assert_about("airline", "passengers YoY 2025 vs 2023", *years)


@pytest.mark.parametrize(
    ("pack", "question", "period"),
    [
        ("airline", "passengers this month in 2026", ("2026-02-01", "2026-02-28")),
        ("airline", "passengers last year 2025", ("2025-01-01", "2025-12-31")),
        ("hotels", "room nights this week 2026", ("2026-02-08", "2026-02-14")),
    ],
)
def test_the_year_right_behind_a_time_that_lies_in_it_is_no_other_time(pack: str, question: str, period: Days) -> None:
    _assert_about(pack, question, period)


@pytest.mark.parametrize(
    ("pack", "question", "reason"),
    [
        ("airline", "passengers last month 2025", "2025 is not January 2026"),
        ("insurer", "claims paid this year 2026", "2026 is not FY2026"),
    ],
)
def test_the_year_right_behind_a_time_that_does_not_lie_in_it_is_refused(pack: str, question: str, reason: str) -> None:
    found = _asked(pack, question)
    assert [reason in u.mention for u in found.selection.unresolved] == [True]


@pytest.mark.parametrize(
    ("question", "own", "other"),
    [
        ("passengers last Friday vs the Friday before", ("2026-02-06", "2026-02-06"), ("2026-01-30", "2026-01-30")),
        ("compare passengers on Monday with the Monday before that",
         ("2026-02-09", "2026-02-09"), ("2026-02-02", "2026-02-02")),
        ("passengers in March vs the March before", ("2025-03-01", "2025-03-31"), ("2024-03-01", "2024-03-31")),
    ],
)  # fmt: skip
def test_what_has_the_same_name_before_is_compared_with(question: str, own: Days, other: Days) -> None:
    _assert_about("airline", question, own, other)


def test_what_has_another_name_before_is_refused() -> None:
    assert _asked("airline", "passengers yesterday vs the Friday before").status == "unresolved"


@pytest.mark.parametrize(
    ("pack", "question", "own", "other"),
    [
        ("demo", "did net revenue grow this quarter", ("2026-01-01", "2026-02-10"), ("2025-10-01", "2025-11-10")),
        ("retail", "did orders grow this month", ("2026-02-01", "2026-02-10"), ("2026-01-01", "2026-01-10")),
        ("demo", "net revenue this month, year over year", ("2026-02-01", "2026-02-10"), ("2025-02-01", "2025-02-10")),
    ],
)  # fmt: skip
def test_what_is_not_over_is_held_against_as_much_where_no_other_time_is_named(
    pack: str, question: str, own: Days, other: Days
) -> None:
    _assert_about(pack, question, own, other)


@pytest.mark.parametrize(
    ("pack", "question", "own", "other"),
    [
        ("demo", "headcount growth this quarter", ("2026-01-01", "2026-03-31"), ("2025-10-01", "2025-12-31")),
        ("demo", "budget net revenue growth this quarter", ("2026-01-01", "2026-03-31"), ("2025-10-01", "2025-12-31")),
        ("retail", "orders this month vs last month", ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31")),
        ("retail", "orders growth last month", ("2026-01-01", "2026-01-31"), ("2025-12-01", "2025-12-31")),
    ],
)  # fmt: skip
def test_a_level_a_plan_and_what_is_named_are_held_against_all_of_it(
    pack: str, question: str, own: Days, other: Days
) -> None:
    _assert_about(pack, question, own, other)
