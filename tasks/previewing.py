"""The steps of a plan: what a pack would change, found out without publishing it. The thinking is in `ecp/preview`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from prefect import task
from prefect.cache_policies import NO_CACHE

from ecp.domain.answer import Resolution
from ecp.packs.loader import LoadedPack, load_pack
from ecp.preview.questions import Posed, posed, share
from ecp.preview.report import Previewed, previewed
from ecp.run import Clock, running
from ecp.settings import Settings
from ecp.wiring import Stores
from tasks.keeping import Keeping, ProgressOf
from tasks.opening import run_of

Resolve = Callable[[str], Awaitable[object]]


@task(name="read_pack", cache_policy=NO_CACHE, persist_result=False)
async def read_pack(keeping: Keeping, path: Path, only: bool) -> LoadedPack:
    """The pack, whole and valid beside what is there."""
    before = None if only else await keeping.stores.registry.catalogue()
    return await asyncio.to_thread(load_pack, path, before)


@task(name="choose_questions", cache_policy=NO_CACHE, persist_result=False)
async def choose_questions(keeping: Keeping, pack: LoadedPack, recent: int, part: int, parts: int) -> tuple[Posed, ...]:
    """This run's share of golden questions, watches and questions of the past."""
    found = await posed(keeping.stores.registry, pack, datetime.now(UTC).date(), recent=recent)
    return share(found, part, parts)


class Desk:
    """Asks questions of one version. `resolve` is the flow's own function, untracked: a plan is one run of many."""

    def __init__(self, settings: Settings, stores: Stores, resolve: Resolve) -> None:
        self._settings = settings
        self._stores = stores
        self._resolve = resolve
        self._asked: dict[tuple[str, str], str] = {}

    async def answer(self, one: Posed) -> Resolution | None:
        """None where it came to none."""
        follows = self._asked.get((one.source, one.follows)) if one.follows else None
        question = one.question.model_copy(update={"follows": follows})
        resolution_id = self._asked[one.source, one.id] = str(uuid4())
        opened = await self._stores.registry.open(resolution_id, question, digest="plan")
        deadline = Clock().monotonic() + self._settings.unattended_deadline_seconds
        run = run_of(self._settings, self._stores, opened, question, tracking="summary", deadline=deadline)
        with running(run):
            await self._resolve(resolution_id)
        return run.resolution


@task(name="ask_both_versions", cache_policy=NO_CACHE, persist_result=False)
async def ask_both_versions(
    questions: tuple[Posed, ...], now: Desk, then: Desk, progress: ProgressOf
) -> tuple[Previewed, ...]:
    """Each question under what there is and under what would be."""
    rows = []
    for done, one in enumerate(questions, start=1):
        rows.append(previewed(one, await now.answer(one), await then.answer(one)))
        await progress.at(done / len(questions))
    return tuple(rows)
