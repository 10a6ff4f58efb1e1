"""A question that goes on from another inherits what it does not say anew."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ecp.domain.conversation import Heard, Listener, Turn
from ecp.domain.follow import Followed, settled
from ecp.domain.periods import Periods, calendar_of, resolve_periods
from ecp.domain.selection import Evidence, Selection, select
from ecp.evaluation import compare
from tests.support.reading import IS_WORD, TODAY, catalogue, related_by_pack

KNOWN = catalogue("logistics")
LAST_MONTH = {"start": "2026-01-01", "end": "2026-01-31"}


def _followed(first: str, *others: str, known: Any = KNOWN, today: date = TODAY) -> Followed:
    listener = Listener(known, IS_WORD)
    asked = listener.alone(Turn(text=first, as_of=today))
    result = Followed(asked=asked, onward=asked, parts=())
    for text in others:
        result = listener.after(result.onward, Turn(text=text, as_of=today))
    return result


def _periods(result: Followed, known: Any = KNOWN, today: date = TODAY) -> Periods:
    calendar, conventions = calendar_of(known)
    return resolve_periods(result.asked.text, result.asked.reading.times, calendar, conventions, today)


def _selected(result: Followed, known: Any = KNOWN, forced: dict[str, str] | None = None) -> Selection:
    reading = result.asked.reading
    evidence = Evidence(related=related_by_pack(reading, known)) if reading.paths else Evidence()
    return select(reading, _periods(result, known), known, None, evidence, forced)


def _in(dimension: str, *members: str, operator: str = "in") -> dict[str, Any]:
    return {"dimension": dimension, "operator": operator, "values": list(members)}


def test_an_average_over_groups_goes_on_as_long_as_they_are_the_ones() -> None:
    later = _selected(_followed("average shipments per carrier last month", "and the month before last?"))
    assert later.concepts.average is not None and later.concepts.average.over == "carrier"
    assert _selected(_followed("average shipments per carrier last month", "now by country")).concepts.average is None


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
        (
            ["shipments by carrier last month", "with planned shipments"],
            {"kind": "comparison", "metrics": ["shipments"], "dimensions": ["carrier"],
             "comparisons": [{"kind": "target"}], "period": LAST_MONTH},
        ),
        (
            ["shipments by carrier last month", "add planned shipments"],
            {"kind": "comparison", "metrics": ["shipments"], "dimensions": ["carrier"],
             "comparisons": [{"kind": "target"}], "period": LAST_MONTH},
        ),
        (
            ["shipments by carrier last month", "show the planned shipments too"],
            {"kind": "comparison", "metrics": ["shipments"], "dimensions": ["carrier"],
             "comparisons": [{"kind": "target"}], "period": LAST_MONTH},
        ),
        (
            ["shipments by carrier last month", "include the plan"],
            {"kind": "comparison", "metrics": ["shipments"], "dimensions": ["carrier"],
             "comparisons": [{"kind": "target"}], "period": LAST_MONTH},
        ),
        (
            ["shipments in Germany last month", "include last year"],
            {"kind": "comparison", "metrics": ["shipments"], "period": LAST_MONTH,
             "comparisons": [{"kind": "same_period_last_year"}]},
        ),
        (
            ["shipments in Germany last month", "show last year too"],
            {"kind": "comparison", "metrics": ["shipments"], "period": LAST_MONTH,
             "comparisons": [{"kind": "same_period_last_year"}]},
        ),
        (
            ["shipments in Germany last month", "with the same month last year"],
            {"kind": "comparison", "metrics": ["shipments"], "period": LAST_MONTH,
             "comparisons": [{"kind": "same_period_last_year"}]},
        ),
        (
            ["shipments by carrier last month", "with the on-time rate"],
            {"kind": "breakdown", "metrics": ["shipments", "on_time_rate"], "period": LAST_MONTH},
        ),
        (
            ["shipments by carrier last month", "add the on-time rate please"],
            {"kind": "breakdown", "metrics": ["shipments", "on_time_rate"], "period": LAST_MONTH},
        ),
        (
            ["shipments by carrier last month", "the on-time rate as well"],
            {"kind": "breakdown", "metrics": ["shipments", "on_time_rate"], "period": LAST_MONTH},
        ),
        (
            ["shipments by carrier last month", "and the planned shipments?"],
            {"kind": "breakdown", "metrics": ["shipment_plan"], "comparisons": []},
        ),
        (
            ["shipments in Germany last month", "add Italy"],
            {"metrics": ["shipments"], "filters": [_in("country", "germany"), _in("country", "italy")]},
        ),
        (
            ["shipments last month vs planned shipments", "include last year"],
            {"kind": "comparison", "comparisons": [{"kind": "target"}, {"kind": "same_period_last_year"}]},
        ),
        (
            ["shipments in 2025 vs 2024", "add 2023"],
            {"comparisons": [{"kind": "period"}, {"kind": "period"}]},
        ),
        (
            ["shipments last month compared to the same month last year", "include last year"],
            {"comparisons": [{"kind": "same_period_last_year"}]},
        ),
        (
            ["shipments by carrier last month", "with more than 100 shipments"],
            {"metrics": ["shipments"], "comparisons": []},
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


@pytest.mark.parametrize("then", ["with the plan", "add planned admissions", "show planned admissions alongside"])
def test_a_target_is_put_beside_what_it_is_set_for_whatever_it_is_called(then: str) -> None:
    known = catalogue("hospital")
    found = _selected(_followed("admissions by ward last quarter", then, known=known), known).concepts
    assert [m.id for m in found.metrics] == ["admissions"]
    assert [(c.kind, c.metric) for c in found.comparisons] == [("target", "planned_admissions")]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("shipments from January to November 2025", "include December"),
        ("shipments last month", "add Italy"),
        ("shipments by carrier", "include last year"),
        ("on-time rate last month", "with planned shipments against it"),
        ("shipments by carrier last month", "add them up"),
    ],
)
def test_what_cannot_stand_beside_what_was_asked_for_is_not_understood(first: str, then: str) -> None:
    assert _selected(_followed(first, then)).unresolved


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
    forced = settled(first.concepts, result.parts)
    assert forced == {"cost": "staff_cost"}
    assert [m.id for m in _selected(result, hospital, forced).concepts.metrics] == ["staff_cost"]


def test_another_department_named_asks_for_its_own_definition() -> None:
    hospital = catalogue("hospital")
    first = _selected(_followed("controlling cost in 2025", known=hospital), hospital)
    result = _followed("controlling cost in 2025", "as nursing sees it", known=hospital)
    assert settled(first.concepts, result.parts) == {}
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
    found = _periods(_followed(first, then)).period
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


def _heard(*turns: tuple[str, bool], last: str, known: Any = KNOWN) -> Heard:
    """A chain of questions, each with whether it was understood."""
    earlier = [Turn(text=text, as_of=TODAY, understood=understood) for text, understood in turns]
    return Listener(known, IS_WORD).chain(earlier, Turn(text=last, as_of=TODAY))


def _answered(result: Followed | Heard, known: Any = KNOWN) -> Selection:
    return _selected(Followed(asked=result.asked, onward=result.asked, parts=()), known)


def _filters(found: Selection) -> set[tuple[str, str | None]]:
    return {(f.operator, f.member) for f in found.concepts.filters}


@pytest.mark.parametrize(
    ("questions", "start", "end"),
    [
        (["shipments in Q3 2024", "previous quarter", "and the on-time rate?"], "2024-04-01", "2024-06-30"),
        (["shipments last month in Germany", "previous month", "and in Italy?"], "2025-12-01", "2025-12-31"),
        (["shipments in Q3 2024", "the quarter before", "and the quarter before?"], "2024-01-01", "2024-03-31"),
        (["shipments last quarter", "same quarter last year"], "2024-10-01", "2024-12-31"),
        (["shipments in March 2025", "same month last year"], "2024-03-01", "2024-03-31"),
        (["shipments in March 2025", "same month last year", "next month"], "2024-04-01", "2024-04-30"),
        (["shipments last month", "a year earlier"], "2025-01-01", "2025-01-31"),
        (["shipments in Q3 2024", "two quarters earlier"], "2024-01-01", "2024-03-31"),
        (["shipments in Q3 2024", "the two quarters before"], "2024-01-01", "2024-06-30"),
        (["shipments in Q3 2024", "the month after that"], "2024-10-01", "2024-10-31"),
        (["shipments in Q3 2024", "the quarter after"], "2024-10-01", "2024-12-31"),
        (["shipments in the last 7 days", "the previous one"], "2026-01-27", "2026-02-02"),
        (["shipments in the last 7 days", "the following period"], "2026-02-10", "2026-02-16"),
        (["shipments in Q3 2024", "and in Q4?"], "2024-10-01", "2024-12-31"),
        (["shipments in 2024", "and in October?"], "2024-10-01", "2024-10-31"),
        (["shipments in March 2024", "and in April?", "and in Italy?", "and in May?"], "2024-05-01", "2024-05-31"),
        (["shipments in January 2026", "February", "March"], "2026-03-01", "2026-03-31"),
        (["shipments in January 2026", "February", "March", "and December?"], "2025-12-01", "2025-12-31"),
        (["shipments in Q1 2026", "Q2"], "2026-04-01", "2026-06-30"),
        (["shipments in January 2026", "August"], "2025-08-01", "2025-08-31"),
        (["shipments in 2023, 2024 and 2025", "previous year"], "2022-01-01", "2022-12-31"),
        (["shipments in March 2024", "and last month?"], "2026-01-01", "2026-01-31"),
        (["shipments in Q3 2024", "what does it mean?", "and in Italy?"], "2024-07-01", "2024-09-30"),
        (["shipments in Q3 2024", "what is the definition of shipments?", "and in Italy?"], "2024-07-01", "2024-09-30"),
    ],
    ids=lambda part: " → ".join(part) if isinstance(part, list) else "",
)
def test_times_go_on_from_the_period_that_was_shown(questions: list[str], start: str, end: str) -> None:
    result = _followed(*questions)
    found = _periods(result).period
    assert found and (found.start.isoformat(), found.end.isoformat()) == (start, end)
    assert not _selected(result).unresolved


def test_dates_that_were_shown_stay_what_they_were_when_the_day_is_another() -> None:
    listener = Listener(KNOWN, IS_WORD)
    first = listener.alone(Turn(text="shipments last month", as_of=date(2025, 8, 10)))
    result = listener.after(first, Turn(text="and in Italy?", as_of=TODAY))
    found = _periods(result).period
    assert found and found.start == date(2025, 7, 1)


@pytest.mark.parametrize(
    ("questions", "filters", "cut"),
    [
        (["shipments in Germany last month", "by depot", "for all countries"], set(), ["depot"]),
        (["shipments in Germany last month", "for every country"], set(), ["country"]),
        (["shipments last month", "for all countries"], set(), ["country"]),
        (
            ["shipments in Germany and Italy last month", "for each country"],
            {("in", "germany"), ("in", "italy")},
            ["country"],
        ),
        (["shipments by carrier last month", "combined for Germany"], {("in", "germany")}, []),
        (["shipments in Germany last month", "what was the total in 2025?"], {("in", "germany")}, []),
        (["shipments with Swift last month", "all carriers"], set(), []),
        (["shipments without Swift last month", "all of the carriers"], set(), []),
        (["shipments in Germany by carrier last month", "in total"], {("in", "germany")}, []),
        (["shipments in Germany by month in 2025", "and the total?"], {("in", "germany")}, []),
        (["shipments in Germany last month", "and in Italy", "both"], {("in", "germany"), ("in", "italy")}, []),
        (["shipments in Germany last month", "and Italy", "both", "by depot"],
         {("in", "germany"), ("in", "italy")}, ["depot"]),
        (["shipments in Germany last month", "Italy instead of Germany"], {("in", "italy")}, []),
        (["shipments by carrier last month", "by depot instead of by carrier"], set(), ["depot"]),
        (["shipments in Germany last month", "excluding Germany"], {("not_in", "germany")}, []),
        (["shipments in Germany last month", "excluding Germany", "and in Germany?"], {("in", "germany")}, []),
        (["shipments in Germany and Italy last month", "excluding Germany"],
         {("in", "italy"), ("not_in", "germany")}, []),
        (["shipments without Germany last month", "and without Italy"],
         {("not_in", "germany"), ("not_in", "italy")}, []),
        (["shipments without Germany last month", "without Italy", "with Germany again"], {("not_in", "italy")}, []),
        (["shipments without Germany last month", "put Germany back in"], set(), []),
        (["shipments with Swift without Germany last month", "including Germany"], {("in", "swift")}, []),
        (["shipments without Germany last month", "without Italy instead"], {("not_in", "italy")}, []),
        (["shipments without Germany last month", "without Germany"], {("not_in", "germany")}, []),
        (["shipments without Germany last month", "drop Germany"], {("not_in", "germany")}, []),
        (["shipments without Germany last month", "only Germany"], {("in", "germany")}, []),
        (["shipments without Germany last month", "with Swift"], {("not_in", "germany"), ("in", "swift")}, []),
        (["shipments in Germany last month", "remove the filter on Germany"], set(), []),
        (["shipments in Germany with Swift last month", "without the carrier filter"], {("in", "germany")}, []),
        (["shipments in Germany and Italy last month", "remove the filter on Germany and Italy"], set(), []),
        (["shipments in Germany and Italy last month", "instead of Germany and Italy, US"], {("in", "us")}, []),
        (["shipments in Germany with Swift last month", "for all countries and carriers"], set(), []),
        (["shipments in Germany last month", "remove the filter on Germany and show it for Italy"],
         {("in", "italy")}, []),
        (["shipments in Germany with Swift last month", "remove the Swift filter"], {("in", "germany")}, []),
        (["shipments in Germany with Swift last month", "drop the filters and show it by depot"], set(), ["depot"]),
        (["shipments by carrier last month", "without the breakdown"], set(), []),
        (["top 2 carriers by shipments last month", "without the ranking"], set(), ["carrier"]),
    ],
    ids=lambda part: " → ".join(part) if isinstance(part, list) else "",
)  # fmt: skip
def test_what_is_taken_away_is_gone(questions: list[str], filters: set[tuple[str, str]], cut: list[str]) -> None:
    found = _selected(_followed(*questions))
    assert not found.unresolved
    assert (_filters(found), [d.grain or d.id for d in found.concepts.dimensions]) == (filters, cut)


@pytest.mark.parametrize("said", ["drop the comparison", "without the comparison", "no comparison, please"])
@pytest.mark.parametrize("compared", ["compared to the previous month", "compared to planned shipments"])
def test_a_comparison_can_be_taken_away(compared: str, said: str) -> None:
    found = _selected(_followed("shipments in Germany last month", compared, said))
    assert (found.kind, found.concepts.comparisons, found.unresolved) == ("metric", (), ())


def test_two_that_took_each_other_s_place_can_be_compared() -> None:
    found = _selected(_followed("shipments in Germany last month", "and in Italy?", "compare both"))
    assert _filters(found) == {("in", "germany")}
    assert [c.member for c in found.concepts.comparisons] == ["italy"]


def test_what_is_named_with_instead_of_is_not_measured() -> None:
    found = _selected(_followed("shipments last month", "instead of shipments, show the on-time rate"))
    assert [m.id for m in found.concepts.metrics] == ["on_time_rate"] and not found.unresolved


@pytest.mark.parametrize(
    ("questions", "word"),
    [
        (["shipments in Germany last month", "everywhere"], "everywhere"),
        (["shipments in Germany last month", "for the whole company, by carrier"], "whole"),
        (["shipments in Germany last month", "both"], "both"),
        (["shipments in Q3 2024", "previous quarter", "both"], "both"),
        (["shipments in Germany last month", "total"], "total"),
        (["shipments in Germany last month", "and shipments in total for 2025"], "total"),
        (["shipments in Germany last month", "overall in 2025"], "overall"),
        (["shipments in Germany last month", "thanks!"], "thanks!"),
        (["shipments in Germany last month", "drill down"], "drill down"),
        (
            ["shipments vs plan last month", "definition of on-time rate without the comparison"],
            "without the comparison",
        ),
        (["shipments in Germany last month", "Italy instead of Texas"], "Texas"),
        (["shipments in Germany last month", "remove the filter on Italy"], "remove the filter"),
        (["shipments in Germany last month", "remove the filter on Germany and Italy"], "remove the filter"),
        (["shipments last month", "drop the comparison"], "drop the comparison"),
        (["shipments in Germany last month", "only Germany excluding Germany"], "Germany (both in and not in)"),
    ],
    ids=lambda part: " → ".join(part) if isinstance(part, list) else "",
)
def test_what_changes_nothing_or_cannot_be_told_was_not_understood(questions: list[str], word: str) -> None:
    assert word in [u.mention for u in _selected(_followed(*questions)).unresolved]


def test_a_month_of_a_year_is_not_guessed() -> None:
    (found,) = _selected(_followed("shipments in 2025", "same month last year")).unresolved
    assert "say which month of 2025" in found.mention


def test_a_metric_of_the_same_word_is_understood_by_its_short_name() -> None:
    chain = ["income in 2025", "what about collected?", "and billed?"]
    assert [m.id for m in _selected(_followed(*chain[:2])).concepts.metrics] == ["collected_income"]
    assert [m.id for m in _selected(_followed(*chain)).concepts.metrics] == ["billed_income"]
    assert _selected(_followed("shipments in 2025", "what about collected?")).unresolved


def test_what_was_not_understood_does_not_stay_with_later_questions() -> None:
    first, wrong = ("shipments in Germany last month", True), ("and for Zorblax?", False)
    heard = _heard(first, wrong, last="by carrier")
    found = _answered(heard)
    assert (heard.skipped, heard.from_turn, found.unresolved) == (True, 0, ())
    assert _filters(found) == {("in", "germany")} and [d.id for d in found.concepts.dimensions] == ["carrier"]
    further = _heard(first, wrong, ("by carrier", True), last="and in Italy?")
    assert (further.skipped, _filters(_answered(further))) == (False, {("in", "italy")})


def test_a_whole_question_stands_alone_where_nothing_was_understood() -> None:
    wrong = ("shipments in Zorblax", False)
    for whole in ("what is the definition of days to ship?", "on-time rate in Italy in 2025"):
        heard = _heard(wrong, ("and by carrier?", False), last=whole)
        assert heard.from_turn is None and not _answered(heard).unresolved
    after = _heard(wrong, ("on-time rate in Italy in 2025", True), last="by carrier")
    assert not _answered(after).unresolved and _filters(_answered(after)) == {("in", "italy")}


@pytest.mark.parametrize("said", ["in 2025", "and the on-time rate in 2025?", "what about the on-time rate in 2025?"])
def test_what_goes_on_from_nothing_that_was_understood_is_refused(said: str) -> None:
    assert "Zorblax" in [u.mention for u in _answered(_heard(("shipments in Zorblax", False), last=said)).unresolved]


def test_one_of_several_parts_that_cannot_be_had_gives_way_to_another() -> None:
    """The first question was refused for its cut, which the next one says anew."""
    found = _answered(_heard(("shipments by country last month", False), last="by carrier"))
    assert [d.id for d in found.concepts.dimensions] == ["carrier"] and not found.unresolved


def test_a_definition_in_between_is_of_its_own_subject_and_takes_nothing_away() -> None:
    between = _selected(_followed("shipments in Germany in 2025", "what is the definition of the on-time rate?"))
    assert (between.kind, between.subjects) == ("definition", ("on_time_rate",))
    another = _selected(_followed("what is the definition of shipments?", "and the on-time rate?"))
    assert (another.kind, another.subjects) == ("definition", ("on_time_rate",))


def test_members_that_are_found_over_relations_go_on_until_others_are_named() -> None:
    known = catalogue("streaming")
    first = "watch hours for all shows produced by teams reporting to Ines Okoro in 2025"
    shows = {f.member for f in _selected(_followed(first, known=known), known).concepts.filters}
    monthly = _selected(_followed(first, "by month", known=known), known)
    assert len(shows) > 1 and {f.member for f in monthly.concepts.filters} == shows
    all_of_them = _selected(_followed(first, "by month", "for all shows", known=known), known)
    assert not all_of_them.concepts.filters and not all_of_them.unresolved
    chosen = _selected(_followed(first, "only Small Hours", known=known), known)
    assert [f.member for f in chosen.concepts.filters] == ["small_hours"]


def test_groups_are_counted_on_as_long_as_they_are_bounded() -> None:
    first = "how many carriers had more than 5 shipments in 2025"
    for said in ("and in 2024?", "and more than 10?"):
        found = _selected(_followed(first, said))
        assert found.concepts.count and found.concepts.count.dimension == "carrier" and not found.unresolved
    assert _selected(_followed(first, "by depot")).concepts.count is None


@pytest.mark.parametrize(
    ("question", "target"),
    [
        ("what about gross revenue?", "budget_gross_revenue"),
        ("and in EMEA?", "budget_net_revenue"),
        ("what about headcount?", None),
    ],
)
def test_a_target_goes_on_as_that_of_what_is_measured_now(question: str, target: str | None) -> None:
    known = catalogue("demo")
    later = _selected(_followed("APAC net revenue last quarter compared to budget", question, known=known), known)
    assert [c.metric for c in later.concepts.comparisons] == ([target] if target else [])


@pytest.mark.parametrize("asked", ["Which teams report to Sarah Chen?", "who owns Quotestream?"])
def test_a_question_over_relations_takes_nothing_from_the_one_before_and_gives_it_nothing(asked: str) -> None:
    known = catalogue("demo")
    alone = _selected(_followed(asked, known=known), known)
    after = _selected(_followed("net revenue by product in 2025", asked, known=known), known)
    assert after == alone and after.reached
    onward = _selected(_followed("net revenue by product in 2025", asked, "and in 2024?", known=known), known)
    assert [m.id for m in onward.concepts.metrics] == ["net_revenue"] and not onward.unresolved
    new = _selected(_followed(asked, "net revenue in 2025", known=known), known)
    assert [m.id for m in new.concepts.metrics] == ["net_revenue"] and not new.unresolved


def test_what_is_known_of_it_is_asked_of_what_was_asked_before() -> None:
    known, asked = catalogue("demo"), "are there any known issues with it?"
    selection = _selected(_followed("net revenue in APAC in Q4 2019", asked, known=known), known)
    assert (selection.kind, selection.subjects, selection.unresolved) == ("definition", ("net_revenue",), ())
    assert [f.member for f in selection.concepts.filters] == ["apac"]
    assert selection.concepts.period and selection.concepts.period.label == "Q4 2019"


@pytest.mark.parametrize(
    ("questions", "members"),
    [
        (["net revenue of products of the Newsroom in 2025", "products of Tick Plant"], {"quotestream"}),
        (["net revenue in 2025", "products Newsroom owns"], {"tickercast"}),
    ],
)
def test_things_that_are_no_more_than_named_limit_what_was_measured(questions: list[str], members: set[str]) -> None:
    known = catalogue("demo")
    concepts = _selected(_followed(*questions, known=known), known).concepts
    assert [m.id for m in concepts.metrics] == ["net_revenue"]
    assert {f.member for f in concepts.filters} == members


@pytest.mark.parametrize("question", ["net revenue of those in 2025", "what is their net revenue", "and who leads it?"])
def test_behind_a_list_nothing_can_be_asked_of_those(question: str) -> None:
    known = catalogue("demo")
    followed = _followed("Which products does the Newsroom own?", question, known=known)
    assert _selected(followed, known).unresolved


def test_a_whole_question_behind_a_list_is_answered_and_gone_on_from() -> None:
    known = catalogue("demo")
    asked = ["Which products does the Newsroom own?", "net revenue of Tickercast in 2025", "and by country?"]
    concepts = _selected(_followed(*asked, known=known), known).concepts
    assert {f.member for f in concepts.filters} == {"tickercast"}
    assert [d.id for d in concepts.dimensions] == ["country"]


def test_members_that_are_left_out_one_by_one_are_out_of_the_place_they_lie_in() -> None:
    demo = catalogue("demo")
    without = ["net revenue in APAC in 2025", "without Japan", "and without China"]
    assert _filters(_selected(_followed(*without, known=demo), demo)) == {
        ("in", "apac"), ("not_in", "japan"), ("not_in", "china"),
    }  # fmt: skip
    again = _selected(_followed(*without, "with Japan again", known=demo), demo)
    assert _filters(again) == {("in", "apac"), ("not_in", "china")}


@pytest.mark.parametrize(
    ("questions", "of"),
    [
        (["share of APAC in net revenue in 2025", "of gross revenue"], "gross_revenue"),
        (["share of APAC in net revenue in 2025", "and for gross revenue in 2024?"], "gross_revenue"),
        (["share of net revenue by region in 2025", "what about gross revenue?"], "gross_revenue"),
        (["share of APAC in net revenue in 2025", "show the total gross revenue"], None),
        (["share of APAC in net revenue in 2025", "gross revenue by region"], None),
        (["share of APAC in net revenue in 2025", "also gross revenue"], None),
        (["net revenue as a share of gross revenue in 2025", "headcount"], None),
    ],
)
def test_a_share_goes_on_with_another_number_where_nothing_else_is_said(questions: list[str], of: str | None) -> None:
    demo = catalogue("demo")
    share = _selected(_followed(*questions, known=demo), demo).concepts.share
    assert (share.of if share else None) == of


_DEMO = catalogue("demo")


@pytest.mark.parametrize(
    ("known", "questions", "order", "limit"),
    [
        (_DEMO, ["net revenue vs budget by country in 2025", "just EMEA", "worst 3"], ("variance", "asc"), 3),
        (_DEMO, ["net revenue vs budget in 2025", "by quarter", "which quarter was worst?"], ("variance", "asc"), 1),
        (_DEMO, ["net revenue vs budget by country in 2025", "top 3 by net revenue"], ("net_revenue", "desc"), 3),
        (_DEMO, ["net revenue vs budget by country in 2025", "worst 3", "and headcount?"], ("headcount", "asc"), 3),
        (KNOWN, ["shipments vs planned shipments in 2025", "by month", "worst month"], ("variance", "asc"), 1),
        (KNOWN, ["shipments by carrier in 2025", "bottom 2"], ("shipments", "asc"), 2),
        (KNOWN, ["shipments by carrier in 2025", "bottom 2", "all carriers"], ("shipments", "asc"), None),
        (KNOWN, ["shipments by carrier in 2025", "bottom 2", "all depots"], ("shipments", "asc"), None),
        (_DEMO, ["net revenue by country in 2025", "bottom 3", "in Japan"], ("net_revenue", "asc"), 3),
        (_DEMO, ["net revenue by country in 2025", "bottom 3", "all countries"], ("net_revenue", "asc"), None),
        (_DEMO, ["net revenue in 2025", "top 5 countries"], ("net_revenue", "desc"), 5),
        (KNOWN, ["on-time rate in 2025", "worst carrier"], ("on_time_rate", "asc"), 1),
    ],
)
def test_an_order_goes_by_what_is_shown_and_a_limit_until_all_are_wanted(
    known: Any, questions: list[str], order: tuple[str, str], limit: int | None
) -> None:
    concepts = _selected(_followed(*questions, known=known), known).concepts
    assert concepts.order is not None
    assert (concepts.order.by, concepts.order.direction, concepts.limit) == (*order, limit)


@pytest.mark.parametrize(
    ("questions", "direction", "limit", "shown"),
    [
        (["top 3 carriers by shipments", "ascending"], "desc", 3, "asc"),
        (["top 3 carriers by shipments", "lowest first"], "desc", 3, "asc"),
        (["top 3 carriers by shipments", "highest first"], "desc", 3, None),
        (["top 3 carriers by shipments, ascending", "in Germany"], "desc", 3, "asc"),
        (["top 3 carriers by shipments, ascending", "all carriers"], "asc", None, None),
        (["shipments by carrier", "lowest first"], "asc", None, None),
    ],
)
def test_those_that_come_first_are_only_shown_the_other_way(
    questions: list[str], direction: str, limit: int | None, shown: str | None
) -> None:
    found = _selected(_followed(*questions))
    assert not found.unresolved and found.concepts.order is not None
    assert (found.concepts.order.direction, found.concepts.limit, found.concepts.shown) == (direction, limit, shown)


@pytest.mark.parametrize(
    ("known", "first"),
    [(_DEMO, "net revenue by country vs last year in 2025"), (KNOWN, "shipments by carrier in 2025 vs last year")],
)
def test_a_comparison_is_told_over_time_as_long_as_nothing_else_is_said(known: Any, first: str) -> None:
    for questions in ([first], [first, "as a trend"], [first, "as a trend", "by month"]):
        grains = [d.grain for d in _selected(_followed(*questions, known=known), known).concepts.dimensions]
        assert ("month" in grains) is (len(questions) > 1)


def test_a_course_within_one_day_is_none() -> None:
    asked = _followed("shipments by carrier yesterday vs the day before", "as a trend")
    assert [u.mention for u in _selected(asked).unresolved] == ["the trend (within one day)"]
