"""The measurements, one after the other in one platform. Nothing is measured while something else is loaded."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from bench import bare, enterprise, load, machine, outage, recorded, scaleout
from bench.questions import questions
from bench.sizes import Sizes
from ecp.platform.layout import CODE
from ecp.platform.manager import Platform
from ecp.run import Run
from ecp.settings import Settings
from flows.resolve import resolve as story

Say = Callable[[str], None]
NAIVE_SECONDS = 600
WARM_TRIES = 4


@dataclass
class Results:
    """Seconds of calls by what was measured, and what else was counted."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    per_second: dict[str, float] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    stages: dict[str, list[float]] = field(default_factory=dict)
    crowd: recorded.Recorded | None = None
    recorded: recorded.Recorded | None = None
    outage: outage.Outage | None = None
    scaled: list[scaleout.Scaled] = field(default_factory=list)
    traces: int = 0
    memory: dict[str, dict[str, float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Measuring:
    """`settings` of a platform with the demo in it, on which nobody else works."""

    def __init__(
        self, platform: Platform, settings: Settings, sizes: Sizes, say: Say, results: Results | None = None
    ) -> None:
        self._platform = platform
        self._settings = settings
        self._sizes = sizes
        self._say = say
        self._asked = questions()
        self._bodies = [asked.body for asked in self._asked]
        self.results = results or Results()

    async def everything(self) -> Results:
        await self._quiet()
        await self._cold()
        await self._grow(self._sizes.few_assets)
        await self._one_by_one("few")
        await self._tried("the naive flow", self._naive)
        await self._tried("16 callers", self._crowd)
        await self._tried("what Prefect records", self._recorded)
        await self._tried("the cache", self._cached)
        await self._tried("telemetry", self._telemetry)
        self._memory("few")
        await self._tried("Prefect killed", self._outage)
        await self._tried("many assets and traces", self._many)
        return self.results

    async def _many(self) -> None:
        await self._grow(self._sizes.many_assets, self._sizes.many_traces)
        await self._one_by_one("many", bare_too=False)
        await self._crowd("many")
        self._memory("many")

    async def _tried(self, what: str, measure: Callable[[], Awaitable[None]]) -> None:
        """A measurement that fails leaves its rows out, and the page says so."""
        try:
            await measure()
        except Exception as error:
            traceback.print_exc()
            self.results.notes.append(f"{what} could not be measured: {type(error).__name__}: {str(error)[:200]}")
            self._say(self.results.notes[-1])

    async def scaled_out(self) -> None:
        """On a platform with two API processes and two Prefect servers: one of each asked, then both."""
        await self._tried("scaling out", self._scaled)

    async def _scaled(self) -> None:
        await self._grow(self._sizes.few_assets)
        ports = scaleout.api_ports(self._platform)
        await scaleout.warmed(ports, self._bodies)
        for asked in (ports[:1], ports):
            await self._quiet()
            found = await scaleout.measured(
                self._platform, self._settings, asked, self._bodies, self._sizes.scaled_seconds
            )
            self.results.scaled.append(found)
            self._say(f"scaled out: {found}")

    async def _outage(self) -> None:
        await self._quiet()
        found = await outage.measured(
            self._platform, self._settings, self._bodies, self._sizes.outage_seconds, self._sizes.outage_rate
        )
        self.results.outage = found
        self._say(f"Prefect killed: {found}")

    async def _cold(self) -> None:
        answers = await load.resolve([self._settings.port], self._bodies[:1], count=1)
        self._keep("rest cold", answers)

    async def _grow(self, assets: int, traces: int = 0) -> None:
        began = time.monotonic()
        if (lacking := await enterprise.grow(self._settings, assets)) is not None:
            self.results.notes.append(lacking)
            self._say(lacking)
        if traces:
            await asyncio.to_thread(enterprise.add_traces, self._settings, traces)
        self._say(f"{assets} assets, {traces} traces more: loaded in {time.monotonic() - began:.0f} s")
        await self._warm()

    async def _warm(self) -> None:
        """The first answers of a new registry version may be late; then all of them come."""
        for _ in range(WARM_TRIES):
            answers = await load.resolve([self._settings.port], self._bodies, count=2 * len(self._bodies))
            if not answers.failed:
                return
            self._say(f"of the first answers failed {answers.failures}")
        raise RuntimeError(f"of the first answers failed {answers.failures}")

    async def _one_by_one(self, size: str, *, bare_too: bool = True) -> None:
        """Over REST and bare in turns, so that both meet the same weather."""
        await self._quiet()
        everything = load.Answers()
        with bare.telemetry(on=True):
            async with bare.warm_stores(self._settings) as stores:
                taken: list[float] = []
                for _ in range(self._sizes.rounds):
                    answers = await load.resolve([self._settings.port], self._bodies, count=len(self._bodies))
                    everything.latencies += answers.latencies
                    everything.statuses += answers.statuses
                    everything.bodies += answers.bodies
                    everything.seconds += answers.seconds
                    if bare_too:
                        taken += await bare.timed(
                            self._settings, stores, self._asked, bare_stages, count=len(self._asked)
                        )
        self._keep(f"rest 1 {size}", everything)
        if bare_too:
            self.results.seconds["bare 1"] = taken
            self._say(f"bare stages: {_ms(taken)}")
            for resolution in everything.resolutions():
                for node in resolution["provenance"]["dag"]["nodes"]:
                    self.results.stages.setdefault(node["id"], []).append(_lasted(node))

    async def _naive(self) -> None:
        for callers, count in ((1, self._sizes.naive_alone), (16, self._sizes.naive_crowd)):
            await self._quiet()
            told = await asyncio.to_thread(naive_process, self._settings, count, callers)
            self.results.seconds[f"naive {callers}"] = told["latencies"]
            self.results.per_second[f"naive {callers}"] = len(told["latencies"]) / told["seconds"]
            self._say(f"naive flow, {callers} at once: {_ms(told['latencies'])}")

    async def _crowd(self, size: str = "few") -> None:
        await self._quiet()
        began = time.monotonic()
        answers = await load.resolve([self._settings.port], self._bodies, callers=16, seconds=self._sizes.crowd_seconds)
        self._keep(f"rest 16 {size}", answers)
        if size == "few" and self._settings.prefect_api_url:
            self.results.crowd = await recorded.recorded(self._settings.prefect_api_url, answers.resolutions(), began)
            self._say(f"recorded: {self.results.crowd}")
            await self._quiet()
            with bare.telemetry(on=True):
                async with bare.warm_stores(self._settings) as stores:
                    started = time.monotonic()
                    taken = await bare.timed(
                        self._settings, stores, self._asked, bare_stages, count=self._sizes.bare_crowd, callers=16
                    )
            self.results.seconds["bare 16"] = taken
            self.results.per_second["bare 16"] = len(taken) / (time.monotonic() - started)

    async def _recorded(self) -> None:
        """At several rates that leave the Prefect server some processor; the best is kept."""
        for rate in self._sizes.record_rates:
            await self._quiet()
            began = time.monotonic()
            answers = await load.resolve(
                [self._settings.port], self._bodies, callers=16, seconds=self._sizes.record_seconds, pause=16 / rate
            )
            found = await recorded.recorded(self._settings.prefect_api_url or "", answers.resolutions(), began)
            self._say(f"{rate:g} questions a second: {found}, {found.per_second:.1f}/s")
            best = self.results.recorded
            if not found.missing and (best is None or found.per_second > best.per_second):
                self.results.recorded = found

    async def _quiet(self) -> None:
        """What earlier measurements left to be recorded is none of the next one's business."""
        await asyncio.to_thread(machine.wait_until_idle, self._platform, self._sizes.quiet_seconds)

    async def _cached(self) -> None:
        await self._quiet()
        port, bodies = [self._settings.port], self._bodies[:4]
        await load.resolve(port, bodies, count=len(bodies), headers=())
        for callers in (1, 16):
            count = self._sizes.cached * callers
            self._keep(f"cached {callers}", await load.resolve(port, bodies, callers=callers, count=count, headers=()))

    async def _telemetry(self) -> None:
        await self._quiet()
        async with bare.warm_stores(self._settings) as stores:
            await bare.timed(self._settings, stores, self._asked, bare_stages, count=len(self._asked))
            on, off = await bare.telemetry_cost(
                self._settings, stores, self._asked, bare_stages, self._sizes.telemetry_rounds
            )
        self.results.seconds |= {"telemetry on": on, "telemetry off": off}
        self._say(f"telemetry on: {_ms(on)}, off: {_ms(off)}")

    def _memory(self, size: str) -> None:
        self.results.memory[size] = machine.memory(self._platform.status())

    def _keep(self, name: str, answers: load.Answers) -> None:
        self.results.seconds[name] = answers.latencies
        self.results.per_second[name] = answers.per_second
        self.results.failed[name] = answers.failed
        failed = f", {answers.failed} FAILED: {answers.failures}" if answers.failed else ""
        self._say(f"{name}: {_ms(answers.latencies)}, {answers.per_second:.1f}/s{failed}")


async def bare_stages(run: Run) -> None:
    await story.fn(run.resolution_id)


def naive_process(settings: Settings, count: int, callers: int) -> dict[str, Any]:
    """The naive flow in a process that has Prefect's defaults."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    environment |= {
        "PREFECT_API_URL": settings.prefect_api_url or "",
        "PREFECT_HOME": str(settings.home / "naive"),
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "bench.naive", str(settings.home), str(count), str(callers)]
    done = subprocess.run(
        command, cwd=CODE, env=environment, capture_output=True, text=True, timeout=NAIVE_SECONDS, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the naive flow failed: {done.stderr[-1500:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _lasted(node: dict[str, Any]) -> float:
    began, ended = (datetime.fromisoformat(node[name]) for name in ("started_at", "completed_at"))
    return (ended - began).total_seconds()


def _ms(seconds: Sequence[float]) -> str:
    return f"median {median(seconds) * 1e3:.1f} ms of {len(seconds)}"
