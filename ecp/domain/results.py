"""From the layer's rows to the answer's table: series side by side, computed values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal
from operator import ge, gt, le, lt
from typing import Any

from ecp.domain.alignment import beside, bucket_of, stands_beside_none
from ecp.domain.answer import ResolvedConcepts, ResolvedDimension, ResultColumn, Results, Validation
from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.places import Key, Number, Placed, in_order, is_of_no_member, number, running_totals, time_of
from ecp.domain.plan import Draft, DraftQuery
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
    PREVIOUS,
    RANK,
    RATIO,
    RUNNING,
    SUM,
)
from ecp.domain.semantic import QueryResult
from ecp.domain.unplaced import left_out, picks

_DIGITS = Context(prec=10)
_IN_ITS_UNIT = frozenset({RUNNING, DIFFERENCE, SUM, GAP})
Numbers = tuple[Number, ...]
_HOLDS: dict[str, Callable[[Any, Any], bool]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}


def _added(one: int | float, other: Number) -> Number:
    return one if other is None else number(Decimal(str(one)) + Decimal(str(other)))


@dataclass
class _Table:
    """Cells by key (the group's values) and series; of a whole, by what is left of the key. `share`: the series of the
    part and of the whole, `share_as` what their quotient is told as; `difference`: the series that is taken from and
    the one that is taken, `by_gap` that an order hangs on how far they lie apart; `average`: the series, and what it is
    divided and multiplied by; `ordered_by`: the series that an order hangs on; `time`: where the unit of time stands in
    a key; `unlike`: by compared series, the units of which no change is told; `other_days`: the compared series of
    which none is."""

    keys: dict[tuple[Any, ...], None] = field(default_factory=dict)
    cells: dict[tuple[tuple[Any, ...], str], Number] = field(default_factory=dict)
    kept: dict[str, tuple[int, ...]] = field(default_factory=dict)
    share: tuple[str, str] | None = None
    share_as: tuple[str, int] = (RATIO, 1)
    difference: tuple[str, str] | None = None
    by_gap: bool = False
    average: tuple[str, int, int] | None = None
    ordered_by: str = "actual"
    time: int | None = None
    unlike: dict[str, tuple[str, ...]] = field(default_factory=dict)
    other_days: frozenset[str] = frozenset()

    def tells_change(self, key: tuple[Any, ...], series: str) -> bool:
        """Whether the row and what it is compared with are both of a whole unit of time, or of a like part of one."""
        if series in self.other_days:
            return False
        return self.time is None or str(key[self.time])[:10] not in self.unlike.get(series, ())

    def put(self, key: tuple[Any, ...], query: DraftQuery, value: Number) -> None:
        if query.over is None:
            self.keys[key] = None
        before = self.cells.get((key, query.series)) if query.sum_of else None
        self.cells[key, query.series] = value if before is None else _added(before, value)

    def cell(self, key: tuple[Any, ...], series: str) -> Number:
        at = self.kept.get(series)
        return self.cells.get((key if at is None else tuple(key[i] for i in at), series))


def assemble(
    plan: Draft,
    results: dict[str, QueryResult],
    concepts: ResolvedConcepts,
    catalogue: Catalogue,
    as_of: date | None = None,
) -> Results:
    """One table for all queries of a plan. `results` by query id; `as_of`: the day the question was asked for."""
    series = list(dict.fromkeys(q.series for q in plan.queries))
    ordered_by = _ordered_by(plan, concepts)
    table = _Table(
        share=plan.share,
        share_as=plan.share_as,
        average=plan.average,
        ordered_by=ordered_by,
        time=time_of(concepts),
        unlike={q.series: q.unlike for q in plan.queries},
        other_days=frozenset(q.series for q in plan.queries if q.other_days),
    )
    if plan.share_as[0] in (DIFFERENCE, SUM):
        table.share, table.difference = None, plan.share
        table.by_gap = any(c.id == GAP for c in plan.computations)
    for query in plan.queries:
        _fill(table, query, results[query.id], concepts, plan)
    _leave_out(table, plan)
    _leave_out_by_level(table, concepts, plan)
    _leave_out_what_comes(table, plan, concepts, as_of)
    _leave_out_what_is_not_over(table, plan, concepts)
    compared = {q.series: q.base for q in plan.queries if q.base and q.over is None}
    _leave_out_by_change(table, concepts, compared)
    average = _mean(table) if concepts.average and concepts.average.over else None
    _leave_out_by_average(table, concepts, average)
    gone = _leave_out_what_is_no_member(table, plan, concepts, catalogue)
    columns = (*_group_columns(concepts), *(_series_column(s, plan, catalogue) for s in series))
    single = len(table.keys) <= 1
    if not single:
        at_once = (COUNT, COMBINED, COMBINED_SHARE)
        own = [c.id for c in plan.computations if c.id not in at_once and not c.expression.startswith(MEAN)]
        unit = next((c.unit for c in columns if c.type == "number"), None)
        columns = (
            *columns,
            *(ResultColumn(name=n, type="number", unit=unit if n in _IN_ITS_UNIT else None) for n in own),
        )
    by = concepts.order.by if concepts.order else ""
    overall = (lambda k: table.cell(k, OVERALL)) if OVERALL in series else None
    shown = in_order(table.keys, lambda k: _deciding(table, k, by, compared), concepts, overall)
    placed = {} if single else _placed(plan, shown, table, concepts)
    rows = [(*_row(p.key, table, series, compared, single), *placed.get(p.key, ())) for p in shown]
    computed = _computed(table, next(iter(table.keys)), compared) if single and table.keys else {}
    if concepts.average and concepts.average.over:
        computed[AVERAGE] = average
    if concepts.combined:
        computed.update(_combined(table, [p.key for p in shown]))
    if concepts.count:
        computed[COUNT] = sum(row[0] is not None for row in rows)
    return Results(
        columns=columns,
        rows=tuple(rows),
        computed=computed,
        validation=(gone,) if gone else (),
        as_of_data=max((r.as_of for r in results.values() if r.as_of), default=None),
    )


def _combined(table: _Table, keys: list[Key]) -> dict[str, Number]:
    """Of all rows that are shown: their sum, and where each is a share, which part of the one whole it is."""
    values = [Decimal(str(v)) for k in keys if (v := table.cells.get((k, "actual"))) is not None]
    total = sum(values, Decimal(0)) if values else None
    found = {COMBINED: number(total)}
    if table.share:
        whole = next((table.cell(k, table.share[1]) for k in keys), None)
        found[COMBINED_SHARE] = round(float(total / Decimal(str(whole)) * 100), 2) if total and whole else None
    return found


def _mean(table: _Table) -> Number:
    """Over the groups that have a value; what belongs to none of them is not one."""
    values = [v for k in table.keys if None not in k and (v := table.cells.get((k, "actual"))) is not None]
    exact = sum((Decimal(str(v)) for v in values), Decimal(0))
    return number(round(exact / len(values), 6)) if values else None


def _ordered_by(plan: Draft, concepts: ResolvedConcepts) -> str:
    """The series of the metric that decides the order; the first one where a change does."""
    by = concepts.order.by if concepts.order else None
    return next((q.series for q in plan.queries if q.metric == by and q.base is None and q.over is None), "actual")


def _leave_out(table: _Table, plan: Draft) -> None:
    """Groups that a bound on one metric left out are left out for the others too."""
    bounded = {q.series for q in plan.queries if q.bounded}
    table.keys = {k: None for k in table.keys if all((k, s) in table.cells for s in bounded)}


def _leave_out_by_level(table: _Table, concepts: ResolvedConcepts, plan: Draft) -> None:
    """Only the groups whose last level that is kept lies within the bound."""
    for query in {q.series: q for q in plan.queries if q.bounded and q.last_of == AT_ONCE}.values():
        bounds = [(_HOLDS[f.operator], f.values[0]) for f in concepts.filters if f.metric == query.metric]
        known = {k: table.cells.get((k, query.series)) for k in table.keys}
        table.keys = {
            k: None for k in table.keys if known[k] is not None and all(holds(known[k], b) for holds, b in bounds)
        }


def _leave_out_what_comes(table: _Table, plan: Draft, concepts: ResolvedConcepts, as_of: date | None) -> None:
    """Units of time that have not begun, where nothing is known of them but what they would be compared with."""
    at = time_of(concepts)
    if at is None or as_of is None:
        return
    told = {q.series for q in plan.queries if q.over is None and not q.series.startswith(PREVIOUS)}
    table.keys = {
        k: None
        for k in table.keys
        if k[at] is None
        or str(k[at])[:10] <= as_of.isoformat()
        or any(table.cells.get((k, s)) is not None for s in told)
    }


def _leave_out_what_is_not_over(table: _Table, plan: Draft, concepts: ResolvedConcepts) -> None:
    at = time_of(concepts)
    if at is not None and plan.left_out is not None:
        table.keys = {k: None for k in table.keys if k[at] is None or str(k[at])[:10] < plan.left_out}


def _leave_out_by_change(table: _Table, concepts: ResolvedConcepts, compared: dict[str, str]) -> None:
    """Only the groups that changed as was asked; of one that a side is missing of, it is not known."""
    for item in (f for f in concepts.filters if f.metric in CHANGE):
        holds, bound = _HOLDS[item.operator], item.values[0]
        known = {k: _computed(table, k, compared).get(str(item.metric)) for k in table.keys}
        table.keys = {k: None for k in table.keys if (value := known[k]) is not None and holds(value, bound)}


def _leave_out_by_average(table: _Table, concepts: ResolvedConcepts, average: Number) -> None:
    """Only the groups on the side of the average of all that was asked for."""
    for item in (f for f in concepts.filters if f.metric == FROM_AVERAGE):
        holds, known = _HOLDS[item.operator], {k: table.cells.get((k, "actual")) for k in table.keys}
        apart = {k: v - average for k, v in known.items() if v is not None and average is not None}
        table.keys = {k: None for k in table.keys if k in apart and holds(apart[k], item.values[0])}


def _leave_out_what_is_no_member(
    table: _Table, plan: Draft, concepts: ResolvedConcepts, catalogue: Catalogue
) -> Validation | None:
    """Rows of no member, where groups are ranked or picked; and the one more that was asked for their sake."""
    if not picks(concepts):
        return None
    by = catalogue.get(next(q.metric for q in plan.queries if q.series == table.ordered_by), Metric)
    told = left_out(table.keys, lambda k: table.cells.get((k, table.ordered_by)), by, concepts, catalogue)
    kept = [k for k in table.keys if not is_of_no_member(k)]
    if all(q.limited for q in plan.queries if q.over is None):
        known = [k for k in kept if table.cells.get((k, table.ordered_by)) is not None]
        kept = known[: (concepts.limit or 0) + (concepts.offset or 0)]
    table.keys = dict.fromkeys(kept)
    return told


def _fill(table: _Table, query: DraftQuery, result: QueryResult, concepts: ResolvedConcepts, plan: Draft) -> None:
    names = [c.name for c in result.columns]
    cut = [(i, d) for i, d in enumerate(concepts.dimensions) if d.id not in (query.over or ())]
    if query.over:
        table.kept[query.series] = tuple(i for i, _ in cut)
    places = [_place(d, query, names, concepts) for _, d in cut]
    at = names.index(query.cube.measures[0])
    for row in _in_time(result, query, names):
        told = [(d, place) for (_, d), place in zip(cut, places, strict=True)]
        buckets = (_bucket(d, row, place, query) for d, place in told)
        if not any(b is not None and stands_beside_none(b, query, plan) for b in buckets):
            table.put(tuple(_key(d, row, place, query, plan) for d, place in told), query, number(row[at]))


def _in_time(result: QueryResult, query: DraftQuery, names: list[str]) -> Iterable[tuple[Any, ...]]:
    """The rows so that the last of each bucket comes last, where that is the one that counts; of a level at one time
    only those of the last unit that is kept."""
    if query.last_of is None:
        return result.rows
    time = query.cube.time_dimensions[0]
    at = names.index(f"{time.dimension}.{time.granularity}")
    rows = sorted((r for r in result.rows if r[at] is not None), key=lambda r: str(r[at]))
    return rows if query.last_of != AT_ONCE else [r for r in rows if r[at] == rows[-1][at]]


def _key(item: ResolvedDimension, row: tuple[Any, ...], place: int | None, query: DraftQuery, plan: Draft) -> Any:
    if place is None:
        return query.group[item.id]
    bucket = _bucket(item, row, place, query)
    return row[place] if bucket is None else beside(bucket, query, plan)


def _bucket(item: ResolvedDimension, row: tuple[Any, ...], place: int | None, query: DraftQuery) -> Any:
    """The unit of time that a row of the layer is of, where it is told by one."""
    value = None if place is None or item.grain is None else row[place]
    return bucket_of(str(value), query.folded, query.offset) if value is not None and query.folded else value


def _place(item: ResolvedDimension, query: DraftQuery, names: list[str], concepts: ResolvedConcepts) -> int | None:
    """The column of a dimension; None where the whole query is one member of it."""
    if item.id in query.group:
        return None
    if item.grain:
        time = query.cube.time_dimensions[0]
        return names.index(f"{time.dimension}.{time.granularity}")
    by_layer = [d.id for d in concepts.dimensions if d.grain is None and d.id not in query.group]
    return names.index(query.cube.dimensions[by_layer.index(item.id)])


def _group_columns(concepts: ResolvedConcepts) -> Iterator[ResultColumn]:
    for item in concepts.dimensions:
        yield ResultColumn(name=item.id, type="time" if item.grain else "string")


def _series_column(series: str, plan: Draft, catalogue: Catalogue) -> ResultColumn:
    query = next(q for q in plan.queries if q.series == series)
    metric = catalogue.get(query.metric, Metric)
    return ResultColumn(name=series_name(query), type="number", unit=metric.unit if metric else None)


def series_name(query: DraftQuery) -> str:
    """The column that a query's series fills."""
    named = query.series.startswith(("actual", "target"))
    return query.metric if named else f"{query.metric}_{query.series}"


def compared_series(plan: Draft) -> list[tuple[DraftQuery, str]]:
    """Each series that is compared with another one, and what its computed values are told apart by."""
    first = {q.series: q for q in reversed(plan.queries) if q.base}
    series = dict.fromkeys(q.series for q in plan.queries if q.base)
    return [(first[s], f"_{at + 1}" if at else "") for at, s in enumerate(series)]


def _placed(plan: Draft, placed: Iterable[Placed], table: _Table, concepts: ResolvedConcepts) -> dict[Key, Numbers]:
    """What each row has by its place among the others: its rank, the sum up to it."""
    asked = {c.id for c in plan.computations}
    sums = running_totals(table.keys, lambda k: table.cells.get((k, "actual")), concepts) if RUNNING in asked else {}
    return {
        key: (*([rank] if RANK in asked else []), *([sums[key]] if RUNNING in asked else [])) for key, rank in placed
    }


def _deciding(table: _Table, key: tuple[Any, ...], by: str, compared: dict[str, str]) -> Number:
    """The value that a row's place in an order hangs on: the metric's own, how it changed, or its share."""
    if by in COMPUTED:
        return _computed(table, key, compared).get(by)
    return table.cells.get((key, table.ordered_by))


def _row(
    key: tuple[Any, ...], table: _Table, series: list[str], compared: dict[str, str], single: bool
) -> tuple[Any, ...]:
    values = [table.cell(key, s) for s in series]
    computed = () if single else _computed(table, key, compared).values()
    return (*key, *values, *computed)


def _told(name: str, quotient: Decimal) -> Number:
    """A share in percent; a quotient may be as small as it likes."""
    return number(_DIGITS.plus(quotient)) if name == RATIO else round(float(quotient), 2)


def _difference(part: Number, taken: Number, *, by_gap: bool) -> dict[str, Number]:
    """The one without the other; None where a side is missing."""
    known = part is not None and taken is not None
    difference = Decimal(str(part)) - Decimal(str(taken)) if known else None
    told = {DIFFERENCE: number(difference)}
    return told | ({GAP: number(None if difference is None else abs(difference))} if by_gap else {})


def _computed(table: _Table, key: tuple[Any, ...], compared: dict[str, str]) -> dict[str, Number]:
    """Variance and variance in percent against each compared series, the share, the average; None where a side is
    missing."""
    computed: dict[str, Number] = {}
    for at, (other, own) in enumerate(compared.items()):
        actual = table.cells.get((key, own))
        suffix, base = (f"_{at + 1}" if at else ""), table.cells.get((key, other))
        known = actual is not None and base is not None and table.tells_change(key, other)
        variance = Decimal(str(actual)) - Decimal(str(base)) if known else None
        computed[f"variance{suffix}"] = number(variance)
        relative = variance / abs(Decimal(str(base))) * 100 if variance is not None and base else None
        computed[f"variance_pct{suffix}"] = None if relative is None else round(float(relative), 2)
    if table.share:
        part, whole = (table.cell(key, s) for s in table.share)
        name, times = table.share_as
        known = part is not None and bool(whole)
        quotient = Decimal(str(part)) / Decimal(str(whole)) * times if known else None
        computed[name] = None if quotient is None else _told(name, quotient)
    if table.difference and table.share_as[0] == SUM:
        sides = [table.cell(key, s) for s in table.difference]
        computed[SUM] = None if None in sides else number(sum(Decimal(str(side)) for side in sides))
    elif table.difference:
        computed |= _difference(*(table.cell(key, s) for s in table.difference), by_gap=table.by_gap)
    if table.average:
        series, parts, length = table.average
        total = table.cell(key, series)
        computed[AVERAGE] = None if total is None else number(round(Decimal(str(total)) / parts * length, 6))
    return computed
