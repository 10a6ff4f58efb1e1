"""Words for how something changes: what they compare with, or the course of time they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import CHANGES, FALLING, IN_PERCENT, Cue
from ecp.domain.time import ComparisonMention
from ecp.domain.values import Value


class Change(Value):
    """What of a change decides an order; `falls`: the largest one is the one furthest down. `for_the` better or worse:
    which way that is, the metric says."""

    by: Literal["variance", "variance_pct"]
    falls: bool
    for_the: Literal["better", "worse"] | None = None


_JUDGED: dict[Literal["better", "worse"], tuple[str, ...]] = {
    "better": ("improve",),
    "worse": ("worsen", "deteriorate"),
}
_BESIDE = frozenset({"with", "and", "including", "plus", "vs", "versus", "compared", "show"})
_IN_PERCENT = frozenset({"percent", "percentage", "pct", "rate", "relative"})
# A stretch that is told by its ends: what it is compared with could be the one before, or its own beginning.
_STRETCH = re.compile(r"\b(?:since|between|from|until)\b", re.I)
_COURSE = re.compile(r"\b(?:since|between|over|past)\b|\b(?:last|previous) (?:\d+|[a-z]+) [a-z]+s\b", re.I)


def asks_by_change(intent: Intent, ranking: Cue | None, words: Iterable[int]) -> Change | None:
    """ "the highest growth", "dropped the most": what decides the order is the change; "top 5 by A and how it changed"
    has its own. None where nothing changes."""
    said = [intent.tokens[at].norm for at in words if ranking and _ranks(intent, ranking, at)]
    if not said:
        return None
    falls = any(norm in FALLING for norm in said)
    judged = next((side for norm in said for side, words in _JUDGED.items() if norm.startswith(words)), None)
    return Change(by="variance_pct" if IN_PERCENT & set(said) else "variance", falls=falls, for_the=judged)


def _ranks(intent: Intent, ranking: Cue, at: int) -> bool:
    """Whether a word of change is what is ranked: with nothing that sets another thing beside it in between."""
    first, last = (ranking.last, at) if ranking.last < at else (at, ranking.first)
    between = {t.norm for t in intent.tokens[first + 1 : last]}
    return not between & _BESIDE and not any(first < t.first < last for t in intent.times)


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
