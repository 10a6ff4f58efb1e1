"""The policies served by an OPA server: its data API (openpolicyagent.org, "REST API") over httpx."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from ecp.domain.authorization import Decision, PolicyInput
from ecp.errors import StoreError, StoreMalformed, StoreRejected, StoreTimeout, StoreUnavailable
from ecp.stores.policy_common import STORE, VERSION_DATA, decision_of, input_text, malformed, parsed

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
    TimeoutError: StoreTimeout,
    OSError: StoreUnavailable,
    OverflowError: StoreUnavailable,
    ExceptionGroup: StoreUnavailable,  # what is left of a port that is none
}

DETAILS: dict[type[StoreError], str] = {
    StoreUnavailable: "The policy engine cannot be reached",
    StoreTimeout: "The policy engine did not decide in time",
    StoreRejected: "The policy engine refused the question",
    StoreMalformed: "The policy engine answered with something unreadable",
}

DECISION = "/v1/data/ecp/decision"
VERSION = f"/v1/data/{VERSION_DATA}/version"


class OpaEngine:
    """Asks the OPA server at `base_url`. `expected` is the policy version this code goes with.

    The client is this engine's own and is closed with it; `short_timeout` in seconds is for `version` and `ping`.
    """

    def __init__(self, client: httpx.AsyncClient, base_url: str, *, expected: str, short_timeout: float = 2.0) -> None:
        self._client = client
        self._root = base_url.rstrip("/")
        self._expected = expected
        self._short = short_timeout

    async def decide(self, question: PolicyInput, *, timeout: float) -> Decision:
        body = f'{{"input": {input_text(question)}}}'
        return decision_of(await self._ask("POST", DECISION, timeout, body), self._expected)

    async def version(self) -> str:
        """The version of the policies that the server has."""
        version = await self._ask("GET", VERSION, self._short)
        if not isinstance(version, str):
            raise malformed("The policy engine does not say which policies it has")
        return version

    async def ping(self) -> None:
        if await self.version() != self._expected:
            raise malformed("The policies are not the version expected")

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(self, method: str, path: str, timeout: float, body: str | None = None) -> Any:
        """The one seam: raises nothing but our errors. Answers the `result`."""
        headers = {"Content-Type": "application/json"} if body else {}
        try:
            async with asyncio.timeout(timeout):
                response = await self._client.request(
                    method, self._root + path, content=body, headers=headers, timeout=timeout
                )
        except tuple(BY_TYPE) as error:
            raise translated(error) from error
        if (refused := _refusal(response.status_code)) is not None:
            raise refused(STORE, DETAILS[refused])
        return _result(parsed(response.content))


def translated(error: Exception) -> StoreError:
    """The error of ours for an error of the client's."""
    ours = mapped(type(error)) or StoreUnavailable
    return ours(STORE, DETAILS[ours])


def mapped(error: type[BaseException]) -> type[StoreError] | None:
    return next((BY_TYPE[base] for base in error.__mro__ if base in BY_TYPE), None)


def _refusal(status: int) -> type[StoreError] | None:
    if status == 200:
        return None
    if status >= 500 or status == 429:
        return StoreUnavailable
    return StoreRejected if status >= 400 else StoreMalformed


def _result(answer: Any) -> Any:
    """OPA leaves `result` out where the decision is undefined."""
    if not isinstance(answer, dict) or "result" not in answer:
        raise malformed("The policy left the decision undefined")
    return answer["result"]
