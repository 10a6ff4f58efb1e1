"""`prefect.yaml` is the one place that says what is deployed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect import Flow
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema

from ecp.platform.deployments import POOLS, PREFECT_FILE, Deployment, deployments
from flows.plan_import import plan_import
from flows.reresolve import reresolve
from flows.resolve import resolve
from flows.retention import retention

ROOT = Path(__file__).resolve().parents[2]
WORKERS = "aggregate-worker-metadata.json"
TEMPLATE = ROOT / "deployments" / "kubernetes" / "base-job-template.json"


def entries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(PREFECT_FILE.read_text())["deployments"]
    return found


@pytest.mark.parametrize("deployment", deployments(), ids=lambda d: d.full_name)
def test_what_is_deployed_can_be_loaded_and_is_called_as_it_is_found(deployment: Deployment) -> None:
    flow: Flow[..., Any] = load_flow_from_entrypoint(deployment.entrypoint, use_placeholder_flow=False)
    assert f"{flow.name}/{deployment.name}" == deployment.full_name
    assert deployment.description.endswith(".")


def test_every_deployment_has_a_pool_that_the_platform_makes() -> None:
    assert {d.pool for d in deployments()} <= {pool.name for pool in POOLS}


def test_whoever_waits_is_never_behind_a_limit() -> None:
    """Reserved runs would fill it, and finishing one gives back somebody else's slot."""
    served = [e for e in entries() if e["name"] in ("rest", "watch")]
    assert len(served) == 2 and not any("concurrency_limit" in e for e in served)


def test_what_runs_by_itself_says_when_and_in_which_zone() -> None:
    scheduled = [e for e in entries() if e.get("schedules")]
    assert all(s["timezone"] == "UTC" and s["cron"] for e in scheduled for s in e["schedules"])
    assert all(e["work_pool"]["name"] == "process" for e in scheduled)


def placeholders(value: Any) -> set[str]:
    return set(re.findall(r"\{\{ *(\w+) *\}\}", json.dumps(value)))


def test_the_kubernetes_template_names_every_variable_it_uses_and_uses_every_one() -> None:
    template = json.loads(TEMPLATE.read_text())
    used = placeholders(template["job_configuration"])
    assert used == set(template["variables"]["properties"])
    required = template["variables"].get("required", [])
    assert all("default" in v or v.get("type") == "object" for v in template["variables"]["properties"].values())
    assert required == []


def prefects_template() -> dict[str, Any]:
    """The default template of the worker type, which comes with Prefect."""
    known = json.loads(files("prefect.server.api.collections_data.views").joinpath(WORKERS).read_text())
    template: dict[str, Any] = known["prefect-kubernetes"]["kubernetes"]["default_base_job_configuration"]
    return template


def lacking(ours: Any, theirs: Any, place: str = "") -> Iterator[str]:
    """Where ours lacks what is in theirs, or has another kind of value."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name, value in theirs.items():
            yield from lacking(ours[name], value, f"{place}/{name}") if name in ours else [f"{place}/{name}"]
    elif isinstance(theirs, list) and isinstance(ours, list):
        for index, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from lacking(mine, other, f"{place}/{index}")
    elif type(ours) is not type(theirs) and not placeholders(ours):
        yield place


def test_the_kubernetes_template_has_all_that_prefects_own_has() -> None:
    """But for two fields of a job that stand in its pod there, where Kubernetes knows no such fields."""
    ours, theirs = json.loads(TEMPLATE.read_text()), prefects_template()
    pod = "/job_manifest/spec/template/spec"
    elsewhere = {f"{pod}/parallelism", f"{pod}/completions"}
    assert set(lacking(ours["job_configuration"], theirs["job_configuration"])) == elsewhere
    job = ours["job_configuration"]["job_manifest"]["spec"]
    assert (job["parallelism"], job["completions"]) == (1, 1)
    assert set(theirs["variables"]["properties"]) <= set(ours["variables"]["properties"])


def test_a_kubernetes_job_runs_unprivileged_and_has_its_secrets_from_a_secret() -> None:
    job = json.loads(TEMPLATE.read_text())["job_configuration"]["job_manifest"]
    pod = job["spec"]["template"]["spec"]
    container = pod["containers"][0]
    assert (job["apiVersion"], job["kind"], pod["restartPolicy"]) == ("batch/v1", "Job", "Never")
    assert pod["securityContext"]["runAsNonRoot"] and not container["securityContext"]["allowPrivilegeEscalation"]
    assert container["envFrom"] == [{"secretRef": {"name": "{{ settings_secret }}"}}]
    assert container["resources"]["limits"] and container["resources"]["requests"]


@pytest.mark.timeout(450)
def test_prefects_own_command_deploys_everything_again(worker) -> None:
    done = worker.prefect("--no-prompt", "deploy", "--all")
    assert done.returncode == 0, done.stdout + done.stderr
    for deployment in deployments():
        assert deployment.full_name in done.stdout


@pytest.mark.timeout(450)
def test_whatever_has_a_schedule_is_expected_at_its_next_times(worker) -> None:
    """Deployed is not scheduled: that is a service of the server's own, which may fail by itself."""
    scheduled = {d.full_name for e, d in zip(entries(), deployments(), strict=True) if e.get("schedules")}
    assert scheduled
    worker.until(lambda: all(worker.expected(name) for name in scheduled))
    assert not worker.expected("resolve/rest")


def test_what_a_parameter_may_be_is_in_the_form_that_the_ui_shows() -> None:
    batch = parameter_schema(retention).properties["batch"]
    shares = parameter_schema(plan_import).properties
    least = [one["minimum"] for one in (batch, shares["recent"], shares["part"], shares["parts"])]
    assert least == [1, 0, 1, 1]


async def test_a_run_that_is_begun_by_hand_without_its_parameter_says_which_it_is() -> None:
    for flow, parameter in ((resolve, "resolution_id"), (reresolve, "watch_id")):
        state = await flow.fn()
        assert state.type == "CANCELLED" and f"`{parameter}` says which" in state.message
        assert "begun by hand without its parameter" in state.message
