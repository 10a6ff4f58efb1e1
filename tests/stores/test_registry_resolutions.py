"""Requests, attempts, checkpoints, the audit trail and idempotency keys."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest

from ecp.domain.assets import Metric
from ecp.domain.question import Asker, Question
from ecp.domain.rerun import ENDED_BADLY, standing
from ecp.errors import ResolutionConflict, ResolutionNotFound, StoreRejected
from ecp.stores.postgres import Database
from ecp.stores.protocols import Attempt, AuditRecord, Checkpoint
from ecp.stores.registry import PostgresRegistry

HOSTILE = "'); delete from audit; -- \" \\ %s %(id)s {x} $$ \u202e"
ASKER = Asker(user_id=HOSTILE, department="d1", attributes={"plant": ("north", HOSTILE)})
QUESTION = Question(text=HOSTILE, asker=ASKER, as_of=date(2024, 2, 29), execute=True, follows="before")


def new_id() -> str:
    return uuid4().hex


def audit(resolution_id: str, attempt: int = 1, **fields: object) -> AuditRecord:
    record = {
        "event": "resolved",
        "asker": ASKER.model_dump(mode="json"),
        "question": HOSTILE,
        "status": "complete",
        "decision": {"allowed": True, "why": HOSTILE},
        "answer_digest": "d",
        "registry_version": "1",
    }
    return AuditRecord(resolution_id=resolution_id, attempt=attempt, **{**record, **fields})


async def on_record(registry: PostgresRegistry, resolution_id: str, attempt: int = 1, **fields: object) -> bool:
    current = {"registry_version": await registry.version(), **fields}
    return await registry.audit_if_current(audit(resolution_id, attempt, **current))


def ended(
    resolution_id: str, attempt: int = 1, status: str = "complete", stages: tuple[str, ...] = ("parse",)
) -> Attempt:
    return Attempt(
        resolution_id=resolution_id,
        attempt=attempt,
        status=status,
        resolution={"resolution_id": resolution_id, "status": status, "attempt": attempt, "text": HOSTILE},
        trace=({"id": "parse", "status": "complete", "note": HOSTILE},),
        checkpoints=tuple(Checkpoint(stage=s, output={"of": attempt}) for s in stages),
        audit=audit(resolution_id, attempt, status=status),
    )


@pytest.fixture
async def opened(registry: PostgresRegistry) -> str:
    resolution_id = new_id()
    await registry.open(resolution_id, QUESTION, digest="q")
    return resolution_id


@pytest.mark.parametrize("missing", [(), ("graph",), ("orchestrator",), ("orchestrator", "vector")])
@pytest.mark.parametrize(
    "status", ["complete", "disambiguation_required", "unresolved", "access_denied", *sorted(ENDED_BADLY)]
)
async def test_what_is_listed_is_what_a_rerun_begins(
    registry, opened: str, status: str, missing: tuple[str, ...]
) -> None:
    attempt = ended(opened, status=status)
    body = {**attempt.resolution, "degradations": [{"component": gone} for gone in missing]}
    await registry.finish(attempt.model_copy(update={"resolution": body}))
    lists = [status, "degraded"] if status in ENDED_BADLY else ["degraded"]
    found = [one["resolution_id"] for name in lists for one in await registry.resolutions(status=name, limit=1000)]
    assert found.count(opened) == (standing(status, body, held=False) == "wanting")


class TestRequests:
    async def test_a_request_is_read_as_it_was_accepted(self, registry, opened: str) -> None:
        state = await registry.resolution(opened)
        assert state is not None
        assert (state.status, state.attempt, state.body, state.question) == ("running", 1, None, QUESTION)

    async def test_opening_pins_the_newest_version(self, registry) -> None:
        version = await registry.publish([Metric(id="pinned", name="Pinned", definition=new_id())], note="")
        made = await registry.open(new_id(), QUESTION, digest="q")
        assert (made.registry_version, made.content_version, made.attempt) == (version, version, 1)

    async def test_opening_again_after_a_lost_reply_answers_alike(self, registry) -> None:
        resolution_id = new_id()
        first = await registry.open(resolution_id, QUESTION, digest="q")
        again = await registry.open(resolution_id, QUESTION, digest="q")
        assert first.fresh and again == first.model_copy(update={"fresh": False})

    async def test_an_id_belongs_to_one_request(self, registry, opened: str) -> None:
        with pytest.raises(StoreRejected):
            await registry.open(opened, QUESTION, digest="another")

    @pytest.mark.parametrize("unknown", ["", "nothing", HOSTILE, "a\0b", "x" * 100_000])
    async def test_an_unknown_id_is_nothing(self, registry, unknown: str) -> None:
        assert await registry.resolution(unknown) is None
        assert await registry.attempts(unknown) == ()
        assert await registry.checkpoints(unknown) == ()
        assert await registry.audit_records(unknown) == ()
        with pytest.raises(ResolutionNotFound):
            await registry.next_attempt(unknown)


class TestAttempts:
    async def test_finishing_writes_everything(self, registry, opened: str) -> None:
        attempt = ended(opened, stages=("parse", "search"))
        await registry.finish(attempt)
        state = await registry.resolution(opened)
        assert (state.status, state.body) == ("complete", attempt.resolution)
        assert await registry.attempts(opened) == ({"attempt": 1, "status": "complete", "stages": [attempt.trace[0]]},)
        assert await registry.checkpoints(opened) == attempt.checkpoints
        (record,) = await registry.audit_records(opened)
        assert record["question"] == HOSTILE
        assert record["decision"]["why"] == HOSTILE

    async def test_a_finish_that_cannot_be_audited_leaves_nothing(self, registry, opened: str) -> None:
        with pytest.raises(StoreRejected):
            await registry.finish(ended(opened).model_copy(update={"audit": audit(opened, attempt=2**40)}))
        state = await registry.resolution(opened)
        assert state.status == "running"
        assert await registry.attempts(opened) == ()
        assert await registry.checkpoints(opened) == ()

    async def test_a_finish_of_what_was_never_opened_is_rejected(self, registry) -> None:
        unknown = new_id()
        with pytest.raises(StoreRejected):
            await registry.finish(ended(unknown))
        assert await registry.audit_records(unknown) == ()

    async def test_a_late_finish_does_not_overwrite_a_newer_attempt(self, registry, opened: str) -> None:
        second = await registry.next_attempt(opened)
        assert second.attempt == 2
        await registry.finish(ended(opened, 2, stages=("parse", "plan")))
        await registry.finish(ended(opened, 1, status="failed"))
        state = await registry.resolution(opened)
        assert (state.status, state.attempt, state.body["attempt"]) == ("complete", 2, 2)
        assert [a["attempt"] for a in await registry.attempts(opened)] == [1, 2]
        assert [c.output["of"] for c in await registry.checkpoints(opened)] == [2, 2]
        assert len(await registry.audit_records(opened)) == 2

    async def test_while_the_next_attempt_runs_there_is_no_body(self, registry, opened: str) -> None:
        await registry.finish(ended(opened, status="failed"))
        await registry.next_attempt(opened)
        state = await registry.resolution(opened)
        assert (state.status, state.attempt, state.body) == ("running", 2, None)
        assert [c.output["of"] for c in await registry.checkpoints(opened)] == [1]

    async def test_finishing_again_replaces_the_answer_and_adds_to_the_trail(self, registry, opened: str) -> None:
        await registry.finish(ended(opened))
        again = ended(opened).model_copy(update={"resolution": {"results": [1]}})
        await registry.finish(again)
        assert (await registry.resolution(opened)).body == {"results": [1]}
        assert len(await registry.audit_records(opened)) == 2

    async def test_of_two_who_rerun_at_once_one_does(self, registry, opened: str) -> None:
        await registry.finish(ended(opened, status="failed"))
        outcomes = await asyncio.gather(
            *(registry.next_attempt(opened, after=1) for _ in range(4)), return_exceptions=True
        )
        assert sum(isinstance(o, ResolutionConflict) for o in outcomes) == 3
        assert (await registry.resolution(opened)).attempt == 2

    async def test_numbers_and_texts_of_any_kind_survive(self, registry, opened: str) -> None:
        odd = {"nan": float("nan"), "big": 2**70, "small": 1e-300, "nul": "a\0b", "deep": [[{"x": [None, True]}]]}
        await registry.finish(ended(opened).model_copy(update={"resolution": odd}))
        body = (await registry.resolution(opened)).body
        assert body == {**odd, "nan": None, "nul": "a\ufffdb"}


class TestAuditTrail:
    async def test_it_grows_in_order(self, registry) -> None:
        resolution_id = new_id()
        for n in range(3):
            assert await on_record(registry, resolution_id, attempt=n)
        records = await registry.audit_records(resolution_id)
        assert [r["attempt"] for r in records] == [0, 1, 2]
        assert records[0]["seq"] < records[1]["seq"] < records[2]["seq"]

    async def test_what_rests_on_an_older_version_is_not_put_on_record(self, registry) -> None:
        resolution_id = new_id()
        older = await registry.version()
        await registry.publish([Metric(id="output", name=resolution_id)], note="")
        assert not await on_record(registry, resolution_id, registry_version=older)
        assert await registry.audit_records(resolution_id) == ()

    @pytest.mark.parametrize(
        "statement",
        [
            "update audit set status = 'forged'",
            "delete from audit",
            "truncate audit",
            "drop table audit",
            "alter table audit disable trigger all",
            "insert into audit (seq) values (1)",
        ],
    )
    async def test_the_application_cannot_change_it(self, registry, pool, statement: str) -> None:
        assert await on_record(registry, new_id())
        with pytest.raises(StoreRejected):
            await Database(pool, "registry").rows(statement)

    @pytest.mark.parametrize("statement", ["update audit set status = 'x'", "delete from audit", "truncate audit"])
    async def test_its_owner_cannot_change_it_either(self, registry, registry_dsn: str, statement: str) -> None:
        assert await on_record(registry, new_id())
        with psycopg.connect(registry_dsn) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute(statement)


class TestIdempotencyKeys:
    async def test_the_first_to_claim_a_key_has_it(self, registry) -> None:
        key = new_id()
        assert await registry.claim_key("a", key, "d1", "r1") == ("d1", "r1")
        assert await registry.claim_key("a", key, "d2", "r2") == ("d1", "r1")

    async def test_a_key_belongs_to_its_caller(self, registry) -> None:
        key = new_id()
        await registry.claim_key("a", key, "d1", "r1")
        assert await registry.claim_key("b", key, "d2", "r2") == ("d2", "r2")

    async def test_of_many_at_once_all_learn_of_the_same_one(self, registry) -> None:
        key = new_id()
        claims = await asyncio.gather(*(registry.claim_key("a", key, "d", f"r{n}") for n in range(12)))
        assert len(set(claims)) == 1

    async def test_a_key_expires(self, pool, embedder) -> None:
        forgetful = PostgresRegistry(pool, embedder, key_lifetime=timedelta(seconds=0))
        key = new_id()
        await forgetful.claim_key("a", key, "d1", "r1")
        assert await forgetful.claim_key("a", key, "d2", "r2") == ("d2", "r2")

    async def test_keys_that_expired_are_gone_after_a_few_more_claims(self, pool, embedder, registry_dsn) -> None:
        forgetful, key = PostgresRegistry(pool, embedder, key_lifetime=timedelta(seconds=0)), new_id()
        for n in range(5):
            await forgetful.claim_key("gone", f"{key}-{n}", "d", "r")
        await forgetful.claim_key("later", key, "d", "r")
        with psycopg.connect(registry_dsn) as connection:
            left = connection.execute("select count(*) from idempotency_keys where caller = 'gone'").fetchone()
        assert left == (0,)

    async def test_hostile_keys_are_keys(self, registry) -> None:
        assert await registry.claim_key(HOSTILE, HOSTILE + "\0", "d", "r") == ("d", "r")
        assert await registry.claim_key(HOSTILE, HOSTILE + "\0", "e", "s") == ("d", "r")
