"""`ecp versions` and `ecp rollback`."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer
from rich.markup import escape

from ecp.cli.consoles import console, errors
from ecp.cli.options import AsJson
from ecp.cli.packs import refused, say
from ecp.cli.problems import failing, problem
from ecp.cli.tables import show_table
from ecp.errors import ECPError
from ecp.packs.versions import RollbackReport, roll_back_with, versions_with
from ecp.settings import Settings
from ecp.stores.registry.part import NO_SUCH_VERSION


def register(app: typer.Typer) -> None:
    app.command("versions")(versions)
    app.command("rollback")(rollback)


def versions(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 20, as_json: AsJson = False
) -> None:
    """The registry's versions: when each was made, and why."""
    try:
        found = asyncio.run(versions_with(Settings(), limit))
    except ECPError as error:
        raise refused(error) from None
    if as_json:
        typer.echo(json.dumps({"versions": list(found)}, indent=2))
        return
    rows = ((one["version"], str(one["created_at"])[:19], one["note"]) for one in found)
    show_table(("Version", "Made", "Why"), rows, whole=("Version", "Made"))


def rollback(
    version: Annotated[str, typer.Argument(help="The registry version whose content comes back.")],
    as_json: AsJson = False,
) -> None:
    """Make a new registry version with the content of an older one."""
    try:
        report = asyncio.run(roll_back_with(Settings(), version, progress=say))
    except ECPError as error:
        if error.detail == NO_SUCH_VERSION:
            raise failing(problem("registry-version", "There is no such version", error.detail)) from None
        raise refused(error) from None
    _show(report, as_json)
    if report.incomplete:
        raise typer.Exit(1)


def _show(report: RollbackReport, as_json: bool) -> None:
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
        return
    made, restored = escape(report.version), escape(report.restored)
    console.print(
        f"Registry version {made} has the content of {restored}. Semantic model and warehouse are as they were."
    )
    for part in report.incomplete:
        errors.print(
            f"[red]incomplete: {part.component}[/red]: {escape(part.detail)}. Roll back again once it is back."
        )
