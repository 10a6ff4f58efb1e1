"""A version into the graph: one transaction for all of it, and what no version needs any more out of it."""

from __future__ import annotations

from typing import Any, LiteralString

from neo4j import AsyncSession, AsyncTransaction

from ecp.stores import cypher
from ecp.stores.graph_content import GraphContent

Records = list[dict[str, Any]]

KEPT_CONTENTS = 2


async def write_version(session: AsyncSession, content: GraphContent, version: str) -> None:
    """Idempotent. Readers see the version whole or not at all."""
    for index in cypher.INDEXES:
        await _consumed(session, index)
    await _sweep(session)
    async with await session.begin_transaction() as transaction:
        await _write(transaction, content, version)
        await transaction.commit()
    await _sweep(session)


async def _write(transaction: AsyncTransaction, content: GraphContent, version: str) -> None:
    standing = await _versions(transaction)
    digest = content.digest
    if standing and (standing[0]["version"], standing[0]["content"]) == (version, digest):
        return
    if all(row["content"] != digest for row in standing):
        await _write_content(transaction, content, digest)
    known = any(row["version"] == version for row in standing)
    # By arrival, not by number: a registry begun anew starts again at one.
    place = max((row["place"] for row in standing), default=0) + 1
    pointing = cypher.REPOINT if known else cypher.POINT
    await (await transaction.run(pointing, version=version, content=digest, place=place)).consume()
    await _retire(transaction, standing)


async def _write_content(transaction: AsyncTransaction, content: GraphContent, digest: str) -> None:
    for name, statement in cypher.WRITES:
        rows = list(getattr(content, name))
        if rows:
            await (await transaction.run(statement, rows=rows, content=digest)).consume()


async def _retire(transaction: AsyncTransaction, before: Records) -> None:
    """Takes the versions of all contents but the newest away; what they had is removed afterwards."""
    standing = await _versions(transaction)
    kept = list(dict.fromkeys(row["content"] for row in standing))[:KEPT_CONTENTS]
    dropped = sorted({row["content"] for row in (*before, *standing)} - set(kept))
    gone = [row["version"] for row in standing if row["content"] not in kept]
    if dropped:
        await (await transaction.run(cypher.FORGET, versions=gone)).consume()
        await (await transaction.run(cypher.RETIRE, contents=dropped)).consume()


async def _versions(transaction: AsyncTransaction) -> Records:
    """Newest first."""
    return await (await transaction.run(cypher.VERSIONS)).data()


async def _sweep(session: AsyncSession) -> None:
    """Removes what no version has, a few nodes at a time; what an interrupted publish left is found again."""
    for row in await (await session.run(cypher.RETIRED)).data():
        for statement in cypher.SWEEPS:
            while await _gone(session, statement, row["content"]):
                pass
        await _consumed(session, cypher.SWEPT, content=row["content"])


async def _gone(session: AsyncSession, statement: LiteralString, content: str) -> int:
    (row,) = await (await session.run(statement, content=content)).data()
    return int(row["gone"])


async def _consumed(session: AsyncSession, statement: LiteralString, **parameters: Any) -> None:
    await (await session.run(statement, parameters)).consume()
