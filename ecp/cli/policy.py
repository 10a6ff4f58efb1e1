"""`ecp policy`: the policies' version and their tests."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from ecp.cli.options import AsJson
from ecp.cli.problems import failing, problem
from ecp.errors import StoreError
from ecp.platform.servers import ServerCache
from ecp.stores.policy_common import policies_folder, policy_digest, record_version, recorded_version

app = typer.Typer(no_args_is_help=True, help="The policies: their version and their tests.")

Folder = Annotated[Path | None, typer.Option("--folder", help="Default: the policies that come with this code.")]


def register(to: typer.Typer) -> None:
    to.add_typer(app, name="policy")


@app.command("digest")
def digest(
    folder: Folder = None,
    write: Annotated[bool, typer.Option("--write", help="Put it into data.json, as the policies' version.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the version of the policies; fails when data.json says another."""
    place = folder or policies_folder()
    try:
        version = record_version(place) if write else policy_digest(place)
    except StoreError as error:
        raise refused(error.detail) from None
    typer.echo(json.dumps({"policy_version": version}) if as_json else version)
    if recorded_version(place) != version:
        raise refused("data.json says another version: `ecp policy digest --write` brings it up to date.")


@app.command("test")
def test(
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Check the policies and run their tests with OPA (`with` crashes the engine that runs in-process)."""
    program = ServerCache.from_environment().opa
    if not program.is_file():
        raise refused("OPA has not been fetched: `make servers` fetches it.")
    place = str(folder or policies_folder())
    checked = subprocess.run([program, "check", "--strict", place]).returncode
    tested = subprocess.run([program, "test", "--format", "json" if as_json else "pretty", place]).returncode
    raise typer.Exit(1 if checked or tested else 0)


def refused(message: str) -> typer.Exit:
    return failing(problem("policies", "The policies cannot be used", message))
