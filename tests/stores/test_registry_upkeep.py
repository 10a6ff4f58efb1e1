"""What is old is removed a batch at a time; what an auditor needs, and what runs, stays."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from ecp.domain.question import Question
from ecp.errors import StoreRejected
from ecp.stores.protocols import Attempt, AuditRecord, Checkpoint, Feedback

DAY = 86_400.0


async def answered(registry, resolution_id: str, *, ends: bool = True) -> None:
    await registry.open(resolution_id, Question(text="q", as_of=date(2026, 2, 10)), digest="d")
    if ends:
        await registry.finish(
            Attempt(
                resolution_id=resolution_id,
                attempt=1,
                status="complete",
                resolution={},
                trace=(),
                checkpoints=(Checkpoint(stage="parse", output={"value": 1}),),
                audit=AuditRecord(
                    resolution_id=resolution_id,
                    attempt=1,
                    event="resolution",
                    asker={},
                    question="q",
                    status="complete",
                    answer_digest="d",
                    registry_version="0",
                ),
            )
        )


async def age(registry, ids: list[str], days: int) -> None:
    """As if they had been asked so long ago."""
    async with registry._db.session() as connection:
        for table, column in (("resolutions", "updated_at"), ("attempts", "finished_at")):
            query = f"update {table} set {column} = {column} - %s * interval '1 day' where resolution_id = any(%s)"
            await connection.execute(query, (days, ids))


async def test_old_answers_go_in_batches_and_their_audit_records_stay(registry):
    old, new, running = [str(uuid4()) for _ in range(3)], str(uuid4()), str(uuid4())
    for resolution_id in (*old, new):
        await answered(registry, resolution_id)
    await answered(registry, running, ends=False)
    await age(registry, [*old, running], 100)
    counts = [await registry.retire("resolutions", 90 * DAY, 2) for _ in range(3)]
    assert counts[:2] == [2, 1] or sum(counts) >= 3
    assert [await registry.resolution(i) for i in old] == [None] * 3
    assert await registry.resolution(new) and await registry.resolution(running)
    assert all([len(await registry.audit_records(i)) == 1 for i in (*old, new)])
    assert await registry.checkpoints(old[0]) == () and await registry.attempts(old[0]) == ()


async def test_checkpoints_go_before_the_answers_they_are_of(registry):
    old, new = str(uuid4()), str(uuid4())
    for resolution_id in (old, new):
        await answered(registry, resolution_id)
    await age(registry, [old], 10)
    while await registry.retire("checkpoints", 7 * DAY, 1):
        pass
    assert await registry.checkpoints(old) == () and len(await registry.checkpoints(new)) == 1
    assert len(await registry.attempts(old)) == 1


async def test_expired_keys_go_and_valid_ones_stay(registry):
    await registry.claim_key("me", "old", "d", "r1")
    await registry.claim_key("me", "new", "d", "r2")
    async with registry._db.session() as connection:
        await connection.execute("update idempotency_keys set expires_at = now() - interval '1 hour' where key = 'old'")
    assert await registry.retire("idempotency_keys", 0.0, 100) >= 1
    assert await registry.claim_key("me", "new", "other", "r3") == ("d", "r2")
    assert await registry.claim_key("me", "old", "other", "r3") == ("other", "r3")


async def test_runs_of_a_watch_go_but_the_newest_of_each(registry):
    watch, other = str(uuid4()), str(uuid4())
    row = "insert into watch_runs values (%s, now() - %s * interval '1 day', now() - %s * interval '1 day', "
    async with registry._db.session() as connection:
        for one in (watch, other):
            await connection.execute(
                "insert into watches (watch_id, owner, concept, execute, schedule, tolerance, paused, created_at, "
                "since) values (%s, '{}', 'q', false, '{}', 0, true, now(), now())",
                (one,),
            )
        for one, days in ((watch, 200), (watch, 150), (watch, 1), (other, 300), (other, 250)):
            await connection.execute(row + "null, 'unchanged', '[]', 0, null, null)", (one, days, days))
        for one, days, again in ((watch, 200, None), (watch, 200, 1), (other, 1, None)):
            await connection.execute(
                "insert into watch_deliveries (delivery_id, watch_id, url, body, made_at, next_at) values "
                "(%s, %s, 'u', '{}', now() - %s * interval '1 day', now() + %s * interval '1 day')",
                (str(uuid4()), one, days, again),
            )
    assert [await registry.retire("watch_runs", 90 * DAY, 2) for _ in range(2)] == [2, 1]
    assert [(await registry.watch_runs(one))[1] for one in (watch, other)] == [1, 1]
    assert await registry.retire("watch_deliveries", 90 * DAY, 10) == 1


async def test_nothing_else_can_be_retired(registry):
    for kind in ("audit", "assets", "feedback; drop table audit"):
        with pytest.raises(StoreRejected):
            await registry.retire(kind, 0.0, 10)


async def test_what_was_taken_in_is_remembered(registry):
    assert await registry.ingested("never") is None
    await registry.note_ingested("mine", "one", "1")
    await registry.note_ingested("mine", "two", "2")
    assert await registry.ingested("mine") == "two"


async def test_feedback_gets_vectors_of_the_present_model_a_few_at_a_time(registry):
    for n in range(3):
        resolution_id = str(uuid4())
        await answered(registry, resolution_id)
        await registry.add_feedback(
            Feedback(
                feedback_id=f"old-{n}",
                resolution_id=resolution_id,
                verdict="accepted",
                state="approved",
                created_at=datetime(2026, 2, 10, tzinfo=UTC),
            )
        )
    async with registry._db.session() as connection:
        await connection.execute("update feedback set model = 'another'")
    counts = [await registry.embed_feedback_again(2) for _ in range(3)]
    assert counts == [2, 1, 0]
