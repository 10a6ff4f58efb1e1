"""`ecp import` and `ecp schema`."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from ecp.cli import preview
from ecp.cli.consoles import console, errors
from ecp.cli.options import AsJson
from ecp.cli.problems import failing, of_error
from ecp.errors import ECPError, StoreError
from ecp.packs.importer import ImportReport, import_with
from ecp.packs.schema import document_schema
from ecp.settings import Settings

RECENT_QUESTIONS = 100


def register(app: typer.Typer) -> None:
    app.command("import")(import_command)
    app.command("schema")(schema)


def import_command(
    path: Annotated[Path, typer.Argument(help="A folder of documents, or one file.")],
    only: Annotated[bool, typer.Option("--only", help="Make this pack all there is.")] = False,
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day a generated warehouse has.")
    ] = None,
    seed: Annotated[str | None, typer.Option(help="Of a generated warehouse; default: the pack's.")] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Publish nothing: show whose answer would change, and how.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="With --plan: runs that share the questions; default: 1.")
    ] = None,
    recent: Annotated[
        int | None, typer.Option(min=0, max=5000, help="With --plan: questions of the past; default: 100.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a context pack and make it a new version of the registry."""
    if plan:
        count = RECENT_QUESTIONS if recent is None else recent
        preview.plan(path, only=only, workers=workers or 1, recent=count, as_json=as_json)
        return
    if workers is not None or recent is not None:
        raise typer.BadParameter("--workers and --recent belong to --plan; without it the pack would be published")
    try:
        day = today.date() if today else None
        report = asyncio.run(import_with(Settings(), path, only=only, today=day, seed=seed, progress=say))
    except ECPError as error:
        raise refused(error) from None
    show_report(report, as_json)
    if report.incomplete:
        raise typer.Exit(1)


def say(message: str) -> None:
    """Progress, beside what a program reads."""
    errors.print(f"[dim]{escape(message)}[/dim]")


def schema() -> None:
    """Print the JSON Schema of a document of a context pack."""
    typer.echo(json.dumps(document_schema(), indent=2))


def show_report(report: ImportReport, as_json: bool) -> None:
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
        return
    table = Table("kind", "documents", title=f"{escape(report.pack)}, registry version {escape(report.version)}")
    for kind, count in report.kinds.items():
        table.add_row(kind, str(count))
    console.print(table)
    for part in report.incomplete:
        errors.print(f"[red]incomplete: {part.component}[/red]: {escape(part.detail)}. Import again once it is back.")


def refused(error: ECPError) -> typer.Exit:
    """To be raised once it is said, with what a person looks at next."""
    hint = " `ecp status` shows what runs." if isinstance(error, StoreError) and error.kind != "rejected" else ""
    return failing(of_error(error), hint=f".{hint}")
