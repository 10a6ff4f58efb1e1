"""The stores of a flow that keeps the platform in order, and what it leaves for operators to read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect.artifacts import (
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)

from ecp.platform.layout import Layout
from ecp.settings import Settings
from ecp.wiring import Stores, open_stores
from tasks.configured import configured

MOST_ROWS = 500
WHOLE = 100.0


@dataclass(frozen=True)
class Keeping:
    """What a run may use."""

    settings: Settings
    stores: Stores


@asynccontextmanager
async def keeping(*, patient: bool = True) -> AsyncIterator[Keeping]:
    """Nobody waits for upkeep: `patient`, it gives each call to a store as long as a query may take."""
    settings = await configured()
    if patient:
        settings = settings.model_copy(update={"store_timeout_seconds": settings.query_timeout_seconds})
    async with open_stores(settings, warm=False) as stores:
        yield Keeping(settings, stores)


def counted_in(kept: Keeping) -> Path:
    """Where this home's API looks for what other processes have counted."""
    return Layout.of(kept.settings.home).metrics


async def leave_table(key: str, rows: Iterable[dict[str, Any]], said: str) -> None:
    """A table on the run; what is beyond the bound is counted in the description."""
    listed = list(rows)
    beyond = f" The first {MOST_ROWS} of {len(listed)} are shown." if len(listed) > MOST_ROWS else ""
    await acreate_table_artifact(table=listed[:MOST_ROWS], key=key, description=f"{said}{beyond}")


class ProgressOf:
    """A bar on the run, drawn anew whenever there is more to say."""

    def __init__(self, artifact: UUID) -> None:
        self._artifact = artifact
        self._told = 0.0

    @classmethod
    async def begin(cls, key: str, said: str) -> ProgressOf:
        found: Any = await acreate_progress_artifact(progress=0.0, key=key, description=said)
        return cls(found)

    async def at(self, part: float) -> None:
        """`part` from 0 to 1. Every hundredth is told, not every step."""
        percent = round(min(max(part, 0.0), 1.0) * WHOLE, 1)
        if percent >= self._told + 1 or percent == WHOLE > self._told:
            self._told = percent
            await aupdate_progress_artifact(artifact_id=self._artifact, progress=percent)
