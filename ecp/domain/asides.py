"""What is said beside a question and only tells who asks or is busy with what: "We are preparing the report. What
was …", "As a CFO, I want to see …"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ecp.domain.cover import Span
from ecp.domain.intent import Intent
from ecp.domain.language import AVERAGES, NEGATIONS, SHARES

_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]+")
_BUSY = re.compile(
    r"\s*(?:hi\W+|hello\W+)?"
    r"(?:(?:i['’]?m|i am|we['’]?re|we are) (?:\w+ )?\w+ing|i have a|we have a|this is for|it['’]?s for)\b",
    re.I,
)
_AS_SOMEBODY = re.compile(r"\s*as (?:an?|the|your|our) [^,.:;!?]{1,50}?,?\s+(?=(?:i|we)\b)", re.I)
_FIRM = frozenset({"firm", "firm's", "firm’s"})
_OURS = frozenset({"the", "our", "whole", "entire"})
_KEPT_IN = frozenset({"database", "dataset"})
_WHERE = frozenset({"in", "from", "within", "inside"})
_NOT_ONLY_WHO = SHARES | AVERAGES | {"of", "in", "for", "at", "from", "on", "with", "to", "sum", "median", "rank"}
_SETTLES = NEGATIONS | {"only", "just", "assume", "assuming", "use", "using", "counting", "defining", "meaning"}


def words_in_passing(intent: Intent, spans: tuple[Span, ...]) -> Iterator[int]:
    """The token positions of such sentences and clauses: about the asker, with nothing in them that is known or that
    settles how the question is meant."""
    for sentence in _SENTENCE.finditer(intent.text):
        inside = _inside(intent, sentence)
        settles = any(intent.tokens[i].norm in _SETTLES for i in inside)
        if _BUSY.match(sentence.group()) and not settles and len(inside) < len(intent.tokens):
            yield from _unless_known(inside, spans)
    yield from _whole_enterprise(intent, spans)
    yield from _where_it_is_kept(intent, spans)
    if clause := _AS_SOMEBODY.match(intent.text):
        inside = _inside(intent, clause)
        if not any(intent.tokens[i].norm in _NOT_ONLY_WHO for i in inside):
            yield from _unless_known(inside, spans)


def _whole_enterprise(intent: Intent, spans: tuple[Span, ...]) -> Iterator[int]:
    """ "across the firm", "the firm's": the enterprise itself, and neither one of several nor "the firm plan"."""
    words, named = intent.tokens, _named(spans)
    for at in range(1, len(words)):
        firm = words[at].norm == "firm" and words[at].text.lower() in _FIRM and words[at - 1].norm in _OURS
        ends = at + 1 == len(words) or at + 1 in intent.plain or any(t.first == at + 1 for t in intent.times)
        if firm and at not in named and (ends or words[at].text.lower() != "firm"):
            yield at


def _where_it_is_kept(intent: Intent, spans: tuple[Span, ...]) -> Iterator[int]:
    """ "all A in the database": whatever is kept of it."""
    words, named = intent.tokens, _named(spans)
    for at in range(2, len(words)):
        told = words[at].norm in _KEPT_IN and words[at - 1].norm in _OURS | {"this"} and words[at - 2].norm in _WHERE
        if told and at not in named:
            yield at


def _named(spans: tuple[Span, ...]) -> set[int]:
    return {at for s in spans if s.what == "name" for at in range(s.first, s.last + 1)}


def _inside(intent: Intent, part: re.Match[str]) -> list[int]:
    return [i for i, t in enumerate(intent.tokens) if part.start() <= t.start < part.end()]


def _unless_known(inside: list[int], spans: tuple[Span, ...]) -> list[int]:
    known = any(inside and s.first <= inside[-1] and s.last >= inside[0] for s in spans)
    return [] if known else inside
