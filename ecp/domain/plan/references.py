"""How a dimension, a metric's cube and a value are written in the semantic layer."""

from __future__ import annotations

from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.limits import is_cut_by
from ecp.domain.members import Scalar
from ecp.domain.semantic import SemanticMeta


def reference(dimension: Dimension, cube: str, meta: SemanticMeta | None) -> str | None:
    """The dimension as this cube has it, or one that it can be joined to; without metadata that is taken on trust."""
    own = [r for r in dimension.semantic_layer_refs if cube_named(r) == cube]
    if own:
        return own[0]
    if meta is None:
        return next(iter(dimension.semantic_layer_refs), None)
    joined = meta.joined.get(cube, ())
    return next((r for r in dimension.semantic_layer_refs if cube_named(r) in joined), None)


def reference_for(metric: Metric, dimension_id: str, catalogue: Catalogue, meta: SemanticMeta | None) -> str | None:
    """By what the layer cuts this metric, where the pack lets it be cut by the dimension."""
    dimension = catalogue.get(dimension_id, Dimension)
    allowed = dimension is not None and is_cut_by(metric, dimension_id, catalogue)
    return reference(dimension, cube_of(metric), meta) if dimension and allowed else None


def is_kept_by(metric: Metric, dimension_id: str, catalogue: Catalogue, meta: SemanticMeta | None) -> bool:
    """Whether numbers of the metric can be had by the dimension. Without metadata that is told where the pack says so,
    by a list of dimensions or by the same cube: a join is not taken on trust."""
    ref = reference_for(metric, dimension_id, catalogue, meta)
    if ref is None or metric.semantic_layer_ref is None:
        return False
    if meta is not None:
        return {ref, metric.semantic_layer_ref} <= meta.members.keys()
    return metric.dimensions is not None or cube_named(ref) == cube_of(metric)


def cube_of(metric: Metric) -> str:
    return cube_named(metric.semantic_layer_ref or "")


def cube_named(ref: str) -> str:
    """The cube of a member of the layer, by the member's name."""
    return ref.partition(".")[0]


def has_its_column(metric: Metric, dimension: Dimension) -> bool:
    """Whether the dimension is a column beside what the metric measures."""
    return any(cube_named(r) == cube_of(metric) for r in dimension.semantic_layer_refs)


def time_dimension_of(metric: Metric, meta: SemanticMeta | None) -> str | None:
    """The metric's own, or the only one that its cube has."""
    if metric.time_dimension:
        return metric.time_dimension
    members = meta.members.values() if meta else ()
    own = [m.name for m in members if m.type == "time" and cube_named(m.name) == cube_of(metric)]
    return own[0] if len(own) == 1 else None


def text_of(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
