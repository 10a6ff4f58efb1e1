"""Slips in the words that questions are made of, and words that only look like one."""

from __future__ import annotations

import pytest

from ecp.domain.intent import read_intent
from ecp.domain.mending import closest
from ecp.domain.templates import written_out
from tests.support.reading import IS_WORD, catalogue

EMPORIUM = catalogue("emporium")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sales comapred to budget", "sales compared to budget"),
        ("averge sales per month in 2025", "average sales per month in 2025"),
        ("totla sales lats quarter", "total sales last quarter"),
        ("wich country has the hihgest sales", "which country has the highest sales"),
        ("percnetage of sales from France", "percentage of sales from France"),
        ("sales beteween May and July 2025", "sales between May and July 2025"),
        ("defintion of sales", "definition of sales"),
        ("sales trned in 2025", "sales trend in 2025"),
        ("SALES COMAPRED TO BUDGET", "SALES compared TO BUDGET"),
    ],
)
def test_a_slip_in_a_word_of_the_language_is_mended(typed: str, meant: str) -> None:
    written = written_out(read_intent(typed), EMPORIUM, is_word=IS_WORD)
    assert written.text == meant
    assert written.mended


@pytest.mark.parametrize(
    "question",
    [
        "sales of Totla in 2025",
        "sales for totla in 2025",
        "sales by Avrage",
        "hours 2024 thru today",
        "sales in totla",
        "sales in Q4 2025 by country",
        "trent sales",
        "sales per rental",
    ],
)
def test_what_may_be_a_name_or_is_another_word_stays_as_it_is(question: str) -> None:
    assert written_out(read_intent(question), EMPORIUM, is_word=IS_WORD).text == question


def test_a_word_that_two_may_have_been_is_none_of_them() -> None:
    assert closest("quaterly") == "quarterly"
    assert closest("thier") == "their"
    assert closest("lowesr") is None
