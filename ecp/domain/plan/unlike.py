"""Units of a course of which one side is whole and the other is not: what adds up tells no change between them."""

from __future__ import annotations

from dataclasses import dataclass

from ecp.domain.answer import ResolvedPeriod
from ecp.domain.calendar import Basis
from ecp.domain.plan.asked import Asked
from ecp.domain.plan.drafts import PREVIOUS
from ecp.domain.plan.series import Series
from ecp.domain.time import Period, iter_buckets


@dataclass(frozen=True)
class Unlike:
    asked: Asked
    basis: Basis

    def keys(self, series: Series) -> tuple[str, ...]:
        """The first days of the units of the asked period that stand beside one of this compared series with which they
        are not to be compared. A rate, a level and a plan are what they are, also of a part of a unit."""
        period, grain = self.asked.concepts.period, self.grain
        grows = series.metric.aggregation == "sum" and not series.metric.target_of
        if period is None or series.period is None or grain is None or not series.id.startswith(PREVIOUS) or not grows:
            return ()
        pairs = zip(self.units(period, grain), self.units(series.period, grain), strict=False)
        return tuple(
            self._key(own, grain) for own, other in pairs if self._whole(own, grain) != self._whole(other, grain)
        )

    @property
    def grain(self) -> str | None:
        """The unit of the course; days are whole."""
        found = (d.grain for d in self.asked.concepts.dimensions if d.grain)
        return next((g for g in found if g != "day"), None)

    def units(self, period: ResolvedPeriod, grain: str) -> list[Period]:
        whole = Period(**period.model_dump(exclude={"mention", "calendar"}), calendar=self.basis)
        return list(iter_buckets(whole, grain, self.asked.calendar))  # type: ignore[arg-type]

    def _key(self, unit: Period, grain: str) -> str:
        return self.asked.calendar.start_of(unit.start, grain, self.basis).isoformat()  # type: ignore[arg-type]

    def _whole(self, unit: Period, grain: str) -> bool:
        """Whether all of its days are in the period, and over."""
        end = self.asked.calendar.end_of(unit.end, grain, self.basis)  # type: ignore[arg-type]
        return self._key(unit, grain) == unit.start.isoformat() and unit.end == end <= self.asked.as_of
