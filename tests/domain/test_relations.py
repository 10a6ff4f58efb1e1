"""Phrases that reach members over relations: what the graph finds is all that is asked for, and never everything."""

from __future__ import annotations

import pytest

from ecp.domain.assets import Dimension, Entity, Member, Relation
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import read_intent
from ecp.domain.matching import look_up
from ecp.domain.relations import Hop, Place, RelationPath, arrived
from ecp.domain.selection import Evidence
from tests.support.reading import IS_WORD, catalogue, understand

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


@pytest.mark.parametrize(
    ("question", "members"),
    [
        ("overtime of crews reporting to Okafor", {"crew_a", "crew_b"}),
        ("overtime of crews reporting directly to Okafor", {"crew_a", "crew_b"}),
        ("Okafor's crews' overtime", {"crew_a", "crew_b"}),
        ("overtime of the crews of Okafor", {"crew_a", "crew_b"}),
        ("overtime of crews reporting to Okafor, directly or indirectly", {"crew_a", "crew_b", "crew_c"}),
        ("overtime of crews that report, directly or indirectly, to Brandt", {"crew_a", "crew_b", "crew_c"}),
        ("overtime of crews led by foremen reporting to Okafor, directly or indirectly", {"crew_c"}),
        ("overtime of crews led by foremen under Brandt", {"crew_a", "crew_b", "crew_c"}),
        ("overtime of crews led by foremen under Okafor", {"crew_c"}),
    ],
)
def test_things_are_somebody_s_own_or_at_any_distance_under_them(question: str, members: set[str]) -> None:
    understood = understand(question, catalogue("utility"))
    assert understood.status == "complete"
    assert {f.member for f in understood.selection.concepts.filters} == members


def test_a_member_that_is_reached_over_several_steps_tells_all_of_them() -> None:
    understood = understand("overtime of crews reporting to Okafor, directly or indirectly", catalogue("utility"))
    reasons = {f.member: f.reason for f in understood.selection.concepts.filters}
    assert reasons["crew_a"] == "Alder crew reporting to Ngozi Okafor"
    assert reasons["crew_c"] == "Cedar crew reporting to Erik Lind reporting to Ngozi Okafor"


@pytest.mark.parametrize(
    ("pack", "question", "members"),
    [
        ("utility", "overtime of crews under Okafor", {"crew_a", "crew_b", "crew_c"}),
        ("law_firm", "billed hours of clients Hale looks after", {"cl_orb", "cl_mar"}),
        ("law_firm", "billed hours of clients that partners reporting to Hale handle", {"cl_ken", "cl_stat", "cl_vel"}),
        ("streaming", "watch hours of the shows that Drama produces", {"night_shift", "harbour_lights"}),
        ("transit", "cancelled trips at depots whose managers report to Berg", {"eastgate", "mill_road", "southfield"}),
        ("hotels", "revenue of hotels whose general managers report to Lang", {"h_vienna", "h_salzburg"}),
    ],
)
def test_things_are_named_by_what_somebody_does_and_by_whose_they_are(
    pack: str, question: str, members: set[str]
) -> None:
    understood = understand(question, catalogue(pack))
    assert understood.status == "complete" and not understood.selection.concepts.dimensions
    assert {f.member for f in understood.selection.concepts.filters} == members


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("demo", "net revenue by team"),
        ("demo", "which team has the highest net revenue"),
        ("utility", "overtime by supervisor"),
        ("streaming", "watch hours by team"),
    ],
)
def test_a_cut_by_what_nothing_is_kept_by_says_so_and_what_belongs_to_it(pack: str, question: str) -> None:
    (unresolved,) = understand(question, catalogue(pack)).selection.unresolved
    assert "nothing is kept by each of them: ask for what belongs to one" in unresolved.mention
    assert unresolved.nearest and all(n.kind == "dimension" for n in unresolved.nearest)


@pytest.mark.parametrize("question", ["overtime of crews under 30 hours", "crews, Okafor leads, overtime"])
def test_what_only_looks_like_a_relation_is_none(question: str) -> None:
    assert not understand(question, catalogue("utility")).reading.paths


@pytest.mark.parametrize(
    "question",
    [
        "overtime of crews reporting indirectly to Okafor",
        "overtime of crews maintaining Mill Lane, directly or indirectly",
    ],
)
def test_a_distance_that_cannot_be_kept_is_not_dropped(question: str) -> None:
    assert understand(question, catalogue("utility")).status == "unresolved"


def test_nobody_reports_to_themselves_in_a_circle_for_ever() -> None:
    a, b, c = (Place(entity="person", instance=i) for i in "abc")
    step = Hop(relation="reports_to", entity="person", to="person", outgoing=False, said="under", repeated=True)
    path = RelationPath(text="", first=0, last=0, entity="person", starts=(a,), hops=(step,))
    found = {r.instance: r.through for r in arrived(path, [{a: (b,), b: (c,), c: (a,)}], KNOWN)}
    assert found == {"a": (a,), "b": (a, b), "c": (a, b, c)}, "through all that stands between"


def test_a_verb_of_the_pack_is_no_slip_of_a_name() -> None:
    work = Entity(id="work", name="Work", relations=(Relation(name="kept_by", to="keeper", verbs=("kuratat by",)),))
    state = Dimension(id="state", name="State", members=(Member(id="k", name="Kuratit", values=("k",)),))
    asked = read_intent("works kuratat by nobody")
    assert not look_up(asked, Catalogue.of("1", (work, state)), is_word=IS_WORD)[1:]
    assert look_up(asked, Catalogue.of("1", (state,)), is_word=IS_WORD)
