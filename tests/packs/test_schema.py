"""The published schema and the loader agree."""

from __future__ import annotations

import json

import jsonschema
import pytest
from typer.testing import CliRunner

from ecp.cli.main import app
from ecp.packs.loader import ANY_ASSET, KINDS
from ecp.packs.schema import document_schema
from ecp.packs.yaml_nodes import read_yaml
from tests.support.vocabulary import DEMO

DOCUMENTS = [
    document.value
    for file in sorted(DEMO.rglob("*.yaml"))
    if file.name != "questions.yaml"
    for document in read_yaml(file.read_text())
]


@pytest.fixture(scope="module")
def validator():
    schema = document_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d["id"])
def test_every_document_of_the_demo_fits_the_schema(validator, document):
    validator.validate(json.loads(json.dumps(document, default=str)))


def test_every_kind_is_in_it():
    assert set(document_schema()["discriminator"]["mapping"]) == set(KINDS)


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "metric", "id": "a", "name": "A", "description": "d"},
        {"kind": "dimension", "id": "a", "name": "A", "semantic_layer_ref": "A.b"},
        {"kind": "dimension", "id": "a", "name": "A", "semantic_layer_refs": ["A.b", "B.b"]},
        {"kind": "lineage", "id": "a", "edges": [{"from": "a.b", "to": "c.d"}]},
        {"kind": "lineage", "id": "a", "edges": [{"source": "a.b", "target": "c.d"}]},
    ],
)
def test_fields_with_two_names_are_accepted_by_both(validator, document):
    validator.validate(document)
    ANY_ASSET.validate_python(document)


@pytest.mark.parametrize(
    "document",
    [
        {"id": "a", "name": "A"},
        {"kind": "metric", "name": "A"},
        {"kind": "metric", "id": "a", "name": "A", "colour": "red"},
        {"kind": "metric", "id": "a", "name": "A", "grain": "minute"},
        {"kind": "lineage", "id": "a", "edges": [{"to": "c.d"}]},
    ],
)
def test_both_refuse_the_same(validator, document):
    assert not validator.is_valid(document)
    with pytest.raises(ValueError):
        ANY_ASSET.validate_python(document)


def test_the_command_prints_it():
    result = CliRunner().invoke(app, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.output) == document_schema()


def test_the_import_command_names_every_fault_and_fails(tmp_path):
    (tmp_path / "a.yaml").write_text("kind: metric\nid: a\n")
    home = {"ECP_HOME": str(tmp_path / "home")}
    result = CliRunner().invoke(app, ["import", str(tmp_path), "--json", "--only"], env=home)
    assert result.exit_code == 1
    (error,) = json.loads(result.stdout)["errors"]
    assert error == {"file": "a.yaml", "line": 1, "field": "name", "message": "Field required"}
