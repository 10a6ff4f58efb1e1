"""What says only how an answer is to look, or what its time takes in anyway, is passed over; anything else stays."""

from __future__ import annotations

import pytest

from ecp.domain.told_anyway import without_what_is_told_anyway

TOLD_ANYWAY = [
    ("A for each respective month", "A for each month"),
    ("the lowest A in any single week", "the lowest A in any week"),
    ("A by place as a map", "A by place"),
    ("A by place and month as stacked columns", "A by place and month"),
    ("Is it true that A grew?", "A grew?"),
    ("A of X is higher than of Y? If so, by how much?", "A of X is higher than of Y?"),
    ("A by quarter. Represent each quarter as its first date.", "A by quarter."),
    ("A by month - use the start of the month as the group by value", "A by month"),
    ("the id and name of the place with the most A", "the place with the most A"),
    ("from the highest to the lowest", "from highest to lowest"),
    ("A in the last 30 days, inclusive of today's date", "A in the last 30 days inclusive of today"),
    ("A last week (exclusive of the current week)", "A last week"),
    ("A in the past 3 months, excluding this month", "A in the past 3 months"),
    ("A in the past 9 days, inclusive of 9 days ago", "A in the past 9 days"),
    ("A in the last 9 days excluding today", "A in the last 9 days"),
    ("the share of X against all A", "the share of X in all A"),
    ("the ratio of X against Y", "the ratio of X to Y"),
    ("A per place/month", "A per place,month"),
    ("which places are behind on their A target", "which places are behind their A target"),
    ("places lagging behind the A target", "places behind the A target"),
    ("the growth rate for A from May to June", "the growth of A from May to June"),
    ("the top 5 places by A, show % of total", "the top 5 places by A with % of total"),
    ("A over different time periods (monthly)", "A by month"),
    ("A of card-paying customers", "A of card customers"),
    ("which place is furthest below the plan", "which place is most below the plan"),
    ("the record month for A", "the top month for A"),
]
SAYS_MORE = [
    "A in the last 30 days, excluding the current week",
    "A since January, excluding the current month",
    "A in the past 30 days, inclusive of 40 days ago",
    "A of non-paying customers",
    "is it A",
    "the growth of A against all B",
    "the percentage change of A against all B",
    "a roadmap of A",
    "show A on a map",
    "A by place and month per place",
    "use the start of the month",
    "the growth rate of A",
    "places falling behind",
    "A over different time periods",
    "which place is furthest from the plan",
    "record month by month",
    "records by month",
    "a three-record day",
]


@pytest.mark.parametrize(("text", "left"), TOLD_ANYWAY)
def test_it_is_passed_over(text: str, left: str) -> None:
    read = without_what_is_told_anyway(text)
    assert " ".join(read.split()).replace(" .", ".") == left
    assert len(read) == len(text)


@pytest.mark.parametrize("text", SAYS_MORE)
def test_what_says_more_stays(text: str) -> None:
    assert without_what_is_told_anyway(text) == text
