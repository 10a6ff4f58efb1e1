"""The baseline: `await flow()` of the same stages, as the documentation of Prefect begins. A process of its own.

`python -m bench.naive HOME COUNT CALLERS`: JSON of the seconds that each run took.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from prefect import flow

from bench.bare import timed, warm_stores
from bench.questions import questions
from ecp.run import Run
from ecp.settings import Settings
from flows import resolve as story

naive = flow(name="naive")(story.resolve.fn)


async def ask(run: Run) -> None:
    await naive(run.resolution_id)


async def main(home: str, count: str, callers: str) -> None:
    settings = Settings(home=Path(home), _env_file=None)
    asked = questions()
    async with warm_stores(settings) as stores:
        await timed(settings, stores, asked, ask, count=2, tracking="full")
        began = time.perf_counter()
        taken = await timed(settings, stores, asked, ask, count=int(count), callers=int(callers), tracking="full")
        print(json.dumps({"seconds": time.perf_counter() - began, "latencies": taken}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
