"""The unit of time that is not over, where units are held against each other or against a bound."""

from __future__ import annotations

from dataclasses import dataclass

from ecp.domain.answer import ResolvedDimension
from ecp.domain.calendar import Basis
from ecp.domain.plan.asked import Asked
from ecp.domain.plan.drafts import CHANGE, DIFFERENCE, GAP, RATIO, SUM

_DOWNWARDS = frozenset({"lt", "lte"})


@dataclass(frozen=True)
class Unfinished:
    asked: Asked
    basis: Basis

    @property
    def left_out(self) -> str | None:
        """The first day of the unit that is not over, where it would be among the lowest only as it is not."""
        return self._begins if self._is_bounded_above or (self._is_ranked and self._is_of_one_end) else None

    @property
    def told(self) -> str:
        """What is to be known of a unit that is left out."""
        return f"{self._label} is not over and is left out, as are later ones" if self.left_out else ""

    @property
    def kept(self) -> str:
        """What is to be known of a unit that has its place among whole ones."""
        if self.left_out or not self._is_ranked or self._begins is None:
            return ""
        return f"{self._label} is not over and comes as low as its days so far"

    @property
    def _time(self) -> ResolvedDimension | None:
        return next((d for d in self.asked.concepts.dimensions if d.grain), None)

    @property
    def _begins(self) -> str | None:
        """A unit that the period begins with stands beside none that is whole."""
        time, today, period = self._time, self.asked.as_of, self.asked.concepts.period
        if time is None or time.grain is None:
            return None
        first = self.asked.calendar.start_of(today, time.grain, self.basis)  # type: ignore[arg-type]
        over = today >= self.asked.calendar.end_of(today, time.grain, self.basis)  # type: ignore[arg-type]
        apart = period is not None and (period.start >= first or period.end < first)
        return None if over or apart else first.isoformat()

    @property
    def _label(self) -> str:
        grain = self._time.grain if self._time else None
        return self.asked.calendar.label(self.asked.as_of, grain or "day", self.basis)  # type: ignore[arg-type]

    @property
    def _is_ranked(self) -> bool:
        """Whether the lowest units come first, or last beside the highest."""
        concepts, time = self.asked.concepts, self._time
        if concepts.order is None or concepts.leading:
            return False
        if concepts.order.direction != "asc" and not concepts.both_ends:
            return False
        return time is not None and time.id not in concepts.within and self._grows(concepts.order.by)

    @property
    def _is_of_one_end(self) -> bool:
        return self.asked.concepts.limit is not None and not self.asked.concepts.both_ends

    @property
    def _is_bounded_above(self) -> bool:
        found = (f for f in self.asked.concepts.filters if f.metric and f.operator in _DOWNWARDS)
        return any(self._grows(str(f.metric)) for f in found)

    def _grows(self, by: str) -> bool:
        """Whether it is too small as long as a unit is not over: what adds up and is no plan, and what it is short of
        its target. A change against another unit is not told of it."""
        concepts, own = self.asked.concepts, [m.id for m in self.asked.concepts.metrics]
        if by == RATIO and concepts.share:  # what adds up, per what is there anyway
            return sum(self._grows(m) for m in own) == 1 and not self._grows(concepts.share.of)
        if by in (DIFFERENCE, SUM, GAP):
            return all(self._grows(m) for m in own)
        if by in CHANGE:
            ahead = concepts.period is not None and concepts.period.end > self.asked.as_of
            return ahead and not any(c.period for c in concepts.comparisons) and all(self._grows(m) for m in own)
        metric = self.asked.metric(by) if by in own else None
        return metric is not None and metric.aggregation == "sum" and not metric.target_of
