"""A breakdown says what its groups leave out and what they count twice."""

from __future__ import annotations

import pytest

from ecp.domain.assets import Dimension, Member
from ecp.domain.catalogue import Catalogue
from tests.support.reading import catalogue, understand


def _gaps(question: str, department: str) -> tuple[str, ...]:
    plan = understand(question, catalogue("hospital"), department).plan
    assert plan is not None
    return plan.gaps


def test_values_in_no_group_are_told_by_name() -> None:
    assert _gaps("admissions by ward group in 2025", "controlling") == ()
    amended = _gaps("admissions by ward group excluding Oncology in 2025", "controlling")
    assert amended == ()


def test_values_in_several_groups_are_told_by_name() -> None:
    (told,) = _gaps("admissions by ward group in 2025", "nursing")
    assert told == "Intensive care lie in several of Ward group and are counted in each"


@pytest.mark.parametrize(
    "question", ["admissions by ward in 2025", "admissions in 2025", "admissions by ward group in critical wards"]
)
def test_whatever_else_is_cut_by_says_nothing(question: str) -> None:
    assert _gaps(question, "nursing") == ()


def test_what_lies_outside_of_every_group_is_told() -> None:
    plan = understand("net revenue by region in 2025", catalogue("demo"), "finance").plan
    assert plan is not None
    assert any("lie in no Region" in gap and "United Arab Emirates" in gap for gap in plan.gaps)


def test_what_a_group_shares_with_one_that_is_left_out_is_told() -> None:
    question = "admissions by ward group except critical wards in 2025"
    assert _gaps(question, "nursing") == ("Intensive care are left out, also of Internal medicine",)
    assert _gaps(question, "controlling") == ()


def test_units_at_the_ends_of_a_period_that_are_not_whole_are_told() -> None:
    assert _gaps("admissions by month in 2025", "controlling") == ()
    assert _gaps("admissions by quarter from February 2025 to August 2025", "controlling") == (
        "the first quarter is not a whole one: 59 of its 90 days are in the period",
        "the last quarter is not a whole one: 62 of its 92 days are in the period",
    )
    (told,) = _gaps("admissions by month from 5 March 2025 to 12 March 2025", "controlling")
    assert told == "the first month is not a whole one: 8 of its 31 days are in the period"


def test_parts_that_are_told_within_their_parent_are_named() -> None:
    known = (*catalogue("hospital").assets.values(),)
    group = next(a for a in known if isinstance(a, Dimension) and a.id == "ward_group")
    inner = Member(id="hearts", name="Heart wards", values=("W1",), parent="internal")
    changed = group.model_copy(update={"members": (*group.members, inner)})
    assets = Catalogue.of("2", (*(a for a in known if a.id != "ward_group"), changed))
    found = understand("admissions by ward group in 2025", assets, "controlling")
    assert found.plan is not None
    assert "Heart wards are told within Internal medicine" in found.plan.gaps
    assert not [q for q in found.plan.queries if q.group.get("ward_group") == "Heart wards"]


def test_units_that_are_not_whole_are_told_of_all_there_is() -> None:
    plan = understand("net revenue by year", catalogue("demo"), "finance").plan
    assert plan is not None
    assert plan.gaps == (
        "the first year is not a whole one: the data begin on 1 January 2018, 90 of its 365 days",
        "the last year is not a whole one: there are data for 316 of its 365 days at most",
    )


@pytest.mark.parametrize("question", ["headcount by year", "net revenue by day", "net revenue by country"])
def test_levels_days_and_what_is_cut_by_no_time_have_no_such_ends(question: str) -> None:
    plan = understand(question, catalogue("demo"), "finance").plan
    assert plan is not None
    assert not any("whole one" in gap for gap in plan.gaps)


@pytest.mark.parametrize(
    ("question", "groups"),
    [
        ("net revenue and headcount by region for Japan in 2025", ["APAC"]),
        ("net revenue by region for Japan and Germany in 2025", ["APAC", "EMEA"]),
        ("net revenue by region in 2025 for Japan vs Germany", ["APAC", "EMEA", "Americas"]),
        ("net revenue by region for the UAE in 2025", ["APAC", "EMEA", "Americas"]),
    ],
)
def test_groups_that_hold_nothing_of_what_is_asked_for_have_no_row(question: str, groups: list[str]) -> None:
    """Of what lies in none of them, that is told beside all of them; of what is compared, either side may have one."""
    plan = understand(question, catalogue("demo"), "finance").plan
    assert plan is not None
    assert list(dict.fromkeys(q.group["region"] for q in plan.queries)) == groups
