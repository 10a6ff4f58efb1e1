"""Which metrics a name may mean, and to whom."""

from __future__ import annotations

from collections.abc import Sequence

from ecp.domain.assets import Metric, Term
from ecp.domain.catalogue import Catalogue
from ecp.domain.matching import Target
from ecp.domain.words import normal_form


def meanings(targets: Sequence[Target], catalogue: Catalogue) -> dict[str, set[str]]:
    """Metric id → the departments that mean it by this name (none: everybody)."""
    named = [t for t in targets if t.kind == "metric" and t.primary]
    terms = [t for t in targets if t.kind == "term"]
    direct = named if named and not any(t.primary for t in terms) else [t for t in targets if t.kind == "metric"]
    pool: dict[str, set[str]] = {}
    for term in terms if direct is not named or not named else []:
        asset = catalogue.get(term.asset_id, Term)
        for choice in asset.metrics if asset else ():
            pool.setdefault(choice.metric, set()).update(normal_form(d) for d in choice.departments)
    for target in direct:
        metric = catalogue.get(target.asset_id, Metric)
        if metric and target.asset_id not in pool:
            pool[metric.id] = {normal_form(d) for d in metric.departments}
    return {i: d for i, d in pool.items() if catalogue.get(i, Metric)}
