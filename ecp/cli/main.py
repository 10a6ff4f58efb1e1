"""`ecp`: the command line. Each group of commands is a module that adds its own to the app."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import typer

app = typer.Typer(
    name="ecp",
    help="Governed answers to business questions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

GROUPS = (
    "platform",
    "resolve",
    "packs",
    "migrate",
    "policy",
    "demo",
    "rerun",
    "blocks",
    "browse",
    "feedback",
    "watch",
    "versions",
)


def register(groups: tuple[str, ...] = GROUPS) -> None:
    """Every module of the list that exists offers `register(app)`."""
    for group in groups:
        name = f"ecp.cli.{group}"
        if find_spec(name) is not None:
            import_module(name).register(app)


register()

if __name__ == "__main__":
    app()
