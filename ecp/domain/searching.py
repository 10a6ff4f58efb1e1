"""What a search found, as it is shown: one entry for each asset or member, best first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Literal, Protocol, get_args

from pydantic import Field

from ecp.domain.assets import Dimension, Entity, Metric, QueryTemplate, Term
from ecp.domain.catalogue import Catalogue
from ecp.domain.values import Value

FindableKind = Literal["metric", "term", "dimension", "member", "entity", "domain", "query_template"]
FINDABLE: tuple[FindableKind, ...] = get_args(FindableKind)


class Hit(Protocol):
    @property
    def asset_id(self) -> str: ...
    @property
    def member(self) -> str | None: ...
    @property
    def score(self) -> float: ...


class Found(Value):
    """An asset, or a `member` of the dimension or entity `of`. `through`: the term that brought it."""

    id: str
    kind: FindableKind
    name: str
    definition: str
    score: float
    of: str | None = None
    through: str | None = Field(default=None, exclude=True)

    @property
    def key(self) -> str:
        """As the policy calls it."""
        return f"{self.of}:{self.id}" if self.of else self.id


def found(hits: Iterable[Hit], catalogue: Catalogue, kinds: Collection[str]) -> tuple[Found, ...]:
    """Each thing with its best score, and the metrics that a term means once more with the score of the term. `kinds`:
    none given, all of them."""
    best: dict[str, Found] = {}
    for hit in hits:
        item = _named(hit, catalogue)
        if item and (item.key not in best or best[item.key].score < item.score):
            best[item.key] = item
    own = sorted(best.values(), key=lambda f: (-f.score, f.kind, f.key))
    meant = (metric for term in own for metric in _meant_by(term, catalogue))
    wanted = (f for f in (*own, *meant) if not kinds or f.kind in kinds)
    return tuple(sorted(wanted, key=lambda f: -f.score))


def mentioned(items: Iterable[Found], catalogue: Catalogue) -> Iterator[str]:
    """Everything that these would tell of, as the policy calls it."""
    for item in items:
        yield item.key
        yield from _tells_of(item, catalogue)


def visible(items: Iterable[Found], catalogue: Catalogue, denied: Collection[str]) -> tuple[Found, ...]:
    """Those that tell of nothing that is denied, each thing once."""
    shown: dict[str, Found] = {}
    for item in items:
        if item.key not in denied and not set(_tells_of(item, catalogue)) & set(denied):
            shown.setdefault(item.key, item)
    return tuple(shown.values())


def _named(hit: Hit, catalogue: Catalogue) -> Found | None:
    asset = catalogue.assets.get(hit.asset_id)
    score = round(min(max(hit.score, 0.0), 1.0), 4)
    if asset is None:
        return None
    if hit.member is None:
        kind = next((k for k in FINDABLE if k == asset.kind), None)
        shown = {"id": asset.id, "name": asset.name or asset.id, "definition": asset.definition, "score": score}
        return Found.model_validate({**shown, "kind": kind}) if kind else None
    parts = asset.members if isinstance(asset, Dimension) else asset.instances if isinstance(asset, Entity) else ()
    member = next((m for m in parts if m.id == hit.member), None)
    if member is None:
        return None
    definition = getattr(member, "definition", "")
    return Found(id=member.id, kind="member", name=member.name, definition=definition, score=score, of=asset.id)


def _meant_by(term: Found, catalogue: Catalogue) -> Iterator[Found]:
    """In the term's own order."""
    asset = catalogue.get(term.id, Term) if term.kind == "term" else None
    for choice in asset.metrics if asset else ():
        if (metric := catalogue.get(choice.metric, Metric)) is not None:
            name = metric.name or metric.id
            found = {"id": metric.id, "name": name, "definition": metric.definition, "score": term.score}
            yield Found(kind="metric", through=term.id, **found)


def _tells_of(item: Found, catalogue: Catalogue) -> Iterator[str]:
    """What stands behind it: a member's dimension, an entity's dimension, what a template asks for, the term it was
    found by."""
    if item.through:
        yield item.through
    asset = catalogue.assets.get(item.of or item.id)
    if item.of:
        yield item.of
    if isinstance(asset, Entity) and asset.dimension:
        yield asset.dimension
        if item.of:
            yield f"{asset.dimension}:{item.id}"
    if isinstance(asset, QueryTemplate):
        yield from (*asset.metrics, *asset.dimensions)
