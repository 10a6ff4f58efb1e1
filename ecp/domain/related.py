"""Questions for what relations lead to, where nothing is measured: "which groups report to A", "who owns this", "who
does A report to", "which things does A's group own"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from ecp.domain.assets import Entity
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cover, is_measured
from ecp.domain.entries import is_denied
from ecp.domain.intent import Intent, read_intent
from ecp.domain.language import ARTICLES, DISTANCES, LISTS
from ecp.domain.matching import Match, Target
from ecp.domain.participles import doers, is_participle
from ecp.domain.relations import (
    Finder,
    Hop,
    Place,
    Related,
    RelationPath,
    as_verb,
    goes_deep,
    is_verb,
    name_of,
    reporting,
    said_verbs,
    verbs_of,
    with_kind_at,
    with_their_organisation,
)
from ecp.domain.values import JsonObject, Value

_WHO = frozenset({"who", "whom", "what"})
_EVERYONE = frozenset({"everyone", "everybody", "anyone", "anybody"})
_REPORTS = ("direct", "report")
_BOSSES = frozenset({"boss", "superior"})
_ONE_BY_ONE = "a second question: ask one after the other"
_BESIDE_A_DOER = frozenset({"do", "doe", "of", "to", "the"})
_HAVING = frozenset({"have", "has"})
_KIND_AND_THING = 2
_SOMEBODY = frozenset({"he", "she", "him", "her"})
_SEVERAL = frozenset({"they", "them", "those", "these"})
_IT = _SOMEBODY | {"it", "they", "them"}
_WHICH = frozenset({"which", "what", "who", "whom", "whose"})
_OF_NO_SUCH_KIND = "none of that kind does so: ask who does"
_DOING = frozenset({"is", "are", "be", "who", "that", "which"})
_GROUPS = frozenset({"team", "department", "group", "person", "people", "function", "unit"})
_COUNTING = (("how", "many"), ("number", "of"), ("count", "of"))
_HEAD = (
    LISTS
    | ARTICLES
    | {"how", "many", "number", "count", "list", "of", "all", "our", "me", "us", "please", "can", "could", "you", "is"}
    | {"are", "be", "by", "to", "whom", "who", "do", "doe", "name"}
)
_NOW = frozenset({"currently", "now"})
_BETWEEN = ARTICLES | DISTANCES | {"whose", "that", "which", "who", "whom", "are", "is", "be", "do", "doe"}
_BETWEEN |= {"by", "of", "all", "to", "and", "or"} | _NOW


class Over(NamedTuple):
    """The ways to what is asked for, one for each kind of thing that it may be, or the one of two questions that cannot
    be answered with the other."""

    paths: tuple[RelationPath, ...] = ()
    left: str | None = None


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


def asked_over_relations(
    intent: Intent, matches: tuple[Match, ...], catalogue: Catalogue, *, alone: bool = True
) -> Over:
    """The ways to what is asked for; none where anything else is said. A question that stands `alone` may be no more
    than what it wants a list of."""
    if not catalogue.verbs or not intent.tokens:
        return Over()
    known = tuple(m for m in matches if m.method == "exact" and m.targets)
    paths = _asked(intent, known, catalogue, alone=alone)
    return Over(paths) if paths else _of_another_kind(intent, known, catalogue) or _two_asked(intent, known, catalogue)


def _asked(intent: Intent, known: tuple[Match, ...], catalogue: Catalogue, *, alone: bool) -> tuple[RelationPath, ...]:
    if {t.norm for t in intent.tokens} & DISTANCES == {"indirectly"}:
        return ()
    verbs = tuple(said_verbs(intent, catalogue))
    places = {(v.first, v.last) for v in verbs}
    unlike = tuple(m for m in known if (m.first, m.last) not in places)
    found = _found(intent, (*known, *verbs), catalogue, alone=alone)
    if not found and len(unlike) < len(known):  # "who leads A", where somebody is called a lead, too
        found = _found(intent, (*unlike, *verbs), catalogue, alone=alone)
    return found


def _found(intent: Intent, known: tuple[Match, ...], catalogue: Catalogue, *, alone: bool) -> tuple[RelationPath, ...]:
    covered = cover(intent.model_copy(update={"cues": ()}), (*known, *_nouns(intent, catalogue)))
    verbs = any(isinstance(s.value, Match) and is_verb(s.value) for s in covered.spans)
    owned = _is_owned(intent) or any(t.norm == "of" for t in intent.tokens)
    if not (verbs or owned or intent.tokens[-1].norm in _HAVING):
        return ()
    spans = with_their_organisation(intent, covered.spans)
    named = _called(tuple(s for s in spans if not _is_asking(intent, s)), intent, catalogue)
    deep = goes_deep(intent, covered.spans)
    found = []
    for spans in _with_who(intent, named, catalogue):
        asked = _Asked(intent, spans, catalogue, deep=deep, alone=alone)
        found += [path for path in asked.found() if path is not None]
    return tuple({p.text: p for p in found}.values())


def _of_another_kind(intent: Intent, known: tuple[Match, ...], catalogue: Catalogue) -> Over | None:
    """ "which person owns A", where groups own it and no persons: nothing else that is kept of A is an answer."""
    matches = (*known, *said_verbs(intent, catalogue))
    spans = _called(cover(intent.model_copy(update={"cues": ()}), matches).spans, intent, catalogue)
    verb = next((at for at, span in enumerate(spans[:2]) if verbs_of(span)), None)
    if verb is None or verb == len(spans) - 1 or is_measured(spans[0]):
        return None
    asked, behind = Finder(intent, spans, catalogue), range(verb + 1, len(spans))
    head = intent.before(spans[verb].first - 1, _DOING)
    first = spans[0].first if verb else head
    kind = (spans[0].last == head and asked.entities(0)) if verb else intent.norm(head) in _GROUPS
    within = {at for s in spans for at in range(s.first, s.last + 1)}
    rest = {intent.norm(at) for at in range(spans[verb].last, len(intent.tokens)) if at not in within}
    plain = rest <= ARTICLES | {"and", "or"} and all(intent.norm(at) in _HEAD | _WHICH for at in range(first))
    things = [{p.entity for p in asked.instances(at)} for at in behind]
    does = any(all(asked.hop((e.id,), verb, t) for t in things) for e in catalogue.of_kind(Entity))
    if not (kind and plain and does):
        return None
    return Over(left=f"{intent.text[intent.tokens[first].start : intent.tokens[-1].end]} ({_OF_NO_SUCH_KIND})")


def _is_owned(intent: Intent) -> bool:
    return any(t.text[-2:] in ("'s", "’s") for t in intent.tokens) or "'" in intent.text or "’" in intent.text


def _two_asked(intent: Intent, known: tuple[Match, ...], catalogue: Catalogue) -> Over:
    """ "who owns A and who leads it": the one and the other, which may be asked of what the first leads to."""
    for at, token in enumerate(intent.tokens[1:-1], start=1):
        if token.norm == "and" and intent.norm(at + 1) in _WHICH | {"to", "how"}:
            first, second = _part_of(intent, known, 0, at - 1), _part_of(intent, known, at + 1, len(intent.tokens) - 1)
            paths = _asked(*first, catalogue, alone=False)
            counts = _counts(first[0]) or _counts(second[0])
            both = () if counts else _asked_on(paths, *second, catalogue)
            return Over(both) if both or not paths else Over(left=f"{second[0].text} ({_ONE_BY_ONE})")
    return Over()


def _part_of(intent: Intent, known: tuple[Match, ...], first: int, last: int) -> tuple[Intent, tuple[Match, ...]]:
    """A part of a question as a question, with what it names."""
    start, end = intent.tokens[first].start, intent.tokens[last].end
    inside = (m for m in known if first <= m.first and m.last <= last)
    shifted = (m.model_copy(update={"first": m.first - first, "last": m.last - first}) for m in inside)
    return read_intent(intent.text[start:end]), tuple(shifted)


def _counts(intent: Intent) -> bool:
    return any(pair in _COUNTING for pair in pairwise(t.norm for t in intent.tokens))


def _asked_on(
    paths: tuple[RelationPath, ...], intent: Intent, known: tuple[Match, ...], catalogue: Catalogue
) -> tuple[RelationPath, ...]:
    """The paths, and those that a second question goes on to; none where that asks for anything else."""
    alone = _asked(intent, known, catalogue, alone=False)
    found: list[RelationPath] = []
    for path in paths if not alone else ():
        onward = [p for meant, by in _what_is_meant(path) if (p := _further(meant, by, intent, known, catalogue))]
        if len(onward) != 1:
            return ()
        found += onward[0]
    return (*paths, *alone, *found) if paths and (alone or found) else ()


def asked_behind(
    paths: tuple[RelationPath, ...], intent: Intent, matches: tuple[Match, ...], catalogue: Catalogue
) -> tuple[RelationPath, ...]:
    """The paths of a question that goes on from what those of an earlier one led to: "who do they report to". One that
    names all that it asks is none, and neither is one that may go on from two things."""
    known = tuple(m for m in matches if m.method == "exact" and m.targets)
    said = {t.norm for t in intent.tokens}
    if not catalogue.verbs or not intent.tokens or _asked(intent, known, catalogue, alone=False):
        return ()
    found: list[RelationPath] = []
    for path in paths:
        ways = [p for meant, by in _what_is_meant(path) if (p := _further(meant, by, intent, known, catalogue))]
        ways = ways[-1:] if said & _SEVERAL else ways  # "they" are whoever was told last
        if len(ways) > 1:
            return ()
        found += ways[0] if ways else ()
    return tuple(found)


def _what_is_meant(path: RelationPath) -> Iterator[tuple[RelationPath, frozenset[str]]]:
    """What a pronoun may stand for behind a question, and which one: what its path leads to, and all that is on the way
    there; of another kind than that, nothing is a "she"."""
    for steps in range(len(path.hops) + 1):
        entity = path.hops[steps - 1].to if steps else path.starts[0].entity
        meant = path.model_copy(update={"hops": path.hops[:steps], "entity": entity})
        yield meant, _IT if entity == path.entity else _IT - _SOMEBODY


def _further(
    path: RelationPath, pronouns: frozenset[str], intent: Intent, known: tuple[Match, ...], catalogue: Catalogue
) -> tuple[RelationPath, ...]:
    """The paths of a question in which "it", or "that group", stands for what a path leads to."""
    named = {m.first: m.last for m in known if any(t.asset_id == path.entity and not t.member for t in m.targets)}
    those = []
    for at, token in enumerate(intent.tokens):
        last = named.get(at + 1) if token.norm in ("that", "those", "these") else at if token.norm in pronouns else None
        if last is not None:
            those.append(Match(first=at, last=last, form=intent.form(at, last), targets=(_those(path.entity),)))
    found = _asked(intent, (*known, *those), catalogue, alone=False) if those else ()
    return tuple(p.model_copy(update={"starts": path.starts, "hops": (*path.hops, *p.hops)}) for p in found)


def _those(entity: str) -> Target:
    return Target(kind="member", asset_id=entity, member="")


def _nouns(intent: Intent, catalogue: Catalogue) -> Iterator[Match]:
    """ "the owner of A", "the direct reports of A"."""
    nouns = _doers(catalogue)
    for at, token in enumerate(intent.tokens):
        if (token.norm, intent.norm(at + 1)) == _REPORTS:
            yield from as_verb(intent, at, at + 1, reporting(catalogue))
        told = tuple((e, r, True) for e, r, _ in reporting(catalogue)) if token.norm in _BOSSES else ()
        yield from as_verb(intent, at, at, nouns.get(token.norm, told))


def _doers(catalogue: Catalogue) -> dict[str, tuple[tuple[str, str, bool], ...]]:
    """ "the owner of A", where something owns A: whoever does what a verb of one word says."""
    found: dict[str, dict[tuple[str, str, bool], None]] = {}
    for verb, relations in catalogue.verbs.items():
        for noun in () if " " in verb or is_participle(verb) else doers(verb):
            if not noun.endswith("ee"):  # "employee": to whom it is done
                found.setdefault(noun, {}).update(dict.fromkeys(relations))
    return {noun: tuple(relations) for noun, relations in found.items()}


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
        yield with_kind_at(spans, at, entity.id)


def _who(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> int | None:
    """Where "who" or "what" stands that is no "what things": before all that is named, or at the end."""
    said = [at for at, t in enumerate(intent.tokens) if t.norm in _WHO | _EVERYONE]
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


@dataclass
class _Asked(Finder):
    """A question that is nothing but such a way."""

    alone: bool = False

    def instances(self, at: int) -> tuple[Place, ...]:
        value = self.spans[at].value
        targets = value.targets if isinstance(value, Match) else ()
        those = (t.asset_id for t in targets if t == _those(t.asset_id))
        return (*super().instances(at), *(Place(entity=e, instance="") for e in those))

    def found(self) -> Iterator[RelationPath | None]:
        spans = self.spans
        if not spans or not self._is_plain() or (self._counts() and any(map(is_measured, spans[:1]))):
            return
        if any(self._is_noun(at) for at in range(len(spans))):
            yield from self._whoever_does()
        elif self.entities(0):
            yield self._led_to() or self._turned() or self._done() or self._had()
        elif self.instances(0):
            yield self._own() or self._named_last()

    def _is_plain(self) -> bool:
        """Whether nothing is said but the names, the verbs, and words that ask."""
        within = {at for s in self.spans for at in range(s.first, s.last + 1)}
        head = self.spans[0].first
        rest = [(at, t.norm) for at, t in enumerate(self.intent.tokens) if at not in within]
        behind = _BETWEEN | {"which", "what"} | (_HAVING if self._is_noun(0) or self._has() else set())
        return all(norm in (_HEAD if at < head else behind) for at, norm in rest)

    def _counts(self) -> bool:
        said = [t.norm for t in self.intent.tokens[: self.spans[0].first]]
        return any(pair in _COUNTING for pair in pairwise(said))

    def _asks(self) -> bool:
        """Whether it is a question, or a request; by itself what is wanted may stand for that, if it is no number."""
        head = [t.norm for t in self.intent.tokens[: self.spans[0].last + 1]]
        asked = any(norm in _WHICH | _EVERYONE | LISTS | {"many", "number"} for norm in head)
        return asked or (self.alone and not any(map(is_measured, self.spans)))

    def _is_noun(self, at: int) -> bool:
        """ "owner", "direct reports", and the "lead" of "A's lead"."""
        value = self.spans[at].value
        if not isinstance(value, Match) or not is_verb(value):
            return False
        noun = value.form == " ".join(_REPORTS) or value.form in _BOSSES or value.form in _doers(self.catalogue)
        return noun or (at == 1 == len(self.spans) - 1 and self.possessive(0))

    def _noun(self, at: int) -> str:
        return self.intent.form(self.spans[at].first, self.spans[at].last)

    def _whoever_does(self) -> Iterator[RelationPath | None]:
        """ "the direct reports of A", "A's owner", "how many direct reports does A have"."""
        own = 0 if self._is_noun(0) else 1
        said = self._between(0, 1) if len(self.spans) > 1 else {""}
        leads = said <= _BESIDE_A_DOER if own == 0 else self.possessive(0) and not said
        if not leads or not self._asks():
            return
        starts = self.instances(1 - own)
        hops = [self.hop((e.id,), own, {p.entity for p in starts}) for e in self.catalogue.of_kind(Entity)]
        for hop in (h.model_copy(update={"said": f"{self._noun(own)} of"}) for h in hops if h):
            yield self._path_of((hop,), tuple(p for p in starts if p.entity == hop.entity), 1)

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
        if last < 2 or not verbs_of(self.spans[last]) or not self._asks():
            return None
        return self._said_of(1, last, self.entities(0), last)

    def _done(self) -> RelationPath | None:
        """ "the things that A owns", "things A's groups look after"."""
        done = self.done_by(0) if self._asks() else None
        return self._path_of(tuple(done[0]), done[1], done[2]) if done else None

    def _has(self) -> bool:
        """ "which groups does A have"."""
        last = len(self.intent.tokens) - 1
        ends = len(self.spans) == _KIND_AND_THING and self.spans[-1].last == last - 1
        return ends and self.intent.norm(last) in _HAVING and self._between(0, 1) <= {"do", "doe"}

    def _had(self) -> RelationPath | None:
        things = {p.entity for p in self.instances(1)} if self._has() and self._asks() else set[str]()
        hop = self._only(self.entities(0), things, "of") if things else None
        hops = [hop] if hop else self._of_theirs(self.entities(0), None, things) if things else []
        return self._path_of(self.deepened(hops, None), self.starts(1, hops[-1]), 1) if hops else None

    def _named_last(self) -> RelationPath | None:
        """ "A reports to whom", "this is owned by which group"."""
        last = len(self.spans) - 1
        asked = last > 1 and self.intent.norm(self.spans[last].first - 1) in _WHICH
        asked = asked or (last > 1 and self.intent.norm(self.spans[last].first) in _WHO)
        if not asked or not verbs_of(self.spans[last - 1]) or not self.entities(last):
            return None
        return self._said_of(0, last - 1, self.entities(last), last)

    def _said_of(self, first: int, verb: int, asked: tuple[str, ...], end: int) -> RelationPath | None:
        thing = self.thing(first)
        done = self.done(thing, verb, asked) if thing and thing[2] == verb - 1 else None
        return self._path_of(tuple(done[0]), done[1], end) if done else None

    def _own(self) -> RelationPath | None:
        """ "A's groups"."""
        owned = self.owned(0)
        if owned is None or owned[1] != len(self.spans) - 1 or not self._asks():
            return None
        hops, end = owned
        return self._path_of(self.deepened(hops, None), self.starts(0, hops[-1]), end)

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
