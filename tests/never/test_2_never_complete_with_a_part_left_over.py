"""A part of the question that was not understood, and the status `complete`, never come together."""

from __future__ import annotations

import pytest

from tests.never.conftest import FINANCE

LEFT = [
    "What was revenue for LATAM last quarter?",
    "What was APAC revenue last quarter in zorbia?",
    "What was zorbly APAC revenue last quarter?",
    "What was revenue by zorb last quarter?",
    "What was APAC revenue last quarter compared to zorb?",
    "What was revenue excluding zorbia last quarter?",
    "What was APAC revenue last zorbter?",
    "What was the zorb score in APAC last quarter?",
    "What was APAC revenue last quarter with zorb and without blorp?",
]


@pytest.mark.parametrize("question", LEFT)
async def test_a_word_that_nothing_explains_is_named_and_nothing_is_executed(desk, question):
    answer = (await desk.ask(question, FINANCE, execute=True)).resolution
    assert answer.status == "unresolved"
    said = " ".join(u.mention for u in answer.unresolved).lower()
    assert "zorb" in said or "latam" in said
    assert answer.results is None and answer.execution_plan is None


async def test_the_same_question_without_the_word_is_complete(desk):
    assert (await desk.ask("What was APAC revenue last quarter?", FINANCE)).resolution.status == "complete"


async def test_a_dimension_that_the_metric_is_not_kept_by_is_not_passed_over(desk):
    answer = (await desk.ask("headcount by product at the end of June 2025", FINANCE)).resolution
    assert answer.status == "unresolved"
