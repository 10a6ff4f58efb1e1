"""The platform's worker, asked for runs as an operator asks for them."""

from __future__ import annotations

import os
import subprocess
import time
from typing import Any

import httpx

from ecp.platform.deployments import deployments
from ecp.platform.errors import PlatformError
from ecp.platform.layout import CODE
from ecp.platform.orchestrator import FINAL, Orchestrator
from ecp.platform.worker_process import PREFECT

PATIENCE = 170.0


class Worker:
    """Runs of deployments, and what they left."""

    def __init__(self, api_url: str) -> None:
        self.api_url = api_url

    def wait_until_deployed(self) -> None:
        names = [d.full_name for d in deployments()]
        self.until(lambda: all(self._found(name) for name in names))

    def run(self, full_name: str, **parameters: Any) -> dict[str, Any]:
        """The flow run of a deployment, once it is over."""
        return self.ended(self.begin(full_name, **parameters))

    def begin(self, full_name: str, **parameters: Any) -> str:
        """The id of a flow run that waits for a worker."""
        with Orchestrator(self.api_url) as orchestrator:
            deployed = orchestrator.deployment(full_name)
            assert deployed, full_name
            return str(orchestrator.begin(deployed["id"], parameters, [])["id"])

    def ended(self, flow_run_id: str) -> dict[str, Any]:
        with Orchestrator(self.api_url) as orchestrator:
            self.until(lambda: orchestrator.flow_run(flow_run_id)["state"]["type"] in FINAL)
            return orchestrator.flow_run(flow_run_id)

    def retry(self, flow_run_id: str) -> None:
        """What the UI's Retry sends."""
        state = {"type": "SCHEDULED", "name": "AwaitingRetry", "message": "Retry from the UI"}
        answer = self._post(f"/flow_runs/{flow_run_id}/set_state", {"state": state, "force": False})
        assert answer["status"] == "ACCEPT", answer

    def task_runs(self, flow_run_id: str, attempt: int) -> dict[str, dict[str, Any]]:
        """By stage, those of one attempt at a flow run."""
        wanted = {"flow_runs": {"id": {"any_": [flow_run_id]}}}
        found = self._post("/task_runs/filter", wanted)
        # Only a second execution of the same flow run is counted by Prefect; what the API runs has no count.
        return {_stage(run): run for run in found if max(run["flow_run_run_count"], 1) == attempt}

    def expected(self, full_name: str) -> int:
        """How many runs of a deployment its schedule has made ahead."""
        deployed = {"deployments": {"name": {"any_": [full_name.partition("/")[2]]}}}
        wanted = {"flows": {"name": {"any_": [full_name.partition("/")[0]]}}, **deployed}
        runs = self._post("/flow_runs/filter", {**wanted, "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}})
        return sum(run["auto_scheduled"] for run in runs)

    def count(self, wanted: dict[str, Any]) -> int:
        """How many flow runs the server's filter finds."""
        return int(self._post("/flow_runs/count", {"flow_runs": wanted}))

    def logs(self, flow_run_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._post("/logs/filter", {"logs": {"flow_run_id": {"any_": [flow_run_id]}}})
        return found

    def artifacts(self, flow_run_id: str) -> list[dict[str, Any]]:
        with Orchestrator(self.api_url) as orchestrator:
            return orchestrator.artifacts(flow_run_id)

    def prefect(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Prefect's own command against the platform's server."""
        environment = {**os.environ, "PREFECT_API_URL": self.api_url}
        return subprocess.run((*PREFECT, *words), cwd=CODE, env=environment, capture_output=True, text=True)

    def until(self, true: Any) -> None:
        ends = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < ends, "it never came"
            time.sleep(0.3)

    def _post(self, path: str, body: object) -> Any:
        answer = httpx.post(f"{self.api_url}{path}", json=body, timeout=30, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def _found(self, name: str) -> bool:
        try:
            with Orchestrator(self.api_url) as orchestrator:
                return orchestrator.deployment(name) is not None
        except PlatformError:
            return False


def _stage(task_run: dict[str, Any]) -> str:
    return str(task_run["name"]).rpartition("-")[0]
