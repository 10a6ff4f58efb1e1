"""How an attempt ends: under what it came about, and what is kept of one that failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from prefect.client.schemas.objects import State

from ecp.domain.answer import Provenance, Resolution, Status
from ecp.domain.authorization import Decision
from ecp.domain.compose import Circumstances, failed
from ecp.errors import (
    AuthorizationError,
    DeadlineExceeded,
    ECPError,
    ResolutionCancelled,
    StoreError,
    StoreRejected,
    StoreUnavailable,
)
from ecp.run import Run
from ecp.stores.protocols import Attempt
from ecp.telemetry.logs import get_logger
from tasks.govern import Planned
from tasks.reply import attempt_of, with_own_node
from tasks.states import final_state

_log = get_logger(__name__)
RECORD_SECONDS = 2.0
PAST_DEADLINE_SECONDS = 0.1
HEED_SECONDS = 1.0
STANDS = frozenset({"complete", "disambiguation_required"})


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
        recorded = await _record(run, _ended_as(error))
        if not recorded and isinstance(error, AuthorizationError):
            run.error = untold(run)
    except asyncio.CancelledError:
        await asyncio.shield(_record(run, "cancelled"))
        raise
    except Exception:
        await _record(run, "failed")
        raise


async def cut_short(run: Run, status: Status, event: str) -> Attempt:
    """How an attempt is kept that somebody else ends: without what it had finished, which whoever runs it may still
    add. What stood before it stands."""
    ended = with_own_node(run, failed(circumstances(run), status))
    before = await run.stores.registry.stood(run.resolution_id, run.attempt - 1)
    stands = Resolution.model_validate(before) if before and before.get("status") in STANDS else ended
    made = attempt_of(run, ended, None)
    audit = made.audit.model_copy(update={"event": event})
    return made.model_copy(update={"resolution": stands.model_dump(mode="json"), "checkpoints": (), "audit": audit})


def state_of(run: Run) -> State[Any]:
    """How the flow of an attempt ends that is over."""
    status = run.resolution.status if run.resolution else "failed"
    return final_state(status, degraded=bool(run.degradations), message=run.error.detail if run.error else None)


def without_numbers(run: Run, error: StoreError) -> StoreError:
    """The numbers cannot be had, and none are kept. A layer that is there and refuses will refuse again."""
    if isinstance(error, StoreRejected):
        detail = (
            f"the semantic layer refused the question ({error.detail}), and no earlier result of it is kept; "
            "asking again does not help before that is mended"
        )
        return StoreRejected("semantic", detail, **run.error_fields)
    seconds = run.guards["semantic"].again_in
    return StoreUnavailable(
        "semantic",
        f"the semantic layer does not answer, and no earlier result of this question is kept; ask again in {seconds} s",
        retry_after=seconds,
        **run.error_fields,
    )


def _ended_as(error: ECPError) -> Status:
    if isinstance(error, ResolutionCancelled):
        return "cancelled"
    return "timed_out" if isinstance(error, DeadlineExceeded) else "failed"


@asynccontextmanager
async def heeding(run: Run) -> AsyncIterator[None]:
    """Inside, a cancellation that another process has written down ends the run soon after."""
    looking = asyncio.create_task(_heed(run))
    try:
        yield
    finally:
        looking.cancel()


async def _heed(run: Run) -> None:
    while not run.cancelled:
        await asyncio.sleep(HEED_SECONDS)
        with suppress(StoreError):
            if await run.stores.registry.is_cancelled(run.resolution_id, run.attempt):
                run.cancel()


def untold(run: Run) -> StoreUnavailable:
    """Instead of a refusal that could not be put on record: like an answer, it does not leave without."""
    seconds = run.guards["registry"].again_in
    return StoreUnavailable(
        "registry",
        f"the outcome could not be put on record, so it is not told; ask again in {seconds} s",
        retry_after=seconds,
        **run.error_fields,
    )


def _time_to_record(run: Run) -> float:
    """Whoever waits is told at the deadline: what is not on record by then is written behind the answer."""
    return min(RECORD_SECONDS, max(0.0, run.remaining()) + PAST_DEADLINE_SECONDS)


async def _record(run: Run, status: Status) -> bool:
    """Whether it is on record; if not, it will be once the registry takes it, at the latest as this process ends."""
    run.resolution = with_own_node(run, failed(circumstances(run), status))
    attempt = attempt_of(run, run.resolution, None)
    try:
        async with asyncio.timeout(_time_to_record(run)):
            await run.stores.registry.finish(attempt)
    except ResolutionCancelled as cancelled:
        run.error = cancelled
        return await _record(run, "cancelled")
    except (StoreError, TimeoutError) as error:
        _log.error("attempt_not_recorded", status=status, error=type(error).__name__)
        run.stores.registry.owe(attempt)
        return False
    return True
