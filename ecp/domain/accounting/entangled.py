"""What is said of one of two things, where an answer would hold it of both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ecp.domain.accounting.account import Account
from ecp.domain.cover import Span
from ecp.domain.intent import TimeSpan
from ecp.domain.language import ARTICLES, AUXILIARIES, BE, LIST_WORDS, ONLY, POSSESSIVES
from ecp.domain.likes import number_of_those, taken_apart
from ecp.domain.matching import Target, targets_of
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.participles import is_participle
from ecp.domain.time import TimeMention
from ecp.domain.time.expressions import Range

_JOINS = LIST_WORDS - {"as", "along"}
_INSIDE = frozenset({"in", "within", "inside", "of"})
_PLACED = frozenset({"in", "from", "at"})
_LISTING = frozenset(",;&/+|")
_AT_AN_END = re.compile(r"(?:month|quarter|year)[- ]end", re.I)
_AT = frozenset({"at", "by", "on", "of", "until", "before"})
_OF_WHOM = frozenset({"for", "of", "from"})
_ONLY_IN_BRACKETS = re.compile(r"\(([^()]*\b(?:only|just)\b[^()]*)\)", re.I)
_WAYS = frozenset({"from", "to"})


@dataclass(frozen=True)
class Entangled(Account):
    """Each answers the positions of what stands apart."""

    def _entangled_times(self) -> Iterator[int]:
        """ "A in one year and B in another": two periods are compared for the same things only."""
        times = self._times("time")
        if len(times) == 2 and self._differ() and self._between(times[0], times[1]):
            yield from range(times[1].first, times[1].last + 1)

    def _compared_with_all_there_is(self) -> Iterator[int]:
        """ "historically against this year": all that there ever was is no match for one period."""
        times = self._times("time")
        for span in times if self._times("comparison") or len(times) > 1 else ():
            said = span.value.found if isinstance(span.value, TimeSpan) else None
            if isinstance(said, TimeMention) and said.expression == Range():
                yield from range(span.first, span.last + 1)

    def _only_of_these(self) -> Iterator[int]:
        """ "income by place (new readers only)", "income, only for new readers", where new readers are another number:
        the income of these is none that is kept, and their number was not asked for."""
        measured = self._of(*MEASURED)
        inside = [m.span(1) for m in _ONLY_IN_BRACKETS.finditer(self.intent.text)]
        for mention in measured if len({m.targets for m in measured}) > 1 else ():
            start = self.intent.tokens[mention.first].start
            at = self.intent.before(mention.first - 1, ARTICLES | POSSESSIVES)
            led = self._norm(at) in _OF_WHOM and bool(ONLY & {self._norm(at - 1), self._norm(at + 1)})
            if led or any(first <= start < last for first, last in inside):
                yield from range(mention.first, mention.last + 1)

    def _end_of_what_adds_up(self) -> Iterator[int]:
        """ "month-end cases", of cases that add up: those of its last day, or of the days that a month closes with, and
        nobody said which; a level is that of the day."""
        adds_up = bool(self._metrics) and all(m.aggregation == "sum" for m in self._metrics)
        for span in self._times("time") if adds_up else ():
            said = span.value.found.text if isinstance(span.value, TimeSpan) else ""
            if _AT_AN_END.fullmatch(said) and self._norm(span.first - 1) not in _AT:
                yield from range(span.first, span.last + 1)

    def _target_of_another_time(self) -> Iterator[int]:
        """ "A this year vs last year's plan": what is held against each other has one time."""
        times = self._times("comparison") if self._times("time") else []
        for time in times:
            target = next((m for m in self._of("metric") if m.first == time.last + 1), None)
            meant = self.catalogue.metrics_meant(target.asset_ids) if target else []
            if meant and all(m.target_of for m in meant) and any(m.last < time.first for m in self._of("metric")):
                yield from range(time.first, time.last + 1)

    def _of_two_owners(self) -> Iterator[int]:
        """ "by author place and reader place", "authors in A and readers in B": one place is kept, of the one or of the
        other."""
        owners: dict[str, str] = {}
        for mention in sorted(self._of("group", "member", "compared"), key=lambda m: m.first):
            owner = self._owner_of(mention)
            for asset_id in sorted(mention.asset_ids):
                if owner is not None and owners.setdefault(asset_id, self._norm(owner)) != self._norm(owner):
                    yield from range(owner, mention.last + 1)

    def _owner_of(self, mention: Mention) -> int | None:
        """Where the noun stands whose place it is: right before it, or before the "in" of a member."""
        cut = mention.role == "group"
        at = mention.first - 1 if cut else mention.first - 2
        named = self.catalogue.names.get(self._norm(at), ()) if at >= 0 else ()
        owns = any(n.member is None and n.kind in ("dimension", "entity") for n in named)
        placed = cut or self._norm(mention.first - 1) in _PLACED
        return at if owns and placed and not {n.asset_id for n in named} & mention.asset_ids else None

    def _not_both(self) -> Iterator[int]:
        """ "not closed in time", where closed and in time are two things: not both, and not the second alone."""
        for one in self._of("excluded"):
            other = next((m for m in self._of("member") if m.first == one.last + 1), None)
            apart = other is not None and not one.asset_ids & other.asset_ids
            if other and apart and self._norm(one.first - 1) == "not" and is_participle(self._norm(one.last)):
                yield from range(other.first, other.last + 1)

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
            gap = self.intent.gap(one.last, other.first)
            listed = any(self._norm(at) in LIST_WORDS for at in range(one.last + 1, other.first))
            compared = any(one.last < c.first < other.first for c in self._cues("compare", "contrast"))
            if one.same_as(other):
                within, behind = ([m for m in part if m.role == "group"] for part in (within, behind))
            if within and (listed or compared or set(gap) & _LISTING):
                yield from (at for m in behind for at in range(m.first, m.last + 1))
            own = [m for m in within if m.role == "member" and m.last + 1 == other.first]
            apart = any(self._norm(at) in _JOINS for at in range(one.last + 1, own[0].first)) if own else False
            if own and (apart or set(gap) & _LISTING) and not one.same_as(other):
                yield from range(own[0].first, own[0].last + 1)

    def _compared_in_two_ways(self) -> Iterator[int]:
        """ "compare A in X with B in Y": pairs, which stand for themselves."""
        compared = self._of("compared")
        yield from (
            at for m in compared[1:] if not m.asset_ids & compared[0].asset_ids for at in range(m.first, m.last + 1)
        )

    def _each_its_own(self) -> Iterator[int]:
        """ "in A by this and in B by that": two tables."""
        named = sorted(self._of("member", "group"), key=lambda m: m.first)
        for one, cut, other, its in zip(named, named[1:], named[2:], named[3:], strict=False):
            roles = (one.role, cut.role, other.role, its.role)
            alike = one.asset_ids & other.asset_ids and not cut.same_as(its)
            if roles == ("member", "group", "member", "group") and alike:
                yield from range(its.first, its.last + 1)

    def _inside_another(self) -> Iterator[int]:
        """ "A within B", where A is a part of B: the two together are B."""
        for one, other in pairwise(sorted(self._of("member"), key=lambda m: m.first)):
            between = {self._norm(at) for at in range(one.last + 1, other.first)} - {"the"}
            if between and between <= _INSIDE and self._is_part(one, other):
                yield from range(other.first, other.last + 1)

    def _is_part(self, one: Mention, other: Mention) -> bool:
        """Whether one of the two is a part of the other, by the pack."""
        parents = {(t.asset_id, t.member): self._parent(t) for m in (one, other) for t in m.targets}
        return any(p is not None and (asset, p) in parents for (asset, _), p in parents.items())

    def _parent(self, target: Target) -> str | None:
        member = self.catalogue.member(target.asset_id, target.member or "")
        return member.parent if member else None

    def _from_one_to_another(self) -> Iterator[int]:
        """ "from A to B", "from the A of X to the B of Y", "to B from A": the way between two members of one dimension,
        which holds each of them and not pairs."""
        members = sorted(self._of("member"), key=lambda m: m.first)
        ways = [at for at, word in enumerate(self.intent.tokens) if word.norm in _WAYS]
        for one, other in pairwise(ways):
            leads = {self._norm(one), self._norm(other)} == _WAYS and not self._is_another_part(one, other)
            here = [m for m in members if one < m.first and m.last < other] if leads else []
            further = next((at for at in ways if at > other), len(self.intent.tokens))
            for member in (m for m in members if other < m.first < further and self._is_led_by(other, m)):
                if any(m.asset_ids & member.asset_ids for m in here):
                    yield from range(member.first, member.last + 1)

    def _is_another_part(self, first: int, last: int) -> bool:
        """Whether something else is told between two words, and no list of members."""
        starts = {m.first for m in self._of("member")}
        joins = (at for at in range(first + 1, last) if self._norm(at) in _JOINS)
        signs = self.intent.text[self.intent.tokens[first].end : self.intent.tokens[last].start]
        return any(not starts & {at + 1, at + 2} for at in joins) or bool(_LISTING & set(signs))

    def _is_led_by(self, way: int, member: Mention) -> bool:
        """ "to the monthly A": but for names and articles nothing stands between."""
        named = {at for m in self.mentions for at in range(m.first, m.last + 1)}
        return all(at in named or self._norm(at) in ARTICLES | POSSESSIVES for at in range(way + 1, member.first))

    def _from_another(self) -> Iterator[int]:
        """ "A without B in C", A and C of one dimension: what is left out of A is not left out of C."""
        named = sorted(self._of("member", "excluded"), key=lambda m: m.first)
        for one, without, other in zip(named, named[1:], named[2:], strict=False):
            roles = (one.role, without.role, other.role)
            listed = any(self._norm(at) in LIST_WORDS for at in range(without.last + 1, other.first))
            if roles == ("member", "excluded", "member") and one.asset_ids & other.asset_ids and not listed:
                yield from range(other.first, other.last + 1)

    def _between_members(self) -> Iterator[int]:
        """ "A between one place and another": neither a comparison nor what both of them have, but where each of them
        is told."""
        if self._cues("contrast"):
            return
        cued = {at for s in self.spans for at in range(s.first, s.last + 1)}
        cut = {i for m in self._of("group") for i in m.asset_ids}
        members = {m.first for m in self._of("member") if not m.asset_ids & cut}
        measured = {m.last for m in self._of(*MEASURED)}
        for at in range(1, len(self.intent.tokens)):
            behind = at + 1 + (self._norm(at + 1) == "the")
            if self._norm(at) == "between" and at not in cued and at - 1 in measured and behind in members:
                yield at

    def _measured_apart(self) -> Iterator[int]:
        """ "A's income vs B's cost": other members and another metric behind the comparing word."""
        for cue in self._cues("compare"):
            before = [m for m in self._of(*MEASURED) if m.last < cue.first]
            behind = [m for m in self._of(*MEASURED) if m.first > cue.last]
            if before and any(not m.same_as(before[-1]) for m in behind):
                yield from (at for m in behind for at in range(m.first, m.last + 1))

    def _deeds_of_others(self) -> Iterator[int]:
        """ "tickets were cancelled", "tickets are late", where something else is what is so: it says which tickets."""
        measured = [] if self.divided else sorted(self._of(*MEASURED), key=lambda m: m.first)
        for one, other in pairwise(measured):
            between = range(one.last + 1, other.first)
            gap = self.intent.gap(one.last, other.first)
            alone = all(self._norm(at) in AUXILIARIES for at in between) and not set(gap) & _LISTING
            if alone and not one.same_as(other):
                deeds = (other,) if between else (one, other)
                states = (other,) if self._norm(other.first - 1) in BE and other.first == other.last else ()
                yield from (m.first for m in deeds if m.first == m.last and is_participle(self._norm(m.first)))
                yield from (m.first for m in states)

    def _of_another_kind(self) -> Iterator[int]:
        """ "open cases that are closed", where closed cases are another number: none are both."""
        for measured in self._of(*MEASURED):
            form = self.intent.form(measured.first, measured.last)
            for apart in taken_apart(form, self.catalogue):
                for other in self._of("member"):
                    own = {t for t in other.targets if t.asset_id in apart.dimensions}
                    word = self.intent.form(other.first, other.last)
                    if own and own.isdisjoint(apart.members) and number_of_those(word, apart.noun, self.catalogue):
                        yield from range(other.first, other.last + 1)

    def _units_named(self) -> Iterator[int]:
        """ "by day and night shift", where days are shifts too: what it is cut by is not told."""
        members = {m.first: m for m in self._of("member")}
        for span in self._times("grain"):
            other = members.get(span.last + 2)
            named = targets_of(self._norm(span.last), self.catalogue) if other else ()
            if other and self._norm(span.last + 1) == "and" and other.asset_ids & {t.asset_id for t in named}:
                yield from range(span.first, other.last + 1)
