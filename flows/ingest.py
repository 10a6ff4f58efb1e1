"""A pack's folder becomes the newest version, when what is in it has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from ecp.errors import PackInvalid
from ecp.telemetry import metrics
from tasks.keeping import counted_in, keeping, leave_table
from tasks.upkeep import take_in


@flow(name="ingest", persist_result=False, log_prints=True)
async def ingest(path: str | None = None, only: bool | None = None, force: bool = False) -> State[Any]:
    """Imports the pack in `path` (default: `ECP_INGEST`) unless its files are those that were last taken in."""
    async with keeping() as kept:
        folder = Path(path) if path else kept.settings.ingest
        if folder is None:
            return Completed(name="NothingToDo", message="ECP_INGEST names no folder, and the run names none")
        all_there_is = kept.settings.ingest_only if only is None else only
        try:
            taken = await take_in(kept, folder, all_there_is, force)
        except PackInvalid as invalid:
            metrics.upkeep_found("ingest", ["invalid"], counted_in(kept))
            await leave_table("invalid-pack", invalid.extra.get("errors", []), invalid.detail)
            return Failed(name="Invalid", message=invalid.detail)
    if taken.report is None:
        return Completed(name="Unchanged", message=f"{taken.pack} is as it was when it was last imported")
    kinds = [{"kind": kind, "documents": count} for kind, count in taken.report.kinds.items()]
    said = f"{taken.pack}, registry version {taken.report.version}"
    await leave_table("imported-pack", kinds, said)
    if taken.report.incomplete:
        metrics.upkeep_found("ingest", ["incomplete"], counted_in(kept))
        lacking = "; ".join(f"{part.component}: {part.detail}" for part in taken.report.incomplete)
        return Failed(name="Incomplete", message=f"{said} lacks a part, and the next run imports it again: {lacking}")
    return Completed(name="Imported", message=said)
