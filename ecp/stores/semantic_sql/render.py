"""Members of the model → SQL, as Cube renders them on Postgres."""

from __future__ import annotations

from psycopg import sql

from ecp.stores.semantic_common import rejected
from ecp.stores.semantic_sql.join_tree import JoinTree
from ecp.stores.semantic_sql.model import Cube, CubeRef, Dimension, Expression, Join, Measure, MemberRef, Model

UNHARMED_BY_REPETITION = ("count_distinct", "min", "max")


def trusted(text: str) -> sql.SQL:
    """The model's own text. Placeholders are ours alone, so its percent signs are doubled."""
    return sql.SQL(text.replace("%", "%%"))


class Renderer:
    """SQL of members and joins inside one query."""

    def __init__(self, model: Model, tree: JoinTree) -> None:
        self._model = model
        self._tree = tree

    def source(self) -> sql.Composed:
        """Tables and joins, after FROM."""
        parts = [self._table(self._model.cubes[self._tree.root])]
        parts += [self._join(join) for join in self._tree.joins]
        return sql.SQL("\n").join(parts)

    def member(self, path: str) -> sql.Composable:
        found = self._model.member(path)
        return self.measure(found) if isinstance(found, Measure) else self.dimension(found)

    def dimension(self, dimension: Dimension) -> sql.Composable:
        return self._text(dimension.sql)

    def measure(self, measure: Measure) -> sql.Composable:
        """An aggregate. StoreRejected when joins repeat the measure's rows and that would change it."""
        repeated = measure.cube in self._tree.multiplied
        counts_rows = measure.type == "count" and measure.sql is None
        if repeated and measure.type not in UNHARMED_BY_REPETITION and not self._counts_keys(measure):
            raise rejected(f"'{measure.cube}.{measure.name}' would count rows more than once in this query")
        if measure.calculated:
            return self._text(measure.sql or ())
        distinct = measure.type == "count_distinct" or (counts_rows and repeated)
        name = "count" if measure.type.startswith("count") else measure.type
        opening = sql.SQL(f"{name}(distinct " if distinct else f"{name}(")
        return sql.Composed([opening, self._argument(measure), sql.SQL(")")])

    def _counts_keys(self, measure: Measure) -> bool:
        keys = self._model.cubes[measure.cube].primary_keys
        return measure.type == "count" and measure.sql is None and bool(keys)

    def _argument(self, measure: Measure) -> sql.Composable:
        value = self._text(measure.sql) if measure.sql else self._key(self._model.cubes[measure.cube])
        if not measure.filters:
            return value or sql.SQL("*")
        conditions = sql.SQL(" AND ").join(sql.SQL("({})").format(self._text(f)) for f in measure.filters)
        return sql.SQL("CASE WHEN {} THEN {} END").format(conditions, value or sql.SQL("1"))

    def _key(self, cube: Cube) -> sql.Composable | None:
        keys = [self.dimension(key) for key in cube.primary_keys]
        if len(keys) > 1:
            return sql.SQL(" || ").join(sql.SQL("CAST({} as TEXT)").format(key) for key in keys)
        return keys[0] if keys else None

    def _join(self, join: Join) -> sql.Composed:
        table = self._table(self._model.cubes[join.target])
        return sql.SQL("LEFT JOIN {} ON {}").format(table, self._text(join.sql))

    def _table(self, cube: Cube) -> sql.Composed:
        shape = "({}\n) AS {}" if cube.is_query else "{} AS {}"
        return sql.SQL(shape).format(trusted(cube.table), sql.Identifier(cube.name))

    def _text(self, expression: Expression) -> sql.Composed:
        return sql.Composed([self._part(part) for part in expression])

    def _part(self, part: str | CubeRef | MemberRef) -> sql.Composable:
        if isinstance(part, str):
            return trusted(part)
        return sql.Identifier(part.cube) if isinstance(part, CubeRef) else self.member(part.path)
