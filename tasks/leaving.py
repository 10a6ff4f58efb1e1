"""What an operator reads on a flow run: its name, its tags, lines of its log, and one markdown artifact."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import ArtifactCreate, LogCreate
from prefect.client.schemas.objects import State, StateType
from prefect.exceptions import PrefectException

from ecp.domain.answer import DagNode
from ecp.run import Run
from ecp.telemetry.logs import get_logger
from ecp.trace import StageRecord

_log = get_logger(__name__)
_NOT_A_KEY = re.compile(r"[^a-z0-9]+")
LOGGER = "ecp.stages"
OWN_SECONDS = 10.0


def run_name(run: Run) -> str:
    return run.resolution_id if run.attempt == 1 else f"{run.resolution_id}-{run.attempt}"


def artifact_key(kind: str, id_: str) -> str:
    """Prefect wants lower case letters, digits and dashes."""
    return f"{kind}-" + _NOT_A_KEY.sub("-", id_.lower()).strip("-")


def _key(run: Run) -> str | None:
    """All runs of a watch are versions of one artifact. That of any other run is found on it: a key would list each of
    them on the page of artifacts, and cost the server as much again."""
    return artifact_key("watch", run.claim.watch.watch_id) if run.claim else None


def run_tags(run: Run, mode: str, state: State[Any] | None = None) -> list[str]:
    """The mode, how it ended, whose department asked, what kind of question it was, and what it had to do without."""
    ended = [state.name.lower()] if state is not None and state.name else []
    department = [f"department:{run.question.asker.department}"] if run.question.asker.department else []
    kind = [f"kind:{run.resolution.kind}"] if run.resolution and run.resolution.kind else []
    return [mode, *ended, *department, *kind, *(f"degraded:{gone.component}" for gone in run.degradations)]


class Leaving:
    """Leaves the log and the artifact of one attempt on its flow run, however often the reply is lost. On a worker
    Prefect has written the log. Of the run nothing is kept: thousands may wait to be told."""

    def __init__(self, run: Run, state: State[Any]) -> None:
        self._lines = [] if run.on_worker else list(_lines(run, state))
        self._artifact = ArtifactCreate(
            key=_key(run),
            type="markdown",
            description=f"Resolution {run.resolution_id}, attempt {run.attempt}",
            data=markdown(run, state),
        )
        self._sent = False

    async def at(self, client: PrefectClient, flow_run_id: UUID) -> None:
        if self._sent and await self._is_there(client, flow_run_id):
            return
        there = {"flow_run_id": flow_run_id}
        if self._lines:
            await client.create_logs([line.model_copy(update=there) for line in self._lines])
            self._lines = []
        self._sent = True
        await client.create_artifact(self._artifact.model_copy(update=there))

    async def _is_there(self, client: PrefectClient, flow_run_id: UUID) -> bool:
        wanted = {"flow_run_id": {"any_": [str(flow_run_id)]}, "type": {"any_": [self._artifact.type]}}
        answer = await client.request("POST", "/artifacts/filter", json={"artifacts": wanted})
        answer.raise_for_status()
        return any(found["description"] == self._artifact.description for found in answer.json())


async def begin_own(run: Run) -> None:
    """On a worker: the flow run is this attempt's from now on, and no longer tagged with how the one before ended."""
    await _tell_own(run, None)


async def leave_own(run: Run, state: State[Any]) -> None:
    """On a worker, which has no tracker: the flow run gets what an attempt leaves."""
    await _tell_own(run, state)


async def _tell_own(run: Run, state: State[Any] | None) -> None:
    if not run.on_worker or run.flow_run_id is None:
        return
    own = UUID(run.flow_run_id)
    try:
        async with asyncio.timeout(OWN_SECONDS), get_client() as client:
            await client.update_flow_run(own, name=run_name(run), tags=run_tags(run, "full", state))
            if state is not None:
                await Leaving(run, state).at(client, own)
    except (httpx.HTTPError, PrefectException, TimeoutError, OSError) as error:
        _log.warning("flow_run_not_described", resolution_id=run.resolution_id, error=repr(error)[:200])


def _lines(run: Run, state: State[Any]) -> Iterator[LogCreate]:
    """What went wrong, stage by stage, and at last why there is no answer; of a run that went well nothing."""
    for record in run.trace.troubled():
        yield _line(record)
    if state.message:
        level = logging.ERROR if state.type is StateType.FAILED else logging.WARNING
        said, now = f"{state.name}: {state.message}", run.clock.now()
        yield LogCreate(name=LOGGER, level=level, message=said, timestamp=now)


def _line(record: StageRecord) -> LogCreate:
    task_run_id = record.handle.task_run_id if record.handle is not None else None
    return LogCreate(
        name=LOGGER,
        level=logging.ERROR if record.status == "failed" else logging.WARNING,
        message=f"{record.id}: {record.told}",
        timestamp=record.completed_at,
        task_run_id=UUID(task_run_id) if task_run_id else None,
    )


def markdown(run: Run, state: State[Any]) -> str:
    """The resolution, its degradations, and its stages with their true times. No question text in production."""
    lines = [f"# {state.name}", "", f"Resolution `{run.resolution_id}`, attempt {run.attempt}"]
    if run.settings.env != "prod":
        lines += ["", f"> {_cell(run.question.text)}"]
    if state.message:
        lines += ["", _cell(state.message)]
    if run.report:
        lines += ["", run.report]
    if run.degradations:
        lines += ["", "## Degraded", ""]
        lines += [f"- **{d.component}**: {d.fallback}; {d.effect}" for d in run.degradations]
    nodes = _nodes(run)
    if any(node.error for node in nodes):
        lines += ["", "## What went wrong", ""]
        lines += [f"- `{node.id}` {node.status}: {_cell(node.error)}" for node in nodes if node.error]
    lines += ["", _heading(nodes), "", "| stage | status | began | took | stores |", "|---|---|---|---:|---|"]
    return "\n".join([*lines, *(_row(node) for node in nodes)]) + "\n"


def _nodes(run: Run) -> tuple[DagNode, ...]:
    """Of a run that is over in another process, the stages that were written down."""
    return run.nodes or (run.resolution.provenance.dag.nodes if run.resolution and run.resolution.provenance else ())


def _heading(nodes: tuple[DagNode, ...]) -> str:
    day = f", {datetime.fromisoformat(nodes[0].started_at):%Y-%m-%d, %Z}" if nodes else ""
    return f"## Stages{day}"


def _row(node: DagNode) -> str:
    began = datetime.fromisoformat(node.started_at).time().isoformat("milliseconds")
    return "| " + " | ".join((node.id, node.status, began, _took(node), _asked(node))) + " |"


def _asked(node: DagNode) -> str:
    """Each store with how long it was waited for, and how often it was asked where that is more than once."""
    latencies: dict[str, list[float]] = {}
    for asked in node.stores_queried:
        latencies.setdefault(asked.store, []).append(asked.latency_ms)
    times = {store: f" ×{len(took)}" if len(took) > 1 else "" for store, took in latencies.items()}
    return ", ".join(f"{store} {sum(took):.1f} ms{times[store]}" for store, took in latencies.items())


def _took(node: DagNode) -> str:
    took = datetime.fromisoformat(node.completed_at) - datetime.fromisoformat(node.started_at)
    return f"{took.total_seconds() * 1e3:.1f} ms"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
