""" "products owned by teams reporting to A": phrases that reach members of a dimension over relations of entities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ecp.domain.assets import Entity
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span
from ecp.domain.intent import LONGEST_PHRASE, Intent
from ecp.domain.language import DISTANCES, FILLERS, LIST_WORDS, Cue
from ecp.domain.matching import Match, Target
from ecp.domain.participles import stem
from ecp.domain.values import Value

MOST_HOPS = 5
_REPORTING = "report"
_UNDER = frozenset({"under", "below", "beneath"})
_WORKING = "work"
_FOR_WHOM = frozenset({"for", "under"})
_WHOSE = frozenset({"whose"})
_ORGANISATION = frozenset({"organisation", "organization", "org"})
_OWNER = re.compile(r"\w+['’]\s")
_PAUSE = re.compile(r"[,;:()]")
_CLAUSE = frozenset({"that", "which", "whom", "the", "all"})
_RELATIVE = frozenset({"that", "which", "who", "are", "is", "the", "a", "an", "all", "of", "any", "every", "each"})
_CUTS = frozenset({"group", "top", "bottom", "sort", "sort_up"})


class Place(Value):
    """One instance of an entity."""

    entity: str
    instance: str


class Hop(Value):
    """From things of one entity to those of the next, over a relation; `outgoing` along the relation as the pack tells
    it, else against it. `said` is the verb of the question, which is said of what the hop starts from where it is
    `turned`; `repeated`: over any number of such steps, also none."""

    relation: str
    entity: str
    to: str
    outgoing: bool
    said: str
    repeated: bool = False
    turned: bool = False


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

    @property
    def is_too_long(self) -> bool:
        """Whether it goes over so many relations that nobody would see what it comes to."""
        return len(self.hops) > MOST_HOPS


class Related(Value):
    """One thing at the end of a path, and the way to it: in words, and all that stands on it."""

    instance: str
    way: str
    through: tuple[Place, ...] = ()


Found = Mapping[Place, tuple[Place, ...]]


def arrived(path: RelationPath, found: Iterable[Found], catalogue: Catalogue) -> tuple[Related, ...]:
    """What a path comes to, by what each hop found from where, step by step; each thing once, with the first way to
    it."""
    ways = {p: Related(instance=p.instance, way=name_of(p, catalogue), through=(p,)) for p in path.starts}
    for hop, pairs in zip(path.hops, found, strict=True):
        onward: dict[Place, Related] = dict(ways) if hop.repeated else {}
        ahead = list(ways)
        for place in ahead:
            way = onward[place] if hop.repeated else ways[place]
            for reached in (p for p in pairs.get(place, ()) if p not in onward):
                onward[reached] = _further(way, hop, reached, catalogue)
                ahead += [reached] if hop.repeated else []
        ways = onward
    return tuple(sorted(ways.values(), key=lambda way: way.instance))


def _further(way: Related, hop: Hop, place: Place, catalogue: Catalogue) -> Related:
    ends = (name_of(place, catalogue), way.way)
    subject, other = reversed(ends) if hop.turned else ends
    return Related(instance=place.instance, way=f"{subject} {hop.said} {other}", through=(*way.through, place))


def unknown(path: RelationPath) -> str:
    """What is said of a path that nobody can follow now."""
    return f"{path.text} (who belongs to whom cannot be found out now: the graph does not answer)"


def too_long(path: RelationPath) -> str:
    """What is said of a path over too many relations."""
    return f"{path.text} (over more than {MOST_HOPS} relations: ask for a part of it first)"


def name_of(place: Place, catalogue: Catalogue) -> str:
    entity = catalogue.get(place.entity, Entity)
    return next((i.name for i in entity.instances if i.id == place.instance), "") if entity else ""


def find_paths(
    intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue
) -> tuple[tuple[RelationPath, ...], tuple[Span, ...]]:
    """The paths among the spans, and the spans that are no part of one."""
    found = _paths(intent, spans, catalogue)
    at = next((i for i, t in enumerate(intent.tokens) if t.norm == "what" and i), None)
    if at is None or not catalogue.verbs or any(p.first <= at <= p.last for p in found[0]):
        return found
    things = (with_kind_at(spans, at, e.id) for e in catalogue.of_kind(Entity))
    owned = [f for f in (_paths(intent, named, catalogue) for named in things) if any(p.first == at for p in f[0])]
    return owned[0] if len(owned) == 1 else found


def _paths(
    intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue
) -> tuple[tuple[RelationPath, ...], tuple[Span, ...]]:
    finder = Finder(intent, with_their_organisation(intent, spans), catalogue, goes_deep(intent, spans))
    paths = tuple(finder.paths())
    return paths, tuple(s for at, s in enumerate(spans) if at not in finder.taken)


def with_kind_at(spans: Iterable[Span], at: int, entity: str) -> tuple[Span, ...]:
    """The spans, and with a word that stands for a kind of thing: "who", "what"."""
    match = Match(first=at, last=at, form="who", targets=(Target(kind="entity", asset_id=entity),))
    return tuple(sorted((*spans, Span(at, at, "name", match)), key=lambda s: s.first))


def with_their_organisation(intent: Intent, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """ "A's organisation": A with all who are under A."""
    return tuple(replace(s, last=s.last + 1) if _is_organised(intent, s) else s for s in spans)


def _is_organised(intent: Intent, span: Span) -> bool:
    named = isinstance(span.value, Match) and any(t.kind == "member" for t in span.value.targets)
    owner = intent.text[intent.tokens[span.last].start :]
    own = intent.tokens[span.last].text[-2:] in ("'s", "’s") or bool(_OWNER.match(owner))
    return named and own and intent.norm(span.last + 1) in _ORGANISATION


def words_of_distance(intent: Intent, paths: Iterable[RelationPath]) -> set[int]:
    """The positions of "directly or indirectly", where the paths go as far; of "directly" alone, anyway."""
    found = tuple(paths)
    said = {at: t.norm for at, t in enumerate(intent.tokens) if t.norm in DISTANCES}
    deep = set(said.values()) >= DISTANCES
    kept = all(any(h.repeated for h in p.hops) for p in found) if deep else "indirectly" not in said.values()
    return set(said) if found and kept else set()


def said_verbs(intent: Intent, catalogue: Catalogue) -> Iterator[Match]:
    """The verbs of relations in whatever form: "leads" and "lead", where the pack has "leading", also around a word for
    the distance; and "under A", "working for A", where somebody reports to A."""
    known: dict[str, dict[tuple[str, str, bool], None]] = {}
    for form, relations in catalogue.verbs.items():
        known.setdefault(_bare(form), {}).update(dict.fromkeys(relations))
    for first in range(len(intent.tokens) if known else 0):
        for last in range(first, min(first + LONGEST_PHRASE, len(intent.tokens))):
            yield from as_verb(intent, first, last, known.get(_bare(_without_distance(intent, first, last)), {}))
        if intent.norm(first) in _UNDER and intent.norm(first) not in catalogue.verbs:
            yield from as_verb(intent, first, first, reporting(catalogue))
        works = stem(intent.norm(first)) == _WORKING and intent.norm(first + 1) in _FOR_WHOM
        if works and intent.form(first, first + 1) not in catalogue.verbs:
            yield from as_verb(intent, first, first + 1, reporting(catalogue))


def _without_distance(intent: Intent, first: int, last: int) -> str:
    """ "report to", of "report, directly or indirectly, to"; nothing of what only "indirectly" goes as far."""
    norms = [t.norm for t in intent.tokens[first : last + 1]]
    inside = [at for at, norm in enumerate(norms) if norm in DISTANCES]
    if not inside:
        return " ".join(norms)
    said = {*norms[inside[0] : inside[-1] + 1]}
    kept = said <= DISTANCES | {"or", "and"} and said != {"indirectly"} and 0 < inside[0] <= inside[-1] < len(norms) - 1
    return " ".join((*norms[: inside[0]], *norms[inside[-1] + 1 :])) if kept else ""


def as_verb(intent: Intent, first: int, last: int, relations: Iterable[tuple[str, str, bool]]) -> Iterator[Match]:
    """Words that stand for relations: each of an entity, by its name, and whether it is said the other way round."""
    targets = tuple(Target(kind="relation", asset_id=e, member=r, primary=not i) for e, r, i in relations)
    if targets:
        yield Match(first=first, last=last, form=intent.form(first, last), targets=targets)


def reporting(catalogue: Catalogue) -> tuple[tuple[str, str, bool], ...]:
    """The relations of those who report to somebody."""
    forms = [form for form in catalogue.verbs if stem(form.split()[0]) == _REPORTING]
    return tuple(dict.fromkeys(r for form in forms for r in catalogue.verbs[form] if not r[2]))


def _bare(verb: str) -> str:
    """A verb without its ending; one behind which "by" stands tells the other way round and keeps its own."""
    first, _, rest = verb.partition(" ")
    passive = rest.split()[:1] == ["by"]
    return f"{first if passive else stem(first)} {rest}".strip()


def goes_deep(intent: Intent, spans: Iterable[Span]) -> bool:
    """Whether relations are meant at any distance: "directly or indirectly", "everyone under A"."""
    distances = {t.norm for t in intent.tokens} & DISTANCES
    if not distances and _is_of_an_organisation(intent):
        return True
    under = (s.value.form in _UNDER for s in spans if isinstance(s.value, Match) and is_verb(s.value))
    return distances == DISTANCES or (not distances and any(under))


def _is_of_an_organisation(intent: Intent) -> bool:
    return any(
        t.norm in _ORGANISATION and at and intent.tokens[at - 1].text[-2:] in ("'s", "’s")
        for at, t in enumerate(intent.tokens)
    )


def is_verb(match: Match) -> bool:
    return any(t.kind == "relation" for t in match.targets)


def verbs_of(span: Span) -> tuple[tuple[str, str, bool], ...]:
    """(entity, relation, inverse) for each relation the span may be the verb of."""
    targets = span.value.targets if isinstance(span.value, Match) else ()
    found = [t for t in targets if t.kind == "relation" and t.member]
    return tuple((t.asset_id, str(t.member), not t.primary) for t in found)


@dataclass
class Finder:
    """Ways over relations among the spans of a question."""

    intent: Intent
    spans: tuple[Span, ...]
    catalogue: Catalogue
    deep: bool = False

    def __post_init__(self) -> None:
        self.taken: set[int] = set()
        self.organised = _is_of_an_organisation(self.intent)

    def paths(self) -> Iterator[RelationPath]:
        for at in range(len(self.spans)):
            if at in self.taken:
                continue
            if self.entities(at) and at + 1 < len(self.spans):
                yield from self._path(at)
            elif owned := self.owned(at):
                hops, end = owned
                yield self._made(at, end, self.deepened(hops, None), self.starts(at, hops[-1]))

    def _path(self, head: int) -> Iterator[RelationPath]:
        if led := self.led(head):
            hops, starts, end, verb = led
            yield self._made(head, end, self.deepened(hops, verb), starts)
        elif done := self.done_by(head):
            ways, starts, end = done
            yield self._with_hops(head, end, tuple(ways), starts)

    def done_by(self, head: int) -> tuple[list[Hop], tuple[Place, ...], int] | None:
        """ "things that A's groups own", "things A looks after": the verb behind what it is said of."""
        if head + 1 >= len(self.spans) or not self._between(head, head + 1) <= _CLAUSE:
            return None
        thing = self.thing(head + 1)
        verb = thing[2] + 1 if thing else len(self.spans)
        if thing is None or verb >= len(self.spans) or self._between(verb - 1, verb):
            return None
        if _PAUSE.search(self.text(self.spans[head].first, self.spans[verb].last)):
            return None
        done = self.done(thing, verb, self.entities(head))
        return (*done, verb) if done else None

    def thing(self, first: int) -> tuple[list[Hop], tuple[Place, ...], int] | None:
        """What a verb may be said of: a thing, what is its own, or what a way leads to; with the place of its end."""
        if owned := self.owned(first):
            return owned[0], self.starts(first, owned[0][-1]), owned[1]
        if led := self.led(first):
            return list(self.deepened(led[0], led[3])), led[1], led[2]
        things = self.instances(first)
        under = self._under({p.entity for p in things}) if self.organised else []
        return (under, things, first) if things else None

    def _under(self, entities: set[str]) -> list[Hop]:
        """Over any number of steps down the only relation that things of this kind have among themselves."""
        own = [(e, r) for i in entities if (e := self.catalogue.get(i, Entity)) for r in e.relations if r.to == i]
        ways = [Hop(relation=r.name, entity=e.id, to=e.id, outgoing=False, said="under", repeated=True) for e, r in own]
        return ways if len(ways) == 1 else []

    def done(
        self, thing: tuple[list[Hop], tuple[Place, ...], int], verb: int, asked: tuple[str, ...]
    ) -> tuple[list[Hop], tuple[Place, ...]] | None:
        """The hops to the only kind that is asked for, of which a verb says that a thing does it."""
        hops, starts, _ = thing
        subjects = {hops[0].to} if hops else {p.entity for p in starts}
        onward = [h for e in sorted(subjects) for h in self._onward_by(e, verb) if h.to in asked]
        shallow = not self.deep or self.organised
        if not onward and shallow and (between := self._done_by_theirs(subjects, verb, asked)):
            own = between[-1].entity
            whole = [*between, *(hops or self._under({own}))]
            return whole, tuple(p for p in starts if p.entity == own)
        if len(onward) != 1 or (self.deep and not any(h.repeated for h in hops)):
            return None
        return [onward[0], *hops], starts if hops else tuple(p for p in starts if p.entity == onward[0].entity)

    def _done_by_theirs(self, subjects: set[str], verb: int, asked: tuple[str, ...]) -> list[Hop]:
        """ "things that A owns", where the groups of A do: the only kind that belongs to it and does so."""
        found = [
            [onward, own]
            for e in self.catalogue.of_kind(Entity)
            if (own := self._only({e.id}, subjects, "of")) and not own.outgoing
            for onward in self._onward_by(e.id, verb)
            if onward.to in asked and not onward.outgoing
        ]
        return found[0] if len(found) == 1 else []

    def _of_theirs(self, subjects: Iterable[str], verb: int | None, objects: set[str]) -> list[Hop]:
        """ "A's things", "things owned by A", where the groups of A, or of those under A, own them: down over the only
        kind between the two, nearest first."""
        wanted, found = set(subjects), list[list[Hop]]()
        shallow = verb is None or not self.deep or self.organised
        for entity in self.catalogue.of_kind(Entity) if shallow else ():
            own = self._only({entity.id}, objects, "of") if entity.id not in wanted | objects else None
            if own is None or own.outgoing:
                continue
            near = self._only(wanted, {entity.id}, "of") if verb is None else self.hop(wanted, verb, {entity.id})
            found += [[near, own]] if near and not near.outgoing else []
        under = [] if self.deep or len(found) != 1 else self._under({found[0][-1].entity})
        return [*found[0], *under] if len(found) == 1 else []

    def _onward_by(self, subject: str, verb: int) -> Iterator[Hop]:
        """From what a verb is said of to what it is done to."""
        said = self.text(self.spans[verb].first, self.spans[verb].last)
        for owner, name, inverse in verbs_of(self.spans[verb]):
            entity = self.catalogue.get(owner, Entity)
            relation = next((r for r in entity.relations if r.name == name), None) if entity else None
            if relation and subject == (relation.to if inverse else owner):
                to = owner if inverse else relation.to
                yield Hop(relation=name, entity=subject, to=to, outgoing=not inverse, said=said, turned=True)

    def led(self, head: int) -> tuple[list[Hop], tuple[Place, ...], int, int | None] | None:
        """The hops from what stands at the head, nearest first, the things they start from, and the places of the last
        of these and of its verb; None where no way begins here."""
        at, hops = head, list[Hop]()
        while at + 1 < len(self.spans):
            verb = at + 1 if verbs_of(self.spans[at + 1]) and self._near(at, at + 1) else None
            end = at + 1 if verb is None else at + 2
            if end >= len(self.spans) or not (self._near(verb, end) if verb is not None else self._is_its(at, end)):
                return None
            owned = self.owned(end)
            starts = self.instances(end)
            objects = {owned[0][0].to} if owned else {p.entity for p in starts} or set(self.entities(end))
            subjects = self.entities(at) if not hops else (hops[-1].entity,)
            hop = self.hop(subjects, verb, objects) if verb is not None else self._only(subjects, objects, "of")
            steps = [hop] if hop else self._of_theirs(subjects, verb, objects) if starts else []
            if not steps:
                return None
            hops += [*steps, *owned[0]] if owned else steps
            if starts:
                return hops, self.starts(end, hops[-1]), owned[1] if owned else end, verb
            at = end
        return None

    def starts(self, at: int, hop: Hop) -> tuple[Place, ...]:
        return tuple(p for p in self.instances(at) if p.entity == hop.entity)

    def _is_its(self, one: int, other: int) -> bool:
        """ "teams of A", "places whose managers", and nothing else between them."""
        between = self._between(one, other)
        return between == _WHOSE or ("of" in between and between <= _RELATIVE)

    def owned(self, at: int) -> tuple[list[Hop], int] | None:
        """ "A's teams' products": the only relation between a thing and what is said to be its own, and so on; with
        the place of the last."""
        owners = {p.entity for p in self.instances(at)}
        hops, end = list[Hop](), at
        while owners and end + 1 < len(self.spans) and self.possessive(end) and not self._between(end, end + 1):
            hop = self._only(self.entities(end + 1), owners, "of")
            steps = [hop] if hop else self._of_theirs(self.entities(end + 1), None, owners)
            if not steps:
                break
            hops = [*steps, *hops]
            owners, end = {steps[0].to}, end + 1
        return (hops, end) if hops else None

    def possessive(self, at: int) -> bool:
        end = self.intent.tokens[self.spans[at].last]
        behind = self.intent.text[end.end : end.end + 1]
        return end.text[-2:] in ("'s", "’s") or behind in ("'", "’")

    def _only(self, subjects: Iterable[str], objects: set[str], said: str) -> Hop | None:
        """The only relation there is between two kinds of thing; none where they are one kind."""
        found, wanted = list[Hop](), set(subjects)
        for entity in self.catalogue.of_kind(Entity):
            for relation in (r for r in entity.relations if r.to != entity.id):
                ends = [(entity.id, relation.to, False)] if entity.id in wanted and relation.to in objects else []
                ends += [(relation.to, entity.id, True)] if entity.id in objects and relation.to in wanted else []
                found += [
                    Hop(relation=relation.name, entity=other, to=own, outgoing=outgoing, said=said)
                    for own, other, outgoing in ends
                ]
        return found[0] if len(found) == 1 else None

    def deepened(self, hops: list[Hop], verb: int | None) -> tuple[Hop, ...]:
        """The hops, the one from the start last; with "directly or indirectly", over any number of steps before it,
        where the start's own kind has the relation of this verb."""
        if not self.deep:
            return tuple(hops)
        first = hops[-1]
        entity = self.catalogue.get(first.entity, Entity)
        own = [r for r in (entity.relations if entity else ()) if r.to == first.entity]
        meant = {
            name for owner, name, _ in (verbs_of(self.spans[verb]) if verb is not None else ()) if owner == first.entity
        }
        own = [r for r in own if r.name in meant] if verb is not None and not self.organised else own
        if len(own) != 1:
            return tuple(hops)
        ends = {"entity": first.entity, "to": first.entity}
        return (*hops, Hop(relation=own[0].name, outgoing=False, said=first.said, repeated=True, **ends))

    def hop(self, subjects: Iterable[str], verb: int, objects: set[str]) -> Hop | None:
        """The only relation that this verb can mean between these two."""
        said = self.text(self.spans[verb].first, self.spans[verb].last)
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
        end, starts = self.listed(end, starts)
        return self._with_hops(head, self.described(end, hops[-1].entity), hops, starts)

    def _with_hops(self, head: int, end: int, hops: tuple[Hop, ...], starts: tuple[Place, ...]) -> RelationPath:
        hops = (*self._onward(hops[0].to), *hops)
        before = self.spans[head - 1].value if head and self._near(head - 1, head) else None
        cue = before.kind if isinstance(before, Cue) else None
        self.taken.update(range(head + 1 if cue in _CUTS else head, end + 1))
        first, last = self.spans[head].first, self.spans[end].last
        if cue == "exclude":
            self.taken.add(head - 1)
        return RelationPath(
            text=self.text(first, last),
            first=first,
            last=last,
            entity=hops[0].to,
            starts=starts,
            hops=tuple(reversed(hops)),
            excluded=cue == "exclude",
        )

    def _onward(self, entity_id: str) -> tuple[Hop, ...]:
        """From things that no number is kept by to the only kind that belongs to them and has numbers."""
        entity = self.catalogue.get(entity_id, Entity)
        if entity is None or entity.dimension:
            return ()
        kept = {e.id for e in self.catalogue.of_kind(Entity) if e.dimension}
        hop = self._only(kept, {entity_id}, "of")
        return (hop,) if hop else ()

    def listed(self, end: int, starts: tuple[Place, ...]) -> tuple[int, tuple[Place, ...]]:
        """ "reporting to A and B"."""
        while end + 1 < len(self.spans):
            more = tuple(p for p in self.instances(end + 1) if p.entity == starts[0].entity)
            if not more or not self._between(end, end + 1) & LIST_WORDS:
                break
            end, starts = end + 1, (*starts, *more)
        return end, starts

    def described(self, end: int, entity: str) -> int:
        """ "owned by the A team": the entity's name behind its instance says nothing new."""
        behind = end + 1 < len(self.spans) and not self._between(end, end + 1)
        return end + 1 if behind and entity in self.entities(end + 1) else end

    def entities(self, at: int) -> tuple[str, ...]:
        value = self.spans[at].value
        if not isinstance(value, Match):
            return ()
        named = {t.asset_id for t in value.targets if t.kind in ("entity", "dimension")}
        return tuple(e.id for e in self.catalogue.of_kind(Entity) if e.id in named or e.dimension in named)

    def instances(self, at: int) -> tuple[Place, ...]:
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
        return self._between(one, other) <= _RELATIVE | FILLERS | DISTANCES | (LIST_WORDS if self.deep else set())

    def text(self, first: int, last: int) -> str:
        return self.intent.text[self.intent.tokens[first].start : self.intent.tokens[last].end]
