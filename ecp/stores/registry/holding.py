"""Which process has which open resolution: what a dead one leaves is taken over by exactly one other."""

from __future__ import annotations

from collections.abc import Sequence

from ecp.domain.values import JsonObject
from ecp.stores.postgres import Database, json_text, stored
from ecp.stores.protocols import Attempt, LeftBehind
from ecp.stores.registry.part import Part
from ecp.stores.registry.resolutions import ALIVE, question_of


class Holding(Part):
    """`holder` names this process. It is alive while it was seen within `lease` seconds; one heartbeat a process."""

    def __init__(self, database: Database, holder: str, lease: float) -> None:
        Part.__init__(self, database)
        self.holder = holder
        self._lease = lease
        self._own: dict[str, int] = {}
        self._owed: dict[tuple[str, int], Attempt] = {}

    async def beat(self) -> None:
        arguments = {
            "holder": self.holder,
            "forgotten": 100 * self._lease,
            "lease": self._lease,
            "ids": [stored(known) for known in self._own],
            "attempts": list(self._own.values()),
        }
        await self._db.rows(_BEAT, arguments)

    async def leave(self) -> None:
        await self._db.rows(_LEAVE, {"holder": self.holder})

    async def promise(self, resolution_id: str, how: JsonObject) -> None:
        await self._db.rows(_PROMISE, {"id": stored(resolution_id), "how": json_text(how)})

    async def tell(self, ended: Sequence[tuple[str, int]]) -> None:
        if ended:
            ids, attempts = zip(*ended, strict=True)
            await self._db.rows(_TELL, {"ids": list(ids), "attempts": list(attempts)})

    async def take_over(self, limit: int, *, untold: bool = True, patience: float = 1.0) -> tuple[LeftBehind, ...]:
        arguments = {"holder": self.holder, "lease": self._lease * patience, "limit": limit, "untold": untold}
        taken = tuple(
            LeftBehind(
                resolution_id=row["resolution_id"],
                status=row["status"],
                attempt=row["attempt"],
                question=question_of(row),
                registry_version=str(row["registry_version"]),
                content_version=str(row["content_version"]),
                promised=row["promised"],
                body=row["body"],
                answer=row["answer"],
                ended=row["ended"],
            )
            for row in await self._db.rows(_TAKE_OVER, arguments, prepare=False)
        )
        self._own |= {left.resolution_id: left.attempt for left in taken if left.status == "running"}
        return taken


# What this process opened or took over and was never told of (a lost reply) it would hold for as long as it lives.
_BEAT = """
with seen as (
  insert into holders (holder) values (%(holder)s) on conflict (holder) do update set seen_at = now()
), unknown as (
  select r.resolution_id from resolutions as r
  where r.status = 'running' and r.holder = %(holder)s
    and r.updated_at < now() - %(lease)s * interval '1 second'
    and not exists (
      select from unnest(%(ids)s::text[], %(attempts)s::integer[]) as known (resolution_id, attempt)
      where known.resolution_id = r.resolution_id and known.attempt = r.attempt
    )
  for update skip locked
), let_go as (
  update resolutions as r set holder = null from unknown as u where r.resolution_id = u.resolution_id
)
delete from holders where seen_at < now() - %(forgotten)s * interval '1 second' returning holder
"""

_LEAVE = "delete from holders where holder = %(holder)s returning holder"

_PROMISE = """
update resolutions set promised = %(how)s::jsonb where resolution_id = %(id)s returning resolution_id
"""

_TELL = """
update resolutions as r set told = greatest(r.told, t.attempt)
from unnest(%(ids)s::text[], %(attempts)s::integer[]) as t (resolution_id, attempt)
where r.resolution_id = t.resolution_id
returning r.resolution_id
"""

# Skipping locked rows lets several processes share what is left; what is older than a day is history. What somebody may
# wait for goes before what only the orchestrator is to be told. The scalar select
# keeps the look at the holder a filter: as a join it would not be taken again of a row that another has just taken.
_TAKE_OVER = f"""
with left_behind as (
  select r.resolution_id from resolutions as r
  where (r.status = 'running' or r.told < r.attempt)
    and (r.status = 'running' or %(untold)s)
    and r.updated_at > now() - interval '1 day'
    and r.updated_at < now() - %(lease)s * interval '1 second'
    and (select not {ALIVE})
  order by (r.status = 'running') desc, r.updated_at
  limit %(limit)s
  for update skip locked
), taken as (
  update resolutions as r set holder = %(holder)s from left_behind as l where r.resolution_id = l.resolution_id
  returning r.*
)
select t.*, coalesce(v.content_version, 0) as content_version, a.body, a.status as ended,
       (select e.body from attempts as e
        where e.resolution_id = t.resolution_id and e.status = 'complete' order by e.attempt desc limit 1) as answer
from taken as t
left join registry_versions as v on v.version = t.registry_version
left join attempts as a on a.resolution_id = t.resolution_id and a.attempt = t.attempt and t.status <> 'running'
"""
