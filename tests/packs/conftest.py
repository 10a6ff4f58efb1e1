"""A warehouse of the packs' own: Postgres alone, and each test that asks for one gets an empty database."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.support.platform import running_platform

NewDatabase = Callable[[], str]


@pytest.fixture(scope="session")
def superuser() -> Iterator[str]:
    """DSN of a server's superuser."""
    with running_platform(parts=("postgres",)) as settings:
        assert settings.warehouse_admin is not None
        yield make_conninfo(settings.warehouse_admin.get_secret_value(), user="postgres", dbname="postgres")


@pytest.fixture(scope="session")
def new_database(superuser: str) -> NewDatabase:
    """Makes an empty database and answers the DSN of its owner, who is nobody special."""
    numbers = itertools.count()

    def make() -> str:
        name = f"warehouse_{next(numbers)}"
        with psycopg.connect(superuser, autocommit=True) as connection:
            for statement in ("create role {} login", "create database {} owner {}"):
                names = [sql.Identifier(name)] * statement.count("{}")
                connection.execute(sql.SQL(statement).format(*names))
        return make_conninfo(superuser, user=name, dbname=name)

    return make
