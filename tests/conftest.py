"""The suite's options, and one platform for the session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecp.platform.plan import Stores
from ecp.settings import Settings
from tests.support.enterprise import Enterprise, attached_enterprise, running_enterprise, wait_until_live
from tests.support.platform import STORES, running_platform
from tests.support.rest import Rest, client_of
from tests.support.worker import Worker

KEPT = {"ECP_SERVERS_DIR"}
ALLOWED_SKIPS = Path(__file__).parent / "allowed_skips.txt"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--stores", choices=("embedded", "server"), default="embedded")
    parser.addoption("--pack", choices=("demo", "renamed"), default="demo")
    parser.addoption("--faults", choices=("some", "all"), default="some", help="of the fault matrix")
    parser.addoption("--seed", type=int, default=0, help="of the renamed pack")


def pytest_configure(config: pytest.Config) -> None:
    """The user's own platform must not become the tests'."""
    config.addinivalue_line("markers", "needs_servers: runs with --stores=server only, and is not listed without")
    for name in list(os.environ):
        if (name.startswith("ECP_") and name not in KEPT) or name == "PREFECT_API_URL":
            del os.environ[name]
    os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"  # as the API runs it
    os.environ["ECP_WATCHES_AT_ONCE"] = "0"  # tests run watches themselves, when they say that it is time


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects, and does not skip: a skipped test is one that should have run."""
    if config.getoption("--stores") == "server":
        return
    elsewhere = [item for item in items if item.get_closest_marker("needs_servers")]
    items[:] = [item for item in items if item not in elsewhere]
    config.hook.pytest_deselected(items=elsewhere)


@pytest.fixture(scope="session")
def stores_mode(request: pytest.FixtureRequest) -> Stores:
    """embedded: the stores that come in wheels; server: the real ones."""
    mode: Stores = request.config.getoption("--stores")
    return mode


@pytest.fixture(scope="session")
def platform_settings(stores_mode: Stores) -> Iterator[Settings]:
    """Settings of running stores: Postgres and graph, and Cube and OPA in server mode; all of them empty."""
    with running_platform(stores_mode) as settings:
        yield settings


@pytest.fixture(scope="session")
def enterprise(request: pytest.FixtureRequest, stores_mode: Stores) -> Iterator[Enterprise]:
    """Stores with the pack in them; where a test of this session wants the API or a worker, those and Prefect are
    starting too.

    `TEST_ENTERPRISE` names one that runs already.
    """
    if running := os.environ.get("TEST_ENTERPRISE"):
        yield attached_enterprise(running)
        return
    wanted = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    served = ("prefect", "api") if "rest" in wanted else ()
    worked = ("prefect", "worker") if "worker" in wanted else ()
    parts = (*STORES[stores_mode], *served, *worked)
    pack, seed = request.config.getoption("--pack"), request.config.getoption("--seed")
    with running_enterprise(stores_mode, parts, pack, seed) as started:
        yield started


@pytest.fixture(scope="session")
def rest(enterprise: Enterprise) -> Iterator[Rest]:
    """The API of the platform. Prefect may still be starting: nothing here waits for it."""
    wait_until_live(enterprise.api_url, enterprise.platform.layout.log("api"))
    with client_of(enterprise.api_url) as client:
        yield Rest(client, enterprise.words)


@pytest.fixture(scope="session")
def worker(enterprise: Enterprise) -> Worker:
    """The worker of the platform, once everything is deployed."""
    assert enterprise.settings.prefect_api_url
    states = {part.name: part.state for part in enterprise.platform.status()}
    for part in ("prefect", "worker"):  # a test may have stopped one of them
        if states[part] not in ("running", "starting"):
            enterprise.platform.start(part, lambda line: None)
    found = Worker(enterprise.settings.prefect_api_url)
    found.wait_until_deployed()
    return found


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A test that could not run fails the suite, unless it is listed by name."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = [report.nodeid for report in reporter.stats.get("skipped", [])] if reporter else []
    allowed = {line.split("#")[0].strip() for line in ALLOWED_SKIPS.read_text().splitlines()}
    unlisted = [nodeid for nodeid in skipped if nodeid not in allowed]
    if unlisted and session.exitstatus == 0:
        reporter.write_line(f"not run, and not in {ALLOWED_SKIPS.name}: {', '.join(unlisted)}", red=True)
        session.exitstatus = 1
