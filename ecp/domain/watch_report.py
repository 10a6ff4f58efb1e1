"""What came of a run of a watch as markdown, for the people who operate the platform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ecp.domain.difference import Difference
from ecp.domain.leaves import leaves, told
from ecp.domain.watch import Claim, WatchRun

LONGEST = 400


def watch_report(claim: Claim, run: WatchRun, *, discreet: bool) -> str:
    """When it was due, what it missed, and a row for each field that differs. `discreet`: without their values."""
    return "\n".join(_lines(claim, run, discreet))


def _lines(claim: Claim, run: WatchRun, discreet: bool) -> Iterator[str]:
    yield f"## Watch `{claim.watch.watch_id}`: {run.outcome}"
    yield ""
    yield f"Due {run.due_at:%Y-%m-%d %H:%M:%S} UTC, done {run.at:%Y-%m-%d %H:%M:%S} UTC"
    if run.missed:
        yield f"\nDue {run.missed} more times meanwhile, without runs of their own"
    if run.detail and not discreet:
        yield f"\n{_cell(run.detail)}"
    if run.differences:
        yield "\n| what | before | after |\n|---|---|---|"
        for found in run.differences:
            yield from _rows(found, discreet)
    yield ""


def _rows(found: Difference, discreet: bool) -> Iterator[str]:
    if discreet:
        yield f"| {found.field} | | |"
        return
    for leaf in leaves(found.before, found.after):
        yield f"| {_cell(f'{found.field} {leaf.name}')} | {_cell(leaf.before)} | {_cell(leaf.after)} |"


def _cell(value: Any) -> str:
    flat = told(value).replace("|", "\\|")
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"
