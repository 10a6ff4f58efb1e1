"""Parts of a resolved question that have no effect on its answer, or an effect that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import cast

from ecp.domain.answer import ResolvedConcepts, ResolvedFilter, Scalar, Unresolved
from ecp.domain.assets import Metric
from ecp.domain.calendar import Grain
from ecp.domain.catalogue import Catalogue
from ecp.domain.limits import same_column
from ecp.domain.periods import calendar_of
from ecp.domain.reading import Reading


def effectless(reading: Reading, concepts: ResolvedConcepts, catalogue: Catalogue) -> list[Unresolved]:
    """What must not be passed over: each as something that was not understood."""
    found = [*_comparing(reading, concepts), *_ranking(reading, concepts), *_leading(reading, concepts, catalogue)]
    found += [*_course(reading, concepts, catalogue)]
    found += _domains(reading, concepts, catalogue)
    found += [*_nothing_in_common(concepts.filters, catalogue), *_nothing_left(concepts.filters, catalogue)]
    found += _left_out_anyway(concepts.filters, catalogue) if concepts.dimensions else ()
    return [Unresolved(mention=text) for text in found]


def _comparing(reading: Reading, concepts: ResolvedConcepts) -> Iterator[str]:
    """A comparing word needs two things, or groups side by side."""
    if reading.compares is None or reading.kind in ("definition", "lineage", "catalogue"):
        return
    if not (concepts.comparisons or concepts.dimensions or len(concepts.metrics) > 1):
        yield f"{reading.compares} (what is compared?)"


def _course(reading: Reading, concepts: ResolvedConcepts, catalogue: Catalogue) -> Iterator[str]:
    """What is compared over time has several units of it; one is no course."""
    grain = next((d.grain for d in concepts.dimensions if d.grain), None)
    period = concepts.period
    if not reading.course or reading.kind != "comparison" or grain is None or period is None:
        return
    if calendar_of(catalogue)[0].end_of(period.start, cast(Grain, grain)) >= period.end:
        yield f"the trend (within one {grain})"


def _ranking(reading: Reading, concepts: ResolvedConcepts) -> Iterator[str]:
    if reading.kind != "ranking":
        return
    if not concepts.dimensions:
        end = "lowest" if reading.ranking and reading.ranking.kind == "bottom" else "highest"
        yield f"what to rank (say of what, as in “by …”, “the {end} month” or “{end} in a single day”)"
    if reading.by_change and len(concepts.comparisons) != 1:
        yield "the change to rank by (since when?)"
    one = reading.together or concepts.leading
    ranked = 1 if one else len(concepts.dimensions) - len(concepts.within)
    if ranked > 1 and (concepts.limit or concepts.both_ends or reading.each):
        first = f"first {concepts.limit}" if (concepts.limit or 1) > 1 else "first"
        yield f"{reading.each or concepts.dimensions[1].mention} (the {first} of each cannot be told)"


def _leading(reading: Reading, concepts: ResolvedConcepts, catalogue: Catalogue) -> Iterator[str]:
    """What comes first in all is known by what decides, of the whole period: a bound on a metric would hold for the
    whole or for its rows, and what can be told of no longer time than it is kept by has no order."""
    if concepts.leading is None:
        told = reading.course and reading.kind == "ranking" and not (reading.when or reading.extreme)
        yield from ["the trend (of what comes first?)"] if told else []
        return
    decides = catalogue.get(concepts.order.by, Metric) if concepts.order else None
    if decides is None or concepts.comparisons or concepts.both_ends or concepts.share:
        yield f"{reading.leading} (by what?)"
    elif decides.aggregation == "none" and any(d.grain and d.id != concepts.leading for d in concepts.dimensions):
        yield f"{reading.leading} ({decides.name} is not known of a longer time)"
    if concepts.shown:
        yield f"{reading.leading} (in the order of what are their rows told?)"
    yield from (f"{f.mention} (in all, or row by row?)" for f in concepts.filters if f.metric)


def _domains(reading: Reading, concepts: ResolvedConcepts, catalogue: Catalogue) -> Iterator[str]:
    """The name of a domain describes a metric of that domain, and limits nothing else."""
    measured = [m for m in (catalogue.get(m.id, Metric) for m in concepts.metrics) if m]
    for mention in reading.of("descriptor"):
        domains = {t.asset_id for t in mention.targets if t.kind == "domain"}
        if domains and not all(m.domain in domains for m in measured):
            yield mention.text


def _nothing_in_common(filters: Iterable[ResolvedFilter], catalogue: Catalogue) -> Iterator[str]:
    """Members of two dimensions on one column that share no value: nothing is in both, so that is not meant."""
    inside = [f for f in filters if f.operator == "in" and f.dimension]
    for one, other in combinations(inside, 2):
        if one.dimension == other.dimension or not same_column(str(one.dimension), str(other.dimension), catalogue):
            continue
        own = {v for f in inside if f.dimension == one.dimension for v in f.values}
        if not own & set(other.values):
            yield f"{one.mention}, {other.mention} (nothing is in both)"


def _left_out_anyway(filters: Iterable[ResolvedFilter], catalogue: Catalogue) -> Iterator[str]:
    """Members that are left out of others which they are no part of: "which of them are in A, but not in B" asks for
    those that are in A alone, and this limits no number of A."""
    for one, inside, _ in _left_out(filters, catalogue):
        if inside.isdisjoint(one.values):
            yield f"{one.mention} (nothing of it is in what is asked for)"


def _nothing_left(filters: Iterable[ResolvedFilter], catalogue: Catalogue) -> Iterator[str]:
    """Members of which all are left out again: what is asked for is nothing, so that is not meant."""
    for one, inside, out in _left_out(filters, catalogue):
        if inside <= out:
            yield f"{one.mention} (both in and not in)"


def _left_out(
    filters: Iterable[ResolvedFilter], catalogue: Catalogue
) -> Iterator[tuple[ResolvedFilter, set[Scalar], set[Scalar]]]:
    """Each that leaves members out of others on its column, with all that is asked for there, and left out."""
    known = [f for f in filters if f.dimension]
    for one in (f for f in known if f.operator == "not_in"):
        alike = [f for f in known if same_column(str(f.dimension), str(one.dimension), catalogue)]
        inside, out = ({v for f in alike if f.operator == way for v in f.values} for way in ("in", "not_in"))
        if inside:
            yield one, inside, out
