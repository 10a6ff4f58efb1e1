"""How the next attempt at a stored resolution comes about: a rerun, in this process or on a worker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from prefect.runtime import flow_run

from ecp.domain.answer import Resolution
from ecp.domain.narrowing import Narrowing
from ecp.domain.rerun import standing
from ecp.domain.values import Value
from ecp.errors import AlreadyRunning, NothingToRerun, ResolutionConflict, ResolutionNotFound
from ecp.run import Clock, Run
from ecp.settings import Settings
from ecp.stores.protocols import Checkpoint, Opened, StoredResolution
from ecp.trace import OUTPUT
from ecp.wiring import Stores, open_stores
from tasks.configured import configured

CIRCUMSTANCES = "circumstances"


class Circumstances(Value):
    """Under what an attempt's checkpoints came about. `narrowing` are the caller's parameters of an execution."""

    registry_version: str
    executing: bool = False
    narrowing: Narrowing | None = None


class Earlier(Value):
    """What the newest attempt that ended has left. `under` is None where none has ended."""

    under: Circumstances | None = None
    checkpoints: tuple[Checkpoint, ...] = ()

    def reusable(self, registry_version: str) -> tuple[Checkpoint, ...]:
        """Nothing once the registry has moved on."""
        same = self.under is not None and self.under.registry_version == registry_version
        return self.checkpoints if same else ()


def circumstances_of(run: Run) -> Checkpoint:
    """Kept beside the outputs of the stages."""
    under = Circumstances(
        registry_version=run.registry_version, executing=run.before is not None, narrowing=run.narrowing
    )
    return Checkpoint(stage=CIRCUMSTANCES, output={OUTPUT: under.model_dump(mode="json")})


async def earlier(stores: Stores, resolution_id: str) -> Earlier:
    kept = await stores.registry.checkpoints(resolution_id)
    own = next((c for c in kept if c.stage == CIRCUMSTANCES), None)
    under = None if own is None else Circumstances.model_validate(own.output[OUTPUT])
    return Earlier(under=under, checkpoints=tuple(c for c in kept if c.stage != CIRCUMSTANCES))


@asynccontextmanager
async def open_stored(resolution_id: str) -> AsyncIterator[Run]:
    """The run of a worker: the next attempt, with what earlier ones finished."""
    settings = await configured()
    async with open_stores(settings, warm=False) as stores:
        yield await reopen(settings, stores, resolution_id, given=own_flow_run(settings))


async def reopen(
    settings: Settings,
    stores: Stores,
    resolution_id: str,
    *,
    force: bool = False,
    given: Mapping[str, Any] | None = None,
) -> Run:
    """Begins the next attempt at a resolution that failed, timed out, was cancelled or is degraded; at any other only
    with `force`. `given` are fields of the run.

    Raises `ResolutionNotFound`, `NothingToRerun`, and `AlreadyRunning`: of two reruns at once one begins.
    """
    stored = await stores.registry.resolution(resolution_id)
    if stored is None:
        raise ResolutionNotFound("there is no resolution with this id", resolution_id=resolution_id)
    _check(stored, force)
    before = await earlier(stores, resolution_id)
    opened = await _claimed(stores, stored)
    return _run(settings, stores, stored, opened, before, given or {})


def _check(stored: StoredResolution, force: bool) -> None:
    now = standing(stored.status, stored.body, held=stored.held)
    if now == "running":
        raise AlreadyRunning("this resolution is running", resolution_id=stored.resolution_id, attempt=stored.attempt)
    if now == "settled" and not force:
        raise NothingToRerun(
            "this resolution has its answer, and nothing was missing from it; force a rerun if it is to be found anew",
            resolution_id=stored.resolution_id,
            ended_as=stored.status,
        )


async def _claimed(stores: Stores, stored: StoredResolution) -> Opened:
    try:
        return await stores.registry.next_attempt(stored.resolution_id, after=stored.attempt)
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
    executed = before.under is not None and before.under.executing and stored.body is not None
    fields: dict[str, Any] = {"deadline": Clock().monotonic() + settings.unattended_deadline_seconds}
    if executed and before.under is not None:
        fields |= {"before": Resolution.model_validate(stored.body), "narrowing": before.under.narrowing}
    return Run(
        resolution_id=stored.resolution_id,
        attempt=opened.attempt,
        question=stored.question.model_copy(update={"execute": stored.question.execute or executed}),
        stores=stores,
        settings=settings,
        guards=stores.guards,
        registry_version=opened.registry_version,
        content_version=opened.content_version,
        reusable=before.reusable(opened.registry_version),
        **{**fields, **given},
    )


def own_flow_run(settings: Settings) -> dict[str, str]:
    """Where Prefect shows the run that this process is for, as fields of a `Run`."""
    own, ui = flow_run.id, (settings.prefect_api_url or "").removesuffix("/api")
    return {"flow_run_id": str(own), "flow_run_url": f"{ui}/runs/flow-run/{own}"} if own else {}
