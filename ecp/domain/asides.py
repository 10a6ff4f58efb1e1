"""What is said beside a question and only tells who asks or is busy with what: "We are preparing the report. What
was …", "As a CFO, I want to see …"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ecp.domain.cover import Span, is_limit, is_measured
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
_ALL_OF_IT = frozenset({"complete", "full", "whole", "entire"})
_EVERYWHERE = frozenset({"worldwide", "globally"})
_WHERE = frozenset({"in", "from", "within", "inside"})
# All of what an enterprise runs.
_WHOLES = frozenset(
    {"network", "platform", "system", "footprint", "estate", "portfolio", "board", "catalogue", "catalog"}
)
_OPERATIONS = frozenset({"operation"})
_THROUGHOUT = frozenset({"across", "throughout", "over", "on", "in", "within"})
_OF_ALL = _THROUGHOUT | {"of", "from", "for"}
_TABLE = frozenset({"table"})
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
    yield from _all_over_the_world(intent, spans)
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


def _throughout(intent: Intent, spans: tuple[Span, ...]) -> Iterator[int]:
    """ "across the network", "on our platform", "of all our operations": everywhere, where nothing is called so and it
    ends what is said."""
    words, named = intent.tokens, _named(spans)
    for at in range(2, len(words)):
        whole = words[at].norm in _WHOLES and words[at].text == words[at].norm
        several = words[at].norm in _OPERATIONS and words[at].text == f"{words[at].norm}s"
        first = next((i for i in range(at - 1, -1, -1) if words[i].norm not in _OURS | {"all"}), 0)
        leads = 0 < first < at - 1 and words[first].norm in (_OF_ALL if several else _THROUGHOUT)
        if (whole or several) and at not in named and leads and _ends_here(intent, at):
            yield from range(first, at + 1)


def _ends_here(intent: Intent, at: int) -> bool:
    behind = at + 1 == len(intent.tokens) or at + 1 in intent.plain
    return behind or bool(intent.gap(at, at + 1).strip()) or any(t.first == at + 1 for t in intent.times)


def without_everywhere(intent: Intent, spans: tuple[Span, ...]) -> tuple[tuple[Span, ...], set[int]]:
    """The spans but for those inside "across the network" and "in the A table", where something else is asked for, and
    the positions of these words: they limit nothing."""
    told = set(_throughout(intent, spans))
    names = {s.last: s for s in spans if s.what == "name"}
    for at in (i for i, word in enumerate(intent.tokens) if word.norm in _TABLE):
        inside = names.get(at - 1)
        if inside and is_measured(inside) and min(names) < inside.first and _is_kept_in(intent, inside):
            told.update(range(inside.first, at + 1))
    return tuple(s for s in spans if s.first not in told), told


def _is_kept_in(intent: Intent, span: Span) -> bool:
    before = span.first - 1 - (intent.tokens[span.first - 1].norm in _OURS)
    return before > 0 and intent.tokens[before].norm in _WHERE


def _where_it_is_kept(intent: Intent, spans: tuple[Span, ...]) -> Iterator[int]:
    """ "all A in the (complete) database": whatever is kept of it."""
    named = _named(spans)
    for at in (i for i in range(2, len(intent.tokens)) if _is_where_it_is_kept(intent, i) and i not in named):
        first = at - (intent.norm(at - 1) == "data")
        first -= intent.norm(first - 1) in _ALL_OF_IT
        whose = first - (intent.norm(first - 1) in _OURS | {"this"})
        if whose < first and intent.norm(whose - 1) in _WHERE:
            yield from range(first, at + 1)


def _is_where_it_is_kept(intent: Intent, at: int) -> bool:
    return intent.norm(at) in _KEPT_IN or (intent.norm(at - 1), intent.norm(at)) == ("data", "set")


def _all_over_the_world(intent: Intent, spans: tuple[Span, ...]) -> Iterator[int]:
    """ "A worldwide", where no member limits it: everywhere."""
    if not any(is_limit(s) for s in spans):
        yield from (at for at in range(len(intent.tokens)) if intent.norm(at) in _EVERYWHERE)


def _named(spans: tuple[Span, ...]) -> set[int]:
    return {at for s in spans if s.what == "name" for at in range(s.first, s.last + 1)}


def _inside(intent: Intent, part: re.Match[str]) -> list[int]:
    return [i for i, t in enumerate(intent.tokens) if part.start() <= t.start < part.end()]


def _unless_known(inside: list[int], spans: tuple[Span, ...]) -> list[int]:
    known = any(inside and s.first <= inside[-1] and s.last >= inside[0] for s in spans)
    return [] if known else inside
