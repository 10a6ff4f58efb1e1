"""Approved feedback on like questions: which candidate of a mention it speaks for, if it agrees with itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

from ecp.domain.values import Value
from ecp.domain.words import normal_form

ALIKE = 0.9
THE_SAME = 0.995
Verdict = Literal["accepted", "corrected", "rejected"]


class Lift(Value):
    """Feedback on one word of a question (in normal form) and one metric. `similarity` of the questions in 0..1."""

    mention: str
    metric: str
    verdict: Verdict
    similarity: float


class Opinion(Value):
    """What feedback says of one mention: the metric it speaks for, or those on which it is at odds. `corrected`:
    somebody has approved it as a correction."""

    metric: str | None = None
    at_odds: tuple[str, ...] = ()
    corrected: bool = False


def opinion(lifts: Iterable[Lift], mention: str, among: Collection[str]) -> Opinion:
    """Speaks only for what the mention may mean anyway (`among`). The same question counts before like ones, a
    correction before what was merely accepted; what contradicts itself speaks for nothing."""
    form = normal_form(mention)
    near = [x for x in lifts if x.mention == form and x.metric in among and x.similarity >= ALIKE]
    same = [x for x in near if x.similarity >= THE_SAME]
    near = same or near
    rejected = {x.metric for x in near if x.verdict == "rejected"}
    corrected = {x.metric for x in near if x.verdict == "corrected"}
    wanted = corrected or {x.metric for x in near if x.verdict == "accepted"}
    if len(wanted) == 1 and (corrected or not wanted & rejected):
        return Opinion(metric=next(iter(wanted)), corrected=bool(corrected))
    return Opinion(at_odds=tuple(sorted(wanted)), corrected=bool(corrected))


def lifts_of(body: dict[str, object], verdict: Verdict, correction: Iterable[str]) -> dict[str, list[str]]:
    """What feedback on a stored answer says: each word that was read as a metric → the metrics it is said to mean."""
    corrected = sorted(set(correction))
    found: dict[str, list[str]] = {}
    for mention, metric in read_as_metrics(body):
        found[normal_form(mention)] = corrected if verdict == "corrected" else [metric]
    return {mention: metrics for mention, metrics in found.items() if mention and metrics}


def read_as_metrics(body: dict[str, object]) -> Iterable[tuple[str, str]]:
    """Mention and metric of the answer, and of every option where it still had to be chosen."""
    options = body.get("options")
    parts = [body, *(options if isinstance(options, list) else ())]
    for part in parts:
        concepts = part.get("resolved_concepts") if isinstance(part, dict) else None
        for metric in concepts.get("metrics", ()) if isinstance(concepts, dict) else ():
            yield str(metric.get("mention", "")), str(metric.get("id", ""))
