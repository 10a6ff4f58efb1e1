"""What feedback on an answer says of its words: of a correction, which metric for which word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ecp.domain.answer import Resolution
from ecp.domain.precedent import Verdict
from ecp.domain.words import normal_form

Words = Mapping[str, Iterable[str]]


def lifts_of(answer: Resolution, verdict: Verdict, correction: Iterable[str], words: Words) -> dict[str, list[str]]:
    """Each word that was read as a metric (in normal form) → the metric it is said to mean, or not to mean. `words`:
    what each of them may mean. An answer that asks back means nothing that could be accepted or rejected."""
    said = settled(correction, words) if verdict == "corrected" else {}
    if verdict != "corrected" and not answer.options:
        said = {m.mention: m.id for m in answer.resolved_concepts.metrics if m.id in words.get(m.mention, ())}
    return {form: [metric] for word, metric in said.items() if (form := normal_form(word))}


def settled(correction: Iterable[str], words: Words) -> dict[str, str]:
    """The words of which a correction tells what they mean: those that may mean one of its metrics alone, when those
    that other words must mean are taken away."""
    wanted = frozenset(correction)
    open_ = {word: wanted & frozenset(pool) for word, pool in words.items()}
    taken: frozenset[str] = frozenset()
    while new := frozenset(m for pool in open_.values() if len(pool) == 1 for m in pool) - taken:
        taken |= new
        open_ = {word: pool - new if len(pool) > 1 else pool for word, pool in open_.items()}
    return {word: next(iter(pool)) for word, pool in open_.items() if len(pool) == 1}


def never_counted(correction: Iterable[str], words: Words) -> list[str]:
    """Those that no word may mean, or only one that is said to mean another of them as well."""
    counted = frozenset(settled(correction, words).values())
    return [metric for metric in correction if metric not in counted]
