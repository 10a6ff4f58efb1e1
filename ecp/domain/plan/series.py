"""The columns of an answer: each metric over a period under some filters, and what it is compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecp.domain.answer import ResolvedComparison, ResolvedFilter, ResolvedPeriod
from ecp.domain.assets import Dimension, Metric
from ecp.domain.limits import same_column
from ecp.domain.members import MemberValues, values_of
from ecp.domain.plan.asked import Asked
from ecp.domain.plan.drafts import OVERALL, PREVIOUS, Unplannable


@dataclass(frozen=True)
class Series:
    """One column of the answer: a metric over a period under some filters. `over`: it is taken over the groups of these
    dimensions, as the whole of a share is."""

    id: str
    metric: Metric
    period: ResolvedPeriod | None
    filters: tuple[ResolvedFilter, ...]
    base: str | None = None
    over: tuple[str, ...] | None = None

    @property
    def bounded(self) -> bool:
        return any(f.metric is not None for f in self.filters)


def numbered(name: str, at: int) -> str:
    return f"{name}_{at + 1}" if at else name


@dataclass(frozen=True)
class AllSeries:
    asked: Asked

    def all(self) -> Iterator[Series]:
        concepts = self.asked.concepts
        own = [self.asked.metric(m.id) for m in concepts.metrics]
        for at, metric in enumerate(own):
            yield Series(numbered("actual", at), metric, concepts.period, self._filters_on(metric))
        for at, metric in enumerate(own):
            yield from self._compared(metric, numbered("actual", at), "" if at == 0 else f"_of_{metric.id}")
        yield from self._whole(own)
        yield from self._overall(own)

    def _whole(self, own: list[Metric]) -> Iterator[Series]:
        """What a share is of, where that is the same metric: without the part's own filters, and over all groups or
        those of the part's own kind."""
        share = self.asked.concepts.share
        if share is None or not self.asked.concepts.is_part_of_itself:
            return
        filters = tuple(f for f in self.asked.concepts.whole.filters if f.metric is None)
        groups = (d.id for d in self.asked.concepts.dimensions if d.grain is None)
        parts = [f for f in self.asked.concepts.filters if f.metric is None and f not in filters]
        shared = (g for g in groups if g not in share.within)
        over = tuple(g for g in shared if not share.parts or any(self._on_column(f, g) for f in parts))
        yield Series("whole", own[0], self.asked.concepts.period, filters, "actual", over)

    def _overall(self, own: list[Metric]) -> Iterator[Series]:
        """What comes first, where its rows do not add up: what decides, of the whole period and of each group."""
        concepts = self.asked.concepts
        decides = next((m for m in own if concepts.order and m.id == concepts.order.by), None)
        if concepts.leading is None or decides is None or decides.aggregation == "sum":
            return
        over = tuple(d.id for d in concepts.dimensions if d.id != concepts.leading)
        yield Series(OVERALL, decides, concepts.period, self._filters_on(decides), over=over)

    def _compared(self, actual: Metric, base: str, suffix: str) -> Iterator[Series]:
        """What one metric is compared with; bounds hold for what is asked for, not for what it is compared with."""
        period, filters = self.asked.concepts.period, self._filters_on(None)
        for at, item in enumerate(self.asked.concepts.comparisons):
            name = numbered({"target": "target", "member": "member"}.get(item.kind, PREVIOUS), at) + suffix
            if item.kind == "target" and item.metric:
                target = self.asked.metric(item.metric)
                if actual.id in target.target_of or not (suffix or target.target_of):
                    yield Series(name, target, period, filters, base)
            elif item.kind == "member" and item.member:
                yield Series(name, actual, period, self._with_member(item), base)
            else:
                yield Series(name, actual, item.period, filters, base)

    def _filters_on(self, metric: Metric | None) -> tuple[ResolvedFilter, ...]:
        return tuple(f for f in self.asked.concepts.filters if f.metric is None or (metric and f.metric == metric.id))

    def _with_member(self, item: ResolvedComparison) -> tuple[ResolvedFilter, ...]:
        """The same filters with the compared member in the place of those on its column."""
        dimension = item.dimension or self._dimension_with(item.member or "")
        found = values_of(self.asked.catalogue, dimension, item.member, self.asked.department) if dimension else None
        if found is None or dimension is None:
            raise Unplannable(item.mention, "it belongs to no dimension")
        others = (f for f in self._filters_on(None) if not (f.operator == "in" and self._on_column(f, dimension)))
        return (*others, _member_filter(found, item.mention))

    def _on_column(self, item: ResolvedFilter, dimension: str) -> bool:
        return item.dimension is not None and same_column(item.dimension, dimension, self.asked.catalogue)

    def _dimension_with(self, member: str) -> str | None:
        return next(
            (d.id for d in self.asked.catalogue.of_kind(Dimension) if self.asked.catalogue.member(d.id, member)), None
        )


def _member_filter(found: MemberValues, mention: str) -> ResolvedFilter:
    return ResolvedFilter(
        dimension=found.dimension,
        operator="in",
        member=found.member,
        values=found.values,
        mention=mention,
        reason=found.reason,
    )
