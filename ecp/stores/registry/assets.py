"""The assets of a version, held in memory once read."""

from __future__ import annotations

import asyncio
import gc
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from pydantic import TypeAdapter

from ecp.domain.assets import AnyAsset
from ecp.domain.catalogue import Catalogue
from ecp.domain.values import JsonObject
from ecp.stores.postgres import LONG_SECONDS, Database, fetched
from ecp.stores.registry.part import NO_VERSION, Part

HELD_CONTENTS = 3
HELD_VERSIONS = 64
_CHUNK = 200

_ASSETS: TypeAdapter[list[AnyAsset]] = TypeAdapter(list[AnyAsset])


class Assets(Part):
    def __init__(self, database: Database) -> None:
        Part.__init__(self, database)
        self._held: OrderedDict[str, Catalogue] = OrderedDict()
        self._contents: OrderedDict[int, Catalogue] = OrderedDict()
        self._loading: dict[str, asyncio.Task[Catalogue]] = {}

    async def version(self) -> str:
        found = await self._db.row("select max(version) as version from registry_versions")
        return str(found["version"] or NO_VERSION) if found else NO_VERSION

    async def catalogue(self, version: str | None = None) -> Catalogue:
        version = version or await self.version()
        held = self._held.get(version)
        if held is not None:
            self._held.move_to_end(version)
            return held
        return await asyncio.shield(self._load_once(version))

    async def versions(self, limit: int = 50) -> tuple[JsonObject, ...]:
        """`{"version", "content_version", "digest", "note", "created_at"}`, newest first."""
        found = await self._db.rows(_VERSIONS, (limit,))
        return tuple({**r, "created_at": r["created_at"].isoformat()} for r in found)

    def _load_once(self, version: str) -> asyncio.Task[Catalogue]:
        task = self._loading.get(version)
        if task is None:
            task = self._loading[version] = asyncio.create_task(self._load(version))
            task.add_done_callback(lambda done: self._loaded(version, done))
        return task

    def _loaded(self, version: str, done: asyncio.Task[Catalogue]) -> None:
        del self._loading[version]
        if not done.cancelled():
            done.exception()  # seen, though every caller may have gone

    async def _load(self, version: str) -> Catalogue:
        number = self._number(version)
        if number == 0:
            return self._hold(version, 0, Catalogue.of(version, ()))
        content = await self._content_version(number)
        known = self._contents.get(content)
        if known is None:
            known = await asyncio.to_thread(_parsed, version, await self._bodies(content))
        return self._hold(version, content, replace(known, version=version))

    async def _content_version(self, number: int) -> int:
        found = await self._db.row("select content_version from registry_versions where version = %s", (number,))
        if found is None:
            raise self._db.rejected("no such registry version")
        return int(found["content_version"])

    async def _bodies(self, content: int) -> list[str]:
        """JSON arrays of some assets each."""
        async with self._db.transaction(LONG_SECONDS) as connection:
            return [r["bodies"] for r in await fetched(connection, _BODIES, {"version": content, "chunk": _CHUNK})]

    def _hold(self, version: str, content: int, catalogue: Catalogue) -> Catalogue:
        self._contents[content] = self._held[version] = catalogue
        self._contents.move_to_end(content)
        while len(self._contents) > HELD_CONTENTS:
            _, dropped = self._contents.popitem(last=False)
            for stale in [v for v, c in self._held.items() if c.assets is dropped.assets]:
                del self._held[stale]
        while len(self._held) > HELD_VERSIONS:
            self._held.popitem(last=False)
        return catalogue


def _parsed(version: str, bodies: Sequence[str]) -> Catalogue:
    # The parser keeps the interpreter to itself for a whole call: small calls let the event loop through. A collection
    # would stop it for as long as it takes to walk over all that is being built, and each later one over what was.
    gc.disable()
    try:
        return Catalogue.of(version, (asset for body in bodies for asset in _ASSETS.validate_json(body)))
    finally:
        gc.freeze()
        gc.enable()


_VERSIONS = """
select version::text, content_version::text, digest, note, created_at
from registry_versions as v order by v.version desc limit %s
"""
_BODIES = """
select '[' || string_agg(body, ',' order by asset_id) || ']' as bodies
from (
  select asset_id, body::text as body, (row_number() over (order by asset_id) - 1) / %(chunk)s as chunk
  from assets where valid_from <= %(version)s and valid_to > %(version)s
) as numbered
group by chunk order by chunk
"""
