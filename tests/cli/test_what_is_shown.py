"""What a person sees: one message for a failure, and nothing folded that is there to be copied."""

from __future__ import annotations

import pytest

from ecp.cli.blocks import _asked
from ecp.cli.faults import show_faults
from ecp.cli.tables import show_table
from ecp.settings import Settings
from tests.support.command import begun

IDS = ("0198c1f0-7d53-7b61-9f57-2a4d1c7f8e90", "0198c1f0-7d53-7b61-9f57-2a4d1c7f8e91")
LONG = "What was revenue last quarter compared to budget, " * 4
ADDRESS = "postgresql://ecp_app@/registry?host=/somewhere/that/is/rather/far/away/from/the/root/run&port=5432"


def ecp(*words: str, **environment: str) -> tuple[int, str, str]:
    """Exit status, output, and what was said beside it."""
    command = begun(*words, **environment)
    out, said = command.communicate(timeout=120)
    return command.returncode, out, said


@pytest.mark.parametrize("width", ["20", "80", "200"])
def test_ids_and_addresses_stand_on_one_line_whatever_the_terminal(capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    rows = [(one, LONG, ADDRESS) for one in IDS]
    assert show_table(("Id", "Question", "Where"), rows, whole=("Id", "Where")) == 2
    shown = capsys.readouterr().out
    assert all(one in shown for one in IDS) and shown.count(ADDRESS) == 2
    assert all(shown.count(word) == 8 for word in ("revenue", "compared")), "nor are words cut"


def test_a_table_fills_the_terminal_and_no_more(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    show_table(("Id", "Question"), [(IDS[0], LONG)])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 100


def test_cells_are_shown_as_they_are(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    show_table(("Id", "Note"), [(None, "[bold]not bold[/bold] [/nothing]")])
    assert "[bold]not bold[/bold] [/nothing]" in capsys.readouterr().out


def test_a_fault_of_a_pack_is_told_as_far_as_it_is_known(capsys):
    show_faults(
        (
            {"file": "pack.yaml", "line": 6, "field": "cube", "message": "no such file or folder: [../cube]"},
            {"file": "a.yaml", "line": None, "field": None, "message": "no documents found"},
            {"message": "The run crashed"},
        )
    )
    assert capsys.readouterr().err.splitlines() == [
        "pack.yaml:6: cube no such file or folder: [../cube]",
        "a.yaml: no documents found",
        "The run crashed",
    ]


def test_a_database_that_is_not_there_is_told_in_one_message(tmp_path):
    status, out, said = ecp(
        "versions", ECP_HOME=str(tmp_path), ECP_POSTGRES_DSN="postgresql://nobody@127.0.0.1:1/nothing"
    )
    assert (status, out) == (1, "")
    assert said.splitlines() == [
        "A store is unavailable: the database cannot be reached. `ecp status` shows what runs."
    ]


def test_what_the_driver_says_is_shown_to_who_wants_everything(tmp_path):
    there = {"ECP_HOME": str(tmp_path), "ECP_POSTGRES_DSN": "postgresql://nobody:hush@127.0.0.1:1/nothing"}
    _, _, said = ecp("versions", ECP_LOG_LEVEL="debug", **there)
    assert "Connection refused" in said and "hush" not in said


@pytest.mark.parametrize("words", [("config",), ("resolve", "revenue")])
def test_a_setting_that_is_wrong_is_named(tmp_path, words):
    status, out, said = ecp(*words, ECP_HOME=str(tmp_path), ECP_PORT="many", ECP_ENV="production")
    assert (status, out) == (1, "")
    lines = said.splitlines()
    assert [line.split(":")[0] for line in lines] == ["ECP_ENV", "ECP_PORT"]


def test_who_asks_for_the_blocks_reads_what_is_waited_for(capsys, monkeypatch, tmp_path):
    for name in ("PREFECT_API_URL", "PREFECT_HOME"):
        monkeypatch.setenv(name, "set anew by the command")
    settings = Settings(home=tmp_path, prefect_api_url="http://127.0.0.1:1/api", _env_file=None)

    async def asked(begun):
        begun("looking for one")
        return {"one": "saved"}

    assert _asked(settings, lambda _, begun: asked(begun)) == {"one": "saved"}
    told = capsys.readouterr().err.splitlines()
    assert told == ["loading the blocks", "asking the orchestrator at http://127.0.0.1:1/api", "looking for one"]
