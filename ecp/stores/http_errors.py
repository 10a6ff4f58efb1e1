"""What each error of the HTTP client, and each status, is to us: one table for every store that is asked over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from ecp.errors import StoreError, StoreMalformed, StoreRejected, StoreTimeout, StoreUnavailable

BY_TYPE: dict[type[Exception], type[StoreError]] = {
    httpx.TimeoutException: StoreTimeout,
    httpx.NetworkError: StoreUnavailable,
    httpx.RemoteProtocolError: StoreUnavailable,
    httpx.ProxyError: StoreUnavailable,
    httpx.LocalProtocolError: StoreRejected,
    httpx.UnsupportedProtocol: StoreRejected,
    httpx.InvalidURL: StoreRejected,
    httpx.DecodingError: StoreMalformed,
    httpx.TooManyRedirects: StoreMalformed,
    httpx.CookieConflict: StoreMalformed,
    httpx.StreamError: StoreMalformed,
    UnicodeError: StoreRejected,
    TimeoutError: StoreTimeout,
    OSError: StoreUnavailable,
    OverflowError: StoreUnavailable,
    RuntimeError: StoreUnavailable,  # the event loop's, of a connection that was closed as it was used
    ExceptionGroup: StoreUnavailable,  # what is left of a port that is none
}
"""What asking can raise; a test names the classes of httpx that stand for no event of their own."""

RAISED = tuple(BY_TYPE)


@dataclass(frozen=True)
class Answered:
    """What a server answered, read whole."""

    status_code: int
    content: bytes


async def asked(client: httpx.AsyncClient, most_bytes: int, method: str, url: str, **request: Any) -> Answered:
    """The server's answer. Raises `DecodingError`, and what the client raises, where it is longer than `most_bytes`: an
    answer that does not end must not take the memory of everybody."""
    found = bytearray()
    async with client.stream(method, url, **request) as response:
        async for part in response.aiter_bytes():
            found += part
            if len(found) > most_bytes:
                raise httpx.DecodingError("the answer is too long", request=response.request)
    return Answered(response.status_code, bytes(found))


def mapped(error: type[BaseException]) -> type[StoreError] | None:
    """The error of ours for the client's error class, None when the table lacks it."""
    return next((BY_TYPE[base] for base in error.__mro__ if base in BY_TYPE), None)


def translated(store: str, who: str, error: Exception) -> StoreError:
    """`who` is the server in the words of the detail; of the client's own text nothing is in it."""
    return told(store, who, mapped(type(error)) or StoreUnavailable)


def refusal(status: int) -> type[StoreError] | None:
    """What a status means; None for 200."""
    if status == 200:
        return None
    if status >= 500 or status == 429:
        return StoreUnavailable
    return StoreRejected if status >= 400 else StoreMalformed


def told(store: str, who: str, ours: type[StoreError]) -> StoreError:
    return ours(store, f"{who} {_SAYINGS[ours]}")


_SAYINGS: dict[type[StoreError], str] = {
    StoreUnavailable: "cannot be reached",
    StoreTimeout: "did not answer in time",
    StoreRejected: "refused the request",
    StoreMalformed: "answered with something unreadable",
}
