"""What a pack would change: for each question the two answers, compared as the answers of a watch are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ecp.domain.answer import Resolution
from ecp.domain.difference import Difference, Outcome, compare, is_answer
from ecp.domain.snapshot import snapshot_of
from ecp.domain.values import JsonObject, Value
from ecp.evaluation import compare as scored
from ecp.preview.questions import Posed, Source


class Previewed(Value):
    """`as_expected`: whether a golden question's answer is what it has to be, before and after."""

    source: Source
    id: str
    question: str
    user_id: str | None
    department: str | None
    outcome: Outcome
    differences: tuple[Difference, ...] = ()
    as_expected: tuple[bool, bool] | None = None
    detail: str | None = None

    @property
    def untouched(self) -> bool:
        return self.outcome == "unchanged" and (self.as_expected is None or self.as_expected[0] == self.as_expected[1])

    def told(self, *, discreet: bool) -> JsonObject:
        """As a row; `discreet` leaves out what was asked and what the answers are."""
        row = self.model_dump(mode="json")
        if discreet:
            row |= {"question": "", "differences": [{"field": d.field} for d in self.differences]}
        return row


def previewed(one: Posed, before: Resolution | None, after: Resolution | None) -> Previewed:
    """A question to which one of the versions has no answer at all counts as failed."""
    common: dict[str, Any] = {
        "source": one.source,
        "id": one.id,
        "question": one.question.text,
        "user_id": one.question.asker.user_id,
        "department": one.question.asker.department,
    }
    if before is None or after is None or not (is_answer(before.status) and is_answer(after.status)):
        when = "now" if before is None or not is_answer(before.status) else "with the pack"
        return Previewed(**common, outcome="failed", detail=f"there is no answer {when}")
    found = compare(snapshot_of(before, one.question.asker), snapshot_of(after, one.question.asker))
    same = found.outcome == "denied" and not found.differences
    return Previewed(
        **common,
        outcome="unchanged" if same else found.outcome,
        differences=found.differences,
        as_expected=None if one.expected is None else (_meets(one.expected, before), _meets(one.expected, after)),
    )


def counted(rows: Iterable[Previewed]) -> dict[str, int]:
    """By outcome, how many would be another (`touched`), and how many golden questions the pack breaks or mends."""
    listed = list(rows)
    counts = Counter(row.outcome for row in listed)
    broken = sum(row.as_expected == (True, False) for row in listed)
    mended = sum(row.as_expected == (False, True) for row in listed)
    touched = sum(not row.untouched for row in listed)
    by_outcome: dict[str, int] = {outcome: counts[outcome] for outcome in _OUTCOMES}
    return {"questions": len(listed), **by_outcome, "touched": touched, "broken": broken, "mended": mended}


_OUTCOMES: tuple[Outcome, ...] = ("changed", "unchanged", "denied", "failed")


def _meets(expected: JsonObject, answer: Resolution) -> bool:
    return all(want == got for want, got in scored(expected, answer.model_dump(mode="json")).values())
