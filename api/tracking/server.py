"""Whether the Prefect server answers: asked in the background, so that no caller has to find out."""

from __future__ import annotations

import asyncio

import httpx

from ecp.telemetry.logs import get_logger

_log = get_logger(__name__)


class ServerWatch:
    """`up` is what the last look said. Refused connections count at once, silence after `patience` looks in a row."""

    def __init__(self, api_url: str, *, interval: float = 1.0, timeout: float = 1.0, patience: int = 2) -> None:
        self._url = f"{api_url}/health"
        self._interval = interval
        self._timeout = timeout
        self._patience = patience
        self._silent = 0
        self._up = asyncio.Event()
        self._looks: asyncio.Task[None] | None = None

    @property
    def up(self) -> bool:
        return self._up.is_set()

    async def wait_up(self) -> None:
        await self._up.wait()

    def start(self) -> None:
        self._looks = asyncio.create_task(self._look_on(), name="prefect server watch")

    async def stop(self) -> None:
        if self._looks is not None:
            self._looks.cancel()
            await asyncio.gather(self._looks, return_exceptions=True)

    async def _look_on(self) -> None:
        async with httpx.AsyncClient(timeout=self._timeout) as client:
            while True:
                self._learn(await self._look(client))
                await asyncio.sleep(self._interval)

    async def _look(self, client: httpx.AsyncClient) -> bool | None:
        """True: it answers. False: it refuses or is broken. None: silence."""
        try:
            answer = await client.get(self._url)
        except httpx.TimeoutException:
            return None
        except httpx.HTTPError:
            return False
        return answer.is_success

    def _learn(self, answer: bool | None) -> None:
        before = self.up
        self._silent = self._silent + 1 if answer is None else 0
        if answer:
            self._up.set()
        elif answer is False or self._silent >= self._patience:
            self._up.clear()
        if self.up != before:
            _log.info("orchestrator_up" if self.up else "orchestrator_down")
