"""The whole platform over REST, in the words of whatever pack it was started with, and plain SQL beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tests.support.enterprise import Enterprise, another_api
from tests.support.renamed import Renaming
from tests.support.rest import Rest, client_of


@pytest.fixture(scope="session")
def words(enterprise: Enterprise) -> Renaming:
    """The demo's words → those of the pack under test."""
    return enterprise.words


@pytest.fixture(scope="session")
def without_policy(enterprise: Enterprise, rest: Rest) -> Iterator[Rest]:
    """An API whose policy engine is not there."""
    with another_api(enterprise, ECP_OPA_URL="http://127.0.0.1:1") as url, client_of(url) as client:
        yield Rest(client, enterprise.words)


@pytest.fixture(scope="session")
def without_semantics(enterprise: Enterprise, rest: Rest) -> Iterator[Rest]:
    """An API whose semantic layer is not there, nor the orchestrator."""
    nowhere = {"ECP_CUBE_URL": "http://127.0.0.1:1", "PREFECT_API_URL": "http://127.0.0.1:1/api"}
    with another_api(enterprise, **nowhere) as url, client_of(url) as client:
        yield Rest(client, enterprise.words)


@pytest.fixture(scope="session")
def without_registry(enterprise: Enterprise, rest: Rest) -> Iterator[Rest]:
    """An API whose registry is not there, nor the orchestrator."""
    nowhere = {"ECP_POSTGRES_DSN": "postgresql://ecp@127.0.0.1:1/ecp", "PREFECT_API_URL": "http://127.0.0.1:1/api"}
    with another_api(enterprise, **nowhere) as url, client_of(url) as client:
        yield Rest(client, enterprise.words)


@pytest.fixture(scope="session")
def warehouse(enterprise: Enterprise) -> Iterator[Callable[..., Any]]:
    """The one value that plain SQL, written in the demo's words, answers on the documented tables."""
    with psycopg.connect(enterprise.admin, autocommit=True) as connection:

        def value(query: str, *codes: str) -> Any:
            renamed = [enterprise.words.text(code) for code in codes]
            text = enterprise.words.text(query).replace(":codes", ", ".join(f"'{code}'" for code in renamed))
            row = connection.execute(text).fetchone()  # type: ignore[arg-type]
            assert row is not None
            return row[0]

        yield value


@pytest.fixture(scope="session")
def registry(enterprise: Enterprise) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(enterprise.registry, autocommit=True) as connection:
        yield connection
