"""What the packs say is compared with what the semantic layer and the warehouse have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from ecp.telemetry import metrics
from tasks.keeping import counted_in, keeping, leave_table
from tasks.upkeep import compare_with_stores


@flow(name="drift", persist_result=False)
async def drift() -> State[Any]:
    """Metrics the layer no longer has, contracts past their freshness, lineage to columns that are gone: a table."""
    async with keeping() as kept:
        found = await compare_with_stores(kept, datetime.now(UTC))
    rows = [finding.model_dump() for finding in found.findings]
    rows += [{"kind": "unchecked", "asset": "", **left.model_dump()} for left in found.unchecked]
    metrics.upkeep_found("drift", [row["kind"] for row in rows], counted_in(kept))
    counts = f"{len(found.findings)} found, {len(found.unchecked)} could not be checked"
    await leave_table("drift", rows, counts)
    if found.findings:
        return Completed(name="Drifted", message=counts)
    return Completed(name="PartlyChecked" if found.unchecked else "InStep", message=counts)
