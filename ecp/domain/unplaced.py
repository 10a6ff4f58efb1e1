"""Rows that belong to no group: they are part of the whole, and have no place among the groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from ecp.domain.answer import ResolvedConcepts, Validation
from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.places import Key, Number, is_of_no_member

WITHOUT_A_MEMBER = "without_a_member"


def picks(concepts: ResolvedConcepts) -> bool:
    """Whether some groups are told and others not, or each has a place of its own: by an order that is cut, or by a
    bound. All of them in an order are told as they are, as the parts of a whole."""
    placed = concepts.limit or concepts.within or concepts.leading or concepts.offset or concepts.both_ends
    return bool(concepts.order and placed) or any(f.metric for f in concepts.filters)


def left_out(
    keys: Iterable[Key],
    value: Callable[[Key], Number],
    by: Metric | None,
    concepts: ResolvedConcepts,
    catalogue: Catalogue,
) -> Validation | None:
    """What is to be known of rows that were left out as they belong to no group, and what they hold; None where there
    are none. `value` is what a row has of the metric `by`."""
    gone = [k for k in keys if is_of_no_member(k)]
    if not gone:
        return None
    at = [d for i, d in enumerate(concepts.dimensions) if any(k[i] is None for k in gone)]
    names = " or ".join(catalogue.assets[d.id].name if d.id in catalogue.assets else d.mention for d in at)
    held = _held([value(k) for k in gone], by) if by else ""
    note = f"what belongs to no {names}{held} is left out, as it is none of them"
    return Validation(rule=WITHOUT_A_MEMBER, passed=True, severity="warning", note=note)


def _held(values: list[Number], by: Metric) -> str:
    """What they hold together, where that adds up or it is one row."""
    known = [Decimal(str(v)) for v in values if v is not None]
    if not known or (len(known) > 1 and by.aggregation != "sum"):
        return ""
    amount = round(sum(known, Decimal(0)), 2).normalize()
    return f" ({by.name}: {amount:,f}{f' {by.unit}' if by.unit else ''})"
