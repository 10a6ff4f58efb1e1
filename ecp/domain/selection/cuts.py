"""What a question is cut by: dimensions, and time."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.answer import ResolvedDimension, ResolvedMetric, Unresolved
from ecp.domain.assets import Dimension, Entity, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.selection.asking import Asking


def dimensions(asking: Asking) -> Iterator[ResolvedDimension]:
    seen: set[str] = set()
    for mention in asking.reading.of("group"):
        ids = [i for t in mention.targets if (i := _dimension_of(t.asset_id, asking.catalogue))]
        if ids and ids[0] in seen:
            continue
        seen.update(ids[:1])
        if ids:
            yield ResolvedDimension(id=ids[0], mention=mention.text)
        else:
            asking.unresolved.append(Unresolved(mention=mention.text))


def _dimension_of(asset_id: str, catalogue: Catalogue) -> str | None:
    entity = catalogue.get(asset_id, Entity)
    wanted = entity.dimension if entity else asset_id
    return wanted if wanted and catalogue.get(wanted, Dimension) else None


def trend(asking: Asking, metrics: tuple[ResolvedMetric, ...]) -> Iterator[ResolvedDimension]:
    """The time dimension of a trend: the pack's own, else the layer's name for it."""
    grain = asking.periods.grain or ("month" if asking.reading.kind == "trend" else None)
    if grain is None:
        return
    metric = asking.catalogue.get(metrics[0].id, Metric) if metrics else None
    ref = metric.time_dimension if metric else None
    own = (d.id for d in asking.catalogue.of_kind(Dimension) if d.type == "time" and ref in d.semantic_layer_refs)
    yield ResolvedDimension(id=next(own, ref or "time"), mention=asking.periods.grain_mention or grain, grain=grain)
