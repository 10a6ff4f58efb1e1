"""`ecp feedback`: says how an answer was, and decides on what others said."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.markup import escape

from ecp.cli.browse import show_page
from ecp.cli.client import asker_headers, fetched, given
from ecp.cli.consoles import console
from ecp.cli.options import AsJson, Cursor, Department, Limit, Role, User

app = typer.Typer(no_args_is_help=True, help="Say how an answer was; list, approve and decline what was said.")
FeedbackId = Annotated[str, typer.Argument(help="The feedback's id.")]
Body = dict[str, Any]


def register(to: typer.Typer) -> None:
    to.add_typer(app, name="feedback")


@app.command()
def give(
    resolution_id: Annotated[str, typer.Argument(help="The answer's id.")],
    verdict: Annotated[str, typer.Argument(help="accepted, corrected or rejected")],
    metric: Annotated[list[str] | None, typer.Option(help="With corrected: the metric that was meant, by id.")] = None,
    note: Annotated[str, typer.Option(help="Why, for whoever decides.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say how an answer was. A correction counts once approved."""
    said: Body = {"resolution_id": resolution_id, "verdict": verdict, "note": note}
    if metric:
        said["correction"] = {"metrics": metric}
    _show_one(fetched("POST", "/api/v1/feedback", said), as_json)


@app.command("list")
def listed(
    state: Annotated[str | None, typer.Option(help="pending, approved or declined")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    department: Department = None,
    role: Role = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """What was said, newest first."""
    asked = given({"limit": limit, "state": state, "cursor": cursor})
    page = fetched("GET", "/api/v1/feedback", params=asked, headers=asker_headers(department, role, user))
    columns = ("Id", "Verdict", "State", "Department", "Question", "Metrics", "Note")
    show_page(page, "feedback", columns, _row, as_json)


@app.command()
def approve(
    feedback_id: FeedbackId,
    department: Department = None,
    role: Role = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Let a correction count."""
    _decide(feedback_id, "approve", asker_headers(department, role, user), as_json)


@app.command()
def decline(
    feedback_id: FeedbackId,
    department: Department = None,
    role: Role = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Do not let feedback count; what was approved is taken back, and counts no longer."""
    _decide(feedback_id, "decline", asker_headers(department, role, user), as_json)


def _decide(feedback_id: str, what: str, headers: dict[str, str], as_json: bool) -> None:
    _show_one(fetched("POST", f"/api/v1/feedback/{quote(feedback_id, safe='')}/{what}", headers=headers), as_json)


def _show_one(item: Body, as_json: bool) -> None:
    if as_json:
        console.print_json(data=item)
    else:
        console.print(f"{item['id']}: {item['verdict']}, [bold]{item['state']}[/bold]{_since(item)}")
        if item.get("remark"):
            console.print(escape(item["remark"]), soft_wrap=True)


def _since(item: Body) -> str:
    """The registry version that the decision made."""
    if item.get("withdrawn_version"):
        return f"; it counts no longer from registry version {item['withdrawn_version']} on"
    return f" from registry version {item['approved_version']} on" if item.get("approved_version") else ""


def _row(item: Body) -> tuple[str, ...]:
    said = (item["verdict"], item["state"], item["department"] or "–")
    return (item["id"], *said, item["question"], ", ".join(item["metrics"]), item["note"])
