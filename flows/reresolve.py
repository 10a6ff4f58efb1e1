"""A watched question is resolved anew for its owner, and compared with the last time."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from ecp.errors import AlreadyRunning
from flows.resolve import resolve
from tasks.states import NEVER_USED, final_state
from tasks.watching import open_watch, settle, watch_state


@flow(name="reresolve", validate_parameters=False, persist_result=False)
async def reresolve(watch_id: str = "") -> State[Any]:
    """Runs the watch of this id. What came of it is in the registry; the state says `Changed`, `Unchanged`, `Denied` or
    `Failed`."""
    if not watch_id:
        return final_state("cancelled", message=f"{NEVER_USED}; `watch_id` says which watch is to be run")
    try:
        async with open_watch(watch_id) as run:
            try:
                await resolve.fn(run.resolution_id)
            except Exception:
                await settle(run)
                raise
            return watch_state(await settle(run))
    except AlreadyRunning as elsewhere:
        return final_state("cancelled", message=elsewhere.detail)
