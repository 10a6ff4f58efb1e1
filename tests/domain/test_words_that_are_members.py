"""Ordinary words that a dimension has members of: what stands around one tells whether the word is meant."""

from __future__ import annotations

import pytest

from ecp.domain.assets import Dimension, Member
from ecp.domain.catalogue import Catalogue
from tests.support.reading import pack, understand

_STYLES = (Member(id="growing", name="Growth"), Member(id="worth", name="Value"), Member(id="paying", name="Income"))


def _with_styles() -> Catalogue:
    """The retail pack, with products of three styles."""
    assets = pack("retail")
    own = next(a for a in assets if isinstance(a, Dimension) and a.id == "customer_type")
    styled = own.model_copy(update={"members": (*own.members, *_STYLES)})
    return Catalogue.of("1", tuple(styled if a is own else a for a in assets))


KNOWN = _with_styles()


def _members(question: str) -> list[str | None]:
    return [f.member for f in understand(question, KNOWN).selection.concepts.filters]


@pytest.mark.parametrize(
    "question",
    [
        "sales YoY growth by country",
        "YoY growth by country in sales",
        "quarterly growth of sales in 2025",
        "sales growth by month in 2025",
        "sales value by country",
        "What is the value of sales in Germany?",
        "the total value of sales last month",
    ],
)
def test_beside_what_is_measured_it_is_the_word(question: str) -> None:
    assert understand(question, KNOWN).status == "complete"
    assert not {"growing", "worth"} & set(_members(question))


def test_what_comes_in_is_no_member_behind_what_is_measured() -> None:
    assert understand("sales income by country", KNOWN).status == "unresolved"


@pytest.mark.parametrize(
    ("question", "member"),
    [
        ("sales to growth customers", "growing"),
        ("sales for Growth", "growing"),
        ("value customers sales by country", "worth"),
        ("sales for Income by country", "paying"),
    ],
)
def test_where_it_tells_which_it_is_the_member(question: str, member: str) -> None:
    assert _members(question) == [member]
