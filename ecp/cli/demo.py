"""`ecp demo`: asks the demo's questions over REST and shows the answers."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.console import Console

from ecp.cli.card import card
from ecp.cli.client import call, question_body
from ecp.evaluation import read_cases
from ecp.packs.demo import demo_pack

console = Console(highlight=False)
REFUSED = (200, 403)


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(count: Annotated[int, typer.Option(help="How many of the questions.")] = 12) -> None:
    """Ask the demo's questions; exit status 0 only when every one was answered or rightly refused."""
    _wait_for_the_orchestrator()
    failed = 0
    for case in [c for c in read_cases(demo_pack() / "questions.yaml") if "demo" in c.tags][:count]:
        context = case.user_context or {}
        answer = call("POST", "/api/v1/resolve", question_body(case.question, context, case.as_of, execute=True))
        department = context.get("department")
        console.print(card(f"{case.question} ({department or 'anonymous'})", answer.status_code, answer.json()))
        failed += answer.status_code not in REFUSED
    if failed:
        raise typer.Exit(1)


def _wait_for_the_orchestrator(seconds: float = 60.0) -> None:
    """An answer does not wait for it; only so that the first one shown has a link to its run."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        components = call("GET", "/api/v1/health").json().get("components", {})
        if components.get("orchestrator", {}).get("status") == "ok":
            return
        time.sleep(0.5)
    console.print("The orchestrator does not answer yet: these runs are told to it later, and have no link.")
