"""Groups of which there is nothing: what a list of them does not tell is said with it."""

from __future__ import annotations

import pytest

from ecp.domain.absent import not_listed
from tests.support.reading import catalogue, understand


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("countries with no subscribers", True),
        ("countries without subscribers", True),
        ("countries with at most 2 sign-ups", False),
        ("sign-ups by country", False),
        ("countries that did not grow in sign-ups in 2025", False),
    ],
)
def test_what_has_no_row_is_told(question: str, told: bool) -> None:
    concepts = understand(question, catalogue("streaming")).selection.concepts
    assert bool(list(not_listed(concepts))) is told
