"""A difference as people read it: the fields that differ, and of long texts the words."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from rich.text import Text

from ecp.domain.leaves import leaves, told

IN_ONE_LINE = 60


def lines_of(difference: dict[str, Any]) -> Iterator[Text]:
    """Of `{"field", "before", "after"}`; the field alone where its values are withheld."""
    field = str(difference["field"])
    found = list(leaves(difference.get("before"), difference.get("after")))
    for leaf in found:
        yield from _lines(f"{field} {leaf.name}".strip(), told(leaf.before), told(leaf.after))
    if not found:
        yield Text(field, style="bold")


def _lines(name: str, before: str, after: str) -> Iterator[Text]:
    if len(before) + len(after) <= IN_ONE_LINE:
        yield Text.assemble((name, "bold"), f"  {before} → {after}")
        return
    old, new = before.split(), after.split()
    same = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    yield Text(name, style="bold")
    yield _marked("  - ", old, {i for block in same for i in range(block.a, block.a + block.size)}, "red")
    yield _marked("  + ", new, {i for block in same for i in range(block.b, block.b + block.size)}, "green")


def _marked(mark: str, words: list[str], same: set[int], colour: str) -> Text:
    shown = Text(mark, style=colour)
    for at, word in enumerate(words):
        shown.append(f"{word} ", style="" if at in same else "bold")
    shown.rstrip()
    return shown
