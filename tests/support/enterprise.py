"""A platform with an enterprise in it: the demo, or the demo under other words."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from ecp.packs.importer import import_with
from ecp.platform.layout import CODE
from ecp.platform.manager import Platform
from ecp.platform.plan import Request, Stores
from ecp.platform.services import UVICORN
from ecp.settings import Settings
from tests.support.platform import free_port, settings_for
from tests.support.renamed import Renaming, rename_pack
from tests.support.vocabulary import DEMO

AS_OF = "2026-02-10"
NOWHERE = "http://127.0.0.1:1"
API_SECONDS = 150.0


@dataclass(frozen=True)
class Enterprise:
    """A running home with a pack in it. `words` turns the demo's words into the pack's."""

    settings: Settings
    pack: Path
    words: Renaming

    @property
    def platform(self) -> Platform:
        return Platform(self.settings.home)

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def admin(self) -> str:
        """DSN of the warehouse's owner: what plain SQL asks."""
        assert self.settings.warehouse_admin is not None
        return self.settings.warehouse_admin.get_secret_value()

    @property
    def registry(self) -> str:
        assert self.settings.postgres_dsn is not None
        return self.settings.postgres_dsn.get_secret_value()


def patient(enterprise: Enterprise) -> Settings:
    """The settings, for a machine that has other things to do."""
    longer = {"store_timeout_seconds": 60.0, "query_timeout_seconds": 60.0, "unattended_deadline_seconds": 150.0}
    return enterprise.settings.model_copy(update=longer)


def copied_pack(pack: str, seed: int, folder: Path) -> tuple[Path, Renaming]:
    """The demo's folder, or a renamed copy below `folder`."""
    if pack == "demo":
        return DEMO, Renaming()
    return folder / "pack", rename_pack(DEMO, folder / "pack", seed)


@contextmanager
def running_enterprise(stores: Stores, parts: Iterable[str], pack: str = "demo", seed: int = 0) -> Iterator[Enterprise]:
    """Starts the parts, waits for the stores alone, and loads the pack. Nothing is left running."""
    with tempfile.TemporaryDirectory(prefix="ecp-test-", ignore_cleanup_errors=True) as folder:
        platform = Platform(Path(folder) / "home")
        own = settings_for(platform.layout.home, port=free_port(), worker_niceness=0)
        request = Request(own, stores, parts=frozenset(parts))
        try:
            platform.up(request, report=lambda line: None)
            settings = settings_for(platform.layout.home)
            path, words = copied_pack(pack, seed, Path(folder))
            load(settings, path)
            yield Enterprise(settings, path, words)
        finally:
            if platform.is_up():
                platform.down(report=lambda line: None)


@contextmanager
def some_enterprise(stores: Stores, parts: Iterable[str]) -> Iterator[Enterprise]:
    """One of its own, or the one that `TEST_ENTERPRISE` names: for programs."""
    if running := os.environ.get("TEST_ENTERPRISE"):
        yield attached_enterprise(running)
        return
    with running_enterprise(stores, parts) as started:
        yield started


def load(settings: Settings, path: Path) -> None:
    """Imports a pack, on a loop of its own wherever it is called."""
    with ThreadPoolExecutor(1) as thread:
        report = thread.submit(asyncio.run, import_with(settings, path)).result()
    assert not report.incomplete, report.incomplete


def attached_enterprise(home: str) -> Enterprise:
    """The demo enterprise of a home where it has been loaded."""
    return Enterprise(settings_for(Path(home)), DEMO, Renaming())


@contextmanager
def another_api(enterprise: Enterprise, **environment: str) -> Iterator[str]:
    """One more API process on the same home, with settings of its own; answers its base URL."""
    with api_process(enterprise, **environment) as (url, _):
        yield url


@contextmanager
def api_process(enterprise: Enterprise, **environment: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """As `another_api`, with the process, for who is to kill it."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    given = {"ECP_RETRY_FIRST_WAIT_SECONDS": "0.1", **environment}
    with own_process(enterprise, [*UVICORN, "--port", str(port)], f"api-{port}", **given) as (process, log):
        wait_until_live(url, log)
        yield url, process


@contextmanager
def own_process(
    enterprise: Enterprise, command: list[str], name: str, **environment: str
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A process attached to the enterprise's home, and its log; ended at the end."""
    log = enterprise.settings.home / f"{name}.log"
    given = {**os.environ, "ECP_HOME": str(enterprise.settings.home), **environment}
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=CODE, env=given, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield process, log
        finally:
            process.terminate()
            process.wait(60)


def wait_until_live(url: str, log: Path) -> None:
    """Returns when the API answers; waits for nothing behind it."""
    ends = time.monotonic() + API_SECONDS
    while time.monotonic() < ends:
        try:
            if httpx.get(f"{url}/health/live", timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"the API does not answer:\n{log.read_text()[-2000:]}")
