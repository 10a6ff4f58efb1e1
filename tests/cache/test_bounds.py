"""What is kept is bounded in number and age."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from api.services.cache import AnswerCache, key_of
from ecp.domain.answer import Resolution
from ecp.domain.authorization import Decision, PolicyAsker, PolicyInput
from ecp.domain.question import Question
from ecp.run import Authorised

PUT = PolicyInput(action="resolve", asker=PolicyAsker(), registry_version="1")


def ended(number: int, **fields):
    """What a cache looks at of a run."""
    question = Question(text=f"question {number}", as_of=date(2026, 2, 10))
    resolution = Resolution(resolution_id=str(number), status=fields.pop("status", "complete"))
    decision = Decision(allowed=fields.pop("allowed", True), policy_version="1")
    return SimpleNamespace(
        question=question,
        resolution=resolution,
        authorised=Authorised(PUT, decision),
        error=fields.pop("error", None),
        degradations=fields.pop("degradations", []),
    )


def cache(seconds=10.0, most=2):
    now = SimpleNamespace(seconds=0.0)
    return AnswerCache(lambda: now.seconds, seconds=seconds, most=most), now


def test_what_was_not_wanted_for_longest_makes_room():
    answers, _ = cache()
    for number in (1, 2):
        answers.put(str(number), ended(number))
    assert answers.get("1")
    answers.put("3", ended(3))
    assert (answers.get("1") is not None, answers.get("2"), len(answers)) == (True, None, 2)


def test_nothing_is_given_past_its_time():
    answers, now = cache()
    answers.put("1", ended(1))
    now.seconds = 9.9
    kept = answers.get("1")
    assert kept is not None and kept.shown(now.seconds).age_seconds == 9.9
    now.seconds = 10.0
    assert answers.get("1") is None and len(answers) == 0


@pytest.mark.parametrize("setting", [{"seconds": 0}, {"most": 0}])
def test_it_can_be_turned_off(setting):
    answers, _ = cache(**setting)
    answers.put("1", ended(1))
    assert not answers.on and answers.get("1") is None


@pytest.mark.parametrize(
    "what",
    [
        {"status": "disambiguation_required"},
        {"status": "access_denied"},
        {"status": "failed"},
        {"status": "timed_out"},
        {"allowed": False},
        {"error": ValueError()},
        {"degradations": ["graph"]},
    ],
)
def test_only_answers_that_stand_are_kept(what):
    answers, _ = cache()
    answers.put("1", ended(1, **what))
    assert answers.get("1") is None


def test_case_tells_questions_apart():
    """A code in capitals is another word than the same letters in small ones."""
    one, other = (Question(text=text, as_of=date(2026, 2, 10)) for text in ("orders in US", "orders in us"))
    assert key_of(one) != key_of(other)
