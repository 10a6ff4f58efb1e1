"""Answers held for a while: the stored resolution itself, as long as everything that it rests on is as it was.

A key is what was asked, by whom and for which day. The versions of registry, policy and data are kept beside the
answer and compared each time it is wanted, as the policy decides anew each time.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from ecp.domain.answer import Resolution
from ecp.domain.authorization import Decision, PolicyInput
from ecp.domain.question import Question
from ecp.run import Run

KEPT_STATUSES = frozenset({"complete", "unresolved"})


@dataclass(frozen=True)
class Kept:
    """An answer and under what it was given. `digest` as its first audit record has it; `at` in the clock's seconds."""

    question: Question
    resolution: Resolution
    put: PolicyInput
    decision: Decision
    digest: str
    at: float

    def shown(self, now: float) -> Resolution:
        """The same answer, which says how old it is."""
        age = round(self.resolution.age_seconds + max(0.0, now - self.at), 3)
        return self.resolution.model_copy(update={"cached": True, "age_seconds": age})


class AnswerCache:
    """Bounded in number and age; what was not wanted for longest goes first. `clock` is monotonic seconds."""

    def __init__(self, clock: Callable[[], float], *, seconds: float, most: int) -> None:
        self._clock = clock
        self._seconds = seconds
        self._most = most
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    @property
    def on(self) -> bool:
        return self._seconds > 0 and self._most > 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> Kept | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if self._clock() - kept.at >= self._seconds:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return kept

    def put(self, key: str, run: Run) -> None:
        """Keeps the answer of a run that ended, if it is one that may be given again."""
        if not self.on or (kept := kept_of(run, self._clock())) is None:
            return
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def drop(self, key: str, kept: Kept) -> None:
        """Unless something newer has taken its place."""
        if self._kept.get(key) is kept:
            del self._kept[key]


def key_of(question: Question) -> str:
    """The question but for its spaces, and everything that understanding and policy know of the asker."""
    asked = question.model_copy(update={"text": " ".join(question.text.split())})
    return hashlib.sha256(asked.model_dump_json().encode()).hexdigest()


def kept_of(run: Run, now: float) -> Kept | None:
    """What is kept of the run: nothing of one that was degraded, denied, asked back or failed, and no numbers of
    data that have no version."""
    resolution, authorised = run.resolution, run.authorised
    if run.error is not None or resolution is None or authorised is None or run.degradations:
        return None
    if resolution.status not in KEPT_STATUSES or not authorised.decision.allowed or resolution.degradations:
        return None
    if run.question.execute and resolution.provenance.data_version is None:
        return None
    if any(node.status not in ("complete", "reused") for node in resolution.provenance.dag.nodes):
        return None
    return Kept(run.question, resolution, authorised.put, authorised.decision, digest_of_answer(resolution), now)


def digest_of_answer(resolution: Resolution) -> str:
    return hashlib.sha256(json.dumps(resolution.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()
