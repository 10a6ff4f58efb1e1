"""A member that is asked about is described itself, with what it is related to; never what it is a member of alone."""

from __future__ import annotations

import pytest

from ecp.domain.answer import ResolvedConcepts
from ecp.domain.catalogue import Catalogue
from ecp.domain.entries import described, is_denied
from ecp.domain.exposure import Shown, policy_input
from ecp.domain.question import Asker, Question
from tests.support.reading import TODAY, assets_of, catalogue, understand

TRANSIT = catalogue("transit")


def _subjects(question: str) -> tuple[str, ...]:
    found = understand(question, TRANSIT)
    assert (found.status, found.selection.kind) == ("complete", "definition"), found.selection.unresolved
    return found.selection.subjects


@pytest.mark.parametrize("question", ["define Riverline", "what is Riverline?", "what does Riverline mean"])
def test_a_member_is_the_subject(question: str) -> None:
    assert _subjects(question) == ("line:riverline",)
    assert described("line:riverline", TRANSIT, ())["name"] == "Riverline"


def test_an_instance_has_its_relations_by_name() -> None:
    entries = [described(s, TRANSIT, ()) for s in _subjects("who owns Eastgate?")]
    assert [e["name"] for e in entries] == ["Eastgate", "Eastgate"]
    assert [e["links"] for e in entries] == [{}, {"managed_by": ["Leila Haddad"]}]
    assert described("depot_entity:eastgate", TRANSIT, ("manager",))["links"] == {}


def test_the_policy_is_asked_for_a_member_and_for_what_it_is_a_member_of() -> None:
    shown = Shown(concepts=ResolvedConcepts(), subjects=("line:riverline",))
    asked = policy_input(Question(text="define Riverline", asker=Asker(), as_of=TODAY), shown, TRANSIT)
    assert {"line:riverline", "line"} <= {a.id for a in asked.assets}
    assert is_denied("line:riverline", ("line",)) and is_denied("line:riverline", ("line:riverline",))
    assert not is_denied("line:riverline", ("line:n1",))


@pytest.mark.parametrize("question", ["explain what headway means", "tell me what punctuality means"])
def test_what_something_means_is_no_average(question: str) -> None:
    assert len(_subjects(question)) == 1


AREAS = Catalogue.of(
    "1",
    assets_of(
        """
kind: dimension
id: place
name: Place
semantic_layer_ref: Sites.code
members:
  - {id: ayton, name: Ayton, values: [A]}
  - {id: beeford, name: Beeford, values: [B]}
  - {id: ceeville, name: Ceeville, values: [C]}
---
kind: dimension
id: area
name: Area
semantic_layer_ref: Sites.code
members:
  - id: north
    name: North
    values: [A, B]
    variations: [{departments: [sales], values: [A, B, C], reason: Sold from the same office.}]
  - {id: far_north, name: Far north, values: [A], parent: north}
"""
    ),
)


def test_a_member_is_told_with_what_each_department_counts_to_it() -> None:
    plain, sales = (described("area:north", AREAS, (), department) for department in (None, "Sales"))
    assert (plain["values"], plain["consists_of"]) == (["A", "B"], ["Ayton", "Beeford"])
    assert (sales["values"], sales["reason"]) == (["A", "B", "C"], "Sold from the same office.")
    assert [v["departments"] for v in plain["variations"]] == [["sales"]]
    assert plain["parts"] == [{"id": "far_north", "name": "Far north"}]


def test_what_is_denied_is_neither_among_the_members_nor_in_what_they_consist_of() -> None:
    whole = described("place", AREAS, ("place:beeford",))
    assert [m["name"] for m in whole["members"]] == ["Ayton", "Ceeville"]
    shown = described("area:north", AREAS, ("place:beeford", "area:far_north"), "sales")
    assert (shown["values"], shown["consists_of"], shown["parts"]) == (["A", "C"], ["Ayton", "Ceeville"], [])
    assert shown["variations"][0]["values"] == ["A", "C"]


@pytest.mark.parametrize(
    ("question", "kind", "subjects"),
    [
        ("which places do we have", "catalogue", ("place",)),
        ("list all areas", "catalogue", ("area",)),
        ("what values does area take", "catalogue", ("area",)),
        ("which places are in the North", "definition", ("area:north",)),
        ("what places make up North for sales", "definition", ("area:north",)),
        ("which areas belong to North", "definition", ("area:north",)),
    ],
)
def test_what_there_is_is_told_by_the_pack(question: str, kind: str, subjects: tuple[str, ...]) -> None:
    selection = understand(question, AREAS).selection
    assert (selection.kind, selection.subjects, selection.unresolved) == (kind, subjects, ())


@pytest.mark.parametrize(
    "question",
    ["how many places do we have", "which places grew", "places in 2025", "by place", "which area is north of"],
)
def test_what_the_pack_does_not_tell_of_its_members_is_refused(question: str) -> None:
    assert understand(question, AREAS).status == "unresolved"


def test_what_a_path_arrives_at_is_told_where_nothing_is_measured_of_it() -> None:
    found = understand("which depots are managed by Leila Haddad?", TRANSIT).selection
    told = [(r.entity, r.instance) for r in found.reached]
    assert (found.kind, told) == ("catalogue", [("depot_entity", "eastgate"), ("depot_entity", "mill_road")])
    assert not found.unresolved and {"depot:eastgate", "manager:haddad"} <= set(found.subjects)
    assert understand("depots managed by Leila Haddad", TRANSIT).selection.reached == found.reached


def test_who_somebody_is_is_told_by_what_they_are_related_to() -> None:
    assert _subjects("who is Leila Haddad?") == ("manager:haddad",)
