"""`ecp search`, `glossary`, `metrics` and `lineage`: what there is, as far as the asker may see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

import typer
from rich.markup import escape

from ecp.cli.client import asker_headers, fetched, given
from ecp.cli.consoles import console
from ecp.cli.options import AsJson, Cursor, Department, Limit, Role, User
from ecp.cli.tables import show_table

Body = dict[str, Any]


def register(app: typer.Typer) -> None:
    for command in (search, glossary, metrics, lineage):
        app.command()(command)


def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    kind: Annotated[list[str] | None, typer.Option(help="Only these kinds: metric, term, dimension, member …")] = None,
    limit: Limit = 10,
    department: Department = None,
    role: Role = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Find what is defined, by words and by meaning."""
    wanted = {"query": query, "kinds": kind or [], "limit": limit}
    body = fetched("POST", "/api/v1/search", wanted, headers=asker_headers(department, role, user))
    rows = ((f["id"], _kind(f), f["name"], f["definition"], f"{f['score']:.2f}") for f in body["results"])
    _show(body, as_json, ("Id", "Kind", "Name", "Definition", "Score"), rows)


def glossary(
    limit: Limit = 50,
    cursor: Cursor = None,
    department: Department = None,
    role: Role = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """The terms people use, and what they mean to whom."""
    body = _page("glossary", limit, cursor, asker_headers(department, role, user))
    rows = ((t["id"], t["name"], t["definition"], _meanings(t)) for t in body["terms"])
    _show(body, as_json, ("Id", "Name", "Definition", "Means"), rows)


def metrics(
    limit: Limit = 50,
    cursor: Cursor = None,
    department: Department = None,
    role: Role = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """The metrics there are."""
    body = _page("metrics", limit, cursor, asker_headers(department, role, user))
    rows = ((m["id"], m["name"], m["unit"], m["certification_tier"], m["definition"]) for m in body["metrics"])
    _show(body, as_json, ("Id", "Name", "Unit", "Tier", "Definition"), rows)


def lineage(
    target: Annotated[str, typer.Argument(help="A metric, a column, a table or a system, by its id or a name.")],
    depth: Annotated[int, typer.Option(help="How many steps upstream.")] = 8,
    department: Department = None,
    role: Role = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Where a number comes from."""
    asked = {"target": target, "depth": depth}
    body = fetched("GET", "/api/v1/lineage", params=asked, headers=asker_headers(department, role, user))
    rows = ((e["source"], e["target"], e["transformation"]) for e in body["edges"])
    _show(body, as_json, ("From", "To", "By"), rows)


def _page(what: str, limit: int, cursor: str | None, headers: dict[str, str]) -> Body:
    return fetched("GET", f"/api/v1/{what}", params=given({"limit": limit, "cursor": cursor or None}), headers=headers)


def _show(body: Body, as_json: bool, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    if as_json:
        console.print_json(data=body)
        return
    shown = show_table(columns, rows, whole=("Id", "From", "To"))
    if "edges" not in body:
        console.print(f"{shown} of {body['total']}")
    more(body)
    for item in body.get("degradations") or ():
        console.print(f"[magenta]degraded: {escape(item['component'])}[/magenta]: {escape(item['effect'])}")


def show_page(
    page: Body, name: str, columns: Sequence[str], row: Callable[[Body], tuple[Any, ...]], as_json: bool
) -> None:
    """A page of the list that stands under `name`: its entries as rows, how many there are, and how to go on. The first
    column is what is copied."""
    if as_json:
        console.print_json(data=page)
        return
    shown = show_table(columns, map(row, page[name]), whole=(columns[0],))
    console.print(f"{shown} of {page['total']}")
    more(page)


def more(body: Body) -> None:
    if body.get("next_cursor"):
        console.print(f"More: --cursor {body['next_cursor']}", soft_wrap=True)


def _kind(found: Body) -> str:
    return f"{found['kind']} of {found['of']}" if found.get("of") else str(found["kind"])


def _meanings(term: Body) -> str:
    said = (f"{m['metric']} ({', '.join(m['departments']) or 'anybody'})" for m in term["meanings"])
    return "; ".join(said)
