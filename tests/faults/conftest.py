"""Real servers, an orchestrator and a fault proxy; every cell asked for is observed once, side by side."""

from __future__ import annotations

import io
import json
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import structlog
from prefect.client.orchestration import PrefectClient

from api.runtime import Runtime
from api.services.platform import REST
from api.tracking.environment import prepare
from api.tracking.tracker import Tracker
from ecp.telemetry import logs, metrics
from ecp.wiring import open_stores
from flows.resolve import resolve
from tests.faults.bench import Bench, Observed, nothing, patient
from tests.faults.cells import Cell
from tests.support.enterprise import Enterprise, attached_enterprise, running_enterprise
from tests.support.platform import STORES
from tests.support.toxiproxy import Toxiproxy, running_toxiproxy
from tests.tracking.conftest import Recorded

READY_SECONDS = 240


@dataclass
class Seen:
    """What all the cells came to, the log lines by resolution, and how often the metrics say that was degraded."""

    whole: Observed
    cells: dict[Cell, Observed | BaseException]
    lines: list[dict[str, Any]]
    degraded: dict[str, float]

    def events(self, observed: Observed, event: str) -> list[dict[str, Any]]:
        wanted = observed.run.resolution_id
        return [line for line in self.lines if line["event"] == event and line.get("resolution_id") == wanted]


@pytest.fixture(scope="session")
def enterprise(request: pytest.FixtureRequest) -> Iterator[Enterprise]:
    if running := os.environ.get("TEST_ENTERPRISE"):
        yield attached_enterprise(running)
        return
    pack, seed = request.config.getoption("--pack"), request.config.getoption("--seed")
    with running_enterprise("server", (*STORES["server"], "prefect"), pack, seed) as started:
        yield started


@pytest.fixture(scope="session")
def toxiproxy_url() -> Iterator[str]:
    with running_toxiproxy() as url:
        yield url


@pytest.fixture(scope="session")
async def runtime(enterprise: Enterprise) -> AsyncIterator[Runtime[None]]:
    """The flow loop of an API, tracked in full."""
    prepare(enterprise.settings)
    runtime = Runtime(nothing, lambda: Tracker(enterprise.settings, resolve, REST))
    await runtime.start()
    await runtime.call(runtime.tracker.wait_ready)
    yield runtime
    await runtime.stop()


@pytest.fixture(scope="session")
def written() -> Iterator[io.StringIO]:
    """Every log line of the session, as production writes them."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    logs.configure(env="prod", level="INFO", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
async def seen(
    request: pytest.FixtureRequest,
    enterprise: Enterprise,
    runtime: Runtime[None],
    toxiproxy_url: str,
    written: io.StringIO,
) -> Seen:
    """Observes the cells of every test of this session that has one."""
    wanted = {item.callspec.params["cell"] for item in request.session.items if "cell" in parameters(item)}
    before = degradations()

    async def observe() -> tuple[Observed, dict[Cell, Observed | BaseException]]:
        toxiproxy = Toxiproxy(toxiproxy_url)
        try:
            async with open_stores(patient(enterprise)) as whole:
                bench = Bench(enterprise, runtime, toxiproxy, whole)
                return await bench.whole(), await bench.observe_all(sorted(wanted, key=str))
        finally:
            await toxiproxy.close()

    whole, cells = await runtime.call(observe)
    after = degradations()
    lines = [json.loads(line) for line in written.getvalue().splitlines() if line.startswith("{")]
    return Seen(whole, cells, lines, {name: after[name] - before[name] for name in after})


def parameters(item: Any) -> dict[str, Any]:
    callspec = getattr(item, "callspec", None)
    return callspec.params if callspec else {}


def degradations() -> dict[str, float]:
    return {name: metrics.DEGRADATIONS.labels(name)._value.get() for name in metrics.COMPONENTS}


@pytest.fixture(scope="session")
async def recorded(enterprise: Enterprise, runtime: Runtime[None]) -> AsyncIterator[Recorded]:
    """What the orchestrator knows of the runs."""
    async with PrefectClient(enterprise.settings.prefect_api_url) as client:
        yield Recorded(client)


@pytest.fixture(scope="session")
def audit(enterprise: Enterprise) -> Iterator[Callable[[str], list[str]]]:
    """The statuses in the audit records of a resolution."""
    with psycopg.connect(enterprise.registry, autocommit=True) as connection:

        def statuses(resolution_id: str) -> list[str]:
            query = "select status from audit where resolution_id = %s order by seq"
            return [row[0] for row in connection.execute(query, (resolution_id,))]

        yield statuses
