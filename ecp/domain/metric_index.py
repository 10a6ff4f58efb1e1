"""The metrics of one registry version by what questions ask of them, so that no question goes through all of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeVar

from ecp.domain.assets import AnyAsset, Dimension, Metric, Term
from ecp.domain.units import unit_in_full, unit_of
from ecp.domain.words import normal_form

T = TypeVar("T")
_FOREMOST = 50
LayerName = tuple[str, Literal["measure", "dimension"], str]


# A list of what is taken away ("minus cost, tax and wages") is no single metric: the clause has to end behind it.
_SUBTRACTED = re.compile(
    r"(?:the |an? )?(?P<part>[^,.;:()]+?) (?:minus|less|net of) (?:the |an? |any )?(?P<taken>[^,.;:()]+)(?:$|[.;(])",
    re.I,
)
_FORMULA = re.compile(r"(?P<part>[^-,.;:()*/+]+?)\s+[-−–]\s+(?P<taken>[^-−–,.;:()*/+]+)$")


class Difference(NamedTuple):
    """A metric's id, and the words for what it says it is: the one without the other."""

    metric: str
    part: str
    taken: str


@dataclass(frozen=True)
class MetricIndex:
    """Immutable; made once for each registry version. `sorts`: by how they add up; `measured`: those of which there are
    numbers, `foremost` the most trusted of these; `targets`: those that are set for others; `tables`: by cube;
    `beside`: by each dimension that they are kept by; `called`: by each word of a name or a synonym; `told_in`: by the
    unit; `terms`: the words that may mean each; `differences`: what is defined as one without another; `layer`: each
    cube with what assets name of it; `units`: those that any is said to be told in, written out."""

    sorts: dict[str, tuple[Metric, ...]] = field(repr=False)
    measured: tuple[Metric, ...] = field(repr=False)
    foremost: tuple[Metric, ...] = field(repr=False)
    targets: tuple[Metric, ...] = field(repr=False)
    tables: dict[str, tuple[Metric, ...]] = field(repr=False)
    beside: dict[str, tuple[Metric, ...]] = field(repr=False)
    called: dict[str, tuple[Metric, ...]] = field(repr=False)
    told_in: dict[str, tuple[Metric, ...]] = field(repr=False)
    terms: dict[str, tuple[Term, ...]] = field(repr=False)
    differences: tuple[Difference, ...] = field(repr=False)
    layer: dict[str, tuple[LayerName, ...]] = field(repr=False)
    units: frozenset[str] = field(repr=False)

    @classmethod
    def of(cls, assets: Iterable[AnyAsset]) -> MetricIndex:
        known = tuple(assets)
        metrics = [a for a in known if isinstance(a, Metric)]
        tables = _grouped((_cube(m.semantic_layer_ref or ""), m) for m in metrics)
        return cls(
            sorts=_grouped((m.aggregation, m) for m in metrics),
            measured=tuple(m for m in metrics if m.semantic_layer_ref),
            foremost=_foremost(metrics),
            targets=tuple(m for m in metrics if m.target_of),
            tables=tables,
            beside=_beside(metrics, [a for a in known if isinstance(a, Dimension)], tables),
            called=_grouped((word, m) for m in metrics for word in _words_of(m)),
            told_in=_grouped((unit_of(m), m) for m in metrics),
            terms=_grouped((c.metric, t) for t in known if isinstance(t, Term) for c in t.metrics),
            differences=tuple(d for m in metrics for d in _differences(m)),
            layer=_layer(known),
            units=frozenset(unit_in_full(m.unit) for m in metrics if m.unit),
        )

    def of_sort(self, *sorts: str) -> Iterator[Metric]:
        """Those that add up in one of these ways: "sum", "average", "last", "ratio", "none"."""
        return (m for sort in sorts for m in self.sorts.get(sort, ()))

    def called_by(self, word: str) -> tuple[Metric, ...]:
        """Those with this word, in normal form, in their name or a synonym."""
        return self.called.get(word, ())


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    found: dict[str, list[T]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}


def _foremost(metrics: Iterable[Metric]) -> tuple[Metric, ...]:
    """As many as may be offered where nothing says which, of the most trusted tiers."""
    measured = [m for m in metrics if m.semantic_layer_ref and not m.target_of]
    ordered = sorted(measured, key=lambda m: (m.certification_tier, m.id))
    return tuple(ordered[:_FOREMOST])


def _differences(metric: Metric) -> Iterator[Difference]:
    told = (_SUBTRACTED.match(metric.definition), _FORMULA.match(metric.formula or ""))
    yield from (Difference(metric.id, found["part"], found["taken"]) for found in told if found)


def _words_of(metric: Metric) -> set[str]:
    return {word for text in (metric.name, *metric.synonyms) for word in normal_form(text).split()}


def _beside(
    metrics: Iterable[Metric], dimensions: Iterable[Dimension], tables: dict[str, tuple[Metric, ...]]
) -> dict[str, tuple[Metric, ...]]:
    """Kept by a dimension as the pack says: by its name, or as a column of their cube."""
    found: dict[str, dict[str, Metric]] = defaultdict(dict)
    for metric in metrics:
        for dimension_id in metric.dimensions or ():
            found[dimension_id][metric.id] = metric
    for dimension in dimensions:
        in_its_cubes = (m for ref in dimension.semantic_layer_refs for m in tables.get(_cube(ref), ()))
        found[dimension.id] |= {m.id: m for m in in_its_cubes if m.dimensions is None}
    return {dimension_id: tuple(kept.values()) for dimension_id, kept in found.items()}


def _layer(assets: Iterable[AnyAsset]) -> dict[str, tuple[LayerName, ...]]:
    found: dict[str, dict[LayerName, None]] = defaultdict(dict)
    for asset in assets:
        for name in _names_in_the_layer(asset):
            found[_cube(name[0])][name] = None
    return {cube: tuple(names) for cube, names in found.items()}


def _names_in_the_layer(asset: AnyAsset) -> Iterator[LayerName]:
    if isinstance(asset, Metric) and asset.semantic_layer_ref:
        yield asset.semantic_layer_ref, "measure", "number"
    if isinstance(asset, Metric) and asset.time_dimension:
        yield asset.time_dimension, "dimension", "time"
    if isinstance(asset, Dimension):
        yield from ((ref, "dimension", "string") for ref in asset.semantic_layer_refs)


def _cube(ref: str) -> str:
    return ref.partition(".")[0]
