"""Asks layer and warehouse what there is, and compares it with what the packs say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ecp.domain.assets import DataContract
from ecp.domain.catalogue import Catalogue
from ecp.domain.drift import Drift, Finding, Unchecked, missing_columns, missing_members, past_freshness
from ecp.domain.freshness import moment, newest
from ecp.domain.semantic import CubeQuery
from ecp.errors import StoreError
from ecp.stores.protocols import Registry, SemanticLayer
from ecp.stores.semantic_sql.layer import columns_of

QUERY_SECONDS = 30.0


async def find_drift(registry: Registry, semantic: SemanticLayer, warehouse: str | None, now: datetime) -> Drift:
    """Of the newest version. Without `warehouse`, a DSN, columns are not checked. Raises `StoreError` when the registry
    or the layer's metadata cannot be had: then nothing can be compared."""
    catalogue = await registry.catalogue()
    findings = list(missing_members(catalogue, await semantic.meta()))
    stale, unasked = await _stale(catalogue, semantic, now)
    gone, unseen = await _gone(catalogue, warehouse)
    return Drift(findings=(*findings, *stale, *gone), unchecked=(*unasked, *unseen))


async def _stale(
    catalogue: Catalogue, semantic: SemanticLayer, now: datetime
) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...]]:
    contracts = tuple(catalogue.of_kind(DataContract))
    marks: dict[str, datetime | None] = {}
    unchecked: list[Unchecked] = []
    for ref in dict.fromkeys(c.freshness_ref for c in contracts if c.freshness_ref):
        try:
            marks[ref] = await newest_mark(semantic, ref)
        except StoreError as error:
            unchecked.append(Unchecked(subject=ref, detail=error.detail))
        except ValueError:
            unchecked.append(Unchecked(subject=ref, detail="what it holds is no time"))
    return tuple(past_freshness(contracts, marks, now)), tuple(unchecked)


async def newest_mark(semantic: SemanticLayer, ref: str) -> datetime | None:
    """The latest value of a time dimension of the layer, in UTC. Raises ValueError for what is no time."""
    result = await semantic.load(CubeQuery.model_validate(newest(ref)), timeout=QUERY_SECONDS)
    if not result.rows:
        return None
    found = str(result.rows[0][0])
    if (mark := moment(found)) is None:
        raise ValueError(found)
    return mark


async def _gone(catalogue: Catalogue, warehouse: str | None) -> tuple[Iterable[Finding], tuple[Unchecked, ...]]:
    if warehouse is None:
        return (), (Unchecked(subject="columns", detail="no setting says where the warehouse is"),)
    try:
        return tuple(missing_columns(catalogue, await columns_of(warehouse))), ()
    except StoreError as error:
        return (), (Unchecked(subject="columns", detail=error.detail),)
