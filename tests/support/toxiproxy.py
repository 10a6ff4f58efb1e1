"""toxiproxy between us and a store: a proxy for each use, and the faults it knows how to make."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from ecp.platform.servers import ServerCache
from tests.support.platform import free_port

START_SECONDS = 30.0


@dataclass(frozen=True)
class Proxy:
    """One way to a server. `port` is where it listens."""

    client: httpx.AsyncClient
    name: str
    port: int

    async def cut(self) -> None:
        """Connections are refused, those that were open are closed."""
        await self._post(f"/proxies/{self.name}", {"enabled": False})

    async def heal(self) -> None:
        for toxic in await self._get(f"/proxies/{self.name}/toxics"):
            await self.client.delete(f"/proxies/{self.name}/toxics/{toxic['name']}")
        await self._post(f"/proxies/{self.name}", {"enabled": True})

    async def lead_to(self, upstream: str) -> None:
        """From here on somebody else answers."""
        await self._post(f"/proxies/{self.name}", {"enabled": False})
        await self._post(f"/proxies/{self.name}", {"upstream": upstream, "enabled": True})

    async def poison(self, kind: str, **attributes: int) -> None:
        """A toxic of toxiproxy on what the server sends."""
        toxic = {"type": kind, "stream": "downstream", "attributes": attributes}
        await self._post(f"/proxies/{self.name}/toxics", toxic)

    async def _get(self, path: str) -> Any:
        answer = await self.client.get(path)
        answer.raise_for_status()
        return answer.json()

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        answer = await self.client.post(path, json=body)
        answer.raise_for_status()
        return answer.json()


class Toxiproxy:
    """A running fault proxy at `url`; the client belongs to the loop it is used on."""

    def __init__(self, url: str) -> None:
        once = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.AsyncClient(base_url=url, trust_env=False, timeout=60, limits=once)
        self._made = 0

    async def proxy(self, upstream: str) -> Proxy:
        self._made += 1
        name = f"way-{self._made}"
        body = {"name": name, "listen": "127.0.0.1:0", "upstream": upstream, "enabled": True}
        answer = await self._client.post("/proxies", json=body)
        answer.raise_for_status()
        return Proxy(self._client, name, int(answer.json()["listen"].rpartition(":")[2]))

    async def close(self) -> None:
        await self._client.aclose()


@contextmanager
def running_toxiproxy() -> Iterator[str]:
    """Starts the server of `make servers`; answers its URL."""
    port = free_port()
    command = [str(ServerCache.from_environment().toxiproxy), "-host", "127.0.0.1", "-port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/version")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("toxiproxy does not answer")
