"""A lineage tells nothing of what may not be seen."""

from __future__ import annotations

import pytest

from ecp.domain.assets import Lineage, LineageEdge, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.compose import visible_options
from ecp.domain.exposure import is_hidden
from ecp.domain.lineage import hidden_nodes, visible_lineage
from ecp.domain.traced import traced
from tests.support.reading import IS_WORD, understand
from tests.support.reading import catalogue as pack

OPEN = Metric(id="open", name="Open", semantic_layer_ref="Cube.open")
CLOSED = Metric(id="closed", name="Closed", semantic_layer_ref="Cube.closed")


def edge(source: str, target: str) -> LineageEdge:
    return LineageEdge(source=source, target=target)


def catalogue(*documents: Lineage) -> Catalogue:
    return Catalogue.of("1", (OPEN, CLOSED, *documents))


TOLD = catalogue(
    Lineage(id="told", name="", edges=(edge("shared", "Cube.open"), edge("shared", "own"), edge("own", "Cube.closed")))
)


def test_what_feeds_a_denied_metric_alone_is_hidden_with_it():
    assert hidden_nodes(TOLD, {"closed"}) == {"closed", "Cube.closed", "own"}


def test_what_feeds_another_metric_too_is_not():
    assert "shared" not in hidden_nodes(TOLD, {"closed"})
    assert hidden_nodes(TOLD, {"open", "closed"}) >= {"shared", "own", "Cube.open"}


def test_nothing_denied_hides_nothing():
    assert hidden_nodes(TOLD, ()) == set()


def test_what_a_denied_document_alone_tells_is_hidden():
    secret = Lineage(id="secret", name="", edges=(edge("vault", "report"), edge("shared", "report")))
    found = hidden_nodes(catalogue(*TOLD.of_kind(Lineage), secret), {"secret"})
    assert found == {"secret", "vault", "report"}


def test_a_cycle_ends():
    around = catalogue(Lineage(id="told", name="", edges=(edge("a", "b"), edge("b", "a"), edge("b", "Cube.closed"))))
    assert hidden_nodes(around, {"closed"}) == {"closed", "Cube.closed", "a", "b"}


def test_what_leads_nowhere_without_a_hidden_node_goes_with_it():
    nodes = [{"id": i} for i in ("t", "a", "b", "c")]
    edges = [{"source": s, "target": t} for s, t in (("a", "t"), ("b", "t"), ("c", "a"))]
    seen, ways = visible_lineage("t", nodes, edges, {"a"})
    assert [n["id"] for n in seen] == ["t", "b"] and ways == [{"source": "b", "target": "t"}]
    assert visible_lineage("t", nodes, edges, {"t"}) == ([], [])


DEMO = pack("demo")
NET = "halyard.fct_revenue_daily.net_amount"


@pytest.mark.parametrize(
    ("question", "subjects"),
    [
        (f"what feeds {NET}?", {NET}),
        (f"where does column {NET} come from", {NET}),
        ("where does fct_revenue_daily.net_amount come from", {NET}),
        (f"what is upstream of {NET}?", {NET}),
        (f"lineage of {NET}", {NET}),
    ],
)
def test_where_a_source_comes_from_is_asked_of_the_source_itself(question: str, subjects: set[str]) -> None:
    selection = understand(question, DEMO).selection
    assert (selection.kind, set(selection.subjects), selection.unresolved) == ("lineage", subjects, ())


@pytest.mark.parametrize(
    "question",
    [
        "what depends on gross revenue",
        "which metrics use gross revenue?",
        "what else relies on gross revenue",
        "downstream of gross revenue",
        "what is built on gross revenue",
        "which metrics are derived from gross revenue",
        "what is based on gross revenue",
        "what does gross revenue feed",
        "what would break if gross revenue changes",
    ],
)
def test_what_is_made_from_a_metric_are_other_metrics(question: str) -> None:
    selection = understand(question, DEMO).selection
    assert selection.kind == "catalogue" and not selection.unresolved
    assert "discount_rate" in selection.subjects and "gross_revenue" not in selection.subjects


def test_what_would_change_with_a_source_are_the_metrics_made_from_it() -> None:
    known = DEMO
    changed = understand("what would break if erp.credit_notes.amount changes", known).selection
    assert changed.kind == "catalogue" and {"net_revenue", "annualised_run_rate"} <= set(changed.subjects)
    assert understand("which metrics come from the ERP", known).selection.kind == "catalogue"


@pytest.mark.parametrize(
    "question",
    [
        "which reports use net revenue",
        "which dashboards use net revenue?",
        f"what feeds {NET} in 2024",
        "where does nowhere.fct_nothing.amount come from",
        "what would break if the ERP table parcels changes",
    ],
)
def test_what_no_lineage_tells_is_refused(question: str) -> None:
    assert understand(question, DEMO, "finance").status == "unresolved"


CREDIT = "halyard.fct_revenue_daily.credit_amount"
BUDGET = "halyard.fct_budget_quarterly.net_amount"


@pytest.mark.parametrize(
    ("question", "subjects"),
    [
        ("where does credit_amount come from", {CREDIT}),
        ("lineage of CREDIT_AMOUNT", {CREDIT}),
        ("lineage of the net_amount column of fct_budget_quarterly", {BUDGET}),
        ("what feeds net_amount in the table fct_budget_quarterly", {BUDGET}),
        ("lineage of load_billing", {"job.load_billing"}),
        ("lineage of net_revenue", {"net_revenue"}),
    ],
)
def test_a_column_is_called_by_its_name_where_no_other_has_it(question: str, subjects: set[str]) -> None:
    selection = understand(question, DEMO).selection
    assert (selection.kind, set(selection.subjects), selection.options) == ("lineage", subjects, ())


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("lineage of net_amount", "lineage"),
        ("where does the net amount column come from", "lineage"),
        ("which metrics depend on net_amount", "catalogue"),
        ("what would break if net_amount changes", "catalogue"),
    ],
)
def test_a_column_that_several_tables_have_is_asked_back(question: str, kind: str) -> None:
    selection = understand(question, DEMO).selection
    assert (selection.kind, [o.text for o in selection.options]) == (kind, [BUDGET, NET])
    settled = understand(question, DEMO, forced=selection.options[0].settles).selection
    told = {BUDGET} if kind == "lineage" else {"budget_net_revenue", "budget_run_rate"}
    assert (set(settled.subjects), settled.options) == (told, ())


def test_of_columns_that_are_asked_back_no_hidden_one_is_offered() -> None:
    selection = understand("lineage of net_amount", DEMO).selection
    metrics = ("budget_net_revenue", "budget_run_rate")
    assert [o.text for o in visible_options(selection.options, hidden_nodes(DEMO, metrics))] == [NET]


@pytest.mark.parametrize(
    "question", ["lineage of net amount", "lineage of nothing_here", "what depends on credit amount"]
)
def test_words_that_no_program_has_are_no_column(question: str) -> None:
    assert understand(question, DEMO).status == "unresolved"


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("demo", "where is net revenue stored"),
        ("demo", "which table is headcount stored in"),
        ("demo", "source of truth for net revenue"),
        ("demo", "which columns feed net revenue"),
        ("retail", "which system holds sales"),
        ("retail", "in which table is sales"),
    ],
)
def test_where_a_number_is_kept_is_its_lineage(name: str, question: str) -> None:
    assert understand(question, pack(name)).selection.kind == "lineage"


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("demo", "where are active customers stored"),
        ("retail", "where are returns stored"),
        ("demo", "which metrics are not affected by gross revenue"),
        ("demo", "what happens if gross revenue changes"),
        ("demo", "impact of gross revenue"),
        ("demo", "which system has the highest net revenue"),
    ],
)
def test_where_things_are_and_what_happens_is_told_by_no_lineage(name: str, question: str) -> None:
    assert understand(question, pack(name)).status == "unresolved"


def test_how_fresh_a_source_is_are_the_promises_of_what_is_made_from_it() -> None:
    selection = understand("how fresh is fct_cost_monthly", DEMO).selection
    assert (selection.kind, selection.subjects) == ("definition", ("operating_cost",))
    several = understand("how up to date is net_amount", DEMO).selection
    assert [o.text for o in several.options] == [BUDGET, NET]
    assert understand("how fresh is fct_orders", pack("retail")).status == "unresolved"
    assert understand("how fresh is fct_revenue_daily in 2024", DEMO).status == "unresolved"


@pytest.mark.parametrize(
    ("name", "target", "subjects"),
    [
        ("demo", "credit_amount", {CREDIT}),
        ("demo", "fct_revenue_daily.net_amount", {NET}),
        ("demo", "Mark-up of the group", {"erp.ledger.markup"}),
        ("demo", "headcount", {"headcount"}),
        ("retail", "fct_orders", {"fct_orders"}),
        ("retail", "Web shop", {"shopify"}),
    ],
)
def test_a_name_by_itself_is_traced_as_in_a_question(name: str, target: str, subjects: set[str]) -> None:
    assert set(traced(target, pack(name), None, IS_WORD).subjects) == subjects


def test_a_table_is_traced_with_all_its_columns() -> None:
    found = traced("fct_revenue_daily", DEMO, None, IS_WORD).subjects
    assert {NET, CREDIT} <= set(found) and all(".fct_revenue_daily." in i for i in found)


def test_of_a_name_that_several_have_an_option_settles_which() -> None:
    found = traced("net_amount", DEMO, None, IS_WORD)
    assert len(found.options) == 2
    assert traced("net_amount", DEMO, None, IS_WORD, found.options[1].settles).subjects == (NET,)


@pytest.mark.parametrize("target", ["nothing", "net revenue in 2024", "net revenue by month", "APAC", "what is this"])
def test_what_says_more_or_less_than_a_name_is_traced_to_nothing(target: str) -> None:
    found = traced(target, DEMO, "finance", IS_WORD)
    assert (found.subjects, found.options) == ((), ())


def test_what_a_metric_is_used_for_or_of_is_asked_as_before() -> None:
    known = DEMO
    assert understand("where does net revenue come from", known).selection.kind == "lineage"
    assert understand("which regions have net revenue", known).selection.kind != "catalogue"


def test_a_source_that_feeds_what_is_denied_alone_is_hidden() -> None:
    known = DEMO
    selection = understand(f"what feeds {NET}?", known).selection
    assert not is_hidden(selection, (), known)
    assert is_hidden(selection, ("lineage_billing", *(m.id for m in known.of_kind(Metric))), known)


def test_what_no_lineage_tells_of_is_not_said_to_be_used_by_nothing() -> None:
    known = Catalogue.of("1", (OPEN, CLOSED))
    assert understand("what depends on open", known).status == "unresolved"
