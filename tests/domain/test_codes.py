"""Members by their codes, as rows show them."""

from __future__ import annotations

import pytest

from ecp.domain.assets import Dimension, Member, Metric
from ecp.domain.catalogue import Catalogue
from tests.support.reading import catalogue, understand


def _places(name: str, *members: Member) -> Dimension:
    return Dimension(id=name, name=name.title(), semantic_layer_ref=f"A.{name}", members=members)  # type: ignore[call-arg]


THINGS = Catalogue.of(
    "1",
    [
        Metric(id="weight", name="Weight", semantic_layer_ref="A.weight", unit="MT"),
        Metric(id="traffic", name="Traffic", semantic_layer_ref="A.traffic", unit="GB"),
        _places(
            "country",
            Member(id="malta", name="Malta", values=("MT",)),
            Member(id="britain", name="Britain", values=("GB",)),
            Member(id="canada", name="Canada", values=("CA",)),
            Member(id="germany", name="Germany", values=("DE",)),
            Member(id="both", name="The islands", values=("MT", "XX")),
        ),
        _places(
            "state",
            Member(id="california", name="California", synonyms=("CA",), values=("Calif",)),
            Member(id="delaware", name="Delaware", values=("DE",)),
            Member(id="won", name="Won", values=("closed_won",)),
            Member(id="premium", name="Premium", values=("PRM-01",)),
            Member(id="gilded", name="Gilded", values=("gold",)),
        ),
    ],
)


def _filters(question: str, pack: Catalogue, department: str | None = None) -> list[str | None]:
    understood = understand(question, pack, department)
    assert understood.status == "complete", (question, understood.selection.unresolved)
    concepts = understood.selection.concepts
    return [*(f.member for f in concepts.filters), *(c.member for c in concepts.comparisons)]


@pytest.mark.parametrize(
    ("pack", "question", "members"),
    [
        ("demo", "net revenue in GB", ["united_kingdom"]),
        ("demo", "net revenue in AU and NZ", ["australia", "new_zealand"]),
        ("demo", "AE revenue by month", ["united_arab_emirates"]),
        ("demo", "DE's net revenue", ["germany"]),
        ("demo", "net revenue excluding DE", ["germany"]),
        ("demo", "compare net revenue of DE and FR", ["germany", "france"]),
        ("demo", "net revenue in IN", ["india"]),
        ("demo", "net revenue in GB, IN and AU", ["united_kingdom", "india", "australia"]),
        ("demo", "headcount in IT and DE", ["italy", "germany"]),
        ("demo", "headcount in country IT", ["italy"]),
        ("bank", "deposits in ON", ["ontario"]),
        ("bank", "deposits by month ON", ["ontario"]),
        ("logistics", "parcels in GE", ["georgia"]),
        ("university", "applications from CN and IN", ["china", "india"]),
        ("retail", "sales in GB vs DE", ["uk", "germany"]),
    ],
)
def test_a_code_is_a_name_of_its_member(pack: str, question: str, members: list[str]) -> None:
    assert _filters(question, catalogue(pack), "finance") == members


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("demo", "net revenue in gb"),
        ("demo", "NET REVENUE IN GB"),
        ("demo", "revenue IN Germany"),
        ("demo", "revenue IN 2024"),
        ("demo", "revenue IN IN"),
        ("demo", "headcount in IT"),
        ("demo", "headcount and IT"),
        ("demo", "net revenue for ME"),
        ("demo", "what is IT"),
        ("logistics", "parcels, IT"),
        ("university", "applications IN 2024"),
        ("hospital", "admissions in M"),
    ],
)
def test_what_may_be_a_word_or_something_else_is_refused(pack: str, question: str) -> None:
    assert understand(question, catalogue(pack), "finance").status == "unresolved"


def test_a_word_in_small_letters_is_no_code() -> None:
    assert _filters("net revenue in Germany", catalogue("demo"), "finance") == ["germany"]
    assert _filters("deposits by province", catalogue("bank")) == []


@pytest.mark.parametrize(
    ("question", "members"),
    [
        ("weight in ca", ["california"]),
        ("weight in Calif", ["california"]),
        ("weight of closed_won", ["won"]),
        ("weight of CLOSED_WON", ["won"]),
        ("weight for prm-01", ["premium"]),
        ("weight in MT", []),
        ("traffic in GB", []),
    ],
)
def test_a_code_with_signs_is_one_in_any_letters_and_a_unit_is_none(question: str, members: list[str]) -> None:
    assert _filters(question, THINGS) == members


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("weight in CA", ["Canada (Country)", "California (State)"]),
        ("weight in DE", ["Germany (Country)", "Delaware (State)"]),
    ],
)
def test_what_is_called_and_coded_alike_is_asked_back(question: str, options: list[str]) -> None:
    assert [o.text for o in understand(question, THINGS).selection.options] == options


@pytest.mark.parametrize("question", ["weight in GB", "gold weight", "weight in calif", "weight in XX"])
def test_a_unit_a_plain_word_and_one_value_of_several_are_no_names(question: str) -> None:
    assert understand(question, THINGS).status == "unresolved"


@pytest.mark.parametrize(
    "question",
    ["revenue earned by us in 2025", "active customers with us in 2025", "how many customers do we have with us"],
)
def test_us_behind_by_or_with_is_the_enterprise_and_no_code(question):
    answer = understand(question, catalogue("demo"), "finance")
    assert answer.status == "complete" and not answer.selection.concepts.filters


@pytest.mark.parametrize("question", ["revenue for us", "gross revenue from us in 2025", "revenue of us last year"])
def test_us_in_small_letters_that_may_be_either_is_refused(question):
    assert [u.mention for u in understand(question, catalogue("demo"), "finance").selection.unresolved] == ["us"]


@pytest.mark.parametrize(
    "question",
    ["revenue in us", "revenue for the us", "revenue of US", "us revenue", "revenue by US customers", "revenue US"],
)
def test_us_that_can_be_no_pronoun_is_the_member(question):
    filters = understand(question, catalogue("demo"), "finance").selection.concepts.filters
    assert [f.member for f in filters if f.dimension == "country"] == ["united_states"]
    listed = understand("revenue for us and canada", catalogue("demo"), "finance").selection.concepts.filters
    assert [f.member for f in listed] == ["united_states", "canada"]
