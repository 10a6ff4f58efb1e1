"""What is wrong with a pack, fault by fault, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.markup import escape

from ecp.cli.consoles import errors


def show_faults(faults: Iterable[Mapping[str, Any]]) -> None:
    """Each on a line: the file and its line, the field, and what is wrong with it, as far as they are known."""
    for fault in faults:
        place = ":".join(str(fault[k]) for k in ("file", "line") if fault.get(k))
        parts = (f"{escape(place)}:" if place else "", _bold(fault.get("field")), escape(str(fault["message"])))
        errors.print(" ".join(filter(None, parts)), soft_wrap=True)


def _bold(field: Any) -> str:
    return f"[bold]{escape(str(field))}[/bold]" if field else ""
