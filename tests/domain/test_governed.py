"""Whose metrics are, which have a target, how far they are agreed on, what counts as them: told as the pack has it."""

from __future__ import annotations

import pytest

from ecp.domain.assets import Metric, MetricChoice, Term
from ecp.domain.catalogue import Catalogue
from ecp.domain.entries import entry
from ecp.domain.exposure import is_hidden
from ecp.domain.governed import Governed, governed_metrics, templates_of, used_by, users_of, with_users
from tests.support.reading import catalogue, understand


def _told(question: str, pack: str, department: str | None = None):
    found = understand(question, catalogue(pack), department)
    assert found.status == "complete", (question, found.selection.unresolved)
    return found.selection


@pytest.mark.parametrize(
    ("pack", "department", "metrics"),
    [
        ("demo", "finance", {"net_revenue", "budget_net_revenue", "revenue_churn"}),
        ("demo", "operations", {"annualised_run_rate", "budget_run_rate"}),
        ("demo", "sales", {"gross_revenue", "budget_gross_revenue", "discounts_granted", "discount_rate"}),
        ("demo", "product", {"logo_churn"}),
        ("software", "finance", {"mrr", "paying_users"}),
        ("software", "product", {"mau"}),
        ("hotels", "guest experience", {"nps"}),
        ("hotels", "revenue management", {"revpar"}),
        ("hotels", "finance", {"total_revenue"}),
    ],
)
def test_a_department_uses_what_words_mean_to_it_and_what_it_owns(pack, department, metrics):
    for question in (
        f"which metrics does {department} use",
        f"What metrics does the {department} department track?",
        f"which metrics are used by {department}",
    ):
        selection = _told(question, pack)
        assert (selection.kind, set(selection.subjects)) == ("catalogue", metrics), question


def test_a_general_meaning_is_that_of_who_has_none_of_his_own():
    kept = [Metric(id=i, name=i) for i in ("own", "general", "other", "nobodys")]
    choices = [MetricChoice(metric="own", departments=["north"]), MetricChoice(metric="general")]
    word = Term(id="word", name="Word", metrics=choices)
    alone = Term(id="alone", name="Alone", metrics=[MetricChoice(metric="other", departments=["south"])])
    assets = Catalogue.of("1", [*kept, word, alone])
    assert used_by("north", assets) == {"own"}
    assert used_by("south", assets) == {"general", "other"}
    assert used_by("south", assets, denied=["word"]) == {"other"}


def test_who_has_no_word_of_his_own_is_not_said_to_use_nothing():
    assets = Catalogue.of(
        "1",
        [
            Metric(id="a", name="Weight", departments=["North"]),
            Metric(id="b", name="Length"),
        ],
    )
    told = understand("which metrics does North use", assets)
    assert told.selection.subjects == ("a",)
    assert understand("which metrics does South use", assets).status == "unresolved"


@pytest.mark.parametrize(
    ("pack", "question", "used"),
    [
        ("demo", "who uses net revenue", {"net_revenue": {"finance": ["Revenue"]}}),
        (
            "demo",
            "which departments use churn",
            {"revenue_churn": {"finance": ["Churn"]}, "logo_churn": {"product": ["Churn"]}},
        ),
        ("software", "which departments use bookings", {"bookings": {"sales": ["Revenue"]}}),
        ("demo", "does sales use net revenue?", {"net_revenue": {"finance": ["Revenue"]}}),
        ("demo", "is net revenue used by finance", {"net_revenue": {"finance": ["Revenue"]}}),
        ("hotels", "who uses RevPAR?", {"revpar": {"revenue_management": ["Performance"]}}),
    ],
)
def test_who_uses_a_metric_is_who_means_it_by_a_word(pack, question, used):
    selection, assets = _told(question, pack), catalogue(pack)
    metrics = [i for i in selection.subjects if assets.get(i, Metric)]
    assert {i: users_of(i, assets) for i in metrics} == used
    told = with_users({"id": metrics[0], "kind": "metric"}, assets, ())
    assert told["used_by"] == [{"department": d, "terms": terms} for d, terms in used[metrics[0]].items()]


def test_words_that_may_not_be_seen_tell_of_nobody():
    term = Term(id="word", name="Word", metrics=[MetricChoice(metric="a", departments=["north"])])
    assets = Catalogue.of("1", [Metric(id="a", name="Weight"), term])
    assert with_users({"id": "a", "kind": "metric"}, assets, ["word"])["used_by"] == []


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("demo", "who uses headcount"),
        ("demo", "does finance use headcount"),
        ("demo", "which metrics have a budget for EMEA"),
        ("demo", "which metrics do finance and sales use"),
        ("software", "who uses signups"),
        ("demo", "what does operations call churn"),
        ("hotels", "what does finance call performance"),
        ("demo", "which metrics are certified"),
        ("hotels", "which metrics are not certified"),
        ("demo", "tier 7 metrics"),
        ("software", "which metrics have no budget"),
        ("demo", "which metrics does marketing use"),
        ("software", "which metrics does support rely on"),
        ("demo", "what does average revenue call mean"),
        ("demo", "which dimensions are not available for headcount"),
        ("demo", "which dimensions do net revenue and headcount have in common"),
        ("demo", "when is a customer considered active in EMEA"),
        ("hotels", "when is a member considered loyal"),
        ("demo", "what counts as an active customer last year"),
    ],
)
def test_what_nobody_said_is_refused(pack, question):
    assert understand(question, catalogue(pack)).status == "unresolved"


@pytest.mark.parametrize(
    ("pack", "question", "metrics"),
    [
        ("demo", "which metrics have a budget", {"net_revenue", "gross_revenue", "annualised_run_rate"}),
        ("demo", "metrics with a net revenue budget", {"net_revenue"}),
        ("hotels", "which metrics have a target?", {"labour_cost", "revpar", "total_revenue"}),
        ("hotels", "which metrics have a budget", {"labour_cost", "total_revenue"}),
        ("software", "Which metrics have a quota", {"bookings"}),
        ("software", "tier 1 metrics", {"bookings", "mrr", "signups", "tickets"}),
        ("demo", "which metrics are certified tier 3", {"net_revenue_local"}),
        ("demo", "how many tier 3 metrics are there", {"net_revenue_local"}),
    ],
)
def test_metrics_are_told_by_their_targets_and_tiers(pack, question, metrics):
    selection = _told(question, pack)
    assert (selection.kind, set(selection.subjects)) == ("catalogue", metrics)


@pytest.mark.parametrize("pack", ["demo", "hotels", "bank"])
def test_metrics_are_of_a_sort_by_their_units_and_how_they_add_up(pack):
    kept = list(catalogue(pack).of_kind(Metric))
    percent = {m.id for m in kept if m.unit in ("percent", "%")}
    ratios = {m.id for m in kept if m.aggregation == "ratio"} | percent
    for question in ("which metrics are rates", "list all metrics that are ratios", "what kpis are a ratio"):
        assert set(_told(question, pack).subjects) == ratios, question
    for question in ("which metrics are percentages", "which metrics are measured in percent"):
        assert set(_told(question, pack).subjects) == percent, question
    levels = {m.id for m in kept if m.aggregation == "last"} - percent
    assert set(_told("which metrics are levels", pack).subjects) == levels
    for question in ("counts", "amounts", "monthly", "not rates", "averages", "in furlongs"):
        assert understand(f"which metrics are {question}", catalogue(pack)).status == "unresolved", question


@pytest.mark.parametrize("pack", ["demo", "hotels", "bank"])
@pytest.mark.parametrize(("said", "unit"), [("in dollars", "USD"), ("told in EUR", "EUR"), ("in pounds", "GBP")])
def test_metrics_in_a_unit_are_those_told_in_it_where_some_are(pack, said, unit):
    told = {m.id for m in catalogue(pack).of_kind(Metric) if m.unit == unit}
    question = f"which metrics are {said}"
    if told:
        assert set(_told(question, pack).subjects) == told
    else:
        assert understand(question, catalogue(pack)).status == "unresolved"


@pytest.mark.parametrize(
    ("question", "pack", "unit"),
    [
        ("which metrics are in hours", "boatyards", "hours"),
        ("which metrics are in hours", "joinery", "hours"),
        ("metrics in hours", "workforce", "hours"),
        ("which metrics have hours as their unit", "workforce", "hours"),
        ("metrics with unit days", "workforce", "days"),
        ("metrics whose unit is hours", "law_firm", "hours"),
        ("what is measured in employees", "workforce", "employees"),
        ("all euro metrics", "workforce", "EUR"),
        ("show metrics measured in pounds", "retail", "GBP"),
        ("which metrics do we have in percent", "demo", "percent"),
    ],
)
def test_metrics_in_a_unit_are_told_by_their_units_and_not_by_a_word_of_them(question, pack, unit):
    told = {m.id for m in catalogue(pack).of_kind(Metric) if m.unit == unit}
    assert told and set(_told(question, pack).subjects) == told


@pytest.mark.parametrize("question", ["which metrics are in days", "metrics in hours", "what is told in months"])
def test_where_nothing_is_in_a_unit_no_word_of_a_definition_is_an_answer(question):
    unresolved = understand(question, catalogue("demo")).selection.unresolved
    assert [u.mention.split(" (")[0] for u in unresolved] == [question.split()[-1]]


def test_metrics_in_a_member_are_those_that_are_cut_by_it_and_in_no_unit():
    assert understand("which metrics are in EMEA", catalogue("demo")).reading.governed is None
    assert understand("metrics in Engineering", catalogue("workforce")).reading.governed is None


def test_who_owns_metrics_is_told_them_and_who_owns_none_is_refused():
    kept = [Metric(id="a", name="Weight", owner="North Desk"), Metric(id="b", name="Length", owner="South Desk")]
    assets = Catalogue.of("1", kept)
    assert understand("which metrics is the North Desk responsible for", assets).selection.subjects == ("a",)
    assert understand("which metrics is the East Desk responsible for", assets).status == "unresolved"
    assert understand("which metrics is the Desk responsible for", assets).status == "unresolved"


def test_metrics_that_are_called_so_are_of_no_sort():
    kept = [Metric(id="a", name="Rate"), Metric(id="b", name="Weight", unit="percent")]
    told = understand("which metrics are rates", Catalogue.of("1", kept))
    assert "b" not in told.selection.subjects


@pytest.mark.parametrize("pack", ["demo", "hotels", "bank"])
def test_a_metric_has_a_budget_or_none_and_is_of_one_tier(pack):
    every = {m.id for m in catalogue(pack).of_kind(Metric)}
    plans = {m.id for m in catalogue(pack).of_kind(Metric) if m.target_of}
    held = {q: set(_told(f"which metrics {q}", pack).subjects) for q in ("have a budget", "don't have a budget")}
    assert not set.intersection(*held.values()) and set.union(*held.values()) == every - plans
    tiers = [set(_told(f"metrics of tier {t}", pack).subjects) for t in range(1, 6)]
    assert sum(map(len, tiers)) == len(every) and set().union(*tiers) == every
    assert set(_told("metrics of tier 2 or better", pack).subjects) == tiers[0] | tiers[1]
    assert set(_told("which metrics are tier 2 to 4", pack).subjects) == tiers[1] | tiers[2] | tiers[3]


def test_a_target_that_may_not_be_seen_is_none():
    kept = [Metric(id="a", name="Weight"), Metric(id="plan", name="Weight plan", target_of=["a"])]
    assets = Catalogue.of("1", kept)
    assert [m.id for m in governed_metrics(Governed(targeted=True), assets)] == ["a"]
    assert not list(governed_metrics(Governed(targeted=True), assets, denied=["plan"]))
    assert [m.id for m in governed_metrics(Governed(targeted=False), assets, denied=["plan"])] == ["a"]


@pytest.mark.parametrize(
    ("pack", "question", "metric"),
    [
        ("demo", "what exactly counts as an active customer", "active_customers"),
        ("demo", "what is considered an active customer?", "active_customers"),
        ("demo", "what qualifies as an active customer", "active_customers"),
        ("demo", "what do we call an active customer", "active_customers"),
        ("demo", "when is a customer considered active", "active_customers"),
        ("demo", "When does a customer count as active?", "active_customers"),
        ("demo", "when is a customer considered an active customer", "active_customers"),
        ("hotels", "when is a member considered active", "active_members"),
        ("hotels", "what is regarded as a no-show", "no_show_rate"),
        ("hotels", "What exactly do we mean by RevPAR?", "revpar"),
    ],
)
def test_what_counts_as_something_is_its_definition(pack, question, metric):
    selection = _told(question, pack)
    assert (selection.kind, selection.subjects) == ("definition", (metric,))


@pytest.mark.parametrize(
    ("pack", "question", "department", "subjects"),
    [
        ("demo", "how is churn calculated", "finance", ("revenue_churn", "churn")),
        ("demo", "how is churn calculated", "product", ("logo_churn", "churn")),
        ("demo", "how is churn calculated", None, ("churn", "revenue_churn", "logo_churn")),
        ("demo", "what does product mean by churn", "finance", ("logo_churn", "churn")),
        ("demo", "what does operations call revenue", "finance", ("annualised_run_rate", "revenue")),
        ("software", "what does product call active users", "sales", ("mau", "active_users")),
        ("software", "how is revenue calculated", "sales", ("bookings", "revenue")),
        ("hotels", "how is performance measured", None, ("performance", "revpar", "nps")),
    ],
)
def test_of_a_shared_word_what_it_means_to_the_asker_is_told_before_the_word(pack, question, department, subjects):
    selection = _told(question, pack, department)
    assert (selection.kind, selection.subjects) == ("definition", subjects)


def test_of_a_word_with_several_meanings_each_is_told_with_its_own_dimensions():
    selection = _told("what can performance be broken down by", "hotels")
    assert {i: set(cuts) for i, cuts in selection.cuts.items()} == {
        "revpar": {"hotel", "brand", "country", "room_type"},
        "nps": {"hotel", "brand", "country", "segment", "guest_market"},
    }


@pytest.mark.parametrize(
    ("pack", "question"),
    [("demo", "which metrics does finance own"), ("demo", "which metrics are owned by finance"),
     ("software", "which metrics does support own"), ("hotels", "which metrics does revenue management own")],
)  # fmt: skip
def test_who_owns_no_metric_is_not_told_what_it_uses_nor_all_there_are(pack, question):
    (missing,) = understand(question, catalogue(pack)).selection.unresolved
    assert "owns no metric" in missing.mention


def test_what_an_owner_owns_is_what_it_is_the_owner_of():
    owned = {m.id for m in catalogue("demo").of_kind(Metric) if m.owner == "Sales Desk"}
    for question in (
        "what does the Sales Desk own",
        "which metrics does the Sales Desk own",
        "metrics owned by the Sales Desk",
    ):
        assert set(_told(question, "demo").subjects) == owned, question


@pytest.mark.parametrize(
    ("pack", "question", "plans"),
    [
        ("demo", "is there a budget for headcount", set()),
        ("demo", "does headcount have a budget", set()),
        ("demo", "is there a target for net revenue", {"budget_net_revenue"}),
        ("demo", "do we have a budget for revenue", {"budget_net_revenue", "budget_gross_revenue", "budget_run_rate"}),
        ("retail", "is there a forecast for sales", {"sales_forecast"}),
        ("retail", "do we have a target for returns", set()),
        ("university", "is there a target set for grant income", {"grant_target"}),
    ],
)
def test_whether_there_is_a_target_is_told_by_those_there_are(pack, question, plans):
    selection = _told(question, pack)
    assert (selection.kind, set(selection.subjects)) == ("catalogue", plans)


@pytest.mark.parametrize(
    ("question", "subjects"),
    [
        ("what is net revenue also called", ("net_revenue",)),
        ("what else is ARR called", ("annual_recurring_revenue",)),
        ("what is ARR also known as", ("annual_recurring_revenue",)),
        ("aliases of net revenue", ("net_revenue",)),
        ("what is EMEA also called", ("region:emea",)),
        ("how does logo churn differ from revenue churn", ("logo_churn", "revenue_churn")),
        ("how is net revenue different from gross revenue", ("net_revenue", "gross_revenue")),
    ],
)
def test_other_names_and_how_two_differ_are_definitions(question, subjects):
    selection = _told(question, "demo")
    assert (selection.kind, selection.subjects) == ("definition", subjects)


@pytest.mark.parametrize(
    "question", ["how does net revenue differ from budget", "how is revenue different from last year"]
)
def test_how_far_a_number_is_from_another_is_no_definition(question):
    assert understand(question, catalogue("demo"), "finance").selection.kind != "definition"


@pytest.mark.parametrize(
    "question",
    [
        "which columns does net revenue come from",
        "which fields are used for net revenue",
        "which tables feed net revenue",
        "source columns of net revenue",
        "from which system does net revenue come",
    ],
)
def test_the_columns_and_tables_behind_a_number_are_its_lineage(question):
    selection = _told(question, "demo")
    assert (selection.kind, selection.subjects) == ("lineage", ("net_revenue",))


@pytest.mark.parametrize(
    "question",
    [
        "who may see executive compensation",
        "why can't I see executive compensation",
        "do I have access to executive pay",
        "who is allowed to see executive pay",
        "why am I not allowed to see executive compensation",
    ],
)
def test_who_may_see_something_is_asked_of_it_alone_and_told_of_nobody(question):
    selection = understand(question, catalogue("demo")).selection
    assert selection.subjects == ("executive_compensation",)
    assert is_hidden(selection, ("executive_compensation",), catalogue("demo"))
    assert all("the policy" in u.mention for u in selection.unresolved) and selection.unresolved


@pytest.mark.parametrize(
    ("pack", "question", "subject"),
    [
        ("demo", "can net revenue be cut by segment", "net_revenue"),
        ("demo", "is ARR available by product", "annual_recurring_revenue"),
        ("demo", "are invoices available by product", "invoices_issued"),
        ("demo", "does headcount exist by region", "headcount"),
        ("retail", "can sales be filtered by category", "sales"),
    ],
)
def test_whether_a_number_is_there_by_something_is_told_by_what_it_can_be_cut_by(pack, question, subject):
    selection = _told(question, pack)
    assert (selection.kind, selection.subjects, set(selection.cuts)) == ("definition", (subject,), {subject})


@pytest.mark.parametrize(
    "question", ["can costs be cut by 10%", "can net revenue be cut by March", "is ARR available in Japan"]
)
def test_what_may_be_made_smaller_or_is_limited_is_no_such_question(question):
    assert not understand(question, catalogue("demo")).reading.of_cuts


@pytest.mark.parametrize(
    ("question", "templates"),
    [
        ("which templates are there", {"qt_cost_sheet", "qt_customer_review", "qt_revenue_flash"}),
        ("which template is there for revenue", {"qt_revenue_flash"}),
        ("is there a template for churn", {"qt_customer_review"}),
        ("do we have a template for headcount", set()),
        ("list all query templates", {"qt_cost_sheet", "qt_customer_review", "qt_revenue_flash"}),
    ],
)
def test_templates_are_told_by_the_metrics_they_ask_for(question, templates):
    selection = _told(question, "demo")
    assert (selection.kind, set(selection.subjects)) == ("catalogue", templates)


def test_a_template_that_asks_for_what_may_not_be_seen_is_not_told():
    assets = catalogue("demo")
    wanted = understand("which templates are there", assets).reading.governed
    told = {t.id for t in templates_of(wanted, assets, ("operating_cost",))}
    assert told == {"qt_customer_review", "qt_revenue_flash"}
    assert entry(assets.assets["qt_cost_sheet"], ("cost_centre",)) | {"dimensions": []} == entry(
        assets.assets["qt_cost_sheet"], ("cost_centre",)
    )


def test_what_is_called_a_template_is_no_template_of_questions():
    kept = [Metric(id="a", name="Templates"), Metric(id="b", name="Weight")]
    assert understand("which templates are there", Catalogue.of("1", kept)).reading.governed is None
