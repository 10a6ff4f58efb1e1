"""The supervised worker: runs watches, and once the Prefect server is there keeps a `prefect worker` for each pool."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import time

from ecp.platform.probes import serves

LEAVE_SECONDS = 8.0


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--pool", required=True, action="append")
    options.add_argument("--api", required=True)
    options.add_argument("--watches", action="store_true", help="run watches, whether the server is there or not")
    given = options.parse_args()
    watching = [subprocess.Popen([sys.executable, "-m", "api.watching"])] if given.watches else []
    print(f"Waiting for the Prefect server at {given.api}", flush=True)
    while not serves(f"{given.api}/health"):
        time.sleep(1)
    sys.exit(keep([*watching, *(worker(pool) for pool in given.pool)]))


def worker(pool: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", pool, "--type", "process"]
    return subprocess.Popen(command)


def keep(workers: list[subprocess.Popen[bytes]]) -> int:
    """Until one of them ends, or this process is told to: then the others are told, too."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: told.append(number))
    while not told and all(process.poll() is None for process in workers):
        time.sleep(0.5)
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
