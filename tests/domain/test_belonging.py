"""How many of a kind are in a member and whether another one is: what the pack says by itself, as departments count."""

from __future__ import annotations

import pytest

from ecp.domain.assets import Dimension, Member
from ecp.domain.belonging import with_belonging
from ecp.domain.catalogue import Catalogue
from ecp.domain.entries import described
from tests.support.reading import catalogue, understand


def _told(question: str, assets: Catalogue, department: str | None = None):
    found = understand(question, assets, department)
    assert (found.status, found.selection.kind) == ("complete", "definition"), found.selection.unresolved
    asked, whose = found.reading.belonging, found.reading.department or department
    assert asked is not None and found.selection.subjects == (asked.whole,)
    assert found.selection.through == ((asked.part,) if asked.part else ())
    return with_belonging(described(asked.whole, assets, (), whose), asked, assets, whose)


@pytest.mark.parametrize(
    ("pack", "question", "department", "total"),
    [
        ("demo", "how many countries are in EMEA", "finance", 10),
        ("demo", "How many countries are there in EMEA?", "sales", 11),
        ("demo", "how many countries does EMEA have for sales", "finance", 11),
        ("demo", "how many countries make up North America", None, 2),
        ("demo", "what is the number of countries in APAC according to operations", "finance", 8),
        ("hospital", "how many wards are in Critical wards", None, 2),
        ("hospital", "how many wards are in Internal medicine for nursing", None, 3),
        ("hospital", "how many wards are in Internal medicine", None, 2),
        ("streaming", "how many countries are in Europe", None, 2),
    ],
)
def test_of_what_a_member_consists_is_counted_as_the_department_does(pack, question, department, total):
    told = _told(question, catalogue(pack), department)
    assert told["total"] == total == len(told["values"])


@pytest.mark.parametrize(
    ("pack", "question", "department", "belongs"),
    [
        ("demo", "is Singapore part of APAC", "finance", True),
        ("demo", "Is India in APAC?", "finance", True),
        ("demo", "Is India in APAC?", "operations", False),
        ("demo", "is New Zealand part of APAC for sales", "finance", True),
        ("demo", "does APAC include New Zealand", "finance", False),
        ("demo", "does France belong to APAC", None, False),
        ("demo", "is North America part of the Americas", None, True),
        ("hospital", "does Critical wards include Emergency", None, True),
        ("hospital", "is Oncology part of Critical wards", None, False),
        ("insurer", "is Spain part of Iberia", None, True),
        ("insurer", "is Spain part of the Nordics", None, False),
    ],
)
def test_a_member_belongs_to_another_as_the_department_counts(pack, question, department, belongs):
    assert _told(question, catalogue(pack), department)["asked_of"]["belongs"] is belongs


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("demo", "how many products are in EMEA"),
        ("demo", "how many regions are in the Americas"),
        ("demo", "how many countries are in EMEA last year"),
        ("demo", "how many countries are not in EMEA"),
        ("demo", "how many products do we have"),
        ("demo", "how many people are there"),
        ("demo", "is Quotestream part of APAC"),
        ("demo", "is the Americas part of North America"),
        ("demo", "is Singapore part of APAC for marketing"),
        ("demo", "is Singapore part of APAC for product"),
        ("hospital", "how many wards are in Critical wards for nursing"),
        ("demo", "was Singapore part of APAC in 2019"),
        ("studio", "how many countries are in Asia"),
        ("insurer", "is Iberia part of Spain"),
    ],
)
def test_what_the_pack_does_not_say_by_itself_is_refused(pack, question):
    assert understand(question, catalogue(pack)).status == "unresolved"


@pytest.mark.parametrize(
    ("pack", "question", "metric"),
    [
        ("demo", "how many customers are in EMEA", "active_customers"),
        ("hospital", "how many admissions are in Critical wards", "admissions"),
        ("streaming", "how many subscribers are in Europe", "subscribers"),
    ],
)
def test_what_is_measured_is_no_matter_of_the_pack(pack, question, metric):
    found = understand(question, catalogue(pack))
    assert [m.id for m in found.selection.concepts.metrics] == [metric]


def _places(**members: str | None) -> Catalogue:
    """Places that are their own values, each inside of another one."""
    kept = [Member(id=i, name=i, parent=parent) for i, parent in members.items()]
    return Catalogue.of("1", [Dimension(id="place", name="Place", members=kept, semantic_layer_ref="Cube.place")])


def test_parts_belong_to_all_they_are_inside_of_and_to_nothing_else():
    assets = _places(Northland=None, Southland=None, Lowtown="Northland", Pier="Lowtown", Nowhere=None)
    assert _told("is Pier part of Northland", assets)["asked_of"]["belongs"] is True
    assert _told("is Pier part of Southland", assets)["asked_of"]["belongs"] is False
    assert understand("is Nowhere part of Northland", assets).status == "unresolved"
    assert understand("how many places are in Northland", assets).status == "unresolved"


@pytest.mark.parametrize(
    ("pack", "question", "said"),
    [
        ("demo", "how many products do we have", True),
        ("hospital", "how many wards are there", True),
        ("demo", "how many products are in EMEA", False),
        ("hospital", "how many beds are in Oncology", False),
    ],
)
def test_how_many_are_only_listed_is_refused_with_what_can_be_asked(pack, question, said):
    found = understand(question, catalogue(pack))
    assert found.status == "unresolved"
    assert any("ask which ones there are" in u.mention for u in found.selection.unresolved) is said


def _owners(asked) -> list[str]:
    return [m["id"] for m in asked["belongs_to"]]


@pytest.mark.parametrize(
    ("pack", "question", "department", "owners"),
    [
        ("demo", "which region is Thailand in", "sales", ["region:apac"]),
        ("demo", "What region is Thailand in?", "finance", []),
        ("demo", "in which region is India", "finance", ["region:apac"]),
        ("demo", "which region does India belong to", "operations", ["region:emea"]),
        ("demo", "which regions include Canada", None, ["region:americas", "region:north_america"]),
        ("demo", "what is the region of Thailand for sales", "finance", ["region:apac"]),
        ("demo", "what is North America part of", None, ["region:americas"]),
        ("hospital", "which ward group is Emergency in", None, ["ward_group:critical"]),
        ("insurer", "what region does Spain fall under", None, ["region:iberia"]),
        ("streaming", "which region is France in", None, ["sales_region:europe"]),
        ("studio", "to which market does Japan belong", None, ["market:asia"]),
    ],
)
def test_what_a_member_is_in_is_told_as_the_department_counts(pack, question, department, owners):
    found = understand(question, catalogue(pack), department)
    assert (found.status, found.selection.kind) == ("complete", "definition")
    asked, whose = found.reading.belonging, found.reading.department or department
    assert asked is not None and found.selection.subjects == (asked.part,)
    told = with_belonging(described(asked.subject, catalogue(pack), (), whose), asked, catalogue(pack), whose)
    assert _owners(told["asked_of"]) == owners


def test_departments_that_count_otherwise_are_told_beside_it():
    others = _told("is the UAE part of EMEA", catalogue("demo"), "finance")["asked_of"]["by_department"]
    assert others == [{"department": "sales", "belongs": True}]
    assert _told("is France part of EMEA", catalogue("demo"), "finance")["asked_of"]["by_department"] == []
    found = understand("which region is Thailand in", catalogue("demo"))
    entry = described("country:thailand", catalogue("demo"), ())
    asked = with_belonging(entry, found.reading.belonging, catalogue("demo"), None)["asked_of"]
    assert not asked["belongs_to"]
    assert {o["department"]: _owners(o) for o in asked["by_department"]} == {
        "sales": ["region:apac"],
        "operations": ["region:apac"],
    }


def test_what_a_member_is_in_that_may_not_be_seen_is_not_told():
    found = understand("which region is Canada in", catalogue("demo"))
    entry = described("country:canada", catalogue("demo"), ())
    told = with_belonging(entry, found.reading.belonging, catalogue("demo"), None, ("region:north_america",))
    assert _owners(told["asked_of"]) == ["region:americas"]


@pytest.mark.parametrize(
    "question",
    [
        "which region is the highest",
        "which region is growing in France",
        "which country is APAC in",
        "what is EMEA part of",
        "which region is Quotestream in",
        "what is the segment of APAC",
    ],
)
def test_what_is_in_nothing_or_asks_for_numbers_is_no_such_question(question):
    assert understand(question, catalogue("demo")).reading.belonging is None
