"""Feedback, its approval, and approved feedback as precedents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Literal

from psycopg.rows import DictRow

from ecp.domain.values import JsonObject
from ecp.domain.words import normal_form
from ecp.errors import ResolutionNotFound
from ecp.stores.postgres import Connection, Database, fetched, json_text, stored, vector_literal
from ecp.stores.protocols import AuditRecord, Decider, Embedder, Feedback, GivenFeedback, Precedent
from ecp.stores.registry.auditing import write_audit
from ecp.stores.registry.part import Part, lock_versions, same_content


class FeedbackPart(Part):
    def __init__(self, database: Database, embedder: Embedder) -> None:
        Part.__init__(self, database)
        self._embedder = embedder

    async def add_feedback(self, feedback: Feedback) -> None:
        """As the Protocol says."""
        asked = await self._db.row(_ASKED, {"id": stored(feedback.resolution_id)})
        if asked is None:
            raise ResolutionNotFound("there is no such resolution")
        vectors = await self._embedder.embed([asked["subject"] or asked["question"]])
        about = sorted(_about(asked["body"] or {}, feedback))
        async with self._db.transaction() as connection:
            await lock_versions(connection)
            if await fetched(connection, _THERE, (feedback.feedback_id,)):
                return
            version = await _approving(connection, feedback.state, f"feedback {feedback.feedback_id}")
            given = _arguments(feedback, asked, self._embedder.name, vectors[0])
            await connection.execute(_ADD, {**given, "about": about, "version": version})
            said = {**given, "attempt": asked["attempt"]}
            await write_audit(connection, _record(said, "given", Decider(asker=feedback.asker), version))

    async def feedback(self, *, state: str | None = None, limit: int = 50) -> tuple[Feedback, ...]:
        """Newest first."""
        return tuple(_feedback(r) for r in await self._db.rows(_LIST, {"state": state, "limit": limit}))

    async def decide_feedback(
        self, feedback_id: str, state: Literal["approved", "declined"], by: Decider
    ) -> Feedback | None:
        """What was declined stays declined; what was approved can be taken back: the answer says how it stands."""
        async with self._db.transaction() as connection:
            await lock_versions(connection)
            found = await fetched(connection, _THERE_FOR_UPDATE, (stored(feedback_id),))
            if not found:
                return None
            was = found[0]["state"]
            if was in (state, "declined"):
                return _feedback(found[0])
            if was == "approved":
                return await _withdrawn(connection, feedback_id, by)
            version = await _approving(connection, state, f"feedback {feedback_id}")
            decided = await fetched(connection, _DECIDE, {"id": feedback_id, "state": state, "version": version})
            await write_audit(connection, _record(decided[0], state, by, version))
            return _feedback(decided[0])

    async def list_feedback(
        self,
        *,
        state: str | None = None,
        hidden: Sequence[str] = (),
        limit: int = 50,
        after: tuple[str, str] | None = None,
    ) -> tuple[tuple[GivenFeedback, ...], int]:
        created_at, last = after or (None, None)
        shown = {"state": state, "hidden": [stored(i) for i in hidden], "id": None}
        page = {**shown, "limit": limit, "created_at": created_at, "last": last and stored(last)}
        counted = await self._db.row(f"select count(*) as total from feedback where {_SHOWN}", shown)
        found = await self._db.rows(_PAGE, page)
        return tuple(_given(r) for r in found), int(counted["total"]) if counted else 0

    async def one_feedback(self, feedback_id: str, *, hidden: Sequence[str] = ()) -> GivenFeedback | None:
        shown = {"state": None, "hidden": [stored(i) for i in hidden], "id": stored(feedback_id)}
        found = await self._db.row(f"select * from feedback where {_SHOWN}", shown)
        return _given(found) if found else None

    async def embed_feedback_again(self, limit: int) -> int:
        model = self._embedder.name
        found = await self._db.rows(_OF_ANOTHER_MODEL, {"model": model, "limit": limit})
        vectors = await self._embedder.embed([row["subject"] or row["question"] for row in found])
        arguments = {
            "model": model,
            "ids": [row["feedback_id"] for row in found],
            "vectors": [vector_literal(v) for v in vectors],
        }
        async with self._db.transaction() as connection:
            await connection.execute(_EMBED_AGAIN, arguments)
        return len(found)

    async def precedents(
        self,
        embedding: Sequence[float],
        *,
        department: str | None,
        version: str,
        question: str = "",
        subject: str = "",
        limit: int = 20,
    ) -> tuple[Precedent, ...]:
        arguments = {
            "vector": vector_literal(embedding),
            "model": self._embedder.name,
            "scope": stored(scope_of(department)),
            "form": form_of(question),
            "subject": form_of(subject) if subject else None,
            "version": self._number(version),
            "limit": limit,
        }
        return tuple(Precedent(**r) for r in await self._db.rows(PRECEDENTS, arguments, prepare=False))


def scope_of(department: str | None) -> str:
    """For whom feedback counts: a department, or all who are in none."""
    return normal_form(department) if department else ""


def form_of(question: str) -> str:
    """The same for questions that differ in case, punctuation and plurals alone."""
    return sha256(normal_form(question).encode()).hexdigest()


async def _approving(connection: Connection, state: str, note: str) -> int | None:
    return await same_content(connection, stored(note)) if state == "approved" else None


async def _withdrawn(connection: Connection, feedback_id: str, by: Decider) -> Feedback:
    """Taken back from the version that this makes; older ones see it as before."""
    version = await same_content(connection, stored(f"feedback {feedback_id} taken back"))
    taken = await fetched(connection, _WITHDRAW, {"id": feedback_id, "version": version})
    await write_audit(connection, _record(taken[0], "withdrawn", by, version))
    return _feedback(taken[0])


def _arguments(feedback: Feedback, asked: DictRow, model: str, vector: Sequence[float]) -> dict[str, Any]:
    corrected = _corrected(feedback)
    department = feedback.asker.get("department") or asked["department"]
    answered = [str(m.get("id")) for m in _metrics(asked["body"] or {})]
    return {
        **dict(feedback),
        "resolution_id": stored(feedback.resolution_id),
        "correction": json_text(feedback.correction),
        "note": stored(feedback.note),
        "asker": json_text(feedback.asker),
        "department": department,
        "scope": stored(scope_of(department)),
        "question": asked["question"],
        "form": form_of(asked["question"]),
        "subject": asked["subject"],
        "subject_form": form_of(asked["subject"]),
        "metrics": [stored(m) for m in (corrected if feedback.verdict == "corrected" else answered)],
        "lifts": json_text(feedback.lifts),
        "model": model,
        "embedding": vector_literal(vector),
    }


def _record(said: Mapping[str, Any], event: str, by: Decider, version: int | None) -> AuditRecord:
    """`answer_digest` is that of what was said: which feedback, its verdict and the metrics it speaks for."""
    content = [said["feedback_id"], said["verdict"], list(said["metrics"])]
    return AuditRecord(
        resolution_id=said["resolution_id"],
        attempt=said["attempt"],
        event=f"feedback_{event}",
        asker=by.asker,
        question=said["question"],
        status=said["state"],
        answer_digest=sha256(json_text(content).encode()).hexdigest(),
        registry_version=str(version or ""),
        request_id=by.request_id,
    )


def _corrected(feedback: Feedback) -> list[str]:
    metrics = feedback.correction.get("metrics")
    return [str(m) for m in metrics] if isinstance(metrics, list | tuple) else []


def _metrics(body: JsonObject) -> list[JsonObject]:
    return list((body.get("resolved_concepts") or {}).get("metrics") or ())


def _about(body: JsonObject, feedback: Feedback) -> set[str]:
    """Everything that this feedback tells of, as the policy calls it."""
    concepts = [body.get("resolved_concepts") or {}, *(o["resolved_concepts"] for o in body.get("options") or ())]
    found = {stored(m) for m in _corrected(feedback)}
    for part in concepts:
        found |= {str(m["id"]) for m in part.get("metrics") or ()}
        for item in (*(part.get("filters") or ()), *(part.get("comparisons") or ())):
            dimension, member = item.get("dimension"), item.get("member")
            found |= {str(i) for i in (item.get("metric"), dimension) if i}
            found |= {f"{dimension}:{member}"} if dimension and member else set()
        found |= {str(d["id"]) for d in part.get("dimensions") or ()}
    return found


def _given(row: DictRow) -> GivenFeedback:
    return GivenFeedback.model_validate({k: row[k] for k in GivenFeedback.model_fields})


def _feedback(row: DictRow) -> Feedback:
    return Feedback.model_validate({k: row[k] for k in Feedback.model_fields})


_ASKED = """
select r.question, r.asker ->> 'department' as department, r.attempt, a.body,
       coalesce(a.measured ->> 'subject', '') as subject
from resolutions as r
left join attempts as a on a.resolution_id = r.resolution_id and a.attempt = r.attempt
where r.resolution_id = %(id)s
"""

_ADD = """
insert into feedback (feedback_id, resolution_id, verdict, correction, note, state, asker, department, scope, question,
                      question_form, subject, subject_form, metrics, lifts, about, model, embedding, approved_version,
                      created_at, decided_at)
values (%(feedback_id)s, %(resolution_id)s, %(verdict)s, %(correction)s::jsonb, %(note)s, %(state)s, %(asker)s::jsonb,
        %(department)s, %(scope)s, %(question)s, %(form)s, %(subject)s, %(subject_form)s, %(metrics)s::text[],
        %(lifts)s::jsonb, %(about)s::text[], %(model)s, %(embedding)s::vector, %(version)s, %(created_at)s,
        case when %(state)s <> 'pending' then now() end)
"""

_OF_ANOTHER_MODEL = """
select feedback_id, question, subject from feedback where model <> %(model)s order by feedback_id limit %(limit)s
"""

_EMBED_AGAIN = """
update feedback as f set model = %(model)s, embedding = given.vector::vector
from unnest(%(ids)s::text[], %(vectors)s::text[]) as given (id, vector)
where f.feedback_id = given.id
"""

_SHOWN = """
(%(state)s::text is null or state = %(state)s) and (%(id)s::text is null or feedback_id = %(id)s)
  and not about && %(hidden)s::text[]
"""

_PAGE = f"""
select * from feedback
where {_SHOWN}
  and (%(last)s::text is null or (created_at, feedback_id) < (%(created_at)s::timestamptz, %(last)s))
order by created_at desc, feedback_id desc limit %(limit)s
"""

_LIST = """
select * from feedback where %(state)s::text is null or state = %(state)s
order by created_at desc, feedback_id limit %(limit)s
"""

_THERE = "select from feedback where feedback_id = %s"

_THERE_FOR_UPDATE = "select * from feedback where feedback_id = %s for update"

_DECIDE = """
update feedback set state = %(state)s, approved_version = %(version)s, decided_at = now()
where feedback_id = %(id)s
returning *, (select attempt from resolutions where resolution_id = feedback.resolution_id) as attempt
"""

_WITHDRAW = """
update feedback set state = 'declined', withdrawn_version = %(version)s, decided_at = now()
where feedback_id = %(id)s
returning *, (select attempt from resolutions where resolution_id = feedback.resolution_id) as attempt
"""

_COUNTS = "approved_version <= %(version)s and (withdrawn_version is null or withdrawn_version > %(version)s)"


def _newest_with(column: str, form: str) -> str:
    """The newest of each verdict: of what many say, the few that say otherwise are found, too."""
    return f"""select s.feedback_id
  from unnest(array['accepted', 'corrected', 'rejected']) as v (verdict)
  cross join lateral (
    select feedback_id from feedback
    where {column} = %({form})s and scope = %(scope)s and verdict = v.verdict and {_COUNTS}
    order by approved_version desc limit 10
  ) as s"""


# The nearest are looked for without any other condition: with one, a planner may read and sort all that meets it.
PRECEDENTS = f"""
with near as (
  select feedback_id from feedback where approved_version is not null
  order by embedding <=> %(vector)s::vector limit 200
), said as (
  {_newest_with("question_form", "form")}
  union all
  {_newest_with("subject_form", "subject")}
), found as (
  select feedback_id, resolution_id, question, verdict, metrics, lifts, correction, department, approved_version,
         question_form = %(form)s as same,
         case when subject_form = %(subject)s then 1
              else least(1, greatest(0, 1 - (embedding <=> %(vector)s::vector))) end::float8 as similarity
  from feedback
  where feedback_id in (select feedback_id from near union select feedback_id from said)
    and (model = %(model)s or question_form = %(form)s or subject_form = %(subject)s)
    and scope = %(scope)s and {_COUNTS}
), once as (
  select distinct on (same, verdict, lifts, metrics) * from found
  order by same, verdict, lifts, metrics, similarity desc, approved_version desc, feedback_id
)
select feedback_id, resolution_id, question, verdict, metrics, lifts, correction, department, same, similarity
from once
order by same desc, similarity desc, verdict = 'corrected' desc, approved_version desc, feedback_id
limit %(limit)s
"""
