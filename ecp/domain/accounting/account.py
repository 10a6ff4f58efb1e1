"""What is known of a question when its words are accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ecp.domain.answer import Kind
from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.changes import ChangeBound
from ecp.domain.cover import Span, cues_of, is_time
from ecp.domain.forms import names_of
from ecp.domain.intent import Intent
from ecp.domain.language import BE, DURATIONS, TIME_UNITS, Cue
from ecp.domain.matching import Target
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.units import unit_of

_ACROSS = frozenset({"across", "among"})


@dataclass(frozen=True)
class Account:
    """`before` was measured in the question that this one goes on from; `divided`: one thing that is measured is a part
    of another; `changed`: the groups are bound by how they changed."""

    intent: Intent
    spans: tuple[Span, ...]
    mentions: tuple[Mention, ...]
    kind: Kind
    catalogue: Catalogue
    before: tuple[Mention, ...] = ()
    divided: bool = False
    changed: ChangeBound | None = None

    def _norm(self, at: int) -> str:
        return self.intent.norm(at)

    def _of(self, *roles: str) -> list[Mention]:
        return [m for m in self.mentions if m.role in roles]

    def _cues(self, *kinds: str) -> list[Cue]:
        return cues_of(self.spans, *kinds)

    def _times(self, kind: str) -> list[Span]:
        return [s for s in self.spans if is_time(s, kind)]

    def _compares(self) -> bool:
        return bool(self._of("target", "compared") or self._times("comparison") or len(self._times("time")) == 2)

    @cached_property
    def _metrics(self) -> tuple[Metric, ...]:
        """All that the measured words of the question may mean."""
        measured = self._of(*MEASURED) or self.before
        return tuple(self.catalogue.metrics_meant(t.asset_id for m in measured for t in m.targets))

    @cached_property
    def _units_measured(self) -> frozenset[str]:
        return frozenset(unit_of(m) for m in self._metrics) - {""}

    def _is_of_a_cut(self, target: Target) -> bool:
        return self.catalogue.get(target.asset_id, Dimension) is not None

    def _is_single(self, target: Target) -> bool:
        """Whether nothing else is inside the member."""
        dimension = self.catalogue.get(target.asset_id, Dimension)
        member = self.catalogue.member(target.asset_id, target.member or "")
        inside = bool(dimension and dimension.inside(target.member))
        return member is not None and len(member.values or ("",)) == 1 and not inside

    def _who(self) -> set[int]:
        """ "who are the top three sellers", "who manages the most cases": which ones; "where is A highest across
        places"."""
        across = any(self._norm(m.first - 1) in _ACROSS for m in self._of("group"))
        if self._norm(0) == "where" and self.kind == "ranking" and across:
            return {0}
        asked = self._norm(0) == "who" and self.kind == "ranking"
        which = asked and (self._norm(1) in BE or any(m.first == 0 for m in self._of("group")))
        return {0} if which and self._of("group") else set()


def takes_time(metric: Metric) -> bool:
    return unit_of(metric) in TIME_UNITS or bool(names_of(metric) & DURATIONS)
