"""Runs a pack's SQL on the warehouse, in one transaction, and lets the read-only role see what it made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from ecp.errors import StoreUnavailable
from ecp.packs.errors import Problem, invalid

CONNECT_SECONDS = 10
# Any number will do, as long as two imports take the same.
ONE_LOAD_AT_A_TIME = 7_146_203_118

_FOREIGN_SCHEMAS = """
select nspname from pg_namespace
where nspname !~ '^pg_' and nspname <> 'information_schema' and pg_get_userbyid(nspowner) = current_user
"""


def load_warehouse(
    folder: Path, dsn: str, *, seed: str, today: date, reader: str | None, progress: Callable[[str], None]
) -> int:
    """Runs `*.sql` of a folder in the order of their names; answers how many files.

    SQL reads its parameters with `current_setting('ecp.seed')` and `current_setting('ecp.today')`. `reader` is the
    DSN of the role that is granted SELECT. Raises `StoreUnavailable` when there is no connection and
    `PackInvalid` when a statement fails; nothing is kept then.
    """
    scripts = _scripts(folder)
    try:
        connection = psycopg.connect(dsn, connect_timeout=CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        raise StoreUnavailable("semantic", "the warehouse does not accept connections") from error
    with connection:
        _set_up(connection, seed, today)
        for script in scripts:
            progress(f"warehouse: {script.name}")
            _run(connection, script, folder)
        _grant(connection, reader)
    return len(scripts)


def _scripts(folder: Path) -> list[Path]:
    scripts = sorted(p for p in folder.glob("*.sql") if not p.name.startswith("."))
    links = [_fault(folder, p, None, "symbolic links are not followed") for p in scripts if p.is_symlink()]
    if links:
        raise invalid(links)
    return scripts


def _set_up(connection: psycopg.Connection[tuple[object, ...]], seed: str, today: date) -> None:
    connection.execute("select pg_advisory_xact_lock(%s)", (ONE_LOAD_AT_A_TIME,))
    for name, value in (("ecp.seed", seed), ("ecp.today", today.isoformat()), ("timezone", "UTC")):
        connection.execute("select set_config(%s, %s, true)", (name, value))


def _run(connection: psycopg.Connection[tuple[object, ...]], script: Path, folder: Path) -> None:
    text = script.read_text(encoding="utf-8")
    try:
        connection.execute(text.encode())
    except psycopg.Error as error:
        position = int(error.diag.statement_position or 0)
        line = text.count("\n", 0, position) + 1 if position else None
        raise invalid([_fault(folder, script, line, error.diag.message_primary or "failed")]) from error


def _fault(folder: Path, script: Path, line: int | None, message: str) -> Problem:
    return Problem(file=f"{folder.name}/{script.name}", line=line, field=None, message=message)


def _grant(connection: psycopg.Connection[tuple[object, ...]], reader: str | None) -> None:
    role = conninfo_to_dict(reader).get("user") if reader else None
    if not isinstance(role, str) or role == connection.info.user:
        return
    for (schema,) in connection.execute(_FOREIGN_SCHEMAS.encode()).fetchall():
        names = {"schema": sql.Identifier(str(schema)), "role": sql.Identifier(role)}
        connection.execute(sql.SQL("grant usage on schema {schema} to {role}").format(**names))
        connection.execute(sql.SQL("grant select on all tables in schema {schema} to {role}").format(**names))
