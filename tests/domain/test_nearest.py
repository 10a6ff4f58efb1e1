"""What was not understood comes with names of the kind that its place asks for."""

from __future__ import annotations

import pytest

from ecp.domain.answer import Nearest
from ecp.domain.selection import Evidence, Near
from ecp.domain.selection.nearest import is_spelled_like
from tests.support.reading import catalogue, understand


def _near(question: str, pack: str, evidence: Evidence | None = None) -> list[tuple[str, str]]:
    (missing,) = understand(question, catalogue(pack), "finance", evidence=evidence).selection.unresolved
    return [(n.kind, n.id) for n in missing.nearest]


def test_letters_in_the_place_of_a_member_are_near_members_that_are_called_by_letters() -> None:
    near = _near("What was revenue for LATAM last quarter?", "demo")
    assert near and {kind for kind, _ in near} == {"member"}
    assert near[0][1] in {m.id for m in catalogue("demo").assets["region"].members}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("question", "nearest"),
    [
        ("bookings by contryside", ("dimension", "country")),
        ("instalments by game", ("metric", "installs")),
        ("bookings in Germoney", ("member", "de")),
    ],
)
def test_a_name_that_is_spelled_alike_is_near(question: str, nearest: tuple[str, str]) -> None:
    assert nearest in _near(question, "studio")


def test_what_the_stores_found_counts_less_where_it_is_of_another_kind() -> None:
    phrase = "Wakanda"
    found = [
        Near(phrase=phrase, found=Nearest(id="installs", kind="metric", name="Installs", score=0.6)),
        Near(phrase=phrase, found=Nearest(id="kr", kind="member", name="South Korea", score=0.5)),
    ]
    assert _near("bookings in Wakanda", "studio", Evidence(near=tuple(found)))[0] == ("member", "kr")


def test_where_no_number_is_named_those_are_near_that_are_kept_beside_what_is_named() -> None:
    near = [i for _, i in _near("breakdown by species", "circuses")]
    assert near == ["check_cost", "checks"]


def test_where_nothing_is_named_nothing_is_near() -> None:
    assert _near("show me everything for last month", "circuses") == []


def test_an_order_of_names_is_refused_with_the_name() -> None:
    (missing,) = understand("tickets by town sorted by town", catalogue("circuses")).selection.unresolved
    assert missing.mention == "sorted by town"


@pytest.mark.parametrize("question", ["LATAM revenue", "what was LATAM revenue in 2025", "revenue LATAM"])
def test_a_name_right_beside_what_is_measured_stands_in_the_place_of_a_member(question: str) -> None:
    near = _near(question, "demo")
    assert ("member", "americas") in near and {kind for kind, _ in near} == {"member"}


@pytest.mark.parametrize(
    ("said", "name"),
    [("contryside", "country"), ("instalments", "installs"), ("customers", "active customers"), ("revnue", "Revenue"),
     ("frnace", "France"), ("percentage", "Discount percentage"), ("rance", "France")],
)  # fmt: skip
def test_a_name_is_spelled_like_what_may_have_been_meant_by_it(said: str, name: str) -> None:
    assert is_spelled_like(said, name)


@pytest.mark.parametrize(
    ("said", "name"),
    [("forecast", "broadcast"), ("hours", "churn"), ("can", "canada"), ("finance", "France"), ("period", "person"),
     ("marketing", "Argentina"), ("same", "Americas"), ("accurate", "churn rate"), ("", "churn")],
)  # fmt: skip
def test_a_name_that_only_shares_letters_is_not_near(said: str, name: str) -> None:
    assert not is_spelled_like(said, name)


@pytest.mark.parametrize("question", ["how accurate is the budget", "is the budget fine", "forecast of headcount"])
def test_nothing_is_near_that_only_shares_letters(question: str) -> None:
    assert all(not u.nearest for u in understand(question, catalogue("demo")).selection.unresolved)
