"""A query → one parameterised SELECT on Postgres, with the meaning it has in Cube 1.7.

Values are parameters, members come from the model, names are quoted: nothing a caller sends is SQL text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from psycopg import sql

from ecp.domain.semantic import CubeFilter, CubeQuery, TimeDimension
from ecp.stores.semantic_common import DEFAULT_LIMIT, WITHOUT_VALUES, grouped_times
from ecp.stores.semantic_sql.join_tree import join_tree
from ecp.stores.semantic_sql.model import Measure, Model
from ecp.stores.semantic_sql.render import Renderer

COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
GRAIN_RANK = {"day": 0, "week": 1, "month": 2, "quarter": 3, "year": 4}


@dataclass
class Parameters:
    """Values by the name of their placeholder."""

    values: dict[str, str] = field(default_factory=dict)

    def add(self, value: str) -> sql.Placeholder:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return sql.Placeholder(name)


@dataclass(frozen=True)
class Statement:
    """Columns come in the order of `semantic_common.columns`."""

    text: sql.Composed
    values: dict[str, str]


def compile_query(query: CubeQuery, model: Model) -> Statement:
    """`query` has passed `semantic_common.check`. StoreRejected when no join path serves it, or it would multiply."""
    return _Compilation(query, model).statement()


class _Compilation:
    def __init__(self, query: CubeQuery, model: Model) -> None:
        self.query = query
        self.model = model
        self.parameters = Parameters()
        self.on_measures = [f for f in query.filters if isinstance(model.member(f.member), Measure)]
        self.on_dimensions = [f for f in query.filters if f not in self.on_measures]
        tree = join_tree(map(model.member, self._members()), model)
        self.render = Renderer(model, tree)

    def statement(self) -> Statement:
        clauses = [
            sql.SQL("SELECT ") + sql.SQL(", ").join(self._selected()),
            sql.SQL("FROM ") + self.render.source(),
            *self._clause("WHERE", [*self._ranges(), *map(self._condition, self.on_dimensions)]),
            *self._grouping(),
            *self._clause("HAVING", list(map(self._condition, self.on_measures))),
            *self._ordering(),
            sql.SQL(f"LIMIT {DEFAULT_LIMIT if self.query.limit is None else int(self.query.limit)}"),
        ]
        return Statement(sql.SQL("\n").join(clauses), self.parameters.values)

    def _members(self) -> list[str]:
        """In the order in which Cube collects the cubes to join."""
        filters = [f.member for f in (*self.on_dimensions, *self.on_measures)]
        times = [t.dimension for t in self.query.time_dimensions]
        return [*self.query.measures, *self.query.dimensions, *filters, *times]

    def _selected(self) -> list[sql.Composable]:
        dimensions = [self.render.member(name) for name in self.query.dimensions]
        times = [self._grain(t) for t in self.query.time_dimensions if t.granularity]
        return [*dimensions, *times, *(self.render.member(name) for name in self.query.measures)]

    def _grain(self, time: TimeDimension) -> sql.Composable:
        column = self.render.member(time.dimension)
        return sql.SQL(f"date_trunc('{time.granularity}', ({{}}::timestamptz AT TIME ZONE 'UTC'))").format(column)

    def _ranges(self) -> list[sql.Composable]:
        return [self._range(t, t.date_range) for t in self.query.time_dimensions if t.date_range]

    def _range(self, time: TimeDimension, ends: tuple[str, str]) -> sql.Composable:
        first = self.parameters.add(f"{ends[0]}T00:00:00.000Z")
        last = self.parameters.add(f"{ends[1]}T23:59:59.999Z")
        shape = sql.SQL("({0} >= {1}::timestamptz AND {0} <= {2}::timestamptz)")
        return shape.format(self._column(time.dimension), first, last)

    def _condition(self, condition: CubeFilter) -> sql.Composable:
        column = self._column(condition.member)
        if condition.operator in WITHOUT_VALUES:
            return column + sql.SQL(" IS NOT NULL" if condition.operator == "set" else " IS NULL")
        if condition.operator in COMPARISONS:
            value = self.parameters.add(condition.values[0])
            return column + sql.SQL(f" {COMPARISONS[condition.operator]} ") + value
        several: dict[str, Callable[[sql.Composable, tuple[str, ...]], sql.Composable]] = {
            "equals": self._equals,
            "notEquals": self._differs,
            "contains": self._contains,
        }
        return several[condition.operator](column, condition.values)

    def _equals(self, column: sql.Composable, values: tuple[str, ...]) -> sql.Composable:
        return sql.SQL("{} IN ({})").format(column, self._list(values))

    def _differs(self, column: sql.Composable, values: tuple[str, ...]) -> sql.Composable:
        return sql.SQL("({0} NOT IN ({1}) OR {0} IS NULL)").format(column, self._list(values))

    def _contains(self, column: sql.Composable, values: tuple[str, ...]) -> sql.Composable:
        patterns = [self.parameters.add(f"%{escaped(value)}%") for value in values]
        return sql.SQL("({})").format(
            sql.SQL(" OR ").join(sql.SQL("{} ILIKE {}").format(column, pattern) for pattern in patterns)
        )

    def _list(self, values: tuple[str, ...]) -> sql.Composable:
        return sql.SQL(", ").join(map(self.parameters.add, values))

    def _column(self, path: str) -> sql.Composable:
        # In parentheses, so that no operator in the model's text can loosen a filter; Cube leaves them out.
        return sql.SQL("({})").format(self.render.member(path))

    def _grouping(self) -> list[sql.Composable]:
        keys = len(self.query.dimensions) + len(grouped_times(self.query))
        if not keys:
            return []
        return [sql.SQL(f"GROUP BY {', '.join(str(n + 1) for n in range(keys))}")]

    def _ordering(self) -> list[sql.Composable]:
        names = [*self.query.dimensions, *grouped_times(self.query), *self.query.measures]
        places = [f"{_place(name, names) + 1} {direction}" for name, direction in self._order()]
        return [sql.SQL(f"ORDER BY {', '.join(places)}")] if places else []

    def _order(self) -> list[tuple[str, str]]:
        query = self.query
        if query.order:
            return [(name, "DESC" if direction == "desc" else "ASC") for name, direction in query.order]
        times = grouped_times(query)
        if times:
            return [(times[0].rpartition(".")[0], "ASC")]
        if query.measures and query.dimensions:
            return [(query.measures[0], "DESC")]
        return [(name, "ASC") for name in query.dimensions[:1]]

    @staticmethod
    def _clause(keyword: str, conditions: list[sql.Composable]) -> list[sql.Composable]:
        return [sql.SQL(f"{keyword} ") + sql.SQL(" AND ").join(conditions)] if conditions else []


def _place(name: str, names: list[str]) -> int:
    """A time without a granularity means its finest one in the result."""
    if name in names:
        return names.index(name)
    grains = [n for n in names if n.rpartition(".")[0] == name]
    return names.index(min(grains, key=lambda grain: GRAIN_RANK[grain.rpartition(".")[2]]))


def escaped(value: str) -> str:
    """LIKE's wildcards as plain letters."""
    return value.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")
