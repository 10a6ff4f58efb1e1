"""From the layer's rows to the answer's table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ecp.domain.answer import Results, Validation
from ecp.domain.assets import ValidationRule
from ecp.domain.catalogue import Catalogue
from ecp.domain.places import number
from ecp.domain.plan import DraftQuery
from ecp.domain.plan.planning import ROWS_AT_MOST
from ecp.domain.results import assemble
from ecp.domain.semantic import Column, QueryResult
from ecp.domain.validation import validate, with_checks
from tests.support.reading import TODAY, catalogue, pack, understand

HOSPITAL = catalogue("hospital")
Rows = dict[str, list[list[Any]]]


def _names(query: DraftQuery) -> list[str]:
    times = [f"{t.dimension}.{t.granularity}" for t in query.cube.time_dimensions if t.granularity]
    return [*query.cube.dimensions, *times, *query.cube.measures]


def _assembled(question: str, rows: Rows, known: Catalogue = HOSPITAL, as_of: date | None = None) -> Results:
    understood = understand(question, known, "controlling")
    assert understood.plan is not None and not understood.plan.problems
    results = {
        q.id: QueryResult(
            columns=tuple(Column(name=n, type="string") for n in _names(q)),
            rows=tuple(map(tuple, rows.get(q.id, []))),
            as_of="2026-02-09",
        )
        for q in understood.plan.queries
    }
    return assemble(understood.plan, results, understood.selection.concepts, known, as_of)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (Decimal("10"), 10),
        (Decimal("10.50"), 10.5),
        ("12", 12),
        (3, 3),
        (None, None),
        (True, None),
        (Decimal("NaN"), None),
        (Decimal("Infinity"), None),
        (Decimal("1E+3"), 1000),
    ],
)
def test_numbers_are_json_numbers(raw: Any, shown: Any) -> None:
    found = number(raw)
    assert found == shown and type(found) is type(shown)


def test_one_row_has_its_variance_beside_it() -> None:
    found = _assembled(
        "admissions vs planned admissions in March 2025", {"actual": [[Decimal(110)]], "target": [[Decimal(100)]]}
    )
    assert [c.name for c in found.columns] == ["admissions", "planned_admissions"]
    assert found.rows == ((110, 100),)
    assert found.computed == {"variance": 10, "variance_pct": 10.0}
    assert found.as_of_data == "2026-02-09"


@pytest.mark.parametrize(("actual", "target"), [(None, 100), (100, None)])
def test_a_missing_side_has_no_variance(actual: int | None, target: int | None) -> None:
    found = _assembled("admissions vs planned admissions in March 2025", {"actual": [[actual]], "target": [[target]]})
    assert found.computed == {"variance": None, "variance_pct": None}


def test_nothing_to_compare_with_has_no_percentage_and_a_negative_base_keeps_the_sign() -> None:
    question = "admissions vs planned admissions in March 2025"
    assert _assembled(question, {"actual": [[5]], "target": [[0]]}).computed == {"variance": 5, "variance_pct": None}
    assert _assembled(question, {"actual": [[-5]], "target": [[-10]]}).computed == {"variance": 5, "variance_pct": 50.0}


def test_decimals_are_subtracted_exactly() -> None:
    found = _assembled(
        "admissions vs planned admissions in March 2025", {"actual": [[Decimal("0.3")]], "target": [[Decimal("0.1")]]}
    )
    assert found.computed["variance"] == 0.2


def test_several_rows_have_computed_columns_and_keep_groups_that_one_side_lacks() -> None:
    found = _assembled(
        "admissions vs planned admissions by ward in March 2025",
        {"actual": [["W1", 10], ["W2", 20]], "target": [["W2", 10], ["W3", 5]]},
    )
    assert [c.name for c in found.columns] == ["ward", "admissions", "planned_admissions", "variance", "variance_pct"]
    assert found.rows == (("W1", 10, None, None, None), ("W2", 20, 10, 10, 100.0), ("W3", None, 5, None, None))
    assert found.computed == {}


def test_a_ranking_is_in_order_within_its_limit_whatever_the_other_series_holds() -> None:
    found = _assembled(
        "top 2 wards by admissions in 2025 vs 2024",
        {"actual": [["W1", 10], ["W2", 30], ["W3", 20]], "previous": [["W4", 99], ["W3", 10]]},
    )
    assert [row[:3] for row in found.rows] == [("W2", 30, None), ("W3", 20, 10)]


def test_a_ranking_by_growth_is_in_the_order_of_growth_and_cut_short_only_then() -> None:
    question = "which 2 wards had the highest growth in admissions in 2025"
    plan = understand(question, HOSPITAL, "controlling").plan
    assert plan is not None and all(q.cube.limit != 2 and not q.cube.order for q in plan.queries)
    rows = {q.id: [["A", 900], ["B", 20], ["C", 60]] for q in plan.queries if q.base is None}
    rows |= {q.id: [["A", 880], ["B", 10], ["C", 50]] for q in plan.queries if q.base}
    table = _assembled(question, rows)
    assert [r[0] for r in table.rows] == ["B", "C"]
    fallen = _assembled(
        "which ward had the largest drop in admissions in 2025", {**rows, "actual": [["A", 870], ["B", 9]]}
    )
    assert [r[0] for r in fallen.rows] == ["A"]


def test_the_month_with_the_most_is_the_first_of_all_months() -> None:
    question = "which month had the most admissions in 2025"
    table = _assembled(question, {"actual": [["2025-01-01", 3], ["2025-02-01", 9], ["2025-03-01", 5]]})
    assert [r[0] for r in table.rows] == ["2025-02-01"]


def test_a_bound_leaves_groups_out_of_every_column() -> None:
    found = _assembled(
        "admissions over 15 by ward in 2025 vs 2024",
        {"actual": [["W2", 20]], "previous": [["W1", 99], ["W2", 10]]},
    )
    assert [row[0] for row in found.rows] == ["W2"]


def test_groups_that_were_asked_for_one_by_one_are_one_table() -> None:
    found = _assembled("admissions by ward group in 2025", {"actual:critical": [[7]], "actual:internal": [[9]]})
    assert found.rows == (("Critical wards", 7), ("Internal medicine", 9))


@pytest.mark.parametrize(
    ("question", "asked", "compared"),
    [
        ("admissions by month in 2025 vs 2024", "2025-03-01", "2024-03-01"),
        ("admissions by quarter in 2025 vs 2024", "2025-04-01", "2024-04-01"),
        ("admissions by month in Q1 2025 vs Q4 2024", "2025-02-01", "2024-11-01"),
        ("admissions by day in February 2025 vs January 2025", "2025-02-03", "2025-01-03"),
    ],
)
def test_the_buckets_of_two_periods_stand_side_by_side(question: str, asked: str, compared: str) -> None:
    found = _assembled(question, {"actual": [[asked, 10]], "previous": [[compared, 8]]})
    assert found.rows == ((asked, 10, 8),)


def test_a_trend_is_in_the_order_of_time() -> None:
    found = _assembled(
        "admissions by month in 2025 vs 2024",
        {"actual": [["2025-03-01", 1]], "previous": [["2024-01-01", 2], ["2024-03-01", 3]]},
    )
    assert [row[0] for row in found.rows] == ["2025-01-01", "2025-03-01"]


def test_each_metric_is_compared_with_its_own() -> None:
    found = _assembled(
        "admissions and length of stay in March 2025 vs March 2024",
        {"actual": [[10]], "actual_2": [[4]], "previous": [[8]], "previous_of_length_of_stay": [[5]]},
    )
    assert found.computed == {"variance": 2, "variance_pct": 25.0, "variance_2": -1, "variance_pct_2": -20.0}


def _checked(rule: dict[str, Any], question: str, rows: Rows) -> bool:
    asset = ValidationRule.model_validate({"kind": "validation_rule", "id": "vr", **rule})
    understood = understand(question, HOSPITAL, "controlling")
    assert understood.plan is not None
    known = Catalogue.of("1", [*pack("hospital"), asset])
    (check,) = validate(_assembled(question, rows), understood.plan, understood.selection.concepts, known)
    return check.passed


@pytest.mark.parametrize(
    ("rule", "value", "passed"),
    [
        ({"rule": "non_negative"}, 0, True),
        ({"rule": "non_negative"}, -1, False),
        ({"rule": "non_negative"}, None, True),
        ({"rule": "not_empty"}, None, False),
        ({"rule": "not_empty"}, 1, True),
        ({"rule": "bounds", "minimum": 1, "maximum": 10}, 11, False),
        ({"rule": "bounds", "minimum": 1, "maximum": 10}, 10, True),
        ({"rule": "bounds", "maximum": 10, "metrics": ["admissions"]}, 11, False),
    ],
)
def test_rules_are_applied_to_the_numbers(rule: dict[str, Any], value: int | None, passed: bool) -> None:
    assert _checked(rule, "admissions in 2025", {"actual": [[value]]}) is passed


@pytest.mark.parametrize(("question", "told"), [("headcount in 2017", False), ("headcount in 2018", True)])
def test_what_lies_before_the_data_is_no_fault_of_theirs(question: str, told: bool) -> None:
    """That there are none is said by itself."""
    demo = catalogue("demo")
    understood = understand(question, demo, "finance")
    assert understood.plan is not None
    table = _assembled(question, {"actual": [[None]]}, demo)
    checks = validate(table, understood.plan, understood.selection.concepts, demo, TODAY)
    assert any(not c.passed for c in checks if c.rule == "vr_headcount_not_empty") is told


def test_a_variance_is_checked_in_percent() -> None:
    rule = {"rule": "variance", "minimum": -50, "maximum": 50}
    question = "admissions vs planned admissions in March 2025"
    assert _checked(rule, question, {"actual": [[110]], "target": [[100]]})
    assert not _checked(rule, question, {"actual": [[160]], "target": [[100]]})


@pytest.mark.parametrize("period", ["this month so far", "this year to date"])
def test_a_variance_that_is_not_told_breaks_no_rule(period: str) -> None:
    found = _variance(f"admissions vs planned admissions {period}", {"actual": [[30]], "target": [[100]]})
    assert found.passed and not found.note


def test_what_nobody_expects_to_be_near_each_other_may_be_far_apart() -> None:
    rule = {"rule": "variance", "minimum": -50, "maximum": 50}
    assert _checked(rule, "admissions in March 2025 vs January 2019", {"actual": [[900]], "previous": [[100]]})
    near = "admissions in March 2025 compared to the same month last year"
    assert not _checked(rule, near, {"actual": [[900]], "previous": [[100]]})


def _variance(question: str, rows: Rows, as_of: date = TODAY, known: Catalogue = HOSPITAL) -> Validation:
    rule = ValidationRule(kind="validation_rule", id="vr", rule="variance", minimum=-50, maximum=50, note="Far.")
    understood = understand(question, known, "controlling")
    assert understood.plan is not None and not understood.plan.problems
    assets = Catalogue.of("1", [*known.assets.values(), rule])
    table = _assembled(question, rows, known, as_of)
    (check,) = validate(table, understood.plan, understood.selection.concepts, assets, as_of)
    return check


def test_a_bound_on_changes_says_where_it_was_not_applied() -> None:
    apart = _variance("admissions in March 2025 vs January 2019", {"actual": [[900]], "previous": [[100]]})
    assert apart.passed and apart.note.startswith("Not applied")
    near = _variance("admissions vs planned admissions in March 2025", {"actual": [[110]], "target": [[100]]})
    assert near.passed and not near.note


@pytest.mark.parametrize(
    ("question", "other", "as_of", "over"),
    [
        ("admissions vs planned admissions in January 2026", "target", date(2026, 2, 10), True),
        ("admissions vs planned admissions in February 2026", "target", date(2026, 2, 10), False),
        ("admissions vs planned admissions in February 2026", "target", date(2026, 2, 28), True),
        ("admissions vs planned admissions this quarter", "target", date(2026, 2, 10), False),
        ("admissions vs planned admissions", "target", date(2026, 2, 10), False),
        ("admissions this year to date vs the same period last year", "previous", date(2026, 2, 10), True),
        ("admissions this quarter vs the same quarter last year", "previous", date(2026, 2, 10), False),
        ("admissions last month compared to the same month last year", "previous", date(2026, 2, 10), True),
    ],
)
def test_a_variance_of_what_is_not_over_breaks_no_rule(question: str, other: str, as_of: date, over: bool) -> None:
    near, far = ({"actual": [[v]], other: [[100]]} for v in (90, 30))
    assert _variance(question, near, as_of).passed
    found = _variance(question, far, as_of)
    told = "Far." if over else "Not applied to this period, as it is not over on 10 February 2026."
    assert (found.passed, found.note) == (not over, told)


def test_only_the_units_of_a_course_that_are_over_break_a_rule() -> None:
    question = "admissions by month from December 2025 to February 2026 vs planned admissions"
    target = [["2025-12-01", 100], ["2026-01-01", 100], ["2026-02-01", 100]]
    skipped = "Not applied to the units of time that are not over on 10 February 2026."
    for january, note in ((90, skipped), (20, f"Far. {skipped}")):
        actual = [["2025-12-01", 95], ["2026-01-01", january], ["2026-02-01", 30]]
        found = _variance(question, {"actual": actual, "target": target})
        assert (found.passed, found.note) == (january == 90, note)
    assert _variance(question, {"actual": target, "target": target}, date(2026, 3, 1)).note == ""


def test_a_rule_is_told_of_what_was_not_measured_by_nothing() -> None:
    missing: Rows = {"actual": [], "target": [[100]]}
    assert _variance("admissions vs planned admissions in February 2026", missing).note == ""


def test_a_variance_is_that_of_the_metric_the_rule_speaks_of() -> None:
    question = "admissions and length of stay in March 2025 compared to the same month last year"
    rows = {"actual": [[10]], "actual_2": [[40]], "previous": [[9]], "previous_of_length_of_stay": [[5]]}
    rule = {"rule": "variance", "maximum": 50}
    assert _checked({**rule, "metrics": ["admissions"]}, question, rows)
    assert not _checked({**rule, "metrics": ["length_of_stay"]}, question, rows)


def test_what_a_metric_is_compared_with_is_checked_as_well() -> None:
    rule = {"rule": "non_negative", "metrics": ["planned_admissions"]}
    question = "admissions vs planned admissions in March 2025"
    assert not _checked(rule, question, {"actual": [[110]], "target": [[-1]]})
    assert not _checked({"rule": "non_negative"}, "admissions in March 2025 vs March 2024", {"previous": [[-1]]})


@pytest.mark.parametrize(
    ("day", "rule", "passed"),
    [
        ("2025-02-01T00:00:00.000", {}, True),
        ("2025-12-01", {}, True),
        ("2024-12-01", {}, False),
        ("2026-01-01", {}, False),
        (None, {}, False),
        ("0000-00-00", {}, False),
        ("2025-02-30", {}, False),
        ("2025-02-01", {"minimum": 2026}, False),
        ("2025-02-01", {"minimum": 2025, "maximum": 2025}, True),
    ],
)
def test_a_date_of_the_table_is_a_day_that_was_asked_for(day: str | None, rule: dict[str, Any], passed: bool) -> None:
    rows = {"actual": [["2025-01-01", 5], [day, 7]]}
    assert _checked({"rule": "valid_dates", **rule}, "admissions by month in 2025", rows) is passed


def test_the_first_bucket_may_begin_before_the_period_does() -> None:
    question = "admissions by month from 15 January 2025 to 20 March 2025"
    assert _checked({"rule": "valid_dates"}, question, {"actual": [["2025-01-01", 5], ["2025-03-01", 5]]})


def test_without_dates_in_the_table_there_is_none_to_be_wrong() -> None:
    assert _checked({"rule": "valid_dates"}, "admissions in 2025", {"actual": [[5]]})


@pytest.mark.parametrize(("severity", "rows"), [("warning", ((7,),)), ("error", ())])
def test_numbers_that_cannot_be_right_are_not_shown(severity: str, rows: tuple[Any, ...]) -> None:
    table = _assembled("admissions in 2025", {"actual": [[7]]})
    shown = with_checks(table, (Validation(rule="vr", passed=False, severity=severity, note="no"),))
    assert shown.rows == rows and [v.rule for v in shown.validation] == ["vr"]
    assert with_checks(table, (Validation(rule="vr", passed=True, severity=severity),)).rows == ((7,),)


def test_a_variance_that_cannot_be_right_is_not_shown_either() -> None:
    table = _assembled("admissions vs planned admissions in March 2025", {"actual": [[7]], "target": [[1]]})
    assert table.computed
    assert with_checks(table, (Validation(rule="vr", passed=False, severity="error"),)).computed == {}


def test_of_a_stock_the_last_value_of_each_bucket_is_shown() -> None:
    rows = [["2025-01-30", 5], ["2025-01-31", 7], ["2025-02-01", 1], ["2025-02-28", None], ["2025-01-02", 9]]
    found = _assembled("occupied beds by month in 2025", {"actual": rows})
    assert found.rows == (("2025-01-01", 7), ("2025-02-01", None))


def test_the_buckets_of_a_stock_stand_side_by_side_too() -> None:
    rows = {"actual": [["2025-03-31", 5]], "previous": [["2024-03-31", 4], ["2024-03-30", 9]]}
    assert _assembled("occupied beds by month in 2025 vs 2024", rows).rows == (("2025-03-01", 5, 4),)


def test_a_flow_is_added_up_to_the_quarters_of_a_fiscal_year_that_the_layer_does_not_have() -> None:
    months = ["2024-11-01", "2024-12-01", "2025-01-01", "2025-02-01", "2025-10-01"]
    rows = [[m, v] for m, v in zip(months, (1, 2.5, None, 4, 8), strict=True)]
    found = _assembled("originations by quarter in FY2025", {"actual": rows}, catalogue("bank"))
    assert found.rows == (("2024-11-01", 3.5), ("2025-02-01", 4), ("2025-08-01", 8))


def test_fiscal_quarters_of_two_years_stand_side_by_side() -> None:
    rows = {"actual": [["2025-01-01", 5], ["2024-11-01", 1]], "previous": [["2023-12-01", 4], ["2024-01-01", 2]]}
    found = _assembled("originations by quarter in FY2025 vs FY2024", rows, catalogue("bank"))
    assert found.rows[0][:3] == ("2024-11-01", 6, 6)


def test_of_a_stock_the_last_value_of_each_fiscal_quarter_is_shown() -> None:
    rows = [["2025-01-31", 7], ["2024-12-31", 5], ["2025-02-01", 1]]
    found = _assembled("deposits by quarter in FY2025", {"actual": rows}, catalogue("bank"))
    assert found.rows == (("2024-11-01", 7), ("2025-02-01", 1))


@pytest.mark.parametrize(
    "question",
    ["delinquency rate by quarter in FY2025", "quarterly originations over 5 million by province in FY2025"],
)
def test_what_cannot_be_added_up_is_asked_for_fiscal_quarter_by_fiscal_quarter(question: str) -> None:
    found = understand(question, catalogue("bank"))
    assert found.status == "complete" and found.plan is not None
    ranges = [q.cube.time_dimensions[0].date_range for q in found.plan.queries]
    assert ranges[0] == ("2024-11-01", "2025-01-31") and len(ranges) == 4
    assert all(q.folded is None and q.cube.time_dimensions[0].granularity is None for q in found.plan.queries)


@pytest.mark.parametrize(
    "question", ["delinquency rate by quarter", "quarterly originations over 5 million by province"]
)
def test_without_a_period_they_are_not_cut_into_fiscal_quarters(question: str) -> None:
    assert understand(question, catalogue("bank")).status == "unresolved"


def test_the_metric_that_is_the_most_decides_also_where_another_was_asked_for_first() -> None:
    question = "length of stay of the ward with the most admissions in 2025"
    plan = understand(question, HOSPITAL, "controlling").plan
    assert plan is not None
    assert {q.series: q.cube.limit for q in plan.queries} == {"actual": ROWS_AT_MOST, "actual_2": 1 + 1}
    found = _assembled(question, {"actual": [["W1", 9], ["W2", 4]], "actual_2": [["W2", 30], ["W1", 10]]})
    assert found.rows == (("W2", 4, 30),)


@pytest.mark.parametrize(
    ("question", "rows", "shown"),
    [
        ("the ward with the fewest admissions in 2025", [[None, 2], ["W1", 9]], [("W1", 9)]),
        ("the ward with the fewest admissions in 2025", [["W1", 9], [None, 20]], [("W1", 9)]),
        ("the ward with the fewest admissions in 2025", [["W1", 9], ["W2", 20]], [("W1", 9)]),
        ("top 2 wards by admissions in 2025", [["W1", 9], [None, 8], ["W2", 7]], [("W1", 9), ("W2", 7)]),
        ("the second highest ward by admissions in 2025", [["W1", 9], [None, 8], ["W2", 7]], [("W2", 7, 2)]),
        ("wards with more than 5 admissions in 2025", [["W1", 9], [None, 8], ["W2", 7]], [("W1", 9), ("W2", 7)]),
        ("wards with less than 5 admissions in 2025", [[None, 2]], []),
        ("admissions by ward in 2025, lowest first", [[None, 2], ["W1", 9]], [("W1", 9), (None, 2)]),
        ("admissions by ward in 2025, highest first", [[None, 9], ["W1", 2]], [("W1", 2), (None, 9)]),
        ("admissions by ward in 2025", [[None, 9], ["W1", 2]], [(None, 9), ("W1", 2)]),
    ],
)
def test_what_belongs_to_no_group_is_part_of_the_whole_and_none_of_them(
    question: str, rows: list[list[Any]], shown: list[tuple[Any, ...]]
) -> None:
    assert list(_assembled(question, {"actual": rows}).rows) == shown


def test_a_rate_that_is_not_known_takes_no_place_among_the_first() -> None:
    question = "top 2 wards by length of stay in 2025"
    plan = understand(question, HOSPITAL, "controlling").plan
    assert plan is not None and [q.cube.limit for q in plan.queries] == [ROWS_AT_MOST]
    rows = [["W1", None], [None, 9], ["W2", 5], ["W3", 4], ["W4", 3]]
    assert _assembled(question, {"actual": rows}).rows == (("W2", 5), ("W3", 4))


def test_a_unit_that_is_not_over_is_held_against_all_of_its_target() -> None:
    plan = understand("admissions by month this year vs planned admissions", HOSPITAL, "controlling").plan
    assert plan is not None
    assert "February 2026 is not over: 10 of its 28 days are held against a whole month" in plan.gaps


def test_what_belongs_to_no_group_is_told_with_what_it_holds_where_it_is_left_out() -> None:
    def told(question: str, *rows: list[Any]) -> list[str]:
        return [v.note for v in _assembled(question, {"actual": list(rows)}).validation]

    fewest = "the ward with the fewest admissions in 2025"
    note = "what belongs to no Ward (Admissions: 1,234.5 cases) is left out, as it is none of them"
    assert told(fewest, [None, 1234.5], ["W1", 2000]) == [note]
    assert told(fewest, ["W1", 9], ["W2", 20]) == []
    assert told("admissions by ward in 2025, lowest first", [None, 2], ["W1", 9]) == []
    rows = [[None, "2025-01-01", 7], [None, "2025-02-01", 8], ["W1", "2025-01-01", 1]]
    assert told("the ward with the fewest admissions per month in 2025", *rows) == [
        "what belongs to no Ward (Admissions: 15 cases) is left out, as it is none of them"
    ]


def test_what_a_share_is_of_holds_what_belongs_to_no_group() -> None:
    rows: Rows = {"actual": [[None, 10], ["W1", 30], ["W2", 60]], "whole": [[100]]}
    found = _assembled("the ward with the fewest admissions in 2025 and its share", rows)
    assert found.rows == (("W1", 30, 100),) and found.computed["share_pct"] == 30


def test_what_is_left_out_is_not_told_where_the_numbers_are_withheld() -> None:
    table = _assembled("the ward with the fewest admissions in 2025", {"actual": [[None, 2], ["W1", 9]]})
    assert table.validation
    checks = (*table.validation, Validation(rule="vr", passed=False, severity="error"))
    assert [v.rule for v in with_checks(table, checks).validation] == ["vr"]


def _kept_by_month(metric_id: str) -> Catalogue:
    assets = (a.model_copy(update={"grain": "month"}) if a.id == metric_id else a for a in pack("hospital"))
    return Catalogue.of("1", assets)


def test_a_level_that_is_kept_by_month_is_the_last_one_kept_while_the_month_is_not_over() -> None:
    monthly = _kept_by_month("occupied_beds")
    (query,) = understand("occupied beds by ward", monthly, "controlling").plan.queries  # type: ignore[union-attr]
    (time,) = query.cube.time_dimensions
    assert (time.date_range, time.granularity) == (("2026-01-01", "2026-02-10"), "month")
    rows = [["W1", "2026-01-01T00:00:00", 7], ["W2", "2026-01-01T00:00:00", 8]]
    assert _assembled("occupied beds by ward", {"actual": rows}, monthly).rows == (("W1", 7), ("W2", 8))
    begun = [*rows, ["W1", "2026-02-01T00:00:00", 9]]
    assert _assembled("occupied beds by ward", {"actual": begun}, monthly).rows == (("W1", 9),)
    assert _assembled("occupied beds by ward", {"actual": []}, monthly).rows == ()


def test_a_bound_on_a_level_of_a_month_that_is_not_over_holds_for_the_last_one_kept() -> None:
    monthly = _kept_by_month("occupied_beds")
    question = "which wards have more than 7 occupied beds"
    (query,) = understand(question, monthly, "controlling").plan.queries  # type: ignore[union-attr]
    assert query.cube.filters == ()
    rows = [["W1", "2026-01-01T00:00:00", 7], ["W2", "2026-01-01T00:00:00", 8]]
    assert _assembled(question, {"actual": rows}, monthly).rows == (("W2", 8),)
    counted = _assembled("how many wards have fewer than 8 occupied beds", {"actual": rows}, monthly)
    assert (counted.rows, counted.computed) == ((("W1", 7),), {"count": 1})


def test_a_level_of_a_month_that_is_over_is_that_months() -> None:
    (query,) = understand("occupied beds in January 2026", _kept_by_month("occupied_beds"), "controlling").plan.queries  # type: ignore[union-attr]
    (time,) = query.cube.time_dimensions
    assert (time.date_range, time.granularity) == (("2026-01-01", "2026-01-31"), None)


def test_groups_within_a_bound_are_counted() -> None:
    question = "how many wards had more than 10 admissions in 2025"
    plan = understand(question, HOSPITAL, "controlling").plan
    assert plan is not None and [c.expression for c in plan.computations] == ["count(ward)"]
    found = _assembled(question, {"actual": [["W1", 20], ["W2", 15], [None, 12]]})
    assert [c.name for c in found.columns] == ["ward", "admissions"]
    assert found.computed == {"count": 2}
    assert _assembled(question, {"actual": []}).computed == {"count": 0}
    assert understand("how many wards are there", HOSPITAL, "controlling").status == "unresolved"
    assert understand("how many wards and sites had more than 10 admissions", HOSPITAL).status == "unresolved"


def test_units_of_time_within_a_bound_are_counted() -> None:
    question = "in how many months were there more than 10 admissions in 2025"
    plan = understand(question, HOSPITAL, "controlling").plan
    assert plan is not None and [c.expression for c in plan.computations] == ["count(Stays.admitted_on)"]
    rows = [["2025-01-01T00:00:00", 20], ["2025-03-01T00:00:00", 15]]
    assert _assembled(question, {"actual": rows}).computed == {"count": 2}
    assert _assembled(question, {"actual": []}).computed == {"count": 0}


@pytest.mark.parametrize(
    "question",
    [
        "how many months until there are more than 10 admissions",
        "for how many months were there more than 10 admissions",
        "in how many months were there admissions",
        "in how many months did each ward have more than 10 admissions in 2025",
        "how many wards had more than 10 admissions by month in 2025",
    ],
)
def test_a_length_of_time_and_groups_of_two_kinds_are_not_counted(question: str) -> None:
    assert understand(question, HOSPITAL, "controlling").status == "unresolved"


def test_months_that_have_not_begun_are_left_out_of_a_comparison_of_each_with_the_one_before() -> None:
    before = [[f"{month}-01T00:00:00.000", 10] for month in ("2025-12", "2026-01", "2026-02")]
    rows = {"actual": [["2026-01-01T00:00:00.000", 12], ["2026-02-01T00:00:00.000", 4]], "previous": before}
    table = _assembled("month over month growth of bookings in 2026", rows, catalogue("airline"), as_of=TODAY)
    assert [(row[0][:7], *row[1:3]) for row in table.rows] == [("2026-01", 12, 10), ("2026-02", 4, 10)]


def test_what_is_known_of_a_month_to_come_is_shown() -> None:
    beside = [[f"2025-{month:02}-01T00:00:00.000", 10] for month in (2, 3, 4)]
    rows = {"actual": [["2026-02-01T00:00:00.000", 4], ["2026-04-01T00:00:00.000", 1]], "previous": beside}
    table = _assembled("bookings by month this year vs last year", rows, catalogue("airline"), as_of=TODAY)
    assert [row[0][:7] for row in table.rows] == ["2026-02", "2026-04"]
    planned = {"actual": [["2026-01-01T00:00:00.000", 4]], "target": [["2026-03-01T00:00:00.000", 5]]}
    table = _assembled(
        "revenue budget vs billed revenue by month this year", planned, catalogue("utility"), as_of=TODAY
    )
    assert [row[0][:7] for row in table.rows] == ["2026-01", "2026-03"]


def test_the_month_that_is_not_over_is_told_where_each_is_held_against_another_one() -> None:
    plan = understand("month over month growth of bookings in 2026", catalogue("airline")).plan
    assert plan is not None
    assert plan.gaps == ("February 2026 is not over: no change against a whole month is told of 10 of its 28 days",)
    for question in ("bookings by month in 2026", "month over month growth of crew headcount in 2026"):
        other = understand(question, catalogue("airline")).plan
        assert other is not None and not other.gaps


def test_a_ranking_by_a_share_is_in_the_order_of_the_shares() -> None:
    question = "top 2 brands by direct share of room nights in 2025"
    actual = [["Halden", 60], ["Costa", 90], ["Juniper", 10]]
    whole = [["Halden", 100], ["Costa", 300], ["Juniper", 20]]
    results = _assembled(question, {"actual": actual, "whole": whole}, catalogue("hotels"))
    shares = next(i for i, c in enumerate(results.columns) if c.name == "share_pct")
    assert [(row[0], row[shares]) for row in results.rows] == [("Halden", 60.0), ("Juniper", 50.0)]


@pytest.mark.parametrize(
    ("question", "pack_name", "asked", "compared", "more"),
    [
        ("daily admissions in 2025 vs 2024", "hospital", "2025-12-31", "2024-12-30", "2024-12-31"),
        ("daily admissions in Q1 2025 vs Q1 2024", "hospital", "2025-03-31", "2024-03-30", "2024-03-31"),
        ("daily admissions in February 2025 vs January 2025", "hospital", "2025-02-28", "2025-01-28", "2025-01-31"),
        ("admissions by month in Q1 2025 vs H1 2024", "hospital", "2025-03-01", "2024-03-01", "2024-04-01"),
        ("daily occupied beds in Q1 2025 vs Q1 2024", "hospital", "2025-03-31", "2024-03-30", "2024-03-31"),
        ("daily revenue in FY2025 vs FY2024", "emporium", "2025-12-31", "2024-12-30", "2024-12-31"),
    ],
)
def test_units_of_a_longer_compared_period_that_stand_beside_none_are_left_out(
    question: str, pack_name: str, asked: str, compared: str, more: str
) -> None:
    rows = {"actual": [[asked, 10]], "previous": [[compared, 8], [more, 99]]}
    found = _assembled(question, rows, catalogue(pack_name))
    assert found.rows == ((asked, 10, 8),) and found.computed == {"variance": 2, "variance_pct": 25.0}


def test_that_units_are_left_out_is_said_with_their_number() -> None:
    plan = understand("daily admissions in February 2025 vs January 2025", HOSPITAL, "controlling").plan
    assert plan is not None
    assert plan.gaps == ("of January 2025 the last 3 days stand beside no day of February 2025: left out",)
    for even in ("daily admissions in 2024 vs 2025", "daily admissions in July 2025 vs July 2024"):
        alike = understand(even, HOSPITAL, "controlling").plan
        assert alike is not None and alike.gaps == ()


def test_a_longer_compared_period_is_no_fault_of_the_data() -> None:
    rows = {"actual": [["2025-12-31", 10]], "previous": [["2024-12-30", 8], ["2024-12-31", 99]]}
    assert _checked({"rule": "valid_dates"}, "daily admissions in 2025 vs 2024", rows)
    rows["previous"] = [["2025-02-01", 8]]
    assert not _checked({"rule": "valid_dates"}, "daily admissions in 2025 vs 2024", rows)
    assert not _checked({"rule": "valid_dates"}, "daily admissions in 2025 vs 2024", {"actual": [["2026-01-01", 8]]})


@pytest.mark.parametrize(
    ("question", "pack_name"),
    [
        ("worst month for admissions since 2025", "hospital"),
        ("which month had the lowest admissions", "hospital"),
        ("months with admissions below 100 since 2025", "hospital"),
        ("which 3 months of this fiscal year had the fewest admissions", "hospital"),
        ("worst month by revenue since 2025", "emporium"),
        ("months with less than 100 bookings since 2025", "studio"),
    ],
)
def test_the_month_that_is_not_over_is_none_of_the_lowest(question: str, pack_name: str) -> None:
    known = catalogue(pack_name)
    rows = {"actual": [["2025-12-01", 50], ["2026-02-01", 4], ["2026-03-01", 1]]}
    found = _assembled(question, rows, known)
    assert [row[:2] for row in found.rows] == [("2025-12-01", 50)]
    plan = understand(question, known, "controlling").plan
    assert plan is not None and plan.unfinished == ""
    assert [g for g in plan.gaps if "over" in g] == ["February 2026 is not over and is left out, as are later ones"]


@pytest.mark.parametrize(
    "question",
    [
        "best month for admissions since 2025",
        "months with more than 3 admissions since 2025",
        "admissions by month since 2025",
        "worst month for admissions in 2025",
        "month with the lowest length of stay since 2025",
        "month with the fewest occupied beds since 2025",
        "month with the lowest planned admissions since 2025",
        "ward with the fewest admissions since 2025",
        "worst day for admissions since 2025",
        "ward with the lowest admissions in each month since 2025",
    ],
)
def test_it_is_kept_where_it_is_no_matter_that_it_is_not_over(question: str) -> None:
    found = understand(question, HOSPITAL, "controlling")
    assert found.status == "complete" and found.plan is not None
    assert found.plan.left_out is None and found.plan.unfinished == ""


@pytest.mark.parametrize(
    "question",
    [
        "best and worst month for admissions since 2025",
        "bottom 2 and top 2 months by admissions since 2025",
        "admissions by month since 2025 sorted ascending",
    ],
)
def test_in_a_list_from_the_lowest_up_and_where_both_ends_are_told_it_is_kept_and_named(question: str) -> None:
    plan = understand(question, HOSPITAL, "controlling").plan
    assert plan is not None and plan.left_out is None
    assert plan.unfinished == "February 2026 is not over and comes as low as its days so far"


def test_the_layer_cuts_nothing_short_where_a_unit_is_left_out_behind_it() -> None:
    plan = understand("worst month for admissions for each ward since 2025", HOSPITAL, "controlling").plan
    assert plan is not None and plan.left_out == "2026-02-01"
    assert not any(q.limited for q in plan.queries)


@pytest.mark.parametrize(("period", "variance"), [("ytd", None), ("last quarter", -4), ("this quarter", -4)])
def test_what_was_measured_up_to_a_day_varies_from_no_target_of_whole_units(period: str, variance: int | None) -> None:
    found = understand(f"net revenue {period} vs budget", catalogue("demo"), "finance")
    plan = found.plan
    assert found.status == "complete" and plan is not None
    rows = {"actual": Decimal(16), "target": Decimal(20)}
    told = {
        q.id: QueryResult(columns=(Column(name=q.cube.measures[0], type="number"),), rows=((rows[q.series],),))
        for q in plan.queries
    }
    table = assemble(plan, told, found.selection.concepts, catalogue("demo"), TODAY)
    assert table.rows == ((16, 20),) and table.computed["variance"] == variance
