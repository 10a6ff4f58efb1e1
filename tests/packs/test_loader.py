"""What a pack may be, and what is said about one that is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ecp.domain.assets import CalendarAsset, Metric
from ecp.domain.catalogue import Catalogue
from ecp.errors import PackInvalid
from ecp.packs import files
from ecp.packs.loader import load_pack
from tests.support.vocabulary import DEMO


def errors_of(folder: Path, known: Catalogue | None = None) -> list[dict[str, Any]]:
    with pytest.raises(PackInvalid) as raised:
        load_pack(folder, known)
    return list(raised.value.extra["errors"])


def write(folder: Path, text: str, name: str = "a.yaml") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return folder


def test_the_demo_is_valid_and_has_what_a_pack_may_bring():
    pack = load_pack(DEMO)
    assert pack.cube and pack.warehouse and pack.questions
    assert pack.counts["metric"] > 5


def test_yaml_and_json_in_nested_folders_make_one_pack(tmp_path):
    write(tmp_path, "kind: metric\nid: a\nname: A\n---\nkind: metric\nid: b\nname: B\n")
    write(tmp_path, '{"kind": "metric",\t"id": "c", "name": "C"}', "deep/er/c.json")
    write(tmp_path, "- {kind: metric, id: d, name: D}\n- {kind: metric, id: e, name: E}\n", "list.yml")
    assert {a.id for a in load_pack(tmp_path).assets} == set("abcde")


def test_one_file_is_a_pack_too(tmp_path):
    write(tmp_path, "kind: metric\nid: a\nname: A\n")
    assert len(load_pack(tmp_path / "a.yaml").assets) == 1


def test_every_error_is_reported_with_file_line_and_field(tmp_path):
    write(tmp_path, "kind: metric\nid: a\nname: A\ncertification_tier: 9\ncolour: red\n---\nkind: metrik\nid: x\n")
    write(tmp_path, '[{"kind": "metric",\n"id": "j", "name": "J",\n"aggregation": "foo"}]', "deep/b.json")
    found = {(e["file"], e["line"], e["field"]) for e in errors_of(tmp_path)}
    assert found == {
        ("a.yaml", 4, "certification_tier"),
        ("a.yaml", 5, "colour"),
        ("a.yaml", 7, "kind"),
        ("deep/b.json", 3, "aggregation"),
    }


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("kind: metric\nid: a\nid: b\nname: A\n", 3, "stands twice"),
        ("kind: metric\nid: &x a\nname: *x\n", 2, "anchors"),
        ("kind: metric\nid: !!python/object/apply:os.getcwd []\n", 2, ""),
        ("kind: metric\nid: a\nname: [\n", 4, "did not find"),
        ("kind: metric\nid: 2019-13-45\nname: A\n", 2, "not a valid timestamp"),
        ("kind: metric\n? [a]\n: b\n", 2, "plain word"),
        ("just words", 1, ""),
        ("[" * 100_000, 1, "nested deeper"),
    ],
)
def test_what_is_not_plain_data_is_refused_in_its_line(tmp_path, text, line, message):
    error = errors_of(write(tmp_path, text))[0]
    assert error["line"] == line
    assert message in error["message"]


def test_values_are_read_as_yaml_1_2_reads_them(tmp_path):
    text = "kind: dimension\nid: d\nname: D\nmembers:\n  - {id: m, name: M, values: [NO, 007, 12:30, yes, 7, true]}\n"
    (dimension,) = load_pack(write(tmp_path, text)).assets
    assert dimension.members[0].values == ("NO", "007", "12:30", "yes", 7, True)


def test_a_file_that_is_not_utf_8_is_named(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"kind: metric\nid: \xff\n")
    assert errors_of(tmp_path)[0]["message"] == "not UTF-8"


def test_an_oversized_file_is_not_read(tmp_path):
    write(tmp_path, "#" * (files.LARGEST_FILE + 1))
    assert "larger than" in errors_of(tmp_path)[0]["message"]


def test_symbolic_links_are_refused(tmp_path):
    pack, other = tmp_path / "pack", tmp_path / "other"
    write(pack, "kind: metric\nid: a\nname: A\n")
    write(other, "kind: metric\nid: b\nname: B\n")
    (pack / "b.yaml").symlink_to(other / "a.yaml")
    (pack / "folder").symlink_to(other)
    assert [e["file"] for e in errors_of(pack)] == ["b.yaml", "folder"]


@pytest.mark.parametrize("folder", ["../../elsewhere", "/etc", ".", "..", "nowhere"])
def test_a_model_folder_must_be_in_the_pack_or_beside_it(tmp_path, folder):
    (tmp_path / "elsewhere").mkdir()
    pack = write(tmp_path / "home" / "pack", f"kind: pack\nid: p\nname: P\ncube: {folder}\n")
    error = errors_of(pack)[0]
    assert (error["line"], error["field"]) == (4, "cube") and folder in error["message"]


def test_an_empty_folder_is_not_a_pack(tmp_path):
    assert errors_of(tmp_path)[0]["message"] == "no documents found"
    assert errors_of(tmp_path / "missing")[0]["message"] == "no such file or folder"


DANGLING = {
    "kind: term\nid: t\nname: T\nmetrics:\n  - metric: zz\n": (5, "metrics[0].metric"),
    "kind: term\nid: t\nname: T\nrelated: [zz]\n": (4, "related[0]"),
    "kind: metric\nid: t\nname: T\ntarget_of: [m, zz]\n": (4, "target_of[1]"),
    "kind: metric\nid: t\nname: T\ntarget_of: [d]\n": (4, "target_of[0]"),
    "kind: metric\nid: t\nname: T\ndimensions: [zz]\n": (4, "dimensions[0]"),
    "kind: metric\nid: t\nname: T\ndomain: m\n": (4, "domain"),
    "kind: dimension\nid: t\nname: T\nmembers:\n  - id: a\n    name: A\n    parent: b\n": (7, "members[0].parent"),
    "kind: dimension\nid: t\nname: T\nmembers:\n  - {id: a, name: A}\n  - {id: a, name: B}\n": (6, "members[1].id"),
    "kind: dimension\nid: t\nname: T\nmembers:\n  - {id: a, name: A, parent: a}\n": (5, "members[0].parent"),
    "kind: tribal_knowledge\nid: t\nmessage: M\nscope:\n  metrics: [zz]\n": (5, "scope.metrics[0]"),
    "kind: tribal_knowledge\nid: t\nmessage: M\nscope:\n  members:\n    d: [zz]\n": (6, "scope.members.d[0]"),
    "kind: tribal_knowledge\nid: t\nmessage: M\nscope:\n  members:\n    zz: [x]\n": (6, "scope.members.zz"),
    "kind: tribal_knowledge\nid: t\nmessage: M\nscope:\n  period: {start: 2020-01-02, end: 2020-01-01}\n": (
        5,
        "scope.period",
    ),
    "kind: data_contract\nid: t\nmetrics: [zz]\nfreshness_hours: 1\n": (3, "metrics[0]"),
    "kind: validation_rule\nid: t\nmetrics: [zz]\nrule: not_empty\n": (3, "metrics[0]"),
    "kind: validation_rule\nid: t\nrule: bounds\n": (3, "rule"),
    "kind: query_template\nid: t\nname: T\nphrases: [x]\ndimensions: [m]\n": (5, "dimensions[0]"),
    "kind: lineage\nid: t\nedges:\n  - {from: a.b, to: zz}\n": (4, "edges[0].to"),
    "kind: lineage\nid: t\nnodes:\n  - {id: zz, type: metric}\nedges:\n  - {from: a.b, to: zz}\n": (4, "nodes[0].id"),
    "kind: entity\nid: t\nname: T\nrelations:\n  - {name: r, to: zz}\n": (5, "relations[0].to"),
    "kind: entity\nid: t\nname: T\ninstances:\n  - {id: i, name: I, links: {r: [x]}}\n": (5, "instances[0].links.r"),
    "kind: calendar\nid: t\nname: T\n---\nkind: calendar\nid: u\nname: U\n": (2, "id"),
    "kind: metric\nid: m\nname: again\n": (2, "id"),
}


@pytest.mark.parametrize("text", DANGLING)
def test_a_reference_to_nothing_is_named_where_it_stands(tmp_path, text):
    write(tmp_path, "kind: metric\nid: m\nname: M\n---\nkind: dimension\nid: d\nname: D\n", "0.yaml")
    error = errors_of(write(tmp_path, text))[0]
    assert (error["file"], error["line"], error["field"]) == ("a.yaml", *DANGLING[text])


def test_an_instance_that_is_a_member_has_its_id(tmp_path):
    dimension = "kind: dimension\nid: d\nname: D\nmembers:\n  - {id: north, name: North}\n---\n"
    entity = "kind: entity\nid: e\nname: E\ndimension: d\ninstances:\n  - {id: %s, name: north}\n"
    (error,) = errors_of(write(tmp_path, dimension + entity % "site_north"))
    assert (error["line"], error["field"]) == (12, "instances[0].id") and "'north'" in error["message"]
    assert load_pack(write(tmp_path, dimension + entity % "north")).assets


def test_a_reference_to_a_document_with_another_fault_is_not_a_second_fault(tmp_path):
    write(tmp_path, "kind: metric\nid: a\nname: A\ngrain: minute\n---\nkind: metric\nid: b\nname: B\ntarget_of: [a]\n")
    assert [e["field"] for e in errors_of(tmp_path)] == ["grain"]


def test_a_pack_may_lean_on_what_the_registry_holds(tmp_path):
    known = Catalogue.of("1", [Metric(id="there", name="There"), CalendarAsset(id="year", name="Year")])
    folder = write(tmp_path, "kind: metric\nid: t\nname: T\ntarget_of: [there]\n")
    assert load_pack(folder, known).assets
    write(tmp_path, "kind: calendar\nid: other\nname: Other\n", "b.yaml")
    assert "one calendar only" in errors_of(tmp_path, known)[0]["message"]
