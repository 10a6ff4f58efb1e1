"""What a list of metrics says they can be cut by, and a metric by itself, is what a question that cuts them by it
answers."""

from __future__ import annotations

from functools import cache

import pytest

from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.semantic import SemanticMember, SemanticMeta
from ecp.stores.semantic_sql.loader import load_model
from ecp.stores.semantic_sql.model import meta_of
from tests.support.reading import DEMO, catalogue, understand

PACKS = ("demo", "airline", "bank", "hospital", "hotels", "insurer", "software", "university", "wholesale")


def _names(assets: Catalogue, *kinds: str) -> list[str]:
    """What a layer has that was written for the pack."""
    refs = [m.semantic_layer_ref for m in assets.of_kind(Metric)] if "measure" in kinds else []
    refs += [r for d in assets.of_kind(Dimension) for r in d.semantic_layer_refs] if "dimension" in kinds else []
    return sorted({r for r in refs if r})


def _layer(assets: Catalogue, *, joins: bool) -> SemanticMeta:
    """A layer with all that the pack names, of which every cube can be joined to every other, or none."""
    found = {
        name: SemanticMember(name=name, kind=kind, type="number" if kind == "measure" else "string")
        for kind in ("dimension", "measure")
        for name in _names(assets, kind)
    }
    times = sorted({m.time_dimension for m in assets.of_kind(Metric) if m.time_dimension})
    found |= {name: SemanticMember(name=name, kind="dimension", type="time") for name in times}
    cubes = sorted({name.split(".")[0] for name in found})
    joined = {c: tuple(o for o in cubes if o != c) if joins else () for c in cubes}
    return SemanticMeta(members=found, joined=joined, version="1")


@cache
def _metas(pack: str) -> dict[str, SemanticMeta]:
    assets = catalogue(pack)
    found = {"joined": _layer(assets, joins=True), "apart": _layer(assets, joins=False)}
    if pack == "demo":
        found["own"] = meta_of(load_model(DEMO.parent / "cube" / "model"))
    return found


def _listed(question: str, assets: Catalogue, meta: SemanticMeta | None) -> set[str]:
    told = understand(question, assets, meta=meta)
    assert (told.status, told.selection.kind) == ("complete", "catalogue"), question
    return set(told.selection.subjects)


def _answered(metric: Metric, dimension: Dimension, assets: Catalogue, meta: SemanticMeta | None) -> bool:
    """Whether a question for the metric itself by the dimension itself has a plan."""
    told = understand(f"{metric.name} by {dimension.name}", assets, meta=meta)
    cut = [d.id for d in told.selection.concepts.dimensions]
    measured = [m.id for m in told.selection.concepts.metrics]
    return told.status == "complete" and (measured, cut) == ([metric.id], [dimension.id])


def _cuts(metric: Metric, assets: Catalogue, meta: SemanticMeta | None) -> set[str]:
    """By what it is told that the metric can be cut."""
    told = understand(f"Which dimensions can I use with {metric.name}?", assets, meta=meta)
    assert (told.status, told.selection.kind) == ("complete", "definition"), metric.name
    return set(told.selection.cuts[metric.id])


CASES = [(pack, layer) for pack in PACKS for layer in _metas(pack)]


@pytest.mark.parametrize(("pack", "layer"), CASES, ids=[f"{p}-{layer}" for p, layer in CASES])
def test_each_metric_is_listed_by_just_what_it_is_answered_by_and_so_are_its_dimensions(pack, layer):
    assets, meta = catalogue(pack), _metas(pack)[layer]
    wrong = []
    cuts = {m.id: _cuts(m, assets, meta) for m in assets.of_kind(Metric)}
    for dimension in (d for d in assets.of_kind(Dimension) if d.type != "time"):
        listed = _listed(f"What metrics are available by {dimension.name}?", assets, meta)
        for metric in assets.of_kind(Metric):
            answered = _answered(metric, dimension, assets, meta)
            if {metric.id in listed, dimension.id in cuts[metric.id]} != {answered}:
                wrong.append((metric.name, dimension.name))
    assert not wrong


def _without_lists(assets: Catalogue) -> Catalogue:
    """The pack, where no metric tells what it can be cut by."""
    told = (a.model_copy(update={"dimensions": None}) if isinstance(a, Metric) else a for a in assets.assets.values())
    return Catalogue.of("1", told)


@pytest.mark.parametrize("pack", PACKS)
def test_a_layer_that_does_not_answer_is_trusted_with_no_join(pack):
    assets = _without_lists(catalogue(pack))
    for dimension in (d for d in assets.of_kind(Dimension) if d.type != "time"):
        cubes = {r.split(".")[0] for r in dimension.semantic_layer_refs}
        listed = _listed(f"What metrics are available by {dimension.name}?", assets, None)
        own = {m.id for m in assets.of_kind(Metric) if (m.semantic_layer_ref or ".").split(".")[0] in cubes}
        assert listed == own, dimension.name


def test_what_is_for_a_member_is_what_is_by_its_dimension():
    assets, meta = catalogue("demo"), _metas("demo")["own"]
    by_region = _listed("What metrics are available by region?", assets, meta)
    assert _listed("What metrics are available for APAC analysis?", assets, meta) == by_region
    by_product = _listed("Which metrics are available by product?", assets, meta)
    assert "headcount" in by_region - by_product


def test_a_metric_that_is_kept_nowhere_is_in_no_list_of_cuts():
    metric, dimension = Metric(id="a", name="A"), Dimension(id="d", name="Place", semantic_layer_ref="Cube.place")
    assets = Catalogue.of("1", [metric, dimension])
    assert _listed("What metrics are there?", assets, None) == {"a"}
    assert _listed("What metrics are available by place?", assets, None) == set()


def test_a_cut_that_may_be_several_things_is_not_guessed():
    kept = [
        Dimension(id=i, name=f"{i} type", synonyms=["type"], semantic_layer_ref=f"Cube.{i}") for i in ("good", "place")
    ]
    assets = Catalogue.of("1", [Metric(id="a", name="A", semantic_layer_ref="Cube.a"), *kept])
    told = understand("What metrics are available by type?", assets)
    assert [n.id for u in told.selection.unresolved for n in u.nearest] == ["good", "place"]
    assert _listed("What metrics are available by place type?", assets, None) == {"a"}


def test_what_is_kept_by_months_is_in_no_list_of_days():
    kept = [Metric(id=g, name=f"Of each {g}", grain=g, semantic_layer_ref="Cube.a") for g in ("day", "month")]
    assets = Catalogue.of("1", kept)
    assert _listed("What metrics are available by day?", assets, None) == {"day"}
    assert _listed("What metrics are available by quarter?", assets, None) == {"day", "month"}
