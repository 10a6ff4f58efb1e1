"""OPA and what may go wrong between it and us: nothing but a whole decision of the expected version is one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from ecp.errors import StoreError, StoreMalformed, StoreRejected, StoreTimeout, StoreUnavailable
from ecp.stores.policy_opa import OpaEngine
from tests.stores.graph_policy_fixtures import asset, question

DECISION = {
    "allowed": True,
    "row_filters": [],
    "masked_columns": [],
    "denied": [],
    "policies": [],
    "reasons": [],
    "policy_version": "v",
}
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def opa_that(answer: Answer) -> AsyncIterator[OpaEngine]:
    """An engine whose server reads a request and then answers like this."""
    asked: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.add(writer)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-le")), 0
            )
            await reader.readexactly(length)
            await answer(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    engine = OpaEngine(httpx.AsyncClient(), f"http://127.0.0.1:{port}/", expected="v", short_timeout=0.3)
    try:
        yield engine
    finally:
        await engine.close()
        server.close()
        for writer in asked:
            writer.transport.abort()


def sends(body: bytes | Any, status: int = 200, **headers: str) -> Answer:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())

    async def answer(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\nConnection: close\r\n{lines}\r\n"
        writer.write(head.encode() + text)
        await writer.drain()

    return answer


async def never(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def drop_by_drop(writer: asyncio.StreamWriter) -> None:
    """Every read is in time and the whole is not."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    for _ in range(5000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def hanging_up(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def cut_short(writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"result": {"allowed": true}}')
    await writer.drain()


async def no_http(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-nothing\r\n")
    await writer.drain()


async def test_a_whole_decision_is_one() -> None:
    async with opa_that(sends({"result": DECISION, "decision_id": "1"})) as opa:
        assert (await opa.decide(question(asset()), timeout=5)).allowed


@pytest.mark.parametrize(
    ("answer", "ours"),
    [
        (never, StoreTimeout),
        (drop_by_drop, StoreTimeout),
        (hanging_up, StoreUnavailable),
        (cut_short, StoreUnavailable),
        (no_http, StoreUnavailable),
        (sends({"code": "internal_error"}, 500), StoreUnavailable),
        (sends({"result": DECISION}, 500), StoreUnavailable),
        (sends({}, 503), StoreUnavailable),
        (sends({}, 429), StoreUnavailable),
        (sends({"code": "invalid_parameter"}, 400), StoreRejected),
        (sends({"result": DECISION}, 401), StoreRejected),
        (sends({"result": DECISION}, 404), StoreRejected),
        (sends({"result": DECISION}, 201), StoreMalformed),
        (sends({"result": DECISION}, 307, Location="http://127.0.0.1:1/"), StoreMalformed),
        (sends(b""), StoreMalformed),
        (sends(b"<html>all is well</html>"), StoreMalformed),
        (sends(b"\xff\xfe"), StoreMalformed),
        (sends(b"[" * 100_000), StoreMalformed),
        (sends(b"no gzip", Content_Encoding="gzip"), StoreMalformed),
        (sends({}), StoreMalformed),
        (sends({"warning": {"code": "api_usage_warning"}}), StoreMalformed),
        (sends({"result": None}), StoreMalformed),
        (sends({"result": True}), StoreMalformed),
        (sends({"result": {"allowed": "true"}}), StoreMalformed),
        (sends({"result": {"allowed": True}}), StoreMalformed),
        (sends({"result": {**DECISION, "allowed": "true"}}), StoreMalformed),
        (sends({"result": {**DECISION, "allowed": 1}}), StoreMalformed),
        (sends({"result": {**DECISION, "policy_version": "w"}}), StoreMalformed),
        (sends([{"result": DECISION}]), StoreMalformed),
        (sends(json.dumps({"result": DECISION}).replace('"v"', "NaN").encode()), StoreMalformed),
    ],
)
async def test_anything_else_is_an_error(answer: Answer, ours: type[StoreError]) -> None:
    async with opa_that(answer) as opa:
        with pytest.raises(ours) as refused:
            await opa.decide(question(asset()), timeout=0.5)
    assert "127.0.0.1" not in refused.value.detail


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    engine = OpaEngine(httpx.AsyncClient(), "http://127.0.0.1:9", expected="v")
    for asking in (engine.decide(question(), timeout=5), engine.version(), engine.ping()):
        with pytest.raises(StoreUnavailable):
            await asking
    await engine.close()


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1:1", "http://[", "http://127.0.0.1:99999", ""])
async def test_an_address_that_is_none_is_one_of_our_errors(url: str) -> None:
    engine = OpaEngine(httpx.AsyncClient(), url, expected="v")
    with pytest.raises(StoreError):
        await engine.decide(question(), timeout=1)
    await engine.close()


@pytest.mark.parametrize(
    ("answer", "ours"),
    [(sends({}), StoreMalformed), (sends({"result": 5}), StoreMalformed), (sends({"result": "w"}), StoreMalformed),
     (never, StoreTimeout)],
)  # fmt: skip
async def test_ping_asks_for_the_expected_policies(answer: Answer, ours: type[StoreError]) -> None:
    async with opa_that(sends({"result": "v"})) as opa:
        await opa.ping()
    async with opa_that(answer) as opa:
        with pytest.raises(ours):
            await opa.ping()


@pytest.mark.parametrize(("came", "shown"), [("b" * 16, "b" * 16), ("<b>" * 9, "none of ours")])
async def test_policies_of_another_version_are_told_by_both_digests(came: str, shown: str) -> None:
    async with opa_that(sends({"result": came})) as opa:
        with pytest.raises(StoreMalformed) as refused:
            await opa.ping()
    assert refused.value.detail == f"policies of version v are expected, it has {shown}"
