"""Averages over units of time: of what adds up, in whole units that are over, and of nothing else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ecp.domain.averages import divisor
from ecp.domain.results import assemble
from ecp.domain.semantic import Column, QueryResult
from tests.support.reading import Understood, catalogue, understand

STUDIO = catalogue("studio")


def _asked(question: str) -> Understood:
    return understand(question, STUDIO)


def _computed(question: str) -> list[str]:
    found = _asked(question)
    assert found.status == "complete" and found.plan is not None
    return [c.expression for c in found.plan.computations]


@pytest.mark.parametrize(
    ("question", "expression"),
    [
        ("average bookings per month in 2025", "actual / 12"),
        ("average monthly bookings in 2025", "actual / 12"),
        ("monthly average of bookings in 2025", "actual / 12"),
        ("bookings per month on average in 2025", "actual / 12"),
        ("mean bookings for each quarter in 2025", "actual / 4"),
        ("average daily bookings in January 2026", "actual / 31"),
        ("average weekly bookings in 2025", "actual / 365 * 7"),
        ("average bookings per year from 2023 to 2025", "actual / 3"),
    ],
)
def test_what_came_is_shared_out_over_the_units_of_its_period(question: str, expression: str) -> None:
    assert _computed(question) == [expression]
    assert _asked(question).selection.kind == "metric"


def test_groups_have_an_average_each_and_are_ranked_as_their_totals_are() -> None:
    found = _asked("games ranked by average monthly bookings in 2025")
    plan = found.plan
    assert plan is not None and found.selection.kind == "ranking"
    names = [*plan.queries[0].cube.dimensions, *plan.queries[0].cube.measures]
    rows = (("Star Drift", Decimal(30)), ("Farm Tales", Decimal(6)))
    answered = QueryResult(columns=tuple(Column(name=n, type="string") for n in names), rows=rows)
    table = assemble(plan, {plan.queries[0].id: answered}, found.selection.concepts, STUDIO)
    assert [c.name for c in table.columns] == ["game", "bookings", "average"]
    assert table.rows == (("Star Drift", 30, 2.5), ("Farm Tales", 6, 0.5))


@pytest.mark.parametrize(
    "question",
    ["average bookings per game in 2025", "mean bookings across games", "on average, bookings for each game"],
)
def test_the_mean_of_groups_is_that_of_those_that_have_any(question: str) -> None:
    found = _asked(question)
    plan = found.plan
    assert plan is not None and [c.expression for c in plan.computations] == ["mean(actual)"]
    names = [*plan.queries[0].cube.dimensions, *plan.queries[0].cube.measures]
    rows = (("Star Drift", Decimal(30)), ("Farm Tales", Decimal(6)), (None, Decimal(100)), ("Lost", None))
    answered = QueryResult(columns=tuple(Column(name=n, type="string") for n in names), rows=rows)
    table = assemble(plan, {plan.queries[0].id: answered}, found.selection.concepts, STUDIO)
    assert table.computed == {"average": 18}
    assert [c.name for c in table.columns] == ["game", "bookings"]
    nothing = QueryResult(columns=answered.columns, rows=())
    empty = assemble(plan, {plan.queries[0].id: nothing}, found.selection.concepts, STUDIO)
    assert empty.computed == {"average": None}


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("average bookings per month", "over which period?"),
        ("average bookings per year this year", "does not hold whole years that are over"),
        ("average monthly bookings in 2025 vs 2024", "compared with nothing"),
        ("games with average monthly bookings over 1000 in 2025", "not bounded"),
        ("top 3 games by average bookings per game in 2025", "average"),
        ("average bookings per game in 2025 vs 2024", "compared with nothing"),
    ],
)
def test_what_has_no_such_average_is_refused_with_its_reason(question: str, why: str) -> None:
    answer = _asked(question).as_answer()
    assert answer["status"] == "unresolved"
    assert any(why in u["mention"] for u in answer["unresolved"])


@pytest.mark.parametrize("question", ["average open tickets per month in 2025", "average bookings by month in 2025"])
def test_a_state_and_a_course_are_not_averaged(question: str) -> None:
    assert _asked(question).status == "unresolved"


@pytest.mark.parametrize(
    ("question", "until", "told"),
    [
        ("average daily bookings this month", "2026-02-09", "actual / 9"),
        ("average bookings per month this year", "2026-01-31", "actual / 10"),
        ("average weekly bookings this year", "2026-02-09", "actual / 315 * 7"),
        ("average bookings per month in 2025", "2025-12-31", "actual / 12"),
    ],
)
def test_units_that_are_not_over_are_neither_asked_for_nor_counted(question: str, until: str, told: str) -> None:
    found = _asked(question)
    assert found.plan is not None
    assert found.plan.queries[0].cube.time_dimensions[0].date_range[1] == until
    assert [c.expression for c in found.plan.computations] == [told]


def test_a_period_without_a_unit_that_is_over_has_no_average() -> None:
    answer = _asked("average bookings per quarter this quarter").as_answer()
    assert answer["status"] == "unresolved"
    assert "does not hold whole quarters that are over" in answer["unresolved"][0]["mention"]


@pytest.mark.parametrize(
    ("unit", "start", "end", "found"),
    [
        ("month", date(2025, 1, 15), date(2025, 3, 14), None),
        ("quarter", date(2025, 11, 1), date(2026, 1, 31), (1, 1)),
        ("quarter", date(2025, 1, 1), date(2025, 4, 30), None),
        ("month", date(2024, 2, 1), date(2024, 2, 29), (1, 1)),
        ("day", date(2024, 2, 1), date(2024, 2, 29), (29, 1)),
        ("day", date(2026, 2, 1), date(2026, 2, 10), None),
        ("day", date(2026, 3, 1), date(2026, 3, 31), None),
    ],
)
def test_only_whole_units_are_counted(unit: str, start: date, end: date, found: tuple[int, int] | None) -> None:
    assert divisor(unit, start, end, date(2026, 2, 10)) == found  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pack", "question", "unit"),
    [
        ("hospital", "average occupied beds in 2025", "month"),
        ("hospital", "average occupied beds in January 2026", "day"),
        ("hospital", "the average of occupied beds last quarter", "month"),
        ("workforce", "headcount on average from 2023 to 2025", "month"),
        ("workforce", "average headcount last week", "day"),
        ("bank", "average loan book in FY2025", "month"),
    ],
)
def test_a_level_has_the_mean_of_what_it_was_at_the_ends_of_the_units_of_its_time(
    pack: str, question: str, unit: str
) -> None:
    found = understand(question, catalogue(pack))
    average = found.selection.concepts.average
    assert found.status == "complete" and found.plan is not None and average is not None
    (time,) = found.selection.concepts.dimensions
    assert (average.unit, average.over, time.grain) == (unit, time.id, unit)
    assert [c.expression for c in found.plan.computations] == ["mean(actual)"]


def test_of_each_month_the_last_level_counts_once() -> None:
    known = catalogue("hospital")
    found = understand("average occupied beds from October to December 2025", known)
    assert found.plan is not None
    (query,) = found.plan.queries
    (time,) = query.cube.time_dimensions
    rows = (("2025-10-03", 900), ("2025-10-31", 10), ("2025-11-30", 20), ("2025-12-30", 700), ("2025-12-31", 30))
    names = (f"{time.dimension}.{time.granularity}", *query.cube.measures)
    answered = QueryResult(columns=tuple(Column(name=n, type="string") for n in names), rows=rows)
    table = assemble(found.plan, {query.id: answered}, found.selection.concepts, known)
    assert [row[1] for row in table.rows] == [10, 20, 30] and table.computed == {"average": 20}


@pytest.mark.parametrize(
    ("pack", "question", "why"),
    [
        ("hospital", "average occupied beds", "over which period?"),
        ("hospital", "average occupied beds in 2025 vs 2024", "compared with nothing"),
        ("hospital", "average occupied beds on 3 March 2025", "there is one value"),
        ("hospital", "average occupied beds by ward in 2025", "average"),
        ("hospital", "ward with the highest average occupied beds in 2025", "average"),
        ("workforce", "average headcount by month in 2025", "average"),
        ("studio", "average open tickets per month in 2025", "average"),
        ("studio", "average bookings in 2025", "average"),
    ],
)
def test_of_what_there_is_no_such_mean_it_is_refused(pack: str, question: str, why: str) -> None:
    answer = understand(question, catalogue(pack)).as_answer()
    assert answer["status"] == "unresolved"
    assert any(why in u["mention"] for u in answer["unresolved"])


def _table(question: str, *rows: tuple[str | None, Decimal | None]) -> Any:
    found = _asked(question)
    plan = found.plan
    assert found.status == "complete" and plan is not None
    names = [*plan.queries[0].cube.dimensions, *plan.queries[0].cube.measures]
    answered = QueryResult(columns=tuple(Column(name=n, type="string") for n in names), rows=rows)
    return assemble(plan, {plan.queries[0].id: answered}, found.selection.concepts, STUDIO)


GAMES = (("Star Drift", Decimal(30)), ("Farm Tales", Decimal(6)), ("Idle Kings", Decimal("18")), (None, Decimal(900)))


@pytest.mark.parametrize(
    ("question", "games"),
    [
        ("games with above average bookings in 2025", ["Star Drift"]),
        ("which games had bookings below the average in 2025", ["Farm Tales"]),
        ("games with fewer bookings than average in 2025", ["Farm Tales"]),
        ("bookings by game in 2025, above average only", ["Star Drift"]),
        ("top 3 games above average by bookings in 2025", ["Star Drift"]),
    ],
)
def test_only_those_on_the_side_of_the_average_of_all_are_told_beside_it(question: str, games: list[str]) -> None:
    table = _table(question, *GAMES)
    assert [row[0] for row in table.rows] == games and table.computed["average"] == 18


def test_how_many_lie_above_the_average_is_counted() -> None:
    assert _table("how many games have above average bookings in 2025", *GAMES).computed["count"] == 1


@pytest.mark.parametrize(
    "question",
    [
        "games with bookings above the average of all games in 2025",
        "games with bookings above the average in Japan in 2025",
        "games with above average bookings and installs in 2025",
        "bookings by game and platform above average in 2025",
        "games with bookings more than 10% above average in 2025",
        "above average bookings in 2025",
    ],
)
def test_an_average_of_others_or_of_several_is_refused(question: str) -> None:
    assert _asked(question).status == "unresolved"
