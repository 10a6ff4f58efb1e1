"""The schema goes forward and back, and only once at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from ecp.errors import StoreError, StoreUnavailable
from ecp.stores.migration import migrate

TABLES = "select table_name from information_schema.tables where table_schema = 'public' order by 1"
INDEXES = "select indexdef from pg_indexes where schemaname = 'public' order by 1"
RIGHTS = "select table_name, privilege_type from information_schema.role_table_grants where grantee = 'ecp_app'"


def schema_of(dsn: str) -> tuple[list[tuple[str]], list[tuple[str]], set[tuple[str, str]]]:
    with psycopg.connect(dsn) as connection:
        return (
            connection.execute(TABLES).fetchall(),
            connection.execute(INDEXES).fetchall(),
            set(connection.execute(RIGHTS).fetchall()),
        )


def test_up_down_and_up_again_end_in_the_same_schema(make_database) -> None:
    dsn = make_database()
    assert migrate(dsn) == migrate(dsn)
    first = schema_of(dsn)
    assert migrate(dsn, "base") is None
    assert schema_of(dsn)[0] == [("ecp_schema_version",)]
    migrate(dsn)
    assert schema_of(dsn) == first


def test_every_revision_can_be_stood_on(make_database) -> None:
    dsn = make_database()
    for target in ("0001", "0002", "0003", "0005", "0006", "0007", "0002", "0001", "0007"):
        assert migrate(dsn, target) == target


def test_going_back_leaves_another_database_its_role(make_database) -> None:
    left, right = make_database(), make_database()
    migrate(left)
    migrate(right)
    migrate(left, "base")
    assert schema_of(right)[2]


def test_two_migrations_at_once_do_the_work_once(make_database) -> None:
    dsn = make_database()
    with ThreadPoolExecutor(3) as workers:
        assert len(set(workers.map(migrate, [dsn] * 3))) == 1


def test_the_application_may_add_to_the_audit_trail_and_nothing_else(registry_dsn: str) -> None:
    rights = schema_of(registry_dsn)[2]
    assert {right for table, right in rights if table == "audit"} == {"SELECT", "INSERT"}
    assert {right for table, right in rights if table == "registry_versions"} == {"SELECT", "INSERT"}


def test_a_database_that_is_down_is_a_store_that_is_unavailable() -> None:
    with pytest.raises(StoreUnavailable) as raised:
        migrate("postgresql://nobody@127.0.0.1:9/none?connect_timeout=2")
    assert isinstance(raised.value, StoreError)
    assert "127.0.0.1" not in raised.value.detail
