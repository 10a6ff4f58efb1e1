"""A pack that brings no model: its plans rest on what it says itself."""

from __future__ import annotations

import pytest

from ecp.domain.assets import Metric
from ecp.domain.calendar import Calendar
from ecp.domain.catalogue import Catalogue
from ecp.domain.plan import draft
from ecp.domain.plan.unmodelled import unmodelled, with_unmodelled
from ecp.domain.semantic import SemanticMember, SemanticMeta
from tests.support.reading import TODAY, assets_of, understand

NOTHING = SemanticMeta(members={}, joined={}, version="0")
KILNS = Catalogue.of(
    "1",
    assets_of("""
kind: metric
id: firings
name: Firings
semantic_layer_ref: Firings.count
time_dimension: Firings.day
---
kind: metric
id: breakages
name: Breakages
semantic_layer_ref: Breakages.count
time_dimension: Breakages.day
---
kind: dimension
id: kiln
name: Kiln
semantic_layer_refs: [Firings.kiln]
---
kind: dimension
id: shop
name: Shop
semantic_layer_refs: [Shops.name]
"""),
)


def _problems(question: str, meta: SemanticMeta) -> list[str]:
    found = understand(question, KILNS).selection
    assert not found.unresolved and found.concepts.metrics
    plan = draft(found.concepts, KILNS, Calendar(), meta, as_of=TODAY, department=None)
    return [p.mention for p in plan.problems]


@pytest.mark.parametrize("question", ["firings in 2025", "firings by kiln", "breakages by shop", "firings by month"])
def test_what_the_pack_says_is_planned(question: str) -> None:
    """A cube that holds dimensions alone describes the others."""
    assert not _problems(question, with_unmodelled(NOTHING, KILNS))
    assert _problems(question, NOTHING)


def test_facts_are_not_cut_by_what_only_other_facts_have() -> None:
    assert _problems("breakages by kiln", with_unmodelled(NOTHING, KILNS)) == ["kiln (Breakages is not kept by Kiln)"]


def test_a_cube_that_the_layer_has_is_taken_at_the_layers_word() -> None:
    """A measure that it has no longer is missed, and its joins are its own."""
    other = SemanticMember(name="Firings.temperature", kind="measure", type="number")
    meta = SemanticMeta(members={other.name: other}, joined={"Firings": ()}, version="0")
    known = with_unmodelled(meta, KILNS)
    assert "Firings.count" not in known.members and "Breakages.count" in known.members
    assert _problems("firings in 2025", known) and not _problems("breakages in 2025", known)
    assert _problems("firings by shop", known)
    metrics = [m for m in KILNS.of_kind(Metric) if isinstance(m, Metric)]
    assert unmodelled(metrics, meta) == ("Breakages",)


def test_what_is_all_modelled_is_left_as_it_is() -> None:
    full = with_unmodelled(NOTHING, KILNS)
    assert with_unmodelled(full, KILNS) is full and unmodelled(KILNS.of_kind(Metric), full) == ()
