"""Where what the packs say and what there is have drifted apart. Pure: everything that was found out is given."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal

from ecp.domain.assets import DataContract, Dimension, Lineage, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.semantic import SemanticMeta
from ecp.domain.values import Value

Kind = Literal["missing_member", "past_freshness", "missing_column"]


class Finding(Value):
    """One thing that is not as an asset says. `subject`: the layer's member, the contract's mark or the column."""

    kind: Kind
    asset: str
    subject: str
    detail: str


class Unchecked(Value):
    """What could not be found out, and why: not a finding, and not its absence."""

    subject: str
    detail: str


class Drift(Value):
    findings: tuple[Finding, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()


def missing_members(catalogue: Catalogue, meta: SemanticMeta) -> Iterator[Finding]:
    """Metrics and dimensions whose reference the layer no longer has."""
    for metric in catalogue.of_kind(Metric):
        for ref in dict.fromkeys(r for r in (metric.semantic_layer_ref, metric.time_dimension) if r):
            yield from _member(metric.id, ref, meta)
    for dimension in catalogue.of_kind(Dimension):
        for ref in dimension.semantic_layer_refs:
            yield from _member(dimension.id, ref, meta)


def _member(asset: str, ref: str, meta: SemanticMeta) -> Iterator[Finding]:
    if ref not in meta.members:
        detail = f"the semantic layer has no {ref}"
        yield Finding(kind="missing_member", asset=asset, subject=ref, detail=detail)


def past_freshness(
    contracts: Collection[DataContract], newest: Mapping[str, datetime | None], now: datetime
) -> Iterator[Finding]:
    """Contracts whose newest mark is older than they promise, or missing. `newest` by `freshness_ref`."""
    for contract in contracts:
        ref = contract.freshness_ref
        if ref is None or ref not in newest:
            continue
        mark = newest[ref]
        if mark is None or now - mark > timedelta(hours=contract.freshness_hours):
            yield Finding(kind="past_freshness", asset=contract.id, subject=ref, detail=_age(contract, mark, now))


def _age(contract: DataContract, mark: datetime | None, now: datetime) -> str:
    promised = f"{contract.freshness_hours:g} hours are promised"
    if mark is None:
        return f"nothing was ever loaded; {promised}"
    hours = (now - mark).total_seconds() / 3600
    return f"loaded {hours:.1f} hours ago, {mark.isoformat()}; {promised}"


def missing_columns(catalogue: Catalogue, columns: Collection[str]) -> Iterator[Finding]:
    """Columns that lineage names and the warehouse lacks; `columns` as `schema.table.column`. A schema of which the
    warehouse has no table at all lies elsewhere, and nothing is said of it."""
    schemas = {column.split(".")[0] for column in columns}
    for lineage in catalogue.of_kind(Lineage):
        for node in lineage.nodes:
            parts = node.id.split(".")
            if node.type == "column" and len(parts) == 3 and parts[0] in schemas and node.id not in columns:
                detail = f"the warehouse has no column {node.id}"
                yield Finding(kind="missing_column", asset=lineage.id, subject=node.id, detail=detail)
