"""Feedback lifts a candidate of the same word on a like question, and nothing else."""

from __future__ import annotations

from ecp.domain.precedent import Lift, Opinion, lifts_of, opinion

POOL = {"gross", "net"}


def lift(metric: str, verdict: str = "accepted", similarity: float = 1.0, mention: str = "output") -> Lift:
    return Lift.model_validate({"mention": mention, "metric": metric, "verdict": verdict, "similarity": similarity})


def test_what_was_accepted_is_spoken_for():
    assert opinion([lift("net")], "Outputs", POOL) == Opinion(metric="net")


def test_a_correction_goes_before_what_was_accepted_or_rejected():
    said = [lift("net"), lift("gross", "corrected"), lift("gross", "rejected")]
    assert opinion(said, "output", POOL) == Opinion(metric="gross", corrected=True)


def test_corrections_that_differ_are_at_odds():
    said = opinion([lift("net", "corrected"), lift("gross", "corrected")], "output", POOL)
    assert said == Opinion(at_odds=("gross", "net"), corrected=True)


def test_what_was_accepted_and_rejected_is_at_odds():
    assert opinion([lift("net"), lift("net", "rejected")], "output", POOL) == Opinion(at_odds=("net",))


def test_the_same_question_counts_before_a_like_one():
    said = [lift("net", similarity=0.95), lift("gross", similarity=1.0)]
    assert opinion(said, "output", POOL).metric == "gross"


def test_another_word_another_metric_and_an_unlike_question_say_nothing():
    for said in (lift("net", mention="net output"), lift("cost"), lift("net", similarity=0.89)):
        assert opinion([said], "output", POOL) == Opinion()


def test_what_was_only_rejected_speaks_for_nothing():
    assert opinion([lift("net", "rejected")], "output", POOL) == Opinion()


ANSWER = {"resolved_concepts": {"metrics": [{"mention": "Outputs", "id": "net"}]}}
OPTIONS = {"resolved_concepts": {"metrics": []}, "options": [ANSWER, ANSWER]}


def test_each_word_lifts_its_own_metric_and_a_correction_lifts_another():
    assert lifts_of(ANSWER, "accepted", ()) == {"output": ["net"]}
    assert (
        lifts_of(ANSWER, "corrected", ("gross",)) == lifts_of(OPTIONS, "corrected", ["gross"]) == {"output": ["gross"]}
    )
    assert lifts_of({}, "rejected", ()) == {}
