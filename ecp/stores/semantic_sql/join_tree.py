"""Which joins a query needs, as Cube chooses them (schema-compiler, JoinGraph)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ecp.stores.semantic_common import rejected
from ecp.stores.semantic_sql.model import Dimension, Join, Measure, MemberRef, Model


@dataclass(frozen=True)
class JoinTree:
    """LEFT JOINs from `root`, in order. `multiplied`: cubes whose rows the joins repeat."""

    root: str
    joins: tuple[Join, ...]
    multiplied: frozenset[str]


def join_tree(members: Iterable[Dimension | Measure], model: Model) -> JoinTree:
    """The smallest tree that reaches every cube the members need; the first cube named wins a tie.

    StoreRejected when no cube leads to all others.
    """
    cubes = list(dict.fromkeys(cube for member in members for cube in needed(member, model)))
    trees = [(root, joins) for root in cubes if (joins := _joins_from(root, cubes, model)) is not None]
    if not trees:
        raise rejected(f"No path of joins connects {', '.join(cubes)}")
    root, joins = min(trees, key=lambda tree: len(tree[1]))
    return JoinTree(root, joins, frozenset(cube for cube in cubes if _multiplied(cube, joins, set())))


def needed(member: Dimension | Measure, model: Model) -> list[str]:
    """The member's cube, then those its SQL refers to."""
    found = [member.cube]
    for sql in model.expressions(member):
        for part in sql:
            if isinstance(part, MemberRef):
                found += needed(model.member(part.path), model)
            elif not isinstance(part, str):
                found.append(part.cube)
    return found


def _joins_from(root: str, cubes: Sequence[str], model: Model) -> tuple[Join, ...] | None:
    joins: dict[Join, None] = {}
    for cube in cubes:
        path = _path(root, cube, model)
        if path is None:
            return None
        joins.update(dict.fromkeys(path))
    return tuple(joins)


def _path(start: str, end: str, model: Model) -> list[Join] | None:
    paths: dict[str, list[Join]] = {start: []}
    waiting = [start]
    while waiting and end not in paths:
        here = waiting.pop(0)
        for join in model.cubes[here].joins:
            if join.target not in paths:
                paths[join.target] = [*paths[here], join]
                waiting.append(join.target)
    return paths.get(end)


def _multiplied(cube: str, joins: Sequence[Join], visited: set[str]) -> bool:
    if cube in visited:
        return False
    visited.add(cube)
    near = [(join, join.target if join.source == cube else join.source) for join in joins if cube in _ends(join)]
    if any(_repeats(cube, join) and other not in visited for join, other in near):
        return True
    return any(_multiplied(other, joins, visited) for _, other in near)


def _repeats(cube: str, join: Join) -> bool:
    return (join.source == cube and join.relationship == "one_to_many") or (
        join.target == cube and join.relationship == "many_to_one"
    )


def _ends(join: Join) -> tuple[str, str]:
    return join.source, join.target
