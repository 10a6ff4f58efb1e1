"""Questions written as a list of parts, as programs write them: "metric: A; filter: B", "A filtered to B"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of, is_cut, is_limit, is_measured, metrics_of
from ecp.domain.forms import names_of
from ecp.domain.intent import Intent
from ecp.domain.language import (
    AVERAGES,
    EVERY,
    FUNCTION_WORDS,
    HOW_MUCH,
    IN_TOTAL,
    INCLUDING,
    LABELS,
    LIST_WORDS,
    NARROWING,
    NEGATIONS,
    OF_GRAIN,
    ONLY,
    SHARES,
    Cue,
)
from ecp.domain.limits import is_cut_by
from ecp.domain.matching import METRIC, Match, targets_of
from ecp.domain.mentions import Mention
from ecp.domain.plan.references import cube_of
from ecp.domain.rankings import count_at
from ecp.domain.units import unit_of
from ecp.domain.unnamed import is_told_of_others
from ecp.domain.words import normal_form

_ENDS = re.compile(r"[\"']?\s*[:=]")
_BEGINS = re.compile(r"(?:^|[,;|.&\n({\[])\s*[\"']?$")
_JOINED = frozenset({"and", "with", "where", "a", "the"})
_MOST_WORDS = 3
_LIMITS = frozenset({"limit", "limited", "first"})
_ACROSS_EVERY = frozenset({"across", "over", "of"})
_ACROSS = _ACROSS_EVERY | {"for", "in", "from"}
_ACROSS_ALL = _ACROSS | {"on"}
_WHOSE = frozenset({"our", "their", "its", "it"})


def without_groupings(intent: Intent, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The spans but for the "by" of "filtered by", for "across all (old) places" where one number of them is asked for,
    and for "in terms of" behind what is compared: nothing is cut by what is filtered by, nor by what is taken together,
    and nothing is ranked where two are compared."""
    cuts = [s for s in spans if is_cut(s) and _is_taken_together(intent, spans, s)]
    together = {at for s in cuts for at in _words_of_all(intent, s, _limits(spans, s))} - _limits(spans)
    together |= {s.first for s in cuts}
    return tuple(
        s
        for s in spans
        if s.first not in together
        and not (isinstance(s.value, Cue) and (_is_filter_by(intent, s.value) or _is_by_what(intent, spans, s.value)))
    )


def _limits(spans: tuple[Span, ...], own: Span | None = None) -> set[int]:
    return {at for s in spans if is_limit(s) and s is not own for at in range(s.first, s.last + 1)}


def without_all_counted(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> tuple[Span, ...]:
    """The spans but for "across all cases", "in their cases", where something else of the same rows is measured, and
    "per case" behind what is told per case. Of some of these rows ("across all late cases") a member tells which; where
    none does, the words stay."""
    limits = _limits(spans)
    measured = [s for s in spans if is_measured(s)]
    gone, told = set[int](), list[Span]()
    for counted in measured:
        whose = _whose(intent, spans, counted)
        words = _words_of_all(intent, counted, limits | whose)
        others = [m for m in measured if m is not counted and m.first not in whose]
        others = [m for m in others if _is_of_the_same_rows(m, counted, catalogue)]
        leads = bool(words) and (_is_of_all(intent, words) or _is_theirs(intent, words))
        leads = leads and intent.norm(words[0] - 1) not in SHARES  # "as a share of all cases"
        metrics = [m for other in others for m in metrics_of(other, catalogue)]
        if _is_own_denominator(intent, counted, measured, catalogue):
            gone |= {counted.first - 1, counted.first}
        if _is_whose_mean(intent, counted, others, catalogue):
            gone |= set(range(counted.first, counted.last + 1))
        if not leads or not metrics:
            continue
        if _are_all_there_are(counted, metrics, catalogue):
            gone |= (set(words) - limits) | whose
        elif which := _which_of_them(intent, counted, metrics, catalogue):
            gone |= set(words) - limits
            told.append(which)
    return tuple(sorted((*(s for s in spans if s.first not in gone), *told), key=lambda s: s.first))


def _whose(intent: Intent, spans: tuple[Span, ...], counted: Span) -> set[int]:
    """The positions of "author" in "across all author books": whose they are, and nothing to cut by."""
    own = next((s for s in spans if s.last == counted.first - 1 and is_cut(s)), None)
    together = own is not None and intent.gap(own.last, counted.first).isspace()
    single = own is not None and not intent.tokens[own.last].is_inflected
    return set(range(own.first, own.last + 1)) if own and together and single else set()


def _is_own_denominator(intent: Intent, counted: Span, measured: list[Span], catalogue: Catalogue) -> bool:
    """ "the average cost per case", of what is a cost per case by its definition."""
    before = next((m for m in measured if m.last == counted.first - 2), None)
    if before is None or intent.norm(counted.first - 1) != "per" or _form(counted) not in _units(counted, catalogue):
        return False
    quotient = f"per {_form(counted)}"
    return all(f" {normal_form(m.definition)} ".count(f" {quotient} ") for m in metrics_of(before, catalogue))


def _is_whose_mean(intent: Intent, counted: Span, others: list[Span], catalogue: Catalogue) -> bool:
    """ "case resolution time", where cases are counted in the same table: the mean of all of them."""
    own = next((s for s in others if s.first == counted.last + 1), None)
    if own is None or intent.tokens[counted.last].is_inflected or not intent.gap(counted.last, own.first).isspace():
        return False
    metrics = metrics_of(own, catalogue)
    means = bool(metrics) and all(m.aggregation in ("average", "ratio") for m in metrics)
    return means and _are_all_there_are(counted, metrics, catalogue)


def _are_all_there_are(counted: Span, metrics: list[Metric], catalogue: Catalogue) -> bool:
    """Whether the first counts all that the metrics are of: by its own noun, and by nothing that they do not say."""
    units = _units(counted, catalogue)
    rest = set(_form(counted).split()) - {word for unit in units for word in unit.split()}
    if _is_called_by_its_noun(counted, units, catalogue):
        return True
    defined = [set(normal_form(m.definition).split()) for m in metrics]
    return all(rest <= (names_of(m) | (set() if d & NEGATIONS else d)) for m, d in zip(metrics, defined, strict=True))


def _is_called_by_its_noun(counted: Span, units: set[str], catalogue: Catalogue) -> bool:
    """ "support cases", which are all there are where these are called cases."""
    own = {m.id for m in metrics_of(counted, catalogue)}
    named = [{n.asset_id for n in catalogue.names.get(unit, ()) if n.kind in METRIC or n.member} for unit in units]
    return len(own) == 1 and bool(named) and all(ids == own for ids in named)


def _which_of_them(intent: Intent, counted: Span, metrics: list[Metric], catalogue: Catalogue) -> Span | None:
    """The member that a name begins with before its noun, where all the metrics are kept by that."""
    units = {word for unit in _units(counted, catalogue) for word in unit.split()}
    noun = next((at for at in range(counted.first, counted.last + 1) if intent.norm(at) in units), counted.first)
    form = intent.form(counted.first, noun - 1) if noun > counted.first else ""
    members = (t for t in targets_of(form, catalogue) if t.kind == "member")
    kept = tuple(t for t in members if all(is_cut_by(m, t.asset_id, catalogue) for m in metrics))
    match = Match(first=counted.first, last=noun - 1, form=form, targets=kept)
    return Span(counted.first, noun - 1, "name", match) if kept and noun == counted.last else None


def _is_of_all(intent: Intent, words: range) -> bool:
    """ "across all cases", "from all cases"."""
    every = any(intent.tokens[at].norm in EVERY | {"all"} for at in words)
    return intent.tokens[words[0]].norm in (_ACROSS_ALL if every else _ACROSS_EVERY)


def _is_theirs(intent: Intent, words: range) -> bool:
    """ "in their cases"."""
    return any(intent.tokens[at].norm in _WHOSE for at in words)


def _is_of_the_same_rows(measured: Span, counted: Span, catalogue: Catalogue) -> bool:
    """Whether the second counts the things of which the first tells something: they stand in one table, or the first is
    told of nothing else."""
    nouns = {word for unit in _units(counted, catalogue) for word in unit.split()[-1:]}
    if not nouns & set(_form(counted).split()) or _form(measured) == _form(counted):
        return False
    if any(is_told_of_others(m, nouns, catalogue) for m in metrics_of(measured, catalogue)):
        return False
    tables = [{cube_of(m) for m in metrics_of(s, catalogue)} for s in (measured, counted)]
    together = len(tables[0]) == 1 and tables[0] == tables[1] != {""}
    return together or all(_is_told_of(m, nouns) for m in metrics_of(measured, catalogue))


def _is_told_of(metric: Metric, nouns: set[str]) -> bool:
    """ "income by the day of the order", "of what was ordered": each of it belongs to one of these things."""
    words = normal_form(metric.definition).split()
    dated = set(normal_form((metric.time_dimension or "").partition(".")[2].replace("_", " ")).split())
    return bool(nouns & dated) or bool(nouns & set(words) and not set(words) & (NEGATIONS | {"and"}))


def _units(span: Span, catalogue: Catalogue) -> set[str]:
    return {unit_of(m) for m in metrics_of(span, catalogue)}


def _form(span: Span) -> str:
    return span.value.form if isinstance(span.value, Match) else ""


def _words_of_all(intent: Intent, span: Span, limits: Collection[int] = ()) -> range:
    """The positions of "across all places", "for all of our places", "of their places", and of `limits` inside."""
    at = span.first - 1
    while at > 0 and (at in limits or intent.tokens[at].norm in _WHOSE | {"the", "of"}):
        at -= 1
    own = any(t.norm in _WHOSE for t in intent.tokens[at + 1 : span.first])
    said, last = intent.tokens[at].norm, intent.tokens[span.last]
    first = at - 1 if said in ("all", "every") else at
    several = said == "every" or last.is_inflected
    leads = first > 0 and intent.tokens[first].norm in (_ACROSS_EVERY if said == "every" else _ACROSS_ALL)
    return range(first, span.first + 1) if leads and several and (first < at or own) else range(0)


def _is_taken_together(intent: Intent, spans: tuple[Span, ...], span: Span) -> bool:
    """ "total A across all places", "which works have the highest A across all places"; not "across each"."""
    words = _words_of_all(intent, span, _limits(spans, span))
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


def _is_by_what(intent: Intent, spans: tuple[Span, ...], cue: Cue) -> bool:
    """ "how do A and B compare in terms of cases", two members of one kind: by what they are compared."""
    if intent.norm(cue.last - 1) != "term" or not cues_of(spans, "compare", "contrast"):
        return False
    members = [{t.asset_id for t in s.value.targets} for s in spans if is_limit(s) and isinstance(s.value, Match)]
    cut = any(is_cut(s) and not is_measured(s) for s in spans)
    return not cut and any(one & other for one, other in pairwise(members))


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
