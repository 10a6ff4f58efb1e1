"""Where in a pack something is wrong."""

from __future__ import annotations

from collections.abc import Iterable

from ecp.domain.values import Value
from ecp.errors import PackInvalid

LISTED = 200


class Problem(Value):
    """One fault: `file` relative to the pack, `line` from 1, `field` as in `members[2].values`."""

    file: str
    line: int | None
    field: str | None
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.field}: {self.message}" if self.field else f"{place}: {self.message}"


def field_name(location: Iterable[str | int]) -> str | None:
    """`("members", 2, "values")` → `members[2].values`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".") or None


def invalid(problems: Iterable[Problem]) -> PackInvalid:
    """All faults in one error: `extra["errors"]` lists them in the order of files and lines."""
    ordered = sorted(set(problems), key=lambda p: (p.file, p.line or 0, p.field or "", p.message))
    noun = "error" if len(ordered) == 1 else "errors"
    listed = [p.model_dump() for p in ordered[:LISTED]]
    first = f"{len(ordered)} {noun} in the context pack, the first: {ordered[0]}"
    return PackInvalid(first, errors=listed, total=len(ordered))
