"""Words of change in their place: a period that is compared with, a course over time, or what a change is of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.changes import (
    asks_for_a_course,
    asks_how,
    asks_whether_it_grows,
    course_of_steps,
    period_before,
    steps_of_growth,
    unit_before,
    words_of_becoming,
    words_of_change,
    words_of_either_way,
    words_of_moving,
)
from ecp.domain.cover import Span, cues_of
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import AUXILIARIES, DIFFERENCES, GROWING
from ecp.domain.mentions import Mention
from ecp.domain.time.vocabulary import ADVERBS

_GAPS = DIFFERENCES | {"deviation"}


def changing_over_time(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], *, compared: bool
) -> tuple[tuple[Span, ...], tuple[TimeSpan, ...], bool]:
    """Words of change put in their place: the period before as what is compared with, or a course over time."""
    times = tuple(s.value for s in spans if isinstance(s.value, TimeSpan))
    if cues_of(spans, "trend"):
        left -= words_of_either_way(intent, left)
    words = words_of_change_said(intent, spans, mentions, left)
    before = None if compared else period_before(intent, words, times) or unit_before(intent, words, times, mentions)
    if before:
        timed = any(t.found.type == "time" for t in times)  # without a period, "monthly growth" is of the newest unit
        times = (*(t for t in times if timed or t.found.text.casefold() not in ADVERBS), before)
        spans = tuple(s for s in spans if not isinstance(s.value, TimeSpan) or s.value in times)
        spans = (*spans, Span(before.first, before.last, "time", before))
    ranked = cues_of(spans, "top", "bottom", "sort", "sort_up")
    if not (compared or ranked) and (grown := steps_of_growth(intent, left, times)):
        times = grown
        spans = (*spans, *(Span(t.first, t.last, "time", t) for t in grown))
        left -= {t.first for t in grown}
    if steps := course_of_steps(intent, next(iter(cues_of(spans, "trend")), None), times):
        times = (*times, steps)
        spans = (*spans, Span(steps.first, steps.last, "time", steps))
    develops = asks_for_a_course(intent, left, times) or (asks_how(intent) and _over_time(spans, times))
    timed = compared or any(t.found.type != "grain" for t in times)
    develops = develops or (asks_whether_it_grows(intent, left) and not timed)
    develops = develops or (_asks_yes_or_no(intent) and bool(words_of_becoming(intent, left)) and not timed)
    course = bool(cues_of(spans, "trend")) or (_asks_yes_or_no(intent) and not timed)
    if not compared and course and (ways := words_of_either_way(intent, left)):
        left -= ways
        develops = True
    if not compared and (moving := words_of_moving(intent, left)):
        left -= moving
        develops = True
    if before or develops:
        left -= set(words_of_change(intent, left))
    return spans, times, develops


def _asks_yes_or_no(intent: Intent) -> bool:
    return intent.norm(0) in AUXILIARIES


def words_of_change_said(
    intent: Intent, spans: tuple[Span, ...], mentions: Iterable[Mention], left: set[int]
) -> list[int]:
    """Those of "fastest growing" too, which is one cue, of "the largest gap between", where what is compared is what is
    ranked by, and of "the largest plan variance", which says what it varies from."""
    cues = cues_of(spans, "top", "bottom")
    growing = {at for c in cues for at in range(c.first, c.last + 1) if intent.tokens[at].norm in GROWING}
    ends = {c.last for c in (*cues, *cues_of(spans, "sort", "sort_up"))}
    ends |= {m.last for m in _ordered_by(spans)}
    gaps = {c.first for c in cues_of(spans, "compare", "contrast") if c.first - 1 in ends}
    gaps |= {at for m in mentions if m.role == "target" for at in (m.first, m.last + 1) if at < len(intent.tokens)}
    return words_of_change(intent, left | growing | {at for at in gaps if intent.tokens[at].norm in _GAPS})


def _ordered_by(spans: tuple[Span, ...]) -> Iterator[Span]:
    """What an order is told by: "sorted by A", which may go on with "variance to its plan"."""
    sorting = cues_of(spans, "sort", "sort_up")
    starts = {c.last + 1 for c in (*sorting, *(cues_of(spans, "group") if sorting else ()))}
    yield from (s for s in spans if s.first in starts and s.what == "name")


def _over_time(spans: tuple[Span, ...], times: tuple[TimeSpan, ...]) -> bool:
    return bool(cues_of(spans, "trend")) or any(t.found.type == "grain" for t in times)
