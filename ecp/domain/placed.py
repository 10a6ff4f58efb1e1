""" "Where does A rank by B", "is A in the top five by B": the ranking that A stands in, of all that are like it, each
with its rank; never a ranking of A alone."""

from __future__ import annotations

import re
from typing import NamedTuple

from ecp.domain.assets import Dimension
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of, is_time
from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES, BE, POSSESSIVES, Cue
from ecp.domain.limits import same_column
from ecp.domain.matching import Target
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.numbers import NumberFilter

_WHOSE = ARTICLES | POSSESSIVES
_RANKS = frozenset({"rank", "ranked", "ranking"})
_DO = frozenset({"do", "doe", "does", "did"})
_ASKING = frozenset({"where", "how", "what", "which"})
_AMONG = frozenset({"in", "among", "amongst", "within", "inside", "of"})
_POSSESSIVE = re.compile("['’]s?$")
_OF_MEMBERS = ("member", "excluded", "compared")


class Placed(NamedTuple):
    """Whose place is asked for, none where no place is, and the positions of the words that ask for it; `refused` are
    those of words that ask for one of each unit of time, or by a bound, which is not told."""

    text: str | None = None
    words: frozenset[int] = frozenset()
    refused: frozenset[int] = frozenset()


NONE = Placed()


def find_placed(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], catalogue: Catalogue
) -> tuple[Placed, tuple[Mention, ...]]:
    """The member whose place is asked for, and the mentions with all that are like it in its stead."""
    measured = [m for m in mentions if m.role in MEASURED]
    bounded = any(isinstance(s.value, NumberFilter) or is_time(s, "comparison") or is_time(s, "grain") for s in spans)
    cues = cues_of(spans, "sort", "sort_up", "top", "bottom")
    if len(measured) != 1 or not cues or cues_of(spans, "definition", "lineage", "catalogue"):
        return NONE, mentions
    groups = [m for m in mentions if m.role == "group"]
    for member in (m for m in mentions if m.role == "member"):
        words, own = frozenset(_words(intent, member, cues)), _dimensions(member, catalogue)
        if not words or not _is_one_of_many(member, mentions, catalogue):
            continue
        if bounded:
            return Placed(refused=words), mentions
        placed = Placed(_POSSESSIVE.sub("", member.text), words)
        if not groups:
            like = tuple(Target(kind="dimension", asset_id=i) for i in own)
            cut = member.model_copy(update={"role": "group", "targets": like})
            return placed, tuple(cut if m is member else m for m in mentions)
        if len(groups) == 1 and own <= groups[0].asset_ids and _are_those(intent, groups[0], cues[-1]):
            return placed, tuple(m for m in mentions if m is not member)
    return NONE, mentions


def _are_those(intent: Intent, group: Mention, cue: Cue) -> bool:
    """ "the top five places", "among all places"."""
    before = intent.norm(intent.before(group.first - 1, _WHOSE | {"all", "other"}))
    return group.first == cue.last + 1 or before in ("among", "amongst")


def _dimensions(mention: Mention, catalogue: Catalogue) -> set[str]:
    return {i for i in mention.asset_ids if catalogue.get(i, Dimension)}


def _is_one_of_many(member: Mention, mentions: tuple[Mention, ...], catalogue: Catalogue) -> bool:
    """Whether it is of one dimension, of which nothing else is named: no part of it, and none that it is a part of."""
    own = _dimensions(member, catalogue)
    others = (m for m in mentions if m is not member and m.role in _OF_MEMBERS)
    beside = {i for m in others for i in m.asset_ids}
    return len(own) == 1 and not any(o in own or same_column(next(iter(own)), o, catalogue) for o in beside)


def _words(intent: Intent, member: Mention, cues: list[Cue]) -> tuple[int, ...]:
    """The words that ask for the place of a member; none where they ask for something else."""
    cue = next((c for c in cues if intent.norm(c.first) in _RANKS), None)
    ends = next((c for c in cues if c.kind in ("top", "bottom") and c.number), None)
    before = intent.before(member.first - 1, _WHOSE)
    asks = intent.norm(before) in _DO | BE
    if ends is not None:
        return tuple(range(before, ends.first)) if asks and before == 0 and _leads(intent, member, ends, cue) else ()
    if cue is None or len(cues) > 1:
        return ()
    if member.last + 1 == cue.first:
        owned = intent.tokens[member.last].text.casefold().endswith(("'s", "’s"))
        asked = asks and before >= 1 and intent.norm(before - 1) in _ASKING
        return (before - 1, before, cue.first) if asked else (cue.first,) if owned else ()
    if asks and before == cue.last + 1 and intent.norm(cue.first - 1) in _ASKING:
        return (cue.first - 1, cue.first, before)
    of = before == cue.last if intent.norm(cue.last) == "of" else before == cue.last + 1 and intent.norm(before) == "of"
    return (cue.first, before) if of and intent.norm(cue.first) in ("rank", "ranking") else ()


def _leads(intent: Intent, member: Mention, ends: Cue, ranks: Cue | None) -> bool:
    """ "is A in the top five", "does A rank among our top five": nothing else between the two."""
    at = member.last + 1
    at = ranks.last + 1 if ranks is not None and ranks.first == at else at
    behind = intent.before(ends.first - 1, _WHOSE)
    return behind == at and intent.norm(behind) in _AMONG
