"""How sure an answer is: named factors between 0 and 1, multiplied. Every piece of evidence that is missing lowers
one of them, and nothing raises one above 1. The last one, `calibration`, says what such a claim has been worth."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from ecp.domain.answer import Degradation, Level, ResolvedConcepts, ResolvedMetric, Warning_
from ecp.domain.calibration import worth

_TIER = {1: 1.0, 2: 0.99, 3: 0.97, 4: 0.94, 5: 0.9}
_CAVEAT = {"low": 0.98, "medium": 0.94, "high": 0.85, "critical": 0.7}
_DEGRADED = {"vector": 0.93, "graph": 0.92, "known_issues": 0.9, "semantic": 0.92, "orchestrator": 1.0}
_CORROBORATION = {"graph": 0.98, "vector": 0.98}
_COUNTED_ELSEWHERE = frozenset({"no_period"})
NO_PERIOD = 0.97
BROKEN_RULE, WITHHELD, APPROXIMATE, NOTHING_KNOWN = 0.85, 0.5, 0.7, 0.7
HIGH, MEDIUM = 0.85, 0.6


def factors(
    concepts: ResolvedConcepts,
    warnings: Iterable[Warning_],
    degradations: Iterable[Degradation],
    *,
    asked_stores: Iterable[str],
    plan_checked: bool,
    timed: bool = True,
) -> dict[str, float]:
    """The named factors of one resolved question. `asked_stores`: those that could corroborate and answered;
    `timed`: numbers are asked for, so a period belongs to the question."""
    metrics = concepts.metrics
    named = {
        "definition": min((m.confidence for m in metrics), default=1.0),
        "certification": min((_TIER[m.certification_tier] for m in metrics), default=1.0),
        "corroboration": min((_corroborated(m, asked_stores) for m in metrics), default=1.0),
        "period": 1.0 if concepts.period or not timed else NO_PERIOD,
        "caveats": prod(_CAVEAT[w.severity] for w in warnings if _doubtful(w)),
        "plan": 1.0 if plan_checked else 0.98,
        "availability": availability(degradations),
    }
    return {name: round(value, 4) for name, value in named.items()}


def availability(degradations: Iterable[Degradation]) -> float:
    """What it costs to have gone without some components."""
    return round(prod(_DEGRADED.get(d.component, 0.9) for d in degradations), 4)


def _doubtful(warning: Warning_) -> bool:
    return warning.source != "authorization" and warning.id not in _COUNTED_ELSEWHERE


def _corroborated(metric: ResolvedMetric, asked_stores: Iterable[str]) -> float:
    return prod(
        worth for store, worth in _CORROBORATION.items() if store in asked_stores and store not in metric.sources
    )


def calibrated(named: dict[str, float]) -> dict[str, float]:
    """With the factor `calibration`: what a claim like this one has been worth, relative to the claim."""
    own = {name: value for name, value in named.items() if name != "calibration"}
    claimed = prod(own.values())
    return own | {"calibration": round(worth(claimed) / claimed, 4) if claimed else 1.0}


def score(named: dict[str, float]) -> float:
    return round(prod(named.values()), 4)


def level(value: float) -> Level:
    if value >= HIGH:
        return "high"
    return "medium" if value >= MEDIUM else "low"
