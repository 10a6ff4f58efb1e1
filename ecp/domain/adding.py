"""Several periods that a word adds up: "May and June together", "the total of Q1 and Q2", "May + June"."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

from ecp.domain.calendar import ONE_DAY
from ecp.domain.language import COMPARATIVES, SHARES, TOGETHER
from ecp.domain.time import Period, TimeMention, YearMention, find_times
from ecp.domain.time.expressions import Relative
from ecp.domain.time.frame import finest
from ecp.domain.values import Value

Said = TimeMention | YearMention
DO_NOT_ADJOIN = "these do not follow each other, so they are no one period to add up: ask for each of them"
_TOTAL = "total"
_ADDING = re.compile(
    rf"\b(?:in total|in all|{'|'.join(sorted(TOGETHER))}|sum|summed|added (?:up|together)|total)\b", re.IGNORECASE
)
# "as a share of total": all there is of something.
_A_WHOLE = re.compile(rf"(?:%|\b(?:{'|'.join(sorted(SHARES))}))\s+(?:of|to)\s+(?:the\s+|our\s+)?$", re.IGNORECASE)
_BETWEEN = re.compile(r"[^\W\d_]+|[^\w\s]")
_LISTING = frozenset({"and", "plus", "&", "+", ","})
_SIGNS = frozenset({"plus", "+"})
_LEADING = frozenset({"in", "for", "of", "during", "the"})
_HELD_APART = re.compile(
    rf"\b(?:{'|'.join(sorted(COMPARATIVES))})\b(?!\s+than\s+[\W_]?\d)"
    r"|\b(?:compar\w+|differ\w*|chang\w+|grow\w*|grew|respectively|separately|apart)\b"
    r"|\bwhich (?:is|was|were|one|of|month|quarter|half|year|week|period)\b",
    re.IGNORECASE,
)


class Added(Value):
    """`word` is what adds them up; `period` is all of them at once, None where they do not adjoin."""

    word: str
    said: TimeMention | YearMention
    period: Period | None


def added_up(text: str, own: list[tuple[Said, Period]]) -> Added | None:
    """What the periods of a text are together; None where nothing adds them up, or they are held against each other."""
    own = sorted(own, key=lambda each: each[0].start)
    if len(own) < 2 or _HELD_APART.search(text):
        return None
    between = [_between(text, a, b) for (a, _), (b, _) in pairwise(own)]
    if not all(words & _LISTING and words <= _LISTING | _LEADING for words in between):
        return None
    word = next(iter(_SIGNS & set().union(*between)), None) or _word(text, [said for said, _ in own])
    if word is None or (word == _TOTAL and (_alike_in_other_years([p for _, p in own]) or _told_from_today(own))):
        return None
    first, last = own[0][0], own[-1][0]
    said = first.model_copy(update={"end": last.end, "text": text[first.start : last.end]})
    return Added(word=word, said=said, period=_at_once(sorted((p for _, p in own), key=_start)))


def _between(text: str, one: Said, other: Said) -> frozenset[str]:
    return frozenset(w.casefold() for w in _BETWEEN.findall(text[one.end : other.start]))


def _word(text: str, said: list[Said]) -> str | None:
    """The word that adds up, outside of the periods themselves; "total" only where there is no plainer one."""
    found = [m for m in _ADDING.finditer(text) if not any(s.start <= m.start() < s.end for s in said)]
    found = [m for m in found if not _A_WHOLE.search(text[: m.start()])]
    words = [m.group().casefold() for m in found]
    return next((w for w in words if w != _TOTAL), next(iter(words), None))


def _alike_in_other_years(periods: list[Period]) -> bool:
    """ "Total A in May 2024 and May 2025": the same part of years that do not adjoin; nobody adds these up."""
    apart = any(b.start != a.end + ONE_DAY for a, b in pairwise(sorted(periods, key=_start)))
    return apart and len({(p.granularity, p.start.month, p.start.day, p.end.month) for p in periods}) == 1


def _told_from_today(own: list[tuple[Said, Period]]) -> bool:
    """ "Total A this week and last week": where it stands, not what the two come to."""
    found = [find_times(said.text) for said, _ in own]
    return all(len(f) == 1 and isinstance(getattr(f[0], "expression", None), Relative) for f in found)


def _at_once(periods: list[Period]) -> Period | None:
    if any(b.start != a.end + ONE_DAY for a, b in pairwise(periods)):
        return None
    first, last = periods[0], periods[-1]
    grain = first.granularity
    for period in periods[1:]:
        grain = finest(grain, period.granularity)
    basis = first.calendar if len({p.calendar for p in periods}) == 1 else "calendar"
    label = f"{first.label} – {last.label}"
    return Period(
        start=first.start, end=last.end, granularity=grain, calendar=basis, label=label, rule="all of them, added up"
    )


def _start(period: Period) -> date:
    return period.start
