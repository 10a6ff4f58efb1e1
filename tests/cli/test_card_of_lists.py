"""A card tells the dimensions of a list by name; those of a definition are ids of what it can be cut by."""

from __future__ import annotations

from rich.console import Console

from ecp.cli.card import _answer

ENTRY = {"id": "a", "name": "A", "definition": "What A is.", "kind": "metric"}


def told(answer: dict[str, object]) -> str:
    console = Console(record=True, width=100)
    for part in _answer(answer):
        console.print(part)
    return console.export_text()


def test_a_list_of_dimensions_is_told_by_name_and_definition() -> None:
    assert "A: What A is." in told({"metrics": [], "total": 1, "dimensions": [ENTRY]})


def test_a_definition_with_the_ids_of_its_dimensions_has_a_card() -> None:
    assert "place" not in told({**ENTRY, "metrics": [], "dimensions": ["place"]})
