"""Bounds that are on something else than on what is measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ecp.domain.accounting.account import Account
from ecp.domain.cover import Span
from ecp.domain.language import AUXILIARIES, EVERY, LISTS, OUTCOMES, QUESTION_WORDS
from ecp.domain.mentions import MEASURED
from ecp.domain.numbers import SIDES_OF_ZERO, NumberFilter
from ecp.domain.unnamed import is_a_number_of_things

_SIDES = OUTCOMES.keys() | frozenset(
    {"up", "down", "growth", "increase", "decrease", "higher", "lower", "fewer", "less", "more"}
)
_BEFORE_TIMES = frozenset({"over", "more", "less", "under"})
_HAVING = frozenset({"with", "having", "had", "worth"})
_WHO = frozenset({"who", "that", "which"})
_OF_PLACES = frozenset({"in", "at", "of", "for", "from", "on"})


@dataclass(frozen=True)
class Bounding(Account):
    """Each answers the positions of bounds, and of times, that an answer would get wrong."""

    def _either(self) -> Iterator[int]:
        """ "over 100 of A or under 10 of B": all bounds hold, and none instead of another."""
        conditions = self._conditions()
        for one, other in pairwise(conditions):
            if self._is_of_another_kind(one, other) and any(
                self._norm(at) == "or" for at in range(one.last + 1, other.first)
            ):
                yield from range(other.first, other.last + 1)

    def _is_of_another_kind(self, one: Span, other: Span) -> bool:
        """Whether "or" between the two is none of the members of one dimension."""
        if isinstance(one.value, NumberFilter) or isinstance(other.value, NumberFilter):
            return True
        here, there = ({i for m in self.mentions if m.first == s.first for i in m.asset_ids} for s in (one, other))
        return not here & there

    def _conditions(self) -> list[Span]:
        """Bounds and members, in order."""
        starts = {m.first for m in self._of("member", "excluded", "compared")}
        found = (s for s in self.spans if isinstance(s.value, NumberFilter) or s.first in starts)
        return sorted(found, key=lambda s: s.first)

    def _numbers_of_groups(self) -> Iterator[int]:
        """ "at more than 2 places": a number of groups, and no bound on what is measured."""
        starts = {m.first for m in self._of("group")}
        for span in self.spans:
            if isinstance(span.value, NumberFilter) and (span.last + 1 in starts or self._is_of_a_kind(span)):
                yield from range(span.first, span.last + 1)

    def _is_of_a_kind(self, bound: Span) -> bool:
        """ "places with more than 100 rooms", where rooms are a kind of something: not what is measured."""
        kind = next((m for m in self._of("member") if m.first == bound.last + 1), None)
        if kind is None:
            return False
        behind = next((m for m in self._of(*MEASURED) if kind.first < m.first <= kind.last + 1), None)
        if behind is not None and behind.first <= kind.last:  # "10 old cases", which are a kind of case
            return False
        return behind is None or bool(set(self.intent.gap(kind.last, behind.first)) & set(":,;"))

    def _bounds_of_one(self) -> Iterator[int]:
        """ "how many cases over 100", "places with more than 5", "cases of more than 100 people", "the first month with
        cost over 5": a bound on each of many, where there is one number. Whether that one is within a bound can be
        asked."""
        if self._of("group") or self._times("grain") or self._norm(0) in AUXILIARIES or self.before:
            return
        measured = self._of(*MEASURED)
        asked = self._norm(0) in QUESTION_WORDS | LISTS or len({m.targets for m in measured}) > 1
        behind = {m.last + 1 for m in measured} | {m.last + 2 for m in measured}
        which = (*(m.last for m in self._of("member")), *(s.last for s in self._times("time")))
        words = range(min(which, default=len(self.intent.tokens)) + 1, len(self.intent.tokens))
        people = any(self._norm(at) in _WHO for m in measured for at in range(m.first, m.last + 1))  # "who did it"
        having = next((at for at in words if self._norm(at) in _HAVING), len(self.intent.tokens))
        for span in self.spans:
            if isinstance(span.value, NumberFilter):
                each = people or having < span.first or self._norm(span.first - 1) in _HAVING
                if each or asked or span.first not in behind:
                    yield from range(span.first, span.last + 1)

    def _bounds_of_a_group(self) -> Iterator[int]:
        """ "cost by kind in places with more than 5": those places, and not what each kind has there."""
        groups = sorted(self._of("group"), key=lambda m: m.first)
        for span in self.spans:
            if not isinstance(span.value, NumberFilter) or len({g.targets for g in groups}) < 2:
                continue
            own = next((g for g in reversed(groups) if g.first < span.first), None)
            leads = range(own.last + 1, span.first) if own and own is not groups[0] else range(0)
            placed = own is not None and self._norm(own.first - 1) in _OF_PLACES
            if placed and any(self._norm(at) in _HAVING | {"where", "that", "whose"} for at in leads):
                yield from range(span.first, span.last + 1)

    def _sides_of_zero(self) -> Iterator[int]:
        """ "negative tests": no side of zero, where they are counted."""
        counted = any(is_a_number_of_things(m) for m in self._metrics)
        for span in self.spans if counted else ():
            if span.first == span.last and isinstance(span.value, NumberFilter) and span.value.value == 0:
                yield from (span.first,) if self._norm(span.first) in SIDES_OF_ZERO else ()

    def _bounds_of_a_gap(self) -> Iterator[int]:
        """ "up more than 100", "more than 100 above it": by how much something differs, and no bound on what is
        measured."""
        of_the_change = self.changed.number if self.changed else None
        for span in self.spans:
            if isinstance(span.value, NumberFilter) and span.value != of_the_change:
                sides = self._is_side(span.last + 1) or self._is_side(self._behind_unit(span))
                if sides or self._norm(span.first - 1) in ("up", "down"):
                    yield from range(span.first, span.last + 1)

    def _is_side(self, at: int) -> bool:
        """ "above", and not what leads in a time: "over the last year", "up to March"."""
        norm = self._norm(at)
        if norm == "up" and self._norm(at + 1) == "to":
            return False
        timed = any(s.first <= at <= s.last or at < s.first <= at + 2 for s in self.spans if s.what == "time")
        return norm in _SIDES and not (timed and norm in _BEFORE_TIMES)

    def _behind_unit(self, bound: Span) -> int:
        """ "more than 20 cases short": the position behind what is counted."""
        at = bound.last + 1
        named = next((m for m in self.mentions if m.first == at), None)
        if named is not None:
            return named.last + 1
        return at + 1 if self._norm(at) in self._units_measured else at

    def _in_each(self) -> Iterator[int]:
        """ "places with more than 5 in every month", "in March and April", "the top 3 in both March and April": those
        that had it in all of them, and not in any, nor in the last."""
        bounded = self.changed is not None or any(s.what == "number" for s in self.spans)
        times = self._times("time")
        both = any(t.norm == "both" for t in self.intent.tokens)
        listed = len(times) > 1 and self._norm(times[1].first - 1) == "and" and times[0].last == times[1].first - 2
        ranked = bool(self._cues("top", "bottom") and self._of("group"))
        first_of_both = ranked and listed and self._norm(times[0].first - 1) == "both"
        if (bounded and (both or (listed and self._of("group")))) or first_of_both:
            yield from (at for s in times[1:] for at in range(s.first, s.last + 1))
        for span in self._times("grain") if bounded and self._of("group") else ():
            if not EVERY.isdisjoint((self._norm(span.first), self._norm(span.first - 1))):
                yield from range(span.first, span.last + 1)
