"""Questions for what relations lead to: told from the links, whole, and without what may not be seen."""

from __future__ import annotations

import pytest

from ecp.domain.exposure import is_hidden
from ecp.domain.periods import Periods
from ecp.domain.related import told
from ecp.domain.selection import Evidence, Selection, select
from tests.support.reading import catalogue, understand


def _selected(question: str, pack: str = "demo") -> Selection:
    understood = understand(question, catalogue(pack))
    assert (understood.status, understood.selection.kind) == ("complete", "catalogue"), question
    return understood.selection


def _names(question: str, pack: str = "demo") -> set[str]:
    return {r.name for r in _selected(question, pack).reached}


@pytest.mark.parametrize(
    ("pack", "question", "names"),
    [
        ("demo", "Which teams report to Sarah Chen?", {"Tick Plant", "Newsroom"}),
        ("demo", "How many teams report to Sarah Chen?", {"Tick Plant", "Newsroom"}),
        ("demo", "Which teams currently report to Sarah Chen?", {"Tick Plant", "Newsroom"}),
        ("demo", "Who does Sarah Chen report to?", {"Ingrid Holm"}),
        ("demo", "Who does Ingrid Holm report to?", set()),
        ("demo", "Who reports to Sarah Chen?", {"Tick Plant", "Newsroom"}),
        ("demo", "Who leads the Tick Plant team?", {"Sarah Chen"}),
        ("demo", "Who owns Quotestream?", {"Tick Plant"}),
        ("demo", "Which team is Quotestream owned by?", {"Tick Plant"}),
        ("demo", "Quotestream is owned by which team?", {"Tick Plant"}),
        ("demo", "Which products does Sarah Chen's team own?", {"Quotestream", "Tickercast"}),
        ("demo", "List the products owned by teams reporting to Sarah Chen", {"Quotestream", "Tickercast"}),
        ("demo", "Which products do teams reporting to Sarah Chen own?", {"Quotestream", "Tickercast"}),
        ("demo", "Which products are owned by Tick Plant and Newsroom?", {"Quotestream", "Tickercast"}),
        ("demo", "What does Tick Plant own?", {"Quotestream"}),
        ("demo", "What are Sarah Chen's teams?", {"Tick Plant", "Newsroom"}),
        ("law_firm", "Which clients does Judith Hale look after?", {"Orbital Foods", "Marlowe Pharma"}),
        ("law_firm", "who supervises Osei", {"Judith Hale"}),
        ("law_firm", "Which holding owns Velo Energy", {"Polar Group"}),
        ("software", "who works in tier one", {"Maria Lopez", "Kenji Ito"}),
        ("studio", "which team made Star Drift", {"Nebula"}),
        ("studio", "which games does Forge build", {"Iron Pact", "Rune Chess"}),
        ("studio", "which games are built by teams led by Haas", {"Farm Tales", "Iron Pact", "Rune Chess"}),
    ],
)
def test_what_relations_lead_to_is_told(pack: str, question: str, names: set[str]) -> None:
    assert _names(question, pack) == names


def test_nobody_is_under_himself() -> None:
    under = _names("Who reports to Ingrid Holm, directly or indirectly?")
    assert {"Sarah Chen", "Luis Ortega", "Premises Crew"} <= under and "Ingrid Holm" not in under
    assert "Luis Ortega" not in _names("Who reports to Ingrid Holm?")


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("demo", "Which teams report to Sarah Chen in 2024?"),
        ("demo", "Which teams do not report to Sarah Chen?"),
        ("demo", "Which teams report to Quotestream?"),
        ("demo", "Which products own Tick Plant?"),
        ("demo", "Who is on team Tick Plant?"),
        ("demo", "Who owned Quotestream before Tick Plant?"),
        ("demo", "Which big teams report to Sarah Chen?"),
        ("demo", "Does Tick Plant report to Sarah Chen?"),
        ("demo", "Who reports indirectly to Ingrid Holm?"),
        ("law_firm", "which partners does Kenning Bank supervise"),
    ],
)
def test_what_no_relation_or_more_than_one_tells_is_refused(pack: str, question: str) -> None:
    assert understand(question, catalogue(pack)).status == "unresolved"


def test_what_is_measured_of_what_relations_lead_to_is_a_number() -> None:
    understood = understand("net revenue of products owned by teams reporting to Sarah Chen", catalogue("demo"))
    assert [m.id for m in understood.selection.concepts.metrics] == ["net_revenue"]
    assert not understood.selection.reached


def test_a_refusal_names_the_kinds_that_a_thing_is_related_to() -> None:
    selection = understand("Who is on team Tick Plant?", catalogue("demo")).selection
    near = {n.id for u in selection.unresolved if u.mention == "Tick Plant" for n in u.nearest}
    assert {"person", "product_line"} <= near


def test_while_the_graph_is_down_the_question_stays_open() -> None:
    evidence = Evidence(graph=None, related=None)
    understood = understand("Which teams report to Sarah Chen?", catalogue("demo"))
    without = select(understood.reading, Periods(), catalogue("demo"), None, evidence)
    assert [u.mention for u in without.unresolved] and "does not answer" in without.unresolved[0].mention
    assert not without.subjects and not without.reached


def test_what_is_denied_and_what_is_behind_it_is_in_no_list_and_no_total() -> None:
    selection = _selected("Which products do teams reporting to Sarah Chen own?")
    whole = told(selection.reached, {"product_line"}, ())
    assert whole["total"] == len(whole["members"]) == 2
    for hidden in ("product:quotestream", "product_line:quotestream", "team:tick_plant"):
        less = told(selection.reached, {"product_line"}, (hidden,))
        assert [m["id"] for m in less["members"]] == ["tickercast"] and less["total"] == 1
        assert not is_hidden(selection, (hidden,), catalogue("demo"))


@pytest.mark.parametrize("hidden", ["person", "team", "product_line", "product", "person:sarah_chen"])
def test_of_what_is_denied_nothing_is_told(hidden: str) -> None:
    selection = _selected("Which products do teams reporting to Sarah Chen own?")
    assert is_hidden(selection, (hidden,), catalogue("demo"))
    of_nobody = _selected("Who does Ingrid Holm report to?")
    assert is_hidden(of_nobody, ("person",), catalogue("demo")), "nor that there is nothing"
    assert not is_hidden(of_nobody, ("team",), catalogue("demo"))
