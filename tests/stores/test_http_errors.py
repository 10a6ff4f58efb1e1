"""Every error that the HTTP client knows is one of ours, for each store that is asked over HTTP."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator

import httpx
import pytest

from ecp.errors import StoreError, StoreMalformed, StoreRejected, StoreTimeout, StoreUnavailable
from ecp.stores.http_errors import asked, mapped, refusal, translated
from ecp.stores.policy_opa import OpaEngine
from ecp.stores.semantic_cube import CubeSemanticLayer

NO_EVENT_OF_THEIR_OWN = {"HTTPError", "RequestError", "TransportError", "ProtocolError", "HTTPStatusError"}
"""Bases, and the one that only `raise_for_status` raises, which is not called."""


def test_every_error_of_the_client_is_in_the_table() -> None:
    classes = {c for _, c in inspect.getmembers(httpx, inspect.isclass) if issubclass(c, Exception)}
    assert {c.__name__ for c in classes if mapped(c) is None} == NO_EVENT_OF_THEIR_OWN


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (httpx.ConnectError, StoreUnavailable),
        (httpx.ReadError, StoreUnavailable),
        (httpx.RemoteProtocolError, StoreUnavailable),
        (httpx.ReadTimeout, StoreTimeout),
        (httpx.PoolTimeout, StoreTimeout),
        (httpx.InvalidURL, StoreRejected),
        (httpx.DecodingError, StoreMalformed),
        (ConnectionResetError, StoreUnavailable),
        (TimeoutError, StoreTimeout),
        (UnicodeEncodeError, StoreRejected),
        (RuntimeError, StoreUnavailable),
    ],
)
def test_an_error_is_translated_by_what_it_means(theirs: type[Exception], ours: type[StoreError]) -> None:
    assert mapped(theirs) is ours


@pytest.mark.parametrize(
    ("status", "ours"),
    [(200, None), (204, StoreMalformed), (301, StoreMalformed), (400, StoreRejected), (404, StoreRejected),
     (429, StoreUnavailable), (500, StoreUnavailable), (503, StoreUnavailable)],
)  # fmt: skip
def test_a_status_is_read_by_what_it_means(status: int, ours: type[StoreError] | None) -> None:
    assert refusal(status) is ours


def test_a_translated_error_keeps_the_details_of_the_client_to_itself() -> None:
    error = translated("semantic", "The semantic layer", httpx.ConnectError("127.0.0.1:4000 refused"))
    assert type(error) is StoreUnavailable and "127" not in error.detail and error.store == "semantic"


class ClosedUnderneath(httpx.AsyncBaseTransport):
    """As the event loop fails where a connection is closed just as it is used."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise RuntimeError("unable to perform operation on <TCPTransport closed=True>; the handler is closed")


async def test_a_connection_that_is_closed_as_it_is_used_is_a_store_out_of_reach() -> None:
    layer = CubeSemanticLayer(httpx.AsyncClient(transport=ClosedUnderneath()), "http://cube")
    with pytest.raises(StoreUnavailable):
        await layer.ping()
    engine = OpaEngine(httpx.AsyncClient(transport=ClosedUnderneath()), "http://opa", expected="1")
    with pytest.raises(StoreUnavailable):
        await engine.ping()


async def test_an_answer_that_does_not_end_is_not_read_to_its_end() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 1000:
            sent += 1
            yield b"x" * 1000

    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=endless()))
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(httpx.DecodingError):
            await asked(client, 10_000, "GET", "http://store/")
        assert sent < 20
    whole = httpx.MockTransport(lambda request: httpx.Response(503, content=b"x" * 10_000))
    async with httpx.AsyncClient(transport=whole) as client:
        answer = await asked(client, 10_000, "GET", "http://store/")
        assert (answer.status_code, len(answer.content)) == (503, 10_000)
