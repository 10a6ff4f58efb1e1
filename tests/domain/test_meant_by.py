"""What several departments mean by a word or count to a member, and whether that is the same."""

from __future__ import annotations

import pytest

from ecp.domain.entries import described
from ecp.domain.meant_by import with_meanings
from tests.support.reading import catalogue, understand


@pytest.mark.parametrize(
    ("pack", "question", "meant"),
    [
        ("demo", "how do finance and sales define revenue", {"finance": "net_revenue", "sales": "gross_revenue"}),
        ("demo", "How is revenue defined for sales and finance?", {"finance": "net_revenue", "sales": "gross_revenue"}),
        (
            "demo",
            "do finance and product mean the same by churn",
            {"finance": "revenue_churn", "product": "logo_churn"},
        ),
        ("demo", "is churn the same for finance and product", {"finance": "revenue_churn", "product": "logo_churn"}),
        ("demo", "does sales define EMEA differently than finance", dict.fromkeys(("sales", "finance"), "region:emea")),
        ("demo", "how does EMEA differ between sales and finance", dict.fromkeys(("sales", "finance"), "region:emea")),
        ("demo", "do sales and finance define headcount differently", dict.fromkeys(("sales", "finance"), "headcount")),
        (
            "demo",
            "which departments define EMEA differently",
            dict.fromkeys(("finance", "sales", "operations"), "region:emea"),
        ),
        ("demo", "how do departments define churn", {"finance": "revenue_churn", "product": "logo_churn"}),
        (
            "bank",
            "how do retail and digital define active customers",
            {"retail": "customers_90", "digital": "customers_30"},
        ),
        (
            "hospital",
            "do nursing and controlling define Internal medicine differently",
            dict.fromkeys(("nursing", "controlling"), "ward_group:internal"),
        ),
    ],
)
def test_each_department_has_its_own_meaning(pack, question, meant):
    selection = understand(question, catalogue(pack)).selection
    assert not selection.unresolved
    assert (selection.kind, selection.meant) == ("definition", meant)
    assert set(meant.values()) <= set(selection.subjects)


@pytest.mark.parametrize(
    ("question", "same"),
    [
        ("does sales define EMEA differently than finance", False),
        ("do finance and marketing define Asia differently", False),
        ("do sales and finance define the Americas differently", True),
        ("do finance and sales define revenue the same way", False),
        ("do finance and sales define headcount the same way", True),
    ],
)
def test_whether_they_mean_the_same_is_told(question, same):
    assets = catalogue("studio" if "Asia" in question else "demo")
    selection = understand(question, assets).selection
    told = with_meanings(described(selection.subjects[0], assets, ()), selection.meant, assets, ())
    assert told["same"] is same
    assert [m["department"] for m in told["meant_by"]] == list(selection.meant)


def test_a_meaning_that_may_not_be_seen_is_not_told_nor_whether_it_is_the_same():
    assets = catalogue("demo")
    meant = understand("how do finance and sales define revenue", assets).selection.meant
    told = with_meanings({}, meant, assets, ("gross_revenue",))
    assert told == {
        "meant_by": [{"department": "finance", "metric": "net_revenue", "name": "Net revenue"}],
        "same": None,
    }


@pytest.mark.parametrize(
    "question", ["how do sales and product define revenue", "do sales and people mean the same by EMEA"]
)
def test_who_has_no_meaning_of_its_own_or_is_no_department_is_refused(question):
    assert understand(question, catalogue("demo")).status == "unresolved"


@pytest.mark.parametrize(
    "question",
    [
        "how do sales differ between Germany and France",
        "revenue for sales and finance",
        "is revenue the same in Japan and Korea",
    ],
)
def test_numbers_of_two_parts_are_no_meanings(question):
    assert understand(question, catalogue("demo")).reading.meant_by is None


@pytest.mark.parametrize(
    "question", ["what does sales call APAC", "what does sales understand by APAC", "what is APAC for sales"]
)
def test_what_one_department_counts_to_a_member_is_the_definition_of_that(question):
    found = understand(question, catalogue("demo"), "finance")
    assert (found.status, found.selection.kind, found.selection.subjects) == (
        "complete",
        "definition",
        ("region:apac",),
    )
    assert found.reading.department == "sales"


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("workforce", "how does headcount vary by department"),
        ("workforce", "does headcount differ by department"),
        ("university", "how do applications differ by department"),
        ("demo", "is revenue the same in all departments"),
    ],
)
def test_how_a_number_differs_by_department_is_no_meaning(pack, question):
    assert understand(question, catalogue(pack)).reading.meant_by is None


def test_how_a_definition_differs_by_department_is_one():
    for question in ("how does the definition of churn differ by department", "how does EMEA differ by department"):
        assert understand(question, catalogue("demo")).reading.meant_by is not None
