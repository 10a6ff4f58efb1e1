"""The resolution itself on real stores: the flow's own function, with no API and no orchestrator before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast
from uuid import uuid4

from api.services.platform import PlatformService
from ecp.domain.assets import AnyAsset
from ecp.domain.catalogue import Catalogue
from ecp.domain.narrowing import Narrowing
from ecp.domain.question import Asker, Question
from ecp.run import Run, running
from ecp.settings import Settings
from ecp.stores.protocols import Attempt, Opened, Registry
from ecp.wiring import Stores, open_stores
from flows.resolve import resolve
from tasks.opening import reopen, run_of
from tests.support.enterprise import AS_OF
from tests.support.renamed import Renaming

Amend = Callable[[AnyAsset], AnyAsset]


@dataclass(frozen=True)
class Desk:
    """Answers the demo's questions, said in the words of the pack under test."""

    settings: Settings
    stores: Stores
    words: Renaming

    async def ask(
        self, question: str, asker: dict[str, Any] | None = None, *, execute: bool = False, **given: Any
    ) -> Run:
        """The run after its end: `resolution`, `error`, `degradations`. `given` are fields of the run."""
        asked = Question(
            text=self.words.text(question),
            asker=Asker.model_validate(self.words.value(asker or {})),
            as_of=date.fromisoformat(AS_OF),
            execute=execute,
        )
        opened = await self.stores.registry.open(str(uuid4()), asked, digest="desk")
        return await self._run(opened, asked, **given)

    async def execute(self, before: Run, **parameters: Any) -> Run:
        """The next attempt at a run, within the caller's parameters."""
        opened = await self.stores.registry.next_attempt(before.resolution_id)
        asked = before.question.model_copy(update={"execute": True})
        narrowing = Narrowing.model_validate(parameters) if parameters else None
        return await self._run(opened, asked, before=before.resolution, narrowing=narrowing)

    async def rerun(self, before: Run, *, force: bool = False) -> Run:
        """The next attempt, from what this one finished. Raises what `reopen` raises."""
        given = {"tracking": "summary"}
        run = await reopen(self.settings, self.stores, before.resolution_id, force=force, given=given)
        with running(run):
            await resolve.fn(run.resolution_id)
        return run

    async def _run(self, opened: Opened, question: Question, **given: Any) -> Run:
        run = run_of(self.settings, self.stores, opened, question, **{"tracking": "summary", **given})
        with running(run):
            await resolve.fn(run.resolution_id)
        return run

    def having(self, **stores: Any) -> Desk:
        """The same desk with other stores in the place of its own."""
        return replace(self, stores=replace(self.stores, **stores))


class InPlace:
    """The runtime of a service that runs on the loop of whoever asks it."""

    def __init__(self, stores: Stores) -> None:
        self.resources = stores

    async def call(self, make: Callable[[], Awaitable[Any]]) -> Any:
        return await make()


def service_of(desk: Desk) -> PlatformService:
    """What the routes lean on, over the stores of a desk; it runs no flow."""
    return PlatformService(desk.settings, cast("Any", InPlace(desk.stores)))


@asynccontextmanager
async def open_desk(settings: Settings, words: Renaming, **changed: Any) -> AsyncIterator[Desk]:
    """A desk on the stores of `settings` with some of them changed; patient, but gives up on one that fails."""
    own = settings.model_copy(
        update={"retry_attempts": 0, "down_memory_seconds": 0.0, "store_timeout_seconds": 8.0, **changed}
    )
    async with open_stores(own) as stores:
        yield Desk(own, stores, words)


class AmendedRegistry:
    """The registry with some assets as `amend` makes them, in every version or only in the newest one."""

    def __init__(self, registry: Registry, amend: Amend, *, newest_only: bool = False) -> None:
        self._registry = registry
        self._amend = amend
        self._newest_only = newest_only

    async def catalogue(self, version: str | None = None) -> Catalogue:
        found = await self._registry.catalogue(version)
        if version is not None and self._newest_only:
            return found
        return Catalogue.of(found.version, amended(found.assets.values(), self._amend))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._registry, name)


def amended(assets: Iterable[AnyAsset], amend: Amend) -> tuple[AnyAsset, ...]:
    return tuple(amend(asset) for asset in assets)


class FinishFails:
    """The registry, whose last write of a resolution fails."""

    def __init__(self, registry: Registry, error: Exception) -> None:
        self._registry = registry
        self._error = error

    async def finish(self, attempt: Attempt) -> None:
        raise self._error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._registry, name)


class Counting:
    """A store that counts what it is asked, by method; pings and what it holds itself are not asked of the server."""

    def __init__(self, store: Any, *counted: str) -> None:
        self._store = store
        self._counted = counted
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name in self._counted:
            self.asked.append(name)
        return getattr(self._store, name)


class Failing:
    """A store that fails whatever it is asked."""

    def __init__(self, store: Any, error: Exception, *failing: str) -> None:
        self._store = store
        self._error = error
        self._failing = failing

    def __getattr__(self, name: str) -> Any:
        if name not in self._failing:
            return getattr(self._store, name)

        async def fail(*_given: Any, **_named: Any) -> Any:
            raise self._error

        return fail


def digest_of(run: Run) -> str:
    """The digest that an audit record has of this very answer."""
    assert run.resolution is not None
    body = run.resolution.model_dump(mode="json")
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
