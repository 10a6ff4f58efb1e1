"""A part of the platform: one supervised process and how to see that it serves."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ecp.platform.record import PartRecord


@dataclass(frozen=True)
class Part:
    """How to run it. It is started once the part `after` serves, where it names one. Parts stop in falling order of
    `priority`; after `grace_seconds` they are killed. `niceness`: how far it stands behind the others where processors
    are scarce."""

    name: str
    command: tuple[str, ...]
    directory: Path
    probe: str
    version: str
    priority: int
    url: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: str = "TERM"
    stop_as_group: bool = False
    grace_seconds: int = 10
    ready_seconds: float = 240.0
    after: str | None = None
    niceness: int = 0

    def record(self, log: Path) -> PartRecord:
        return PartRecord(
            name=self.name,
            url=self.url,
            log=str(log),
            version=self.version,
            probe=self.probe,
            ready_seconds=self.ready_seconds,
            after=self.after,
        )

    def program(self, log: Path) -> str:
        """This part as a section of supervisor's configuration."""
        behind = ("nice", "-n", str(self.niceness)) if self.niceness else ()
        options = {
            "command": shlex.join((*behind, *self.command)),
            "directory": str(self.directory),
            "environment": ",".join(f'{key}="{value}"' for key, value in self.environment.items()),
            "priority": str(self.priority),
            "autostart": "false",
            "autorestart": "true",
            "startsecs": "15",  # who dies before did not come up, and is given up after the retries,
            "startretries": "5",
            "stopsignal": self.stop_signal,
            "stopasgroup": str(self.stop_as_group).lower(),
            "killasgroup": "true",
            "stopwaitsecs": str(self.grace_seconds),
            "stdout_logfile": str(log),
            "stdout_logfile_maxbytes": "20MB",
            "stdout_logfile_backups": "2",
            "redirect_stderr": "true",
        }
        lines = [f"{key}={value.replace('%', '%%')}" for key, value in options.items() if value]
        return "\n".join([f"[program:{self.name}]", *lines])
