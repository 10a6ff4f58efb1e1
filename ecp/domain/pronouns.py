"""Pronouns in a question that stands alone: what each stands for is named in it, or nobody can tell what it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES_AND_PREPOSITIONS, BE, EXPLETIVES, ORGANISATIONS, PRONOUNS, THEIRS, VERB_BEHIND
from ecp.domain.mentions import MEASURED, Mention

_OF_SOMEBODY = frozenset({"he", "she", "him", "her", "his"})
_OF_THINGS = THEIRS | {"it", "they", "them"}
_POINTING = frozenset({"those", "these"})
_POINTING_AT_ONE = frozenset({"that", "this"})
_ALL = _OF_SOMEBODY | _OF_THINGS | _POINTING | _POINTING_AT_ONE
TELLING_WHICH = frozenset({"of", "in", "from", "with", "at", "on", "for", "that", "who", "which", "where", "whose"})
_BEFORE_WHAT_IS_POINTED_AT = frozenset({"of", "in", "for", "from", "with", "at", "on", "by", "to", "about"})
_NEW_CLAUSE = re.compile(r"[,.;:?!()–—]")
_BEGINNING_ONE = frozenset(
    {
        "and", "or", "but", "when", "if", "so", "then", "that", "which", "who", "as", "because", "where", "while",
        "how", "what", "than", "since", "until", "before", "after", "whether",
    }
)  # fmt: skip


def of_nobody_named(intent: Intent, mentions: Iterable[Mention], left: Collection[int]) -> Iterator[int]:
    """ "spent with them", "her income", "for those places", where the question names nothing that these may be: their
    positions. What was not understood before one of them, in `left`, may be what it stands for."""
    words = (at for at in sorted(intent.plain) if intent.norm(at) in _ALL)
    pronouns = [at for at in words if at < min(left, default=len(intent.tokens))]
    if not pronouns:
        return
    known = sorted(mentions, key=lambda m: m.first)
    taken = {at for time in intent.times for at in range(time.first, time.last + 1)}
    taken |= {at for cue in intent.cues for at in range(cue.first, cue.last + 1)}
    taken |= {at for m in known for at in range(m.first, m.last + 1) if not _is_subject(intent, at)}
    for at in (i for i in pronouns if i not in taken):
        if intent.norm(at) in _POINTING | _POINTING_AT_ONE:
            lost = _points_at_nothing(intent, at, known)
        else:
            named = any(_may_be(intent, at, m) for m in known) or _is_the_enterprise(intent, at)
            lost = not (named or _is_expletive(intent, at))
        if lost:
            yield at


def _is_subject(intent: Intent, at: int) -> bool:
    """ "how many cases did they close": part of no name, though that is what cases closed are called."""
    return intent.norm(at) in PRONOUNS and intent.norm(at - 1) in VERB_BEHIND | {"have", "has", "had"}


def _is_expletive(intent: Intent, at: int) -> bool:
    """ "how long does it take", "what is it that", "make it cases": it stands for nothing."""
    return intent.norm(at) == "it" and (intent.norm(at + 1) in EXPLETIVES or intent.norm(at - 1) == "make")


def _may_be(intent: Intent, at: int, named: Mention) -> bool:
    """Whether a pronoun may stand for what is named before it: a thing that is measured is no object of its own clause,
    though it may own what follows ("A and its share"), and it is nobody."""
    if named.last >= at:
        return False
    if named.role not in MEASURED and named.role != "department":
        return True
    norm = intent.norm(at)
    return norm not in _OF_SOMEBODY and (norm in THEIRS or _begins_anew(intent, named.last, at))


def _begins_anew(intent: Intent, last: int, at: int) -> bool:
    """Whether another clause begins between two positions."""
    joined = any(intent.norm(i) in _BEGINNING_ONE for i in range(last + 1, at))
    return joined or bool(_NEW_CLAUSE.search(intent.text[intent.tokens[last].end : intent.tokens[at].start]))


def _is_the_enterprise(intent: Intent, at: int) -> bool:
    return any(intent.norm(i) in ORGANISATIONS for i in range(at))


def _points_at_nothing(intent: Intent, at: int, known: list[Mention]) -> bool:
    """ "for those places", "in that place", "of those": none of what is named before it, and nothing behind it tells
    which they are."""
    several = intent.norm(at) in _POINTING
    if not several and intent.norm(at - 1) not in _BEFORE_WHAT_IS_POINTED_AT | VERB_BEHIND | BE:
        return False
    pointed = next((m for m in known if m.first == at + 1), None)
    if pointed is not None:
        cut = pointed.role == "group" or (several and pointed.role in MEASURED)
        told = intent.norm(pointed.last + 1) in TELLING_WHICH
        return cut and not told and not any(m.last < at and m.asset_ids & pointed.asset_ids for m in known)
    ends = intent.norm(at + 1) in {""} | BE | ARTICLES_AND_PREPOSITIONS - TELLING_WHICH
    when = at + 1 + (intent.norm(at + 1) in ARTICLES_AND_PREPOSITIONS)  # "of those in 2025"
    ends = ends or any(t.first in (at + 1, when) for t in intent.times)
    object_of = intent.norm(at - 1) in _BEFORE_WHAT_IS_POINTED_AT
    return ends and object_of and not any(_may_be(intent, at, m) for m in known)
