"""Feedback, its approval, and approved feedback as precedents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from psycopg.rows import DictRow

from ecp.errors import ResolutionNotFound
from ecp.stores.postgres import Connection, Database, fetched, json_text, stored, vector_literal
from ecp.stores.protocols import Embedder, Feedback, Precedent
from ecp.stores.registry.part import Part, lock_versions, same_content


class FeedbackPart(Part):
    def __init__(self, database: Database, embedder: Embedder) -> None:
        Part.__init__(self, database)
        self._embedder = embedder

    async def add_feedback(self, feedback: Feedback) -> None:
        """Feedback that comes approved makes a new registry version. Raises ResolutionNotFound."""
        asked = await self._db.row(_ASKED, {"id": stored(feedback.resolution_id)})
        if asked is None:
            raise ResolutionNotFound("there is no such resolution")
        vectors = await self._embedder.embed([asked["question"]])
        async with self._db.transaction() as connection:
            await lock_versions(connection)
            version = await _approving(connection, feedback.state, feedback.feedback_id)
            given = _arguments(feedback, asked, self._embedder.name, vectors[0])
            await connection.execute(_ADD, {**given, "version": version})

    async def feedback(self, *, state: str | None = None, limit: int = 50) -> tuple[Feedback, ...]:
        """Newest first."""
        return tuple(_feedback(r) for r in await self._db.rows(_LIST, {"state": state, "limit": limit}))

    async def decide_feedback(self, feedback_id: str, state: Literal["approved", "declined"]) -> Feedback | None:
        """What is decided stays as it was decided: the answer says how."""
        async with self._db.transaction() as connection:
            await lock_versions(connection)
            found = await fetched(connection, _PENDING, (stored(feedback_id),))
            if not found:
                return None
            if found[0]["state"] != "pending":
                return _feedback(found[0])
            version = await _approving(connection, state, feedback_id)
            decided = await fetched(connection, _DECIDE, {"id": feedback_id, "state": state, "version": version})
            return _feedback(decided[0])

    async def precedents(
        self, embedding: Sequence[float], *, department: str | None, version: str, limit: int = 5
    ) -> tuple[Precedent, ...]:
        """The nearest that were approved by `version`, of this department or of nobody's."""
        arguments = {
            "vector": vector_literal(embedding),
            "model": self._embedder.name,
            "department": department and stored(department),
            "version": self._number(version),
            "limit": limit,
        }
        return tuple(Precedent(**r) for r in await self._db.rows(_PRECEDENTS, arguments))


async def _approving(connection: Connection, state: str, feedback_id: str) -> int | None:
    return await same_content(connection, stored(f"feedback {feedback_id}")) if state == "approved" else None


def _arguments(feedback: Feedback, asked: DictRow, model: str, vector: Sequence[float]) -> dict[str, Any]:
    corrected = feedback.correction.get("metrics")
    metrics = corrected if feedback.verdict == "corrected" and isinstance(corrected, list | tuple) else asked["metrics"]
    return {
        **dict(feedback),
        "resolution_id": stored(feedback.resolution_id),
        "correction": json_text(feedback.correction),
        "note": stored(feedback.note),
        "asker": json_text(feedback.asker),
        "department": feedback.asker.get("department") or asked["department"],
        "question": asked["question"],
        "metrics": [stored(str(m)) for m in metrics],
        "model": model,
        "embedding": vector_literal(vector),
    }


def _feedback(row: DictRow) -> Feedback:
    return Feedback.model_validate({k: row[k] for k in Feedback.model_fields})


_ASKED = """
select r.question, r.asker ->> 'department' as department,
       array(select m ->> 'id' from jsonb_array_elements(a.body #> '{resolved_concepts,metrics}') as m) as metrics
from resolutions as r
left join attempts as a on a.resolution_id = r.resolution_id and a.attempt = r.attempt
where r.resolution_id = %(id)s
"""

_ADD = """
insert into feedback (feedback_id, resolution_id, verdict, correction, note, state, asker, department, question,
                      metrics, model, embedding, approved_version, created_at, decided_at)
values (%(feedback_id)s, %(resolution_id)s, %(verdict)s, %(correction)s::jsonb, %(note)s, %(state)s, %(asker)s::jsonb,
        %(department)s, %(question)s, %(metrics)s::text[], %(model)s, %(embedding)s::vector, %(version)s,
        %(created_at)s, case when %(state)s <> 'pending' then now() end)
"""

_LIST = """
select * from feedback where %(state)s::text is null or state = %(state)s
order by created_at desc, feedback_id limit %(limit)s
"""

_PENDING = "select * from feedback where feedback_id = %s for update"

_DECIDE = """
update feedback set state = %(state)s, approved_version = %(version)s, decided_at = now()
where feedback_id = %(id)s returning *
"""

_PRECEDENTS = """
select feedback_id, resolution_id, question, verdict, metrics, correction, department,
       least(1, greatest(0, 1 - (embedding <=> %(vector)s::vector)))::float8 as similarity
from feedback
where state = 'approved' and model = %(model)s and approved_version <= %(version)s
  and (department is null or department = %(department)s)
order by embedding <=> %(vector)s::vector
limit %(limit)s
"""
