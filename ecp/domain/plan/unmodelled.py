"""What the semantic layer has no model of: a pack may come without one, and is then taken at its own word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.plan.references import cube_named, cube_of
from ecp.domain.semantic import SemanticMember, SemanticMeta


def with_unmodelled(meta: SemanticMeta, catalogue: Catalogue) -> SemanticMeta:
    """What the layer has, and the cubes that only a pack speaks of, as it does: each has the measures and dimensions
    that are named so, and meets those that hold dimensions alone, as a star of facts meets what describes them."""
    known = _cubes(meta)
    untold = [told for told in _told(catalogue) if cube_named(told[0]) not in known]
    if not untold:
        return meta
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


def _told(catalogue: Catalogue) -> Iterator[tuple[str, Literal["measure", "dimension"], str]]:
    """Name, kind and type of each member of the layer that the packs name."""
    for metric in catalogue.of_kind(Metric):
        if metric.semantic_layer_ref:
            yield metric.semantic_layer_ref, "measure", "number"
        if metric.time_dimension:
            yield metric.time_dimension, "dimension", "time"
    for dimension in catalogue.of_kind(Dimension):
        yield from ((ref, "dimension", "string") for ref in dimension.semantic_layer_refs)
