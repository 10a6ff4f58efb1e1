"""A name said in another form: by its verb, as a state, beside its own noun."""

from __future__ import annotations

import pytest

from ecp.domain.assets import Domain, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.forms import unit_of
from ecp.domain.lexicon import derived
from ecp.domain.participles import deeds, doers
from tests.support.reading import assets_of, catalogue, pack, understand


def _measured(name: str, question: str) -> list[str]:
    found = understand(question, catalogue(name))
    assert found.status == "complete", found.as_answer()["unresolved"]
    return [m.id for m in found.selection.concepts.metrics]


@pytest.mark.parametrize(
    ("pack", "question", "metric"),
    [
        ("workforce", "how many people were hired in 2025", "hires"),
        ("workforce", "employees hired in Berlin", "hires"),
        ("software", "how much was refunded to Globex", "refunds"),
        ("software", "how much did we refund last year", "refunds"),
        ("software", "refunded amount by plan", "refunds"),
        ("retail", "how much was discounted in 2025", "discount"),
    ],
)
def test_what_is_counted_in_people_or_money_is_told_by_its_verb(pack: str, question: str, metric: str) -> None:
    assert _measured(pack, question) == [metric]


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("workforce", "how many people were not hired"),
        ("workforce", "how many people were trained"),
        ("retail", "how many lamps were ordered in 2025"),
        ("retail", "how many customers were refunded"),
    ],
)
def test_a_verb_tells_nothing_of_what_is_counted_otherwise(pack: str, question: str) -> None:
    assert understand(question, catalogue(pack)).status == "unresolved"


@pytest.mark.parametrize(
    "question",
    [
        "how many tickets did Maria Lopez resolve in January 2026?",
        "which agent resolved the most tickets last month",
        "agents that resolved more than 200 tickets in 2025",
    ],
)
def test_a_verb_apart_from_its_object_is_that_of_the_name(question: str) -> None:
    assert _measured("software", question) == ["tickets_resolved"]


@pytest.mark.parametrize(
    "question", ["how many tickets did we not resolve", "tickets Maria opened but did not resolve"]
)
def test_what_was_not_done_is_not_what_was_done(question: str) -> None:
    assert understand(question, catalogue("software")).status == "unresolved"


def test_a_deed_that_only_a_definition_speaks_of_is_not_what_is_counted() -> None:
    defined = "Tickets that customers wrote, until their escalation."
    changed = tuple(a.model_copy(update={"definition": defined}) if a.id == "tickets" else a for a in pack("software"))
    assert understand("how many tickets were escalated in 2025", Catalogue.of("1", changed)).status == "unresolved"


@pytest.mark.parametrize(
    "question", ["how many tickets were cancelled in 2025", "tickets cancelled in 2025", "cancelled tickets"]
)
def test_what_was_done_to_something_else_is_no_second_figure(question: str) -> None:
    assert understand(question, catalogue("software")).status == "unresolved"


def test_a_state_is_not_the_deed_that_a_definition_tells_of() -> None:
    assert _measured("software", "how many high priority tickets are open") == ["backlog"]
    assert _measured("software", "how many tickets are currently open") == ["backlog"]
    assert _measured("software", "how many tickets were opened in 2025") == ["tickets"]
    assert understand("how many tickets are not open", catalogue("software")).status == "unresolved"


@pytest.mark.parametrize(
    ("pack", "question", "metric"),
    [
        ("software", "average resolution time for urgent tickets", "resolution_time"),
        ("airline", "average load factor on long-haul flights", "load_factor"),
        ("retail", "average order value of online orders", "aov"),
    ],
)
def test_what_the_rows_are_called_only_says_of_what(pack: str, question: str, metric: str) -> None:
    assert _measured(pack, question) == [metric]


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("software", "resolution time for resolved tickets"),
        ("workforce", "average tenure of leavers"),
        ("retail", "returns of orders"),
    ],
)
def test_what_is_counted_otherwise_or_elsewhere_is_not_passed_over(pack: str, question: str) -> None:
    assert understand(question, catalogue(pack)).status == "unresolved"


def test_a_name_that_is_a_verb_elsewhere_may_begin_a_question() -> None:
    assert _measured("retail", "Returns by country in 2025") == ["returns"]
    assert (
        understand("return the orders of last month", catalogue("retail")).selection.concepts.metrics[0].id == "orders"
    )


@pytest.mark.parametrize(
    "question", ["headcount growth in 2025", "growth of headcount in 2025", "growth in the headcount, 2025"]
)
def test_growth_beside_what_is_measured_is_no_member_of_that_name(question: str) -> None:
    concepts = understand(question, catalogue("workforce")).selection.concepts
    assert not concepts.filters and [c.kind for c in concepts.comparisons] == ["previous_period"]
    other = understand("terminations for growth in 2025", catalogue("workforce")).selection.concepts
    assert [f.member for f in other.filters] == ["growth"]


@pytest.mark.parametrize(
    ("question", "metric"),
    [
        ("how many units of Tofu were sold in 2025", "quantity"),
        ("how many units of Tofu did we sell", "quantity"),
        ("how many orders were shipped late in 2025", "late_shipments"),
        ("how many orders have been shipped late since October", "late_shipments"),
        ("orders handled by Fuller in 2025", "order_count"),
        ("how many orders did each employee handle", "order_count"),
    ],
)
def test_a_passive_is_the_name_without_its_auxiliary(question: str, metric: str) -> None:
    assert _measured("wholesale", question) == [metric]


@pytest.mark.parametrize(
    "question",
    [
        "how many units of Tofu were not sold",
        "how many orders were not shipped late",
        "how many orders were shipped",
        "how many orders of Ernst Handel were shipped late",
        "orders mishandled by Fuller",
        "handled orders by employee",
    ],
)
def test_what_the_name_does_not_say_is_not_passed_over(question: str) -> None:
    assert understand(question, catalogue("wholesale")).status == "unresolved"


def test_single_rows_that_took_longer_are_no_bound_on_what_all_took() -> None:
    assert understand("flights delayed more than 15 minutes in 2025", catalogue("airline")).status == "unresolved"
    assert _measured("airline", "airports with an average delay of more than 15 minutes") == ["average_delay"]


def test_one_thing_alone_is_not_ranked() -> None:
    assert understand("is Germany our best country by net sales", catalogue("wholesale")).status == "unresolved"
    among = understand("is Germany among the top 3 countries by net sales", catalogue("wholesale")).selection.concepts
    assert (among.placed, among.limit, among.filters) == ("Germany", 3, ())
    assert _measured("wholesale", "best country other than Germany by net sales") == ["net_sales"]
    assert _measured("wholesale", "top customers in Germany by net sales") == ["net_sales"]


_CLINIC = """
{kind: dimension, id: role, name: Staff role, definition: "What somebody does.", semantic_layer_ref: Staff.role,
 members: [{id: nurses, name: Nurses}, {id: surgeons, name: Surgeons}]}
---
{kind: metric, id: staff, name: Staff, definition: "At the end of the day.", synonyms: [employees],
 semantic_layer_ref: Staff.count, aggregation: last, unit: FTE, dimensions: [role]}
---
{kind: metric, id: overtime, name: Overtime, definition: "Hours beyond contract.",
 semantic_layer_ref: Staff.overtime, unit: hours, dimensions: [role]}
---
{kind: metric, id: pay_level, name: Pay level, definition: "At the end of the day.",
 semantic_layer_ref: Staff.pay, aggregation: last, unit: EUR, dimensions: [role]}
"""


def test_people_of_a_kind_are_counted_by_the_one_number_of_people_that_is_kept_by_it() -> None:
    clinic = Catalogue.of("1", assets_of(_CLINIC))
    concepts = understand("how many nurses do we have", clinic).selection.concepts
    assert [m.id for m in concepts.metrics] == ["staff"]
    assert [(f.dimension, f.member) for f in concepts.filters] == [("role", "nurses")]
    assert understand("how much nurses do we have", clinic).status == "unresolved"
    two = Catalogue.of(
        "1",
        [a.model_copy(update={"synonyms": ("people",)}) if a.id == "pay_level" else a for a in clinic.assets.values()],
    )
    assert understand("how many nurses do we have", two).status == "unresolved"


def test_a_domain_that_is_called_by_a_word_of_change_takes_it_from_no_question() -> None:
    grown = Domain(kind="domain", id="growth", name="Growth", definition="Advertising.")
    known = Catalogue.of("1", [*pack("hospital"), grown])
    found = understand("growth in admissions by ward in 2025", known, "controlling").selection.concepts
    assert [c.kind for c in found.comparisons] == ["previous_period"]


@pytest.mark.parametrize(
    ("verb", "deed"),
    [
        ("delivered", "delivery"),
        ("prescribed", "prescription"),
        ("attended", "attendance"),
        ("sold", "sale"),
        ("refunded", "refund"),
    ],
)
def test_deeds_are_called_as_they_are_spelt_or_as_the_lexicon_has_them(verb: str, deed: str) -> None:
    assert deed in deeds(verb)


def test_who_does_something_is_no_deed() -> None:
    assert "volunteer" in doers("volunteered")
    assert "volunteer" not in derived()["volunteer"].deeds


@pytest.mark.parametrize(
    ("name", "definition", "unit"),
    [
        ("Requests received", "Requests sent to us in writing.", "request"),
        ("Requests answered", "Number of requests that got an answer.", "request"),
        ("Phone calls", "All phone calls taken.", "call"),
        ("Attendance", "People counted at the door.", ""),
        ("Backlog", "Backlog of the day.", ""),
        ("Answered calls", "Whatever was answered, of all calls.", ""),
    ],
)
def test_what_is_counted_without_a_unit_is_told_by_how_it_is_defined(name: str, definition: str, unit: str) -> None:
    assert unit_of(Metric(id="a", name=name, definition=definition)) == unit


def test_no_rate_and_nothing_with_a_unit_is_counted_by_its_definition() -> None:
    rate = Metric(id="a", name="Requests by guide", definition="Requests of a guide.", aggregation="ratio")
    money = Metric(id="b", name="Requests paid", definition="Requests paid for.", unit="EUR")
    assert (unit_of(rate), unit_of(money)) == ("", "eur")
