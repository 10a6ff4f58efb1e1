"""Answers while the Prefect server is gone: whether any is lost or late, and whether the server comes to know all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench import load, machine, recorded
from ecp.platform.manager import Platform
from ecp.settings import Settings

CALLERS = 8
BEFORE_SECONDS = 5.0
WAIT_SECONDS = 150.0


@dataclass(frozen=True)
class Outage:
    """`lost`: answers that were no answer. `late`: those after their deadline. `unrecorded`: those of which the server
    knew less than it should, some time after it was back. Latencies in milliseconds."""

    seconds: float
    answers: int
    lost: int
    late: int
    unrecorded: int
    p50_ms: float
    longest_ms: float


async def measured(
    platform: Platform, settings: Settings, bodies: Sequence[bytes], seconds: float, rate: float
) -> Outage:
    """Asks `rate` questions a second; after a while the server is killed, and started again `seconds` later."""
    whole = BEFORE_SECONDS + seconds + BEFORE_SECONDS
    began = time.monotonic()
    asking = asyncio.create_task(
        load.resolve([settings.port], bodies, callers=CALLERS, seconds=whole, pause=CALLERS / rate)
    )
    await asyncio.sleep(BEFORE_SECONDS)
    await asyncio.to_thread(kill, platform)
    await asyncio.sleep(max(0.0, BEFORE_SECONDS + seconds - (time.monotonic() - began)))
    back = asyncio.create_task(asyncio.to_thread(platform.start, "prefect", _silent))
    answers = await asking
    await back
    found = await recorded.recorded(settings.prefect_api_url or "", answers.resolutions(), began, wait=WAIT_SECONDS)
    taken = sorted(answers.latencies)
    return Outage(
        seconds=seconds,
        answers=len(taken),
        lost=answers.failed,
        late=sum(t > settings.deadline_seconds for t in taken),
        unrecorded=found.missing,
        p50_ms=round(taken[len(taken) // 2] * 1e3, 1),
        longest_ms=round(taken[-1] * 1e3, 1),
    )


def kill(platform: Platform) -> None:
    """At once, as a machine that goes away would; it is not started again by itself."""
    pid = next((part.pid for part in platform.status() if part.name == "prefect"), None)
    for process in machine.family(pid) if pid else ():
        process.kill()
    platform.stop("prefect", _silent)


def _silent(_line: str) -> None:
    return None
