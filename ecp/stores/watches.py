"""What a store of watches answers: a part of the registry's Protocol."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from ecp.domain.notice import Delivery
from ecp.domain.question import Asker
from ecp.domain.watch import Claim, Done, Watch, WatchRun

Place = tuple[str, str]


class WatchStore(Protocol):
    """Watches, their runs, and notices to be delivered. Every time is an argument; `lease` is in seconds.

    Who asks with a user id has the watches of that id; who asks without one those of exactly the same asker;
    `None` stands for everybody's.
    """

    async def add_watch(self, watch: Watch) -> None: ...
    async def watch(self, watch_id: str, asker: Asker | None = None) -> Watch | None: ...
    async def watches(
        self, asker: Asker | None = None, *, limit: int = 50, after: Place | None = None
    ) -> tuple[tuple[Watch, ...], int]:
        """Newest first, behind `after` (when it was made, as ISO, and its id), and how many there are."""
        ...

    async def change_watch(self, watch_id: str, change: Callable[[Watch], Watch]) -> Watch | None:
        """The watch as `change` makes it of what it is: nothing that happens meanwhile is lost."""
        ...

    async def remove_watch(self, watch_id: str) -> bool: ...
    async def watch_runs(
        self, watch_id: str, *, limit: int = 50, after: Place | None = None
    ) -> tuple[tuple[WatchRun, ...], int]:
        """Newest first, behind `after` (when it was done and when it was due, as ISO)."""
        ...

    async def claim_watches(self, now: datetime, lease: float, limit: int) -> tuple[Claim, ...]:
        """Those that are due and that nobody runs, the longest due first; of several that ask, one gets each."""
        ...

    async def claim_watch(self, watch_id: str, now: datetime, lease: float) -> Claim | None:
        """This one, due or not; None where there is none, or somebody runs it."""
        ...

    async def record_watch_run(self, claim: Claim, done: Done, delivery: Delivery | None) -> bool:
        """Run, baseline, next time and notice in one transaction. False, and nothing is written, where the claim was
        given to another or the watch was taken away. A schedule that was changed meanwhile stays as it is."""
        ...

    async def claim_deliveries(self, now: datetime, lease: float, limit: int) -> tuple[Delivery, ...]:
        """Those that are due; each is due again after `lease`, should its sender not say how it went."""
        ...

    async def delivery_ended(self, delivery_id: str, now: datetime) -> None: ...
    async def delivery_failed(self, delivery_id: str, said: str, next_at: datetime | None) -> None:
        """None: it is given up on."""
        ...
