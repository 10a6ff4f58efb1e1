"""What is left of a run when its process is told to stop, or is killed."""

import asyncio
import os
import signal
import sys
import uuid
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def serving(prefect_api, tmp_path):
    processes = []

    async def serve(seconds):
        name = f"ended-{uuid.uuid4().hex[:12]}"
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.tracking.serve_toy",
            *(prefect_api, str(tmp_path / name), name, str(seconds)),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        processes.append(process)
        await _line(process, "begun")
        return process, name

    yield serve
    for process in processes:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _line(process, wanted):
    async with asyncio.timeout(120):
        while line := (await process.stdout.readline()).decode().strip():
            if line == wanted:
                return
    raise AssertionError(f"the process never said {wanted!r}")


async def test_a_terminated_process_finishes_its_run_tells_the_server_and_leaves_with_0(serving, recorded):
    process, name = await serving(2)
    process.send_signal(signal.SIGTERM)
    await _line(process, "Completed")
    async with asyncio.timeout(60):
        assert await process.wait() == 0
    shown = await recorded.flow_run(name, "Completed")
    assert set((await recorded.task_states(shown, 7)).values()) == {"Completed"}


async def test_a_killed_process_leaves_exactly_the_stages_that_were_done(serving, recorded):
    process, name = await serving(600)
    shown = await recorded.flow_run(name, "Running")
    done = {"parse_intent", "search_graph", "search_registry"}
    assert set(await recorded.task_states(shown, 3)) == done

    async def under_way():
        return any(task.name.startswith("search_vectors") for task in await recorded.tasks(shown))

    await recorded.until(under_way)
    process.kill()
    await process.wait()
    await asyncio.sleep(2)
    states = await recorded.task_states(shown, 3)
    assert states == dict.fromkeys(done, "Completed")
    assert {task.name.rsplit("-", 1)[0] for task in await recorded.tasks(shown)} == done | {"search_vectors"}
