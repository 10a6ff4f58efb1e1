"""A run of a watch: its question asked anew for its owner, and what came of it written down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from ecp.domain.limits import check_attributes
from ecp.domain.notice import Delivery, notice
from ecp.domain.periods import calendar_of
from ecp.domain.question import Question
from ecp.domain.watch import Claim, Done, WatchRun, done
from ecp.domain.watch_report import watch_report
from ecp.errors import AlreadyRunning, ECPError
from ecp.run import Clock, Run, current_run, running
from ecp.settings import Settings
from ecp.stores.protocols import Registry
from ecp.telemetry import metrics
from ecp.telemetry.logs import get_logger
from ecp.wiring import Stores, open_stores_to_resolve
from tasks.configured import configured
from tasks.leaving import begin_own, leave_own
from tasks.opening import own_flow_run, run_of

LEASE_BEYOND_DEADLINE = 30.0
WATCH_RUN = "watch_run"
_log = get_logger(__name__)


def lease_of(settings: Settings) -> float:
    """Seconds after which a claim is another's: no run lives as long, unless its process is gone."""
    return settings.unattended_deadline_seconds + LEASE_BEYOND_DEADLINE


async def begin(settings: Settings, stores: Stores, claim: Claim, clock: Clock, **given: Any) -> Run:
    """The first attempt at a resolution of its own, for the watch's owner and as of today; the data's version is asked
    anew. Raises `ValidationError` when the owner is limited by what the catalogue no longer has."""
    watch = claim.watch
    catalogue = await stores.registry.catalogue()
    check_attributes(watch.owner, catalogue)
    today = calendar_of(catalogue)[0].day_of(clock.now())
    question = Question(text=watch.concept, asker=watch.owner, as_of=today, execute=watch.execute)
    opened = await stores.registry.open(str(uuid4()), question, digest=f"watch {watch.watch_id}")
    return run_of(
        settings,
        stores,
        opened,
        question,
        deadline=clock.monotonic() + settings.unattended_deadline_seconds,
        clock=clock,
        claim=claim,
        **given,
    )


async def settle(run: Run) -> Done | None:
    """Writes down what came of the run, and leaves its report. None: the watch is another's by now, or gone."""
    assert run.claim is not None
    over = await record(run.stores.registry, run.settings, run.claim, run, run.clock)
    if over is not None:
        table = watch_report(run.claim, over.run, discreet=run.settings.env == "prod")
        run.report = "\n".join(part for part in (table, run.report) if part)
    await leave_own(run, watch_state(over))
    return over


async def record(
    registry: Registry, settings: Settings, claim: Claim, came_to: Run | ECPError, clock: Clock
) -> Done | None:
    """`came_to`: a run that is over, or what kept it from beginning."""
    resolution = came_to.resolution if isinstance(came_to, Run) else None
    over = done(claim, resolution, clock.now(), _detail(came_to))
    if not await registry.record_watch_run(claim, over, _delivery(settings, claim, over)):
        _log.warning("watch_run_superseded", watch_id=claim.watch.watch_id)
        return None
    metrics.watch_ran(over.run.outcome)
    _log.info(
        WATCH_RUN,
        watch_id=claim.watch.watch_id,
        outcome=over.run.outcome,
        changed=[d.field for d in over.run.differences],
        missed=over.run.missed,
    )
    return over


def _detail(came_to: Run | ECPError) -> str | None:
    if isinstance(came_to, ECPError):
        return came_to.detail
    if came_to.error is not None:
        return came_to.error.detail
    authorization = came_to.resolution.authorization if came_to.resolution else None
    return "; ".join(authorization.reasons) or None if authorization else None


def _delivery(settings: Settings, claim: Claim, over: Done) -> Delivery | None:
    if claim.watch.webhook is None or not over.tells:
        return None
    delivery_id = str(uuid4())
    body = notice(delivery_id, claim.watch, over.run, discreet=settings.env == "prod")
    return Delivery(
        delivery_id=delivery_id, watch_id=claim.watch.watch_id, url=claim.watch.webhook, body=body, made_at=over.run.at
    )


def watch_state(over: Done | None) -> State[Any]:
    """How the flow run ends: named by the outcome."""
    if over is None:
        return Completed(name="Superseded", message="another run of this watch was faster, or the watch is gone")
    if over.run.outcome == "failed":
        return Failed(name="Failed", message=over.run.detail)
    return Completed(name=over.run.outcome.capitalize(), message=_said(over.run))


def _said(run: WatchRun) -> str | None:
    return ", ".join(d.field for d in run.differences) or None


@asynccontextmanager
async def open_watch(watch_id: str) -> AsyncIterator[Run]:
    """The run in progress, or, where nobody holds one, a run out of turn: on a worker, for an operator.

    Raises `AlreadyRunning` where there is no such watch or another process runs it."""
    run = _held(watch_id)
    if run is not None:
        yield run
        return
    settings, clock = await configured(), Clock()
    async with open_stores_to_resolve(settings) as stores:
        claim = await stores.registry.claim_watch(watch_id, clock.now(), lease_of(settings))
        if claim is None:
            raise AlreadyRunning("there is no such watch, or it is being run")
        with running(await begin(settings, stores, claim, clock, **own_flow_run(settings))) as run:
            await begin_own(run)
            yield run


def _held(watch_id: str) -> Run | None:
    try:
        run = current_run()
    except LookupError:
        return None
    return run if run.claim is not None and run.claim.watch.watch_id == watch_id else None
