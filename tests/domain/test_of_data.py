"""What is known of the data behind a number: caveats of what is asked, how fresh it is; no meaning by date."""

from __future__ import annotations

from typing import Any

import pytest

from ecp.domain.assets import DataContract, Dimension, Member, Metric, PeriodScope, Scope, Term, TribalKnowledge
from ecp.domain.catalogue import Catalogue
from ecp.domain.entries import described, known_issues, with_issues
from tests.support.reading import catalogue, understand


def _known(issue: str, **scope: Any) -> TribalKnowledge:
    return TribalKnowledge(id=issue, message=issue, scope=Scope(metrics=("weight",), **scope))


OLD = PeriodScope(start="2019-10-01", end="2019-12-31")  # type: ignore[arg-type]
PLACES = (Member(id="north", name="North"), Member(id="south", name="South"))
THINGS = Catalogue.of(
    "1",
    [
        Metric(id="weight", name="Net weight", semantic_layer_ref="A.weight"),
        Metric(id="gross", name="Gross weight", semantic_layer_ref="A.gross"),
        Term(id="heaviness", name="Heaviness", metrics=({"metric": "weight"},)),  # type: ignore[arg-type]
        Dimension(id="place", name="Place", semantic_layer_ref="A.place", members=PLACES),  # type: ignore[call-arg]
        _known("always"),
        _known("then", period=OLD),
        _known("there", members={"place": ("north",)}),
        _known("then_there", members={"place": ("north",)}, period=OLD),
        TribalKnowledge(id="of_another", message="x", scope=Scope(metrics=("gross",))),
        DataContract(id="fresh", metrics=("weight",), freshness_hours=6),
    ],
)


def _told(question: str, denied: tuple[str, ...] = ()) -> dict[str, Any]:
    understood = understand(question, THINGS)
    selection = understood.selection
    assert (understood.status, selection.kind) == ("complete", "definition"), (question, selection.unresolved)
    assert understood.reading.of_data
    (subject,) = selection.subjects
    return with_issues(described(subject, THINGS, denied), selection.concepts, THINGS, denied, None)


@pytest.mark.parametrize(
    ("question", "issues"),
    [
        ("caveats for net weight", {"always", "then", "there", "then_there"}),
        ("any caveats for net weight in North", {"always", "then", "there", "then_there"}),
        ("any caveats for net weight in South", {"always", "then"}),
        ("any caveats for net weight in Q4 2019", {"always", "then", "there", "then_there"}),
        ("are there any known issues with net weight in 2025?", {"always", "there"}),
        ("data quality issues of net weight in South in 2025", {"always"}),
        ("what should I know about net weight in South in November 2019", {"always", "then"}),
        ("how fresh is heaviness", {"always", "then", "there", "then_there"}),
    ],
)
def test_what_is_known_is_told_for_what_is_named(question: str, issues: set[str]) -> None:
    told = _told(question)
    assert {k["id"] for k in told["known_issues"]} == issues
    assert (told["id"], told["freshness_hours"]) == ("weight", 6)


def test_what_is_denied_is_not_among_it() -> None:
    assert {k["id"] for k in _told("caveats for net weight", ("then",))["known_issues"]} == {
        "always",
        "there",
        "then_there",
    }


@pytest.mark.parametrize(
    ("question", "mention"),
    [
        ("what does net weight mean in 2019", "2019"),
        ("definition of net weight last quarter", "last quarter"),
        ("how was net weight calculated in 2019?", "2019"),
        ("what does heaviness mean since 2020", "since 2020"),
        ("caveats for net weight in Nowhere", "Nowhere"),
        ("caveats for net weight over 100", "over 100"),
        ("when was net weight last updated", "last updated"),
    ],
)
def test_what_no_pack_tells_of_a_meaning_is_refused_by_name(question: str, mention: str) -> None:
    understood = understand(question, THINGS)
    assert understood.status == "unresolved"
    assert any(u.mention.startswith(mention) for u in understood.selection.unresolved)


@pytest.mark.parametrize("question", ["what is net weight in 2019", "net weight in 2019"])
def test_a_number_of_a_time_is_a_number(question: str) -> None:
    assert understand(question, THINGS).selection.kind == "metric"


def test_of_a_word_with_several_meanings_each_is_told() -> None:
    selection = understand("caveats for revenue", catalogue("demo")).selection
    assert selection.kind == "definition" and {"net_revenue", "gross_revenue"} <= set(selection.subjects)
    own = understand("caveats for revenue", catalogue("demo"), "finance").selection
    assert own.subjects == ("net_revenue",)


DEMO = catalogue("demo")
APAC = ("tk_apac_cost_centres", "tk_apac_q4_2019", "tk_apac_q4_2019_run_rate")


def _issues(question: str, pack: Catalogue = DEMO, department: str | None = "finance") -> tuple[str, ...]:
    understood = understand(question, pack, department)
    assert (understood.status, understood.selection.kind) == ("complete", "definition"), question
    assert understood.reading.of_issues
    return understood.selection.subjects


@pytest.mark.parametrize(
    "question", ["list all caveats", "caveats", "what are the known issues", "data quality issues"]
)
def test_all_that_is_known_is_told_where_nothing_is_named(question: str) -> None:
    assert set(_issues(question)) == {k.id for k in DEMO.of_kind(TribalKnowledge)}


@pytest.mark.parametrize(
    ("question", "first", "not_among"),
    [
        ("Which caveats touch APAC?", APAC, "tk_sales_regions"),
        ("known issues in Q4 2019", APAC[1:], "tk_apac_cost_centres"),
        ("is there anything I should know about the 2019 numbers?", APAC[1:], "tk_archive_2018"),
        ("known issues with the APAC cost centres", APAC[:1], "tk_bank_cash_flow"),
        ("any caveats about customer segments", ("tk_unmatched_accounts",), "tk_bank_cash_flow"),
        ("what caveats apply to banking", ("tk_bank_cash_flow",), "tk_apac_cost_centres"),
    ],
)
def test_what_names_the_members_or_the_time_comes_first(question: str, first: tuple[str, ...], not_among: str) -> None:
    found = _issues(question)
    assert found[: len(first)] == first and not_among not in found


def test_of_another_department_is_told_what_touches_it() -> None:
    assert "tk_sales_regions" in _issues("Which caveats touch APAC?", department="sales")
    assert _issues("quality issues in Ireland", catalogue("retail"), None) == ("tk_pos",)
    assert _issues("list all caveats", catalogue("apiary"), None) == ()


@pytest.mark.parametrize(
    ("pack", "question", "metric"),
    [
        ("demo", "issues affecting headcount", "headcount"),
        ("demo", "any warnings about active customers?", "active_customers"),
        ("software", "issues affecting bookings", "bookings"),
        ("hotels", "any warnings about ADR", "adr"),
    ],
)
def test_issues_of_a_metric_are_told_with_it(pack: str, question: str, metric: str) -> None:
    assert _issues(question, catalogue(pack), None) == (metric,)


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("demo", "number of known issues"),
        ("demo", "how many caveats are there"),
        ("demo", "known issues by region"),
        ("demo", "caveats by month"),
        ("demo", "which caveats do not touch APAC"),
        ("demo", "issues in APAC"),
        ("software", "support issues"),
        ("retail", "issues by store"),
    ],
)
def test_other_issues_than_of_the_data_are_refused(pack: str, question: str) -> None:
    assert understand(question, catalogue(pack)).status == "unresolved"


def test_the_metrics_are_listed_of_which_something_is_known() -> None:
    selection = understand("which metrics have known issues", THINGS).selection
    assert (selection.kind, selection.subjects) == ("catalogue", ("gross", "weight"))
    dated = understand("which metrics have known issues in 2019", DEMO).selection
    assert "net_revenue" in dated.subjects and "operating_cost" not in dated.subjects


def test_each_issue_says_what_it_touches_and_when() -> None:
    (told,) = known_issues(["tk_apac_q4_2019_run_rate"], DEMO, ())["known_issues"]
    assert told["touches"]["metrics"] == [{"id": "annualised_run_rate", "name": "Annualised run rate"}]
    assert {"id": "region:apac", "name": "APAC"} in told["touches"]["members"]
    assert told["period"] == {"start": "2019-10-01", "end": "2019-12-31"}
    assert told["severity"] == "medium" and "divides by the days" in told["impact"]


@pytest.mark.parametrize("denied", ["then_there", "weight", "place", "place:north"])
def test_an_issue_of_nothing_but_what_is_denied_is_left_out(denied: str) -> None:
    assert known_issues(["then_there"], THINGS, (denied,)) == {"known_issues": [], "total": 0}
    assert known_issues(["then_there"], THINGS, ("gross", "place:south"))["total"] == 1


@pytest.mark.parametrize(
    ("question", "issues"),
    [
        ("can I trust net weight", {"always", "then", "there", "then_there"}),
        ("can we trust the net weight figures in South in 2025", {"always"}),
        ("is net weight in South reliable", {"always", "then"}),
        ("how accurate is net weight in Q4 2019", {"always", "then", "there", "then_there"}),
        ("data quality of net weight in South", {"always", "then"}),
        ("how good is the data for net weight in South", {"always", "then"}),
        ("can net weight be trusted", {"always", "then", "there", "then_there"}),
    ],
)
def test_whether_a_number_can_be_trusted_is_told_by_what_is_known_of_it(question: str, issues: set[str]) -> None:
    assert {k["id"] for k in _told(question)["known_issues"]} == issues


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("demo", "reliable revenue in 2025"),
        ("demo", "which regions have reliable revenue"),
        ("demo", "are invoices reliable"),
        ("demo", "how accurate was the budget in 2025"),
        ("demo", "how good is revenue"),
        ("demo", "is headcount not accurate"),
        ("retail", "how accurate is the sales forecast"),
        ("transit", "are departures reliable"),
    ],
)
def test_how_reliable_things_and_targets_are_is_no_question_of_the_data(pack: str, question: str) -> None:
    assert understand(question, catalogue(pack)).status == "unresolved"
