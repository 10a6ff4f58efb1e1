"""An asset as it is shown by itself, in a list or as the reply to a question; it refers to nothing denied."""

from __future__ import annotations

from collections.abc import Collection

from ecp.domain.assets import AnyAsset, Entity, Instance, Member, Metric, Term
from ecp.domain.catalogue import Catalogue
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
    if isinstance(asset, Term):
        meanings = [c.model_dump(mode="json") for c in asset.metrics if c.metric not in denied]
        shown |= {"meanings": meanings, "related": [i for i in asset.related if i not in denied]}
    return shown


def described(subject: str, catalogue: Catalogue, denied: Collection[str]) -> JsonObject:
    """The entry of an asset, or of a member or an instance, which is called `asset:member`."""
    asset_id, _, member_id = subject.partition(":")
    asset = catalogue.assets[asset_id]
    whole = entry(asset, denied)
    if not member_id:
        return whole
    instances = asset.instances if isinstance(asset, Entity) else ()
    found = catalogue.member(asset_id, member_id) or next(i for i in instances if i.id == member_id)
    own: JsonObject = {"id": subject, "kind": "member", "name": found.name, "synonyms": list(found.synonyms)}
    own["definition"] = found.definition if isinstance(found, Member) else ""
    links = _links(asset, found, catalogue, denied) if isinstance(found, Instance) and isinstance(asset, Entity) else {}
    return whole | own | {"of": asset_id, "links": links}


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
