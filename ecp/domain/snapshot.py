"""What a watch keeps of an answer, so that the next one can be compared with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from ecp.domain.answer import Resolution, ResolvedPeriod, Results
from ecp.domain.question import Asker
from ecp.domain.rerun import missing
from ecp.domain.values import JsonObject, Value

MOST_CELLS = 2_000
COMPARED_WARNINGS = frozenset({"tribal_knowledge", "freshness", "validation"})
ANSWERED = frozenset({"complete", "disambiguation_required", "unresolved"})


class Numbers(Value):
    """Figures by what they are of; `columns` says of which metrics. `timed`: each is of a time of its own. Of more
    than `MOST_CELLS` only the digest is kept."""

    columns: tuple[str, ...] = ()
    cells: dict[str, int | float | None] = {}
    count: int = 0
    digest: str = ""
    timed: bool = False


class Snapshot(Value):
    """`confidence`, `caveats` and `numbers` are None where that attempt could not find them out."""

    resolution_id: str
    department: str | None = None
    allowed: bool = True
    status: str
    open: tuple[str, ...] = ()
    permission: JsonObject = {}
    definition: JsonObject = {}
    period: JsonObject | None = None
    filters: tuple[JsonObject, ...] = ()
    caveats: dict[str, str] | None = None
    confidence: float | None = None
    numbers: Numbers | None = None


def snapshot_of(answer: Resolution, asker: Asker) -> Snapshot:
    """Of an answer, or of a refusal by the policy."""
    without = missing(answer.model_dump(include={"degradations"}))
    caveats = {w.id: w.severity for w in answer.warnings if w.source in COMPARED_WARNINGS}
    unchecked = bool(without & {"known_issues", "graph", "vector"})
    return Snapshot(
        resolution_id=answer.resolution_id,
        department=asker.department,
        allowed=answer.status != "access_denied",
        status=answer.status,
        open=_open(answer),
        permission=_permission(answer),
        definition=_definition(answer),
        period=_period(answer),
        filters=tuple(_filters(answer)),
        caveats=None if unchecked else caveats,
        confidence=None if without else answer.confidence_score,
        numbers=_numbers(answer),
    )


def _open(answer: Resolution) -> tuple[str, ...]:
    """What was not understood, or is to be chosen from."""
    return (*(u.mention for u in answer.unresolved), *(o.text for o in answer.options))


def _permission(answer: Resolution) -> JsonObject:
    if answer.authorization is None:
        return {}
    return answer.authorization.model_dump(mode="json", include={"row_filters", "masked_columns"})


def _definition(answer: Resolution) -> JsonObject:
    """What everything the answer rests on means, by its id; of a question about meaning the reply itself."""
    concepts = answer.resolved_concepts
    fields = {"name", "definition", "unit", "semantic_layer_ref", "certification_tier"}
    found: JsonObject = {m.id: m.model_dump(mode="json", include=fields) for m in concepts.metrics}
    found |= {c.metric: {"compared": c.kind} for c in concepts.comparisons if c.metric}
    found |= {d.id: {"grain": d.grain} for d in concepts.dimensions}
    return found | ({"answer": answer.answer} if answer.answer is not None else {})


def _period(answer: Resolution) -> JsonObject | None:
    concepts = answer.resolved_concepts
    if concepts.period is None:
        return None
    compared = [_span(c.period) for c in concepts.comparisons if c.period is not None]
    return _span(concepts.period) | ({"compared": compared} if compared else {})


def _span(period: ResolvedPeriod) -> JsonObject:
    return period.model_dump(mode="json", include={"start", "end", "label"})


def _filters(answer: Resolution) -> Iterable[JsonObject]:
    for item in answer.resolved_concepts.filters:
        shown = item.model_dump(mode="json", include={"dimension", "metric", "operator", "member", "values"})
        yield {name: value for name, value in shown.items() if value is not None}


def _numbers(answer: Resolution) -> Numbers | None:
    """Last known or approximate figures are none to compare with."""
    results = answer.results
    if results is None or results.approximate or answer.age_seconds > 0:
        return None
    cells = _cells(results)
    digest = hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()
    timed = any(c.type == "time" for c in results.columns)
    return Numbers(
        columns=tuple(c.name for c in results.columns if c.type == "number"),
        cells=cells if len(cells) <= MOST_CELLS else {},
        count=len(cells),
        digest=digest,
        timed=timed,
    )


def _cells(results: Results) -> dict[str, Any]:
    figures = [at for at, c in enumerate(results.columns) if c.type == "number"]
    cells: dict[str, Any] = {}
    for row in results.rows:
        key = " / ".join(str(value) for at, value in enumerate(row) if at not in figures)
        for at in figures:
            name = results.columns[at].name
            cells[_free(f"{key} / {name}" if key else name, cells)] = row[at]
    return cells


def _free(name: str, taken: JsonObject) -> str:
    number = 2
    free = name
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free
