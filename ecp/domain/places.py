"""The rows of an answer in their order: which of them are shown, and the place of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from ecp.domain.answer import ResolvedConcepts

Key = tuple[Any, ...]
Number = int | float | None


def number(value: Any) -> Number:
    """A JSON number: whole ones as int, others as float; None for what JSON has no number for."""
    if value is None or isinstance(value, bool):
        return None
    exact = Decimal(str(value))
    if not exact.is_finite():
        return None
    return int(exact) if exact == exact.to_integral_value() else float(exact)


class Placed(NamedTuple):
    """A row by its key; `rank` counts from 1: in its order, in that of its group, or that of what leads."""

    key: Key
    rank: int


def is_of_no_member(key: Key) -> bool:
    """Whether a row holds what belongs to no group."""
    return None in key


def time_of(concepts: ResolvedConcepts) -> int | None:
    """Where a key has its unit of time, if it has one."""
    return next((i for i, d in enumerate(concepts.dimensions) if d.grain), None)


def in_time(keys: Iterable[Key], concepts: ResolvedConcepts) -> list[Key]:
    at = time_of(concepts)
    return list(keys) if at is None else sorted(keys, key=lambda k: str(k[at]))


def in_order(
    keys: Iterable[Key],
    deciding: Callable[[Key], Number],
    concepts: ResolvedConcepts,
    overall: Callable[[Key], Number] | None = None,
) -> list[Placed]:
    """The rows that were asked for. `deciding` is what the order hangs on; a row of which that is not known has no
    place in it, and one of no member comes last. `overall`: what each group of what leads has in all, where that is
    not the sum of its rows."""
    if concepts.order is None:
        shown = in_time(keys, concepts)
        return [Placed(k, at) for at, k in enumerate(shown[: concepts.limit], start=1)]
    falling = concepts.order.direction == "desc"
    by = {k: value for k in keys if (value := deciding(k)) is not None}
    if concepts.leading:
        return list(_of_those_that_lead(by, overall, concepts, falling=falling))
    ordered = sorted(sorted(by, key=lambda k: by[k], reverse=falling), key=is_of_no_member)
    groups = _by_group(ordered, concepts, set(concepts.within))
    timed = any(d.grain and d.id in concepts.within for d in concepts.dimensions)
    told = sorted(groups, key=str) if timed else groups
    return [placed for group in told for placed in _cut_short(groups[group], concepts)]


def _cut_short(items: list[Key], concepts: ResolvedConcepts) -> list[Placed]:
    """What is shown of an order: from where it is to begin, and of its other end where that is asked for, too; the
    other way round where it is shown so."""
    placed = [Placed(k, at) for at, k in enumerate(items, start=1)]
    first = concepts.offset or 0
    last = len(placed) if concepts.limit is None else first + concepts.limit
    behind = placed[max(last, len(placed) - (concepts.limit or 0)) :] if concepts.both_ends else []
    told = [*placed[first:last], *behind]
    return told[::-1] if concepts.shown else told


def _of_those_that_lead(
    by: Mapping[Key, int | float],
    overall: Callable[[Key], Number] | None,
    concepts: ResolvedConcepts,
    *,
    falling: bool,
) -> Iterator[Placed]:
    """All rows of the groups that come first in all, in the order of time, or else of their own values."""
    ordered = in_time(sorted(by, key=lambda k: by[k], reverse=falling), concepts)
    groups = _by_group(ordered, concepts, {str(concepts.leading)})
    totals = dict(_totals(groups, by, overall))
    for group in _cut_short(sorted(totals, key=lambda g: totals[g], reverse=falling), concepts):
        yield from (Placed(k, group.rank) for k in groups[group.key])


def _totals(
    groups: Mapping[Key, list[Key]], by: Mapping[Key, int | float], overall: Callable[[Key], Number] | None
) -> Iterator[tuple[Key, Decimal]]:
    """What each group has in all; one of which that is not known has no place."""
    for group, keys in groups.items():
        total = overall(keys[0]) if overall else sum(Decimal(str(by[k])) for k in keys)
        if total is not None:
            yield group, Decimal(str(total))


def _by_group(ordered: Iterable[Key], concepts: ResolvedConcepts, apart: set[str]) -> dict[Key, list[Key]]:
    """The rows of each group of the dimensions `apart`, in the order they come in."""
    at = [i for i, d in enumerate(concepts.dimensions) if d.id in apart]
    groups: dict[Key, list[Key]] = {}
    for key in ordered:
        groups.setdefault(tuple(key[i] for i in at), []).append(key)
    return groups


def running_totals(
    keys: Iterable[Key], value_of: Callable[[Key], Number], concepts: ResolvedConcepts
) -> dict[Key, Number]:
    """The sum of each row and those before it in time, of the same groups."""
    groups = {d.id for d in concepts.dimensions if not d.grain}
    sums: dict[Key, Number] = {}
    for own in _by_group(in_time(keys, concepts), concepts, groups).values():
        total: Decimal | None = None
        for key in own:
            if (value := value_of(key)) is not None:
                total = (total or Decimal(0)) + Decimal(str(value))
            sums[key] = number(total)
    return sums
