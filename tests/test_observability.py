"""What operators see: every line carries its ids and no secret, every metric of the contract counts, every request
leaves a trail."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from ecp.telemetry import logs, metrics
from ecp.telemetry.context import current_request_id, guard_question, request_context, resolution_context

CONTRACT = {
    "ecp_resolve_requests_total": {"status"},
    "ecp_resolve_duration_seconds": set(),
    "ecp_execute_requests_total": {"status"},
    "ecp_execute_duration_seconds": set(),
    "ecp_stage_duration_seconds": {"stage"},
    "ecp_store_query_duration_seconds": {"store"},
    "ecp_store_errors_total": {"store", "kind"},
    "ecp_retries_total": {"store", "outcome"},
    "ecp_circuit_breaker_state": {"breaker"},
    "ecp_circuit_breaker_transitions_total": {"breaker", "to"},
    "ecp_degradations_total": {"component"},
    "ecp_policy_decisions_total": {"decision"},
    "ecp_confidence_score": set(),
    "ecp_validation_failures_total": {"rule"},
    "ecp_errors_total": {"type", "component"},
    "ecp_tracking_backlog": set(),
    "ecp_tracking_lag_seconds": set(),
    "ecp_tracked_runs_total": {"mode"},
}

COUNT_ONE_OF_EACH = """
from ecp.telemetry import metrics as m
m.resolve_finished("complete", 0.1)
m.execute_finished("complete", 0.1)
m.stage_finished("parse_intent", 0.1)
m.store_asked("graph", 0.1)
m.store_failed("graph", "timeout")
m.retried("graph", "scheduled")
m.breaker_changed("cube", "open")
m.degraded("graph")
m.policy_decided("allow")
m.answered_with_confidence(0.9)
m.validation_failed("rule")
m.error_answered("validation", "api")
m.tracking_is(backlog=3, lag_seconds=1.5)
m.run_tracked("full")
"""

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


@pytest.mark.parametrize("name", ["neo4j", "neo4j.io", "psycopg.pool", "httpcore.http11"])
def test_a_driver_does_not_say_at_debug_in_prod_what_it_was_asked(stream: io.StringIO, name: str) -> None:
    for env, expected in (("prod", 0), ("local", 1)):
        logs.configure(env=env, level="DEBUG", stream=stream)
        logging.getLogger(name).debug("RUN %s", {"phrases": ["widgets made"]})
        logging.getLogger(name).info("connected")
        assert stream.getvalue().count("widgets made") == expected
    assert stream.getvalue().count("connected") == 2
    logs.configure(env="local", level="INFO", stream=stream)


def test_the_level_is_honoured_and_an_unknown_one_is_info(stream: io.StringIO) -> None:
    for level, expected in (("warning", 0), ("no such level", 1), ("DEBUG", 2)):
        logs.configure(env="local", level=level, stream=stream)
        logs.get_logger("x").debug("fine")
        logs.get_logger("x").info("info")
        assert len(stream.getvalue().splitlines()) == expected
        stream.truncate(0)


class Reader(io.StringIO):
    """Counts how often it was written to."""

    writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        return super().write(text)


def test_lines_that_can_wait_are_written_together_and_in_order(stream: io.StringIO) -> None:
    reader = Reader()
    logs.configure(env="prod", level="INFO", stream=reader, hold_seconds=0.2)
    for count in range(20):
        logs.get_logger("x").info("ours", count=count)
        logging.getLogger("neo4j").info("theirs")
    assert reader.writes == 0
    ends = time.monotonic() + 10
    while len(lines(reader)) < 40:
        assert time.monotonic() < ends
        time.sleep(0.01)
    assert reader.writes < 5
    assert [line["count"] for line in lines(reader) if line["event"] == "ours"] == list(range(20))


@pytest.mark.parametrize("theirs", [False, True])
def test_a_warning_waits_for_nothing_and_comes_after_what_was_said_before(stream: io.StringIO, theirs: bool) -> None:
    logs.configure(env="prod", level="INFO", stream=stream, hold_seconds=60)
    logs.get_logger("x").info("before")
    (logging.getLogger("neo4j") if theirs else logs.get_logger("x")).warning("lost")
    assert [line["event"] for line in lines(stream)] == ["before", "lost"]


def test_what_is_held_is_written_when_the_process_ends_or_logs_elsewhere(stream: io.StringIO) -> None:
    logs.configure(env="prod", level="INFO", stream=stream, hold_seconds=60)
    logs.get_logger("x").info("last")
    logs.configure(env="prod", level="INFO")
    assert [line["event"] for line in lines(stream)] == ["last"]
    code = (
        "from ecp.telemetry import logs; logs.configure(env='prod', level='INFO', hold_seconds=60)\n"
        "logs.get_logger('x').info('last')\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(ended.stderr)["event"] == "last"


def test_where_nobody_reads_the_lines_what_is_left_out_is_counted(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MOST_HELD", 3)
    logs.configure(env="prod", level="INFO", stream=stream, hold_seconds=60)
    for _ in range(5):
        logs.get_logger("x").info("said")
    logs.get_logger("x").warning("read again")
    found = [line["event"] for line in lines(stream)]
    assert found[:3] == ["said"] * 3 and "2 lines were left out" in found[3] and found[4:] == ["read again"]


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


def in_process(code: str, folder: Path | None) -> str:
    environment = {k: v for k, v in os.environ.items() if k != metrics.MULTIPROC}
    if folder:
        environment[metrics.MULTIPROC] = str(folder)
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def value(text: str, sample: str) -> float:
    found = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    assert found, f"{sample} is missing"
    return float(found[1])


RENDER = "\nimport sys; sys.stdout.write(m.render().decode())"


@pytest.mark.parametrize("folder", [None, "shared"], ids=["one process", "several processes"])
def test_every_metric_of_the_contract_is_named_before_anything_happened(folder: str | None, tmp_path: Path) -> None:
    text = in_process("from ecp.telemetry import metrics as m" + RENDER, tmp_path / folder if folder else None)
    assert set(re.findall(r"^# TYPE (ecp_\w+) ", text, re.MULTILINE)) >= set(CONTRACT)


def test_labels_are_those_of_the_contract() -> None:
    text = in_process(COUNT_ONE_OF_EACH + RENDER, None)
    for name, labels in CONTRACT.items():
        sample = re.search(rf"^{name}(?:_count|_total)?(?:{{(.*?)}})? ", text, re.MULTILINE)
        assert sample, name
        assert set(re.findall(r"(\w+)=", sample[1] or "")) == labels, name


def test_several_processes_are_counted_together_and_the_dead_no_longer_hold_a_state(tmp_path: Path) -> None:
    in_process(COUNT_ONE_OF_EACH, tmp_path)
    text = in_process(COUNT_ONE_OF_EACH.replace('"open"', '"half_open"') + RENDER, tmp_path)
    assert value(text, 'ecp_resolve_requests_total{status="complete"}') == 2
    assert value(text, "ecp_resolve_duration_seconds_count") == 2
    assert value(text, 'ecp_circuit_breaker_state{breaker="cube"}') == 1
    assert value(text, "ecp_tracking_backlog") == 3
    assert "Resolutions by the status they ended in" in text


def test_an_open_breaker_is_two_and_a_closed_one_zero() -> None:
    text = in_process(COUNT_ONE_OF_EACH + RENDER, None)
    assert value(text, 'ecp_circuit_breaker_state{breaker="cube"}') == 2
    assert value(text, 'ecp_circuit_breaker_state{breaker="opa"}') == 0
    assert value(text, 'ecp_circuit_breaker_transitions_total{breaker="cube",to="open"}') == 1


ASKED = "What was APAC revenue last quarter?"
FINANCE = {"department": "finance", "role": "analyst"}
TRAIL = ("request_started", "resolution_started", "stage_completed", "store_query", "policy_decision",
         "resolution_complete", "request_completed")  # fmt: skip


def lines_of(enterprise: Any, request_id: str) -> list[str]:
    """What the API has written for this request, once it has written that it is over."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        text = enterprise.platform.layout.log("api").read_text(errors="replace")
        found = [line for line in text.splitlines() if request_id in line]
        if any("request_completed" in line for line in found):
            return found
        time.sleep(0.1)
    raise AssertionError(f"nothing says that {request_id} is over")


def test_a_request_leaves_its_trail_in_the_log_under_the_id_it_came_with(rest: Any, enterprise: Any) -> None:
    answered = rest.ask(ASKED, FINANCE, execute=True, **{"X-Request-ID": "test_req_001"})
    assert answered.headers["X-Request-ID"] == "test_req_001"
    found = lines_of(enterprise, "test_req_001")
    assert [event for event in TRAIL if not any(event in line for line in found)] == []
    inside = [line for line in found if "stage_completed" in line or "store_query" in line]
    assert inside and all(answered.json()["resolution_id"] in line for line in inside)


def test_a_request_is_counted_with_its_stages_stores_and_decision(rest: Any) -> None:
    before = rest.client.get("/metrics").text
    rest.answer(ASKED, FINANCE, execute=True)
    after = rest.client.get("/metrics").text
    for sample in (
        'ecp_resolve_requests_total{status="complete"}',
        "ecp_resolve_duration_seconds_count",
        'ecp_stage_duration_seconds_count{stage="execute_queries"}',
        'ecp_store_query_duration_seconds_count{store="policy"}',
        'ecp_policy_decisions_total{decision="allow"}',
        "ecp_confidence_score_count",
    ):
        assert value(after, sample) > counted(before, sample), sample


def counted(text: str, sample: str) -> float:
    return value(text, sample) if sample in text else 0.0


def test_a_request_that_is_refused_is_counted_as_an_error_by_its_problem(rest: Any) -> None:
    sample = 'ecp_errors_total{component="api",type="resolution-not-found"}'
    before = counted(rest.client.get("/metrics").text, sample)
    assert rest.get("resolutions/no-such").status_code == 404
    assert counted(rest.client.get("/metrics").text, sample) == before + 1


def test_what_processes_of_flows_find_is_counted_together_and_leaves_one_file(tmp_path: Path) -> None:
    """They end with their runs, and run side by side."""
    code = (
        "import sys; from pathlib import Path; from ecp.telemetry import metrics; "
        "[metrics.upkeep_found('drift', ['unchecked'], Path(sys.argv[1])) for _ in range(50)]"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(4)]
    assert [process.wait() for process in running] == [0] * 4
    assert sorted(file.name for file in tmp_path.iterdir()) == ["counter_upkeep.db", "counter_upkeep.lock"]
    shown = subprocess.run(
        [sys.executable, "-c", "from ecp.telemetry import metrics; print(metrics.render().decode())"],
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert 'ecp_upkeep_findings_total{flow="drift",kind="unchecked"} 200.0' in shown
    assert 'ecp_upkeep_findings_total{flow="ingest",kind="invalid"} 0.0' in shown
