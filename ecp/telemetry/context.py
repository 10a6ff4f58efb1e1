"""What every log line of a request carries, wherever on its way it is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from structlog.contextvars import bound_contextvars, get_contextvars

_question: ContextVar[str | None] = ContextVar("ecp_question", default=None)


@contextmanager
def request_context(request_id: str) -> Iterator[None]:
    """Binds `request_id` to every line written inside."""
    with bound_contextvars(request_id=request_id):
        yield


@contextmanager
def resolution_context(
    resolution_id: str, *, request_id: str | None = None, question: str | None = None
) -> Iterator[None]:
    """Binds `resolution_id` (and the request's id, where the work runs apart from it) to every line written
    inside. `question` is never logged by this; in prod it is removed from lines that repeat it."""
    ids = {"resolution_id": resolution_id} | ({"request_id": request_id} if request_id else {})
    token = _question.set(question if question is not None else _question.get())
    try:
        with bound_contextvars(**ids):
            yield
    finally:
        _question.reset(token)


def guard_question(text: str) -> None:
    """From here to the end of this task, lines written in prod never repeat `text`."""
    _question.set(text)


def current_request_id() -> str | None:
    return _bound("request_id")


def current_resolution_id() -> str | None:
    return _bound("resolution_id")


def current_question() -> str | None:
    return _question.get()


def _bound(name: str) -> str | None:
    value = get_contextvars().get(name)
    return None if value is None else str(value)
