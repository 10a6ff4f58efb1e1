"""A platform of the tests' own: a home in a temporary folder, free ports, the parts that are asked for."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ecp.platform.manager import Platform
from ecp.platform.plan import Request, Stores
from ecp.platform.ports import is_free
from ecp.settings import Settings

STORES = {"embedded": ("postgres", "graph"), "server": ("postgres", "graph", "cube", "opa")}
EVERYTHING = (*STORES["embedded"], "prefect", "worker", "api")


def free_port() -> int:
    """A port with room behind it for the other parts, away from those the system hands out."""
    while True:
        port = random.randrange(10_000, 30_000, 20)
        if is_free(port):
            return port


def settings_for(home: Path, **fields: object) -> Settings:
    """Settings of a home, as the platform file has them; `.env` of the checkout plays no part."""
    return Settings(home=home, _env_file=None, **fields)  # type: ignore[arg-type]


@contextmanager
def running_platform(
    stores: Stores = "embedded", parts: Iterable[str] | None = None, home: Path | None = None
) -> Iterator[Settings]:
    """Starts a platform, gives its settings, and leaves nothing running. `parts`: default the stores' own."""
    with tempfile.TemporaryDirectory(prefix="ecp-test-", ignore_cleanup_errors=True) as folder:
        platform = Platform(home or Path(folder) / "home")
        request = Request(
            settings_for(platform.layout.home, port=free_port()),
            stores,
            parts=frozenset(STORES[stores] if parts is None else parts),
        )
        try:
            record = platform.up(request, report=lambda line: None)
            failed = platform.wait_for_all(record, report=lambda line: None)
            assert not failed, [Path(part.log).read_text()[-2000:] for part in failed]
            yield settings_for(platform.layout.home)
        finally:
            if platform.is_up():
                platform.down(report=lambda line: None)
