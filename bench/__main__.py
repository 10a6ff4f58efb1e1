"""`python -m bench [--quick] [--to FOLDER]`: measures on a platform of its own, writes benchmarks.md, .json, .svg."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before the first import that reads it, as in the API's process

from bench import machine, report
from bench.measuring import Measuring, Results
from bench.sizes import QUICK, Sizes
from ecp.packs.demo import load_demo
from ecp.platform.errors import PlatformError
from ecp.platform.layout import CODE
from ecp.platform.manager import Platform
from ecp.platform.plan import Request
from ecp.platform.servers import redis_program
from ecp.settings import Settings

PARTS = frozenset({"postgres", "graph", "prefect", "api"})
BEGAN = time.monotonic()


def say(line: str) -> None:
    print(f"{time.monotonic() - BEGAN:6.1f} s  {line}", flush=True)


@contextmanager
def running(port: int, replicas: int = 1) -> Iterator[tuple[Platform, Settings]]:
    """The demo's platform in a temporary home; nothing of it is left."""
    with tempfile.TemporaryDirectory(prefix="ecp-bench-", ignore_cleanup_errors=True) as folder:
        platform = Platform(Path(folder) / "home")
        asked = Settings(home=platform.layout.home, port=port, _env_file=None)
        try:
            record = platform.up(Request(asked, parts=PARTS, replicas=replicas), say)
            settings = Settings(home=platform.layout.home, _env_file=None)
            load_demo(settings, say)
            if failed := platform.wait_for_all(record, say):
                raise RuntimeError(f"did not come up: {[part.name for part in failed]}")
            yield platform, settings
        finally:
            if platform.is_up():
                platform.down(say)


def measured(port: int, sizes: Sizes) -> tuple[Results, dict[str, str]]:
    with running(port) as (platform, settings):
        measuring = Measuring(platform, settings, sizes, say)
        asyncio.run(measuring.everything())
        described = machine.description(settings)
    if redis_program() is None:
        measuring.results.notes.append("scaling out was not measured: there is no Redis here (`make servers`)")
        return measuring.results, described
    try:
        with running(port + 40, replicas=2) as (platform, settings):
            asyncio.run(Measuring(platform, settings, sizes, say, measuring.results).scaled_out())
    except (PlatformError, RuntimeError) as error:
        measuring.results.notes.append(f"scaling out could not be measured: {str(error)[:300]}")
    return measuring.results, described


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    parser.add_argument("--to", type=Path, default=CODE / "docs", help="folder of benchmarks.md, .json and .svg")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the platform is taken down whatever ends this
    sizes = QUICK if options.quick else Sizes()
    busy = machine.load_before()
    # of the user's own platform nothing must be measured, nor loaded
    port = int(os.environ.pop("ECP_PORT", "8700"))
    for name in [n for n in os.environ if n.startswith("ECP_") and n != "ECP_SERVERS_DIR"]:
        del os.environ[name]
    results, described = measured(port, sizes)
    report.written(results, described, busy, sizes, time.monotonic() - BEGAN, options.to)
    for name, value in report.figures(results).items():
        say(f"{name} {'not measured' if value is None else f'{value:g}'}")


if __name__ == "__main__":
    main()
