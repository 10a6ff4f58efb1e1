"""The processes that belong to a home, found without supervisor: what is left when it was killed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

MARK = "ECP_PLATFORM"


def belonging(home: Path, data: Path) -> list[psutil.Process]:
    """Processes that carry the home's mark, and PostgreSQL's, which overwrites its environment."""
    return [process for process in psutil.process_iter() if belongs(process, home, data)]


def belongs(process: psutil.Process, home: Path, data: Path) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if process.name() == "postgres":
            return Path(process.cwd()) == data
        return process.environ().get(MARK) == str(home)
    except (psutil.Error, OSError):
        return False


def end(processes: Iterable[psutil.Process], grace_seconds: float) -> None:
    """SIGTERM, and SIGKILL for those that stay."""
    living = list(processes)
    for process in living:
        quietly(process.terminate)
    _, stubborn = psutil.wait_procs(living, timeout=grace_seconds)
    for process in stubborn:
        quietly(process.kill)
    psutil.wait_procs(stubborn, timeout=grace_seconds)


def quietly(signal: Callable[[], object]) -> None:
    try:
        signal()
    except psutil.NoSuchProcess:
        return


def lives(pid: int, started: float) -> bool:
    """Is that the very process, and not another with its number?"""
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - started) < 2 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
