"""Times that had not begun on the day of which a question is asked: nothing is measured in them yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ecp.domain.answer import Nearest
from ecp.domain.assets import Metric
from ecp.domain.calendar import day_label
from ecp.domain.catalogue import Catalogue
from ecp.domain.plan.drafts import Unplannable
from ecp.domain.plan.series import Series
from ecp.domain.words import normal_form

_AGREED_BEFORE = frozenset(
    {"booked", "booking", "scheduled", "reserved", "reservation", "appointment", "planned", "plan", "forecast"}
    | {"projected", "upcoming", "due", "future", "expected", "announced"}
    | {"expiry", "expire", "expiring", "expiration", "maturity", "mature", "maturing"}
)
_BY_THE_DAY_OF_AGREEING = frozenset({"made", "taken", "won", "closed", "signed", "received", "paid"})
_NEAR = 0.5


def refuse_what_is_ahead(series: Iterable[Series], as_of: date, catalogue: Catalogue) -> None:
    """Raises `Unplannable` where something that is measured is asked for of a period that begins later, or where what
    is agreed ahead for such a period would stand beside one that has begun, and of which more is known."""
    measured = [(s.period, s.metric) for s in series if s.period is not None and not s.metric.target_of]
    begun = any(period.start <= as_of for period, _ in measured)
    for period, metric in measured:
        if period.start > as_of and (begun or not may_be_dated_ahead(metric)):
            raise not_measured_yet(period.mention, metric, as_of, catalogue)


def not_measured_yet(mention: str, metric: Metric, as_of: date, catalogue: Catalogue) -> Unplannable:
    """Why there is no number of it, with what is set for it as what can be asked for instead."""
    known = f"nothing is known of {metric.name} by then but what is planned"
    if may_be_dated_ahead(metric):
        known = f"what is agreed ahead of {metric.name} is told as of today and by itself"
    why = f"it lies after {day_label(as_of)}, and {known}"
    targets = (m for m in catalogue.metrics.targets if metric.id in m.target_of)
    return Unplannable(mention, why, tuple(Nearest(id=m.id, kind="metric", name=m.name, score=_NEAR) for m in targets))


def may_be_dated_ahead(metric: Metric) -> bool:
    """Whether there may be numbers of it that are dated later than the day on which they are known: what is counted by
    a day that was agreed before, and not by the day of agreeing. A level is known of no day that is still to come."""
    said = normal_form(f"{metric.name} {' '.join(metric.synonyms)} {metric.definition} {metric.time_dimension or ''}")
    words = set(said.split())
    agreed = not _AGREED_BEFORE.isdisjoint(words)
    return agreed and not metric.is_stock and words.isdisjoint(_BY_THE_DAY_OF_AGREEING)
