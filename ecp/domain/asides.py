"""Sentences beside a question that only say what the asker is busy with: "We are preparing the report. What was …"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ecp.domain.cover import Span
from ecp.domain.intent import Intent
from ecp.domain.language import NEGATIONS

_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]+")
_BUSY = re.compile(
    r"\s*(?:hi\W+|hello\W+)?"
    r"(?:(?:i['’]?m|i am|we['’]?re|we are) (?:\w+ )?\w+ing|i have a|we have a|this is for|it['’]?s for)\b",
    re.I,
)
_SETTLES = NEGATIONS | {"only", "just", "assume", "assuming", "use", "using", "counting", "defining", "meaning"}


def words_in_passing(intent: Intent, spans: tuple[Span, ...]) -> Iterator[int]:
    """The token positions of such sentences: about the asker, with nothing in them that is known or that settles how
    the question is meant."""
    for sentence in _SENTENCE.finditer(intent.text):
        inside = [i for i, t in enumerate(intent.tokens) if sentence.start() <= t.start < sentence.end()]
        known = any(inside and s.first <= inside[-1] and s.last >= inside[0] for s in spans)
        settles = any(intent.tokens[i].norm in _SETTLES for i in inside)
        if _BUSY.match(sentence.group()) and not known and not settles and len(inside) < len(intent.tokens):
            yield from inside
