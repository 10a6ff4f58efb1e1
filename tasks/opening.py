"""How the next attempt at a stored resolution comes about: a rerun, in this process or on a worker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from prefect.runtime import flow_run
from prefect.settings import PREFECT_API_URL

from ecp.domain.answer import Resolution
from ecp.domain.narrowing import Narrowing
from ecp.domain.question import Question
from ecp.domain.rerun import Standing, standing
from ecp.errors import AlreadyRunning, NothingToRerun, ResolutionConflict, StoreError
from ecp.run import Clock, Run
from ecp.settings import Settings
from ecp.stores.protocols import LeftBehind, Opened, StoredResolution
from ecp.telemetry.logs import get_logger
from ecp.upkeep.retention import not_kept
from ecp.wiring import Stores, open_stores_to_resolve
from tasks.checkpoints import Earlier, earlier
from tasks.configured import configured
from tasks.leaving import begin_own, leave_own
from tasks.outcome import cut_short, state_of
from tasks.states import final_state

_log = get_logger(__name__)

NEVER_REUSED = frozenset({"execute_queries", "validate_results"})


def run_of(settings: Settings, stores: Stores, opened: Opened, question: Question, **given: Any) -> Run:
    """The run of an attempt that was written down; `given` are further fields of it."""
    return Run(
        resolution_id=opened.resolution_id,
        attempt=opened.attempt,
        question=question,
        stores=stores,
        settings=settings,
        guards=stores.guards,
        **{"registry_version": opened.registry_version, "content_version": opened.content_version, **given},
    )


@asynccontextmanager
async def open_stored(resolution_id: str) -> AsyncIterator[Run]:
    """The run of a worker: the next attempt, with what earlier ones finished. Where another run was faster the flow
    run says so, and what the resolution is now; raises `NothingToRerun` or `AlreadyRunning`."""
    settings = await configured()
    async with open_stores_to_resolve(settings) as stores:
        own = own_flow_run(settings)
        try:
            run = await reopen(settings, stores, resolution_id, given=own)
        except (NothingToRerun, AlreadyRunning) as faster:
            raise await _elsewhere(settings, stores, resolution_id, own, faster) from None
        await begin_own(run)
        try:
            yield run
        finally:
            await leave_own(run, state_of(run))


async def reopen(
    settings: Settings,
    stores: Stores,
    resolution_id: str,
    *,
    force: bool = False,
    given: Mapping[str, Any] | None = None,
    left: LeftBehind | None = None,
) -> Run:
    """Begins the next attempt at a resolution that failed, timed out, was cancelled or is degraded; at any other only
    with `force`, and then from nothing that earlier attempts found, or when a dead process `left` it running and this
    one took it over. `given` are fields of the run.

    Raises `ResolutionNotFound`, `NothingToRerun`, and `AlreadyRunning`: of two reruns at once one begins.
    """
    stored = await stores.registry.resolution(resolution_id)
    if stored is None:
        raise not_kept(settings, resolution_id)
    taken_over = left is not None and (stored.status, stored.attempt) == ("running", left.attempt)
    anew = not taken_over and _check(stored, force) == "settled"
    before = await earlier(stores, resolution_id)
    if left is not None:
        before = before.without(NEVER_REUSED)
    if anew:
        before = before.anew()
    opened = await _claimed(stores, stored)
    fields = {**_execution(stored, before, left), **(given or {})}
    if stored.status == "running":
        await _note_interrupted(settings, stores, stored)
    return _run(settings, stores, stored, opened, before, fields)


async def _elsewhere(
    settings: Settings, stores: Stores, resolution_id: str, own: Mapping[str, Any], faster: ResolutionConflict
) -> ResolutionConflict:
    """What this run is told as that another one has done the work of."""
    stored = await stores.registry.resolution(resolution_id)
    if stored is None:
        return faster
    run = _run(settings, stores, stored, _newest(stored), Earlier(), own)
    if stored.status == "running" or stored.body is None:
        await begin_own(run)
        detail = f"another run has begun attempt {stored.attempt} of this resolution; this one leaves it to that"
        return AlreadyRunning(detail, resolution_id=resolution_id, attempt=stored.attempt)
    run.resolution = Resolution.model_validate(stored.body)
    run.degradations = list(run.resolution.degradations)
    by = run.resolution.provenance.flow_run_id if run.resolution.provenance else None
    if by == run.flow_run_id:
        return faster
    which = f"the run {by}" if by else "one recorded in summary"
    detail = f"another run did this: attempt {stored.attempt} has the answer, made by {which}; nothing was left to do"
    await leave_own(run, final_state(stored.status, degraded=bool(run.degradations), message=detail))
    return NothingToRerun(detail, resolution_id=resolution_id, ended_as=stored.status)


def _check(stored: StoredResolution, force: bool) -> Standing:
    """How it stands, where the next attempt may begin."""
    now = standing(stored.status, stored.body, held=stored.held)
    if now == "running":
        raise AlreadyRunning("this resolution is running", resolution_id=stored.resolution_id, attempt=stored.attempt)
    if now == "settled" and not force:
        raise NothingToRerun(
            "this resolution has its answer, and nothing was missing from it; force a rerun if it is to be found anew",
            resolution_id=stored.resolution_id,
            ended_as=stored.status,
        )
    return now


async def _claimed(stores: Stores, stored: StoredResolution) -> Opened:
    try:
        return await stores.registry.next_attempt(stored.resolution_id, after=stored.attempt, was=stored.status)
    except ResolutionConflict:
        raise AlreadyRunning(
            "another rerun has just begun", resolution_id=stored.resolution_id, attempt=stored.attempt + 1
        ) from None


def _run(
    settings: Settings,
    stores: Stores,
    stored: StoredResolution,
    opened: Opened,
    before: Earlier,
    given: Mapping[str, Any],
) -> Run:
    executed = "before" in given
    fields: dict[str, Any] = {"deadline": Clock().monotonic() + settings.unattended_deadline_seconds}
    question = stored.question.model_copy(update={"execute": stored.question.execute or executed})
    fields["reusable"] = before.reusable(opened.registry_version)
    return run_of(settings, stores, opened, question, **{**fields, **given})


def _execution(stored: StoredResolution, before: Earlier, left: LeftBehind | None) -> dict[str, Any]:
    """The answer whose plan is executed, and within what, where the attempt before was an execution."""
    how = (left.promised or {}) if left else {}
    if how.get("execute") and left is not None and left.answer is not None:
        narrowing = how.get("narrowing")
        return {
            "before": Resolution.model_validate(left.answer),
            "narrowing": Narrowing.model_validate(narrowing) if narrowing else None,
        }
    if before.under is not None and before.under.executing and stored.body is not None:
        return {"before": Resolution.model_validate(stored.body), "narrowing": before.under.narrowing}
    return {}


async def _note_interrupted(settings: Settings, stores: Stores, stored: StoredResolution) -> None:
    """The attempt whose process is gone can be read like any other."""
    gone = _run(settings, stores, stored, _newest(stored), Earlier(), {})
    try:
        await stores.registry.interrupt(await cut_short(gone, "failed", "interrupted"))
    except StoreError as error:
        _log.warning("interruption_not_recorded", resolution_id=stored.resolution_id, error=error.kind)


def _newest(stored: StoredResolution) -> Opened:
    """The attempt that is there, as if it had just been opened."""
    return Opened(resolution_id=stored.resolution_id, attempt=stored.attempt, registry_version=stored.registry_version)


def own_flow_run(settings: Settings) -> dict[str, Any]:
    """Where Prefect shows the run that this process is for, as fields of a `Run`."""
    own, ui = flow_run.id, (settings.prefect_api_url or PREFECT_API_URL.value() or "").removesuffix("/api")
    if not own:
        return {}
    return {"on_worker": True, "flow_run_id": str(own), "flow_run_url": f"{ui}/runs/flow-run/{own}"}
