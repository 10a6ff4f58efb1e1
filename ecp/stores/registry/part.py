"""What every part of the registry leans on."""

from __future__ import annotations

from typing import Any

from psycopg.rows import DictRow

from ecp.stores.postgres import Connection, Database, fetched

PUBLISH_LOCK = 7_305_002
FOREVER = 2**63 - 1
NO_VERSION = "0"
NO_SUCH_VERSION = "no such registry version; `ecp versions` lists those there are"


class Part:
    """A part of the registry: its methods are the Protocol's, its state is the database."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def _number(self, version: str) -> int:
        if not (version.isascii() and version.isdigit() and len(version) < 19):
            raise self._db.rejected(NO_SUCH_VERSION)
        return int(version)


async def newest(connection: Connection) -> DictRow | None:
    found = await fetched(connection, "select * from registry_versions order by version desc limit 1")
    return found[0] if found else None


async def lock_versions(connection: Connection) -> None:
    """Only one transaction at a time makes versions."""
    await connection.execute("select pg_advisory_xact_lock(%s)", (PUBLISH_LOCK,))


async def new_version(connection: Connection, digest: str, note: str, content_version: int | None = None) -> int:
    """A version row; without `content_version` the content is its own. Needs `lock_versions`."""
    made = await fetched(connection, _NEW_VERSION, {"digest": digest, "note": note, "content": content_version})
    return int(made[0]["version"])


async def same_content(connection: Connection, note: str) -> int:
    """A version with the newest one's content. Needs `lock_versions`."""
    last: dict[str, Any] = await newest(connection) or {"digest": "", "content_version": 0}
    return await new_version(connection, last["digest"], note, last["content_version"])


_NEW_VERSION = """
insert into registry_versions (version, digest, content_version, note)
select next, %(digest)s, coalesce(%(content)s::bigint, next), %(note)s
from (select coalesce(max(version), 0) + 1 as next from registry_versions) as last
returning version
"""
