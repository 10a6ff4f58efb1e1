"""Names inside others: a cut that a member's name ends with, and one whose name says whose it is."""

from __future__ import annotations

import pytest

from tests.support.reading import assets_of, understand

_BOOKS = """
{kind: metric, id: loans, name: Loans, definition: "Books lent.", unit: loans,
 semantic_layer_ref: Loans.count, time_dimension: Loans.day}
---
{kind: dimension, id: book, name: Book, semantic_layer_refs: [Loans.book]}
---
{kind: dimension, id: reader, name: Reader, synonyms: [card], semantic_layer_refs: [Loans.reader]}
---
{kind: dimension, id: shelf, name: Shelf, semantic_layer_refs: [Loans.shelf],
 members: [{id: picture, name: Picture books}, {id: index, name: Index card}]}
---
{kind: dimension, id: print, name: Edition, synonyms: [paper print], semantic_layer_refs: [Loans.print]}
---
{kind: dimension, id: medium, name: Medium, semantic_layer_refs: [Loans.medium],
 members: [{id: audio, name: Audio}, {id: paper, name: Paper}]}
"""


@pytest.mark.parametrize(
    ("question", "cut", "members"),
    [
        ("top 3 picture books by loans", ["book"], ["picture"]),
        ("which picture books have the most loans", ["book"], ["picture"]),
        ("loans of picture books", [], ["picture"]),
        ("top 3 index cards by loans", None, []),
    ],
)
def test_a_member_that_ends_with_a_cut_ranks_what_it_is_a_kind_of(
    question: str, cut: list[str] | None, members: list[str]
) -> None:
    found = understand(question, assets_of(_BOOKS))
    concepts = found.selection.concepts
    assert found.status == ("unresolved" if cut is None else "complete")
    if cut is not None:
        assert [d.id for d in concepts.dimensions] == cut
        assert [f.member for f in concepts.filters] == members


@pytest.mark.parametrize(
    ("question", "cut"), [("loans by paper edition", ["print"]), ("loans by paper edition and book", ["print", "book"])]
)
def test_a_member_that_the_cut_is_called_after_limits_nothing(question: str, cut: list[str]) -> None:
    found = understand(question, assets_of(_BOOKS))
    assert found.status == "complete" and not found.selection.concepts.filters
    assert [d.id for d in found.selection.concepts.dimensions] == cut


def test_a_member_before_another_cut_limits_it() -> None:
    concepts = understand("loans by audio edition", assets_of(_BOOKS)).selection.concepts
    assert [f.member for f in concepts.filters] == ["audio"]
    assert [d.id for d in concepts.dimensions] == ["print"]
