"""Pages of a list: `limit`, and a `cursor` that says behind which entry the next page begins.

A cursor holds a place and no rights: whatever it says, a page is authorised as the first one was.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ecp.errors import ValidationError

T = TypeVar("T")
Key = tuple[str | int, ...]
_DIGEST_BYTES = 6


@dataclass(frozen=True)
class Page:
    """What a caller asks for: at most `limit` entries behind `cursor`, None for the first ones."""

    limit: int
    cursor: str | None = None


@dataclass(frozen=True)
class Paged(Generic[T]):
    entries: tuple[T, ...]
    next_cursor: str | None


def paged(listing: str, entries: Sequence[T], key_of: Callable[[T], Key], page: Page) -> Paged[T]:
    """The page of a list that is sorted by its keys, which tell all entries apart."""
    after = place_of(listing, page.cursor, key_of(entries[0]) if entries else ())
    left = [e for e in entries if after is None or key_of(e) > after]
    shown = left[: page.limit]
    more = len(left) > page.limit
    return Paged(tuple(shown), cursor_of(listing, key_of(shown[-1])) if more else None)


def cursor_of(listing: str, key: Key) -> str:
    """`listing` is everything that makes this list another one."""
    content = json.dumps(key).encode()
    return base64.urlsafe_b64encode(_digest(listing, content) + content).decode().rstrip("=")


def place_of(listing: str, cursor: str | None, like: Key) -> Key | None:
    """The key in a cursor, of the same types as those of `like`. Raises `ValidationError` for a cursor that is not
    of this list."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        digest, content = raw[:_DIGEST_BYTES], raw[_DIGEST_BYTES:]
        key = json.loads(content) if digest == _digest(listing, content) else None
    except (ValueError, RecursionError):
        key = None
    if not isinstance(key, list) or (like and [type(k) for k in key] != [type(k) for k in like]):
        message = "this is no cursor of this list; begin without one"
        raise ValidationError(message, errors=[{"loc": ["query", "cursor"], "message": message}])
    return tuple(key)


def _digest(listing: str, content: bytes) -> bytes:
    return hashlib.sha256(listing.encode() + b"\0" + content).digest()[:_DIGEST_BYTES]
