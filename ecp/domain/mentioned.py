"""All that a question measures, cuts and compares: what it names, and what follows from how it names that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.against import (
    ACTUAL,
    against_own_target,
    is_target_called,
    times_of_both,
    with_targets_for,
    words_beside,
)
from ecp.domain.beside import told_beside
from ecp.domain.catalogue import Catalogue
from ecp.domain.changes import words_of_growth
from ecp.domain.cover import Span, cues_of, is_cut, is_time
from ecp.domain.done import told_by_its_deed
from ecp.domain.inside import cut_in_a_member, each_in_a_role, kinds_counted, kinds_done, own_name, people_counted
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.joined import SET_BESIDE, joined_to_times
from ecp.domain.language import COMPARATIVES, TARGETS
from ecp.domain.matching import Target
from ecp.domain.meant import with_what_is_meant
from ecp.domain.mentions import MEASURED, Mention, Role
from ecp.domain.pairing import each_by_itself, paired, side_by_side, told_apart
from ecp.domain.qualified import qualified
from ecp.domain.quotients import with_quotients, without_own_denominators
from ecp.domain.shared_heads import (
    told_by_a_shared_head,
    told_by_its_count,
    told_by_its_measure,
    told_without_its_rate,
)
from ecp.domain.shares import behind_shares
from ecp.domain.spending import told_by_what_they_spend
from ecp.domain.standing import held_by
from ecp.domain.unnamed import (
    asked_for_which,
    asked_for_whom,
    by_popularity,
    told_by_how_many,
    told_by_its_head,
    told_by_money,
)
from ecp.domain.whichever import by_whatever
from ecp.domain.worth import held_to_targets, with_worth

_AND_ITS = (("and", "its"), ("and", "it"), ("and", "the"), ("and", "our"))


def with_counted(
    intent: Intent, named: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[Mention, ...]:
    """What is counted without being named, by what it is a kind of. Words that this explains leave `left`."""
    done = tuple(kinds_done(intent, named, catalogue))
    left -= {m.last for m in done}
    named = (*named, *done)
    named = (*named, *kinds_counted(intent, named, catalogue))
    people = tuple(people_counted(intent, named, catalogue))
    left -= {m.last for m in people}
    named = (*named, *people)
    return (*named, *cut_in_a_member(intent, named, catalogue), *each_in_a_role(intent, named, catalogue))


def all_mentioned(
    intent: Intent,
    spans: tuple[Span, ...],
    named: tuple[Mention, ...],
    left: set[int],
    catalogue: Catalogue,
    before: tuple[Mention, ...],
) -> tuple[tuple[Span, ...], tuple[Mention, ...]]:
    """What is named, and what follows from how: targets, pairs, quotients, what is meant without a name, unless it was
    measured `before`. `left` is kept up to date."""
    mentions = (*named, *_nameless_targets(intent, spans, left, named, catalogue))
    mentions = held_to_targets(intent, mentions, catalogue)
    mentions = with_targets_for(intent, mentions, left, catalogue)
    mentions = each_by_itself(intent, paired(intent, spans, mentions), left)
    mentions = told_apart(intent, mentions, catalogue)
    mentions = against_own_target(intent, spans, mentions, left, catalogue)
    if any(m.role == "target" for m in mentions):
        again = times_of_both(intent, spans)
        spans = tuple(s for s in spans if s.value not in again)
    mentions = with_quotients(intent, mentions, left, catalogue)
    mentions = own_name(intent, mentions, catalogue)
    mentions = (*mentions, *asked_for_which(intent, mentions, catalogue))
    whom = tuple(asked_for_whom(intent, mentions, catalogue))
    left -= {at for m in whom for at in range(m.first, m.last + 1)}
    mentions = (*mentions, *whom)
    mentions, told = told_by_what_they_spend(intent, spans, mentions, left, catalogue)
    left -= told
    mentions = by_popularity(intent, spans, mentions, catalogue)
    mentions = (*mentions, *told_by_how_many(intent, spans, mentions, catalogue))
    mentions, told = with_worth(intent, spans, mentions, left, catalogue)
    left -= told
    mentions = (*told_beside(intent, spans, mentions, catalogue), *mentions)
    unnamed = tuple(told_by_money(intent, spans, mentions, left, catalogue))
    unnamed = unnamed or tuple(told_by_its_head(intent, mentions, left, catalogue))
    unnamed = unnamed or tuple(told_by_its_deed(intent, spans, mentions, catalogue))
    unnamed = unnamed or tuple(told_by_its_count(intent, mentions, left, catalogue, before))
    unnamed = unnamed or tuple(told_by_its_measure(intent, mentions, left, catalogue))
    unnamed = unnamed or tuple(told_by_a_shared_head(intent, mentions, left, catalogue))
    unnamed = unnamed or tuple(told_without_its_rate(intent, mentions, left, catalogue))
    left -= {m.first for m in unnamed}
    mentions = (*mentions, *unnamed)
    mentions, told = with_what_is_meant(intent, spans, mentions, left, catalogue)
    left -= told
    mentions, beside = qualified(intent, spans, mentions, catalogue)
    mentions = without_own_denominators(intent, mentions, catalogue)
    left |= beside
    mentions, beside = _each_grown(intent, spans, mentions, left)
    left -= beside
    return spans, by_whatever(intent, spans, mentions, left, catalogue, before)


def _each_grown(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int]
) -> tuple[tuple[Mention, ...], set[int]]:
    """Members whose growth is compared stand side by side; with the positions of the words that this explains."""
    times = [s.value for s in spans if isinstance(s.value, TimeSpan)]
    compared = any(m.role == "compared" for m in mentions)
    if not compared or not words_of_growth(intent, left) or [t.found.type for t in times] != ["time"]:
        return mentions, set()
    grown = side_by_side(mentions)
    return (mentions, set()) if grown is None else (grown, {a for a in left if intent.tokens[a].norm in COMPARATIVES})


def each_measure_grown(
    intent: Intent, mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[Mention, ...]:
    """ "Compare the growth of A and B", where B is no target: each is told against its own past, side by side."""
    beside = [m for m in mentions if m.role == "target"]
    meant = catalogue.metrics_meant(i for m in beside for i in m.asset_ids)
    if not meant or any(m.target_of for m in meant) or not words_of_growth(intent, left):
        return mentions
    return tuple(m.model_copy(update={"role": "metric"}) if m in beside else m for m in mentions)


def _nameless_targets(
    intent: Intent, spans: tuple[Span, ...], left: set[int], mentions: Iterable[Mention], catalogue: Catalogue
) -> Iterator[Mention]:
    """ "against target": whichever target the metric has."""
    behind, before = set(_behind_comparing(intent, spans)), set(_before_actual(intent, spans))
    whole = set(behind_shares(intent))
    groups = [(s.first, s.last) for s in spans if is_cut(s)]
    measured = {i for m in mentions if m.role in MEASURED for i in m.asset_ids}
    for at in sorted(left):
        held = set[int]() if at in behind | before else held_by(intent, at, groups)
        norm = intent.tokens[at].norm
        known = [m for m in catalogue.metrics.targets if is_target_called(m, norm, catalogue)]
        beside = words_beside(intent, spans, at, at) if measured and not held else set[int]()
        held = held | beside
        if at in before | whole or beside:
            known = [m for m in known if measured & set(m.target_of)]
        against = ((at in behind or held) and (known or norm in TARGETS)) or (at in before and known)
        if against or (at in whole and known):  # "A as % of plan": what it is a part of
            left -= {at, *(held if against else ())}
            role: Role = "target" if against else "metric"
            targets = tuple(Target(kind="metric", asset_id=m.id) for m in known)
            yield Mention(text=intent.tokens[at].text, first=at, last=at, role=role, targets=targets)


def _behind_comparing(intent: Intent, spans: tuple[Span, ...]) -> Iterator[int]:
    ends = [c.last for c in cues_of(spans, "compare")] + [t.last for t in times_of_both(intent, spans)]
    ends += joined_to_times(intent, spans)
    if cues_of(spans, "contrast"):  # "the gap between A and its target", "compare A to its target"
        yield from (at for at in range(2, len(intent.tokens)) if intent.pair_before(at) in _AND_ITS)
        ends += [at for at, t in enumerate(intent.tokens) if t.norm in SET_BESIDE and at > 2]
    dated = {at for s in spans if is_time(s, "time") for at in range(s.first, s.last + 1)}  # "vs the 2025 target"
    for end in ends:
        yield from [i for i in range(end + 1, len(intent.tokens)) if i not in intent.plain | dated][:1]


def _before_actual(intent: Intent, spans: tuple[Span, ...]) -> Iterator[int]:
    """ "plan vs actual": the target goes before what it is set for."""
    for cue in cues_of(spans, "compare"):
        behind = intent.tokens[cue.last + 1 : cue.last + 3]
        if cue.first and any(t.norm in ACTUAL for t in behind):
            yield cue.first - 1
