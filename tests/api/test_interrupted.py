"""A run that is cut off under its caller ends in a problem document, like everything that fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from api.runtime import Runtime
from ecp.errors import Interrupted


class CutOff:
    """A tracker whose runs are cancelled by somebody else."""

    async def start(self) -> None:
        pass

    async def stop(self, _seconds: float) -> None:
        pass

    async def execute(self, _run: Any, _parameters: dict[str, Any]) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(1)


@asynccontextmanager
async def nothing() -> AsyncIterator[None]:
    yield None


async def test_who_waits_for_a_run_that_is_cut_off_is_told_so() -> None:
    runtime: Runtime[None] = Runtime(nothing, CutOff)  # type: ignore[arg-type]
    await runtime.start()
    try:
        with pytest.raises(Interrupted) as raised:
            await runtime.execute(SimpleNamespace(resolution_id="r-1"), {})  # type: ignore[arg-type]
        assert (raised.value.status, raised.value.extra) == (503, {"resolution_id": "r-1"})
    finally:
        await runtime.stop()
