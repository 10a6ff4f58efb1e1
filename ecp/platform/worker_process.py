"""The supervised worker: waits for the Prefect server, then becomes `prefect worker start`."""

from __future__ import annotations

import argparse
import os
import sys
import time

from ecp.platform.probes import serves


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--pool", required=True)
    options.add_argument("--api", required=True)
    given = options.parse_args()
    print(f"Waiting for the Prefect server at {given.api}", flush=True)
    while not serves(f"{given.api}/health"):
        time.sleep(1)
    pool = ["--pool", given.pool, "--type", "process"]
    os.execv(sys.executable, [sys.executable, "-m", "prefect", "worker", "start", *pool])


if __name__ == "__main__":
    main()
