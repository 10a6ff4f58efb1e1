"""A Cube model as the compiler sees it: cubes, members, joins, and SQL with its references taken apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ecp.domain.semantic import SemanticMember, SemanticMeta

Relationship = Literal["many_to_one", "one_to_many", "one_to_one"]
CALCULATED = ("number", "string", "time", "boolean")


class ModelInvalid(Exception):
    """What is wrong with the model, and where: file, cube, field."""


@dataclass(frozen=True)
class CubeRef:
    """The alias of a cube in the query."""

    cube: str


@dataclass(frozen=True)
class MemberRef:
    """The SQL of a member."""

    cube: str
    name: str

    @property
    def path(self) -> str:
        return f"{self.cube}.{self.name}"


Expression = tuple[str | CubeRef | MemberRef, ...]


@dataclass(frozen=True)
class Dimension:
    cube: str
    name: str
    type: str
    sql: Expression
    title: str
    primary_key: bool
    public: bool


@dataclass(frozen=True)
class Measure:
    """`sql` is None for a count of rows. A calculated one holds its aggregates in its SQL."""

    cube: str
    name: str
    type: str
    sql: Expression | None
    filters: tuple[Expression, ...]
    title: str
    public: bool

    @property
    def calculated(self) -> bool:
        return self.type in CALCULATED

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return ((self.sql,) if self.sql else ()) + self.filters


@dataclass(frozen=True)
class Join:
    source: str
    target: str
    relationship: Relationship
    sql: Expression


@dataclass(frozen=True)
class Cube:
    """`table` is a table's name, or a SELECT when `is_query`."""

    name: str
    table: str
    is_query: bool
    public: bool
    dimensions: Mapping[str, Dimension]
    measures: Mapping[str, Measure]
    joins: tuple[Join, ...]

    @property
    def primary_keys(self) -> tuple[Dimension, ...]:
        return tuple(d for d in self.dimensions.values() if d.primary_key)


@dataclass(frozen=True)
class Model:
    cubes: Mapping[str, Cube] = field(default_factory=dict)
    version: str = "empty"

    def dimension(self, cube: str, name: str) -> Dimension | None:
        return self.cubes[cube].dimensions.get(name) if cube in self.cubes else None

    def measure(self, cube: str, name: str) -> Measure | None:
        return self.cubes[cube].measures.get(name) if cube in self.cubes else None

    def member(self, path: str) -> Dimension | Measure:
        cube, _, name = path.partition(".")
        found = self.measure(cube, name) or self.dimension(cube, name)
        if found is None:
            raise KeyError(path)
        return found

    def expressions(self, member: Dimension | Measure) -> tuple[Expression, ...]:
        return member.expressions if isinstance(member, Measure) else (member.sql,)

    def members(self) -> Iterator[Dimension | Measure]:
        for cube in self.cubes.values():
            yield from cube.dimensions.values()
            yield from cube.measures.values()


def meta_of(model: Model) -> SemanticMeta:
    """What the model shows to callers: its public members, and which cubes a path of joins connects."""
    shown = [m for m in model.members() if m.public and model.cubes[m.cube].public]
    members = {f"{m.cube}.{m.name}": _meta_member(m) for m in shown}
    edges = {cube.name: tuple(join.target for join in cube.joins) for cube in model.cubes.values()}
    return SemanticMeta(members=members, joined=joined(edges), version=model.version)


def joined(edges: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """For each cube the others that a directed path of joins leads to, or that have one to it."""
    ahead = {cube: _reachable(cube, edges) for cube in edges}
    return {
        cube: tuple(other for other in edges if other != cube and (other in ahead[cube] or cube in ahead[other]))
        for cube in edges
    }


def _reachable(start: str, edges: Mapping[str, tuple[str, ...]]) -> set[str]:
    found = {start}
    waiting = [start]
    while waiting:
        fresh = [target for target in edges.get(waiting.pop(), ()) if target not in found]
        found.update(fresh)
        waiting += fresh
    return found


def _meta_member(member: Dimension | Measure) -> SemanticMember:
    if isinstance(member, Dimension):
        kind: Literal["measure", "dimension"] = "dimension"
        shown_type = member.type
    else:
        kind = "measure"
        shown_type = member.type if member.calculated else "number"
    return SemanticMember(name=f"{member.cube}.{member.name}", kind=kind, type=shown_type, title=member.title)
