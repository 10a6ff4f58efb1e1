"""Requests, their attempts and their checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.rows import DictRow

from ecp.domain.question import Asker, Question
from ecp.domain.rerun import ENDED_BADLY, HARMLESS
from ecp.domain.subject import Measured
from ecp.domain.values import JsonObject
from ecp.errors import ResolutionCancelled, ResolutionConflict, ResolutionNotFound, StoreError
from ecp.stores.postgres import json_text, stored
from ecp.stores.protocols import Attempt, Checkpoint, Opened, StoredResolution
from ecp.stores.registry.auditing import audit_arguments
from ecp.stores.registry.part import Part
from ecp.telemetry.logs import get_logger

_log = get_logger(__name__)


class Resolutions(Part):
    """`_own` are the open attempts that this process knows it has, by resolution; `_owed` the ends of some of them that
    could not be written down."""

    holder: str
    _lease: float
    _own: dict[str, int]
    _owed: dict[tuple[str, int], Attempt]

    async def open(self, resolution_id: str, question: Question, *, digest: str) -> Opened:
        """As the Protocol says; the same request again (a lost reply) answers as the first did."""
        opened = await self._db.row(
            _OPEN, {**_request_arguments(resolution_id, question, digest), "holder": self.holder}
        )
        if opened is None:
            raise self._db.rejected("another request has this resolution id")
        return self._has(_opened(resolution_id, opened))

    async def next_attempt(
        self,
        resolution_id: str,
        *,
        after: int | None = None,
        was: str | None = None,
        chosen: Mapping[str, str] | None = None,
    ) -> Opened:
        """With `after`, only if that attempt is still the newest: of two callers at once one gets it.

        Raises ResolutionNotFound, ResolutionConflict.
        """
        arguments = {
            "id": stored(resolution_id),
            "after": after,
            "was": was,
            "holder": self.holder,
            "chosen": json_text(dict(chosen or {})),
        }
        opened = await self._db.row(_NEXT_ATTEMPT, arguments)
        if opened is not None:
            return self._has(_opened(resolution_id, opened))
        if await self._row(resolution_id) is None:
            raise ResolutionNotFound("there is no such resolution")
        raise ResolutionConflict("another attempt has begun")

    async def finish(self, attempt: Attempt) -> None:
        # One statement is one transaction and one round trip.
        if await self._ended(_FINISH, attempt):
            return
        if await self._row(attempt.resolution_id) is None:
            raise self._db.rejected("there is no such resolution")
        raise ResolutionCancelled("this resolution was cancelled", resolution_id=attempt.resolution_id)

    async def cancel(self, attempt: Attempt) -> bool:
        return await self._ended(_CANCEL, attempt)

    async def interrupt(self, attempt: Attempt) -> bool:
        return await self._ended(_INTERRUPT, attempt)

    def owe(self, attempt: Attempt) -> None:
        self._owed[(attempt.resolution_id, attempt.attempt)] = attempt

    async def catch_up(self) -> None:
        for key, attempt in list(self._owed.items()):
            try:
                written = await self._ended(_INTERRUPT, attempt)
            except StoreError as error:
                if error.retryable:
                    return
                written = False
                self.disown(attempt.resolution_id)
            del self._owed[key]
            _log.info("attempt_recorded_late", resolution_id=key[0], status=attempt.status, written=written)

    def disown(self, resolution_id: str) -> None:
        self._own.pop(resolution_id, None)

    def _has(self, opened: Opened) -> Opened:
        self._own[opened.resolution_id] = opened.attempt
        return opened

    async def _ended(self, statement: str, attempt: Attempt) -> bool:
        """Whether this end has come to be; another one may have, so nobody here has it any more."""
        arguments = {**_attempt_arguments(attempt), **audit_arguments(attempt.audit)}
        written = bool(await self._db.rows(statement, arguments))
        if self._own.get(attempt.resolution_id) == attempt.attempt:
            self.disown(attempt.resolution_id)
        return written

    async def stood(self, resolution_id: str, attempt: int) -> JsonObject | None:
        found = await self._db.row(_STOOD, {"id": stored(resolution_id), "number": attempt})
        return found["body"] if found else None

    async def is_cancelled(self, resolution_id: str, attempt: int) -> bool:
        found = await self._db.row(_IS_CANCELLED, {"id": stored(resolution_id), "number": attempt})
        return found is not None

    async def resolution(self, resolution_id: str) -> StoredResolution | None:
        row = await self._row(resolution_id)
        return _stored_of(resolution_id, row) if row else None

    async def ended_after(self, resolution_id: str, attempt: int) -> StoredResolution | None:
        arguments = {"id": stored(resolution_id), "after": attempt, "lease": self._lease}
        row = await self._db.row(_ENDED_AFTER, arguments)
        return _stored_of(resolution_id, row) if row else None

    async def resolutions(
        self, *, status: str | None = None, since_seconds: float | None = None, limit: int = 100, watches: bool = True
    ) -> tuple[JsonObject, ...]:
        arguments = {
            "status": status,
            "watches": watches,
            "since": since_seconds,
            "harmless": [*HARMLESS],
            "badly": [*ENDED_BADLY],
            "limit": limit,
        }
        return tuple(await self._db.rows(_LISTED, arguments, prepare=False))

    async def attempts(self, resolution_id: str) -> tuple[JsonObject, ...]:
        return tuple(await self._db.rows(_ATTEMPTS, (stored(resolution_id),)))

    async def checkpoints(self, resolution_id: str) -> tuple[Checkpoint, ...]:
        """Those of the newest attempt that has any: older ones may rest on another reading of the question."""
        found = await self._db.rows(_CHECKPOINTS, {"id": stored(resolution_id)})
        return tuple(Checkpoint(**r) for r in found)

    async def _row(self, resolution_id: str) -> DictRow | None:
        return await self._db.row(_RESOLUTION, {"id": stored(resolution_id), "lease": self._lease})


def _stored_of(resolution_id: str, row: DictRow) -> StoredResolution:
    return StoredResolution(
        resolution_id=resolution_id,
        status=row["status"],
        attempt=row["attempt"],
        question=question_of(row),
        registry_version=str(row["registry_version"]),
        body=row["body"],
        held=row["held"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        measured=row.get("measured") or Measured(),
    )


def _opened(resolution_id: str, row: DictRow) -> Opened:
    return Opened(
        resolution_id=resolution_id,
        attempt=row["attempt"],
        registry_version=str(row["registry_version"]),
        content_version=str(row["content_version"]),
        fresh=row["fresh"],
    )


def question_of(row: DictRow) -> Question:
    return Question(
        text=row["question"],
        asker=Asker.model_validate(row["asker"]),
        as_of=row["as_of"],
        execute=row["execute"],
        follows=row["follows"],
        chosen=row["chosen"],
    )


def _request_arguments(resolution_id: str, question: Question, digest: str) -> dict[str, Any]:
    return {
        "id": stored(resolution_id),
        "question": stored(question.text),
        "asker": json_text(question.asker.model_dump(mode="json")),
        "as_of": question.as_of,
        "execute": question.execute,
        "follows": question.follows and stored(question.follows),
        "digest": digest,
    }


def _attempt_arguments(attempt: Attempt) -> dict[str, Any]:
    return {
        "id": stored(attempt.resolution_id),
        "number": attempt.attempt,
        "state": attempt.status,
        "standing": attempt.resolution.get("status", attempt.status),
        "body": json_text(attempt.resolution),
        "trace": json_text(attempt.trace),
        "measured": json_text(attempt.measured.model_dump(mode="json")) if attempt.measured else None,
        "checkpoints": json_text([dict(c) for c in attempt.checkpoints]),
    }


_NEWEST = """
newest as (
  select coalesce(max(version), 0) as version,
         coalesce((array_agg(content_version))[1], 0) as content_version
  from (select version, content_version from registry_versions order by version desc limit 1) as last
)
"""

_OPEN = f"""
with {_NEWEST}, written as (
  insert into resolutions as r (resolution_id, status, attempt, question, asker, as_of, execute, follows, digest,
                                registry_version, holder)
  select %(id)s, 'running', 1, %(question)s, %(asker)s::jsonb, %(as_of)s, %(execute)s, %(follows)s, %(digest)s, version,
         %(holder)s
  from newest
  on conflict (resolution_id) do update set updated_at = r.updated_at
    where r.digest = excluded.digest and r.status = 'running' and r.attempt = 1
  returning attempt, registry_version, (xmax = 0) as fresh
)
select w.attempt, w.registry_version, coalesce(v.content_version, 0) as content_version, w.fresh
from written as w left join registry_versions as v on v.version = w.registry_version
"""

_NEXT_ATTEMPT = f"""
with {_NEWEST}
update resolutions as r
set attempt = r.attempt + 1, status = 'running', registry_version = newest.version, updated_at = now(),
    holder = %(holder)s, promised = case when r.status = 'running' then r.promised end,
    chosen = r.chosen || %(chosen)s::jsonb
from newest
where r.resolution_id = %(id)s and (%(after)s::integer is null or r.attempt = %(after)s)
  and (%(was)s::text is null or r.status = %(was)s)
returning r.attempt, r.registry_version, newest.content_version, true as fresh
"""

# Everything hangs on the one row that is locked and looked at again. Who ran what was cancelled adds its stages; what
# has ended an attempt is not taken back by word of its interruption.
_WRITTEN = """, attempted as (
  insert into attempts as a (resolution_id, attempt, status, body, trace, measured)
  select %(id)s, %(number)s, %(state)s, %(body)s::jsonb, %(trace)s::jsonb, coalesce(%(measured)s::jsonb, (
           select measured from attempts where resolution_id = %(id)s and attempt < %(number)s
           order by attempt desc limit 1
         ))
  from settled
  on conflict (resolution_id, attempt) do update
    set trace = excluded.trace, measured = excluded.measured, finished_at = now(),
        status = case when a.status = 'cancelled' then a.status else excluded.status end,
        body = case when a.status = 'cancelled' and a.body->>'status' <> 'cancelled' then a.body else excluded.body end
    where %(event)s <> 'interrupted'
), kept as (
  insert into checkpoints (resolution_id, attempt, stage, occurrence, output)
  select %(id)s, %(number)s, c.stage, c.occurrence, c.output
  from jsonb_to_recordset(%(checkpoints)s::jsonb) as c (stage text, occurrence integer, output jsonb), settled
  on conflict (resolution_id, attempt, stage, occurrence) do update set output = excluded.output
)
insert into audit (resolution_id, attempt, event, asker, question, status, decision, answer_digest, registry_version,
                   policy_version, request_id)
select %(resolution_id)s, %(attempt)s, %(event)s, %(asker)s::jsonb, %(question)s, %(status)s, %(decision)s::jsonb,
       %(answer_digest)s, %(registry_version)s, %(policy_version)s, %(request_id)s
from settled
returning seq
"""

_FINISH = f"""
with settled as (
  update resolutions
  set status = case when attempt = %(number)s and cancelled < %(number)s then %(standing)s else status end,
      updated_at = case when attempt = %(number)s then now() else updated_at end
  where resolution_id = %(id)s and (cancelled <> %(number)s or %(state)s = 'cancelled')
  returning resolution_id
){_WRITTEN}"""

_CANCEL = f"""
with settled as (
  update resolutions set status = %(standing)s, cancelled = %(number)s, updated_at = now()
  where resolution_id = %(id)s and attempt = %(number)s and status = 'running'
  returning resolution_id
){_WRITTEN}"""

_INTERRUPT = f"""
with settled as (
  update resolutions
  set status = case when attempt = %(number)s then %(standing)s else status end,
      updated_at = case when attempt = %(number)s then now() else updated_at end
  where resolution_id = %(id)s and (attempt > %(number)s or (attempt = %(number)s and status = 'running'))
  returning resolution_id
){_WRITTEN}"""

_STOOD = "select body from attempts where resolution_id = %(id)s and attempt = %(number)s"

_IS_CANCELLED = "select true from resolutions where resolution_id = %(id)s and cancelled = %(number)s"

# whose heartbeat was seen within the lease
ALIVE = """exists (
  select from holders as h where h.holder = r.holder and h.seen_at > now() - %(lease)s * interval '1 second'
)"""

_RESOLUTION = f"""
select r.*, a.body, a.measured, (r.updated_at >= now() - %(lease)s * interval '1 second' or {ALIVE}) as held
from resolutions as r
left join attempts as a on a.resolution_id = r.resolution_id and a.attempt = r.attempt and r.status <> 'running'
where r.resolution_id = %(id)s
"""

_ENDED_AFTER = f"""
select r.question, r.asker, r.as_of, r.execute, r.follows, r.chosen, r.registry_version, r.created_at,
       a.finished_at as updated_at, a.attempt, a.status, a.body,
       (r.updated_at >= now() - %(lease)s * interval '1 second' or {ALIVE}) as held
from attempts as a
join resolutions as r on r.resolution_id = a.resolution_id
where a.resolution_id = %(id)s and a.attempt > %(after)s
order by a.attempt
limit 1
"""

_LISTED = """
select r.resolution_id, r.status, r.attempt, m.missing, substring(r.digest from '^watch (.*)') as watch_id,
       to_char(r.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
       to_char(r.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as updated_at
from resolutions as r
left join attempts as a on a.resolution_id = r.resolution_id and a.attempt = r.attempt and r.status <> 'running'
cross join lateral (
  select coalesce(array_agg(d->>'component'), '{}') as missing
  from jsonb_array_elements(coalesce(a.body->'degradations', '[]')) as d
  where d->>'component' <> all (%(harmless)s::text[])
) as m
where (%(since)s::float8 is null or r.updated_at > now() - %(since)s::float8 * interval '1 second')
  and case %(status)s::text when 'degraded' then r.status <> all (%(badly)s::text[]) and m.missing <> '{}'
                            else r.status = coalesce(%(status)s::text, r.status) end
  and (%(watches)s or r.digest not like 'watch %%')
order by r.updated_at desc, r.resolution_id
limit %(limit)s
"""

_ATTEMPTS = """
select attempt, status, trace as stages from attempts where resolution_id = %s order by attempt
"""

_CHECKPOINTS = """
select stage, occurrence, output from checkpoints
where resolution_id = %(id)s
  and attempt = (select max(attempt) from checkpoints where resolution_id = %(id)s)
order by stage, occurrence
"""
