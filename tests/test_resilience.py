"""The guard before each store: what it refuses, what it learns, and what it leaves alone."""

import asyncio
import random
import time

import pytest

from ecp.errors import CircuitOpen, StoreKnownDown, StoreRejected, StoreTimeout, StoreUnavailable
from ecp.resilience.guard import Guards
from ecp.resilience.retry import Backoff, RetryAllowance
from ecp.resilience.table import STORES, table
from ecp.run import Clock, Run
from ecp.settings import Settings
from ecp.telemetry import metrics


class Time:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def settings(**changes):
    return Settings(_env_file=None, home="nowhere", **changes)


def guards(time, pings=None, **changes):
    return Guards.build(settings(**changes), pings or {}, time)


async def ok():
    return "answer"


def failing(error):
    async def fail():
        raise error

    return fail


async def slow():
    await asyncio.sleep(30)


def value(counter, *labels):
    return counter.labels(*labels)._value.get()


DOWN = StoreUnavailable("policy", "policy refused the connection")


async def fail_times(guard, times, error=DOWN):
    for _ in range(times):
        with pytest.raises(type(error)):
            await guard.call(failing(error))


def test_every_store_has_a_row_and_says_what_stands_in_for_it():
    rows = table(settings(retry_attempts=2, store_timeout_seconds=1.5))
    assert set(STORES) <= set(rows)
    assert all(rows[store].fallback and rows[store].effect and rows[store].timeout == 1.5 for store in STORES)
    assert {store for store in STORES if rows[store].required} == {"registry", "policy"}
    assert {rows[store].breaker for store in STORES} == {"cube", "opa", None}
    assert all(rows[store].memory > 0 for store in STORES if rows[store].breaker is None)


async def test_a_guard_gives_a_call_its_time_and_no_more():
    guard = guards(Time())["graph"]
    assert await guard.call(ok) == "answer"
    with pytest.raises(StoreTimeout):
        await guard.call(slow, timeout=0.01)


async def test_a_driver_that_leaves_a_cancellation_behind_leaves_it_to_itself():
    """As one does whose own time is over together with ours; the asker would be struck by it at its next step."""
    guard = guards(Time(), store_timeout_seconds=0.05)["graph"]

    async def confused():
        asyncio.current_task().cancel()
        raise StoreUnavailable("graph", "write timed out")

    async def asked():
        with pytest.raises(StoreUnavailable):
            await guard.call(confused)
        await asyncio.sleep(0.01)
        return "went on"

    assert await asyncio.create_task(asked()) == "went on"


async def test_a_driver_that_ends_itself_is_a_store_that_did_not_answer():
    async def gone():
        asyncio.current_task().cancel()
        await asyncio.sleep(1)

    with pytest.raises(StoreTimeout):
        await guards(Time())["graph"].call(gone)


async def test_who_is_told_that_time_is_over_does_not_wait_for_a_driver_that_will_not_let_go():
    async def stubborn():
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            await asyncio.sleep(5)

    began = time.monotonic()
    with pytest.raises(StoreTimeout):
        await guards(Time(), store_timeout_seconds=0.05)["graph"].call(stubborn)
    assert time.monotonic() - began < 1


async def test_a_breaker_opens_after_five_failures_in_a_row_and_then_nobody_is_asked():
    guard, asked = guards(Time())["policy"], []
    await fail_times(guard, 4)
    await guard.call(ok)
    await fail_times(guard, 4)
    assert guard.breaker.state == "closed"
    await fail_times(guard, 1)
    assert guard.breaker.state == "open" and guard.refuses
    with pytest.raises(CircuitOpen):
        await guard.call(lambda: asked.append(1))
    assert not asked


async def test_after_its_time_one_probe_goes_through_and_closes_the_breaker():
    time = Time()
    guard = guards(time)["policy"]
    await fail_times(guard, 5)
    time.now += 59
    with pytest.raises(CircuitOpen):
        await guard.call(ok)
    time.now += 2
    gate = asyncio.Event()

    async def waits():
        await gate.wait()
        return "back"

    probe = asyncio.create_task(guard.call(waits))
    await asyncio.sleep(0)
    assert guard.breaker.state == "half_open"
    with pytest.raises(CircuitOpen):
        await guard.call(ok)
    gate.set()
    assert await probe == "back"
    assert guard.breaker.state == "closed"


async def test_who_is_refused_is_told_when_the_store_will_be_asked_again():
    time = Time()
    guard = guards(time, query_timeout_seconds=8, breaker_reset_seconds=60)["policy"]
    await fail_times(guard, 4)
    assert guard.again_in == 5, "the next call would ask"
    await fail_times(guard, 1)
    assert guard.again_in == 60
    time.now += 17.5
    assert guard.again_in == 43, "rounded up"
    with pytest.raises(CircuitOpen) as refused:
        await guard.call(ok)
    assert refused.value.extra["retry_after"] == 43
    time.now += 42.4
    assert guard.again_in == 1
    time.now += 0.1
    probe = guard.breaker.admit()
    time.now += 2
    assert guard.again_in == 6, "the one call that tries it has six more seconds"
    guard.breaker.succeeded(probe)
    assert guard.again_in == 5


async def test_the_call_that_may_close_a_breaker_is_given_more_time_than_others():
    time = Time()
    everyone = guards(time, query_timeout_seconds=8, breaker_reset_seconds=60)
    run = Run("r", 1, None, None, settings(query_timeout_seconds=8), everyone, clock=Clock(monotonic=time))
    assert run.patience("semantic") == 2.0
    await fail_times(everyone["semantic"], 5, StoreUnavailable("semantic", "no"))
    assert everyone["semantic"].testing and run.patience("semantic") == 8.0
    run.deadline = time.now + 10
    assert run.patience("semantic") == 5.0, "the policy still has its time"


async def test_a_probe_that_fails_opens_the_breaker_for_its_whole_time_again():
    time = Time()
    guard = guards(time)["semantic"]
    await fail_times(guard, 5, StoreUnavailable("semantic", "no"))
    time.now += 61
    await fail_times(guard, 1, StoreUnavailable("semantic", "no"))
    time.now += 59
    assert guard.breaker.state == "open" and guard.refuses


async def test_a_probe_that_never_reports_gives_its_place_to_another():
    time = Time()
    guard = guards(time, query_timeout_seconds=8)["policy"]
    await fail_times(guard, 5)
    time.now += 61
    lost = guard.breaker.admit()
    assert guard.refuses
    time.now += 9
    assert await guard.call(ok) == "answer"
    guard.breaker.failed(lost, DOWN)
    assert guard.breaker.state == "closed"


async def test_a_cancelled_probe_frees_its_place_and_counts_as_nothing():
    time = Time()
    guard = guards(time)["policy"]
    await fail_times(guard, 5)
    time.now += 61
    probe = asyncio.create_task(guard.call(slow))
    await asyncio.sleep(0)
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert guard.breaker.state == "half_open"
    assert await guard.call(ok) == "answer"


async def test_a_rejected_query_does_not_count_against_the_store():
    guard = guards(Time())["policy"]
    await fail_times(guard, 9, StoreRejected("policy", "not understood"))
    assert guard.breaker.state == "closed"


async def test_a_call_that_had_hardly_any_time_proves_nothing():
    guard = guards(Time(), store_timeout_seconds=2)["policy"]
    for _ in range(6):
        with pytest.raises(StoreTimeout):
            await guard.call(slow, timeout=0.001)
    assert guard.breaker.state == "closed"


async def test_late_failures_of_before_do_not_reopen_a_breaker():
    time = Time()
    guard = guards(time)["policy"]
    early = guard.breaker.admit()
    await fail_times(guard, 5)
    time.now += 61
    guard.breaker.admit()
    guard.breaker.failed(early, DOWN)
    assert guard.breaker.state == "half_open"


async def test_transitions_are_counted_and_shown():
    before = value(metrics.BREAKER_TRANSITIONS, "opa", "open")
    time = Time()
    guard = guards(time)["policy"]
    await fail_times(guard, 5)
    assert value(metrics.BREAKER_TRANSITIONS, "opa", "open") == before + 1
    assert metrics.BREAKER_STATE.labels("opa")._value.get() == 2
    time.now += 61
    await guard.call(ok)
    assert metrics.BREAKER_STATE.labels("opa")._value.get() == 0


async def test_a_store_given_up_on_is_skipped_until_its_memory_fades():
    time = Time()
    guard = guards(time, down_memory_seconds=5)["graph"]
    guard.given_up(StoreUnavailable("graph", "no"))
    with pytest.raises(StoreKnownDown):
        await guard.call(ok)
    time.now += 5.1
    assert await guard.call(ok) == "answer"


async def test_a_probe_in_the_background_finds_the_stores_return():
    answers = asyncio.Event()
    asked = []

    async def ping():
        asked.append(1)
        if not answers.is_set():
            raise StoreUnavailable("vector", "no")

    everyone = Guards.build(settings(down_memory_seconds=0.05), {"vector": ping}, asyncio.get_running_loop().time)
    guard = everyone["vector"]
    guard.given_up(StoreUnavailable("vector", "no"))
    while len(asked) < 12:
        assert guard.known_down
        await asyncio.sleep(0.01)
    answers.set()
    async with asyncio.timeout(5):
        while guard.known_down:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert await guard.call(ok) == "answer"
    await everyone.close()


async def test_an_answer_ends_the_memory_also_of_a_probe_that_was_asked_before_it_and_is_not_heard():
    asked = asyncio.Event()

    async def ping():
        asked.set()
        await asyncio.sleep(30)

    changes = {"down_memory_seconds": 0.5, "store_timeout_seconds": 0.2}
    everyone = Guards.build(settings(**changes), {"registry": ping}, asyncio.get_running_loop().time)
    guard = everyone["registry"]
    under_way = asyncio.Event()

    async def waits():
        await under_way.wait()
        return "answer"

    earlier = asyncio.create_task(guard.call(waits, timeout=30))
    await asyncio.sleep(0)
    guard.given_up(StoreUnavailable("registry", "no"))
    await asked.wait()
    under_way.set()
    assert await earlier == "answer" and not guard.known_down
    await asyncio.sleep(0.3)
    assert not guard.known_down
    await everyone.close()


async def test_a_store_is_not_known_to_be_down_that_has_answered_others_since_it_was_asked():
    time = Time()
    guard = guards(time)["registry"]
    gate = asyncio.Event()

    async def late():
        await gate.wait()
        raise StoreUnavailable("registry", "reset")

    failing_one = asyncio.create_task(guard.call(late))
    await asyncio.sleep(0)
    time.now += 1
    await guard.call(ok)
    gate.set()
    with pytest.raises(StoreUnavailable) as failed:
        await failing_one
    guard.given_up(failed.value)
    assert not guard.known_down
    time.now += 1
    with pytest.raises(StoreUnavailable) as failed:
        await guard.call(failing(StoreUnavailable("registry", "refused")))
    guard.given_up(failed.value)
    assert guard.known_down


async def test_who_asks_a_store_that_nothing_stands_in_for_has_it_looked_for_once_for_all_who_ask_now():
    looked, back = [], asyncio.Event()

    async def ping():
        looked.append(1)
        await asyncio.sleep(0.01)
        if not back.is_set():
            raise StoreUnavailable("registry", "no")

    everyone = Guards.build(settings(down_memory_seconds=60), {"registry": ping}, asyncio.get_running_loop().time)
    guard = everyone["registry"]
    guard.given_up(StoreUnavailable("registry", "no"))
    refused = await asyncio.gather(*(guard.call(ok) for _ in range(5)), return_exceptions=True)
    assert {type(error) for error in refused} == {StoreKnownDown} and len(looked) == 1
    back.set()
    assert await asyncio.gather(*(guard.call(ok) for _ in range(5))) == ["answer"] * 5 and len(looked) == 2
    await everyone.close()


async def test_nobody_waits_long_for_such_a_look():
    everyone = Guards.build(settings(), {"registry": slow}, asyncio.get_running_loop().time)
    guard = everyone["registry"]
    guard.given_up(StoreUnavailable("registry", "no"))
    began = time.monotonic()
    with pytest.raises(StoreKnownDown):
        await guard.call(ok)
    assert time.monotonic() - began < 1
    await everyone.close()


def test_waits_grow_with_jitter_between_the_first_and_the_longest():
    backoff, source = Backoff(1, 10), random.Random(7)
    waits = [[backoff.wait(retry, source) for _ in range(200)] for retry in range(5)]
    assert all(1 <= wait <= 10 for row in waits for wait in row)
    assert all(2**n <= wait <= 2**n * 1.5 for n in range(3) for wait in waits[n])
    assert len(set(waits[0])) > 100


def test_a_wait_that_does_not_fit_the_allowance_is_not_begun_and_costs_nothing():
    allowance = RetryAllowance(5)
    assert allowance.take(3) and not allowance.take(2.5) and allowance.take(2)
    assert allowance.spent == 5
