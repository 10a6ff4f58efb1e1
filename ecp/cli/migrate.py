"""`ecp migrate`: the registry's schema, forward and back."""

from __future__ import annotations

from typing import Annotated

import typer

from ecp.errors import StoreError
from ecp.settings import Settings
from ecp.stores.migration import migrate


def register(app: typer.Typer) -> None:
    app.command("migrate")(command)


def command(
    target: Annotated[str, typer.Argument(help="head, base or a revision")] = "head",
    dsn: Annotated[str | None, typer.Option(help="default: ECP_POSTGRES_DSN, or what runs in ECP_HOME")] = None,
) -> None:
    """Bring the registry's schema to a revision."""
    configured = Settings().postgres_dsn
    address = dsn or (configured.get_secret_value() if configured else None)
    if address is None:
        typer.echo("No database: set ECP_POSTGRES_DSN, or start the platform with `ecp up`.", err=True)
        raise typer.Exit(1)
    try:
        typer.echo(f"schema at {migrate(address, target) or 'base'}")
    except StoreError as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(1) from error
