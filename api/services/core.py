"""What every service leans on: the settings, and the loop on which everything that touches a store happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from api.deps import RequestInfo
from api.runtime import Runtime
from ecp.domain.answer import Degradation, Resolution
from ecp.domain.authorization import Decision, PolicyInput
from ecp.domain.catalogue import Catalogue
from ecp.domain.exposure import showing
from ecp.domain.limits import check_attributes
from ecp.domain.question import ANONYMOUS, Asker
from ecp.errors import AccessDenied, PolicyUnavailable, StoreError
from ecp.resilience.guard import count
from ecp.settings import Settings
from ecp.stores.protocols import Registry, StoredResolution
from ecp.upkeep.retention import not_kept
from ecp.wiring import Stores

T = TypeVar("T")


@dataclass(frozen=True)
class View:
    """The newest catalogue, and what of it the asker may not see."""

    catalogue: Catalogue
    denied: frozenset[str]
    content_version: str = "0"


class Core:
    """Base of the services; each of them serves one resource."""

    def __init__(self, settings: Settings, runtime: Runtime[Stores]) -> None:
        self._settings = settings
        self._runtime = runtime

    async def _on_loop(self, ask: Callable[[Stores], Awaitable[T]]) -> T:
        """Not every call to the registry has a guard: what a request fails by is counted all the same."""
        try:
            return await self._runtime.call(lambda: awaited(lambda: ask(self._runtime.resources)))
        except StoreError as error:
            count(error)
            raise

    async def _of_registry(self, ask: Callable[[Registry], Awaitable[T]]) -> T:
        """What the registry answers, as every store is asked: told of in log and metrics, and refused at once while it
        is known to be down."""
        return await self._on_loop(lambda s: of_registry(s, ask))

    async def _decision(self, stores: Stores, question: PolicyInput, **extra: Any) -> Decision:
        """Called on the flow loop. Raises `PolicyUnavailable` with `extra`: undecided, nothing is shown, and the
        policy is named as missing."""
        limit = self._settings.store_timeout_seconds
        guard = stores.guards["policy"]
        try:
            return await guard.call(lambda: stores.policy.decide(question, timeout=limit), limit)
        except StoreError as error:
            detail = f"the policy could not be evaluated, so nothing is shown; ask again in {guard.again_in} s"
            gone = Degradation(component="policy", fallback=guard.policy.fallback, effect=guard.policy.effect)
            extra = {"degradations": [gone.model_dump()], "retry_after": guard.again_in, **extra}
            raise PolicyUnavailable(detail, **extra) from error

    async def _view(
        self, stores: Stores, asker: Asker, ids: Callable[[Catalogue], Iterable[str]], required: Iterable[str] = ()
    ) -> View:
        """The newest catalogue as `asker` may see it, by one decision on `ids`, on what is `required` and on whatever
        is restricted. Called on the flow loop; raises `AccessDenied` without what is required."""
        newest = next(iter(await stores.registry.versions(1)), {"version": "0", "content_version": "0"})
        catalogue = await stores.registry.catalogue(str(newest["version"]))
        check_attributes(asker, catalogue)
        decision = await self._decision(stores, showing(asker, ids(catalogue), catalogue, required=required))
        if not decision.allowed:
            raise denial(decision.reasons)
        return View(catalogue, frozenset(decision.denied), str(newest["content_version"]))

    async def _stored(self, resolution_id: str) -> StoredResolution:
        stored = await self._of_registry(lambda r: r.resolution(resolution_id))
        if stored is None:
            raise not_kept(self._settings, resolution_id)
        return stored


def asker_of(request: RequestInfo) -> Asker:
    """Who asks, by the header."""
    return request.asker or ANONYMOUS


def denial(reasons: Iterable[str], **extra: Any) -> AccessDenied:
    """What the policy's reasons are told as; `extra` names the resolution where there is one."""
    told = list(reasons)
    detail = f"the policy denies this: {'; '.join(told)}" if told else "the policy denies this"
    return AccessDenied(detail, reasons=told, **extra)


async def of_registry(stores: Stores, ask: Callable[[Registry], Awaitable[T]], timeout: float | None = None) -> T:
    """Called on the flow loop. Whoever is refused or hears nothing has the next ones skip it until it is back."""
    guard = stores.guards["registry"]
    try:
        return await guard.call(lambda: ask(stores.registry), timeout)
    except StoreError as error:
        if error.retryable:
            guard.given_up(error)
        raise


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
