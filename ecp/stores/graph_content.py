"""The assets of a version as the rows of a graph: nodes and edges by what writes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from ecp.domain.assets import AnyAsset, Asset, Dimension, Entity, Lineage, LineageNode, Metric, Term, TribalKnowledge
from ecp.domain.catalogue import names_of
from ecp.domain.words import normal_form

Row = dict[str, str | None]
Rows = tuple[Row, ...]

EVERYBODY_ELSE = ""


@dataclass(frozen=True)
class GraphContent:
    """Rows without duplicates, sorted: equal assets give equal content."""

    everything: Rows
    assets: Rows
    members: Rows
    names: Rows
    departments: Rows
    lineage_nodes: Rows
    asset_names: Rows
    member_names: Rows
    uses: Rows
    means: Rows
    about: Rows
    about_all: Rows
    targets: Rows
    feeds: Rows
    links: Rows

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


def department_key(department: str | None) -> str:
    return normal_form(department) if department else EVERYBODY_ELSE


def graph_content(assets: Sequence[AnyAsset]) -> GraphContent:
    """Edges whose ends are not both among the assets are left out."""
    ids = {a.id for a in assets}
    metrics = {a.id: a for a in assets if isinstance(a, Metric)}
    terms = [a for a in assets if isinstance(a, Term)]
    knowledge = [a for a in assets if isinstance(a, TribalKnowledge)]
    names = [name for asset in assets for name in names_of(asset)]
    uses = [row for row in _uses(metrics.values(), terms) if row["key"] and row["metric"] in metrics]
    nodes, feeds = _lineage([a for a in assets if isinstance(a, Lineage)], metrics)
    return GraphContent(
        everything=({},),
        assets=_rows({"id": a.id, "kind": a.kind, "name": a.name} for a in assets),
        members=_rows(row for asset in assets for row in _members(asset)),
        names=_rows({"form": n.form} for n in names),
        departments=_rows({"key": row["key"]} for row in uses),
        lineage_nodes=nodes,
        asset_names=_rows({"form": n.form, "asset_id": n.asset_id} for n in names if n.member is None),
        member_names=_rows({"form": n.form, "asset_id": n.asset_id, "member": n.member} for n in names if n.member),
        uses=_rows(uses),
        means=_rows(row for row in _means(terms) if row["metric"] in metrics),
        about=_rows({"knowledge": k.id, "metric": m} for k in knowledge for m in k.scope.metrics if m in ids),
        about_all=_rows({"knowledge": k.id} for k in knowledge if not k.scope.metrics),
        targets=_rows({"target": m.id, "metric": of} for m in metrics.values() for of in m.target_of if of in metrics),
        feeds=feeds,
        links=_rows(_links([a for a in assets if isinstance(a, Entity)])),
    )


def _rows(rows: Iterable[Row]) -> Rows:
    unique = {json.dumps(row, sort_keys=True): row for row in rows}
    return tuple(row for _, row in sorted(unique.items()))


def _members(asset: Asset) -> Iterator[Row]:
    if isinstance(asset, Dimension):
        for member in asset.members:
            yield {"id": member.id, "asset_id": asset.id, "kind": asset.kind, "name": member.name}
    if isinstance(asset, Entity):
        for instance in asset.instances:
            yield {"id": instance.id, "asset_id": asset.id, "kind": asset.kind, "name": instance.name}


def _links(entities: Sequence[Entity]) -> Iterator[Row]:
    """Every link between two known instances, told by the one that has it."""
    known = {(e.id, i.id) for e in entities for i in e.instances}
    for entity in entities:
        ends = {r.name: r.to for r in entity.relations}
        for instance in entity.instances:
            for relation, others in instance.links.items():
                for other in others:
                    if (ends.get(relation, ""), other) in known:
                        yield {
                            "asset_id": entity.id,
                            "id": instance.id,
                            "relation": relation,
                            "to_asset_id": ends[relation],
                            "to_id": other,
                        }


def _uses(metrics: Iterable[Metric], terms: Iterable[Term]) -> Iterator[Row]:
    for metric in metrics:
        for department in metric.departments:
            yield {"key": department_key(department), "metric": metric.id}
    for row in _means(terms):
        yield {"key": row["key"], "metric": row["metric"]}


def _means(terms: Iterable[Term]) -> Iterator[Row]:
    for term in terms:
        for choice in term.metrics:
            for department in choice.departments or (None,):
                yield {"term": term.id, "metric": choice.metric, "key": department_key(department)}


def _lineage(documents: Sequence[Lineage], metrics: dict[str, Metric]) -> tuple[Rows, Rows]:
    """Nodes and edges of all documents in one. Every metric is a node, fed by its measure."""
    told: dict[str, LineageNode] = {}
    for document in sorted(documents, key=lambda d: d.id):
        for node in document.nodes:
            told.setdefault(node.id, node)
    edges: list[Row] = [
        {"source": e.source, "target": e.target, "transformation": e.transformation}
        for document in documents
        for e in document.edges
    ]
    linked = {(e["source"], e["target"]) for e in edges}
    measures = [(m.semantic_layer_ref, m.id) for m in metrics.values() if m.semantic_layer_ref]
    edges += [{"source": r, "target": i, "transformation": None} for r, i in measures if (r, i) not in linked]
    ends = {end for e in edges for end in (e["source"], e["target"]) if end}
    refs = {ref for ref, _ in measures}
    nodes = _rows(_node(i, told.get(i), metrics.get(i), i in refs) for i in {*told, *metrics, *ends})
    return nodes, _rows(edges)


def _node(node_id: str, told: LineageNode | None, metric: Metric | None, is_measure: bool) -> Row:
    kind = told.type if told else "metric" if metric else "measure" if is_measure else None
    name = (told.name if told else "") or (metric.name if metric else "") or node_id
    return {"id": node_id, "type": kind, "name": name, "system": told.system if told else None}
