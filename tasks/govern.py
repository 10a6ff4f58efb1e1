"""The stages that say what may be said: caveats, the plan, and the policy's decision."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import date
from functools import partial
from typing import TypeVar

from ecp.domain.answer import (
    ResolvedConcepts,
    Warning_,
)
from ecp.domain.assets import DataContract, Pack, TribalKnowledge
from ecp.domain.authorization import Decision
from ecp.domain.catalogue import Catalogue
from ecp.domain.caveats import caveats
from ecp.domain.exposure import Shown, policy_input
from ecp.domain.freshness import Load, contracts, newest
from ecp.domain.limits import unknown_names
from ecp.domain.narrowing import Narrowing, narrow
from ecp.domain.periods import calendar_of
from ecp.domain.plan import Draft, as_known_on, authorised, draft
from ecp.domain.plan.unmodelled import unmodelled, with_unmodelled
from ecp.domain.selection import Selection
from ecp.domain.selection.offered import still_offered
from ecp.domain.semantic import SemanticMeta
from ecp.domain.values import Value
from ecp.errors import AccessDenied, PolicyUnavailable, StoreError, StoreKnownDown, StoreRejected
from ecp.run import Authorised as Decided
from ecp.run import Run, current_stage
from ecp.stores.semantic_held import HeldSemantics
from ecp.telemetry import metrics
from ecp.telemetry.logs import POLICY_DECISION, get_logger
from tasks.stage import stage
from tasks.together import side_by_side
from tasks.understand import catalogue_of

_log = get_logger(__name__)
T = TypeVar("T")


class Planned(Value):
    """The draft, the version of the data it would run on, where the pack names a query for it, and when what a data
    contract speaks of was loaded."""

    draft: Draft
    data_version: str | None = None
    loads: tuple[Load, ...] = ()


class Authorised(Value):
    """The decision, and the plan with every row filter in it: the only one that is executed."""

    decision: Decision
    plan: Draft | None = None


@stage(
    "check_known_issues",
    type="enrich",
    store="known_issues",
    depends_on=("select_definitions",),
)
async def check_known_issues(run: Run, concepts: ResolvedConcepts) -> tuple[Warning_, ...]:
    """Caveats that touch this metric, these members and this period."""
    stores, version, text = run.stores, run.registry_version, run.question.text
    measured = [m.id for m in concepts.metrics] + [c.metric for c in concepts.comparisons if c.metric]
    by_graph = _found(run.ask("graph", lambda: stores.graph.known_issues(measured, run.content_version)))
    by_meaning = _found(run.ask("vector", lambda: stores.vector.known_issues(text, version)))
    graph, vector = await side_by_side(by_graph, by_meaning)
    without = [store for store, found in (("graph", graph), ("vector", vector)) if found is None]
    if without and (record := current_stage()) is not None:
        record.degraded = True
    for store in without:
        run.degrade(store)
    if graph is None and vector is None:
        raise StoreKnownDown("known_issues", "caveats could not be checked: neither the graph nor the vectors answered")
    catalogue = await catalogue_of(run)
    ids = [*(graph or ()), *(h.asset_id for h in vector or ()), *_by_registry(catalogue)]
    return caveats(ids, concepts, catalogue, run.question.asker.department, run.question.as_of)


async def _found(asked: Awaitable[T]) -> T | None:
    try:
        return await asked
    except StoreError:
        return None


def _by_registry(catalogue: Catalogue) -> Iterable[str]:
    """What the registry itself knows, so that a caveat is not lost with a store."""
    return (k.id for k in catalogue.of_kind(TribalKnowledge))


@stage("narrow_parameters", type="plan", store="registry", depends_on=("select_definitions",), reuse=False)
async def narrow_parameters(run: Run, selection: Selection, narrowing: Narrowing) -> Selection:
    """The selection within the caller's parameters, which are this attempt's alone."""
    catalogue = await catalogue_of(run)
    asker, until = run.question.asker, _past_day(run, catalogue)
    concepts = narrow(selection.concepts, narrowing, catalogue, asker.department, until=until)
    return selection.model_copy(update={"concepts": concepts})


@stage(
    "build_execution_plan",
    type="plan",
    store="semantic",
    depends_on=("select_definitions", "narrow_parameters"),
)
async def build_execution_plan(run: Run, selection: Selection) -> Planned:
    """The plan, checked against the layer's metadata."""
    held = run.stores.semantic.held_meta()
    meta = await _meta(run)
    catalogue = await catalogue_of(run)
    plan = _draft(run, selection, catalogue, meta)
    if (plan.problems or plan.unmodelled) and meta is held:
        # The model may have changed since: nothing is refused on the word of a held copy.
        plan = _draft(run, selection, catalogue, await run.ask("semantic", run.stores.semantic.meta))
    version, loads = await side_by_side(_data_version(run, catalogue), _loads(run, selection.concepts, catalogue, meta))
    return Planned(draft=plan, data_version=version, loads=loads)


async def _loads(run: Run, concepts: ResolvedConcepts, catalogue: Catalogue, meta: SemanticMeta) -> tuple[Load, ...]:
    """Side by side; held for as long as the data version is."""
    return await side_by_side(*(_load_of(run, c, meta) for c in contracts(concepts, catalogue)))


async def _load_of(run: Run, contract: DataContract, meta: SemanticMeta) -> Load:
    """What the layer cannot say is a warning; where it does not answer, the plan does without the layer."""
    unknown = Load(contract=contract.id, known=False)
    ref = contract.freshness_ref
    if ref is None or ref not in meta.members:
        return unknown
    semantic, query, limit = run.stores.semantic, newest(ref), run.settings.store_timeout_seconds
    if (held := semantic.held_version(query)) is not None:
        return Load(contract=contract.id, at=held.value)
    try:
        at = await run.ask("semantic", lambda: semantic.data_version(query, timeout=limit))
    except StoreRejected:
        return unknown
    return Load(contract=contract.id, at=at)


@stage("build_unchecked_plan", type="plan", store="registry", depends_on=("select_definitions", "narrow_parameters"))
async def build_unchecked_plan(run: Run, selection: Selection) -> Planned:
    """The plan when the semantic layer cannot say what it has."""
    return Planned(draft=_draft(run, selection, await catalogue_of(run), None))


def _draft(run: Run, selection: Selection, catalogue: Catalogue, meta: SemanticMeta | None) -> Draft:
    calendar, _ = calendar_of(catalogue)
    made = draft(
        selection.concepts,
        catalogue,
        calendar,
        with_unmodelled(meta, catalogue) if meta else None,
        as_of=run.question.as_of,
        department=selection.department or run.question.asker.department,
        grain_basis=selection.grain_basis,
    )
    untold = unmodelled(catalogue.metrics_meant(q.metric for q in made.queries), meta) if meta else ()
    return made.model_copy(update={"unmodelled": untold, "checked": False}) if untold else made


@stage("check_offered", type="plan", store="semantic", depends_on=("select_definitions",))
async def check_offered(run: Run, selection: Selection) -> Selection:
    """The metrics of a list that the layer has by what the question names, or the dimensions that it has them by. The
    model may have changed since a copy of its metadata was held: nothing is left out on the word of one."""
    meta = await run.ask("semantic", run.stores.semantic.meta)
    catalogue = await catalogue_of(run)
    return still_offered(selection, catalogue, with_unmodelled(meta, catalogue))


async def _meta(run: Run) -> SemanticMeta:
    held = run.stores.semantic.held_meta()
    if held is None:
        return await run.ask("semantic", run.stores.semantic.meta)
    await run.ask("semantic", run.stores.semantic.alive)
    return held


async def data_version(
    semantic: HeldSemantics,
    catalogue: Catalogue,
    ask: Callable[[Callable[[], Awaitable[str | None]]], Awaitable[str | None]],
    seconds: float,
    *,
    anew: bool = False,
) -> str | None:
    """What changes whenever the data do: held for a while, unless it is asked `anew`, else asked by way of `ask`; None
    where no pack names it."""
    query = next((p.data_version for p in catalogue.of_kind(Pack) if p.data_version), None)
    if query is None:
        return None
    held = None if anew else semantic.held_version(query)
    return held.value if held else await ask(lambda: semantic.data_version(query, timeout=seconds))


async def _data_version(run: Run, catalogue: Catalogue) -> str | None:
    limit = run.settings.store_timeout_seconds
    watched = run.claim is not None
    return await data_version(run.stores.semantic, catalogue, partial(run.ask, "semantic"), limit, anew=watched)


@stage(
    "check_authorization",
    type="authorize",
    store="policy",
    depends_on=("select_definitions", "build_execution_plan", "build_unchecked_plan"),
    reuse=False,
)
async def check_authorization(run: Run, shown: Shown, plan: Draft | None) -> Authorised:
    """One decision for everything that would be used or shown; its row filters enter the plan here."""
    catalogue = await catalogue_of(run)
    question = policy_input(run.question, shown, catalogue)
    limit = run.settings.store_timeout_seconds
    decision = await run.ask("policy", lambda: run.stores.policy.decide(question, timeout=limit))
    run.authorised = Decided(question, decision)
    metrics.policy_decided("allow" if decision.allowed else "deny")
    _log.info(POLICY_DECISION, allowed=decision.allowed, policies=decision.policies)
    if not decision.allowed:
        unknown = unknown_names(run.question.asker, (i.dimension for i in question.limits), catalogue)
        reasons = (*decision.reasons, *unknown)
        return Authorised(decision=decision.model_copy(update={"reasons": reasons}))
    if plan is None:
        return Authorised(decision=decision)
    held = run.stores.semantic.held_meta()
    meta = with_unmodelled(held, catalogue) if held else None
    try:
        limited = authorised(plan, decision.row_filters, catalogue, meta)
    except AccessDenied as denied:
        reasons = (*decision.reasons, *denied.extra["reasons"])
        return Authorised(decision=decision.model_copy(update={"allowed": False, "reasons": reasons}))
    return Authorised(decision=decision, plan=_as_known(run, limited, catalogue, meta))


def _as_known(run: Run, plan: Draft, catalogue: Catalogue, meta: SemanticMeta | None) -> Draft:
    """Of a day that is past, without what came later. Here, as an earlier plan may be used again on a later day."""
    day = _past_day(run, catalogue)
    return as_known_on(day, plan, catalogue, meta) if day else plan


def _past_day(run: Run, catalogue: Catalogue) -> date | None:
    """The day that the question is asked of, where that is over."""
    calendar, _ = calendar_of(catalogue)
    day = run.question.as_of
    return day if day < calendar.day_of(run.clock.now()) else None


def unavailable(run: Run) -> PolicyUnavailable:
    """Whatever kept the policy from answering: nothing is allowed, and the caller is told when to try again."""
    metrics.policy_decided("unavailable")
    run.degrade("policy")
    seconds = run.guards["policy"].again_in
    return PolicyUnavailable(
        f"the policy could not be evaluated, so nothing is allowed; ask again in {seconds} s",
        retry_after=seconds,
        **run.error_fields,
    )
