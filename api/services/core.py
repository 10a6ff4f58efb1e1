"""What every service leans on: the settings, and the loop on which everything that touches a store happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from api.runtime import Runtime
from ecp.domain.answer import Resolution
from ecp.domain.authorization import Decision, PolicyInput
from ecp.errors import PolicyUnavailable, ResolutionNotFound, StoreError
from ecp.settings import Settings
from ecp.stores.protocols import StoredResolution
from ecp.wiring import Stores

T = TypeVar("T")


class Core:
    """Base of the services; each of them serves one resource."""

    def __init__(self, settings: Settings, runtime: Runtime[Stores]) -> None:
        self._settings = settings
        self._runtime = runtime

    async def _on_loop(self, ask: Callable[[Stores], Awaitable[T]]) -> T:
        return await self._runtime.call(lambda: awaited(lambda: ask(self._runtime.resources)))

    async def _decision(self, stores: Stores, question: PolicyInput, **extra: Any) -> Decision:
        """Called on the flow loop. Raises `PolicyUnavailable` with `extra`: undecided, nothing is shown."""
        limit = self._settings.store_timeout_seconds
        try:
            return await stores.guards["policy"].call(lambda: stores.policy.decide(question, timeout=limit), limit)
        except StoreError as error:
            raise PolicyUnavailable(
                "the policy could not be evaluated, so nothing is shown; try again shortly", retry_after=5, **extra
            ) from error

    async def _stored(self, resolution_id: str) -> StoredResolution:
        stored = await self._on_loop(lambda s: s.registry.resolution(resolution_id))
        if stored is None:
            raise ResolutionNotFound("there is no resolution with this id", resolution_id=resolution_id)
        return stored


async def awaited(make: Callable[[], Awaitable[T]]) -> T:
    return await make()


def body_of(stored: StoredResolution) -> Resolution:
    if stored.body is None:
        return Resolution(
            resolution_id=stored.resolution_id,
            status="running",
            as_of=stored.question.as_of,
            attempt=stored.attempt,
        )
    return Resolution.model_validate(stored.body)
