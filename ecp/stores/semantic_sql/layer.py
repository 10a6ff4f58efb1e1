"""The embedded semantic layer: the model's folder, the compiler, and the warehouse behind a read-only role."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from psycopg.rows import tuple_row

from ecp.domain.semantic import CubeQuery, QueryResult, SemanticMeta
from ecp.stores.postgres import Database, Pool
from ecp.stores.semantic_common import STORE, cell, check, columns, malformed
from ecp.stores.semantic_sql.compile import Statement, compile_query
from ecp.stores.semantic_sql.loader import ModelFolder
from ecp.stores.semantic_sql.model import Model, ModelInvalid, meta_of


def warehouse_pool(dsn: str, *, max_size: int = 4, timeout: float = 2.0) -> Pool:
    """A pool that connects when it is first asked. `timeout` in seconds bounds the wait for a connection."""
    return Pool(
        dsn,
        kwargs={"autocommit": True, "connect_timeout": max(2, round(timeout)), "application_name": "ecp"},
        min_size=0,
        max_size=max_size,
        timeout=timeout,
        check=Pool.check_connection,
        name="warehouse",
    )


async def columns_of(dsn: str, *, timeout: float = 30.0) -> frozenset[str]:
    """Every column of the warehouse that its role may see, as `schema.table.column`. Raises `StoreError`."""
    pool = warehouse_pool(dsn, max_size=1)
    warehouse = Database(pool, STORE, timeout=timeout)
    try:
        async with warehouse.session(timeout) as connection, connection.cursor(row_factory=tuple_row) as cursor:
            await cursor.execute(_COLUMNS)
            return frozenset(name for (name,) in await cursor.fetchall())
    finally:
        await warehouse.close()


class SqlSemanticLayer:
    """Compiles the Cube query subset we emit to SQL. Every query runs in a READ ONLY transaction in UTC."""

    def __init__(self, pool: Pool, model_folder: Path, *, connect_timeout: float = 2.0) -> None:
        self._warehouse = Database(pool, STORE, timeout=connect_timeout)
        self._folder = ModelFolder(model_folder)

    async def meta(self) -> SemanticMeta:
        return meta_of(await self._model())

    async def load(self, query: CubeQuery, *, timeout: float) -> QueryResult:
        model = await self._model()
        meta = meta_of(model)
        check(query, meta)
        shape = columns(query, meta)
        rows = await self._rows(compile_query(query, model), timeout)
        kinds = [column.type for column in shape]
        cells = tuple(tuple(cell(v, kind) for v, kind in zip(row, kinds, strict=True)) for row in rows)
        return QueryResult(columns=shape, rows=cells)

    async def ping(self) -> None:
        await self._warehouse.ping()

    async def close(self) -> None:
        await self._warehouse.close()

    async def _model(self) -> Model:
        try:
            return await asyncio.to_thread(self._folder.current)
        except ModelInvalid as error:
            raise malformed(f"The semantic model cannot be used: {error}") from error

    async def _rows(self, statement: Statement, timeout: float) -> list[tuple[Any, ...]]:
        async with self._warehouse.session(timeout) as connection, connection.transaction():
            await connection.execute(_GUARD, (f"{max(1, int(timeout * 900))}ms",))
            async with connection.cursor(row_factory=tuple_row) as cursor:
                await cursor.execute(statement.text, statement.values, prepare=False)
                return await cursor.fetchall()


_GUARD = """
select set_config('transaction_read_only', 'on', true), set_config('statement_timeout', %s, true),
       set_config('timezone', 'UTC', true), set_config('client_connection_check_interval', '2s', true)
"""

_COLUMNS = """
select n.nspname || '.' || c.relname || '.' || a.attname
from pg_attribute as a join pg_class as c on c.oid = a.attrelid join pg_namespace as n on n.oid = c.relnamespace
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
"""
