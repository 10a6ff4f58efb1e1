"""What of the answers the Prefect server came to know, and when it knew all of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

BATCH = 100
TERMINAL = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]
LONGEST_WAIT = 90.0
LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Recorded:
    """Runs with all their task runs, runs that say `summary`, and answers of which the server knows less than it
    should. `seconds`: from the first question until the last run was complete."""

    full: int
    summary: int
    missing: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.full / self.seconds if self.seconds else 0.0


async def recorded(
    api: str, resolutions: Sequence[dict[str, Any]], began: float, wait: float = LONGEST_WAIT
) -> Recorded:
    """Waits until the server knows all it will be told, for `wait` seconds at most. `began` on the monotonic clock."""
    told = {r["provenance"]["flow_run_id"]: r for r in resolutions if r["provenance"]["tracking"] == "full"}
    summaries = [r["resolution_id"] for r in resolutions if r["provenance"]["tracking"] == "summary"]
    stages = sum(len(r["provenance"]["dag"]["nodes"]) for r in told.values())
    async with httpx.AsyncClient(base_url=api, timeout=30) as client:
        ends, known, last = time.monotonic() + wait, -1, time.monotonic()
        while known < stages + len(told) and time.monotonic() < ends:
            now = await _known(client, list(told))
            known, last = (now, time.monotonic()) if now != known else (known, last)
            await asyncio.sleep(LOOK_SECONDS)  # looking is work for the server, too
        seconds = last - began
        complete = await _complete(client, told)
        in_summary = await _summaries(client, summaries, ends)
    missing = len(told) - complete + len(summaries) - in_summary
    return Recorded(complete, in_summary, missing, seconds)


async def _known(client: httpx.AsyncClient, ids: list[str]) -> int:
    """Runs and task runs in a final state."""
    counts = [await _count(client, batch) for batch in _batches(ids)]
    return sum(counts)


async def _count(client: httpx.AsyncClient, ids: Sequence[str]) -> int:
    runs = {"id": {"any_": list(ids)}, "state": {"type": {"any_": TERMINAL}}}
    tasks = {"flow_run_id": {"any_": list(ids)}, "state": {"type": {"any_": TERMINAL}}}
    ended = await client.post("/flow_runs/count", json={"flow_runs": runs})
    done = await client.post("/task_runs/count", json={"task_runs": tasks})
    return int(ended.raise_for_status().json()) + int(done.raise_for_status().json())


async def _complete(client: httpx.AsyncClient, told: dict[str, dict[str, Any]]) -> int:
    """Runs in a final state of which every stage of the answer has a task run in one."""
    complete = 0
    for batch in _batches(list(told), 15):
        expected = {i: len(told[i]["provenance"]["dag"]["nodes"]) for i in batch}
        runs = await _rows(client, "/flow_runs/filter", {"flow_runs": {"id": {"any_": list(batch)}}})
        tasks = await _rows(client, "/task_runs/filter", {"task_runs": {"flow_run_id": {"any_": list(batch)}}})
        ended = {r["id"] for r in runs if r["state_type"] in TERMINAL}
        done = [t["flow_run_id"] for t in tasks if t["state_type"] in TERMINAL]
        complete += sum(i in ended and done.count(i) >= expected[i] for i in batch)
    return complete


async def _summaries(client: httpx.AsyncClient, names: Sequence[str], ends: float) -> int:
    """Runs of these names that say that they are a summary."""
    while True:
        found = 0
        for batch in _batches(names):
            wanted = {"name": {"any_": list(batch)}, "tags": {"all_": ["summary"]}}
            found += len(await _rows(client, "/flow_runs/filter", {"flow_runs": wanted}))
        if found >= len(names) or time.monotonic() > ends:
            return found
        await asyncio.sleep(0.5)


async def _rows(client: httpx.AsyncClient, path: str, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await client.post(path, json={**wanted, "limit": 200})
    rows: list[dict[str, Any]] = answer.raise_for_status().json()
    return rows


def _batches(items: Sequence[str], size: int = BATCH) -> Iterator[Sequence[str]]:
    return (items[at : at + size] for at in range(0, len(items), size))
