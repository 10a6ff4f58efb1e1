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


def pytest_configure() -> None:
    """The user's own platform must not become the tests'."""
    for name in list(os.environ):
        if (name.startswith("ECP_") and name not in KEPT) or name == "PREFECT_API_URL":
            del os.environ[name]


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
