"""One query for each series and each group, and the arithmetic between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Literal

from ecp.domain.answer import Computation, ResolvedConcepts, ResolvedFilter
from ecp.domain.assets import Metric
from ecp.domain.averages import divisor, expression
from ecp.domain.calendar import Basis, Calendar
from ecp.domain.catalogue import Catalogue
from ecp.domain.gaps import gaps
from ecp.domain.members import MemberValues, Scalar
from ecp.domain.plan.ahead import refuse_what_is_ahead
from ecp.domain.plan.asked import Asked
from ecp.domain.plan.cuts import Cuts
from ecp.domain.plan.drafts import (
    AT_ONCE,
    AVERAGE,
    CHANGE,
    COMBINED,
    COMBINED_SHARE,
    COMPUTED,
    COUNT,
    DIFFERENCE,
    FROM_AVERAGE,
    GAP,
    MEAN,
    OVERALL,
    RANK,
    RATIO,
    RUNNING,
    SHARE,
    SUM,
    Draft,
    DraftQuery,
    Unplannable,
)
from ecp.domain.plan.references import text_of
from ecp.domain.plan.series import AllSeries, Series, numbered
from ecp.domain.plan.times import Bucket, Times
from ecp.domain.semantic import CubeFilter, CubeQuery, SemanticMeta

ROWS_AT_MOST = 10_000
ROWS_OF_A_STOCK = 50_000
ONE_WITHOUT_A_MEMBER = 1
"""The row that may come first and belong to no group. There are more of them of several dimensions, and where a rate
or a mean is not known, which some layers tell first."""
_CUBE_OPERATORS = {"in": "equals", "not_in": "notEquals", "contains": "contains"}


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
    asked = Asked(concepts, catalogue, calendar, meta, as_of, department, grain_basis)
    try:
        return _Planner(asked, Times(asked)).draft()
    except Unplannable as found:
        return Draft(checked=meta is not None, problems=(found.problem,))


@dataclass(frozen=True)
class _Planner:
    asked: Asked
    times: Times

    def draft(self) -> Draft:
        series = tuple(AllSeries(self.asked).all())
        refuse_what_is_ahead(series, self.asked.as_of, self.asked.catalogue)
        notes, cuts = tuple(dict.fromkeys(self.times.notes(series))), Cuts(self.asked).all()
        queries = tuple(self._queries(series, cuts))
        self._check(queries)
        return Draft(
            queries=queries,
            computations=tuple(self._computations(series)),
            checked=self.asked.meta is not None,
            notes=notes,
            gaps=(*gaps(self.asked.concepts, cuts, self.asked.catalogue), *self.times.cut_off()),
            left_out=self.times.unfinished.left_out,
            unfinished=self.times.unfinished.kept,
        )

    def _queries(self, series: Iterable[Series], cuts: tuple[tuple[MemberValues, ...], ...]) -> Iterator[DraftQuery]:
        for item in series:
            buckets = self.times.buckets(item)
            for cut, bucket in product(self._cuts_of(item, cuts), buckets):
                yield self._query(item, cut, bucket, many=len(cuts) * len(buckets) > 1)

    @staticmethod
    def _cuts_of(series: Series, cuts: tuple[tuple[MemberValues, ...], ...]) -> Iterable[tuple[MemberValues, ...]]:
        """What is taken over all groups of a dimension is asked for at once."""
        over = series.over or ()
        return dict.fromkeys(tuple(m for m in cut if m.dimension not in over) for cut in cuts)

    def _query(self, series: Series, cut: tuple[MemberValues, ...], bucket: Bucket | None, *, many: bool) -> DraftQuery:
        metric = series.metric
        if metric.semantic_layer_ref is None:
            raise Unplannable(metric.name, "it is defined but not kept in the semantic layer")
        if series.bounded and self.times.last_of(series) not in (None, AT_ONCE):
            raise Unplannable(metric.name, "a stock cannot be bounded and cut by time at once")
        sum_of, last_of = None if bucket else self.times.sum_of(series), self.times.last_of(series)
        if series.bounded and (unit := sum_of):
            raise Unplannable(metric.name, f"it cannot be bounded and cut into fiscal {unit}s at once")
        apart = (*(str(m.member) for m in cut), *((bucket.start.isoformat(),) if bucket else ()))
        name = ":".join((series.id, *apart))
        dimensions = self._layer_dimensions(metric, {*(m.dimension for m in cut), *(series.over or ())})
        cube = CubeQuery(
            measures=(metric.semantic_layer_ref,),
            dimensions=dimensions,
            filters=tuple(self._filters(series, cut)),
            time_dimensions=tuple(self.times.of(series, bucket)),
            order=self._order(series, dimensions),
            limit=self._limit(series, dimensions, many=many),
        )
        group = {m.dimension: self._member_name(m) for m in cut} | ({bucket.dimension: bucket.key} if bucket else {})
        return DraftQuery(
            id=name,
            series=series.id,
            metric=metric.id,
            base=series.base,
            bounded=series.bounded,
            last_of=last_of,
            sum_of=sum_of,
            offset=self.times.offset(last_of or sum_of),
            over=series.over,
            limited=self._is_limited(series, dimensions, many=many),
            unlike=self.times.unlike.keys(series),
            other_days=self.times.is_of_other_days(series),
            group=group,
            cube=cube,
        )

    def _member_name(self, found: MemberValues) -> str:
        member = self.asked.catalogue.member(found.dimension, found.member or "")
        return member.name if member else str(found.values[0])

    def _layer_dimensions(self, metric: Metric, enumerated: set[str]) -> tuple[str, ...]:
        by_layer = [d for d in self.asked.concepts.dimensions if d.id not in enumerated and d.grain is None]
        return tuple(self.asked.ref(d.id, metric, d.mention) for d in by_layer)

    def _filters(self, series: Series, cut: tuple[MemberValues, ...]) -> Iterator[CubeFilter]:
        """Mentions of one dimension are a union, different dimensions all hold."""
        cut_by = {m.dimension for m in cut}
        merged: dict[tuple[str, str], list[Scalar]] = {}
        for item in series.filters:
            if item.dimension is None:
                if not self.times.is_unfinished(series):
                    yield self._bound(item, series.metric)
            elif item.dimension not in cut_by or item.member is None or item.operator != "in":
                ref = self.asked.ref(item.dimension, series.metric, item.mention)
                known = merged.setdefault((f"{item.dimension}\n{ref}", item.operator), [])
                known += [v for v in item.values if v not in known]
        mentions = {d.id: d.mention for d in self.asked.concepts.dimensions}
        for member in cut:
            ref = self.asked.ref(member.dimension, series.metric, mentions[member.dimension])
            yield _equals(ref, "in", member.values)
        for (key, operator), values in merged.items():
            yield _equals(key.split("\n")[1], operator, values)

    def _bound(self, item: ResolvedFilter, metric: Metric) -> CubeFilter:
        operator: Literal["gt", "gte", "lt", "lte"] = item.operator  # type: ignore[assignment]
        return CubeFilter(
            member=metric.semantic_layer_ref or "", operator=operator, values=tuple(map(text_of, item.values))
        )

    def _order(self, series: Series, dimensions: tuple[str, ...]) -> tuple[tuple[str, Literal["asc", "desc"]], ...]:
        order = self.asked.concepts.order
        if (
            order is None
            or order.by in COMPUTED
            or not dimensions
            or not (self._decides(series) or series.id == OVERALL)
            or series.metric.semantic_layer_ref is None
        ):
            return ()
        return ((series.metric.semantic_layer_ref, order.direction),)

    def _decides(self, series: Series) -> bool:
        """Whether the order hangs on what this series answers, and on nothing that is computed from it."""
        order = self.asked.concepts.order
        return order is not None and series.base is None and series.over is None and series.metric.id == order.by

    def _limit(self, series: Series, dimensions: tuple[str, ...], *, many: bool) -> int | None:
        concepts = self.asked.concepts
        if self._is_limited(series, dimensions, many=many):
            shown = (concepts.limit or 0) + (concepts.offset or 0)
            counted = len(concepts.dimensions) == 1 and series.metric.aggregation == "sum"
            return shown + ONE_WITHOUT_A_MEMBER if counted else ROWS_AT_MOST
        if self._is_folded(series, dimensions):
            return ROWS_OF_A_STOCK
        return ROWS_AT_MOST if dimensions else None

    def _is_folded(self, series: Series, dimensions: tuple[str, ...]) -> bool:
        return bool(self.times.last_of(series) or (dimensions and self.times.sum_of(series)))

    def _is_limited(self, series: Series, dimensions: tuple[str, ...], *, many: bool) -> bool:
        """Only the series that decides the order may be cut short by the layer."""
        concepts = self.asked.concepts
        if not (concepts.limit and dimensions and self._decides(series)) or self._is_folded(series, dimensions):
            return False
        many = many or self.times.unfinished.left_out is not None
        apart = many or concepts.within or concepts.leading or concepts.both_ends
        return not apart and not any(f.metric in (*CHANGE, FROM_AVERAGE) for f in concepts.filters)

    def _computations(self, series: tuple[Series, ...]) -> Iterator[Computation]:
        for at, (other, base) in enumerate((s.id, s.base) for s in series if s.base and s.over is None):
            yield Computation(id=numbered("variance", at), expression=f"{base} - {other}")
            yield Computation(id=numbered("variance_pct", at), expression=f"({base} - {other}) / abs({other}) * 100")

        yield from self._share(series)
        yield from self._average(series)
        concepts = self.asked.concepts
        if count := concepts.count:
            yield Computation(id=COUNT, expression=f"count({count.dimension})")
        yield from self._places(series)
        if concepts.combined:
            yield Computation(id=COMBINED, expression=f"sum({series[0].id})")
            if whole := next((s.id for s in series if s.over is not None), None):
                yield Computation(id=COMBINED_SHARE, expression=f"sum({series[0].id}) / {whole} * 100")

    def _places(self, series: tuple[Series, ...]) -> Iterator[Computation]:
        """What hangs on the rows before: a row's place in its order, and the sum up to it."""
        concepts = self.asked.concepts
        if concepts.order and concepts.leading:
            overall = next((s.id for s in series if s.id == OVERALL), f"sum({concepts.order.by})")
            told = f"{overall} of each {concepts.leading} {concepts.order.direction}"
            yield Computation(id=RANK, expression=f"{RANK}({told})")
        elif concepts.order and (concepts.shown or _is_apart(concepts)):
            within = f", within {', '.join(concepts.within)}" if concepts.within else ""
            yield Computation(id=RANK, expression=f"{RANK}({concepts.order.by} {concepts.order.direction}{within})")
        if concepts.running:
            yield Computation(id=RUNNING, expression=f"{RUNNING}({series[0].id})")

    def _share(self, series: tuple[Series, ...]) -> Iterator[Computation]:
        share = self.asked.concepts.share
        own = [s for s in series if s.base is None]
        if share:
            wholes = [s for s in series if s.over is not None]
            wholes = wholes or [s for s in (own if len(own) > 1 else series[1:]) if s.metric.id == share.of]
            part = next(s for s in own if s not in wholes)
            if share.plus:
                yield Computation(id=SUM, expression=f"{part.id} + {wholes[0].id}")
                return
            if share.minus:
                yield from self._difference(part.id, wholes[0].id)
                return
            scale = 100 if share.scale is None else share.scale
            expression = f"{part.id} / {wholes[0].id}" + (f" * {scale}" if scale > 1 else "")
            yield Computation(id=SHARE if share.scale is None else RATIO, expression=expression)

    def _difference(self, part: str, taken: str) -> Iterator[Computation]:
        order = self.asked.concepts.order
        yield Computation(id=DIFFERENCE, expression=f"{part} - {taken}")
        if order is not None and order.by == GAP:
            yield Computation(id=GAP, expression=f"abs({part} - {taken})")

    def _average(self, series: tuple[Series, ...]) -> Iterator[Computation]:
        average, period = self.asked.concepts.average, self.asked.concepts.period
        if average is not None and average.over is not None:
            yield Computation(id=AVERAGE, expression=f"{MEAN}({series[0].id})")
            return
        if average is None or average.unit is None or period is None:
            return
        found = divisor(average.unit, period.start, period.end, self.asked.as_of)
        if found is None:
            raise Unplannable(average.mention, f"{period.mention} does not hold whole {average.unit}s that are over")
        yield Computation(id=AVERAGE, expression=expression(series[0].id, *found))

    def _check(self, queries: Iterable[DraftQuery]) -> None:
        """Every name a query uses is one the layer has."""
        if self.asked.meta is None:
            return
        for query in queries:
            cube = query.cube
            names = [*cube.measures, *cube.dimensions, *(f.member for f in cube.filters)]
            names += [t.dimension for t in cube.time_dimensions]
            missing = next((n for n in names if n not in self.asked.meta.members), None)
            if missing is not None:
                raise Unplannable(
                    self.asked.metric(query.metric).name, "the semantic layer no longer has what it needs"
                )


def _is_apart(concepts: ResolvedConcepts) -> bool:
    """Whether an order is not told from its first row on to the last."""
    return bool(concepts.within or concepts.both_ends or concepts.offset or concepts.placed)


def _equals(ref: str, operator: str, values: Iterable[Scalar]) -> CubeFilter:
    name: Literal["equals", "notEquals", "contains"] = _CUBE_OPERATORS[operator]  # type: ignore[assignment]
    return CubeFilter(member=ref, operator=name, values=tuple(text_of(v) for v in values))
