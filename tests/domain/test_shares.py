"""Shares: of what, of how much, and what has none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ecp.domain.answer import Results
from ecp.domain.results import assemble
from ecp.domain.semantic import Column, QueryResult
from tests.support.reading import Understood, catalogue, understand

STUDIO = catalogue("studio")


def _asked(question: str) -> Understood:
    return understand(question, STUDIO)


def _answered(question: str, rows: dict[str, list[tuple[str | Decimal | None, ...]]], pack: str = "studio") -> Results:
    """The table that comes of these rows, by query."""
    found = understand(question, catalogue(pack))
    assert found.plan is not None and not found.plan.problems
    results = {}
    for query in found.plan.queries:
        cube = query.cube
        timed = [f"{t.dimension}.{t.granularity}" for t in cube.time_dimensions if t.granularity]
        names = [*cube.dimensions, *timed, *cube.measures]
        columns = tuple(Column(name=n, type="number" if n in cube.measures else "string") for n in names)
        results[query.id] = QueryResult(columns=columns, rows=tuple(rows[query.id]))
    return assemble(found.plan, results, found.selection.concepts, catalogue(pack))


@pytest.mark.parametrize(
    "question",
    [
        "share of bookings by game in 2025",
        "bookings in 2025 by game in absolute and percentage numbers",
        "bookings in 2025 by game, as number and percentage",
        "bookings in 2025 by game with percentage of the total",
    ],
)
def test_every_group_has_its_share_of_all_of_them(question: str) -> None:
    rows = {"actual": [("Star Drift", Decimal(30)), ("Farm Tales", Decimal(10))], "whole": [(Decimal(80),)]}
    table = _answered(question, rows)
    assert [c.name for c in table.columns] == ["game", "bookings", "bookings_whole", "share_pct"]
    assert table.rows == (("Star Drift", 30, 80, 37.5), ("Farm Tales", 10, 80, 12.5))


def test_the_first_of_a_ranking_have_shares_of_the_whole_and_not_of_themselves() -> None:
    found = _asked("top 2 games by bookings, as a percentage of total bookings")
    assert found.plan is not None
    part, whole = found.plan.queries
    assert (part.cube.limit, whole.cube.limit, whole.cube.dimensions) == (2 + 1, None, ())


def test_over_time_each_bucket_is_a_whole() -> None:
    january, february = "2026-01-01", "2026-02-01"
    rows = {
        "actual": [("iOS", january, Decimal(1)), ("iOS", february, Decimal(1))],
        "whole": [(january, Decimal(4)), (february, Decimal(2))],
    }
    table = _answered("share of bookings by platform and month", rows)
    assert [row[-1] for row in table.rows] == [25.0, 50.0]


@pytest.mark.parametrize(
    "question",
    [
        "What share of bookings came from iOS vs Android?",
        "share of bookings by iOS and Android",
        "iOS vs Android share of bookings",
    ],
)
def test_what_is_set_side_by_side_has_shares_of_all(question: str) -> None:
    rows = {"actual": [("iOS", Decimal(3)), ("Android", Decimal(1))], "whole": [(Decimal(8),)]}
    table = _answered(question, rows)
    assert table.rows == (("iOS", 3, 8, 37.5), ("Android", 1, 8, 12.5))


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("studio", "top 3 games by bookings in 2025 and their share of the total"),
        ("studio", "top 3 games by bookings in 2025 with their share of total"),
        ("studio", "bookings by platform and their percentage of the whole"),
        ("studio", "which 5 countries bring the most bookings, and what is their share of the total"),
        ("transit", "top 2 modes by fare revenue and their share"),
        ("workforce", "top 3 locations by payroll last month and their share of the total"),
    ],
)
def test_their_share_is_that_of_each_of_the_groups_that_were_told_before(pack: str, question: str) -> None:
    found = understand(question, catalogue(pack))
    assert found.status == "complete" and found.plan is not None
    assert found.selection.concepts.share is not None and found.selection.concepts.share.parts == ()
    assert [q.over for q in found.plan.queries if q.series == "whole"] == [(found.selection.concepts.dimensions[0].id,)]


@pytest.mark.parametrize(
    "question",
    [
        "top 3 games by bookings and their share of the US",
        "top 3 games by bookings and their share in Japan",
        "top 3 games by bookings and their share of voice",
        "Japan bookings in 2025 and their share of the total",
    ],
)
def test_their_share_of_something_else_is_not_understood(question: str) -> None:
    assert _asked(question).status == "unresolved"


@pytest.mark.parametrize(
    "question",
    [
        "What share of bookings comes from Japan?",
        "Japan's share of bookings",
        "share of Japan in bookings",
        "Japan as % of total bookings",
        "what % of bookings is from Japan",
        "the percentage of bookings that Japan brings in",
        "contribution of Japan to bookings",
        "Japan's contribution to bookings",
    ],
)
def test_a_member_is_part_of_everything_else(question: str) -> None:
    table = _answered(question, {"actual": [(Decimal(15),)], "whole": [(Decimal(60),)]})
    assert table.computed == {"share_pct": 25.0}


def test_what_stands_before_the_metric_limits_the_whole_too() -> None:
    found = _asked("What percentage of Japanese bookings comes from whales?")
    assert found.plan is not None
    part, whole = (len(q.cube.filters) for q in found.plan.queries)
    assert (part, whole) == (2, 1)
    assert found.plan.queries[1].cube.filters[0].values == ("JP",)


def test_one_metric_may_be_a_share_of_another_in_the_same_unit() -> None:
    rows = {"actual": [(Decimal(25),)], "actual_2": [(Decimal(200),)]}
    assert _answered("UA spend as a percentage of bookings", rows).computed == {"share_pct": 12.5}
    assert _answered("what percentage of bookings is UA spend", rows | {"actual": [(Decimal(200),)]}).computed


def test_nothing_is_a_share_of_nothing() -> None:
    table = _answered("what share of bookings is from Japan", {"actual": [(Decimal(0),)], "whole": [(Decimal(0),)]})
    assert table.computed == {"share_pct": None}


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("share of crash rate by game", "do not add up"),
        ("share of ARPDAU from Japan", "do not add up"),
        ("crashes as a percentage of bookings", "different units"),
        ("share of bookings by game in 2025 vs the previous year", "compared with nothing"),
        ("share of bookings", "share"),
        ("what share of bookings is from Japan and iOS", "share"),
        ("market share in Japan", "share"),
    ],
)
def test_what_has_no_share_is_said(question: str, why: str) -> None:
    found = _asked(question)
    assert found.status == "unresolved"
    assert any(why in u.mention for u in found.selection.unresolved)


@pytest.mark.parametrize(
    ("pack", "question", "part", "whole"),
    [
        ("software", "what percentage of tickets were resolved in January 2026", "tickets_resolved", "tickets"),
        ("software", "percent of tickets resolved by channel", "tickets_resolved", "tickets"),
        ("wholesale", "what share of the orders were shipped late in 2025", "late_shipments", "order_count"),
        ("airline", "percentage of flights cancelled in 2025", "cancellations", "flights"),
    ],
)
def test_what_was_done_is_a_share_of_what_it_was_done_to(pack: str, question: str, part: str, whole: str) -> None:
    found = understand(question, catalogue(pack))
    assert found.status == "complete" and found.plan is not None
    concepts = found.selection.concepts
    assert {m.id for m in concepts.metrics} == {part, whole}
    of = {m.semantic_layer_ref: m.id for m in concepts.metrics}
    series = {q.id: of[q.cube.measures[0]] for q in found.plan.queries}
    told = next(c.expression for c in found.plan.computations if "share" in c.id)
    named = [word for word in told.replace("(", " ").replace(")", " ").split() if word in series]
    assert [series[n] for n in named] == [part, whole]


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("workforce", "what percentage of employees were hired in 2025"),
        ("software", "what percentage of tickets were not resolved"),
    ],
)
def test_a_flow_is_no_share_of_a_stock_and_what_was_not_done_is_not_told(pack: str, question: str) -> None:
    assert understand(question, catalogue(pack)).status == "unresolved"


def _wholes(question: str, pack: str) -> list[set[str]]:
    """What the whole is limited by, for each of its queries."""
    plan = understand(question, catalogue(pack)).plan
    assert plan is not None
    return [{f.member.split(".")[1] for f in q.cube.filters} for q in plan.queries if q.id.startswith("whole")]


@pytest.mark.parametrize(
    "question",
    [
        "what share of TEU came from Norsea, by terminal?",
        "percentage of incidents on the night shift by terminal 2025",
        "what proportion of TEU is empty per terminal",
        "share of TEU from Norsea by terminal 2025",
        "Delta and Riverside's share of TEU",
        "share of TEU from Delta and Riverside",
    ],
)
def test_what_the_part_is_told_by_does_not_limit_the_whole(question: str) -> None:
    assert _wholes(question, "terminals") == [set()]


def test_where_both_are_limits_both() -> None:
    assert _wholes("what share of TEU at Delta came from Norsea in 2025", "terminals") == [{"terminal"}]
    assert _wholes("share of TEU by terminal for Norsea", "terminals") == [{"line"}]


def test_those_that_come_first_are_told_together_as_a_part_of_all() -> None:
    """Of the rows that are shown: their sum, and which part of all that is."""
    question = "what percentage of bookings in 2025 comes from the top 2 games"
    found = _answered(question, {"actual": [("Skyfall", Decimal(50)), ("Rally", Decimal(30))], "whole": []})
    assert found.computed == {"combined_total": 80, "combined_share_pct": None}
    rows: dict[str, list[tuple[str | Decimal, ...]]] = {"actual": [("Skyfall", Decimal(50)), ("Rally", Decimal(30))]}
    found = _answered(question, {**rows, "whole": [(Decimal(160),)]})
    assert found.computed == {"combined_total": 80, "combined_share_pct": 50.0}
    assert [c.name for c in found.columns][-1] == "share_pct"


@pytest.mark.parametrize("question", ["bookings of the top 2 games", "top 2 games by bookings in 2025"])
def test_nothing_is_added_up_where_nobody_asks(question: str) -> None:
    assert _asked(question).selection.concepts.combined is None


@pytest.mark.parametrize(
    ("question", "over"),
    [
        ("share of bookings by game within each country in 2025", ("game",)),
        ("for each country, what percentage of bookings comes from each game", ("game",)),
        ("each game's share of bookings by country", ("game",)),
        ("what percentage of each country's bookings comes from each game", ("game",)),
        ("top 3 games by share of bookings in each country", ("game",)),
        ("share of bookings of each game within its country in 2025", ("game",)),
        ("bookings share by game within its country in 2025", ("game",)),
        ("share of bookings by game and country", ("game", "country")),
        ("for each country and game, bookings and share of total", ("country", "game")),
    ],
)
def test_a_share_within_each_of_some_groups_has_their_wholes(question: str, over: tuple[str, ...]) -> None:
    plan = _asked(question).plan
    assert plan is not None
    assert {q.over for q in plan.queries if q.series == "whole"} == {over}


def test_a_quotient_of_two_metrics_is_one_number() -> None:
    rows = {"actual": [(Decimal(50),)], "actual_2": [(Decimal(8),)]}
    assert _answered("takings per flyer in 2025", rows, "balloons").computed == {"ratio": 6.25}
    assert _answered("gas burnt per 100 flyers in 2025", rows, "balloons").computed == {"ratio": 625}


@pytest.mark.parametrize("whole", [Decimal(0), None])
def test_by_nothing_nothing_is_divided(whole: Decimal | None) -> None:
    rows = {"actual": [(Decimal(50),)], "actual_2": [(whole,)]}
    assert _answered("takings per flyer in 2025", rows, "balloons").computed == {"ratio": None}


def test_a_ranking_is_by_the_quotient_and_what_has_none_comes_last() -> None:
    """The sides are asked for in full, so that none of the first is missing."""
    question = "top 2 sites by takings per flyer in 2025"
    found = understand(question, catalogue("balloons"))
    assert found.plan is not None and not any(q.cube.order or q.limited for q in found.plan.queries)
    rows: dict[str, list[tuple[str | Decimal | None, ...]]] = {
        "actual": [("Lakeside", Decimal(90)), ("Highmoor", Decimal(10)), ("Greenvale", Decimal(500))],
        "actual_2": [("Lakeside", Decimal(30)), ("Highmoor", Decimal(2))],
    }
    table = _answered(question, rows, "balloons")
    assert [c.name for c in table.columns] == ["site", "takings", "flyers", "ratio"]
    assert table.rows == (("Highmoor", 10, 2, 5), ("Lakeside", 90, 30, 3))


def test_a_small_quotient_is_not_rounded_away() -> None:
    rows = {"actual": [(Decimal(1),)], "actual_2": [(Decimal(80000),)]}
    assert _answered("ascents per flyer in 2025", rows, "balloons").computed == {"ratio": 0.0000125}


def test_the_worst_are_those_with_most_of_what_should_be_low() -> None:
    orders = [
        understand(f"{word} balloons by gas burnt per ascent", catalogue("balloons")).selection.concepts.order
        for word in ("worst", "best")
    ]
    assert [(o.by, o.direction) for o in orders if o] == [("ratio", "desc"), ("ratio", "asc")]


def test_that_nobody_has_defined_it_is_said() -> None:
    concepts = understand("takings per flyer in 2025", catalogue("balloons")).selection.concepts
    own = understand("takings in 2025", catalogue("balloons")).selection.concepts.metrics[0]
    assert all("Takings per Flyers, which nobody has defined" in m.reason for m in concepts.metrics)
    assert concepts.metrics[0].confidence < own.confidence


def test_the_lowest_month_of_what_adds_up_per_what_is_there_is_one_that_is_over() -> None:
    by_level, by_sum = (
        understand(f"which month had the lowest takings per {what} this year", catalogue("balloons")).plan
        for what in ("crew", "flyer")
    )
    assert by_level is not None and by_level.left_out == "2026-02-01"
    assert by_sum is not None and by_sum.left_out is None


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("basket use per ascent in 2025", "does not add up"),
        ("takings per crew", "over which period"),
        ("crew per ascent in 2025", "is a level"),
        ("takings per flyer in 2025 vs 2024", "compared with nothing"),
        ("sites with takings per flyer over 100", "not bounded"),
        ("takings and gas burnt per flyer", "per"),
        ("takings per corporate flyer", "per"),
        ("takings for each flyer", "for each"),
        ("hard landings per 100 ascents", "per 100"),  # per 1,000 it is kept
        ("define takings per flyer", "per"),
    ],
)
def test_what_is_no_quotient_of_two_is_said(question: str, why: str) -> None:
    found = understand(question, catalogue("balloons"))
    assert found.status == "unresolved"
    assert any(why in u.mention for u in found.selection.unresolved)


def test_a_ratio_of_two_members_is_of_the_one_to_the_other() -> None:
    rows = {"actual": [(Decimal(30),)], "member": [(Decimal(12),)]}
    found = _answered("ratio of corporate to local flyers in 2025", rows, "balloons")
    assert found.computed["ratio"] == 2.5


def test_what_comes_from_another_metric_is_a_share_of_it() -> None:
    rows = {"actual": [(Decimal(80),)], "actual_2": [(Decimal(20),)]}
    assert _answered("what percentage of takings comes from vouchers", rows, "balloons").computed == {"share_pct": 25.0}


@pytest.mark.parametrize(
    "question",
    [
        "takings by site in 2025, % of total",
        "takings by site in 2025 (% of total)",
        "takings and share of total by site in 2025",
        "takings by site, share of total, 2025",
    ],
)
def test_what_is_told_beside_the_numbers_of_groups_is_the_share_of_each(question: str) -> None:
    found = understand(question, catalogue("balloons"))
    assert found.status == "complete" and found.selection.concepts.share is not None
