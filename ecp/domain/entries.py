"""An asset as it is shown by itself, in a list or as the reply to a question; it refers to nothing denied."""

from __future__ import annotations

from collections.abc import Collection

from ecp.domain.assets import AnyAsset, Metric, Term
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
