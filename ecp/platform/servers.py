"""Fetches the real servers into a cache folder: `python -P ecp/platform/servers.py`.

Standard library only: it runs before, and beside, the installation of everything else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

DEV = Path(__file__).resolve().parents[2] / "deployments" / "dev"
NEO4J_VERSION = "5.26.30"
CUBE_VERSION = "1.7.43"
OPA_VERSION = "1.22.2"
TOXIPROXY_VERSION = "2.5.0"
ONE_AT_A_TIME = Lock()

Report = Callable[[str], None]


@dataclass(frozen=True)
class ServerCache:
    """Where the real servers are kept: `ECP_SERVERS_DIR`, default `~/.cache/ecp/servers`."""

    root: Path

    @classmethod
    def from_environment(cls) -> ServerCache:
        given = os.environ.get("ECP_SERVERS_DIR")
        return cls(Path(given).resolve() if given else Path.home() / ".cache" / "ecp" / "servers")

    @property
    def neo4j_jars(self) -> Path:
        return self.root / f"neo4j-{NEO4J_VERSION}"

    @property
    def cube_modules(self) -> Path:
        return self.root / f"cube-{CUBE_VERSION}" / "node_modules"

    @property
    def opa(self) -> Path:
        return self.root / "bin" / "opa"

    @property
    def toxiproxy(self) -> Path:
        return self.root / "bin" / "server"


@dataclass(frozen=True)
class Server:
    """One thing to fetch: what says it is there, the tools it takes, and how."""

    name: str
    needs: tuple[str, ...]
    present: Callable[[ServerCache], bool]
    fetch: Callable[[ServerCache], None]


def redis_program() -> str | None:
    """The Redis server of this machine, if it has one."""
    return shutil.which("redis-server")


def run(command: Sequence[str], directory: Path, **environment: str) -> None:
    done = subprocess.run(
        command,
        cwd=directory,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"`{' '.join(command[:3])} …` failed:\n{done.stdout[-2000:]}")


def fetch_neo4j(cache: ServerCache) -> None:
    coming = fresh_folder(cache, "neo4j")
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={coming}"]
    run(["mvn", "-B", "-ntp", "-q", "-f", str(DEV / "neo4j" / "pom.xml"), *goal], coming)
    coming.rename(cache.neo4j_jars)


def fetch_cube(cache: ServerCache) -> None:
    coming = fresh_folder(cache, "cube")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(DEV / "cube" / name, coming)
    run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], coming)
    coming.rename(cache.cube_modules.parent)


def fetch_opa(cache: ServerCache) -> None:
    go_install(cache, f"github.com/open-policy-agent/opa@v{OPA_VERSION}")


def fetch_toxiproxy(cache: ServerCache) -> None:
    go_install(cache, f"github.com/Shopify/toxiproxy/v2/cmd/server@v{TOXIPROXY_VERSION}")


def fetch_redis(cache: ServerCache) -> None:
    install_packages(cache, "redis-server")


def fetch_browser(cache: ServerCache) -> None:
    """With which the tests read the orchestrator's pages, as a person does."""
    install_packages(cache, "chromium", "chromium-driver", "fonts-dejavu-core")


def install_packages(cache: ServerCache, *names: str) -> None:
    if os.geteuid() != 0:
        raise RuntimeError(f"`apt-get install {' '.join(names)}` takes root")
    # runlevel 1 keeps a package from starting a server of its own
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    with ONE_AT_A_TIME:
        run(["apt-get", "update", "-qq"], cache.root)
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names], cache.root, **quiet)


def go_install(cache: ServerCache, package: str) -> None:
    bin_folder = cache.root / "bin"
    bin_folder.mkdir(parents=True, exist_ok=True)
    run(["go", "install", package], cache.root, GOBIN=str(bin_folder))


def fresh_folder(cache: ServerCache, name: str) -> Path:
    """A folder renamed into place when it is whole: an interrupted fetch leaves nothing that looks done."""
    folder = cache.root / f".{name}-coming"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


NEO4J = Server("neo4j", ("mvn", "java"), lambda c: c.neo4j_jars.is_dir(), fetch_neo4j)
CUBE = Server("cube", ("npm", "node"), lambda c: c.cube_modules.is_dir(), fetch_cube)
OPA = Server("opa", ("go",), lambda c: c.opa.is_file(), fetch_opa)
REDIS = Server("redis", ("apt-get",), lambda c: redis_program() is not None, fetch_redis)
BROWSER = Server("chromium", ("apt-get",), lambda c: shutil.which("chromedriver") is not None, fetch_browser)
TOXIPROXY = Server("toxiproxy", ("go",), lambda c: c.toxiproxy.is_file(), fetch_toxiproxy)
SERVERS = (NEO4J, CUBE, OPA, REDIS, TOXIPROXY, BROWSER)


def missing(cache: ServerCache) -> list[str]:
    """Names of the servers that `--stores=server` runs and the cache lacks."""
    return [server.name for server in (NEO4J, CUBE, OPA, REDIS) if not server.present(cache)]


def fetch(server: Server, cache: ServerCache, report: Report) -> bool:
    """Brings one server into the cache. Answers whether it is there now."""
    if server.present(cache):
        report(f"{server.name}: present")
        return True
    lacking = [tool for tool in server.needs if shutil.which(tool) is None]
    if lacking:
        report(f"{server.name}: NOT fetched, this machine lacks {' and '.join(lacking)}")
        return False
    report(f"{server.name}: fetching with {server.needs[0]} …")
    began = time.monotonic()
    try:
        server.fetch(cache)
    except (RuntimeError, OSError) as error:
        report(f"{server.name}: NOT fetched. {error}")
        return False
    report(f"{server.name}: fetched in {time.monotonic() - began:.0f} s")
    return True


def fetch_all(cache: ServerCache, report: Report) -> list[str]:
    """Fetches what is missing, two at a time. Answers the names that could not be had."""
    cache.root.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=2) as pool:
        there = list(pool.map(lambda server: fetch(server, cache, report), SERVERS))
    return [server.name for server, present in zip(SERVERS, there, strict=True) if not present]


def main() -> int:
    cache = ServerCache.from_environment()
    print(f"Real servers into {cache.root}", flush=True)
    lacking = fetch_all(cache, lambda line: print(line, flush=True))
    if lacking:
        print(f"Not to be had: {', '.join(lacking)}", flush=True)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
