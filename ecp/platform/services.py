"""The parts that are not stores: the Prefect server, its worker, the API."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from ecp.platform.deployments import POOLS
from ecp.platform.layout import CODE, METRICS, Layout
from ecp.platform.parts import Part
from ecp.settings import Settings

# measured: the defaults write one row at a time and cost three times the server's CPU
SERVER_SETTINGS = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # a run that is retired leaves its artifacts, which hold questions and answers
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,orphans",
    "PREFECT_SERVER_UI_ENABLED": "true",
    "DO_NOT_TRACK": "1",
}
# nobody waits for a record, and a server at its limit takes a whole core from those who wait for answers
RECORDER_NICENESS = 5
UVICORN = (sys.executable, "-m", "uvicorn", "api.main:app", "--no-proxy-headers", "--http", "api.protocol:Problems")


def prefect_server(layout: Layout, port: int, dsn: str, *, name: str = "prefect", redis: str | None = None) -> Part:
    """With `redis`, one of several: they share the work of recording, and each leads at what only one may do."""
    address = f"http://127.0.0.1:{port}"
    environment = {
        **prefect_client(layout, f"{address}/api"),
        **SERVER_SETTINGS,
        **(shared_messages(redis) if redis else {}),
        "PREFECT_API_DATABASE_CONNECTION_URL": dsn.replace("postgresql://", "postgresql+asyncpg://", 1),
        "PREFECT_UI_STATIC_DIRECTORY": str(layout.folder("prefect") / ("ui" if name == "prefect" else f"ui-{name}")),
    }
    where = ("--host", "127.0.0.1", "--port", str(port))
    return Part(
        name=name,
        command=(sys.executable, "-m", "ecp.platform.prefect_process", "server", "start", *where),
        directory=layout.folder("prefect"),
        environment=environment,
        probe=f"{address}/api/health",
        url=address,
        version=version("prefect"),
        priority=30,
        stop_as_group=True,
        grace_seconds=10,
        ready_seconds=180,  # its first start migrates the database
        niceness=RECORDER_NICENESS,
    )


def shared_messages(redis: str) -> dict[str, str]:
    """What several Prefect servers need besides one database."""
    return {
        "PREFECT_MESSAGING_BROKER": "prefect_redis.messaging",
        "PREFECT_MESSAGING_CACHE": "prefect_redis.messaging",
        "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "prefect_redis.ordering",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect_redis.lease_storage",
        "PREFECT_REDIS_MESSAGING_URL": f"{redis}/0",
        "PREFECT_SERVER_DOCKET_URL": f"{redis}/1",
    }


def prefect_client(layout: Layout, api_url: str | None) -> dict[str, str]:
    address = {"PREFECT_API_URL": api_url} if api_url else {}
    return {"PREFECT_HOME": str(layout.folder("prefect")), **address}


def worker(layout: Layout, api_url: str, environment: Mapping[str, str], settings: Settings) -> Part:
    """Its flows write where the API's do; what they run is behind everybody who waits."""
    pools = (word for pool in POOLS for word in ("--pool", pool.name))
    bounds = ("--limit", str(settings.worker_runs_at_once), "--niceness", str(settings.worker_niceness))
    return Part(
        name="worker",
        command=(sys.executable, "-m", "ecp.platform.worker_process", "--watches", *pools, "--api", api_url, *bounds),
        directory=CODE,
        environment={**environment, **prefect_client(layout, api_url)},
        probe="process:",
        version=version("prefect"),
        priority=40,
        grace_seconds=10,
    )


def api(layout: Layout, host: str, port: int, api_url: str | None, environment: Mapping[str, str]) -> Part:
    return Part(
        name="api",
        command=(*UVICORN, "--host", host, "--port", str(port)),
        directory=CODE,
        environment={
            METRICS: os.environ.get(METRICS, str(layout.metrics)),
            **environment,
            **prefect_client(layout, api_url),
        },
        probe=f"http://127.0.0.1:{port}/health/live",
        url=f"http://127.0.0.1:{port}",
        version=own_version(),
        priority=40,
        grace_seconds=20,  # a resolution under way is finished first
    )


def own_version() -> str:
    try:
        return version("enterprise-context-platform")
    except PackageNotFoundError:
        return "not installed"
