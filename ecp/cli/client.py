"""The command line's way to the API of this home."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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


def call(
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    *,
    params: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 60.0,
) -> httpx.Response:
    """One request; exits with what to do when nothing answers."""
    with _reaching_the_api() as url:
        return httpx.request(method, f"{url}{path}", json=body, params=params, headers=headers, timeout=timeout)


def fetched(method: str, path: str, body: dict[str, Any] | None = None, **how: Any) -> dict[str, Any]:
    """The body of what went well; exits with the reason of what did not."""
    answer = call(method, path, body, **how)
    found: dict[str, Any] = answer.json()
    if answer.is_error:
        refuse(found)
    return found


def refuse(problem: dict[str, Any]) -> None:
    """Says what a problem document says, and exits."""
    said = f"[red]{escape(str(problem.get('title')))}:[/red] {escape(str(problem.get('detail')))}"
    errors.print(said, soft_wrap=True)
    for error in problem.get("errors") or ():
        errors.print(f"  {escape('.'.join(map(str, error['loc'])))}: {escape(str(error['message']))}", soft_wrap=True)
    raise typer.Exit(1)


def events(path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Names and data of server-sent events, as they come."""
    with _reaching_the_api() as url, httpx.stream("GET", f"{url}{path}", timeout=60.0) as stream:
        if stream.is_error:
            stream.read()
            refuse(stream.json())
        name = ""
        for line in stream.iter_lines():
            field, _, value = line.partition(": ")
            name = value if field == "event" else name
            if field == "data":
                yield name, json.loads(value)


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Those that were given at all."""
    return {name: value for name, value in values.items() if value is not None}


def asker_headers(department: str | None, role: str | None, user: str | None) -> dict[str, str]:
    """Who asks, where no body says it."""
    known = {name: v for name, v in (("user_id", user), ("department", department), ("role", role)) if v}
    return {"X-ECP-User-Context": json.dumps(known)} if known else {}


def question_body(
    question: str, context: dict[str, Any], as_of: str | None, execute: bool, follows: str | None = None
) -> dict[str, Any]:
    body: dict[str, Any] = {"concept": question, "execute": execute}
    known = {name: value for name, value in context.items() if value}
    given = {"user_context": known or None, "as_of": as_of, "follows": follows}
    return body | {name: value for name, value in given.items() if value}


@contextmanager
def _reaching_the_api() -> Iterator[str]:
    url = api_url(Settings())
    try:
        yield url
    except httpx.HTTPError as error:
        said = f"[red]The API at {escape(url)} does not answer ({type(error).__name__}).[/red] Start it: ecp up"
        errors.print(said, soft_wrap=True)
        raise typer.Exit(1) from None
