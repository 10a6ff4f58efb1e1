"""The platform file: what runs in an ECP_HOME. `ecp up` writes it; everybody else reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from ecp.platform.layout import write_private
from ecp.settings import PLATFORM_FILE


class PartRecord(BaseModel):
    """One part as it was started. `probe` says how to see that it serves."""

    model_config = ConfigDict(frozen=True)

    name: str
    url: str | None
    log: str
    version: str
    probe: str
    ready_seconds: float
    after: str | None = None


class PlatformRecord(BaseModel):
    """All that is needed to find, ask and stop a platform. It holds passwords: mode 600."""

    model_config = ConfigDict(frozen=True)

    supervisor_pid: int
    supervisor_started: float
    run: Path
    stores: str
    parts: tuple[PartRecord, ...]
    endpoints: dict[str, Any]

    def write(self, home: Path) -> None:
        write_private(home / PLATFORM_FILE, self.model_dump_json(indent=2))

    def part(self, name: str) -> PartRecord | None:
        return next((part for part in self.parts if part.name == name), None)


def read_record(home: Path) -> PlatformRecord | None:
    """What was written by the last `ecp up` that has not been taken down; None where there is none."""
    try:
        return PlatformRecord.model_validate(json.loads((home / PLATFORM_FILE).read_text()))
    except (OSError, ValueError):
        return None


def remove_record(home: Path) -> None:
    (home / PLATFORM_FILE).unlink(missing_ok=True)
