"""Every line of the process carries its ids and none carries a secret."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from ecp.telemetry import logs
from ecp.telemetry.context import current_request_id, guard_question, request_context, resolution_context

QUESTION = "how many widgets did we make"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("name", ["ecp.flow", "uvicorn.error", "neo4j", "psycopg.pool", "prefect.flow_runs"])
def test_a_line_of_ours_or_of_a_library_carries_the_ids(stream: io.StringIO, name: str) -> None:
    logs.configure(env="prod", level="INFO", stream=stream)
    with request_context("r-1"), resolution_context("res-1"):
        logging.getLogger(name).warning("something %s", "happened")
        logs.get_logger(name).warning(logs.STORE_QUERY, store="graph")
    theirs, ours = lines(stream)
    assert theirs["event"] == "something happened"
    assert ours["event"] == "store_query" and ours["store"] == "graph"
    for line in (theirs, ours):
        assert (line["request_id"], line["resolution_id"], line["logger"]) == ("r-1", "res-1", name)
        assert line["timestamp"].endswith("Z")


def test_the_ids_end_with_their_context(stream: io.StringIO) -> None:
    logs.configure(env="prod", level="INFO", stream=stream)
    with request_context("r-1"):
        assert current_request_id() == "r-1"
    logs.get_logger("x").info("after")
    assert lines(stream)[0]["request_id"] is None and "resolution_id" not in lines(stream)[0]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("url", "postgresql://someone:hunter2@host/db"),
        ("url", "bolt://:hunter2@host"),
        ("url", "redis://someone:p@hunter2@host/0"),
        ("conninfo", "host=h password=hunter2 dbname=d"),
        ("header", "Bearer hunter2hunter2"),
        ("password", "hunter2"),
        ("api_key", "hunter2"),
        ("nested", {"list": [{"token": "hunter2"}]}),
        ("error", ValueError("refused for secret: 'hunter2'")),
        ("known", "it is hunter2-known"),
    ],
)
@pytest.mark.parametrize("env", ["local", "prod"])
def test_secrets_are_never_written(stream: io.StringIO, env: str, field: str, given: object) -> None:
    logs.configure(env=env, level="INFO", secrets=["hunter2-known"], stream=stream)
    logs.get_logger("x").info("said", **{field: given})
    logging.getLogger("neo4j").warning("said %s", {field: given})
    assert "hunter2" not in stream.getvalue() and "[redacted]" in stream.getvalue()


def test_a_traceback_is_one_json_line_without_secret_or_question(stream: io.StringIO) -> None:
    logs.configure(env="prod", level="INFO", stream=stream)
    with resolution_context("res-1", question=QUESTION):
        try:
            raise ValueError(f"postgresql://u:hunter2@h/ refused {QUESTION!r}")
        except ValueError:
            logging.getLogger("psycopg").exception("failed")
    (line,) = lines(stream)
    assert "Traceback" in line["exception"] and "ValueError" in line["exception"]
    assert "hunter2" not in stream.getvalue() and QUESTION not in stream.getvalue()


async def test_the_words_of_a_question_are_hidden_in_prod_only(stream: io.StringIO) -> None:
    for env in ("prod", "local"):
        logs.configure(env=env, level="INFO", stream=stream)
        guard_question(QUESTION)
        logs.get_logger("x").info("asked", question=QUESTION)
        logging.getLogger("prefect.flow_runs").warning("run for %r", QUESTION)
        assert stream.getvalue().count(QUESTION) == (0 if env == "prod" else 2)


def test_the_level_is_honoured_and_an_unknown_one_is_info(stream: io.StringIO) -> None:
    for level, expected in (("warning", 0), ("no such level", 1), ("DEBUG", 2)):
        logs.configure(env="local", level=level, stream=stream)
        logs.get_logger("x").debug("fine")
        logs.get_logger("x").info("info")
        assert len(stream.getvalue().splitlines()) == expected
        stream.truncate(0)


def test_prefect_and_uvicorn_write_through_us_after_configuring_logging_themselves() -> None:
    code = (
        "from ecp.telemetry import logs; logs.configure(env='prod', level='INFO')\n"
        "import logging, prefect, uvicorn\n"
        "uvicorn.Config('x:y')\n"
        "logs.configure(env='prod', level='INFO')\n"
        "for n in ('uvicorn.error', 'prefect', 'prefect.flow_runs', 'prefect._internal.x', 'fastapi', 'httpx'):\n"
        "    logging.getLogger(n).warning('from ' + n)\n"
        "logging.getLogger('uvicorn.access').info('a line for every call')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    written = [json.loads(line)["event"] for line in done.stderr.splitlines() if line.strip()]
    assert written == [
        f"from {n}"
        for n in ("uvicorn.error", "prefect", "prefect.flow_runs", "prefect._internal.x", "fastapi", "httpx")
    ]
