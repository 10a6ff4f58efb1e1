"""`ecp watch`: questions that are asked again on schedule."""

from __future__ import annotations

import math
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.text import Text

from ecp.cli.browse import show_page
from ecp.cli.client import asker_headers, call, fetched, given, refuse
from ecp.cli.consoles import console
from ecp.cli.difference import lines_of
from ecp.cli.options import AsJson, Cursor, Department, Limit, Role, User

Cron = Annotated[str | None, typer.Option(help="Minute, hour, day, month, weekday: '0 8 * * mon-fri'.")]
Timezone = Annotated[str | None, typer.Option(help="Of cron, such as Atlantic/Reykjavik; default: UTC.")]
Every = Annotated[int | None, typer.Option(help="Seconds, 60 or more, instead of cron.")]


def _finite(value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter("a tolerance is a number, 0.01 for 1 %")
    return value


Tolerance = Annotated[
    float | None, typer.Option(callback=_finite, help="How far a number may move, relative: 0.01 is 1 %.")
]
Webhook = Annotated[str | None, typer.Option(help="An address that is told of changes.")]
WatchId = Annotated[str, typer.Argument(help="A watch's id.")]
COLOURS = {"changed": "yellow", "unchanged": "green", "denied": "red", "failed": "red"}
Body = dict[str, Any]
app = typer.Typer(help="Have questions asked again on schedule, and see what has changed.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="watch")


@app.command()
def add(
    question: Annotated[str, typer.Argument(help="A business question.")],
    cron: Cron = None,
    timezone: Timezone = None,
    every: Every = None,
    department: Department = None,
    role: Role = None,
    user: User = None,
    execute: Annotated[bool, typer.Option("--execute", help="Compare the numbers too.")] = False,
    tolerance: Tolerance = None,
    webhook: Webhook = None,
    as_json: AsJson = False,
) -> None:
    """Save a question with a schedule."""
    if (cron is None) == (every is None):
        raise typer.BadParameter("give either --cron, with --timezone unless it is UTC, or --every")
    if tolerance is not None and not execute:
        raise typer.BadParameter("--tolerance is of numbers, which only --execute compares")
    context = {"user_id": user, "department": department, "role": role}
    schedule = {"cron": cron, "timezone": timezone, "every_seconds": every}
    body = {
        "concept": question,
        "execute": execute,
        "schedule": given(schedule),
        "user_context": given(context) or None,
        "tolerance": tolerance,
        "notify": {"webhook": webhook} if webhook else None,
    }
    _show_one(fetched("POST", "/api/v1/watches", given(body)), as_json)


@app.command("list")
def listed(
    limit: Limit = 50,
    cursor: Cursor = None,
    department: Department = None,
    role: Role = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Watches, newest first: those of a user, or everybody's."""
    asked = given({"limit": limit, "cursor": cursor})
    page = fetched("GET", "/api/v1/watches", params=asked, headers=asker_headers(department, role, user))
    show_page(page, "watches", ("Watch", "Question", "Schedule", "Next", "Last"), _row, as_json)


@app.command()
def show(watch_id: WatchId, as_json: AsJson = False) -> None:
    """One watch."""
    _show_one(fetched("GET", _path(watch_id)), as_json)


@app.command()
def pause(watch_id: WatchId, as_json: AsJson = False) -> None:
    """Not to be asked until it is resumed."""
    _show_one(fetched("PATCH", _path(watch_id), {"paused": True}), as_json)


@app.command()
def resume(watch_id: WatchId, as_json: AsJson = False) -> None:
    """Go on with a paused watch at its next time."""
    _show_one(fetched("PATCH", _path(watch_id), {"paused": False}), as_json)


@app.command()
def edit(
    watch_id: WatchId,
    question: Annotated[str | None, typer.Option(help="Another question.")] = None,
    cron: Cron = None,
    timezone: Timezone = None,
    every: Every = None,
    execute: Annotated[bool | None, typer.Option(help="Whether the numbers are compared too.")] = None,
    tolerance: Tolerance = None,
    webhook: Webhook = None,
    no_webhook: Annotated[bool, typer.Option("--no-webhook", help="Nobody is told any more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Change what is given, and leave the rest. Another question has nothing to be compared with at first."""
    if every is not None and (cron is not None or timezone is not None):
        raise typer.BadParameter("a schedule is either --cron, with its --timezone, or --every")
    if webhook is not None and no_webhook:
        raise typer.BadParameter("give either --webhook or --no-webhook")
    notify = {"notify": None if no_webhook else {"webhook": webhook}} if no_webhook or webhook is not None else {}
    changed = given({"concept": question, "execute": execute, "tolerance": tolerance}) | notify
    if not changed and (cron, timezone, every) == (None, None, None):
        raise typer.BadParameter("give what is to be another: see --help")
    if every is not None:
        changed["schedule"] = {"every_seconds": every}
    elif cron is not None or timezone is not None:
        changed["schedule"] = _kept_schedule(watch_id) | given({"cron": cron, "timezone": timezone})
    _show_one(fetched("PATCH", _path(watch_id), changed), as_json)


def _kept_schedule(watch_id: str) -> Body:
    """What a changed cron goes on with; a watch that is asked every so often has none."""
    schedule = fetched("GET", _path(watch_id))["schedule"]
    return {name: schedule[name] for name in ("cron", "timezone") if schedule.get(name)}


@app.command()
def delete(watch_id: WatchId, as_json: AsJson = False) -> None:
    """End a watch; its history goes with it."""
    answer = call("DELETE", _path(watch_id))
    if answer.is_error:
        refuse(answer.json())
    if as_json:
        console.print_json(data={"deleted": watch_id})
    else:
        console.print("Deleted.")


@app.command()
def runs(watch_id: WatchId, limit: Limit = 20, cursor: Cursor = None, as_json: AsJson = False) -> None:
    """What came of it, newest first."""
    page = fetched("GET", f"{_path(watch_id)}/runs", params=given({"limit": limit, "cursor": cursor}))
    show_page(page, "runs", ("Resolution", "Done", "Outcome", "Difference"), _run_row, as_json)


def _path(watch_id: str) -> str:
    return f"/api/v1/watches/{quote(watch_id, safe='')}"


def _show_one(watch: Body, as_json: bool) -> None:
    if as_json:
        console.print_json(data=watch)
        return
    owner = given(watch["user_context"] or {})
    rows = {
        "watch": watch["id"],
        "question": watch["concept"],
        "owner": ", ".join(f"{k} {v}" for k, v in owner.items() if v) or "anonymous",
        "schedule": _schedule(watch),
        "next": _next(watch),
        "last": _outcome(watch),
        "numbers": f"compared, tolerance {watch['tolerance']:g}" if watch["execute"] else "not asked for",
        "webhook": watch["notify"]["webhook"] if watch["notify"] else "none",
    }
    for name, value in rows.items():
        console.print(Text(f"{name:10}", style="dim"), value, soft_wrap=True, markup=False)


def _row(watch: Body) -> tuple[str, ...]:
    return (watch["id"], watch["concept"], _schedule(watch), _next(watch), watch["last_outcome"] or "not yet")


def _run_row(run: Body) -> tuple[str, ...]:
    return (run["resolution_id"], run["at"][:19], run["outcome"], _differences(run))


def _schedule(watch: Body) -> str:
    schedule = watch["schedule"]
    if "every_seconds" in schedule:
        return f"every {schedule['every_seconds']} s"
    return f"{schedule['cron']} {schedule.get('timezone', 'UTC')}"


def _next(watch: Body) -> str:
    if watch["next_at"]:
        return str(watch["next_at"][:19]) + "Z"
    return "paused" if watch["paused"] else "never: its time zone is not known"


def _outcome(watch: Body) -> Text:
    last = watch["last_outcome"]
    return Text(last, style=COLOURS[last]) if last else Text("not yet")


def _differences(run: Body) -> str:
    told = [line.plain for difference in run["differences"] for line in lines_of(difference)]
    told += ["more that may no longer be seen"] if run["withheld"] else []
    told += [f"{run['missed']} more times due meanwhile"] if run["missed"] else []
    told += [run["detail"]] if run["detail"] else []
    return "\n".join(told)
