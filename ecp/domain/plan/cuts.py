"""Groups whose members stand for several values: they are asked for one by one."""

from __future__ import annotations

from dataclasses import dataclass

from ecp.domain.assets import Dimension
from ecp.domain.members import MemberValues, values_of
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
        asked = [v for v in found if v and self._asked_for(v)]
        if parts := self._parts(dimension):
            return tuple(v for v in found if v and v.member in parts)
        inner = {m.id for m in dimension.members if m.parent and any(v.member == m.parent for v in asked)}
        return tuple(v for v in asked if v.member not in inner)

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
