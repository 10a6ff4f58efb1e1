""" "projects starting in January": those of January, where that is when they are dated, and not all since then."""

from __future__ import annotations

from dataclasses import replace

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of, is_measured, is_time, metrics_of
from ecp.domain.forms import counts_itself
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.joined import moved, only_found
from ecp.domain.language import BE, PRONOUNS, VERB_BEHIND
from ecp.domain.participles import stem
from ecp.domain.words import normal_form

_STARTING = frozenset({"starting", "beginning", "commencing"})
_BEFORE_A_START = BE | VERB_BEHIND | PRONOUNS | {"been", "have", "has", "had"}
_BEFORE_A_TIME = frozenset({"in", "within", "during", "on", "over", "the"})
_STARTED = frozenset(stem(word) for word in ("start", "begin", "commence"))


def with_own_starts(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> tuple[tuple[Span, ...], set[int]]:
    """The spans with the period itself in the place of "since" it, where things that are counted start in it; and the
    positions of such words where these things are dated by something else, so that it is not known when they start."""
    if cues_of(spans, "trend") or any(is_time(s, "grain") for s in spans):
        return spans, set()
    lost: set[int] = set()
    kept: list[Span] = []
    for span in spans:
        counted = _counted_before(intent, spans, span, catalogue)
        started = bool(counted) and all(_is_dated_by_its_start(m) for m in counted)
        own = _without_since(intent, span) if started else None
        lost |= {span.first} if counted and own is None else set()
        kept.append(own or span)
    return tuple(kept), lost


def _counted_before(intent: Intent, spans: tuple[Span, ...], time: Span, catalogue: Catalogue) -> list[Metric]:
    """What is counted right before "starting in" some time."""
    if not is_time(time, "time") or intent.norm(time.first) not in _STARTING or intent.norm(time.first + 1) == "from":
        return []
    before = next((s for s in spans if s.last == time.first - 1 and is_measured(s)), None)
    metrics = metrics_of(before, catalogue) if before is not None else []
    return metrics if all(map(counts_itself, metrics)) else []


def words_of_own_starts(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> set[int]:
    """Where "started" stands in "projects that were started last week", "how many did we start", where that is when
    they are dated; where they are dated by something else it is not known."""
    told: set[int] = set()
    for own in (s for s in spans if is_measured(s)):
        metrics = metrics_of(own, catalogue)
        at = intent.after(own.last + 1, _BEFORE_A_START)
        behind = intent.after(at + 1, _BEFORE_A_TIME)
        if not _is_a_start(intent, at):
            continue
        timed = any(is_time(s, "time") and s.first in (at + 1, behind) for s in spans)
        dated = bool(metrics) and all(counts_itself(m) and _is_dated_by_its_start(m) for m in metrics)
        if timed and dated:
            told.add(at)
    return told


def _is_a_start(intent: Intent, at: int) -> bool:
    norm = intent.norm(at)
    return norm not in _STARTING and stem(norm) in _STARTED


def _is_dated_by_its_start(metric: Metric) -> bool:
    said = normal_form(f"{metric.definition} {metric.time_dimension or ''}").split()
    return bool(_STARTED & {stem(word) for word in said})


def _without_since(intent: Intent, span: Span) -> Span | None:
    start, end = intent.tokens[span.first + 1].start, intent.tokens[span.last].end
    found = only_found(intent.text[start:end], "time")
    if found is None or not isinstance(span.value, TimeSpan):
        return None
    return replace(span, value=span.value.model_copy(update={"found": moved(found, start)}))
