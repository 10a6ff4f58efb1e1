"""What is denied is not shown: in options, among nearest names, in answers, at once and later."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ecp.domain.answer import Nearest, Option, Resolution, Results, Unresolved, Validation
from ecp.domain.authorization import Decision, LimitForPolicy, RowFilter
from ecp.domain.compose import (
    Circumstances,
    complete,
    denied,
    not_complete,
    visible_options,
    visible_unresolved,
    with_results,
)
from ecp.domain.exposure import keys_of
from ecp.domain.plan import as_known_on
from ecp.domain.question import Question
from ecp.domain.review import reviewed
from ecp.domain.selection import Selection
from ecp.domain.unplaced import WITHOUT_A_MEMBER
from ecp.domain.validation import with_checks
from tests.support.reading import TODAY, Understood, catalogue, understand

HOSPITAL = catalogue("hospital")
_UNDER = Circumstances(resolution_id="r", attempt=1, question=Question(text="q", as_of=date(2026, 2, 10)))


def _decision(*denied_ids: str, filters: tuple[RowFilter, ...] = (), allowed: bool = True) -> Decision:
    return Decision(allowed=allowed, denied=denied_ids, row_filters=filters, policy_version="p", reasons=("because",))


def _options(question: str = "cost in the ICU last month") -> tuple[Option, ...]:
    return understand(question, HOSPITAL).selection.options


def test_options_are_numbered_and_the_first_is_suggested() -> None:
    options = visible_options(_options(), ())
    assert [(o.id, o.suggested) for o in options] == [("1", True), ("2", False)]


def test_a_denied_metric_is_no_option_and_the_next_is_suggested() -> None:
    (only,) = visible_options(_options(), ["staff_cost"])
    assert (only.id, only.suggested, only.resolved_concepts.metrics[0].id) == ("1", True, "total_cost")
    assert "Staff" not in only.model_dump_json()


def test_an_option_with_a_denied_member_is_not_shown() -> None:
    assert visible_options(_options(), ["ward:icu"]) == ()
    assert visible_options(_options(), ["ward"]) == ()
    assert len(visible_options(_options(), ["ward:oncology"])) == 2


def _near(near_id: str, kind: str = "metric") -> Unresolved:
    return Unresolved(mention="x", nearest=(Nearest(id=near_id, kind=kind, name=near_id, score=0.5),))


def test_denied_names_are_not_near() -> None:
    shown = visible_unresolved(
        (_near("staff_cost"), _near("icu", "member"), _near("admissions")),
        ["staff_cost", "ward:icu"],
        lambda near: keys_of(near, HOSPITAL),
    )
    assert [[n.id for n in u.nearest] for u in shown] == [[], [], ["admissions"]]


def test_a_refusal_says_why_and_nothing_of_what_was_asked() -> None:
    selection = understand("staff cost in the ICU", HOSPITAL).selection
    text = denied(_UNDER, selection, _decision("staff_cost", allowed=False)).model_dump_json()
    assert "because" in text and "access_denied" in text
    assert "staff" not in text.lower() and "icu" not in text


def test_what_is_not_complete_has_no_plan_and_no_results() -> None:
    selection = understand("cost for zorblax", HOSPITAL).selection
    answer = not_complete(_UNDER, selection, "unresolved", _decision(), selection.unresolved, ())
    assert (answer.execution_plan, answer.results, answer.confidence_score) == (None, None, 0.0)


def _complete(question: str, decision: Decision) -> Resolution:
    understood: Understood = understand(question, HOSPITAL, "controlling")
    assert understood.status == "complete"
    return complete(_UNDER, understood.selection, decision, understood.plan, ())


def test_a_limit_is_said() -> None:
    answer = _complete("admissions in 2025", _decision(filters=(RowFilter(dimension="ward", values=("W1",)),)))
    assert [(w.id, w.source) for w in answer.warnings] == [("limited_ward", "authorization")]


@pytest.mark.parametrize(
    ("question", "hidden", "told"),
    [
        ("Who does Ingrid Holm report to?", (), ["none_related"]),
        ("Which products does Premises Crew own?", (), ["none_related"]),
        ("Which teams report to Sarah Chen?", (), []),
        ("Which products does Tick Plant own?", ("product_line:quotestream",), ["none_related"]),
    ],
)
def test_that_nothing_is_related_so_is_said_also_where_it_may_not_be_seen(
    question: str, hidden: tuple[str, ...], told: list[str]
) -> None:
    found = understand(question, catalogue("demo"))
    answer = complete(_UNDER, found.selection, _decision(*hidden), found.plan, ())
    assert [w.id for w in answer.warnings] == told
    assert (answer.confidence_score or 0) < 0.95 or not told


@pytest.mark.parametrize(
    ("requested", "said"), [(None, True), (("W1",), False), (("W1", "W2"), True), (("W1", "W3"), False)]
)
def test_a_limit_that_takes_nothing_away_is_not_said(requested: tuple[str, ...] | None, said: bool) -> None:
    understood = understand("admissions in 2025", HOSPITAL, "controlling")
    decision = _decision(filters=(RowFilter(dimension="ward", values=("W1",)),))
    limit = LimitForPolicy(dimension="ward", name="Ward", allowed=("W1", "W3"), requested=requested, applicable=True)
    told = complete(_UNDER, understood.selection, decision, understood.plan, (), limits=(limit,))
    assert bool(told.warnings) is said


def test_a_share_of_a_limited_whole_is_said_to_be_one() -> None:
    understood = understand("share of the ICU in admissions in 2025", HOSPITAL, "controlling")
    decision = _decision(filters=(RowFilter(dimension="ward", values=("W1", "W3")),))
    limit = LimitForPolicy(dimension="ward", name="Ward", allowed=("W1", "W3"))
    (told,) = complete(_UNDER, understood.selection, decision, understood.plan, (), limits=(limit,)).warnings
    assert (told.severity, told.message) == (
        "high",
        "limited to what you may see of ward: W1, W3; the share is one of these, not of the whole",
    )


def test_that_numbers_come_in_their_own_unit_is_said() -> None:
    (told,) = _complete("total cost in thousands in 2025", _decision()).warnings
    assert (told.id, told.source, told.severity) == ("told_in_its_unit", "validation", "low")
    assert told.message == "the numbers are told as they are kept, in EUR, and not “thousands”"
    assert not _complete("total cost in EUR in 2025", _decision()).warnings


def test_no_period_is_said() -> None:
    assert [w.id for w in _complete("admissions", _decision()).warnings] == ["no_period"]
    assert _complete("admissions in 2025", _decision()).warnings == ()


def _taken(question: str, day: date | None = None) -> str:
    """What is said to be taken where no period was named, of a day that is past or of today."""
    understood = understand(question, HOSPITAL, "controlling")
    assert understood.plan is not None
    plan = as_known_on(day, understood.plan, HOSPITAL) if day else understood.plan
    told = complete(_UNDER, understood.selection, _decision(), plan, ()).warnings
    return next(w.message for w in told if w.id == "no_period").removeprefix("no period was named, so ")


@pytest.mark.parametrize(
    ("question", "today", "then"),
    [
        ("admissions", "all of the data is taken", "all of the data until 2026-02-10 is taken"),
        ("occupied beds", "the state of 2026-02-10 is taken", "the state of 2026-02-10 is taken"),
        ("admissions and occupied beds", "all of the data is taken", "all of the data until 2026-02-10 is taken"),
        ("planned admissions", "all of the data is taken", "all of the data is taken"),
    ],
)
def test_what_is_taken_without_a_period_is_said(question: str, today: str, then: str) -> None:
    assert (_taken(question), _taken(question, TODAY)) == (today, then)


def test_a_unit_that_is_not_over_among_whole_ones_is_named() -> None:
    warnings = _complete("best and worst month for admissions since 2025", _decision()).warnings
    assert [(w.source, w.severity) for w in warnings if w.id == "unfinished_unit"] == [("time", "medium")]


def test_what_belongs_to_no_group_is_warned_of_and_costs_no_confidence() -> None:
    answer = _complete("the ward with the fewest admissions in 2025", _decision())
    check = Validation(rule=WITHOUT_A_MEMBER, passed=True, severity="warning", note="Some.")
    told = with_results(answer, Results(columns=(), rows=((1,),), validation=(check,)), (), age_seconds=0)
    assert [(w.id, w.severity, w.message) for w in told.warnings] == [(WITHOUT_A_MEMBER, "low", "Some.")]
    assert told.confidence_score == answer.confidence_score


@pytest.mark.parametrize(
    ("severity", "warned", "confidence"), [("warning", "medium", 0.85), ("error", "critical", 0.5)]
)
def test_a_broken_rule_is_said_and_costs_confidence(severity: str, warned: str, confidence: float) -> None:
    answer = _complete("admissions in 2025", _decision())
    check = Validation(rule="vr_x", passed=False, severity=severity, note="Never.")
    results = with_checks(Results(columns=(), rows=((1,),)), (check,))
    told = with_results(answer, results, (), age_seconds=0)
    assert [(w.id, w.source, w.severity) for w in told.warnings] == [("vr_x", "validation", warned)]
    assert "Never." in told.warnings[0].message and told.confidence_factors["validation"] == confidence
    assert ("withheld" in told.warnings[0].message) is (severity == "error")
    assert told.results is not None and bool(told.results.rows) is (severity == "warning")


def test_numbers_of_other_row_filters_are_not_shown_again() -> None:
    limited = _decision(filters=(RowFilter(dimension="ward", values=("W1",)),))
    answer = _complete("admissions in 2025", limited)
    assert reviewed(answer, limited, HOSPITAL).execution_plan == answer.execution_plan
    assert reviewed(answer, _decision(), HOSPITAL).execution_plan is None


def _answered(answer: dict[str, Any], *denied_ids: str) -> Any:
    body = _complete("admissions", _decision()).model_copy(update={"answer": answer})
    return reviewed(body, _decision(*denied_ids), HOSPITAL).answer


def test_denied_entries_leave_a_stored_answer() -> None:
    answer = {
        "target": "admissions",
        "nodes": [{"id": "a"}, {"id": "secret"}],
        "edges": [{"source": "secret", "target": "a"}, {"source": "a", "target": "b"}],
        "entries": [{"id": "a", "meanings": [{"metric": "secret"}, {"metric": "a"}], "related": ["secret", "b"]}],
    }
    assert _answered(answer, "secret") == {
        "target": "admissions",
        "nodes": [{"id": "a"}],
        "edges": [{"source": "a", "target": "b"}],
        "entries": [{"id": "a", "meanings": [{"metric": "a"}], "related": ["b"]}],
    }
    assert _answered(answer) == answer


def test_an_answer_about_something_denied_is_gone() -> None:
    assert _answered({"target": "secret", "nodes": []}, "secret") is None
    assert _answered({"id": "secret", "definition": "d"}, "secret") is None


def test_a_selection_without_anything_has_no_options() -> None:
    assert visible_options(Selection().options, ["x"]) == ()
