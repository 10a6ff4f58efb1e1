"""Periods that are not over, lie ahead or begin before the data do are answered with a warning."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from ecp.domain.answer import ResolvedComparison, ResolvedConcepts, ResolvedPeriod, Warning_
from ecp.domain.calendar import Calendar
from ecp.domain.confidence import factors, score
from ecp.domain.intent import read_intent
from ecp.domain.periods import resolve_periods
from ecp.domain.time import TimeConventions
from ecp.domain.timeliness import time_warnings

_TODAY = date(2026, 2, 10)
_APRIL = Calendar(fiscal_start_month=4, named_for="end")


def _concepts(text: str) -> ResolvedConcepts:
    found = resolve_periods(text, read_intent(text).times, _APRIL, TimeConventions(), _TODAY)
    assert not found.unresolved
    return ResolvedConcepts(period=found.period, comparisons=found.comparisons)


def _warned(text: str) -> list[tuple[str, str]]:
    found = time_warnings(_concepts(text), _TODAY, data_from=date(2018, 1, 1))
    assert all(w.source == "time" for w in found)
    return [(w.id, w.severity) for w in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("orders last quarter", []),
        ("orders YTD", []),
        ("orders this quarter to date vs last quarter", []),
        ("orders since January 2021", []),
        ("orders as of today", []),
        ("orders until June 2024", [("before_data", "medium")]),
        ("orders this quarter", [("unfinished_period", "low")]),
        ("orders this quarter vs last quarter", [("unfinished_period", "medium")]),
        ("orders last quarter vs this quarter", [("unfinished_period", "medium")]),
        ("orders FY26 vs FY25", [("unfinished_period", "medium")]),
        ("orders next month", [("future_period", "medium")]),
        ("orders in 2030", [("future_period", "medium")]),
        ("orders last month vs next month", [("future_period", "medium")]),
        ("orders in 2015", [("before_data", "high")]),
        ("orders from 2017 to 2019", [("before_data", "medium")]),
    ],
)
def test_a_period_the_data_cannot_fill_is_warned_of(text: str, expected: list[tuple[str, str]]) -> None:
    assert _warned(text) == expected


def test_a_partial_period_beside_a_whole_one_says_how_much_there_is_and_what_to_ask() -> None:
    (found,) = time_warnings(_concepts("orders this quarter vs last quarter"), _TODAY)
    assert "41 of its 90 days" in found.message and "Q3 FY2026" in found.message
    assert "quarter to date" in found.workaround


@pytest.mark.parametrize(("text", "severity"), [("orders this quarter", "medium"), ("orders last quarter", None)])
def test_what_is_held_against_all_of_its_target_before_it_is_over_says_so(text: str, severity: str | None) -> None:
    target = ResolvedComparison(kind="target", metric="plan", period=None, mention="vs plan")
    concepts = _concepts(text).model_copy(update={"comparisons": (target,)})
    told = time_warnings(concepts, _TODAY)
    assert [w.severity for w in told] == ([severity] if severity else [])
    assert all("held against all of its target" in w.message for w in told)


def test_such_a_warning_lowers_the_confidence_more_the_graver_it_is() -> None:
    asked = ("last quarter", "this quarter", "this quarter vs last quarter", "in 2015")
    worth = [_confidence(time_warnings(_concepts(text), _TODAY, date(2018, 1, 1)), text) for text in asked]
    assert worth[0] == 1.0 and all(sooner > later for sooner, later in pairwise(worth))


def _confidence(warnings: tuple[Warning_, ...], text: str) -> float:
    return score(factors(_concepts(text), warnings, (), asked_stores=(), plan_checked=True))


def test_where_the_data_begin_is_known_an_open_period_begins_there() -> None:
    conventions = TimeConventions(earliest_day=date(2018, 4, 1))
    found = resolve_periods("until June 2024", read_intent("until June 2024").times, _APRIL, conventions, _TODAY)
    assert found.period and (found.period.start, found.period.end) == (date(2018, 4, 1), date(2024, 6, 30))


def test_last_calendar_year_beside_a_fiscal_one_is_a_period_of_its_own() -> None:
    (other,) = _concepts("orders FY26 vs last calendar year").comparisons
    assert isinstance(other, ResolvedComparison) and isinstance(other.period, ResolvedPeriod)
    assert (other.kind, other.period.start) == ("period", date(2025, 1, 1))
