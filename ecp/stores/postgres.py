"""Postgres as our stores see it: one pool, and one seam where the driver's errors become ours."""

from __future__ import annotations

import asyncio
import json
import re
import select
import socket
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from os import dup
from time import monotonic
from typing import Any, LiteralString, Self

import psycopg
import psycopg_pool
from psycopg.rows import DictRow, dict_row
from pydantic_core import PydanticSerializationError, to_json

from ecp.errors import StoreError, StoreRejected, StoreTimeout
from ecp.stores.postgres_errors import DETAILS, translated
from ecp.telemetry.logs import get_logger

_log = get_logger(__name__)
APP_ROLE = "ecp_app"
LONG_SECONDS = 600.0


class Connection(psycopg.AsyncConnection[DictRow]):
    """Severed when whoever waits for an answer goes away. The driver's own way asks the server to cancel, and waits up
    to ten seconds for one that may be gone; the server sees the end of the connection
    by itself."""

    severed = False

    async def cancel_safe(self, *, timeout: float = 0.0) -> None:
        self.sever("nobody waits for it any longer")

    def sever(self, reason: str) -> None:
        if self.severed:
            return
        self.severed = True
        _log.warning("connection_severed", reason=reason)
        with suppress(psycopg.Error, OSError), socket.socket(fileno=dup(self.fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)


class Refusals:
    """Tells who waits for a connection of a pool that its next attempt to make one has failed."""

    def __init__(self) -> None:
        self._next: asyncio.Future[Exception] | None = None

    def next(self) -> asyncio.Future[Exception]:
        if self._next is None or self._next.done():
            self._next = asyncio.get_running_loop().create_future()
        return self._next

    def happened(self, error: Exception) -> None:
        if self._next is not None and not self._next.done():
            self._next.set_result(error)


def _telling(refusals: Refusals) -> type[Connection]:
    class Telling(Connection):
        @classmethod
        async def connect(cls, conninfo: str = "", **options: Any) -> Self:
            try:
                return await super().connect(conninfo, **options)
            except (psycopg.OperationalError, OSError) as error:
                refusals.happened(error)
                raise

    return Telling


class Pool(psycopg_pool.AsyncConnectionPool[Connection]):
    """Does not try again by itself to connect to a server that refuses: whoever asks next does. `lent` are the
    connections that somebody has."""

    def __init__(self, dsn: str, **options: Any) -> None:
        self.refusals = Refusals()
        self.lent = 0
        kind = _telling(self.refusals)
        super().__init__(dsn, connection_class=kind, open=False, reconnect_timeout=0.0, **options)

    async def getconn(self, timeout: float | None = None) -> Connection:
        connection = await super().getconn(timeout)
        self.lent += 1
        return connection

    async def putconn(self, conn: Connection) -> None:
        self.lent -= 1
        await super().putconn(conn)


def open_pool(
    dsn: str,
    *,
    max_size: int = 8,
    timeout: float = 2.0,
    prepare: bool = True,
    before_use: Sequence[LiteralString] = (),
) -> Pool:
    """A pool that connects when it is first asked, as the role that may not touch the audit trail.

    `timeout` in seconds bounds a connection attempt and each statement. `prepare=False` for a
    transaction-mode pooler in between. `before_use`: statements that each new connection begins with.
    """

    async def configure(connection: Connection) -> None:
        await connection.execute(_CONFIGURE, {"role": APP_ROLE, "timeout": f"{int(timeout * 900)}ms"})
        for statement in before_use:
            await connection.execute(statement)

    options: dict[str, Any] = {
        "autocommit": True,
        "row_factory": dict_row,
        "connect_timeout": max(2, round(timeout)),
        "prepare_threshold": 2 if prepare else None,
        "application_name": "ecp",
    }
    return Pool(dsn, kwargs=options, min_size=1, max_size=max_size, timeout=timeout, configure=configure, name="ecp")


async def close_pool(pool: Pool) -> None:
    """Returns when the pool is closed, or has been given up on. A worker of its that was cancelled over a dead
    connection would cancel whoever waits for it."""
    closing = asyncio.ensure_future(pool.close())
    await asyncio.wait({closing})
    if not closing.cancelled():
        closing.exception()


_CONFIGURE = """
select set_config('role', %(role)s, false), set_config('statement_timeout', %(timeout)s, false),
       set_config('client_connection_check_interval', '2s', false),
       set_config('timezone', 'UTC', false), set_config('pg_trgm.similarity_threshold', '0.35', false),
       set_config('hnsw.iterative_scan', 'strict_order', false), set_config('hnsw.max_scan_tuples', '2000', false)
"""


async def _is_dead(connection: Connection) -> bool:
    # A server that closed the connection has left bytes to read; without them no round trip is spent.
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if not poll.poll(0):
        return False
    try:
        await connection.execute("")
    except psycopg.Error:
        return True
    return False


class Database:
    """The seam: hands out connections under a time limit and raises nothing but our errors."""

    def __init__(self, pool: Pool, store: str, *, timeout: float = 2.0) -> None:
        self._pool = pool
        self._store = store
        self._timeout = timeout
        self._returning: set[asyncio.Future[None]] = set()

    @asynccontextmanager
    async def session(self, timeout: float | None = None) -> AsyncIterator[Connection]:
        """A connection in autocommit. Past `timeout` seconds its socket is severed: StoreTimeout."""
        limit = _Limit(timeout or self._timeout)
        try:
            async with self._connection() as connection, limit.on(connection):
                yield connection
        except (psycopg.Error, OSError) as error:
            raise self._error(error, limit) from error

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        await self._pool.open(wait=False)
        connection = await self._living()
        try:
            yield connection
        finally:
            await self._given_back(connection)

    async def _living(self) -> Connection:
        # Not the pool's own check, which waits a second or more after each dead connection it finds.
        ends = monotonic() + self._timeout
        while True:
            connection, alive = await self._lent(max(0.0, ends - monotonic())), False
            try:
                alive = not await _is_dead(connection)
                if alive:
                    return connection
                _log.info("connection_found_dead")
                await connection.close()
            finally:
                if not alive:
                    await self._given_back(connection)

    async def _lent(self, timeout: float) -> Connection:
        # Waited for apart from whoever asks: a connection that is handed over as the asker is cancelled goes back, and
        # the pool's `asyncio.wait_for`, which until Python 3.12 forgets a cancellation, has none to forget.
        # While somebody has a connection, one will come free: who waits is told of a refusal only where none would.
        asked = asyncio.ensure_future(self._pool.getconn(timeout))
        try:
            while not asked.done():
                refused = self._pool.refusals.next()
                either: set[asyncio.Future[Any]] = {asked, refused}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                if refused.done() and not asked.done() and not self._pool.lent:
                    raise refused.result()
        except BaseException:
            asked.add_done_callback(self._unwanted)
            raise
        return asked.result()

    def _unwanted(self, asked: asyncio.Future[Connection]) -> None:
        if not asked.cancelled() and asked.exception() is None:
            self._returned(asked.result())

    async def _given_back(self, connection: Connection) -> None:
        """Whatever becomes of whoever had it: a connection that is not given back is missing for good."""
        await asyncio.shield(self._returned(connection))

    def _returned(self, connection: Connection) -> asyncio.Future[None]:
        returning = asyncio.ensure_future(self._pool.putconn(connection))
        self._returning.add(returning)
        returning.add_done_callback(self._returning.discard)
        return returning

    @asynccontextmanager
    async def transaction(self, timeout: float = LONG_SECONDS) -> AsyncIterator[Connection]:
        """A connection in a transaction of its own, for work that may take long."""
        async with self.session(timeout) as connection, connection.transaction():
            await connection.execute(_LOCAL_TIMEOUT, (f"{int(timeout * 1000)}ms",))
            yield connection

    async def rows(self, query: str, arguments: Any = None, *, prepare: bool | None = None) -> list[DictRow]:
        """The rows of one statement. `prepare=False` where the best plan depends on the arguments."""
        async with self.session() as connection:
            return await fetched(connection, query, arguments, prepare=prepare)

    async def row(self, query: str, arguments: Any = None) -> DictRow | None:
        found = await self.rows(query, arguments)
        return found[0] if found else None

    async def ping(self) -> None:
        await self.rows("select 1")

    async def close(self) -> None:
        await close_pool(self._pool)

    def rejected(self, detail: str) -> StoreRejected:
        return StoreRejected(self._store, detail)

    def _error(self, error: Exception, limit: _Limit) -> StoreError:
        if limit.passed:
            return StoreTimeout(self._store, DETAILS[StoreTimeout])
        return translated(self._store, error)


_LOCAL_TIMEOUT = "select set_config('statement_timeout', %s, true)"


class _Limit:
    """Severs a connection when its time is over: the driver waits for ever on a half-open one."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.passed = False

    @asynccontextmanager
    async def on(self, connection: Connection) -> AsyncIterator[None]:
        timer = asyncio.get_running_loop().call_later(self._seconds, self._sever, connection)
        try:
            yield
        finally:
            timer.cancel()

    def _sever(self, connection: Connection) -> None:
        self.passed = True
        connection.sever("its time is over")


async def fetched(
    connection: Connection, query: str, arguments: Any = None, *, prepare: bool | None = None
) -> list[DictRow]:
    cursor = await connection.execute(query, arguments, prepare=prepare)
    return await cursor.fetchall()


def stored(text: str) -> str:
    """A text as Postgres can keep it: NUL and lone surrogates are replaced."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def vector_literal(values: Sequence[float]) -> str:
    """As exact as pgvector keeps it, in one formatting: a question has a dozen vectors."""
    return f"[{','.join(['%.9g'] * len(values))}]" % tuple(values)


def vectors_literal(literals: Iterable[str]) -> str:
    """An array of `vector_literal` as text: numbers need no escaping, which the driver would look for in each."""
    quoted = ",".join(f'"{literal}"' for literal in literals)
    return f"{{{quoted}}}"


def json_text(value: Any) -> str:
    """JSON that jsonb takes: NaN is null, NUL and lone surrogates are replaced."""
    try:
        text = to_json(value, inf_nan_mode="null").decode()
    except PydanticSerializationError:
        text = stored(json.dumps(value, default=str, ensure_ascii=False))
    return _NUL_ESCAPE.sub(r"\1�", text) if "\\u0000" in text else text


_NUL_ESCAPE = re.compile(r"((?<!\\)(?:\\\\)*)\\u0000")
