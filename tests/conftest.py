"""The suite's options, and one platform for the session."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ecp.platform.plan import Stores
from ecp.settings import Settings
from tests.support.platform import running_platform

KEPT = {"ECP_SERVERS_DIR"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--stores", choices=("embedded", "server"), default="embedded")
    parser.addoption("--pack", choices=("demo", "renamed"), default="demo")
    parser.addoption("--seed", type=int, default=0, help="of the renamed pack")


def pytest_configure(config: pytest.Config) -> None:
    """The user's own platform must not become the tests'."""
    config.addinivalue_line("markers", "needs_servers: runs with --stores=server only, and is not listed without")
    for name in list(os.environ):
        if (name.startswith("ECP_") and name not in KEPT) or name == "PREFECT_API_URL":
            del os.environ[name]


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
