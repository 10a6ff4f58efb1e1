"""What a pack would change, before it is published: whose answer, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from prefect import flow
from prefect.artifacts import acreate_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from pydantic import Field

from ecp.errors import PackInvalid
from ecp.preview.alike import plan_report
from ecp.preview.report import counted
from ecp.preview.staging import staged
from flows.resolve import resolve
from tasks.keeping import MOST_ROWS, ProgressOf, keeping, leave_table
from tasks.previewing import Desk, ask_both_versions, choose_questions, read_pack


@flow(name="plan-import", persist_result=False)
async def plan_import(
    path: str,
    only: bool = False,
    recent: Annotated[int, Field(ge=0, description="questions of the past")] = 100,
    part: Annotated[int, Field(ge=1)] = 1,
    parts: Annotated[int, Field(ge=1, description="runs that share the questions")] = 1,
) -> State[Any]:
    """The `part`-th share of all questions, asked of the newest version and of what importing `path` would make of it.

    Nothing is published. Several runs with shares of their own do together what one would do.
    """
    if part > parts:
        return Failed(name="Invalid", message=f"part is from 1 to parts, which is {parts}, and not {part}")
    progress = await ProgressOf.begin("plan-progress", f"Questions of share {part} of {parts}")
    async with keeping() as kept:
        try:
            pack = await read_pack(kept, Path(path), only)
        except PackInvalid as invalid:
            await leave_table("invalid-pack", invalid.extra.get("errors", []), invalid.detail)
            return Failed(name="Invalid", message=invalid.detail)
        questions = await choose_questions(kept, pack, recent, part, parts)
        async with staged(kept.settings, kept.stores, pack, only=only) as (now, then):
            present, coming = (Desk(kept.settings, stores, resolve.fn) for stores in (now, then))
            rows = await ask_both_versions(questions, present, coming, progress)
    await progress.at(1)
    discreet = kept.settings.env == "prod"
    counts = counted(rows)
    await leave_table("plan-counts", [counts], "How many questions, and what becomes of their answers")
    changed = counts["touched"]
    said = f"{changed} of {len(rows)} answers would change"
    told = [row.told(discreet=discreet) for row in rows if not row.untouched]
    await leave_table("plan", told, "What would change")
    await acreate_markdown_artifact(plan_report(told[:MOST_ROWS], said), key="plan-report", description=said)
    return Completed(name="WouldChange" if changed else "NoChange", message=said)
