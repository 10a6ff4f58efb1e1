"""Where numbers come from, without what the asker may not see."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping

from ecp.domain.assets import Lineage, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.values import JsonObject

Feeders = Mapping[str, set[str]]


def hidden_nodes(catalogue: Catalogue, denied: Collection[str]) -> set[str]:
    """What is denied, and whatever feeds denied metrics and no other: it would tell of them."""
    if not denied:
        return set()
    feeders = _feeders(catalogue)
    metrics = [m.id for m in catalogue.of_kind(Metric)]
    open_to_see = _upstream((m for m in metrics if m not in denied), feeders, denied)
    told = {n for document in catalogue.of_kind(Lineage) if document.id in denied for n in _nodes(document)}
    told_openly = {n for document in catalogue.of_kind(Lineage) if document.id not in denied for n in _nodes(document)}
    closed = _upstream((m for m in metrics if m in denied), feeders, ())
    return set(denied) | (closed - open_to_see) | (told - told_openly - open_to_see)


def visible_lineage(
    target: str, nodes: Iterable[JsonObject], edges: Iterable[JsonObject], hidden: Collection[str]
) -> tuple[list[JsonObject], list[JsonObject]]:
    """The nodes, and the edges between them, that still lead to the target once what is hidden is gone."""
    kept = {n["id"]: n for n in nodes if n["id"] not in hidden}
    standing = [e for e in edges if e["source"] in kept and e["target"] in kept]
    feeders: dict[str, set[str]] = defaultdict(set)
    for edge in standing:
        feeders[edge["target"]].add(edge["source"])
    leading = _upstream([target], feeders, ())
    return [n for i, n in kept.items() if i in leading], [e for e in standing if e["target"] in leading]


def all_visible(
    graphs: Iterable[tuple[str, tuple[Iterable[JsonObject], Iterable[JsonObject]]]], hidden: Collection[str]
) -> tuple[list[JsonObject], list[JsonObject]]:
    """What is visible of the lineages of several targets, each node and each edge once."""
    nodes: dict[str, JsonObject] = {}
    edges: dict[tuple[str, str, str], JsonObject] = {}
    for target, (known, ways) in graphs:
        seen, leading = visible_lineage(target, known, ways, hidden)
        nodes |= {n["id"]: n for n in seen}
        edges |= {(e["source"], e["target"], str(e["transformation"])): e for e in leading}
    return list(nodes.values()), list(edges.values())


def _feeders(catalogue: Catalogue) -> Feeders:
    found: dict[str, set[str]] = defaultdict(set)
    for document in catalogue.of_kind(Lineage):
        for edge in document.edges:
            found[edge.target].add(edge.source)
    for metric in catalogue.of_kind(Metric):
        if metric.semantic_layer_ref:
            found[metric.id].add(metric.semantic_layer_ref)
    return found


def made_from(sources: Collection[str], catalogue: Catalogue) -> set[str]:
    """The metrics that one of these feeds, however far from it, and none of these."""
    feeders, own = _feeders(catalogue), set(sources)
    return {m.id for m in catalogue.of_kind(Metric) if _upstream([m.id], feeders, ()) & own} - own


def is_told(sources: Collection[str], catalogue: Catalogue) -> bool:
    """Whether any lineage tells of one of these."""
    return any(n in sources for document in catalogue.of_kind(Lineage) for n in _nodes(document))


def _nodes(document: Lineage) -> Iterator[str]:
    yield from (n.id for n in document.nodes)
    yield from (end for e in document.edges for end in (e.source, e.target))


def _upstream(targets: Iterable[str], feeders: Feeders, without: Collection[str]) -> set[str]:
    """The targets and all that feeds them, not looking beyond what is in `without`."""
    found = set(targets)
    rest = deque(found)
    while rest:
        for source in feeders.get(rest.popleft(), ()):
            if source not in found and source not in without:
                found.add(source)
                rest.append(source)
    return found
