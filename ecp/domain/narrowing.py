"""Parameters of an execution: they may narrow what was resolved, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ecp.domain.answer import Operator, ResolvedConcepts, ResolvedFilter, ResolvedPeriod, Unresolved
from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.limits import is_cut_by, same_column
from ecp.domain.members import Scalar, values_of
from ecp.domain.values import Value
from ecp.domain.words import fold, normal_form
from ecp.errors import ValidationError

BY_THE_CALLER = "narrowed by the caller"


class NarrowFilter(Value):
    """`values` are member ids, names or the layer's own values; `member` is one member's id or name."""

    dimension: str
    operator: Operator = "in"
    values: tuple[Scalar, ...] = ()
    member: str | None = None


class Narrowing(Value):
    """Dates are inclusive; `limit` is a number of rows."""

    filters: tuple[NarrowFilter, ...] = ()
    start: date | None = None
    end: date | None = None
    limit: int | None = None


def narrow(
    concepts: ResolvedConcepts,
    narrowing: Narrowing,
    catalogue: Catalogue,
    department: str | None,
    *,
    until: date | None = None,
) -> ResolvedConcepts:
    """The concepts within the parameters. Raises `ValidationError` naming the one that would widen or contradict.
    `until`: the past day that the question is asked of."""
    filters, parts = concepts.filters, concepts.share.parts if concepts.share else ()
    for at, item in enumerate(narrowing.filters):
        filters = _with_filter(filters, item, at, catalogue, department)
        _check_kept(concepts, filters[-1], at, catalogue)
        parts = (*parts, *_of_the_part(concepts, filters[-1], at, catalogue))
    return concepts.model_copy(
        update={
            "filters": filters,
            "share": concepts.share.model_copy(update={"parts": parts}) if concepts.share else None,
            "period": _period(concepts, narrowing, None if _is_planned(concepts, catalogue) else until),
            "limit": _limit(concepts.limit, narrowing.limit),
        }
    )


def _refuse(loc: Iterable[str | int], message: str) -> ValidationError:
    place = ["parameters", *loc]
    return ValidationError(message, errors=[{"loc": place, "message": message}])


def _with_filter(
    filters: tuple[ResolvedFilter, ...], item: NarrowFilter, at: int, catalogue: Catalogue, department: str | None
) -> tuple[ResolvedFilter, ...]:
    dimension = _dimension(item.dimension, catalogue)
    if dimension is None or item.operator not in ("in", "not_in"):
        raise _refuse(
            ("filters", at, "dimension" if dimension is None else "operator"), "this cannot narrow the question"
        )
    found = [_values(dimension, name, catalogue, department) for name in _names(item)]
    asked = tuple(v for values in found for v in values)
    if not asked or not all(found):
        raise _refuse(("filters", at, "values"), f"no such member of {dimension.name}")
    present = [f for f in filters if f.dimension == dimension.id and f.operator == "in"]
    allowed = {v for f in present for v in f.values}
    if item.operator == "in" and present and not set(asked) <= allowed:
        raise _refuse(("filters", at, "values"), f"this would widen {dimension.name} beyond what was resolved")
    kept = tuple(f for f in filters if f not in present) if item.operator == "in" else filters
    own = _resolved(dimension, item, asked)
    beside = [f for f in kept if f.dimension and same_column(f.dimension, dimension.id, catalogue)]
    parts = zip(_names(item), found, strict=True) if item.operator == "in" else ((own.mention, asked),)
    for name, values in parts:
        if _left(beside) != set() and _left([*beside, own.model_copy(update={"values": values})]) == set():
            others = {catalogue.assets[f.dimension].name for f in beside if f.dimension} or {dimension.name}
            why = f"“{name}” leaves nothing of the {' and '.join(sorted(others))} that was resolved"
            raise _refuse(("filters", at, "values"), why)
    return (*kept, own)


def _of_the_part(concepts: ResolvedConcepts, item: ResolvedFilter, at: int, catalogue: Catalogue) -> tuple[str, ...]:
    """The parameter's words, where it narrows what is the part of a share; its whole stays as it was resolved. What is
    the whole by itself, as each group of another dimension is, is narrowed with it. Any other would make another share
    of it, and is refused."""
    if concepts.share is None or not concepts.is_part_of_itself or item.dimension is None:
        return ()
    wholes = concepts.whole.filters
    groups = [d.id for d in concepts.dimensions if d.grain is None]
    named = [f.dimension for f in concepts.filters if f.dimension and f not in wholes]
    parts = named if concepts.share.parts else groups if len(groups) == 1 else []
    limits_both = _is_on(item.dimension, [f.dimension for f in wholes if f.dimension], catalogue)
    if _is_on(item.dimension, parts, catalogue) and not limits_both and item.mention not in {f.mention for f in wholes}:
        return (item.mention,)
    if (
        concepts.share.parts
        and _is_on(item.dimension, groups, catalogue)
        and not _is_on(item.dimension, parts, catalogue)
    ):
        return ()
    name = catalogue.assets[item.dimension].name
    why = f"a parameter on {name} would change what the share is of; ask for the share within it in the question"
    raise _refuse(("filters", at, "dimension"), why)


def _is_on(dimension: str, others: Iterable[str], catalogue: Catalogue) -> bool:
    return any(same_column(dimension, other, catalogue) for other in others)


def _left(filters: Iterable[ResolvedFilter]) -> set[Scalar] | None:
    """The values of one column that all of them leave; None where none of them names any. Those of one dimension are a
    union."""
    included: dict[str | None, set[Scalar]] = {}
    excluded: set[Scalar] = set()
    for item in filters:
        if item.operator == "in":
            included.setdefault(item.dimension, set()).update(item.values)
        elif item.operator == "not_in":
            excluded.update(item.values)
    return set.intersection(*included.values()) - excluded if included else None


def _check_kept(concepts: ResolvedConcepts, item: ResolvedFilter, at: int, catalogue: Catalogue) -> None:
    measured = (*(m.id for m in concepts.metrics), *(c.metric for c in concepts.comparisons if c.metric))
    for metric in (catalogue.get(i, Metric) for i in measured):
        if metric is not None and item.dimension and not is_cut_by(metric, item.dimension, catalogue):
            dimension = catalogue.assets[item.dimension].name
            raise _refuse(("filters", at, "dimension"), f"{metric.name} is not kept by {dimension}")


def unplanned(
    concepts: ResolvedConcepts, narrowing: Narrowing, problems: Iterable[Unresolved]
) -> ValidationError | None:
    """What cannot be planned for the parameters' sake, though all else could; None where it is not for theirs."""
    for problem in problems:
        said = problem.mention
        for at, item in enumerate(narrowing.filters):
            if said.startswith(f"{_mention(item)} ("):
                return _refuse(("filters", at, "dimension"), said)
        dated = concepts.period is not None and said.startswith(f"{concepts.period.mention} (")
        if (concepts.average is not None or dated) and (narrowing.start or narrowing.end):
            return _refuse(("period",), said)
    return None


def _names(item: NarrowFilter) -> tuple[Scalar, ...]:
    return (*item.values, *((item.member,) if item.member else ()))


def _resolved(dimension: Dimension, item: NarrowFilter, values: tuple[Scalar, ...]) -> ResolvedFilter:
    return ResolvedFilter(
        dimension=dimension.id,
        operator=item.operator,
        member=None,
        values=tuple(dict.fromkeys(values)),
        mention=_mention(item),
        reason=BY_THE_CALLER,
    )


def _mention(item: NarrowFilter) -> str:
    return ", ".join(str(n) for n in _names(item))


def _dimension(name: str, catalogue: Catalogue) -> Dimension | None:
    found = catalogue.get(name, Dimension)
    named = (d for d in catalogue.of_kind(Dimension) if normal_form(name) in (normal_form(d.id), normal_form(d.name)))
    return found or next(named, None)


def _values(dimension: Dimension, name: Scalar, catalogue: Catalogue, department: str | None) -> tuple[Scalar, ...]:
    """A member by id, name or synonym; else one of the layer's values that some member has; else, where no members
    are listed, the value itself."""
    wanted = normal_form(str(name)) or fold(str(name))
    for member in dimension.members:
        if wanted in {normal_form(t) for t in (member.id, member.name, *member.synonyms)}:
            found = values_of(catalogue, dimension.id, member.id, department)
            return found.values if found else ()
    known = {v for m in dimension.members for v in (*m.values, *(x for w in m.variations for x in w.values))}
    return (name,) if name in known or not dimension.members else ()


def _is_planned(concepts: ResolvedConcepts, catalogue: Catalogue) -> bool:
    """Whether only plans are asked for, which are kept ahead."""
    return all(m.target_of for m in (catalogue.get(m.id, Metric) for m in concepts.metrics) if m)


def _period(concepts: ResolvedConcepts, narrowing: Narrowing, until: date | None) -> ResolvedPeriod | None:
    if narrowing.start is None and narrowing.end is None:
        return concepts.period
    if any(c.period for c in concepts.comparisons):
        raise _refuse(("period",), "two periods are compared; narrowing one would make them unequal")
    period = concepts.period or _all_there_is(narrowing)
    start, end = narrowing.start or period.start, narrowing.end or period.end
    if start < period.start or end > period.end:
        raise _refuse(("period",), f"this lies outside {period.start} to {period.end}, which was resolved")
    if start > end:
        raise _refuse(("period",), f"{start} is after {end}")
    if concepts.period is None and until is not None and start > until:
        raise _refuse(("period",), f"this lies after {until}, the day that all there is was asked of")
    label = f"{start} to {end}"
    update = {"start": start, "end": end, "label": label, "rule": BY_THE_CALLER}
    return period.model_copy(update=update)


def _all_there_is(narrowing: Narrowing) -> ResolvedPeriod:
    """A question without a period is about all of them: whatever is named lies within. The end that is not named is
    that which is."""
    start, end = narrowing.start or narrowing.end, narrowing.end or narrowing.start
    assert start is not None and end is not None
    return ResolvedPeriod(
        mention="",
        start=start,
        end=end,
        granularity="day",
        calendar="calendar",
        label="",
        rule=BY_THE_CALLER,
    )


def _limit(present: int | None, wanted: int | None) -> int | None:
    if wanted is None:
        return present
    if wanted < 1:
        raise _refuse(("limit",), "a limit is a positive number of rows")
    if present is not None and wanted > present:
        raise _refuse(("limit",), f"this would widen the limit of {present} rows")
    return wanted
