"""What a question is cut by: dimensions, and time."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.answer import Nearest, ResolvedDimension, ResolvedMetric, ResolvedPeriod, Unresolved
from ecp.domain.assets import Dimension, Entity, Metric
from ecp.domain.calendar import GRAINS, Grain
from ecp.domain.catalogue import Catalogue
from ecp.domain.limits import is_cut_by, same_column
from ecp.domain.mentions import Mention
from ecp.domain.periods import calendar_of
from ecp.domain.selection.asking import Asking
from ecp.domain.selection.whose import kept_beside
from ecp.domain.time import Period, whole_units
from ecp.domain.words import normal_form

_LONGEST_MONTH = 31
_SEVERAL = 3
_BELONGING = 0.5
_OF_NONE = "nothing is kept by each of them"
_OF_ONE = f"{_OF_NONE}: ask for what belongs to one of them, by its name"


def dimensions(asking: Asking, metrics: tuple[ResolvedMetric, ...]) -> Iterator[ResolvedDimension]:
    seen: set[str] = set()
    for mention in asking.reading.of("group"):
        meant = _meant(asking, mention, metrics)
        if meant in seen:
            continue
        if meant:
            seen.add(meant)
            yield ResolvedDimension(id=meant, mention=mention.text)
        else:
            asking.unresolved.append(
                _of_no_number(asking, mention, metrics) if metrics else Unresolved(mention=mention.text)
            )


def _of_no_number(asking: Asking, mention: Mention, metrics: tuple[ResolvedMetric, ...]) -> Unresolved:
    """A kind of thing that nothing is kept by; near is what the metrics may be kept by that belongs to such things.
    Several may own one thing together, so the numbers of their things are none of each of them."""
    catalogue, ids = asking.catalogue, {t.asset_id for t in mention.targets}
    owned = [e for e in catalogue.of_kind(Entity) if e.dimension and ids & {r.to for r in e.relations}]
    found = [d for e in owned if (d := catalogue.get(str(e.dimension), Dimension))]
    measured = [m for m in (catalogue.get(m.id, Metric) for m in metrics) if m]
    found = [d for d in found if all(is_cut_by(m, d.id, catalogue) for m in measured)]
    why = f" ({_OF_ONE if found else _OF_NONE})" if any(catalogue.get(i, Entity) for i in ids) else ""
    near = (Nearest(id=d.id, kind="dimension", name=d.name, score=_BELONGING) for d in found[:3])
    return Unresolved(mention=f"{mention.text}{why}", nearest=tuple(near))


def _meant(asking: Asking, mention: Mention, metrics: tuple[ResolvedMetric, ...]) -> str | None:
    """The dimension of this name that the metrics are cut by: the one called so before those also called so, and these
    before what is called so for short. Where they still are different things, that is asked back."""
    named = [(i, t.primary) for t in mention.targets if (i := _dimension_of(t.asset_id, asking.catalogue))]
    every = list(dict.fromkeys(i for i, _ in named))
    ids = list(dict.fromkeys(i for i, primary in named if primary)) or every
    if (forced := asking.forced.get(mention.text)) in every:
        return forced
    assets = [m for m in (asking.catalogue.get(m.id, Metric) for m in metrics) if m]
    for_short = asking.catalogue.heads.get(normal_form(mention.text), ()) if assets else ()
    among = (ids, every, for_short)
    kept = [[i for i in some if all(is_cut_by(m, i, asking.catalogue) for m in assets)] for some in among]
    ids = next(filter(None, kept), ids)
    ids = [i for i in ids if kept_beside(metrics, i, asking.catalogue)] or ids
    if any(not same_column(ids[0], i, asking.catalogue) for i in ids[1:]):
        asking.open_cuts.setdefault(mention.text, (mention, tuple(ids)))
    return ids[0] if ids else None


def _dimension_of(asset_id: str, catalogue: Catalogue) -> str | None:
    entity = catalogue.get(asset_id, Entity)
    wanted = entity.dimension if entity else asset_id
    return wanted if wanted and catalogue.get(wanted, Dimension) else None


def trend(asking: Asking, metrics: tuple[ResolvedMetric, ...]) -> Iterator[ResolvedDimension]:
    """The time dimension of a trend: the pack's own, else the layer's name for it."""
    metric = asking.catalogue.get(metrics[0].id, Metric) if metrics else None
    course = asking.reading.kind == "trend" or asking.reading.course
    usual = _usual_grain(asking, metric) if course else None
    average = asking.reading.average
    points = unit_of_levels(asking, metric) if metric and average and average.of_levels else None
    finest = metric.grain if metric and asking.reading.extreme else None
    grain = asking.periods.grain or points or finest or usual
    if grain is None:
        return
    ref = metric.time_dimension if metric else None
    own = (d.id for d in asking.catalogue.of_kind(Dimension) if d.type == "time" and ref in d.semantic_layer_refs)
    yield ResolvedDimension(id=next(own, ref or "time"), mention=asking.periods.grain_mention or grain, grain=grain)


def unit_of_levels(asking: Asking, metric: Metric) -> Grain | None:
    """The units at whose ends a level is taken for its average: those of its course, and none longer than a month or
    than it is kept by; None where the period holds only one."""
    period, (calendar, _) = asking.periods.period, calendar_of(asking.catalogue)
    if period is None:
        return None
    longest: Grain = max("month", metric.grain, key=GRAINS.index)
    unit: Grain = min(_usual_grain(asking, metric), longest, key=GRAINS.index)
    return unit if calendar.end_of(period.start, unit) < period.end else None


def _usual_grain(asking: Asking, metric: Metric | None) -> Grain:
    """Of a course that tells none: the unit of a period of several weeks, quarters or years, else months, days within
    one month, and nothing finer than the metric is kept by."""
    period = asking.periods.period
    short = period is not None and (period.end - period.start).days < _LONGEST_MONTH
    usual: Grain = _unit_of_several(period, asking.catalogue) or ("day" if short else "month")
    return max(usual, metric.grain if metric else usual, key=GRAINS.index)


def _unit_of_several(period: ResolvedPeriod | None, catalogue: Catalogue) -> Grain | None:
    """ "The last 8 weeks": the unit that the period has several of; two of them would be no course."""
    if period is None or period.granularity == "day":
        return None
    return period.granularity if units_in(period, catalogue) >= _SEVERAL else None  # type: ignore[return-value]


def units_in(period: ResolvedPeriod, catalogue: Catalogue) -> int:
    """How many whole units of its granularity a period is; 0 when it is not made of whole ones."""
    told = Period.model_validate(period.model_dump(exclude={"mention"}))
    return whole_units(told, calendar_of(catalogue)[0])
