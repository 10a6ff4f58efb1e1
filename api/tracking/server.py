"""Whether the Prefect server answers: asked in the background, so that no caller has to find out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import httpx

from ecp.telemetry.logs import get_logger

_log = get_logger(__name__)
READY_SECONDS = 1.0


class ServerWatch:
    """`up` is what the last look said. Refused connections count at once. Silence counts once nothing has been heard of
    the server for `silence` seconds, by these looks or by whoever else talks to it: what is slow is not down. Each time
    it is up again, `returned` is called."""

    def __init__(
        self,
        api_url: str,
        *,
        interval: float = 1.0,
        timeout: float = 5.0,
        silence: float = 12.0,
        clock: Callable[[], float] = time.monotonic,
        returned: Callable[[], None] = lambda: None,
    ) -> None:
        self._api_url = api_url
        self._client: httpx.AsyncClient | None = None
        self._interval = interval
        self._timeout = timeout
        self._silence = silence
        self._clock = clock
        self._returned = returned
        self._heard_at = clock()
        self._up = asyncio.Event()
        self._looks: asyncio.Task[None] | None = None

    @property
    def up(self) -> bool:
        return self._up.is_set()

    def heard(self) -> None:
        """The server has answered somebody."""
        self._heard_at = self._clock()

    async def works(self) -> bool:
        """False when the server says that it cannot, as it does while its database is down. Asked only by who wants to
        know how things are: silence, which is longer under load, says nothing here."""
        if self._client is None:
            return True
        try:
            answer = await self._client.get(f"{self._api_url}/ready", timeout=READY_SECONDS)
        except httpx.HTTPError:
            return True
        return answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR

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
            self._client = client
            while True:
                self._learn(await self._look(client))
                await asyncio.sleep(self._interval)

    async def _look(self, client: httpx.AsyncClient) -> bool | None:
        """True: it answers. False: it refuses or is broken. None: silence."""
        try:
            answer = await client.get(f"{self._api_url}/health")
        except httpx.TimeoutException:
            return None
        except httpx.HTTPError:
            return False
        return answer.is_success

    def _learn(self, answer: bool | None) -> None:
        before = self.up
        if answer:
            self.heard()
            self._up.set()
        elif answer is False or self._clock() - self._heard_at >= self._silence:
            self._up.clear()
        if self.up != before:
            _log.info("orchestrator_up" if self.up else "orchestrator_down")
            if self.up:
                self._returned()
