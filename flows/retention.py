"""What is older than the settings keep is removed. Audit records stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import Field

from ecp.upkeep.retention import BATCH, kept_seconds
from tasks.keeping import ProgressOf, keeping, leave_table
from tasks.upkeep import retire_rows, retire_runs


@flow(name="retention", persist_result=False)
async def retention(batch: Annotated[int, Field(ge=1, description="rows removed at a time")] = BATCH) -> State[Any]:
    """Traces, checkpoints, keys, leases and the orchestrator's own runs, oldest first, `batch` at a time."""
    progress = await ProgressOf.begin("retention", "Kinds of rows that are done")
    removed: dict[str, int] = {}
    async with keeping() as kept:
        kinds = kept_seconds(kept.settings)
        steps = len(kinds) + 1
        for done, (kind, seconds) in enumerate(kinds.items(), start=1):
            removed[kind] = await retire_rows(kept, kind, seconds, batch)
            await progress.at(done / steps)
        before = datetime.now(UTC) - timedelta(days=kept.settings.keep_runs_days)
        removed["flow_runs"] = await retire_runs(before, progress, 1 - 1 / steps)
    await progress.at(1)
    await leave_table("retired", [{"kind": k, "removed": n} for k, n in removed.items()], "What was removed")
    return Completed(message=", ".join(f"{count} {kind}" for kind, count in removed.items()))
