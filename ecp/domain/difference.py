"""What has changed between two answers to a watched question: each thing once, under the name of what it is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Literal

from ecp.domain.snapshot import ANSWERED, Numbers, Snapshot
from ecp.domain.values import JsonObject, Value

Outcome = Literal["changed", "unchanged", "denied", "failed"]
Field = Literal[
    "department", "permission", "status", "definition", "period", "filters", "caveats", "confidence", "numbers"
]
TOLERANCE = 1e-6
CONFIDENCE_TOLERANCE = 0.05
MOST_FIGURES = 50
_SMALLEST = 1e-9


class Difference(Value):
    field: Field
    before: Any
    after: Any


class Comparison(Value):
    """`baseline` is what the next answer is compared with: what this one could not find out, and figures within the
    tolerance, stay as they were, so that neither an outage nor a slow drift goes unreported."""

    outcome: Outcome
    differences: tuple[Difference, ...] = ()
    baseline: Snapshot | None


def compare(before: Snapshot | None, after: Snapshot, tolerance: float = TOLERANCE) -> Comparison:
    """`tolerance` is relative. The first answer has nothing to differ from; one that failed is none (see `failure`)."""
    if not after.allowed:
        return _denied(before, after)
    if before is None or not before.status:
        first = () if before is None else tuple(_department_and_permission(before, after))
        return Comparison(outcome="changed" if first else "unchanged", differences=first, baseline=after)
    differences = (*_department_and_permission(before, after), *_contents(before, after, tolerance))
    baseline = _baseline(before, after, tolerance)
    return Comparison(outcome="changed" if differences else "unchanged", differences=differences, baseline=baseline)


def failure(before: Snapshot | None) -> Comparison:
    """An attempt that came to no answer says nothing about one."""
    return Comparison(outcome="failed", baseline=before)


def is_answer(status: str) -> bool:
    return status in ANSWERED or status == "access_denied"


def _denied(before: Snapshot | None, after: Snapshot) -> Comparison:
    """The last answer that was allowed is kept for the day it is allowed again; nothing of it is told now."""
    kept = before or after.model_copy(update={"status": ""})
    baseline = kept.model_copy(update={"allowed": False, "department": after.department})
    told = tuple(_department_and_permission(before, after)) if before is not None else ()
    return Comparison(outcome="denied", differences=told, baseline=baseline)


def _department_and_permission(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    if before.department != after.department:
        yield Difference(field="department", before=before.department, after=after.department)
    if before.allowed != after.allowed:
        yield Difference(field="permission", before=_allowed(before), after=_allowed(after))
    elif after.allowed and _limited(before, after):
        yield Difference(field="permission", before=before.permission, after=after.permission)


def _allowed(snapshot: Snapshot) -> str:
    return "allowed" if snapshot.allowed else "denied"


def _limited(before: Snapshot, after: Snapshot) -> bool:
    """By other row filters or masks than before. Of two answers that name none there is nothing to tell."""
    return _plain(before.permission) != _plain(after.permission)


def _plain(permission: JsonObject) -> JsonObject:
    return {name: value for name, value in permission.items() if value}


def _contents(before: Snapshot, after: Snapshot, tolerance: float) -> Iterator[Difference]:
    if (before.status, before.open) != (after.status, after.open):
        yield Difference(field="status", before=_said(before), after=_said(after))
    if "complete" not in (before.status, after.status) or before.status != after.status:
        return
    if before.definition != after.definition:
        old, new = _apart(before.definition, after.definition)
        yield Difference(field="definition", before=old, after=new)
    if before.period != after.period:
        yield Difference(field="period", before=before.period, after=after.period)
    if before.filters != after.filters:
        yield Difference(field="filters", before=list(before.filters), after=list(after.filters))
    if before.caveats is not None and after.caveats is not None and before.caveats != after.caveats:
        yield Difference(field="caveats", before=before.caveats, after=after.caveats)
    if not _as_sure(before, after):
        yield Difference(field="confidence", before=before.confidence, after=after.confidence)
    yield from _figures(before, after, tolerance)


def _said(snapshot: Snapshot) -> Any:
    return {"status": snapshot.status, "open": list(snapshot.open)} if snapshot.open else snapshot.status


def _apart(before: JsonObject, after: JsonObject) -> tuple[JsonObject, JsonObject]:
    """What each has and the other does not, entry by entry."""
    return _only(before, after), _only(after, before)


def _only(one: JsonObject, other: JsonObject) -> JsonObject:
    own = {name: value for name, value in one.items() if name not in other or other[name] != value}
    return {
        name: _only(value, other[name]) if isinstance(value, dict) and isinstance(other.get(name), dict) else value
        for name, value in own.items()
    }


def _as_sure(before: Snapshot, after: Snapshot) -> bool:
    if before.confidence is None or after.confidence is None:
        return True
    return abs(before.confidence - after.confidence) < CONFIDENCE_TOLERANCE


def _figures(before: Snapshot, after: Snapshot, tolerance: float) -> Iterator[Difference]:
    """Of the same thing alone: under another permission, or of another period, other figures are no news. Where each
    is of a time of its own, those of the times that both have are compared."""
    if not comparable(before, after):
        return
    old, new = before.numbers, after.numbers
    assert old is not None and new is not None
    if not (old.cells and new.cells):
        if old.digest != new.digest:
            yield Difference(field="numbers", before=_counted(old), after=_counted(new))
        return
    moved = before.period != after.period
    names = [n for n in (*old.cells, *(n for n in new.cells if n not in old.cells)) if not moved or _both(n, old, new)]
    changed = [n for n in names if not _both(n, old, new) or not alike(old.cells[n], new.cells[n], tolerance)]
    if changed:
        yield Difference(field="numbers", before=_told(changed, old), after=_told(changed, new))


def comparable(before: Snapshot, after: Snapshot) -> bool:
    """Whether the figures of both are of the same thing."""
    if before.numbers is None or after.numbers is None or not before.allowed or _limited(before, after):
        return False
    if before.filters != after.filters or before.numbers.columns != after.numbers.columns:
        return False
    return before.period == after.period or (before.numbers.timed and after.numbers.timed)


def alike(before: float | None, after: float | None, tolerance: float) -> bool:
    if before is None or after is None:
        return before is after
    return math.isclose(before, after, rel_tol=tolerance, abs_tol=_SMALLEST)


def _both(name: str, old: Numbers, new: Numbers) -> bool:
    return name in old.cells and name in new.cells


def _counted(numbers: Numbers) -> str:
    return f"{numbers.count} figures, {numbers.digest[:12]}"


def _told(names: list[str], numbers: Numbers) -> Any:
    """The figure alone where the answer has no other; else by what they are of."""
    if numbers.count == 1 and len(names) == 1 and names[0] in numbers.cells:
        return numbers.cells[names[0]]
    told: JsonObject = {name: numbers.cells[name] for name in names[:MOST_FIGURES] if name in numbers.cells}
    return told | ({"…": f"{len(names) - MOST_FIGURES} more"} if len(names) > MOST_FIGURES else {})


def _baseline(before: Snapshot, after: Snapshot, tolerance: float) -> Snapshot:
    kept: dict[str, Any] = {}
    if after.caveats is None:
        kept["caveats"] = before.caveats
    if after.confidence is None or (before.confidence is not None and _as_sure(before, after)):
        kept["confidence"] = before.confidence
    if after.numbers is None:
        kept["numbers"] = before.numbers if before.period == after.period and not _limited(before, after) else None
    elif comparable(before, after) and before.numbers is not None and after.numbers.cells:
        kept["numbers"] = _settled(before.numbers, after.numbers, tolerance)
    return after.model_copy(update=kept)


def _settled(old: Numbers, new: Numbers, tolerance: float) -> Numbers:
    """The new figures; those that are not told as changed stay as they were told."""
    cells = {
        name: old.cells[name] if name in old.cells and alike(old.cells[name], value, tolerance) else value
        for name, value in new.cells.items()
    }
    return new.model_copy(update={"cells": cells})
