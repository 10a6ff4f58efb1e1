"""`ecp up`, `status`, `stop`, `start`, `down` in a home of their own, as a person runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from ecp.platform.layout import Layout
from ecp.platform.manager import Platform
from ecp.platform.plan import Request
from ecp.platform.processes import belonging
from tests.support.command import ECP
from tests.support.platform import free_port, running_platform, settings_for


@dataclass(frozen=True)
class Shell:
    """The command line with a home and a port."""

    home: Path
    port: int

    def ecp(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*ECP, *words],
            env={**os.environ, "ECP_HOME": str(self.home), "ECP_PORT": str(self.port), **environment},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def parts(self) -> dict[str, dict[str, Any]]:
        status = json.loads(self.ecp("status", "--json").stdout)
        return {part["name"]: part for part in status["parts"]}

    def living(self) -> list[psutil.Process]:
        layout = Layout.of(self.home)
        return belonging(layout.home, layout.postgres)


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    """A home in which Postgres and the graph are up; the other parts have tests of their own."""
    with running_platform(parts=("postgres", "graph")) as settings:
        yield Shell(settings.home, settings.port)


@pytest.fixture
def home() -> Iterator[Path]:
    """Not of pytest's: each session of pytest closes the folder above its own to PostgreSQL's user."""
    with tempfile.TemporaryDirectory(prefix="ecp-test-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "home"


def test_status_shows_every_part_and_the_warehouse(shell: Shell) -> None:
    status = json.loads(shell.ecp("status", "--json").stdout)
    assert [part["name"] for part in status["parts"]] == ["postgres", "graph"]
    for part in status["parts"]:
        assert set(part) == {"name", "state", "pid", "url", "log", "version"}
        assert part["state"] == "running"
        assert psutil.pid_exists(part["pid"])
        assert Path(part["log"]).exists()
    assert status["warehouse"].startswith("postgresql://ecp_reader@/warehouse")


def test_a_second_up_in_the_same_home_says_so(shell: Shell) -> None:
    second = shell.ecp("up", "--detach")
    assert second.returncode != 0
    assert "already up" in second.stderr


def test_a_taken_port_is_named_with_the_setting_that_changes_it(shell: Shell, tmp_path: Path) -> None:
    taken = shell.parts()["graph"]["url"].rsplit(":", 1)[1]
    other = Shell(tmp_path / "other", int(taken)).ecp("up", "--detach")
    assert other.returncode != 0
    assert f"Port {taken} is taken" in other.stderr
    assert "ECP_PORT" in other.stderr


def test_a_part_stops_and_starts(shell: Shell) -> None:
    assert shell.ecp("stop", "graph").returncode == 0
    assert shell.parts()["graph"]["state"] == "stopped"
    assert shell.parts()["postgres"]["state"] == "running"
    assert shell.ecp("start", "graph").returncode == 0
    assert shell.parts()["graph"]["state"] == "running"


def test_a_part_that_hangs_is_started_anew(shell: Shell) -> None:
    before, record = shell.parts()["graph"]["pid"], Platform(shell.home).record()
    parts = (p.model_copy(update={"ready_seconds": 30.0}) if p.name == "graph" else p for p in record.parts)
    record.model_copy(update={"parts": tuple(parts)}).write(shell.home)  # else it may take minutes to begin to answer
    os.kill(before, signal.SIGSTOP)
    eventually(lambda: shell.parts()["graph"]["state"] == "silent", seconds=60)
    started = shell.ecp("start", "graph")
    assert started.returncode == 0 and "silent" in started.stdout + started.stderr
    assert shell.parts()["graph"]["state"] == "running" and shell.parts()["graph"]["pid"] != before


def test_an_unknown_part_is_refused_by_name(shell: Shell) -> None:
    refused = shell.ecp("stop", "nonsense")
    assert refused.returncode != 0
    assert "nonsense" in refused.stderr


@pytest.mark.parametrize("name", ["postgres", "graph"])
def test_a_killed_part_comes_back(shell: Shell, name: str) -> None:
    before = shell.parts()[name]["pid"]
    os.kill(before, signal.SIGKILL)
    platform = Platform(shell.home)
    eventually(lambda: any(p.name == name and p.pid not in (None, before) for p in platform.status()))
    assert platform.wait_for(name, platform.record(), lambda line: None)


def test_config_shows_origins_and_hides_secrets(shell: Shell) -> None:
    said = shell.ecp("config", "--json", ECP_REDIS_URL="redis://:hush@127.0.0.1:1")
    settings = {row["name"]: row for row in json.loads(said.stdout)["settings"]}
    assert settings["ECP_HOME"]["origin"] == "env"
    assert settings["ECP_NEO4J_URI"]["origin"] == "platform file"
    assert settings["ECP_DEADLINE_SECONDS"]["origin"] == "default"
    assert "hush" not in said.stdout


def test_the_platform_file_is_private(shell: Shell) -> None:
    assert (shell.home / "platform.json").stat().st_mode & 0o777 == 0o600


def test_down_leaves_nothing_of_a_home_with_a_long_path(home: Path) -> None:
    shell = started(home / ("deep" * 20))
    run = Platform(shell.home).record().run
    assert shell.living()
    assert shell.ecp("down").returncode == 0
    assert shell.living() == []
    assert not run.exists()
    assert not (shell.home / "platform.json").exists()
    assert shell.ecp("down").returncode != 0


def test_what_a_killed_process_manager_left_is_cleared_by_up_and_by_down(home: Path) -> None:
    shell = started(home)
    left = {process.pid for process in kill_supervisor(shell)}
    assert {part["state"] for part in shell.parts().values()} == {"lost"}
    started(home)
    assert not left & {process.pid for process in shell.living()}
    kill_supervisor(shell)
    assert shell.ecp("down").returncode == 0
    assert shell.living() == []


def test_what_the_user_gave_is_neither_started_nor_written_down(home: Path) -> None:
    given = {"neo4j_uri": "bolt://127.0.0.1:9", "postgres_dsn": "postgresql://127.0.0.1:9/elsewhere"}
    settings = settings_for(home, port=free_port(), **given)
    platform = Platform(settings.home)
    record = platform.up(Request(settings, given=given, parts=frozenset({"postgres", "graph"})), lambda line: None)
    try:
        assert [part.name for part in record.parts] == ["postgres"]
        assert not given.keys() & record.endpoints.keys()
        assert "warehouse" in record.endpoints
    finally:
        platform.down(lambda line: None)


def started(home: Path) -> Shell:
    port = free_port()
    request = Request(settings_for(home, port=port), parts=frozenset({"postgres"}))
    Platform(home).up(request, lambda line: None)
    return Shell(home, port)


def kill_supervisor(shell: Shell) -> list[psutil.Process]:
    supervisor = psutil.Process(Platform(shell.home).record().supervisor_pid)
    supervisor.kill()
    supervisor.wait()
    left = shell.living()
    assert left
    return left


def eventually(true: Callable[[], bool], seconds: float = 20) -> None:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds
        time.sleep(0.1)
