"""Words for how something changes: what they compare with, or the course of time they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import CHANGES
from ecp.domain.time import ComparisonMention

# A whole year: before it there is only the year before, whatever convention one follows.
_IN_PERCENT = frozenset({"percent", "pct", "rate", "relative"})
_YEAR = re.compile(
    r"(?:in |of |for |during )?(?:(?:fiscal |calendar )?(?:year )?(?:fy ?)?(?:19|20)\d\d|last year)", re.I
)
_COURSE = re.compile(r"\b(?:since|between|over|past)\b|\b(?:last|previous) (?:\d+|[a-z]+) [a-z]+s\b", re.I)


def words_of_change(intent: Intent, left: Iterable[int]) -> list[int]:
    """ "growth", and "percent growth": both say that something is compared."""
    words = [at for at in sorted(left) if intent.tokens[at].norm in CHANGES]
    beside = {at + step for at in words for step in (-1, 1)} & set(left)
    return sorted({*words, *(at for at in beside if intent.tokens[at].norm in _IN_PERCENT)})


def year_before(intent: Intent, left: Iterable[int], times: tuple[TimeSpan, ...]) -> TimeSpan | None:
    """ "growth in 2025": the year before as what is compared with. Of a quarter or a month it could be the one before
    or the one a year before, and of a question without a period anything: there it is not guessed."""
    words = words_of_change(intent, left)
    if (
        not words
        or len(times) != 1
        or times[0].found.type != "time"
        or not _YEAR.fullmatch(times[0].found.text.strip())
    ):
        return None
    word = intent.tokens[words[0]]
    found = ComparisonMention(start=word.start, end=word.end, text=word.text, kind="previous_period")
    return TimeSpan(first=words[0], last=words[0], found=found)


def asks_for_a_course(intent: Intent, left: Iterable[int], times: tuple[TimeSpan, ...]) -> bool:
    """ "how has it changed since 2020": a course over time."""
    how = bool(intent.tokens) and intent.tokens[0].norm == "how"
    timed = [t for t in times if t.found.type == "time"]
    said = len(times) == 1 and bool(timed) and _COURSE.search(_with_preposition(intent, timed[0]))
    return how and bool(words_of_change(intent, left)) and bool(said)


def _with_preposition(intent: Intent, span: TimeSpan) -> str:
    first = intent.tokens[max(span.first - 2, 0)].start
    return intent.text[first : span.found.end]
