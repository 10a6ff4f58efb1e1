"""A process that resolves one toy question whose vector store takes its time; what it is killed with is the test's.

Arguments: the Prefect API, a home, the resolution's id, seconds the store takes. Prints `begun`, then the state.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from tests.tracking.toy import ToyStores, resolve, toy_run, toy_runtime, toy_settings


async def serve(api: str, home: Path, resolution_id: str, seconds: float) -> None:
    settings = toy_settings(api, home)
    runtime = toy_runtime(settings)
    await runtime.start()
    await runtime.call(runtime.tracker.wait_ready)

    async def slow() -> None:
        print("begun", flush=True)
        await asyncio.sleep(seconds)

    run = toy_run(settings, ToyStores(vector=slow))
    run.resolution_id = resolution_id
    asked = asyncio.create_task(resolve(runtime, run))
    terminated = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminated.set)
    await terminated.wait()
    await runtime.stop()
    print((await asked).state.name, flush=True)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2]), sys.argv[3], float(sys.argv[4])))
