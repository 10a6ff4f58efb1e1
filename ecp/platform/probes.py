"""Does a part serve? A probe is a URL: http://, bolt://user:password@, postgresql://, redis://, process:."""

from __future__ import annotations

import socket
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import psycopg

PATIENCE_SECONDS = 2.0
GRAPH_PATIENCE_SECONDS = 10.0
"""A cold JVM's first handshake: on a busy machine every shorter attempt would end before it."""


def serves(probe: str) -> bool:
    """True when the part behind the probe answers in its own protocol. Never raises."""
    check = CHECKS[urlsplit(probe).scheme]
    return check(probe)


def answers_http(url: str) -> bool:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def answers_postgres(dsn: str) -> bool:
    try:
        psycopg.connect(dsn, connect_timeout=int(PATIENCE_SECONDS)).close()
    except psycopg.OperationalError:
        return False
    return True


def answers_bolt(url: str) -> bool:
    # imported here: it takes a third of a second, and only starting a graph needs it
    from neo4j import GraphDatabase
    from neo4j.exceptions import DriverError, Neo4jError

    parts = urlsplit(url)
    uri, auth = f"bolt://{parts.hostname}:{parts.port}", (parts.username or "", parts.password or "")
    if not accepts(parts.hostname or "", parts.port or 0):
        return False
    try:
        with (
            GraphDatabase.driver(
                uri,
                auth=auth,
                connection_timeout=GRAPH_PATIENCE_SECONDS,
                connection_acquisition_timeout=GRAPH_PATIENCE_SECONDS,  # of the handshake too: one that hangs accepts
            ) as driver,
            driver.session(database="neo4j") as session,
        ):
            session.run("RETURN 1 AS one").consume()
    except (DriverError, Neo4jError, OSError):
        return False
    return True


def answers_redis(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port), PATIENCE_SECONDS) as connection:
            connection.sendall(f"AUTH {parts.password}\r\nPING\r\n".encode())
            return connection.recv(64).startswith(b"+OK")
    except OSError:
        return False


def accepts(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), PATIENCE_SECONDS).close()
    except OSError:
        return False
    return True


CHECKS: dict[str, Callable[[str], bool]] = {
    "http": answers_http,
    "postgresql": answers_postgres,
    "bolt": answers_bolt,
    "redis": answers_redis,
    "process": lambda _: True,
}
