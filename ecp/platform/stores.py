"""The parts that are stores besides Postgres: the embedded graph, or the real servers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shutil
import sys
from importlib.metadata import version
from urllib.parse import urlsplit

from ecp.platform.layout import CODE, Layout, write_private
from ecp.platform.parts import Part
from ecp.platform.servers import CUBE_VERSION, DEV, NEO4J_VERSION, OPA_VERSION, ServerCache, redis_program

JAVA_OPENS = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch")
NEO4J_ADMIN = "org.neo4j.cli.AdminTool"
NEO4J_SERVER = "org.neo4j.server.CommunityEntryPoint"
POLICIES = CODE / "deployments" / "policies"


def embedded_graph(layout: Layout, bolt: int, http: int) -> Part:
    folder, password = layout.folder("graph"), layout.secret("graph")
    ports = ("--bolt", str(bolt), "--http", str(http))
    return Part(
        name="graph",
        command=(sys.executable, "-m", "ecp.platform.arcadedb_process", *ports, "--data", str(folder)),
        directory=folder,
        environment={"ARCADEDB_PASSWORD": password, "PYTHONPATH": str(CODE)},
        probe=f"bolt://root:{password}@127.0.0.1:{bolt}",
        url=f"bolt://127.0.0.1:{bolt}",
        version=f"ArcadeDB {version('arcadedb-embedded')}",
        priority=20,
        grace_seconds=6,  # a runaway query makes it deaf to SIGTERM; SIGKILL follows
    )


def neo4j(layout: Layout, cache: ServerCache, bolt: int) -> Part:
    folder, password = layout.folder("neo4j"), layout.secret("graph")
    write_neo4j_conf(layout, bolt)
    classpath = f"{cache.neo4j_jars}/*"
    opens = [f"--add-opens={module}=ALL-UNNAMED" for module in JAVA_OPENS]
    flags = ["-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"]
    place = [f"--home-dir={folder}", f"--config-dir={folder / 'conf'}"]
    return Part(
        name="graph",
        command=(shutil.which("java") or "java", *flags, *opens, "-cp", classpath, NEO4J_SERVER, *place),
        directory=folder,
        probe=f"bolt://neo4j:{password}@127.0.0.1:{bolt}",
        url=f"bolt://127.0.0.1:{bolt}",
        version=f"Neo4j {NEO4J_VERSION}",
        priority=20,
        grace_seconds=20,
    )


def neo4j_password_command(layout: Layout, cache: ServerCache) -> list[str] | None:
    """Sets the first password; only possible before the data folder was ever started."""
    if (layout.folder("neo4j") / "data" / "databases" / "system").exists():
        return None
    java = shutil.which("java") or "java"
    password = ["dbms", "set-initial-password", layout.secret("graph")]
    return [java, "-cp", f"{cache.neo4j_jars}/*", NEO4J_ADMIN, *password]


def write_neo4j_conf(layout: Layout, bolt: int) -> None:
    for name in ("conf", "data", "logs", "run", "import", "plugins"):
        layout.folder(f"neo4j/{name}")
    settings = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{bolt}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "dbms.usage_report.enabled": "false",
        # LOAD CSV reads any file and address unless all three say no
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "server.directories.import": "import",
        "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
        "server.memory.pagecache.size": "64m",
        "db.tx_log.preallocate": "false",
        "db.tx_log.rotation.size": "16m",
        "db.tx_log.rotation.retention_policy": "2 files",
        "db.transaction.timeout": "60s",
        # a stop takes ten seconds longer without these
        "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
        "internal.dbms.bolt.netty_server_shutdown_timeout": "5",
    }
    lines = [f"{key}={value}\n" for key, value in settings.items()]
    (layout.home / "neo4j" / "conf" / "neo4j.conf").write_text("".join(lines))


def cube(layout: Layout, cache: ServerCache, port: int, warehouse_dsn: str) -> Part:
    warehouse = urlsplit(warehouse_dsn)
    environment = {
        "NODE_PATH": str(cache.cube_modules),
        "NODE_ENV": "production",
        "PORT": str(port),
        "CUBEJS_DEV_MODE": "false",
        "CUBEJS_TELEMETRY": "false",
        "CUBEJS_API_SECRET": layout.secret("cube"),
        "CUBEJS_DB_TYPE": "postgres",
        "CUBEJS_DB_HOST": warehouse.hostname or "",
        "CUBEJS_DB_PORT": str(warehouse.port or 5432),
        "CUBEJS_DB_NAME": warehouse.path.lstrip("/"),
        "CUBEJS_DB_USER": warehouse.username or "",
        "CUBEJS_DB_PASS": warehouse.password or "",
        "CUBEJS_TESSERACT_SQL_PLANNER": "false",
        "CUBEJS_CACHE_AND_QUEUE_DRIVER": "memory",
        "CUBEJS_SCHEDULED_REFRESH_DEFAULT": "false",
    }
    script = DEV / "cube"
    return Part(
        name="cube",
        command=("node", "--require", str(script / "native-stub.js"), str(script / "index.js")),
        directory=layout.cube_model.parent,
        environment=environment,
        probe=f"http://127.0.0.1:{port}/livez",
        url=f"http://127.0.0.1:{port}",
        version=f"Cube {CUBE_VERSION}",
        priority=20,
        grace_seconds=5,
    )


def cube_token(layout: Layout) -> str:
    """A JWT (RFC 7519, HS256) that this home's Cube server accepts."""
    header, payload = ({"alg": "HS256", "typ": "JWT"}, {"sub": "ecp", "exp": 4102444800})
    signed = ".".join(url_safe(json.dumps(part).encode()) for part in (header, payload))
    digest = hmac.new(layout.secret("cube").encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{url_safe(digest)}"


def url_safe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def opa(layout: Layout, cache: ServerCache, port: int) -> Part:
    policies = (str(POLICIES),) if POLICIES.is_dir() else ()
    options = ("--addr", f"127.0.0.1:{port}", "--log-level", "error", "--disable-telemetry")
    return Part(
        name="opa",
        command=(str(cache.opa), "run", "--server", *options, *policies),
        directory=layout.folder("opa"),
        probe=f"http://127.0.0.1:{port}/health",
        url=f"http://127.0.0.1:{port}",
        version=f"OPA {OPA_VERSION}",
        priority=20,
        grace_seconds=5,
    )


def redis(layout: Layout, port: int) -> Part:
    folder, password = layout.folder("redis"), layout.secret("redis")
    lines = ["bind 127.0.0.1", f"port {port}", f'dir "{folder}"', f"requirepass {password}"]
    write_private(folder / "redis.conf", "\n".join(lines))
    return Part(
        name="redis",
        command=(redis_program() or "redis-server", str(folder / "redis.conf")),
        directory=folder,
        probe=f"redis://:{password}@127.0.0.1:{port}",
        url=f"redis://127.0.0.1:{port}",
        version="Redis",
        priority=20,
    )
