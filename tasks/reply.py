"""The stages that produce the answer: numbers, their checks, entries of the glossary, and the record of it all."""

from __future__ import annotations

import hashlib
import json

from ecp.domain.answer import Resolution, Results
from ecp.domain.assets import Metric
from ecp.domain.authorization import Decision
from ecp.domain.belonging import with_belonging
from ecp.domain.catalogue import Catalogue
from ecp.domain.caveats import listed, speaks_of
from ecp.domain.completeness import cut_short
from ecp.domain.entries import described, entry, is_denied, known_issues, with_issues
from ecp.domain.governed import governed_metrics, templates_of, with_users
from ecp.domain.kept_since import with_beginning, with_contracts
from ecp.domain.lineage import all_visible, hidden_nodes
from ecp.domain.meant_by import with_meanings
from ecp.domain.periods import data_from
from ecp.domain.plan import Draft, DraftQuery
from ecp.domain.reading import Reading
from ecp.domain.related import told
from ecp.domain.results import assemble
from ecp.domain.selection import Selection
from ecp.domain.semantic import QueryResult
from ecp.domain.validation import validate, with_checks
from ecp.domain.values import JsonObject, Value
from ecp.domain.without_data import without_data
from ecp.run import Run, current_stage
from ecp.stores.protocols import Attempt, AuditRecord, LineageGraph
from ecp.telemetry import metrics
from tasks.checkpoints import circumstances_of
from tasks.stage import stage
from tasks.together import side_by_side
from tasks.understand import catalogue_of

LINEAGE_DEPTH = 8


class Executed(Value):
    """Results by query id; `age_seconds` when they are the last known ones because the layer is down."""

    results: dict[str, QueryResult]
    age_seconds: float = 0
    last_known: bool = False


@stage(
    "execute_queries",
    type="execute",
    store="semantic",
    depends_on=("check_authorization", "build_execution_plan"),
    without="the last known numbers, the pack's sample of one, or none",
)
async def execute_queries(run: Run, plan: Draft, decision: Decision) -> Executed:
    """Runs every query of the authorised plan, side by side."""
    loaded = await side_by_side(*(_load(run, q) for q in plan.queries))
    results = {q.id: r for q, r in zip(plan.queries, loaded, strict=True)}
    for query in plan.queries:
        run.stores.semantic.keep(result_key(run, query, decision), results[query.id])
    return Executed(results=results)


async def _load(run: Run, query: DraftQuery) -> QueryResult:
    limit = min(run.settings.query_timeout_seconds, run.remaining())
    return await run.ask("semantic", lambda: run.stores.semantic.load(query.cube, timeout=limit), timeout=limit)


def last_known(run: Run, plan: Draft, decision: Decision) -> Executed | None:
    """The last results of the same queries under the same decision, with the age of the oldest."""
    held = {q.id: run.stores.semantic.last_known(result_key(run, q, decision)) for q in plan.queries}
    known = {i: h for i, h in held.items() if h is not None}
    if not known or len(known) < len(held):
        return None
    age = max(h[1] for h in known.values())
    return Executed(results={i: h[0] for i, h in known.items()}, age_seconds=round(age, 3), last_known=True)


def result_key(run: Run, query: DraftQuery, decision: Decision) -> str:
    """A query's identity: itself as authorised, the whole decision and the registry version."""
    parts = [query.cube.to_json(), decision.model_dump(mode="json"), run.registry_version]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@stage("validate_results", type="validate", store="registry", depends_on=("execute_queries",))
async def validate_results(run: Run, resolution: Resolution, plan: Draft, executed: Executed) -> Results:
    """The table and what the pack's rules say of it; without its numbers where they say that it must not be shown."""
    catalogue = await catalogue_of(run)
    table = assemble(plan, executed.results, resolution.resolved_concepts, catalogue, run.question.as_of)
    missing = cut_short(plan, executed.results, resolution.resolved_concepts)
    rules = validate(table, plan, resolution.resolved_concepts, catalogue, run.question.as_of)
    checks = (*table.validation, *missing, *without_data(plan, executed.results, catalogue), *rules)
    for check in checks:
        if not check.passed:
            metrics.validation_failed(check.rule)
    return with_checks(table, checks)


@stage(
    "describe",
    type="enrich",
    store="graph",
    depends_on=("check_authorization",),
    without="no lineage is told",
)
async def describe(run: Run, reading: Reading, selection: Selection, denied: tuple[str, ...]) -> JsonObject:
    """The reply to a question about meaning, origin or what there is; nothing denied is in it."""
    catalogue = await catalogue_of(run)
    visible = [s for s in selection.subjects if not is_denied(s, denied)]
    if reading.kind == "lineage":
        return await _lineage(run, visible, denied)
    if reading.of_issues and not selection.concepts.metrics:
        return _of_issues(reading, selection, visible, catalogue, denied)
    if reading.of_relations:
        return told(selection.reached, {p.entity for p in reading.paths}, denied)
    if reading.kind == "catalogue" and not reading.listed:
        if wanted := reading.governed:
            found = templates_of if wanted.templates else governed_metrics
            visible = sorted(asset.id for asset in found(wanted, catalogue, denied))
        return _offered([entry(catalogue.assets[i], denied) for i in visible])
    department = reading.department or run.question.asker.department
    entries = [described(s, catalogue, denied, department) for s in visible]
    entries = [_with_cuts(e, selection.cuts, denied) for e in entries]
    if reading.belonging:
        entries = [with_belonging(e, reading.belonging, catalogue, department, denied) for e in entries]
    if reading.governed and reading.governed.users:
        entries = [with_users(e, catalogue, denied) for e in entries]
    if reading.of_data:
        entries = [with_issues(e, selection.concepts, catalogue, denied, department) for e in entries]
    if reading.kind == "catalogue":
        return {"metrics": [], **entries[0], "total": len(entries[0]["members"])}
    if reading.kept and reading.kept.asks == "often":
        entries = [with_contracts(e, catalogue, denied) for e in entries]
    told_so = {"entries": entries, **entries[0]}
    if reading.kept and reading.kept.asks == "since" and (begins := data_from(catalogue)):
        period = selection.concepts.period
        told_so = with_beginning(told_so, begins, period.end if period else None)
    return with_meanings(told_so, selection.meant, catalogue, denied) if reading.meant_by else told_so


def _of_issues(
    reading: Reading, selection: Selection, visible: list[str], catalogue: Catalogue, denied: tuple[str, ...]
) -> JsonObject:
    """The known issues, or the metrics that have some with those that are theirs."""
    if reading.kind != "catalogue":
        return known_issues(visible, catalogue, denied)
    issues = listed(selection.concepts, catalogue, selection.department)
    metrics = (m for i in visible if (m := catalogue.get(i, Metric)))
    own = {m.id: [k.id for k in issues if speaks_of(k.scope, m, catalogue)] for m in metrics}
    told = {i: known_issues(ids, catalogue, denied)["known_issues"] for i, ids in own.items()}
    return _offered([described(i, catalogue, denied) | {"known_issues": told[i]} for i in told if told[i]])


def _with_cuts(told: JsonObject, cuts: dict[str, tuple[str, ...]], denied: tuple[str, ...]) -> JsonObject:
    """An entry with the dimensions that were asked for, where they were."""
    known = cuts.get(told["id"])
    return told if known is None else told | {"dimensions": [d for d in known if d not in denied]}


def _offered(entries: list[JsonObject]) -> JsonObject:
    """The metrics there are, or the dimensions or templates that were asked for."""
    listed = {kind: [e for e in entries if e["kind"] == kind] for kind in ("dimension", "query_template")}
    metrics = [e for e in entries if e["kind"] not in listed]
    dimensions, templates = listed.values()
    others = {"dimensions": dimensions, "templates": templates}
    return {"metrics": metrics, "total": len(entries)} | {name: told for name, told in others.items() if told}


async def _lineage(run: Run, targets: list[str], denied: tuple[str, ...]) -> JsonObject:
    """A node that may not be shown is left out with its edges."""
    graphs = await side_by_side(*(_lineage_of(run, t) for t in targets))
    hidden = hidden_nodes(await catalogue_of(run), denied)
    nodes, edges = all_visible(zip(targets, ((g.nodes, g.edges) for g in graphs), strict=True), hidden)
    return {"target": targets[0], "nodes": nodes, "edges": edges}


async def _lineage_of(run: Run, target: str) -> LineageGraph:
    return await run.ask("graph", lambda: run.stores.graph.lineage(target, LINEAGE_DEPTH, run.content_version))


@stage(
    "assemble_response",
    type="assemble",
    store="registry",
    depends_on=("check_authorization", "execute_queries", "validate_results", "describe", "check_known_issues"),
    reuse=False,
)
async def assemble_response(run: Run, resolution: Resolution, decision: Decision | None) -> Resolution:
    """Writes trace, checkpoints, audit record and answer in one transaction, and answers with what was written."""
    final = with_own_node(run, resolution)
    await run.ask("registry", lambda: run.stores.registry.finish(attempt_of(run, final, decision)))
    return final


def with_own_node(run: Run, resolution: Resolution) -> Resolution:
    """The resolution with its trace; the stage that is writing it counts as complete, or it would not be written."""
    nodes = list(run.nodes)
    record = current_stage()
    if record is not None:
        own = record.as_of(run.clock.now())
        nodes.append(run.trace.node(own))
    dag = resolution.provenance.dag.model_copy(update={"nodes": tuple(nodes)})
    return resolution.model_copy(update={"provenance": resolution.provenance.model_copy(update={"dag": dag})})


def attempt_of(run: Run, resolution: Resolution, decision: Decision | None) -> Attempt:
    body = resolution.model_dump(mode="json")
    kept = kept_instead(run, resolution)
    decided = decision or (run.authorised.decision if run.authorised else None)
    return Attempt(
        resolution_id=run.resolution_id,
        attempt=run.attempt,
        status=resolution.status,
        resolution=body if kept is resolution else kept.model_dump(mode="json"),
        trace=tuple(n.model_dump(mode="json") for n in resolution.provenance.dag.nodes),
        checkpoints=(*run.checkpoints, circumstances_of(run)),
        audit=audit_of(run, resolution, decided, body),
        measured=run.measured,
    )


def kept_instead(run: Run, resolution: Resolution) -> Resolution:
    """An execution that was refused or failed does not take away the answer that was given before it, nor a choice
    that failed the options."""
    if run.instead is not None and resolution.status in ("failed", "timed_out", "cancelled"):
        return run.instead
    return resolution if run.before is None or resolution.status == "complete" else run.before


def audit_of(run: Run, resolution: Resolution, decision: Decision | None, body: JsonObject) -> AuditRecord:
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return AuditRecord(
        resolution_id=run.resolution_id,
        attempt=run.attempt,
        event="resolution",
        asker=run.question.asker.model_dump(mode="json"),
        question=run.question.text,
        status=resolution.status,
        decision=decision.model_dump(mode="json") if decision else None,
        answer_digest=digest,
        registry_version=run.registry_version,
        policy_version=decision.policy_version if decision else None,
        request_id=run.request_id,
    )
