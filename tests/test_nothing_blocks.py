"""Nothing holds up the loop that flows run on, and a process makes its clients and pools once."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import time
from collections import Counter

import httpx
import neo4j
import pytest
from prefect.client.orchestration import PrefectClient
from psycopg_pool import AsyncConnectionPool

from ecp.domain.assets import Metric
from tests.support.blocking import watched
from tests.support.counter import open_counter
from tests.support.enterprise import load

ASKED = ("What was APAC revenue last quarter?", "What does churn mean?", "Where does revenue come from?")
FINANCE = {"department": "finance", "role": "analyst"}
MADE_ONCE = (httpx.AsyncClient, AsyncConnectionPool, PrefectClient, neo4j.AsyncDriver)


async def is_busy():
    ends = time.thread_time() + 0.5
    while time.thread_time() < ends:
        pass


async def looks_up():
    socket.getaddrinfo("127.0.0.1", 80)


async def reads():
    open(__file__).close()  # noqa: ASYNC230


async def waits_its_turn():
    await asyncio.sleep(0.01)
    await asyncio.to_thread(time.sleep, 0.01)


def blocked_by(make):
    with watched() as found:
        thread = threading.Thread(target=lambda: asyncio.run(make()))
        thread.start()
        thread.join()
    return found


@pytest.mark.parametrize("make", [is_busy, looks_up, reads])
def test_what_blocks_is_seen(make):
    assert blocked_by(make)


def test_what_waits_as_it_should_is_not():
    assert not blocked_by(waits_its_turn)


def made():
    return Counter(type(o).__name__ for o in gc.get_objects() if isinstance(o, MADE_ONCE))


@pytest.fixture(scope="module")
async def counter(enterprise):
    with watched() as found:
        async with open_counter(enterprise.settings, enterprise.words) as counter:
            for question in ASKED:  # what is read once, when a process begins
                await counter.ask(question, FINANCE, execute=question == ASKED[0])
            found.clear()
            yield counter, found


@pytest.fixture
def as_published(enterprise):
    """Afterwards the graph knows the newest version of the registry again."""
    yield
    load(enterprise.settings, enterprise.pack)


async def test_questions_hold_up_nobody_nor_does_a_registry_version_that_is_new(counter, as_published):
    counter, found = counter
    news = Metric(id="held_up", name="Held up", definition=str(time.time()))
    await counter.on_loop(lambda s: s.registry.publish([news], note="tests"))
    for question in ASKED:
        await counter.ask(question, FINANCE, execute=question == ASKED[0], fresh=True)
        await counter.ask(question, FINANCE)
    assert found == []


async def test_no_question_makes_a_client_or_a_pool(counter):
    counter, _ = counter
    before = made()
    await asyncio.gather(*(counter.ask(question, FINANCE, fresh=True) for question in ASKED * 2))
    assert made() == before and before["AsyncConnectionPool"] <= 2
