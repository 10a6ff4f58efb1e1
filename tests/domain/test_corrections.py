"""A correction can be to what a word may mean, and to nothing else; where corrections differ, that is said."""

from __future__ import annotations

import pytest

from ecp.domain.authorization import Decision
from ecp.domain.compose import Circumstances, not_complete
from ecp.domain.corrections import choices, never_counted
from ecp.domain.precedent import Lift
from ecp.domain.question import Question
from ecp.domain.selection import Evidence
from tests.support.reading import IS_WORD, TODAY, catalogue, understand

HOSPITAL = catalogue("hospital")


def answered(question: str) -> dict[str, frozenset[str]]:
    body = understand(question, HOSPITAL, "controlling").as_answer()
    return choices(body, HOSPITAL, IS_WORD)


@pytest.mark.parametrize(
    ("question", "correction", "idle"),
    [
        ("cost in 2025", ["staff_cost"], []),
        ("cost in 2025", ["total_cost"], []),
        ("csot in 2025", ["staff_cost"], []),
        ("cost in 2025", ["admissions"], ["admissions"]),
        ("cost in 2025", ["staff_cost", "total_cost"], ["staff_cost", "total_cost"]),
        ("cost and admissions in 2025", ["staff_cost", "admissions"], []),
        ("staff cost in 2025", ["staff_cost"], []),
        ("staff cost in 2025", ["total_cost"], ["total_cost"]),
        ("unicorns in 2025", ["admissions"], ["admissions"]),
    ],
)
def test_only_what_a_word_may_mean_can_ever_count(question: str, correction: list[str], idle: list[str]) -> None:
    assert never_counted(correction, answered(question)) == idle


def test_the_options_of_what_is_asked_back_can_be_corrected_to() -> None:
    asked = understand("cost in 2025", HOSPITAL, "porters")
    assert asked.status == "disambiguation_required"
    assert choices(asked.as_answer(), HOSPITAL, IS_WORD) == {"cost": frozenset({"total_cost", "staff_cost"})}


def lifts(*metrics: str, verdict: str = "corrected") -> Evidence:
    said = ({"mention": "cost", "metric": m, "verdict": verdict, "similarity": 1.0} for m in metrics)
    return Evidence(lifts=tuple(Lift.model_validate(one) for one in said))


@pytest.mark.parametrize(
    ("evidence", "disputed"),
    [
        (lifts("total_cost", "staff_cost"), "cost"),
        (lifts("total_cost", "staff_cost", verdict="accepted"), "cost"),
        (Evidence(), None),
    ],
)
def test_what_is_asked_back_for_feedback_at_odds_says_so(evidence: Evidence, disputed: str | None) -> None:
    selection = understand("cost in 2025", HOSPITAL, "porters", evidence=evidence).selection
    assert len(selection.options) == 2 and selection.disputed == disputed
    under = Circumstances(resolution_id="r", attempt=1, question=Question(text="cost", as_of=TODAY))
    decision = Decision(allowed=True, policy_version="1")
    answer = not_complete(under, selection, "disambiguation_required", decision, (), selection.options)
    assert [(w.source, "cost" in w.message) for w in answer.warnings] == ([("precedent", True)] if disputed else [])
