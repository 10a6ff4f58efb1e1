"""Questions for what relations lead to, where nothing is measured: "which groups report to A", "who owns this", "who
does A report to", "which things does A's group own"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from ecp.domain.assets import Entity
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cover, is_measured
from ecp.domain.entries import is_denied
from ecp.domain.intent import LONGEST_PHRASE, Intent
from ecp.domain.language import ARTICLES, DISTANCES, LISTS
from ecp.domain.matching import Match, Target
from ecp.domain.participles import stem
from ecp.domain.relations import Finder, Hop, Place, Related, RelationPath, is_verb, name_of, verbs_of
from ecp.domain.values import JsonObject, Value

_WHO = frozenset({"who", "whom", "what"})
_WHICH = frozenset({"which", "what", "who", "whom", "whose"})
_COUNTING = (("how", "many"), ("number", "of"), ("count", "of"))
_HEAD = (
    LISTS
    | ARTICLES
    | {"how", "many", "number", "count", "list", "of", "all", "our", "me", "us", "please", "can", "could", "you", "is"}
    | {"are", "be", "by", "to", "whom", "who", "do", "doe", "name"}
)
_NOW = frozenset({"currently", "now"})
_BETWEEN = ARTICLES | DISTANCES | {"that", "which", "who", "whom", "are", "is", "be", "do", "doe"}
_BETWEEN |= {"by", "of", "all", "to", "and", "or"} | _NOW


class Reached(Value):
    """A thing that is told, with the way to it. `keys`: itself and all on its way, as the policy calls them."""

    instance: str
    entity: str
    name: str
    way: str
    keys: tuple[str, ...]


def reached(
    paths: Iterable[RelationPath], related: Mapping[str, tuple[Related, ...]], catalogue: Catalogue
) -> tuple[Reached, ...]:
    """Each thing that the paths lead to, once; nobody stands under himself."""
    found: dict[Place, Reached] = {}
    for path in paths:
        for item in related.get(path.text, ()):
            place = Place(entity=path.entity, instance=item.instance)
            if place not in path.starts:
                keys = tuple(dict.fromkeys(key for p in (place, *item.through) for key in _keys(p, catalogue)))
                named = {"instance": place.instance, "entity": place.entity, "name": name_of(place, catalogue)}
                found.setdefault(place, Reached.model_validate({**named, "way": item.way, "keys": keys}))
    return tuple(found.values())


def asked_of(path: RelationPath, catalogue: Catalogue) -> Iterator[str]:
    """What a path begins with and the kinds on it: without these nothing is told, not even that there is nothing."""
    yield from (key for start in path.starts for key in _keys(start, catalogue))
    for entity_id in path.entities:
        entity = catalogue.get(entity_id, Entity)
        yield from (entity_id, *((entity.dimension,) if entity and entity.dimension else ()))


def _keys(place: Place, catalogue: Catalogue) -> Iterator[str]:
    entity = catalogue.get(place.entity, Entity)
    yield f"{place.entity}:{place.instance}"
    if entity and entity.dimension:
        yield f"{entity.dimension}:{place.instance}"


def told(things: Iterable[Reached], kinds: Collection[str], denied: Collection[str]) -> JsonObject:
    """A list of things for an answer, without those that may not be seen, nor those behind them."""
    seen = visible(things, denied)
    members: list[JsonObject] = [{"id": r.instance, "name": r.name, "of": r.entity, "way": r.way} for r in seen]
    return {"metrics": [], "of": next(iter(kinds)) if len(kinds) == 1 else None, "members": members, "total": len(seen)}


def visible(things: Iterable[Reached], denied: Collection[str]) -> tuple[Reached, ...]:
    return tuple(r for r in things if not any(is_denied(key, denied) for key in r.keys))


def asked_over_relations(intent: Intent, matches: tuple[Match, ...], catalogue: Catalogue) -> tuple[RelationPath, ...]:
    """The ways to what is asked for, one for each kind of thing that it may be; none where anything else is said."""
    if not catalogue.verbs or not intent.tokens:
        return ()
    distances = {t.norm for t in intent.tokens} & DISTANCES
    if distances == {"indirectly"}:
        return ()
    known = [m for m in matches if m.method == "exact" and m.targets]
    verbs = _verbs(intent, catalogue)
    covered = cover(intent.model_copy(update={"cues": ()}), (*(m for m in known if not is_verb(m)), *verbs))
    if not any(is_verb(s.value) for s in covered.spans if isinstance(s.value, Match)) and not _is_owned(intent):
        return ()
    named = _called(tuple(s for s in covered.spans if not _is_asking(intent, s)), intent, catalogue)
    found = []
    for spans in _with_who(intent, named, catalogue):
        asked = _Asked(intent, spans, catalogue, deep=distances == DISTANCES)
        found += [path for path in asked.found() if path is not None]
    return tuple(found)


def _is_owned(intent: Intent) -> bool:
    return any(t.text[-2:] in ("'s", "’s") for t in intent.tokens) or "'" in intent.text or "’" in intent.text


def _verbs(intent: Intent, catalogue: Catalogue) -> Iterator[Match]:
    """The verbs of relations in whatever form: "leads" and "lead", where the pack has "leading"."""
    known: dict[str, dict[tuple[str, str, bool], None]] = {}
    for form, relations in catalogue.verbs.items():
        known.setdefault(_bare(form), {}).update(dict.fromkeys(relations))
    for first in range(len(intent.tokens)):
        for last in range(first, min(first + LONGEST_PHRASE, len(intent.tokens))):
            norms = [t.norm for t in intent.tokens[first : last + 1] if t.norm not in DISTANCES]
            apart = {intent.norm(first), intent.norm(last)} & DISTANCES
            meant = known.get(_bare(" ".join(norms)), {}) if norms and not apart else {}
            if meant:
                targets = tuple(Target(kind="relation", asset_id=e, member=r, primary=not i) for e, r, i in meant)
                yield Match(first=first, last=last, form=intent.form(first, last), targets=targets)


def _bare(verb: str) -> str:
    """A verb without its ending; one behind which "by" stands tells the other way round and keeps its own."""
    first, _, rest = verb.partition(" ")
    passive = rest.split()[:1] == ["by"]
    return f"{first if passive else stem(first)} {rest}".strip()


def _is_asking(intent: Intent, span: Span) -> bool:
    """The words of a question, where something may be called so, too."""
    return span.first == span.last and intent.norm(span.first) in _WHO | _NOW | {"list", "show", "name", "do", "doe"}


def _with_who(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> Iterator[tuple[Span, ...]]:
    """The spans, and with "who" or "what" as each kind of thing where that is asked for by no name."""
    at = _who(intent, spans, catalogue)
    yield spans
    if at is None:
        return
    for entity in catalogue.of_kind(Entity):
        match = Match(first=at, last=at, form="who", targets=(Target(kind="entity", asset_id=entity.id),))
        yield tuple(sorted((*spans, Span(at, at, "name", match)), key=lambda s: s.first))


def _who(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> int | None:
    """Where "who" or "what" stands that is no "what things": before all that is named, or at the end."""
    said = [at for at, t in enumerate(intent.tokens) if t.norm in _WHO]
    heads = [at for at in said if spans and at < spans[0].first]
    if not heads:
        return said[-1] if said and said[-1] == len(intent.tokens) - 1 else None
    between = {intent.norm(i) for i in range(heads[0] + 1, spans[0].first)}
    named = _is_kind(spans[0], catalogue) and between <= ARTICLES | {"of", "are", "is", "be"}
    return None if named else heads[0]


def _is_kind(span: Span, catalogue: Catalogue) -> bool:
    value = span.value
    kinds = (
        {t.asset_id for t in value.targets if t.kind in ("entity", "dimension")} if isinstance(value, Match) else set()
    )
    return any(e.id in kinds or e.dimension in kinds for e in catalogue.of_kind(Entity))


def _called(spans: tuple[Span, ...], intent: Intent, catalogue: Catalogue) -> tuple[Span, ...]:
    """ "the A group", "the group A": the word for its kind beside a thing says nothing new."""
    found = list(spans)
    for one, other in pairwise(spans):
        finder = Finder(intent, (one, other), catalogue)
        apart = finder.possessive(0) or other.first != one.last + 1
        for kind, thing in () if apart else ((0, 1), (1, 0)):
            if (
                set(finder.entities(kind)) & {p.entity for p in finder.instances(thing)}
                and one in found
                and other in found
            ):
                whole = replace(spans[spans.index(one)] if thing == 0 else other, first=one.first, last=other.last)
                found[found.index(one) : found.index(other) + 1] = [whole]
    return tuple(found)


class _Asked(Finder):
    """A question that is nothing but such a way."""

    def found(self) -> Iterator[RelationPath | None]:
        spans = self.spans
        if not spans or not self._is_plain() or (self._counts() and any(map(is_measured, spans[:1]))):
            return
        if self.entities(0):
            yield self._led_to() or self._turned()
        elif self.instances(0):
            yield self._own() or self._named_last()

    def _is_plain(self) -> bool:
        """Whether nothing is said but the names, the verbs, and words that ask."""
        within = {at for s in self.spans for at in range(s.first, s.last + 1)}
        head = self.spans[0].first
        rest = [(at, t.norm) for at, t in enumerate(self.intent.tokens) if at not in within]
        return all(norm in (_HEAD if at < head else _BETWEEN | {"which", "what"}) for at, norm in rest)

    def _counts(self) -> bool:
        said = [t.norm for t in self.intent.tokens[: self.spans[0].first]]
        return any(tuple(said[i : i + 2]) in _COUNTING for i in range(len(said)))

    def _asks(self) -> bool:
        """Whether it is a question, or a request, and no mere name."""
        return any(t.norm in _WHICH | LISTS | {"many", "number"} for t in self.intent.tokens)

    def _led_to(self) -> RelationPath | None:
        """ "which groups report to A"."""
        led = self.led(0)
        if led is None or not self._asks():
            return None
        hops, starts, end, verb = led
        return self._path_of(self.deepened(hops, verb), starts, end)

    def _turned(self) -> RelationPath | None:
        """ "which group does A lead", "who is this owned by": the verb behind what it is said of."""
        last = len(self.spans) - 1
        if last < 2 or self.deep or not verbs_of(self.spans[last]) or not self._asks():
            return None
        known = self._thing(1, last - 1)
        return self._from(known, last, self.entities(0), last) if known else None

    def _named_last(self) -> RelationPath | None:
        """ "A reports to whom", "this is owned by which group"."""
        last = len(self.spans) - 1
        asked = last > 1 and self.intent.norm(self.spans[last].first - 1) in _WHICH
        asked = asked or (last > 1 and self.intent.norm(self.spans[last].first) in _WHO)
        if not asked or self.deep or not verbs_of(self.spans[last - 1]) or not self.entities(last):
            return None
        known = self._thing(0, last - 2)
        return self._from(known, last - 1, self.entities(last), last) if known else None

    def _own(self) -> RelationPath | None:
        """ "A's groups"."""
        owned = self.owned(0)
        if owned is None or owned[1] != len(self.spans) - 1 or not self._asks():
            return None
        hops, end = owned
        return self._path_of(self.deepened(hops, None), self.starts(0, hops[-1]), end)

    def _thing(self, first: int, last: int) -> tuple[list[Hop], tuple[Place, ...]] | None:
        """What a verb is said of, from one span to another: a thing, what is its own, or what a way leads to."""
        if owned := self.owned(first):
            return (owned[0], self.starts(first, owned[0][-1])) if owned[1] == last else None
        if led := self.led(first):
            return (led[0], led[1]) if led[2] == last else None
        things = self.instances(first)
        return ([], things) if things and first == last else None

    def _from(
        self, known: tuple[list[Hop], tuple[Place, ...]], verb: int, asked: tuple[str, ...], end: int
    ) -> RelationPath | None:
        hops, starts = known
        subjects = {hops[0].to} if hops else {p.entity for p in starts}
        onward = [h for e in sorted(subjects) for h in self._onward_by(e, verb) if h.to in asked]
        if len(onward) != 1:
            return None
        starts = starts if hops else tuple(p for p in starts if p.entity == onward[0].entity)
        return self._path_of((onward[0], *hops), starts, end)

    def _onward_by(self, subject: str, verb: int) -> Iterator[Hop]:
        """From what a verb is said of to what it is done to."""
        said = self.text(self.spans[verb].first, self.spans[verb].last)
        for owner, name, inverse in verbs_of(self.spans[verb]):
            entity = self.catalogue.get(owner, Entity)
            relation = next((r for r in entity.relations if r.name == name), None) if entity else None
            if relation and subject == (relation.to if inverse else owner):
                to = owner if inverse else relation.to
                yield Hop(relation=name, entity=subject, to=to, outgoing=not inverse, said=said, turned=True)

    def _path_of(self, hops: tuple[Hop, ...], starts: tuple[Place, ...], end: int) -> RelationPath | None:
        """The whole question, where it ends with the way."""
        end, starts = self.listed(end, starts)
        if end != len(self.spans) - 1 or not starts:
            return None
        first, last = self.spans[0].first, self.spans[-1].last
        entity = self.catalogue.get(hops[0].to, Entity)
        return RelationPath(
            text=f"{self.text(first, last)} ({entity.name if entity else hops[0].to})",
            first=first,
            last=last,
            entity=hops[0].to,
            starts=starts,
            hops=tuple(reversed(hops)),
        )
