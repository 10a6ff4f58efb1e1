"""What a question for the catalogue finds: the metrics there are, those of them that the layer has by a cut, and what
it has a metric by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.answer import Nearest, ResolvedConcepts, Unresolved
from ecp.domain.assets import Dimension, Metric, Term
from ecp.domain.calendar import GRAINS
from ecp.domain.catalogue import Catalogue
from ecp.domain.governed import Governed, governed_metrics, templates_of, used_by
from ecp.domain.language import FILLERS, FUNCTION_WORDS, TARGETS
from ecp.domain.limits import is_cut_by
from ecp.domain.mentions import Mention
from ecp.domain.plan.references import is_kept_by
from ecp.domain.reading import Reading
from ecp.domain.selection.asking import Asking, Selection
from ecp.domain.selection.cuts import dimensions
from ecp.domain.selection.filters import Filters
from ecp.domain.selection.nearest import nearest_of, not_understood
from ecp.domain.semantic import SemanticMeta
from ecp.domain.words import normal_form

_NOT_CERTIFIED = "each metric has a tier from 1, the best, to 5: ask for the metrics of tier 1"


def offered(asking: Asking) -> Selection:
    """Every metric that can be cut by what the question names and that speaks of its other words."""
    reading, catalogue = asking.reading, asking.catalogue
    if reading.governed:
        return _as_governed(asking, reading.governed)
    if reading.of_dimensions:
        known = (d for d in catalogue.of_kind(Dimension) if d.type != "time")
        return Selection(kind="catalogue", subjects=tuple(sorted(d.id for d in known)))
    asking.unresolved += asking.periods.unresolved
    asking.unresolved += [not_understood(t.found.text, asking) for t in reading.times if t.found.type != "grain"]
    named = {word for m in reading.mentions for word in m.text.split()}
    no_topics = (t for t in reading.left if named & set(t.split()) or _is_no_topic(t))
    asking.unresolved += [not_understood(t, asking) for t in no_topics]
    measured = [m for m in reading.of("metric", "order", "target") if not _is_in_a_cut(m, reading)]
    about = [*reading.left, *(m.read_as or m.text for m in measured)]
    topics = {text: _speaking_of(text, catalogue) for text in about}
    for mention in measured:
        topics[mention.read_as or mention.text] |= _with_targets(mention, catalogue)
    if reading.of_an_owner:
        topics = {text: _owned_by(text, catalogue) or found for text, found in topics.items()}
    for mention in reading.of("department"):
        owned = _owned_by(mention.text, catalogue)
        topics[mention.text] = owned if reading.of_an_owner else used_by(reading.department or "", catalogue)
    asking.unresolved += [not_understood(text, asking) for text, found in topics.items() if not found]
    filters, cuts = tuple(Filters(asking, ()).of_members()), tuple(dimensions(asking, ()))
    asking.unresolved += [nearest_of(mention, found, catalogue) for mention, found in asking.open.values()]
    asking.unresolved += [_several(cut, ids, catalogue) for cut, ids in asking.open_cuts.values()]
    concepts = ResolvedConcepts(filters=filters, dimensions=cuts)
    cut = set(_cut_by(concepts))
    domains = {t.asset_id for m in reading.of("descriptor") for t in m.targets if t.kind == "domain"}
    grain = asking.periods.grain
    metrics = (
        m
        for m in (catalogue.metrics.measured if cut else catalogue.of_kind(Metric))
        if all(is_cut_by(m, d, catalogue) for d in cut) and (not domains or m.domain in domains)
        if all(m.id in found for found in topics.values())
        if grain is None or GRAINS.index(m.grain) <= GRAINS.index(grain)
    )
    return Selection(
        kind="catalogue",
        concepts=concepts,
        unresolved=tuple(asking.unresolved),
        subjects=tuple(sorted(m.id for m in metrics)),
    )


def _as_governed(asking: Asking, wanted: Governed) -> Selection:
    """The metrics that are wanted as such; whoever has none of his own is not said to use none."""
    if asking.reading.left:
        left = tuple(not_understood(text, asking) for text in asking.reading.left)
        return Selection(kind="catalogue", unresolved=left)
    if wanted.certified:
        return Selection(kind="catalogue", unresolved=(Unresolved(mention=f"certified ({_NOT_CERTIFIED})"),))
    if wanted.templates:
        return Selection(kind="catalogue", subjects=tuple(sorted(t.id for t in templates_of(wanted, asking.catalogue))))
    found = tuple(sorted(m.id for m in governed_metrics(wanted, asking.catalogue)))
    if wanted.user and not found:
        missing = not_understood(asking.reading.mentions[0].text, asking)
        return Selection(kind="catalogue", unresolved=(missing,))
    return Selection(kind="catalogue", subjects=found)


def cuts_of(metrics: Iterable[Metric], catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """By what the pack lets each of these be cut; of a unit of time the metric's own `grain` tells."""
    kept = [d.id for d in catalogue.of_kind(Dimension) if d.type != "time"]
    return {m.id: tuple(d for d in kept if is_cut_by(m, d, catalogue)) for m in metrics}


def still_offered(selection: Selection, catalogue: Catalogue, meta: SemanticMeta | None) -> Selection:
    """The metrics that numbers can be had of by what the question names, and the dimensions by which they can be had of
    those that it asks it of: what a metric without a list of its dimensions can be cut by is told by the layer."""
    if selection.cuts:
        found = {i: _kept_by(i, cuts, catalogue, meta) for i, cuts in selection.cuts.items()}
        return selection.model_copy(update={"cuts": found})
    cut = set(_cut_by(selection.concepts))
    metrics = ((i, catalogue.get(i, Metric)) for i in selection.subjects)
    kept = (i for i, m in metrics if m is None or all(is_kept_by(m, d, catalogue, meta) for d in cut))
    return selection.model_copy(update={"subjects": tuple(kept)})


def _kept_by(metric_id: str, cuts: Iterable[str], catalogue: Catalogue, meta: SemanticMeta | None) -> tuple[str, ...]:
    metric = catalogue.get(metric_id, Metric)
    return tuple(d for d in cuts if metric is not None and is_kept_by(metric, d, catalogue, meta))


def is_about_cuts(selection: Selection) -> bool:
    """Whether metrics are listed by what they can be cut by, or that is asked of some."""
    if selection.cuts:
        return not selection.unresolved
    return selection.kind == "catalogue" and not selection.unresolved and bool(set(_cut_by(selection.concepts)))


def _cut_by(concepts: ResolvedConcepts) -> Iterator[str]:
    yield from (d.id for d in concepts.dimensions)
    yield from (f.dimension for f in concepts.filters if f.dimension)


def _several(cut: Mention, ids: tuple[str, ...], catalogue: Catalogue) -> Unresolved:
    """A word that different dimensions are called by."""
    named = (catalogue.assets[i] for i in ids)
    near = (Nearest(id=d.id, kind="dimension", name=d.name, score=0.9) for d in named)
    return Unresolved(mention=cut.text, nearest=tuple(near))


def _is_in_a_cut(measured: Mention, reading: Reading) -> bool:
    """The number of things in "by thing type", which nobody asks the list for."""
    return any(g.first <= measured.first and measured.last <= g.last for g in reading.of("group"))


def _is_no_topic(text: str) -> bool:
    """A plain word that was left for the sign beside it."""
    return set(normal_form(text).split()) <= FUNCTION_WORDS | FILLERS


def _speaking_of(topic: str, catalogue: Catalogue) -> set[str]:
    """The metrics with these words in what they are called, in what they mean, or in who owns them."""
    wanted = set(normal_form(topic).split())
    if wanted <= TARGETS:
        return {m.id for m in catalogue.metrics.targets}
    meant = {c.metric for t in catalogue.of_kind(Term) if wanted <= _words_of(t) for c in t.metrics}
    return {m.id for m in catalogue.of_kind(Metric) if m.id in meant or wanted <= _words_of(m)}


def _owned_by(owner: str, catalogue: Catalogue) -> set[str]:
    wanted = set(normal_form(owner).split())
    return {m.id for m in catalogue.of_kind(Metric) if wanted <= set(normal_form(m.owner or "").split())}


def _with_targets(mention: Mention, catalogue: Catalogue) -> set[str]:
    """What is named, and the targets that are set for it."""
    named = {m.id for m in catalogue.metrics_meant(sorted(mention.asset_ids))}
    return named | {m.id for m in catalogue.metrics.targets if named & set(m.target_of)}


def _words_of(asset: Metric | Term) -> set[str]:
    told = (asset.name, *asset.synonyms, asset.definition, asset.owner or "", *asset.tags)
    return {word for text in told for word in normal_form(text).split()}
