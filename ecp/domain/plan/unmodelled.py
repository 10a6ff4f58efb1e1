"""What the semantic layer has no model of: a pack may come without one, and is then taken at its own word."""

from __future__ import annotations

from collections.abc import Iterable

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.plan.references import cube_named, cube_of
from ecp.domain.semantic import SemanticMember, SemanticMeta


def with_unmodelled(meta: SemanticMeta, catalogue: Catalogue) -> SemanticMeta:
    """What the layer has, and the cubes that only a pack speaks of, as it does: each has the measures and dimensions
    that are named so, and meets those that hold dimensions alone, as a star of facts meets what describes them."""
    missing = catalogue.metrics.layer.keys() - _cubes(meta)
    if not missing:
        return meta
    untold = [told for cube in sorted(missing) for told in catalogue.metrics.layer[cube]]
    told = {name: SemanticMember(name=name, kind=kind, type=type_) for name, kind, type_ in untold}
    measuring = {cube_named(m.name) for m in told.values() if m.kind == "measure"}
    describing = tuple(sorted({cube_named(name) for name in told} - measuring))
    joined = {c: tuple(d for d in describing if d != c) for c in sorted(measuring)}
    return meta.model_copy(update={"members": {**told, **meta.members}, "joined": {**joined, **meta.joined}})


def unmodelled(metrics: Iterable[Metric], meta: SemanticMeta) -> tuple[str, ...]:
    """The names of the metrics of which the layer has no model."""
    known = _cubes(meta)
    return tuple(m.name for m in metrics if m.semantic_layer_ref and cube_of(m) not in known)


def _cubes(meta: SemanticMeta) -> set[str]:
    return {cube_named(name) for name in meta.members}
