"""supervisord of one home: its configuration, its start, and what it says through its unix socket."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import psutil
from supervisor.xmlrpc import Faults, SupervisorTransport

from ecp.platform.errors import PlatformError
from ecp.platform.layout import Layout, write_private
from ecp.platform.parts import Part
from ecp.platform.processes import MARK

# supervisor's words → ours
STATES = {
    "RUNNING": "running",
    "STARTING": "starting",
    "STOPPING": "stopping",
    "STOPPED": "stopped",
    "BACKOFF": "crashing",
    "EXITED": "failed",
    "FATAL": "failed",
    "UNKNOWN": "failed",
}


@dataclass(frozen=True)
class PartState:
    """What supervisor says of a part now, and for how many seconds it has been so."""

    state: str
    pid: int | None
    seconds: float = 0.0


class Supervisor:
    """Asks the supervisord that listens in a run folder. Methods raise PlatformError when it is gone."""

    def __init__(self, run: Path) -> None:
        self.socket = run / "supervisor.sock"

    def states(self) -> dict[str, PartState]:
        return {
            info["name"]: PartState(STATES[info["statename"]], info["pid"] or None, info["now"] - info["start"])
            for info in self._call("getAllProcessInfo")
        }

    def start(self, name: str) -> None:
        self._forgiving("startProcess", name, False, unless=Faults.ALREADY_STARTED)

    def stop(self, name: str) -> None:
        self._forgiving("stopProcess", name, True, unless=Faults.NOT_RUNNING)

    def shut_down(self) -> None:
        self._call("shutdown")

    def answers(self) -> bool:
        try:
            self._call("getState")
        except PlatformError:
            return False
        return True

    def _forgiving(self, method: str, *arguments: Any, unless: int) -> None:
        try:
            self._call(method, *arguments)
        except Fault as fault:
            if fault.faultCode != unless:
                raise PlatformError(fault.faultString) from fault

    def _call(self, method: str, *arguments: Any) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        proxy = ServerProxy("http://127.0.0.1", transport=transport)
        try:
            return getattr(proxy.supervisor, method)(*arguments)
        except (OSError, HTTPException) as error:
            raise PlatformError("The process manager does not answer; `ecp down` clears what is left.") from error
        finally:
            transport.close()


def configuration(layout: Layout, run: Path, parts: Sequence[Part]) -> str:
    socket, log = run / "supervisor.sock", layout.log("supervisord")
    general = {
        "logfile": log,
        "logfile_maxbytes": "5MB",
        "pidfile": run / "supervisord.pid",
        "nodaemon": "true",
        "silent": "true",
        "childlogdir": layout.logs,
        # without it supervisord warns that it keeps its root
        **({"user": "root"} if os.geteuid() == 0 else {}),
    }
    factory = "supervisor.rpcinterface:make_main_rpcinterface"
    sections = [
        "[supervisord]\n" + "\n".join(f"{key}={str(value).replace('%', '%%')}" for key, value in general.items()),
        f"[unix_http_server]\nfile={str(socket).replace('%', '%%')}\nchmod=0700",
        f"[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory={factory}",
        *[part.program(layout.log(part.name)) for part in parts],
    ]
    return "\n\n".join(sections) + "\n"


def spawn(layout: Layout, run: Path, parts: Sequence[Part], environment: Mapping[str, str]) -> psutil.Process:
    """Starts supervisord in a session of its own, so that a Ctrl-C reaches `ecp up` alone."""
    write_private(layout.supervisor_config, configuration(layout, run, parts))
    with layout.log("supervisord.out").open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(layout.supervisor_config)],
            cwd=layout.home,
            env={**environment, MARK: str(layout.home)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    supervisor, began = Supervisor(run), time.monotonic()
    while not supervisor.answers():
        if child.poll() is not None or time.monotonic() - began > 20:
            raise PlatformError(f"The process manager did not start: {layout.log('supervisord.out')}")
        time.sleep(0.05)
    return psutil.Process(child.pid)
