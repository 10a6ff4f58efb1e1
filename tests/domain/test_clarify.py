"""Going on from an option."""

from __future__ import annotations

import pytest

from ecp.domain.clarify import choose, picked
from ecp.domain.compose import visible_options
from ecp.domain.selection import Selection
from ecp.errors import ValidationError
from tests.support.reading import catalogue, understand

HOSPITAL = catalogue("hospital")


def _asked_back(forced: dict[str, str] | None = None) -> Selection:
    return understand("cost by ward in 2025", HOSPITAL, forced=forced).selection


@pytest.mark.parametrize("chosen", ["1", " 1 ", "total_cost", "Total cost", "total COST"])
def test_an_option_is_chosen_by_its_id_or_its_name(chosen: str) -> None:
    options = visible_options(_asked_back().options, ())
    wanted = next(o.id for o in options if "total_cost" in o.settles.values())
    forced = choose(options, wanted if chosen.strip() == "1" else chosen)
    assert forced == {"cost": "total_cost"}
    found = _asked_back(forced)
    assert not found.options
    assert [m.id for m in found.concepts.metrics] == ["total_cost"]
    assert [d.id for d in found.concepts.dimensions] == ["ward"]


@pytest.mark.parametrize("chosen", ["", "9", "revenue", "cost"])
def test_what_is_no_option_is_refused_and_the_options_named(chosen: str) -> None:
    with pytest.raises(ValidationError, match="Total cost"):
        choose(visible_options(_asked_back().options, ()), chosen)


@pytest.mark.parametrize(
    ("said", "metric"),
    [
        ("the first one", "revenue_churn"), ("second", "logo_churn"), ("the latter", "logo_churn"),
        ("the former", "revenue_churn"), ("option two", "logo_churn"), ("number 1", "revenue_churn"),
        ("1.", "revenue_churn"), ("#2", "logo_churn"), ("one", "revenue_churn"), ("the last one", "logo_churn"),
        ("the finance one", "revenue_churn"), ("as finance means it", "revenue_churn"), ("finance's", "revenue_churn"),
        ("product definition", "logo_churn"), ("the one by Product", "logo_churn"), ("logo", "logo_churn"),
        ("how product defines it", "logo_churn"), ("the default", "revenue_churn"), ("yes please", "revenue_churn"),
        ("the suggested one", "revenue_churn"), ("let's go with the second", "logo_churn"),
        ("I mean logo churn", "logo_churn"), ("the customers one", "logo_churn"), ("finance churn", "revenue_churn"),
    ],
)  # fmt: skip
def test_an_option_is_meant_however_it_is_said(said: str, metric: str) -> None:
    options = visible_options(understand("churn last quarter", catalogue("demo")).selection.options, ())
    pick = picked(options, said)
    assert pick is not None and pick.option is not None and pick.option.settles == {"churn": metric}
    assert choose(options, said) == {"churn": metric}


@pytest.mark.parametrize(
    "said",
    ["and in June 2025?", "by region", "last quarter", "the last month", "second quarter", "2025", "in 2024", "why?",
     "what does it mean?", "net revenue", "logo churn by region", "top 2", "not the first", "the legal one"],
)  # fmt: skip
def test_what_says_more_than_which_option_is_another_question(said: str) -> None:
    options = visible_options(understand("churn last quarter", catalogue("demo")).selection.options, ())
    assert picked(options, said) is None
    with pytest.raises(ValidationError, match="is none of the options; choose one of 1: Revenue churn"):
        choose(options, said)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("both", "more than one"), ("all of them", "more than one"), ("1 and 2", "more than one"),
        ("the first two", "more than one"), ("none", "ask again with the name"), ("churn", "may be more than one"),
        ("that one", "may be more than one"), ("the fourth", "there is no 4"), ("option 9", "there is no 9"),
    ],
)  # fmt: skip
def test_what_is_not_one_of_them_alone_is_refused_with_the_reason(said: str, why: str) -> None:
    options = visible_options(understand("churn last quarter", catalogue("demo")).selection.options, ())
    pick = picked(options, said)
    assert pick is not None and pick.option is None and why in pick.why
    with pytest.raises(ValidationError, match=r"choose one of 1: Revenue churn.*2: Logo churn"):
        choose(options, said)


def test_places_are_those_of_the_numbers_that_options_were_shown_under() -> None:
    """What is shown no more leaves a gap, and "the second" is not whatever stands second now."""
    options = visible_options(understand("What was revenue in May 2025?", catalogue("demo")).selection.options, ())
    left = (options[0], options[2])
    assert choose(left, "the third") == choose(left, "the last one") == options[2].settles
    with pytest.raises(ValidationError, match="there is no 2"):
        choose(left, "the second one")


def test_a_word_that_only_a_definition_has_chooses_where_nothing_else_can_be_meant() -> None:
    options = visible_options(understand("What was revenue in May 2025?", catalogue("demo")).selection.options, ())
    assert picked(options, "list price") is None
    assert choose(options, "list price") == choose(options, "the list price one") == {"revenue": "gross_revenue"}


def test_what_may_not_be_shown_cannot_be_chosen() -> None:
    kept = visible_options(_asked_back().options, {"total_cost"})
    assert all("total_cost" not in o.settles.values() for o in kept)


def test_a_word_for_two_dimensions_is_asked_back_and_settled_on_one() -> None:
    bank = catalogue("bank")
    options = visible_options(understand("deposits by region", bank).selection.options, ())
    assert [o.text for o in options] == ["by Branch region", "by Customer region"]
    forced = choose(options, "Customer region")
    found = understand("deposits by region", bank, forced=forced).selection
    assert not found.options
    assert [d.id for d in found.concepts.dimensions] == ["customer_region"]
