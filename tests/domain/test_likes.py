"""What is listed together is of one kind: numbers, or members of one dimension."""

from __future__ import annotations

import pytest

from tests.support.reading import catalogue, understand

BALLOONS = catalogue("balloons")


@pytest.mark.parametrize(
    ("question", "metrics"),
    [
        ("flown and cancelled bookings by site", ["flown_bookings", "cancelled_bookings"]),
        ("bookings flown and cancelled in 2025", ["flown_bookings", "cancelled_bookings"]),
        ("how many bookings were cancelled or flown in 2025?", ["cancelled_bookings", "flown_bookings"]),
        ("flown, cancelled vs all bookings", []),
    ],
)
def test_each_has_a_number_of_its_own(question: str, metrics: list[str]) -> None:
    found = understand(question, BALLOONS)
    concepts = found.selection.concepts
    assert not metrics or [m.id for m in concepts.metrics] == metrics
    assert found.status != "complete" or not concepts.filters


@pytest.mark.parametrize(
    ("question", "members"),
    [
        ("postponed and cancelled bookings by site", {"postponed", "cancelled"}),
        ("cancelled and postponed bookings by site", {"cancelled", "postponed"}),
        ("what percentage of bookings are cancelled or flown", {"cancelled", "flown"}),
    ],
)
def test_all_limit_the_number_of_which_they_are_some(question: str, members: set[str]) -> None:
    found = understand(question, BALLOONS)
    concepts = found.selection.concepts
    assert found.status == "complete"
    assert [m.id for m in concepts.metrics] == ["bookings"]
    assert {str(f.member) for f in concepts.filters} == members


@pytest.mark.parametrize(
    "question",
    [
        "flown bookings that were cancelled",
        "cancelled bookings with status flown in 2025",
        "corporate and cancelled bookings by site",  # of two dimensions: what would be in both
    ],
)
def test_what_is_neither_is_not_understood(question: str) -> None:
    assert understand(question, BALLOONS).status == "unresolved"
