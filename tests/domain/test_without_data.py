"""Where there are no data, the answer says so, and is not told as one that is sure."""

from __future__ import annotations

from typing import Any

import pytest

from ecp.domain.answer import Resolution, Results
from ecp.domain.compose import with_results
from ecp.domain.semantic import Column, QueryResult
from ecp.domain.without_data import without_data
from tests.support.reading import catalogue, understand

_DEPARTMENT = {"demo": "finance", "hospital": "controlling"}


def _told(pack: str, question: str, rows: dict[str, list[list[Any]]]) -> list[tuple[str, str]]:
    known = catalogue(pack)
    found = understand(question, known, _DEPARTMENT.get(pack))
    assert found.status == "complete" and found.plan is not None
    results = {
        q.id: QueryResult(
            columns=tuple(
                Column(name=n, type="string")
                for n in (
                    *q.cube.dimensions,
                    *(f"{t.dimension}.{t.granularity}" for t in q.cube.time_dimensions if t.granularity),
                    *q.cube.measures,
                )
            ),
            rows=tuple(map(tuple, rows.get(q.series, []))),
        )
        for q in found.plan.queries
    }
    return [(v.rule, v.note) for v in without_data(found.plan, results, known)]


_ZERO = "what is null is not known, and not zero"


@pytest.mark.parametrize(
    ("pack", "question", "rows", "told"),
    [
        ("demo", "net revenue in the 90s", [[None]], "Net revenue from 1 January 1990 to 31 December 1999"),
        ("demo", "net revenue by region in 1995", [], "Net revenue from 1 January 1995 to 31 December 1995"),
        ("hospital", "admissions by month in 1995", [], "Admissions from 1 January 1995 to 31 December 1995"),
        ("hospital", "occupied beds on 3 March 1999", [[None]], "Occupied beds on 3 March 1999"),
        ("hospital", "top 3 wards by admissions in 1995", [["W1", None]], "Admissions from 1 January 1995 to "),
        ("demo", "net revenue in APAC in 1995", [[None]], "Net revenue as it is limited here from 1 January 1995 to "),
    ],
)
def test_a_time_without_data_is_told_as_one(pack: str, question: str, rows: list[list[Any]], told: str) -> None:
    ((rule, note),) = _told(pack, question, {"actual": rows})
    assert rule == "no_data"
    assert note.startswith(f"there are no data of {told}") and note.endswith(_ZERO)


@pytest.mark.parametrize(
    ("pack", "question", "rows"),
    [
        ("demo", "net revenue in 2025", [[0]]),
        ("hospital", "admissions by ward in 2025", [["W1", None], ["W2", 3]]),
        ("hospital", "wards with more than 100 admissions in 2025", []),
        ("hospital", "how many wards had more than 10 admissions in 2025", []),
    ],
)
def test_a_zero_a_part_and_what_a_bound_leaves_out_are_answers(pack: str, question: str, rows: list[list[Any]]) -> None:
    assert _told(pack, question, {"actual": rows}) == []


@pytest.mark.parametrize(
    ("pack", "question", "series", "what"),
    [
        ("demo", "net revenue 2025 vs 1995", "previous", "Net revenue from 1 January 1995 to 31 December 1995"),
        ("hospital", "admissions vs planned admissions in 2025", "target", "Planned admissions from 1 January 2025"),
    ],
)
def test_neither_is_what_it_is_compared_with_where_there_are_none(
    pack: str, question: str, series: str, what: str
) -> None:
    ((rule, note),) = _told(pack, question, {"actual": [[5]], series: [[None]]})
    assert rule == "nothing_to_compare" and note.startswith(f"there are no data of {what}")
    assert [r for r, _ in _told(pack, question, {"actual": [[None]], series: [[None]]})] == [
        "no_data",
        "nothing_to_compare",
    ]


def test_it_is_a_warning_of_its_own_and_never_told_as_sure() -> None:
    answer = Resolution(resolution_id="r", status="complete", confidence_factors={"definition": 1.0})
    told: list[Resolution] = []
    for rule in ("no_data", "nothing_to_compare"):
        check = {"rule": rule, "passed": False, "severity": "warning", "note": "there are no data of A"}
        table = Results.model_validate({"columns": (), "rows": (), "validation": (check,)})
        told.append(with_results(answer, table, (), age_seconds=0))
    assert [(t.warnings[0].id, t.warnings[0].severity) for t in told] == [
        ("no_data", "high"),
        ("nothing_to_compare", "medium"),
    ]
    assert told[0].confidence_level == "medium"
    assert (told[0].confidence_score or 0) < (told[1].confidence_score or 0)
