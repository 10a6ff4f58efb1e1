"""Questions for what relations lead to: told from the links, whole, and without what may not be seen."""

from __future__ import annotations

import pytest

from ecp.domain.conversation import Listener, Turn
from ecp.domain.exposure import is_hidden
from ecp.domain.periods import Periods
from ecp.domain.related import told
from ecp.domain.selection import Evidence, Selection, select
from tests.support.reading import IS_WORD, TODAY, catalogue, related_by_pack, understand


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
        ("studio", "who leads Nebula", {"Lucia Mora"}),
    ],
)
def test_what_relations_lead_to_is_told(pack: str, question: str, names: set[str]) -> None:
    assert _names(question, pack) == names


@pytest.mark.parametrize(
    ("pack", "question", "names"),
    [
        ("demo", "people who report to Ingrid Holm", {"Sarah Chen", "Tomas Varga", "Amara Okafor"}),
        ("demo", "How many people report to Sarah Chen?", set()),
        ("demo", "teams led by Tomas Varga", {"Fund Desk"}),
        ("demo", "products of the Newsroom", {"Tickercast"}),
        ("demo", "the Newsroom's products", {"Tickercast"}),
        ("demo", "products Sarah Chen's teams own", {"Quotestream", "Tickercast"}),
        ("demo", "everyone who reports to Tomas Varga", {"Luis Ortega", "Fund Desk"}),
        ("demo", "Which people does Ingrid Holm manage?", {"Sarah Chen", "Tomas Varga", "Amara Okafor"}),
        ("law_firm", "Hale's clients", {"Orbital Foods", "Marlowe Pharma"}),
        ("council", "wards in East Area", {"Castle", "Docklands", "Kingsmead"}),
        ("software", "agents in Tier One", {"Maria Lopez", "Kenji Ito"}),
        ("transit", "depots whose managers report to Berg", {"Eastgate", "Mill Road", "Southfield"}),
    ],
)
def test_a_list_may_be_asked_for_by_no_more_than_what_is_on_it(pack: str, question: str, names: set[str]) -> None:
    assert _names(question, pack) == names


@pytest.mark.parametrize(
    ("pack", "question", "subject"),
    [
        ("demo", "list all people", "person"),
        ("demo", "who are the people", "person"),
        ("utility", "list all foremen", "supervisor"),
        ("streaming", "list people", "person"),
    ],
)
def test_all_of_a_kind_are_listed_by_any_plural_of_its_name(pack: str, question: str, subject: str) -> None:
    assert _selected(question, pack).subjects == (subject,)


def test_a_domain_that_is_called_so_describes_metrics_all_the_same() -> None:
    subjects = _selected("what metrics do we have for people").subjects
    assert "headcount" in subjects and "net_revenue" not in subjects


@pytest.mark.parametrize(
    ("pack", "question", "names"),
    [
        (
            "demo",
            "Which teams are managed by people who report to Ingrid Holm?",
            {"Tick Plant", "Newsroom", "Fund Desk", "Quant Lab"},
        ),
        ("demo", "products of teams managed by people reporting to Tomas Varga", set()),
        (
            "demo",
            "Which products belong to teams managed by people reporting to Ingrid Holm?",
            {"Quotestream", "Tickercast", "Fundbook", "Risklens"},
        ),
        (
            "law_firm",
            "clients handled by partners reporting to Hale",
            {"Kenning Bank", "Statler Insurance", "Velo Energy"},
        ),
        ("council", "wards of councillors of Independents", {"Millbrook", "Kingsmead"}),
    ],
)
def test_a_way_may_go_over_several_kinds_and_over_people_twice(pack: str, question: str, names: set[str]) -> None:
    assert _names(question, pack) == names


def test_a_way_over_too_many_relations_is_refused_and_says_so() -> None:
    way = " who report to people" * 5
    for question in (f"Which teams are managed by people{way} who report to Ingrid Holm?",):
        understood = understand(question, catalogue("demo"))
        assert understood.status == "unresolved"
        assert "over more than 5 relations" in understood.selection.unresolved[0].mention
    measured = understand(f"net revenue of teams managed by people{way} who report to Ingrid Holm", catalogue("demo"))
    assert any("over more than 5 relations" in u.mention for u in measured.selection.unresolved)


@pytest.mark.parametrize(
    ("pack", "question", "names"),
    [
        ("demo", "who are the direct reports of Ingrid Holm", {"Sarah Chen", "Tomas Varga", "Amara Okafor"}),
        ("demo", "Ingrid Holm's direct reports", {"Sarah Chen", "Tomas Varga", "Amara Okafor"}),
        ("demo", "how many direct reports does Tomas Varga have", {"Luis Ortega", "Fund Desk"}),
        ("demo", "who is Sarah Chen's manager", {"Ingrid Holm"}),
        ("demo", "who is the owner of Tickercast", {"Newsroom"}),
        ("demo", "owners of Quotestream and Fundbook", {"Tick Plant", "Fund Desk"}),
        ("demo", "Tick Plant's lead", {"Sarah Chen"}),
        ("law_firm", "who is the supervisor of Osei", {"Judith Hale"}),
        ("software", "who is the employer of Maria Lopez", {"Tier One"}),
    ],
)
def test_whoever_does_it_goes_by_a_noun(pack: str, question: str, names: set[str]) -> None:
    assert _names(question, pack) == names


@pytest.mark.parametrize("question", ["employees of Tier One", "who is the employee of Tier One"])
def test_those_to_whom_it_is_done_are_not_those_who_do_it(question: str) -> None:
    assert not understand(question, catalogue("software")).selection.reached


@pytest.mark.parametrize(
    ("pack", "question", "names"),
    [
        ("demo", "teams under Tomas Varga", {"Fund Desk", "Premises Crew"}),
        ("demo", "everyone directly under Tomas Varga", {"Fund Desk", "Luis Ortega"}),
        ("demo", "How many products do teams under Tomas Varga own?", {"Fundbook"}),
        ("utility", "foremen under Brandt", {"Ngozi Okafor", "Erik Lind"}),
        ("utility", "crews led by foremen under Okafor", {"Cedar crew"}),
        ("hotels", "who is under Keller", {"Ines Sousa", "Pablo Garrido"}),
    ],
)
def test_under_somebody_are_those_at_any_distance(pack: str, question: str, names: set[str]) -> None:
    assert _names(question, pack) == names


@pytest.mark.parametrize(
    ("pack", "question", "names"),
    [
        ("demo", "Which team owns Tickercast and who leads it?", {"Newsroom", "Sarah Chen"}),
        ("demo", "Which team owns Tickercast and who leads that team?", {"Newsroom", "Sarah Chen"}),
        (
            "demo",
            "who leads the team that owns Tickercast and who does that person report to",
            {"Sarah Chen", "Ingrid Holm"},
        ),
        ("demo", "who leads the Newsroom and who does she report to", {"Sarah Chen", "Ingrid Holm"}),
        ("demo", "who owns Tickercast and who owns Fundbook", {"Newsroom", "Fund Desk"}),
        ("hotels", "who owns Costa Faro and who manages it", {"Iberian Hospitality Trust", "Ines Sousa"}),
        ("utility", "who maintains Mill Lane and who leads it", {"Alder crew", "Ngozi Okafor"}),
    ],
)
def test_a_second_question_may_be_asked_of_what_the_first_leads_to(pack: str, question: str, names: set[str]) -> None:
    assert _names(question, pack) == names


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("demo", "Who manages Luis Ortega and who does he report to?"),
        ("demo", "who leads the Newsroom and who does it report to"),
        ("demo", "Which team owns Tickercast and what is its net revenue?"),
        ("demo", "Which team owns Tickercast and how many people report to it?"),
        ("demo", "who owns Tickercast and which metrics has it"),
        ("law_firm", "who supervises Osei and who does he report to"),
    ],
)
def test_a_second_question_that_is_another_or_may_mean_two_things_is_to_be_asked_by_itself(
    pack: str, question: str
) -> None:
    understood = understand(question, catalogue(pack))
    assert understood.status == "unresolved"
    assert "ask one after the other" in understood.selection.unresolved[0].mention


@pytest.mark.parametrize(
    ("pack", "kinds", "question", "others"),
    [
        ("demo", ("who", "which team"), "owns Risklens", ("which person", "what department", "which people")),
        ("insurer", ("who", "which account manager"), "manages Vantage Risk", ("which person", "which broker firm")),
        ("hotels", ("who",), "owns Costa Faro", ("which person", "which team")),
    ],
)
def test_whoever_is_asked_for_by_a_kind_that_does_no_such_thing_is_nobody(
    pack: str, kinds: tuple[str, ...], question: str, others: tuple[str, ...]
) -> None:
    assert all(_names(f"{kind} {question}", pack) for kind in kinds)
    for kind in others:
        understood = understand(f"{kind} {question}", catalogue(pack))
        assert understood.status == "unresolved", kind
        assert "ask who does" in understood.selection.unresolved[0].mention


def test_what_is_behind_something_denied_is_not_told_by_the_second_question_either() -> None:
    selection = _selected("Which team owns Tickercast and who leads it?")
    assert told(selection.reached, (), ("team:newsroom",))["total"] == 0
    assert [m["id"] for m in told(selection.reached, (), ("person:sarah_chen",))["members"]] == ["newsroom"]
    assert is_hidden(selection, ("team",), catalogue("demo"))


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
        ("demo", "Who does Luis Ortega report to, directly or indirectly?"),
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


@pytest.mark.parametrize(
    ("pack", "question", "names"),
    [
        ("demo", "Sarah Chen's products", {"Quotestream", "Tickercast"}),
        ("demo", "which products does Sarah Chen own", {"Quotestream", "Tickercast"}),
        ("demo", "which products are owned by Sarah Chen", {"Quotestream", "Tickercast"}),
        ("demo", "what does Sarah Chen own", {"Quotestream", "Tickercast"}),
        ("demo", "products of Tomas Varga", {"Fundbook"}),
        ("demo", "which products does Sarah Chen have", {"Quotestream", "Tickercast"}),
        ("demo", "which products does Ingrid Holm own", {"Quotestream", "Tickercast", "Fundbook", "Risklens"}),
        (
            "demo",
            "which products does Ingrid Holm's organisation own",
            {"Quotestream", "Tickercast", "Fundbook", "Risklens"},
        ),
        ("studio", "games made by Tim Haas", {"Farm Tales", "Iron Pact", "Rune Chess"}),
        ("council", "wards of the Civic Greens", {"Castle", "Docklands", "Harrow Hill", "St Anne's"}),
    ],
)
def test_what_belongs_to_those_under_somebody_is_his(pack: str, question: str, names: set[str]) -> None:
    assert _names(question, pack) == names


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("law_firm", "Zenith Holdings' partners"),
        ("films", "Mika Aalto's house"),
        ("demo", "who manages Quotestream"),
        ("demo", "who is in the Newsroom"),
        ("demo", "who is in Sarah Chen's organisation"),
        ("retail", "who works for Amara Nwosu"),
    ],
)
def test_what_is_only_related_to_the_same_things_is_nobodys_own(pack: str, question: str) -> None:
    assert understand(question, catalogue(pack)).status == "unresolved"


@pytest.mark.parametrize(
    ("pack", "question", "names"),
    [
        ("demo", "who works for Sarah Chen", {"Tick Plant", "Newsroom"}),
        ("demo", "how many people work for Ingrid Holm", {"Sarah Chen", "Tomas Varga", "Amara Okafor"}),
        ("demo", "who does Sarah Chen work for", {"Ingrid Holm"}),
        ("demo", "who is Sarah Chen's boss", {"Ingrid Holm"}),
        ("demo", "which teams does Sarah Chen have", {"Tick Plant", "Newsroom"}),
        ("transit", "who is the boss of Leila Haddad", {"Astrid Berg"}),
        ("telecom", "who works under Ines Falk", {"Tomas Reyer", "Yuki Arden"}),
    ],
)
def test_whoever_reports_to_somebody_works_for_him(pack: str, question: str, names: set[str]) -> None:
    assert _names(question, pack) == names


def _then(first: str, then: str, pack: str = "demo") -> set[str]:
    known = catalogue(pack)
    heard = Listener(known, IS_WORD).chain([Turn(text=first, as_of=TODAY)], Turn(text=then, as_of=TODAY))
    related = related_by_pack(heard.asked.reading, known)
    selection = select(heard.asked.reading, Periods(), known, None, Evidence(related=related))
    return {r.name for r in selection.reached}


@pytest.mark.parametrize(
    ("first", "then", "names"),
    [
        ("who does Sarah Chen report to", "who do they report to", set()),
        ("who does Luis Ortega report to", "who do they report to", {"Ingrid Holm"}),
        ("who owns Quotestream", "who do they report to", {"Sarah Chen"}),
        ("who owns Quotestream", "who leads it", {"Sarah Chen"}),
        ("who leads the Newsroom", "who does she report to", {"Ingrid Holm"}),
        ("which teams report to Sarah Chen", "what do they own", {"Quotestream", "Tickercast"}),
        ("which teams report to Sarah Chen", "which products do those teams own", {"Quotestream", "Tickercast"}),
        ("who leads the Newsroom", "who leads the Fund Desk", {"Tomas Varga"}),
        ("who leads the Newsroom", "and the Fund Desk?", {"Tomas Varga"}),
        ("who manages Luis Ortega", "who does he report to", set()),
    ],
)
def test_a_question_goes_on_from_what_relations_led_to(first: str, then: str, names: set[str]) -> None:
    assert _then(first, then) == names


@pytest.mark.parametrize(
    ("question", "members"),
    [
        ("revenue of what Sarah Chen's organisation owns", {"quotestream", "tickercast"}),
        ("revenue of what the Newsroom owns in 2025", {"tickercast"}),
        ("Sarah Chen's products' revenue", {"quotestream", "tickercast"}),
        (
            "revenue of products owned by Ingrid Holm's organisation",
            {"quotestream", "tickercast", "fundbook", "risklens"},
        ),
    ],
)
def test_what_is_measured_of_those_under_somebody_is_limited_to_them(question: str, members: set[str]) -> None:
    understood = understand(question, catalogue("demo"), "finance")
    assert understood.status == "complete"
    assert {f.member for f in understood.selection.concepts.filters} == members
