"""A plan within what the asker may see."""

from __future__ import annotations

from collections.abc import Iterable

from ecp.domain.assets import Dimension, Metric
from ecp.domain.authorization import RowFilter
from ecp.domain.catalogue import Catalogue
from ecp.domain.limits import same_column
from ecp.domain.plan.drafts import Draft, DraftQuery
from ecp.domain.plan.references import cube_of, reference, text_of
from ecp.domain.semantic import CubeFilter, SemanticMeta
from ecp.errors import AccessDenied


def authorised(plan: Draft, row_filters: Iterable[RowFilter], catalogue: Catalogue, meta: SemanticMeta | None) -> Draft:
    """The plan with every row filter in every query. Raises `AccessDenied` where one cannot be put, and where all that
    is left of the whole of a share is the part."""
    filters = tuple(row_filters)
    seen = [q for q in plan.queries if not _out_of_sight(q, filters, catalogue)]
    queries = tuple(_limited(q, filters, catalogue, meta) for q in seen)
    limited = plan.model_copy(update={"queries": queries})
    if _is_part_whole(limited) and not _is_part_whole(plan):
        raise AccessDenied(
            "the whole cannot be told", reasons=["All that you may see of the whole is the part: that has no share"]
        )
    return limited


def _is_part_whole(plan: Draft) -> bool:
    """Whether nothing bounds the part of a share that does not bound the whole, so that it is always all of it."""
    if plan.share is None:
        return False
    parts, wholes = ([q for q in plan.queries if q.series == series] for series in plan.share)
    if not parts or not wholes or wholes[0].metric != parts[0].metric:
        return False
    part, whole = parts[0], wholes[0]
    if whole.over:
        return len(whole.over) == 1 and (_is_one_value(part) if part.cube.dimensions else len(parts) == 1)
    return all(_holds(f, whole.cube.filters) for f in part.cube.filters)


def _is_one_value(query: DraftQuery) -> bool:
    left = _left_of(query.cube.dimensions[0], query.cube.filters)
    return left is not None and len(left) == 1


def _holds(bound: CubeFilter, filters: tuple[CubeFilter, ...]) -> bool:
    """Whether everything that is within these filters is within the bound."""
    left = _left_of(bound.member, filters) if bound.operator == "equals" else None
    return bound in filters or (left is not None and left <= set(bound.values))


def _left_of(member: str, filters: Iterable[CubeFilter]) -> set[str] | None:
    """The values that the filters leave; None where they name none."""
    own = [set(f.values) for f in filters if f.member == member and f.operator == "equals"]
    return set.intersection(*own) if own else None


def _out_of_sight(query: DraftQuery, filters: tuple[RowFilter, ...], catalogue: Catalogue) -> bool:
    """One group of a breakdown of which the asker may see nothing: it is left out, not shown as empty."""
    for item in filters:
        allowed = {text_of(v) for v in item.values}
        dimension = catalogue.get(item.dimension, Dimension)
        grouped = any(same_column(d, item.dimension, catalogue) for d in query.group)
        refs = dimension.semantic_layer_refs if dimension and grouped else ()
        asked = [f for f in query.cube.filters if f.member in refs and f.operator == "equals"]
        if any(not allowed & set(f.values) for f in asked):
            return True
    return False


def _limited(
    query: DraftQuery, filters: tuple[RowFilter, ...], catalogue: Catalogue, meta: SemanticMeta | None
) -> DraftQuery:
    own = tuple(_row_filter(f, query, catalogue, meta) for f in filters)
    cube = query.cube.model_copy(update={"filters": (*query.cube.filters, *own)})
    return query.model_copy(update={"cube": cube})


def _row_filter(item: RowFilter, query: DraftQuery, catalogue: Catalogue, meta: SemanticMeta | None) -> CubeFilter:
    metric, dimension = catalogue.get(query.metric, Metric), catalogue.get(item.dimension, Dimension)
    ref = reference(dimension, cube_of(metric), meta) if metric and dimension else None
    if ref is None or not item.values:
        named = f"“{dimension.name if dimension else item.dimension}”"
        why = f"The asker is limited on {named}, and “{metric.name if metric else query.metric}” is not kept by it"
        nothing = f"The asker may see nothing of {named}"
        raise AccessDenied(
            "the answer cannot be limited to what you may see", reasons=[why if item.values else nothing]
        )
    return CubeFilter(member=ref, operator="equals", values=tuple(text_of(v) for v in item.values))
