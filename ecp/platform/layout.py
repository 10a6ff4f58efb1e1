"""Where things lie in an ECP_HOME, and the secrets made for it once."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

CODE = Path(__file__).resolve().parents[2]
LONGEST_SOCKET_FOLDER = 75  # a socket's whole path must fit 104 bytes, supervisor's carries a suffix
METRICS = "PROMETHEUS_MULTIPROC_DIR"


@dataclass(frozen=True)
class Layout:
    """The folders of one home."""

    home: Path

    @classmethod
    def of(cls, home: Path) -> Layout:
        return cls(home.expanduser().resolve())

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def metrics(self) -> Path:
        """Where processes that count together write their figures."""
        return self.home / "metrics"

    @property
    def cube_model(self) -> Path:
        return self.home / "cube" / "model"

    @property
    def supervisor_config(self) -> Path:
        return self.home / "supervisord.conf"

    def log(self, part: str) -> Path:
        return self.logs / f"{part}.log"

    def folder(self, name: str) -> Path:
        path = self.home / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def run_folder(self) -> Path:
        """The folder of the unix sockets: in the home, or a short one when the home's path is too long."""
        path = self.home / "run"
        if len(os.fsencode(path)) > LONGEST_SOCKET_FOLDER:
            return Path(tempfile.mkdtemp(prefix="ecp-"))
        path.mkdir(exist_ok=True)
        return path

    def prepare(self) -> None:
        for path in (self.home, self.logs, self.cube_model):
            path.mkdir(parents=True, exist_ok=True)

    def secret(self, name: str) -> str:
        """A secret of this home, the same every time it is asked for."""
        seed = self._seed()
        return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()[:40]

    def _seed(self) -> str:
        path = self.home / "secret.json"
        if not path.exists():
            write_private(path, json.dumps({"seed": secrets.token_hex(32)}))
        return str(json.loads(path.read_text())["seed"])


def write_private(path: Path, text: str) -> None:
    """Replaces a file whole, readable by its owner alone."""
    coming = path.with_name(f".{path.name}.coming")
    coming.unlink(missing_ok=True)
    with os.fdopen(os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    coming.replace(path)
