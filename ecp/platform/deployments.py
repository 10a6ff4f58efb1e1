"""What `prefect.yaml` deploys, for those who need a deployment's name before or without Prefect's own command."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ecp.platform.layout import CODE

PREFECT_FILE = CODE / "prefect.yaml"


@dataclass(frozen=True)
class Pool:
    """A work pool. It has no limit of its own, which reserved runs would fill: each worker takes few runs at once.
    `template`: of its jobs, where it is not the one of its type."""

    name: str
    description: str
    template: dict[str, Any] | None = None


# Of each run that is reserved the server checks the variables against its pool's template. Here there are none.
_WITHOUT_VARIABLES = {
    "job_configuration": {"stream_output": True},
    "variables": {"type": "object", "properties": {}},
}
POOLS = (
    Pool("interactive", "Resolutions somebody waits for, and their reruns", _WITHOUT_VARIABLES),
    Pool("process", "What nobody waits for: watches, upkeep, plans"),
)


def pool_named(name: str) -> Pool:
    return next(pool for pool in POOLS if pool.name == name)


@dataclass(frozen=True)
class Deployment:
    """One entry of `prefect.yaml`. `entrypoint` is a module path: the code is installed wherever it runs."""

    name: str
    entrypoint: str
    pool: str
    description: str
    tags: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """As Prefect shows it: a flow is called as its function, with dashes."""
        return f"{self.entrypoint.rpartition('.')[2].replace('_', '-')}/{self.name}"


def deployments(file: Path = PREFECT_FILE) -> tuple[Deployment, ...]:
    return tuple(_deployment(entry) for entry in yaml.safe_load(file.read_text())["deployments"])


@cache
def deployed_as(full_name: str) -> Deployment:
    """Raises KeyError for what `prefect.yaml` does not name."""
    return {d.full_name: d for d in deployments()}[full_name]


def digest(file: Path = PREFECT_FILE) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Mark:
    """What a worker writes into Prefect's home once it has deployed everything: to which server, and what."""

    path: Path

    @classmethod
    def of(cls, prefect_home: Path) -> Mark:
        return cls(prefect_home / "ecp-deployed.json")

    def write(self, api: str, file: Path = PREFECT_FILE) -> None:
        self.path.write_text(json.dumps(_marked(api, file)))

    def says(self, api: str | None, file: Path = PREFECT_FILE) -> bool:
        """Whether all of the file has been deployed to that server, or, without one, to any."""
        try:
            found = json.loads(self.path.read_text())
            return bool(found == _marked(api or found["server"], file))
        except (OSError, ValueError, KeyError, TypeError):
            return False


def _marked(api: str, file: Path) -> dict[str, str]:
    return {"server": api, "prefect.yaml": digest(file)}


def _deployment(entry: dict[str, Any]) -> Deployment:
    return Deployment(
        name=entry["name"],
        entrypoint=entry["entrypoint"],
        pool=entry["work_pool"]["name"],
        description=entry.get("description", ""),
        tags=tuple(entry.get("tags", ())),
    )
