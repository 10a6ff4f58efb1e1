"""Of what a share, an average or a running total is, and whether what is measured has them at all."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.answer import (
    ResolvedAverage,
    ResolvedCombined,
    ResolvedConcepts,
    ResolvedDimension,
    ResolvedMetric,
    ResolvedRunning,
    ResolvedShare,
    Unresolved,
)
from ecp.domain.assets import Metric
from ecp.domain.calendar import GRAINS
from ecp.domain.forms import counts_itself
from ecp.domain.language import DISTINCT
from ecp.domain.selection.asking import Asking
from ecp.domain.selection.cuts import unit_of_levels
from ecp.domain.shares import Share
from ecp.domain.subtracting import is_without, may_hold
from ecp.domain.units import unit_in_full, unit_of
from ecp.domain.words import normal_form

_ADDS_UP = frozenset({"sum", "last"})
UNDEFINED = 0.9
"""What is left of the confidence in a definition, where nobody has defined the quotient or the difference of two."""


def share_of(
    asking: Asking, metrics: tuple[ResolvedMetric, ...], cuts: tuple[ResolvedDimension, ...]
) -> ResolvedShare | None:
    """The share that is asked for; what has none is noted as not understood."""
    share = asking.reading.share
    if share is None or not metrics or _is_objected(asking, share.text, _objections(asking, share, metrics)):
        return None
    whole = next((m for m in metrics if m.mention == share.of), metrics[0])
    within = tuple(d.id for d in cuts if d.mention in share.within)
    return ResolvedShare(
        mention=share.text,
        of=whole.id,
        scale=share.scale,
        minus=share.minus,
        plus=share.plus,
        parts=share.parts,
        within=within,
    )


def divided(metrics: tuple[ResolvedMetric, ...], share: ResolvedShare | None) -> tuple[ResolvedMetric, ...]:
    """The metrics, and that a quotient or a difference of them is nobody's definition."""
    named = named_of_two(metrics, share)
    if named is None:
        return metrics
    told = f"one side of {named}, which nobody has defined: computed from the two"
    return tuple(
        m.model_copy(update={"reason": f"{m.reason}; {told}", "confidence": round(m.confidence * UNDEFINED, 4)})
        for m in metrics
    )


def named_of_two(metrics: tuple[ResolvedMetric, ...], share: ResolvedShare | None) -> str | None:
    """ "Income per Cases", "Income per 1000 Cases", "Income minus Costs"; None where nothing is computed of two."""
    if share is None or not (share.scale or share.minus or share.plus) or len(metrics) != 2:
        return None
    part, whole = sorted(metrics, key=lambda m: m.id == share.of)
    if share.minus or share.plus:
        return f"{part.name} {'plus' if share.plus else 'minus'} {whole.name}"
    return " ".join([part.name, "per", *([str(share.scale)] if (share.scale or 1) > 1 else []), whole.name])


def _is_objected(asking: Asking, text: str, objections: Iterator[str]) -> bool:
    """Whether there is none of what was asked for; the first reason is noted as not understood."""
    why = next(objections, None)
    if why:
        asking.unresolved.append(Unresolved(mention=f"{text} ({why})"))
    return why is not None


def _objections(asking: Asking, share: Share, metrics: tuple[ResolvedMetric, ...]) -> Iterator[str]:
    assets = [m for m in (asking.catalogue.get(m.id, Metric) for m in metrics) if m]
    if share.plus:
        yield from _objections_to_sum(asking, assets)
        return
    if share.scale is not None or share.minus:
        yield from _objections_to_difference(asking, assets) if share.minus else _objections_to_quotient(asking, assets)
        return
    for metric in assets:
        if metric.aggregation not in _ADDS_UP and not _is_some_of_them(share, metric):
            yield f"parts of {metric.name} do not add up to a whole"
    if len(assets) != (2 if share.of else 1):
        yield "of what?"
    if len({m.unit for m in assets}) > 1:
        yield f"{' and '.join(m.name for m in assets)} are in different units"
    if asking.periods.comparisons or asking.reading.of("compared") or (asking.reading.of("target") and not share.of):
        yield "a share is compared with nothing"


def _is_some_of_them(share: Share, metric: Metric) -> bool:
    """One part of what is counted once each, which is so much of all whatever the other parts are."""
    once = metric.aggregation == "none" and counts_itself(metric)
    distinct = not DISTINCT.isdisjoint(normal_form(metric.definition).split())
    return once and distinct and len(share.parts) == 1 and share.of is None


def _objections_to_quotient(asking: Asking, assets: list[Metric]) -> Iterator[str]:
    """Of two sums, of two levels, or of a sum and the level at the end of its time."""
    yield from (f"{m.name} does not add up" for m in assets if m.aggregation not in _ADDS_UP)
    compared = asking.reading.of("compared")
    if len(assets) != (1 if compared else 2) or len(compared) > 1:
        yield "of what?"
    levels = [m.aggregation == "last" for m in assets]
    if levels == [True, False]:
        yield f"{assets[0].name} is a level, and {assets[1].name} is not"
    if levels == [False, True] and asking.periods.period is None:
        yield "over which period?"
    if asking.periods.comparisons or asking.reading.of("target"):
        yield "a quotient that nobody has defined is compared with nothing"
    if asking.reading.numbers:
        yield "a quotient that nobody has defined is not bounded"


def _objections_to_difference(asking: Asking, assets: list[Metric]) -> Iterator[str]:
    """Of two metrics of one unit: two sums, two levels or two rates."""
    if len(assets) != 2:
        yield "of what?"
    names = " and ".join(m.name for m in assets)
    units = {unit_of(m) for m in assets}
    if "" in units:
        yield f"it is not known whether {names} are in one unit"
    elif len(units) > 1:
        yield f"{names} are in different units"
    if len({m.aggregation if m.aggregation in _ADDS_UP else "" for m in assets}) > 1:
        yield f"{names} are not of one kind: a sum, a level or a rate"
    if len(assets) == 2 and is_without(*assets):
        yield f"{assets[0].name} is without {assets[1].name} already, by its definition"
    if asking.periods.comparisons or asking.reading.of("target", "compared"):
        yield "a difference that nobody has defined is compared with nothing"
    if asking.reading.numbers or asking.reading.changed:
        yield "a difference that nobody has defined is not bounded"


def _objections_to_sum(asking: Asking, assets: list[Metric]) -> Iterator[str]:
    """Of two sums of one unit, of which neither holds the other."""
    names = " and ".join(m.name for m in assets)
    if len(assets) != 2:
        yield "of what?"
        return
    yield from (f"{m.name} does not add up" for m in assets if m.aggregation != "sum")
    if "" in (units := {unit_in_full(m.unit or "") for m in assets}):
        yield f"it is not known whether {names} are in one unit"
    elif len(units) > 1:
        yield f"{names} are in different units"
    if may_hold(assets[0], assets[1], asking.catalogue):
        yield f"one of {names} may hold the other already"
    if asking.periods.comparisons or asking.reading.of("target", "compared"):
        yield "a sum that nobody has defined is compared with nothing"
    if any(m.target_of for m in assets):
        yield "a target is added to nothing"
    if asking.reading.numbers or asking.reading.changed:
        yield "a sum that nobody has defined is not bounded"


def average_of(
    asking: Asking, metrics: tuple[ResolvedMetric, ...], cut: tuple[ResolvedDimension, ...]
) -> ResolvedAverage | None:
    """The average that is asked for; where there is none, it is noted as not understood."""
    average = asking.reading.average
    if average is None or not metrics or _is_objected(asking, average.text, _objections_to_average(asking, metrics)):
        return None
    if average.of_levels:
        time = next((d for d in cut if d.grain), None)
        return ResolvedAverage(mention=average.text, unit=time.grain, over=time.id) if time else None
    over = next((d.id for d in cut if d.mention == average.over), None)
    return ResolvedAverage(mention=average.text, unit=average.unit, over=over)


def running_of(
    asking: Asking, metrics: tuple[ResolvedMetric, ...], cuts: tuple[ResolvedDimension, ...]
) -> ResolvedRunning | None:
    """The running total that is asked for; where there is none, it is noted as not understood. Of one number it is that
    number."""
    running = asking.reading.running
    if running is None or not metrics or _is_objected(asking, running.text, _objections_to_running(asking, metrics)):
        return None
    return ResolvedRunning(mention=running.text) if any(d.grain for d in cuts) else None


def combined_of(
    asking: Asking, metrics: tuple[ResolvedMetric, ...], concepts: ResolvedConcepts
) -> ResolvedCombined | None:
    """What those that come first have together: told where it is asked for, or where each of them is told as a share;
    where there is no such number, that is noted as not understood."""
    said, share = asking.reading.combined, asking.reading.share
    objections = _objections_to_combining(asking, metrics, concepts)
    if said and said.only:
        objected = _is_objected(asking, said.text, objections)
        return None if objected or not metrics else ResolvedCombined(mention=said.text)
    each = share.text if share and not share.parts and (concepts.limit or 1) > 1 else None
    text = said.text if said else each
    return ResolvedCombined(mention=text) if text and next(objections, None) is None else None


def _objections_to_combining(
    asking: Asking, metrics: tuple[ResolvedMetric, ...], concepts: ResolvedConcepts
) -> Iterator[str]:
    for metric in (m for m in (asking.catalogue.get(m.id, Metric) for m in metrics) if m):
        if metric.aggregation not in _ADDS_UP:
            yield f"{metric.name} of several does not add up"
    if len(metrics) != 1 or len(concepts.dimensions) != 1 or concepts.comparisons or not concepts.limit:
        yield "of what?"
    if asking.reading.share is not None and (asking.reading.share.of or asking.reading.share.parts):
        yield "of which whole?"


def _objections_to_running(asking: Asking, metrics: tuple[ResolvedMetric, ...]) -> Iterator[str]:
    for metric in (m for m in (asking.catalogue.get(m.id, Metric) for m in metrics) if m):
        if metric.aggregation != "sum":
            yield f"{metric.name} does not add up over time"
    if len(metrics) > 1:
        yield "of what?"
    if asking.periods.comparisons or asking.reading.of("compared", "target"):
        yield "a running total is compared with nothing"


def _objections_to_average(asking: Asking, metrics: tuple[ResolvedMetric, ...]) -> Iterator[str]:
    reading, average = asking.reading, asking.reading.average
    metric = asking.catalogue.get(metrics[0].id, Metric)
    if len(metrics) > 1 or metric is None or average is None:
        yield "of what?"
    elif average.over is not None:
        yield from _objections_to_groups(asking, metric)
    elif average.of_levels:
        yield from _objections_to_levels(asking, metric)
    elif metric.aggregation != "sum":
        yield f"{metric.name} does not add up over time"
    elif average.unit and GRAINS.index(average.unit) < GRAINS.index(metric.grain):
        yield f"{metric.name} is kept by {metric.grain}"
    if asking.periods.period is None and average is not None and average.over is None:
        yield "over which period?"
    if asking.periods.comparisons or reading.of("compared", "target"):
        yield "an average is compared with nothing"
    if reading.numbers or reading.share or asking.periods.grain:
        yield "an average is not bounded, shared or cut by time"


def _objections_to_levels(asking: Asking, metric: Metric) -> Iterator[str]:
    if asking.periods.period is not None and unit_of_levels(asking, metric) is None:
        yield f"{metric.name} is kept by {metric.grain}: there is one value"
    if asking.reading.ranking is not None or asking.reading.of("group"):
        yield "an average of a level is told of no groups"


def _objections_to_groups(asking: Asking, metric: Metric) -> Iterator[str]:
    if metric.aggregation not in _ADDS_UP:
        yield f"{metric.name} is no sum that could be shared out"
    bounds = asking.reading.average is not None and asking.reading.average.operator is not None
    if asking.reading.ranking is not None and not bounds:
        yield "an average of all of them ranks none"
