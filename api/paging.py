"""Pages of a list: `limit`, and a `cursor` that says behind which entry the next page begins.

A cursor holds a place and no rights: whatever it says, a page is authorised as the first one was.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
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


def behind(listing: str, page: Page) -> tuple[str, str] | None:
    """Where the page begins in a list by time: the moment of the entry before it, as ISO, and what tells it apart.
    None: at the newest. Raises `ValidationError` for a cursor that is not of this list."""
    key = place_of(listing, page.cursor, ("", ""))
    if key is None:
        return None
    moment, apart = str(key[0]), str(key[1])
    try:
        datetime.fromisoformat(moment)
    except ValueError:
        raise _foreign() from None
    return moment, apart


def by_time(listing: str, found: Sequence[T], key_of: Callable[[T], tuple[datetime, str]], page: Page) -> Paged[T]:
    """The page of a list by time, from one entry more than it holds."""
    shown = found[: page.limit]
    if len(found) <= page.limit:
        return Paged(tuple(shown), None)
    moment, apart = key_of(shown[-1])
    return Paged(tuple(shown), cursor_of(listing, (moment.isoformat(), apart)))


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
        raise _foreign()
    return tuple(key)


def _foreign() -> ValidationError:
    message = "this is no cursor of this list; begin without one"
    return ValidationError(message, errors=[{"loc": ["query", "cursor"], "message": message}])


def _digest(listing: str, content: bytes) -> bytes:
    return hashlib.sha256(listing.encode() + b"\0" + content).digest()[:_DIGEST_BYTES]
