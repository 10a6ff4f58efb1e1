"""The front on a real server, over the service in memory."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import httpx
import pytest
import structlog

from ecp.settings import Settings
from tests.support.service import InMemoryService, serving


@pytest.fixture(scope="session")
def api_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return Settings(home=home, env="prod", _env_file=None)  # type: ignore[call-arg]


@pytest.fixture(scope="session")
def service() -> InMemoryService:
    return InMemoryService()


@pytest.fixture(scope="session")
def base_url(service: InMemoryService, api_settings: Settings) -> Iterator[str]:
    handlers, level = list(logging.getLogger().handlers), logging.getLogger().level
    with serving(service, api_settings) as url:
        yield url
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def client(base_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base_url, trust_env=False) as client:
        yield client
