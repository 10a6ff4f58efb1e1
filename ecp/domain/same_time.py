""" "This time last year", where nothing else is told: not what something is compared with, but its own time."""

from __future__ import annotations

import re

from ecp.domain.language import CHANGES, COMPARATIVES, FALLING, RISING
from ecp.domain.time import ComparisonMention, TimeMention, find_times
from ecp.domain.time import Mention as TimeFound
from ecp.domain.words import tokens

_YEAR_BEFORE = r"(?:(?:in |of )?(?:the )?(?:last|previous|prior) year|(?:a|one) year (?:ago|earlier|before))"
_SAID = re.compile(rf"(?:the )?(?:this|same) (?:time|point|date|day)(?: in time)? {_YEAR_BEFORE}", re.I)
_LEADING = re.compile(r"(?:\b(?:as of|as at|at|by|on)(?: the)?\s+)$", re.I)
_HELD_APART = re.compile(
    r"\b(?:from|over|since|to|until|till|before|after|and|or|with|of|between|than|through)(?: the)?\s+$", re.I
)
_AGAINST = frozenset({"vs", "v", "versus", "against", "compare", "compared", "comparison", "comparing", "relative"})
_MOVING = CHANGES | COMPARATIVES | RISING | FALLING | _AGAINST
_SO_FAR_A_YEAR_AGO = "year to date a year ago"


def as_its_own_time(text: str, found: tuple[TimeFound, ...]) -> tuple[TimeFound, ...]:
    """The times of a text, of which the only one is the year before up to the same day. A level is told of that day."""
    if len(found) != 1 or not isinstance(found[0], ComparisonMention) or not _SAID.fullmatch(found[0].text):
        return found
    said = found[0]
    before = text[: said.start]
    leading = _LEADING.search(before)
    held = leading is None and _HELD_APART.search(before)
    if held or any(t.norm in _MOVING for t in tokens(text[: said.start] + text[said.end :])):
        return found
    start = leading.start() if leading else said.start
    own = next((m for m in find_times(_SO_FAR_A_YEAR_AGO) if isinstance(m, TimeMention)), None)
    return (own.model_copy(update={"start": start, "end": said.end, "text": text[start : said.end]}),) if own else found
