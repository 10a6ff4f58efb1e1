"""The first look at a question: its words, its times, its cues and the phrases worth looking up.

Pure and without vocabulary: what the phrases name is the registry's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ecp.domain.language import (
    CUES,
    EDGES_OF_NO_NAME,
    FUNCTION_WORDS,
    LONGEST_CUE,
    NUMBER_WORDS,
    NUMERIC_CUES,
    SCALES,
    Cue,
)
from ecp.domain.time import Mention as TimeFound
from ecp.domain.time import find_times
from ecp.domain.values import Value
from ecp.domain.words import Token, tokens

LONGEST_PHRASE = 6
_NUMBER = re.compile(r"\s*[$€£¥]?\s*(\d[\d,]*(?:\.\d+)?)\s*(k|m|mn|mio|bn|b|thousand|million|billion)?\b(?!\s*-)", re.I)


class Phrase(Value):
    """Some words in a row that may be a name; token positions, inclusive."""

    first: int
    last: int
    form: str


class TimeSpan(Value):
    """A temporal expression and the tokens it takes."""

    first: int
    last: int
    found: TimeFound


class NumberFilter(Value):
    """ "over 1 million": the operator of the contract and the number."""

    first: int
    last: int
    operator: str
    value: float


class Intent(Value):
    """A question taken apart, before anything is known of the enterprise."""

    text: str
    tokens: tuple[Token, ...]
    cues: tuple[Cue, ...]
    times: tuple[TimeSpan, ...]
    numbers: tuple[NumberFilter, ...]
    phrases: tuple[Phrase, ...]

    @property
    def forms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(p.form for p in self.phrases))


def read_intent(text: str) -> Intent:
    """Takes a question apart. Never raises for any text."""
    words = tokens(text)
    cues = tuple(_cues(words))
    return Intent(
        text=text,
        tokens=words,
        cues=tuple(_with_limits(cues, words)),
        times=tuple(_times(text, words)),
        numbers=tuple(_numbers(text, words, cues)),
        phrases=tuple(_phrases(words)),
    )


def is_function_word(word: Token, *, shouting: bool) -> bool:
    """An acronym in capitals ("IT", "US") is a name, unless the whole question is in capitals."""
    acronym = not shouting and len(word.text) > 1 and word.text.isupper()
    return word.norm in FUNCTION_WORDS and not acronym


def is_shouting(words: tuple[Token, ...]) -> bool:
    return sum(len(w.text) for w in words) > 4 and all(not w.text.isalpha() or w.text.isupper() for w in words)


def _cues(words: tuple[Token, ...]) -> Iterator[Cue]:
    at = 0
    while at < len(words):
        length = next((n for n in range(LONGEST_CUE, 0, -1) if _key(words, at, n) in CUES), 0)
        if length:
            yield Cue(kind=CUES[_key(words, at, length)], first=at, last=at + length - 1)
        at += length or 1


def _key(words: tuple[Token, ...], at: int, length: int) -> tuple[str, ...]:
    found = words[at : at + length]
    return tuple(w.norm for w in found) if len(found) == length else ()


def _with_limits(cues: tuple[Cue, ...], words: tuple[Token, ...]) -> Iterator[Cue]:
    """ "top 5", "5 largest": the number belongs to the cue."""
    for cue in cues:
        yield _with_limit(cue, words) if cue.kind in ("top", "bottom") else cue


def _with_limit(cue: Cue, words: tuple[Token, ...]) -> Cue:
    after, before = _count(words, cue.last + 1), _count(words, cue.first - 1)
    if after is not None:
        return Cue(kind=cue.kind, first=cue.first, last=cue.last + 1, number=after)
    if before is not None:
        return Cue(kind=cue.kind, first=cue.first - 1, last=cue.last, number=before)
    return cue


def _count(words: tuple[Token, ...], at: int) -> int | None:
    if not 0 <= at < len(words):
        return None
    norm = words[at].norm
    number = int(norm) if norm.isascii() and norm.isdigit() and len(norm) <= 4 else NUMBER_WORDS.get(norm)
    return number if number and number <= 1000 else None


def _times(text: str, words: tuple[Token, ...]) -> Iterator[TimeSpan]:
    for found in find_times(text):
        inside = [i for i, w in enumerate(words) if w.start < found.end and w.end > found.start]
        if inside:
            yield TimeSpan(first=inside[0], last=inside[-1], found=found)


_OPERATORS = {"more": "gt", "less": "lt", "at_least": "gte", "at_most": "lte"}


def _numbers(text: str, words: tuple[Token, ...], cues: tuple[Cue, ...]) -> Iterator[NumberFilter]:
    for cue in cues:
        match = _NUMBER.match(text, words[cue.last].end) if cue.kind in NUMERIC_CUES else None
        if match:
            value = float(match[1].replace(",", "")) * SCALES.get((match[2] or "").lower(), 1)
            last = max(i for i, w in enumerate(words) if w.start < match.end())
            yield NumberFilter(first=cue.first, last=last, operator=_OPERATORS[cue.kind], value=value)


def _phrases(words: tuple[Token, ...]) -> Iterator[Phrase]:
    shouting = is_shouting(words)
    edge = [not (w.norm in EDGES_OF_NO_NAME and is_function_word(w, shouting=shouting)) for w in words]
    content = [not is_function_word(w, shouting=shouting) for w in words]
    for first in range(len(words)):
        for last in range(first, min(first + LONGEST_PHRASE, len(words))):
            if edge[first] and edge[last] and any(content[first : last + 1]):
                yield Phrase(first=first, last=last, form=" ".join(w.norm for w in words[first : last + 1]))
