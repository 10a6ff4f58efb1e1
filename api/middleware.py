"""What happens to every request before a route sees it. Pure ASGI: bodies and streams pass untouched."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from ipaddress import IPv6Address, ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.admission import busy
from api.problems import BodyTooLarge, BodyTooSlow, NotLoopback, problem_response, unexpected
from ecp.errors import ECPError, RateLimited
from ecp.telemetry import spans
from ecp.telemetry.context import request_context
from ecp.telemetry.logs import REQUEST_COMPLETED, REQUEST_STARTED, get_logger

_log = get_logger("api.requests")
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_QUIET = ("/health/", "/metrics")
_CLIENT_GONE = 499
_TRACE = ("traceparent", "tracestate")
_TOLD = ("resolution_id", "problem", "component", "reason")


class RequestContext:
    """Gives a request its id, logs its start and end, and answers for defects."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request_id = _request_id(Headers(scope=scope))
        reply = _Reply(send, request_id)
        headers = {name: value for name, value in Headers(scope=scope).items() if name in _TRACE}
        with (
            request_context(request_id),
            spans.span(scope["method"], caller=headers, request_id=request_id) as noted,
        ):
            _say(scope, REQUEST_STARTED)
            began = time.perf_counter()
            try:
                await self._serve(scope, receive, reply)
            finally:
                milliseconds = round((time.perf_counter() - began) * 1000, 1)
                noted.named(f"{scope['method']} {_route(scope)}")
                noted.note(status=reply.status, **_found_ids(scope))
                _say(scope, REQUEST_COMPLETED, status=reply.status, duration_ms=milliseconds, **_found(scope))

    async def _serve(self, scope: Scope, receive: Receive, reply: _Reply) -> None:
        try:
            await self._app(scope, receive, reply)
        except ClientDisconnect:
            reply.status = _CLIENT_GONE
        except Exception as error:
            _log.exception("unexpected_error", error=type(error).__name__)
            if reply.started:
                raise
            await unexpected(scope)(scope, receive, reply)


class _Reply:
    """Adds the request's id to the answer and remembers its status."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.started = False
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self._request_id
            headers["X-Content-Type-Options"] = "nosniff"
        await self._send(message)


class LoopbackOnly:
    """Without authentication nobody but this machine is served, however the server was started.

    Both ends of the connection must be loopback, as the server sees them, and so must the name the caller
    used (a page of another site that resolves to this machine is not this machine asking).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not (_local_connection(scope) and _local_name(Headers(scope=scope))):
            refusal = NotLoopback(
                "This platform runs without authentication and serves loopback addresses under a loopback name "
                "only. ECP_UNAUTHENTICATED_NETWORK=true serves the network without authentication.",
                setting="ECP_UNAUTHENTICATED_NETWORK",
            )
            return await problem_response(refusal, scope)(scope, receive, send)
        await self._app(scope, receive, send)


class BodyLimit:
    """Reads a body whole, unless it grows too large or arrives too slowly. Of `at_once` bodies under way none is begun
    beside them: what they hold in memory is bounded."""

    def __init__(self, app: ASGIApp, *, most_bytes: int, seconds: float, at_once: int = 1000) -> None:
        self._app = app
        self._most = most_bytes
        self._seconds = seconds
        self._at_once = at_once
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and (len(declared) > 18 or int(declared) > self._most):
            return await self._refuse(scope, receive, send, self._too_large())
        try:
            body = await self._whole(receive)
        except (BodyTooLarge, BodyTooSlow, RateLimited) as error:
            return await self._refuse(scope, receive, send, error)
        if body is not None:
            await self._app(scope, _replayed(body, receive), send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, error: ECPError) -> None:
        """A connection whose body was not read whole cannot be used again."""
        await problem_response(error, scope, {"Connection": "close"})(scope, receive, send)

    async def _whole(self, receive: Receive) -> bytes | None:
        """The body; None where the caller has gone."""
        ends = time.monotonic() + self._seconds
        first = await self._in_time(receive, ends)
        if not first.get("more_body", False):
            return await self._rest(first, receive, ends)
        if self._under_way >= self._at_once:
            raise busy("More is being sent than can be taken now.")
        self._under_way += 1
        try:
            return await self._rest(first, receive, ends)
        finally:
            self._under_way -= 1

    async def _rest(self, message: Message, receive: Receive, ends: float) -> bytes | None:
        body = bytearray()
        while True:
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self._most:
                raise self._too_large()
            if not message.get("more_body", False):
                return bytes(body)
            message = await self._in_time(receive, ends)

    async def _in_time(self, receive: Receive, ends: float) -> Message:
        try:
            async with asyncio.timeout(max(0.0, ends - time.monotonic())):
                return await receive()
        except TimeoutError:
            raise BodyTooSlow(f"It was not there after {self._seconds:g} seconds.") from None

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(f"At most {self._most} bytes are taken.", limit_bytes=self._most)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body that was read, once; then what else the caller does."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _SANE_ID.fullmatch(given) else str(uuid.uuid4())


def _say(scope: Scope, event: str, **fields: object) -> None:
    path = scope["path"]
    say = _log.debug if path.startswith(_QUIET) else _log.info
    say(event, method=scope["method"], path=path, **fields)


def _found(scope: Scope) -> dict[str, object]:
    state = scope.get("state", {})
    return {name: state[name] for name in _TOLD if name in state}


def _found_ids(scope: Scope) -> dict[str, str]:
    return {name: str(value) for name, value in _found(scope).items()}


def _route(scope: Scope) -> str:
    """The route's template: a path itself holds what somebody sent."""
    return getattr(scope.get("route"), "path", "unknown")


def _local_connection(scope: Scope) -> bool:
    """A unix socket has no peer address and a path, or nothing, as its own."""
    client, server = scope.get("client"), scope.get("server")
    if client is None:
        return server is None or server[1] is None
    return _is_loopback(client[0]) and (server is None or server[1] is None or _is_loopback(server[0]))


def _local_name(headers: Headers) -> bool:
    names = headers.getlist("host")
    return len(names) == 1 and _is_loopback(_without_port(names[0]))


def _without_port(host: str) -> str:
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::[0-9]{1,5})?", host)
    plain = re.fullmatch(r"([^:\[\]]+)(?::[0-9]{1,5})?", host)
    return bracketed[1] if bracketed else plain[1] if plain else ""


def _is_loopback(host: str) -> bool:
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
