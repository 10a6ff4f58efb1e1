"""Feedback lifts a candidate of the same word on a like question, and nothing else."""

from __future__ import annotations

import pytest

from ecp.domain.precedent import Lift, Opinion, opinion

POOL = {"gross", "net"}


def lift(
    metric: str, verdict: str = "accepted", similarity: float = 1.0, mention: str = "output", same: bool = True
) -> Lift:
    said = {"mention": mention, "metric": metric, "verdict": verdict, "similarity": similarity, "same": same}
    return Lift.model_validate(said)


def alike(metric: str, verdict: str = "accepted", similarity: float = 1.0) -> Lift:
    return lift(metric, verdict, similarity, same=False)


def test_what_was_accepted_is_spoken_for():
    assert opinion([lift("net")], "Outputs", POOL) == opinion([alike("net")], "Outputs", POOL) == Opinion(metric="net")


def test_a_correction_goes_before_what_was_accepted_or_rejected():
    said = [lift("net"), lift("gross", "corrected"), lift("gross", "rejected")]
    assert opinion(said, "output", POOL) == Opinion(metric="gross", corrected=True)


def test_corrections_that_differ_are_at_odds():
    for said in (lift("gross", "corrected"), alike("gross", "corrected")):
        other = said.model_copy(update={"metric": "net"})
        assert opinion([said, other], "output", POOL) == Opinion(at_odds=("gross", "net"), corrected=True)


def test_what_was_accepted_and_rejected_is_at_odds():
    assert opinion([lift("net"), lift("net", "rejected")], "output", POOL) == Opinion(at_odds=("net",))


def test_the_same_question_counts_before_a_like_one():
    assert opinion([alike("net"), lift("gross")], "output", POOL).metric == "gross"
    assert opinion([alike("net", "corrected"), lift("gross")], "output", POOL) == Opinion(metric="gross")


def test_another_word_another_metric_and_an_unlike_question_say_nothing():
    for said in (lift("net", mention="net output"), lift("cost"), alike("net", similarity=0.89)):
        assert opinion([said], "output", POOL) == Opinion()


def test_the_same_question_is_known_without_a_vector_of_it():
    assert opinion([lift("net", similarity=0.0)], "output", POOL) == Opinion(metric="net")


@pytest.mark.parametrize(
    ("beside", "doubted"),
    [
        ([], {"net"}),
        ([alike("net")], {"net"}),
        ([lift("gross")], {"net"}),
        ([lift("net")], set()),
        ([lift("net", "corrected")], set()),
    ],
)
def test_what_was_only_rejected_speaks_for_nothing_and_is_doubted(beside: list[Lift], doubted: set[str]):
    said = opinion([lift("net", "rejected"), *beside], "output", POOL)
    assert said.doubted == doubted
    assert beside or said == Opinion(doubted=frozenset({"net"}))


def test_what_was_rejected_on_another_question_is_not_doubted_on_this_one():
    assert opinion([alike("net", "rejected")], "output", POOL) == Opinion()
