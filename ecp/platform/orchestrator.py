"""The Prefect server's REST, as far as the platform itself needs it: without Prefect, whose import takes seconds."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Any

import httpx

from ecp.platform.deployments import Pool
from ecp.platform.errors import PlatformError

SECONDS = 60.0
FINAL = ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")


class Orchestrator:
    """Raises PlatformError when the server cannot be asked or refuses."""

    def __init__(self, api_url: str, *, auth: str | None = None) -> None:
        given = auth or os.environ.get("PREFECT_API_AUTH_STRING")
        user, _, password = (given or "").partition(":")
        self._client = httpx.Client(
            base_url=api_url, timeout=SECONDS, trust_env=False, auth=(user, password) if given else None
        )

    def __enter__(self) -> Orchestrator:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def make_pool(self, pool: Pool) -> None:
        """Safe to repeat: a pool that is there stays as it was made, or as an operator changed it."""
        body: dict[str, Any] = {"name": pool.name, "type": "process", "description": pool.description}
        if pool.template is not None:
            body["base_job_template"] = pool.template
        self._ask("POST", "/work_pools/", body, missing=409)

    def deployment(self, full_name: str) -> dict[str, Any] | None:
        """`flow/deployment`; None where there is none."""
        found: dict[str, Any] | None = self._ask("GET", f"/deployments/name/{full_name}", missing=404)
        return found

    def begin(self, deployment_id: str, parameters: dict[str, Any], tags: list[str]) -> dict[str, Any]:
        """A flow run that the next free worker takes."""
        body = {"parameters": parameters, "tags": tags, "state": {"type": "SCHEDULED"}}
        return self._ask("POST", f"/deployments/{deployment_id}/create_flow_run", body) or {}

    def flow_run(self, flow_run_id: str) -> dict[str, Any]:
        return self._ask("GET", f"/flow_runs/{flow_run_id}") or {}

    def flow_runs(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        """Of the server's filter for flow runs, the first page."""
        found: Any = self._ask("POST", "/flow_runs/filter", {"flow_runs": wanted})
        return list(found or ())

    def artifacts(self, flow_run_id: str) -> list[dict[str, Any]]:
        """Newest first."""
        wanted = {"artifacts": {"flow_run_id": {"any_": [flow_run_id]}}, "sort": "CREATED_DESC"}
        found: Any = self._ask("POST", "/artifacts/filter", wanted)
        return list(found or ())

    def cancel(self, flow_run_id: str) -> None:
        self.end(flow_run_id, "CANCELLING")

    def end(self, flow_run_id: str, state: str, message: str | None = None) -> None:
        told = {"type": state, "name": state.capitalize(), "message": message}
        self._ask("POST", f"/flow_runs/{flow_run_id}/set_state", {"state": told})

    def _ask(self, method: str, path: str, body: Any = None, *, missing: int | None = None) -> Any:
        try:
            answer = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            where = self._client.base_url
            raise PlatformError(f"The Prefect server at {where} does not answer ({type(error).__name__}).") from error
        if answer.status_code == missing:
            return None
        if not answer.is_success:
            raise PlatformError(f"The Prefect server refuses {method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer.json() if answer.content else None
