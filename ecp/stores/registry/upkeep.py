"""What keeps the registry in order: packs that were taken in, and rows that are kept no longer."""

from __future__ import annotations

from ecp.domain.question import Question
from ecp.stores.postgres import LONG_SECONDS, fetched, stored
from ecp.stores.registry.part import Part
from ecp.stores.registry.resolutions import question_of


class Upkeep(Part):
    async def ingested(self, pack: str) -> str | None:
        found = await self._db.row("select digest from ingested where pack = %s", (stored(pack),))
        return str(found["digest"]) if found else None

    async def note_ingested(self, pack: str, digest: str, version: str) -> None:
        arguments = {"pack": stored(pack), "digest": digest, "version": self._number(version)}
        await self._db.rows(_NOTE, arguments)

    async def asked_lately(self, limit: int) -> tuple[tuple[str, Question], ...]:
        found = await self._db.rows(_LATELY, {"looked_at": limit * 20, "limit": limit}, prepare=False)
        return tuple((row["resolution_id"], question_of(row).model_copy(update={"execute": False})) for row in found)

    async def retire(self, kind: str, seconds: float, limit: int) -> int:
        if kind not in RETIRE:
            raise self._db.rejected(f"nothing of the kind {kind} is retired")
        async with self._db.transaction(LONG_SECONDS) as connection:
            found = await fetched(connection, RETIRE[kind], {"seconds": seconds, "limit": limit}, prepare=False)
        return int(found[0]["gone"])


_NOTE = """
insert into ingested (pack, digest, version, at) values (%(pack)s, %(digest)s, %(version)s, now())
on conflict (pack) do update set digest = excluded.digest, version = excluded.version, at = excluded.at
returning pack
"""

# A question that follows another one, or rests on a choice, cannot be asked alone.
_LATELY = """
select distinct on (created_at, resolution_id) * from (
  select distinct on (question, asker) * from (
    select * from resolutions
    where status in ('complete', 'disambiguation_required', 'unresolved', 'access_denied')
      and follows is null and chosen = '{}'
    order by created_at desc limit %(looked_at)s
  ) as newest order by question, asker, created_at desc
) as distinct_ones
order by created_at desc, resolution_id limit %(limit)s
"""

# Oldest first, and none that runs; of a watch the newest run stays. The orchestrator is told of an attempt's end before
# its trace goes.
RETIRE = {
    "checkpoints": """
with old as (
  select a.resolution_id, a.attempt from attempts as a
  where a.finished_at < now() - %(seconds)s * interval '1 second'
    and exists (select from checkpoints as c where c.resolution_id = a.resolution_id and c.attempt = a.attempt)
  order by a.finished_at limit %(limit)s
), gone as (
  delete from checkpoints as c using old where c.resolution_id = old.resolution_id and c.attempt = old.attempt
  returning c.resolution_id
)
select (select count(*) from old) + 0 * (select count(*) from gone) as gone
""",
    "resolutions": """
with old as (
  select resolution_id from resolutions
  where updated_at < now() - %(seconds)s * interval '1 second' and status <> 'running'
  order by updated_at limit %(limit)s for update skip locked
), kept as (
  delete from checkpoints where resolution_id in (select resolution_id from old) returning resolution_id
), gone as (
  delete from resolutions where resolution_id in (select resolution_id from old) returning resolution_id
)
select (select count(*) from gone) + 0 * (select count(*) from kept) as gone
""",
    "watch_runs": """
with newest as (
  select w.watch_id, r.due_at from watches as w,
    lateral (select due_at from watch_runs where watch_id = w.watch_id order by at desc, due_at desc limit 1) as r
), old as (
  select r.watch_id, r.due_at from watch_runs as r
  where r.at < now() - %(seconds)s * interval '1 second'
    and not exists (select from newest as n where n.watch_id = r.watch_id and n.due_at = r.due_at)
  order by r.at limit %(limit)s for update skip locked
), gone as (
  delete from watch_runs as r using old where r.watch_id = old.watch_id and r.due_at = old.due_at returning r.watch_id
)
select count(*) as gone from gone
""",
    "watch_deliveries": """
with old as (
  select delivery_id from watch_deliveries
  where next_at is null and made_at < now() - %(seconds)s * interval '1 second'
  order by made_at limit %(limit)s for update skip locked
), gone as (
  delete from watch_deliveries as d using old where d.delivery_id = old.delivery_id returning d.delivery_id
)
select count(*) as gone from gone
""",
    "idempotency_keys": """
with old as (
  select caller, key from idempotency_keys where expires_at < now() - %(seconds)s * interval '1 second'
  order by expires_at limit %(limit)s for update skip locked
), gone as (
  delete from idempotency_keys as k using old where k.caller = old.caller and k.key = old.key returning k.key
)
select count(*) as gone from gone
""",
    "holders": """
with gone as (
  delete from holders where holder in (
    select holder from holders where seen_at < now() - %(seconds)s * interval '1 second'
      and not exists (select from resolutions as r where r.holder = holders.holder and r.status = 'running')
    limit %(limit)s
  ) returning holder
)
select count(*) as gone from gone
""",
}
