"""When: the time dimension of a query, its range and its grain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ecp.domain.answer import ResolvedDimension, ResolvedPeriod
from ecp.domain.assets import Metric
from ecp.domain.calendar import MONTHS_IN, ONE_DAY, Basis, day_label
from ecp.domain.periods import data_from, first_day
from ecp.domain.plan.asked import Asked
from ecp.domain.plan.drafts import AT_ONCE, CHANGE, Unplannable
from ecp.domain.plan.references import time_dimension_of
from ecp.domain.plan.series import AllSeries, Series
from ecp.domain.plan.unfinished import Unfinished
from ecp.domain.plan.unlike import Unlike
from ecp.domain.semantic import TimeDimension

_LAYER_GRAINS = ("day", "week", "month", "quarter", "year")
_GRAINS = ("day", "week", "month", "quarter", "half", "year")
BUCKETS_AT_MOST = 40


@dataclass(frozen=True)
class Bucket:
    """One unit of time of the dimension `dimension`, and the key of its row."""

    dimension: str
    key: str
    start: date
    end: date


@dataclass(frozen=True)
class Times:
    asked: Asked

    def of(self, series: Series, bucket: Bucket | None = None) -> Iterator[TimeDimension]:
        if bucket is not None:
            days = (bucket.start.isoformat(), bucket.end.isoformat())
            yield TimeDimension(dimension=self._time_dimension(series), date_range=days, granularity=None)
            return
        grain = self._grain(series)
        if series.period is None and grain is None and not series.metric.is_stock:
            yield from self._up_to_now(series)
            return
        dimension = self._time_dimension(series)
        asked = self._range(series)
        if asked and self.is_unfinished(series):
            asked, grain = (self._unit_before(asked[0], series.metric).isoformat(), asked[1]), series.metric.grain
        yield TimeDimension(dimension=dimension, date_range=asked, granularity=grain)

    def _up_to_now(self, series: Series) -> Iterator[TimeDimension]:
        """Without a period everything is taken; what is held against a target, and that target, until today only:
        plans are made ahead."""
        if any(c.kind == "target" for c in self.asked.concepts.comparisons):
            days = (first_day(self.asked.catalogue).isoformat(), self.asked.as_of.isoformat())
            yield TimeDimension(dimension=self._time_dimension(series), date_range=days, granularity=None)

    def buckets(self, series: Series) -> tuple[Bucket | None, ...]:
        """The units of time that are asked for one by one: those the layer does not have, of what cannot be brought
        together from finer ones. Those of a compared period stand beside the asked ones, the first beside the first;
        those that stand beside none are left out."""
        item, asked = self._unit(series), self.asked.concepts.period
        if item is None or item.grain is None or series.period is None or asked is None:
            return (None,)
        if (
            self._folds(series.metric, bounded=series.bounded)
            or not self._apart(item.grain)
            or _finer(item.grain, series.metric.grain)
        ):
            return (None,)
        own, beside = (self.unlike.units(p, item.grain) for p in (series.period, asked))
        if len(own) > BUCKETS_AT_MOST:
            raise Unplannable(item.mention, f"these are more than {BUCKETS_AT_MOST} {item.grain}s")
        keys = (self.asked.calendar.start_of(b.start, b.granularity, self._basis) for b in beside)
        return tuple(Bucket(item.id, key.isoformat(), b.start, b.end) for key, b in zip(keys, own, strict=False))

    @staticmethod
    def _folds(metric: Metric, *, bounded: bool = False) -> bool:
        """Whether it can be brought together from finer units; a bound holds for the asked ones."""
        return metric.is_stock or (metric.aggregation == "sum" and not bounded)

    def _unit(self, series: Series) -> ResolvedDimension | None:
        """What a series is cut by of time; nothing, where it is taken over all units."""
        cuts = (d for d in self.asked.concepts.dimensions if d.id not in (series.over or ()))
        return next((d for d in cuts if d.grain), None)

    def _grain(self, series: Series) -> Literal["day", "week", "month", "quarter", "year"] | None:
        item, metric = self._unit(series), series.metric
        if item is None or item.grain is None:
            return None
        if _finer(item.grain, metric.grain) or (self._apart(item.grain) and not self._folds(metric)):
            raise Unplannable(item.mention, f"{metric.name} cannot be cut into {self._basis} {item.grain}s")
        grain = metric.grain if metric.is_stock else "month" if self._apart(item.grain) else item.grain
        return grain  # type: ignore[return-value]

    @property
    def _basis(self) -> Basis:
        return self.asked.grain_basis or self.asked.calendar.relative

    def offset(self, grain: str | None) -> int:
        """By how many months the asked units begin later than those of the calendar."""
        months = MONTHS_IN.get(grain or "", 1)
        return (self.asked.calendar.fiscal_start_month - 1) % months if self._basis == "fiscal" else 0

    def _apart(self, grain: str) -> bool:
        """Whether the layer has no such units."""
        return grain not in _LAYER_GRAINS or self.offset(grain) > 0

    def sum_of(self, series: Series) -> str | None:
        """A flow is added up to units that the layer does not have."""
        unit = self._unit(series)
        adds_up = unit is not None and series.metric.aggregation == "sum"
        return unit.grain if unit and unit.grain and adds_up and self._apart(unit.grain) else None

    def last_of(self, series: Series) -> str | None:
        """A stock is asked for as finely as it is kept; of each bucket its last value is taken."""
        metric, unit = series.metric, self._unit(series)
        if self.is_unfinished(series):
            return AT_ONCE
        return unit.grain if unit and metric.is_stock and unit.grain != metric.grain else None

    def is_unfinished(self, series: Series) -> bool:
        """Whether a level is asked for within a unit that it may not be kept of yet: then the one before counts."""
        metric = series.metric
        whole = not metric.is_stock or metric.grain == "day" or self._unit(series) is not None
        days = None if whole else self._range(series)
        if days is None:
            return False
        end = date.fromisoformat(days[1])
        return self.asked.calendar.end_of(end, metric.grain, self._kept_by) != end

    def _unit_before(self, start: str, metric: Metric) -> date:
        return self._unit_start(date.fromisoformat(start) - ONE_DAY, metric)

    def _time_dimension(self, series: Series) -> str:
        found = time_dimension_of(series.metric, self.asked.meta)
        if found is None:
            mention = series.period.mention if series.period else "over time"
            raise Unplannable(mention, f"{series.metric.name} is not kept over time")
        return found

    def _range(self, series: Series) -> tuple[str, str] | None:
        """A stock is taken at the end of the period, or today; a coarse metric is asked for whole units of its
        grain."""
        period, metric = series.period, series.metric
        at_once = metric.is_stock and self._unit(series) is None
        if period is None:
            today = (self._unit_start(self.asked.as_of, metric).isoformat(), self.asked.as_of.isoformat())
            return today if at_once else None
        start, end = period.start, period.end
        if at_once:
            end = min(end, self.asked.as_of) if start <= self.asked.as_of else end
            start = self._unit_start(end, metric)
        elif metric.grain != "day":
            start = self._unit_start(start, metric) if self._whole_units(period, metric) else start
        return start.isoformat(), end.isoformat()

    def _unit_start(self, day: date, metric: Metric) -> date:
        return self.asked.calendar.start_of(day, metric.grain, self._kept_by)

    @property
    def _kept_by(self) -> Basis:
        return self.asked.calendar.relative

    def _whole_units(self, period: ResolvedPeriod, metric: Metric) -> bool:
        starts = self._unit_start(period.start, metric) == period.start
        return starts and self.asked.calendar.end_of(period.end, metric.grain, self._kept_by) == period.end

    @property
    def unlike(self) -> Unlike:
        return Unlike(self.asked, self._basis)

    @property
    def unfinished(self) -> Unfinished:
        return Unfinished(self.asked, self._basis)

    def cut_off(self) -> Iterator[str]:
        """The first and the last unit of a course, where the period begins or ends within them."""
        if told := self.unfinished.told:
            yield told
        period = self.asked.concepts.period
        grain = next((d.grain for d in self.asked.concepts.dimensions if d.grain), None)
        if period is None and grain is not None:
            yield from self._ends_of_all(grain)
        if period is None or grain is None:
            return
        first, last = (self._unit_of(day, grain) for day in (period.start, period.end))
        untold = self._untold
        if first[0] < period.start:
            yield _part("first", grain, first, (period.start, min(first[1], period.end)), untold)
        if running := self._running(period, grain):
            yield running
        left_out = self.unfinished.left_out == last[0].isoformat()
        if period.end < last[1] and (last != first or first[0] == period.start) and not left_out:
            told = _part("last", grain, last, (max(last[0], period.start), period.end), untold)
            yield f"{told}; it stands beside as much of another {grain}" if self._beside_a_part(grain) else told
        yield from self._beside_none(period, grain)

    def _ends_of_all(self, grain: str) -> Iterator[str]:
        """Of all there is, where no period was named: the unit that the data begin within, and the one that is not
        over; of what is no level."""
        if all(self.asked.metric(m.id).is_stock for m in self.asked.concepts.metrics):
            return
        begin, today = data_from(self.asked.catalogue), self.asked.as_of
        first = self._unit_of(begin, grain) if begin else None
        if begin and first and first[0] < begin:
            days = f"{(first[1] - begin).days + 1} of its {(first[1] - first[0]).days + 1} days"
            yield f"the first {grain} is not a whole one: the data begin on {day_label(begin)}, {days}"
        last = self._unit_of(today, grain)
        if today < last[1] and self.unfinished.left_out != last[0].isoformat():
            days = f"{(today - last[0]).days + 1} of its {(last[1] - last[0]).days + 1} days"
            yield f"the last {grain} is not a whole one: there are data for {days} at most"

    def _beside_a_part(self, grain: str) -> bool:
        """Whether what a course is compared with ends within a unit, too."""
        ends = (c.period.end for c in self.asked.concepts.comparisons if c.period)
        return any(day != self._unit_of(day, grain)[1] for day in ends)

    def _beside_none(self, period: ResolvedPeriod, grain: str) -> Iterator[str]:
        """The last units of a compared period that has more of them than the asked one: the day of a leap year."""
        for other in (c.period for c in self.asked.concepts.comparisons if c.period):
            more = len(self.unlike.units(other, grain)) - len(self.unlike.units(period, grain))
            if more > 0 and other.start != period.start:
                units = f"the last {more} {grain}s stand" if more > 1 else f"the last {grain} stands"
                yield f"of {other.label} {units} beside no {grain} of {period.label}: left out"

    def _running(self, period: ResolvedPeriod, grain: str) -> str | None:
        """The unit that is not over yet, where each stands beside one of another period, which is."""
        today, asked = self.asked.as_of, self.asked.concepts
        levels = all(self.asked.metric(m.id).is_stock for m in asked.metrics)
        compared = any(c.period or c.kind == "target" for c in asked.comparisons)
        if levels or not period.start <= today < period.end or not compared:
            return None
        unit = self._unit_of(today, grain)
        first, last = max(unit[0], period.start), min(unit[1], period.end)
        if today == last:
            return None
        label = self.asked.calendar.label(today, grain, self._basis)  # type: ignore[arg-type]
        days = f"{(today - first).days + 1} of its {(last - first).days + 1} days"
        if unit[0].isoformat() not in self._untold:
            return f"{label} is not over: {days} are held against a whole {grain}"
        so_far = f"{label} is not over: no change against a whole {grain} is told of {days}"
        return (
            f"{so_far}, and its target is a whole one" if any(c.kind == "target" for c in asked.comparisons) else so_far
        )

    @property
    def _untold(self) -> frozenset[str]:
        """The units of a course of which no change is told, as they are not whole and stand beside whole ones."""
        return frozenset(k for s in AllSeries(self.asked).all() for k in self.unlike.keys(s))

    def _unit_of(self, day: date, grain: str) -> tuple[date, date]:
        calendar = self.asked.calendar
        return calendar.start_of(day, grain, self._basis), calendar.end_of(day, grain, self._basis)  # type: ignore[arg-type]

    def notes(self, series: Iterable[Series]) -> Iterator[str]:
        """Of what is kept by coarser units and asked for a period that is not made of them: that it runs still, or has
        its ends within such a unit. Raises `Unplannable` where numbers of other days would be told."""
        for item in series:
            coarse = item.metric.grain != "day" and not item.metric.is_stock
            if item.period is None or not coarse or self._whole_units(item.period, item.metric):
                continue
            kept = f"{item.metric.name} is kept by {item.metric.grain}"
            if not self._is_running(item.period, item.metric) and not _in_many(item.period, item.metric):
                would_do = self._units_around(item.period, item.metric)
                raise Unplannable(item.period.mention, f"{kept}; {would_do} can be asked for")
            if self._hangs_on_change and self.is_of_other_days(item):
                whole = self._units_around(item.period, item.metric)
                raise Unplannable(item.period.mention, f"{kept}, and what it varies by is told of whole ones: {whole}")
            yield f"{kept}; {item.period.mention} does not cover whole ones{self._of_the_last(item.metric)}"

    @property
    def _hangs_on_change(self) -> bool:
        """Whether which rows there are, or their order, is decided by how each came out."""
        concepts = self.asked.concepts
        ordered = concepts.order is not None and concepts.order.by in CHANGE
        return ordered or any(f.metric in CHANGE for f in concepts.filters)

    def is_of_other_days(self, series: Series) -> bool:
        """Whether it is a target of whole units beside what was measured up to a day within one."""
        period, metric = series.period, series.metric
        coarse = metric.grain != "day" and not metric.is_stock
        cut = any(d.grain for d in self.asked.concepts.dimensions)
        if period is None or cut or not coarse or not self._is_of_longer_units(metric):
            return False
        return not self._whole_units(period, metric) and not _in_many(period, metric)

    def _of_the_last(self, metric: Metric) -> str:
        """What is held against a target that is kept by longer units than what it is set for."""
        if not self._is_of_longer_units(metric):
            return ""
        beside = f": its days so far are beside all of the last {metric.grain} or none of it"
        told = any(d.grain for d in self.asked.concepts.dimensions) or metric.grain == "week"
        return beside if told else f"{beside}, so no variance is told"

    def _is_of_longer_units(self, metric: Metric) -> bool:
        own = [self.asked.metric(m.id) for m in self.asked.concepts.metrics]
        return bool(metric.target_of) and not any(m.id == metric.id or m.grain == metric.grain for m in own)

    def _is_running(self, period: ResolvedPeriod, metric: Metric) -> bool:
        """ "this year so far", and what stands beside it: whole units, and the one that is not over."""
        asked = self.asked.concepts.period or period
        reaches = asked.end in (self.asked.as_of, self.asked.as_of - ONE_DAY) and period.start < period.end
        of_its_own = period.granularity != "day" and _finer(period.granularity, metric.grain)
        return reaches and not of_its_own and self._unit_start(period.start, metric) == period.start

    def _units_around(self, period: ResolvedPeriod, metric: Metric) -> str:
        names = (self.asked.calendar.label(d, metric.grain, self._kept_by) for d in (period.start, period.end))
        return " to ".join(dict.fromkeys(names))


def _in_many(period: ResolvedPeriod, metric: Metric) -> bool:
    """Weeks never make up a month or a year: those hold enough of them for the ends not to count."""
    return metric.grain == "week" and _finer("week", period.granularity)


def _finer(grain: str, than: str) -> bool:
    return _GRAINS.index(grain) < _GRAINS.index(than)


def _part(which: str, grain: str, unit: tuple[date, date], covered: tuple[date, date], untold: frozenset[str]) -> str:
    days, of = ((last - first).days + 1 for first, last in (covered, unit))
    told = f"the {which} {grain} is not a whole one: {days} of its {of} days are in the period"
    return f"{told}, and no change against a whole one is told" if unit[0].isoformat() in untold else told
