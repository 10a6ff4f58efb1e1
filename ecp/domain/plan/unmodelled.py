"""What the semantic layer has no model of: a pack may come without one, and is then taken at its own word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.plan.references import cube_of
from ecp.domain.semantic import SemanticMember, SemanticMeta


def with_unmodelled(meta: SemanticMeta, catalogue: Catalogue) -> SemanticMeta:
    """What the layer has, and the cubes that only a pack speaks of, as it does: each has the measures and dimensions
    that are named so, and meets those that hold dimensions alone, as a star of facts meets what describes them."""
    known = {cube(name) for name in meta.members}
    told = {m.name: m for m in _told(catalogue) if cube(m.name) not in known}
    if not told:
        return meta
    measuring = {cube(m.name) for m in told.values() if m.kind == "measure"}
    describing = tuple(sorted({cube(name) for name in told} - measuring))
    joined = {c: tuple(d for d in describing if d != c) for c in sorted(measuring)}
    return meta.model_copy(update={"members": {**told, **meta.members}, "joined": {**joined, **meta.joined}})


def unmodelled(metrics: Iterable[Metric], meta: SemanticMeta) -> tuple[str, ...]:
    """The names of the metrics of which the layer has no model."""
    known = {cube(name) for name in meta.members}
    return tuple(m.name for m in metrics if m.semantic_layer_ref and cube_of(m) not in known)


def cube(name: str) -> str:
    return name.partition(".")[0]


def _told(catalogue: Catalogue) -> Iterator[SemanticMember]:
    for metric in catalogue.of_kind(Metric):
        if metric.semantic_layer_ref:
            yield SemanticMember(name=metric.semantic_layer_ref, kind="measure", type="number")
        if metric.time_dimension:
            yield SemanticMember(name=metric.time_dimension, kind="dimension", type="time")
    for dimension in catalogue.of_kind(Dimension):
        for ref in dimension.semantic_layer_refs:
            yield SemanticMember(name=ref, kind="dimension", type="string")
