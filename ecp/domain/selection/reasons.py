"""Why words of a question were not understood, and what to ask instead, where that is known."""

from __future__ import annotations

from ecp.domain.language import AVERAGES, BUSY, EXTREMES, GROWTH, MONEY, SUPERLATIVES
from ecp.domain.selection.asking import Asking
from ecp.domain.selection.meanings import meanings
from ecp.domain.units import unit_in_full, unit_of
from ecp.domain.words import normal_form

_SINCE_WHEN = "between which two times? name both, as in “from A to B”, or ask for its course by month"
_OF_WHAT = "of which? say per what, as in “average per month” of a period or “average per …” of groups"
_TWO_ORDERS = "the first by each of two numbers are two lists: ask for one after the other"
_AT_ANY_TIME = "of each of them at any time? ask as in “the best month for each …”, or for “the highest” of them"
_MIDDLES = frozenset({"median", "percentile", "quartile", "mode", "midpoint"})
_NO_MIDDLE = "that is not computed: ask for the numbers themselves in their order, or for an average"


def reason_for(text: str, asking: Asking) -> str | None:
    """The reason for these words; None where they are just not known."""
    return _kept_in_another(text, asking) or _since_when(text, asking) or _no_one_number(text, asking)


def _kept_in_another(text: str, asking: Asking) -> str | None:
    """Of "in euros", where what is measured is kept in dollars, that it is."""
    asked, catalogue = {unit_in_full(word) for word in text.split()} & MONEY, asking.catalogue
    measured = (m for m in asking.reading.of("metric", "order", "target") if meanings(m.targets, catalogue))
    ids = [i for m in measured for i in m.asset_ids]
    kept = {m.unit for m in catalogue.metrics_meant(ids) if unit_of(m) in MONEY - asked}
    alone = len(asked) == len(kept) == 1
    return f"what is measured is kept in {kept.pop()}, and nothing is converted" if alone else None


def _since_when(text: str, asking: Asking) -> str | None:
    """Of "the change since March", that two times were not told."""
    period = asking.periods.period
    since = period is not None and normal_form(period.mention).split()[:1] == ["since"]
    changes = since and asking.reading.of("metric") and normal_form(text) in GROWTH
    return _SINCE_WHEN if changes else None


def _no_one_number(text: str, asking: Asking) -> str | None:
    """Of "the average A", of what adds up, that it is one per something; of a median, that there is none."""
    said = set(normal_form(text).split())
    measured = asking.reading.of("metric", "order")
    if not measured:
        return None
    if said & _MIDDLES:
        return _NO_MIDDLE
    if said and said <= AVERAGES:
        return _OF_WHAT
    if len(measured) > 1 and said and said <= SUPERLATIVES | EXTREMES:
        return _TWO_ORDERS
    return _AT_ANY_TIME if said and said <= EXTREMES | BUSY and asking.reading.of("group") else None
