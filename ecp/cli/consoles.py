"""Where commands print: what they say on standard output, what they say beside it on standard error."""

from __future__ import annotations

import os

from rich.console import Console


class Lasting(Console):
    """A command goes on to its end when nobody reads any more what it says (`ecp import … | head -3`)."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.file.fileno())
        os.close(nowhere)


def output() -> Console:
    """One that may be given a width of its own."""
    return Lasting(highlight=False)


console = output()
errors: Console = Lasting(stderr=True, highlight=False)
