"""A member that is asked about is described itself, with what it is related to; never what it is a member of alone."""

from __future__ import annotations

import pytest

from ecp.domain.answer import ResolvedConcepts
from ecp.domain.entries import described, is_denied
from ecp.domain.exposure import Shown, policy_input
from ecp.domain.question import Asker, Question
from tests.support.reading import TODAY, catalogue, understand

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
