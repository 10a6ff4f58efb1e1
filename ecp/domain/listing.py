"""Questions for what there is: "which places do we have", "list all goods", "what is in this area", "all metrics"."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple

from ecp.domain.against import is_target
from ecp.domain.catalogue import Catalogue, parts_of
from ecp.domain.cover import Span, cues_of
from ecp.domain.entries import is_inside
from ecp.domain.intent import Intent
from ecp.domain.language import (
    CONSISTING,
    CUTTING,
    KINDS,
    LISTS,
    ON_OFFER,
    PARTICLES,
    PERSONS,
    PRONOUNS,
    TARGETS,
    VERB_BEHIND,
    Cue,
)
from ecp.domain.mentions import MEASURED, Mention


class Listed(NamedTuple):
    """What is asked about, an asset or a member by its key, and the positions of the words that ask for its parts."""

    subjects: tuple[str, ...]
    words: frozenset[int]

    @property
    def kind(self) -> Literal["catalogue", "definition"] | None:
        """All there are, or what one of them consists of."""
        if not self.subjects:
            return None
        return "definition" if any(":" in s for s in self.subjects) else "catalogue"


NOTHING = Listed((), frozenset())
_PARTS = frozenset({"value", "member", "option", "possible", "all"})
_WHOLE = frozenset({"full", "complete", "possible", "option", "value", "member", "who"})
_LEADING_TO = frozenset({"of", "for", "the", "our", "a", "all", "in"})
METRICS_CALLED = frozenset({"metrics", "kpis", "measures", "indicators"})
_CUTS = frozenset({"cut", "dimension", "grouping", "filter", "filtered"})
# What is said of dimensions: "which of them work with A".
FITTING = frozenset({"apply", "work", "support", "available"})
_THERE = frozenset(
    {
        "is",
        "are",
        "there",
        "have",
        "has",
        "exist",
        "set",
        "defined",
        "any",
        "a",
        "an",
        "the",
        "our",
        "for",
        "of",
        "on",
        "we",
        "you",
        "been",
        "got",
        "what",
        "which",
    }
)


def find_listed(
    intent: Intent, spans: Iterable[Span], mentions: tuple[Mention, ...], left: Collection[int], catalogue: Catalogue
) -> Listed:
    """A dimension or an entity whose members are wanted, or the member that others are in. Nothing where something is
    measured, limited or ordered, or where nothing is known of the members."""
    named = [m for m in mentions if m.role != "department"]
    groups, members = [m for m in named if m.role == "group"], [m for m in named if m.role == "member"]
    if len(groups) != 1 or len(members) > 1 or len(named) != len(groups) + len(members):
        return NOTHING
    words = frozenset(at for at in left if _asks_for_parts(intent, at))
    departments = {at for m in mentions if m.role == "department" for at in range(m.first, m.last + 1)}
    if any(s.what != "name" for s in spans) or not _heads(intent, groups[0]) or set(left) - words - departments:
        return NOTHING
    found = _inside(groups[0], members[0], catalogue) if members else _with_members(groups[0], catalogue)
    return Listed(found, words) if found else NOTHING


def _asks_for_parts(intent: Intent, at: int) -> bool:
    """ "what places make up this area", "name all goods"."""
    norm, before = intent.tokens[at].norm, intent.norm(at - 1)
    parts = norm in ("member", "dimension") and any(t.norm == "dimension" for t in intent.tokens)
    told = norm in CONSISTING or norm in LISTS or norm in ON_OFFER or norm in _WHOLE
    told = told or (norm in KINDS and intent.norm(at + 1) == "of" and intent.norm(at + 2) not in PERSONS)
    return told or parts or (norm == "up" and before in ("make", "made"))


def _heads(intent: Intent, group: Mention) -> bool:
    """Whether several are asked for, of which it is not asked how many they are."""
    word = intent.tokens[group.last]
    before = [t.norm for t in intent.tokens[: group.first]]
    behind = [t.norm for t in intent.tokens[group.last + 1 :]]
    if behind[:1] == ["name"]:  # "all place names"
        word, behind = intent.tokens[group.last + 1], behind[1:]
    values = any(t.text.lower() in ("values", "members", "options") for t in intent.tokens)
    several = values or not word.is_one
    if not several:
        return behind == ["list"]
    listed = bool(set(before) & LISTS) and "how" not in before
    parts = bool(set(before) & _PARTS) and set(before) <= _PARTS | _LEADING_TO
    return listed or (parts and not behind) or before[:2] == ["who", "are"] or _is_on_offer(before, behind)


def _is_on_offer(before: list[str], behind: list[str]) -> bool:
    """ "goods offered", "the goods we sell"."""
    said = set(behind) - PRONOUNS - VERB_BEHIND - {"are", "there", "have"}
    return (
        set(before) <= _LEADING_TO and bool(behind) and bool(set(behind) & (ON_OFFER | {"have"})) and said <= ON_OFFER
    )


def asks_for_metrics(
    intent: Intent, spans: Iterable[Span], mentions: tuple[Mention, ...], left: Collection[int]
) -> bool:
    """ "all metrics of that domain", "metrics by place", where nothing is measured: which ones there are."""
    spans = tuple(spans)
    known = {at for s in spans for at in range(s.first, s.last + 1)}
    said = [at for at, t in enumerate(intent.tokens) if t.text.lower() in METRICS_CALLED and at not in known]
    ends = {0, len(intent.tokens) - 1} | {at for at in said if all(i in intent.plain for i in range(at))}
    measured = any(m.role in MEASURED for m in mentions)
    beside = (bool(mentions) or bool(set(left))) and not {intent.tokens[at].norm for at in left} & TARGETS
    others = any(s.what in ("time", "number") or (s.what == "cue" and not _groups(s)) for s in spans)
    return bool(set(said) & ends) and beside and not (measured or others)


def asks_for_dimensions(intent: Intent, left: Collection[int]) -> bool:
    """ "which dimensions are there", "list all dimensions", where nothing is named: all that numbers are cut by."""
    asked = any(t.text.lower() == "dimensions" for t in intent.tokens)
    said = {t.norm for t in intent.tokens}
    beside = {intent.tokens[at].norm for at in left} - {"dimension"} - ON_OFFER - CONSISTING - LISTS
    return asked and bool(said & (LISTS | {"all"})) and not beside


def asks_for_cuts(intent: Intent, spans: Iterable[Span]) -> bool:
    """ "which dimensions can I use with A", "how can I slice A": by what it can be cut."""
    told = {intent.norm(at) for c in cues_of(spans, "definition") for at in range(c.first, c.last + 1)}
    return bool(told & (CUTTING - PARTICLES | _CUTS))


def _groups(span: Span) -> bool:
    return isinstance(span.value, Cue) and span.value.kind == "group"


def asks_for_targets(
    intent: Intent, spans: Iterable[Span], mentions: tuple[Mention, ...], catalogue: Catalogue
) -> bool:
    """ "is there a target for A", "what targets exist": whether there are any, and not how large they are."""
    said = [t.norm for t in intent.tokens]
    named = {at for m in mentions for at in range(m.first, m.last + 1)}
    rest = [norm for at, norm in enumerate(said) if at not in named]
    asks = said[:2] in (["is", "there"], ["are", "there"]) or bool({"exist", "there", "have"} & set(rest))
    of_another = said[:1] in (["what"], ["which"]) and any(
        m.first == 1 and not is_target(m, catalogue) for m in mentions
    )
    plainly = all(norm in _THERE | VERB_BEHIND | TARGETS for norm in rest) and all(s.what == "name" for s in spans)
    told = bool(set(rest) & TARGETS) or any(is_target(m, catalogue) for m in mentions)
    return asks and plainly and told and not of_another and all(m.role in MEASURED for m in mentions)


def _with_members(group: Mention, catalogue: Catalogue) -> tuple[str, ...]:
    """The dimension of the members, before an entity that is cut by it."""
    known = sorted(i for i in group.asset_ids if parts_of(catalogue.assets.get(i)))
    dimensions = tuple(t.asset_id for t in group.targets if t.kind == "dimension" and t.asset_id in known)
    return dimensions[:1] or tuple(known[:1])


def _inside(group: Mention, member: Mention, catalogue: Catalogue) -> tuple[str, ...]:
    owners = [f"{t.asset_id}:{t.member}" for t in member.targets]
    return tuple(o for o in owners if any(is_inside(i, o, catalogue) for i in sorted(group.asset_ids)))
