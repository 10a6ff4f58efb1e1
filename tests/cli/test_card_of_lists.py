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


def test_how_many_there_are_in_a_member_and_whether_one_is_has_a_card() -> None:
    member = {**ENTRY, "kind": "member", "values": ["b", "c"], "consists_of": [], "reason": None}
    assert "2 in all" in told({"entries": [member | {"total": 2}]})
    assert "B: no part of it" in told({"entries": [member | {"asked_of": {"name": "B", "belongs": False}}]})
    others = [{"department": "north", "belongs": True}]
    asked = {"name": "B", "belongs": False, "by_department": others}
    assert "north: part of it" in told({"entries": [member | {"asked_of": asked}]})
    whole = {"name": "B", "belongs_to": [{"id": "x:c", "name": "C"}], "by_department": []}
    assert "B: part of C" in told({"entries": [member | {"asked_of": whole}]})
    assert "B: in none" in told({"entries": [member | {"asked_of": whole | {"belongs_to": []}}]})


def test_who_uses_a_metric_has_a_card() -> None:
    assert "used by north" in told({"entries": [ENTRY | {"used_by": [{"department": "north", "terms": []}]}]})


def test_what_departments_mean_has_a_card() -> None:
    meant = [
        {"department": "north", "metric": "c", "name": "C"},
        {"department": "south", "values": [1], "consists_of": []},
    ]
    card = told({"entries": [ENTRY], "meant_by": meant, "same": False})
    assert "north: C" in card and "south: 1" in card


def test_how_data_are_kept_has_a_card() -> None:
    entry = ENTRY | {"contracts": [{"name": "C", "definition": "Loaded every night."}]}
    assert "Loaded every night." in told({"entries": [entry]})
    assert "data from 2018-01-01; there are none of then" in told(
        {"entries": [ENTRY], "data_from": "2018-01-01", "has_data": False}
    )
    assert "data from 2018-01-01" in told({"entries": [ENTRY], "data_from": "2018-01-01", "has_data": None})


def test_templates_have_a_card() -> None:
    assert "Flash" in told({"metrics": [], "templates": [{"name": "Flash", "definition": "What is seen."}]})
