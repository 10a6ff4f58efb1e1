"""A saved question that is asked again on schedule, for its owner, and what came of it each time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from ecp.domain.answer import Resolution
from ecp.domain.difference import TOLERANCE, Comparison, Difference, Outcome, compare, failure, is_answer
from ecp.domain.question import Asker
from ecp.domain.rerun import missing
from ecp.domain.schedule import Schedule, next_due, passed
from ecp.domain.snapshot import Snapshot, snapshot_of
from ecp.domain.values import JsonObject, Value


class Watch(Value):
    """`since` is when its schedule was given; `next_at` is None while it is paused, or its time zone is not known.
    `baseline` is what the next answer is compared with, `tolerance` how far a figure may move before that is a
    difference, relative to it."""

    watch_id: str
    concept: str
    owner: Asker
    execute: bool = False
    schedule: Schedule
    webhook: str | None = None
    tolerance: float = Field(default=TOLERANCE, ge=0, le=1)
    paused: bool = False
    created_at: datetime
    since: datetime
    next_at: datetime | None = None
    baseline: Snapshot | None = None
    last_outcome: Outcome | None = None


class Claim(Value):
    """A watch that is due, and one process's right to run it: until that is given to another, `token` holds. `tries`:
    the claims since a run of it was last written, this one among them."""

    watch: Watch
    due_at: datetime
    token: str
    tries: int = 1


class WatchRun(Value):
    """`due_at` is the time it is for, `at` when it was done; `missed`, how often the watch was due since without a
    run of its own. `before_id` is the resolution it was compared with."""

    watch_id: str
    due_at: datetime
    at: datetime
    resolution_id: str | None
    outcome: Outcome
    differences: tuple[Difference, ...] = ()
    missed: int = 0
    detail: str | None = None
    before_id: str | None = None


class Done(Value):
    """A run that is over: what is written of it, and when the watch is due again."""

    run: WatchRun
    baseline: Snapshot | None
    next_at: datetime | None
    tells: bool


def scheduled(watch: Watch, now: datetime) -> Watch:
    """The watch with the time at which it is next due."""
    return watch.model_copy(update={"next_at": None if watch.paused else next_due(watch.schedule, watch.since, now)})


def changed(watch: Watch, changes: JsonObject, now: datetime) -> Watch:
    """The watch with some of its fields anew. Another question has nothing to be compared with yet; another schedule
    counts from now, and so does one that is taken up again."""
    update: dict[str, Any] = dict(changes)
    if update.get("concept", watch.concept) != watch.concept:
        update |= {"baseline": None, "last_outcome": None}
    if update.get("schedule", watch.schedule) != watch.schedule:
        update["since"] = now
    after = watch.model_copy(update=update)
    moved = after.schedule != watch.schedule or after.paused != watch.paused
    return scheduled(after, now) if moved else after


def done(claim: Claim, answer: Resolution | None, now: datetime, detail: str | None = None) -> Done:
    """What came of a run: `answer` is None where it came to none. A refusal by the policy is an answer."""
    watch = claim.watch
    found = _compared(watch, answer)
    run = WatchRun(
        watch_id=watch.watch_id,
        due_at=claim.due_at,
        at=now,
        resolution_id=answer.resolution_id if answer else None,
        outcome=found.outcome,
        differences=found.differences,
        missed=passed(watch.schedule, watch.since, claim.due_at, now),
        detail=detail if found.outcome in ("failed", "denied") else None,
        before_id=watch.baseline.resolution_id if watch.baseline and found.differences else None,
    )
    worse = found.outcome in ("denied", "failed") and found.outcome != watch.last_outcome
    return Done(
        run=run,
        baseline=found.baseline,
        next_at=next_due(watch.schedule, watch.since, now),
        tells=bool(found.differences) or worse,
    )


def _compared(watch: Watch, answer: Resolution | None) -> Comparison:
    if answer is None or not is_answer(answer.status) or _inconclusive(watch.baseline, answer):
        return failure(watch.baseline)
    return compare(watch.baseline, snapshot_of(answer, watch.owner), watch.tolerance)


def _inconclusive(before: Snapshot | None, answer: Resolution) -> bool:
    """What was understood before, and is not now that a store is missing, has not changed for all that is known."""
    understood = before is not None and before.status == "complete"
    return understood and answer.status not in ("complete", "access_denied") and bool(missing(_body(answer)))


def _body(answer: Resolution) -> JsonObject:
    return answer.model_dump(include={"degradations"})
