"""What came of a run of a watch as markdown, for the people who operate the platform."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.difference import Difference
from ecp.domain.leaves import cell, rows_of
from ecp.domain.values import JsonObject
from ecp.domain.watch import Claim, WatchRun


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
        yield f"\n{cell(run.detail)}"
    if run.differences:
        yield ""
        yield from rows_of(_told(found, discreet) for found in run.differences)
    yield ""


def _told(found: Difference, discreet: bool) -> JsonObject:
    return found.model_dump(mode="json", include={"field"} if discreet else None)
