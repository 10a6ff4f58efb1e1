"""One way for every line: ours, Prefect's, uvicorn's and the drivers' pass the same processors.

JSON when the environment is `prod`, pretty otherwise. Lines go to standard error, so that what a command
prints stays alone on standard output.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any, TextIO

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from ecp.telemetry.context import current_question
from ecp.telemetry.redaction import Redactor

REQUEST_STARTED = "request_started"
REQUEST_COMPLETED = "request_completed"
RESOLUTION_STARTED = "resolution_started"
RESOLUTION_COMPLETE = "resolution_complete"
STAGE_COMPLETED = "stage_completed"
STORE_QUERY = "store_query"
RETRY_SCHEDULED = "retry_scheduled"
SERVICE_DEGRADED = "service_degraded"
POLICY_DECISION = "policy_decision"
BREAKER_EVENTS = {
    "open": "circuit_breaker_open",
    "half_open": "circuit_breaker_half_open",
    "closed": "circuit_breaker_closed",
}

# One line of ours says what their line for every call would say again.
_CHATTY = ("httpx", "httpcore", "hpack", "uvicorn.access", "websockets", "asyncio", "prefect.events")
_LEVELS = {name.lower(): level for name, level in logging.getLevelNamesMapping().items()} | {"exception": logging.ERROR}
# At debug level they write what they are asked, and that is made of a question's words.
_OUTSPOKEN = ("neo4j", "psycopg", "psycopg.pool", "httpx", "httpcore", "sqlalchemy", "asyncpg")
# Of a connection that we severed, or found dead, a line of ours tells with the ids of who asked.
_TOLD_BY_US = ("query cancellation interrupted", "discarding closed connection")
_PASSED_ON = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi", "fastapi", "prefect", "prefect._internal")


_ENCODE = json.JSONEncoder(default=str).encode
MOST_HELD = 20_000


class ConsoleHandler(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at that moment, unless a stream was given. Lines below warning are held for
    `hold_seconds` and written together, by a thread of its own: a write for each wakes, each time, whoever reads them,
    and costs more than all else about the line."""

    def __init__(self, stream: TextIO | None, hold_seconds: float = 0.0) -> None:
        super().__init__(stream)
        self._given = stream
        self._hold_seconds = hold_seconds
        self._held: deque[str] = deque()
        self._left_out = 0
        self._some = threading.Event()
        self._closed = False
        if hold_seconds:
            threading.Thread(target=self._write_on, name="log lines", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        if self._hold_seconds and record.levelno < logging.WARNING:
            self.later(self.format(record))
            return
        self.flush()  # what was said before
        self.stream = self._given or sys.stderr
        super().emit(record)

    def later(self, text: str) -> None:
        """A line that is finished, and that can wait for others."""
        if not self._hold_seconds:
            self.line(text)
        elif len(self._held) < MOST_HELD:
            self._held.append(text)
            self._some.set()
        else:
            self._left_out += 1

    def line(self, *texts: str) -> None:
        """Lines that are finished, after those that were held. Nothing fails because they cannot be written."""
        self.acquire()
        try:
            self.stream = self._given or sys.stderr
            self.stream.write("".join([f"{text}\n" for text in (*self._before(), *texts)]))
            self.stream.flush()
        except (OSError, ValueError):
            return
        finally:
            self.release()

    def flush(self) -> None:
        if self._held:
            self.line()
        with suppress(OSError, ValueError):
            super().flush()

    def close(self) -> None:
        self.flush()
        self._closed = True
        self._some.set()
        super().close()

    def _before(self) -> Iterator[str]:
        while self._held:
            yield self._held.popleft()
        if left_out := self._left_out:
            self._left_out = 0
            yield self._left_out_line(left_out)

    def _left_out_line(self, count: int) -> str:
        told = {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING"}
        text = {"msg": "%d lines were left out here: nobody read those before them", "args": (count,)}
        return self.format(logging.makeLogRecord(told | text))

    def _write_on(self) -> None:
        while not self._closed:
            self._some.wait()
            self._some.clear()
            time.sleep(self._hold_seconds)
            self.flush()


def _not_told_by_us(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(_TOLD_BY_US)


class _Direct:
    """Where a line of ours goes: to the handler, without the record that the standard library would make of it, whose
    search for the caller costs more than the line."""

    def __init__(self, name: str, handler: ConsoleHandler) -> None:
        self.name = name
        self._levels = logging.getLogger(name)
        self.debug = self.info = handler.later
        self.warning = self.error = self.exception = self.critical = handler.line

    def wants(self, level: int) -> bool:
        return self._levels.isEnabledFor(level)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    return structlog.stdlib.get_logger(name)


def configure(
    *, env: str, level: str, secrets: Iterable[str] = (), stream: TextIO | None = None, hold_seconds: float = 0.0
) -> None:
    """Routes all logging of the process. May be called again: after another library configured logging for
    itself, or with other settings. `secrets` are values never to be written. A process of many lines holds those that
    are no warnings for `hold_seconds`, and writes them together."""
    redact = Redactor(secrets=secrets, question=current_question, hide_questions=env == "prod")
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    handler, ending = ConsoleHandler(stream, hold_seconds), _ending(env == "prod", redact)
    structlog.configure(
        processors=[_wanted, *shared, *ending],
        logger_factory=cache(lambda name="": _Direct(name, handler)),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[meta, *ending]))
    _route(handler, _level(level), discreet=env == "prod")


def _ending(as_json: bool, redact: Redactor) -> list[Processor]:
    # A traceback becomes text before redaction: drivers put what they were asked into their errors.
    ending: list[Processor] = [structlog.processors.format_exc_info, redact]
    if as_json:
        return [*ending, _with_request_id, _as_json]
    return [*ending, _pretty]


def _pretty(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """To read: when, how bad, what, where, and the rest by name. The library's own takes as long as all before it."""
    when, level, what, where = (event.pop(name, "") for name in ("timestamp", "level", "event", "logger"))
    below = [event.pop(name) for name in ("stack", "exception") if name in event]
    rest = " ".join([f"{name}={_shown(value)}" for name, value in sorted(event.items())])
    return "\n".join((f"{when} [{level:<9}] {what!s:<30} [{where}] {rest}".rstrip(), *below))


def _shown(value: Any) -> str:
    return value if isinstance(value, str) and value.isprintable() and " " not in value else repr(value)


def _wanted(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    if not logger.wants(_LEVELS[method]):
        raise structlog.DropEvent
    return event


def _with_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event.setdefault("request_id", None)
    return event


def _as_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return _ENCODE(event)


def _route(handler: logging.Handler, level: int, *, discreet: bool) -> None:
    root = logging.getLogger()
    for old in [h for h in root.handlers if _is_console(h)]:
        root.removeHandler(old)
        if isinstance(old, ConsoleHandler):
            old.close()
    root.addHandler(handler)
    root.setLevel(level)
    handler.setLevel(level)  # a driver may have a level of its own
    for name in _PASSED_ON:
        _pass_on(logging.getLogger(name))
    for name in ("psycopg", "psycopg.pool"):
        logging.getLogger(name).addFilter(_not_told_by_us)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING) if level > logging.DEBUG else logging.NOTSET)
    if level <= logging.DEBUG:
        for name in _OUTSPOKEN:
            logging.getLogger(name).setLevel(logging.INFO if discreet else logging.NOTSET)


def _pass_on(logger: logging.Logger) -> None:
    for handler in [h for h in logger.handlers if isinstance(h, logging.StreamHandler)]:
        logger.removeHandler(handler)
    logger.propagate = True
    logger.setLevel(logging.NOTSET)


def _is_console(handler: logging.Handler) -> bool:
    consoles = (sys.stderr, sys.stdout, sys.__stderr__, sys.__stdout__)
    is_stream = isinstance(handler, logging.StreamHandler)
    return isinstance(handler, ConsoleHandler) or (is_stream and _stream_of(handler) in consoles)


def _stream_of(handler: logging.Handler) -> Any:
    return getattr(handler, "stream", None)


def _level(name: str) -> int:
    level = logging.getLevelNamesMapping().get(name.strip().upper())
    return logging.INFO if level is None else level
