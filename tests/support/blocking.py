"""What holds up an event loop: work that keeps its thread busy, and calls that wait where everybody waits with them.
(`time.sleep` in a coroutine is found by the linter.)

Busy is counted in the thread's own processor time, so that a machine that is busy itself accuses nobody."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any

WAITS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen", "os.system", "open"})
BUSY_SECONDS = 0.25
Note = Callable[[str], None]


class Watched(asyncio.SelectorEventLoop):
    """Tells `note` of every callback that kept it busy for longer than `busy` seconds."""

    def __init__(self, note: Note, busy: float = BUSY_SECONDS) -> None:
        super().__init__()
        self._note = note
        self._busy = busy

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        return super().call_soon(self._timed, callback, *args, context=context)

    def _timed(self, callback: Callable[..., object], *args: Any) -> None:
        began = time.thread_time()
        try:
            callback(*args)
        finally:
            took = time.thread_time() - began
            if took > self._busy:
                self._note(f"busy for {took:.2f} s in {callback!r}")


class _Policy(asyncio.DefaultEventLoopPolicy):
    def __init__(self, note: Note) -> None:
        super().__init__()
        self._note = note

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        return Watched(self._note)


class _Inside(threading.local):
    active = False


_inside = _Inside()
_listening: list[Note] = []
_hooked: list[bool] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _listening or event not in WAITS or asyncio._get_running_loop() is None or _inside.active:
        return
    _inside.active = True  # telling where reads files itself
    try:
        where = "".join(traceback.format_stack(limit=8))
        for note in list(_listening):
            note(f"{event}{arguments!r} on an event loop:\n{where}")
    finally:
        _inside.active = False


@contextmanager
def watched() -> Iterator[list[str]]:
    """What blocked, of loops made inside and of all that run here meanwhile."""
    found: list[str] = []
    if not _hooked:  # an audit hook is for the whole life of the process
        sys.addaudithook(_hook)
        _hooked.append(True)
    before = asyncio.get_event_loop_policy()
    asyncio.set_event_loop_policy(_Policy(found.append))
    note = found.append
    _listening.append(note)
    try:
        yield found
    finally:
        _listening.remove(note)
        asyncio.set_event_loop_policy(before)
