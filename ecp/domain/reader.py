"""Reads a question: gives every part of it its place."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from ecp.domain.accounting import unaccounted
from ecp.domain.answer import Kind
from ecp.domain.asked_about import asked_of_things, asked_of_what_is_known, asks_of_data
from ecp.domain.asked_change import changing_over_time, words_of_change_said
from ecp.domain.asked_order import (
    asks_for_one,
    asks_when,
    behind_it,
    is_extreme_of_a_level,
    judges_them,
    of_each,
    ranking_asked,
    with_its_number,
    without_number_of_a_name,
)
from ecp.domain.averages import Average, find_average
from ecp.domain.catalogue import Catalogue
from ecp.domain.changes import (
    Change,
    against_its_target,
    against_the_shown_target,
    apart_from_the_target,
    asks_by_change,
    bound_on_change,
    further_conditions,
    is_asked_for,
    is_ranked,
    missed_by,
    turned_round,
    words_in_percent,
    words_of_adding,
    words_of_change,
    words_of_contributing,
)
from ecp.domain.combined import find_combined
from ecp.domain.cover import Span, cues_of, is_time
from ecp.domain.explaining import asked_of_data
from ecp.domain.first_by import left_open
from ecp.domain.grown_since import since_then
from ecp.domain.hearing import Heard, hear
from ecp.domain.inside import groups_counted, in_a_cut
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import (
    ADDING,
    ARTICLES,
    AVERAGES,
    COMBINATIONS,
    CUTTING,
    HOW_MUCH,
    MONEY,
    OVERALL,
    OWNING,
    PARTICLES,
    SUMS,
    TOGETHER,
    Cue,
)
from ecp.domain.listing import NOTHING, asks_for_cuts, asks_for_metrics, asks_for_targets, find_listed
from ecp.domain.matching import Match
from ecp.domain.mentioned import all_mentioned, each_measure_grown, with_counted
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.numbers import NumberFilter
from ecp.domain.pairing import each_part, side_by_side
from ecp.domain.placed import find_placed
from ecp.domain.quotients import find_quotient, is_rate_unkept, with_defined_share, with_kept_rate, with_own_rate
from ecp.domain.reading import Reading
from ecp.domain.restated import restated, told_in_percent
from ecp.domain.roles import Walk
from ecp.domain.running import find_running
from ecp.domain.scales import find_scale
from ecp.domain.shares import Share, find_share, with_whole
from ecp.domain.subtracting import asks_how_they_differ, find_difference
from ecp.domain.things import of_what_else
from ecp.domain.units import unit_of
from ecp.domain.unnamed import cut_of_any_kind, is_drawn, is_drawn_as_a_course, words_about_a_breakdown
from ecp.domain.wholes import groups_of_the_whole
from ecp.domain.within import Within, ranked_within

_NUMBERS_OF = SUMS | AVERAGES | {"number", "count"}
_AT_ONCE = SUMS | AVERAGES | TOGETHER | OVERALL
_BEFORE_A_MEMBER = frozenset({"in", "for", "from", "at", "within", "on", "of", "and", "or"})
_WHAT_IS_ONE = re.compile(r"\s*what(?:['’]?s|\s+is)\s+an?\b", re.I)
_WHO_IS = re.compile(r"\s*who(?:['’]?s|\s+(?:is|are))\b", re.I)
_WHAT_ONE_IS = re.compile(r"\s*what(?:['’]?s|\s+is)\s+", re.I)
_WHAT_IS = re.compile(r"\s*what(?:['’]?s|\s+(?:is|are))\b", re.I)


def read(intent: Intent, matches: tuple[Match, ...], catalogue: Catalogue, after: Reading | None = None) -> Reading:
    """Gives every span its role. Never raises. `after` is the reading of the question that this one goes on from:
    what was measured there is what words about a measure may refer to."""
    before = after.of(*MEASURED) if after else ()
    if told := asked_of_things(intent, matches, catalogue, alone=not before):
        return told
    heard = hear(intent, matches, catalogue)
    walk = Walk(heard.intent, heard.spans, catalogue, set(heard.left), before=before)
    walk.run()
    if told := asked_of_what_is_known(heard, walk, catalogue, before):
        return told
    return _Numbers(heard, walk, catalogue, before, alone=after is None).read()


class _Numbers:
    """A question that asks for numbers, or what they are: step by step, each of which takes the words that it explains
    out of `left`."""

    def __init__(
        self, heard: Heard, walk: Walk, catalogue: Catalogue, before: tuple[Mention, ...], *, alone: bool
    ) -> None:
        self.heard, self.catalogue, self.before, self.alone = heard, catalogue, before, alone
        self.intent, self.spans, self.left = heard.intent, heard.spans, walk.left
        self.named = tuple(walk.mentions)

    def read(self) -> Reading:
        self._name()
        self._change()
        self._restate()
        self._take_parts()
        self._order()
        return self._told(self._unaccounted())

    def _name(self) -> None:
        """What is measured, cut and compared."""
        intent, named = self.intent, self.named
        none = bool(self.before or self.heard.paths)
        self.listed = NOTHING if none else find_listed(intent, self.spans, named, self.left, self.catalogue)
        self.about_a_cut = bool(self.listed.subjects) or _asks_what_a_cut_is(intent, self.spans, list(named))
        if not self.about_a_cut:
            named = (*named, *in_a_cut(intent, list(named), self.catalogue))
        self.named = with_counted(intent, named, self.left, self.catalogue)
        self.spans, mentions = all_mentioned(intent, self.spans, self.named, self.left, self.catalogue, self.before)
        self.left |= set(of_what_else(intent, self.heard.said, mentions, self.catalogue))
        self.share, self.spans, mentions = find_difference(intent, self.spans, mentions, self.left, self.catalogue)
        self.differ = asks_how_they_differ(intent, self.share, mentions, self.catalogue)
        self.share = None if self.differ else self.share
        self.placed, mentions = find_placed(intent, self.spans, mentions, self.catalogue)
        self.mentions = each_measure_grown(intent, mentions, self.left, self.catalogue)
        self.compared = any(m.role in ("target", "compared") for m in self.mentions)

    def _change(self) -> None:
        """How it changed, which of them changed how, and what decides an order by change."""
        intent, turned = self.intent, self.heard.turned
        self.spans = since_then(intent, self.spans, self.mentions, self.left, self.catalogue)
        money = _are_money(self.mentions, self.catalogue)
        self.counted_in = set[int]() if money else words_of_adding(intent, self.left)
        self.left -= self.counted_in
        self.changing = words_of_change_said(intent, self.spans, self.mentions, self.left)
        self.numbers = tuple(s.value for s in self.spans if isinstance(s.value, NumberFilter))
        self.units = tuple(_units_asked_for(intent, self.spans))
        changed = bound_on_change(intent, words_of_change(intent, self.left), self._grouped(), self.numbers)
        ranking = ranking_asked(intent, self.spans)
        self.ranked = without_number_of_a_name(intent, ranking, self.mentions, self.catalogue)
        by_change = asks_by_change(intent, self.ranked, self.changing, self._grouped())
        self.changed = changed = turned_round(None if by_change else changed, intent, turned)
        if turned and (changed is None or len(turned) > 1):
            self.left |= {at for cue in turned.values() for at in range(cue.first, cue.last + 1)}
        if changed and changed.number and intent.tokens[changed.number.first - 1].norm == "by":
            self.left.discard(changed.number.first - 1)
        self.further = further_conditions(intent, self.changing, changed)
        apart = apart_from_the_target(intent, self.changing, self.mentions)
        both = bool(apart) and changed is None and ranking is None
        self.further |= set() if both else apart
        self.spans, self.times, self.develops = changing_over_time(
            intent, self.spans, self.mentions, self.left, compared=self.compared and not both
        )

    def _restate(self) -> None:
        """Words that say again what is measured, and in what it is told."""
        told = set(told_in_percent(self.intent, self.mentions, self.catalogue))
        related = tuple(at for at in self.intent.related if at not in told)
        self.intent = self.intent.model_copy(update={"related": related})
        self.left -= set(restated(self.intent, self.mentions, self.catalogue))
        self.scale = find_scale(self.intent, self.mentions, self.left, self.catalogue)
        self.left -= set(self.scale.words if self.scale else ())
        if self.compared or self.changing or self._compares_times():
            self.left -= words_in_percent(self.intent, self.left)
        if self.changing:
            self.left -= words_of_contributing(self.intent, self.ranked)

    def _take_parts(self) -> None:
        """A share, a quotient, an average or a running total of it."""
        intent, self.signs = self.intent, set[int]()
        if self.share is None:
            self.share, self.signs, self.mentions = _part_asked_for(
                intent, self.spans, self.mentions, self.left, self.catalogue
            )
        self.average = find_average(intent, self.spans, self.mentions, self.left, self.catalogue)
        if average := self.average:
            self.left -= set(average.words)
            self.spans = _without_unit(self.spans, average)
            self.times = tuple(t for t in self.times if t.first not in average.words)
        alone = not (self.ranked or self.share or self.average)
        self.running = find_running(intent, self.left) if alone else None
        self.left -= set(self.running.words if self.running else ())
        self.divided = bool(self.share and self.share.of)
        if not (not alone or self.changing or cues_of(self.spans, "definition", "lineage", "catalogue")):
            open_cut = cut_of_any_kind(intent, self.spans, self.mentions, self.catalogue)
            self.left -= words_about_a_breakdown(intent, open_cut)
            self.mentions = (*self.mentions, *open_cut)

    def _order(self) -> None:
        """The kind of answer, and the order that is asked for."""
        intent = self.intent
        kind = _kind(intent, self.spans, self.mentions, ranked=self.ranked is not None, of_another=self.divided)
        kind = "definition" if self.alone and _asks_what_one_is(intent, self.mentions) else kind
        self.develops = self.develops or (self.running is not None and self.running.course)
        kind = "trend" if self.develops and kind in ("metric", "breakdown") else kind
        self.ranking, counted = with_its_number(intent, self.ranked, _cut_by(self.spans, self.mentions), self.left)
        self.left -= counted
        ranked_so = ranked_within(intent, self.spans, self.mentions, develops=self.develops) if self.ranking else None
        self.inside = ranked_so or Within()
        self.extreme = is_extreme_of_a_level(intent, self.spans, self.mentions, self.catalogue)
        self.left -= self.listed.words
        of_metrics = asks_for_metrics(intent, self.spans, self.named, self.left)
        if asks_for_targets(intent, self.spans, self.named, self.catalogue) or of_metrics:
            kind = "catalogue"
        self.kind: Kind = self.listed.kind or ("definition" if self.about_a_cut or self.differ else kind)

    def _unaccounted(self) -> set[int]:
        """The positions of the words that nothing explains, or that would change the answer if they were heard."""
        left = unaccounted(
            self.intent,
            self.spans,
            self.mentions,
            self.kind,
            self.left | self.counted_in,
            self.catalogue,
            self.before,
            divided=self.divided,
            changed=self.changed,
            alone=self.alone,
        )
        added = frozenset(self.share.words) if self.share and self.share.plus else frozenset[int]()
        left = (left - self.signs - added - self.placed.words) | self.further | self.placed.refused
        bounded = bool(self.numbers or self.changed or (self.average and self.average.operator))
        left -= set(self.average.words) if self.average and self.average.operator else set()
        self.groups_counted = groups_counted(self.intent, self._grouped(), bounded=bounded)
        if counted := self.groups_counted:
            left -= set(range(counted.first - 2, counted.last + 1))
        return left

    def _told(self, left: set[int]) -> Reading:
        intent, spans, mentions, changed = self.intent, self.spans, self.mentions, self.changed
        share, tops = self.share, cues_of(spans, "top", "bottom")
        return Reading(
            kind=self.kind,
            listed=self.listed.subjects,
            mentions=mentions,
            times=self.times,
            numbers=tuple(n for n in self.numbers if changed is None or n != changed.number),
            ranking=self.ranking,
            placed=self.placed.text,
            ranked_at=behind_it(intent, self.ranking) if self.ranking else None,
            left=(*_texts(intent, left), *left_open(intent, spans, mentions, divided=self.divided)),
            wanted=dict(_wanted(intent, left, spans, mentions)),
            compares=_compares(intent, spans),
            singular=self.inside.singular or self.extreme or asks_for_one(intent, spans, mentions),
            each=None if self.inside.groups else of_each(intent, spans, mentions),
            within=self.inside.groups,
            leading=self.inside.leading,
            together=any(t.norm in COMBINATIONS for t in intent.tokens),
            when=asks_when(intent, spans),
            extreme=self.extreme,
            course=self._is_a_course() or self.extreme,
            by_change=self._by_change(),
            at_once=_asks_at_once(intent, mentions),
            judges=self.ranking is not None and judges_them(intent, self.ranking, mentions),
            asks_what_it_is=_asks_what_it_is(intent, spans),
            paths=self.heard.paths,
            share=share and share.model_copy(update={"within": groups_of_the_whole(intent, share, mentions)}),
            average=self.average,
            running=self.running,
            combined=find_combined(intent, tops, mentions),
            changed=changed,
            counted=self.groups_counted,
            scale=self.scale.text if self.scale else None,
            adds=any(t.norm in ADDING for t in intent.tokens),
            of_an_owner=any(t.norm in OWNING for t in intent.tokens),
            of_data=self.kind == "definition" and asks_of_data(intent, spans),
            of_cuts=self.kind == "definition" and not self.about_a_cut and asks_for_cuts(intent, spans),
        )

    def _grouped(self) -> tuple[Mention, ...]:
        """All that is named, and the units of time that are asked for as groups are."""
        return (*self.mentions, *self.units)

    def _compares_times(self) -> bool:
        return any(t.found.type == "comparison" for t in self.times)

    def _is_a_course(self) -> bool:
        """Whether a comparison or a ranking is told over time."""
        develops = self.develops and (self.kind == "ranking" or self.divided)
        drawn = bool(cues_of(self.spans, "trend")) or _is_drawn_over(self.intent, self.times)
        return self.kind in ("comparison", "ranking") and (drawn or develops)

    def _by_change(self) -> Change | None:
        """By which change the order goes, where it does."""
        intent, mentions = self.intent, self.mentions
        short_of = any(m.role == "target" for m in mentions)
        return (
            asks_by_change(intent, self.ranking, self.changing, self._grouped(), short_of=short_of)
            or missed_by(intent, self.ranking, self.changed, mentions)
            or against_its_target(intent, self.ranking, mentions)
            or (
                None
                if self._compares_times()
                else against_the_shown_target(intent, self.ranking, mentions, self.before)
            )
        )


def _asks_what_it_is(intent: Intent, spans: tuple[Span, ...]) -> bool:
    """ "what is A", and not by what it is cut."""
    cut = any(t.norm in CUTTING - PARTICLES for t in intent.tokens) or cues_of(spans, "group")
    return bool(_WHAT_IS.match(intent.text)) and not cut


def _asks_what_one_is(intent: Intent, mentions: tuple[Mention, ...]) -> bool:
    """ "what is A", of one metric and nothing else. "What is the A", "what's our A", "what is total A" ask how much."""
    if len(mentions) != 1 or mentions[0].role != "metric" or mentions[0].last != len(intent.tokens) - 1:
        return False
    said = intent.text[: intent.tokens[mentions[0].first].start]
    named = {t.norm for t in intent.tokens[mentions[0].first :]}
    return bool(_WHAT_ONE_IS.fullmatch(said)) and not named & _NUMBERS_OF


def _part_asked_for(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[Share | None, set[int], tuple[Mention, ...]]:
    """The share that is asked for, the positions of its signs, and the mentions with its whole. `left` is kept up to
    date."""
    mentions = with_kept_rate(intent, mentions, left, catalogue)
    mentions = with_whole(intent, mentions, left, catalogue)
    share = find_share(intent, mentions, left)
    if share and any(m.role == "compared" for m in mentions):
        mentions = side_by_side(mentions) or mentions
        share = find_share(intent, mentions, left)
    explained, signs = (set(share.words), set(share.signs)) if share else (set[int](), set[int]())
    left -= explained
    if share is None:
        share, mentions = find_quotient(intent, spans, mentions, left, catalogue)
    mentions = each_part(intent, share, mentions)
    share, mentions = with_defined_share(share, mentions, catalogue)
    share, mentions = with_own_rate(intent, share, mentions, catalogue)
    if is_rate_unkept(intent, share, mentions, catalogue):
        left |= explained
        share, signs = None, set()
    return share, signs, mentions


def _are_money(mentions: Iterable[Mention], catalogue: Catalogue) -> bool:
    metrics = catalogue.metrics_meant(i for m in mentions if m.role in MEASURED for i in m.asset_ids)
    return bool(metrics) and all(unit_of(m) in MONEY for m in metrics)


def _without_unit(spans: tuple[Span, ...], average: Average) -> tuple[Span, ...]:
    """The unit of an average is no grouping by time."""
    return tuple(s for s in spans if not (isinstance(s.value, TimeSpan) and s.first in average.words))


def _cut_by(spans: Iterable[Span], mentions: Iterable[Mention]) -> list[int]:
    """Where the names of groups and of units of time begin."""
    return [m.first for m in mentions if m.role == "group"] + [s.first for s in spans if is_time(s, "grain")]


def _kind(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], *, ranked: bool, of_another: bool
) -> Kind:
    lineage, definition = cues_of(spans, "lineage"), cues_of(spans, "definition")
    if lineage or (definition and not _is_only_about(intent, definition, spans, mentions)):
        return "lineage" if lineage else "definition"
    if _WHAT_IS_ONE.match(intent.text) and len(spans) == len(mentions) == 1 and mentions[0].role == "metric":
        return "definition"
    if cues_of(spans, "catalogue"):
        return "catalogue"
    if ranked:
        return "ranking"
    times = [s.value.found.type for s in spans if isinstance(s.value, TimeSpan)]
    if of_another or any(m.role in ("target", "compared") for m in mentions) or "comparison" in times:
        return "comparison"
    if cues_of(spans, "trend") or "grain" in times or is_drawn_as_a_course(intent):
        return "trend"
    if any(m.role == "group" for m in mentions):
        return "breakdown"
    return "trend" if is_drawn(intent, spans) else "metric"


def _asks_what_a_cut_is(intent: Intent, spans: tuple[Span, ...], mentions: list[Mention]) -> bool:
    """ "what is a place", where places are what things are cut by; "who is A", of somebody."""
    if len(mentions) == 1 and mentions[0].role == "group" and cues_of(spans, "definition"):
        return True
    if len(spans) != 1 or len(mentions) != 1:
        return False
    role = mentions[0].role
    cut = role == "group" and bool(_WHAT_IS_ONE.match(intent.text))
    return cut or (role == "member" and bool(_WHO_IS.match(intent.text)) and not _is_in_it(intent, mentions[0]))


def _is_in_it(intent: Intent, mention: Mention) -> bool:
    """ "who is in A", "who is behind A": somebody else, and not A; whoever is in charge of it is told with it."""
    said = [t.norm for t in intent.tokens[: mention.first]]
    return bool({"in", "on", "at", "behind", "with", "for", "under"} & set(said)) and "charge" not in said


def _is_only_about(intent: Intent, cues: list[Cue], spans: tuple[Span, ...], mentions: tuple[Mention, ...]) -> bool:
    """ "tell me about A in some year": a number of it, and not what it is."""
    known = asked_of_data()  # "what should I know about A in some year" asks for no number
    about = all(intent.norm(c.last) == "about" and intent.form(c.first, c.last) not in known for c in cues)
    cut = any(m.role in ("member", "group", "excluded", "compared") for m in mentions)
    return about and (cut or any(isinstance(s.value, TimeSpan | NumberFilter) for s in spans))


def _is_drawn_over(intent: Intent, times: tuple[TimeSpan, ...]) -> bool:
    """ "A 2025 vs 2024 as a line chart"; "MoM growth as a line chart" has no period to be drawn over."""
    return is_drawn_as_a_course(intent) and any(t.found.type == "time" for t in times)


def _asks_at_once(intent: Intent, mentions: Iterable[Mention]) -> bool:
    """Whether one number is asked for, and not as part of a name ("Average A")."""
    named = {at for m in mentions if m.role in MEASURED for at in range(m.first, m.last + 1)}
    said = [t.norm for at, t in enumerate(intent.tokens) if at not in named]
    return not _AT_ONCE.isdisjoint(said) or any(pair in HOW_MUCH for pair in itertools.pairwise(said))


def _compares(intent: Intent, spans: tuple[Span, ...]) -> str | None:
    cue = next(iter(cues_of(spans, "compare", "contrast")), None)
    return intent.text[intent.tokens[cue.first].start : intent.tokens[cue.last].end] if cue else None


def _units_asked_for(intent: Intent, spans: tuple[Span, ...]) -> Iterator[Mention]:
    """Units of time as groups, which a word for how they came out may bind."""
    for span in spans:
        unit = span.value
        if not isinstance(unit, TimeSpan) or unit.found.type != "grain":
            continue
        if is_asked_for(intent, unit) or is_ranked(intent, unit):
            yield Mention(text=unit.found.text, first=unit.first, last=unit.last, role="group", targets=())


def _texts(intent: Intent, left: Iterable[int]) -> Iterator[str]:
    """Words in a row that were not understood, as one text."""
    return (_text(intent, run) for run in _runs(left))


def _text(intent: Intent, run: list[int]) -> str:
    return intent.text[intent.tokens[run[0]].start : intent.tokens[run[-1]].end]


def _runs(left: Iterable[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for at in [*sorted(left), -1]:
        if run and at != run[-1] + 1:
            yield run
            run = []
        run.append(at)


def _wanted(
    intent: Intent, left: Iterable[int], spans: tuple[Span, ...], mentions: tuple[Mention, ...]
) -> Iterator[tuple[str, str]]:
    """What kind of thing is asked for in the place of each text."""
    grouped = {c.last for c in cues_of(spans, "group")}
    measured = any(m.role in MEASURED for m in mentions)
    for run in _runs(left):
        before = next((at for at in range(run[0] - 1, -1, -1) if intent.tokens[at].norm not in ARTICLES), None)
        if before in grouped:
            yield _text(intent, run), "cut"
        elif not measured:
            yield _text(intent, run), "metric"
        elif (before is not None and intent.norm(before) in _BEFORE_A_MEMBER) or _names_beside(intent, run, mentions):
            yield _text(intent, run), "member"


def _names_beside(intent: Intent, run: list[int], mentions: Iterable[Mention]) -> bool:
    """ "XYZ weight", "the weight Nowhere": a name, by its capitals, right beside what is measured."""
    names = all(intent.tokens[at].text.isupper() or (at > 0 and intent.tokens[at].text[0].isupper()) for at in run)
    return names and any(m.first == run[-1] + 1 or m.last == run[0] - 1 for m in mentions if m.role in MEASURED)
