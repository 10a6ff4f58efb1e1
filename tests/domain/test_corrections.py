"""A correction can be to what a word may mean, and to nothing else; what feedback says is told and heeded."""

from __future__ import annotations

import pytest

from ecp.domain.answer import Resolution, Warning_
from ecp.domain.authorization import Decision
from ecp.domain.compose import Circumstances, complete, not_complete
from ecp.domain.corrections import lifts_of, never_counted, settled
from ecp.domain.precedent import Lift
from ecp.domain.question import Question
from ecp.domain.selection import Evidence
from ecp.domain.subject import measured
from tests.support.reading import TODAY, Understood, catalogue, understand

HOSPITAL = catalogue("hospital")


def words_of(question: str, known: str = "hospital") -> dict[str, tuple[str, ...]]:
    understood = understand(question, catalogue(known), "controlling")
    return measured(understood.intent.text, understood.reading, catalogue(known)).words


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
    assert never_counted(correction, words_of(question)) == idle


def test_what_is_asked_back_can_be_corrected_to() -> None:
    asked = understand("cost in 2025", HOSPITAL, "porters")
    assert asked.status == "disambiguation_required"
    assert words_of("cost in 2025") == {"cost": ("staff_cost", "total_cost")}


def test_of_several_words_that_are_open_each_gets_the_metric_that_it_alone_may_mean() -> None:
    asked = understand("revenue and churn by region", catalogue("demo"))
    words = words_of("revenue and churn by region", "demo")
    assert asked.status == "disambiguation_required" and set(words) == {"revenue", "churn"}
    answer = Resolution.model_validate(asked.as_answer())
    wanted = ["gross_revenue", "logo_churn"]
    assert never_counted(wanted, words) == []
    assert lifts_of(answer, "corrected", wanted, words) == {"revenue": ["gross_revenue"], "churn": ["logo_churn"]}
    assert lifts_of(answer, "corrected", wanted[:1], words) == {"revenue": ["gross_revenue"]}


@pytest.mark.parametrize(
    ("correction", "words", "told"),
    [
        (["x", "y"], {"a": ["x"], "b": ["x", "y"]}, {"a": "x", "b": "y"}),
        (["x", "y"], {"b": ["x", "y"], "a": ["x", "z"]}, {"a": "x", "b": "y"}),
        (["x", "y", "z"], {"a": ["x"], "b": ["x", "y"], "c": ["x", "y", "z"]}, {"a": "x", "b": "y", "c": "z"}),
        (["x"], {"a": ["x"], "b": ["x", "y"]}, {"a": "x", "b": "x"}),
        (["x", "y"], {"a": ["x", "y"], "b": ["x", "y"]}, {}),
        (["x", "y"], {"a": ["x", "y"]}, {}),
        (["x"], {"a": ["z"]}, {}),
        ([], {"a": ["z"]}, {}),
    ],
)
def test_a_word_means_what_no_other_word_has_to(
    correction: list[str], words: dict[str, list[str]], told: dict[str, str]
) -> None:
    assert settled(correction, words) == told


def test_what_is_accepted_or_rejected_is_what_each_word_was_taken_for() -> None:
    words = words_of("Cost and admissions in 2025")
    answer = Resolution.model_validate(understand("Cost and admissions in 2025", HOSPITAL, "controlling").as_answer())
    meant = {"cost": ["total_cost"], "admission": ["admissions"]}
    assert lifts_of(answer, "accepted", (), words) == lifts_of(answer, "rejected", (), words) == meant
    assert lifts_of(answer, "rejected", (), {}) == {}


def test_options_mean_nothing_that_could_be_rejected() -> None:
    asked = Resolution.model_validate(understand("cost in 2025", HOSPITAL, "porters").as_answer())
    assert asked.options and lifts_of(asked, "rejected", (), words_of("cost in 2025")) == {}


def lifts(*metrics: str, verdict: str = "corrected", same: bool = True, mention: str = "cost") -> Evidence:
    about = {"mention": mention, "verdict": verdict, "similarity": 1.0, "same": same}
    said = (about | {"metric": m} for m in metrics)
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
    warnings = told(understand("cost in 2025", HOSPITAL, "porters", evidence=evidence))
    assert [(w.source, "cost" in w.message) for w in warnings] == ([("precedent", True)] if disputed else [])


def told(understood: Understood) -> tuple[Warning_, ...]:
    """The warnings of the answer that feedback is told in."""
    under = Circumstances(resolution_id="r", attempt=1, question=Question(text="q", as_of=TODAY))
    decision, selection = Decision(allowed=True, policy_version="1"), understood.selection
    if selection.options:
        answer = not_complete(under, selection, "disambiguation_required", decision, (), selection.options)
    else:
        answer = complete(under, selection, decision, understood.plan, ())
    return tuple(w for w in answer.warnings if w.source == "precedent")


def test_a_departments_own_definition_that_was_rejected_on_this_question_is_asked_back() -> None:
    before = understand("cost in 2025", HOSPITAL, "controlling")
    (own,) = before.selection.concepts.metrics
    after = understand("cost in 2025", HOSPITAL, "controlling", evidence=lifts(own.id, verdict="rejected"))
    assert before.status == "complete" and after.status == "disambiguation_required"
    first, last = after.selection.options
    assert first.suggested and first.settles["cost"] != own.id == last.settles["cost"]
    assert last.confidence < first.confidence and last.confidence < 0.5
    assert ["rejected" in w.message for w in told(after)] == [True] and told(before) == ()


@pytest.mark.parametrize(
    "evidence",
    [
        lifts("total_cost", "total_cost", verdict="rejected", same=False),
        Evidence(
            lifts=(*lifts("total_cost", verdict="rejected").lifts, *lifts("total_cost", verdict="accepted").lifts)
        ),
        lifts("total_cost", verdict="rejected", mention="total cost"),
    ],
    ids=["on another question", "accepted as well", "of another word"],
)
def test_a_rejection_turns_a_departments_definition_off_for_no_other_question(evidence: Evidence) -> None:
    after = understand("cost in 2025", HOSPITAL, "controlling", evidence=evidence)
    assert [m.id for m in after.selection.concepts.metrics] == ["total_cost"]
    assert told(after) == () and after.selection.concepts.metrics[0].confidence > 0.9


def test_a_rejection_does_not_bring_in_what_was_accepted_instead_of_the_departments_own() -> None:
    said = (*lifts("total_cost", verdict="rejected").lifts, *lifts("staff_cost", verdict="accepted").lifts)
    after = understand("cost in 2025", HOSPITAL, "controlling", evidence=Evidence(lifts=said))
    assert [o.settles["cost"] for o in after.selection.options] == ["staff_cost", "total_cost"]


def test_what_was_rejected_on_a_like_question_is_never_suggested_first() -> None:
    plain = understand("cost in 2025", HOSPITAL, "porters").selection.options
    evidence = lifts(plain[0].settles["cost"], verdict="rejected", same=False)
    after = understand("cost in 2025", HOSPITAL, "porters", evidence=evidence).selection.options
    assert [o.settles for o in after] == [o.settles for o in reversed(plain)] and after[0].suggested
    assert after[1].confidence < plain[1].confidence


def test_the_only_definition_of_a_word_is_answered_with_less_confidence_and_says_that_it_was_rejected() -> None:
    before = understand("admissions in 2025", HOSPITAL, "porters")
    evidence = lifts("admissions", verdict="rejected", mention="admission")
    after = understand("admissions in 2025", HOSPITAL, "porters", evidence=evidence)
    (sure,), (unsure,) = before.selection.concepts.metrics, after.selection.concepts.metrics
    assert after.status == "complete" and unsure.id == sure.id and unsure.confidence < sure.confidence
    assert "rejected" in unsure.reason and ["admission" in w.message for w in told(after)] == [True]


@pytest.mark.parametrize(
    ("question", "same", "counts"),
    [
        ("revenue in 2025", False, True),
        ("revenue by city in 2025", False, True),
        ("revenue by platform in 2025", False, False),
        ("revenue by platform in 2025", True, True),
    ],
)
def test_what_was_said_of_another_question_does_not_speak_for_what_this_one_is_not_kept_by(
    question: str, same: bool, counts: bool
) -> None:
    evidence = lifts("net_revenue", same=same, mention="revenue")
    meant = understand(question, catalogue("delivery"), evidence=evidence).selection.concepts.metrics
    assert ("net_revenue" in [m.id for m in meant]) is counts
