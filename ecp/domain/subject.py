"""What a question measures, and in which words: by this like questions are found, whatever they are limited, cut,
ordered and dated by."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import Intent, read_intent
from ecp.domain.language import COUNTS
from ecp.domain.mentions import MEASURED
from ecp.domain.reading import Reading
from ecp.domain.selection.meanings import meanings
from ecp.domain.values import Value


class Measured(Value):
    """`subject`: the question in normal form without times, members, cuts, bounds, order, courtesies and the words that
    questions are made of; empty where nothing is measured. `words`: each word that names what is measured → the metrics
    that it may mean."""

    subject: str = ""
    words: dict[str, tuple[str, ...]] = {}


def measured(text: str, reading: Reading, catalogue: Catalogue) -> Measured:
    """Of a question and its reading, whose places are those of this text."""
    pools = {m.text: meanings(m.targets, catalogue) for m in reading.of(*MEASURED)}
    words = {word: tuple(sorted(pool)) for word, pool in pools.items() if pool}
    return Measured(subject=_subject(read_intent(text), reading) if words else "", words=words)


def _subject(intent: Intent, reading: Reading) -> str:
    own = {at for m in reading.of(*MEASURED) for at in range(m.first, m.last + 1)}
    idle = (set(_limits(intent, reading)) | intent.plain) - set(_counting(intent)) - own
    return " ".join(word.norm for at, word in enumerate(intent.tokens) if at not in idle)


def _limits(intent: Intent, reading: Reading) -> Iterator[int]:
    """Where it is said of whom, of when, in which order and by what."""
    limits = [(m.first, m.last) for m in reading.mentions if m.role not in MEASURED]
    limits += [(t.first, t.last) for t in (*reading.times, *intent.times)]
    limits += [(n.first, n.last) for n in reading.numbers] + [(c.first, c.last) for c in intent.cues]
    for first, last in limits:
        yield from range(first, last + 1)


def _counting(intent: Intent) -> Iterator[int]:
    """ "How many" and "the number of" ask for something else of the same word."""
    for at, word in enumerate(intent.tokens):
        if (*intent.pair_before(at)[-1:], word.norm) in COUNTS:
            yield at if word.norm != "of" else at - 1
