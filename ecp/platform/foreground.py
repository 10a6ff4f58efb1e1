"""What `ecp up` does while it stays: loads the demo, watches the parts, and lets a signal end it."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FrameType

from ecp.platform.errors import NotUp, PlatformError
from ecp.platform.manager import PartStatus, Platform, Report
from ecp.settings import Settings

WATCH_SECONDS = 1.0


class Interrupted(Exception):
    """Somebody wants it to end: Ctrl-C, SIGTERM, or the terminal is gone."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Turns the first signal into Interrupted; further ones wait until all is stopped."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        for name in signals:
            signal.signal(name, signal.SIG_IGN)
        raise Interrupted

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {name: signal.signal(name, interrupt) for name in signals}
    try:
        yield
    except Interrupted:
        return
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def stay(platform: Platform, report: Report) -> None:
    """Says when a part crashes and comes back. Returns when the platform was taken down by somebody else."""
    known = {part.name: part for part in platform.status()}
    while platform.is_up():
        time.sleep(WATCH_SECONDS)
        try:
            now = {part.name: part for part in platform.status()}
        except (NotUp, PlatformError):
            continue
        for name, part in now.items():
            change = described(known[name], part)
            if change:
                report(change)
        known = now


def described(before: PartStatus, now: PartStatus) -> str | None:
    if now.state == before.state and now.pid == before.pid:
        return None
    if now.state == before.state == "running":
        return f"{now.name} had crashed and runs again (pid {now.pid}). Its log: {now.log}"
    if now.state in ("crashing", "failed"):
        return f"{now.name} keeps crashing. Its log: {now.log}"
    return f"{now.name} is {now.state}"


def load_demo(settings: Settings, report: Report) -> None:
    """Imported late: the demo's loader needs stores, which the rest of the platform's manager does not."""
    import_module("ecp.packs.demo").load_demo(settings, report)
