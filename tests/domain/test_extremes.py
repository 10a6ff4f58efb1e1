"""The highest and the lowest of a time: of a level its day, of one unit that unit, and of nothing that is not said."""

from __future__ import annotations

import pytest

from ecp.domain.conversation import Listener, Turn
from tests.support.reading import IS_WORD, TODAY, catalogue, understand


@pytest.mark.parametrize(
    ("pack", "question", "direction"),
    [
        ("demo", "max headcount in 2025", "desc"),
        ("demo", "what was the maximum headcount in 2025?", "desc"),
        ("demo", "highest headcount last year", "desc"),
        ("demo", "minimum headcount in 2025", "asc"),
        ("demo", "the lowest headcount since 2023", "asc"),
        ("logistics", "peak drivers in 2025", "desc"),
        ("logistics", "maximum number of drivers in Germany in 2025", "desc"),
        ("hospital", "peak occupied beds in January 2026", "desc"),
    ],
)
def test_of_a_level_it_is_the_day_on_which_it_was_that(pack: str, question: str, direction: str) -> None:
    found = understand(question, catalogue(pack))
    assert (found.status, found.selection.kind) == ("complete", "ranking")
    concepts = found.selection.concepts
    assert [d.grain for d in concepts.dimensions] == ["day"] and concepts.limit == 1
    assert concepts.order is not None and concepts.order.direction == direction


@pytest.mark.parametrize(
    ("pack", "question", "grain", "direction"),
    [
        ("logistics", "maximum shipments in a day", "day", "desc"),
        ("logistics", "most shipments in a single day", "day", "desc"),
        ("logistics", "highest single day of shipments", "day", "desc"),
        ("logistics", "highest number of shipments in one day in 2025", "day", "desc"),
        ("logistics", "fewest shipments in a week in 2025", "week", "asc"),
        ("demo", "the biggest single month for net revenue in 2025", "month", "desc"),
        ("demo", "highest net revenue in one quarter", "quarter", "desc"),
        ("retail", "the lowest number of orders in a month in 2025", "month", "asc"),
    ],
)
def test_of_one_unit_it_is_that_unit(pack: str, question: str, grain: str, direction: str) -> None:
    found = understand(question, catalogue(pack))
    assert (found.status, found.selection.kind) == ("complete", "ranking")
    concepts = found.selection.concepts
    assert [d.grain for d in concepts.dimensions] == [grain] and concepts.limit == 1
    assert concepts.order is not None and concepts.order.direction == direction


@pytest.mark.parametrize(
    ("pack", "question", "reason"),
    [
        ("demo", "max net revenue in 2025", "what to rank (say of what"),
        ("logistics", "max on-time rate in 2025", "what to rank (say of what"),
        ("logistics", "peak shipments", "what to rank (say of what"),
        ("logistics", "most shipments in one day by carrier", "one day (of all together"),
        ("logistics", "highest shipments in any month by carrier", "any month (of all together"),
        ("logistics", "max shipments by carrier", "max (of each of them at any time?"),
        ("demo", "peak headcount by country", "peak (of each of them at any time?"),
        ("demo", "which countries have the highest net revenue and the lowest headcount", "lowest (the first by each"),
        ("demo", "median net revenue by country", "median (that is not computed"),
        ("logistics", "median days to ship", "median (that is not computed"),
        ("demo", "average net revenue by country", "average (of which? say per what"),
        ("demo", "average costs", "average (of which? say per what"),
        ("logistics", "average number of shipments by carrier", "average (of which? say per what"),
    ],
)
def test_what_is_open_is_refused_with_the_reason(pack: str, question: str, reason: str) -> None:
    found = understand(question, catalogue(pack))
    assert found.status == "unresolved"
    assert any(u.mention.startswith(reason) for u in found.selection.unresolved)


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("demo", "record quarter"),
        ("demo", "lowest three months"),
        ("demo", "best month in 2025"),
        ("logistics", "busiest day in 2025"),
        ("retail", "the worst week in 2025"),
    ],
)
def test_units_of_time_that_are_ranked_by_nothing_are_asked_back(pack: str, question: str) -> None:
    found = understand(question, catalogue(pack))
    assert found.status == "disambiguation_required"
    assert 2 <= len(found.selection.options) <= 6


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("demo", "max headcount by country in 2025"),
        ("logistics", "shipments in a day"),
        ("logistics", "which carrier had the most shipments in one day"),
        ("logistics", "the largest single shipment"),
    ],
)
def test_neighbours_stay_refused(pack: str, question: str) -> None:
    assert understand(question, catalogue(pack)).status == "unresolved"


@pytest.mark.parametrize(("then", "understood"), [("in Germany", True), ("and in 2024?", True), ("by country", False)])
def test_behind_it_another_part_or_time_is_asked_of_and_no_groups(then: str, understood: bool) -> None:
    listener = Listener(catalogue("demo"), IS_WORD)
    asked = listener.alone(Turn(text="max headcount in 2025", as_of=TODAY))
    reading = listener.after(asked, Turn(text=then, as_of=TODAY)).asked.reading
    assert reading.extreme is understood and bool(reading.left) is not understood
