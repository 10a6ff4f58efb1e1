"""New versions: what changed is written, what did not is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from ecp.domain.assets import AnyAsset
from ecp.stores.postgres import Connection, fetched, stored
from ecp.stores.registry.documents import StoredAsset, stored_asset
from ecp.stores.registry.part import FOREVER, NO_SUCH_VERSION, NO_VERSION, Part, lock_versions, new_version

_TABLES = ("assets", "asset_names", "asset_documents")


class Publishing(Part):
    async def publish(self, assets: Sequence[AnyAsset], *, note: str, only: bool = False) -> str:
        ready = await asyncio.to_thread(_by_id, assets)
        if len(ready) != len(assets):
            raise self._db.rejected("two assets have the same id")
        async with self._db.transaction() as connection:
            await lock_versions(connection)
            present = await _digests(connection, FOREVER - 1)
            wanted = {} if only else dict(present)
            wanted.update((a.asset_id, a.digest) for a in ready.values())
            changed = _changed(present, wanted)
            if not changed:
                return await _newest(connection)
            version = await new_version(connection, _content_digest(wanted), stored(note))
            await _close(connection, changed, version)
            await _write(connection, [a for a in ready.values() if a.asset_id in changed], version)
        return str(version)

    async def roll_back(self, version: str) -> str:
        number = self._number(version)
        async with self._db.transaction() as connection:
            await lock_versions(connection)
            if not await fetched(connection, "select 1 from registry_versions where version = %s", (number,)):
                raise self._db.rejected(NO_SUCH_VERSION)
            present, wanted = await _digests(connection, FOREVER - 1), await _digests(connection, number)
            changed = _changed(present, wanted)
            if not changed:
                return await _newest(connection)
            made = await new_version(connection, _content_digest(wanted), f"back to {number}")
            await _close(connection, changed, made)
            await _copy_back(connection, changed, number, made)
        return str(made)


def _by_id(assets: Iterable[AnyAsset]) -> dict[str, StoredAsset]:
    return {a.id: stored_asset(a) for a in assets}


def _changed(present: dict[str, str], wanted: dict[str, str]) -> set[str]:
    return {i for i in present.keys() | wanted.keys() if present.get(i) != wanted.get(i)}


def _content_digest(digests: dict[str, str]) -> str:
    return sha256("\n".join(f"{i}:{digests[i]}" for i in sorted(digests)).encode()).hexdigest()


async def _newest(connection: Connection) -> str:
    found = await fetched(connection, "select max(version) as version from registry_versions")
    return str(found[0]["version"] or NO_VERSION)


async def _digests(connection: Connection, version: int) -> dict[str, str]:
    query = "select asset_id, digest from assets where valid_from <= %s and valid_to > %s"
    return {r["asset_id"]: r["digest"] for r in await fetched(connection, query, (version, version))}


async def _close(connection: Connection, ids: set[str], version: int) -> None:
    for table in _TABLES:
        query = f"update {table} set valid_to = %s where valid_to = %s and asset_id = any(%s)"
        await connection.execute(query, (version, FOREVER, list(ids)))


async def _write(connection: Connection, assets: Sequence[StoredAsset], version: int) -> None:
    await _copy(
        connection,
        "assets (asset_id, kind, digest, body, valid_from)",
        ((a.asset_id, a.kind, a.digest, a.body, version) for a in assets),
    )
    await _copy(
        connection,
        'asset_names (asset_id, kind, member, form, "primary", valid_from)',
        ((n.asset_id, n.kind, n.member, n.form, n.primary, version) for a in assets for n in a.names),
    )
    await _copy(
        connection,
        "asset_documents (asset_id, kind, member, digest, body, valid_from)",
        ((d.asset_id, d.kind, d.member, d.digest, d.text, version) for a in assets for d in a.documents),
    )


async def _copy(connection: Connection, into: str, rows: Iterable[tuple[Any, ...]]) -> None:
    async with connection.cursor() as cursor, cursor.copy(f"copy {into} from stdin") as copy:
        for n, row in enumerate(rows):
            await copy.write_row(row)
            if n % 500 == 0:
                await asyncio.sleep(0)


async def _copy_back(connection: Connection, ids: set[str], old: int, version: int) -> None:
    for table, columns in _COLUMNS.items():
        query = (
            f"insert into {table} ({columns}, valid_from) select {columns}, %(new)s from {table}"
            " where valid_from <= %(old)s and valid_to > %(old)s and asset_id = any(%(ids)s)"
        )
        await connection.execute(query, {"new": version, "old": old, "ids": list(ids)})


_COLUMNS = {
    "assets": "asset_id, kind, digest, body",
    "asset_names": 'asset_id, kind, member, form, "primary"',
    "asset_documents": "asset_id, kind, member, digest, body",
}
