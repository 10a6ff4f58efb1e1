"""What a question comes to hangs on what a pack says, and not on the order it says it in."""

from __future__ import annotations

import random

import pytest

from ecp.domain.catalogue import Catalogue
from tests.support.reading import TODAY, catalogue, understand

# What is asked back, and near names: where assets are alike in all but their place.
ASKED = (
    ("retail", "break down returns"),
    ("emporium", "sales by type"),
    ("software", "who resolved the most tickets in 2025"),
    ("boatyards", "repairs vs target"),
    ("airline", "reply to Lisbon"),
)


@pytest.mark.parametrize(("pack", "question"), ASKED, ids=[pack for pack, _ in ASKED])
def test_the_order_of_the_assets_makes_no_difference(pack: str, question: str) -> None:
    assets = list(catalogue(pack).assets.values())
    answers = []
    for seed in range(4):
        random.Random(seed).shuffle(assets)
        understood = understand(question, Catalogue.of("1", assets), None, today=TODAY)
        answers.append(understood.as_answer())
    assert answers[1:] == answers[:1] * 3
