"""How an attempt ends: under what it came about, and what is kept of one that failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ecp.domain.answer import Provenance, Status
from ecp.domain.authorization import Decision
from ecp.domain.compose import Circumstances, failed
from ecp.errors import DeadlineExceeded, ECPError, StoreError, StoreUnavailable
from ecp.run import Run
from ecp.telemetry.logs import get_logger
from tasks.govern import Planned
from tasks.reply import attempt_of, with_own_node

_log = get_logger(__name__)
RECORD_SECONDS = 2.0


def circumstances(run: Run, decision: Decision | None = None, planned: Planned | None = None) -> Circumstances:
    """What every answer of this attempt carries."""
    provenance = Provenance(
        flow_run_id=run.flow_run_id,
        flow_run_url=run.flow_run_url,
        tracking=run.tracking,
        registry_version=run.registry_version,
        policy_version=decision.policy_version if decision else None,
        data_version=planned.data_version if planned else None,
        sources=tuple(sorted({a.store for n in run.nodes for a in n.stores_queried})),
        lineage_ref=None,
    )
    down = {d.component for d in run.degradations}
    return Circumstances(
        resolution_id=run.resolution_id,
        attempt=run.attempt,
        question=run.question,
        degradations=tuple(run.degradations),
        asked_stores=tuple(s for s in ("graph", "vector") if s not in down),
        provenance=provenance,
    )


@asynccontextmanager
async def ending(run: Run) -> AsyncIterator[None]:
    """Whatever ends the attempt early is kept, in the registry as far as it answers and on the run."""
    try:
        yield
    except ECPError as error:
        run.error = error
        await _record(run, "timed_out" if isinstance(error, DeadlineExceeded) else "failed")
    except asyncio.CancelledError:
        await asyncio.shield(_record(run, "cancelled"))
        raise
    except Exception:
        await _record(run, "failed")
        raise


def out_of_reach(run: Run, error: StoreError) -> StoreUnavailable:
    """The numbers cannot be had now, and there are none from before."""
    return StoreUnavailable(
        "semantic",
        "the semantic layer does not answer, and no earlier result of this question is kept",
        resolution_id=run.resolution_id,
        retry_after=10,
        degradations=[d.model_dump() for d in run.degradations],
    )


async def _record(run: Run, status: Status) -> None:
    run.resolution = with_own_node(run, failed(circumstances(run), status))
    try:
        async with asyncio.timeout(RECORD_SECONDS):
            await run.stores.registry.finish(attempt_of(run, run.resolution, None))
    except (StoreError, TimeoutError) as error:
        _log.error("attempt_not_recorded", status=status, error=type(error).__name__)
