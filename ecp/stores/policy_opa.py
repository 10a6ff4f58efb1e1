"""The policies served by an OPA server: its data API (openpolicyagent.org, "REST API") over httpx."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from ecp.domain.authorization import Decision, PolicyInput
from ecp.stores.http_errors import RAISED, asked, refusal, told, translated
from ecp.stores.policy_common import (
    STORE,
    VERSION_DATA,
    agreeing,
    decision_of,
    input_text,
    malformed,
    other_version,
    parsed,
)

WHO = "The policy engine"
MOST_BYTES = 4 * 1024 * 1024
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
        decision = decision_of(await self._ask("POST", DECISION, timeout, body), self._expected)
        return agreeing(decision, question)

    async def version(self) -> str:
        """The version of the policies that the server has."""
        version = await self._ask("GET", VERSION, self._short)
        if not isinstance(version, str):
            raise malformed("The policy engine does not say which policies it has")
        return version

    async def ping(self) -> None:
        version = await self.version()
        if version != self._expected:
            raise other_version(version, self._expected)

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(self, method: str, path: str, timeout: float, body: str | None = None) -> Any:
        """The one seam: raises nothing but our errors. Answers the `result`."""
        headers = {"Content-Type": "application/json"} if body else {}
        try:
            async with asyncio.timeout(timeout):
                response = await asked(
                    self._client, MOST_BYTES, method, self._root + path, content=body, headers=headers, timeout=timeout
                )
        except RAISED as error:
            raise translated(STORE, WHO, error) from error
        if (refused := refusal(response.status_code)) is not None:
            raise told(STORE, WHO, refused)
        return _result(parsed(response.content))


def _result(answer: Any) -> Any:
    """OPA leaves `result` out where the decision is undefined."""
    if not isinstance(answer, dict) or "result" not in answer:
        raise malformed("The policy left the decision undefined")
    return answer["result"]
