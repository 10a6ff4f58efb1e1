"""The same question is answered from what was found before, as long as everything that rests on is as it was."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace

import pytest

from ecp.domain.assets import Pack
from ecp.domain.catalogue import Catalogue
from ecp.errors import AccessDenied, PolicyUnavailable, StoreError, StoreMalformed, StoreUnavailable
from ecp.resilience.guard import Guard
from tests.support.desk import amended

ASKED = "What was APAC revenue last quarter?"
_numbers = itertools.count()


def somebody(**fields):
    """An asker nobody else's answers are kept for."""
    return {"user_id": f"cache-{next(_numbers)}", "department": "finance", "role": "analyst", **fields}


async def twice(counter, between=lambda: None, question=ASKED, **said):
    asker = somebody()
    first = await counter.ask(question, asker, **said)
    between()
    return first, await counter.ask(question, asker, **said)


@pytest.mark.parametrize("execute", [False, True])
async def test_the_second_time_it_is_the_stored_resolution_itself(counter, execute):
    first, second = await twice(counter, execute=execute)
    assert not first.cached and second.cached and second.age_seconds > 0
    assert second.model_copy(update={"cached": False, "age_seconds": first.age_seconds}) == first
    assert await counter.events(first.resolution_id) == ["resolution", "cached"]


async def test_spaces_do_not_make_another_question(counter):
    asker = somebody()
    first = await counter.ask(ASKED, asker)
    assert (await counter.ask(f"  {ASKED.replace(' ', '   ')} ", asker)).resolution_id == first.resolution_id


@pytest.mark.parametrize(
    "changed", [{"department": "sales"}, {"role": "executive"}, {"allowed_regions": ["APAC"]}, {"user_id": "another"}]
)
async def test_another_asker_has_an_answer_of_their_own(counter, changed):
    asker = somebody()
    first = await counter.ask(ASKED, asker)
    second = await counter.ask(ASKED, {**asker, **changed})
    assert not second.cached and second.resolution_id != first.resolution_id


@pytest.mark.parametrize("changed", [{"as_of": "2025-02-10"}, {"execute": True}, {"fresh": True}])
async def test_another_day_or_wish_is_another_question(counter, changed):
    asker = somebody()
    first = await counter.ask(ASKED, asker)
    second = await counter.ask(ASKED, asker, **changed)
    assert not second.cached and second.resolution_id != first.resolution_id


async def test_a_key_of_idempotency_asks_for_a_resolution_of_its_own(counter):
    asker = somebody()
    first = await counter.ask(ASKED, asker)
    assert not (await counter.ask(ASKED, asker, idempotency_key=f"own-{asker['user_id']}")).cached
    assert (await counter.ask(ASKED, asker)).resolution_id == first.resolution_id


async def test_an_answer_kept_is_not_given_to_whom_the_policy_now_denies(counter, switches):
    async def deny(policy, question, *, timeout):
        decided = await policy.decide(question, timeout=timeout)
        return decided.model_copy(update={"allowed": False, "row_filters": (), "reasons": ("not any more",)})

    with pytest.raises(AccessDenied):
        await twice(counter, lambda: switches["policy"].instead.update(decide=deny))


async def test_an_answer_kept_under_another_decision_is_not_given_again(counter, switches):
    """Also one that allows: what it rests on was decided otherwise."""

    async def otherwise(policy, question, *, timeout):
        decided = await policy.decide(question, timeout=timeout)
        return decided.model_copy(update={"reasons": (*decided.reasons, "for another reason")})

    first, second = await twice(counter, lambda: switches["policy"].instead.update(decide=otherwise))
    assert not second.cached and second.resolution_id != first.resolution_id
    assert "for another reason" in second.authorization.reasons


async def test_without_the_policy_nothing_kept_is_given(counter, switches):
    async def down(policy, question, *, timeout):
        raise StoreMalformed("policy", "it says nothing")

    with pytest.raises(PolicyUnavailable):
        await twice(counter, lambda: switches["policy"].instead.update(decide=down))


async def test_a_new_registry_version_is_a_new_answer(counter, switches):
    async def of_before(registry, record):
        older = str(int(record.registry_version) - 1)
        return await registry.audit_if_current(record.model_copy(update={"registry_version": older}))

    first, second = await twice(counter, lambda: switches["registry"].instead.update(audit_if_current=of_before))
    assert not second.cached and second.resolution_id != first.resolution_id
    assert await counter.events(first.resolution_id) == ["resolution"]


async def test_newer_data_are_a_new_answer(counter, switches):
    def loaded(semantic, query):
        held = semantic.held_version(query)
        return held and replace(held, value="loaded since")

    first, second = await twice(counter, lambda: switches["semantic"].instead.update(held_version=loaded), execute=True)
    assert first.results is not None and not second.cached
    assert second.provenance.data_version == "loaded since"


async def test_numbers_of_data_without_a_version_are_not_kept(counter, switches):
    async def unversioned(registry, version=None):
        found = await registry.catalogue(version)
        assets = amended(
            found.assets.values(),
            lambda a: a.model_copy(update={"data_version": None}) if isinstance(a, Pack) else a,
        )
        return Catalogue.of(found.version, assets)

    switches["registry"].instead.update(catalogue=unversioned)
    _, numbers = await twice(counter, execute=True)
    _, plan = await twice(counter)
    assert (numbers.cached, plan.cached) == (False, True)


@pytest.mark.parametrize("store", ["graph", "vector"])
async def test_a_kept_answer_hides_no_outage_and_a_degraded_one_is_not_kept(counter, switches, store):
    asker, resources = somebody(), counter.runtime.resources
    switch, calls = switches[store], ("ping", "find", "search", "known_issues")

    async def down(*args, **named):
        raise StoreUnavailable(store, "it is down")

    whole = await counter.ask(ASKED, asker)
    counter.service._confirming._seen.clear()
    switch.instead.update(dict.fromkeys(calls, down))
    less = await counter.ask(ASKED, asker)
    assert not less.cached and store in {d.component for d in less.degradations}
    switch.instead.clear()
    guard: Guard = resources.guards[store]
    await counter.on_loop(lambda s: guard.call(lambda: _nothing()) if not guard.refuses else _back(guard))
    again = await counter.ask(ASKED, asker)
    assert not again.cached and not again.degradations
    assert len({whole.resolution_id, less.resolution_id, again.resolution_id}) == 3


async def _nothing():
    return None


async def _back(guard):
    guard._memory.clear()


async def test_a_question_that_was_asked_back_is_not_kept(counter):
    """Its options are chosen from once."""
    first, second = await twice(counter, question="What was revenue last quarter?")
    if first.status == "complete":
        asker = {"user_id": f"cache-{next(_numbers)}"}
        first, second = [await counter.ask("What was revenue last quarter?", asker) for _ in range(2)]
    assert first.status == "disambiguation_required" and not second.cached


async def test_no_kept_answer_leaves_without_its_record(counter, switches):
    async def full(registry, record):
        raise StoreUnavailable("registry", "the disk is full")

    asker = somebody()
    first = await counter.ask(ASKED, asker)
    switches["registry"].instead.update(audit_if_current=full)
    second = await counter.ask(ASKED, asker)
    assert not second.cached and second.resolution_id != first.resolution_id


async def test_the_same_question_at_once_is_resolved_once(counter):
    before, asker = len(counter.tracker.runs), somebody()
    answers = await asyncio.gather(*(counter.ask(ASKED, asker) for _ in range(6)))
    assert len(counter.tracker.runs) == before + 1
    assert len({a.resolution_id for a in answers}) == 1
    assert sorted(a.cached for a in answers) == [False] + [True] * 5
    assert await counter.events(answers[0].resolution_id) == ["resolution"] + ["cached"] * 5


async def test_who_asks_for_a_fresh_answer_shares_none(counter):
    before, asker = len(counter.tracker.runs), somebody()
    answers = await asyncio.gather(*(counter.ask(ASKED, asker, fresh=True) for _ in range(3)))
    assert len(counter.tracker.runs) == before + 3 and not any(a.cached for a in answers)


async def test_who_stops_waiting_takes_the_answer_from_nobody(counter):
    before, asker, tracker = len(counter.tracker.runs), somebody(), counter.tracker
    await counter.on_loop(lambda s: _done(tracker.gate.clear, tracker.begun.clear))
    first, second, third = (asyncio.create_task(counter.ask(ASKED, asker)) for _ in range(3))
    await counter.on_loop(lambda s: tracker.begun.wait())
    first.cancel()
    second.cancel()
    await counter.on_loop(lambda s: _done(tracker.gate.set))
    answer = await third
    assert answer.cached and len(counter.tracker.runs) == before + 1


async def _done(*calls):
    for call in calls:
        call()


async def test_where_it_cannot_be_shared_everybody_has_an_answer_of_their_own(counter, switches):
    async def down(*args, **named):
        raise StoreError("graph", "it answers with nonsense")

    switches["graph"].instead.update(find=down)
    asker = somebody()
    answers = await asyncio.gather(*(counter.ask(ASKED, asker) for _ in range(3)))
    assert len({a.resolution_id for a in answers}) == 3 and all(a.degradations for a in answers)
