"""A worker that is killed together with what it ran leaves no flow run open."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest

from ecp.platform import left_runs
from ecp.platform.orchestrator import Orchestrator

pytestmark = pytest.mark.timeout(600)
ITS_PROCESS = "infrastructure_pid"


class Listed:
    """Flow runs that a server tells of, and what became of them."""

    def __init__(self, *runs):
        self.runs = runs
        self.ended = {}

    def flow_runs(self, wanted):
        """As the server filters: by tags and types, or by the name of the state."""
        state = wanted["state"]
        named = [r for r in self.runs if r["state"]["name"] in state.get("name", {}).get("any_", ())]
        tagged = set(wanted.get("tags", {}).get("all_", ()))
        typed = [r for r in self.runs if r["state"]["type"] in state.get("type", {}).get("any_", ())]
        return named + [r for r in typed if tagged <= set(r["tags"])]

    def end(self, run_id, state, message):
        self.ended[run_id] = state


def run(run_id, state, worker=None, process=None, tags=("upkeep",)):
    kind, _, name = state.partition("/")
    labels = {left_runs.LABEL: worker} if worker else {}
    return {
        "id": run_id,
        "state": {"type": kind, "name": name or kind.capitalize()},
        "labels": labels,
        ITS_PROCESS: process,
        "tags": list(tags),
    }


def test_what_was_killed_with_its_worker_is_closed_and_the_next_run_is_let_in(enterprise, worker, tmp_path):
    begun = worker.begin("ingest/upkeep", path=str(enterprise.pack), force=True)
    with Orchestrator(worker.api_url) as orchestrator:
        worker.until(lambda: orchestrator.flow_run(begun)["state"]["type"] == "RUNNING")
    (supervised,) = [part.pid for part in enterprise.platform.status() if part.name == "worker"]
    parent = psutil.Process(supervised)
    for process in (parent, *parent.children(recursive=True)):
        process.kill()
    ended = worker.ended(begun)
    assert ended["state"]["type"] == "CRASHED" and "process is gone" in ended["state"]["message"]
    (tmp_path / "broken.yaml").write_text("kind: metric\n")
    again = worker.run("ingest/upkeep", path=str(tmp_path))
    assert again["state"]["name"] == "Invalid", again["state"]


def test_only_what_a_worker_of_this_machine_left_is_closed():
    gone, elsewhere = f"{left_runs.platform.node()}:999999:process", "another-machine:999999:process"
    alive = str(os.getpid())
    server = Listed(
        run("left", "RUNNING", gone, "999998"),
        run("left-at-the-start", "PENDING/Submitting", gone, tags=()),
        run("left-while-it-was-cancelled", "CANCELLING", gone, "999998"),
        run("elsewhere", "RUNNING", elsewhere, "999998"),
        run("of-an-older-name", "RUNNING", "ProcessWorker 1", "999998"),
        run("nobodys", "PENDING/Reserved", tags=()),
        run("a-resolution", "RUNNING", gone, "999998", tags=("interactive",)),
        run("another-with-its-number", "RUNNING", gone, alive),
    )
    left_runs.close(server)
    crashed = {"left", "left-at-the-start", "another-with-its-number"}
    assert server.ended == {**dict.fromkeys(crashed, "CRASHED"), "left-while-it-was-cancelled": "CANCELLED"}


def test_what_still_runs_without_its_worker_goes_on():
    name = f"{left_runs.platform.node()}:999999:process"
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "prefect"]) as orphan:
        try:
            while "prefect" not in psutil.Process(orphan.pid).cmdline():  # it is another program from then on
                time.sleep(0.01)
            server = Listed(run("orphan", "RUNNING", name, str(orphan.pid)))
            assert left_runs.close(server) == []
        finally:
            orphan.kill()
    assert left_runs.close(server) == ["orphan"]
