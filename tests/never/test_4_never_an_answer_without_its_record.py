"""An answer never leaves without its audit record."""

from __future__ import annotations

import pytest

from ecp.errors import StoreUnavailable
from tests.never.conftest import ASKED, FINANCE, GUEST, PAY
from tests.support.desk import Failing, FinishFails, digest_of

ANSWERS = [
    (ASKED, FINANCE, "complete"),
    ("What was revenue for LATAM last quarter?", FINANCE, "unresolved"),
    ("What was revenue last quarter?", GUEST, "disambiguation_required"),
    (PAY, FINANCE, "access_denied"),
    ("What is the definition of ARR?", GUEST, "complete"),
]


@pytest.mark.parametrize(("question", "asker", "status"), ANSWERS)
async def test_every_answer_has_one_record_of_exactly_itself(desk, question, asker, status):
    run = await desk.ask(question, asker)
    records = await desk.stores.registry.audit_records(run.resolution_id)
    assert [(r["status"], r["attempt"], r["question"]) for r in records] == [(status, 1, run.question.text)]
    assert records[0]["answer_digest"] == digest_of(run)


async def test_every_execution_has_one_of_its_own(desk):
    resolved = await desk.ask(ASKED, FINANCE)
    executed = await desk.execute(resolved)
    records = await desk.stores.registry.audit_records(resolved.resolution_id)
    assert sorted(r["attempt"] for r in records) == [1, 2]
    assert digest_of(executed) in {r["answer_digest"] for r in records}


@pytest.mark.parametrize("question", [ASKED, PAY])
async def test_when_the_record_cannot_be_written_there_is_no_answer(desk, question):
    failing = FinishFails(desk.stores.registry, StoreUnavailable("registry", "the registry is gone"))
    run = await desk.having(registry=failing).ask(question, FINANCE, execute=True)
    assert run.error is not None and run.error.status == 503
    assert run.resolution.status == "failed" and run.resolution.results is None
    assert await recorded(desk, run) <= {"failed"}


async def test_a_policy_that_could_not_be_asked_is_no_refusal_either_without_its_record(desk):
    gone = Failing(desk.stores.policy, StoreUnavailable("policy", "the policy is gone"), "decide")
    refused = await desk.having(policy=gone).ask(ASKED, FINANCE)
    assert refused.error is not None and refused.error.slug == "policy-unavailable"
    assert len(await desk.stores.registry.audit_records(refused.resolution_id)) == 1
    failing = FinishFails(desk.stores.registry, StoreUnavailable("registry", "the registry is gone"))
    run = await desk.having(policy=gone, registry=failing).ask(ASKED, FINANCE)
    assert run.error is not None and (run.error.status, run.error.store) == (503, "registry")
    assert await recorded(desk, run) <= {"failed"}


async def recorded(desk, run):
    """What the trail says of it; that it failed may be written down later."""
    return {record["status"] for record in await desk.stores.registry.audit_records(run.resolution_id)}
