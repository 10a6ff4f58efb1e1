"""Which metrics a correction of an answer can be to: those that a word of the question may mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import read_intent
from ecp.domain.matching import Match, look_up
from ecp.domain.precedent import read_as_metrics
from ecp.domain.selection.meanings import meanings


def choices(body: dict[str, object], catalogue: Catalogue, is_word: Callable[[str], bool]) -> dict[str, frozenset[str]]:
    """Each word of a stored answer that was read as a metric → the metrics that it may mean."""
    found: dict[str, frozenset[str]] = {}
    for mention, metric in read_as_metrics(body):
        found[mention] = found.get(mention, frozenset()) | {metric} | _meant_by(mention, catalogue, is_word)
    return found


def never_counted(correction: Iterable[str], allowed: Mapping[str, frozenset[str]]) -> list[str]:
    """Those that no word may mean, or only one that is said to mean another of them as well."""
    wanted = frozenset(correction)
    counted = {next(iter(wanted & pool)) for pool in allowed.values() if len(wanted & pool) == 1}
    return [metric for metric in correction if metric not in counted]


def _meant_by(mention: str, catalogue: Catalogue, is_word: Callable[[str], bool]) -> frozenset[str]:
    """By the longest phrase in it that names what is measured."""
    found = [(m.last - m.first, meanings(m.targets, catalogue)) for m in _matches(mention, catalogue, is_word)]
    longest = max((length for length, pool in found if pool), default=0)
    return frozenset(metric for length, pool in found if length == longest for metric in pool)


def _matches(mention: str, catalogue: Catalogue, is_word: Callable[[str], bool]) -> tuple[Match, ...]:
    return look_up(read_intent(mention), catalogue, is_word=is_word)
