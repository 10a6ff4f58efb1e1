"""Times and what is measured: the course of what is called after a unit of time, over several of these ("daily A for
the past 30 days"), and what has no value at the end of one."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.answer import ResolvedPeriod, Unresolved
from ecp.domain.assets import Metric
from ecp.domain.calendar import GRAINS, MONTHS_IN, Grain
from ecp.domain.language import CHANGES
from ecp.domain.mentions import Mention
from ecp.domain.periods import Periods
from ecp.domain.selection.asking import Asking
from ecp.domain.selection.cuts import units_in
from ecp.domain.selection.definitions import Choice
from ecp.domain.time.expressions import Edge
from ecp.domain.time.vocabulary import ADVERBS
from ecp.domain.words import normal_form

_MONTH = 30


def unit_by_unit(asking: Asking, choices: list[Choice]) -> Periods:
    """The times of the question, told by the unit that all of what is measured is called after, where several of these
    were asked for and neither another unit nor one number was."""
    reading, periods = asking.reading, asking.periods
    plain = reading.kind in ("metric", "breakdown") and not (reading.at_once or reading.numbers or reading.changed)
    taken = reading.share or reading.average or reading.running or periods.grain or periods.comparisons
    told = {_called_after(c.mention, c.candidates[0].metric) for c in choices}
    if not plain or taken or periods.period is None or len(told) != 1:
        return periods
    unit = told.pop()
    if unit is None or not _are_several(periods.period, unit, asking):
        return periods
    rule = f"{periods.period.rule}, {unit} by {unit}"
    told_so = periods.period.model_copy(update={"rule": rule})
    mention = choices[0].mention.text
    return periods.model_copy(update={"period": told_so, "grain": unit, "grain_mention": mention})


def at_an_end(asking: Asking, choices: list[Choice]) -> Iterator[Unresolved]:
    """ "A at year end", "A at the end of Q3", of what adds up over a time: it is not known whether that time is meant,
    or the year until then, and the one day is neither. "On the last day of Q3" and "as of" say what is meant."""
    flow = next((m for c in choices if (m := c.candidates[0].metric).aggregation == "sum"), None)
    for time in asking.reading.times if flow else ():
        node = getattr(time.found, "expression", None)
        if flow and isinstance(node, Edge) and node.how == "at":
            why = f"{flow.name} adds up over a time and has no level on a day"
            yield Unresolved(mention=f"{time.found.text} ({why}; ask for all of it, or for “as of” that day)")


def grown_by_a_day(asking: Asking, choices: list[Choice]) -> Iterator[Unresolved]:
    """ "A growth at the end of December", "the growth of A today", of a level: nobody means since the day before, and
    since when is not said."""
    levels = bool(choices) and all(c.candidates[0].metric.is_stock for c in choices)
    period = asking.periods.period
    for compared in asking.periods.comparisons if levels and period and period.start == period.end else ():
        if compared.kind == "previous_period" and normal_form(compared.mention) in CHANGES:
            why = "since when? name the other day, or ask for it “against a year ago”"
            yield Unresolved(mention=f"{compared.mention} ({why})")


def _called_after(mention: Mention, metric: Metric) -> Grain | None:
    """ "Daily A" and its initials; not another name of it, which says nothing of days."""
    name = normal_form(metric.name).split()
    short = "".join(word[0] for word in name) == mention.text.casefold()
    said = name[0] if short else normal_form(mention.text).split()[0]
    unit = next((g for g in GRAINS if g == ADVERBS.get(said)), None)
    return max(unit, metric.grain, key=GRAINS.index) if unit else None


def _are_several(period: ResolvedPeriod, unit: Grain, asking: Asking) -> bool:
    """Whether a period is more than one unit of its own kind, and holds more than one of these."""
    own = 0 if period.granularity == "day" else units_in(period, asking.catalogue)
    days = (period.end - period.start).days + 1
    length = {"day": 1, "week": 7}.get(unit) or MONTHS_IN[unit] * _MONTH
    return own != 1 and days >= 2 * length
