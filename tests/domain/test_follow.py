"""A question that goes on from another inherits what it does not say anew."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ecp.domain.answer import ResolvedConcepts
from ecp.domain.follow import Asked, Followed, counted_from, follow, settled
from ecp.domain.intent import read_intent
from ecp.domain.matching import look_up
from ecp.domain.periods import Periods, calendar_of, resolve_periods
from ecp.domain.reading import read
from ecp.domain.selection import Evidence, Selection, select
from ecp.evaluation import compare
from tests.support.reading import IS_WORD, TODAY, catalogue

KNOWN = catalogue("logistics")
LAST_MONTH = {"start": "2026-01-01", "end": "2026-01-31"}


def _asked(text: str, known: Any = KNOWN, after: Asked | None = None) -> Asked:
    intent = read_intent(text)
    before = after.reading if after else None
    return Asked(text=text, reading=read(intent, look_up(intent, known, is_word=IS_WORD), known, before))


def _followed(first: str, *others: str, known: Any = KNOWN) -> Followed:
    result = Followed(asked=_asked(first, known), parts=())
    for text in others:
        result = follow(result.asked, _asked(text, known, result.asked), known)
    return result


def _selected(result: Followed, known: Any = KNOWN, forced: dict[str, str] | None = None) -> Selection:
    calendar, conventions = calendar_of(known)
    reading = result.asked.reading
    periods = resolve_periods(result.asked.text, reading.times, calendar, conventions, TODAY)
    return select(reading, periods, known, None, Evidence(), forced)


def _in(dimension: str, *members: str, operator: str = "in") -> dict[str, Any]:
    return {"dimension": dimension, "operator": operator, "values": list(members)}


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        (
            ["shipments in Germany last month", "and in Italy?"],
            {"kind": "metric", "metrics": ["shipments"], "filters": [_in("country", "italy")], "period": LAST_MONTH},
        ),
        (
            ["shipments in Germany last month", "what about the month before last?"],
            {"metrics": ["shipments"], "filters": [_in("country", "germany")],
             "period": {"start": "2025-12-01", "end": "2025-12-31"}},
        ),
        (
            ["shipments in Germany last month", "now by carrier"],
            {"kind": "breakdown", "dimensions": ["carrier"], "filters": [_in("country", "germany")],
             "period": LAST_MONTH},
        ),
        (
            ["shipments by carrier last month", "by depot instead"],
            {"kind": "breakdown", "dimensions": ["depot"], "period": LAST_MONTH},
        ),
        (
            ["shipments by carrier last month", "also by depot"],
            {"kind": "breakdown", "dimensions": ["carrier", "depot"], "period": LAST_MONTH},
        ),
        (
            ["shipments in Germany last month", "same for the on-time rate"],
            {"metrics": ["on_time_rate"], "filters": [_in("country", "germany")], "period": LAST_MONTH},
        ),
        (
            ["shipments in Germany last month", "compared to Italy"],
            {"kind": "comparison", "filters": [_in("country", "germany")], "comparisons": [{"kind": "member"}]},
        ),
        (
            ["shipments in Germany last month", "compared to planned shipments"],
            {"kind": "comparison", "metrics": ["shipments"], "comparisons": [{"kind": "target"}]},
        ),
        (
            ["shipments last month vs planned shipments", "and the on-time rate?"],
            {"kind": "metric", "metrics": ["on_time_rate"], "comparisons": []},
        ),
        (
            ["shipments in Germany last month", "compared to the same month last year"],
            {"kind": "comparison", "comparisons": [{"kind": "same_period_last_year"}], "period": LAST_MONTH},
        ),
        (
            ["shipments in Germany last month", "excluding Swift"],
            {"filters": [_in("country", "germany"), _in("carrier", "swift", operator="not_in")]},
        ),
        (
            ["top 3 carriers by shipments in 2025", "by depot"],
            {"kind": "ranking", "dimensions": ["depot"], "limit": 3, "order": {"by": "shipments", "direction": "desc"}},
        ),
        (
            ["shipments by carrier in 2025", "only the top 2"],
            {"kind": "ranking", "dimensions": ["carrier"], "limit": 2},
        ),
        (
            ["shipments in Germany by carrier over 100 last month", "what about the on-time rate?"],
            {"filters": [_in("country", "germany")], "metrics": ["on_time_rate"]},
        ),
        (
            ["shipments in Germany last month", "by carrier", "and in Italy", "in 2025"],
            {"kind": "breakdown", "dimensions": ["carrier"], "filters": [_in("country", "italy")],
             "period": {"start": "2025-01-01", "end": "2025-12-31"}},
        ),
        (["shipments in Germany last month", "what does it mean?"], {"kind": "definition"}),
        (["shipments in Germany", "where does it come from?"], {"kind": "lineage", "metrics": ["shipments"]}),
    ],
    ids=lambda part: " → ".join(part) if isinstance(part, list) else "",
)  # fmt: skip
def test_a_follow_up_means_this(questions: list[str], expected: dict[str, Any]) -> None:
    found = _selected(_followed(*questions))
    answer = {"kind": found.kind, "resolved_concepts": found.concepts.model_dump(mode="json")}
    compared = compare(expected, answer)
    assert not found.unresolved
    assert {n: p for n, p in compared.items() if p[0] != p[1]} == {}


def test_what_neither_question_says_is_not_understood() -> None:
    assert _selected(_followed("shipments last month", "and in Zorblax?")).unresolved
    assert _selected(_followed("shipments in Zorblax", "and last month?")).unresolved


def test_each_part_says_whether_it_was_inherited_or_overridden() -> None:
    parts = {(p.part, p.how, p.text) for p in _followed("shipments in Germany last month", "and in Italy?").parts}
    assert parts == {
        ("measured", "inherited", "shipments"),
        ("members", "overridden", "Germany"),
        ("period", "inherited", "last month"),
    }


def test_an_inherited_word_keeps_the_definition_it_had() -> None:
    hospital = catalogue("hospital")
    first = _selected(_followed("cost in 2025", known=hospital), hospital, {"cost": "staff_cost"})
    result = _followed("cost in 2025", "and in Oncology?", known=hospital)
    forced = settled(first.concepts, result)
    assert forced == {"cost": "staff_cost"}
    assert [m.id for m in _selected(result, hospital, forced).concepts.metrics] == ["staff_cost"]


def test_another_department_named_asks_for_its_own_definition() -> None:
    hospital = catalogue("hospital")
    first = _selected(_followed("controlling cost in 2025", known=hospital), hospital)
    result = _followed("controlling cost in 2025", "as nursing sees it", known=hospital)
    assert settled(first.concepts, result) == {}
    assert [m.id for m in _selected(result, hospital).concepts.metrics] == ["staff_cost"]


@pytest.mark.parametrize(
    ("first", "then", "start"),
    [
        ("shipments last month", "and the previous month?", "2025-12-01"),
        ("shipments in March 2024", "and the preceding month?", "2024-02-01"),
        ("shipments in March 2024", "and last month?", "2026-01-01"),
        ("shipments", "and the previous month?", "2026-01-01"),
        ("shipments in March 2024 in Germany", "and in Italy?", "2024-03-01"),
    ],
)
def test_the_period_before_is_before_that_of_the_earlier_answer(first: str, then: str, start: str) -> None:
    calendar, conventions = calendar_of(KNOWN)

    def periods_of(asked: Asked, day: date) -> Periods:
        return resolve_periods(asked.text, asked.reading.times, calendar, conventions, day)

    before = ResolvedConcepts(period=periods_of(_asked(first), TODAY).period)
    result = _followed(first, then)
    found = periods_of(result.asked, counted_from(before, result) or TODAY).period
    assert found and found.start.isoformat() == start


def test_a_ranking_by_growth_goes_on_as_one() -> None:
    retail = catalogue("retail")
    found = _selected(
        _followed("which category had the highest sales growth in 2025", "and in Spain?", known=retail), retail
    )
    assert found.concepts.order and found.concepts.order.by == "variance_pct"
    assert [f.member for f in found.concepts.filters] == ["spain"]
    assert [c.kind for c in found.concepts.comparisons] == ["previous_period"]


@pytest.mark.parametrize(("said", "direction"), [("and in Spain?", "desc"), ("and the fewest?", "asc")])
def test_a_month_that_is_asked_for_stays_the_one_that_is(said: str, direction: str) -> None:
    retail = catalogue("retail")
    found = _selected(_followed("which month had the most orders in 2025", said, known=retail), retail)
    assert found.kind == "ranking" and found.concepts.limit == 1
    assert found.concepts.order and found.concepts.order.direction == direction
    assert [d.grain for d in found.concepts.dimensions] == ["month"]
