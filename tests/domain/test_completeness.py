"""Tables that the layer cut short are told as such, or not at all where a number hangs on the rows that are missing."""

from __future__ import annotations

import pytest

from ecp.domain.answer import Resolution, Results, Validation
from ecp.domain.completeness import cut_short
from ecp.domain.compose import with_results
from ecp.domain.confidence import BROKEN_RULE, WITHHELD
from ecp.domain.semantic import QueryResult
from ecp.domain.validation import with_checks
from tests.support.reading import catalogue, understand


def _found(question: str, pack: str, missing: int = 0) -> list[Validation]:
    """What is said where every query answers with as many rows as it may, or with fewer."""
    found = understand(question, catalogue(pack), "controlling" if pack == "hospital" else None)
    assert found.status == "complete" and found.plan is not None
    results = {
        q.id: QueryResult(columns=(), rows=(("row", 1),) * ((q.cube.limit or 10_000) - missing))
        for q in found.plan.queries
    }
    return list(cut_short(found.plan, results, found.selection.concepts))


@pytest.mark.parametrize(
    ("question", "pack"),
    [
        ("daily admissions by ward in 2025", "hospital"),
        ("admissions by ward and month since 2020 vs planned admissions", "hospital"),
        ("revenue by product and country in 2025", "emporium"),
        ("share of bookings by game in 2025", "studio"),
        ("daily admissions in 2025", "hospital"),
    ],
)
def test_a_table_that_is_cut_is_told_as_one(question: str, pack: str) -> None:
    assert [(c.severity, c.passed) for c in _found(question, pack)] == [("warning", False)]
    assert _found(question, pack, missing=1) == []


@pytest.mark.parametrize(
    ("question", "pack"),
    [
        ("top 2 products by revenue in each country", "emporium"),
        ("top 2 and bottom 2 products by revenue", "emporium"),
        ("cumulative revenue by month and country in 2025", "emporium"),
        ("how many products had revenue over 100 in 2025", "emporium"),
        ("top 3 products by revenue growth in 2025", "emporium"),
        ("occupied beds by ward and quarter in 2025", "hospital"),
        ("originations by province and quarter in FY2025", "bank"),
    ],
)
def test_what_hangs_on_all_rows_is_withheld_without_some(question: str, pack: str) -> None:
    assert [c.severity for c in _found(question, pack)] == ["error"]
    assert _found(question, pack, missing=1) == []


@pytest.mark.parametrize("question", ["top 3 products by revenue in 2025", "which product had the lowest revenue"])
def test_as_many_rows_as_were_asked_for_are_all_of_them(question: str) -> None:
    assert _found(question, "emporium") == []


@pytest.mark.parametrize(
    ("question", "severity", "confidence"),
    [
        ("daily admissions by ward in 2025", "high", BROKEN_RULE),
        ("occupied beds by ward and quarter in 2025", "critical", WITHHELD),
    ],
)
def test_a_warning_says_at_how_many_rows_and_what_to_ask_instead(
    question: str, severity: str, confidence: float
) -> None:
    table = with_checks(Results(columns=(), rows=((1,),)), tuple(_found(question, "hospital")))
    answer = Resolution(resolution_id="r", status="complete", confidence_factors={"definition": 1.0})
    told = with_results(answer, table, (), age_seconds=0)
    (warning,) = told.warnings
    assert (warning.id, warning.source, warning.severity) == ("rows_at_most", "validation", severity)
    assert ",000 rows" in warning.message and "shorter period" in warning.workaround
    assert told.confidence_factors["validation"] == confidence and bool(table.rows) is (severity == "high")
