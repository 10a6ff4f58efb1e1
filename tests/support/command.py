"""`ecp` in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from ecp.platform.layout import CODE

ECP = (sys.executable, "-m", "ecp.cli.main")


def begun(*words: str, **environment: str) -> subprocess.Popen[str]:
    """The command, under way; what it prints is read by `communicate`."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen((*ECP, *words), cwd=CODE, env={**os.environ, **environment}, text=True, **pipes)


def bringing_back(began: float, starting: int, **environment: str) -> subprocess.Popen[str]:
    """The runbook's command after an outage that `began` then, in monotonic seconds. `starting`: seconds that it may
    take before it looks at the clock."""
    since = f"{int(time.monotonic() - began) + starting}s"
    wanted = ("--status", "degraded", "--status", "failed", "--since", since)
    return begun("rerun", *wanted, "--json", **environment)
