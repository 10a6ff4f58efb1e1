"""How many there are of something that no number is called: by the number of them, or asked back between several."""

from __future__ import annotations

import pytest

from tests.support.reading import assets_of, catalogue, understand


@pytest.mark.parametrize(
    "question",
    [
        "number of customers by country",
        "how many customers by country",
        "count of customers by country",
        "customer count by country",
        "# of customers by country",
        "no. of customers by country",
        "total number of customers by country",
        "customers by country",
    ],
)
def test_a_count_goes_by_any_words_for_a_count(question: str) -> None:
    found = understand(question, catalogue("demo"))
    assert found.status == "complete"
    concepts = found.selection.concepts
    assert [m.id for m in concepts.metrics] == ["active_customers"]
    assert [d.id for d in concepts.dimensions] == ["country"]


@pytest.mark.parametrize(
    ("pack", "question", "options"),
    [
        ("bank", "how many customers", {"customers_30", "customers_90"}),
        ("bank", "number of customers by province", {"customers_30", "customers_90"}),
        ("insurer", "how many policies", {"policies_in_force", "new_policies", "lapsed_policies"}),
        ("insurer", "number of policies last month", {"policies_in_force", "new_policies", "lapsed_policies"}),
    ],
)
def test_between_counts_of_several_kinds_it_is_asked_back(pack: str, question: str, options: set[str]) -> None:
    found = understand(question, catalogue(pack))
    assert found.status == "disambiguation_required"
    assert {o.id for o in found.selection.options} == options


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("retail", "how many customers"),  # only new ones are counted
        ("bank", "number of accounts"),  # and those that were opened
        ("demo", "how many customers did we lose"),
        ("demo", "customers who churned"),
        ("demo", "how are customers doing"),
        ("demo", "revenue by customers"),
        ("hospital", "number of patients by ward"),
        ("streaming", "number of customers by plan"),
    ],
)
def test_some_of_them_are_not_all(pack: str, question: str) -> None:
    assert understand(question, catalogue(pack)).status == "unresolved"


_TONNES = """
{kind: metric, id: handled, name: Tonnes handled, definition: "Cargo moved.", unit: tonnes,
 semantic_layer_ref: Cargo.handled, time_dimension: Cargo.day, dimensions: [shift]}
---
{kind: metric, id: soot, name: Soot, definition: "What chimneys let out.", unit: tonnes,
 semantic_layer_ref: Air.soot, time_dimension: Air.day, dimensions: []}
---
{kind: dimension, id: shift, name: Shift, semantic_layer_refs: [Cargo.shift]}
"""


@pytest.mark.parametrize("question", ["tonnage per shift", "tonnage by shift in 2025", "total tonnage in 2025"])
def test_what_is_called_by_its_unit_is_its_tonnage(question: str) -> None:
    found = understand(question, assets_of(_TONNES))
    assert found.status == "complete"
    assert [m.id for m in found.selection.concepts.metrics] == ["handled"]


def test_between_several_that_are_told_in_tonnes_it_is_asked_back_and_one_alone_is_not_taken() -> None:
    found = understand("tonnage in 2025", catalogue("foundry"))
    assert {o.id for o in found.selection.options} == {"metal_melted", "metal_stock"}
    assert understand("tonnage in 2025", catalogue("airline")).status == "unresolved"


@pytest.mark.parametrize(
    ("pack", "question", "status"),
    [
        ("brokers", "premium volume in 2025", "complete"),
        ("brokers", "volume of premium in 2025", "complete"),
        ("insurer", "premium volume", "disambiguation_required"),
        ("insurer", "claims volume", "complete"),
        ("retail", "sales volume", "unresolved"),  # it may be that of pieces
        ("wholesale", "sales volume by product", "unresolved"),
    ],
)
def test_a_volume_of_money_is_that_money_where_it_is_called_by_no_plural(pack: str, question: str, status: str) -> None:
    assert understand(question, catalogue(pack)).status == status
