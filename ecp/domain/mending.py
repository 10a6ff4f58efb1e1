"""Slips of the finger in the words that questions are made of: "averge", "comapred to", "lats month"."""

from __future__ import annotations

from collections.abc import Callable

from rapidfuzz.distance import OSA

from ecp.domain import language as of
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import Intent, is_shouting
from ecp.domain.matching import closest_word
from ecp.domain.slips import is_slip, swaps
from ecp.domain.time import vocabulary as of_time
from ecp.domain.values import Value

_SHORTEST = 4
_LONG = 6
_BEFORE_A_NAME = frozenset({"for", "from", "in", "at", "to", "with", "of"})
_OF_TIME = frozenset(
    {*of_time.RELATIVE, *of_time.UNITS, *of_time.ADVERBS, *of_time.MONTHS, *of_time.WEEKDAYS}
    - {*of_time.SHORT_WEEKDAYS, "sept"}
)
_OTHERS = frozenset({"number", "breakdown", "growth", "since", "until", "during", "yesterday", "today"})
_WORDS = tuple(
    sorted(
        word
        for word in {
            *(w for cue in of.CUES for w in cue),
            *of.FUNCTION_WORDS,
            *of.AVERAGES,
            *of.SHARES,
            *of.SUPERLATIVES,
            *of.COMPARATIVES,
            *of.TOGETHER,
            *of.SUMS,
            *of.TARGETS,
            *of.CHANGES,
            *of.RISING,
            *of.FALLING,
            *of.ACCUMULATED,
            *_OF_TIME,
            *_OTHERS,
        }
        if word.isalpha() and len(word) >= _SHORTEST
    )
)
_SWAPPED = frozenset(swapped for word in _WORDS for swapped in swaps(word) if swapped != word)


class Mended(Value):
    """A text without slips; `words`, what was typed → what was meant."""

    text: str
    words: dict[str, str] = {}


def mended(intent: Intent, catalogue: Catalogue, is_word: Callable[[str], bool]) -> Mended:
    """The question with each word that nobody knows in the place of which just one of the language can be meant.
    Capitals in the middle make a name, and so does a word behind "for" or "in", but for one of time."""
    text, words = intent.text, dict[str, str]()
    read = {at for t in intent.times for at in range(t.first, t.last + 1)} | intent.plain
    read |= {at for c in intent.cues for at in range(c.first, c.last + 1)}
    for at in sorted({*range(len(intent.tokens))} - read, reverse=True):
        token = intent.tokens[at]
        if _may_be_a_name(intent, at) or _is_known(token.text.lower(), token.norm, catalogue, is_word):
            continue
        meant = closest(token.text.lower())
        if meant is None or (intent.norm(at - 1) in _BEFORE_A_NAME and meant not in _OF_TIME):
            continue
        if closest_word(token.norm, catalogue) in (None, meant):
            text = text[: token.start] + meant + text[token.end :]
            words[token.text] = meant
    return Mended(text=text, words=words)


def closest(word: str) -> str | None:
    """The only word of the language within one slip; of a short word letters can only be swapped, or one left out."""
    if len(word) < _SHORTEST or not word.isascii() or not word.isalpha() or word in (*_WORDS, *of.HAVING):
        return None
    near = [w for w in _WORDS if abs(len(w) - len(word)) < 2 and OSA.distance(word, w, score_cutoff=1) <= 1]
    fits = [w for w in near if word in swaps(w) or (_is_long(word, w) and is_slip(word, w))]
    return fits[0] if len(fits) == 1 else None


def _is_long(typed: str, meant: str) -> bool:
    return len(typed) >= _LONG or len(typed) < len(meant) >= _LONG - 1


def _is_known(word: str, norm: str, catalogue: Catalogue, is_word: Callable[[str], bool]) -> bool:
    several = is_word(norm) and word not in _SWAPPED  # "lats" is not several of "lat"
    return norm in catalogue.words or word in catalogue.words or is_word(word) or several or norm in _WORDS


def _may_be_a_name(intent: Intent, at: int) -> bool:
    text = intent.tokens[at].text
    return (at > 0 and text[:1].isupper() and not is_shouting(intent.tokens)) or not text.isalpha()
