"""From what was understood to queries of the semantic layer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ecp.domain.authorization import RowFilter
from ecp.domain.catalogue import Catalogue
from ecp.domain.plan import Draft, DraftQuery, authorised
from ecp.domain.results import assemble
from ecp.domain.semantic import Column, CubeFilter, QueryResult
from ecp.errors import AccessDenied
from tests.support.reading import catalogue, understand


def _plan(question: str, pack: str = "hospital", department: str | None = "controlling") -> Draft:
    understood = understand(question, catalogue(pack), department)
    assert understood.plan is not None, understood.selection.unresolved
    return understood.plan


def _query(plan: Draft, query_id: str = "actual") -> DraftQuery:
    return next(q for q in plan.queries if q.id == query_id)


def _filters(query: DraftQuery) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(f.member, f.operator, f.values) for f in query.cube.filters}


def test_members_of_one_dimension_are_a_union_and_dimensions_hold_together() -> None:
    query = _query(_plan("admissions in Oncology and Cardiology at North Campus"))
    assert _filters(query) == {("Stays.ward", "equals", ("W2", "W1")), ("Stays.site", "equals", ("N",))}


def test_what_is_excluded_is_a_filter_beside_what_it_is_excluded_from() -> None:
    query = _query(_plan("admissions in internal medicine excluding Cardiology"))
    assert _filters(query) == {("Stays.ward", "equals", ("W1", "W2")), ("Stays.ward", "notEquals", ("W1",))}


def test_a_department_counts_a_member_its_own_way() -> None:
    question = "admissions in internal medicine"
    assert _filters(_query(_plan(question, department="nursing"))) == {("Stays.ward", "equals", ("W1", "W2", "W3"))}
    named = _query(_plan("cost by ward group as nursing sees it", department="controlling"), "actual:internal")
    assert ("Costs.ward", "equals", ("W1", "W2", "W3")) in _filters(named)


def test_groups_of_several_values_are_asked_for_one_by_one() -> None:
    plan = _plan("admissions by ward group excluding critical wards in 2025")
    assert [(q.id, q.group) for q in plan.queries] == [("actual:internal", {"ward_group": "Internal medicine"})]
    assert ("Stays.ward", "notEquals", ("W3", "W4")) in _filters(plan.queries[0])


def test_a_stock_is_taken_at_the_end_of_the_period_and_never_after_today() -> None:
    past = _query(_plan("occupied beds in 2024"))
    assert past.cube.time_dimensions[0].date_range == ("2024-12-31", "2024-12-31")
    running = _query(_plan("occupied beds this month"))
    assert running.cube.time_dimensions[0].date_range == ("2026-02-10", "2026-02-10")


@pytest.mark.parametrize(
    ("pack", "question", "problem"),
    [
        (
            "hospital",
            "admissions vs planned admissions from 10 March 2025 to 20 March 2025",
            "from 10 March 2025 to 20 March 2025 (Planned admissions is kept by month; March 2025 can be asked for)",
        ),
        ("hospital", "planned admissions last week", "last week (Planned admissions is kept by month; February 2026"),
        ("software", "bookings vs quota in January 2026", "January 2026 (Sales quota is kept by quarter; Q1 2026 can"),
        ("transit", "fare revenue vs fare budget last month", "last month (Fare budget is kept by quarter; Q3 FY2026"),
        ("transit", "fare budget in Q4 2025", "Q4 2025 (Fare budget is kept by quarter; Q2 FY2026 to Q3 FY2026 can"),
        ("transit", "fare budget from 1 May 2025 to 15 August 2025", "from 1 May 2025 to 15 August 2025 (Fare budget"),
        ("transit", "subsidy yesterday", "yesterday (Subsidy is kept by month; February 2026 can be asked for)"),
        ("retail", "sales vs forecast yesterday", "yesterday (Sales forecast is kept by week; Week 6 2026 can be"),
    ],
)
def test_what_is_kept_by_coarser_units_is_told_of_no_part_of_them(pack: str, question: str, problem: str) -> None:
    plan = _plan(question, pack)
    assert not plan.queries and [p.mention.startswith(problem) for p in plan.problems] == [True]


@pytest.mark.parametrize(
    ("pack", "question", "said"),
    [
        ("hospital", "admissions vs planned admissions in March 2025", False),
        ("hospital", "admissions vs planned admissions year to date", True),
        ("transit", "fare revenue vs fare budget this quarter", False),
        ("transit", "fare revenue vs fare budget this quarter so far", True),
        ("transit", "subsidy year to date compared to the same period last year", True),
        ("retail", "sales vs forecast last month", True),
        ("retail", "sales vs forecast last week", False),
    ],
)
def test_a_unit_that_is_not_over_and_weeks_at_the_ends_are_said(pack: str, question: str, said: bool) -> None:
    plan = _plan(question, pack)
    assert plan.queries and not plan.problems
    assert bool([n for n in plan.notes if "does not cover whole ones" in n]) is said


def test_a_grain_finer_than_the_metric_cannot_be_planned() -> None:
    plan = _plan("planned admissions by week in 2025")
    assert plan.problems and not plan.queries


def test_a_dimension_the_metric_is_not_kept_by_cannot_be_planned() -> None:
    plan = _plan("occupied beds by payer")
    assert [p.mention for p in plan.problems] == ["payer (Occupied beds is not kept by Payer)"]


def test_a_group_the_metric_is_not_kept_by_is_named_as_the_question_does() -> None:
    beds = next(a for a in catalogue("hospital").assets.values() if a.id == "occupied_beds")
    others = [a for a in catalogue("hospital").assets.values() if a.id != beds.id]
    known = Catalogue.of("2", (*others, beds.model_copy(update={"dimensions": ("site",)})))
    found = understand("occupied beds by ward group", known)
    assert found.plan is not None
    assert [p.mention for p in found.plan.problems] == ["ward group (Occupied beds is not kept by Ward group)"]


def test_a_target_is_asked_for_under_the_same_filters_and_without_bounds() -> None:
    plan = _plan("admissions over 100 vs planned admissions by ward at River Park in 2025")
    assert ("Stays.admissions", "gt", ("100",)) in _filters(_query(plan))
    assert _filters(_query(plan, "target")) == {("Agreement.site", "equals", ("R",))}
    assert [c.expression for c in plan.computations] == ["actual - target", "(actual - target) / abs(target) * 100"]


def test_a_bound_holds_for_the_metric_it_was_said_of() -> None:
    plan = _plan("admissions and length of stay by ward with length of stay over 5")
    assert not [f for f in _query(plan).cube.filters if f.operator == "gt"]
    assert ("Stays.length", "gt", ("5",)) in _filters(_query(plan, "actual_2"))


def test_every_metric_is_compared_and_each_with_its_own() -> None:
    plan = _plan("admissions and length of stay in March 2025 vs March 2024")
    assert {(q.series, q.metric, q.base) for q in plan.queries} == {
        ("actual", "admissions", None),
        ("actual_2", "length_of_stay", None),
        ("previous", "admissions", "actual"),
        ("previous_of_length_of_stay", "length_of_stay", "actual_2"),
    }
    assert "actual_2 - previous_of_length_of_stay" in {c.expression for c in plan.computations}


def test_a_compared_member_takes_the_place_of_those_on_its_column() -> None:
    plan = _plan("compare Cardiology and critical wards by admissions at North Campus")
    assert _filters(_query(plan, "member")) == {
        ("Stays.site", "equals", ("N",)),
        ("Stays.ward", "equals", ("W3", "W4")),
    }


def test_only_the_series_that_decides_the_order_is_cut_short() -> None:
    plan = _plan("top 3 wards by admissions in 2025 vs 2024")
    assert (_query(plan).cube.limit, _query(plan).cube.order) == (3 + 1, (("Stays.admissions", "desc"),))
    assert _query(plan, "previous").cube.limit != 3


def test_a_row_filter_enters_every_query() -> None:
    plan = _plan("admissions vs planned admissions in 2025")
    limited = authorised(plan, [RowFilter(dimension="site", values=("N",))], catalogue("hospital"), None)
    assert all(q.cube.filters[-1].values == ("N",) for q in limited.queries)
    assert {q.cube.filters[-1].member for q in limited.queries} == {"Stays.site", "Agreement.site"}


@pytest.mark.parametrize(
    ("row_filter", "reason"),
    [
        (RowFilter(dimension="nowhere", values=("N",)), "“Admissions” is not kept by it"),
        (RowFilter(dimension="site", values=()), "may see nothing of “"),
    ],
)
def test_a_row_filter_that_cannot_be_put_denies_and_says_why(row_filter: RowFilter, reason: str) -> None:
    with pytest.raises(AccessDenied) as denied:
        authorised(_plan("admissions in 2025"), [row_filter], catalogue("hospital"), None)
    (told,) = denied.value.extra["reasons"]
    assert reason in told


def test_a_group_out_of_sight_is_left_out() -> None:
    plan = _plan("admissions by ward group in 2025")
    limited = authorised(plan, [RowFilter(dimension="ward_group", values=("W1",))], catalogue("hospital"), None)
    assert [q.id for q in limited.queries] == ["actual:internal"]
    assert CubeFilter(member="Stays.ward", operator="equals", values=("W1",)) in limited.queries[0].cube.filters


@pytest.mark.parametrize(
    ("question", "department", "dimension", "allowed"),
    [
        ("what share of admissions comes from the ICU in 2025", "controlling", "ward", ("W2", "W3")),
        ("share of critical wards in admissions in 2025", "controlling", "ward", ("W2", "W3")),
        ("share of River Park in admissions in 2025", "controlling", "ward", ("W3",)),
        ("share of Internal medicine in admissions in 2025", "nursing", "ward", ("W2", "W4")),
    ],
)
def test_a_share_is_of_what_the_asker_may_see_and_not_of_the_part_alone(
    question: str, department: str, dimension: str, allowed: tuple[str, ...]
) -> None:
    plan = _plan(question, department=department)
    limit = RowFilter(dimension=dimension, values=allowed)
    part, whole = authorised(plan, [limit], catalogue("hospital"), None).queries
    assert [f.values for f in whole.cube.filters] == [allowed]
    assert {f.values for f in part.cube.filters} > {allowed}


@pytest.mark.parametrize(
    ("question", "allowed"),
    [
        ("what share of admissions comes from the ICU in 2025", ("W3",)),
        ("share of critical wards in admissions in 2025", ("W3",)),
        ("share of critical wards in admissions in 2025", ("W3", "W4")),
        ("share of the ICU in admissions by site in 2025", ("W3",)),
        ("share of admissions by ward in 2025", ("W3",)),
        ("share of admissions by ward group in 2025", ("W3",)),
    ],
)
def test_where_all_that_may_be_seen_of_the_whole_is_the_part_there_is_no_share(
    question: str, allowed: tuple[str, ...]
) -> None:
    with pytest.raises(AccessDenied) as denied:
        authorised(_plan(question), [RowFilter(dimension="ward", values=allowed)], catalogue("hospital"), None)
    assert denied.value.extra["reasons"] == ["All that you may see of the whole is the part: that has no share"]


def test_a_trend_has_its_grain() -> None:
    (time,) = _query(_plan("admissions by month since January 2025")).cube.time_dimensions
    assert (time.dimension, time.granularity) == ("Stays.admitted_on", "month")
    assert time.date_range == ("2025-01-01", date(2026, 2, 10).isoformat())


def test_a_stock_without_a_period_is_taken_today_and_never_added_up() -> None:
    (query,) = _plan("occupied beds by ward").queries
    assert query.cube.time_dimensions[0].date_range == ("2026-02-10", "2026-02-10")


def test_a_stock_over_time_is_asked_for_as_it_is_kept_and_of_each_bucket_the_last_counts() -> None:
    (query,) = _plan("occupied beds by month in 2025").queries
    assert (query.cube.time_dimensions[0].granularity, query.last_of) == ("day", "month")
    assert query.cube.time_dimensions[0].date_range == ("2025-01-01", "2025-12-31")


def test_a_stock_is_not_bounded_over_time() -> None:
    assert _plan("occupied beds over 10 by month in 2025").problems


def test_a_rate_by_fiscal_quarters_that_the_layer_lacks_is_asked_for_quarter_by_quarter() -> None:
    found = understand("punctuality by depot and quarter, FY25 vs FY24", catalogue("transit"))
    assert found.status == "complete" and found.plan is not None
    asked = {q.id: (q.cube.time_dimensions[0].date_range, q.group["Departures.day"]) for q in found.plan.queries}
    assert len(asked) == 8
    assert asked["actual:2024-11-01"] == (("2024-11-01", "2025-01-31"), "2024-11-01")
    assert asked["previous:2023-11-01"] == (("2023-11-01", "2024-01-31"), "2024-11-01")


def test_its_rows_stand_beside_those_of_the_compared_period() -> None:
    found = understand("punctuality by quarter, FY25 vs FY24", catalogue("transit"))
    assert found.plan is not None
    values = {q.id: Decimal(90 + at) for at, q in enumerate(found.plan.queries)}
    results = {
        name: QueryResult(columns=(Column(name="Departures.punctuality", type="number"),), rows=((value,),))
        for name, value in values.items()
    }
    table = assemble(found.plan, results, found.selection.concepts, catalogue("transit"))
    assert [(row[0], row[1], row[2]) for row in table.rows] == [
        ("2024-05-01", 90, 94), ("2024-08-01", 91, 95), ("2024-11-01", 92, 96), ("2025-02-01", 93, 97),
    ]  # fmt: skip


def test_without_a_period_there_is_no_end_to_such_quarters() -> None:
    assert understand("punctuality by quarter", catalogue("transit")).status == "unresolved"


@pytest.mark.parametrize(
    ("question", "granularity", "added_up"),
    [
        ("net revenue every year from 2020 to 2025", "year", None),
        ("annual net revenue from 2022 to 2024", "year", None),
        ("net revenue by year over the last 3 fiscal years", "month", "year"),
        ("net revenue by fiscal year from 2022 to 2024", "month", "year"),
        ("net revenue by year", "month", "year"),
    ],
)
def test_years_of_a_stretch_are_years_of_its_own_calendar(
    question: str, granularity: str, added_up: str | None
) -> None:
    query = _query(_plan(question, "demo", "finance"))
    assert query.cube.time_dimensions[0].granularity == granularity
    assert query.sum_of == added_up


def test_without_a_period_what_is_held_against_a_target_is_taken_until_today() -> None:
    plan = _plan("budget vs actual revenue", "demo", "finance")
    ranges = {q.series: q.cube.time_dimensions[0].date_range for q in plan.queries}
    assert ranges == {"actual": ("2018-01-01", "2026-02-10"), "target": ("2018-01-01", "2026-02-10")}
    assert _query(_plan("net revenue", "demo", "finance")).cube.time_dimensions == ()


def _overall(question: str, pack: str) -> tuple[Draft, list[DraftQuery]]:
    plan = _plan(question, pack, None)
    return plan, [q for q in plan.queries if q.series == "overall"]


@pytest.mark.parametrize(
    ("question", "pack", "range_", "cut"),
    [
        ("occupancy by month of the 2 best hotels in 2025", "hotels", ("2025-01-01", "2025-12-31"), "Stays.hotel"),
        (
            "punctuality by quarter for the top 3 lines in FY25",
            "transit",
            ("2024-05-01", "2025-04-30"),
            "Departures.line",
        ),
        ("room inventory by month for the top 3 hotels in 2025", "hotels", ("2025-12-31", "2025-12-31"), None),
        ("fleet size by month for the top 2 depots last month", "transit", ("2026-01-31", "2026-01-31"), None),
    ],
)
def test_what_comes_first_is_asked_for_of_the_whole_period_where_it_does_not_add_up(
    question: str, pack: str, range_: tuple[str, str], cut: str | None
) -> None:
    plan, (query,) = _overall(question, pack)
    (time,) = query.cube.time_dimensions
    assert (time.date_range, time.granularity, query.last_of, query.sum_of) == (range_, None, None, None)
    assert cut is None or query.cube.dimensions == (cut,)
    assert query.cube.order == ((query.cube.measures[0], "desc"),)
    assert plan.computations[-1].expression.startswith("rank(overall of each ")


def test_a_level_that_is_kept_by_month_comes_first_by_its_last_one() -> None:
    _, (query,) = _overall("employees by month for the top 3 hotels this year", "hotels")
    assert (query.last_of, query.cube.time_dimensions[0].date_range) == ("all", ("2026-01-01", "2026-02-10"))


def test_groups_of_several_values_come_first_by_what_each_has_in_all() -> None:
    plan = _plan("length of stay by month for the top 2 ward groups in 2025")
    overall = [q for q in plan.queries if q.series == "overall"]
    assert {(q.id, q.cube.dimensions) for q in overall} == {("overall:internal", ()), ("overall:critical", ())}


def test_what_adds_up_comes_first_by_its_rows_alone() -> None:
    plan, overall = _overall("room revenue by month of the top 3 hotels in 2025", "hotels")
    assert not overall and plan.computations[-1].expression == "rank(sum(room_revenue) of each hotel desc)"


def test_what_is_known_of_no_longer_time_than_it_is_kept_by_puts_nothing_first() -> None:
    found = understand("monthly active users by month for the top 3 countries in 2025", catalogue("studio"))
    told = ["countries (Monthly active users is not known of a longer time)"]
    assert [u.mention for u in found.selection.unresolved] == told
    _, (query,) = _overall("monthly active users by title for the top 3 countries in January 2026", "studio")
    assert query.cube.dimensions == ("Activity.country",)


def test_fiscal_units_that_the_layer_lacks_have_no_course_without_a_period() -> None:
    assert _plan("punctuality by quarter for the top 3 lines", "transit").problems


def test_a_row_filter_limits_what_comes_first_too() -> None:
    plan = _plan("length of stay by month for the top 2 wards in 2025")
    limited = authorised(plan, [RowFilter(dimension="site", values=("N",))], catalogue("hospital"), None)
    assert {q.series for q in limited.queries} == {"actual", "overall"}
    assert all(("Stays.site", "equals", ("N",)) in _filters(q) for q in limited.queries)


@pytest.mark.parametrize(
    ("question", "granularity", "rule"),
    [
        ("daily shop visitors for the past 30 days", "day", "30 days ending yesterday, day by day"),
        ("weekly honey yield since October", "week", "since October 2025, until today, week by week"),
        ("MAK for the past 12 months", "month", "last 12 complete months, month by month"),
        ("annual winter losses over the last 5 years", "year", "last 5 complete years, year by year"),
        ("daily shop visitors last month", None, "last complete month"),
        ("average daily shop visitors for the past 30 days", None, "30 days ending yesterday"),
    ],
)
def test_what_is_called_after_a_unit_is_told_unit_by_unit(question: str, granularity: str | None, rule: str) -> None:
    found = understand(question, catalogue("apiary"))
    assert found.plan is not None and found.selection.concepts.period is not None
    assert found.plan.queries[0].cube.time_dimensions[0].granularity == granularity
    assert found.selection.concepts.period.rule == rule
