"""Runs what is due: claims watches, has each resolved as a flow run of its own, and delivers what is to be told."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from api.runtime import Runtime
from ecp.domain.notice import Delivery
from ecp.domain.watch import Claim
from ecp.errors import ECPError, StoreError
from ecp.run import Clock
from ecp.settings import Settings
from ecp.telemetry import metrics
from ecp.telemetry.context import resolution_context
from ecp.telemetry.logs import get_logger
from ecp.webhooks import Refused, Sender, next_attempt
from ecp.wiring import Stores
from tasks.watching import begin, lease_of, record

T = TypeVar("T")
_log = get_logger(__name__)
EVERY_SECONDS = 1.0
DELIVERED_AT_ONCE = 8
FINISH_SECONDS = 4.0
MOST_TRIES = 3


class Keeper:
    """One for a process; any number of processes share the watches. The time comes from `clock`."""

    def __init__(
        self,
        settings: Settings,
        runtime: Runtime[Stores],
        sender: Sender,
        *,
        clock: Clock | None = None,
        source: random.Random | None = None,
    ) -> None:
        self._settings = settings
        self._runtime = runtime
        self._sender = sender
        self._clock = clock or Clock()
        self._source = source or random.Random()
        self._running: set[asyncio.Task[None]] = set()

    async def keep(self, wanted: Callable[[], bool], every: float = EVERY_SECONDS) -> None:
        """Until nobody wants it any more; what has begun may finish then, if it is quick."""
        delivering = asyncio.create_task(self._deliver_on(every), name="deliveries")
        try:
            while wanted():
                await self._quietly(self.fill)
                if self._running:
                    await asyncio.wait(self._running, timeout=every, return_when=asyncio.FIRST_COMPLETED)
                else:
                    await asyncio.sleep(every)
        finally:
            delivering.cancel()
            await asyncio.gather(delivering, return_exceptions=True)
            if self._running:
                await asyncio.wait(self._running, timeout=FINISH_SECONDS)

    async def fill(self) -> int:
        """Begins as much of what is due as there is room for; answers how much."""
        free = self._settings.watches_at_once - len(self._running)
        if free <= 0:
            return 0
        now, lease = self._clock.now(), lease_of(self._settings)
        claims = await self._on_loop(lambda s: s.registry.claim_watches(now, lease, free))
        for claim in claims:
            metrics.watch_was_late((now - claim.due_at).total_seconds())
            task = asyncio.create_task(self._quietly(partial(self.run, claim)))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return len(claims)

    async def tracked(self) -> None:
        """Returns once the orchestrator knows of this process and can be told of its runs."""
        await self._runtime.call(self._runtime.tracker.wait_ready)

    async def turn(self) -> int:
        """Runs everything that is due now, to its end; answers how much that was."""
        count = 0
        while begun := await self.fill():
            count += begun
            await asyncio.gather(*self._running)
        return count

    async def run(self, claim: Claim) -> None:
        if claim.tries > MOST_TRIES:
            await self._refused(claim, ECPError(f"given up: {MOST_TRIES} processes that ran it ended before it did"))
            return
        try:
            run = await self._on_loop(lambda s: begin(self._settings, s, claim, self._clock))
        except StoreError:
            raise  # nothing can be written down now; the claim ends, and somebody tries again
        except ECPError as error:
            await self._refused(claim, error)
            return
        with resolution_context(run.resolution_id, question=run.question.text):
            await self._runtime.execute(run, {"watch_id": claim.watch.watch_id})

    async def _refused(self, claim: Claim, error: ECPError) -> None:
        await self._on_loop(lambda s: record(s.registry, self._settings, claim, error, self._clock))

    async def deliver(self) -> int:
        """Sends what is to be told now; answers how much that was."""
        now, lease = self._clock.now(), 2 * self._settings.webhook_timeout_seconds + 10
        due = await self._on_loop(lambda s: s.registry.claim_deliveries(now, lease, DELIVERED_AT_ONCE))
        await asyncio.gather(*(self._send(delivery, now) for delivery in due))
        return len(due)

    async def _send(self, delivery: Delivery, now: datetime) -> None:
        try:
            said = await self._sender.send(delivery, now)
            again = next_attempt(delivery.attempts, now, self._source) if said is not None else None
        except Refused as refused:
            said, again = str(refused), None
        if said is None:
            metrics.webhook_sent("delivered")
            await self._on_loop(lambda s: s.registry.delivery_ended(delivery.delivery_id, now))
            return
        metrics.webhook_sent("failed" if again else "abandoned")
        _log.warning(
            "webhook_failed",
            watch_id=delivery.watch_id,
            receiver=urlsplit(delivery.url).netloc,
            delivery_id=delivery.delivery_id,
            attempts=delivery.attempts,
            again_at=again and again.isoformat(timespec="seconds"),
            error=said,
        )
        await self._on_loop(lambda s: s.registry.delivery_failed(delivery.delivery_id, said, again))

    async def _deliver_on(self, every: float) -> None:
        """A process without a key leaves what is to be told to those that have it."""
        if self._settings.webhook_secret is None:
            _log.info("webhooks_left_to_others", reason="no key to sign with (ECP_WEBHOOK_SECRET)")
            return
        while self._settings.watches_at_once > 0:
            await self._quietly(self.deliver)
            await asyncio.sleep(every)

    async def _on_loop(self, ask: Callable[[Stores], Awaitable[T]]) -> T:
        async def asked() -> T:
            return await ask(self._runtime.resources)

        return await self._runtime.call(asked)

    async def _quietly(self, work: Callable[[], Awaitable[object]]) -> None:
        """What fails here is tried again: a claim ends, a notice is due again."""
        try:
            await work()
        except ECPError as error:
            _log.warning("watches_wait", error=type(error).__name__)
        except Exception:
            _log.exception("watch_failed")
