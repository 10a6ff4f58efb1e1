"""The assets of one registry version, looked up by id and by the words people use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TypeVar

from ecp.domain.assets import AnyAsset, Asset, CalendarAsset, Dimension, Entity, Instance, Member, Metric, Term
from ecp.domain.language import ENDS_OF_A_WAY, QUESTION_WORDS, TIME_UNITS
from ecp.domain.metric_index import MetricIndex
from ecp.domain.participles import is_participle, stem
from ecp.domain.units import unit_in_full
from ecp.domain.words import fold, normal_form, other_plural, tokens

A = TypeVar("A", bound=Asset)
SHORTEST_JOINED = 6
SHORTEST_SPELT = 4
SHORTEST_CODE = 2
LONGEST_SHORT_YEAR = 4
_AN_END_AND_ITS_PLACE = 2
_OF_THE_LANGUAGE = QUESTION_WORDS | TIME_UNITS
_CALENDARS = frozenset({"year", "calendar"})
_OTHER_CALENDARS = frozenset({"calendar", "the", "our", "company", "enterprise", "standard", "main"})


@dataclass(frozen=True)
class Name:
    """One surface form: what it names. `primary` for the name itself, False for synonyms and ids."""

    form: str
    asset_id: str
    kind: str
    member: str | None
    primary: bool


def names_of(asset: AnyAsset) -> Iterator[Name]:
    """Every surface form of an asset, of its members and of its instances, in normal form."""
    named = tuple(_names(asset.name, asset.synonyms, asset.id, asset.id, asset.kind, None))
    yield from named
    if isinstance(asset, Dimension | Entity):
        yield from _other_plurals(named)
    if isinstance(asset, Dimension):
        yield from _turned_names(asset)
        for member in asset.members:
            yield from _names(member.name, member.synonyms, member.id, asset.id, asset.kind, member.id)
    if isinstance(asset, Entity):
        for instance in asset.instances:
            yield from _names(instance.name, instance.synonyms, instance.id, asset.id, asset.kind, instance.id)


def _other_plurals(named: Iterable[Name]) -> Iterator[Name]:
    """ "people", of what is called a person."""
    forms = {n.form: n for n in named}
    plurals = {plural: n for form, n in forms.items() if (plural := other_plural(form)) and plural not in forms}
    yield from (Name(plural, n.asset_id, n.kind, None, primary=False) for plural, n in plurals.items())


def departments_of(asset: AnyAsset) -> Iterator[str]:
    """Every department whose own meaning of something this asset holds."""
    if isinstance(asset, Metric):
        yield from asset.departments
    if isinstance(asset, Term):
        yield from (d for choice in asset.metrics for d in choice.departments)
    if isinstance(asset, Dimension):
        yield from (d for m in asset.members for v in m.variations for d in v.departments)


def _names(
    name: str, synonyms: Iterable[str], own_id: str, asset_id: str, kind: str, member: str | None
) -> Iterator[Name]:
    """An id that is made of words of the language ("many_failed", "day") names no member; what it is called does."""
    seen: set[str] = set()
    told = member is None or _OF_THE_LANGUAGE.isdisjoint(normal_form(own_id).split())
    ids = ((own_id, False),) if told else ()
    for text, primary in ((name, True), *((s, False) for s in synonyms), *ids):
        form = normal_form(text)
        if form and form not in seen:
            seen.add(form)
            yield Name(form, asset_id, kind, member, primary)


def _turned_names(dimension: Dimension) -> Iterator[Name]:
    """ "delay causes", of the cause of delay."""
    own = {normal_form(text) for text in (dimension.name, *dimension.synonyms)}
    turned = {f"{about} {head}" for head, _, about in (form.partition(" of ") for form in sorted(own)) if about}
    yield from (Name(form, dimension.id, dimension.kind, None, primary=False) for form in sorted(turned - own))


def _joined(forms: Iterable[str]) -> dict[str, str]:
    """Names written as one word, where that is one name only: "back office" and "backoffice" meet."""
    found: dict[str, str | None] = {}
    for form in forms:
        compact = form.replace(" ", "")
        if len(compact) >= SHORTEST_JOINED:
            found[compact] = None if compact in found else form
    return {compact: form for compact, form in found.items() if form is not None}


def _verbs(entities: Iterable[Entity]) -> dict[str, tuple[tuple[str, str, bool], ...]]:
    """Verb in normal form → (entity, relation, inverse) for each relation that people use it for."""
    found: dict[str, dict[tuple[str, str, bool], None]] = defaultdict(dict)
    for entity in entities:
        for relation in entity.relations:
            for inverse, verbs in ((False, relation.verbs), (True, relation.inverse_verbs)):
                for verb in verbs:
                    found[normal_form(verb)][entity.id, relation.name, inverse] = None
    return {verb: tuple(relations) for verb, relations in found.items() if verb}


def _done(forms: dict[str, list[Name]]) -> dict[tuple[str, str], str]:
    """What is done and the stem of how, of each measured name that ends or begins with a participle:
    ("account", "open") → "account opened". What is done goes by all its names."""
    found: dict[tuple[str, str], str] = {}
    for form, names in forms.items():
        words = form.split()
        if len(words) < 2 or not any(n.kind in ("metric", "term") and n.member is None for n in names):
            continue
        for verb, nouns in ((words[-1], words[:-1]), (words[0], words[1:])):
            if is_participle(verb):
                found.setdefault((" ".join(nouns), stem(verb)), form)
    called = _called_alike(forms) if found else {}
    for (noun, verb), form in tuple(found.items()):
        for other in called.get(_only_metric(forms.get(noun, [])), ()):
            found.setdefault((other, verb), form)
    return found


def _called_alike(forms: dict[str, list[Name]]) -> dict[str | None, list[str]]:
    """Each metric → all that it alone is called."""
    found: dict[str | None, list[str]] = defaultdict(list)
    for form, names in forms.items():
        if metric := _only_metric(names):
            found[metric].append(form)
    return found


def _only_metric(names: list[Name]) -> str | None:
    """The one metric that these names are of: that of rides, which may be called trips."""
    ids = {n.asset_id if n.kind == "metric" else None for n in names}
    return ids.pop() if len(ids) == 1 else None


def _stems(forms: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Each stem → the names with a word of it."""
    found: dict[str, list[str]] = defaultdict(list)
    for form in forms:
        for root in {stem(word) for word in form.split() if word.isalpha()}:
            found[root].append(form)
    return {root: tuple(named) for root, named in found.items()}


def _heads(dimensions: Iterable[Dimension]) -> dict[str, tuple[str, ...]]:
    """The last word of each dimension's longer names → those that have it: "type", of the kind of case; and the end of
    a way, of the place that it is: "destination", of a destination place."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for dimension in dimensions:
        for text in (dimension.name, *dimension.synonyms):
            words = normal_form(text).split()
            head = words[words.index("of") - 1] if "of" in words[1:] else words[-1] if words else ""
            if len(words) > 1:
                found[head][dimension.id] = None
            if len(words) == _AN_END_AND_ITS_PLACE and words[0] in ENDS_OF_A_WAY:
                found[words[0]][dimension.id] = None
    return {word: tuple(ids) for word, ids in found.items()}


def parts_of(asset: AnyAsset | None) -> tuple[Member, ...] | tuple[Instance, ...]:
    """The members of a dimension, the instances of an entity."""
    if isinstance(asset, Dimension):
        return asset.members
    return asset.instances if isinstance(asset, Entity) else ()


def _acronyms(assets: Iterable[AnyAsset]) -> Iterator[str]:
    """The words that names have in capitals."""
    for asset in assets:
        named = (asset, *parts_of(asset)) if isinstance(asset, Metric | Term | Dimension | Entity) else ()
        for text in (text for thing in named for text in (thing.name, *thing.synonyms)):
            yield from (t.norm for t in tokens(text) if len(t.text) > 1 and t.text.isupper())


def _codes(assets: Collection[AnyAsset]) -> dict[str, tuple[tuple[str, str], ...]]:
    """What rows show of members that have one value, and that is one word with letters in it: each with the members;
    none that is a unit of something measured."""
    found: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    units = {unit_in_full(a.unit) for a in assets if isinstance(a, Metric) and a.unit}
    for dimension in (a for a in assets if isinstance(a, Dimension)):
        for member in (m for m in dimension.members if len(m.values) == 1):
            value = member.values[0]
            if isinstance(value, str) and _is_code(value) and unit_in_full(value) not in units:
                found[value][dimension.id, member.id] = None
    return {value: tuple(members) for value, members in found.items()}


def _is_code(value: str) -> bool:
    return len(value) >= SHORTEST_CODE and " " not in value and any(c.isalpha() for c in value)


def _years(calendars: Iterable[CalendarAsset]) -> Iterator[tuple[str, str]]:
    """What people call the enterprise's year: "academic year", "academic calendar", "AY"."""
    for text in (text for calendar in calendars for text in (calendar.name, *calendar.synonyms)):
        words = [t.text.lower() for t in tokens(text)]
        if len(words) == 2 and words[1] in _CALENDARS and words[0] not in _OTHER_CALENDARS:
            yield words[0], "fiscal"
        elif len(words) == 1 and len(text) <= LONGEST_SHORT_YEAR and text.isupper():
            yield words[0], "fy"


def _restricted(assets: Iterable[AnyAsset]) -> Iterator[str]:
    for asset in assets:
        if asset.access is not None:
            yield asset.id
        if isinstance(asset, Dimension):
            yield from (f"{asset.id}:{m.id}" for m in asset.members if m.access is not None)


@dataclass(frozen=True)
class Catalogue:
    """Immutable; made once for each registry version by `Catalogue.of`. `restricted` are the assets and members
    that not everybody may see, as the policy calls them; `attributes` what of an asker restricts them, casefolded;
    `stems` the names with a word of each stem; `spelt` the words that a slip of the finger may be mended into, `heads`
    what dimensions are called for short, `acronyms` those of them in capitals; `codes` the values of members, each with
    (dimension, member); `years` the enterprise's own words for "fiscal" and "FY"."""

    version: str
    assets: dict[str, AnyAsset]
    names: dict[str, tuple[Name, ...]] = field(repr=False)
    words: frozenset[str] = field(repr=False)
    stems: dict[str, tuple[str, ...]] = field(repr=False)
    spelt: tuple[str, ...] = field(repr=False)
    departments: dict[str, str] = field(repr=False)
    joined: dict[str, str] = field(repr=False)
    verbs: dict[str, tuple[tuple[str, str, bool], ...]] = field(repr=False)
    done: dict[tuple[str, str], str] = field(repr=False)
    heads: dict[str, tuple[str, ...]] = field(repr=False)
    kinds: dict[type[Asset], tuple[AnyAsset, ...]] = field(repr=False)
    metrics: MetricIndex = field(repr=False)
    restricted: tuple[str, ...] = ()
    attributes: frozenset[str] = frozenset()
    years: dict[str, str] = field(default_factory=dict, repr=False)
    acronyms: frozenset[str] = field(default=frozenset(), repr=False)
    codes: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, version: str, assets: Iterable[AnyAsset]) -> Catalogue:
        by_id = {a.id: a for a in sorted(assets, key=attrgetter("id"))}
        names: dict[str, list[Name]] = defaultdict(list)
        kinds: dict[type[Asset], list[AnyAsset]] = defaultdict(list)
        for asset in by_id.values():
            kinds[type(asset)].append(asset)
            for name in names_of(asset):
                names[name.form].append(name)
        words = frozenset(word for form in names for word in form.split())
        return cls(
            version,
            by_id,
            {form: tuple(found) for form, found in names.items()},
            words,
            _stems(names),
            tuple(word for word in words if len(word) >= SHORTEST_SPELT and word.isalpha()),
            {normal_form(d): d for asset in by_id.values() for d in departments_of(asset)},
            _joined(names),
            _verbs(e for e in by_id.values() if isinstance(e, Entity)),
            _done(names),
            _heads(a for a in by_id.values() if isinstance(a, Dimension)),
            {kind: tuple(found) for kind, found in kinds.items()},
            MetricIndex.of(by_id.values()),
            tuple(_restricted(by_id.values())),
            frozenset(fold(k) for a in by_id.values() if a.access for k in a.access.attributes),
            dict(_years(a for a in by_id.values() if isinstance(a, CalendarAsset))),
            frozenset(_acronyms(by_id.values())),
            _codes(by_id.values()),
        )

    def of_kind(self, kind: type[A]) -> Iterator[A]:
        return (a for a in self.kinds.get(kind, ()) if isinstance(a, kind))

    def get(self, asset_id: str, kind: type[A]) -> A | None:
        found = self.assets.get(asset_id)
        return found if isinstance(found, kind) else None

    def metrics_meant(self, asset_ids: Iterable[str]) -> list[Metric]:
        """What these measure, each once: metrics, and whatever a term may mean to anybody."""
        found: dict[str, None] = {}
        for asset_id in asset_ids:
            term = self.get(asset_id, Term)
            found |= dict.fromkeys([c.metric for c in term.metrics] if term else [asset_id])
        return [m for i in found if (m := self.get(i, Metric))]

    def spellings(self, asset_id: str, member_id: str | None = None) -> tuple[str, ...]:
        """What an asset, a member or an instance is called, as it is written in the pack."""
        asset = self.assets.get(asset_id)
        named = asset if member_id is None else next((m for m in parts_of(asset) if m.id == member_id), None)
        return (named.name, *named.synonyms) if named else ()

    def member(self, dimension_id: str, member_id: str) -> Member | None:
        dimension = self.get(dimension_id, Dimension)
        return next((m for m in dimension.members if m.id == member_id), None) if dimension else None
