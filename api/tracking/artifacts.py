"""What an operator reads on a flow run: its tags, and one markdown artifact."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import ArtifactCreate
from prefect.client.schemas.objects import State

from ecp.domain.answer import DagNode
from ecp.run import Run

_NOT_A_KEY = re.compile(r"[^a-z0-9]+")


def artifact_key(kind: str, id_: str) -> str:
    """Prefect wants lower case letters, digits and dashes."""
    return f"{kind}-" + _NOT_A_KEY.sub("-", id_.lower()).strip("-")


def _key(run: Run) -> str:
    """All runs of a watch are versions of one artifact."""
    return (
        artifact_key("watch", run.claim.watch.watch_id) if run.claim else artifact_key("resolution", run.resolution_id)
    )


def run_tags(run: Run, mode: str, state: State[Any] | None = None) -> list[str]:
    """The mode, how it ended, whose department asked, what kind of question it was, and what it had to do without."""
    ended = [state.name.lower()] if state is not None and state.name else []
    department = [f"department:{run.question.asker.department}"] if run.question.asker.department else []
    kind = [f"kind:{run.resolution.kind}"] if run.resolution and run.resolution.kind else []
    return [mode, *ended, *department, *kind, *(f"degraded:{gone.component}" for gone in run.degradations)]


def artifact(run: Run, state: State[Any], flow_run_id: UUID) -> ArtifactCreate:
    return ArtifactCreate(
        key=_key(run),
        type="markdown",
        description=f"Resolution {run.resolution_id}, attempt {run.attempt}",
        data=markdown(run, state),
        flow_run_id=flow_run_id,
    )


class Leaving:
    """Leaves one artifact on its flow run, however often the reply is lost."""

    def __init__(self, artifact: ArtifactCreate) -> None:
        self._artifact = artifact
        self._sent = False

    async def at(self, client: PrefectClient) -> None:
        if self._sent and await self._is_there(client):
            return
        self._sent = True
        await client.create_artifact(self._artifact)

    async def _is_there(self, client: PrefectClient) -> bool:
        wanted = {"flow_run_id": {"any_": [str(self._artifact.flow_run_id)]}, "key": {"any_": [self._artifact.key]}}
        answer = await client.request("POST", "/artifacts/filter", json={"artifacts": wanted})
        answer.raise_for_status()
        return bool(answer.json())


def markdown(run: Run, state: State[Any]) -> str:
    """The resolution, its degradations, and its stages with their true times. No question text in production."""
    lines = [f"# Resolution `{run.resolution_id}`", "", f"**{state.name}**, attempt {run.attempt}"]
    if run.settings.env != "prod":
        lines += ["", f"> {_cell(run.question.text)}"]
    if state.message:
        lines += ["", _cell(state.message)]
    if run.report:
        lines += ["", run.report]
    if run.degradations:
        lines += ["", "## Degraded", ""]
        lines += [f"- **{d.component}**: {d.fallback}; {d.effect}" for d in run.degradations]
    lines += ["", "## Stages", "", "| stage | status | began | took | stores | |", "|---|---|---|---:|---|---|"]
    return "\n".join([*lines, *(_row(node) for node in _nodes(run))]) + "\n"


def _nodes(run: Run) -> tuple[DagNode, ...]:
    """Of a run that is over in another process, the stages that were written down."""
    return run.nodes or (run.resolution.provenance.dag.nodes if run.resolution and run.resolution.provenance else ())


def _row(node: DagNode) -> str:
    stores = ", ".join(f"{asked.store} {asked.latency_ms:g} ms" for asked in node.stores_queried)
    cells = (node.id, node.status, node.started_at, _took(node), stores, _cell(node.error or ""))
    return "| " + " | ".join(cells) + " |"


def _took(node: DagNode) -> str:
    took = datetime.fromisoformat(node.completed_at) - datetime.fromisoformat(node.started_at)
    return f"{took.total_seconds() * 1e3:.1f} ms"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
