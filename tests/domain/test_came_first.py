"""Behind a ranking, words stand for what it came out with: its order is kept, or what is said is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ecp.domain.conversation import Listener, Turn
from ecp.domain.periods import calendar_of, resolve_periods
from ecp.domain.selection import Evidence, Selection, select
from tests.support.reading import IS_WORD, TODAY, catalogue, related_by_pack

_DEMO = {
    "of one": "which country in APAC had the highest headcount in 2025",
    "now": "which country in APAC has the highest headcount",
    "five": "top 5 countries by net revenue in 2025",
    "one": "which country has the highest net revenue in 2025",
    "product": "which product has the lowest net revenue in 2025",
    "month": "worst month for net revenue in 2025",
}


def _last(*texts: str, pack: str = "demo") -> Selection:
    known = catalogue(pack)
    turns = [Turn(text=text, as_of=TODAY) for text in texts]
    asked = Listener(known, IS_WORD).chain(turns[:-1], turns[-1]).asked
    calendar, conventions = calendar_of(known)
    periods = resolve_periods(asked.text, asked.reading.times, calendar, conventions, TODAY)
    evidence = Evidence(related=related_by_pack(asked.reading, known)) if asked.reading.paths else Evidence()
    return select(asked.reading, periods, known, None, evidence, None)


def _order(selection: Selection) -> tuple[Any, ...]:
    order = selection.concepts.order
    assert order is not None
    metrics = [m.id for m in selection.concepts.metrics]
    return metrics, order.by, order.direction, selection.concepts.limit


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ("of one", ["what is its net revenue"], (["headcount", "net_revenue"], "headcount", "desc", 1)),
        ("now", ["what is its net revenue"], (["headcount", "net_revenue"], "headcount", "desc", 1)),
        ("five", ["their headcount"], (["net_revenue", "headcount"], "net_revenue", "desc", 5)),
        ("five", ["show headcount for them"], (["net_revenue", "headcount"], "net_revenue", "desc", 5)),
        ("five", ["headcount in those countries"], (["net_revenue", "headcount"], "net_revenue", "desc", 5)),
        ("five", ["headcount for the same countries"], (["net_revenue", "headcount"], "net_revenue", "desc", 5)),
        ("five", ["how many employees do they have"], (["net_revenue", "headcount"], "net_revenue", "desc", 5)),
        ("five", ["their headcount", "and their gross revenue"],
         (["net_revenue", "gross_revenue"], "net_revenue", "desc", 5)),
        ("one", ["headcount in that country"], (["net_revenue", "headcount"], "net_revenue", "desc", 1)),
        ("one", ["what's the headcount there"], (["net_revenue", "headcount"], "net_revenue", "desc", 1)),
        ("one", ["and its headcount in 2025?"], (["net_revenue", "headcount"], "net_revenue", "desc", 1)),
        ("month", ["what was headcount then?"], (["net_revenue", "headcount"], "net_revenue", "asc", 1)),
    ],
)  # fmt: skip
def test_the_order_is_that_of_the_first_number(first: str, then: list[str], expected: tuple[Any, ...]) -> None:
    selection = _last(_DEMO[first], *then)
    assert selection.unresolved == ()
    assert _order(selection) == expected


@pytest.mark.parametrize(
    ("first", "then", "word"),
    [
        (_DEMO["now"], "what is its net revenue in 2025", "its"),
        ("top 3 countries by headcount", "show net revenue for them in 2025", "them"),
        (_DEMO["five"], "their headcount in 2024", "their"),
        (_DEMO["five"], "their headcount by month", "their"),
        (_DEMO["five"], "how did they do in 2024?", "they"),
        (_DEMO["five"], "break them down by segment", "them"),
        (_DEMO["five"], "which of those are in EMEA?", "those"),
        (_DEMO["five"], "which of them has the highest headcount?", "them"),
        (_DEMO["five"], "sort them by headcount", "them"),
        (_DEMO["one"], "what was it in 2024?", "it"),
        (_DEMO["product"], "who owns it?", "it"),
        ("top 3 products by net revenue in 2025", "who owns them", "them"),
        ("top 3 products by net revenue in 2025", "who owns these products", "these"),
        ("top 5 countries by net revenue growth in 2025", "their headcount", "their"),
        ("top 3 products by net revenue in each region in 2025", "their gross revenue", "their"),
    ],
)
def test_it_is_refused_where_others_might_come_first(first: str, then: str, word: str) -> None:
    told = f"{word} (which come first is known by their numbers alone: ask of them by name)"
    assert told in [u.mention for u in _last(first, then).unresolved]


@pytest.mark.parametrize(
    ("first", "then", "metrics"),
    [
        (_DEMO["five"], "headcount", ["headcount"]),
        (_DEMO["five"], "then by headcount", ["headcount"]),
        (_DEMO["five"], "compare them with 2024", ["net_revenue"]),
        (_DEMO["five"], "what does it mean?", ["net_revenue"]),
        (_DEMO["one"], "make it the top 3", ["net_revenue"]),
        (_DEMO["month"], "who owns it?", ["net_revenue"]),
        ("net revenue by country in 2025", "their headcount", ["headcount"]),
        ("net revenue in 2025", "who owns it?", ["net_revenue"]),
    ],
)
def test_what_stands_for_something_else_goes_on_as_before(first: str, then: str, metrics: list[str]) -> None:
    selection = _last(first, then)
    assert selection.unresolved == ()
    assert [m.id for m in selection.concepts.metrics] == metrics


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ("top 3 carriers by shipments last month", "their on-time rate", ("shipments", "desc", 3)),
        ("which carrier had the most shipments last month", "what was its on-time rate", ("shipments", "desc", 1)),
        ("worst month for shipments in 2025", "what was the on-time rate then", ("shipments", "asc", 1)),
        ("top 3 depots by shipments last month", "on-time rate in those depots", ("shipments", "desc", 3)),
    ],
)
def test_so_it_is_elsewhere(first: str, then: str, expected: tuple[Any, ...]) -> None:
    selection = _last(first, then, pack="logistics")
    assert selection.unresolved == ()
    assert _order(selection) == (["shipments", "on_time_rate"], *expected)


@pytest.mark.parametrize("then", ["which of them has the best on-time rate", "their on-time rate in 2024"])
def test_and_refused_elsewhere(then: str) -> None:
    assert _last("top 3 carriers by shipments last month", then, pack="logistics").unresolved


@pytest.mark.parametrize("further", ["and Germany?", "only in Germany", "without Germany"])
def test_behind_the_place_of_one_no_other_is_ranked_alone(further: str) -> None:
    assert _last("where does Japan rank by net revenue in 2025", further).unresolved


def test_the_place_of_one_is_told_of_another_time_too() -> None:
    found = _last("where does Japan rank by net revenue in 2025", "and in 2024?")
    assert not found.unresolved
    assert (found.concepts.placed, found.concepts.filters) == ("Japan", ())
