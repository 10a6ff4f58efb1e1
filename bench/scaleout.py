"""Two API processes and two Prefect servers: how many answers and records a second, and what each costs its part."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from bench import load, machine, recorded
from bench.enterprise import dsn
from ecp.platform.manager import Platform
from ecp.settings import Settings


@dataclass(frozen=True)
class Scaled:
    """One load with 16 callers. `processor_ms`: what a resolution takes of a processor, by part; `connections`: of
    the database, by the name of who holds them."""

    processes: int
    answers: int
    failed: int
    per_second: float
    full: int
    summary: int
    missing: int
    recorded_per_second: float
    processor_ms: dict[str, float]
    connections: dict[str, int]


async def measured(
    platform: Platform, settings: Settings, ports: Sequence[int], bodies: Sequence[bytes], seconds: float
) -> Scaled:
    before, began = machine.processor(platform.status()), time.monotonic()
    answers = await load.resolve(ports, bodies, callers=16, seconds=seconds)
    held = connections(settings)
    found = await recorded.recorded(settings.prefect_api_url or "", answers.resolutions(), began)
    after = machine.processor(platform.status())
    count = max(1, len(answers.statuses))
    spent = {part: round((after[part] - before.get(part, 0.0)) / count * 1e3, 1) for part in after}
    return Scaled(
        processes=len(ports),
        answers=len(answers.statuses),
        failed=answers.failed,
        per_second=round(answers.per_second, 1),
        full=found.full,
        summary=found.summary,
        missing=found.missing,
        recorded_per_second=round(found.per_second, 1),
        processor_ms=spent,
        connections=held,
    )


def api_ports(platform: Platform) -> list[int]:
    """Of every API process of the platform."""
    urls = [part.url for part in platform.status() if part.name.startswith("api") and part.url]
    return [int(url.rsplit(":", 1)[1]) for url in urls]


def connections(settings: Settings) -> dict[str, int]:
    with psycopg.connect(dsn(settings)) as connection:
        return dict(connection.execute(_CONNECTIONS).fetchall())


async def warmed(ports: Sequence[int], bodies: Sequence[bytes]) -> None:
    """Each process has answered every question once."""
    await asyncio.gather(*(load.resolve([port], bodies, count=2 * len(bodies)) for port in ports))


_CONNECTIONS = """
select coalesce(nullif(application_name, ''), datname), count(*)::integer
from pg_stat_activity where datname is not null and pid <> pg_backend_pid() group by 1 order by 1
"""
