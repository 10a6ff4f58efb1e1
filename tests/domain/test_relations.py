"""Phrases that reach members over relations: what the graph finds is all that is asked for, and never everything."""

from __future__ import annotations

import pytest

from ecp.domain.selection import Evidence
from tests.support.reading import catalogue, understand

KNOWN = catalogue("streaming")
QUESTION = "watch hours for all shows produced by teams reporting to Ines Okoro in 2025"


def test_a_path_is_walked_from_the_person_to_the_members() -> None:
    understood = understand(QUESTION, KNOWN)
    (path,) = understood.reading.paths
    assert [(h.entity, h.to, h.relation) for h in path.hops] == [
        ("person", "team", "reports_to"),
        ("team", "show", "owned_by"),
    ]
    filters = understood.selection.concepts.filters
    assert {f.member for f in filters} == {"night_shift", "harbour_lights", "deep_north"}
    assert {f.mention for f in filters} == {"shows produced by teams reporting to Ines Okoro"}


def test_each_member_says_by_which_way_it_was_reached_and_through_what() -> None:
    found = {f.member: f for f in understand(QUESTION, KNOWN).selection.concepts.filters}
    assert found["deep_north"].reason == "Deep North produced by Documentaries reporting to Ines Okoro"
    assert set(found["deep_north"].through) == {"person", "team", "show"}


@pytest.mark.parametrize("related", [{}, {"shows produced by teams reporting to Ines Okoro": ()}])
def test_without_an_answer_of_the_graph_nothing_is_taken_for_everything(related: dict[str, tuple[()]]) -> None:
    understood = understand(QUESTION, KNOWN, evidence=Evidence(related=related))
    assert understood.status == "unresolved"
    assert any("Ines Okoro" in u.mention for u in understood.selection.unresolved)


@pytest.mark.parametrize(
    "question",
    [
        "watch hours for shows produced by Zorblax",
        "watch hours for teams produced by Ines Okoro",
        "watch hours produced by teams",
        "watch hours of people reporting to shows",
    ],
)
def test_a_relation_that_the_pack_does_not_have_is_not_understood(question: str) -> None:
    assert understand(question, KNOWN).status == "unresolved"
