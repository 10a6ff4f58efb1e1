"""Verbs between what is measured and what it is cut by that tell only of which it is: "cases allocated to each place",
"goods carried by A", of whoever carries them, "the plan that most members choose". None of them says that something
became of what is counted, which would be a part of it."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue, Name
from ecp.domain.forms import counts_people, names_of
from ecp.domain.intent import Intent
from ecp.domain.language import (
    ARTICLES,
    AUXILIARIES,
    BEARING,
    BELONGING,
    CHOOSING,
    EVERY,
    FILLERS,
    LIGHT_VERBS,
    NEGATIONS,
    SAYING,
)
from ecp.domain.limits import is_cut_by
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.notation import QUOTES
from ecp.domain.participles import deeds, is_a_person, is_participle, stem
from ecp.domain.words import normal_form

_BEFORE_A_MEMBER = ARTICLES | EVERY | {"our", "which"}
_BY_WHICH = frozenset({"with", "by", "via", "through", "in", "on", "using", "from", "to", "at", "for"})
_BESIDE = AUXILIARIES | FILLERS | {"who", "that", "which", "been"}
_WHO = frozenset({"who", "that", "which"})
_LIMITS = frozenset({"member", "compared", "excluded"})
_SINGLE = frozenset({"member", "compared"})
_QUOTES = frozenset(QUOTES + "«»")
_NOT = NEGATIONS | {"dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "werent", "hasnt", "havent"}


def tells_of_which(
    intent: Intent, at: int, mentions: tuple[Mention, ...], metrics: tuple[Metric, ...], catalogue: Catalogue
) -> bool:
    """Whether the verb at a position only ties what is measured to what it is cut by."""
    if not metrics or intent.norm(at - 1) in _NOT or intent.norm(at) in AUXILIARIES:
        return False
    if _is_at_another_time(intent, at, metrics):
        return False
    return (
        _is_put_to(intent, at, mentions, catalogue)
        or _bears(intent, at, mentions, metrics, catalogue)
        or _is_of_its_kind(intent, at, mentions, catalogue)
        or _is_chosen(intent, at, mentions, metrics, catalogue)
    )


def _is_at_another_time(intent: Intent, at: int, metrics: tuple[Metric, ...]) -> bool:
    """ "members assigned to A in May", "which plan did members choose last year", of members there are: when it was
    done is not when they are counted."""
    done = is_participle(intent.norm(at)) or any(t.norm == "did" for t in intent.tokens[:at])
    return done and bool(intent.times) and any(m.aggregation in ("last", "none") for m in metrics)


def _is_put_to(intent: Intent, at: int, mentions: tuple[Mention, ...], catalogue: Catalogue) -> bool:
    """ "cases allocated to each place", of places of which nothing else is said: to whom a case is assigned is one of
    several people it may be of."""
    if intent.norm(at) not in BELONGING or intent.norm(at + 1) != "to":
        return False
    own = _named_at(mentions, intent.after(at + 2, _BEFORE_A_MEMBER), _SINGLE | {"group"})
    dimensions = _dimensions(own, catalogue)
    return bool(dimensions) and all(
        not _is_of_people(d) and _deeds_of(d) <= {stem(intent.norm(at))} and _is_own(intent, at, d, catalogue)
        for d in dimensions
    )


def _bears(
    intent: Intent, at: int, mentions: tuple[Mention, ...], metrics: tuple[Metric, ...], catalogue: Catalogue
) -> bool:
    """ "orders containing A", "cases that involve A": of a kind of thing, and of no person and no place; "notes that
    mention A", of what is asked for in notes by its definition."""
    says = intent.norm(at) in SAYING
    if not (says or intent.norm(at) in BEARING) or _subject(intent, at, mentions, MEASURED) is None:
        return False
    if not _QUOTES.isdisjoint(intent.text[intent.tokens[at].end :].lstrip()[:1]):  # letters, and no kind of thing
        return False
    own = _named_at(mentions, intent.after(at + 1, ARTICLES), _SINGLE)
    dimensions = [] if own and _is_one_of_all(intent, own, mentions) else _dimensions(own, catalogue)
    return bool(dimensions) and all(
        not _is_of_people(d)
        and (not says or bool(_deeds_of(d) & set(map(stem, SAYING))))
        and all(is_cut_by(m, d.id, catalogue) and not counts_people(m) for m in metrics)
        and _is_own(intent, at, d, catalogue)
        for d in dimensions
    )


def _is_one_of_all(intent: Intent, own: Mention, mentions: tuple[Mention, ...]) -> bool:
    """ "notes that mention A and B": both of them, and not the one or the other."""
    likes = (m for m in mentions if m is not own and m.role in _SINGLE and m.asset_ids & own.asset_ids)
    return any("or" not in {intent.norm(at) for at in range(own.last + 1, m.first)} for m in likes)


def _is_of_its_kind(intent: Intent, at: int, mentions: tuple[Mention, ...], catalogue: Catalogue) -> bool:
    """ "goods carried by A", of a carrier that is whoever carries them, "which tools are required most", of tools that
    are called required tools: the verb by which what it is cut by is defined. Of a deed that only some have come to
    ("cancelled", of the reason of a cancellation) only a member tells."""
    verb = intent.norm(at)
    behind = intent.after(at + 1 + (intent.norm(at + 1) in _BY_WHICH), _BEFORE_A_MEMBER)
    member = _named_at(mentions, behind, _LIMITS)
    said_of = any(m.last < at and m.role in MEASURED for m in mentions)
    dimensions = _dimensions(member if said_of and is_participle(verb) else None, catalogue)
    if not dimensions:
        subject = _subject(intent, at, mentions, frozenset({"group"}))
        further = any(m.role == "group" and m.first > at for m in mentions)  # "required for A roles"
        asked = [d for d in _dimensions(subject, catalogue) if names_of(d).isdisjoint(deeds(verb))]
        dimensions = asked if subject and len(asked) == len(subject.asset_ids) and not further else []
    if intent.norm(at - 2) in _NOT:
        return False
    return bool(dimensions) and all(
        stem(verb) in _deeds_of(d) and _is_own(intent, at, d, catalogue) for d in dimensions
    )


def _is_chosen(
    intent: Intent, at: int, mentions: tuple[Mention, ...], metrics: tuple[Metric, ...], catalogue: Catalogue
) -> bool:
    """ "the plan chosen by the most members", "the plan that most members choose": by how many it is had."""
    if intent.norm(at) not in CHOOSING or not all(map(counts_people, metrics)) or called_so(intent.norm(at), catalogue):
        return False
    cues = {i for c in intent.cues if c.kind in ("top", "bottom") for i in range(c.first, c.last + 1)}
    behind = at + 2
    while behind in cues or intent.norm(behind) in ARTICLES:
        behind += 1
    by = intent.norm(at + 1) == "by" and _named_at(mentions, behind, MEASURED) is not None
    ends = at + 1 == len(intent.tokens) or any(t.first == at + 1 for t in intent.times)
    whose = by or (ends and _subject(intent, at, mentions, MEASURED) is not None)
    return whose and any(m.role == "group" for m in mentions)


def _subject(intent: Intent, at: int, mentions: tuple[Mention, ...], roles: Collection[str]) -> Mention | None:
    """Of what a verb is said, where words that say nothing and how often it is done may stand between."""
    ends = {m.last: m for m in mentions if m.role in roles}
    cues = {i for c in intent.cues if c.kind in ("top", "bottom") for i in range(c.first, c.last + 1)}
    last = at - 1
    while last > 0 and last not in ends and (intent.norm(last) in _BESIDE or last in cues):
        last -= 1
    return ends.get(last)


def _named_at(mentions: tuple[Mention, ...], first: int, roles: Collection[str]) -> Mention | None:
    return next((m for m in mentions if m.first == first and m.role in roles), None)


def _dimensions(mention: Mention | None, catalogue: Catalogue) -> list[Dimension]:
    return [d for i in (mention.asset_ids if mention else ()) if (d := catalogue.get(i, Dimension))]


def _is_of_people(dimension: Dimension) -> bool:
    return is_a_person(normal_form(dimension.name).rpartition(" ")[2])


def _deeds_of(dimension: Dimension) -> set[str]:
    """The stems of the verbs by which it is defined or called; none of a definition that says what it is not."""
    defined = normal_form(dimension.definition).split()
    defined = [] if NEGATIONS & set(defined) else defined
    done = {word for word in (*names_of(dimension), *defined) if is_participle(word)}
    does = {verb for who, verb in pairwise(defined) if who in _WHO}
    return {stem(word) for word in (done | does) - LIGHT_VERBS - AUXILIARIES}


def _is_own(intent: Intent, at: int, dimension: Dimension, catalogue: Catalogue) -> bool:
    """Whether nothing else is called by this verb."""
    return all(n.asset_id == dimension.id and n.member is None for n in called_so(intent.norm(at), catalogue))


def called_so(verb: str, catalogue: Catalogue) -> list[Name]:
    """All that is called by a verb, in whatever form of it."""
    return [name for form in catalogue.stems.get(stem(verb), ()) for name in catalogue.names[form]]
