"""Reading Cube models: errors name file, cube and field; references are taken apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecp.stores.semantic_sql.loader import load_model
from ecp.stores.semantic_sql.model import CubeRef, MemberRef, ModelInvalid
from ecp.stores.semantic_sql.references import expression

GOOD = """
cubes:
  - name: Things
    sql_table: things
    joins:
      - {name: Owners, relationship: many_to_one, sql: "{CUBE}.owner = {Owners}.id"}
    measures:
      - {name: total, type: sum, sql: amount}
      - {name: ratio, type: number, sql: "{total} / 2"}
    dimensions:
      - {name: id, type: number, sql: id, primary_key: true}
      - {name: kind, type: string, sql: kind}
  - name: Owners
    sql: SELECT * FROM owners
    dimensions:
      - {name: id, type: number, sql: id, primary_key: true}
"""

BROKEN = {
    "not YAML": ("cubes: [", r"line 1: not readable"),
    "not a mapping": ("- 1", r"m\.yml: "),
    "an unknown key": (GOOD.replace("sql_table: things", "sql_tabel: things"), r"cube Things, sql_tabel"),
    "no table": (GOOD.replace("    sql_table: things\n", ""), r"cube Things, sql: "),
    "a table with a reference": (GOOD.replace("sql_table: things", 'sql: "SELECT {x}"'), r"cube Things, sql: "),
    "a name that is no name": (GOOD.replace("name: Things", "name: 'Th;ings'"), r"cube Th;ings, name"),
    "an unknown measure type": (GOOD.replace("type: sum", "type: mode"), r"cube Things, measures\.total\.type"),
    "a rolling window": (GOOD.replace("sql: amount", "sql: amount, rolling_window: {}"), r"total\.rolling_window"),
    "an unknown dimension type": (GOOD.replace("kind, type: string", "kind, type: geo"), r"dimensions\.kind\.type"),
    "a measure without SQL": (GOOD.replace(", sql: amount", ""), r"cube Things, measures\.total: sql is missing"),
    "a reference to nothing": (GOOD.replace("{total}", "{toto}"), r"measures\.ratio: Things\.toto"),
    "a sum of a measure": (GOOD.replace("sql: amount", 'sql: "{ratio}"'), r"measures\.total: Things\.ratio"),
    "a path through cubes": (GOOD.replace("{total}", "{Owners.Things.total}"), r"measures\.ratio\.sql"),
    "braces of a template": (GOOD.replace("{total}", "{{ total }}"), r"measures\.ratio\.sql: braces"),
    "a circle": (GOOD.replace("{total}", "{ratio}"), r"measures\.ratio: refers to itself"),
    "a join to nothing": (GOOD.replace("name: Owners, rel", "name: Others, rel"), r"joins\.Others: no such cube"),
    "an unknown relationship": (GOOD.replace("many_to_one", "many_to_many"), r"joins\.Owners\.relationship"),
    "a join without a key": (GOOD.replace("id, primary_key: true}\n      - {name: k", "id}\n      - {name: k"), r"key"),
    "a member twice": (GOOD.replace("name: ratio", "name: total"), r"cube Things, total: defined twice"),
    "a cube twice": (GOOD + GOOD.split("cubes:\n")[1], r"cube Things is also in m\.yml"),
    "filters on a calculated measure": (
        GOOD.replace('"{total} / 2"', '"{total} / 2", filters: [{sql: "1 = 1"}]'),
        r"measures\.ratio: a calculated",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_model_says_what_is_wrong_and_where(name: str, tmp_path: Path) -> None:
    text, where = BROKEN[name]
    (tmp_path / "m.yml").write_text(text)
    with pytest.raises(ModelInvalid, match=where) as error:
        load_model(tmp_path)
    assert str(error.value).startswith("m.yml")
    assert str(tmp_path) not in str(error.value)


def test_a_sound_model_is_read_from_nested_folders_and_both_endings(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "m.yaml").write_text(GOOD)
    (tmp_path / "notes.txt").write_text("not a model")
    model = load_model(tmp_path)
    assert list(model.cubes) == ["Things", "Owners"]
    assert model.cubes["Things"].joins[0].relationship == "many_to_one"


def test_the_version_depends_on_the_content_alone(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.yml").write_text(GOOD)
    first, second = load_model(tmp_path / "a"), load_model(tmp_path / "b")
    (tmp_path / "b" / "m.yml").write_text(GOOD.replace("amount", "amounts"))
    assert first.version == second.version != load_model(tmp_path / "b").version


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("amount", (CubeRef("Things"), ".amount")),
        ("amount * 2", ("amount * 2",)),
        ("{CUBE}.amount", (CubeRef("Things"), ".amount")),
        ("{TABLE}.amount", (CubeRef("Things"), ".amount")),
        ("{amount}", (MemberRef("Things", "amount"),)),
        ("{CUBE.amount}", (MemberRef("Things", "amount"),)),
        ("{ Owners.name } || {Owners}.x", (MemberRef("Owners", "name"), " || ", CubeRef("Owners"), ".x")),
    ],
)
def test_references_are_taken_apart(text: str, parts: tuple[object, ...]) -> None:
    assert expression(text, "Things", ("Things", "Owners")) == parts
