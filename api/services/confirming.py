"""Whether a kept answer may be given again: asked anew each time, and written down each time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from api.services.cache import Kept
from ecp.domain.authorization import Decision
from ecp.errors import StoreError
from ecp.settings import Settings
from ecp.stores.protocols import AuditRecord
from ecp.telemetry import metrics
from ecp.telemetry.logs import POLICY_DECISION, get_logger
from ecp.wiring import Stores
from tasks.govern import data_version

_log = get_logger(__name__)
PRESENCE_SECONDS = 1.0
PING_SECONDS = 0.5


class Confirming:
    """Lives on the flow loop. Whatever does not answer makes the answer one that has to be found anew, so a cache
    hides no outage."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = settings.store_timeout_seconds
        self._clock = clock
        self._seen: dict[str, float] = {}

    async def confirmed(self, stores: Stores, kept: Kept, request_id: str) -> bool:
        """Decided anew and alike, every version unchanged, every store it came from there; and then on record, which
        the registry takes only while its version is the answer's."""
        try:
            return await self._holds(stores, kept) and await self._written(stores, kept, request_id)
        except StoreError:
            return False

    async def _holds(self, stores: Stores, kept: Kept) -> bool:
        data, _, decision = await asyncio.gather(
            self._data_version(stores, kept), self._present(stores, kept), self._decided(stores, kept)
        )
        return (data, decision) == (kept.resolution.provenance.data_version, kept.decision)

    async def _decided(self, stores: Stores, kept: Kept) -> Decision:
        guard, limit = stores.guards["policy"], self._limit
        decision = await guard.call(lambda: stores.policy.decide(kept.put, timeout=limit), limit)
        metrics.policy_decided("allow" if decision.allowed else "deny")
        _log.info(POLICY_DECISION, allowed=decision.allowed, policies=decision.policies)
        return decision

    async def _data_version(self, stores: Stores, kept: Kept) -> str | None:
        if kept.resolution.execution_plan is None:
            return kept.resolution.provenance.data_version
        catalogue = await stores.registry.catalogue(kept.resolution.provenance.registry_version)
        guard, limit = stores.guards["semantic"], self._limit
        return await data_version(stores.semantic, catalogue, lambda ask: guard.call(ask, limit), limit)

    async def _present(self, stores: Stores, kept: Kept) -> None:
        """Registry and policy are asked anyway; the others once in a while. Raises StoreError."""
        pings = {"graph": stores.graph.ping, "vector": stores.vector.ping, "semantic": stores.semantic.ping}
        wanted = [store for store in kept.resolution.provenance.sources if store in pings]
        late = [store for store in wanted if self._clock() - self._seen.get(store, float("-inf")) > PRESENCE_SECONDS]
        await asyncio.gather(*(self._ping(stores, store, pings[store]) for store in late))

    async def _ping(self, stores: Stores, store: str, ping: Callable[[], Awaitable[None]]) -> None:
        await stores.guards[store].call(ping, PING_SECONDS)
        self._seen[store] = self._clock()

    async def _written(self, stores: Stores, kept: Kept, request_id: str) -> bool:
        resolution, told = kept.resolution, kept.resolution.provenance
        record = AuditRecord(
            resolution_id=resolution.resolution_id,
            attempt=resolution.attempt,
            event="cached",
            asker=kept.question.asker.model_dump(mode="json"),
            question=kept.question.text,
            status=resolution.status,
            decision=kept.decision.model_dump(mode="json"),
            answer_digest=kept.digest,
            registry_version=told.registry_version or "",
            policy_version=told.policy_version,
            request_id=request_id,
        )
        return await stores.guards["registry"].call(lambda: stores.registry.audit_if_current(record))
