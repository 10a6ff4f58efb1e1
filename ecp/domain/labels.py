"""Questions written as a list of parts, as programs write them: "metric: A; filter: B", "A filtered to B"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, is_cut, is_measured
from ecp.domain.intent import Intent
from ecp.domain.language import (
    AVERAGES,
    FUNCTION_WORDS,
    HOW_MUCH,
    IN_TOTAL,
    INCLUDING,
    LABELS,
    LIST_WORDS,
    NARROWING,
    OF_GRAIN,
    ONLY,
    Cue,
)
from ecp.domain.matching import METRIC, Match
from ecp.domain.mentions import Mention
from ecp.domain.rankings import count_at
from ecp.domain.words import normal_form

_ENDS = re.compile(r"[\"']?\s*[:=]")
_BEGINS = re.compile(r"(?:^|[,;|.&\n({\[])\s*[\"']?$")
_JOINED = frozenset({"and", "with", "where", "a", "the"})
_MOST_WORDS = 3
_LIMITS = frozenset({"limit", "limited", "first"})
_ACROSS_EVERY = frozenset({"across", "over", "of"})
_ACROSS = _ACROSS_EVERY | {"for", "in", "from"}
_WHOSE = frozenset({"our", "their", "its", "it"})


def without_groupings(intent: Intent, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The spans but for the "by" of "filtered by", and for "across all places" where one number of them is asked for:
    nothing is cut by what is filtered by, nor by what is taken together."""
    cuts = (s for s in spans if is_cut(s) and _is_taken_together(intent, spans, s))
    together = {at for s in cuts for at in _words_of_all(intent, s)}
    return tuple(
        s
        for s in spans
        if s.first not in together and not (isinstance(s.value, Cue) and _is_filter_by(intent, s.value))
    )


def without_all_counted(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> tuple[Span, ...]:
    """The spans but for "across all cases", "in their cases", where something else of the same rows is measured."""
    measured = [s for s in spans if is_measured(s)]
    told = {s: words for s in measured if (words := _words_of_all(intent, s))}
    together = {
        at
        for s, words in told.items()
        if intent.tokens[words[0]].norm in _ACROSS_EVERY or _is_theirs(intent, words)
        if any(_is_of_the_same_rows(other, s, catalogue) for other in measured if other is not s)
        for at in words
    }
    return tuple(s for s in spans if s.first not in together)


def _is_theirs(intent: Intent, words: range) -> bool:
    """ "in their cases"."""
    return any(intent.tokens[at].norm in _WHOSE for at in words)


def _is_of_the_same_rows(measured: Span, counted: Span, catalogue: Catalogue) -> bool:
    """Whether the second counts the things of which the first tells something: they stand in one table."""
    tables: list[set[str]] = []
    for span in (measured, counted):
        ids = [t.asset_id for t in span.value.targets if t.kind in METRIC] if isinstance(span.value, Match) else []
        refs = [m.semantic_layer_ref for m in catalogue.metrics_meant(ids)]
        tables.append({ref.partition(".")[0] for ref in refs if ref})
    units = {normal_form(u) for u in _units(counted, catalogue)}
    named = any(unit and unit in _form(counted).split() for unit in units)
    return named and len(tables[0]) == 1 and tables[0] == tables[1] and _form(measured) != _form(counted)


def _units(span: Span, catalogue: Catalogue) -> set[str]:
    targets = span.value.targets if isinstance(span.value, Match) else ()
    return {m.unit or "" for m in catalogue.metrics_meant(t.asset_id for t in targets if t.kind in METRIC)}


def _form(span: Span) -> str:
    return span.value.form if isinstance(span.value, Match) else ""


def _words_of_all(intent: Intent, span: Span) -> range:
    """The positions of "across all places", "for all of our places", "of their places"."""
    at = span.first - 1
    while at > 0 and intent.tokens[at].norm in _WHOSE | {"the", "of"}:
        at -= 1
    own = any(t.norm in _WHOSE for t in intent.tokens[at + 1 : span.first])
    said, last = intent.tokens[at].norm, intent.tokens[span.last]
    first = at - 1 if said in ("all", "every") else at
    several = said == "every" or last.text.lower() != last.norm
    leads = first > 0 and intent.tokens[first].norm in (_ACROSS_EVERY if said == "every" else _ACROSS)
    return range(first, span.first + 1) if leads and several and (first < at or own) else range(0)


def _is_taken_together(intent: Intent, spans: tuple[Span, ...], span: Span) -> bool:
    """ "total A across all places", "which works have the highest A across all places"; not "across each"."""
    words = _words_of_all(intent, span)
    behind = intent.tokens[span.last + 1 : span.last + 2]
    if not words or any(t.norm in LIST_WORDS for t in behind):
        return False
    before = intent.tokens[: words[0]]
    total = any(t.norm in IN_TOTAL | AVERAGES | {"sum"} for t in before)
    total = total or (tuple(t.norm for t in before[:2]) in HOW_MUCH and intent.tokens[words[0]].norm == "across")
    others = [s for s in spans if is_cut(s) and s is not span and not _words_of_all(intent, s)]
    asked = any(s.first == cue.last + 1 for cue in spans if isinstance(cue.value, Cue) for s in others)
    ranked = any(isinstance(s.value, Cue) and s.value.kind in ("top", "bottom") for s in spans)
    return total or (ranked and any(s.first < span.first for s in others)) or asked


def cut_by_what_it_is_based_on(intent: Intent, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """ "A based on the kind of place": cut by that; "what is A based on" asks out of what it is made."""
    return tuple(_grouping(s) if _is_based_on_a_cut(intent, spans, s) else s for s in spans)


def _grouping(span: Span) -> Span:
    assert isinstance(span.value, Cue)
    return replace(span, value=span.value.model_copy(update={"kind": "group"}))


def _is_based_on_a_cut(intent: Intent, spans: tuple[Span, ...], span: Span) -> bool:
    based = isinstance(span.value, Cue) and span.value.kind == "lineage" and intent.tokens[span.first].norm == "based"
    return based and any(is_cut(s) and span.last < s.first <= span.last + 2 for s in spans)


def _is_filter_by(intent: Intent, cue: Cue) -> bool:
    return cue.kind == "group" and cue.first > 0 and intent.tokens[cue.first - 1].norm in NARROWING - INCLUDING


def labels(intent: Intent, spans: Iterable[Span], left: Iterable[int]) -> Iterator[int]:
    """The positions among `left` of words that head a part, before a colon or before what they are the kind of."""
    starts = {s.first for s in spans}
    open_words = set(left)
    for at in sorted(open_words):
        if intent.tokens[at].norm not in LABELS:
            continue
        run = _run(intent, at)
        headed = _is_headed(intent, run) and (_next(intent, run[-1]) in starts or run[0] == 0)
        if headed or (intent.tokens[at].norm in OF_GRAIN and _beside_grain(run, spans)):
            yield from (i for i in run if i in open_words)


def _run(intent: Intent, at: int) -> list[int]:
    """ "time range", of which each word may stand alone."""
    first = last = at
    while first and _goes_on(intent, first - 1) and at - first < _MOST_WORDS:
        first -= 1
    while last + 1 < len(intent.tokens) and _goes_on(intent, last) and last - at < _MOST_WORDS:
        last += 1
    return list(range(first, last + 1))


def _goes_on(intent: Intent, at: int) -> bool:
    """Whether this word and the next make one label, with nothing but blanks between them."""
    one, other = intent.tokens[at : at + 2]
    return {one.norm, other.norm} <= LABELS and intent.text[one.end : other.start].isspace()


def _is_headed(intent: Intent, run: list[int]) -> bool:
    end, start = intent.tokens[run[-1]].end, intent.tokens[run[0]].start
    before = intent.text[:start]
    if run[0] and intent.tokens[run[0] - 1].norm in _JOINED:
        before = intent.text[: intent.tokens[run[0] - 1].start]
    return bool(_ENDS.match(intent.text, end) and (_BEGINS.search(before) or before.rstrip().endswith((":", "="))))


def _next(intent: Intent, at: int) -> int:
    """The position of the next word that may be the start of something."""
    behind = range(at + 1, len(intent.tokens))
    return next((i for i in behind if i not in intent.plain), len(intent.tokens))


def _beside_grain(run: list[int], spans: Iterable[Span]) -> bool:
    return any(s.what == "time" and (s.first == run[-1] + 1 or s.last == run[0] - 1) for s in spans)


def narrowings(intent: Intent, spans: Iterable[Span], mentions: Iterable[Mention], left: set[int]) -> Iterator[int]:
    """The positions among `left` of words that only say that what follows is all that is wanted. "include" alone says
    that something is not left out, which is another thing."""
    limits = {m.first for m in mentions if m.role in ("member", "excluded", "descriptor")}
    limits |= {s.first for s in spans if s.what in ("time", "number")}
    for at in left:
        norm = intent.tokens[at].norm
        near = {intent.tokens[i].norm for i in (at - 1, at + 1) if 0 <= i < len(intent.tokens)}
        if norm not in NARROWING or (norm in INCLUDING and not near & ONLY):
            continue
        behind = at + 1
        while behind < len(intent.tokens) and behind not in limits and _says_nothing(intent, behind):
            behind += 1
        if behind in limits:
            yield at
            beside = (i for i in (at - 1, *range(at + 1, behind)) if i in left)
            yield from (i for i in beside if intent.tokens[i].norm in ONLY or intent.tokens[i].norm == "down")


def _says_nothing(intent: Intent, at: int) -> bool:
    norm = intent.tokens[at].norm
    return norm in FUNCTION_WORDS or norm in ONLY or norm == "down"


def limit_said(intent: Intent, left: Iterable[int]) -> tuple[int | None, set[int]]:
    """ "sorted by A, limit 5": how many of an order are wanted, and the positions that say so."""
    words = set(left)
    for at in sorted(words):
        if intent.tokens[at].norm in _LIMITS:
            behind = at + 1 + (at + 1 < len(intent.tokens) and intent.tokens[at + 1].norm == "to")
            if (number := count_at(intent.tokens, behind)) is not None and behind in words:
                return number, {at, behind}
    return None, set()
