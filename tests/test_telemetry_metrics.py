"""The metrics other people's dashboards and alerts are written against."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ecp.telemetry import metrics

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
    assert set(re.findall(r"^# TYPE (ecp_\w+) ", text, re.MULTILINE)) == set(CONTRACT)


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
