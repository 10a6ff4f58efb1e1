"""What was not understood, with the names that are near it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from ecp.domain.answer import Nearest, Unresolved
from ecp.domain.assets import Dimension, Entity, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.language import FUNCTION_WORDS
from ecp.domain.limits import is_cut_by
from ecp.domain.matching import NAMEABLE
from ecp.domain.members import MemberValues
from ecp.domain.mentions import Mention
from ecp.domain.ordinary import stands_beside
from ecp.domain.reading import Reading
from ecp.domain.selection.asking import Asking, Evidence
from ecp.domain.words import fold, normal_form

_NONE = Nearest(id="", kind="", name="", score=0.0)


_SPELLED_AT_LEAST = 65
_A_WORD = 4
_FIRST_LETTERS = 2
_MOSTLY = 70
_NEARLY_ALL = 85
_MISPLACED = 0.5
_OF_ITS_LIKE = 0.25
_KINDS: dict[str, frozenset[str]] = {
    "member": frozenset({"member"}),
    "cut": frozenset({"dimension", "entity"}),
    "metric": frozenset({"metric", "term"}),
}


def not_understood(text: str, asking: Asking) -> Unresolved:
    """These words with the names that are near them, best first: near in what the stores know, in spelling, or as
    things of the kind that the place in the question asks for."""
    wanted = _KINDS.get(asking.reading.wanted.get(text, ""), frozenset())
    best: dict[tuple[str, str], Nearest] = {}
    for near in (
        *_of_stores(text, asking.evidence),
        *_spelled(text, asking.catalogue),
        *_of_its_like(text, asking),
        *_beside(text, asking.catalogue),
    ):
        weight = 1.0 if not wanted or near.kind in wanted else _MISPLACED
        score = round(near.score * weight, 4)
        if score > best.get((near.kind, near.id), _NONE).score:
            best[near.kind, near.id] = near.model_copy(update={"score": score})
    return Unresolved(mention=text, nearest=tuple(sorted(best.values(), key=lambda n: (-n.score, n.id))[:3]))


def _alike(text: str, asking: Asking) -> Iterator[Nearest]:
    yield from _of_its_like(text, asking)
    yield from _beside(text, asking.catalogue)


def _of_stores(text: str, evidence: Evidence) -> Iterator[Nearest]:
    form = normal_form(text)
    return (n.found for n in evidence.near if normal_form(n.phrase) == form and n.found.score > 0)


def is_spelled_like(said: str, name: str) -> bool:
    """Whether who said the one may have meant the other: a word of it, its first letters and most others, or all but
    one; "forecast" is no "broadcast"."""
    one, other = normal_form(said), normal_form(name)
    if {w for w in one.split() if len(w) >= _A_WORD and w not in FUNCTION_WORDS} & set(other.split()):
        return True
    if not one or not other or OSA.distance(one, other) <= (1 if len(one) >= _A_WORD else 0):
        return bool(one and other)
    alike = fuzz.ratio(one, other)
    return (one[:_FIRST_LETTERS] == other[:_FIRST_LETTERS] and alike >= _MOSTLY) or alike >= _NEARLY_ALL


def _spelled(text: str, catalogue: Catalogue) -> Iterator[Nearest]:
    form = normal_form(text)
    if len(form) < 3:
        return
    alike = process.extract(form, catalogue.names.keys(), scorer=fuzz.ratio, score_cutoff=_SPELLED_AT_LEAST, limit=6)
    for name, score, _ in (found for found in alike if is_spelled_like(form, found[0])):
        for item in catalogue.names[name]:
            if item.kind in NAMEABLE and (shown := catalogue.spellings(item.asset_id, item.member)):
                kind = "member" if item.member else item.kind
                yield Nearest(id=item.member or item.asset_id, kind=kind, name=shown[0], score=round(score / 100, 4))


def _of_its_like(text: str, asking: Asking) -> Iterator[Nearest]:
    """ "for XYZ", where other members are called by such letters too: those of the same dimensions."""
    if asking.reading.wanted.get(text) != "member" or not _is_letters(text):
        return
    measured = [t.asset_id for m in asking.reading.of("metric", "order") for t in m.targets]
    metrics = [m for m in (asking.catalogue.get(i, Metric) for i in measured) if m]
    for dimension in asking.catalogue.of_kind(Dimension):
        lettered = sum(any(map(_is_letters, (m.name, *m.synonyms))) for m in dimension.members)
        if lettered < 2 or not all(is_cut_by(m, dimension.id, asking.catalogue) for m in metrics):
            continue
        for member in dimension.members:
            alike = max(fuzz.ratio(fold(text), fold(n)) for n in (member.name, *member.synonyms)) / 100
            yield Nearest(id=member.id, kind="member", name=member.name, score=round(_OF_ITS_LIKE * (1 + alike), 4))


def _beside(text: str, catalogue: Catalogue) -> Iterator[Nearest]:
    """The kinds that a thing of this name is related to: what can be asked of it."""
    named = {n.asset_id for n in catalogue.names.get(normal_form(text), ()) if n.kind == "entity" and n.member}
    for entity in catalogue.of_kind(Entity):
        kinds = {r.to for r in entity.relations}
        others = [entity.id] if kinds & named else []
        others += kinds if entity.id in named else []
        for other in (catalogue.get(i, Entity) for i in sorted(others)):
            if other:
                yield Nearest(id=other.id, kind="entity", name=other.name, score=_OF_ITS_LIKE)


def _is_letters(text: str) -> bool:
    return text.isalpha() and text.isupper() and 2 <= len(text) <= 6


def no_metric(reading: Reading, catalogue: Catalogue) -> Unresolved:
    """Nothing in the question names something that can be measured; near are metrics that are kept beside what it
    names, those first that are kept by little else, or else those that are told in the same words."""
    named = {i for m in reading.of("member", "group", "excluded") for i in m.asset_ids}
    wanted = [d for i in named if (d := catalogue.get(i, Dimension))]
    known = catalogue.metrics.beside.get(wanted[0].id, ()) if wanted else ()
    beside = [m for m in known if not m.target_of and all(stands_beside(m, d) for d in wanted)]
    shared = _shared_words(reading, catalogue)
    found = beside or [m for i in shared if (m := catalogue.get(i, Metric)) and not m.target_of]
    best = sorted(found, key=lambda m: (-shared[m.id], _breadth(m), m.certification_tier, m.id))[:5]
    whole = " ".join(m.text for m in reading.mentions) or "the question names no metric"
    return Unresolved(mention=whole, nearest=nearest_metrics(best))


def _shared_words(reading: Reading, catalogue: Catalogue) -> Counter[str]:
    """Each metric that is called by words of the question → by how many of them."""
    said = {word for m in reading.mentions for word in normal_form(m.text).split()} - FUNCTION_WORDS
    return Counter(m.id for word in said for m in catalogue.metrics.called_by(word))


def _breadth(metric: Metric) -> int:
    """By how many dimensions it is kept; of one that tells none, by all."""
    return len(metric.dimensions) if metric.dimensions is not None else 1000


def nearest_metrics(metrics: Iterable[Metric]) -> tuple[Nearest, ...]:
    return tuple(Nearest(id=m.id, kind="metric", name=m.name, score=0.5) for m in metrics)


def nearest_of(mention: Mention, found: Iterable[MemberValues], catalogue: Catalogue) -> Unresolved:
    """A word that may be several members."""
    return Unresolved(mention=mention.text, nearest=tuple(nearest_members(found, catalogue)))


def nearest_members(found: Iterable[MemberValues], catalogue: Catalogue) -> Iterator[Nearest]:
    for item in found:
        dimension = catalogue.get(item.dimension, Dimension)
        if item.member and dimension and (member := catalogue.member(item.dimension, item.member)):
            yield Nearest(id=item.member, kind="member", name=f"{member.name} ({dimension.name})", score=0.9)
