"""What each store answers. One Protocol a store; every adapter passes the same contract tests.

Errors: every method may raise `StoreUnavailable`, `StoreTimeout`, `StoreMalformed` or `StoreRejected` of
`ecp.errors` and nothing else; drivers' own errors are translated at one seam in each adapter. Adapters do not
retry and know no breaker: `ecp.resilience` decides that for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from ecp.domain.assets import AnyAsset
from ecp.domain.authorization import Decision, PolicyInput
from ecp.domain.catalogue import Catalogue
from ecp.domain.question import Question
from ecp.domain.relations import Place
from ecp.domain.semantic import CubeQuery, QueryResult, SemanticMeta
from ecp.domain.subject import Measured
from ecp.domain.values import JsonObject, Value
from ecp.stores.upkeep import UpkeepStore
from ecp.stores.watches import WatchStore


class Hit(Value):
    """An asset found for a phrase. `member` is set when a dimension's member was found. `score` in 0..1."""

    phrase: str
    asset_id: str
    kind: str
    member: str | None = None
    score: float
    method: Literal["exact", "keyword", "vector", "graph"]


class Opened(Value):
    """A resolution whose request is written down. `content_version`: the version that last changed the assets;
    those after it, up to `registry_version`, only approved feedback. `fresh`: it was not, before this call."""

    resolution_id: str
    attempt: int
    registry_version: str
    content_version: str = "0"
    fresh: bool = True


class Checkpoint(Value):
    """A finished stage's output, by stage and occurrence."""

    stage: str
    occurrence: int = 0
    output: JsonObject


class AuditRecord(Value):
    """What an auditor must be able to prove: asked, allowed, answered."""

    resolution_id: str
    attempt: int
    event: str
    asker: JsonObject
    question: str
    status: str
    decision: JsonObject | None = None
    answer_digest: str
    registry_version: str
    policy_version: str | None = None
    request_id: str | None = None


class Decider(Value):
    """Who says or decides something, for the audit trail."""

    asker: JsonObject = {}
    request_id: str | None = None


class Attempt(Value):
    """All that is kept of one attempt, written in one transaction when it ends. `resolution` is what stands then: of
    an attempt that came to nothing that may be what stood before it. `measured`: what its question measures, where it
    came to be read."""

    resolution_id: str
    attempt: int
    status: str
    resolution: JsonObject
    trace: tuple[JsonObject, ...]
    checkpoints: tuple[Checkpoint, ...]
    audit: AuditRecord
    measured: Measured | None = None


class StoredResolution(Value):
    """The present state; `body` is the contract's resolution, None while it runs. `question` says who asked. `held`:
    the process that has it lives, or nobody may take it over yet. `measured`: what the question was read to measure."""

    resolution_id: str
    status: str
    attempt: int
    question: Question
    registry_version: str
    body: JsonObject | None
    held: bool
    created_at: datetime
    updated_at: datetime
    measured: Measured = Measured()


class LeftBehind(Value):
    """A resolution whose process is gone: still running, or ended without the orchestrator's knowledge.

    `promised` says how to go on where its asker does not wait (see `promise`); `answer` is the last complete one;
    `ended` is how the attempt ended, whatever stands since."""

    resolution_id: str
    status: str
    attempt: int
    question: Question
    registry_version: str
    content_version: str
    promised: JsonObject | None
    body: JsonObject | None
    answer: JsonObject | None
    ended: str | None = None


class Precedent(Value):
    """Approved feedback on a question like this one. `lifts`: words (normal form) → the metrics it says they mean.
    `same`: on this very question; `similarity` in 0..1 of what the questions measure."""

    feedback_id: str
    resolution_id: str
    question: str
    verdict: Literal["accepted", "corrected", "rejected"]
    metrics: tuple[str, ...]
    lifts: dict[str, tuple[str, ...]] = {}
    correction: JsonObject
    department: str | None
    same: bool = False
    similarity: float


class Feedback(Value):
    """`lifts`: words (normal form) → the metrics it says they mean."""

    feedback_id: str
    resolution_id: str
    verdict: Literal["accepted", "corrected", "rejected"]
    correction: JsonObject = {}
    lifts: dict[str, tuple[str, ...]] = {}
    note: str = ""
    state: Literal["pending", "approved", "declined"]
    asker: JsonObject = {}
    created_at: datetime


class GivenFeedback(Feedback):
    """Feedback as it is listed: what was asked, in which department, and the metrics it speaks of; the registry version
    from which it counts, and the one from which it does so no longer."""

    question: str
    department: str | None
    metrics: tuple[str, ...]
    approved_version: int | None
    withdrawn_version: int | None


class Registry(WatchStore, UpkeepStore, Protocol):
    """Assets by version, requests, traces, checkpoints, feedback, watches, the append-only audit trail (Postgres)."""

    async def version(self) -> str: ...
    async def catalogue(self, version: str | None = None) -> Catalogue:
        """The assets of a version (default: the newest), held in memory once read."""
        ...

    async def publish(self, assets: Sequence[AnyAsset], *, note: str, only: bool = False) -> str:
        """A new version in one transaction: adds to or updates what is there; `only` makes it all there is."""
        ...

    async def roll_back(self, version: str) -> str:
        """A new version with the content of an older one."""
        ...

    async def versions(self, limit: int = 50) -> tuple[JsonObject, ...]: ...
    async def search(
        self, phrases: Sequence[str], version: str, limit: int = 5, *, kinds: Sequence[str] | None = None
    ) -> tuple[Hit, ...]:
        """Keyword search: trigram and full text over names, synonyms and definitions.

        `kinds`: left out, the kinds that a phrase of a question can mean."""
        ...

    async def open(self, resolution_id: str, question: Question, *, digest: str) -> Opened:
        """Writes the request down (status running, attempt 1) and pins the newest registry version."""
        ...

    async def next_attempt(
        self,
        resolution_id: str,
        *,
        after: int | None = None,
        was: str | None = None,
        chosen: Mapping[str, str] | None = None,
    ) -> Opened:
        """Begins the attempt after the newest; with `after`, only if that is still the newest, and with `was` only if
        that is still its status. `chosen` is added to what the asker chose before.

        Raises ResolutionNotFound, ResolutionConflict."""
        ...

    async def finish(self, attempt: Attempt) -> None:
        """Trace, checkpoints, audit record and new state in one transaction. Of an attempt behind which there is a
        newer one, only the record. Raises ResolutionCancelled: nothing comes of what was cancelled."""
        ...

    async def cancel(self, attempt: Attempt) -> bool:
        """Ends a running attempt so; whether it was running still. Of this and `finish` one comes to be."""
        ...

    async def interrupt(self, attempt: Attempt) -> bool:
        """Keeps the attempt as one whose process is gone; whether it had not ended otherwise. Of one behind which there
        is a newer one, only the record."""
        ...

    def owe(self, attempt: Attempt) -> None:
        """The end of an attempt that `finish` could not write down: `catch_up` does."""
        ...

    async def catch_up(self) -> None:
        """Writes down what is owed, unless it has ended otherwise by now; without anything owed asks nothing. What the
        registry does not reach stays owed."""
        ...

    async def stood(self, resolution_id: str, attempt: int) -> JsonObject | None:
        """The resolution as it stood when this attempt had ended."""
        ...

    async def is_cancelled(self, resolution_id: str, attempt: int) -> bool: ...

    async def resolution(self, resolution_id: str) -> StoredResolution | None: ...
    async def ended_after(self, resolution_id: str, attempt: int) -> StoredResolution | None:
        """As it was when the first attempt behind this one had ended."""
        ...

    async def resolutions(
        self, *, status: str | None = None, since_seconds: float | None = None, limit: int = 100, watches: bool = True
    ) -> tuple[JsonObject, ...]:
        """Newest first, without question and answer; the status `degraded` finds those that came
        to an answer, or to a refusal, without a store. `watches`: also those that watches asked."""
        ...

    async def attempts(self, resolution_id: str) -> tuple[JsonObject, ...]:
        """`{"attempt", "status", "stages": [...]}` oldest first."""
        ...

    async def checkpoints(self, resolution_id: str) -> tuple[Checkpoint, ...]:
        """Those of the newest finished attempt, so an attempt also writes those it reused."""
        ...

    @property
    def holder(self) -> str:
        """This process, to whom whatever it opens belongs."""
        ...

    async def beat(self) -> None:
        """Says that this process is alive, and lets go of what it has but does not know of: nobody ends that here."""
        ...

    def disown(self, resolution_id: str) -> None:
        """What was taken over could not be ended here: it is let go, and somebody takes it over again."""
        ...

    async def leave(self) -> None:
        """Says that it no longer is: what it leaves can be taken over at once."""
        ...

    async def promise(self, resolution_id: str, how: JsonObject) -> None:
        """Somebody was told that this attempt goes on without them; another process can go on as `how` says."""
        ...

    async def tell(self, ended: Sequence[tuple[str, int]]) -> None:
        """Of these attempts (resolution id, number) the orchestrator knows the end."""
        ...

    async def take_over(self, limit: int, *, untold: bool = True, patience: float = 1.0) -> tuple[LeftBehind, ...]:
        """Takes what dead processes have left; of several that ask, one gets each. Without `untold` only what runs.
        With `patience` only what has been left for that many leases."""
        ...

    async def audit_if_current(self, record: AuditRecord) -> bool: ...
    async def audit_records(self, resolution_id: str) -> tuple[JsonObject, ...]: ...
    async def claim_key(self, caller: str, key: str, digest: str, resolution_id: str) -> tuple[str, str]:
        """Takes an idempotency key, or answers who has it: (digest, resolution id)."""
        ...

    async def add_feedback(self, feedback: Feedback) -> None:
        """Feedback that comes approved makes a new registry version; the same again (a lost reply) changes nothing.
        Raises ResolutionNotFound."""
        ...

    async def feedback(self, *, state: str | None = None, limit: int = 50) -> tuple[Feedback, ...]: ...
    async def list_feedback(
        self,
        *,
        state: str | None = None,
        hidden: Sequence[str] = (),
        limit: int = 50,
        after: tuple[str, str] | None = None,
    ) -> tuple[tuple[GivenFeedback, ...], int]:
        """Newest first, behind `after` (when it was made, as ISO, and its id), and how many there are; none that
        speaks of what is `hidden`."""
        ...

    async def one_feedback(self, feedback_id: str, *, hidden: Sequence[str] = ()) -> GivenFeedback | None: ...
    async def decide_feedback(
        self, feedback_id: str, state: Literal["approved", "declined"], by: Decider
    ) -> Feedback | None:
        """Approving makes a new registry version, and so does declining what was approved: from then on it does not
        count. What was declined stays so. What is decided is in the audit trail, in the same transaction."""
        ...

    async def precedents(
        self,
        embedding: Sequence[float],
        *,
        department: str | None,
        version: str,
        question: str = "",
        subject: str = "",
        limit: int = 20,
    ) -> tuple[Precedent, ...]:
        """Approved by `version` and not taken back, in this department (without one: by askers without one): those on
        this very question, those on others that measure the same (`subject`, which `embedding` is of), and those on the
        nearest ones; nearest first, what says the same once, in time that does not grow with the history."""
        ...

    async def ping(self) -> None: ...
    async def close(self) -> None: ...


class VectorStore(Protocol):
    """Nearest assets in meaning: HNSW fused with trigram and full text."""

    async def search(self, phrases: Sequence[str], version: str, limit: int = 5) -> tuple[Hit, ...]: ...
    async def known_issues(self, text: str, version: str, limit: int = 5) -> tuple[Hit, ...]:
        """Tribal knowledge near the question."""
        ...

    async def index(self, assets: Sequence[AnyAsset], version: str) -> int:
        """Embeds what is new or changed in this version; answers how many."""
        ...

    async def ping(self) -> None: ...


class GraphHit(Value):
    """`used_by_department`: the graph says that the asker's department uses this asset."""

    phrase: str
    asset_id: str
    kind: str
    member: str | None = None
    used_by_department: bool


class LineageGraph(Value):
    target: str
    nodes: tuple[JsonObject, ...]
    edges: tuple[JsonObject, ...]


class GraphStore(Protocol):
    """Names, departments, caveats and lineage as a graph (Bolt)."""

    async def find(self, phrases: Sequence[str], department: str | None, version: str) -> tuple[GraphHit, ...]:
        """Assets with exactly one of these names (normal form of `ecp.domain.words`)."""
        ...

    async def known_issues(self, metrics: Sequence[str], version: str) -> tuple[str, ...]:
        """Ids of tribal knowledge about these metrics or about everything."""
        ...

    async def lineage(self, target: str, depth: int, version: str) -> LineageGraph: ...
    async def related(
        self, origins: Sequence[Place], relation: str, version: str, *, outgoing: bool
    ) -> tuple[tuple[Place, Place], ...]:
        """Pairs of an origin and what it is linked with over a relation, along it or (not outgoing) against it."""
        ...

    async def publish(self, assets: Sequence[AnyAsset], version: str) -> None:
        """Writes the whole version in one transaction; older versions but the last two are removed."""
        ...

    async def ping(self) -> None: ...
    async def close(self) -> None: ...


class SemanticLayer(Protocol):
    """Executes plans over the warehouse: a Cube server, or our engine for the subset we emit."""

    async def meta(self) -> SemanticMeta: ...
    async def load(self, query: CubeQuery, *, timeout: float) -> QueryResult: ...
    async def ping(self) -> None: ...
    async def close(self) -> None: ...


class PolicyEngine(Protocol):
    """Decides `data.ecp.decision`. Anything but a well-formed decision of the expected version is an error."""

    async def decide(self, question: PolicyInput, *, timeout: float) -> Decision: ...
    async def version(self) -> str: ...
    async def ping(self) -> None: ...
    async def close(self) -> None: ...


class Embedder(Protocol):
    """Texts to unit vectors of `dimensions`; `name` identifies model and version."""

    name: str
    dimensions: int

    async def load(self) -> None:
        """Does beforehand what would take long the first time; asks nobody."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]: ...

    async def ping(self) -> None:
        """Raises what `embed` would, where somebody has to be asked."""
