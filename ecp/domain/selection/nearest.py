"""What was not understood, with the names that are near it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.answer import Nearest, Unresolved
from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.members import MemberValues
from ecp.domain.reading import Reading
from ecp.domain.selection.asking import Evidence
from ecp.domain.words import normal_form


def not_understood(text: str, evidence: Evidence) -> Unresolved:
    """These words, with what the stores found for them, best first."""
    return Unresolved(mention=text, nearest=_near(text, evidence))


def _near(text: str, evidence: Evidence) -> tuple[Nearest, ...]:
    form = normal_form(text)
    best: dict[tuple[str, str], Nearest] = {}
    for near in sorted(evidence.near, key=lambda n: (n.found.score, n.found.id)):
        if normal_form(near.phrase) == form and near.found.score > 0:
            best[near.found.kind, near.found.id] = near.found
    return tuple(sorted(best.values(), key=lambda n: (-n.score, n.id))[:3])


def no_metric(reading: Reading, catalogue: Catalogue) -> Unresolved:
    """Nothing in the question names something that can be measured."""
    best = sorted(catalogue.of_kind(Metric), key=lambda m: (m.certification_tier, m.id))[:5]
    whole = " ".join(m.text for m in reading.mentions) or "the question names no metric"
    return Unresolved(mention=whole, nearest=nearest_metrics(best))


def nearest_metrics(metrics: Iterable[Metric]) -> tuple[Nearest, ...]:
    return tuple(Nearest(id=m.id, kind="metric", name=m.name, score=0.5) for m in metrics)


def nearest_members(found: Iterable[MemberValues], catalogue: Catalogue) -> Iterator[Nearest]:
    for item in found:
        dimension = catalogue.get(item.dimension, Dimension)
        if item.member and dimension and (member := catalogue.member(item.dimension, item.member)):
            yield Nearest(id=item.member, kind="member", name=f"{member.name} ({dimension.name})", score=0.9)
