"""What becomes of the graph's failures: our errors, in time, and service again once it is back."""

from __future__ import annotations

import asyncio
import inspect
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from neo4j import exceptions as bolt

from ecp.errors import StoreError, StoreMalformed, StoreRejected, StoreTimeout, StoreUnavailable
from ecp.settings import Settings
from ecp.stores.graph import Neo4jGraph, mapped, open_driver
from tests.stores.graph_policy_fixtures import documents, driver_for, emptied, graph_of

BASES_ALONE = {bolt.Neo4jError, bolt.DriverError, bolt.GqlError}
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def test_every_error_of_the_driver_is_mapped() -> None:
    classes = {c for _, c in inspect.getmembers(bolt, inspect.isclass) if issubclass(c, Exception)}
    assert {c for c in classes if c.__module__.startswith("neo4j") and not mapped(c)} == BASES_ALONE


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (bolt.CypherSyntaxError, StoreRejected),
        (RuntimeError, StoreUnavailable),
        (bolt.ConstraintError, StoreRejected),
        (bolt.TransientError, StoreUnavailable),
        (bolt.DatabaseUnavailable, StoreUnavailable),
        (bolt.AuthError, StoreUnavailable),
        (bolt.ServiceUnavailable, StoreUnavailable),
        (bolt.SessionExpired, StoreUnavailable),
        (bolt.ConnectionAcquisitionTimeoutError, StoreTimeout),
        (bolt.ResultNotSingleError, StoreMalformed),
        (ConnectionResetError, StoreUnavailable),
        (TimeoutError, StoreTimeout),
        (UnicodeEncodeError, StoreRejected),
    ],
)
def test_an_error_is_translated_by_what_it_means(theirs: type[Exception], ours: type[StoreError]) -> None:
    assert mapped(theirs) is ours


@asynccontextmanager
async def served(serve: Serve, port: int = 0) -> AsyncIterator[int]:
    open_now: set[asyncio.StreamWriter] = set()

    async def tracked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_now.add(writer)
        try:
            await serve(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(tracked, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in open_now:
            writer.transport.abort()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def babbling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 20)
    await writer.drain()
    await reader.read()


async def hanging_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(4)


def forwarding(settings: Settings) -> Serve:
    host, _, port = (settings.neo4j_uri or "").removeprefix("bolt://").partition(":")

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(host, int(port))
        try:
            await asyncio.gather(pipe(reader, there_writer), pipe(there_reader, writer))
        finally:
            there_writer.transport.abort()

    return forward


def graph_at(port: int, settings: Settings, timeout: float = 5.0) -> Neo4jGraph:
    return Neo4jGraph(driver_for(settings, uri=f"bolt://127.0.0.1:{port}", timeout=timeout), timeout=timeout)


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_graph_that_is_down_does_not_keep_us_from_starting() -> None:
    graph = Neo4jGraph(open_driver(f"bolt://127.0.0.1:{unused_port()}", "x", "y", timeout=1), timeout=5)
    for asking in (
        graph.find(["yield"], None, "1"),
        graph.known_issues([], "1"),
        graph.lineage("x", 1, "1"),
        graph.publish(documents(), "1"),
        graph.ping(),
    ):
        with pytest.raises(StoreUnavailable):
            await asking
    await graph.close()


@pytest.mark.parametrize(
    ("serve", "ours"), [(silent, StoreTimeout), (babbling, StoreError), (hanging_up, StoreUnavailable)]
)
async def test_a_server_that_misbehaves_is_one_of_our_errors(serve: Serve, ours: type[StoreError]) -> None:
    async with served(serve) as port:
        graph = Neo4jGraph(open_driver(f"bolt://127.0.0.1:{port}", "x", "y", timeout=30), timeout=0.5)
        with pytest.raises(ours):
            await graph.find(["yield"], None, "1")
        await graph.close()


async def test_a_wrong_password_is_unavailable_and_says_nothing(platform_settings: Settings) -> None:
    async with graph_of(driver_for(platform_settings, password="wrong-password")) as graph:
        with pytest.raises(StoreUnavailable) as refused:
            await graph.ping()
    assert "password" not in refused.value.detail


async def test_it_serves_again_once_the_graph_is_back(platform_settings: Settings) -> None:
    driver = driver_for(platform_settings)
    await emptied(driver)
    async with graph_of(driver) as direct:
        await direct.publish(documents(), "1")
    async with served(forwarding(platform_settings)) as port:
        graph = graph_at(port, platform_settings)
        assert await graph.find(["clay"], None, "1")
    with pytest.raises(StoreUnavailable):
        await graph.find(["clay"], None, "1")
    async with served(forwarding(platform_settings), port):
        assert await graph.find(["clay"], None, "1")
        assert await graph.known_issues([], "1") == ("tk_all",)
    await graph.close()


async def test_a_graph_that_falls_silent_is_given_up_in_time_and_taken_up_again(platform_settings: Settings) -> None:
    quiet = asyncio.Event()
    forward = forwarding(platform_settings)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await (silent if quiet.is_set() else forward)(reader, writer)

    async with served(serve) as port:
        graph = graph_at(port, platform_settings, timeout=2)
        quiet.set()
        with pytest.raises(StoreTimeout):
            await graph.ping()
        quiet.clear()
        await graph.ping()
        await graph.close()


async def test_more_askers_than_connections_all_get_their_answer(platform_settings: Settings) -> None:
    driver = driver_for(platform_settings)
    await emptied(driver)
    async with graph_of(driver) as graph:
        await graph.publish(documents(), "1")
        answers = await asyncio.gather(*(graph.find(["clay", "yield"], "glaze", "1") for _ in range(40)))
    assert len(set(answers)) == 1
