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

Connection = psycopg.Connection[tuple[object, ...]]

CONNECT_SECONDS = 10
# Any number will do, as long as two imports take the same.
ONE_LOAD_AT_A_TIME = 7_146_203_118

_OWN_RELATIONS = b"""
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm') and pg_get_userbyid(c.relowner) = current_user
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
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


def _set_up(connection: Connection, seed: str, today: date) -> None:
    connection.execute("select pg_advisory_xact_lock(%s)", (ONE_LOAD_AT_A_TIME,))
    for name, value in (("ecp.seed", seed), ("ecp.today", today.isoformat()), ("timezone", "UTC")):
        connection.execute("select set_config(%s, %s, true)", (name, value))


def _run(connection: Connection, script: Path, folder: Path) -> None:
    text = script.read_text(encoding="utf-8")
    try:
        connection.execute(text.encode())
    except psycopg.Error as error:
        position = int(error.diag.statement_position or 0)
        line = text.count("\n", 0, position) + 1 if position else None
        raise invalid([_fault(folder, script, line, error.diag.message_primary or "failed")]) from error


def _fault(folder: Path, script: Path, line: int | None, message: str) -> Problem:
    return Problem(file=f"{folder.name}/{script.name}", line=line, field=None, message=message)


def _grant(connection: Connection, reader: str | None) -> None:
    role = conninfo_to_dict(reader).get("user") if reader else None
    if not isinstance(role, str) or role == connection.info.user:
        return
    relations = connection.execute(_OWN_RELATIONS).fetchall()
    for schema in sorted({str(schema) for schema, _ in relations}):
        _let_into(connection, schema, role)
    for pair in relations:
        name = sql.Identifier(*map(str, pair))
        connection.execute(sql.SQL("grant select on {} to {}").format(name, sql.Identifier(role)))


def _let_into(connection: Connection, schema: str, role: str) -> None:
    row = connection.execute("select has_schema_privilege(%s, %s, 'usage')", (role, schema)).fetchone()
    if row is not None and not row[0]:
        names = (sql.Identifier(schema), sql.Identifier(role))
        connection.execute(sql.SQL("grant usage on schema {} to {}").format(*names))
