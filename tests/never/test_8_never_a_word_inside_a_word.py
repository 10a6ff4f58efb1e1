"""A word inside another word is never taken for a mention."""

from __future__ import annotations

import pytest

from tests.never.conftest import FINANCE

NAMES = ["APAC", "EMEA", "Canada", "Japan", "NA", "AMER", "Fundview"]


async def test_a_department_that_contains_a_member_s_synonym_is_no_filter(desk):
    answer = (await desk.ask("What was finance revenue last quarter?", FINANCE)).resolution
    assert (answer.status, answer.resolved_concepts.filters) == ("complete", ())


@pytest.mark.parametrize(
    "frame", ["qxvk{}", "{}zqxv", "qx{}zq"], ids=["at its end", "at its beginning", "in its middle"]
)
@pytest.mark.parametrize("name", NAMES)
async def test_a_longer_word_that_contains_a_name_is_not_that_name(desk, name, frame):
    longer = frame.format(desk.words.text(name).lower())
    answer = (await desk.ask(f"What was revenue in {longer} last quarter?", FINANCE)).resolution
    assert answer.status == "unresolved"
    assert answer.resolved_concepts.filters == ()
    assert [u.mention for u in answer.unresolved] == [longer]


@pytest.mark.parametrize("longer", ["qx{}zq", "{}zqxv"])
async def test_a_longer_word_that_contains_a_metric_s_name_is_not_that_metric(desk, longer):
    word = longer.format(desk.words.text("headcount"))
    answer = (await desk.ask(f"What was {word} last quarter?", FINANCE)).resolution
    assert answer.status == "unresolved" and answer.resolved_concepts.metrics == ()
