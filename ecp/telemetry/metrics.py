"""Every metric of the platform, and one function for each thing that happens.

Under several processes (`PROMETHEUS_MULTIPROC_DIR`, set before the first import) each process writes its own
files there and any of them answers for all.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Literal

import psutil
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Metric,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

MULTIPROC = "PROMETHEUS_MULTIPROC_DIR"
if _folder := os.environ.get(MULTIPROC):
    Path(_folder).mkdir(parents=True, exist_ok=True)
disable_created_metrics()  # type: ignore[no-untyped-call]  # they are not in the contract, and several processes cannot have them

COMPONENTS = ("vector", "graph", "registry", "semantic", "policy", "orchestrator", "known_issues")
BREAKERS = ("cube", "opa")
BREAKER_STATES = {"closed": 0, "half_open": 1, "open": 2}
BreakerState = Literal["closed", "half_open", "open"]
CacheOutcome = Literal["hit", "shared", "miss", "bypass"]
WATCH_OUTCOMES = ("changed", "unchanged", "denied", "failed")
UPKEEP_LABELS = ("flow", "kind")
UPKEEP_KINDS = {
    "drift": ("missing_member", "missing_column", "past_freshness", "unchecked"),
    "ingest": ("invalid", "incomplete"),
}

REGISTRY = CollectorRegistry(auto_describe=True)
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_STORE_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def _counter(name: str, help_: str, *labels: str) -> Counter:
    return Counter(name, help_, labels, registry=REGISTRY)


def _histogram(name: str, help_: str, *labels: str, buckets: tuple[float, ...] = _SECONDS) -> Histogram:
    return Histogram(name, help_, labels, buckets=buckets, registry=REGISTRY)


def _gauge(name: str, help_: str, *labels: str, mode: Literal["livemax", "livesum"] = "livemax") -> Gauge:
    return Gauge(name, help_, labels, multiprocess_mode=mode, registry=REGISTRY)


RESOLVE_REQUESTS = _counter("ecp_resolve_requests_total", "Resolutions by the status they ended in", "status")
RESOLVE_DURATION = _histogram("ecp_resolve_duration_seconds", "Time from question to answer")
CACHE_REQUESTS = _counter("ecp_cache_requests_total", "Questions by what the cache of answers had for them", "outcome")
EXECUTE_REQUESTS = _counter("ecp_execute_requests_total", "Executions by the status they ended in", "status")
EXECUTE_DURATION = _histogram("ecp_execute_duration_seconds", "Time of an execution")
STAGE_DURATION = _histogram("ecp_stage_duration_seconds", "Time of a stage of the resolution", "stage")
STORE_DURATION = _histogram(
    "ecp_store_query_duration_seconds", "Time of a call to a store", "store", buckets=_STORE_SECONDS
)
STORE_ERRORS = _counter("ecp_store_errors_total", "Calls to a store that failed", "store", "kind")
RETRIES = _counter("ecp_retries_total", "Retries of calls to a store", "store", "outcome")
BREAKER_STATE = _gauge("ecp_circuit_breaker_state", "0 closed, 1 half-open, 2 open", "breaker")
BREAKER_TRANSITIONS = _counter("ecp_circuit_breaker_transitions_total", "Changes of a breaker's state", "breaker", "to")
DEGRADATIONS = _counter("ecp_degradations_total", "Answers that had to do without a component", "component")
POLICY_DECISIONS = _counter("ecp_policy_decisions_total", "Decisions of the policy", "decision")
CONFIDENCE = _histogram(
    "ecp_confidence_score", "Confidence of the answers", buckets=tuple(round(0.1 * n, 1) for n in range(1, 11))
)
VALIDATION_FAILURES = _counter("ecp_validation_failures_total", "Validation rules that results did not pass", "rule")
ERRORS = _counter("ecp_errors_total", "Errors answered, by problem type and component", "type", "component")
TRACKING_BACKLOG = _gauge("ecp_tracking_backlog", "Records the orchestrator has not been told yet", mode="livesum")
TRACKING_LAG = _gauge("ecp_tracking_lag_seconds", "Age of the oldest record not told yet")
TRACKED_RUNS = _counter("ecp_tracked_runs_total", "Runs recorded by the orchestrator", "mode")

WATCH_RUNS = _counter("ecp_watch_runs_total", "Runs of watches by what came of them", "outcome")
WATCH_LATENESS = _histogram(
    "ecp_watch_lateness_seconds",
    "Time from when a watch was due to when its run began",
    buckets=(1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0),
)
WEBHOOKS = _counter("ecp_webhooks_total", "Webhooks sent, by how that went", "outcome")
UPKEEP_FINDINGS = _counter("ecp_upkeep_findings_total", "What flows of upkeep found amiss", *UPKEEP_LABELS)


def resolve_finished(status: str, seconds: float) -> None:
    """`status` is the resolution's own, or the problem's slug where none came of it."""
    RESOLVE_REQUESTS.labels(status).inc()
    RESOLVE_DURATION.observe(seconds)


def execute_finished(status: str, seconds: float) -> None:
    EXECUTE_REQUESTS.labels(status).inc()
    EXECUTE_DURATION.observe(seconds)


def cache_asked(outcome: CacheOutcome) -> None:
    CACHE_REQUESTS.labels(outcome).inc()


def stage_finished(stage: str, seconds: float) -> None:
    STAGE_DURATION.labels(stage).observe(seconds)


def store_asked(store: str, seconds: float) -> None:
    STORE_DURATION.labels(store).observe(seconds)


def store_failed(store: str, kind: str) -> None:
    """`kind` as `StoreError.kind` names it."""
    STORE_ERRORS.labels(store, kind).inc()


def retried(store: str, outcome: Literal["scheduled", "succeeded", "exhausted", "skipped"]) -> None:
    RETRIES.labels(store, outcome).inc()


def breaker_is(breaker: str, state: BreakerState) -> None:
    BREAKER_STATE.labels(breaker).set(BREAKER_STATES[state])


def breaker_changed(breaker: str, to: BreakerState) -> None:
    breaker_is(breaker, to)
    BREAKER_TRANSITIONS.labels(breaker, to).inc()


def degraded(component: str) -> None:
    DEGRADATIONS.labels(component).inc()


def policy_decided(decision: Literal["allow", "deny", "unavailable"]) -> None:
    POLICY_DECISIONS.labels(decision).inc()


def answered_with_confidence(score: float) -> None:
    CONFIDENCE.observe(score)


def validation_failed(rule: str) -> None:
    VALIDATION_FAILURES.labels(rule).inc()


def error_answered(type_: str, component: str) -> None:
    """`type_` is the problem's slug."""
    ERRORS.labels(type_, component).inc()


def tracking_is(*, backlog: int, lag_seconds: float) -> None:
    TRACKING_BACKLOG.set(backlog)
    TRACKING_LAG.set(lag_seconds)


def run_tracked(mode: Literal["full", "summary"]) -> None:
    TRACKED_RUNS.labels(mode).inc()


def watch_ran(outcome: str) -> None:
    WATCH_RUNS.labels(outcome).inc()


def watch_was_late(seconds: float) -> None:
    WATCH_LATENESS.observe(seconds)


def webhook_sent(outcome: Literal["delivered", "failed", "abandoned"]) -> None:
    """`failed` ones are sent again."""
    WEBHOOKS.labels(outcome).inc()


def upkeep_found(flow: Literal["drift", "ingest"], kinds: Collection[str], folder: Path) -> None:
    """Once for each finding and each run that has it, by a process that ends with its run: it leaves nothing of its own
    in the `folder` that the API tells the figures of, and adds to one file there that all such processes share."""
    if os.environ.get(MULTIPROC):
        for kind in kinds:
            UPKEEP_FINDINGS.labels(flow, kind).inc()
    elif kinds and folder.is_dir():
        _add_to_shared(folder / "counter_upkeep.db", [(flow, kind) for kind in kinds])


def _add_to_shared(file: Path, findings: Iterable[tuple[str, str]]) -> None:
    name, help_ = "ecp_upkeep_findings", UPKEEP_FINDINGS._documentation
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        counted = MmapedDict(str(file))  # type: ignore[no-untyped-call]
        for labels in findings:
            key = mmap_key(name, f"{name}_total", list(UPKEEP_LABELS), list(labels), help_)
            counted.write_value(key, counted.read_value(key)[0] + 1, 0.0)  # type: ignore[no-untyped-call]
        counted.close()  # type: ignore[no-untyped-call]


class _AllProcesses(Collector):
    """Our metrics of every process in the folder, and the names of those nothing was counted for yet."""

    def __init__(self, folder: str) -> None:
        self._processes: Collector = MultiProcessCollector(None, folder)  # type: ignore[no-untyped-call]

    def collect(self) -> Iterator[Metric]:
        ours = {metric.name: metric for metric in REGISTRY.collect() if metric.name.startswith("ecp_")}
        counted = [metric for metric in self._processes.collect() if metric.name in ours]
        yield from counted
        for name in ours.keys() - {metric.name for metric in counted}:
            yield ours[name]


def render() -> bytes:
    """The Prometheus text of this process, or of all that share its folder."""
    folder = os.environ.get(MULTIPROC)
    if not folder:
        return generate_latest(REGISTRY)
    _forget_dead(Path(folder))
    merged = CollectorRegistry()
    merged.register(_AllProcesses(folder))
    return generate_latest(merged)


def process_ended() -> None:
    """What this process last measured of itself no longer holds."""
    if folder := os.environ.get(MULTIPROC):
        mark_process_dead(os.getpid(), folder)  # type: ignore[no-untyped-call]


def _forget_dead(folder: Path) -> None:
    pids = {int(file.stem.rsplit("_", 1)[1]) for file in folder.glob("gauge_live*_*.db")}
    for pid in (pid for pid in pids if not psutil.pid_exists(pid)):
        mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]


def _declare() -> None:
    """Closed vocabularies start at zero, so that a rate of the first failure can be seen."""
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=REGISTRY)
    for component in COMPONENTS:
        DEGRADATIONS.labels(component)
    for breaker in BREAKERS:
        breaker_is(breaker, "closed")
        for state in BREAKER_STATES:
            BREAKER_TRANSITIONS.labels(breaker, state)
    for decision in ("allow", "deny", "unavailable"):
        POLICY_DECISIONS.labels(decision)
    for outcome in ("hit", "shared", "miss", "bypass"):
        CACHE_REQUESTS.labels(outcome)
    for outcome in WATCH_OUTCOMES:
        WATCH_RUNS.labels(outcome)
    for outcome in ("delivered", "failed", "abandoned"):
        WEBHOOKS.labels(outcome)
    for flow, kinds in UPKEEP_KINDS.items():
        for kind in kinds:
            UPKEEP_FINDINGS.labels(flow, kind)
    for mode in ("full", "summary"):
        TRACKED_RUNS.labels(mode)
    first_alerts = (("internal", "api"), ("store-unavailable", "semantic"), ("store-rejected", "semantic"))
    for type_, component in first_alerts:
        ERRORS.labels(type_, component)


_declare()
