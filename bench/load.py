"""A load generator that leaves the processor to what it measures: one connection a caller, answers read afterwards."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

UNCACHED = (("Cache-Control", "no-cache"),)


@dataclass
class Answers:
    """What came back: seconds of each call, and status and body beside them. `seconds`: of the whole."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return sum(status != 200 for status in self.statuses)

    @property
    def per_second(self) -> float:
        return (len(self.statuses) - self.failed) / self.seconds

    @property
    def failures(self) -> str:
        """By status, with what the first one says."""
        first = next((b for s, b in zip(self.statuses, self.bodies, strict=True) if s != 200), b"")
        return f"{dict(Counter(s for s in self.statuses if s != 200))}, first: {first[:300].decode(errors='replace')}"

    def resolutions(self) -> list[dict[str, Any]]:
        return [json.loads(body) for status, body in zip(self.statuses, self.bodies, strict=True) if status == 200]


class Caller:
    """One HTTP/1.1 connection that is kept."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Caller:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._writer.close()

    async def post(self, path: str, body: bytes, headers: Sequence[tuple[str, str]]) -> tuple[int, bytes]:
        lines = [
            f"POST {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in headers),
        ]
        self._writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next(int(line.partition(":")[2]) for line in head.splitlines() if line.startswith("content-length:"))
        return int(head.split(" ", 2)[1]), await self._reader.readexactly(length)


async def resolve(
    ports: Sequence[int],
    bodies: Sequence[bytes],
    *,
    callers: int = 1,
    count: int | None = None,
    seconds: float = 600.0,
    headers: Sequence[tuple[str, str]] = UNCACHED,
    pause: float = 0.0,
) -> Answers:
    """So many questions, or as many as fit into so many seconds; each caller asks its next when it has its answer, at
    the earliest `pause` seconds after the one before."""
    answers, turns = Answers(), cycle(bodies)
    left = iter(range(count)) if count is not None else None
    began = time.perf_counter()

    def more() -> bool:
        return time.perf_counter() - began < seconds and (left is None or next(left, None) is not None)

    async def ask_on(port: int) -> None:
        async with Caller(port) as caller:
            while more():
                started = time.perf_counter()
                status, body = await caller.post("/api/v1/resolve", next(turns), headers)
                answers.latencies.append(time.perf_counter() - started)
                answers.statuses.append(status)
                answers.bodies.append(body)
                if pause:
                    await asyncio.sleep(max(0.0, started + pause - time.perf_counter()))

    await asyncio.gather(*(ask_on(port) for port, _ in zip(cycle(ports), range(callers), strict=False)))
    answers.seconds = time.perf_counter() - began
    return answers
