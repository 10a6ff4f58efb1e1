"""What is found in a question, where, and what only looks like a time."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from ecp.domain.time import ComparisonMention, GrainMention, Mention, TimeMention, find_times


def _found(text: str) -> list[tuple[str, str]]:
    return [(m.type, m.text) for m in find_times(text)]


@pytest.mark.parametrize(
    "text",
    [
        "it may be higher",
        "which products may fail",
        "customers may have left, and what may it be",
        "May I see the orders",
        "may I see the orders",
        "how many may 5 customers have",
        "IT MAY BE THAT",
        "top 2000 customers",
        "orders over 1000000",
        "2000 units",
        "customers with 2019 to 2021 units",
        "between 2000 and 5000 units",
        "more than 2000 orders",
        "greater than 2020 orders",
        "$2024 and 2024% and 12.2024",
        "sku-2024, v1.2024 and orders_2024",
        "in the first place, second to none",
        "half of customers",
        "first half of customers",
        "the last one",
        "last name and first name",
        "current ratio",
        "current employees and past due invoices",
        "spring cleaning, fallen springs, falling orders",
        "12 month contracts of 6, 12, 24 and 48 hours",
        "24/7 support",
        "FY24E",
        "the second one",
        "year",
        "by day of week",
        "precious metals",
        "my mom said wow",
        "sat in the sun",
        "Qatar, quartz, finance, marching, mondays",
        "what about last",
    ],
)
def test_what_only_looks_like_a_time_is_left_alone(text: str) -> None:
    assert _found(text) == []


@pytest.mark.parametrize(
    ("text", "grain"),
    [
        ("by month", "month"),
        ("monthly", "month"),
        ("per quarter", "quarter"),
        ("each week", "week"),
        ("for every day", "day"),
        ("daily", "day"),
        ("yearly", "year"),
        ("annually", "year"),
        ("by fiscal quarter", "quarter"),
        ("month by month", "month"),
        ("on a quarterly basis", "quarter"),
        ("half-yearly", "half"),
        ("month-wise", "month"),
        ("by year and month", "month"),
        ("over time", None),
    ],
)
def test_groupings_by_time_name_their_grain(text: str, grain: str | None) -> None:
    (mention,) = find_times(f"orders {text} for product x")
    assert isinstance(mention, GrainMention)
    assert (mention.text, mention.grain) == (text, grain)


def test_an_adverb_may_be_part_of_a_name_and_says_so() -> None:
    weak, strong = find_times("annual cost by month")
    assert isinstance(weak, GrainMention) and weak.weak
    assert isinstance(strong, GrainMention) and not strong.weak


def test_a_window_can_be_grouped_by_its_own_unit() -> None:
    assert _found("orders in each of the last 4 quarters") == [("grain", "each of"), ("time", "last 4 quarters")]


@pytest.mark.parametrize(
    ("text", "kind", "grain"),
    [
        ("vs last year", "same_period_last_year", "year"),
        ("vs. last year", "same_period_last_year", "year"),
        ("compared to the same period last year", "same_period_last_year", None),
        ("than the same quarter of the previous year", "same_period_last_year", "quarter"),
        ("compared with a year ago", "same_period_last_year", "year"),
        ("compared to the previous quarter", "previous_period", "quarter"),
        ("versus the prior period", "previous_period", None),
        ("vs the quarter before", "previous_period", "quarter"),
        ("against 2023", "period", None),
        ("versus Q3 2024", "period", None),
        ("relative to March 2023", "period", None),
        ("year over year", "same_period_last_year", "year"),
        ("YoY", "same_period_last_year", "year"),
        ("y/y", "same_period_last_year", "year"),
        ("QoQ", "previous_period", "quarter"),
        ("month-over-month", "previous_period", "month"),
    ],
)
def test_periods_to_compare_with_hold_their_comparing_words(text: str, kind: str, grain: str | None) -> None:
    (mention,) = find_times(f"orders {text} by product")
    assert isinstance(mention, ComparisonMention)
    assert (mention.text, mention.kind, mention.grain) == (text, kind, grain)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Q1 vs Q2 2024", [("time", "Q1"), ("comparison", "vs Q2 2024")]),
        ("compare 2023 to 2024", [("time", "2023"), ("comparison", "to 2024")]),
        ("compare Q1 and Q2 2024", [("time", "Q1"), ("comparison", "and Q2 2024")]),
        ("difference between 2023 and 2024", [("comparison", "between 2023"), ("time", "2024")]),
        ("orders between 2023 and 2024", [("time", "between 2023 and 2024")]),
        ("change from 2020 to 2024", [("comparison", "from 2020"), ("time", "2024")]),
        ("compare orders from January to March 2024 with plan", [("time", "from January to March 2024")]),
        ("growth over last year", [("comparison", "over last year")]),
        ("growth over the last year", [("time", "last year")]),
        ("orders over last year", [("time", "last year")]),
        ("orders last quarter compared to plan", [("time", "last quarter")]),
        ("last quarter's orders", [("time", "last quarter's")]),
        ("orders by March 2024", [("time", "by March 2024")]),
        ("orders vs plan in Q3 2024, top 5 by product", [("time", "Q3 2024")]),
    ],
)
def test_two_periods_are_never_merged_in_silence(text: str, expected: list[tuple[str, str]]) -> None:
    assert _found(text) == expected


def test_a_quarter_inherits_the_year_of_its_neighbour() -> None:
    first, second = find_times("Q1 and Q2 2024")
    assert isinstance(first, TimeMention) and isinstance(second, TimeMention)
    assert first.expression.of == second.expression.of is not None  # type: ignore[union-attr]


def test_mentions_survive_the_way_through_json() -> None:
    adapter = TypeAdapter(tuple[Mention, ...])
    mentions = find_times("orders by month from January to March 2024 vs the last week of June last year")
    assert len(mentions) == 3
    assert adapter.validate_json(adapter.dump_json(mentions)) == mentions


def test_case_dashes_and_apostrophes_make_no_difference() -> None:
    plain = [m.expression for m in find_times("q3'24, jan-mar 2024, YTD") if isinstance(m, TimeMention)]
    fancy = [m.expression for m in find_times("Q3’24, JAN–MAR 2024, ytd") if isinstance(m, TimeMention)]
    assert plain == fancy and len(plain) == 3
