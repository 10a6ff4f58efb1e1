"""How the parts behind the front are."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from api.deps import Ping
from api.services.core import Core, awaited
from ecp.errors import StoreUnavailable
from ecp.telemetry.metrics import BreakerState


class Checks(Core):
    """Pings and breakers, by component."""

    def pings(self) -> Mapping[str, Ping]:
        stores = self._runtime.resources
        asked = {
            "vector": stores.vector.ping,
            "graph": stores.graph.ping,
            "registry": stores.registry.ping,
            "semantic": stores.semantic.ping,
            "policy": stores.policy.ping,
            "orchestrator": self._orchestrator,
            "known_issues": lambda: _either(stores.graph.ping, stores.vector.ping),
        }
        return {name: self._ping(ping) for name, ping in asked.items()}

    def breakers(self) -> Mapping[str, BreakerState]:
        guards = self._runtime.resources.guards
        return {store: guard.breaker.state for store, guard in guards.items() if guard.breaker is not None}

    def answered_ago(self) -> Mapping[str, float]:
        return {store: guard.answered_ago for store, guard in self._runtime.resources.guards.items()}

    def _ping(self, ping: Ping) -> Ping:
        async def on_loop() -> None:
            await self._runtime.call(lambda: awaited(ping))

        return on_loop

    async def _orchestrator(self) -> None:
        tracker = self._runtime.tracker
        if tracker.server is None or not tracker.server.up:
            raise StoreUnavailable("orchestrator", "the orchestrator does not answer")
        if not tracker.registered:
            raise StoreUnavailable("orchestrator", "the orchestrator answers, and does not know this process yet")
        if not (tracker.recording and await tracker.server.works()):
            raise StoreUnavailable("orchestrator", "it answers, and takes no records", told=True)


async def _either(one: Ping, other: Ping) -> None:
    """Serves as soon as one of both does."""
    asked = [asyncio.ensure_future(one()), asyncio.ensure_future(other())]
    try:
        for first in asyncio.as_completed(asked):
            with suppress(Exception):
                await first
                return
    finally:
        for ping in asked:
            ping.add_done_callback(lambda late: late.cancelled() or late.exception())
            ping.cancel()
    raise StoreUnavailable("known_issues", "neither the graph nor the vectors answer")
