"""The command line's way to the API of this home."""

from __future__ import annotations

from typing import Any

import httpx
import typer
from rich.console import Console
from rich.markup import escape

from ecp.platform.record import read_record
from ecp.settings import Settings

errors = Console(stderr=True, highlight=False)


def api_url(settings: Settings) -> str:
    """Where this home's API is: as `ecp up` wrote it down, else the configured port."""
    record = read_record(settings.home)
    part = record.part("api") if record else None
    return part.url if part and part.url else f"http://127.0.0.1:{settings.port}"


def call(method: str, path: str, body: dict[str, Any] | None = None, *, timeout: float = 60.0) -> httpx.Response:
    """One request; exits with what to do when nothing answers."""
    url = api_url(Settings())
    try:
        return httpx.request(method, f"{url}{path}", json=body, timeout=timeout)
    except httpx.HTTPError as error:
        errors.print(f"[red]The API at {escape(url)} does not answer ({type(error).__name__}).[/red] Start it: ecp up")
        raise typer.Exit(1) from None


def question_body(question: str, context: dict[str, Any], as_of: str | None, execute: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"concept": question, "execute": execute}
    known = {name: value for name, value in context.items() if value}
    return body | ({"user_context": known} if known else {}) | ({"as_of": as_of} if as_of else {})
