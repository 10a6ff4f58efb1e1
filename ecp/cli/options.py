"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Department = Annotated[str | None, typer.Option(help="The asker's department.")]
Role = Annotated[str | None, typer.Option(help="The asker's role.")]
User = Annotated[str | None, typer.Option(help="The asker's id.")]
Limit = Annotated[int, typer.Option(help="How many on a page.")]
Cursor = Annotated[str | None, typer.Option(help="Where the page before ended.")]
