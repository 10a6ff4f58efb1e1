"""Words for how something changes: what they compare with, or the course of time they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import CHANGES
from ecp.domain.time import ComparisonMention

_IN_PERCENT = frozenset({"percent", "percentage", "pct", "rate", "relative"})
# A stretch that is told by its ends: what it is compared with could be the one before, or its own beginning.
_STRETCH = re.compile(r"\b(?:since|between|from|until)\b", re.I)
_COURSE = re.compile(r"\b(?:since|between|over|past)\b|\b(?:last|previous) (?:\d+|[a-z]+) [a-z]+s\b", re.I)


def words_of_change(intent: Intent, left: Iterable[int]) -> list[int]:
    """ "growth", and "percent growth": both say that something is compared."""
    words = [at for at in sorted(left) if intent.tokens[at].norm in CHANGES]
    beside = {at + step for at in words for step in (-1, 1)} & set(left)
    if words:
        beside |= {at for at in left if [t.norm for t in intent.tokens[max(at - 2, 0) : at]] == ["by", "what"]}
    return sorted({*words, *(at for at in beside if intent.tokens[at].norm in _IN_PERCENT)})


def period_before(intent: Intent, left: Iterable[int], times: tuple[TimeSpan, ...]) -> TimeSpan | None:
    """ "growth last quarter": the period before as what is compared with. Of a question without a period it could be
    any, and there it is not guessed."""
    words = words_of_change(intent, left)
    if not words or len(times) != 1 or times[0].found.type != "time" or asks_for_a_course(intent, left, times):
        return None
    if _STRETCH.search(_with_preposition(intent, times[0])):
        return None
    word = intent.tokens[words[0]]
    found = ComparisonMention(start=word.start, end=word.end, text=word.text, kind="previous_period")
    return TimeSpan(first=words[0], last=words[0], found=found)


def asks_for_a_course(intent: Intent, left: Iterable[int], times: tuple[TimeSpan, ...]) -> bool:
    """ "how has it changed since 2020": a course over time."""
    timed = [t for t in times if t.found.type == "time"]
    said = len(times) == 1 and bool(timed) and _COURSE.search(_with_preposition(intent, timed[0]))
    return asks_how(intent) and bool(words_of_change(intent, left)) and bool(said)


def asks_how(intent: Intent) -> bool:
    """How something went, and not how much of it there was."""
    first = tuple(t.norm for t in intent.tokens[:2])
    return first[:1] == ("how",) and first[1:] not in (("much",), ("many",))


def _with_preposition(intent: Intent, span: TimeSpan) -> str:
    first = intent.tokens[max(span.first - 2, 0)].start
    return intent.text[first : span.found.end]
