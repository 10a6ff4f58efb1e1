"""Every refusal and every failure as a problem document (RFC 9457), counted, with nothing of our inside in it.

ECPError (ecp.errors)
└── RequestError            400  the request cannot be taken as it is
    ├── MalformedHeader     400
    ├── MalformedBody       400
    ├── NotLoopback         403  without authentication only this machine is served
    ├── NotFound            404
    ├── MethodNotAllowed    405
    ├── Ambiguous           409  a name that several things have
    ├── BodyTooSlow         408
    ├── BodyTooLarge        413
    └── NotJson             415
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_jsonable_python
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from ecp.errors import (
    ECPError,
    PolicyUnavailable,
    RateLimited,
    StoreError,
    StoreRejected,
    StoreTimeout,
    ValidationError,
)
from ecp.telemetry import metrics
from ecp.telemetry.context import current_request_id

MEDIA_TYPE = "application/problem+json"
_FIXED = ("type", "title", "status", "detail", "instance", "request_id")
_RETRY_AFTER_SECONDS = 5
_MOST_ERRORS = 50
_LONGEST_NAME = 100
_IN_JSON = {
    "extra_forbidden": "Unknown field",
    "tuple_type": "An array is wanted",
    "list_type": "An array is wanted",
    "dict_type": "An object is wanted",
    "model_type": "An object is wanted",
    "model_attributes_type": "An object is wanted",
}


class RequestError(ECPError):
    status = 400
    slug = "bad-request"
    title = "The request cannot be taken as it is"


class MalformedHeader(RequestError):
    slug = "malformed-header"
    title = "A header is malformed"


class MalformedBody(RequestError):
    slug = "malformed-body"
    title = "The body is not readable as JSON"


class NotLoopback(RequestError):
    status = 403
    slug = "loopback-only"
    title = "Without authentication only this machine is served"


class NotFound(RequestError):
    status = 404
    slug = "not-found"
    title = "There is nothing here"


class Ambiguous(RequestError):
    """`options`: the ids of what the name may mean."""

    status = 409
    slug = "ambiguous"
    title = "Several things are called so"


class MethodNotAllowed(RequestError):
    status = 405
    slug = "method-not-allowed"
    title = "The method is not allowed here"


class BodyTooSlow(RequestError):
    status = 408
    slug = "request-timeout"
    title = "The body did not arrive in time"


class BodyTooLarge(RequestError):
    status = 413
    slug = "body-too-large"
    title = "The body is too large"


class NotJson(RequestError):
    status = 415
    slug = "unsupported-media-type"
    title = "The body must be JSON"


class NotReady(RequestError):
    """No question could be answered."""

    status = 503
    slug = "not-ready"
    title = "The platform is not ready"


def problem_response(error: ECPError, scope: Scope, headers: Mapping[str, str] | None = None) -> Response:
    """The document for an error; marks the request with its slug and resolution for the log."""
    extra = _extra(error)
    content = _document(error, extra, scope)
    sent = dict(headers or {}) | _retry_header(extra)
    return Response(content, status_code=error.status, headers=sent, media_type=MEDIA_TYPE)


def problem_text(error: ECPError, scope: Scope) -> str:
    """The document of an error that comes after the answer has begun."""
    return _document(error, _extra(error), scope).decode("ascii")


def _document(error: ECPError, extra: Mapping[str, Any], scope: Scope) -> bytes:
    _note(error, extra, scope)
    body = {
        "type": f"urn:ecp:problem:{error.slug}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": _instance(scope),
        "request_id": current_request_id(),
        **extra,
        "degradations": extra.get("degradations") or [],
    }
    # ASCII alone: a name the caller sent may hold what UTF-8 cannot.
    return json.dumps(body, ensure_ascii=True, allow_nan=False).encode("ascii")


def unexpected(scope: Scope) -> Response:
    """A defect of ours. What it was stands in the log, under the request's id."""
    return problem_response(ECPError("Something unexpected went wrong; it is logged under this request id."), scope)


def field_errors(errors: Iterable[Mapping[str, Any]], body: Any = None) -> ValidationError:
    """Pydantic's errors as `errors: [{loc, message}]`, without what was sent; of several about one place of the `body`,
    which has them where it may be of several types, the first."""
    placed: dict[tuple[str | int, ...], str] = {}
    for error in errors:
        placed.setdefault(_place(error, body), _message(error))
    found = [{"loc": _loc(place), "message": message} for place, message in placed.items()][:_MOST_ERRORS]
    (where, why), *others = ((".".join(map(str, e["loc"])), str(e["message"])) for e in found)
    also = f" Also not valid: {', '.join(name for name, _ in others[:4])}." if others else ""
    return ValidationError(f"Not valid: {where}: {why.removesuffix('.')}.{also}", errors=found)


def install(app: FastAPI) -> None:
    app.add_exception_handler(ECPError, _on_ecp_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


async def _on_ecp_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ECPError)
    return problem_response(error, request.scope)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem_response(field_errors(error.errors(), error.body), request.scope)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = error.headers
    if error.status_code == MethodNotAllowed.status:
        headers = {**(headers or {}), "Allow": ", ".join(_allowed(request))}
    return problem_response(_of_http(error), request.scope, headers)


def _allowed(request: Request) -> list[str]:
    """The methods of every route with this address; the router names those of the first one."""
    routes = (*request.app.router.routes, *request.app.state.routes)
    found = [r for r in routes if isinstance(r, Route) and r.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in found for method in route.methods or ()})


def _of_http(error: HTTPException) -> ECPError:
    if error.status_code == NotFound.status:
        return NotFound("No resource has this address.")
    if error.status_code == MethodNotAllowed.status:
        return MethodNotAllowed("See the Allow header for what is.")
    if error.status_code < 500:
        return RequestError("The request could not be read.")
    return ECPError("The request could not be served.")


def _extra(error: ECPError) -> dict[str, Any]:
    extra = {k: v for k, v in error.extra.items() if k not in _FIXED}
    if isinstance(error, StoreError):
        extra.setdefault("component", error.store)
    if isinstance(error, PolicyUnavailable):
        extra.setdefault("component", "policy")
    waits = (error.status == 503 or isinstance(error, StoreTimeout)) and not isinstance(error, StoreRejected)
    if isinstance(error, (PolicyUnavailable, RateLimited)) or waits:
        extra.setdefault("retry_after", _RETRY_AFTER_SECONDS)
    plain: dict[str, Any] = json.loads(
        json.dumps(to_jsonable_python(extra, fallback=str)), parse_constant=lambda _nan: None
    )
    return plain


def _retry_header(extra: Mapping[str, Any]) -> dict[str, str]:
    seconds = extra.get("retry_after")
    return {"Retry-After": str(max(1, math.ceil(seconds)))} if isinstance(seconds, (int, float)) else {}


def _note(error: ECPError, extra: Mapping[str, Any], scope: Scope) -> None:
    metrics.error_answered(error.slug, str(extra.get("component", "api")))
    state = scope.setdefault("state", {})
    state["problem"] = error.slug
    if isinstance(error, StoreError):
        state.update(component=error.store, reason=error.kind)
    if extra.get("resolution_id"):
        state["resolution_id"] = extra["resolution_id"]


def _instance(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "replace")
    return raw.split(b"?", 1)[0].decode("latin-1")


def _place(error: Mapping[str, Any], body: Any) -> tuple[str | int, ...]:
    """Without the names of types that were tried, which are no part of what was sent."""
    loc: tuple[str | int, ...] = tuple(error["loc"])
    if body is None or loc[:1] != ("body",) or error.get("type") == "missing":
        return loc
    place: list[str | int] = ["body"]
    at = body
    for part in loc[1:]:
        inside = part in at if isinstance(at, dict) else isinstance(at, list) and part in range(len(at))
        if inside:
            place.append(part)
            at = at[part]
    return tuple(place)


def _loc(loc: Iterable[str | int]) -> list[str | int]:
    return [part if isinstance(part, int) else part[:_LONGEST_NAME] for part in loc]


def _message(error: Mapping[str, Any]) -> str:
    kind, bounds = error.get("type"), error.get("ctx") or {}
    if kind in ("too_short", "too_long"):
        what = "characters" if isinstance(error.get("input"), str) else "entries"
        bound = f"At least {bounds['min_length']}" if kind == "too_short" else f"At most {bounds['max_length']}"
        return f"{bound} {what} are wanted"
    return _IN_JSON.get(str(kind)) or str(error["msg"]).removeprefix("Value error, ")
