"""`python -m bench.beside`: what a caller notices of bulk work on the workers. Needs a platform with the demo, up.

Asks one caller's questions, first alone and then while plans of an import keep every slot of the worker busy.
"""

from __future__ import annotations

import asyncio
import json
import statistics

from bench.load import UNCACHED, Caller
from ecp.packs.demo import demo_pack
from ecp.platform.orchestrator import FINAL, Orchestrator
from ecp.settings import Settings

QUESTIONS = 200
PARTS = 4
DEPLOYMENT = "plan-import/bulk"
ASKED = {"concept": "What was APAC revenue last quarter?", "user_context": {"department": "finance"}}


async def asked(port: int, count: int) -> list[float]:
    """Milliseconds of each answer."""
    loop, body, took = asyncio.get_running_loop(), json.dumps(ASKED).encode(), []
    async with Caller(port) as caller:
        for _ in range(count):
            began = loop.time()
            await caller.post("/api/v1/resolve", body, UNCACHED)
            took.append((loop.time() - began) * 1e3)
    return took


def described(name: str, took: list[float]) -> str:
    cuts = statistics.quantiles(took, n=20)
    return f"{name:34} p50 {statistics.median(took):7.1f} ms   p95 {cuts[18]:7.1f} ms   n {len(took)}"


async def main() -> None:
    settings = Settings()
    assert settings.prefect_api_url, "no platform is up in this ECP_HOME"
    await asked(settings.port, 20)
    print(described("alone", await asked(settings.port, QUESTIONS)), flush=True)
    with Orchestrator(settings.prefect_api_url) as orchestrator:
        deployed = orchestrator.deployment(DEPLOYMENT)
        assert deployed, f"{DEPLOYMENT} is not deployed yet"
        given = {"path": str(demo_pack()), "parts": PARTS, "recent": 0}
        runs = [orchestrator.begin(deployed["id"], {**given, "part": n + 1}, ["beside"])["id"] for n in range(PARTS)]
        while not any(orchestrator.flow_run(run)["state"]["type"] == "RUNNING" for run in runs):  # noqa: ASYNC110
            await asyncio.sleep(0.5)
        took: list[float] = []
        while not all(orchestrator.flow_run(run)["state"]["type"] in FINAL for run in runs):
            took += await asked(settings.port, 10)
        print(described("while the workers' slots are busy", took))


if __name__ == "__main__":
    asyncio.run(main())
