"""Postgres for the store tests: databases of their own on the session's server, made by the migrations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from psycopg.conninfo import make_conninfo

from ecp.settings import Settings
from ecp.stores.embeddings import WordLlamaEmbedder
from ecp.stores.migration import migrate
from ecp.stores.postgres import Pool, open_pool
from ecp.stores.registry import PostgresRegistry
from ecp.stores.vector import PgVectorStore

MakeDatabase = Callable[[], str]


def superuser_dsn(home: Path) -> str:
    """Over the socket that the server of this home wrote down."""
    lines = (home / "postgres" / "postmaster.pid").read_text().splitlines()
    return make_conninfo("", user="postgres", dbname="postgres", host=lines[4], port=lines[3])


@pytest.fixture(scope="session")
def make_database(platform_settings: Settings) -> MakeDatabase:
    """A new, empty database that belongs to the role that owns the registry's."""
    assert platform_settings.postgres_dsn is not None
    configured = platform_settings.postgres_dsn.get_secret_value()
    numbers = count(1)

    def make() -> str:
        name = f"stores_test_{next(numbers)}"
        superuser = superuser_dsn(platform_settings.home)
        with psycopg.connect(superuser, autocommit=True) as admin:
            admin.execute(f"create database {name} owner ecp_owner")
        with psycopg.connect(superuser, dbname=name, autocommit=True) as admin:
            admin.execute("create extension vector; create extension pg_trgm")
        return make_conninfo(configured, dbname=name)

    return make


@pytest.fixture(scope="module")
def registry_dsn(make_database: MakeDatabase) -> str:
    """The owner's DSN of a migrated database, one for each module."""
    dsn = make_database()
    migrate(dsn)
    return dsn


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pool(registry_dsn: str) -> AsyncIterator[Pool]:
    made = open_pool(registry_dsn, max_size=6, timeout=5)
    yield made
    await made.close()


@pytest.fixture(scope="session")
def embedder() -> WordLlamaEmbedder:
    return WordLlamaEmbedder()


@pytest.fixture
def registry(pool: Pool, embedder: WordLlamaEmbedder) -> PostgresRegistry:
    return PostgresRegistry(pool, embedder, timeout=5)


@pytest.fixture
def vectors(pool: Pool, embedder: WordLlamaEmbedder) -> PgVectorStore:
    return PgVectorStore(pool, embedder, timeout=5)
