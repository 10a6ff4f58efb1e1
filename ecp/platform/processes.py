"""The processes that belong to a home, found without supervisor: what is left when it was killed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
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


def end(found: Iterable[psutil.Process], grace_seconds: float) -> None:
    """SIGTERM, and SIGKILL for those that stay. Returns when all are gone."""
    processes = list(found)
    for process in processes:
        quietly(process.terminate)
    for process in await_gone(processes, grace_seconds):
        quietly(process.kill)
    await_gone(processes, grace_seconds)


def await_gone(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those that still run when the time is over. A zombie is gone: its parent may never collect it."""
    began, living = time.monotonic(), list(processes)
    while living and time.monotonic() - began < seconds:
        time.sleep(0.05)
        living = [process for process in living if runs(process)]
    return living


def runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def quietly(signal: Callable[[], object]) -> None:
    try:
        signal()
    except psutil.NoSuchProcess:
        return


def lives(pid: int, started: float) -> bool:
    """Is that the very process, and not another with its number?"""
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - started) < 2 and runs(process)
    except psutil.Error:
        return False
