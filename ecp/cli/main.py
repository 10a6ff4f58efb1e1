"""`ecp`: the command line. Each group of commands is a module that adds its own to the app."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from importlib.util import find_spec

import typer
from pydantic import ValidationError

from ecp.cli.problems import Commands, problem
from ecp.platform.origins import variable
from ecp.settings import Settings
from ecp.telemetry import logs

app = typer.Typer(
    name="ecp",
    help="Governed answers to business questions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    cls=Commands,
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


def main() -> None:
    """The command as it is installed. What drivers log on the way to a failure is told by its message alone, unless
    somebody wants to see everything."""
    try:
        settings = Settings()
    except ValidationError as error:
        faults = [{"field": _setting(fault["loc"]), "message": fault["msg"]} for fault in error.errors()]
        said = "\n".join(f"{fault['field']}: {fault['message']}" for fault in faults)
        if "--json" in sys.argv:
            print(json.dumps(problem("settings", "A setting cannot be used", said, errors=faults), indent=2))
            sys.exit(1)
        sys.exit(said)
    level = "DEBUG" if settings.log_level.strip().upper() == "DEBUG" else "ERROR"
    logs.configure(env=settings.env, level=level, secrets=settings.secrets)
    app()


def _setting(loc: tuple[int | str, ...]) -> str:
    name = str(loc[0]) if loc else "settings"
    return variable(name) if name in Settings.model_fields else name


register()

if __name__ == "__main__":
    main()
