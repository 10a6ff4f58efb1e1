"""`make servers` runs beside `make install`, before anything is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
NOTHING_INSTALLED = f"{sys.executable} -I -S"


def test_it_needs_nothing_that_is_installed(tmp_path):
    make = shutil.which("make")
    assert make
    given = {"PATH": str(tmp_path), "HOME": str(tmp_path), "ECP_SERVERS_DIR": str(tmp_path / "servers")}
    asked = [make, "-C", str(CHECKOUT), "servers", f"PYTHON={NOTHING_INSTALLED}", "SHELL=/bin/sh"]
    done = subprocess.run(asked, env=given, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    assert "opa: NOT fetched, this machine lacks go" in done.stdout
    assert "Not to be had: neo4j, cube, opa, redis, toxiproxy, chromium" in done.stdout
