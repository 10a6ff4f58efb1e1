"""The Cube adapter before servers that misbehave: every fault is an error of ours, and says no more than it should."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from decimal import Decimal
from typing import Any

import httpx
import pytest

from ecp.domain.semantic import CubeQuery, TimeDimension
from ecp.errors import StoreError, StoreMalformed, StoreRejected, StoreTimeout, StoreUnavailable
from ecp.stores.semantic_cube import CubeSemanticLayer

META = {
    "cubes": [
        {
            "name": "Stays",
            "measures": [{"name": "Stays.paid", "type": "number", "title": "Stays Paid"}],
            "dimensions": [{"name": "Stays.begins", "type": "time"}, {"name": "Stays.open", "type": "boolean"}],
        }
    ]
}
QUERY = CubeQuery(
    measures=("Stays.paid",),
    dimensions=("Stays.open",),
    time_dimensions=(TimeDimension(dimension="Stays.begins", granularity="month"),),
)
ANSWER = {
    "data": [{"Stays.paid": "12.50", "Stays.open": True, "Stays.begins.month": "2025-10-01T00:00:00.000"}],
    "annotation": {
        "measures": {"Stays.paid": {"type": "number"}},
        "dimensions": {"Stays.open": {"type": "boolean"}},
        "timeDimensions": {"Stays.begins.month": {"type": "time"}},
    },
    "lastRefreshTime": "2026-02-10T08:00:00.000Z",
}
WAIT = {"error": "Continue wait"}
Reply = bytes | None


def reply(body: Any, status: int = 200) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (status, len(content), content)


class Server:
    """Answers `/load` with the replies given, the last one again and again; None resets, b"" is silence."""

    def __init__(self, replies: list[Reply], meta: Any = META) -> None:
        self.replies = replies
        self.meta = meta
        self.requests: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = [line.split(":")[1] for line in head.lower().split("\r\n") if line.startswith("content-length")]
            body = await reader.readexactly(int(length[0])) if length else b""
            self.requests.append(head + body.decode())
            answer = self._answer(head)
            if answer is None:
                writer.transport.abort()
            elif answer == b"":
                await asyncio.sleep(3)
            else:
                writer.write(answer)
                await writer.drain()

    def _answer(self, head: str) -> Reply:
        if "/meta" in head:
            return reply(self.meta)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@asynccontextmanager
async def asking(*replies: Reply, meta: Any = META) -> AsyncIterator[tuple[CubeSemanticLayer, Server]]:
    server = Server(list(replies), meta)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    layer = CubeSemanticLayer(httpx.AsyncClient(), f"http://127.0.0.1:{port}/", "a-token", pause=0.01)
    try:
        yield layer, server
    finally:
        await layer.close()
        listening.close()


async def fault(*replies: Reply, timeout: float = 5.0, meta: Any = META) -> StoreError:
    async with asking(*replies, meta=meta) as (layer, _):
        with pytest.raises(StoreError) as error:
            await layer.load(QUERY, timeout=timeout)
    assert "127.0.0.1" not in error.value.detail and "SELECT" not in error.value.detail
    assert error.value.store == "semantic"
    return error.value


def without(*path: str) -> dict[str, Any]:
    copy = json.loads(json.dumps(ANSWER))
    here = copy
    for step in path[:-1]:
        here = here[step]
    del here[path[-1]]
    return copy


def with_cell(name: str, value: Any) -> dict[str, Any]:
    return {**ANSWER, "data": [{**ANSWER["data"][0], name: value}]}  # type: ignore[index]


async def test_an_answer_is_read_by_its_annotations() -> None:
    async with asking(reply(ANSWER)) as (layer, server):
        result = await layer.load(QUERY, timeout=5)
    assert result.rows == ((True, "2025-10-01", Decimal("12.50")),)
    assert [column.name for column in result.columns] == ["Stays.open", "Stays.begins.month", "Stays.paid"]
    assert result.as_of == "2026-02-10T08:00:00.000Z"
    assert all("authorization: a-token" in request.lower() for request in server.requests)
    assert '"timezone":"UTC"' in server.requests[-1].replace(" ", "")


async def test_continue_wait_means_ask_again() -> None:
    async with asking(reply(WAIT), reply(WAIT), reply(ANSWER)) as (layer, server):
        assert (await layer.load(QUERY, timeout=5)).rows
    assert sum("POST" in request for request in server.requests) == 3


async def test_metadata_are_asked_for_once() -> None:
    async with asking(reply(ANSWER)) as (layer, server):
        await layer.load(QUERY, timeout=5)
        await layer.load(QUERY, timeout=5)
    assert sum("/meta" in request for request in server.requests) == 1


async def test_an_unknown_member_is_refused_after_a_second_look() -> None:
    async with asking(reply(ANSWER)) as (layer, server):
        await layer.meta()
        with pytest.raises(StoreRejected, match=r"Stays\.nope"):
            await layer.load(CubeQuery(measures=("Stays.nope",)), timeout=5)
    assert [request.split(" ")[0] for request in server.requests] == ["GET", "GET"]


TIMEOUTS: dict[str, tuple[Reply, ...]] = {"waiting for ever": (reply(WAIT),), "silence": (b"",)}


@pytest.mark.parametrize("name", TIMEOUTS)
async def test_too_slow_is_a_timeout(name: str) -> None:
    assert type(await fault(*TIMEOUTS[name], timeout=0.3)) is StoreTimeout


UNAVAILABLE: dict[str, Reply] = {
    "a reset": None,
    "500": reply({"error": "Error: at /usr/src/app SELECT * FROM t on 127.0.0.1"}, 500),
    "502 with a page": reply(b"<html>Bad gateway</html>", 502),
    "429": reply({}, 429),
    "half an answer": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
    "not HTTP": b"SSH-2.0-OpenSSH\r\n\r\n",
    "a lost warehouse": reply({"error": "ConnectionError: Unable to connect to the database"}, 400),
}


@pytest.mark.parametrize("name", UNAVAILABLE)
async def test_a_server_that_fails_is_unavailable(name: str) -> None:
    assert type(await fault(UNAVAILABLE[name])) is StoreUnavailable


REJECTED: dict[str, Reply] = {
    "a query it does not take": reply({"type": "UserError", "error": "Can't find join path"}, 400),
    "a query the warehouse does not take": reply({"error": "Error: invalid input syntax for type integer"}, 400),
    "a token it does not know": reply({"error": "Invalid token"}, 403),
    "too large": reply(b"", 413),
}


@pytest.mark.parametrize("name", REJECTED)
async def test_a_refusal_is_a_refusal(name: str) -> None:
    assert type(await fault(REJECTED[name])) is StoreRejected


async def test_what_the_warehouse_lacks_is_named_for_the_log_alone() -> None:
    refused = await fault(reply({"error": 'Error: column "heads" does not exist\\n SELECT 1 FROM t WHERE a = 12'}, 400))
    assert refused.named == 'column "heads" does not exist' and "heads" not in refused.detail
    assert (await fault(reply({"error": "Error: invalid input syntax for type integer"}, 400))).named is None


MALFORMED: dict[str, Reply] = {
    "garbage": reply(b"\xff\xfe not JSON"),
    "nothing": reply(b""),
    "depth without end": reply(b"[" * 200_000),
    "a list": reply([]),
    "another error": reply({"error": "Something else"}),
    "no data": reply(without("data")),
    "no annotation": reply(without("annotation")),
    "a column without annotation": reply(without("annotation", "measures", "Stays.paid")),
    "an annotation of no type we know": reply(
        {**ANSWER, "annotation": {**ANSWER["annotation"], "measures": {"Stays.paid": {"type": "geo"}}}}  # type: ignore[dict-item]
    ),
    "a row without a column": reply({**ANSWER, "data": [{}]}),
    "a row that is none": reply({**ANSWER, "data": [1]}),
    "data that are none": reply({**ANSWER, "data": "rows"}),
    "a number that is none": reply(with_cell("Stays.paid", "much")),
    "a number without end": reply(with_cell("Stays.paid", "Infinity")),
    "a number no reader has": reply(with_cell("Stays.paid", "1e400")),
    "a number that is a list": reply(with_cell("Stays.paid", [1])),
    "a time that is none": reply(with_cell("Stays.begins.month", "October")),
    "a truth value that is none": reply(with_cell("Stays.open", "perhaps")),
    "a redirect": b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_what_cannot_be_read_is_malformed(name: str) -> None:
    assert type(await fault(MALFORMED[name])) is StoreMalformed


@pytest.mark.parametrize("meta", [[], {"cubes": 1}, {"cubes": [{}]}, {"error": "Continue wait"}])
async def test_metadata_that_cannot_be_read_are_malformed(meta: Any) -> None:
    assert type(await fault(reply(ANSWER), meta=meta)) is StoreMalformed


async def test_a_server_that_is_not_there_is_unavailable(unused_tcp_port_factory: Callable[[], int]) -> None:
    layer = CubeSemanticLayer(httpx.AsyncClient(), f"http://127.0.0.1:{unused_tcp_port_factory()}")
    for asked in (layer.ping, layer.meta):
        with pytest.raises(StoreUnavailable):
            await asked()
    await layer.close()


async def test_health_is_what_the_server_says() -> None:
    async with asking(reply({"health": "HEALTH"})) as (layer, _):
        await layer.ping()
    async with asking(reply({"health": "DOWN"}, 500)) as (layer, _):
        with pytest.raises(StoreUnavailable):
            await layer.ping()
