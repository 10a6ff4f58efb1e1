"""Makes ids of flow runs in as large batches as the server manages in time."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from prefect.client.orchestration import PrefectClient

from api.tracking.reserved_runs import (
    FRESH_SECONDS,
    STRAY_SECONDS,
    create,
    give_back_scheduled,
    unheard_of,
    withheld,
    withhold,
)

AT_ONCE = 16
QUICK_SECONDS = 2.0


class Making:
    """A batch is halved once a call failed or was late, and doubled once one was quick. A server goes on with what it
    was asked though nobody waits any more: what such a call has made is looked for and used, not made once more."""

    def __init__(self, most: int = AT_ONCE, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = self.at_once = most
        self._clock = clock
        self._made: dict[UUID, float] = {}  # and when; not known to be withheld
        self._doubtful: set[UUID] = set()  # may have been withheld by a call whose reply did not come
        self._unsure_until = float("-inf")

    @property
    def under_way(self) -> bool:
        """Whether some are made that cannot be used yet."""
        return bool(self._made)

    @property
    def _unsure(self) -> bool:
        """Whether a call that was given up may still have made some."""
        return self._clock() < self._unsure_until

    async def some(self, client: PrefectClient, deployment_id: UUID, most: int) -> list[UUID]:
        """Up to `most` ids that nothing but this process uses. Raises what the client raises."""
        count, began = min(most, self.at_once), self._clock()
        try:
            await self._make(client, deployment_id, count)
            ready = await self._ready(client, [*self._made][:count])
        except BaseException:
            self.at_once = max(1, self.at_once // 2)
            raise
        if self._clock() - began < QUICK_SECONDS:
            self.at_once = min(self._most, 2 * self.at_once)
        return ready

    def outdated(self) -> list[UUID]:
        """Takes those out that could not be withheld for so long that anybody may give them back."""
        before = self._clock() - STRAY_SECONDS
        ids = [run_id for run_id, made_at in self._made.items() if made_at < before]
        for run_id in ids:
            self._forget(run_id)
        return ids

    async def leave(self, client: PrefectClient) -> list[UUID]:
        """Gives back what nobody has told this process of; takes out what could not be withheld yet."""
        if self._unsure:
            await give_back_scheduled(client)
        ids = [*self._made]
        self._made.clear()
        return ids

    async def _make(self, client: PrefectClient, deployment_id: UUID, count: int) -> None:
        if self._unsure:
            self._add(await unheard_of(client, deployment_id, self._made))
        if not self._made:
            before, self._unsure_until = self._unsure_until, float("inf")
            try:
                self._add(await create(client, deployment_id, count))
            except BaseException:
                self._unsure_until = self._clock() + FRESH_SECONDS
                raise
            self._unsure_until = before

    async def _ready(self, client: PrefectClient, some: list[UUID]) -> list[UUID]:
        known = await withheld(client, some) if self._doubtful.intersection(some) else dict.fromkeys(some, False)
        bare = [run_id for run_id in some if known.get(run_id) is False]
        self._doubtful.update(bare)
        done = {run_id for run_id in some if known.get(run_id)} | await withhold(client, bare)
        for run_id in some:
            if run_id in done or run_id not in known:
                self._forget(run_id)
        return [run_id for run_id in some if run_id in done]

    def _add(self, ids: list[UUID]) -> None:
        self._made |= dict.fromkeys(ids, self._clock())

    def _forget(self, run_id: UUID) -> None:
        self._made.pop(run_id, None)
        self._doubtful.discard(run_id)
