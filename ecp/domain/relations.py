""" "products owned by teams reporting to A": phrases that reach members of a dimension over relations of entities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ecp.domain.assets import Entity
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span
from ecp.domain.intent import Intent
from ecp.domain.language import FILLERS, LIST_WORDS, Cue
from ecp.domain.matching import Match
from ecp.domain.values import Value

_RELATIVE = frozenset({"that", "which", "who", "are", "is", "the", "a", "an", "all", "of", "any", "every", "each"})
_CUTS = frozenset({"group", "top", "bottom", "sort", "sort_up"})


class Place(Value):
    """One instance of an entity."""

    entity: str
    instance: str


class Hop(Value):
    """From things of one entity to those of the next, over a relation; `outgoing` along the relation as the pack tells
    it, else against it. `said` is the verb of the question."""

    relation: str
    entity: str
    to: str
    outgoing: bool
    said: str


class RelationPath(Value):
    """Where a phrase starts and over which hops it reaches its `entity`, the start's hop first."""

    text: str
    first: int
    last: int
    entity: str
    starts: tuple[Place, ...]
    hops: tuple[Hop, ...]
    excluded: bool = False

    @property
    def entities(self) -> tuple[str, ...]:
        """Every entity on the way."""
        return tuple(dict.fromkeys((*(p.entity for p in self.starts), *(h.to for h in self.hops))))


class Related(Value):
    """One thing at the end of a path, and the way to it."""

    instance: str
    way: str


Found = Mapping[Place, tuple[Place, ...]]


def arrived(path: RelationPath, found: Iterable[Found], catalogue: Catalogue) -> tuple[Related, ...]:
    """What a path comes to, by what each hop found from where; each thing once, with the first way to it."""
    ways = {start: name_of(start, catalogue) for start in path.starts}
    for hop, pairs in zip(path.hops, found, strict=True):
        onward: dict[Place, str] = {}
        for place, way in ways.items():
            for reached in pairs.get(place, ()):
                onward.setdefault(reached, f"{name_of(reached, catalogue)} {hop.said} {way}")
        ways = onward
    return tuple(Related(instance=p.instance, way=way) for p, way in sorted(ways.items(), key=lambda i: i[0].instance))


def name_of(place: Place, catalogue: Catalogue) -> str:
    entity = catalogue.get(place.entity, Entity)
    return next((i.name for i in entity.instances if i.id == place.instance), "") if entity else ""


def find_paths(
    intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue
) -> tuple[tuple[RelationPath, ...], tuple[Span, ...]]:
    """The paths among the spans, and the spans that are no part of one."""
    finder = _Finder(intent, spans, catalogue)
    paths = tuple(finder.paths())
    return paths, tuple(s for at, s in enumerate(spans) if at not in finder.taken)


def is_verb(match: Match) -> bool:
    return any(t.kind == "relation" for t in match.targets)


def verbs_of(span: Span) -> tuple[tuple[str, str, bool], ...]:
    """(entity, relation, inverse) for each relation the span may be the verb of."""
    targets = span.value.targets if isinstance(span.value, Match) else ()
    found = [t for t in targets if t.kind == "relation" and t.member]
    return tuple((t.asset_id, str(t.member), not t.primary) for t in found)


@dataclass
class _Finder:
    intent: Intent
    spans: tuple[Span, ...]
    catalogue: Catalogue

    def __post_init__(self) -> None:
        self.taken: set[int] = set()

    def paths(self) -> Iterator[RelationPath]:
        for at in range(len(self.spans)):
            if (
                at not in self.taken
                and self._entities(at)
                and at + 1 < len(self.spans)
                and verbs_of(self.spans[at + 1])
            ):
                yield from self._path(at)

    def _path(self, head: int) -> Iterator[RelationPath]:
        at, hops = head, list[Hop]()
        while at + 2 < len(self.spans) and self._near(at, at + 1) and self._near(at + 1, at + 2):
            starts = self._instances(at + 2)
            objects = {p.entity for p in starts} or set(self._entities(at + 2))
            hop = self._hop(self._entities(at) if not hops else (hops[-1].entity,), at + 1, objects)
            if hop is None:
                return
            hops.append(hop)
            at += 2
            if starts:
                yield self._made(head, at, tuple(hops), tuple(p for p in starts if p.entity == hop.entity))
                return

    def _hop(self, subjects: Iterable[str], verb: int, objects: set[str]) -> Hop | None:
        """The only relation that this verb can mean between these two."""
        said = self._text(self.spans[verb].first, self.spans[verb].last)
        found = []
        for owner, name, inverse in verbs_of(self.spans[verb]):
            entity = self.catalogue.get(owner, Entity)
            relation = next((r for r in entity.relations if r.name == name), None) if entity else None
            if relation is None:
                continue
            subject, other = (relation.to, owner) if inverse else (owner, relation.to)
            if subject in subjects and other in objects:
                found.append(Hop(relation=name, entity=other, to=subject, outgoing=inverse, said=said))
        return found[0] if len(found) == 1 else None

    def _made(self, head: int, end: int, hops: tuple[Hop, ...], starts: tuple[Place, ...]) -> RelationPath:
        end, starts = self._listed(end, starts)
        end = self._described(end, hops[-1].entity)
        before = self.spans[head - 1].value if head and self._near(head - 1, head) else None
        cue = before.kind if isinstance(before, Cue) else None
        self.taken.update(range(head + 1 if cue in _CUTS else head, end + 1))
        first, last = self.spans[head].first, self.spans[end].last
        if cue == "exclude":
            self.taken.add(head - 1)
        return RelationPath(
            text=self._text(first, last),
            first=first,
            last=last,
            entity=hops[0].to,
            starts=starts,
            hops=tuple(reversed(hops)),
            excluded=cue == "exclude",
        )

    def _listed(self, end: int, starts: tuple[Place, ...]) -> tuple[int, tuple[Place, ...]]:
        """ "reporting to A and B"."""
        while end + 1 < len(self.spans):
            more = tuple(p for p in self._instances(end + 1) if p.entity == starts[0].entity)
            if not more or not self._between(end, end + 1) & LIST_WORDS:
                break
            end, starts = end + 1, (*starts, *more)
        return end, starts

    def _described(self, end: int, entity: str) -> int:
        """ "owned by the A team": the entity's name behind its instance says nothing new."""
        behind = end + 1 < len(self.spans) and not self._between(end, end + 1)
        return end + 1 if behind and entity in self._entities(end + 1) else end

    def _entities(self, at: int) -> tuple[str, ...]:
        value = self.spans[at].value
        if not isinstance(value, Match):
            return ()
        named = {t.asset_id for t in value.targets if t.kind in ("entity", "dimension")}
        return tuple(e.id for e in self.catalogue.of_kind(Entity) if e.id in named or e.dimension in named)

    def _instances(self, at: int) -> tuple[Place, ...]:
        value = self.spans[at].value
        members = (
            {(t.asset_id, t.member) for t in value.targets if t.kind == "member"} if isinstance(value, Match) else ()
        )
        return tuple(
            Place(entity=e.id, instance=i.id)
            for e in self.catalogue.of_kind(Entity)
            for i in e.instances
            if (e.id, i.id) in members or (e.dimension, i.id) in members
        )

    def _between(self, one: int, other: int) -> set[str]:
        return {t.norm for t in self.intent.tokens[self.spans[one].last + 1 : self.spans[other].first]}

    def _near(self, one: int, other: int) -> bool:
        return self._between(one, other) <= _RELATIVE | FILLERS

    def _text(self, first: int, last: int) -> str:
        return self.intent.text[self.intent.tokens[first].start : self.intent.tokens[last].end]
