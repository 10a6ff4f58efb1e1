"""Keeps a platform busy and watches its API: `python -m tests.faults.soak [SECONDS]`.

Exit status 0 only when memory and descriptors are flat."""

from __future__ import annotations

import itertools
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil

from tests.never.conftest import APAC_ONLY, FINANCE, GUEST, INSIDER
from tests.support.enterprise import AS_OF, Enterprise, some_enterprise, wait_until_live

PARTS = ("postgres", "graph", "prefect", "api")
CALLERS = 6
ROWS = 20
MOST_GROWTH_MB = 48.0
MOST_MORE_DESCRIPTORS = 16
QUESTIONS = (
    ("What was APAC revenue last quarter?", FINANCE, True),
    ("Gross revenue by country last quarter", APAC_ONLY, True),
    ("What was revenue for LATAM last quarter?", FINANCE, False),
    ("What is the definition of ARR?", GUEST, False),
    ("What was executive compensation in FY2025?", INSIDER, True),
    ("revenue", GUEST, False),
)


@dataclass
class Tally:
    """What the callers saw since the last row."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def row(self) -> str:
        took, statuses = sorted(self.seconds), dict(self.statuses)
        self.seconds, self.statuses = [], Counter()
        median = statistics.median(took) if took else 0.0
        slow = took[int(len(took) * 0.95)] if took else 0.0
        refused = sum(n for status, n in statuses.items() if status >= 500)
        busy = statuses.get(429, 0)
        return f"{len(took):>8} {median * 1e3:>8.0f} {slow * 1e3:>8.0f} {busy:>6} {refused:>6}"


@dataclass(frozen=True)
class Sample:
    """How large the API is."""

    at: float
    megabytes: float
    descriptors: int
    threads: int


def call(url: str, tally: Tally, over: threading.Event) -> None:
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        for question, asker, execute in itertools.cycle(QUESTIONS):
            if over.is_set():
                return
            body = {"concept": question, "user_context": asker, "execute": execute, "as_of": AS_OF}
            began = time.monotonic()
            status = answered(client, body)
            tally.seconds.append(time.monotonic() - began)
            tally.statuses[status] += 1


def answered(client: httpx.Client, body: dict[str, Any]) -> int:
    try:
        return client.post("/api/v1/resolve", json=body).status_code
    except httpx.HTTPError:
        return 599


def sampled(process: psutil.Process, began: float) -> Sample:
    with process.oneshot():
        size = process.memory_info().rss / 2**20
        return Sample(time.monotonic() - began, size, process.num_fds(), process.num_threads())


def watch(enterprise: Enterprise, seconds: float) -> Iterator[Sample]:
    """Prints a row and gives a sample `ROWS` times."""
    pid = next(part.pid for part in enterprise.platform.status() if part.name == "api")
    process, tally, over, began = psutil.Process(pid), Tally(), threading.Event(), time.monotonic()
    callers = [threading.Thread(target=call, args=(enterprise.api_url, tally, over)) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    print("seconds  answers  median      p95    429    5xx   memory MB  descriptors  threads", flush=True)
    try:
        for _ in range(ROWS):
            time.sleep(seconds / ROWS)
            sample = sampled(process, began)
            figures = f"{sample.megabytes:>11.1f} {sample.descriptors:>12} {sample.threads:>8}"
            print(f"{sample.at:>7.0f} {tally.row()} {figures}", flush=True)
            yield sample
    finally:
        over.set()
        for caller in callers:
            caller.join(60)


def verdict(samples: list[Sample]) -> list[str]:
    """What grew between the second quarter and the last one; the first is warming up."""
    quarter = len(samples) // 4
    early, late = samples[quarter : 2 * quarter], samples[-quarter:]
    grown = statistics.median(s.megabytes for s in late) - statistics.median(s.megabytes for s in early)
    more = statistics.median(s.descriptors for s in late) - statistics.median(s.descriptors for s in early)
    wrong = [f"memory grew by {grown:.0f} MB"] if grown > MOST_GROWTH_MB else []
    return wrong + ([f"{more:.0f} more descriptors"] if more > MOST_MORE_DESCRIPTORS else [])


def main(seconds: float) -> int:
    with some_enterprise("embedded", PARTS) as enterprise:
        wait_until_live(enterprise.api_url, enterprise.platform.layout.log("api"))
        wrong = verdict(list(watch(enterprise, seconds)))
    print("; ".join(wrong) or "memory and descriptors are flat")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 1800.0))
