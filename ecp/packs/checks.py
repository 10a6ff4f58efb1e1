"""What the models cannot see: ids that stand twice, references to nothing, contradictions between documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

from ecp.domain.assets import (
    AnyAsset,
    Asset,
    CalendarAsset,
    DataContract,
    Dimension,
    Domain,
    Entity,
    Lineage,
    Metric,
    Pack,
    QueryTemplate,
    Term,
    TribalKnowledge,
    ValidationRule,
)
from ecp.domain.catalogue import Catalogue
from ecp.domain.words import normal_form
from ecp.packs.errors import Problem, field_name
from ecp.packs.yaml_nodes import Path, RawDocument

A = TypeVar("A", bound=Asset)
Finding = tuple[Path, str]
Findings = Iterator[Finding]


class Document(NamedTuple):
    """A validated asset and where it was written."""

    file: str
    raw: RawDocument
    asset: AnyAsset

    def problem(self, path: Path, message: str) -> Problem:
        return Problem(file=self.file, line=self.raw.line_of(path), field=field_name(path), message=message)


class Known:
    """Every asset a reference may lead to: this pack's and, unless it stands alone, the registry's."""

    def __init__(self, documents: Iterable[Document], before: Catalogue | None, invalid: frozenset[str]) -> None:
        self.invalid = invalid
        self.assets: dict[str, AnyAsset] = dict(before.assets) if before else {}
        self.assets.update({d.asset.id: d.asset for d in documents})

    def get(self, asset_id: str, kind: type[A]) -> A | None:
        found = self.assets.get(asset_id)
        return found if isinstance(found, kind) else None

    def has(self, asset_id: str) -> bool:
        return asset_id in self.assets or asset_id in self.invalid

    def missing(self, path: Path, asset_id: str, kind: type[Asset], noun: str) -> Findings:
        if self.get(asset_id, kind) is None and asset_id not in self.invalid:
            other = self.assets.get(asset_id)
            yield path, f"{asset_id!r} is a {other.kind}, not a {noun}" if other else f"no {noun} {asset_id!r}"


def cross_check(
    documents: list[Document], before: Catalogue | None, invalid: frozenset[str] = frozenset()
) -> list[Problem]:
    """Every fault between documents; `before` is what the registry already holds, `invalid` are ids of documents
    that are there but have faults of their own."""
    known = Known(documents, before, invalid)
    found = list(_standing_twice(documents)) + list(_only_one(documents, known))
    for document in documents:
        for path, message in _findings(document.asset, known):
            found.append(document.problem(path, message))
    return found


def _standing_twice(documents: Iterable[Document]) -> Iterator[Problem]:
    first: dict[str, Document] = {}
    for document in documents:
        asset_id = document.asset.id
        if asset_id in first:
            place = f"{first[asset_id].file}:{first[asset_id].raw.line_of(('id',))}"
            yield document.problem(("id",), f"the id {asset_id!r} is already taken in {place}")
        first.setdefault(asset_id, document)


def _only_one(documents: list[Document], known: Known) -> Iterator[Problem]:
    calendars = {a.id for a in known.assets.values() if isinstance(a, CalendarAsset)}
    packs = [d for d in documents if isinstance(d.asset, Pack)]
    if len(calendars) > 1:
        for document in documents:
            if isinstance(document.asset, CalendarAsset):
                yield document.problem(("id",), f"there can be one calendar only: {', '.join(sorted(calendars))}")
    for document in packs[1:]:
        yield document.problem(("kind",), "there can be one pack document only")


def _findings(asset: AnyAsset, known: Known) -> Findings:
    if asset.domain is not None:
        yield from known.missing(("domain",), asset.domain, Domain, "domain")
    for kind, check in _CHECKS:
        if isinstance(asset, kind):
            yield from check(asset, known)


def _metrics(ids: Iterable[str], path: Path, known: Known) -> Findings:
    for index, metric in enumerate(ids):
        yield from known.missing((*path, index), metric, Metric, "metric")


def _dimensions(ids: Iterable[str], path: Path, known: Known) -> Findings:
    for index, dimension in enumerate(ids):
        yield from known.missing((*path, index), dimension, Dimension, "dimension")


def _twice(ids: Iterable[str], path: Path) -> Findings:
    seen: set[str] = set()
    for index, one in enumerate(ids):
        if one in seen:
            yield (*path, index, "id"), f"the id {one!r} stands twice"
        seen.add(one)


def _metric(asset: Metric, known: Known) -> Findings:
    yield from _metrics(asset.target_of, ("target_of",), known)
    yield from _dimensions(asset.dimensions or (), ("dimensions",), known)
    if asset.id in asset.target_of:
        yield ("target_of",), "a metric cannot be its own target"


def _term(asset: Term, known: Known) -> Findings:
    for index, choice in enumerate(asset.metrics):
        yield from known.missing(("metrics", index, "metric"), choice.metric, Metric, "metric")
    for index, related in enumerate(asset.related):
        if not known.has(related):
            yield ("related", index), f"nothing has the id {related!r}"


def _dimension(asset: Dimension, known: Known) -> Findings:
    yield from _twice((m.id for m in asset.members), ("members",))
    parents = {m.id: m.parent for m in asset.members}
    for index, member in enumerate(asset.members):
        if member.parent is not None and member.parent not in parents:
            yield ("members", index, "parent"), f"no member {member.parent!r} in this dimension"
        elif _in_a_circle(member.id, parents):
            yield ("members", index, "parent"), "parents form a circle"
        counted = Counter(d.casefold() for v in member.variations for d in v.departments)
        for department in (d for d, n in counted.items() if n > 1):
            yield ("members", index, "variations"), f"two variations for the department {department!r}"


def _in_a_circle(member: str, parents: dict[str, str | None]) -> bool:
    seen, here = {member}, parents.get(member)
    while here is not None and here not in seen:
        seen.add(here)
        here = parents.get(here)
    return here == member


def _entity(asset: Entity, known: Known) -> Findings:
    if asset.dimension is not None:
        yield from known.missing(("dimension",), asset.dimension, Dimension, "dimension")
    for index, relation in enumerate(asset.relations):
        yield from known.missing(("relations", index, "to"), relation.to, Entity, "entity")
    yield from _twice((i.id for i in asset.instances), ("instances",))
    yield from _called_alike(asset, known)
    ends = {r.name: known.get(r.to, Entity) for r in asset.relations}
    for index, instance in enumerate(asset.instances):
        for name, links in instance.links.items():
            yield from _links(("instances", index, "links", name), name, links, ends)


def _called_alike(asset: Entity, known: Known) -> Findings:
    """An instance is a member of the entity's dimension by its id, so by the id alone it would be a second thing."""
    dimension = known.get(asset.dimension, Dimension) if asset.dimension else None
    members = dimension.members if dimension else ()
    named = {normal_form(n): m.id for m in members for n in (m.name, *m.synonyms)}
    own = {m.id for m in members}
    for index, instance in enumerate(asset.instances):
        member = named.get(normal_form(instance.name))
        if member is not None and instance.id not in own:
            message = f"{instance.name!r} is the member {member!r} of {asset.dimension!r}: give the instance that id"
            yield ("instances", index, "id"), message


def _links(path: Path, name: str, links: tuple[str, ...], ends: dict[str, Entity | None]) -> Findings:
    if name not in ends:
        yield path, f"no relation {name!r} in this entity"
    elif (end := ends[name]) is not None:
        known = {i.id for i in end.instances}
        for index, link in enumerate(links):
            if link not in known:
                yield (*path, index), f"no instance {link!r} in {end.id!r}"


def _tribal_knowledge(asset: TribalKnowledge, known: Known) -> Findings:
    yield from _metrics(asset.scope.metrics, ("scope", "metrics"), known)
    yield from _dimensions(asset.scope.dimensions, ("scope", "dimensions"), known)
    for index, domain in enumerate(asset.scope.domains):
        yield from known.missing(("scope", "domains", index), domain, Domain, "domain")
    for dimension_id, members in asset.scope.members.items():
        path: Path = ("scope", "members", dimension_id)
        yield from known.missing(path, dimension_id, Dimension, "dimension")
        dimension = known.get(dimension_id, Dimension)
        there = {m.id for m in dimension.members} if dimension else set(members)
        for index, member in enumerate(members):
            if member not in there:
                yield (*path, index), f"no member {member!r} in {dimension_id!r}"
    period = asset.scope.period
    if period and period.start and period.end and period.start > period.end:
        yield ("scope", "period"), "starts after it ends"


def _data_contract(asset: DataContract, known: Known) -> Findings:
    yield from _metrics(asset.metrics, ("metrics",), known)


def _validation_rule(asset: ValidationRule, known: Known) -> Findings:
    yield from _metrics(asset.metrics, ("metrics",), known)
    if asset.rule in ("bounds", "variance") and asset.minimum is None and asset.maximum is None:
        yield ("rule",), f"a rule of kind {asset.rule!r} needs a minimum or a maximum"
    if asset.minimum is not None and asset.maximum is not None and asset.minimum > asset.maximum:
        yield ("minimum",), "greater than the maximum"


def _query_template(asset: QueryTemplate, known: Known) -> Findings:
    yield from _metrics(asset.metrics, ("metrics",), known)
    yield from _dimensions(asset.dimensions, ("dimensions",), known)


def _lineage(asset: Lineage, known: Known) -> Findings:
    yield from _twice((n.id for n in asset.nodes), ("nodes",))
    named = {n.id for n in asset.nodes}
    for index, node in enumerate(asset.nodes):
        if node.type == "metric":
            yield from known.missing(("nodes", index, "id"), node.id, Metric, "metric")
    for index, edge in enumerate(asset.edges):
        for end, words in ((edge.source, ("source", "from")), (edge.target, ("target", "to"))):
            # A bare word can only be an asset; columns and measures have a dot.
            if end not in named and "." not in end and not known.has(end):
                yield ("edges", index, words[1]), f"neither a node of this lineage nor an asset: {end!r}"


_CHECKS: tuple[tuple[type[Asset], Callable[..., Findings]], ...] = (
    (Metric, _metric),
    (Term, _term),
    (Dimension, _dimension),
    (Entity, _entity),
    (TribalKnowledge, _tribal_knowledge),
    (DataContract, _data_contract),
    (ValidationRule, _validation_rule),
    (QueryTemplate, _query_template),
    (Lineage, _lineage),
)
