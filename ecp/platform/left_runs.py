"""Flow runs that no process has any more, as after a worker was killed together with what it ran.

Prefect's worker tells of a process of its own that dies, and nobody tells of the worker's. Such a run would be open for
ever, and a deployment that takes one run at a time would take no other.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psutil

from ecp.platform.errors import PlatformError
from ecp.platform.orchestrator import Orchestrator
from ecp.platform.processes import runs

EVERY_SECONDS = 15.0
HAS_BEGUN = ("RUNNING", "CANCELLING")
UPKEEP = "upkeep"
# Those that a worker gives; a run that the API reserves waits, too.
WAITS_FOR_ITS_PROCESS = ("Pending", "Submitting", "InfrastructurePending")
LABEL = "prefect.worker.name"


def worker_name(pool: str) -> str:
    """Says on which machine and below which process a worker runs: its runs carry it."""
    return f"{platform.node()}:{os.getpid()}:{pool}"


class LeftRuns:
    """What this machine's workers of the past have left is closed: crashed, or cancelled where that was asked for.
    Runs of resolutions that have begun are not among them, as the API ends or goes on with those."""

    def __init__(self, api: str) -> None:
        self._api = api
        self._due = 0.0

    def go_on(self) -> None:
        """Called again and again; looks every few seconds."""
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + EVERY_SECONDS
            with suppress(PlatformError), Orchestrator(self._api) as orchestrator:
                close(orchestrator)


def close(orchestrator: Orchestrator) -> list[str]:
    """The ids of the runs that were closed."""
    left = [run for run in _open(orchestrator) if _is_left(run)]
    for run in left:
        state = "CANCELLED" if run["state"]["type"] == "CANCELLING" else "CRASHED"
        orchestrator.end(run["id"], state, "Its process is gone, and the worker that began it.")
    return [run["id"] for run in left]


def _open(orchestrator: Orchestrator) -> Iterator[dict[str, Any]]:
    yield from orchestrator.flow_runs({"tags": {"all_": [UPKEEP]}, "state": {"type": {"any_": list(HAS_BEGUN)}}})
    yield from orchestrator.flow_runs({"state": {"name": {"any_": list(WAITS_FOR_ITS_PROCESS)}}})


def _is_left(run: dict[str, Any]) -> bool:
    """As long as its worker lives, that one closes it."""
    machine, worker, _ = (*str(run["labels"].get(LABEL, "")).rsplit(":", 2), "", "")[:3]
    if machine != platform.node():
        return False
    own = str(run["infrastructure_pid"] or "")
    return not (_is_there(worker, "worker_process") or _is_there(own, "prefect"))


def _is_there(pid: str, word: str) -> bool:
    """Whether that process is, and not another that was given its number."""
    if not pid.isdigit():
        return False
    try:
        process = psutil.Process(int(pid))
        return runs(process) and any(word in said for said in process.cmdline())
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True
