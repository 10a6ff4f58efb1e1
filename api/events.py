"""Events as an HTTP answer: server-sent events, as the HTML standard has them (section 9.2)."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from api.deps import Event
from api.problems import problem_text
from ecp.errors import ECPError

Events = AsyncGenerator[Event, None] | tuple[Event, ...]
HEARTBEAT_SECONDS = 5.0
SEND_SECONDS = 30.0


class EventStream(EventSourceResponse):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:  # a client that takes nothing any more is one that has left
            return


def event_stream(events: Events, scope: Scope, *, heartbeat: float = HEARTBEAT_SECONDS) -> EventStream:
    """The events, each with its id; in silence a comment every `heartbeat` seconds."""
    return EventStream(
        _written(events, scope),
        sep="\n",
        ping=heartbeat,
        ping_message_factory=lambda: ServerSentEvent(comment="still there", sep="\n"),
        send_timeout=SEND_SECONDS,
    )


async def _written(events: Events, scope: Scope) -> AsyncIterator[ServerSentEvent]:
    try:
        async with aclosing(_in_turn(events) if isinstance(events, tuple) else events) as in_turn:
            async for event in in_turn:
                yield _one(event)
    except ECPError as error:
        yield ServerSentEvent(problem_text(error, scope), event="problem", sep="\n")


async def _in_turn(events: tuple[Event, ...]) -> AsyncGenerator[Event, None]:
    for event in events:
        yield event


def _one(event: Event) -> ServerSentEvent:
    data = json.dumps(event.data, ensure_ascii=False, separators=(",", ":"))
    attempt, number = event.place
    return ServerSentEvent(data, event=event.name, id=f"{attempt}.{number}", sep="\n")
