"""Whatever goes wrong, a program that asked with `--json` reads the same shape: a problem document."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from ecp.cli.main import app
from ecp.cli.problems import of_error
from ecp.errors import PackInvalid
from tests.support.command import begun

NOBODY = {"ECP_PORT": "1", "ECP_HOME": "/nonexistent/home", "COLUMNS": "200"}
UNREACHABLE = "urn:ecp:problem:api-unreachable"
USAGE = "urn:ecp:problem:usage"


@pytest.mark.parametrize(
    ("words", "type_", "status"),
    [
        ("resolve orders", UNREACHABLE, 1),
        ("resolve orders --progress", UNREACHABLE, 1),
        ("clarify r-1 2", UNREACHABLE, 1),
        ("cancel r-1", UNREACHABLE, 1),
        ("rerun --status failed", UNREACHABLE, 1),
        ("search orders", UNREACHABLE, 1),
        ("watch list", UNREACHABLE, 1),
        ("watch edit w-1 --every 90", UNREACHABLE, 1),
        ("feedback list", UNREACHABLE, 1),
        ("status", "urn:ecp:problem:not-up", 1),
        ("import /nonexistent/pack", "urn:ecp:problem:store-unavailable", 1),
        ("import /nonexistent/pack --plan", "urn:ecp:problem:platform", 1),
        ("blocks list", "urn:ecp:problem:orchestrator-unreachable", 1),
        ("policy digest --folder /nonexistent", "urn:ecp:problem:policies", 1),
        ("eval /nonexistent.yaml", "urn:ecp:problem:evaluation-cases", 1),
        ("eval pyproject.toml", "urn:ecp:problem:evaluation-cases", 1),
        ("rerun", USAGE, 2),
        ("watch add orders", USAGE, 2),
        ("watch add orders --every never", USAGE, 2),
        ("resolve", USAGE, 2),
        ("search orders --bogus", USAGE, 2),
    ],
)
def test_it_is_told_to_a_program_as_one_problem_document(words: str, type_: str, status: int) -> None:
    answer = CliRunner().invoke(app, [*words.split(), "--json"], env=NOBODY)
    told = json.loads(answer.stdout)
    assert (told["type"], answer.exit_code) == (type_, status)
    assert told["title"] and told["detail"]


def test_the_faults_of_a_pack_are_its_errors() -> None:
    fault = {"file": "wrong.yaml", "line": 3, "field": "bogus", "message": "unknown field"}
    told = of_error(PackInvalid("1 error in the context pack", errors=[fault]))
    assert told["type"] == "urn:ecp:problem:pack-invalid"
    assert (told["status"], told["errors"]) == (422, [fault])


def test_settings_that_cannot_be_read_are_told_so_too() -> None:
    out, _ = begun("status", "--json", ECP_CACHE_SECONDS="soon").communicate()
    told = json.loads(out)
    assert told["type"] == "urn:ecp:problem:settings" and told["errors"][0]["field"] == "ECP_CACHE_SECONDS"


def test_a_person_is_told_in_a_sentence() -> None:
    answer = CliRunner().invoke(app, ["search", "orders"], env=NOBODY)
    assert answer.exit_code == 1 and not answer.stdout
    assert answer.stderr.startswith("The API does not answer: nothing at http://127.0.0.1:1 (ConnectError).")
