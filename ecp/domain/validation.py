"""What the pack's rules say of a result: which of them hold, and whether its numbers may be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from ecp.domain.alignment import bucket_of
from ecp.domain.answer import ResolvedConcepts, Results, Validation
from ecp.domain.assets import Metric, ValidationRule
from ecp.domain.calendar import ONE_DAY, day_label, shift
from ecp.domain.catalogue import Catalogue
from ecp.domain.periods import calendar_of, data_from
from ecp.domain.places import time_of
from ecp.domain.plan import Draft, DraftQuery
from ecp.domain.results import compared_series, series_name
from ecp.domain.unplaced import WITHOUT_A_MEMBER

WITHHOLDING = "error"
_SERIES = re.compile(r"(?:target|member|previous)(?:_(\d+))?(?:_of_.*)?")
_EXPECTED_TO_BE_NEAR = frozenset({"target", "previous_period", "same_period_last_year"})
_HELD_APART = "Not applied: it bounds changes from a target, the period before or a year before."


def validate(
    results: Results, plan: Draft, concepts: ResolvedConcepts, catalogue: Catalogue, as_of: date | None = None
) -> tuple[Validation, ...]:
    """Every rule of the pack that speaks of these metrics, or of all, applied to the table. `as_of`: the day that tells
    what is over."""
    table = _Checked(results, plan, concepts, catalogue, as_of)
    measured = {q.metric for q in plan.queries}
    rules = (r for r in catalogue.of_kind(ValidationRule) if not r.metrics or measured & set(r.metrics))
    return tuple(_applied(rule, table) for rule in rules)


def with_checks(results: Results, checks: tuple[Validation, ...]) -> Results:
    """The result with what was found of it; without its numbers where a rule is broken that must not be."""
    checked = results.model_copy(update={"validation": checks})
    if not withheld(checked):
        return checked
    untold = tuple(c for c in checks if c.rule != WITHOUT_A_MEMBER)
    return checked.model_copy(update={"rows": (), "computed": {}, "validation": untold})


def withheld(results: Results) -> bool:
    return any(not v.passed and v.severity == WITHHOLDING for v in results.validation)


@dataclass(frozen=True)
class _Checked:
    """A table with what its columns are."""

    results: Results
    plan: Draft
    concepts: ResolvedConcepts
    catalogue: Catalogue
    as_of: date | None = None

    def values_of(self, metrics: Iterable[str]) -> list[Any]:
        """The numbers of these metrics, in every series; without metrics, of all."""
        wanted = set(metrics)
        names = {series_name(q) for q in self.plan.queries if not wanted or q.metric in wanted}
        return self._cells(names)

    def variances_of(self, metrics: Iterable[str]) -> Iterator[tuple[float | None, bool]]:
        """In percent, against what these metrics are expected to be near: a target, an earlier period. With each,
        whether it is of a time that is over."""
        wanted = set(metrics)
        for query, suffix in compared_series(self.plan):
            if self._expected_near(query.series) and (not wanted or self._metric_of(str(query.base)) in wanted):
                name, over = f"variance_pct{suffix}", self._is_over(query)
                yield from ((v, over) for k, v in self.results.computed.items() if k == name)
                at = [i for i, c in enumerate(self.results.columns) if c.name == name]
                yield from ((row[i], over and self._is_unit_over(row)) for row in self.results.rows for i in at)

    def is_held_apart(self, metrics: Iterable[str]) -> bool:
        """Whether these metrics are compared only with what they are not expected to be near: another time that was
        named, or a member."""
        wanted = set(metrics)
        own = [q for q, _ in compared_series(self.plan) if not wanted or self._metric_of(str(q.base)) in wanted]
        return bool(own) and not any(self._expected_near(q.series) for q in own)

    def _is_over(self, query: DraftQuery) -> bool:
        """Whether both sides have all of their numbers: neither the period nor the unit that one of them is kept by
        ends later than the day. Of a table by time, each row is one of its own."""
        if self.as_of is None or self._time is not None:
            return True
        calendar, _ = calendar_of(self.catalogue)
        period = self.concepts.period
        end = period.end if period else self.as_of
        sides = (self.catalogue.get(m, Metric) for m in (query.metric, self._metric_of(str(query.base)) or ""))
        ends = [calendar.end_of(end, m.grain, calendar.relative) for m in sides if m]
        return max([end, *ends]) <= self.as_of

    @property
    def is_before_the_data(self) -> bool:
        """Whether all of the period lies before the first day there are data of: what is not there is no fault."""
        begin, period = data_from(self.catalogue), self.concepts.period
        return begin is not None and period is not None and period.end < begin

    @property
    def _time(self) -> int | None:
        return time_of(self.concepts)

    def _is_unit_over(self, row: tuple[Any, ...]) -> bool:
        if self._time is None or self.as_of is None or row[self._time] is None:
            return True
        grain, first = self.concepts.dimensions[self._time].grain, str(row[self._time])[:10]
        return shift(date.fromisoformat(first), grain, 1) - ONE_DAY <= self.as_of  # type: ignore[arg-type]

    def dates(self) -> Iterator[tuple[Any, str]]:
        """Every date of the table with the grain of its column."""
        grains = {d.id: d.grain for d in self.concepts.dimensions if d.grain}
        for at, column in enumerate(self.results.columns):
            if column.type == "time" and column.name in grains:
                yield from ((row[at], str(grains[column.name])) for row in self.results.rows)

    def _cells(self, names: set[str]) -> list[Any]:
        at = [i for i, c in enumerate(self.results.columns) if c.name in names]
        return [row[i] for row in self.results.rows for i in at]

    def _metric_of(self, series: str) -> str | None:
        return next((q.metric for q in self.plan.queries if q.series == series), None)

    def _expected_near(self, series: str) -> bool:
        found = _SERIES.fullmatch(series)
        at = int(found[1] or 1) - 1 if found else len(self.concepts.comparisons)
        return at < len(self.concepts.comparisons) and self.concepts.comparisons[at].kind in _EXPECTED_TO_BE_NEAR


def _applied(rule: ValidationRule, table: _Checked) -> Validation:
    passed = _passes(rule, table)
    told = [] if passed else [rule.note or rule.definition]
    told += [_skipped(table)] if rule.rule == "variance" and _skips(rule, table) else []
    told += [_HELD_APART] if rule.rule == "variance" and table.is_held_apart(rule.metrics) else []
    return Validation(rule=rule.id, passed=passed, severity=rule.severity, note=" ".join(filter(None, told)))


def _skips(rule: ValidationRule, table: _Checked) -> bool:
    return any(value is not None and not over for value, over in table.variances_of(rule.metrics))


def _skipped(table: _Checked) -> str:
    """What is to be known of a rule that passes over what had not all of its numbers yet."""
    assert table.as_of is not None
    what = "the units of time that are" if time_of(table.concepts) is not None else "this period, as it is"
    return f"Not applied to {what} not over on {day_label(table.as_of)}."


def _passes(rule: ValidationRule, table: _Checked) -> bool:
    if rule.rule == "valid_dates":
        return all(_is_valid(day, grain, rule, table) for day, grain in table.dates())
    if rule.rule == "not_empty":
        return table.is_before_the_data or any(v is not None for v in table.values_of(rule.metrics))
    if rule.rule == "variance":
        return all(_within(rule, v) for v, over in table.variances_of(rule.metrics) if over)
    values = [v for v in table.values_of(rule.metrics) if v is not None]
    return all(v >= 0 for v in values) if rule.rule == "non_negative" else all(_within(rule, v) for v in values)


def _within(rule: ValidationRule, value: float | None) -> bool:
    if value is None:
        return True
    return (rule.minimum is None or value >= rule.minimum) and (rule.maximum is None or value <= rule.maximum)


def _is_valid(day: Any, grain: str, rule: ValidationRule, table: _Checked) -> bool:
    """A day of the calendar, in the years of the rule, in the period that was asked for."""
    try:
        found = date.fromisoformat(str(day)[:10])
    except ValueError:
        return False
    period, offset = table.concepts.period, max((q.offset for q in table.plan.queries), default=0)
    asked = (
        period is None
        or bucket_of(period.start.isoformat(), grain, offset) <= found.isoformat() <= period.end.isoformat()
    )
    return asked and _within(rule, found.year)
