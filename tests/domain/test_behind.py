"""A follow-up that is one more part of the question before it, or takes one away by its name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ecp.domain.conversation import Heard, Listener, Turn
from ecp.domain.periods import calendar_of, resolve_periods
from ecp.domain.selection import Evidence, Selection, select
from tests.support.reading import IS_WORD, TODAY, catalogue, related_by_pack

BY_CARRIER = "shipments by carrier last month"
BY_REGION = "net revenue by region last quarter"


def _heard(questions: list[str], pack: str, today: date = TODAY) -> Heard:
    turns = [Turn(text=text, as_of=today) for text in questions]
    return Listener(catalogue(pack), IS_WORD).chain(turns[:-1], turns[-1])


def _selected(questions: list[str], pack: str) -> Selection:
    known, asked = catalogue(pack), _heard(questions, pack).asked
    calendar, conventions = calendar_of(known)
    periods = resolve_periods(asked.text, asked.reading.times, calendar, conventions, TODAY)
    evidence = Evidence(related=related_by_pack(asked.reading, known)) if asked.reading.paths else Evidence()
    return select(asked.reading, periods, known, "finance" if pack == "demo" else None, evidence)


def _told(questions: list[str], pack: str) -> dict[str, Any]:
    selection = _selected(questions, pack)
    assert not selection.unresolved and not selection.options
    concepts = selection.concepts
    return {
        "kind": selection.kind,
        "metrics": [m.id for m in concepts.metrics],
        "cut": [d.grain or d.id for d in concepts.dimensions],
        "filters": [(f.operator, f.member) for f in concepts.filters],
        "comparisons": [c.kind for c in concepts.comparisons],
        "period": concepts.period and concepts.period.start.isoformat()[:7],
        "share": concepts.share and (concepts.share.of, concepts.share.scale, concepts.share.minus),
        "order": concepts.order and concepts.order.by,
        "average": concepts.average and concepts.average.unit,
    }


@pytest.mark.parametrize(
    ("questions", "pack", "expected"),
    [
        ([BY_REGION, "growth"], "demo", {"comparisons": ["previous_period"], "cut": ["region"], "period": "2025-10"}),
        ([BY_REGION, "as growth"], "demo", {"comparisons": ["previous_period"]}),
        (["top 5 countries by net revenue in 2025", "and by growth"], "demo", {"order": "variance_pct"}),
        (["top 5 countries by net revenue in 2025", "and growth"], "demo", {"order": "net_revenue"}),
        (["top 3 carriers by shipments in 2025", "and by shipment growth"], "logistics", {"order": "variance_pct"}),
        ([BY_CARRIER, "and the growth?"], "logistics", {"comparisons": ["previous_period"], "cut": ["carrier"]}),
        ([BY_CARRIER, "what changed?"], "logistics", {"comparisons": ["previous_period"]}),
        ([BY_CARRIER, "in Germany", "growth"], "logistics",
         {"comparisons": ["previous_period"], "filters": [("in", "germany")], "cut": ["carrier"]}),
        ([BY_REGION, "per employee"], "demo",
         {"metrics": ["net_revenue", "headcount"], "share": ("headcount", 1, False), "cut": ["region"]}),
        ([BY_REGION, "per 1,000 employees"], "demo", {"share": ("headcount", 1000, False)}),
        ([BY_REGION, "minus operating cost"], "demo",
         {"metrics": ["net_revenue", "operating_cost"], "share": ("operating_cost", None, True), "cut": ["region"]}),
        ([BY_REGION, "as a share of total"], "demo", {"share": ("net_revenue", None, False), "cut": ["region"]}),
        ([BY_REGION, "share of total"], "demo", {"share": ("net_revenue", None, False)}),
        ([BY_CARRIER, "as a percentage of total"], "logistics", {"share": ("shipments", None, False)}),
        ([BY_CARRIER, "in percent"], "logistics", {"share": ("shipments", None, False)}),
        (["net revenue last quarter", "by country", "as a share of total"], "demo",
         {"share": ("net_revenue", None, False), "cut": ["country"]}),
        ([BY_REGION, "as a percentage of gross revenue"], "demo", {"share": ("gross_revenue", None, False)}),
        ([BY_REGION, "with budget", "in percent"], "demo", {"share": None, "comparisons": ["target"]}),
        ([BY_REGION, "sort by growth"], "demo", {"order": "variance_pct", "comparisons": ["previous_period"]}),
        ([BY_REGION, "vs last year", "sort by growth"], "demo",
         {"order": "variance_pct", "comparisons": ["same_period_last_year"]}),
        ([BY_REGION, "with budget", "sort by variance"], "demo", {"order": "variance", "comparisons": ["target"]}),
        ([BY_REGION, "sort by growth instead"], "demo", {"order": "variance_pct", "comparisons": ["previous_period"]}),
        ([BY_CARRIER, "rank by growth instead"], "logistics", {"order": "variance_pct", "cut": ["carrier"]}),
        ([BY_REGION, "average per month"], "demo", {"cut": ["region"], "average": "month", "period": "2025-10"}),
        (["net revenue in 2025", "by region", "monthly average"], "demo", {"cut": ["region"], "average": "month"}),
        ([BY_CARRIER, "average per week"], "logistics", {"cut": ["carrier"], "average": "week"}),
    ],
    ids=lambda part: " → ".join(part) if isinstance(part, list) else "",
)  # fmt: skip
def test_what_is_said_behind_a_question_is_a_part_of_it(
    questions: list[str], pack: str, expected: dict[str, Any]
) -> None:
    told = _told(questions, pack)
    assert {name: told[name] for name in expected} == expected


def test_dates_stay_those_that_were_shown() -> None:
    """ "Last quarter" was told on another day than what is said behind it."""
    known = catalogue("demo")
    turns = [Turn(text=BY_REGION, as_of=date(2025, 2, 10)), Turn(text="growth", as_of=TODAY)]
    asked = Listener(known, IS_WORD).chain(turns[:1], turns[1]).asked
    calendar, conventions = calendar_of(known)
    periods = resolve_periods(asked.text, asked.reading.times, calendar, conventions, TODAY)
    assert periods.period is not None and periods.period.start == date(2024, 10, 1)
    assert [c.period.start for c in periods.comparisons if c.period] == [date(2024, 7, 1)]


def test_what_is_inherited_is_told() -> None:
    parts = {(p.part, p.how, p.text) for p in _heard([BY_REGION, "growth"], "demo").parts}
    assert {("measured", "inherited", "net revenue"), ("groups", "inherited", "region")} <= parts


@pytest.mark.parametrize(
    ("questions", "pack", "expected"),
    [
        ([BY_REGION, "with budget", "without the budget"], "demo", {"metrics": ["net_revenue"], "comparisons": []}),
        ([BY_REGION, "with budget", "drop the target"], "demo", {"kind": "breakdown", "comparisons": []}),
        (["shipments last month", "with planned shipments", "without planned shipments"], "logistics",
         {"kind": "metric", "metrics": ["shipments"], "comparisons": []}),
        (["shipments last month", "with planned shipments", "drop the plan"], "logistics", {"comparisons": []}),
        ([BY_REGION, "add headcount", "drop headcount"], "demo", {"metrics": ["net_revenue"]}),
        ([BY_CARRIER, "add the on-time rate", "now drop the on-time rate please"], "logistics",
         {"metrics": ["shipments"], "cut": ["carrier"]}),
        ([BY_REGION, "per employee", "without headcount"], "demo", {"metrics": ["net_revenue"], "share": None}),
        (["net revenue by region and segment last quarter", "drop segment"], "demo", {"cut": ["region"]}),
        ([BY_REGION, "drop region"], "demo", {"kind": "metric", "cut": []}),
        (["net revenue in EMEA and APAC last quarter", "drop APAC"], "demo", {"filters": [("in", "emea")]}),
        ([BY_REGION, "remove EMEA"], "demo", {"filters": [("not_in", "emea")], "cut": ["region"]}),
        ([BY_CARRIER, "drop Swift"], "logistics", {"filters": [("not_in", "swift")]}),
        ([BY_REGION, "growth", "without growth"], "demo", {"comparisons": [], "kind": "breakdown"}),
    ],
    ids=lambda part: " → ".join(part) if isinstance(part, list) else "",
)  # fmt: skip
def test_a_part_is_taken_away_by_its_name(questions: list[str], pack: str, expected: dict[str, Any]) -> None:
    told = _told(questions, pack)
    assert {name: told[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("questions", "pack", "start", "days"),
    [
        (["net revenue Q3 this year vs target", "and last year?"], "demo", "2024-10-01", 92),
        (["net revenue in Q3 2025", "and last year?"], "demo", "2024-07-01", 92),
        (["net revenue in January 2026", "last year"], "demo", "2025-01-01", 31),
        (["net revenue last week", "and last year?"], "demo", "2025-02-03", 7),
        (["net revenue Q3 last year", "and this year?"], "demo", "2025-10-01", 92),
        (["shipments in Germany last month", "what about last year?"], "logistics", "2025-01-01", 31),
        # all of a year, where a year or its course is asked for
        (["net revenue last quarter", "and the whole of last year?"], "demo", "2024-04-01", 365),
        (["net revenue last quarter", "by month last year"], "demo", "2024-04-01", 365),
        (["net revenue last quarter", "by region last year"], "demo", "2024-04-01", 365),
        (["net revenue last quarter", "what about this year?"], "demo", "2025-04-01", 365),
        (["net revenue in Q4 2019", "and last year?"], "demo", "2024-04-01", 365),
        (["shipments in 2024", "and last year?"], "logistics", "2025-01-01", 365),
    ],
    ids=lambda part: " → ".join(part) if isinstance(part, list) else "",
)
def test_a_mere_year_after_a_part_of_one_is_the_same_part(
    questions: list[str], pack: str, start: str, days: int
) -> None:
    period = _selected(questions, pack).concepts.period
    assert period is not None
    assert (period.start.isoformat(), (period.end - period.start).days + 1) == (start, days)


@pytest.mark.parametrize(
    ("questions", "cut"),
    [
        ([BY_CARRIER, "by day instead"], ["day"]),
        ([BY_CARRIER, "by day"], ["carrier", "day"]),
        (["shipments by day last month", "by carrier instead"], ["carrier"]),
    ],
)
def test_by_time_instead_of_by_place_and_the_other_way_round(questions: list[str], cut: list[str]) -> None:
    assert _told(questions, "logistics")["cut"] == cut


def test_what_is_known_of_the_data_is_asked_of_what_was_shown() -> None:
    found = _selected(["net revenue in APAC by month in Q4 2019", "any caveats?"], "demo")
    assert (found.kind, [m.id for m in found.concepts.metrics]) == ("definition", ["net_revenue"])
    assert [f.member for f in found.concepts.filters] == ["apac"]
    assert found.concepts.period is not None and found.concepts.period.start == date(2019, 10, 1)
    onward = _told(["net revenue in APAC in Q4 2019", "known issues?", "with budget"], "demo")
    assert onward["comparisons"] == ["target"] and onward["filters"] == [("in", "apac")]


@pytest.mark.parametrize("words", ["and Ingrid Holm's?", "what about Ingrid Holm?"])
def test_relations_start_from_another_one(words: str) -> None:
    found = _heard(["which products does Tomas Varga's team own", words], "demo").asked.reading
    assert [[place.instance for place in path.starts] for path in found.paths] == [["ingrid_holm"]]


@pytest.mark.parametrize(
    ("first", "word"),
    [
        (BY_REGION, "why did it fall?"),
        (BY_REGION, "and why the growth?"),
        (BY_REGION, "will it grow?"),
        (BY_REGION, "which ones grew?"),
        (BY_REGION, "only those that grew"),
        (BY_REGION, "growth of headcount"),
        (BY_REGION, "change it"),
        (BY_REGION, "go down one level"),
        (BY_REGION, "difference"),
        (BY_REGION, "market share"),
        (BY_REGION, "share of EMEA"),
        (BY_REGION, "share it with finance"),
        (BY_REGION, "increase it by 10 percent"),
        (BY_REGION, "minus 10"),
        (BY_REGION, "per new employee"),
        (BY_REGION, "drop headcount"),
        (BY_REGION, "drop net revenue"),
        (BY_REGION, "drop the last quarter"),
        (BY_REGION, "without growth"),
        (BY_REGION, "remove outliers"),
        (BY_REGION, "issue a report"),
        (BY_REGION, "no problem"),
        (BY_REGION, "thanks"),
        ("net revenue by region", "growth"),
        ("net revenue by region last quarter vs budget", "growth"),
        ("net revenue by region last quarter vs budget", "sort by growth instead"),
        ("net revenue last quarter", "sort by growth instead"),
        (BY_REGION, "average customer"),
        ("headcount in 2025", "average per month"),
        ("net revenue in 2025 vs 2024", "average per month"),
        ("net revenue by month in 2025", "average per month"),
    ],
)
def test_what_is_no_part_of_it_was_not_understood(first: str, word: str) -> None:
    assert _selected([first, word], "demo").unresolved


@pytest.mark.parametrize("word", ["on-time rate growth", "which ones fell?", "drop the carrier rate", "remove France"])
def test_nor_is_it_elsewhere(word: str) -> None:
    assert _selected([BY_CARRIER, word], "logistics").unresolved


@pytest.mark.parametrize(
    ("questions", "bounds"),
    [
        (["countries with net revenue above 20 million last month", "but below 50 million"], ["gt", "lt"]),
        (["countries with net revenue above 50 million last month", "and below 100 million"], ["gt", "lt"]),
        (["countries with net revenue above 20 million last month", "and above 30 million"], ["gt"]),
        (["countries with net revenue above 20 million last month", "below 50 million"], ["lt"]),
        (["countries with net revenue above 20 million last month", "also below 50 million"], ["gt", "lt"]),
        (["countries with net revenue above 20 million last month", "and net revenue below 50 million"], ["gt", "lt"]),
        (["countries with net revenue between 20 and 50 million last month", "but below 40 million"], ["gte", "lt"]),
        (["countries with net revenue above 20 million last month", "but below 50 million", "and below 40 million"],
         ["gt", "lt"]),
    ],
)  # fmt: skip
def test_a_bound_on_the_other_side_is_put_beside_the_first(questions: list[str], bounds: list[str]) -> None:
    assert [n.operator for n in _heard(questions, "demo").asked.reading.numbers] == bounds


@pytest.mark.parametrize(
    ("questions", "pack"),
    [
        (["countries with headcount over 100", "and net revenue over 10 million last month"], "demo"),
        (["countries with headcount over 100", "also net revenue over 10 million last month"], "demo"),
        (["countries with headcount over 100 and net revenue over 10 million last month", "and over 20 million"],
         "demo"),
        (["countries with net revenue above 20 million last month", "and below 5 million"], "demo"),
        (["carriers with more than 100 shipments last month", "which of those have an on-time rate above 90%"],
         "logistics"),
        (["carriers with more than 100 shipments last month", "with an on-time rate above 90%"], "logistics"),
        (["carriers with more than 100 shipments last month", "and fewer than 50"], "logistics"),
    ],
)  # fmt: skip
def test_a_bound_on_another_number_does_not_silently_end_the_first(questions: list[str], pack: str) -> None:
    assert _selected(questions, pack).unresolved


def test_a_question_of_other_groups_by_another_number_is_one_of_its_own() -> None:
    chain = ["carriers with more than 100 shipments last month", "which carriers have an on-time rate above 90%"]
    assert not _selected(chain, "logistics").unresolved


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("and Americas?", True),
        ("Americas instead", True),
        ("only Americas", False),
        ("and in 2024?", False),
        ("and headcount?", False),
        ("Americas instead of EMEA", False),
    ],
)
def test_a_member_beside_those_that_are_compared_is_told_where_it_belongs(said: str, refused: bool) -> None:
    assert bool(_selected(["compare APAC and EMEA net revenue last quarter", said], "demo").unresolved) is refused


@pytest.mark.parametrize(
    ("questions", "roles"),
    [
        (["compare APAC and EMEA net revenue last quarter", "add Americas"], ["member", "compared", "compared"]),
        (["net revenue in APAC and EMEA last quarter", "add Americas"], ["member", "member", "member"]),
        (["compare APAC and EMEA net revenue last quarter", "only Americas"], ["member"]),
    ],
)
def test_one_more_member_stands_beside_those_that_are_compared(questions: list[str], roles: list[str]) -> None:
    told = _heard(questions, "demo").asked.reading.of("member", "compared")
    assert sorted(m.role for m in told) == sorted(roles)


@pytest.mark.parametrize("text", ["and how many customers?", "number of customers"])
def test_things_that_are_counted_in_so_many_words_are_another_number(text: str) -> None:
    heard = _heard(["revenue churn last month", text], "demo").asked.reading
    assert not heard.left and "active_customers" in [t.asset_id for m in heard.of("metric") for t in m.targets]


@pytest.mark.parametrize("text", ["for customers in Japan", "customers", "and customers"])
def test_the_things_of_another_meaning_are_no_other_number(text: str) -> None:
    heard = _heard(["revenue churn last month", text], "demo").asked.reading
    assert heard.left and [t.asset_id for m in heard.of("metric") for t in m.targets] == ["revenue_churn"]
