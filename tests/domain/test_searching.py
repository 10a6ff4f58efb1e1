"""A search brings what a word means, and nothing that is denied."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ecp.domain.searching import found, mentioned, visible
from tests.support.reading import catalogue

HOSPITAL = catalogue("hospital")


@dataclass(frozen=True)
class Hit:
    asset_id: str
    score: float
    member: str | None = None


BY_TERM = (Hit("cost", 1.0), Hit("length_of_stay", 0.2))


def shown(hits: tuple[Hit, ...], kinds: tuple[str, ...] = (), denied: tuple[str, ...] = ()) -> list[tuple[str, float]]:
    return [(f.id, f.score) for f in visible(found(hits, HOSPITAL, kinds), HOSPITAL, denied)]


def meanings(term: str) -> list[str]:
    return [choice.metric for choice in HOSPITAL.assets[term].metrics]  # type: ignore[union-attr]


@pytest.mark.parametrize("kinds", [(), ("metric",)])
def test_a_term_brings_the_metrics_that_it_means_with_its_score(kinds: tuple[str, ...]) -> None:
    whole = shown(BY_TERM, kinds)
    term = [] if kinds else [("cost", 1.0)]
    assert whole == [*term, *((m, 1.0) for m in meanings("cost")), ("length_of_stay", 0.2)]


def test_a_metric_is_there_once_with_its_better_score() -> None:
    first, *others = meanings("cost")
    assert shown((Hit("cost", 0.6), Hit(first, 0.9))) == [(first, 0.9), ("cost", 0.6), *((m, 0.6) for m in others)]
    assert shown((Hit("cost", 0.9), Hit(first, 0.6)), ("metric",))[0] == (first, 0.9)


def test_what_is_denied_is_neither_brought_nor_brings_anything() -> None:
    first, *others = meanings("cost")
    assert first not in dict(shown(BY_TERM, denied=(first,))) and set(others) <= set(
        dict(shown(BY_TERM, denied=(first,)))
    )
    assert shown(BY_TERM, denied=("cost",)) == [("length_of_stay", 0.2)]
    asked = set(mentioned(found(BY_TERM, HOSPITAL, ("metric",)), HOSPITAL))
    assert {"cost", *meanings("cost")} <= asked


def test_what_brought_it_is_not_part_of_a_result() -> None:
    assert all("through" not in f.model_dump(mode="json") for f in found(BY_TERM, HOSPITAL, ()))
