"""By which of two numbers those come first that are asked for, where a question leaves it open."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ecp.domain.cover import Span, cues_of, is_time
from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES, SIZED, Cue
from ecp.domain.mentions import MEASURED, Mention

_OF_THOSE = frozenset({"of", "for", "in", "from", "across", "among", "at"})
_SINGLE = frozenset({"a", "an", "one", "single", "any"})
_BY = frozenset({"by", "in", "on", "for"})
_BY_ONE = "by which of the two numbers do they come first? name one behind “by”"
_OF_EACH = "of all together, or the first of each group? ask as in “the best month for each …”"
_BY_BOTH = "the first by each of two numbers are two lists: ask for one after the other"


def left_open(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], *, divided: bool
) -> Iterator[str]:
    """What cannot be told, each with its reason."""
    cues = tuple(cues_of(spans, "top", "bottom"))
    measured = [m for m in mentions if m.role in MEASURED]
    groups = {m.first for m in mentions if m.role == "group"}
    if cues and groups:
        units = (s for s in spans if is_time(s, "grain") and _is_a_single_one(intent, s))
        yield from (f"{_text(intent, s.first, s.last)} ({_OF_EACH})" for s in units)
    if divided and len(measured) > 1 and all(m.role != "order" for m in measured):
        last = max(m.last for m in measured)
        asked = (c for c in cues if c.first > last and c.last + 1 in groups and _is_of_those(intent, c))
        yield from (f"{_text(intent, c.first, c.last)} ({_BY_ONE})" for c in asked)
    yield from (f"{intent.tokens[at].text} ({_BY_BOTH})" for at in _in_both(intent, cues, measured))


def _is_a_single_one(intent: Intent, span: Span) -> bool:
    """ "in a single day", "in any month"."""
    return not _SINGLE.isdisjoint(intent.norm(at) for at in range(span.first - 1, span.last))


def _is_of_those(intent: Intent, cue: Cue) -> bool:
    """ "of the five largest places", "for the top 5 places": those that are the first by themselves."""
    leads = {intent.norm(at) for at in range(max(cue.first - 2, 0), cue.first)}
    return bool(leads & _OF_THOSE or SIZED & {intent.norm(cue.first), intent.norm(cue.last)})


def _in_both(intent: Intent, cues: tuple[Cue, ...], measured: list[Mention]) -> Iterator[int]:
    """ "which places have both the highest A and B", "the top 5 in both A and B", "the highest in A as well as B"."""
    ends = {b.first: a for a, b in pairwise(measured) if _are_joined(intent, a, b)}
    starts = {a.first for a in ends.values()}
    for at in (i for i, t in enumerate(intent.tokens) if t.norm == "both"):
        after = at + 1 + (intent.norm(at + 1) in ARTICLES)
        before = any(after == c.first and c.last + 1 in starts for c in cues)
        by = intent.norm(at - 1) in _BY and any(c.last < at for c in cues)
        if before or (by and after in starts):
            yield at


def _are_joined(intent: Intent, one: Mention, other: Mention) -> bool:
    between = [intent.norm(at) for at in range(one.last + 1, other.first)]
    return [norm for norm in between if norm not in ARTICLES | {"by", "in"}] == ["and"]


def _text(intent: Intent, first: int, last: int) -> str:
    return intent.text[intent.tokens[first].start : intent.tokens[last].end]
