"""Sums up to each point of a course: "the running total of A", "cumulative A by month"."""

from __future__ import annotations

from collections.abc import Iterable

from ecp.domain.intent import Intent
from ecp.domain.language import ACCUMULATED, SUMS
from ecp.domain.values import Value


class Running(Value):
    """A running total, as it was said. `words` are the token positions that this explains; `course`: the words ask for
    a course themselves ("running", of which a sum alone would be none)."""

    text: str
    words: tuple[int, ...]
    course: bool


def find_running(intent: Intent, left: Iterable[int]) -> Running | None:
    """The running total that a question asks for, once."""
    said = [at for at in sorted(left) if intent.norm(at) in ACCUMULATED or _runs(intent, at)]
    if len(said) != 1:
        return None
    at = said[0]
    words = (at, *(i for i in (at + 1,) if intent.norm(i) in SUMS and i in set(left)))
    text = intent.text[intent.tokens[at].start : intent.tokens[words[-1]].end]
    return Running(text=text, words=words, course=_runs(intent, at))


def _runs(intent: Intent, at: int) -> bool:
    return intent.norm(at) == "running" and intent.norm(at + 1) in SUMS
