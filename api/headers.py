"""The headers of the contract, read strictly: what is malformed is a 400, never a default."""

from __future__ import annotations

import re

import pydantic
from starlette.datastructures import Headers

from api.problems import MalformedBody, MalformedHeader
from api.reading import parse_json
from ecp.domain.question import Asker
from ecp.errors import ValidationError

USER_CONTEXT = "x-ecp-user-context"
IDEMPOTENCY_KEY = "idempotency-key"
LAST_EVENT_ID = "last-event-id"
_LONGEST_CONTEXT = 16_384
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_PLACE = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})")
_WAIT = re.compile(r"wait\s*=\s*\"?([0-9]{1,6})\"?", re.IGNORECASE)


def asker_of(headers: Headers) -> Asker | None:
    """Who asks, from `X-ECP-User-Context`; None without the header."""
    raw = _single(headers, USER_CONTEXT)
    if raw is None:
        return None
    if len(raw) > _LONGEST_CONTEXT:
        raise MalformedHeader("X-ECP-User-Context is too long.")
    try:
        return Asker.model_validate(parse_json(raw.encode("latin-1")))
    except (MalformedBody, ValidationError) as error:
        raise MalformedHeader(f"X-ECP-User-Context: {error.detail}") from None
    except pydantic.ValidationError as error:
        fields = ", ".join(sorted({str(e["loc"][0])[:100] if e["loc"] else "no object" for e in error.errors()}))
        raise MalformedHeader(f"X-ECP-User-Context is not a user context: {fields}.") from None


def idempotency_key_of(headers: Headers) -> str | None:
    key = _single(headers, IDEMPOTENCY_KEY)
    if key is not None and not _KEY.fullmatch(key):
        raise MalformedHeader("Idempotency-Key must be 1 to 255 visible ASCII characters.")
    return key


def wait_of(headers: Headers) -> float | None:
    """Seconds the caller waits before a 202 (`Prefer`, RFC 7240): None until the deadline, 0 not at all."""
    preferences = [p.strip() for line in headers.getlist("prefer") for p in line.split(",")]
    waits = [found for p in preferences if (found := _WAIT.fullmatch(p))]
    if waits:
        return float(waits[0][1])
    return 0.0 if any(p.lower() == "respond-async" for p in preferences) else None


def last_event_of(headers: Headers) -> tuple[int, int] | None:
    """Attempt and number of the event that a client received last, None without the header (or an empty one, which
    is what a browser means by none)."""
    last = _single(headers, LAST_EVENT_ID)
    if not last:
        return None
    if (place := _PLACE.fullmatch(last)) is None:
        raise MalformedHeader("Last-Event-ID is the id of no event of ours; leave it out to begin at the beginning.")
    return int(place[1]), int(place[2])


def wants_fresh(headers: Headers) -> bool:
    directives = {d.strip().lower() for line in headers.getlist("cache-control") for d in line.split(",")}
    return "no-cache" in directives


def _single(headers: Headers, name: str) -> str | None:
    values = headers.getlist(name)
    if len(values) > 1:
        raise MalformedHeader(f"{name} was sent more than once.")
    return values[0] if values else None
