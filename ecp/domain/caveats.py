"""Which known issues touch a question: its metric, its members and its period, all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ecp.domain.answer import ResolvedConcepts, Warning_
from ecp.domain.assets import Dimension, Metric, Scope, TribalKnowledge
from ecp.domain.catalogue import Catalogue
from ecp.domain.limits import is_cut_by, same_column
from ecp.domain.members import Scalar, anybodys_values, values_of
from ecp.domain.words import normal_form

_GRAVITY = ("critical", "high", "medium", "low")


def caveats(
    candidates: Iterable[str],
    concepts: ResolvedConcepts,
    catalogue: Catalogue,
    department: str | None,
    as_of: date | None = None,
) -> tuple[Warning_, ...]:
    """Those of the candidates whose scope the question touches, gravest first. `as_of`: where no period was named, the
    day of which levels are taken, and on which all else ends."""
    found = (catalogue.get(i, TribalKnowledge) for i in dict.fromkeys(candidates))
    touching = [k for k in found if k and touches(k.scope, concepts, catalogue, department, as_of)]
    return tuple(_warning(k) for k in sorted(touching, key=lambda k: (_GRAVITY.index(k.severity), k.id)))


def listed(concepts: ResolvedConcepts, catalogue: Catalogue, department: str | None) -> tuple[TribalKnowledge, ...]:
    """All that touches the members, the dimensions, the metrics and the period that are named, where nothing else need
    be: what names them itself first, then the gravest. All there is where nothing is named."""
    limited = bool(concepts.metrics or concepts.filters or concepts.dimensions or concepts.period)
    found = [
        k for k in catalogue.of_kind(TribalKnowledge) if not limited or _may_touch(k, concepts, catalogue, department)
    ]
    return tuple(sorted(found, key=lambda k: (-_named(k.scope, concepts, catalogue), _GRAVITY.index(k.severity), k.id)))


def metrics_with(issues: Iterable[TribalKnowledge], catalogue: Catalogue) -> Iterator[Metric]:
    """The metrics that some of these touch."""
    known = tuple(issues)
    yield from (m for m in catalogue.of_kind(Metric) if any(speaks_of(k.scope, m, catalogue) for k in known))


def speaks_of(scope: Scope, metric: Metric, catalogue: Catalogue) -> bool:
    """Whether it touches a metric, by some cut at least."""
    cut = not scope.dimensions or any(is_cut_by(metric, d, catalogue) for d in scope.dimensions)
    inside = not scope.domains or metric.domain in scope.domains
    return cut and inside and (not scope.metrics or metric.id in scope.metrics)


def _may_touch(
    known: TribalKnowledge, concepts: ResolvedConcepts, catalogue: Catalogue, department: str | None
) -> bool:
    """As `touches`, but for what the question does not name at all; of its metrics one has to be cut by what is
    named."""
    scope = known.scope
    if not concepts.metrics:
        dimensions = scope.dimensions if concepts.dimensions else ()
        scope = scope.model_copy(update={"metrics": (), "domains": (), "dimensions": dimensions})
    return _is_cut_so(known.scope, concepts, catalogue) and touches(scope, concepts, catalogue, department)


def _is_cut_so(scope: Scope, concepts: ResolvedConcepts, catalogue: Catalogue) -> bool:
    named = _columns(concepts)
    metrics = [m for i in scope.metrics if (m := catalogue.get(i, Metric))]
    return not metrics or any(all(is_cut_by(m, d, catalogue) for d in named) for m in metrics)


def _columns(concepts: ResolvedConcepts) -> list[str]:
    """The dimensions that a question names, by themselves or by their members."""
    return [
        *(d.id for d in concepts.dimensions if not d.grain),
        *(f.dimension for f in concepts.filters if f.dimension),
    ]


def _named(scope: Scope, concepts: ResolvedConcepts, catalogue: Catalogue) -> int:
    """How much of what is asked for it names itself, or its metrics list among what they are cut by."""
    columns = _columns(concepts)
    members = any(same_column(d, c, catalogue) for d in scope.members for c in columns)
    metrics = bool({m.id for m in concepts.metrics} & set(scope.metrics))
    cuts = any(_cuts(d, concepts, catalogue) for d in scope.dimensions)
    own = [m.dimensions for i in scope.metrics if (m := catalogue.get(i, Metric)) and m.dimensions]
    listed_so = bool(columns) and any(set(columns) <= set(ids) for ids in own)
    return 2 * (members + metrics + cuts + bool(scope.period and concepts.period)) + listed_so


def touches(
    scope: Scope, concepts: ResolvedConcepts, catalogue: Catalogue, department: str | None, as_of: date | None = None
) -> bool:
    """Whether every part of the scope that is given touches the question."""
    metrics = {m.id for m in concepts.metrics} | {c.metric for c in concepts.comparisons if c.metric}
    asked = [p for p in (concepts.period, *(c.period for c in concepts.comparisons)) if p]
    days = [(p.start, p.end) for p in asked]
    if as_of and not asked:
        days = [(as_of if _are_levels(metrics, concepts, catalogue) else date.min, as_of)]
    return (
        (not scope.metrics or bool(metrics & set(scope.metrics)))
        and (not scope.domains or bool(set(scope.domains) & _domains(metrics, catalogue)))
        and (not scope.dimensions or any(_cuts(d, concepts, catalogue) for d in scope.dimensions))
        and (not scope.departments or (department is not None and _among(department, scope.departments)))
        and (scope.period is None or not days or any(_overlap(scope, *each) for each in days))
        and all(_members_touch(d, ids, concepts, catalogue, department) for d, ids in scope.members.items())
    )


def _domains(metrics: Iterable[str], catalogue: Catalogue) -> set[str | None]:
    return {m.domain for i in metrics if (m := catalogue.get(i, Metric))}


def _cuts(dimension_id: str, concepts: ResolvedConcepts, catalogue: Catalogue) -> bool:
    """Whether the question cuts, filters or compares by the dimension."""
    used = [d.id for d in concepts.dimensions]
    used += [f.dimension for f in concepts.filters if f.dimension]
    used += [c.dimension for c in concepts.comparisons if c.dimension]
    return any(same_column(one, dimension_id, catalogue) for one in used)


def _among(department: str, departments: Iterable[str]) -> bool:
    return normal_form(department) in {normal_form(d) for d in departments}


def _are_levels(metrics: Iterable[str], concepts: ResolvedConcepts, catalogue: Catalogue) -> bool:
    """Whether the state of one day is all that is taken."""
    found = [catalogue.get(i, Metric) for i in metrics]
    return bool(found) and all(m and m.is_stock for m in found) and not any(d.grain for d in concepts.dimensions)


def _overlap(scope: Scope, start: date, end: date) -> bool:
    assert scope.period is not None
    starts_before = scope.period.start is None or scope.period.start <= end
    ends_after = scope.period.end is None or scope.period.end >= start
    return starts_before and ends_after


def _members_touch(
    dimension_id: str, ids: Iterable[str], concepts: ResolvedConcepts, catalogue: Catalogue, department: str | None
) -> bool:
    """A question that does not filter the column takes in every member; one that does must share a value with the
    members as anybody counts them: whose data are touched does not depend on who asks."""
    related = [f for f in concepts.filters if f.dimension and same_column(f.dimension, dimension_id, catalogue)]
    if not related or catalogue.get(dimension_id, Dimension) is None:
        return True
    touched = {v for i in ids for v in anybodys_values(catalogue, dimension_id, i)}
    if touched & _compared(dimension_id, concepts, catalogue, department):
        return True
    inside = [f for f in related if f.operator == "in"]
    outside = {v for f in related if f.operator == "not_in" for v in f.values}
    asked: set[Scalar] = {v for f in inside for v in f.values}
    return bool((touched & asked if inside else touched) - outside)


def _compared(
    dimension_id: str, concepts: ResolvedConcepts, catalogue: Catalogue, department: str | None
) -> set[Scalar]:
    members = [c for c in concepts.comparisons if c.member and c.dimension]
    shared = [c for c in members if same_column(str(c.dimension), dimension_id, catalogue)]
    return {v for c in shared for v in _values(str(c.dimension), [str(c.member)], catalogue, department)}


def _values(dimension_id: str, ids: Iterable[str], catalogue: Catalogue, department: str | None) -> set[Scalar]:
    found = (values_of(catalogue, dimension_id, i, department) for i in ids)
    return {value for f in found if f for value in f.values}


def _warning(known: TribalKnowledge) -> Warning_:
    return Warning_(
        id=known.id,
        source="tribal_knowledge",
        severity=known.severity,
        message=known.message,
        impact=known.impact,
        workaround=known.workaround,
    )
