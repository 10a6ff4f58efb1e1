"""`ecp blocks`: the stores' settings as Prefect blocks, for workers that are configured by nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Awaitable
from importlib import import_module
from typing import Annotated, Any

import httpx
import typer

from ecp.cli.options import AsJson
from ecp.cli.phases import Phases
from ecp.cli.problems import failing, problem
from ecp.cli.tables import show_table
from ecp.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The stores' settings as Prefect blocks.")

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def _named(name: str | None) -> str | None:
    if name is not None and not _NAME.fullmatch(name):
        raise typer.BadParameter(f"a block's name has small letters, digits and dashes, such as ecp-2: not “{name}”")
    return name


Name = Annotated[str | None, typer.Option("--name", callback=_named, help="Of the blocks; default: ECP_BLOCKS.")]


def register(to: typer.Typer) -> None:
    to.add_typer(app, name="blocks")


@app.command("register")
def register_blocks(name: Name = None, as_json: AsJson = False) -> None:
    """Make every block's type known and save what the present settings say of each store; secrets stay secret."""
    settings = Settings()
    done = _asked(settings, lambda blocks, begun: blocks.register(settings, name or settings.blocks, begun))
    _show(done, as_json)


@app.command("list")
def list_blocks(name: Name = None, as_json: AsJson = False) -> None:
    """Which blocks there are under a name; exit status 0 only when all are saved."""
    settings = Settings()
    found = _asked(settings, lambda blocks, begun: blocks.listed(name or settings.blocks, begun))
    _show(found, as_json)
    if any(standing != "saved" for standing in found.values()):
        raise typer.Exit(1)


def _asked(settings: Settings, ask: Any) -> dict[str, str]:
    if settings.prefect_api_url is None:
        raise _without("none is known: `ecp up` starts one, PREFECT_API_URL names one")
    os.environ["PREFECT_API_URL"] = settings.prefect_api_url
    os.environ.setdefault("PREFECT_HOME", str((settings.home / "prefect").absolute()))
    phases = Phases()
    phases.say("loading the blocks")
    blocks = import_module("blocks.documents")  # by name: Prefect is not this package's to import
    phases.say(f"asking the orchestrator at {settings.prefect_api_url}")
    try:
        return asyncio.run(_awaited(ask(blocks, phases.say)))
    except (OSError, httpx.HTTPError) as error:
        raise _without(f"it does not answer ({type(error).__name__}); `ecp status` shows it") from None


def _without(why: str) -> typer.Exit:
    return failing(problem("orchestrator-unreachable", "The orchestrator cannot be asked", why))


async def _awaited(asked: Awaitable[dict[str, str]]) -> dict[str, str]:
    return await asked


def _show(rows: dict[str, str], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"blocks": [{"type": slug, "state": state} for slug, state in rows.items()]}, indent=2))
        return
    show_table(("Block", ""), rows.items(), whole=("Block",))
