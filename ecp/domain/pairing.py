"""Which things are compared with which, and which members are cut by."""

from __future__ import annotations

from itertools import pairwise

from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of
from ecp.domain.intent import Intent
from ecp.domain.language import BE, COMPARATIVES, PERSONS, SPLITTERS, TOGETHER, Cue
from ecp.domain.matching import Target
from ecp.domain.mentions import MEASURED, Mention, Role
from ecp.domain.participles import is_participle
from ecp.domain.shares import Share
from ecp.domain.two_sides import one_or_the_other

_BEFORE_PARTS = frozenset({"by", "per", "between"})
_IN_A_LIST = frozenset({"and", "the", "for", "in", "of"})
_LISTED = frozenset({"and", "vs", "versus"})
_MOST_TOGETHER = 3
_BY_WHAT = frozenset({"of", "on", "by", "in"})
_ONE_BY_ONE = frozenset({"respectively", "separately", "individually"})


def paired(intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """The mentions with the first of a pair as what is asked for and the others as what it is compared with."""
    contrast = next(iter(cues_of(spans, "contrast")), None)
    if contrast:
        mentions = _contrasted(intent, contrast, mentions)
    mentions = _first_compared_is_asked_for(_without_repeats(_one_or_the_other(intent, mentions)))
    return _in_their_rows(_listed_by_a_cue(intent, spans, mentions))


def _in_their_rows(mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """ "by place: A vs B": each is a row, and none has the other beside it."""
    rows = {i for m in mentions if m.role == "group" for i in m.asset_ids}
    return tuple(_as(m, "member") if m.role == "compared" and m.asset_ids & rows else m for m in mentions)


def _as(mention: Mention, role: Role) -> Mention:
    return mention.model_copy(update={"role": role})


def _contrasted(intent: Intent, contrast: Cue, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """ "compare A with B", "how do A and B compare": B is compared, if it is of the same kind as A."""
    begins = contrast.last if intent.tokens[0].norm != "how" else 0
    changed: list[Mention] = []
    for mention in mentions:
        before = [m for m in changed if m.first > begins]
        if mention.first > begins and mention.role == "member" and _has_a_partner(intent, mention, before):
            mention = _as(mention, "compared")
        by_what = intent.norm(mention.first - 1) in _BY_WHAT
        rivals = [
            m for m in before if not (by_what and _are_whose(intent, [o for o in before if o.first < m.first], m))
        ]
        another = any(_is_another(intent, m, mention) for m in rivals)
        if mention.role == "metric" and another and not _are_whose(intent, before, mention):
            mention = _as(mention, "target")
        changed.append(mention)
    return tuple(changed)


def _is_another(intent: Intent, one: Mention, other: Mention) -> bool:
    """Whether both are measured, and not "case costs", of which the first says what they are of."""
    together = one.last + 1 == other.first and intent.gap(one.last, other.first).isspace()
    return one.role in MEASURED and not one.same_as(other) and not together


def _are_whose(intent: Intent, members: list[Mention], mention: Mention) -> bool:
    """ "between A and B customers", "between A and B cases": the noun for those whom the members name."""
    named = [m for m in members if m.role in ("member", "compared")]
    beside = bool(named) and named[-1].last + 1 == mention.first
    between = {t.norm for t in intent.tokens[named[-2].last + 1 : named[-1].first]} if len(named) > 1 else set[str]()
    listed = bool(between) and between <= _LISTED and bool(named[-1].asset_ids & named[-2].asset_ids)
    return beside and (listed or intent.tokens[mention.last].norm in PERSONS)


def _one_or_the_other(intent: Intent, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """ "higher in A or in B": B is what A is compared with."""
    pair = one_or_the_other(intent, [m for m in mentions if m.role == "member"])
    ranked = {c.first for c in intent.cues if c.kind in ("top", "bottom")}  # "which of A or B has the lower"
    bounds = {at for n in intent.numbers for at in range(n.first, n.last + 1)}
    open_words = (t.norm for at, t in enumerate(intent.tokens) if at not in ranked | bounds)
    asked = pair is not None and any(norm in COMPARATIVES for norm in open_words)
    asked = asked and not any(m.role == "group" for m in mentions)
    return tuple(_as(m, "compared") if asked and pair and m is pair[1] else m for m in mentions)


def side_by_side(mentions: tuple[Mention, ...]) -> tuple[Mention, ...] | None:
    """ "did it grow more in A than in B": how each of them changed, both in a table, and not how much A is above B.
    None where nothing tells what they are cut by."""
    group = _what_they_share([m for m in mentions if m.role in ("member", "compared")])
    if group is None or any(m.role == "group" for m in mentions):
        return None
    return (*(_as(m, "member") if m.role == "compared" else m for m in mentions), group)


def each_by_itself(intent: Intent, mentions: tuple[Mention, ...], left: set[int]) -> tuple[Mention, ...]:
    """ "in A and B respectively", "which of A and B": one by one, in a table. The word is taken out of `left`."""
    apart = {at for at, t in enumerate(intent.tokens) if t.norm in _ONE_BY_ONE}
    members = [m for m in mentions if m.role == "member"]
    which = [t.norm for t in intent.tokens[:2]] == ["which", "of"] and members and members[0].first in (2, 3)
    grown = side_by_side(mentions) if (apart or which) and len(members) > 1 else None
    left -= apart if grown else set()
    return grown or mentions


def each_part(intent: Intent, share: Share | None, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """ "what percentage of cases are A, B or C": the share of each of them, and not of all of them together; of
    two it is that of either."""
    parts = [m for m in mentions if m.role == "member" and share and m.text in share.parts]
    if len({m.targets for m in parts}) < _MOST_TOGETHER or any(t.norm in TOGETHER for t in intent.tokens):
        return mentions
    group = _what_they_share(parts)
    ranked = any(c.kind in ("top", "bottom") for c in intent.cues)
    if group is None or ranked or any(m.role == "group" and m.asset_ids & group.asset_ids for m in mentions):
        return mentions
    return (*mentions, group)


def told_apart(intent: Intent, mentions: tuple[Mention, ...], catalogue: Catalogue) -> tuple[Mention, ...]:
    """ "the rate of A and B": a rate or a mean of each of them, in a table; nobody asks for one of both together, as of
    what adds up. "How many are A and B" asks for each as well: nothing is both."""
    metrics = catalogue.metrics_meant(i for m in mentions if m.role in MEASURED for i in m.asset_ids)
    members = [m for m in mentions if m.role == "member"]
    told = any(m.role in MEASURED and m.last < members[0].first for m in mentions) if members else False
    said = told and intent.norm(members[0].first - 1) in BE
    roles = {"metric", "member", "descriptor", "department", *(["group"] if said else [])}
    added_up = not said and any(m.aggregation not in ("ratio", "average") for m in metrics)
    if not metrics or added_up or any(m.role not in roles for m in mentions):
        return mentions
    between = {intent.tokens[at].norm for a, b in pairwise(members) for at in range(a.last + 1, b.first)}
    listed = between <= _IN_A_LIST and not any(t.norm in TOGETHER for t in intent.tokens)
    group = _what_they_share(members) if len(members) > 1 and listed else None
    return (*mentions, group) if group else mentions


def _has_a_partner(intent: Intent, mention: Mention, before: list[Mention]) -> bool:
    members = [m for m in before if m.role in ("member", "compared")]
    alike = any(m.asset_ids & mention.asset_ids for m in members)
    between = intent.tokens[members[-1].last + 1 : mention.first] if members else ()
    return alike or (bool(between) and all(t.norm in SPLITTERS for t in between))


def _without_repeats(mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """ "A in one year vs A in another": the second A is compared with nothing."""
    kept: list[Mention] = []
    for mention in mentions:
        repeated = mention.role == "compared" and any(m.role == "member" and m.same_as(mention) for m in kept)
        kept.append(_as(mention, "member") if repeated else mention)
    return tuple(kept)


def _first_compared_is_asked_for(mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """ "compared with A and B", and nothing to compare them with: A is what is asked for."""
    compared = next((m for m in mentions if m.role == "compared"), None)
    if compared is None or any(m.role == "member" and m.first < compared.first for m in mentions):
        return mentions
    return tuple(_as(m, "member") if m is compared else m for m in mentions)


def _listed_by_a_cue(intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """ "by A and B", two members: their dimension is what is cut by."""
    for span in spans:
        if (
            isinstance(span.value, Cue)
            and span.value.kind == "group"
            and (intent.tokens[span.last].norm in _BEFORE_PARTS or intent.tokens[span.last - 1].norm == "each")
            and not names_who_did(intent, span)
        ):
            listed = _members_behind(intent, span, mentions)
            if len(listed) > 1 and not any(m.role == "group" for m in mentions):
                group = _what_they_share(listed)
                return (*mentions, group) if group else mentions
    return mentions


def _what_they_share(members: list[Mention]) -> Mention | None:
    """The dimensions that have all of these, as what is cut by."""
    shared = set.intersection(*(m.asset_ids for m in members))
    targets = tuple(Target(kind="dimension", asset_id=i) for i in sorted(shared))
    return members[0].model_copy(update={"role": "group", "targets": targets}) if targets else None


def names_who_did(intent: Intent, cue: Span) -> bool:
    """ "sold by A and B": whose they are, and nothing to cut by."""
    if intent.tokens[cue.last].norm != "by":
        return False
    return cue.first == cue.last and cue.first > 0 and is_participle(intent.tokens[cue.first - 1].norm)


def _members_behind(intent: Intent, cue: Span, mentions: tuple[Mention, ...]) -> list[Mention]:
    listed: list[Mention] = []
    end = cue.last
    for mention in mentions:
        between = intent.tokens[end + 1 : mention.first]
        if mention.first > end and mention.role == "member" and all(t.norm in ("and", "or", "the") for t in between):
            listed.append(mention)
            end = mention.last
    return listed
