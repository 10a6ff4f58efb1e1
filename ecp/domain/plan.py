"""From resolved concepts to queries of the semantic layer and the arithmetic between them.

A draft holds more than the contract shows (which metric, which group a query serves), so that row filters enter
each query and results find their place. What is executed is a draft that a decision has been applied to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ecp.domain.answer import (
    Computation,
    ExecutionPlan,
    PlannedQuery,
    ResolvedComparison,
    ResolvedConcepts,
    ResolvedFilter,
    ResolvedPeriod,
    Unresolved,
)
from ecp.domain.assets import Dimension, Metric
from ecp.domain.authorization import RowFilter
from ecp.domain.calendar import Basis, Calendar, Grain
from ecp.domain.catalogue import Catalogue
from ecp.domain.gaps import gaps
from ecp.domain.limits import is_cut_by, same_column
from ecp.domain.members import MemberValues, Scalar, values_of
from ecp.domain.semantic import CubeFilter, CubeQuery, SemanticMeta, TimeDimension
from ecp.domain.values import Value
from ecp.errors import AccessDenied

ROWS_AT_MOST = 10_000
ROWS_OF_A_STOCK = 50_000
_CUBE_OPERATORS = {"in": "equals", "not_in": "notEquals", "contains": "contains"}
_LAYER_GRAINS = ("day", "week", "month", "quarter", "year")


class DraftQuery(Value):
    """One query: which `series` of the answer it fills ("actual", or a comparison's id), which metric, and which
    member of a grouped dimension. `base` is the series it is compared with; `bounded`: rows may be missing because
    a bound on the metric left them out; `last_of`: the last value in each of these is the one that counts."""

    id: str
    series: str
    metric: str
    base: str | None = None
    bounded: bool = False
    last_of: str | None = None
    group: dict[str, str] = {}
    cube: CubeQuery


class Draft(Value):
    """The plan before authorisation; `checked`: against the layer's metadata. `problems` is what cannot be planned;
    `gaps`, what its groups leave out or count twice."""

    queries: tuple[DraftQuery, ...] = ()
    computations: tuple[Computation, ...] = ()
    checked: bool = False
    problems: tuple[Unresolved, ...] = ()
    notes: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def shown(self) -> ExecutionPlan:
        queries = tuple(PlannedQuery(id=q.id, cube=q.cube.to_json()) for q in self.queries)
        return ExecutionPlan(queries=queries, computations=self.computations)


class Unplannable(Exception):
    """A part of the question that the metric cannot be cut or limited by."""

    def __init__(self, mention: str, why: str) -> None:
        super().__init__(f"{mention} ({why})")


@dataclass(frozen=True)
class _Series:
    """One column of the answer: a metric over a period under some filters."""

    id: str
    metric: Metric
    period: ResolvedPeriod | None
    filters: tuple[ResolvedFilter, ...]
    base: str | None = None

    @property
    def bounded(self) -> bool:
        return any(f.metric is not None for f in self.filters)


def draft(
    concepts: ResolvedConcepts,
    catalogue: Catalogue,
    calendar: Calendar,
    meta: SemanticMeta | None,
    *,
    as_of: date,
    department: str | None,
    grain_basis: Basis | None = None,
) -> Draft:
    """The plan of a resolved question; unchecked without metadata. Problems are reported, never guessed around."""
    planner = _Planner(concepts, catalogue, calendar, meta, as_of, department, grain_basis)
    try:
        return planner.draft()
    except Unplannable as problem:
        return Draft(checked=meta is not None, problems=(Unresolved(mention=str(problem)),))


def authorised(plan: Draft, row_filters: Iterable[RowFilter], catalogue: Catalogue, meta: SemanticMeta | None) -> Draft:
    """The plan with every row filter in every query. Raises `AccessDenied` where one cannot be put."""
    filters = tuple(row_filters)
    seen = (q for q in plan.queries if not _out_of_sight(q, filters, catalogue))
    queries = tuple(_limited(q, filters, catalogue, meta) for q in seen)
    return plan.model_copy(update={"queries": queries})


def _out_of_sight(query: DraftQuery, filters: tuple[RowFilter, ...], catalogue: Catalogue) -> bool:
    """One group of a breakdown of which the asker may see nothing: it is left out, not shown as empty."""
    for item in filters:
        allowed = {_text(v) for v in item.values}
        dimension = catalogue.get(item.dimension, Dimension)
        refs = dimension.semantic_layer_refs if dimension and item.dimension in query.group else ()
        asked = [f for f in query.cube.filters if f.member in refs and f.operator == "equals"]
        if any(not allowed & set(f.values) for f in asked):
            return True
    return False


def _limited(
    query: DraftQuery, filters: tuple[RowFilter, ...], catalogue: Catalogue, meta: SemanticMeta | None
) -> DraftQuery:
    own = tuple(_row_filter(f, query, catalogue, meta) for f in filters)
    cube = query.cube.model_copy(update={"filters": (*query.cube.filters, *own)})
    return query.model_copy(update={"cube": cube})


def _row_filter(item: RowFilter, query: DraftQuery, catalogue: Catalogue, meta: SemanticMeta | None) -> CubeFilter:
    metric, dimension = catalogue.get(query.metric, Metric), catalogue.get(item.dimension, Dimension)
    ref = reference(dimension, _cube_of(metric), meta) if metric and dimension else None
    if ref is None or not item.values:
        raise AccessDenied(
            "the answer cannot be limited to what you may see", reasons=[f"{item.dimension} cannot limit this"]
        )
    return CubeFilter(member=ref, operator="equals", values=tuple(_text(v) for v in item.values))


def reference(dimension: Dimension, cube: str, meta: SemanticMeta | None) -> str | None:
    """The dimension as this cube has it, or one that it can be joined to; without metadata that is taken on trust."""
    own = [r for r in dimension.semantic_layer_refs if r.split(".")[0] == cube]
    if own:
        return own[0]
    if meta is None:
        return next(iter(dimension.semantic_layer_refs), None)
    joined = meta.joined.get(cube, ())
    return next((r for r in dimension.semantic_layer_refs if r.split(".")[0] in joined), None)


def _cube_of(metric: Metric) -> str:
    return (metric.semantic_layer_ref or ".").split(".")[0]


def _text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class _Planner:
    concepts: ResolvedConcepts
    catalogue: Catalogue
    calendar: Calendar
    meta: SemanticMeta | None
    as_of: date
    department: str | None
    grain_basis: Basis | None

    def draft(self) -> Draft:
        series = tuple(self._series())
        cuts = self._cuts()
        queries = tuple(self._query(s, cut, many=len(cuts) > 1) for s in series for cut in cuts)
        self._check(queries)
        return Draft(
            queries=queries,
            computations=tuple(self._computations(series)),
            checked=self.meta is not None,
            notes=tuple(self._notes(series)),
            gaps=tuple(gaps(self.concepts, cuts, self.catalogue)),
        )

    # what is measured

    def _series(self) -> Iterator[_Series]:
        concepts = self.concepts
        own = [self._metric(m.id) for m in concepts.metrics]
        for at, metric in enumerate(own):
            yield _Series(_numbered("actual", at), metric, concepts.period, self._filters_on(metric))
        for at, metric in enumerate(own):
            yield from self._compared(metric, _numbered("actual", at), "" if at == 0 else f"_of_{metric.id}")

    def _compared(self, actual: Metric, base: str, suffix: str) -> Iterator[_Series]:
        """What one metric is compared with; bounds hold for what is asked for, not for what it is compared with."""
        period, filters = self.concepts.period, self._filters_on(None)
        for at, item in enumerate(self.concepts.comparisons):
            name = _numbered({"target": "target", "member": "member"}.get(item.kind, "previous"), at) + suffix
            if item.kind == "target" and item.metric:
                target = self._metric(item.metric)
                if actual.id in target.target_of or not (suffix or target.target_of):
                    yield _Series(name, target, period, filters, base)
            elif item.kind == "member" and item.member:
                yield _Series(name, actual, period, self._with_member(item), base)
            else:
                yield _Series(name, actual, item.period, filters, base)

    def _filters_on(self, metric: Metric | None) -> tuple[ResolvedFilter, ...]:
        return tuple(f for f in self.concepts.filters if f.metric is None or (metric and f.metric == metric.id))

    def _with_member(self, item: ResolvedComparison) -> tuple[ResolvedFilter, ...]:
        """The same filters with the compared member in the place of those on its column."""
        dimension = item.dimension or self._dimension_with(item.member or "")
        found = values_of(self.catalogue, dimension, item.member, self.department) if dimension else None
        if found is None or dimension is None:
            raise Unplannable(item.mention, "it belongs to no dimension")
        others = (f for f in self._filters_on(None) if not (f.operator == "in" and self._on_column(f, dimension)))
        return (*others, _member_filter(found, item.mention))

    def _on_column(self, item: ResolvedFilter, dimension: str) -> bool:
        return item.dimension is not None and same_column(item.dimension, dimension, self.catalogue)

    def _dimension_with(self, member: str) -> str | None:
        return next((d.id for d in self.catalogue.of_kind(Dimension) if self.catalogue.member(d.id, member)), None)

    def _metric(self, metric_id: str) -> Metric:
        metric = self.catalogue.get(metric_id, Metric)
        assert metric is not None
        return metric

    # what it is cut by

    def _cuts(self) -> tuple[tuple[MemberValues, ...], ...]:
        """Groups whose members stand for several values are asked for one by one; others by the layer."""
        cuts: list[tuple[MemberValues, ...]] = [()]
        for item in self.concepts.dimensions:
            members = self._enumerated(item.id)
            if members:
                cuts = [(*cut, m) for cut in cuts for m in members]
        return tuple(cuts)

    def _enumerated(self, dimension_id: str) -> tuple[MemberValues, ...]:
        dimension = self.catalogue.get(dimension_id, Dimension)
        if dimension is None or not any(len(m.values) > 1 or m.variations for m in dimension.members):
            return ()
        found = [values_of(self.catalogue, dimension_id, m.id, self.department) for m in dimension.members]
        asked = [v for v in found if v and self._asked_for(v)]
        inner = {m.id for m in dimension.members if m.parent and any(v.member == m.parent for v in asked)}
        return tuple(v for v in asked if v.member not in inner)

    def _asked_for(self, member: MemberValues) -> bool:
        asked = [f for f in self.concepts.filters if f.dimension == member.dimension]
        inside = [f for f in asked if f.operator == "in"]
        outside = {v for f in asked if f.operator == "not_in" for v in f.values}
        within = {v for f in inside if f.member is None for v in f.values}
        named = any(f.member == member.member for f in inside)
        return not set(member.values) <= outside and (not inside or named or set(member.values) <= within)

    def _query(self, series: _Series, cut: tuple[MemberValues, ...], *, many: bool) -> DraftQuery:
        metric = series.metric
        if metric.semantic_layer_ref is None:
            raise Unplannable(metric.name, "it is defined but not kept in the semantic layer")
        if series.bounded and self._last_of(metric):
            raise Unplannable(metric.name, "a stock cannot be bounded and cut by time at once")
        name = ":".join([series.id, *(str(m.member) for m in cut)]) if many or cut else series.id
        dimensions = self._layer_dimensions(metric, {m.dimension for m in cut})
        cube = CubeQuery(
            measures=(metric.semantic_layer_ref,),
            dimensions=dimensions,
            filters=tuple(self._filters(series, cut)),
            time_dimensions=tuple(self._time(series)),
            order=self._order(series, dimensions),
            limit=self._limit(series, dimensions, many),
        )
        group = {m.dimension: self._member_name(m) for m in cut}
        return DraftQuery(
            id=name,
            series=series.id,
            metric=metric.id,
            base=series.base,
            bounded=series.bounded,
            last_of=self._last_of(metric),
            group=group,
            cube=cube,
        )

    def _member_name(self, found: MemberValues) -> str:
        member = self.catalogue.member(found.dimension, found.member or "")
        return member.name if member else str(found.values[0])

    def _layer_dimensions(self, metric: Metric, enumerated: set[str]) -> tuple[str, ...]:
        by_layer = [d for d in self.concepts.dimensions if d.id not in enumerated and d.grain is None]
        return tuple(self._ref(d.id, metric, d.mention) for d in by_layer)

    def _ref(self, dimension_id: str, metric: Metric, mention: str) -> str:
        dimension = self.catalogue.get(dimension_id, Dimension)
        allowed = is_cut_by(metric, dimension_id, self.catalogue)
        ref = reference(dimension, _cube_of(metric), self.meta) if dimension and allowed else None
        if ref is None:
            raise Unplannable(mention, f"{metric.name} is not kept by {dimension.name if dimension else dimension_id}")
        return ref

    def _filters(self, series: _Series, cut: tuple[MemberValues, ...]) -> Iterator[CubeFilter]:
        """Mentions of one dimension are a union, different dimensions all hold."""
        cut_by = {m.dimension for m in cut}
        merged: dict[tuple[str, str], list[Scalar]] = {}
        for item in series.filters:
            if item.dimension is None:
                yield self._bound(item, series.metric)
            elif item.dimension not in cut_by or item.member is None or item.operator != "in":
                ref = self._ref(item.dimension, series.metric, item.mention)
                known = merged.setdefault((f"{item.dimension}\n{ref}", item.operator), [])
                known += [v for v in item.values if v not in known]
        for member in cut:
            ref = self._ref(member.dimension, series.metric, str(member.member))
            yield _equals(ref, "in", member.values)
        for (key, operator), values in merged.items():
            yield _equals(key.split("\n")[1], operator, values)

    def _bound(self, item: ResolvedFilter, metric: Metric) -> CubeFilter:
        operator: Literal["gt", "gte", "lt", "lte"] = item.operator  # type: ignore[assignment]
        return CubeFilter(
            member=metric.semantic_layer_ref or "", operator=operator, values=tuple(map(_text, item.values))
        )

    # when

    def _time(self, series: _Series) -> Iterator[TimeDimension]:
        grain = self._grain(series.metric)
        if series.period is None and grain is None and not series.metric.is_stock:
            return
        dimension = self._time_dimension(series)
        yield TimeDimension(dimension=dimension, date_range=self._range(series), granularity=grain)

    def _grain(self, metric: Metric) -> Literal["day", "week", "month", "quarter", "year"] | None:
        item = next((d for d in self.concepts.dimensions if d.grain), None)
        if item is None:
            return None
        basis: Basis = self.grain_basis or self.calendar.relative
        aligned = basis == "calendar" or item.grain in ("day", "week", "month")
        if item.grain == "quarter":
            aligned = aligned or self.calendar.fiscal_start_month % 3 == 1
        if item.grain == "year":
            aligned = aligned or self.calendar.fiscal_start_month == 1
        if item.grain not in _LAYER_GRAINS or not aligned or _finer(item.grain, metric.grain):
            raise Unplannable(item.mention, f"{metric.name} cannot be cut into {basis} {item.grain}s")
        return metric.grain if metric.is_stock else item.grain  # type: ignore[return-value]

    def _last_of(self, metric: Metric) -> str | None:
        """A stock is asked for as finely as it is kept; of each bucket its last value is taken."""
        grain = next((d.grain for d in self.concepts.dimensions if d.grain), None)
        return grain if metric.is_stock and grain != metric.grain else None

    def _time_dimension(self, series: _Series) -> str:
        metric = series.metric
        if metric.time_dimension:
            return metric.time_dimension
        members = self.meta.members.values() if self.meta else ()
        own = [m.name for m in members if m.type == "time" and m.name.split(".")[0] == _cube_of(metric)]
        if len(own) != 1:
            mention = series.period.mention if series.period else "over time"
            raise Unplannable(mention, f"{metric.name} is not kept over time")
        return own[0]

    def _range(self, series: _Series) -> tuple[str, str] | None:
        """A stock is taken at the end of the period, or today; a coarse metric is asked for whole units of its
        grain."""
        period, metric = series.period, series.metric
        at_once = metric.is_stock and not any(d.grain for d in self.concepts.dimensions)
        if period is None:
            today = (self._unit_start(self.as_of, metric).isoformat(), self.as_of.isoformat())
            return today if at_once else None
        start, end = period.start, period.end
        if at_once:
            end = min(end, self.as_of) if start <= self.as_of else end
            start = self._unit_start(end, metric)
        elif metric.grain != "day":
            start = self._unit_start(start, metric) if self._whole_units(period, metric) else start
        return start.isoformat(), end.isoformat()

    def _unit_start(self, day: date, metric: Metric) -> date:
        return self.calendar.start_of(day, metric.grain, self.calendar.relative)

    def _whole_units(self, period: ResolvedPeriod, metric: Metric) -> bool:
        grain: Grain = metric.grain
        basis = self.calendar.relative
        starts = self.calendar.start_of(period.start, grain, basis) == period.start
        return starts and self.calendar.end_of(period.end, grain, basis) == period.end

    def _notes(self, series: Iterable[_Series]) -> Iterator[str]:
        for item in series:
            coarse = item.metric.grain != "day" and not item.metric.is_stock
            if item.period and coarse and not self._whole_units(item.period, item.metric):
                kept = f"{item.metric.name} is kept by {item.metric.grain}"
                yield f"{kept}; {item.period.mention} does not cover whole ones"

    # order, limit, arithmetic

    def _order(self, series: _Series, dimensions: tuple[str, ...]) -> tuple[tuple[str, Literal["asc", "desc"]], ...]:
        order = self.concepts.order
        if order is None or not dimensions or series.id != "actual" or series.metric.semantic_layer_ref is None:
            return ()
        return ((series.metric.semantic_layer_ref, order.direction),)

    def _limit(self, series: _Series, dimensions: tuple[str, ...], many: bool) -> int | None:
        """Only the series that decides the order may be cut short by the layer."""
        if self._last_of(series.metric):
            return ROWS_OF_A_STOCK
        if not dimensions:
            return None
        ranked = self.concepts.order is not None and series.id == "actual" and not many
        return self.concepts.limit if ranked and self.concepts.limit else ROWS_AT_MOST

    def _computations(self, series: tuple[_Series, ...]) -> Iterator[Computation]:
        for at, (other, base) in enumerate((s.id, s.base) for s in series if s.base):
            yield Computation(id=_numbered("variance", at), expression=f"{base} - {other}")
            yield Computation(id=_numbered("variance_pct", at), expression=f"({base} - {other}) / abs({other}) * 100")

    def _check(self, queries: Iterable[DraftQuery]) -> None:
        """Every name a query uses is one the layer has."""
        if self.meta is None:
            return
        for query in queries:
            cube = query.cube
            names = [*cube.measures, *cube.dimensions, *(f.member for f in cube.filters)]
            names += [t.dimension for t in cube.time_dimensions]
            missing = next((n for n in names if n not in self.meta.members), None)
            if missing is not None:
                raise Unplannable(self._metric(query.metric).name, "the semantic layer no longer has what it needs")


def _numbered(name: str, at: int) -> str:
    return f"{name}_{at + 1}" if at else name


def _member_filter(found: MemberValues, mention: str) -> ResolvedFilter:
    return ResolvedFilter(
        dimension=found.dimension,
        operator="in",
        member=found.member,
        values=found.values,
        mention=mention,
        reason=found.reason,
    )


def _equals(ref: str, operator: str, values: Iterable[Scalar]) -> CubeFilter:
    name: Literal["equals", "notEquals", "contains"] = _CUBE_OPERATORS[operator]  # type: ignore[assignment]
    return CubeFilter(member=ref, operator=name, values=tuple(_text(v) for v in values))


def _finer(grain: str, than: str) -> bool:
    return _LAYER_GRAINS.index(grain) < _LAYER_GRAINS.index(than)
