"""Flow runs made ahead: the server chooses a run's id, and a caller does not wait for that."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from uuid import UUID

from prefect.client.orchestration import PrefectClient

from api.tracking.making import Making
from api.tracking.reserved_runs import KEPT_SECONDS, give_back


class Reserve:
    """Holds between `least` and `most` ids: about what was taken in the last second. Ids older than `keep` seconds
    are given back, so that whatever is older on the server belongs to nobody."""

    def __init__(
        self,
        *,
        least: int = 32,
        most: int = 256,
        wait: float = 0.2,
        keep: float = KEPT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.wanted = asyncio.Event()
        self._least, self._most, self._wait, self._keep = least, most, wait, keep
        self._clock = clock
        self._ids: deque[tuple[float, UUID]] = deque()
        self._old: list[UUID] = []
        self._taken: deque[float] = deque()
        self._filled = asyncio.Condition()
        self._suspect = False
        self._making = Making(clock=clock)
        self._adding: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def target(self) -> int:
        now = self._clock()
        while self._taken and self._taken[0] < now - 1:
            self._taken.popleft()
        return max(self._least, min(self._most, 2 * len(self._taken)))

    async def take(self, *, patient: bool = True) -> UUID | None:
        """An id at once. With none left, a `patient` caller gets the next within `wait` seconds; once in vain, nobody
        is patient until some came."""
        self._taken.append(self._clock())
        if len(self._ids) <= self.target / 2:
            self.wanted.set()
        if self._ids:
            return self._ids.popleft()[1]
        return await self._soon() if patient and not self._suspect else None

    async def _soon(self) -> UUID | None:
        try:
            async with asyncio.timeout(self._wait), self._filled:
                await self._filled.wait_for(lambda: self._ids)
                return self._ids.popleft()[1]
        except TimeoutError:
            self._suspect = True
            return None

    async def fill(self, client: PrefectClient, deployment_id: UUID) -> bool:
        """A step towards its target; answers whether none is to follow. Raises what the client raises."""
        self.wanted.clear()
        self._set_aside_old()
        missing = self.target - len(self._ids)
        if missing <= 0:
            return True
        before = len(self._ids)
        self._adding = asyncio.create_task(self._add(client, deployment_id, missing))
        await asyncio.shield(self._adding)
        return len(self._ids) >= self.target or (len(self._ids) == before and not self._making.under_way)

    async def tidy(self, client: PrefectClient) -> None:
        """Gives back what was kept too long. Raises what the client raises; then it is still to be given back."""
        await give_back(client, self._old)
        self._old.clear()

    async def leave(self, client: PrefectClient) -> None:
        """Gives back all of them, also those that are just being made; first those that a worker would take."""
        if self._adding is not None:
            await asyncio.wait([self._adding])
        made = await self._making.leave(client)
        await give_back(client, [*made, *self._old, *(run_id for _, run_id in self._ids)])
        self._old.clear()
        self._ids.clear()

    async def _add(self, client: PrefectClient, deployment_id: UUID, count: int) -> None:
        made = await self._making.some(client, deployment_id, count)
        async with self._filled:
            self._ids.extend((self._clock(), run_id) for run_id in made)
            self._suspect = self._suspect and not made
            self._filled.notify_all()

    def _set_aside_old(self) -> None:
        while self._ids and self._ids[0][0] < self._clock() - self._keep:
            self._old.append(self._ids.popleft()[1])
        self._old += self._making.outdated()
