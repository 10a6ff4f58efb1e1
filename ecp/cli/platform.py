"""`ecp up`, `down`, `status`, `stop`, `start`, `config`."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.text import Text

from ecp.cli.consoles import console, errors
from ecp.cli.options import AsJson
from ecp.cli.problems import failing, of_error, of_platform, problem
from ecp.cli.tables import show_table
from ecp.errors import ECPError
from ecp.platform.errors import NotUp, PlatformError
from ecp.platform.foreground import interruptible, load_demo, stay
from ecp.platform.manager import PartStatus, Platform
from ecp.platform.origins import given_by_user, listed
from ecp.platform.plan import Request, Stores
from ecp.settings import Settings

Part = Annotated[
    str, typer.Argument(help="postgres, graph, prefect, worker, api, cube, opa or redis; api-2, prefect-2 …")
]

COLOURS = {"running": "green", "starting": "yellow", "silent": "yellow", "stopping": "yellow", "stopped": "dim"}
TROUBLED = ("crashing", "failed", "silent")


def register(app: typer.Typer) -> None:
    for command in (up, down, status, stop, start, config):
        app.command()(command)


def up(
    demo: Annotated[bool, typer.Option("--demo", help="Load the demo enterprise.")] = False,
    stores: Annotated[str, typer.Option(help="embedded or server (Neo4j, Cube, OPA, Redis)")] = "embedded",
    replicas: Annotated[int, typer.Option(min=1, max=8, help="API processes and Prefect servers.")] = 1,
    detach: Annotated[bool, typer.Option("--detach", help="Leave it up and return.")] = False,
) -> None:
    """Start everything; Ctrl-C stops it."""
    if stores not in ("embedded", "server"):
        raise typer.BadParameter("embedded or server", param_hint="--stores")
    with said_plainly(), interruptible():
        platform = Platform(Settings().home)
        platform.clear_stale(say)  # what a killed platform wrote down must not become a setting
        request = Request(Settings(), cast("Stores", stores), given_by_user(), replicas=replicas)
        bring_up(platform, request, demo, detach)


def bring_up(platform: Platform, request: Request, demo: bool, detach: bool) -> None:
    record = platform.up(request, say)
    stopped = True
    try:
        if demo:
            load_demo(Settings(home=platform.layout.home), say)
        failed = platform.wait_for_all(record, say)
        show(platform.status())
        if not detach:
            console.print("Ctrl-C stops it.")
            stay(platform, say)
        stopped = not detach
    finally:
        if stopped and platform.is_up():
            platform.down(say)
    if failed:
        raise typer.Exit(1)


def down() -> None:
    """Stop everything that runs in this home."""
    with said_plainly():
        Platform(Settings().home).down(say)


def status(as_json: AsJson = False) -> None:
    """What runs where."""
    platform = Platform(Settings().home)
    with said_plainly():
        parts = platform.status()
        if as_json:
            rows = [dataclasses.asdict(part) for part in parts]
            warehouse = Settings().warehouse
            dsn = warehouse.get_secret_value() if warehouse else None
            print(json.dumps({"parts": rows, "warehouse": dsn}, indent=2))
        else:
            show(parts)


def stop(part: Part) -> None:
    """Stop one part; the others go on."""
    with said_plainly():
        Platform(Settings().home).stop(part, say)


def start(part: Part) -> None:
    """Start one part again."""
    with said_plainly():
        Platform(Settings().home).start(part, say)


def config(as_json: AsJson = False) -> None:
    """Every setting, its value and where it comes from."""
    rows = listed(Settings())
    if as_json:
        print(json.dumps({"settings": [dataclasses.asdict(row) for row in rows]}, indent=2))
        return
    shown = ((row.name, row.value or "–", row.origin) for row in rows)
    show_table(("Setting", "Value", "From"), shown, whole=("Setting", "Value"))


def say(line: str) -> None:
    console.print(f"  {line}", soft_wrap=True)


def show(parts: list[PartStatus]) -> None:
    rows = ((p.name, Text(p.state, style=COLOURS.get(p.state, "red")), p.pid, p.url, p.version) for p in parts)
    show_table(("Part", "State", "Pid", "Where", "Version"), rows, whole=("Part", "State", "Where", "Version"))
    for part in parts:
        if part.state in TROUBLED:
            errors.print(f"[red]{part.name} is {part.state}.[/] Its log: {part.log}", soft_wrap=True)
    if any(part.state == "lost" for part in parts):
        errors.print("The process manager was killed. `ecp down` ends what is left, `ecp up` starts anew.")
    if parts:
        console.print(f"Logs in {Path(parts[0].log).parent}", soft_wrap=True)


@contextmanager
def said_plainly() -> Iterator[None]:
    """A problem and a non-zero exit status instead of a traceback."""
    try:
        yield
    except NotUp as error:
        raise failing(problem("not-up", "Nothing runs", str(error), parts=[], warehouse=None)) from error
    except PlatformError as error:
        raise failing(of_platform(error)) from error
    except ECPError as error:
        raise failing(of_error(error)) from error
