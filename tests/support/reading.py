"""A question as the core understands it, from a pack alone: no store is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from ecp.domain.answer import Resolution
from ecp.domain.assets import AnyAsset, Entity, Pack
from ecp.domain.catalogue import Catalogue
from ecp.domain.compose import status_of
from ecp.domain.confidence import calibrated, factors, score
from ecp.domain.intent import Intent, read_intent
from ecp.domain.matching import look_up
from ecp.domain.periods import calendar_of, resolve_periods
from ecp.domain.plan import Draft, draft
from ecp.domain.plan.unmodelled import with_unmodelled
from ecp.domain.reader import read
from ecp.domain.reading import Reading
from ecp.domain.relations import Hop, Place, Related, arrived
from ecp.domain.selection import Evidence, Selection, select
from ecp.domain.selection.offered import is_about_cuts, still_offered
from ecp.domain.semantic import SemanticMeta
from ecp.domain.templates import written_out
from ecp.packs.loader import load_pack
from ecp.stores.common_words import CommonWords

TESTS = Path(__file__).resolve().parents[1]
PACKS = TESTS / "domain" / "packs"
DEMO = TESTS.parent / "deployments" / "demo"
TODAY = date(2026, 2, 10)
IS_WORD = CommonWords()
_NO_LAYER = SemanticMeta(members={}, joined={}, version="0")
_ASSET: TypeAdapter[AnyAsset] = TypeAdapter(AnyAsset)


@dataclass(frozen=True)
class Understood:
    intent: Intent
    reading: Reading
    selection: Selection
    plan: Draft | None

    @property
    def status(self) -> str:
        return status_of(self.selection, self.plan.problems if self.plan else ())

    @property
    def factors(self) -> dict[str, float]:
        """What an answer claims, before it is told as what such a claim has been worth."""
        concepts = self.selection.concepts
        return factors(concepts, (), (), asked_stores=(), plan_checked=True, timed=self.plan is not None)

    @property
    def claimed(self) -> float:
        return score(self.factors)

    def as_answer(self) -> dict[str, Any]:
        """In the shape that evaluation cases are scored on."""
        answer = Resolution(
            resolution_id="r",
            confidence_score=score(calibrated(self.factors)) if self.status == "complete" else None,
            status=self.status,  # type: ignore[arg-type]
            kind=self.selection.kind,
            resolved_concepts=self.selection.concepts,
            unresolved=self.selection.unresolved + (self.plan.problems if self.plan else ()),
            options=self.selection.options,
        )
        return answer.model_dump(mode="json")


def assets_of(text: str) -> tuple[AnyAsset, ...]:
    return tuple(_ASSET.validate_python(document) for document in yaml.safe_load_all(text))


@cache
def pack(name: str) -> tuple[AnyAsset, ...]:
    """The assets of the demo, or of one of the packs beside the tests."""
    if name == "demo":
        return load_pack(DEMO).assets
    return assets_of((PACKS / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def catalogue(name: str) -> Catalogue:
    return Catalogue.of("1", pack(name))


def related_by_pack(reading: Reading, assets: Catalogue) -> dict[str, tuple[Related, ...]]:
    """What the graph would find, from the pack's own links."""
    found = {}
    for path in reading.paths:
        hops = [_links(assets, hop) for hop in path.hops]
        found[path.text] = arrived(path, hops, assets)
    return found


def _links(assets: Catalogue, hop: Hop) -> dict[Place, tuple[Place, ...]]:
    owner = assets.get(hop.entity if hop.outgoing else hop.to, Entity)
    pairs: dict[Place, list[Place]] = {}
    for instance in owner.instances if owner else ():
        for other in instance.links.get(hop.relation, ()):
            own, linked = (hop.entity, hop.to) if hop.outgoing else (hop.to, hop.entity)
            ends = Place(entity=own, instance=instance.id), Place(entity=linked, instance=other)
            start, end = ends if hop.outgoing else ends[::-1]
            pairs.setdefault(start, []).append(end)
    return {start: tuple(ends) for start, ends in pairs.items()}


def told_of_the_layer(assets: Catalogue) -> SemanticMeta | None:
    """What the pack says itself where it brings no model, as a platform takes it; of one that it brings nothing."""
    modelled = any(p.cube for p in assets.of_kind(Pack) if isinstance(p, Pack))
    return None if modelled else with_unmodelled(_NO_LAYER, assets)


def understand(
    question: str,
    known: Catalogue | Iterable[AnyAsset],
    department: str | None = None,
    *,
    today: date = TODAY,
    evidence: Evidence | None = None,
    forced: dict[str, str] | None = None,
    meta: SemanticMeta | None = None,
) -> Understood:
    """The way of a question through the core, up to the plan; `meta` is what the semantic layer has (None: what is
    told of it)."""
    assets = known if isinstance(known, Catalogue) else Catalogue.of("1", known)
    intent = written_out(read_intent(question), assets, is_word=IS_WORD).intent
    question = intent.text
    reading = read(intent, look_up(intent, assets, is_word=IS_WORD), assets)
    calendar, conventions = calendar_of(assets)
    unit = reading.average.unit if reading.average else None
    periods = resolve_periods(question, reading.times, calendar, conventions, today, shared_over=unit)
    evidence = evidence or Evidence()
    if reading.paths and evidence.related is None:
        evidence = evidence.model_copy(update={"related": related_by_pack(reading, assets)})
    selection = select(reading, periods, assets, department, evidence, forced)
    meta = meta or told_of_the_layer(assets)
    if is_about_cuts(selection):
        selection = still_offered(selection, assets, meta)
    plan = None
    if selection.concepts.metrics and not selection.unresolved and not selection.subjects:
        plan = draft(
            selection.concepts,
            assets,
            calendar,
            meta,
            as_of=today,
            department=selection.department or department,
            grain_basis=selection.grain_basis,
        )
    return Understood(intent, reading, selection, plan)
