"""Groups whose members stand for several values: they are asked for one by one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ecp.domain.answer import ResolvedFilter
from ecp.domain.assets import Dimension
from ecp.domain.limits import same_column
from ecp.domain.members import MemberValues, Scalar, values_of
from ecp.domain.plan.asked import Asked


@dataclass(frozen=True)
class Cuts:
    asked: Asked

    def all(self) -> tuple[tuple[MemberValues, ...], ...]:
        """Groups whose members stand for several values are asked for one by one; others by the layer."""
        cuts: list[tuple[MemberValues, ...]] = [()]
        for item in self.asked.concepts.dimensions:
            members = self._enumerated(item.id)
            if members:
                cuts = [(*cut, m) for cut in cuts for m in members]
        return tuple(cuts)

    def _enumerated(self, dimension_id: str) -> tuple[MemberValues, ...]:
        dimension = self.asked.catalogue.get(dimension_id, Dimension)
        if dimension is None or not any(len(m.values) > 1 or m.variations for m in dimension.members):
            return ()
        found = [values_of(self.asked.catalogue, dimension_id, m.id, self.asked.department) for m in dimension.members]
        asked = self._within([v for v in found if v and self._asked_for(v)])
        if parts := self._parts(dimension):
            return tuple(v for v in found if v and v.member in parts)
        inner = {m.id for m in dimension.members if m.parent and any(v.member == m.parent for v in asked)}
        return tuple(v for v in asked if v.member not in inner)

    def _within(self, members: list[MemberValues]) -> list[MemberValues]:
        """Those that hold something of what is asked for by another dimension of the same column ("A by ward for one
        place"): the others would be rows without a number. All of them where none does, and where a member that is
        compared or a whole goes beyond that."""
        concepts = self.asked.concepts
        if concepts.share is not None or any(c.kind == "member" for c in concepts.comparisons):
            return members
        narrow: dict[str | None, set[Scalar]] = defaultdict(set)
        for item in (f for f in concepts.filters if f.operator == "in" and any(self._on_column(f, m) for m in members)):
            narrow[item.dimension].update(item.values)
        return [m for m in members if all(values & set(m.values) for values in narrow.values())] or members

    def _on_column(self, item: ResolvedFilter, member: MemberValues) -> bool:
        other = item.dimension or member.dimension
        return other != member.dimension and same_column(other, member.dimension, self.asked.catalogue)

    def _parts(self, dimension: Dimension) -> set[str]:
        """Of a question within one member that has parts, these."""
        within = [f for f in self.asked.concepts.filters if f.dimension == dimension.id]
        if len(within) != 1 or within[0].operator != "in":
            return set()
        return {m.id for m in dimension.inside(within[0].member)}

    def _asked_for(self, member: MemberValues) -> bool:
        asked = [f for f in self.asked.concepts.filters if f.dimension == member.dimension]
        inside = [f for f in asked if f.operator == "in"]
        outside = {v for f in asked if f.operator == "not_in" for v in f.values}
        within = {v for f in inside if f.member is None for v in f.values}
        named = any(f.member == member.member for f in inside)
        return not set(member.values) <= outside and (not inside or named or set(member.values) <= within)
