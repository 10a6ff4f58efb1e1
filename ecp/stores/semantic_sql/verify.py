"""What must hold in a model before a query is compiled against it."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.stores.semantic_sql.model import Cube, CubeRef, Dimension, Expression, Join, Measure, MemberRef, Model

ADDITIVE = ("count", "sum", "avg", "number")


def verify(model: Model) -> Iterator[tuple[str, str]]:
    """Complaints as (cube, "field: what is wrong")."""
    for cube in model.cubes.values():
        for join in cube.joins:
            for complaint in _join(join, model):
                yield cube.name, f"joins.{join.target}: {complaint}"
    for member in model.members():
        group = "measures" if isinstance(member, Measure) else "dimensions"
        for complaint in _member(member, model):
            yield member.cube, f"{group}.{member.name}: {complaint}"


def _join(join: Join, model: Model) -> Iterator[str]:
    target = model.cubes.get(join.target)
    if target is None:
        yield "no such cube"
        return
    for cube in (model.cubes[join.source], target):
        if not cube.primary_keys and any(m.type in ADDITIVE for m in cube.measures.values()):
            yield f"cube {cube.name} has no primary key"
    yield from _references(join.sql, model, measures=False)
    if {part.cube for part in join.sql if not isinstance(part, str)} - {join.source, join.target}:
        yield "the condition names a third cube"


def _member(member: Dimension | Measure, model: Model) -> Iterator[str]:
    if isinstance(member, Dimension):
        yield from _references(member.sql, model, measures=False)
    else:
        yield from _measure(member, model)
    if _depends_on_itself(member, model):
        yield "refers to itself"


def _measure(measure: Measure, model: Model) -> Iterator[str]:
    if measure.sql is None and measure.type != "count":
        yield "sql is missing"
    if measure.calculated and measure.filters:
        yield "a calculated measure has no filters of its own"
    if measure.sql:
        yield from _references(measure.sql, model, measures=measure.calculated)
    for condition in measure.filters:
        yield from _references(condition, model, measures=False)


def _references(sql: Expression, model: Model, *, measures: bool) -> Iterator[str]:
    for part in sql:
        if isinstance(part, CubeRef) and part.cube not in model.cubes:
            yield f"no cube {part.cube}"
        if isinstance(part, MemberRef):
            dimension = model.dimension(part.cube, part.name)
            measure = model.measure(part.cube, part.name) if measures else None
            if dimension is None and measure is None:
                yield f"{part.path} is not to be had here"


def _depends_on_itself(member: Dimension | Measure, model: Model) -> bool:
    seen: set[str] = set()
    waiting = [member]
    while waiting:
        for sql in model.expressions(waiting.pop()):
            for part in sql:
                if not isinstance(part, MemberRef) or part.path in seen:
                    continue
                if part.path == f"{member.cube}.{member.name}":
                    return True
                seen.add(part.path)
                waiting += _found(part, model)
    return False


def _found(part: MemberRef, model: Model) -> list[Dimension | Measure]:
    cube: Cube | None = model.cubes.get(part.cube)
    if cube is None:
        return []
    found = cube.measures.get(part.name) or cube.dimensions.get(part.name)
    return [found] if found else []
