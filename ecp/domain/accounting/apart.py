"""What is set side by side though it is not of one kind, or each by itself though one number is told of all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ecp.domain.accounting.account import Account
from ecp.domain.against import ACTUAL, is_target
from ecp.domain.inside import is_one_of_a_role
from ecp.domain.language import ARTICLES, DIFFERENCES, EVERY, LIST_WORDS, SIDE_BY_SIDE
from ecp.domain.mentions import MEASURED, Mention

_SET_BESIDE = frozenset({"vs", "versus", "v", "against", "with", "to"})
_WITH = frozenset({"and", "plus", "with", "including"})
_OVERALL = frozenset({"total", "overall"})


@dataclass(frozen=True)
class Apart(Account):
    """Each answers the positions of what an answer would get wrong."""

    def _one_of_the_groups(self) -> Iterator[int]:
        """ "by place, against A", A being one of the places: each of them beside A, and not A alone."""
        for group in self._of("group"):
            members = [m for m in self._of("member", "compared") if m.asset_ids & group.asset_ids]
            if len(members) == 1 and members[0].first > group.last and self._is_set_beside(members[0]):
                yield from range(members[0].first, members[0].last + 1)

    def _is_set_beside(self, member: Mention) -> bool:
        cues = [c for c in self._cues("compare", "contrast") if c.last < member.first]
        before = self._norm(member.first - 1 - (self._norm(member.first - 1) in ARTICLES))
        return bool(cues) and before in _SET_BESIDE

    def _actual_of_a_target(self) -> Iterator[int]:
        """ "plan of this year vs actual of the last": what the plan is set for, in a time of its own; "actual and
        B of A", where B is no plan of A."""
        metrics = self._metrics
        said = [at for at, t in enumerate(self.intent.tokens) if t.norm in ACTUAL]
        if metrics and all(m.target_of for m in metrics) and not self._of("target"):
            yield from said
        if not any(is_target(m, self.catalogue) for m in self._of("target")):
            yield from (at for at in said if self._norm(at + 1) in SIDE_BY_SIDE)

    def _each_with_its_time(self) -> Iterator[int]:
        """ "this year's plan of A vs last year's A", "A of May vs B of June": two metrics, each of another time."""
        times = sorted((*self._times("time"), *self._times("comparison")), key=lambda s: s.first)
        measured = self._of(*MEASURED, "target")
        for one, other in pairwise(times):
            between = [m for m in measured if one.last < m.first and m.last < other.first]
            behind = [m for m in measured if m.first > other.last]
            if len(between) == len(behind) == 1 and not between[0].same_as(behind[0]):
                yield from range(other.first, other.last + 1)

    def _groups_against_groups(self) -> Iterator[int]:
        """ "A and B vs C and D": both of these against both of those, and not against each."""
        compared = self._of("compared")
        asked = [m for m in self._of("member") if compared and m.asset_ids & compared[0].asset_ids]
        if len(asked) > 1 and len(compared) > 1 and self._joined(asked) and self._joined(compared):
            yield from (at for m in compared[1:] for at in range(m.first, m.last + 1))

    def _joined(self, mentions: list[Mention]) -> bool:
        one, other = mentions[-2], mentions[-1]
        words = {self._norm(at) for at in range(one.last + 1, other.first)}
        return bool(words & LIST_WORDS) or "+" in self.intent.gap(one.last, other.first)

    def _each_of_a_kind(self) -> Iterator[int]:
        """ "for each school", "by school", where schools are one kind of a place: each of them, and not all of them."""
        for member in self._of("member"):
            before = self._norm(member.first - 1)
            if any(m.first == member.first for m in self._of("group")):
                continue
            if is_one_of_a_role(self.intent, member, self.mentions, self.catalogue):
                yield from range(member.first, member.last + 1)
            if before in EVERY and self._is_of_each(member):
                continue
            if before in EVERY or (before == "by" and self._is_one_of_a_kind(member)):
                yield member.first - 1

    def _is_of_each(self, member: Mention) -> bool:
        """ "each urgent case": of those that numbers are cut by it tells which."""
        group = next((m for m in self._of("group") if m.first == member.last + 1), None)
        return group is not None and not group.asset_ids & member.asset_ids

    def _each_measured(self) -> Iterator[int]:
        """ "did each ship call", of ship calls, "each place's cases", of place cases: what each of them did."""
        cut = {at for m in self._of("group", "member") for at in range(m.first, m.last + 1)}
        for mention in self._of(*MEASURED):
            if mention.first < mention.last and mention.first not in cut and self._norm(mention.first - 1) in EVERY:
                yield mention.first - 1

    def _is_one_of_a_kind(self, member: Mention) -> bool:
        """Whether it is told in the singular, and has a plural."""
        word = self.intent.tokens[member.last]
        if word.is_inflected or any(g.asset_ids & member.asset_ids for g in self._of("group")):
            return False
        if any(m.first == member.last + 1 for m in self._of(*MEASURED)):  # "by school cases"
            return False
        names = (n for t in member.targets for n in self.catalogue.spellings(t.asset_id, t.member))
        return any(n.lower() == f"{member.text.lower()}s" for n in names) and not self._is_listed(member)

    def _is_listed(self, member: Mention) -> bool:
        return any(m is not member and m.asset_ids & member.asset_ids for m in self._of("member"))

    def _first_of_each(self) -> Iterator[int]:
        """ "the best place in each of A and B": one ranking is told, over both; "the top 3 costs in each place", of
        single ones that nothing tells apart."""
        ranked = self._cues("top", "bottom")
        groups = self._of("group")
        one_by_one = len(groups) == 1 and self._norm(groups[0].first - 1) in EVERY and not self._times("grain")
        measured = {m.first for m in self._of(*MEASURED) if groups and m.last < groups[0].first}
        for cue in ranked if one_by_one else ():
            if cue.number is not None and cue.number > 1 and cue.last + 1 in measured:
                yield from range(cue.first, cue.last + 1)
        for cue in self._cues("group") if ranked else ():
            members = [m for m in self._of("member") if m.first in (cue.last + 1, cue.last + 2)]
            if members and self._norm(cue.last) == "of" and self._norm(cue.last - 1) == "each":
                yield from range(cue.first, cue.last + 1)
        yield from (at for at in range(len(self.intent.tokens)) if ranked and self._norm(at) == "respectively")

    def _difference_of_two(self) -> Iterator[int]:
        """ "the difference in cases in A and B": of the one from the other, and of both together from nothing."""
        members = self._of("member")
        pairs = ((a, b) for a, b in pairwise(members) if a.asset_ids & b.asset_ids)
        listed = any(
            {self._norm(at) for at in range(a.last + 1, b.first)} - ARTICLES - {"in", "for"} == {"and"}
            for a, b in pairs
        )
        told = {at for c in self._cues("contrast", "compare") for at in range(c.first, c.last + 1)}
        told |= {at for m in self.mentions for at in range(m.first, m.last + 1)}
        listed = (
            listed
            and not self._of("group", "target", "compared")
            and all(t.found.type != "comparison" for t in self.intent.times)
        )
        words = range(len(self.intent.tokens) if listed else 0)
        yield from (at for at in words if self._norm(at) in DIFFERENCES and at not in told)

    def _with_a_total(self) -> Iterator[int]:
        """ "by place and overall", "by place plus total": a row of all beside those of each, which their sum does not
        tell."""
        adds_up = all(m.aggregation == "sum" for m in self._metrics)
        cut = [] if adds_up else [m.last for m in self._of("group")]
        for at in range(min(cut) + 1, len(self.intent.tokens)) if cut else ():
            before = self._norm(at - 1 - (self._norm(at - 1) in ARTICLES))
            ends = at == len(self.intent.tokens) - 1 or self.intent.gap(at, at + 1).strip() in {",", "."}
            if self._norm(at) in _OVERALL and before in _WITH and ends:
                yield at
