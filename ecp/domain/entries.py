"""An asset as it is shown by itself, in a list or as the reply to a question; it refers to nothing denied."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ecp.domain.answer import ResolvedConcepts
from ecp.domain.assets import (
    AnyAsset,
    DataContract,
    Dimension,
    Entity,
    Instance,
    Member,
    Metric,
    QueryTemplate,
    Scope,
    Term,
    TribalKnowledge,
)
from ecp.domain.catalogue import Catalogue, parts_of
from ecp.domain.caveats import caveats
from ecp.domain.limits import same_column
from ecp.domain.members import Scalar, anybodys_values, values_of
from ecp.domain.values import JsonObject


def entry(asset: AnyAsset, denied: Collection[str]) -> JsonObject:
    """A glossary entry."""
    shown: JsonObject = {
        "id": asset.id,
        "kind": asset.kind,
        "name": asset.name,
        "definition": asset.definition,
        "synonyms": list(asset.synonyms),
        "owner": asset.owner,
        "domain": None if asset.domain in denied else asset.domain,
    }
    if isinstance(asset, Metric):
        shown |= {"unit": asset.unit, "certification_tier": asset.certification_tier, "formula": asset.formula}
    if isinstance(asset, QueryTemplate):
        asked = {"metrics": asset.metrics, "dimensions": asset.dimensions}
        shown |= {name: [i for i in ids if i not in denied] for name, ids in asked.items()}
        shown |= {"phrases": list(asset.phrases), "period": asset.period}
    if isinstance(asset, Term):
        meanings = [c.model_dump(mode="json") for c in asset.metrics if c.metric not in denied]
        shown |= {"meanings": meanings, "related": [i for i in asset.related if i not in denied]}
    return shown


def described(subject: str, catalogue: Catalogue, denied: Collection[str], department: str | None = None) -> JsonObject:
    """The entry of an asset, with its members where it has some, or of a member or an instance, which is called
    `asset:member`, with what `department` counts to it."""
    asset_id, _, member_id = subject.partition(":")
    asset = catalogue.assets[asset_id]
    whole = _of_metric(asset, catalogue, denied) if isinstance(asset, Metric) else entry(asset, denied)
    if not member_id:
        return whole | _members(asset, denied)
    found = next(m for m in parts_of(asset) if m.id == member_id)
    own: JsonObject = {"id": subject, "kind": "member", "name": found.name, "synonyms": list(found.synonyms)}
    own["definition"] = found.definition if isinstance(found, Member) else ""
    links = _links(asset, found, catalogue, denied) if isinstance(found, Instance) and isinstance(asset, Entity) else {}
    counted = _counted(asset, found, catalogue, denied, department) if isinstance(found, Member) else {}
    return whole | own | {"of": asset_id, "links": links} | counted


def _of_metric(metric: Metric, catalogue: Catalogue, denied: Collection[str]) -> JsonObject:
    """A metric with the known issues that are of it, whenever and wherever, and how fresh its data are to be."""
    known = [k for k in catalogue.of_kind(TribalKnowledge) if metric.id in k.scope.metrics and k.id not in denied]
    issues = [_issue(k, catalogue, denied) for k in known]
    hours = [c.freshness_hours for c in catalogue.of_kind(DataContract) if metric.id in c.metrics]
    return metric_entry(metric, denied) | {"known_issues": issues, "freshness_hours": min(hours, default=None)}


def known_issues(ids: Iterable[str], catalogue: Catalogue, denied: Collection[str]) -> JsonObject:
    """What is known to be wrong with the data, without what speaks of nothing but what is denied."""
    found = (catalogue.get(i, TribalKnowledge) for i in ids)
    shown = [_issue(k, catalogue, denied) for k in found if k and not _speaks_of_denied(k, denied)]
    return {"known_issues": shown, "total": len(shown)}


def _speaks_of_denied(known: TribalKnowledge, denied: Collection[str]) -> bool:
    scope = known.scope
    keys = [[f"{d}:{m}" for m in members] for d, members in scope.members.items()]
    parts = ([known.id], scope.metrics, scope.domains, scope.dimensions, *keys)
    return any(part and all(is_denied(i, denied) for i in part) for part in parts)


def _issue(known: TribalKnowledge, catalogue: Catalogue, denied: Collection[str]) -> JsonObject:
    """What it touches, when, how grave it is, and what it does to numbers."""
    told = {
        "severity": known.severity,
        "message": known.message,
        "impact": known.impact,
        "workaround": known.workaround,
    }
    period = known.scope.period
    dated = {"period": period.model_dump(mode="json") if period else None}
    return {"id": known.id, "name": known.name} | told | dated | {"touches": _touched(known.scope, catalogue, denied)}


def _touched(scope: Scope, catalogue: Catalogue, denied: Collection[str]) -> JsonObject:
    members = [f"{d}:{m}" for d, ids in scope.members.items() for m in ids]
    parts = {"metrics": scope.metrics, "domains": scope.domains, "dimensions": scope.dimensions, "members": members}
    named = {
        part: [{"id": i, "name": _name_of(i, catalogue)} for i in ids if not is_denied(i, denied)]
        for part, ids in parts.items()
    }
    return named | {"departments": list(scope.departments)}


def _name_of(key: str, catalogue: Catalogue) -> str:
    asset, _, member = key.partition(":")
    return next(iter(catalogue.spellings(asset, member or None)), key) if asset in catalogue.assets else key


def with_issues(
    told: JsonObject,
    concepts: ResolvedConcepts,
    catalogue: Catalogue,
    denied: Collection[str],
    department: str | None,
) -> JsonObject:
    """An entry of a metric with what is known to be wrong with it: whenever and wherever, or for the members and the
    period that are named, gravest first."""
    if told["kind"] != "metric":
        return told
    own = concepts.model_copy(update={"metrics": tuple(m for m in concepts.metrics if m.id == told["id"])})
    touching = caveats((k.id for k in catalogue.of_kind(TribalKnowledge)), own, catalogue, department)
    known = (k for w in touching if w.id not in denied and (k := catalogue.get(w.id, TribalKnowledge)))
    issues = {k.id: _issue(k, catalogue, denied) for k in known}
    limited = bool(concepts.filters or concepts.period or concepts.dimensions)
    return told | {"known_issues": [*issues.values(), *(() if limited else _others(told, issues))]}


def _others(told: JsonObject, issues: Collection[str]) -> Iterator[JsonObject]:
    """What is known of some departments or dimensions alone."""
    return (k for k in told["known_issues"] if k["id"] not in issues)


def _members(asset: AnyAsset, denied: Collection[str]) -> JsonObject:
    return {"members": _shown(asset, denied)} if parts_of(asset) else {}


def _shown(asset: AnyAsset, denied: Collection[str]) -> list[JsonObject]:
    return [{"id": m.id, "name": m.name} for m in parts_of(asset) if f"{asset.id}:{m.id}" not in denied]


def _counted(
    asset: AnyAsset, member: Member, catalogue: Catalogue, denied: Collection[str], department: str | None
) -> JsonObject:
    """What is counted to a member, and where departments differ, by whom; `consists_of` by the names of members of
    another dimension."""
    known = {v: (f"{d.id}:{m.id}", m.name) for d, m, v in _said_otherwise(asset, catalogue)}
    hidden = {v for v, (key, _) in known.items() if is_denied(key, denied)}
    counted = values_of(catalogue, asset.id, member.id, department)
    values = [v for v in (counted.values if counted else ()) if v not in hidden]
    variations = [v.model_dump(mode="json") for v in member.variations]
    inside = {m.id for m in asset.inside(member.id)} if isinstance(asset, Dimension) else set[str]()
    return {
        "values": values,
        "consists_of": [known[v][1] for v in values] if all(v in known for v in values) else [],
        "reason": counted.reason if counted else None,
        "variations": [v | {"values": [x for x in v["values"] if x not in hidden]} for v in variations],
        "parent": None if f"{asset.id}:{member.parent}" in denied else member.parent,
        "parts": [m for m in _shown(asset, denied) if m["id"] in inside],
    }


def _said_otherwise(asset: AnyAsset, catalogue: Catalogue) -> Iterator[tuple[Dimension, Member, Scalar]]:
    """The members that other dimensions of the same column have for a single value."""
    for dimension in catalogue.of_kind(Dimension):
        if dimension.id != asset.id and same_column(dimension.id, asset.id, catalogue):
            yield from ((dimension, m, m.values[0]) for m in dimension.members if len(m.values) == 1)


def is_inside(dimension_id: str, subject: str, catalogue: Catalogue) -> bool:
    """Whether the members of a dimension are what a member of it or of another one consists of."""
    owner_id, _, member_id = subject.partition(":")
    owner = catalogue.get(owner_id, Dimension)
    if owner is None or owner_id == dimension_id:
        return owner is not None and bool(owner.inside(member_id))
    values = anybodys_values(catalogue, owner_id, member_id)
    return any(d.id == dimension_id and v in values for d, _, v in _said_otherwise(owner, catalogue))


def _links(entity: Entity, instance: Instance, catalogue: Catalogue, denied: Collection[str]) -> JsonObject:
    """What an instance is related to, by the names of relation and instances."""
    found: JsonObject = {}
    for relation in entity.relations:
        other = catalogue.get(relation.to, Entity)
        names = {i.id: i.name for i in (other.instances if other and other.id not in denied else ())}
        linked = [names[i] for i in instance.links.get(relation.name, ()) if i in names]
        found |= {relation.name: linked} if linked else {}
    return found


def is_denied(subject: str, denied: Collection[str]) -> bool:
    """Whether a subject, or what it is a member of, may not be shown."""
    return subject in denied or subject.partition(":")[0] in denied


def metric_entry(metric: Metric, denied: Collection[str]) -> JsonObject:
    """A metric with what it can be cut by (None: whatever it can be joined to) and how it is measured."""
    dimensions = None if metric.dimensions is None else [d for d in metric.dimensions if d not in denied]
    return entry(metric, denied) | {
        "departments": list(metric.departments),
        "semantic_layer_ref": metric.semantic_layer_ref,
        "aggregation": metric.aggregation,
        "grain": metric.grain,
        "dimensions": dimensions,
        "target_of": [i for i in metric.target_of if i not in denied],
    }
