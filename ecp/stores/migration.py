"""Brings the registry's schema to a revision, forward or back."""

from __future__ import annotations

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ecp.stores.postgres_errors import translated

MIGRATIONS = Path(__file__).parents[2] / "deployments" / "migrations"
_LOCK = 7_305_001


def migrate(dsn: str, target: str = "head", *, folder: Path = MIGRATIONS) -> str | None:
    """Migrates the database to `target` (`head`, `base` or a revision) and answers where it stands.

    Concurrent calls wait for each other. The DSN's user owns the schema. Raises StoreError.
    """
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return _migrate(connection, config, target)
    except DBAPIError as error:
        raise translated("registry", error.orig if isinstance(error.orig, psycopg.Error) else error) from error


def _migrate(connection: Connection, config: Config, target: str) -> str | None:
    connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": _LOCK})
    connection.commit()
    config.attributes["connection"] = connection
    if _is_behind(target, standing(connection), ScriptDirectory.from_config(config)):
        command.downgrade(config, target)
    else:
        command.upgrade(config, target)
    connection.commit()
    return standing(connection)


def standing(connection: Connection) -> str | None:
    """The revision of the database, None when it has no schema of ours."""
    if connection.scalar(text("select to_regclass('ecp_schema_version')")) is None:
        return None
    found = connection.scalar(text("select version_num from ecp_schema_version"))
    return str(found) if found else None


def _is_behind(target: str, present: str | None, scripts: ScriptDirectory) -> bool:
    if target == "base":
        return True
    if target == "head" or present is None:
        return False
    return target != present and target in {s.revision for s in scripts.iterate_revisions(present, "base")}
