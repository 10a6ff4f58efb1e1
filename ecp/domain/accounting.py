"""What of a question would be dropped: every word, sign and cue has an effect, or it was not understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ecp.domain.answer import Kind
from ecp.domain.assets import Dimension, Metric
from ecp.domain.beyond import beyond_a_ranking, like_for_like
from ecp.domain.catalogue import Catalogue, departments_of
from ecp.domain.changes import words_of_change, words_of_growth
from ecp.domain.cover import Span, cues_of
from ecp.domain.forms import names_of
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import (
    ABOUT_TIMES,
    ADDED_UP,
    AGGREGATES,
    AMOUNTS,
    ASKS_FOR_NO_NUMBER,
    AUXILIARIES,
    BE,
    COMPARATIVES,
    COUNTS,
    CUTTING,
    DURATIONS,
    EXTREMES,
    GROWING,
    LIST_WORDS,
    MONEY_OR_SHARE,
    OF_DURATION,
    OF_TIME,
    ON_OFFER,
    PERSONS,
    POPULATIONS,
    PRESENT,
    SIZES,
    TIME_UNITS,
    UNITS,
    VARYING,
    Cue,
)
from ecp.domain.matching import Target
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.numbers import NumberFilter
from ecp.domain.participles import is_participle
from ecp.domain.roles import ABOUT_A_DEPARTMENT
from ecp.domain.verbs import idle_words
from ecp.domain.words import normal_form

_OF_A_PLACE = frozenset({"in", "from", "at", "on"})
_FROM = frozenset({"from", "to", "by", "of", "among"})
_LISTING = frozenset(",;&/+|")
_PARTICLES = frozenset({"down", "out", "up"})
_EXPLAINS: frozenset[Kind] = frozenset({"definition", "lineage", "catalogue"})
_NO_PART_OF_AN_EXPLANATION = frozenset({"compare", "contrast", "exclude", "top", "bottom", "sort", "sort_up"})
_ARITHMETIC = re.compile(r"\s*[/*×÷+]\s*|\s+[-–−]\s+")


def unaccounted(
    intent: Intent,
    spans: tuple[Span, ...],
    mentions: tuple[Mention, ...],
    kind: Kind,
    left: set[int],
    catalogue: Catalogue,
    before: tuple[Mention, ...] = (),
    *,
    divided: bool = False,
) -> set[int]:
    """The positions of all words that have no effect on the answer and should have one. `before` was measured in the
    question that this one goes on from; `divided`: one thing that is measured is a part of another."""
    return _Account(intent, spans, mentions, kind, catalogue, before, divided).check(left)


@dataclass(frozen=True)
class _Account:
    intent: Intent
    spans: tuple[Span, ...]
    mentions: tuple[Mention, ...]
    kind: Kind
    catalogue: Catalogue
    before: tuple[Mention, ...] = ()
    divided: bool = False

    def check(self, left: set[int]) -> set[int]:
        explained = {*self._words_about_departments(), *self._units(), *self._words_about_times(), *self._aggregates()}
        explained |= {*self._how_long(), *self._how_large(), *self._cutting(), *self._comparatives()}
        explained |= {*self._populations(), *self._people_measured(), *self._volumes(), *self._who()}
        found = set(left) - explained
        found -= set(idle_words(self.intent, self.mentions, found, self._metrics()))
        if self._compares():
            found -= set(words_of_change(self.intent, found)) - self._growth_of_members(found)
        found.update(self._departments(), self._signs(), self._second_rankings(), self._deeds_of_others())
        if self.kind == "catalogue":
            found -= {at for at in found if self._norm(at) in ON_OFFER}
        if self.kind in _EXPLAINS:
            found.update(self._beyond_an_explanation())
        else:
            found.update(
                self._what_will_be(),
                self._asks_for_no_number(),
                self._counted(),
                self._entangled_times(),
                self._crossed(),
                self._measured_elsewhere(),
                self._either(),
                self._numbers_of_groups(),
                self._from_one_to_another(),
                self._from_another(),
                self._between_members(),
                self._extremes(),
            )
            found.update(
                self._durations(),
                self._listed_across(),
                self._alone_in_a_ranking(),
                self._quantities(),
                self._present(),
                self._second_orders(),
                beyond_a_ranking(self.intent, self._cues("top", "bottom")),
                like_for_like(self.intent),
            )
        return found

    def _norm(self, at: int) -> str:
        return self.intent.tokens[at].norm if 0 <= at < len(self.intent.tokens) else ""

    def _of(self, *roles: str) -> list[Mention]:
        return [m for m in self.mentions if m.role in roles]

    def _cues(self, *kinds: str) -> list[Cue]:
        return cues_of(self.spans, *kinds)

    def _times(self, kind: str) -> list[Span]:
        return [s for s in self.spans if isinstance(s.value, TimeSpan) and s.value.found.type == kind]

    def _compares(self) -> bool:
        return bool(self._of("target", "compared") or self._times("comparison") or len(self._times("time")) == 2)

    def _growth_of_members(self, found: set[int]) -> set[int]:
        """ "growth in A vs B": how much A is above B tells nothing of it."""
        apart = self._of("compared") and not (self._of("target") or self._times("comparison"))
        return set(words_of_growth(self.intent, found)) if apart else set()

    # words that are explained by their neighbours

    def _words_about_departments(self) -> Iterator[int]:
        """ "as that team sees it": words that only say that a department is meant."""
        for mention in self._of("department"):
            near = (mention.first - 2, mention.first - 1, mention.last + 1)
            yield from (at for at in near if self._norm(at) in ABOUT_A_DEPARTMENT)

    def _words_about_times(self) -> Iterator[int]:
        """ "the period Q4": words that only say that a time is meant."""
        for span in self._times("time"):
            yield from (at for at in (span.first - 1, span.last + 1) if self._norm(at) in ABOUT_TIMES)

    def _units(self) -> Iterator[int]:
        """ "over 100 cases", "in cases", where what is measured is counted in cases."""
        bounded = {s.last + 1 for s in self.spans if isinstance(s.value, NumberFilter)}
        measured = self._units_measured()
        for at in range(len(self.intent.tokens)):
            norm = self._norm(at)
            if UNITS.get(norm, norm) in measured and (at in bounded or self._norm(at - 1) == "in"):
                yield at

    def _units_measured(self) -> set[str]:
        forms = {normal_form(m.unit) for m in self._metrics() if m.unit}
        return {UNITS.get(f, f) for f in forms} - {""}

    def _aggregates(self) -> Iterator[int]:
        """ "the average rate", where rates are averages already. The sum of two metrics is neither of them."""
        kept = {m.aggregation for m in self._metrics()}
        several = len({m.targets for m in self._of(*MEASURED)}) > 1
        for at in range(len(self.intent.tokens)):
            added = several and self._norm(at) in ADDED_UP
            if kept and kept <= AGGREGATES.get(self._norm(at), frozenset()) and not added:
                yield at

    def _how_long(self) -> Iterator[int]:
        """ "how long does it take", of what is measured in time."""
        if any(_takes_time(m) for m in self._metrics()):
            yield from (at for at in range(1, len(self.intent.tokens)) if self._is_how_long(at))

    def _is_how_long(self, at: int) -> bool:
        return (self._norm(at - 1), self._norm(at)) == ("how", "long")

    def _how_large(self) -> Iterator[int]:
        """ "how large is the stock": the number itself."""
        if self._norm(0) == "how" and self._norm(1) in SIZES and self._norm(2) in ("is", "was") and self._of(*MEASURED):
            yield 1

    def _volumes(self) -> Iterator[int]:
        """ "case volume", where cases are counted."""
        for mention in self._of(*MEASURED):
            at = mention.last + 1
            if self._norm(at) == "volume" and normal_form(mention.text) in self._units_measured():
                yield at

    def _who(self) -> set[int]:
        """ "who are the top three sellers": which ones."""
        which = self._norm(0) == "who" and self._norm(1) in BE and self.kind == "ranking" and self._of("group")
        return {0} if which else set()

    def _cutting(self) -> Iterator[int]:
        """ "break it down by place", "does it vary by place": the cut is said by its place."""
        if self._of("group") and self._cues("group"):
            words = range(len(self.intent.tokens))
            yield from (at for at in words if self._norm(at) in VARYING)
            verbs = [at for at in words if self._norm(at) in CUTTING - _PARTICLES]
            yield from verbs
            yield from (at for at in words if self._norm(at) in _PARTICLES and any(v < at for v in verbs))

    def _comparatives(self) -> Iterator[int]:
        """ "higher in A than in B": which way is what the comparison tells. Of groups it would be a condition."""
        than = [c.first for c in self._cues("compare") if self._norm(c.first) == "than"]
        than += [s.first for s in self._times("comparison") if self._norm(s.first) == "than"]
        either = [m.first for m in self._of("compared") if "or" in (self._norm(m.first - 1), self._norm(m.first - 2))]
        if (than or either) and not self._of("group"):
            yield from (at for at in range((than or either)[0]) if self._is_told_by(self._norm(at)))

    def _is_told_by(self, norm: str) -> bool:
        """ "longer" is said of what takes time, and "faster": of anything else they would be another measure."""
        return norm in COMPARATIVES and (norm not in OF_TIME or any(_takes_time(m) for m in self._metrics()))

    def _populations(self) -> Iterator[int]:
        """ "A customers", where A is a kind of customer, or a kind of something that is not told."""
        for mention in self._of("member", "excluded", "compared"):
            at = mention.last + 1
            if self._norm(at) in POPULATIONS or self._norm(at) in self._words_of_dimensions(mention):
                yield at
            at = mention.first - 1 - (self._norm(mention.first - 1) == "the")
            if mention.role == "member" and self._norm(at) in _OF_A_PLACE and self._is_whose(at - 1):
                yield at - 1

    def _people_measured(self) -> Iterator[int]:
        """ "patient stays", of stays that are called stays of patients elsewhere."""
        metrics = self._metrics()
        for mention in self._of(*MEASURED):
            norm = self._norm(mention.first - 1)
            if norm in PERSONS and metrics and all(norm in names_of(m) for m in metrics):
                yield mention.first - 1

    def _is_whose(self, at: int) -> bool:
        """ "made by people in A", of something measured: people there are, whoever they are."""
        plural = at > 0 and self._norm(at) in POPULATIONS and self.intent.tokens[at].text.lower() != self._norm(at)
        measured = any(m.last < at for m in self._of(*MEASURED))
        return measured and (plural or self._norm(at) == "people") and self._norm(at - 1) in _FROM

    def _words_of_dimensions(self, mention: Mention) -> set[str]:
        dimensions = [d for i in mention.asset_ids if (d := self.catalogue.get(i, Dimension))]
        return {word for d in dimensions for word in names_of(d)}

    def _metrics(self) -> list[Metric]:
        """All that the measured words of the question may mean."""
        measured = self._of(*MEASURED) or self.before
        return self.catalogue.metrics_meant(t.asset_id for m in measured for t in m.targets)

    # what would be dropped

    def _departments(self) -> Iterator[int]:
        """A department without a meaning of its own here, and a second one."""
        seen: set[str] = set()
        measured = self._of(*MEASURED) or self.before
        for mention in self._of("department"):
            unused = not measured and self.kind not in _EXPLAINS
            if unused or not self._has_meaning(mention) or (seen and not mention.asset_ids <= seen):
                yield from range(mention.first, mention.last + 1)
            seen |= mention.asset_ids

    def _has_meaning(self, department: Mention) -> bool:
        names = {normal_form(i) for i in department.asset_ids}
        others = (*(m for m in self.mentions if m is not department), *self.before)
        return any(names & _departments_of(m, self.catalogue) for m in others)

    def _signs(self) -> Iterator[int]:
        """Signs that change what a name means: `!=`, a minus before it, arithmetic between two metrics."""
        bounds = {a for s in self.spans if s.what == "number" for a in range(s.first, s.last + 1)}
        yield from (at for at in self.intent.related if at not in bounds)
        measured = self._of(*MEASURED)
        for one, other in pairwise(measured):
            gap = self.intent.text[self.intent.tokens[one.last].end : self.intent.tokens[other.first].start]
            if _ARITHMETIC.fullmatch(gap):
                yield from range(one.first, other.last + 1)

    def _deeds_of_others(self) -> Iterator[int]:
        """ "tickets were cancelled", where something else is what is cancelled: it says which tickets."""
        measured = [] if self.divided else sorted(self._of(*MEASURED), key=lambda m: m.first)
        for one, other in pairwise(measured):
            between = range(one.last + 1, other.first)
            gap = self.intent.text[self.intent.tokens[one.last].end : self.intent.tokens[other.first].start]
            if all(self._norm(at) in AUXILIARIES for at in between) and not set(gap) & _LISTING:
                deeds = (other,) if between else (one, other)
                yield from (m.first for m in deeds if m.first == m.last and is_participle(self._norm(m.first)))

    def _second_rankings(self) -> Iterator[int]:
        for cue in self._cues("top", "bottom")[1:]:
            yield from range(cue.first, cue.last + 1)
        for cue in self._cues("top", "bottom"):
            end = self.intent.tokens[cue.last].end
            if self.intent.text[end:].lstrip().split(" ")[0][-1:] == "%" and cue.number is None:
                yield from range(cue.first, cue.last + 1)

    def _beyond_an_explanation(self) -> Iterator[int]:
        """A definition has no comparison and no bound; two explanations at once are one too many."""
        for cue in self._cues(*_NO_PART_OF_AN_EXPLANATION):
            yield from range(cue.first, cue.last + 1)
        for span in self.spans:
            if isinstance(span.value, NumberFilter):
                yield from range(span.first, span.last + 1)
        yield from self._second_question()

    def _second_question(self) -> Iterator[int]:
        """Another thing is asked for with a time of its own, or a why."""
        asked = {m.targets for m in self._of(*MEASURED)}
        if len(asked) > 1:
            yield from (at for span in self._times("time") for at in range(span.first, span.last + 1))
        yield from (at for at in range(len(self.intent.tokens)) if self._norm(at) == "why")

    def _what_will_be(self) -> Iterator[int]:
        """ "what will it be": no number tells, but for a target, which is set beforehand."""
        if any(not m.target_of for m in self._metrics()) or self._of("target"):
            words = range(len(self.intent.tokens))
            yield from (at for at in words if self._norm(at) == "will" and self._norm(at + 1) not in ("you", "be able"))

    def _asks_for_no_number(self) -> Iterator[int]:
        if self._norm(0) in ASKS_FOR_NO_NUMBER and 0 not in self._who():
            yield 0
        yield from (at for at in range(len(self.intent.tokens)) if self._norm(at) == "why")

    def _counted(self) -> Iterator[int]:
        """ "how many places", "place count": a count of members, which is not what a breakdown answers."""
        for mention in self._of("group"):
            if (self._norm(mention.first - 2), self._norm(mention.first - 1)) in COUNTS:
                yield from range(mention.first - 2, mention.last + 1)
            if self._norm(mention.last + 1) == "count":
                yield from range(mention.first, mention.last + 2)

    def _quantities(self) -> Iterator[int]:
        """ "how many", of a sum of money; "the value", of what is counted in pieces."""
        kinds = {UNITS.get(u, u) in MONEY_OR_SHARE for u in self._units_measured()}
        for mention in self._of(*MEASURED) if len(kinds) == 1 else ():
            before = (self._norm(mention.first - 2), self._norm(mention.first - 1))
            if kinds == {True} and before in COUNTS:
                yield from range(mention.first - 2, mention.first)
            if kinds == {True} and self._norm(mention.last + 1) == "count":
                yield mention.last + 1
            near = (mention.first - 2 if before[1] == "of" else mention.first - 1, mention.last + 1)
            yield from (at for at in near if kinds == {False} and self._norm(at) in AMOUNTS)

    def _present(self) -> Iterator[int]:
        """ "current": a stock is; anything else is of a period, and none was named."""
        if self._times("time") or all(m.is_stock for m in self._metrics()):
            return
        timed = {at for s in self.spans if s.what == "time" for at in range(s.first, s.last + 1)}
        named = {at for m in self.mentions for at in range(m.first, m.last + 1)}
        words = range(len(self.intent.tokens))
        yield from (at for at in words if self._norm(at) in PRESENT and at not in timed | named)

    def _durations(self) -> Iterator[int]:
        """ "the longest": of something that takes time."""
        lasts = any(_takes_time(m) for m in self._metrics())
        for cue in self._cues("top", "bottom"):
            words = range(cue.first, cue.last + 1)
            grows = any(self._norm(at) in GROWING for at in words)
            if not lasts and not grows and any(self._norm(at) in OF_DURATION for at in words):
                yield from words

    def _alone_in_a_ranking(self) -> Iterator[int]:
        """ "is A the best of the places": among A alone it always is."""
        grouped = {i for m in self._of("group") for i in m.asset_ids} if self._cues("top", "bottom") else set[str]()
        members = [m for m in self._of("member") if m.asset_ids & grouped]
        if len(members) == 1 and all(self._is_single(t) for t in members[0].targets):
            yield from range(members[0].first, members[0].last + 1)

    def _is_single(self, target: Target) -> bool:
        """Whether nothing else is inside the member."""
        dimension = self.catalogue.get(target.asset_id, Dimension)
        member = self.catalogue.member(target.asset_id, target.member or "")
        inside = any(m.parent == target.member for m in dimension.members) if dimension else False
        return member is not None and len(member.values or ("",)) == 1 and not inside

    def _second_orders(self) -> Iterator[int]:
        """ "top 3 by A and B": there is one order only."""
        ordered = self._of("order")
        for mention in ordered[1:]:
            if not mention.same_as(ordered[0]):
                yield from range(mention.first, mention.last + 1)

    def _entangled_times(self) -> Iterator[int]:
        """ "A in one year and B in another": two periods are compared for the same things only."""
        times = self._times("time")
        if len(times) == 2 and self._differ() and self._between(times[0], times[1]):
            yield from range(times[1].first, times[1].last + 1)

    def _differ(self) -> bool:
        """Whether several metrics, or several members of one dimension, are asked for."""
        metrics = {m.targets for m in self._of(*MEASURED)}
        members = {m.targets for m in self._of("member", "compared")}
        return len(metrics) > 1 or len(members) > 1

    def _between(self, one: Span, other: Span) -> bool:
        named = self._of(*MEASURED, "member", "compared")
        return any(one.last < m.first and m.last < other.first for m in named)

    def _listed_across(self) -> Iterator[int]:
        """ "a group of places and one place": filters of two dimensions both hold; a list does not mean that."""
        describing = {at for m in self._of("descriptor") for at in range(m.first, m.last + 1)}
        for one, other in pairwise(self._of("member")):
            between = {self._norm(at) for at in range(one.last + 1, other.first) if at not in describing}
            listed = bool(between & LIST_WORDS) and between <= LIST_WORDS | {"the"}
            apart = not one.asset_ids & other.asset_ids
            if listed and apart:
                yield from range(other.first, other.last + 1)

    def _crossed(self) -> Iterator[int]:
        """Members are compared with each other or periods or targets, not several of them at once."""
        compared = self._of("compared")
        others = [(m.first, m.last) for m in self._of("target")]
        others += [(s.first, s.last) for s in (*self._times("comparison"), *self._times("time")[1:])]
        if compared and others:
            for first, last in others:
                yield from range(first, last + 1)
        if compared:
            yield from self._measured_apart()
            yield from self._torn_apart(compared)

    def _torn_apart(self, compared: list[Mention]) -> Iterator[int]:
        """ "A in X vs B in Y": all that is compared has the same limits, and here each has its own."""
        cue = next(iter(self._cues("compare", "contrast")), None)
        limits = [m for m in self._of("member") if not any(m.asset_ids & c.asset_ids for c in compared)]
        for limit in limits:
            before = [m for m in limits if cue and m.last < cue.first and m.asset_ids & limit.asset_ids]
            if cue and limit.first > cue.last and any(not m.same_as(limit) for m in before):
                yield from range(limit.first, limit.last + 1)

    def _measured_elsewhere(self) -> Iterator[int]:
        """ "A's income and B's cost", "income by A and cost by B": all that is measured is limited and cut alike."""
        measured, cut = sorted(self._of(*MEASURED), key=lambda m: m.first), self._of("member", "group")
        for one, other in pairwise(measured):
            within = [m for m in cut if one.last < m.first and m.last < other.first]
            behind = [m for m in cut if m.first > other.last and not any(m.same_as(w) for w in within)]
            listed = any(self._norm(at) in LIST_WORDS for at in range(one.last + 1, other.first))
            if within and listed and not one.same_as(other):
                yield from (at for m in behind for at in range(m.first, m.last + 1))

    def _either(self) -> Iterator[int]:
        """ "over 100 of A or under 10 of B": all bounds hold, and none instead of another."""
        conditions = self._conditions()
        for one, other in pairwise(conditions):
            if self._is_of_another_kind(one, other) and any(
                self._norm(at) == "or" for at in range(one.last + 1, other.first)
            ):
                yield from range(other.first, other.last + 1)

    def _numbers_of_groups(self) -> Iterator[int]:
        """ "at more than 2 places": a number of groups, and no bound on what is measured."""
        starts = {m.first for m in self._of("group")}
        for span in self.spans:
            if isinstance(span.value, NumberFilter) and span.last + 1 in starts:
                yield from range(span.first, span.last + 1)

    def _is_of_another_kind(self, one: Span, other: Span) -> bool:
        """Whether "or" between the two is none of the members of one dimension."""
        if isinstance(one.value, NumberFilter) or isinstance(other.value, NumberFilter):
            return True
        here, there = ({i for m in self.mentions if m.first == s.first for i in m.asset_ids} for s in (one, other))
        return not here & there

    def _conditions(self) -> list[Span]:
        """Bounds and members, in order."""
        starts = {m.first for m in self._of("member", "excluded")}
        found = (s for s in self.spans if isinstance(s.value, NumberFilter) or s.first in starts)
        return sorted(found, key=lambda s: s.first)

    def _from_one_to_another(self) -> Iterator[int]:
        """ "from A to B": the way between two members of one dimension, which holds each of them and not pairs."""
        members = sorted(self._of("member"), key=lambda m: m.first)
        for one, other in pairwise(members):
            ways = {self._norm(one.first - 1), self._norm(other.first - 1)}
            if ways == {"from", "to"} and other.first == one.last + 2 and one.asset_ids & other.asset_ids:
                yield from range(other.first, other.last + 1)

    def _from_another(self) -> Iterator[int]:
        """ "A without B in C", A and C of one dimension: what is left out of A is not left out of C."""
        named = sorted(self._of("member", "excluded"), key=lambda m: m.first)
        for one, without, other in zip(named, named[1:], named[2:], strict=False):
            roles = (one.role, without.role, other.role)
            listed = any(self._norm(at) in LIST_WORDS for at in range(without.last + 1, other.first))
            if roles == ("member", "excluded", "member") and one.asset_ids & other.asset_ids and not listed:
                yield from range(other.first, other.last + 1)

    def _between_members(self) -> Iterator[int]:
        """ "A between one place and another": neither a comparison nor what both of them have."""
        if self._cues("contrast"):
            return
        cued = {at for s in self.spans for at in range(s.first, s.last + 1)}
        members, measured = {m.first for m in self._of("member")}, {m.last for m in self._of(*MEASURED)}
        for at in range(1, len(self.intent.tokens)):
            behind = at + 1 + (self._norm(at + 1) == "the")
            if self._norm(at) == "between" and at not in cued and at - 1 in measured and behind in members:
                yield at

    def _extremes(self) -> Iterator[int]:
        """ "the minimum of A by place": the least of each place, and not the place with the least."""
        for cue in self._cues("top", "bottom"):
            behind = [c for c in self._cues("group") if c.first > cue.last]
            if self._norm(cue.first) in EXTREMES and behind:
                yield from range(cue.first, cue.last + 1)

    def _measured_apart(self) -> Iterator[int]:
        """ "A's income vs B's cost": other members and another metric behind the comparing word."""
        for cue in self._cues("compare"):
            before = [m for m in self._of(*MEASURED) if m.last < cue.first]
            behind = [m for m in self._of(*MEASURED) if m.first > cue.last]
            if before and any(not m.same_as(before[-1]) for m in behind):
                yield from (at for m in behind for at in range(m.first, m.last + 1))


def _takes_time(metric: Metric) -> bool:
    return normal_form(metric.unit or "") in TIME_UNITS or bool(names_of(metric) & DURATIONS)


def _departments_of(mention: Mention, catalogue: Catalogue) -> set[str]:
    found: set[str] = set()
    for target in mention.targets:
        asset = catalogue.assets.get(target.asset_id)
        found |= {normal_form(d) for d in departments_of(asset)} if asset else set()
    return found
