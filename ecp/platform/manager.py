"""Brings a platform up, takes it down, and says what runs."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecp.platform import postgres, processes, stores
from ecp.platform.deployments import Mark
from ecp.platform.errors import AlreadyUp, NotUp, PlatformError
from ecp.platform.layout import Layout
from ecp.platform.plan import STORE_PARTS, Plan, Request, make_plan
from ecp.platform.probes import serves
from ecp.platform.record import PartRecord, PlatformRecord, read_record, remove_record
from ecp.platform.servers import ServerCache
from ecp.platform.supervision import PartState, Supervisor, spawn
from ecp.stores.migration import migrate

Report = Callable[[str], None]
POLL_SECONDS = 0.2
SHUTDOWN_SECONDS = 60.0


@dataclass(frozen=True)
class PartStatus:
    """One line of `ecp status`. `state`: running, starting, silent, stopping, stopped, crashing, failed, lost."""

    name: str
    state: str
    pid: int | None
    url: str | None
    log: str
    version: str


class Platform:
    """The platform of one home."""

    def __init__(self, home: Path) -> None:
        self.layout = Layout.of(home)

    def up(self, request: Request, report: Report) -> PlatformRecord:
        """Starts every part and waits for the stores; the others are still starting when it returns.

        Raises AlreadyUp, PortTaken, and PlatformError when a store does not come up; then nothing is left.
        """
        self.layout.prepare()
        with self._alone():
            self.clear_stale(report)
            run = self.layout.run_folder()
            try:
                plan = make_plan(request, self.layout, run)
                return self._start(plan, request, report)
            except BaseException:
                self._sweep(run)
                raise

    def _start(self, plan: Plan, request: Request, report: Report) -> PlatformRecord:
        report(f"Starting in {self.layout.home}")
        prepare_stores(plan, request, report)
        process = spawn(self.layout, plan.run, plan.parts, child_environment())
        record = PlatformRecord(
            supervisor_pid=process.pid,
            supervisor_started=process.create_time(),
            run=plan.run,
            stores=request.stores,
            parts=tuple(part.record(self.layout.log(part.name)) for part in plan.parts),
            endpoints=dict(plan.endpoints),
        )
        supervisor = Supervisor(plan.run)
        if plan.postgres:
            supervisor.start("postgres")
            self._demand(supervisor, record, "postgres", report)
            postgres.make_databases(plan.postgres, request.settings.query_timeout_seconds)
        if "postgres_dsn" in plan.endpoints:  # a registry of the user's own is theirs to migrate
            report(f"the registry's schema is at {migrate(plan.endpoints['postgres_dsn'])}")
        record.write(self.layout.home)  # before the parts that read it
        for part in record.parts:
            if part.after is not None:
                self._demand(supervisor, record, part.after, report)
            supervisor.start(part.name)
        for part in record.parts:
            if part.name in STORE_PARTS and part.name != "postgres":
                self._demand(supervisor, record, part.name, report)
        return record

    def _demand(self, supervisor: Supervisor, record: PlatformRecord, name: str, report: Report) -> None:
        if not self.wait_for(name, record, report):
            part = record.part(name)
            log = Path(part.log) if part else self.layout.log(name)
            raise PlatformError(f"{name} did not come up. Its log {log} ends:\n{tail(log)}")

    def wait_for(self, name: str, record: PlatformRecord, report: Report) -> bool:
        """Waits until a part serves. False when it failed or its time is over."""
        part = record.part(name)
        if part is None:
            return False
        supervisor, began = Supervisor(record.run), time.monotonic()
        while time.monotonic() - began < part.ready_seconds:
            state = supervisor.states()[name].state
            if state == "failed":
                return False
            if state in ("running", "starting") and serves(part.probe):
                for line in told_up(part, time.monotonic() - began, deployed=self._is_all_deployed(record)):
                    report(line)
                return True
            time.sleep(POLL_SECONDS)
        return False

    def _is_all_deployed(self, record: PlatformRecord) -> bool:
        return Mark.of(self.layout.folder("prefect")).says(record.endpoints.get("prefect_api_url"))

    def wait_for_all(self, record: PlatformRecord, report: Report) -> list[PartRecord]:
        """Waits for the parts besides the stores. Answers those that did not come up."""
        waited = [part for part in record.parts if part.name not in STORE_PARTS]
        return [part for part in waited if not self.wait_for(part.name, record, report)]

    def down(self, report: Report) -> None:
        """Stops everything of this home and waits until it is gone. Raises NotUp when nothing was there."""
        record = read_record(self.layout.home)
        if record is None and not self._leftovers():
            raise NotUp(self.layout.home)
        if record is not None and self._supervised(record):
            report("Stopping …")
            Supervisor(record.run).shut_down()
            self._await_end(record)
        self._sweep(record.run if record else None)
        report(f"Nothing runs in {self.layout.home} any more")

    def _await_end(self, record: PlatformRecord) -> None:
        began = time.monotonic()
        while self._supervised(record) and time.monotonic() - began < SHUTDOWN_SECONDS:
            reap(record.supervisor_pid)
            time.sleep(POLL_SECONDS)

    def status(self) -> list[PartStatus]:
        """Each part as it is now. Raises NotUp."""
        record = self.record()
        lost: Mapping[str, PartState] = {}
        states = Supervisor(record.run).states() if self._supervised(record) else lost
        nothing = PartState("lost", None)
        return [part_status(part, states.get(part.name, nothing)) for part in record.parts]

    def start(self, name: str, report: Report) -> None:
        """Starts one part, anew where its process is there and does not serve, and waits until it serves. Raises
        PlatformError when it does not."""
        record = self._with_part(name)
        supervisor = Supervisor(record.run)
        part, now = record.part(name), supervisor.states().get(name)
        if part and now and standing(part, now) == "silent":
            report(f"{name} is silent: its process is there and does not answer; it is ended and started anew")
            supervisor.stop(name)
        supervisor.start(name)
        self._demand(supervisor, record, name, report)

    def stop(self, name: str, report: Report) -> None:
        """Stops one part until it is started again."""
        Supervisor(self._with_part(name).run).stop(name)
        report(f"{name} is stopped")

    def record(self) -> PlatformRecord:
        """What runs here. Raises NotUp."""
        record = read_record(self.layout.home)
        if record is None:
            raise NotUp(self.layout.home)
        return record

    def is_up(self) -> bool:
        record = read_record(self.layout.home)
        return record is not None and self._supervised(record)

    def clear_stale(self, report: Report) -> None:
        """Ends what a killed platform left. Raises AlreadyUp when it is not a killed one."""
        record = read_record(self.layout.home)
        if record is not None and self._supervised(record):
            raise AlreadyUp(self.layout.home)
        if record is not None or self._leftovers():
            report("Clearing what a killed platform left")
            self._sweep(record.run if record else None)

    def _with_part(self, name: str) -> PlatformRecord:
        record = self.record()
        if record.part(name) is None:
            known = ", ".join(part.name for part in record.parts)
            raise PlatformError(f"No part is called {name!r}. There are: {known}.")
        return record

    def _supervised(self, record: PlatformRecord) -> bool:
        return processes.lives(record.supervisor_pid, record.supervisor_started)

    def _leftovers(self) -> list[Any]:
        return processes.belonging(self.layout.home, self.layout.postgres)

    def _sweep(self, run: Path | None) -> None:
        supervisors = [each for each in self._leftovers() if "supervisor.supervisord" in each.cmdline()]
        processes.end(supervisors, SHUTDOWN_SECONDS)  # first: it would restart what is ended before it
        processes.end(self._leftovers(), 5)
        remove_record(self.layout.home)
        shutil.rmtree(self.layout.metrics, ignore_errors=True)  # figures of processes that are gone
        if run:
            shutil.rmtree(run, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.layout.home / "up.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise AlreadyUp(self.layout.home) from error
            yield


def told_up(part: PartRecord, seconds: float, *, deployed: bool) -> Iterator[str]:
    """What is said of a part that serves; of a worker also what does not work before it has `deployed` everything."""
    yield f"{part.name} is up ({part.version}, {seconds:.1f} s)"
    if part.name == "worker" and not deployed:
        waiting = "schedules, Retry in the UI and `ecp import --plan` wait for it"
        yield f"worker is still deploying: {waiting}; {part.log} says when it is done"


def part_status(part: PartRecord, now: PartState) -> PartStatus:
    return PartStatus(part.name, standing(part, now), now.pid, part.url, part.log, part.version)


def standing(part: PartRecord, now: PartState) -> str:
    """Supervisor knows processes: a part is running once it serves, and silent when it should and does not."""
    if now.state not in ("starting", "running"):
        return now.state
    if serves(part.probe):
        return "running"
    return "starting" if now.seconds < part.ready_seconds else "silent"


def prepare_stores(plan: Plan, request: Request, report: Report) -> None:
    """What must lie ready before the servers start: data folders, the first password."""
    if plan.postgres:
        for folder in postgres.prepare(plan.postgres):
            report(f"Opened {folder} for passing through: PostgreSQL does not run as root")
    if request.stores == "server" and any(part.name == "graph" for part in plan.parts):
        command = stores.neo4j_password_command(plan.layout, ServerCache.from_environment())
        if command:
            run_neo4j_admin(command, plan.layout)


def run_neo4j_admin(command: Sequence[str], layout: Layout) -> None:
    folder = layout.folder("neo4j")
    environment = {**os.environ, "NEO4J_HOME": str(folder), "NEO4J_CONF": str(folder / "conf")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise PlatformError(f"Neo4j's first password could not be set: {done.stderr.strip()[-500:]}")


def child_environment() -> dict[str, str]:
    """Ours, with what keeps the libraries of our children from taking every core for one small product."""
    return {"OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1", **os.environ}


def tail(log: Path, characters: int = 800) -> str:
    return log.read_text(errors="replace")[-characters:] if log.exists() else ""


def reap(pid: int) -> None:
    """Collects supervisord where it is our own child, so that it does not linger as a zombie."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
