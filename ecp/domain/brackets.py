"""Brackets that explain the name before them: what its letters stand for, or what its definition says."""

from __future__ import annotations

import re

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, is_measured
from ecp.domain.forms import names_of
from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES_AND_PREPOSITIONS, AVERAGES, BE
from ecp.domain.matching import Match
from ecp.domain.participles import stem
from ecp.domain.words import normal_form

_BRACKET = re.compile(r"\(([^()]{2,80})\)")
_FORMULA = ARTICLES_AND_PREPOSITIONS | AVERAGES | BE | {"total", "all", "overall", "divided", "number", "percent"}
_SHORTEST = 2


def without_explanations(
    intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue
) -> tuple[Intent, tuple[Span, ...], set[int]]:
    """The question without what is in "closing rate (cases closed ÷ cases)", where the definition says no more; and the
    positions of all words that brackets explain, of "mean time to repair (MTTR)" those that are no name."""
    told: set[int] = set()
    text = intent.text
    for bracket in _BRACKET.finditer(text):
        inside = [i for i, t in enumerate(intent.tokens) if bracket.start() < t.start < bracket.end()]
        if not inside or not inside[0]:
            continue
        if _is_defined_so(intent, inside, spans, catalogue):
            told.update(inside)
            text = text[: bracket.start()] + " " * len(bracket.group()) + text[bracket.end() :]
        else:
            told.update(_other_words(intent, inside, spans))
    kept = tuple(s for s in spans if not (is_measured(s) and {s.first, s.last} <= told))
    return intent.model_copy(update={"text": text}), kept, told


def _other_words(intent: Intent, inside: list[int], spans: tuple[Span, ...]) -> set[int]:
    """ "mean time to repair (MTTR)", "MTTR (mean time to repair)": of the letters and the words that they begin, those
    that name nothing, or nothing else."""
    short = intent.tokens[inside[0]] if len(inside) == 1 else intent.tokens[inside[0] - 1]
    letters = [inside[0]] if len(inside) == 1 else [inside[0] - 1]
    words = list(range(max(inside[0] - len(short.text), 0), inside[0])) if len(inside) == 1 else inside
    if not _are_letters(short.text) or "".join(intent.tokens[at].norm[0] for at in words) != short.norm:
        return set()
    by_letters, by_words = (_named(spans, part) for part in (letters, words))
    if by_letters:
        named = {at for s in spans if isinstance(s.value, Match) for at in range(s.first, s.last + 1)}
        return set(words) - named if by_words <= by_letters else set()
    return set(letters) if by_words else set()


def _named(spans: tuple[Span, ...], positions: list[int]) -> set[frozenset[str]]:
    """What stands at the positions, each name by the assets that it may mean."""
    return {_assets(s.value) for s in spans if isinstance(s.value, Match) and s.first in positions}


def _assets(match: Match) -> frozenset[str]:
    return frozenset(t.asset_id for t in match.targets)


def _are_letters(text: str) -> bool:
    return len(text) >= _SHORTEST and text.isalpha() and text.isupper()


def _is_defined_so(intent: Intent, inside: list[int], spans: tuple[Span, ...], catalogue: Catalogue) -> bool:
    """Whether the bracket has only words of the definition of what is measured right before it, and not its name."""
    own = next((s for s in spans if s.last == inside[0] - 1 and is_measured(s)), None)
    if own is None or not isinstance(own.value, Match) or len(inside) == 1:
        return False
    if _named(spans, inside) == {_assets(own.value)}:
        return False
    metrics = catalogue.metrics_meant(t.asset_id for t in own.value.targets)
    said = {stem(intent.tokens[at].norm) for at in inside} - {stem(word) for word in _FORMULA}
    return bool(metrics) and all(said <= _words(m) for m in metrics)


def _words(metric: Metric) -> set[str]:
    defined = f"{metric.definition} {metric.formula or ''}"
    return {stem(word) for word in (*names_of(metric), *normal_form(defined).split())}
