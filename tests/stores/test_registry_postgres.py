"""One seam between the driver and us: its errors, its time limits, its recovery."""

from __future__ import annotations

import asyncio
import inspect
import io
import json
import logging
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import psycopg_pool
import pytest
import structlog
from psycopg import errors as pg

from ecp.errors import StoreRejected, StoreTimeout, StoreUnavailable
from ecp.stores.postgres import Database, close_pool, fetched, json_text, open_pool, stored
from ecp.stores.postgres_errors import BY_STATE, BY_STATE_CLASS, BY_TYPE, DETAILS
from ecp.stores.registry import PostgresRegistry
from ecp.telemetry import logs
from ecp.telemetry.context import resolution_context
from tests.support.relay import relay_to_postgres

NEVER_RAISED_AT_US = {psycopg.Warning, psycopg.Rollback}


def drivers_errors() -> set[type[Exception]]:
    found = [*vars(pg).values(), *vars(psycopg).values(), *vars(psycopg_pool).values()]
    return {c for c in found if inspect.isclass(c) and issubclass(c, Exception)} - NEVER_RAISED_AT_US


def is_mapped(error: type[Exception]) -> bool:
    state = getattr(error, "sqlstate", None)
    return (state in BY_STATE or state[:2] in BY_STATE_CLASS) if state else error in BY_TYPE


def test_every_error_of_the_driver_is_in_a_table() -> None:
    assert len(drivers_errors()) > 250
    assert not {e.__name__ for e in drivers_errors() if not is_mapped(e)}


def test_the_tables_name_nothing_that_the_driver_lacks() -> None:
    states = {s for e in drivers_errors() if (s := getattr(e, "sqlstate", None))}
    assert BY_STATE.keys() <= states
    assert BY_STATE_CLASS.keys() <= {s[:2] for s in states}


def test_details_say_nothing_of_hosts_or_statements() -> None:
    assert all("select" not in d and "/" not in d and "127" not in d for d in DETAILS.values())


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


async def test_a_dead_port_is_unavailable_within_the_timeout(embedder) -> None:
    pool = open_pool(f"postgresql://nobody@127.0.0.1:{free_port()}/none", timeout=0.5)
    registry = PostgresRegistry(pool, embedder, timeout=0.5)
    started = asyncio.get_running_loop().time()
    with pytest.raises(StoreUnavailable) as raised:
        await registry.version()
    assert asyncio.get_running_loop().time() - started < 5
    assert raised.value.store == "registry"
    assert "127.0.0.1" not in raised.value.detail
    await registry.close()


async def test_refused_connections_are_told_at_once_also_those_of_who_waits(registry_dsn: str, embedder) -> None:
    with relay_to_postgres(registry_dsn) as (dsn, relay):
        registry = PostgresRegistry(open_pool(dsn, timeout=5), embedder, timeout=5)
        await asyncio.gather(*(registry.ping() for _ in range(20)))
        relay.shut()
        for _ in range(3):
            began = time.monotonic()
            outcomes = await asyncio.gather(*(registry.ping() for _ in range(20)), return_exceptions=True)
            assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
            assert time.monotonic() - began < 1
        relay.open()
        await registry.ping()
        await registry.close()


async def test_while_some_connections_are_left_a_refusal_of_more_is_waited_out(registry_dsn: str) -> None:
    with relay_to_postgres(registry_dsn) as (dsn, _):
        pool = open_pool(dsn, max_size=2, timeout=5)
        database = Database(pool, "registry", timeout=5)
        await database.ping()
        pool.conninfo = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
        asked = (database.rows("select pg_sleep(0.2)") for _ in range(4))
        assert len(await asyncio.gather(*asked)) == 4
        await close_pool(pool)


async def test_a_server_that_never_speaks_is_given_up_on(embedder) -> None:
    with silent_server() as port:
        registry = PostgresRegistry(open_pool(f"postgresql://u@127.0.0.1:{port}/d", timeout=0.5), embedder, timeout=0.5)
        with pytest.raises((StoreUnavailable, StoreTimeout)):
            await registry.version()
        await registry.close()


async def test_a_pool_made_while_the_server_is_down_serves_once_it_is_up(registry_dsn: str, embedder) -> None:
    port = free_port()
    pool = open_pool(f"postgresql://ecp_owner@127.0.0.1:{port}/none", timeout=0.4)
    registry = PostgresRegistry(pool, embedder, timeout=0.4)
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            await registry.ping()
    pool.conninfo = registry_dsn
    await served_within(registry, seconds=10)
    await registry.close()


async def served_within(registry: PostgresRegistry, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while True:
            try:
                return await registry.ping()
            except StoreUnavailable:
                await asyncio.sleep(0.05)


async def test_the_pool_recovers_when_its_backends_are_killed(registry, registry_dsn: str) -> None:
    await asyncio.gather(*(registry.ping() for _ in range(6)))
    with psycopg.connect(registry_dsn, autocommit=True) as other:
        killed = other.execute(
            "select pg_terminate_backend(pid, 2000) from pg_stat_activity"
            " where application_name = 'ecp' and datname = current_database()"
        ).fetchall()
    assert killed
    await registry.ping()
    await asyncio.gather(*(registry.ping() for _ in range(6)))


async def test_a_backend_killed_under_a_statement_is_unavailable(pool, registry_dsn: str) -> None:
    database = Database(pool, "registry", timeout=5)
    with pytest.raises(StoreUnavailable):
        async with database.session() as connection:
            asking = asyncio.create_task(fetched(connection, "select pg_sleep(4)"))
            await asyncio.sleep(0.1)
            with psycopg.connect(registry_dsn, autocommit=True) as other:
                other.execute("select pg_terminate_backend(%s)", (connection.info.backend_pid,))
            await asking


async def test_a_slow_statement_ends_in_a_timeout(registry_dsn: str) -> None:
    pool = open_pool(registry_dsn, timeout=0.5)
    with pytest.raises(StoreTimeout):
        await Database(pool, "registry", timeout=0.5).rows("select pg_sleep(5)")
    await pool.close()


async def steps(number: int) -> None:
    """As many turns of the loop: between any two of them something else may happen."""
    for _ in range(number):
        await asyncio.sleep(0)


@pytest.mark.parametrize("turns", range(6))
async def test_who_is_cancelled_while_a_dead_connection_is_replaced_takes_none_with_it(
    registry_dsn: str, turns: int
) -> None:
    """One lost would be missing until the process ends: a moment of overload would become an outage for good."""
    with relay_to_postgres(registry_dsn) as (dsn, _):
        pool = open_pool(dsn, max_size=1, timeout=1)
        database = Database(pool, "registry", timeout=1)
        async with database.session() as connection:
            backend = connection.info.backend_pid
        with psycopg.connect(registry_dsn, autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s, 2000)", (backend,))
        await asyncio.sleep(0.1)
        asking = asyncio.create_task(database.ping())
        await steps(turns)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await served_within(PostgresRegistry(pool, None, timeout=1), seconds=5)  # type: ignore[arg-type]
        await close_pool(pool)


async def test_a_connection_that_went_silent_is_severed(registry_dsn: str) -> None:
    with relay_to_postgres(registry_dsn) as (dsn, relay):
        pool = open_pool(dsn, timeout=1)
        database = Database(pool, "registry", timeout=1)
        await database.ping()
        relay.frozen.set()
        with pytest.raises((StoreTimeout, StoreUnavailable)):
            async with asyncio.timeout(4):
                await database.rows("select pg_sleep(0.1)")
        relay.frozen.clear()
        await pool.close()


async def test_who_gives_up_on_a_silent_connection_does_not_wait_for_it(registry_dsn: str) -> None:
    with relay_to_postgres(registry_dsn) as (dsn, relay):
        pool = open_pool(dsn, timeout=5)
        database = Database(pool, "registry", timeout=5)
        await database.ping()
        relay.frozen.set()
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await database.rows("select pg_sleep(0.1)")
        assert time.monotonic() - began < 1
        relay.frozen.clear()
        await database.ping()
        await pool.close()


# What pools of earlier tests say of servers that are gone; a pool goes on trying for minutes.
RECONNECTING = re.compile("error connecting in|reconnection attempt in")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level, stream = list(root.handlers), root.level, io.StringIO()
    logs.configure(env="prod", level="INFO", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("patience", [0.3, 5])
async def test_a_severed_connection_is_one_line_with_the_ids_of_who_asked(
    registry_dsn: str, written: io.StringIO, patience: float
) -> None:
    """Severed by whoever stops waiting, or at the end of its time."""
    with relay_to_postgres(registry_dsn) as (dsn, relay):
        pool = open_pool(dsn, timeout=1)
        database = Database(pool, "registry", timeout=1)
        await database.ping()
        relay.frozen.set()
        with resolution_context("res-1"), pytest.raises((TimeoutError, StoreTimeout)):
            async with asyncio.timeout(patience):
                await database.rows("select pg_sleep(0.1)")
        said = [json.loads(line) for line in written.getvalue().splitlines()]
        (line,) = [line for line in said if not RECONNECTING.search(line["event"])]
        relay.frozen.clear()
        await close_pool(pool)
    assert (line["event"], line["level"], line["resolution_id"]) == ("connection_severed", "warning", "res-1")


async def test_the_server_ends_what_nobody_waits_for(registry_dsn: str) -> None:
    pool = open_pool(registry_dsn, timeout=2)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3), Database(pool, "registry", timeout=2).transaction(60) as connection:
            await fetched(connection, "select pg_sleep(50) as nobody_waits")
    with psycopg.connect(registry_dsn, autocommit=True) as other:
        left = "select count(*) from pg_stat_activity where query like '%nobody_waits'"
        ends = time.monotonic() + 10
        while other.execute(left).fetchone() != (0,):
            assert time.monotonic() < ends
            await asyncio.sleep(0.1)
    await pool.close()


async def test_a_cancelled_statement_leaves_a_pool_that_works(registry_dsn: str) -> None:
    pool = open_pool(registry_dsn, max_size=1, timeout=2)
    database = Database(pool, "registry", timeout=2)
    asking = asyncio.create_task(database.rows("select pg_sleep(1.5)"))
    await asyncio.sleep(0.2)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await database.ping()
    await pool.close()


async def test_whoever_is_cancelled_as_a_connection_comes_free_is_cancelled(registry_dsn: str) -> None:
    pool = open_pool(registry_dsn, max_size=1, timeout=2)
    database = Database(pool, "registry", timeout=2)

    async def hold() -> None:
        async with database.session():
            await asyncio.sleep(0.05)

    await database.ping()
    holding = asyncio.create_task(hold())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(database.ping())
    await holding
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await database.ping()
    await pool.close()


async def test_a_statement_the_server_refuses_is_rejected(pool) -> None:
    with pytest.raises(StoreRejected) as raised:
        await Database(pool, "vector").rows("select * from nowhere")
    assert raised.value.store == "vector"
    assert "nowhere" not in raised.value.detail


async def test_a_closed_pool_is_unavailable(registry_dsn: str, embedder) -> None:
    registry = PostgresRegistry(open_pool(registry_dsn), embedder)
    await registry.ping()
    await registry.close()
    with pytest.raises(StoreUnavailable):
        await registry.ping()


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "\\u0000", "\\\\\0", "'; drop table audit; --", "{}[]\"'%s%(x)s"])
async def test_any_text_can_be_stored(pool, text: str) -> None:
    database = Database(pool, "registry")
    row = await database.row("select %(t)s::text as t, %(j)s::jsonb as j", {"t": stored(text), "j": json_text([text])})
    assert row is not None
    assert row["t"] == stored(text)
    assert row["j"] == [stored(text)]
    assert json_text(float("nan")) == "null"
