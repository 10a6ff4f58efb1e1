"""What the stages of one attempt did, and what of an earlier attempt may be used again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from ecp.domain.answer import DagNode, StoreAsked
from ecp.stores.protocols import Checkpoint

NodeType = Literal["parse", "resolve_concept", "enrich", "plan", "authorize", "execute", "validate", "assemble"]
NodeStatus = Literal["complete", "degraded", "failed", "skipped", "reused"]
OUTPUT = "value"


@dataclass
class StageRecord:
    """One call of a stage. `unchanged`: its outcome is what the earlier attempt had too. `degraded`: it came to its
    end with less than it wanted, so its output is not kept. `passive` names fields of its output, at any depth, that no
    later stage depends on. `told` is what operators read of an error. `handle` is the tracker's, and opaque here."""

    stage: str
    occurrence: int
    type: NodeType
    depends_on: tuple[str, ...]
    started_at: datetime
    passive: frozenset[str] = frozenset()
    status: NodeStatus | None = None
    completed_at: datetime | None = None
    stores_queried: list[StoreAsked] = field(default_factory=list)
    error: str | None = None
    told: str | None = None
    output: Any = None
    unchanged: bool = False
    degraded: bool = False
    handle: Any = None

    @property
    def id(self) -> str:
        return self.stage if not self.occurrence else f"{self.stage}-{self.occurrence + 1}"

    def as_of(self, now: datetime) -> StageRecord:
        """As it will be when it comes to its end now."""
        return replace(self, status="complete", completed_at=max(now, self.started_at))

    def asked(self, store: str, latency_ms: float) -> None:
        self.stores_queried.append(StoreAsked(store=store, latency_ms=round(latency_ms, 3)))


class Trace:
    """The stages in the order they began."""

    def __init__(self, attempt: int, now: Callable[[], datetime], earlier: tuple[Checkpoint, ...] = ()) -> None:
        self._attempt = attempt
        self._now = now
        self._earlier = {(c.stage, c.occurrence): c.output[OUTPUT] for c in earlier}
        self._records: list[StageRecord] = []
        self._occurrences: Counter[str] = Counter()
        self._watchers: tuple[Callable[[], None], ...] = ()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Called, from whatever thread this grows in, after each stage that finishes. All watchers come and go in one
        thread; they must neither wait nor raise."""
        self._watchers = (*self._watchers, watcher)

    def unwatch(self, watcher: Callable[[], None]) -> None:
        self._watchers = tuple(w for w in self._watchers if w is not watcher)

    def wake(self) -> None:
        for watcher in self._watchers:
            watcher()

    def begin(
        self, stage: str, type_: NodeType, depends_on: tuple[str, ...], passive: frozenset[str] = frozenset()
    ) -> StageRecord:
        record = StageRecord(stage, self._occurrences[stage], type_, depends_on, self._now(), passive)
        self._occurrences[stage] += 1
        self._records.append(record)
        return record

    def reusable(self, record: StageRecord) -> tuple[bool, Any]:
        """Whether an earlier attempt's output holds still, and that output: everything it depends on is unchanged."""
        key = (record.stage, record.occurrence)
        holds = key in self._earlier and all(known.unchanged for known in self.before(record))
        return holds, self._earlier.get(key)

    def finish(
        self,
        record: StageRecord,
        status: NodeStatus,
        output: Any = None,
        error: str | None = None,
        told: str | None = None,
    ) -> None:
        """`output` as JSON values; kept as a checkpoint when the stage came to its end."""
        key = (record.stage, record.occurrence)
        record.completed_at = max(self._now(), record.started_at)
        record.error, record.told = error, told
        if error is None:
            record.output = output
            record.unchanged = key in self._earlier and _same(self._earlier[key], output, record.passive)
        else:
            record.unchanged = bool(self._earlier) and key not in self._earlier
        # Last: who watches from another thread takes a record with a status for finished.
        record.status = "degraded" if record.degraded and status == "complete" else status
        self.wake()

    def troubled(self) -> tuple[StageRecord, ...]:
        """The finished stages that something can be told of."""
        return tuple(record for record in self._records if record.status and record.told)

    def before(self, record: StageRecord) -> tuple[StageRecord, ...]:
        """The calls this one depends on."""
        return tuple(known for known in self._records if known.stage in record.depends_on)

    def nodes(self) -> tuple[DagNode, ...]:
        """The finished stages as the contract's DAG."""
        return tuple(self.node(record) for record in self._records if record.status and record.completed_at)

    def node(self, record: StageRecord) -> DagNode:
        assert record.status and record.completed_at
        return DagNode(
            id=record.id,
            type=record.type,
            depends_on=record.depends_on,
            status=record.status,
            started_at=record.started_at.isoformat(),
            completed_at=record.completed_at.isoformat(),
            attempt=self._attempt,
            stores_queried=tuple(record.stores_queried),
            error=record.error,
        )

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        done = [record for record in self._records if record.status in ("complete", "reused")]
        return tuple(Checkpoint(stage=r.stage, occurrence=r.occurrence, output={OUTPUT: r.output}) for r in done)


def _same(one: Any, other: Any, passive: frozenset[str]) -> bool:
    return bool(_without(one, passive) == _without(other, passive)) if passive else bool(one == other)


def _without(value: Any, fields: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(inner, fields) for name, inner in value.items() if name not in fields}
    return [_without(inner, fields) for inner in value] if isinstance(value, list) else value
