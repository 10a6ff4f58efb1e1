"""A warehouse of the packs' own: Postgres alone, and each test that asks for one gets an empty database."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ecp.settings import Settings
from tests.support.platform import running_platform

NewDatabase = Callable[[], str]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Settings]:
    with running_platform(parts=("postgres",)) as settings:
        yield settings


@pytest.fixture(scope="session")
def new_database(postgres: Settings) -> NewDatabase:
    """Makes an empty database and answers the DSN of its owner."""
    assert postgres.warehouse_admin is not None
    admin = postgres.warehouse_admin.get_secret_value()
    numbers = itertools.count()

    def make() -> str:
        name = f"warehouse_{next(numbers)}"
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return make_conninfo(admin, dbname=name)

    return make
