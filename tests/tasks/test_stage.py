"""A stage without Prefect: what it retries, gives up on, skips, uses again and leaves in the trace."""

import asyncio
import time
from datetime import date

import pytest

from ecp.errors import DeadlineExceeded, StoreKnownDown, StoreTimeout, StoreUnavailable
from ecp.run import current_run, current_stage, running
from tasks.stage import stage
from tasks.together import side_by_side, together
from tests.tracking.toy import ToyStores, parse_intent, search_graph, search_registry, toy, toy_run, toy_settings


@pytest.fixture
def settings(tmp_path):
    return toy_settings(None, tmp_path)


def plain(settings, stores=None, **changes):
    return toy_run(settings, stores, tracking="summary", **changes)


async def down():
    raise StoreUnavailable("graph", "graph refused the connection")


async def test_a_stage_outside_of_a_run_says_so():
    with pytest.raises(LookupError):
        current_run()
    with pytest.raises(LookupError):
        await parse_intent("text")


async def test_a_finished_stage_leaves_its_node_its_stores_and_its_output(settings):
    run = plain(settings)
    with running(run):
        words = await parse_intent("one two")
        assert await search_registry(words) == date(2020, 1, 8)
    parsed, found = run.nodes
    assert (parsed.id, parsed.type, parsed.status, parsed.attempt) == ("parse_intent", "parse", "complete", 1)
    assert found.depends_on == ("parse_intent",) and [asked.store for asked in found.stores_queried] == ["registry"]
    assert parsed.started_at <= parsed.completed_at <= found.completed_at
    assert [point.output for point in run.checkpoints] == [{"value": ["one", "two"]}, {"value": "2020-01-08"}]


async def test_waits_of_one_resolution_fit_half_its_deadline_and_end_before_it(settings):
    run = plain(settings.model_copy(update={"deadline_seconds": 0.1}), ToyStores(graph=down))
    run.deadline = time.monotonic() + 60
    with running(run), pytest.raises(StoreUnavailable):
        await search_graph(())
    assert sum(wait for _, wait in run.waits) <= 0.05 and run.stores.asked == ["graph"] * (len(run.waits) + 1)
    late = plain(settings, ToyStores(graph=down))
    late.deadline = time.monotonic() + 0.01
    with running(late), pytest.raises(StoreUnavailable):
        await search_graph(())
    assert late.waits == []


@pytest.mark.parametrize(("first", "told"), [("late", StoreTimeout), ("there", DeadlineExceeded)])
async def test_the_deadline_that_ends_a_last_attempt_names_the_store_that_never_answered(settings, first, told):
    async def silent():
        await asyncio.sleep(30)

    brief = settings.model_copy(update={"store_timeout_seconds": 0.2, "retry_first_wait_seconds": 0.1})
    run = plain(brief, ToyStores(registry=silent))
    run.deadline = time.monotonic() + 0.45
    with running(run), pytest.raises(told) as late:
        async with run.within_deadline():
            if first == "late":
                await search_registry(())
            await asyncio.sleep(30)
    assert (late.value.extra.get("store") or getattr(late.value, "store", None)) == (
        "registry" if first == "late" else None
    )


@pytest.mark.parametrize("retries", [0, 3])
async def test_a_store_given_up_on_is_skipped_here_and_by_the_resolutions_that_follow(settings, retries):
    run = plain(settings.model_copy(update={"retry_attempts": retries}), ToyStores(graph=down))
    with running(run):
        with pytest.raises(StoreUnavailable):
            await search_graph(())
        with pytest.raises(StoreKnownDown):
            await search_graph(())
    assert [node.status for node in run.nodes] == ["failed", "skipped"]
    assert [node.id for node in run.nodes] == ["search_graph", "search_graph-2"]
    assert run.stores.asked.count("graph") == retries + 1
    assert ("asked 4 times" in run.nodes[0].error) == (retries == 3)
    following = plain(settings)
    following.guards = run.guards
    with running(following), pytest.raises(StoreKnownDown):
        await search_graph(())
    assert following.stores.asked == []
    await run.guards.close()


async def test_stages_side_by_side_take_no_longer_than_one(settings):
    waiting, all_there = [], asyncio.Event()

    async def meet():
        waiting.append(1)
        if len(waiting) >= 3:
            all_there.set()
        await all_there.wait()

    run = plain(settings, ToyStores(graph=meet, vector=meet, registry=meet))
    with running(run):
        async with asyncio.timeout(10):
            assert (await toy.fn(run.resolution_id)).is_completed()


async def test_when_there_will_be_no_answer_stages_side_by_side_end_and_leave_nothing_behind(settings):
    async def gone():
        raise StoreUnavailable("registry", "refused")

    async def slowly():
        await asyncio.sleep(0.1)
        raise StoreUnavailable("graph", "refused, late")

    run = plain(settings.model_copy(update={"retry_attempts": 0}), ToyStores(registry=gone, graph=slowly))
    with running(run):
        with pytest.raises(StoreUnavailable, match=r"refused$"):
            await together(run, search_registry(()), without_graph(run))
        ended = run.nodes
        await asyncio.sleep(0.2)
    assert [(node.id, node.status) for node in run.nodes] == [
        ("search_registry", "failed"),
        ("search_graph", "skipped"),
    ]
    assert run.nodes == ended and not run.degradations


async def test_when_one_call_of_a_stage_fails_the_others_do_not_go_on_without_it(settings):
    gone_on = []

    async def slowly():
        await asyncio.sleep(0.1)
        gone_on.append("vector")

    @stage("ask_both", type="plan", store="graph", reuse=False)
    async def ask_both(run) -> None:
        await side_by_side(*(run.ask(store, lambda store=store: run.stores(store)) for store in ("graph", "vector")))

    run = plain(settings.model_copy(update={"retry_attempts": 0}), ToyStores(graph=down, vector=slowly))
    with running(run):
        with pytest.raises(StoreUnavailable):
            await ask_both()
        await asyncio.sleep(0.2)
        assert await search_registry(())
    assert gone_on == [] and not run.failing
    assert [(node.id, node.status) for node in run.nodes] == [("ask_both", "failed"), ("search_registry", "complete")]


async def without_graph(run):
    try:
        await search_graph(())
    except StoreUnavailable:
        run.degrade("graph")


async def test_policy_leaves_its_margin_before_the_deadline(settings):
    @stage("decide", type="authorize", store="policy", reuse=False)
    async def decide(run) -> None:
        await run.ask("policy", lambda: asyncio.sleep(30))

    run = plain(settings)
    run.deadline = time.monotonic() + 1.05
    begun = time.monotonic()
    with running(run), pytest.raises(StoreTimeout):
        await decide()
    assert time.monotonic() - begun < 0.9
    late = plain(settings)
    late.deadline = time.monotonic() + 0.5
    with running(late), pytest.raises(StoreTimeout):
        await decide()


async def test_only_what_depends_on_nothing_new_is_used_again(settings):
    first = plain(settings, ToyStores(graph=down))
    with running(first):
        await toy.fn(first.resolution_id)
    again = plain(settings, reusable=first.checkpoints)
    with running(again):
        await toy.fn(again.resolution_id)
    states = {node.id: node.status for node in again.nodes}
    assert {stage for stage, status in states.items() if status == "reused"} == {
        "parse_intent",
        "search_vectors",
        "search_registry",
    }
    once_more = plain(settings, reusable=again.checkpoints)
    with running(once_more):
        await toy.fn(once_more.resolution_id)
    assert [node.id for node in once_more.nodes if node.status != "reused"] == ["assemble_response"]
    assert once_more.stores.asked == []


async def test_a_stage_that_had_to_do_with_less_is_degraded_and_its_output_not_kept(settings):
    @stage("look", type="enrich")
    async def look(run) -> int:
        current_stage().degraded = True
        return 1

    run = plain(settings)
    with running(run):
        await look()
    assert [node.status for node in run.nodes] == ["degraded"] and run.checkpoints == ()


async def test_a_component_is_degraded_once(settings):
    run = plain(settings)
    run.degrade("graph")
    run.degrade("graph")
    assert [(d.component, d.fallback) for d in run.degradations] == [("graph", "registry only")]


async def refused():
    raise StoreUnavailable("vector", "refused")


@stage("find", type="resolve_concept", store="registry", reuse=False, without="nothing is found")
async def find(run) -> int:
    return await run.ask("vector", lambda: run.stores("vector")) + await run.ask(
        "registry", lambda: run.stores("registry")
    )


async def told(settings, stage_, *given, calls=1, retries=1, **stores):
    """What operators read of the last of so many calls."""
    patience = {"retry_attempts": retries, "retry_first_wait_seconds": 0.001}
    run = plain(settings.model_copy(update=patience), ToyStores(**stores))
    with running(run):
        for _ in range(calls):
            with pytest.raises((StoreUnavailable, StoreTimeout)):
                await stage_(*given)
    return run.trace.troubled()[-1].told


async def test_an_operator_is_told_what_the_failed_store_took_from_the_answer_and_how_often_it_was_asked(settings):
    assert await told(settings, find, vector=refused) == "refused; asked 2 times. Without it: nothing is found"
    again = await told(settings, find, vector=refused, calls=2)
    assert again.startswith("vector is not asked again") and again.endswith("resolution. Without it: nothing is found")

    async def gone():
        raise StoreUnavailable("registry", "gone")

    assert (await told(settings, find, registry=gone)).endswith("Without it: nothing can be resolved")
    said = await told(settings, search_graph, (), retries=0, graph=down)
    assert said.startswith("graph refused the connection; asked once. With")
