"""A plan within what the asker may see."""

from __future__ import annotations

from collections.abc import Iterable

from ecp.domain.assets import Dimension, Metric
from ecp.domain.authorization import RowFilter
from ecp.domain.catalogue import Catalogue
from ecp.domain.plan.drafts import Draft, DraftQuery
from ecp.domain.plan.references import cube_of, reference, text_of
from ecp.domain.semantic import CubeFilter, SemanticMeta
from ecp.errors import AccessDenied


def authorised(plan: Draft, row_filters: Iterable[RowFilter], catalogue: Catalogue, meta: SemanticMeta | None) -> Draft:
    """The plan with every row filter in every query. Raises `AccessDenied` where one cannot be put."""
    filters = tuple(row_filters)
    seen = (q for q in plan.queries if not _out_of_sight(q, filters, catalogue))
    queries = tuple(_limited(q, filters, catalogue, meta) for q in seen)
    return plan.model_copy(update={"queries": queries})


def _out_of_sight(query: DraftQuery, filters: tuple[RowFilter, ...], catalogue: Catalogue) -> bool:
    """One group of a breakdown of which the asker may see nothing: it is left out, not shown as empty."""
    for item in filters:
        allowed = {text_of(v) for v in item.values}
        dimension = catalogue.get(item.dimension, Dimension)
        refs = dimension.semantic_layer_refs if dimension and item.dimension in query.group else ()
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
        raise AccessDenied(
            "the answer cannot be limited to what you may see", reasons=[f"{item.dimension} cannot limit this"]
        )
    return CubeFilter(member=ref, operator="equals", values=tuple(text_of(v) for v in item.values))
