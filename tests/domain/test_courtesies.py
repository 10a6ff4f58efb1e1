"""Politeness around a question changes nothing of what it asks, and no word of a question is taken for it."""

from __future__ import annotations

import pytest

from ecp.domain.courtesies import courtesies, without_courtesies
from tests.support.reading import catalogue, understand

PLAIN = "claims paid by line in 2025"


@pytest.mark.parametrize(
    "polite",
    [
        "Hi all, {}",
        "Good morning! {}?",
        "Hello Anna - {}, thanks",
        "hey team, {} please. Cheers, Tom",
        "Hope you're well. Could someone send over {}?",
        "As discussed, please provide {} asap",
        "URGENT: {}",
        "The board wants to know {}",
        "For our meeting tomorrow I need {}",
        "I'm preparing the quarterly deck and need {}",
        "It would be great to see {}",
        "pls send me {} when you get a chance",
        "any idea what {} was? Best regards, Maria Lopez",
    ],
)
def test_who_is_polite_is_answered_like_who_is_not(polite: str) -> None:
    insurer = catalogue("insurer")
    told, plain = understand(polite.format(PLAIN), insurer), understand(PLAIN, insurer)
    assert told.status == plain.status == "complete", told.selection.unresolved
    assert told.selection.concepts == plain.selection.concepts


@pytest.mark.parametrize(
    "text",
    [
        "rank lines by loss ratio, best first",
        "what can you tell me about claims?",
        "hello",
        "good morning",
        "thanks",
        "the best line by loss ratio",
        "dear claims",
        "Hope you can give me claims paid by day for motor",
    ],
)
def test_a_question_is_not_taken_for_politeness(text: str) -> None:
    assert without_courtesies(text) == text


def test_what_is_left_stands_where_it_stood() -> None:
    text = "Good morning, claims paid in 2025. Thanks!"
    heard = without_courtesies(text)
    assert len(heard) == len(text) and heard.strip(" .,") == "claims paid in 2025"
    assert all(0 <= start < end <= len(text) for start, end in courtesies(text))
