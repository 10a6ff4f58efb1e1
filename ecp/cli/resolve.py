"""`ecp resolve`, `ecp clarify` and `ecp eval`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.progress import Progress
from rich.table import Table

from ecp.cli.card import card
from ecp.cli.client import call, events, question_body
from ecp.cli.consoles import console, errors
from ecp.cli.options import AsJson
from ecp.cli.problems import failing, problem
from ecp.domain.answer import Results
from ecp.domain.validation import withheld
from ecp.evaluation import Case, Report, ask_in_order, case_files, read_cases, score

ANSWERED = ("complete", "disambiguation_required", "unresolved")


def register(app: typer.Typer) -> None:
    app.command()(resolve)
    app.command()(clarify)
    app.command("eval")(evaluate)


def resolve(
    question: Annotated[str, typer.Argument(help="A business question.")],
    department: Annotated[str | None, typer.Option()] = None,
    role: Annotated[str | None, typer.Option()] = None,
    user: Annotated[str | None, typer.Option(help="The asker's id.")] = None,
    as_of: Annotated[str | None, typer.Option(help="YYYY-MM-DD; default: today.")] = None,
    execute: Annotated[bool, typer.Option("--execute", help="Fetch the numbers too.")] = False,
    follows: Annotated[str | None, typer.Option(help="The resolution that this question goes on from.")] = None,
    progress: Annotated[bool, typer.Option("--progress", help="Show each stage as it ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask a question; exit status 0 only when it was answered, with its numbers where they were asked for."""
    context = {"user_id": user, "department": department, "role": role}
    body = question_body(question, context, as_of, execute, follows)
    if progress:
        status_code, answer = _watched(body)
    else:
        response = call("POST", "/api/v1/resolve", body)
        status_code, answer = response.status_code, response.json()
    _show_answer(question, status_code, answer, as_json)
    if execute and lacks_numbers(answer):
        raise typer.Exit(1)


def clarify(
    resolution_id: Annotated[str, typer.Argument(help="The resolution that asked back.")],
    option: Annotated[str, typer.Argument(help="The number of one of its options.")],
    as_json: AsJson = False,
) -> None:
    """Choose what was meant; exit status 0 only when it was answered."""
    response = call("POST", f"/api/v1/resolutions/{quote(resolution_id, safe='')}/clarify", {"option": option})
    _show_answer(f"option {option}", response.status_code, response.json(), as_json)


def lacks_numbers(answer: dict[str, Any]) -> bool:
    """Whether numbers are planned, and none are told: there is no semantic layer, or a rule withholds them."""
    results = answer.get("results")
    planned = answer.get("execution_plan") is not None
    return planned and (results is None or withheld(Results.model_validate(results)))


def _watched(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The answer, after its stages were told on standard error."""
    response = call("POST", "/api/v1/resolve", body, headers={"Prefer": "respond-async"})
    answer: dict[str, Any] = response.json()
    if response.status_code != 202:
        return response.status_code, answer
    status_code = 200
    for name, data in events(f"{response.headers['Location']}/events"):
        if name == "stage":
            errors.print(f"  [dim]{data['id']}: {data['status']}[/dim]")
        elif name in ("done", "problem"):
            status_code, answer = (200, data) if name == "done" else (int(data["status"]), data)
    return status_code, answer


def _show_answer(title: str, status_code: int, body: dict[str, Any], as_json: bool) -> None:
    if as_json:
        console.print_json(data=body)
    else:
        console.print(card(title, status_code, body))
    if body.get("status") != "complete":
        raise typer.Exit(1)


def evaluate(
    paths: Annotated[list[Path], typer.Argument(help="Evaluation cases: YAML, JSON lines, folders of them.")],
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="For cases that name no day; default: today.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask every case and score the answers; exit status 0 only when all are as expected."""
    day = as_of.date().isoformat() if as_of else None
    cases = [c if c.as_of else c.model_copy(update={"as_of": day}) for c in _cases(paths)]
    with Progress(disable=as_json, transient=True) as progress:
        going = progress.add_task("asking", total=len(cases))
        answers = _answers(cases, lambda: progress.advance(going))
    report = score(cases, answers)
    if as_json:
        console.print_json(data=report.model_dump(mode="json"))
    else:
        _show(report)
    if report.failures:
        raise typer.Exit(1)


def _cases(paths: list[Path]) -> list[Case]:
    try:
        return [case for path in paths for file in case_files(path) for case in read_cases(file)]
    except ValueError as error:
        raise failing(problem("evaluation-cases", "The cases cannot be read", str(error))) from None


def _answers(cases: list[Case], one_more: Callable[[], None]) -> list[dict[str, Any]]:
    def ask(case: Case, follows: str | None) -> dict[str, Any]:
        one_more()
        return _ask(case, follows)

    try:
        return ask_in_order(cases, ask)
    except ValueError as error:
        raise failing(problem("evaluation-cases", "The cases cannot be asked", str(error))) from None


def _ask(case: Case, follows: str | None) -> dict[str, Any]:
    body = question_body(case.question, case.user_context or {}, case.as_of, case.execute, follows)
    answer = call("POST", "/api/v1/resolve", body)
    if answer.status_code == 403:
        return {"status": "access_denied"}
    return dict(answer.json()) if answer.status_code == 200 else {"status": f"http {answer.status_code}"}


def _reliability(report: Report) -> Table:
    table = Table(title="confidence, and what came true", show_edge=False)
    for column in ("from", "to", "answers", "claimed", "right"):
        table.add_column(column, justify="right")
    for b in report.reliability:
        table.add_row(f"{b.low:.3f}", f"{b.high:.3f}", str(b.n), f"{b.claimed:.2f}", f"{b.right / b.n:.2f}")
    return table


def _show(report: Report) -> None:
    table = Table(title=f"{report.exact} of {report.n} exact", show_edge=False)
    table.add_column("field")
    table.add_column("right", justify="right")
    for name, (right, asked) in report.fields.items():
        table.add_row(name, f"{right}/{asked}")
    console.print(table)
    console.print(_reliability(report))
    if report.ece is not None:
        console.print(f"expected calibration error {report.ece:.3f}")
    console.print(f"refused wrongly {report.refused_wrongly}, confidently wrong {report.confidently_wrong}")
    for failure in report.failures:
        console.print(f"[red]{failure.id}[/red] {failure.question}")
        for name, (want, got) in failure.fields.items():
            console.print(f"    {name}: wanted {want}, got {got}")
