"""Watches on a running enterprise, with the time in the test's hands."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from api.watching.keeper import Keeper
from api.watching.service import open_keeper
from ecp.run import Clock
from ecp.settings import Settings
from tests.support.enterprise import Enterprise, load

MORNING = datetime(2026, 2, 10, 8, tzinfo=UTC)


class Time:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def passes(self, **by: float) -> None:
        self.now += timedelta(**by)

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.now)


def patient(settings: Settings, **changes: Any) -> Settings:
    """No orchestrator, and time enough on a busy machine."""
    usual = {
        "prefect_api_url": None,
        "watches_at_once": 2,
        "store_timeout_seconds": 20.0,
        "unattended_deadline_seconds": 120.0,
    }
    return settings.model_copy(update=usual | changes)


@asynccontextmanager
async def keeping(settings: Settings, time: Time, **changes: Any) -> AsyncIterator[Keeper]:
    async with open_keeper(patient(settings, **changes), time.clock) as keeper:
        yield keeper


def reimport(enterprise: Enterprise, folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Publishes the pack with its documents as `change` makes them."""
    shutil.copytree(enterprise.pack, folder, ignore=shutil.ignore_patterns("warehouse", "cube"))
    head, _, rest = (folder / "pack.yaml").read_text().partition("---")
    kept = [line for line in head.splitlines() if not line.startswith(("warehouse:", "cube:"))]
    (folder / "pack.yaml").write_text("\n".join([*kept, f"---{rest}"]))
    for file in sorted((folder / "metrics").glob("*.yaml")):
        documents = [d for d in yaml.safe_load_all(file.read_text()) if d]
        for document in documents:
            change(document)
        file.write_text(yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True))
    load(enterprise.settings, folder)
