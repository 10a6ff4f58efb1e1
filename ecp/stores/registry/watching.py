"""Watches on Postgres: a claim is a token with an end, and what is written under it is written once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from psycopg.rows import DictRow

from ecp.domain.notice import Delivery
from ecp.domain.question import Asker
from ecp.domain.schedule import AS_STORED
from ecp.domain.watch import Claim, Done, Watch, WatchRun
from ecp.stores.postgres import fetched, json_text, stored
from ecp.stores.registry.part import Part
from ecp.stores.watches import Place


class Watching(Part):
    async def add_watch(self, watch: Watch) -> None:
        await self._db.rows(_ADD, _columns(watch))

    async def watch(self, watch_id: str, asker: Asker | None = None) -> Watch | None:
        found = await self._db.row(_ONE, {**_asking(asker), "id": stored(watch_id)})
        return _watch(found) if found else None

    async def watches(
        self, asker: Asker | None = None, *, limit: int = 50, after: Place | None = None
    ) -> tuple[tuple[Watch, ...], int]:
        made, last = after or (None, None)
        arguments = {**_asking(asker), "limit": limit, "made": made, "last": last and stored(last)}
        counted = await self._db.row(_COUNT, _asking(asker))
        found = await self._db.rows(_PAGE, arguments)
        return tuple(map(_watch, found)), int(counted["total"]) if counted else 0

    async def change_watch(self, watch_id: str, change: Callable[[Watch], Watch]) -> Watch | None:
        async with self._db.transaction() as connection:
            found = await fetched(connection, _LOCKED, (stored(watch_id),))
            if not found:
                return None
            after = change(_watch(found[0]))
            return _watch((await fetched(connection, _CHANGE, _columns(after)))[0])

    async def remove_watch(self, watch_id: str) -> bool:
        return bool(await self._db.rows("delete from watches where watch_id = %s returning 1", (stored(watch_id),)))

    async def watch_runs(
        self, watch_id: str, *, limit: int = 50, after: Place | None = None
    ) -> tuple[tuple[WatchRun, ...], int]:
        at, due_at = after or (None, None)
        arguments = {"id": stored(watch_id), "limit": limit, "at": at, "due": due_at}
        counted = await self._db.row("select count(*) as total from watch_runs where watch_id = %(id)s", arguments)
        found = await self._db.rows(_RUNS, arguments)
        return tuple(WatchRun.model_validate(r) for r in found), int(counted["total"]) if counted else 0

    async def claim_watches(self, now: datetime, lease: float, limit: int) -> tuple[Claim, ...]:
        arguments = {"now": now, "lease": lease, "limit": limit, "token": uuid4().hex}
        return tuple(_claim(r, r["next_at"]) for r in await self._db.rows(_CLAIM, arguments, prepare=False))

    async def claim_watch(self, watch_id: str, now: datetime, lease: float) -> Claim | None:
        arguments = {"id": stored(watch_id), "now": now, "lease": lease, "token": uuid4().hex}
        found = await self._db.row(_CLAIM_ONE, arguments)
        return _claim(found, now) if found else None

    async def record_watch_run(self, claim: Claim, done: Done, delivery: Delivery | None) -> bool:
        arguments = {**_done(claim, done), **_outgoing(delivery)}
        return bool(await self._db.rows(_RECORD, arguments))

    async def claim_deliveries(self, now: datetime, lease: float, limit: int) -> tuple[Delivery, ...]:
        arguments = {"now": now, "lease": lease, "limit": limit}
        found = await self._db.rows(_CLAIM_DELIVERIES, arguments, prepare=False)
        return tuple(Delivery.model_validate(r) for r in found)

    async def delivery_ended(self, delivery_id: str, now: datetime) -> None:
        await self._db.rows(_DELIVERED, {"id": delivery_id, "now": now})

    async def delivery_failed(self, delivery_id: str, said: str, next_at: datetime | None) -> None:
        await self._db.rows(_UNDELIVERED, {"id": delivery_id, "said": stored(said), "next": next_at})


def _asking(asker: Asker | None) -> dict[str, Any]:
    if asker is None:
        return {"everyones": True, "user": None, "asker": None}
    return {"everyones": False, "user": asker.user_id and stored(asker.user_id), "asker": _asker(asker)}


def _asker(asker: Asker) -> str:
    return json_text(asker.model_dump(mode="json"))


def _columns(watch: Watch) -> dict[str, Any]:
    return {
        "id": watch.watch_id,
        "owner_id": watch.owner.user_id and stored(watch.owner.user_id),
        "owner": _asker(watch.owner),
        "concept": stored(watch.concept),
        "execute": watch.execute,
        "schedule": json_text(watch.schedule.sent),
        "webhook": watch.webhook and stored(watch.webhook),
        "tolerance": watch.tolerance,
        "paused": watch.paused,
        "created_at": watch.created_at,
        "since": watch.since,
        "next_at": watch.next_at,
        "baseline": watch.baseline and json_text(watch.baseline.model_dump(mode="json")),
        "last_outcome": watch.last_outcome,
    }


def _watch(row: DictRow) -> Watch:
    """What was taken once is read, though it would not be taken today: one watch is not to hide the others."""
    return Watch.model_validate({name: row[name] for name in Watch.model_fields}, context=AS_STORED)


def _claim(row: DictRow, due_at: datetime) -> Claim:
    return Claim(watch=_watch(row), due_at=due_at, token=row["token"], tries=row["claims"])


def _done(claim: Claim, done: Done) -> dict[str, Any]:
    run, watch = done.run, claim.watch
    return {
        "id": watch.watch_id,
        "token": claim.token,
        "concept": stored(watch.concept),
        "schedule": json_text(watch.schedule.sent),
        "since": watch.since,
        "next_at": done.next_at,
        "baseline": done.baseline and json_text(done.baseline.model_dump(mode="json")),
        "due_at": run.due_at,
        "at": run.at,
        "resolution_id": run.resolution_id,
        "outcome": run.outcome,
        "differences": json_text([d.model_dump(mode="json") for d in run.differences]),
        "missed": run.missed,
        "detail": run.detail and stored(run.detail),
        "before_id": run.before_id,
    }


def _outgoing(delivery: Delivery | None) -> dict[str, Any]:
    if delivery is None:
        return {"delivery_id": None, "url": None, "body": "{}", "made_at": None}
    return {
        "delivery_id": delivery.delivery_id,
        "url": stored(delivery.url),
        "body": json_text(delivery.body),
        "made_at": delivery.made_at,
    }


_ADD = """
insert into watches (watch_id, owner_id, owner, concept, execute, schedule, webhook, tolerance, paused, created_at,
                     since, next_at, baseline, last_outcome)
values (%(id)s, %(owner_id)s, %(owner)s::jsonb, %(concept)s, %(execute)s, %(schedule)s::jsonb, %(webhook)s,
        %(tolerance)s, %(paused)s, %(created_at)s, %(since)s, %(next_at)s, %(baseline)s::jsonb, %(last_outcome)s)
on conflict (watch_id) do nothing
returning watch_id
"""

_OWN = """(%(everyones)s or owner_id = %(user)s::text
           or (owner_id is null and %(user)s::text is null and owner = %(asker)s::jsonb))"""
_ONE = f"select * from watches where watch_id = %(id)s and {_OWN}"
_COUNT = f"select count(*) as total from watches where {_OWN}"
_PAGE = f"""
select * from watches
where {_OWN} and (%(made)s::timestamptz is null or (created_at, watch_id) < (%(made)s::timestamptz, %(last)s::text))
order by created_at desc, watch_id desc limit %(limit)s
"""

_LOCKED = "select * from watches where watch_id = %s for update"

_CHANGE = """
update watches
set owner_id = %(owner_id)s, owner = %(owner)s::jsonb, concept = %(concept)s, execute = %(execute)s,
    schedule = %(schedule)s::jsonb, webhook = %(webhook)s, tolerance = %(tolerance)s, paused = %(paused)s,
    since = %(since)s, next_at = %(next_at)s, baseline = %(baseline)s::jsonb, last_outcome = %(last_outcome)s
where watch_id = %(id)s
returning *
"""

_RUNS = """
select * from watch_runs
where watch_id = %(id)s
  and (%(at)s::timestamptz is null or (at, due_at) < (%(at)s::timestamptz, %(due)s::timestamptz))
order by at desc, due_at desc limit %(limit)s
"""

_CLAIMED = """token = %(token)s, claimed_until = %(now)s::timestamptz + %(lease)s * interval '1 second',
              claims = claims + 1"""
_FREE = "(claimed_until is null or claimed_until <= %(now)s)"

# Skipping locked rows lets several processes share what is due without waiting for each other.
_CLAIM = f"""
with due as (
  select watch_id from watches
  where next_at <= %(now)s and {_FREE}
  order by next_at limit %(limit)s
  for update skip locked
)
update watches as w set {_CLAIMED} from due where w.watch_id = due.watch_id
returning w.*
"""

_CLAIM_ONE = f"update watches set {_CLAIMED} where watch_id = %(id)s and {_FREE} returning *"

# What was changed while it ran stays as it was changed: another question has another baseline, another schedule
# another next time.
_RECORD = """
with mine as (
  update watches
  set token = null, claimed_until = null, claims = 0,
      baseline = case when concept = %(concept)s then %(baseline)s::jsonb else baseline end,
      last_outcome = case when concept = %(concept)s then %(outcome)s else last_outcome end,
      next_at = case when not paused and schedule = %(schedule)s::jsonb and since = %(since)s then %(next_at)s
                     else next_at end
  where watch_id = %(id)s and token = %(token)s
  returning watch_id
), recorded as (
  insert into watch_runs (watch_id, due_at, at, resolution_id, outcome, differences, missed, detail, before_id)
  select watch_id, %(due_at)s, %(at)s, %(resolution_id)s, %(outcome)s, %(differences)s::jsonb, %(missed)s, %(detail)s,
         %(before_id)s
  from mine
  returning watch_id
), outgoing as (
  insert into watch_deliveries (delivery_id, watch_id, url, body, made_at, next_at)
  select %(delivery_id)s::text, watch_id, %(url)s::text, %(body)s::jsonb, %(made_at)s::timestamptz,
         %(made_at)s::timestamptz
  from recorded where %(delivery_id)s::text is not null
)
select watch_id from recorded
"""

_CLAIM_DELIVERIES = """
with due as (
  select delivery_id from watch_deliveries
  where next_at <= %(now)s order by next_at limit %(limit)s
  for update skip locked
)
update watch_deliveries as d
set next_at = %(now)s::timestamptz + %(lease)s * interval '1 second', attempts = d.attempts + 1
from due where d.delivery_id = due.delivery_id
returning d.delivery_id, d.watch_id, d.url, d.body, d.made_at, d.attempts
"""

_DELIVERED = """
update watch_deliveries set next_at = null, delivered_at = %(now)s, said = null where delivery_id = %(id)s returning 1
"""

_UNDELIVERED = """
update watch_deliveries set next_at = %(next)s, said = %(said)s
where delivery_id = %(id)s and delivered_at is null returning 1
"""
