"""Questions that measure the same are alike, whatever they are limited, cut, ordered and dated by; others are not."""

from __future__ import annotations

import pytest

from ecp.domain.precedent import ALIKE
from ecp.domain.subject import Measured, measured
from ecp.stores.embeddings import WordLlamaEmbedder
from tests.support.reading import catalogue, understand


def of(question: str, known: str = "demo") -> Measured:
    understood = understand(question, catalogue(known))
    return measured(understood.intent.text, understood.reading, catalogue(known))


@pytest.mark.parametrize(
    ("known", "questions"),
    [
        (
            "demo",
            (
                "What was revenue last month?",
                "revenue last month",
                "show me last month's revenue",
                "revenue for last month please",
                "revenue in January by region",
                "Hi team, could you give me the revenues for Japan in May 2025? Thanks!",
                "top 5 products by revenue",
                "Which countries had the highest revenue last year?",
                "How much revenue did we make in January?",
            ),
        ),
        (
            "hospital",
            ("cost in 2025", "What was the cost for Oncology last year?", "top 3 wards by cost", "costs by ward"),
        ),
        ("delivery", ("revenue by city", "what is our revenue this week, please", "revenue above 1000 by city")),
    ],
)
def test_of_what_is_asked_only_what_is_measured_is_compared(known: str, questions: tuple[str, ...]) -> None:
    assert len({of(question, known).subject for question in questions}) == 1


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("revenue churn last month", {"revenue churn"}),
        ("revenue and churn by region", {"revenue", "churn"}),
        ("headcount last month", {"headcount"}),
        ("weight of revenue last month", {"revenue"}),
        ("share of revenue by region", {"revenue"}),
        ("how many revenue", {"revenue"}),
        ("average revenue per day in 2025", {"revenue"}),
    ],
)
async def test_what_something_else_is_asked_of_is_not_alike(question: str, words: set[str]) -> None:
    other, plain = of(question), of("revenue last month")
    assert set(other.words) == words
    one, two = await WordLlamaEmbedder().embed([other.subject, plain.subject])
    assert sum(a * b for a, b in zip(one, two, strict=True)) < ALIKE


def test_where_nothing_is_measured_nothing_is_compared() -> None:
    assert of("unicorns in 2025") == Measured()


def test_each_word_is_kept_with_all_it_may_mean_to_anybody() -> None:
    assert of("cost by ward", "hospital").words == {"cost": ("staff_cost", "total_cost")}
