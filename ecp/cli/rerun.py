"""`ecp rerun`: brings failed answers back, one or all of an outage."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import httpx
import typer
from rich.progress import track
from rich.text import Text

from ecp.cli.client import call, given, patient_call, refuse
from ecp.cli.consoles import console
from ecp.cli.options import AsJson
from ecp.cli.tables import show_table
from ecp.domain.rerun import ENDED_BADLY, SINCE, missing

RERUN_STATUSES = ("failed", "timed_out", "cancelled", "degraded", "running")
AT_ONCE = 2
WAIT_SECONDS = 120.0
MOST = 1000
Outcome = dict[str, Any]
Listed = dict[str, Any]


def register(app: typer.Typer) -> None:
    app.command()(rerun)
    app.command()(cancel)


def rerun(
    resolution_id: Annotated[str | None, typer.Argument(help="A resolution's id.")] = None,
    status: Annotated[
        list[str] | None, typer.Option(help=f"All with this status: {', '.join(RERUN_STATUSES)}.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="Not older than: 90s, 30m, 1h, 2d.")] = None,
    watches: Annotated[
        bool, typer.Option("--watches", help="Also what watches asked, which is asked anew when they are next due.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what there is to bring back.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also where nothing was missing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run again what failed or was missing; exit status 0 only when all came to their answer.

    By --status, what watches asked is left out unless --watches is given."""
    _check(resolution_id, status or [], since, listing=watches or dry_run)
    if resolution_id is not None:
        _check_there(resolution_id)
        ids = [resolution_id]
    else:
        found = _found(status or [], since, watches)
        if not (found or as_json):
            left_out = "" if watches else " What watches asked is left out: --watches."
            console.print(f"There is nothing to rerun.{left_out}")
            return
        if dry_run:
            _list(found, as_json)
            return
        ids = [listed["resolution_id"] for listed in found]
    outcomes = list(_all(ids, force, quiet=as_json))
    if as_json:
        print(json.dumps({"reruns": outcomes, "total": len(outcomes)}, indent=2))
    else:
        _show(outcomes)
    if any(not outcome["ok"] for outcome in outcomes):
        raise typer.Exit(1)


def _check_there(resolution_id: str) -> None:
    answer, _ = patient_call("GET", f"/api/v1/resolutions/{quote(resolution_id, safe='')}")
    if answer.status_code == 404:
        refuse(answer.json())


def _check(resolution_id: str | None, statuses: list[str], since: str | None, *, listing: bool) -> None:
    if resolution_id is None and not statuses:
        raise typer.BadParameter("name a resolution, or statuses with --status")
    if resolution_id is not None and (statuses or since is not None):
        raise typer.BadParameter("a resolution that is named needs no --status and no --since")
    if resolution_id is not None and listing:
        raise typer.BadParameter("--watches and --dry-run go with --status")
    if since is not None and not re.fullmatch(SINCE, since):
        raise typer.BadParameter(f"--since is a number and s, m, h or d, such as 90s, 30m, 1h or 2d, and not “{since}”")
    for unknown in [s for s in statuses if s not in RERUN_STATUSES]:
        raise typer.BadParameter(f"--status is one of {', '.join(RERUN_STATUSES)}, and not “{unknown}”")


def cancel(resolution_id: Annotated[str, typer.Argument(help="A resolution's id.")], as_json: AsJson = False) -> None:
    """End what is running; no answer is given after that."""
    answer = call("POST", f"/api/v1/resolutions/{resolution_id}/cancel")
    if answer.status_code != 202:
        refuse(answer.json())
    if as_json:
        print(json.dumps(answer.json(), indent=2))
    else:
        console.print("Cancelled.")


def _found(statuses: Iterable[str], since: str | None, watches: bool) -> list[Listed]:
    """Each once, whatever its statuses."""
    found: dict[str, Listed] = {}
    for status in statuses:
        wanted = given({"status": status, "limit": MOST, "since": since, "watches": json.dumps(watches)})
        answer, _ = patient_call("GET", f"/api/v1/resolutions?{urlencode(wanted)}")
        if answer.is_error:
            refuse(answer.json())
        found |= {listed["resolution_id"]: listed for listed in answer.json()["resolutions"]}
    return list(found.values())


def _list(found: list[Listed], as_json: bool) -> None:
    """What there is to bring back, and as which attempt."""
    if as_json:
        print(json.dumps({"resolutions": found, "total": len(found)}, indent=2))
        return
    rows = ((f["resolution_id"], f["status"], f["attempt"], ", ".join(f["missing"]), f["updated_at"]) for f in found)
    show_table(("Resolution", "Status", "Attempt", "Without", "Ended"), rows, whole=("Resolution", "Status", "Ended"))
    console.print(f"{len(found)} to bring back.")


def _all(ids: list[str], force: bool, *, quiet: bool) -> Iterator[Outcome]:
    """A few at once, so that who waits for an answer does not notice."""
    gone = Event()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        begun = [pool.submit(_unless, gone, resolution_id, force) for resolution_id in ids]
        ended = track(as_completed(begun), description="rerunning", total=len(ids), disable=quiet, transient=True)
        yield from (future.result() for future in ended)


def _unless(gone: Event, resolution_id: str, force: bool) -> Outcome:
    """Once the API is gone nothing more is begun; what came back before is told all the same."""
    if not gone.is_set():
        try:
            return _one(resolution_id, force)
        except typer.Exit:
            gone.set()
    return {"resolution_id": resolution_id, "status": "unknown", "detail": "the API does not answer", "ok": False}


def _one(resolution_id: str, force: bool) -> Outcome:
    path = f"/api/v1/resolutions/{resolution_id}"
    answer, again = _begun(f"{path}/rerun{'?force=true' if force else ''}")
    if answer.status_code != 202 and not (again and answer.status_code == 409):
        return {"resolution_id": resolution_id, "status": "refused", "detail": answer.json()["detail"], "ok": False}
    ends = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < ends:
        found, again = patient_call("GET", path)
        if found.json().get("status") != "running":
            break
        ends = time.monotonic() + WAIT_SECONDS if again else ends  # what was cut off is gone on with by another
        time.sleep(0.2)
    return _outcome(resolution_id, found.json())


def _begun(path: str) -> tuple[httpx.Response, bool]:
    """Comes back when it is told to: who is served first is whoever waits for an answer. Whether it was asked again,
    too: then a conflict may be with what the first time has begun."""
    ends, twice = time.monotonic() + WAIT_SECONDS, False
    while True:
        answer, again = patient_call("POST", path)
        twice = twice or again
        if answer.status_code != 429 or time.monotonic() >= ends:
            return answer, twice
        time.sleep(float(answer.headers.get("Retry-After", "1")))


def _outcome(resolution_id: str, body: dict[str, Any]) -> Outcome:
    """A resolution that its asker may no longer see answers with a problem instead."""
    status = str(body["status"]) if "resolution_id" in body and "type" not in body else "access_denied"
    without = sorted(missing(body))
    ended = status not in ENDED_BADLY and status != "running"
    return {
        "resolution_id": resolution_id,
        "status": status,
        "detail": f"without {', '.join(without)}" if without else "",
        "ok": ended and not without,
    }


def _show(outcomes: list[Outcome]) -> None:
    rows = ((o["resolution_id"], Text(o["status"], style="green" if o["ok"] else "red"), o["detail"]) for o in outcomes)
    show_table(("Resolution", "Status", ""), rows, whole=("Resolution", "Status"))
    console.print(f"{sum(o['ok'] for o in outcomes)} of {len(outcomes)} came to their answer.")
