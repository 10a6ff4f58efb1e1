"""The databases, roles and rights that every other part takes for granted."""

from __future__ import annotations

import psycopg
import pytest

from ecp.settings import Settings


def dsn(settings: Settings, name: str) -> str:
    secret = getattr(settings, name)
    assert secret is not None
    value: str = secret.get_secret_value()
    return value


def test_the_registry_has_its_extensions(platform_settings: Settings) -> None:
    with psycopg.connect(dsn(platform_settings, "postgres_dsn")) as connection:
        rows = connection.execute("SELECT extname FROM pg_extension").fetchall()
    assert {"vector", "pg_trgm"} <= {name for (name,) in rows}


def test_the_reader_sees_tables_made_later_and_writes_nothing(platform_settings: Settings) -> None:
    with psycopg.connect(dsn(platform_settings, "warehouse_admin")) as admin:
        admin.execute("CREATE SCHEMA later")
        admin.execute("CREATE TABLE later.facts AS SELECT 7 AS n")
        admin.commit()
        try:
            with psycopg.connect(dsn(platform_settings, "warehouse"), autocommit=True) as reader:
                assert reader.execute("SELECT n FROM later.facts").fetchone() == (7,)
                with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                    reader.execute("DELETE FROM later.facts")
                reader.execute("SET default_transaction_read_only = off")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    reader.execute("DELETE FROM later.facts")
        finally:
            admin.execute("DROP SCHEMA later CASCADE")


def test_the_reader_has_a_statement_timeout(platform_settings: Settings) -> None:
    with psycopg.connect(dsn(platform_settings, "warehouse")) as reader:
        row = reader.execute("SHOW statement_timeout").fetchone()
    assert row == ("8s",)


def test_the_reader_cannot_enter_the_registry(platform_settings: Settings) -> None:
    registry = dsn(platform_settings, "warehouse").replace("/warehouse", "/ecp")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(registry)
