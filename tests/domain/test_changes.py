"""What changed, as a comparison of two periods and as a condition on groups: neither is passed over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ecp.domain.results import assemble
from ecp.domain.semantic import Column, QueryResult
from tests.support.reading import Understood, catalogue, understand

RETAIL = catalogue("retail")


def _asked(question: str) -> Understood:
    return understand(question, RETAIL)


def _bounds(question: str) -> list[tuple[str | None, str, tuple[Any, ...]]]:
    found = _asked(question)
    assert found.status == "complete", found.as_answer()["unresolved"]
    return [(f.metric, f.operator, f.values) for f in found.selection.concepts.filters if f.dimension is None]


@pytest.mark.parametrize(
    "question",
    [
        "did orders grow between 2024 and 2025",
        "how much did orders increase between 2024 and 2025?",
        "change in orders between 2024 and 2025",
        "difference in orders between 2024 and 2025",
        "compare orders between 2024 and 2025",
        "which country gained the most orders from 2024 to 2025",
        "orders growth by country between 2024 and 2025",
    ],
)
def test_what_changed_between_two_years_is_the_later_one_beside_the_earlier(question: str) -> None:
    found = _asked(question)
    concepts = found.selection.concepts
    assert found.status == "complete" and concepts.period is not None
    assert str(concepts.period.start) == "2025-01-01" and str(concepts.period.end) == "2025-12-31"
    assert [str(c.period.start) for c in concepts.comparisons if c.period] == ["2024-01-01"]


@pytest.mark.parametrize(
    "question", ["orders between 2024 and 2025", "break down orders between 2024 and 2025 by country"]
)
def test_a_stretch_in_which_nothing_is_said_to_change_stays_one(question: str) -> None:
    period = _asked(question).selection.concepts.period
    assert period is not None and (str(period.start), str(period.end)) == ("2024-01-01", "2025-12-31")


@pytest.mark.parametrize(
    ("question", "bounds"),
    [
        ("which countries declined in orders last quarter", [("variance", "lt", (0,))]),
        ("countries where orders grew in 2025", [("variance", "gt", (0,))]),
        ("countries with falling orders in 2025 compared with 2024", [("variance", "lt", (0,))]),
        ("orders of growing categories 2025 vs 2024", [("variance", "gt", (0,))]),
        ("countries whose orders grew more than 10% in 2025", [("variance_pct", "gt", (10,))]),
        ("countries where orders fell by more than 500 in 2025", [("variance", "lt", (-500,))]),
        ("orders growth by country in 2025", []),
        ("increase in orders for each country in 2025", []),
        ("did orders grow in all countries in 2025", []),
        ("which countries grew the most in orders in 2025", []),
    ],
)
def test_groups_that_changed_are_asked_for_by_how_they_changed(question: str, bounds: list[Any]) -> None:
    assert _bounds(question) == bounds


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("countries where orders grew", "since when?"),
        ("orders of categories with increasing returns in 2025 vs 2024", "increasing"),
        ("countries whose orders fell by less than 5% in 2025", "by how much?"),
    ],
)
def test_what_cannot_be_held_to_is_refused_and_not_dropped(question: str, why: str) -> None:
    answer = _asked(question).as_answer()
    assert answer["status"] == "unresolved"
    assert any(why in u["mention"] for u in answer["unresolved"])


def test_a_group_that_went_the_other_way_or_is_not_known_is_not_shown() -> None:
    found = _asked("which countries declined in orders last quarter")
    assert found.plan is not None
    rows = {
        "actual": [("ES", Decimal(5)), ("PT", Decimal(9)), ("FR", Decimal(1))],
        "previous": [("ES", Decimal(7)), ("PT", Decimal(8))],
    }
    results = {}
    for query in found.plan.queries:
        columns = tuple(Column(name=n, type="string") for n in (*query.cube.dimensions, *query.cube.measures))
        results[query.id] = QueryResult(columns=columns, rows=tuple(rows[query.id]))
        assert not query.cube.filters
    table = assemble(found.plan, results, found.selection.concepts, RETAIL)
    assert [row[0] for row in table.rows] == ["ES"]
