"""The service itself on real stores, with no orchestrator behind it and any store in the place of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from api.deps import Asked, RequestInfo
from api.runtime import Runtime
from api.services.platform import PlatformService
from api.tracking.tracker import Tracked
from ecp.domain.answer import Resolution
from ecp.domain.question import Asker
from ecp.run import Run, running
from ecp.settings import Settings
from ecp.wiring import Stores, open_stores
from flows.resolve import resolve
from tests.support.enterprise import AS_OF
from tests.support.renamed import Renaming

Amend = Callable[[Stores], dict[str, Any]]


class Untracked:
    """Runs the flow's own function. `runs` are the resolutions it was asked to do; `gate` holds them up, `begun` is
    set when one comes there."""

    server = None

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.gate = asyncio.Event()
        self.begun = asyncio.Event()
        self.gate.set()

    async def start(self) -> None:
        return None

    async def stop(self, flush_seconds: float = 5.0) -> None:
        return None

    async def is_cancelled(self, run: Run) -> bool:
        return False

    def settle(self, run: Run, state: Any, parameters: dict[str, Any]) -> None:
        return None

    async def execute(self, run: Run, parameters: dict[str, Any]) -> Tracked:
        self.runs.append(run.resolution_id)
        self.begun.set()
        await self.gate.wait()
        run.tracking = "summary"
        with running(run):
            state = await resolve.fn(**parameters)
        return Tracked("summary", None, None, False, state)


@dataclass(frozen=True)
class Counter:
    """Where questions are handed in."""

    service: PlatformService
    runtime: Runtime[Stores]
    tracker: Untracked
    words: Renaming

    async def ask(self, question: str, asker: dict[str, Any] | None = None, **said: Any) -> Resolution:
        """`said`: `as_of`, `execute`, and the fields of the request."""
        asked = Asked(
            text=self.words.text(question),
            asker=Asker.model_validate(self.words.value(asker or {})),
            as_of=date.fromisoformat(said.pop("as_of", AS_OF)),
            execute=said.pop("execute", False),
        )
        answer = await self.service.resolve(asked, RequestInfo(**{"request_id": "counter", **said}))
        assert isinstance(answer, Resolution)
        return answer

    async def on_loop(self, ask: Callable[[Stores], Any]) -> Any:
        async def asked() -> Any:
            return await ask(self.runtime.resources)

        return await self.runtime.call(asked)

    async def events(self, resolution_id: str) -> list[str]:
        """What the audit trail has of it."""
        return [r["event"] for r in await self.on_loop(lambda s: s.registry.audit_records(resolution_id))]


@asynccontextmanager
async def open_counter(settings: Settings, words: Renaming, amend: Amend = lambda stores: {}) -> AsyncIterator[Counter]:
    own = settings.model_copy(
        update={"retry_attempts": 0, "down_memory_seconds": 0.0, "store_timeout_seconds": 8.0, "deadline_seconds": 60.0}
    )

    @asynccontextmanager
    async def opened() -> AsyncIterator[Stores]:
        async with open_stores(own) as stores:
            yield replace(stores, **amend(stores))

    tracker = Untracked()
    runtime: Runtime[Stores] = Runtime(opened, lambda: tracker)  # type: ignore[arg-type,return-value]
    await runtime.start()
    try:
        yield Counter(PlatformService(own, runtime), runtime, tracker, words)
    finally:
        await runtime.stop()


class Switched:
    """A store of which some calls are answered otherwise: `instead[name]` is given the store and the arguments."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.instead: dict[str, Callable[..., Any]] = {}

    def __getattr__(self, name: str) -> Any:
        if name in self.instead:
            return lambda *args, **named: self.instead[name](self._store, *args, **named)
        return getattr(self._store, name)
