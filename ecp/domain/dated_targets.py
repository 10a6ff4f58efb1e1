"""A target with a time of its own: in "A vs the 2025 plan" the year is of the plan, and so of what is measured."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.against import is_target_called
from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, is_time
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.joined import SET_BESIDE, moved, only_found
from ecp.domain.language import ARTICLES, TARGETS, Cue
from ecp.domain.matching import Match


def with_times_of_targets(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> tuple[Span, ...]:
    """The spans with the one time of the question by itself, where it stands before a target that something is held
    against, and the comparing words before it."""
    times = [s for s in spans if isinstance(s.value, TimeSpan) and not is_time(s, "grain")]
    if len(times) != 1 or not is_time(times[0], "comparison"):
        return spans
    if not _is_before_a_target(intent, spans, times[0], catalogue):
        return spans
    parts = tuple(_apart(intent, times[0])) or (times[0],)
    return tuple(part for span in spans for part in (parts if span is times[0] else (span,)))


def _is_before_a_target(intent: Intent, spans: tuple[Span, ...], time: Span, catalogue: Catalogue) -> bool:
    """Whether behind the time stands what is set for something that is measured before it."""
    measured = {m.id for s in spans if s.last < time.first for m in _metrics(s, catalogue)}
    behind = next((s for s in spans if s.first == time.last + 1), None)
    if behind is not None:
        meant = _metrics(behind, catalogue)
    else:
        words = [t.norm for t in intent.tokens[time.last + 1 : time.last + 2]]
        if any(word in TARGETS for word in words):
            return bool(measured)
        meant = [m for m in catalogue.metrics.targets if any(is_target_called(m, word, catalogue) for word in words)]
    return any(measured & set(m.target_of) for m in meant)


def _metrics(span: Span, catalogue: Catalogue) -> list[Metric]:
    targets = span.value.targets if isinstance(span.value, Match) else ()
    return catalogue.metrics_meant(t.asset_id for t in targets)


def _apart(intent: Intent, compared: Span) -> Iterator[Span]:
    """The comparing words and the time itself."""
    end = intent.tokens[compared.last].end
    for first in range(compared.first + 1, compared.last + 1):
        start = intent.tokens[first].start
        if intent.tokens[first].norm in ARTICLES | SET_BESIDE:
            continue
        if found := only_found(intent.text[start:end], "time"):
            cue = Cue(kind="compare", first=compared.first, last=first - 1)
            told = TimeSpan(first=first, last=compared.last, found=moved(found, start))
            yield from (Span(cue.first, cue.last, "cue", cue), Span(first, compared.last, "time", told))
            return
