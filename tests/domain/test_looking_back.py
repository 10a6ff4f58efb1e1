"""What looks back over a time of its own is asked for by that time."""

from __future__ import annotations

import pytest

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.looking_back import looks_back
from tests.support.reading import catalogue, pack, understand


def _level(name: str = "Active members", definition: str = "", *synonyms: str, aggregation: str = "last") -> Metric:
    return Metric.model_validate(
        {"kind": "metric", "id": "m", "name": name, "definition": definition, "synonyms": list(synonyms),
         "semantic_layer_ref": "M.m", "aggregation": aggregation}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "days"),
    [
        (_level("Active members (90 days)"), 90),
        (_level("90-day active members"), 90),
        (_level("Active members", "", "two-week actives"), 14),
        (_level(definition="Members with a visit in the last 90 days."), 90),
        (_level(definition="Members seen within 30 days."), 30),
        (_level(definition="Members seen in the twelve months up to the day. Some count six months."), 365),
        (_level("Active members (30 days)", "Members with a visit in the last 90 days."), 30),
        (_level(definition="Cases not answered within two days."), None),
        (_level(definition="Cases more than 30 days overdue."), None),
        (_level(definition="Seen in the last 30 days or in the last 90 days."), None),
        (_level(definition="Members at the end of the month."), None),
        (_level("Active members (90 days)", aggregation="sum"), None),
    ],
)
def test_over_how_many_days_a_level_looks_back(metric: Metric, days: float | None) -> None:
    assert looks_back(metric) == days


def _meant(question: str, known: Catalogue) -> list[str] | None:
    """The metrics of an answer; None where there is none."""
    found = understand(question, known)
    return [m.id for m in found.selection.concepts.metrics] if found.status == "complete" else None


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("active customers in the last 90 days", ["customers_90"]),
        ("active customers in the last 30 days", ["customers_30"]),
        ("active customers in the past 3 months", ["customers_90"]),
        ("90-day active customers", ["customers_90"]),
        ("thirty-day active customers", None),
        ("30-day active customers", ["customers_30"]),
        ("active customers in the last 6 months", None),
        ("60-day active customers", None),
        ("active customers", None),
        ("active customers by month in the last 90 days", None),
    ],
)
def test_of_several_the_one_is_meant_that_looks_back_so_far(question: str, meant: list[str] | None) -> None:
    assert _meant(question, catalogue("bank")) == meant


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("active customers in the last 12 months", ["customers_active"]),
        ("12-month active customers", ["customers_active"]),
        ("active customers last month", ["customers_active"]),
        ("active customers by month in the last 6 months", ["customers_active"]),
        ("how did active customers develop over the last 6 months", ["customers_active"]),
        ("change in active customers over the last 6 months", ["customers_active"]),
        ("active customers in the last 6 months", None),
        ("active customers over the past 90 days", None),
        ("6-month active customers", None),
    ],
)
def test_another_time_than_its_own_is_refused_and_a_course_is_told(question: str, meant: list[str] | None) -> None:
    assert _meant(question, catalogue("wholesale")) == meant


def test_why_it_is_refused_is_said() -> None:
    (told,) = understand("active customers in the last 6 months", catalogue("wholesale")).selection.unresolved
    assert told.mention == "last 6 months (Active customers looks back over another time)"


def test_what_says_in_its_name_how_far_it_looks_back_is_told_over_any_time() -> None:
    assert _meant("MAC in the last 6 months", catalogue("delivery")) == ["active_customers"]
    assert _meant("monthly active customers over the last 6 months", catalogue("delivery")) == ["active_customers"]


@pytest.mark.parametrize("name", ["Active customers (6 months)", "Six-month active customers"])
def test_one_that_differs_in_nothing_but_that_time_is_found_beside_the_other(name: str) -> None:
    own = next(a for a in pack("wholesale") if a.id == "customers_active")
    other = own.model_copy(update={"id": "half", "name": name, "definition": ""})
    known = Catalogue.of("1", (*pack("wholesale"), other))
    assert _meant("active customers in the last 6 months", known) == ["half"]
    assert _meant("6-month active customers", known) == ["half"]
    assert _meant("active customers in the last 12 months", known) == ["customers_active"]
    assert _meant("active customers", known) == ["customers_active"]
    assert _meant("active customers in the last 3 months", known) is None


def test_a_choice_that_was_made_before_gives_way_to_the_time_that_is_named() -> None:
    question = "active customers in the last 30 days"
    found = understand(question, catalogue("bank"), forced={"active customers": "customers_90"})
    assert [m.id for m in found.selection.concepts.metrics] == ["customers_30"]
    chosen = understand("active customers", catalogue("bank"), forced={"active customers": "customers_90"})
    assert [m.id for m in chosen.selection.concepts.metrics] == ["customers_90"]
