"""Approved feedback on like questions: which candidate of a mention it speaks for, if it agrees with itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

from ecp.domain.values import Value
from ecp.domain.words import normal_form

ALIKE = 0.9
Verdict = Literal["accepted", "corrected", "rejected"]


class Lift(Value):
    """Feedback on one word of a question (in normal form) and one metric. `similarity` in 0..1 of what the questions
    measure; `same`: it was given on this very question."""

    mention: str
    metric: str
    verdict: Verdict
    similarity: float
    same: bool = False

    @property
    def counts(self) -> bool:
        return self.same or self.similarity >= ALIKE


class Opinion(Value):
    """What feedback says of one mention: the metric it speaks for, or those on which it is at odds. `corrected`:
    somebody has approved it as a correction. `doubted`: what was rejected as an answer to this very question, and is
    spoken for by nothing that was said of it."""

    metric: str | None = None
    at_odds: tuple[str, ...] = ()
    corrected: bool = False
    doubted: frozenset[str] = frozenset()


def opinion(lifts: Iterable[Lift], mention: str, among: Collection[str]) -> Opinion:
    """Speaks only for what the mention may mean anyway (`among`). The same question counts before like ones, a
    correction before what was merely accepted; what contradicts itself speaks for nothing."""
    form = normal_form(mention)
    near = [x for x in lifts if x.mention == form and x.metric in among and x.counts]
    same = [x for x in near if x.same]
    doubted = frozenset(_with(same, "rejected") - _with(same, "accepted", "corrected"))
    near = same if _with(same, "accepted", "corrected") else near
    rejected, corrected = _with(near, "rejected"), _with(near, "corrected")
    wanted = corrected or _with(near, "accepted")
    if len(wanted) == 1 and (corrected or not wanted & rejected):
        return Opinion(metric=next(iter(wanted)), corrected=bool(corrected), doubted=doubted)
    return Opinion(at_odds=tuple(sorted(wanted)), corrected=bool(corrected), doubted=doubted)


def _with(lifts: Iterable[Lift], *verdicts: Verdict) -> set[str]:
    return {x.metric for x in lifts if x.verdict in verdicts}
