"""One question becomes one answer, or a clear refusal."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, TypeVar

from prefect import flow
from prefect.client.schemas.objects import State

from ecp.domain.answer import Resolution, Unresolved, Warning_
from ecp.domain.compose import (
    complete,
    denied,
    not_complete,
    status_of,
    visible_options,
    visible_unresolved,
    with_results,
)
from ecp.domain.exposure import Shown, is_hidden, keys_of
from ecp.domain.freshness import overdue
from ecp.domain.intent import Intent
from ecp.domain.lineage import hidden_nodes
from ecp.domain.narrowing import Narrowing, unplanned
from ecp.domain.periods import data_from
from ecp.domain.reading import Reading
from ecp.domain.relations import Related
from ecp.domain.report import report
from ecp.domain.samples import approximate_warning, sampled
from ecp.domain.selection import Selection
from ecp.domain.selection.offered import is_about_cuts, still_offered
from ecp.errors import AlreadyRunning, NothingToRerun, StoreError, StoreRejected
from ecp.run import Run, open_run
from ecp.stores.protocols import GraphHit, Hit, Precedent
from tasks.govern import (
    Authorised,
    Planned,
    build_execution_plan,
    build_unchecked_plan,
    check_authorization,
    check_known_issues,
    check_offered,
    narrow_parameters,
    unavailable,
)
from tasks.opening import open_stored
from tasks.outcome import circumstances, ending, heeding, state_of, without_numbers
from tasks.reply import assemble_response, describe, execute_queries, last_known, validate_results
from tasks.states import NEVER_USED, final_state
from tasks.together import together
from tasks.understand import (
    Found,
    catalogue_of,
    find_precedents,
    parse_intent,
    resolve_period,
    search_graph,
    search_keywords,
    search_registry,
    search_relations,
    search_vectors,
    select_definitions,
)

T = TypeVar("T")


@flow(name="resolve", validate_parameters=False, persist_result=False)
async def resolve(resolution_id: str = "") -> State[Any]:
    """Resolves the stored question of this id. The answer is in the registry, and on the run of whoever waits. Without
    one the run was made ahead, by a process that ended before it could use it."""
    if not resolution_id:
        return final_state("cancelled", message=f"{NEVER_USED}; `resolution_id` says which one is to be run again")
    try:
        async with open_run(resolution_id, open_stored) as run, ending(run), heeding(run), run.within_deadline():
            run.resolution = await _answer(run)
            run.report = report(run.resolution, discreet=run.settings.env == "prod")
    except NothingToRerun as settled:
        return final_state(settled.extra["ended_as"], message=settled.detail)
    except AlreadyRunning as elsewhere:
        return final_state("cancelled", message=elsewhere.detail)
    return state_of(run)


async def _answer(run: Run) -> Resolution:
    intent = await parse_intent()
    reading, selection = await _understand(run, intent)
    if is_about_cuts(selection):
        selection = await _offered(run, selection)
    warnings: tuple[Warning_, ...] = ()
    planned: Planned | None = None
    measured = selection.kind not in ("definition", "lineage", "catalogue")
    if measured and not selection.unresolved and not selection.options:
        if run.before is not None:
            selection = await narrow_parameters(selection, run.narrowing or Narrowing())
        warnings, planned = await _known_of_the_data(run, selection)
        if run.narrowing and (refused := unplanned(selection.concepts, run.narrowing, planned.draft.problems)):
            raise refused
    allowed = await _authorise(run, selection, planned, warnings)
    return await _reply(run, reading, selection, planned, warnings, allowed)


async def _understand(run: Run, intent: Intent) -> tuple[Reading, Selection]:
    found, graph, vector = await together(run, search_registry(intent), _graph(run, intent), _vectors(run, intent))
    run.measured = found.measured
    periods, related, precedents = await together(
        run, resolve_period(found), _related(run, found.reading), _precedents(run, found)
    )
    return found.reading, await select_definitions(found, periods, graph, vector, precedents, related)


async def _related(run: Run, reading: Reading) -> dict[str, tuple[Related, ...]] | None:
    """Who belongs to whom, where the question asks for it; the graph alone knows."""
    return await _or_without(run, "graph", search_relations(reading)) if reading.paths else None


async def _graph(run: Run, intent: Intent) -> tuple[GraphHit, ...] | None:
    return await _or_without(run, "graph", search_graph(intent))


async def _vectors(run: Run, intent: Intent) -> tuple[Hit, ...] | None:
    found = await _or_without(run, "vector", search_vectors(intent))
    return await search_keywords(intent) if found is None else found


async def _precedents(run: Run, found: Found) -> tuple[Precedent, ...]:
    return await _or_without(run, "vector", find_precedents(found)) or ()


async def _offered(run: Run, selection: Selection) -> Selection:
    """What the layer can cut by what is named, or what is named by; while it is down, what the pack tells by itself."""
    kept = await _or_without(run, "semantic", check_offered(selection))
    if kept is not None:
        return kept
    listed = "dimensions that are reached" if selection.cuts else "metrics that are cut"
    effect = f"{listed} by way of a join of the layer may be missing from the list"
    run.degrade("semantic", fallback="the pack's own word", effect=effect)
    return still_offered(selection, await catalogue_of(run), None)


async def _known_of_the_data(run: Run, selection: Selection) -> tuple[tuple[Warning_, ...], Planned]:
    """What should be known of the numbers, and how they are had."""
    caveats, planned = await together(run, _caveats(run, selection), _plan(run, selection))
    late = overdue(planned.loads, selection.concepts, await catalogue_of(run), run.clock.now())
    return (*caveats, *late), planned


async def _caveats(run: Run, selection: Selection) -> tuple[Warning_, ...]:
    return await _or_without(run, "known_issues", check_known_issues(selection.concepts)) or ()


async def _plan(run: Run, selection: Selection) -> Planned:
    planned = await _or_without(run, "semantic", build_execution_plan(selection))
    return planned if planned is not None else await build_unchecked_plan(selection)


async def _or_without(run: Run, component: str, stage: Awaitable[T]) -> T | None:
    """What the stage found, or None and a degradation that says so. Without the registry nothing can be resolved."""
    try:
        return await stage
    except StoreError as error:
        if error.store == "registry":
            raise
        run.degrade(component)
        return None


async def _authorise(
    run: Run, selection: Selection, planned: Planned | None, warnings: tuple[Warning_, ...]
) -> Authorised:
    problems = planned.draft.problems if planned else ()
    shown = Shown(
        concepts=selection.concepts,
        subjects=(*selection.subjects, *selection.through),
        options=selection.options,
        unresolved=(*selection.unresolved, *problems),
        caveats=tuple(w.id for w in warnings),
    )
    try:
        return await check_authorization(shown, planned.draft if planned and not problems else None)
    except StoreError as error:
        if error.store == "registry":
            raise
        raise unavailable(run) from error


async def _reply(
    run: Run,
    reading: Reading,
    selection: Selection,
    planned: Planned | None,
    warnings: tuple[Warning_, ...],
    allowed: Authorised,
) -> Resolution:
    decision, under = allowed.decision, circumstances(run, allowed.decision, planned)
    catalogue = await catalogue_of(run)
    problems = _problems(planned, allowed)
    status = status_of(selection, problems)
    options = visible_options(selection.options, hidden_nodes(catalogue, decision.denied))
    if not decision.allowed or is_hidden(selection, decision.denied, catalogue) or (selection.options and not options):
        return await assemble_response(denied(under, selection, decision), decision)
    if status != "complete":
        missing = visible_unresolved(
            (*selection.unresolved, *problems), decision.denied, lambda near: keys_of(near, catalogue)
        )
        return await assemble_response(not_complete(under, selection, status, decision, missing, options), decision)
    visible = tuple(w for w in warnings if w.id not in decision.denied)
    limits = run.authorised.put.limits if run.authorised else ()
    answer = complete(under, selection, decision, allowed.plan, visible, data_from(catalogue), limits)
    if selection.subjects or selection.kind == "catalogue" or reading.of_issues:
        reply = await _or_without(run, "graph", describe(reading, selection, decision.denied))
        answer = answer.model_copy(update={"answer": reply, "degradations": tuple(run.degradations)})
    if run.question.execute and allowed.plan is not None and not allowed.plan.unmodelled:
        answer = await _execute(run, answer, allowed)
    return await assemble_response(answer, decision)


def _problems(planned: Planned | None, allowed: Authorised) -> tuple[Unresolved, ...]:
    """What cannot be planned, or not of the past day that the question is asked of."""
    return next((draft.problems for draft in (allowed.plan, planned.draft if planned else None) if draft), ())


async def _execute(run: Run, answer: Resolution, allowed: Authorised) -> Resolution:
    """The numbers; while the layer is down the last known ones of the same plan under the same decision."""
    assert allowed.plan is not None
    try:
        executed = await execute_queries(allowed.plan, allowed.decision)
    except StoreError as error:
        held = last_known(run, allowed.plan, allowed.decision)
        if held is None:
            return await _approximated(run, answer, allowed, error)
        run.degrade("semantic", fallback="last known result", effect="the numbers may be out of date")
        executed = held
    results = await validate_results(answer, allowed.plan, executed)
    return with_results(answer, results, run.degradations, age_seconds=executed.age_seconds)


async def _approximated(run: Run, answer: Resolution, allowed: Authorised, error: StoreError) -> Resolution:
    """The sample that the pack keeps of just this number, told as one; else there is no answer."""
    results = sampled(answer.resolved_concepts, allowed.decision, await catalogue_of(run))
    if results is None:
        refused = isinstance(error, StoreRejected)
        effect = "the numbers are refused" if refused else "the numbers cannot be had now"
        run.degrade("semantic", fallback="none", effect=effect)
        raise without_numbers(run, error) from error
    run.degrade("semantic", fallback="sample of the pack", effect="the number is approximate")
    told = answer.model_copy(update={"warnings": (*answer.warnings, approximate_warning(results))})
    return with_results(told, results, run.degradations, age_seconds=0)
