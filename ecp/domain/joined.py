"""Several things to compare with in a row: "against the plan and last year", "against last year, Q4 2025"."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.cover import Span, cues_of, is_time
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.time import ComparisonMention, Mention, find_times
from ecp.domain.time.expressions import Relative

_AND = frozenset({"and", "also"})
SET_BESIDE = frozenset({"to", "with", "against"})


def with_joined_times(intent: Intent, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The spans with each period that is joined to something compared as compared, too; and with a period behind a
    comma, which the compared one before it had taken for its own, by itself."""
    return tuple(_joined(intent, tuple(_parted(intent, spans))))


def joined_to_times(intent: Intent, spans: tuple[Span, ...]) -> Iterator[int]:
    """ "compared to last year and to its plan": the last word before what is joined to a period."""
    for span in spans:
        if is_time(span, "comparison"):
            words = [t.norm for t in intent.tokens[span.last + 1 : span.last + 3]]
            if words[:1] == ["and"]:
                yield span.last + 1 + (words[1:2] != [] and words[1] in SET_BESIDE)


def _parted(intent: Intent, spans: tuple[Span, ...]) -> Iterator[Span]:
    taken: set[int] = set()
    for at, span in enumerate(spans):
        if at in taken:
            continue
        behind = spans[at + 1] if at + 1 < len(spans) else None
        parts = _at_the_comma(intent, span, behind) if behind else ()
        if parts:
            taken.add(at + 1)
        yield from parts or (span,)


def _at_the_comma(intent: Intent, span: Span, behind: Span) -> tuple[Span, ...]:
    """ "against last year, Q4" and "2025": the quarter is that of the year behind it."""
    if not (is_time(span, "comparison") and is_time(behind, "time")) or behind.first != span.last + 1:
        return ()
    start, end = intent.tokens[span.first].start, intent.tokens[behind.last].end
    head, comma, tail = intent.text[start:end].partition(",")
    compared, own = only_found(head, "comparison"), only_found(tail, "time")
    if not (comma and compared and own) or intent.text[intent.tokens[span.last].end : end].strip().startswith(","):
        return ()
    split = start + len(head) + 1
    first = next(i for i, t in enumerate(intent.tokens) if t.start >= split)
    return (
        Span(span.first, first - 1, "time", TimeSpan(first=span.first, last=first - 1, found=moved(compared, start))),
        Span(first, behind.last, "time", TimeSpan(first=first, last=behind.last, found=moved(own, split))),
    )


def _joined(intent: Intent, spans: tuple[Span, ...]) -> Iterator[Span]:
    for span in spans:
        if _is_the_one_before(span) and _goes_on(intent, spans, span.first):
            yield _compared(intent, span)
        else:
            yield span


def _goes_on(intent: Intent, spans: tuple[Span, ...], at: int) -> bool:
    """Whether "and" joins a position to what something is compared with."""
    cues = [c.last for c in cues_of(spans, "compare") if c.last < at]
    times = [s.first for s in spans if s.what == "time" and cues and cues[-1] < s.first < at]
    return bool(cues) and not times and at - cues[-1] > 2 and intent.tokens[at - 1].norm in _AND


def _compared(intent: Intent, span: Span) -> Span:
    start, leading = intent.tokens[span.first].start, "vs "
    found = only_found(f"{leading}{intent.text[start : intent.tokens[span.last].end]}", "comparison")
    if not isinstance(found, ComparisonMention):
        return span
    text = found.text.removeprefix(leading)
    placed = found.model_copy(update={"start": start, "end": start + len(text), "text": text})
    return Span(span.first, span.last, "time", TimeSpan(first=span.first, last=span.last, found=placed))


def _is_the_one_before(span: Span) -> bool:
    said = getattr(span.value.found, "expression", None) if isinstance(span.value, TimeSpan) else None
    return is_time(span, "time") and isinstance(said, Relative) and said.is_the_one_before and not said.is_ago


def only_found(text: str, kind: str) -> Mention | None:
    found = find_times(text)
    return found[0] if len(found) == 1 and found[0].type == kind else None


def moved(found: Mention, by: int) -> Mention:
    return found.model_copy(update={"start": found.start + by, "end": found.end + by})
