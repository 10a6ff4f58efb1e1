"""One service for all tests, every store of it behind a switch."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.counter import Counter, Switched, open_counter
from tests.support.enterprise import Enterprise

SWITCHED = ("registry", "graph", "vector", "semantic", "policy")


@pytest.fixture(scope="session")
def switches() -> dict[str, Switched]:
    return {}


@pytest.fixture(scope="session")
async def serving(enterprise: Enterprise, switches: dict[str, Switched]) -> AsyncIterator[Counter]:
    def behind_switches(stores) -> dict[str, Switched]:
        switches.update({name: Switched(getattr(stores, name)) for name in SWITCHED})
        return switches

    async with open_counter(enterprise.settings, enterprise.words, behind_switches) as counter:
        yield counter


@pytest.fixture
def counter(serving: Counter, switches: dict[str, Switched]) -> Iterator[Counter]:
    """As it is when everything is there."""
    yield serving
    for switch in switches.values():
        switch.instead.clear()
    serving.runtime._loop.call_soon_threadsafe(serving.tracker.gate.set)
