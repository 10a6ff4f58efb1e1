"""Feedback counts once approved, for its department, from the version that approved it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import psycopg
import pytest

from ecp.domain.assets import Metric
from ecp.domain.question import Asker, Question
from ecp.domain.subject import Measured
from ecp.errors import ResolutionNotFound
from ecp.stores.postgres import vector_literal
from ecp.stores.protocols import Attempt, AuditRecord, Decider, Feedback
from ecp.stores.registry import PostgresRegistry
from ecp.stores.registry.feedback import PRECEDENTS

BOSS = Decider(asker={"user_id": "boss"}, request_id="r-1")
HOSTILE = "'); drop table feedback; --"


async def resolved(registry: PostgresRegistry, text: str, department: str | None = None, subject: str = "") -> str:
    resolution_id = uuid4().hex
    asker = Asker(department=department)
    await registry.open(resolution_id, Question(text=text, asker=asker, as_of=date(2024, 1, 1)), digest=text)
    record = AuditRecord(
        resolution_id=resolution_id,
        attempt=1,
        event="resolved",
        asker=asker.model_dump(mode="json"),
        question=text,
        status="complete",
        answer_digest="",
        registry_version="0",
    )
    body = {"resolved_concepts": {"metrics": [{"id": "output"}]}}
    await registry.finish(
        Attempt(
            resolution_id=resolution_id,
            attempt=1,
            status="complete",
            resolution=body,
            trace=(),
            checkpoints=(),
            audit=record,
            measured=Measured(subject=subject) if subject else None,
        )
    )
    return resolution_id


async def given(
    registry: PostgresRegistry, text: str, department: str | None = None, *, subject: str = "", **fields: object
) -> Feedback:
    about = {"verdict": "accepted", "state": "approved", "created_at": datetime.now(UTC)}
    made = Feedback(
        feedback_id=uuid4().hex,
        resolution_id=await resolved(registry, text, department, subject),
        **{**about, **fields},
    )
    await registry.add_feedback(made)
    return made


@pytest.fixture
def near(registry, embedder):
    async def find(text: str, department: str | None = None, version: str | None = None, subject: str = ""):
        (vector,) = await embedder.embed([subject or text])
        newest = version or await registry.version()
        return await registry.precedents(vector, department=department, version=newest, question=text, subject=subject)

    return find


async def test_accepted_feedback_is_a_precedent_at_once(registry, near) -> None:
    made = await given(registry, "how much steam left the boiler")
    (found,) = [p for p in await near("how much steam left the boiler") if p.feedback_id == made.feedback_id]
    assert found.similarity == pytest.approx(1, abs=1e-5)
    assert found.metrics == ("output",)
    assert found.verdict == "accepted"


async def test_a_correction_counts_once_approved_and_not_for_older_versions(registry, near) -> None:
    made = await given(
        registry,
        "how many crates were moved",
        verdict="corrected",
        state="pending",
        correction={"metrics": ["crates", HOSTILE]},
        note=HOSTILE,
    )
    before = await registry.version()
    assert made.feedback_id not in {p.feedback_id for p in await near(made.note or "how many crates were moved")}
    decided = await registry.decide_feedback(made.feedback_id, "approved", BOSS)
    assert decided is not None
    assert decided.state == "approved"
    (found,) = [p for p in await near("how many crates were moved") if p.feedback_id == made.feedback_id]
    assert found.metrics == ("crates", HOSTILE)
    old = await near("how many crates were moved", version=before)
    assert made.feedback_id not in {p.feedback_id for p in old}


async def test_approving_makes_a_version_with_the_same_content(registry, embedder, pool) -> None:
    await registry.publish([Metric(id="output", name="Output")], note="")
    made = await given(registry, "any question", verdict="corrected", state="pending")
    before = await registry.version()
    held = await registry.catalogue(before)
    await registry.decide_feedback(made.feedback_id, "approved", BOSS)
    after = await registry.version()
    assert int(after) == int(before) + 1
    newest, previous = await registry.versions(2)
    assert (newest["digest"], newest["content_version"]) == (previous["digest"], previous["content_version"])
    assert (await registry.catalogue(after)).assets is held.assets
    assert (await registry.catalogue(after)).version == after


async def test_deciding_again_changes_nothing(registry) -> None:
    made = await given(registry, "another question", verdict="corrected", state="pending")
    await registry.decide_feedback(made.feedback_id, "declined", BOSS)
    version = await registry.version()
    again = await registry.decide_feedback(made.feedback_id, "approved", BOSS)
    assert again is not None
    assert again.state == "declined"
    assert await registry.version() == version
    assert await registry.decide_feedback("unknown", "approved", BOSS) is None


async def test_what_is_said_and_decided_is_on_record(registry) -> None:
    made = await given(registry, "a third question", verdict="corrected", state="pending")
    await registry.decide_feedback(made.feedback_id, "approved", BOSS)
    await registry.decide_feedback(made.feedback_id, "approved", BOSS)
    _, said, decided = await registry.audit_records(made.resolution_id)
    assert (said["event"], said["status"]) == ("feedback_given", "pending")
    assert (decided["event"], decided["status"]) == ("feedback_approved", "approved")
    assert (decided["asker"], decided["request_id"]) == ({"user_id": "boss"}, "r-1")
    assert decided["registry_version"] == await registry.version()
    assert decided["answer_digest"] == said["answer_digest"]


async def test_what_is_declined_is_on_record_too(registry) -> None:
    made = await given(registry, "a fourth question", verdict="corrected", state="pending")
    await registry.decide_feedback(made.feedback_id, "declined", BOSS)
    assert (await registry.audit_records(made.resolution_id))[-1]["event"] == "feedback_declined"


@pytest.mark.parametrize("verdict", ["corrected", "accepted", "rejected"])
async def test_what_was_approved_can_be_taken_back_and_earlier_versions_see_it_still(registry, near, verdict) -> None:
    state = "pending" if verdict == "corrected" else "approved"
    text = f"how many barrels were {verdict}"
    made = await given(registry, text, "cellar", verdict=verdict, state=state)
    await registry.decide_feedback(made.feedback_id, "approved", BOSS)
    counted = await registry.version()
    taken = await registry.decide_feedback(made.feedback_id, "declined", BOSS)
    after = await registry.version()
    assert taken is not None and taken.state == "declined" and int(after) == int(counted) + 1
    for version, found in ((counted, [made.feedback_id]), (after, []), (None, [])):
        assert [p.feedback_id for p in await near(text, "cellar", version)] == found, version
    shown = await registry.one_feedback(made.feedback_id)
    assert (str(shown.approved_version), str(shown.withdrawn_version)) == (counted, after)
    record = (await registry.audit_records(made.resolution_id))[-1]
    assert (record["event"], record["status"], record["registry_version"]) == ("feedback_withdrawn", "declined", after)
    assert (record["asker"], record["request_id"]) == ({"user_id": "boss"}, "r-1")


async def test_what_was_taken_back_stays_so(registry) -> None:
    made = await given(registry, "how many barrels are left")
    await registry.decide_feedback(made.feedback_id, "declined", BOSS)
    version, records = await registry.version(), await registry.audit_records(made.resolution_id)
    for state in ("declined", "approved"):
        again = await registry.decide_feedback(made.feedback_id, state, BOSS)
        assert again is not None and again.state == "declined"
    assert await registry.version() == version
    assert await registry.audit_records(made.resolution_id) == records


async def test_what_measures_the_same_is_found_whatever_else_is_asked(registry, near) -> None:
    made = await given(registry, "casks in May by yard", "coopers", subject="cask")
    other = await given(registry, "hoops in May by yard", "coopers", subject="hoop")
    (found,) = [p for p in await near("what about casks last year", "coopers", subject="cask") if p.similarity >= 0.9]
    assert (found.feedback_id, found.same, found.similarity) == (made.feedback_id, False, 1)
    (same,) = [p for p in await near("Hoops in May, by yard?", "coopers", subject="hoop") if p.same]
    assert same.feedback_id == other.feedback_id


async def test_one_who_says_otherwise_is_found_behind_many_who_say_the_same(registry, near) -> None:
    about = {"verdict": "corrected", "lifts": {"stave": ("long",)}, "subject": "stave"}
    first = await given(registry, "staves", "staves", **about)
    for n in range(25):
        await given(registry, f"staves in week {n}", "staves", lifts={"stave": ("short",)}, subject="stave")
    found = await near("staves next year", "staves", subject="stave")
    assert [p.verdict for p in found] == ["corrected", "accepted"] and found[0].feedback_id == first.feedback_id


async def test_the_very_same_question_is_found_without_a_vector_of_the_present_model(registry, pool, near) -> None:
    made = await given(registry, "how many bungs are there", "bungs", subject="bung")
    async with pool.connection() as connection:
        await connection.execute("update feedback set model = '' where feedback_id = %s", (made.feedback_id,))
    assert [p.same for p in await near("how many bungs are there", "bungs")] == [True]
    assert [p.similarity for p in await near("bungs in May", "bungs", subject="bung")] == [1]
    assert await near("how many bungs are there now", "bungs") == ()


async def test_precedents_stay_in_their_department(registry, near) -> None:
    mine = await given(registry, "how long do ovens cool", "Bakery")
    theirs = await given(registry, "how long do ovens cool", "forge")
    nobodys = await given(registry, "how long do ovens cool")
    found = {p.feedback_id for p in await near("how long do ovens cool", "bakery")}
    assert found & {mine.feedback_id, theirs.feedback_id, nobodys.feedback_id} == {mine.feedback_id}
    anonymous = {p.feedback_id for p in await near("how long do ovens cool")}
    assert anonymous & {mine.feedback_id, theirs.feedback_id, nobodys.feedback_id} == {nobodys.feedback_id}


async def test_feedback_is_listed_newest_first_by_state(registry) -> None:
    made = [await given(registry, f"listed {n}", verdict="corrected", state="pending") for n in range(3)]
    pending = await registry.feedback(state="pending", limit=3)
    assert [f.feedback_id for f in pending] == [f.feedback_id for f in reversed(made)]
    assert pending[0] == made[-1]
    assert len(await registry.feedback(limit=2)) == 2


async def test_feedback_on_nothing_is_not_found(registry) -> None:
    lost = Feedback(
        feedback_id="f", resolution_id=HOSTILE, verdict="rejected", state="approved", created_at=datetime.now(UTC)
    )
    with pytest.raises(ResolutionNotFound):
        await registry.add_feedback(lost)


async def test_what_speaks_of_something_hidden_is_neither_listed_nor_counted(registry) -> None:
    made = await given(registry, "a question about crates", verdict="corrected", correction={"metrics": ["crates"]})
    whole, total = await registry.list_feedback(limit=1000)
    shown, fewer = await registry.list_feedback(limit=1000, hidden=["crates"])
    assert made.feedback_id in {f.feedback_id for f in whole} - {f.feedback_id for f in shown}
    assert fewer < total == len(whole)
    assert await registry.one_feedback(made.feedback_id, hidden=["crates"]) is None
    assert (await registry.one_feedback(made.feedback_id)).metrics == ("crates",)


async def test_the_pages_of_the_list_are_the_whole_of_it_once(registry) -> None:
    whole, total = await registry.list_feedback(limit=1000)
    found, after = [], None
    while len(found) < total:
        page, _ = await registry.list_feedback(limit=2, after=after)
        found += page
        after = (page[-1].created_at.isoformat(), page[-1].feedback_id)
    assert tuple(found) == whole


MANY = """
insert into feedback (feedback_id, resolution_id, verdict, correction, note, state, asker, department, scope, question,
                      question_form, subject, subject_form, metrics, lifts, model, embedding, approved_version,
                      created_at)
select 'many-' || n, 'r', 'accepted', '{}', '', 'approved', '{}', 'mill', 'mill', 'q' || n, 'q' || n, 's', 's' || n,
       '{output}', '{}',
       %(model)s, (select array_agg(random() - 0.5) from generate_series(1, 256 + 0 * n))::vector(256), 1, now()
from generate_series(1, %(count)s) as n
"""


async def test_precedents_are_found_by_an_index_and_not_by_looking_at_all(registry_dsn, embedder) -> None:
    (vector,) = await embedder.embed(["how many sacks did the mill fill"])
    arguments = {"vector": vector_literal(vector), "model": embedder.name, "scope": "mill", "version": 9}
    arguments |= {"form": "x", "subject": "y"}
    with psycopg.connect(registry_dsn) as connection:
        for cheaper_with_few in ("seqscan", "bitmapscan", "sort"):
            connection.execute(f"set local enable_{cheaper_with_few} = off")
        connection.execute(MANY, {"model": embedder.name, "count": 500})
        connection.execute("analyze feedback")
        rows = connection.execute("explain " + PRECEDENTS, {**arguments, "limit": 10}).fetchall()
        connection.rollback()
    plan = "\n".join(line for (line,) in rows)
    assert all(f"feedback_{index}" in plan for index in ("near", "same", "alike")), plan
