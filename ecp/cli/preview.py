"""`ecp import --plan`: has the workers find out what a pack would change, and shows it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import typer
from rich.padding import Padding
from rich.progress import Progress
from rich.text import Text

from ecp.cli.consoles import console, errors
from ecp.cli.difference import lines_of
from ecp.cli.faults import show_faults
from ecp.cli.phases import Phases
from ecp.cli.problems import failing, of_platform, problem
from ecp.platform.errors import PlatformError
from ecp.platform.orchestrator import FINAL, Orchestrator
from ecp.preview.alike import LISTED, alike, asked, count, title
from ecp.settings import Settings

DEPLOYMENT = "plan-import/bulk"
LOOK_SECONDS = 0.5
TAKEN_SECONDS = 30.0
TENTH = 10
NOBODY = (
    "[yellow]No worker has taken it yet.[/yellow] Either each is busy, and it is next; or none runs: `ecp status` "
    "shows that, `ecp start worker` starts one."
)
COLOURS = {"changed": "yellow", "denied": "red", "failed": "red", "unchanged": "dim"}
Report = dict[str, Any]


def plan(path: Path, *, only: bool, workers: int, recent: int, as_json: bool) -> None:
    """Exit status 0 when every share was looked at, whatever would change."""
    settings = Settings()
    if settings.prefect_api_url is None:
        none = "a plan is made by the platform's workers, and none is known. Start them: ecp up"
        raise failing(problem("platform", "The platform cannot do this", none))
    phases = Phases()
    phases.say(f"asking the orchestrator at {settings.prefect_api_url} for {count_of(workers)} of {DEPLOYMENT}")
    try:
        with Orchestrator(settings.prefect_api_url) as orchestrator:
            runs = _begin(orchestrator, path.resolve(), only, workers, recent)
            ended = _wait(orchestrator, runs, quiet=as_json)
            phases.say("gathering what they found")
            report = _gathered(orchestrator, ended)
    except PlatformError as error:
        raise failing(of_platform(error)) from None
    print(json.dumps(report, indent=2)) if as_json else _show(report)
    if report["errors"]:
        raise typer.Exit(1)


def _begin(orchestrator: Orchestrator, path: Path, only: bool, workers: int, recent: int) -> list[str]:
    deployed = orchestrator.deployment(DEPLOYMENT)
    if deployed is None:
        raise PlatformError(f"{DEPLOYMENT} is not deployed yet: the platform's worker does that when it has started.")
    given = {"path": str(path), "only": only, "recent": recent, "parts": workers}
    begun = (orchestrator.begin(deployed["id"], {**given, "part": n + 1}, ["plan"]) for n in range(workers))
    return [str(run["id"]) for run in begun]


def _wait(orchestrator: Orchestrator, runs: list[str], *, quiet: bool, taken: float = TAKEN_SECONDS) -> list[Report]:
    """Shows how far they are, in lines where there is no bar, and says so once where no worker has taken any of them in
    so many seconds; Ctrl-C cancels them."""
    told, began, phases = False, time.monotonic(), Phases()
    lines = quiet or not errors.is_terminal
    with Progress(console=errors, transient=True, disable=lines) as bar:
        task = bar.add_task("asking both versions", total=100.0 * len(runs))
        try:
            while True:
                now = [orchestrator.flow_run(run) for run in runs]
                if all(run["state"]["type"] in FINAL for run in now):
                    return now
                told = told or any(run["state"]["type"] != "SCHEDULED" for run in now)
                if not told and time.monotonic() > began + taken:
                    told = True
                    errors.print(NOBODY)
                done = sum(_progress(orchestrator, run) for run in runs)
                bar.update(task, completed=done)
                if lines:
                    phases.say(_phase([run["state"]["type"] for run in now], done / len(runs)))
                time.sleep(LOOK_SECONDS)
        except KeyboardInterrupt:
            for run in runs:
                orchestrator.cancel(run)
            raise typer.Exit(1) from None


def _phase(states: Sequence[str], percent: float) -> str:
    """What they all are waiting for; in tenths once they are at work."""
    if waiting := states.count("SCHEDULED"):
        return f"waiting for a worker to take {count_of(waiting)}"
    if starting := states.count("PENDING"):
        return f"waiting for a worker's process to start for {count_of(starting)}"
    return f"asking both versions: {percent // TENTH * TENTH:.0f} %"


def count_of(runs: int) -> str:
    return "one run" if runs == 1 else f"{runs} runs"


def _progress(orchestrator: Orchestrator, run: str) -> float:
    told = (a["data"] for a in orchestrator.artifacts(run) if a["key"] == "plan-progress")
    return float(next(told, 0.0) or 0.0)


def _gathered(orchestrator: Orchestrator, runs: Iterable[Report]) -> Report:
    counts: Counter[str] = Counter()
    changes: list[Report] = []
    faults: list[Report] = []
    for run in runs:
        left = {a["key"]: a["data"] for a in orchestrator.artifacts(run["id"])}
        if run["state"]["type"] != "COMPLETED":
            listed = _rows(left.get("invalid-pack"))
            faults += [f for f in listed or [{"message": run["state"]["message"]}] if f not in faults]
            continue
        counts.update(_rows(left.get("plan-counts"))[0])
        changes += _rows(left.get("plan"))
    return {"counts": dict(counts), "changes": changes, "errors": faults}


def _rows(data: Any) -> list[Report]:
    """A table artifact comes as its JSON text."""
    return list(json.loads(data) if isinstance(data, str) else data or ())


def _show(report: Report) -> None:
    show_faults(report["errors"])
    for change, whose in alike(report["changes"]):
        _say(change, whose)
    counts = report["counts"]
    if counts:
        console.print(f"{counts['touched']} of {counts['questions']} answers would change; nothing was published.")
        console.print(f"Golden questions broken {counts['broken']}, mended {counts['mended']}.")
        if counts["touched"] > len(report["changes"]):
            console.print(f"The first {len(report['changes'])} are told here.")


def _say(change: Report, whose: list[Report]) -> None:
    console.print(Text.assemble((title(change), f"bold {COLOURS[change['outcome']]}"), f", {count(whose)}"))
    for difference in change["differences"]:
        for line in lines_of(difference):
            console.print(Padding(line, (0, 0, 0, 2)))
    for one in whose[:LISTED]:
        console.print(Padding(Text(asked(one), style="dim"), (0, 0, 0, 4)))
    if len(whose) > LISTED:
        console.print(Padding(Text(f"and {len(whose) - LISTED} more, see --json", style="dim"), (0, 0, 0, 4)))
    console.print()
