""" "The growth of A since March", of a level: what it is today beside what it was then."""

from __future__ import annotations

from collections.abc import Collection

from ecp.domain.catalogue import Catalogue
from ecp.domain.changes import asks_how
from ecp.domain.cover import Span, cues_of
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import GROWTH
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.time import ComparisonMention, TimeMention
from ecp.domain.time.expressions import Day, Edge, Expression, Month, Range, Relative

_TODAY = Relative(grain="day", offset=0)


def since_then(
    intent: Intent,
    spans: tuple[Span, ...],
    mentions: tuple[Mention, ...],
    left: Collection[int],
    catalogue: Catalogue,
) -> tuple[Span, ...]:
    """The spans, with the beginning as the time to compare with and today as the one that is asked for. What adds up
    has come since then, and between which two times that grew is not said; a course begins then."""
    timed = [s for s in spans if isinstance(s.value, TimeSpan)]
    grows = any(intent.norm(at) in GROWTH for at in left)
    develops = bool(cues_of(spans, "trend")) or asks_how(intent)
    if len(timed) != 1 or not grows or develops or not _are_levels(mentions, catalogue):
        return spans
    span = timed[0].value
    assert isinstance(span, TimeSpan)
    then = _beginning(intent, span)
    if then is None or any(m.role in ("target", "compared") for m in mentions):
        return spans
    return (*(s for s in spans if s is not timed[0]), *_both(intent, span, then))


def _beginning(intent: Intent, span: TimeSpan) -> Expression | None:
    found = span.found.expression if isinstance(span.found, TimeMention) else None
    if not isinstance(found, Range) or intent.norm(span.first) != "since" or span.first == span.last:
        return None
    open_end = found.last is None and not (found.after or found.before)
    then = found.first if open_end else None
    short = isinstance(then, Relative) and then.grain in ("day", "week", "month")
    return then if isinstance(then, Day | Edge | Month) or short else None


def _are_levels(mentions: tuple[Mention, ...], catalogue: Catalogue) -> bool:
    metrics = catalogue.metrics_meant(t.asset_id for m in mentions if m.role in MEASURED for t in m.targets)
    return bool(metrics) and all(m.is_stock for m in metrics)


def _both(intent: Intent, span: TimeSpan, then: Expression) -> tuple[Span, Span]:
    start, end = intent.tokens[span.first].start, intent.tokens[span.first].end
    now = TimeMention(start=start, end=end, text=span.found.text, expression=_TODAY)
    behind = intent.tokens[span.first + 1].start
    told = intent.text[behind : span.found.end]
    before = ComparisonMention(start=behind, end=span.found.end, text=told, kind="period", expression=then)
    own = TimeSpan(first=span.first, last=span.first, found=now)
    other = TimeSpan(first=span.first + 1, last=span.last, found=before)
    return Span(own.first, own.last, "time", own), Span(other.first, other.last, "time", other)
