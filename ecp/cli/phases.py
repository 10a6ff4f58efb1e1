"""What a long command is waiting for, beside what a program reads: also where nobody sees a bar move."""

from __future__ import annotations

from rich.markup import escape

from ecp.cli.consoles import errors


class Phases:
    """Each phase is told once, when it begins."""

    def __init__(self) -> None:
        self._last: str | None = None

    def say(self, phase: str) -> None:
        if phase != self._last:
            self._last = phase
            errors.print(f"[dim]{escape(phase)}[/dim]", soft_wrap=True)
