""" "places with no cases", "places without any", "with zero cases": those of which there is nothing. It is a bound on
the number, and nothing that is left out of it."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.answer import ResolvedConcepts
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, is_cut, is_measured, metrics_of
from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES, COUNTS
from ecp.domain.numbers import NumberFilter

_NONE = frozenset({"no", "zero", "0", "without"})
_BEFORE_A_NAME = ARTICLES | {"any", "single"}


def with_bounds_of_none(
    intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue
) -> tuple[tuple[Span, ...], set[int]]:
    """The spans with such bounds in the place of the words for them, and the positions of these words."""
    bounds = tuple(b for s in spans if is_measured(s) and (b := _bound_before(intent, spans, s, catalogue)))
    told = {at for b in bounds for at in range(b.first, b.last + 1)}
    kept = (s for s in spans if not told & set(range(s.first, s.last + 1)))
    return tuple(sorted((*kept, *bounds), key=lambda s: s.first)), told


def _bound_before(intent: Intent, spans: tuple[Span, ...], own: Span, catalogue: Catalogue) -> Span | None:
    at = own.first - 1
    while at > 0 and intent.norm(at) in _BEFORE_A_NAME:
        at -= 1
    word = intent.norm(at)
    if word not in _NONE or not _may_be_none(own, catalogue) or not _is_of_groups(intent, spans, at):
        return None
    text = intent.tokens[at].text
    return Span(at, at, "number", NumberFilter(first=at, last=at, operator="lte", value=0, text=text))


def _may_be_none(span: Span, catalogue: Catalogue) -> bool:
    """Whether there is nothing where it is zero, and this is kept, as of levels: where nothing happened that adds up,
    nothing is recorded, and a rate of zero is not none."""
    metrics = metrics_of(span, catalogue)
    return bool(metrics) and all(m.is_stock for m in metrics)


def _is_of_groups(intent: Intent, spans: tuple[Span, ...], at: int) -> bool:
    """Whether it is said of what numbers are cut by: neither of a number ("income without costs") nor of how many of
    them there are, as those are not told of which nothing is kept."""
    named = [s for s in spans if s.what == "name" and s.last < at]
    if not named or not is_cut(named[-1]) or "," in intent.gap(named[-1].last, at):
        return False
    return intent.pair_before(named[-1].first) not in COUNTS and not any(is_measured(s) for s in named[:-1])


def not_listed(concepts: ResolvedConcepts) -> Iterator[str]:
    """What a list of those of which there is nothing does not tell."""
    for item in concepts.filters if concepts.dimensions else ():
        bound = item.metric in {m.id for m in concepts.metrics}  # and not on how it changed
        if bound and item.operator == "lte" and item.values == (0,):
            yield "only what is recorded with zero is listed; that of which nothing at all is recorded has no row"
