"""`ecp demo`: asks the demo's questions over REST and shows the answers."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.markup import escape

from ecp.cli.card import card
from ecp.cli.client import call, question_body
from ecp.cli.consoles import console
from ecp.evaluation import Case, read_cases
from ecp.packs.demo import demo_pack

REFUSED = (200, 403)


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(count: Annotated[int, typer.Option(help="How many of the questions.")] = 10) -> None:
    """Ask the demo's questions, each as several departments; exit status 0 only when every one was answered or rightly
    refused."""
    _wait_for_the_orchestrator()
    cases = [c for c in read_cases(demo_pack() / "questions.yaml") if "demo" in c.tags]
    asked = list(dict.fromkeys(c.question for c in cases))[:count]
    failed = 0
    for number, question in enumerate(asked, start=1):
        console.rule(f"[bold]{number}. {escape(question)}", align="left")
        failed += sum(not _asked(case) for case in cases if case.question == question)
    if failed:
        raise typer.Exit(1)


def _asked(case: Case) -> bool:
    """Shows what one of the askers is told."""
    context = case.user_context or {}
    answer = call("POST", "/api/v1/resolve", question_body(case.question, context, case.as_of, execute=True))
    known = (context.get("department"), context.get("role"))
    console.print(card("as " + (", ".join(k for k in known if k) or "anybody"), answer.status_code, answer.json()))
    return answer.status_code in REFUSED


def _wait_for_the_orchestrator(seconds: float = 60.0) -> None:
    """An answer does not wait for it; only so that the first one shown has a link to its run."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        components = call("GET", "/api/v1/health").json().get("components", {})
        if components.get("orchestrator", {}).get("status") == "ok":
            return
        time.sleep(0.5)
    console.print("The orchestrator does not answer yet: these runs are told to it later, and have no link.")
