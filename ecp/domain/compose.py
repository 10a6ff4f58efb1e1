"""The answer, put together from what the stages found; what the asker may not see is taken out here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from math import prod

from ecp.domain.absent import not_listed
from ecp.domain.answer import (
    Authorization,
    Degradation,
    Nearest,
    Option,
    Provenance,
    Resolution,
    Results,
    Status,
    Unresolved,
    Validation,
    Warning_,
)
from ecp.domain.authorization import Decision, LimitForPolicy
from ecp.domain.completeness import CUT_SHORT
from ecp.domain.confidence import (
    APPROXIMATE,
    BROKEN_RULE,
    NOTHING_KNOWN,
    WITHHELD,
    availability,
    calibrated,
    factors,
    level,
    score,
)
from ecp.domain.limits import names_in
from ecp.domain.plan import Draft
from ecp.domain.question import Question
from ecp.domain.related import visible
from ecp.domain.selection import Selection
from ecp.domain.selection.parts import named_of_two
from ecp.domain.timeliness import time_warnings
from ecp.domain.unplaced import WITHOUT_A_MEMBER
from ecp.domain.validation import WITHHOLDING
from ecp.domain.values import Value
from ecp.domain.without_data import NO_DATA, NOTHING_BESIDE

KeysOf = Callable[[Nearest], tuple[str, ...]]

NO_MODEL = "no_model"


class Circumstances(Value):
    """Under what an answer came about."""

    resolution_id: str
    attempt: int
    question: Question
    degradations: tuple[Degradation, ...] = ()
    asked_stores: tuple[str, ...] = ()
    provenance: Provenance = Provenance()


def status_of(selection: Selection, problems: Iterable[Unresolved]) -> Status:
    if selection.unresolved or tuple(problems):
        return "unresolved"
    return "disambiguation_required" if selection.options else "complete"


def visible_options(options: Iterable[Option], denied: Iterable[str]) -> tuple[Option, ...]:
    """The options of which everything may be shown, numbered as the asker will choose them."""
    hidden = set(denied)
    kept = [o for o in options if not hidden & {*names_in(o.resolved_concepts), *o.settles.values()}]
    return tuple(o.model_copy(update={"id": str(at), "suggested": at == 1}) for at, o in enumerate(kept, start=1))


def visible_unresolved(items: Iterable[Unresolved], denied: Iterable[str], keys_of: KeysOf) -> tuple[Unresolved, ...]:
    """What was not understood, without the names that may not be shown."""
    hidden = set(denied)
    return tuple(
        u.model_copy(update={"nearest": tuple(n for n in u.nearest if not hidden & set(keys_of(n)))}) for u in items
    )


def shown_authorization(decision: Decision) -> Authorization:
    return Authorization.model_validate(decision.model_dump(include=set(Authorization.model_fields)))


def denied(under: Circumstances, selection: Selection, decision: Decision) -> Resolution:
    """A refusal: that it was refused and why, nothing of what was asked about."""
    return _base(under, "access_denied").model_copy(
        update={"kind": selection.kind, "authorization": shown_authorization(decision)}
    )


def failed(under: Circumstances, status: Status) -> Resolution:
    return _base(under, status)


def not_complete(
    under: Circumstances,
    selection: Selection,
    status: Status,
    decision: Decision,
    unresolved: tuple[Unresolved, ...],
    options: tuple[Option, ...],
) -> Resolution:
    """Something to choose, or something that was not understood."""
    return _base(under, status).model_copy(
        update={
            "kind": selection.kind,
            "resolved_concepts": selection.concepts,
            "unresolved": unresolved,
            "options": options,
            "authorization": shown_authorization(decision),
            "warnings": (*_read_anew(selection), *_disputed(selection), *_doubted(selection)) if options else (),
            "confidence_score": options[0].confidence if options else 0.0,
            "confidence_level": "low",
        }
    )


def complete(
    under: Circumstances,
    selection: Selection,
    decision: Decision,
    plan: Draft | None,
    warnings: tuple[Warning_, ...],
    data_from: date | None = None,
    limits: tuple[LimitForPolicy, ...] = (),
) -> Resolution:
    """An answer with its plan, caveats and confidence. `data_from`: the first day there are data of, where known;
    `limits`: what the asker is limited to beside what was asked for."""
    measured = plan is not None
    dated = time_warnings(selection.concepts, under.question.as_of, data_from) if measured else ()
    scoped = (*_narrowed(decision, limits, selection), *_none_related(selection, decision))
    own = (*warnings, *_notes(selection, plan), *dated, *scoped)
    named = factors(
        selection.concepts,
        own,
        under.degradations,
        asked_stores=under.asked_stores,
        plan_checked=plan.checked if plan else True,
        timed=measured,
    )
    named = calibrated(named)
    value = score(named)
    base = _base(under, "complete")
    return base.model_copy(
        update={
            "kind": selection.kind,
            "provenance": base.provenance.model_copy(update={"lineage_ref": _lineage_ref(selection)}),
            "resolved_concepts": selection.concepts,
            "execution_plan": plan.shown if plan else None,
            "authorization": shown_authorization(decision),
            "warnings": own,
            "confidence_score": value,
            "confidence_level": level(value),
            "confidence_factors": named,
        }
    )


def with_results(
    answer: Resolution, results: Results, degradations: Iterable[Degradation], *, age_seconds: float
) -> Resolution:
    """The answer with its numbers. Rules they break become warnings, and what was missing lowers the confidence;
    numbers that were withheld lower it most."""
    gone = tuple(degradations)
    failed_rules = [v for v in results.validation if not v.passed]
    broken = tuple(_broken(v) for v in failed_rules)
    unplaced = tuple(_unplaced(v) for v in results.validation if v.rule == WITHOUT_A_MEMBER)
    named = {**answer.confidence_factors, "availability": availability(gone)}
    if broken:
        named["validation"] = prod(map(_worth, failed_rules))
    if results.approximate:
        named["approximation"] = APPROXIMATE
    named = calibrated(named)
    value = score(named)
    return answer.model_copy(
        update={
            "results": results,
            "warnings": (*answer.warnings, *unplaced, *broken),
            "degradations": gone,
            "age_seconds": age_seconds,
            "confidence_score": value,
            "confidence_level": level(value),
            "confidence_factors": named,
        }
    )


def _unplaced(check: Validation) -> Warning_:
    """Part of the whole that is in no row."""
    return Warning_(id=check.rule, source="validation", severity="low", message=check.note)


def _worth(check: Validation) -> float:
    """What is left of the confidence where this rule is broken."""
    if check.severity == WITHHOLDING:
        return WITHHELD
    return NOTHING_KNOWN if check.rule == NO_DATA else BROKEN_RULE


def _broken(check: Validation) -> Warning_:
    if check.rule == CUT_SHORT:
        return _cut_short(check)
    if check.rule in (NO_DATA, NOTHING_BESIDE):
        return _without_data(check)
    why = check.note or f"the numbers do not pass the rule {check.rule}"
    if check.severity != WITHHOLDING:
        return Warning_(id=check.rule, source="validation", severity="medium", message=why)
    return Warning_(
        id=check.rule,
        source="validation",
        severity="critical",
        message=f"the numbers are withheld, for they cannot be right: {why}",
        impact="no numbers are shown; definition, scope and plan are as asked",
        workaround="ask again once the data are mended, or ask whoever owns them",
    )


def _without_data(check: Validation) -> Warning_:
    beside = check.rule == NOTHING_BESIDE
    return Warning_(
        id=check.rule,
        source="validation",
        severity="medium" if beside else "high",
        message=check.note,
        impact="no change is told" if beside else "the answer tells no number",
        workaround="ask for a time and for parts of which there are data",
    )


def _cut_short(check: Validation) -> Warning_:
    """Rows are missing that nobody asked to leave out: never told as all there are."""
    withheld = check.severity == WITHHOLDING
    return Warning_(
        id=check.rule,
        source="validation",
        severity="critical" if withheld else "high",
        message=f"the numbers are withheld: {check.note}" if withheld else check.note,
        impact="no numbers are shown" if withheld else "the last rows are missing, and a sum of the rows is too small",
        workaround="ask for a shorter period, longer units of time, fewer groups or only the first of them",
    )


def _base(under: Circumstances, status: Status) -> Resolution:
    return Resolution(
        resolution_id=under.resolution_id,
        status=status,
        as_of=under.question.as_of,
        degradations=under.degradations,
        provenance=under.provenance,
        attempt=under.attempt,
    )


def _no_model(names: tuple[str, ...]) -> Warning_:
    return Warning_(
        id=NO_MODEL,
        source="validation",
        severity="low",
        message=f"the semantic layer has no model of {', '.join(names)}: the plan is what the pack says by itself",
        impact="It could not be checked, and cannot be executed.",
        workaround="Import the pack with its Cube model, and ask again.",
    )


def _notes(selection: Selection, plan: Draft | None) -> Iterable[Warning_]:
    """What the asker should know of the times: a grain that does not fit, or no period at all; of groups
    that are not the whole, and of words that meant something else before."""
    yield from _read_anew(selection)
    yield from _doubted(selection)
    for note in plan.notes if plan else ():
        yield Warning_(id="time_grain", source="time", severity="high", message=note)
    for gap in plan.gaps if plan else ():
        yield Warning_(id="not_the_whole", source="validation", severity="low", message=gap)
    if plan is not None and plan.unfinished:
        yield Warning_(id="unfinished_unit", source="time", severity="medium", message=plan.unfinished)
    if plan and plan.unmodelled:
        yield _no_model(plan.unmodelled)
    share = selection.concepts.share
    if plan and share and (named := named_of_two(selection.concepts.metrics, share)):
        message = f"nobody has defined {named}: it is computed from the two"
        told = "sum" if share.plus else "difference" if share.minus else "quotient"
        yield Warning_(id=told, source="validation", severity="low", message=message)
    if plan and selection.scale:
        units = ", ".join(dict.fromkeys(m.unit for m in selection.concepts.metrics if m.unit))
        message = (
            f"the numbers are told as they are kept{f', in {units}' if units else ''}, and not “{selection.scale}”"
        )
        yield Warning_(id="told_in_its_unit", source="validation", severity="low", message=message)
    if plan and (whose := selection.concepts.placed):
        message = f"each row is told with its rank: the one of {whose} is in its own row"
        limit = selection.concepts.limit
        message += f", and it is not among these {limit} where it has none" if limit else ""
        yield Warning_(id="rank_of_a_row", source="validation", severity="low", message=message)
    average = selection.concepts.average
    if plan and average and average.over and average.unit:
        message = f"the average is the mean of the level at the end of each {average.unit}"
        yield Warning_(id="mean_of_levels", source="validation", severity="low", message=message)
    for told in not_listed(selection.concepts) if plan else ():
        yield Warning_(id="without_a_row", source="validation", severity="high", message=told)
    if plan is not None and selection.concepts.period is None:
        message = f"no period was named, so {_taken(plan)}"
        yield Warning_(id="no_period", source="time", severity="low", message=message)


def _none_related(selection: Selection, decision: Decision) -> Iterable[Warning_]:
    """Says of a list of what relations lead to that there is nothing on it; the same where it may not be seen."""
    asked = selection.kind == "catalogue" and selection.through
    if asked and not visible(selection.reached, decision.denied):
        message = "nothing that is known stands in this relation: the list is empty, and not cut short"
        yield Warning_(
            id="none_related",
            source="validation",
            severity="medium",
            message=message,
            workaround="ask what else is related to it, or whose it is",
        )


def _read_anew(selection: Selection) -> Iterable[Warning_]:
    for told in selection.notes:
        yield Warning_(id="read_anew", source="precedent", severity="low", message=told)


def _disputed(selection: Selection) -> Iterable[Warning_]:
    """Says why a word is asked back that feedback has been approved on, and not for what: that may be denied."""
    if selection.disputed is not None:
        yield Warning_(
            id="feedback_at_odds",
            source="precedent",
            severity="medium",
            message=f"approved feedback says different things of “{selection.disputed}”, so it counts for none of them",
            impact="it is asked back which of them is meant",
            workaround="choose one; until one of them alone is approved, questions like this are asked back",
        )


def _doubted(selection: Selection) -> Iterable[Warning_]:
    """Says that somebody found this answer wrong, and not which: that may be denied."""
    back = "it is asked back what else is meant" if selection.options else "no other meaning of it is known"
    for word in selection.doubted:
        yield Warning_(
            id="feedback_rejected",
            source="precedent",
            severity="medium",
            message=f"what “{word}” was taken for in this very question was rejected by somebody of your department; "
            + back,
        )


def _lineage_ref(selection: Selection) -> str | None:
    """What `GET /api/v1/lineage` takes as its target for the answer's first number."""
    return next((m.id for m in selection.concepts.metrics), None)


def _narrowed(decision: Decision, limits: tuple[LimitForPolicy, ...], selection: Selection) -> Iterable[Warning_]:
    """Where less is shown than was asked for: who asks only for what they may see misses nothing. A share of a whole
    that was limited is another number than the one that was asked for."""
    whole = {i.dimension for i in limits if i.requested is not None and set(i.requested) <= set(i.allowed)}
    share = selection.concepts.share is not None
    for item in (f for f in decision.row_filters if f.dimension not in whole):
        values = ", ".join(str(v) for v in item.values)
        message = f"limited to what you may see of {item.dimension}: {values}"
        yield Warning_(
            id=f"limited_{item.dimension}",
            source="authorization",
            severity="high" if share else "medium",
            message=f"{message}; the share is one of these, not of the whole" if share else message,
            impact="the share of everything is a smaller one" if share else "",
        )


def _taken(plan: Draft) -> str:
    """What is taken where no period was named: a stock is taken on the last day that may be asked for."""
    if plan.until:
        return f"all of the data until {plan.until} is taken"
    dated = all(q.cube.time_dimensions for q in plan.queries)
    ranges = {t.date_range for q in plan.queries for t in q.cube.time_dimensions}
    on = next(iter(ranges)) if len(ranges) == 1 and dated else None
    if on and any(q.series.startswith("target") for q in plan.queries):
        return f"all of the data until {on[1]} is taken"
    return f"the state of {on[1]} is taken" if on else "all of the data is taken"
