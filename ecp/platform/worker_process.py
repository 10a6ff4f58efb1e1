"""The supervised worker: runs watches, and once the Prefect server is there keeps a `prefect worker` for each pool, and
closes what workers before it have left open.

Behind everybody who waits: it and all it starts run at a lower priority, and each worker takes few runs at once.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from ecp.platform import deployments
from ecp.platform.deployments import POOLS, Mark
from ecp.platform.errors import PlatformError
from ecp.platform.layout import CODE, METRICS, Layout
from ecp.platform.left_runs import LeftRuns, worker_name
from ecp.platform.orchestrator import Orchestrator
from ecp.platform.origins import from_dotenv, variable
from ecp.platform.probes import serves

LEAVE_SECONDS = 8.0
DEPLOY_AGAIN_SECONDS = 30.0
WATCH_AGAIN_SECONDS = 5.0
PREFECT = (sys.executable, "-m", "prefect")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--pool", required=True, action="append")
    options.add_argument("--api", required=True)
    options.add_argument("--watches", action="store_true", help="run watches, whether the server is there or not")
    options.add_argument("--limit", type=int, default=2, help="runs at once, of each pool")
    options.add_argument("--niceness", type=int, default=10)
    given = options.parse_args()
    os.nice(given.niceness)
    watching = Watching() if given.watches else None
    print(f"Waiting for the Prefect server at {given.api}", flush=True)
    while not serves(f"{given.api}/health"):
        time.sleep(1)
        if watching is not None:
            watching.go_on()
    make_pools(given.api)
    workers = [worker(pool, given.limit) for pool in given.pool]
    sys.exit(keep(workers, Deploying(given.api), LeftRuns(given.api), watching))


def make_pools(api: str) -> None:
    with Orchestrator(api) as orchestrator, suppress(PlatformError):
        for pool in POOLS:
            orchestrator.make_pool(pool)


def watches() -> subprocess.Popen[bytes]:
    """It counts beside the API, which tells the figures of both; flows' own processes come and go, and do not."""
    shared = {METRICS: str(Layout.of(Path(home)).metrics)} if (home := os.environ.get("ECP_HOME")) else {}
    return subprocess.Popen([sys.executable, "-m", "api.watching"], env={**shared, **os.environ})


class Watching:
    """The process that runs watches. It alone is begun again when it ends: the workers and what they run go on."""

    def __init__(self, begin: Callable[[], subprocess.Popen[bytes]] = watches) -> None:
        self._begin = begin
        self._began = time.monotonic()
        self.process = begin()

    def go_on(self, now: float | None = None) -> None:
        """Called again and again; one that ends as soon as it has begun is left alone for a while."""
        now = time.monotonic() if now is None else now
        if self.process.poll() is not None and now > self._began + WATCH_AGAIN_SECONDS:
            print(f"The process that runs watches ended ({self.process.returncode}); beginning it again", flush=True)
            self._began, self.process = now, self._begin()


def worker(pool: str, limit: int) -> subprocess.Popen[bytes]:
    words = ("worker", "start", "--name", worker_name(pool), "--pool", pool, "--type", "process", "--limit", str(limit))
    return subprocess.Popen((*PREFECT, *words), env=surroundings())


def surroundings() -> dict[str, str]:
    """Runs begin in folders of their own, where no `.env` is: what ours says is handed on to them."""
    return {variable(name): str(value) for name, value in from_dotenv().items()} | dict(os.environ)


class Deploying:
    """`prefect deploy --all`, once for each `prefect.yaml` and server; again while it fails."""

    def __init__(self, api: str, file: Path = deployments.PREFECT_FILE) -> None:
        self._api = api
        self._file = file
        self._mark = Mark.of(Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect"))
        self._command: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self.done = False

    def go_on(self) -> None:
        """Called again and again; never waits for the command."""
        if self.done:
            return
        if self._command is None:
            self.done = self._known()
        elif self._command.poll() == 0:
            self._mark.write(self._api, self._file)
            self.done = True
            print("Everything is deployed", flush=True)
        if not self.done and self._may_begin():
            self._begin()

    def _may_begin(self) -> bool:
        ended = self._command is None or self._command.returncode is not None
        return ended and (self._command is None or time.monotonic() > self._began + DEPLOY_AGAIN_SECONDS)

    def _begin(self) -> None:
        self._began = time.monotonic()
        words = ("--no-prompt", "deploy", "--all", "--prefect-file", str(self._file))
        self._command = subprocess.Popen((*PREFECT, *words), cwd=CODE)

    def stop(self) -> None:
        if self._command and self._command.poll() is None:
            self._command.kill()

    def _known(self) -> bool:
        """What an operator changed since stays as it is until `prefect.yaml` changes."""
        with suppress(PlatformError), Orchestrator(self._api) as orchestrator:
            names = (d.full_name for d in deployments.deployments(self._file))
            return self._mark.says(self._api, self._file) and _all(orchestrator, names)
        return False


def _all(orchestrator: Orchestrator, names: Iterable[str]) -> bool:
    return all(orchestrator.deployment(name) is not None for name in names)


def keep(
    workers: list[subprocess.Popen[bytes]], deploying: Deploying, left: LeftRuns, watching: Watching | None = None
) -> int:
    """Until a worker ends, or this process is told to: then the others are told, too."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: told.append(number))
    while not told and all(process.poll() is None for process in workers):
        deploying.go_on()
        left.go_on()
        if watching is not None:
            watching.go_on()
        time.sleep(0.5)
    deploying.stop()
    workers = [*workers, watching.process] if watching is not None else workers
    for process in workers:
        if process.poll() is None:
            process.terminate()
    ends = time.monotonic() + LEAVE_SECONDS
    while any(process.poll() is None for process in workers) and time.monotonic() < ends:
        time.sleep(0.1)
    for process in workers:
        if process.poll() is None:
            process.kill()
    return 0 if told else 1


if __name__ == "__main__":
    main()
