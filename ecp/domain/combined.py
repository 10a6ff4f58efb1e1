""" "The total of the top five", "what percentage comes from the top three": one number of those that come first."""

from __future__ import annotations

from collections.abc import Iterable

from ecp.domain.intent import Intent
from ecp.domain.language import (
    ARTICLES,
    BE,
    EVERY,
    POSSESSIVES,
    SHARES,
    SUMS,
    TOGETHER,
    VERB_BEHIND,
    Cue,
)
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.values import Value

_WHOSE = ARTICLES | POSSESSIVES | {"all", "these", "those"}
_COMING_FROM = frozenset({"from", "to", "by", "in", "at", "with"})


class Combined(Value):
    """The words that ask for a number of all that come first: how much these are together, or which part of the whole;
    `only`: nothing else is an answer."""

    text: str
    only: bool = True


def find_combined(intent: Intent, ranked: Iterable[Cue], mentions: Iterable[Mention]) -> Combined | None:
    """What is asked of those that come first all at once. The first of all alone is no sum."""
    known = tuple(mentions)
    for cue in (c for c in ranked if c.number is not None and c.number > 1):
        if (at := _adding_up(intent, cue)) is not None:
            return Combined(text=intent.tokens[at].text)
        if _is_a_part(intent, cue):
            return Combined(text=intent.text[intent.tokens[cue.first].start : intent.tokens[cue.last].end])
        summed = (m.first for m in known if m.role in MEASURED and m.last < cue.first)
        total = next((at for first in summed for at in _before(intent, first) if intent.norm(at) in SUMS), None)
        if total is not None:
            return Combined(text=intent.tokens[total].text, only=False)
    return None


def _before(intent: Intent, first: int) -> range:
    """The word before what is measured, and the one before "of"."""
    return range(first - 1, first - 2 - (intent.norm(first - 1) == "of"), -1)


def _adding_up(intent: Intent, cue: Cue) -> int | None:
    """ "the total of the top five", "the total A of the top five", "the top five together"."""
    together = (at for at, token in enumerate(intent.tokens) if token.norm in TOGETHER)
    if (at := next((at for at in together if intent.norm(at + 1) != "with"), None)) is not None:
        return at
    of = intent.before(cue.first - 1, _WHOSE)
    summed = intent.before(of - 1, _WHOSE)
    return summed if intent.norm(of) == "of" and intent.norm(summed) in SUMS else None


def _is_a_part(intent: Intent, cue: Cue) -> bool:
    """ "what percentage came from the top 3 places", "do our top 3 places make up": that of the three together, and
    not of each."""
    said = [t.norm for t in intent.tokens]
    asked = said[:1] == ["what"] and not SHARES.isdisjoint(said[1:4])
    if not (asked or said[:3] == ["how", "much", "of"]) or not EVERY.isdisjoint(said):
        return False
    before = intent.before(cue.first - 1, _WHOSE)
    leads = intent.norm(before) in _COMING_FROM and intent.tokens[before].text == intent.norm(before)
    return leads or intent.norm(before) in VERB_BEHIND | BE
