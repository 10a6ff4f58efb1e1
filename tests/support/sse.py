"""Server-sent events, read as a browser reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Received:
    event: str
    id: str
    data: Any


def received(lines: Iterable[str]) -> Iterator[Received]:
    """The events of a stream's lines; each ends with an empty line, comments are none."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line and name:
            assert name not in fields, f"more than one line of {name}"
            fields[name] = value
        elif not line and fields:
            yield Received(fields["event"], fields.get("id", ""), json.loads(fields["data"]))
            fields = {}
