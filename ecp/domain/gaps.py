"""What a breakdown by members leaves out, counts twice or tells within others: the column's values that lie in no
member, or in several, and members that are parts of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ecp.domain.answer import ResolvedConcepts
from ecp.domain.assets import Dimension
from ecp.domain.catalogue import Catalogue
from ecp.domain.limits import same_column
from ecp.domain.members import MemberValues, Scalar, known_values

MOST_NAMED = 8


def gaps(concepts: ResolvedConcepts, cuts: tuple[tuple[MemberValues, ...], ...], catalogue: Catalogue) -> Iterator[str]:
    """One sentence for each dimension whose groups do not add up to the whole. Only values that the pack names
    somewhere are known."""
    for item in concepts.dimensions:
        groups = {m.member: m for cut in cuts for m in cut if m.dimension == item.id}
        dimension = catalogue.get(item.id, Dimension)
        if not groups or dimension is None:
            continue
        yield from _told_within(groups.keys(), dimension)
        if any(f.dimension == item.id for f in concepts.filters):
            yield from _taken_out(groups.values(), dimension, concepts, catalogue)
            continue
        counted = Counter(v for m in groups.values() for v in set(m.values))
        missing = sorted(_asked(item.id, concepts, catalogue) - counted.keys(), key=str)
        twice = sorted((v for v, times in counted.items() if times > 1), key=str)
        if missing:
            yield f"{_named(missing, item.id, catalogue)} lie in no {dimension.name} and are left out"
        if twice:
            yield f"{_named(twice, item.id, catalogue)} lie in several of {dimension.name} and are counted in each"


def _told_within(groups: Iterable[str | None], dimension: Dimension) -> Iterator[str]:
    """Members that have no row of their own, as the one that they are parts of has it."""
    shown = set(groups)
    for parent in (m for m in dimension.members if m.id in shown):
        parts = [m.name for m in dimension.inside(parent.id) if m.id not in shown]
        if parts:
            yield f"{_listed(parts)} are told within {parent.name}"


def _taken_out(
    groups: Iterable[MemberValues], dimension: Dimension, concepts: ResolvedConcepts, catalogue: Catalogue
) -> Iterator[str]:
    """ "all of them except A": what A shares with the others is missing there too."""
    out = {v for f in concepts.filters if f.dimension == dimension.id and f.operator == "not_in" for v in f.values}
    for group in groups:
        shared = sorted(out & set(group.values), key=str)
        member = catalogue.member(dimension.id, group.member or "")
        if shared and member is not None:
            yield f"{_named(shared, dimension.id, catalogue)} are left out, also of {member.name}"


def _asked(dimension_id: str, concepts: ResolvedConcepts, catalogue: Catalogue) -> set[Scalar]:
    """The column's known values, as far as the question takes them in."""
    related = [d for d in catalogue.of_kind(Dimension) if same_column(d.id, dimension_id, catalogue)]
    known = {v for d in related for v in known_values(catalogue, d.id)}
    for item in concepts.filters:
        if item.dimension and same_column(item.dimension, dimension_id, catalogue):
            known = known - set(item.values) if item.operator == "not_in" else known & set(item.values)
    return known


def _named(values: list[Scalar], dimension_id: str, catalogue: Catalogue) -> str:
    """Each value by the name of the member that is this value alone, where there is one."""
    names = {
        m.values[0]: m.name
        for d in catalogue.of_kind(Dimension)
        if same_column(d.id, dimension_id, catalogue)
        for m in d.members
        if len(m.values) == 1
    }
    return _listed([str(names.get(v, v)) for v in values])


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
