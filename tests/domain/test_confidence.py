"""Taking away any piece of evidence lowers the confidence."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp.domain.answer import Degradation, ResolvedConcepts, ResolvedMetric, Warning_
from ecp.domain.confidence import factors, level, score
from tests.support.reading import catalogue, understand

Severity = Literal["low", "medium", "high", "critical"]
_SEVERITIES: list[Severity] = ["low", "medium", "high", "critical"]
_PERIOD = understand("admissions in 2025", catalogue("hospital")).selection.concepts.period


def _metric(confidence: float, tier: int, sources: tuple[str, ...]) -> ResolvedMetric:
    return ResolvedMetric(
        id="m",
        mention="m",
        name="M",
        definition="",
        certification_tier=tier,
        semantic_layer_ref="A.m",
        unit=None,
        confidence=confidence,
        reason="",
        sources=sources,
    )


def _warning(severity: Severity, **fields: Any) -> Warning_:
    return Warning_(**{"id": "w", "source": "tribal_knowledge", "severity": severity, "message": "m"} | fields)


def _score(**given: Any) -> float:
    evidence = _BEST | given
    metric = _metric(evidence["confidence"], evidence["tier"], evidence["sources"])
    named = factors(
        ResolvedConcepts(metrics=(metric,), period=evidence["period"]),
        evidence["warnings"],
        [Degradation(component=c, fallback="", effect="") for c in evidence["degraded"]],
        asked_stores=("graph", "vector"),
        plan_checked=evidence["plan_checked"],
    )
    assert all(0 <= value <= 1 for value in named.values())
    return score(named)


_BEST: dict[str, Any] = {
    "confidence": 1.0,
    "tier": 1,
    "sources": ("registry", "graph", "vector"),
    "period": _PERIOD,
    "warnings": (),
    "degraded": (),
    "plan_checked": True,
}
_TAKEN_AWAY: list[dict[str, Any]] = [
    {"confidence": 0.98},
    {"tier": 2},
    {"sources": ("registry", "graph")},
    {"sources": ("registry", "vector")},
    {"period": None},
    {"warnings": (_warning("low"),)},
    {"degraded": ("vector",)},
    {"degraded": ("graph",)},
    {"degraded": ("known_issues",)},
    {"degraded": ("semantic",)},
    {"plan_checked": False},
]


@pytest.mark.parametrize("less", _TAKEN_AWAY, ids=str)
def test_taking_one_piece_of_evidence_away_lowers_the_score(less: dict[str, Any]) -> None:
    assert _score(**less) < _score() == 1.0


@given(st.lists(st.sampled_from(_TAKEN_AWAY), unique_by=lambda e: next(iter(e)), max_size=6), st.data())
def test_taking_more_away_lowers_it_further(taken: list[dict[str, Any]], data: st.DataObject) -> None:
    given_up: dict[str, Any] = {}
    for less in taken:
        given_up |= less
    rest = [e for e in _TAKEN_AWAY if not set(e) & set(given_up)]
    if rest:
        more = data.draw(st.sampled_from(rest))
        assert _score(**given_up, **more) < _score(**given_up)


def test_a_graver_caveat_and_a_lower_tier_cost_more() -> None:
    by_severity = [_score(warnings=(_warning(s),)) for s in _SEVERITIES]
    by_tier = [_score(tier=t) for t in range(1, 6)]
    assert by_severity == sorted(by_severity, reverse=True) and len(set(by_severity)) == 4
    assert by_tier == sorted(by_tier, reverse=True) and len(set(by_tier)) == 5


def test_being_limited_to_what_one_may_see_is_no_doubt() -> None:
    assert _score(warnings=(_warning("medium", source="authorization"),)) == _score()


def test_levels_follow_the_score() -> None:
    assert [level(v) for v in (1.0, 0.85, 0.84, 0.6, 0.59, 0.0)] == ["high", "high", "medium", "medium", "low", "low"]
