"""What was asked for in two ways, or not at all, is refused before anything is done, with what to write instead."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from ecp.cli.main import app

NOBODY = {"ECP_PORT": "1", "ECP_HOME": "/nonexistent/home", "COLUMNS": "200"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("rerun", "--status"),
        ("rerun 7 --status failed", "needs no --status"),
        ("rerun 7 --since 1h", "no --since"),
        ("rerun 7 --watches", "go with --status"),
        ("rerun 7 --dry-run", "go with --status"),
        ("rerun --status failed --since 1H", "such as 90s, 30m, 1h or 2d"),
        ("rerun --status failed --since yesterday", "such as 90s"),
        ("rerun --status failed --since=", "such as 90s"),
        ("rerun --status bogus", "failed, timed_out, cancelled, degraded, running"),
        ("import pack --workers 4", "belong to --plan"),
        ("import pack --recent 5", "belong to --plan"),
        ("watch add orders", "--cron"),
        ("watch add orders --every 60 --cron * --timezone UTC", "either --cron"),
        ("watch add orders --every 60 --tolerance 0.1", "--execute"),
        ("watch edit w-1", "what is to be another"),
        ("watch edit w-1 --cron * --every 60", "either --cron"),
        ("watch edit w-1 --every 60 --timezone UTC", "either --cron"),
        ("watch edit w-1 --webhook https://h --no-webhook", "either --webhook"),
        ("watch edit w-1 --tolerance nan", "a tolerance is a number"),
    ],
)
def test_it_is_refused_with_what_to_write_instead(words: str, said: str) -> None:
    answer = CliRunner().invoke(app, words.split(), env=NOBODY)
    assert answer.exit_code == 2 and said in " ".join(answer.output.split())
