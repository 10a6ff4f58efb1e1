"""Idempotency keys: a key belongs to its caller and expires."""

from __future__ import annotations

from datetime import timedelta

from ecp.stores.postgres import Database, stored
from ecp.stores.registry.part import Part


class Keys(Part):
    def __init__(self, database: Database, key_lifetime: timedelta) -> None:
        Part.__init__(self, database)
        self._key_lifetime = key_lifetime

    async def claim_key(self, caller: str, key: str, digest: str, resolution_id: str) -> tuple[str, str]:
        arguments = {
            "caller": stored(caller),
            "key": stored(key),
            "digest": digest,
            "resolution_id": resolution_id,
            "lifetime": self._key_lifetime,
        }
        # Not one statement: its snapshot would not see the row that a concurrent claim has just written.
        holder = await self._db.row(_CLAIM, arguments) or await self._db.row(_HOLDER, arguments)
        if holder is None:
            return await self.claim_key(caller, key, digest, resolution_id)
        return holder["digest"], holder["resolution_id"]


# Keys that nobody claims again go a few at a time, with each new one.
_CLAIM = """
with swept as (
  delete from idempotency_keys where (caller, key) in (
    select caller, key from idempotency_keys
    where expires_at <= now() and (caller, key) <> (%(caller)s, %(key)s)
    limit 20 for update skip locked
  )
)
insert into idempotency_keys as k (caller, key, digest, resolution_id, expires_at)
values (%(caller)s, %(key)s, %(digest)s, %(resolution_id)s, now() + %(lifetime)s)
on conflict (caller, key) do update
  set digest = excluded.digest, resolution_id = excluded.resolution_id, expires_at = excluded.expires_at
  where k.expires_at <= now()
returning digest, resolution_id
"""

_HOLDER = """
select digest, resolution_id from idempotency_keys
where caller = %(caller)s and key = %(key)s and expires_at > now()
"""
