"""Questions for no number: what something means, where it comes from, what there is."""

from __future__ import annotations

import pytest

from ecp.domain.answer import Unresolved
from ecp.domain.assets import Metric
from tests.support.reading import catalogue, understand


def told(pack: str, question: str) -> tuple[str, list[str], tuple[Unresolved, ...]]:
    """The kind, what it is about, and what was not understood."""
    selection = understand(question, catalogue(pack)).selection
    return selection.kind, list(selection.subjects), selection.unresolved


@pytest.mark.parametrize(
    ("pack", "question", "subjects"),
    [
        ("retail", "how do you calculate the return rate?", ["return_rate"]),
        ("retail", "how would you calculate gross margin?", ["margin"]),
        ("airline", "how to calculate load factor", ["load_factor"]),
        ("airline", "how do we compute the average fare?", ["average_fare"]),
        ("airline", "how does one calculate yield", ["yield"]),
        ("hotels", "how do we count room nights?", ["room_nights"]),
        ("hotels", "how are active members counted?", ["active_members"]),
        ("bank", "how do we arrive at the approval rate", ["approval_rate"]),
        ("bank", "how is the delinquency rate determined?", ["delinquency_rate"]),
        ("retail", "how do you measure conversion rate?", ["conversion"]),
        ("airline", "unit of measure for average delay", ["average_delay"]),
        ("airline", "what's the unit of load factor", ["load_factor"]),
        ("airline", "unit for fuel cost", ["fuel_cost"]),
        ("hotels", "what is included in room revenue?", ["room_revenue"]),
        ("hotels", "What's included in GOP?", ["gop"]),
        ("hotels", "what does GOP include?", ["gop"]),
        ("hotels", "what goes into RevPAR?", ["revpar"]),
        ("bank", "what counts towards fraud losses", ["fraud_losses"]),
        ("bank", "what makes up operating expenses", ["operating_expenses"]),
        ("airline", "who owns load factor?", ["load_factor"]),
        ("airline", "which team owns load factor?", ["load_factor"]),
        ("retail", "what can I group orders by?", ["orders"]),
        ("retail", "what can I break orders down by", ["orders"]),
        ("airline", "how can bookings be broken down?", ["bookings"]),
        ("airline", "what can load factor be split by", ["load_factor"]),
        ("hotels", "available breakdowns for occupancy", ["occupancy"]),
        ("hotels", "what breakdowns are available for ADR", ["adr"]),
        ("hotels", "which breakdowns exist for covers?", ["covers"]),
    ],
)
def test_what_a_metric_is_made_of_is_told_by_its_definition(pack: str, question: str, subjects: list[str]) -> None:
    assert told(pack, question) == ("definition", subjects, ())


@pytest.mark.parametrize(
    ("pack", "question", "subjects"),
    [
        ("airline", "what tables feed load factor?", ["load_factor"]),
        ("airline", "which source system does load factor come from?", ["load_factor"]),
        ("airline", "trace load factor back to its source", ["load_factor"]),
        ("airline", "source tables of load factor", ["load_factor"]),
        ("bank", "NII source system", ["net_interest_income"]),
    ],
)
def test_where_numbers_come_from_is_told_by_their_lineage(pack: str, question: str, subjects: list[str]) -> None:
    assert told(pack, question) == ("lineage", subjects, ())


@pytest.mark.parametrize(
    ("pack", "question", "subjects"),
    [
        ("airline", "what is downstream of flights_table?", ["load_factor"]),
        ("retail", "which metrics use fct_orders?", ["sales"]),
        ("retail", "what depends on pos?", ["sales"]),
        ("hotels", "which metrics are built on fct_stays", ["adr"]),
        ("hotels", "what would break if fct_stays is late?", ["adr"]),
        ("airline", "is there a target for on-time performance?", ["otp_target"]),
        ("airline", "do we have a target for OTP?", ["otp_target"]),
        ("airline", "does punctuality have a target?", ["otp_target"]),
        ("hotels", "what targets do we have?", ["labour_budget", "revenue_budget", "revpar_target"]),
        ("bank", "which targets exist?", ["deposits_plan", "originations_budget"]),
        ("bank", "is there a target for card spend?", []),
        ("retail", "is there a forecast for sales?", ["sales_forecast"]),
        (
            "airline",
            "commercial metrics",
            [
                "ancillary_revenue",
                "ask",
                "average_fare",
                "bookings",
                "load_factor",
                "passengers",
                "ticket_revenue",
                "yield",
            ],
        ),
        (
            "airline",
            "list flight operations metrics",
            ["average_delay", "cancellations", "delay_minutes", "emissions", "flights", "fuel_cost", "otp"],
        ),
        (
            "airline",
            "which metrics belong to the commercial domain?",
            [
                "ancillary_revenue",
                "ask",
                "average_fare",
                "bookings",
                "load_factor",
                "passengers",
                "ticket_revenue",
                "yield",
            ],
        ),
        (
            "airline",
            "metrics of the commercial domain",
            [
                "ancillary_revenue",
                "ask",
                "average_fare",
                "bookings",
                "load_factor",
                "passengers",
                "ticket_revenue",
                "yield",
            ],
        ),
        (
            "bank",
            "lending KPIs",
            ["applications", "approval_rate", "charge_offs", "delinquency_rate", "loan_book", "originations"],
        ),
        ("retail", "members of channel", ["channel"]),
        ("retail", "values of return reason", ["return_reason"]),
        ("retail", "possible return reasons", ["return_reason"]),
        ("retail", "options for shipping method", ["shipping_method"]),
        ("hotels", "all outlets", ["outlet"]),
        ("hotels", "all the room types", ["room_type"]),
        ("airline", "show me the route list", ["route"]),
        ("airline", "who are our planners?", ["planner"]),
        ("bank", "who are our branch managers?", ["manager"]),
        ("software", "who are the agents", ["agent"]),
        ("terminals", "cranes we operate", ["crane"]),
        ("terminals", "what terminals do we operate?", ["terminal"]),
        ("retail", "products offered", ["product"]),
    ],
)
def test_what_there_is_is_told(pack: str, question: str, subjects: list[str]) -> None:
    assert told(pack, question) == ("catalogue", subjects, ())


@pytest.mark.parametrize(
    ("pack", "question", "status", "kind"),
    [
        ("retail", "how many orders were counted in Germany in January", "complete", "metric"),
        ("retail", "how many units of Oak Lamp did we sell", "complete", "metric"),
        ("retail", "units sold in January", "complete", "metric"),
        ("hotels", "what does the total include", "unresolved", "definition"),
        ("airline", "how many flights can be split by route", "complete", "breakdown"),
        ("retail", "which reports use fct_orders?", "unresolved", "metric"),
        ("retail", "which metrics use fct_parcels?", "unresolved", "catalogue"),
        ("retail", "how many orders use fct_orders", "unresolved", "metric"),
        ("bank", "is there a target for deposits in Ontario?", "unresolved", "metric"),
        ("retail", "metrics by store in January", "unresolved", "breakdown"),
        ("hotels", "all outlets in January", "unresolved", "breakdown"),
        ("retail", "products sold in Germany", "unresolved", "breakdown"),
        ("retail", "how many stores do we have", "unresolved", "breakdown"),
        ("retail", "all orders", "complete", "metric"),
    ],
)
def test_what_is_asked_of_numbers_stays_that(pack: str, question: str, status: str, kind: str) -> None:
    understood = understand(question, catalogue(pack))
    assert (understood.status, understood.selection.kind) == (status, kind)


@pytest.mark.parametrize(("pack", "question"), [("retail", "glossary"), ("bank", "show me the glossary")])
def test_the_glossary_has_every_metric(pack: str, question: str) -> None:
    selection = understand(question, catalogue(pack)).selection
    assert selection.kind == "catalogue"
    assert set(selection.subjects) == {a.id for a in catalogue(pack).assets.values() if a.kind == "metric"}


@pytest.mark.parametrize(
    "question",
    [
        "which dimensions are there?",
        "list all dimensions",
        "what dimensions can I use",
        "show me all available dimensions",
    ],
)
def test_all_dimensions_are_told(question: str) -> None:
    selection = understand(question, catalogue("retail")).selection
    known = {a.id for a in catalogue("retail").assets.values() if a.kind == "dimension"}
    assert (selection.kind, set(selection.subjects), selection.unresolved) == ("catalogue", known, ())


@pytest.mark.parametrize("question", ["top dimensions", "dimensions in January", "which dimensions do orders share"])
def test_what_is_said_of_dimensions_beside_that_is_not_passed_over(question: str) -> None:
    selection = understand(question, catalogue("retail")).selection
    assert selection.unresolved or "orders" in selection.subjects


@pytest.mark.parametrize(
    ("pack", "question", "domain"),
    [
        ("bank", "metrics in the lending domain", "lending"),
        ("bank", "KPIs of the retail deposits domain", "retail_deposits"),
        ("airline", "list the metrics in the commercial domain", "commercial"),
        ("council", "metrics of the customer services domain", "customer_d"),
        ("council", "which metrics belong to the housing services domain?", "housing_d"),
    ],
)
def test_a_domain_is_told_by_that_word_whatever_else_has_its_name(pack: str, question: str, domain: str) -> None:
    selection = understand(question, catalogue(pack)).selection
    own = {m.id for m in catalogue(pack).of_kind(Metric) if m.domain == domain}
    assert (selection.kind, set(selection.subjects), selection.unresolved) == ("catalogue", own, ())


@pytest.mark.parametrize(
    ("question", "owner"),
    [
        ("which metrics are owned by Group Controlling", "Group Controlling"),
        ("which metrics does Group Controlling own", "Group Controlling"),
        ("which metrics does sales own", "Sales Desk"),
    ],
)
def test_what_somebody_owns_is_what_they_are_the_owner_of(question: str, owner: str) -> None:
    """And neither what their name stands for in a definition, nor what they mean by a word."""
    selection = understand(question, catalogue("demo"), "finance").selection
    own = {m.id for m in catalogue("demo").of_kind(Metric) if m.owner == owner}
    assert (selection.kind, set(selection.subjects), selection.unresolved) == ("catalogue", own, ())
