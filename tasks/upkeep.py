"""The steps of the flows that keep the platform in order. The thinking is in `ecp/upkeep`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client

from ecp.domain.drift import Drift
from ecp.errors import StoreError
from ecp.upkeep.drift import find_drift
from ecp.upkeep.ingest import Ingested, ingest
from ecp.wiring import open_next_vectors
from tasks.keeping import Keeping, ProgressOf

ASSETS_AT_ONCE = 100
DELETE_RUNS = "/flow_runs/bulk_delete"


def _is_passing(_task: object, _run: object, state: object) -> bool:
    """A store that is down may be back; what is invalid stays so."""
    error = getattr(getattr(state, "data", None), "exception", getattr(state, "data", None))
    return isinstance(error, StoreError) and error.retryable


@task(
    name="import_pack",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=10,
    retry_condition_fn=_is_passing,
)
async def take_in(keeping: Keeping, path: Path, only: bool, force: bool) -> Ingested:
    """The pack as the newest version, if its files have changed."""
    stores = keeping.stores
    return await ingest(
        keeping.settings, path, stores.registry, stores.vector, stores.graph, only=only, force=force, progress=print
    )


@task(
    name="compare_with_stores",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=10,
    retry_condition_fn=_is_passing,
)
async def compare_with_stores(keeping: Keeping, now: datetime) -> Drift:
    """What the packs say and the layer or the warehouse does not have."""
    warehouse = keeping.settings.warehouse
    dsn = warehouse.get_secret_value() if warehouse else None
    return await find_drift(keeping.stores.registry, keeping.stores.semantic, dsn, now)


@task(name="embed_documents", cache_policy=NO_CACHE, persist_result=False)
async def embed_documents(keeping: Keeping, progress: ProgressOf) -> tuple[str, int]:
    """Vectors of the coming model beside those of the present one, as far as they are missing; the model's name."""
    catalogue = await keeping.stores.registry.catalogue()
    assets = tuple(catalogue.assets.values())
    embedded = 0
    async with open_next_vectors(keeping.settings) as (vectors, model):
        for first in range(0, len(assets), ASSETS_AT_ONCE):
            embedded += await vectors.index(assets[first : first + ASSETS_AT_ONCE], catalogue.version)
            await progress.at((first + ASSETS_AT_ONCE) / len(assets))
    return model, embedded


@task(name="embed_feedback", cache_policy=NO_CACHE, persist_result=False)
async def embed_feedback(keeping: Keeping) -> int:
    """Questions with feedback, as vectors of the present model."""
    embedded = 0
    while count := await keeping.stores.registry.embed_feedback_again(ASSETS_AT_ONCE):
        embedded += count
    return embedded


@task(name="retire_rows", cache_policy=NO_CACHE, persist_result=False)
async def retire_rows(keeping: Keeping, kind: str, seconds: float, batch: int) -> int:
    """Rows of one kind that are older than they are kept, batch by batch."""
    removed = 0
    while count := await keeping.stores.registry.retire(kind, seconds, batch):
        removed += count
    return removed


@task(name="retire_runs", cache_policy=NO_CACHE, persist_result=False)
async def retire_runs(before: datetime, progress: ProgressOf, done: float) -> int:
    """The orchestrator's own runs that ended before then, as many at a time as it takes away at once. What is their own
    goes behind them: the server's daily vacuum of orphans."""
    ended = {"end_time": {"before_": before.isoformat()}, "state": {"type": {"any_": list(OVER)}}}
    removed = 0
    async with get_client() as client:
        while True:
            answer = await client.request("POST", DELETE_RUNS, json={"flow_runs": ended})  # type: ignore[arg-type]
            answer.raise_for_status()
            gone = answer.json()["deleted"]
            if not gone:
                return removed
            removed += len(gone)
            await progress.at(done)


OVER = ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")
