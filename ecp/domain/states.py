"""The state that what is counted is in now: "cases that are currently open", which may have begun at any time."""

from __future__ import annotations

from dataclasses import replace

from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, is_limit, is_measured
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import BE
from ecp.domain.matching import Match
from ecp.domain.ordinary import is_counted
from ecp.domain.time import TimeMention
from ecp.domain.time.expressions import Relative

_TODAY = frozenset({"today"})
_WITHIN = frozenset({"in", "at", "on"})


def with_states_of_now(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> tuple[Span, ...]:
    """ "currently open", "open right now", of cases that add up: the state is that of now, and the cases may have begun
    whenever they did. The word goes with the state, and no period is meant."""
    for now in (s for s in spans if _is_now(intent, s)):
        state = next((s for s in spans if _is_state(intent, spans, s, now)), None)
        if state is not None and _is_of_what_adds_up(spans, state, catalogue):
            first, last = min(now.first, state.first), max(now.last, state.last)
            kept = (s for s in spans if s not in (now, state))
            return tuple(sorted((*kept, _over(state, first, last)), key=lambda s: s.first))
    return spans


def _is_now(intent: Intent, span: Span) -> bool:
    """Whether it says "now" by an adverb, and not "today"."""
    found = span.value.found if isinstance(span.value, TimeSpan) else None
    said = found.expression if isinstance(found, TimeMention) else None
    present = isinstance(said, Relative) and (said.grain, said.offset) == ("day", 0)
    return present and intent.norm(span.last) not in _TODAY


def _is_state(intent: Intent, spans: tuple[Span, ...], span: Span, now: Span) -> bool:
    """Whether a member is told as a predicate beside the adverb: behind it, with or without "in", or before it and
    behind "are" or what is counted."""
    if not is_limit(span):
        return False
    said = intent.norm(span.first - 1) in BE or any(s.last == span.first - 1 and is_measured(s) for s in spans)
    between = [intent.norm(at) for at in range(now.last + 1, span.first)]
    behind = now.last < span.first and (not between or (len(between) == 1 and between[0] in _WITHIN))
    return behind or (said and span.last + 1 == now.first)


def _is_of_what_adds_up(spans: tuple[Span, ...], state: Span, catalogue: Catalogue) -> bool:
    """Whether things are counted, each as often as it began: those named before the state, or right behind it."""
    measured = [s for s in spans if is_measured(s) and (s.first < state.first or s.first == state.last + 1)]
    matches = [s.value for s in measured if isinstance(s.value, Match)]
    metrics = catalogue.metrics_meant(t.asset_id for m in matches for t in m.targets)
    counted = all(is_counted(m, catalogue) for m in matches)
    return bool(metrics) and counted and all(m.aggregation == "sum" for m in metrics)


def _over(span: Span, first: int, last: int) -> Span:
    assert isinstance(span.value, Match)
    return replace(span, first=first, last=last, value=span.value.model_copy(update={"first": first, "last": last}))
