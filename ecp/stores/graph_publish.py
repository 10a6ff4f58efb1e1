"""A version into the graph: its content in pieces that nobody sees, then the version; and what no version needs out."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, LiteralString
from uuid import uuid4

from neo4j import AsyncSession, AsyncTransaction

from ecp.stores import cypher
from ecp.stores.graph_content import GraphContent

Records = list[dict[str, Any]]

KEPT_CONTENTS = 2
ROWS_AT_ONCE = 5000
UNFINISHED_SECONDS = 3600
SWEEP_SECONDS = 20.0


async def write_version(
    session: AsyncSession,
    content: GraphContent,
    version: str,
    *,
    now: Callable[[], float] = time.time,
    rows_at_once: int = ROWS_AT_ONCE,
) -> None:
    """Idempotent. Readers see the version whole or not at all."""
    for index in cypher.INDEXES:
        await _consumed(session, index)

    async def written(digest: str) -> str:
        return await _written(session, content, digest, now() + UNFINISHED_SECONDS, rows_at_once)

    while not await _pointed(session, content.digest, version, written):
        pass
    await _sweep(session, now())


async def _pointed(session: AsyncSession, digest: str, version: str, written: Callable[[str], Awaitable[str]]) -> bool:
    """Whether the version has its content now; not if another process has just retired what it was to share."""
    standing = await _versions(session)
    if standing and (standing[0]["version"], _digest(standing[0])) == (version, digest):
        return True
    shared = next((row["content"] for row in standing if _digest(row) == digest), None)
    key = shared or await written(digest)
    async with await session.begin_transaction() as transaction:
        standing = await _versions(transaction)
        if shared and all(row["content"] != shared for row in standing):
            return False
        await _point(transaction, standing, version, key)
        await transaction.commit()
    return True


async def _written(session: AsyncSession, content: GraphContent, digest: str, due: float, at_once: int) -> str:
    """The key of its content. Unless a version has it by then, it is swept when it is `due`."""
    key = ".".join((digest, uuid4().hex[:8]))
    await _consumed(session, cypher.BEGIN, content=key, due=int(due))
    for name, statement in cypher.WRITES:
        rows = list(getattr(content, name))
        for first in range(0, len(rows), at_once):
            await _consumed(session, statement, rows=rows[first : first + at_once], content=key)
    return key


async def _point(transaction: AsyncTransaction, standing: Records, version: str, key: str) -> None:
    known = any(row["version"] == version for row in standing)
    # By arrival, not by number: a registry begun anew starts again at one.
    place = max((row["place"] for row in standing), default=0) + 1
    pointing = cypher.REPOINT if known else cypher.POINT
    await (await transaction.run(pointing, version=version, content=key, place=place)).consume()
    await (await transaction.run(cypher.SWEPT, content=key)).consume()
    await _retire(transaction, standing)


def _digest(row: dict[str, Any]) -> str:
    return str(row["content"]).partition(".")[0]


async def _retire(transaction: AsyncTransaction, before: Records) -> None:
    """Takes the versions of all contents but the newest away; what they had is removed afterwards."""
    standing = await _versions(transaction)
    kept = list(dict.fromkeys(row["content"] for row in standing))[:KEPT_CONTENTS]
    dropped = sorted({row["content"] for row in (*before, *standing)} - set(kept))
    gone = [row["version"] for row in standing if row["content"] not in kept]
    if dropped:
        await (await transaction.run(cypher.FORGET, versions=gone)).consume()
        await (await transaction.run(cypher.RETIRE, contents=dropped)).consume()


async def _versions(asked: AsyncSession | AsyncTransaction) -> Records:
    """Newest first."""
    return await (await asked.run(cypher.VERSIONS)).data()


async def _sweep(session: AsyncSession, now: float) -> None:
    """Removes what no version has, a few nodes at a time, as far as a publish may take; the next one goes on."""
    ends = time.monotonic() + SWEEP_SECONDS
    for row in await (await session.run(cypher.RETIRED, now=int(now))).data():
        for statement in cypher.SWEEPS:
            while await _gone(session, statement, row["content"]):
                if time.monotonic() > ends:
                    return
        await _consumed(session, cypher.SWEPT, content=row["content"])


async def _gone(session: AsyncSession, statement: LiteralString, content: str) -> int:
    (row,) = await (await session.run(statement, content=content)).data()
    return int(row["gone"])


async def _consumed(session: AsyncSession, statement: LiteralString, **parameters: Any) -> None:
    await (await session.run(statement, parameters)).consume()
