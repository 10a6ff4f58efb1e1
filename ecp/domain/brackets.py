"""Asides that explain the name before them, in brackets, behind a dash or behind "i.e.": what its letters stand for,
its unit, what its definition says, or some of its members as examples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of, is_cut, is_limit, is_measured, metrics_of
from ecp.domain.forms import counts_itself, ids_of, names_of
from ecp.domain.intent import Intent
from ecp.domain.language import (
    ARTICLES_AND_PREPOSITIONS,
    AVERAGES,
    BE,
    LIST_WORDS,
    NEGATIONS,
    ONLY,
    SIZES,
    STILL,
)
from ecp.domain.matching import Match
from ecp.domain.participles import is_participle, stem
from ecp.domain.units import is_same_unit
from ecp.domain.words import normal_form

_ASIDES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"\(([^()]{2,120})\)",
        r"(?<=\w)\s+[-–—]\s+([^()–—.?!;]{2,120}?)(?=\s+[-–—]\s|\s*[.?!;]*\s*$)",
        r",\s*(?=i\.?e\b|that is\b)([^()?!;,]{2,120})(?=[,?!;]|[.]?\s*$)",
        r",\s*(?:(?:i\.?e\.?|that is(?: to say)?),\s*)([^()?!;,]{2,120})(?=[,?!;]|[.]?\s*$)",
    )
)
_MARKS = frozenset({"ie", "that", "meaning", "say"})
_FORMULA = (
    ARTICLES_AND_PREPOSITIONS | AVERAGES | BE | STILL | _MARKS
    | {"total", "all", "overall", "divided", "number", "percent", "have", "has", "been", "did", "do", "doe"}
)  # fmt: skip
_ONE_OF_SEVERAL = re.compile(r"((?:[\w-]+, )*[\w-]+),? (?:or|and) ([\w-]+)", re.I)
_EXAMPLES = (("for", "example"), ("for", "instance"))
_SHORTEST = 2
_FEW = 3
# How many words "from A to B" has at least behind its first.
_ENDS = 3
_WHERE_IT_IS = re.compile(
    r"(?P<all>,?\s+where\s+(?:the\s+)?(?P<name>[^,;()?!]{2,60}?)\s+(?:is|are|equals|means)\s+"
    r"(?:(?:defined|calculated|computed)\s+as\s+)?(?P<formula>[^;()?!]{2,120}?)\s*[.?!]*\s*$)",
    re.I,
)


class _Aside(NamedTuple):
    """Where it stands in the text, and the positions of its words."""

    start: int
    end: int
    inside: list[int]


def without_explanations(
    intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue
) -> tuple[Intent, tuple[Span, ...], set[int]]:
    """The question without what is in "closing rate (cases closed ÷ cases)", where the definition says no more, and
    without "e.g. A or B"; and the positions of all words that are explained so, of "mean time to repair (MTTR)" those
    that are no name."""
    told, idle = set[int](), set[int]()
    text = intent.text
    for aside in _asides(intent):
        bracketed = text[aside.start] == "("
        apart = not bracketed and _is_a_name(intent, aside.inside, spans)
        known = _says_nothing_new(intent, aside.inside, spans, catalogue) or _is_a_use(intent, aside.inside, spans)
        if not apart and known:
            idle.update(aside.inside)
            text = text[: aside.start] + " " * (aside.end - aside.start) + text[aside.end :]
        elif bracketed:
            told.update(_other_words(intent, aside.inside, spans))
            told.update(_begun_before(intent, aside.inside, spans, catalogue))
            told.update(_of_these_only(intent, aside.inside, spans, catalogue))
            idle.update(ranked := _ranked_so(intent, aside.inside, spans))
            text = _without_brackets(text, aside) if ranked else text
    idle.update(_examples(intent, spans), _between_its_ends(intent, spans, catalogue))
    idle.update(_defined_behind(intent, spans, catalogue), _heading(intent, spans))
    kept = (s for s in spans if not (is_measured(s) and {s.first, s.last} <= told | idle))
    kept = (s for s in kept if not {s.first, s.last} <= idle)
    related = tuple(at for at in intent.related if at not in idle)
    return intent.model_copy(update={"text": text, "related": related}), tuple(kept), told | idle


def _is_a_use(intent: Intent, inside: list[int], spans: tuple[Span, ...]) -> bool:
    """ "(a proxy for loyalty)": what the number is taken for, which limits nothing."""
    limits = any(s.first in inside and (is_limit(s) or s.what in ("time", "number")) for s in spans)
    negated = any(intent.norm(at) in NEGATIONS | ONLY for at in inside)
    return "proxy" in {intent.norm(at) for at in inside} and not (limits or negated)


def _of_these_only(intent: Intent, inside: list[int], spans: tuple[Span, ...], catalogue: Catalogue) -> Iterator[int]:
    """The "cases" of "income by place (old cases only)": of which cases it is told, and no second number."""
    limits = [s for s in spans if s.first in inside and is_limit(s)]
    counted = [s for s in spans if s.first in inside and is_measured(s)]
    others = any(s.first not in inside and is_measured(s) for s in spans)
    named = sum(s.first in inside for s in spans) == len(limits) + len(counted)
    only = any(intent.norm(at) in ONLY for at in inside) and others and named
    things = len(counted) == 1 and all(counts_itself(m) for m in metrics_of(counted[0], catalogue))
    if only and limits and things:
        yield from range(counted[0].first, counted[0].last + 1)


def _ranked_so(intent: Intent, inside: list[int], spans: tuple[Span, ...]) -> set[int]:
    """ "the highest rivalry (most clerks)", "the busiest (most cases)": what a word for it is measured by; that word
    and the order that is told once more."""
    within = [s for s in spans if s.first in inside]
    outside = [s for s in spans if s.last < inside[0]]
    orders = [c for s in outside for c in cues_of((s,), "top", "bottom")]
    again = cues_of(within[:1], "top", "bottom")
    if len(within) != 2 or not orders or not again or not is_measured(within[1]) or within[1].last != inside[-1]:
        return set()
    word = range(orders[-1].last + 1, inside[0])
    alike = orders[-1].kind == again[0].kind and again[0].number is None
    unnamed = len(word) <= _FEW and not any(s.first in word for s in spans)
    return (
        {*word, *range(again[0].first, again[0].last + 1)}
        if (alike and unnamed and not any(is_measured(s) for s in outside))
        else set()
    )


def _without_brackets(text: str, aside: _Aside) -> str:
    return f"{text[: aside.start]} {text[aside.start + 1 : aside.end - 1]} {text[aside.end :]}"


def _between_its_ends(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> Iterator[int]:
    """ "the lead time from order to shipment", of what is defined as the time from order to shipment."""
    for span in (s for s in spans if is_measured(s) and intent.norm(s.last + 1) in ("from", "between")):
        metrics = metrics_of(span, catalogue)
        for last in range(len(intent.tokens) - 1, span.last + _ENDS, -1):
            words = f" {intent.form(span.last + 1, last)} "
            limits = any(is_limit(s) for s in spans if span.last < s.first <= last)
            if not limits and metrics and all(words in f" {normal_form(m.definition)} " for m in metrics):
                yield from range(span.last + 1, last + 1)
                break


def _defined_behind(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> Iterator[int]:
    """ "the closing rate by place, where the closing rate is cases closed divided by cases", where its definition says
    no more."""
    found = _WHERE_IT_IS.search(intent.text)
    if found is None:
        return
    first, name, inside = (
        [i for i, t in enumerate(intent.tokens) if found.start(part) <= t.start < found.end(part)]
        for part in ("all", "name", "formula")
    )
    own = next((s for s in spans if name and (s.first, s.last) == (name[0], name[-1]) and is_measured(s)), None)
    if own is None or not inside or not isinstance(own.value, Match):
        return
    before = any(s.last < first[0] and is_measured(s) and _assets(s) == _assets(own) for s in spans)
    if before and _is_defined_so(intent, inside, own.value, spans, catalogue):
        yield from first


def _heading(intent: Intent, spans: tuple[Span, ...]) -> Iterator[int]:
    """ "High costs: which places have the highest cost": what the question is about, which it says itself."""
    head, colon, _ = intent.text.partition(":")
    words = [i for i, t in enumerate(intent.tokens) if colon and t.start < len(head)]
    named = [s for s in spans if s.first in words]
    again = {_assets(s) for s in spans if s.first not in words and is_measured(s)}
    said = {at for s in named for at in range(s.first, s.last + 1)} | intent.plain
    alone = all(at in said or intent.norm(at) in SIZES for at in words)
    if 0 < len(words) <= _FEW + 1 and named and alone and all(is_measured(s) and _assets(s) in again for s in named):
        yield from words


def _asides(intent: Intent) -> Iterator[_Aside]:
    for pattern in _ASIDES:
        for found in pattern.finditer(intent.text):
            inside = [i for i, t in enumerate(intent.tokens) if found.start(1) <= t.start < found.end(1)]
            if inside and inside[0]:
                yield _Aside(found.start(), found.end(), inside)


def _says_nothing_new(intent: Intent, inside: list[int], spans: tuple[Span, ...], catalogue: Catalogue) -> bool:
    own = next((s for s in spans if s.last == inside[0] - 1 and s.what == "name"), None)
    if own is None or not isinstance(own.value, Match):
        return False
    return _is_its_unit(intent, inside, own, spans, catalogue) or (
        _is_defined_so(intent, inside, own.value, spans, catalogue)
        if is_measured(own)
        else _are_words_of_members(intent, inside, own, spans, catalogue)
    )


def _is_a_name(intent: Intent, inside: list[int], spans: tuple[Span, ...]) -> bool:
    """ "cases - closed cases": one less the other."""
    named = {at for s in spans if is_measured(s) for at in range(s.first, s.last + 1)}
    return all(at in named or intent.norm(at) in ARTICLES_AND_PREPOSITIONS for at in inside)


def _examples(intent: Intent, spans: tuple[Span, ...]) -> Iterator[int]:
    """ "places, e.g. A or B": some of them, and not only these."""
    for at in range(1, len(intent.tokens)):
        marked = at if intent.norm(at) == "eg" else at + 1
        if marked != at and (intent.norm(at), intent.norm(at + 1)) not in _EXAMPLES:
            continue
        own = next((s for s in spans if s.last == at - 1 and is_cut(s)), None)
        last = _end_of_list(intent, marked, own, spans) if own else marked
        yield from range(at, last + 1) if last > marked else ()


def _end_of_list(intent: Intent, at: int, own: Span, spans: tuple[Span, ...]) -> int:
    """Where a list of members of one dimension ends that begins behind a position."""
    ids = _assets(own)
    for span in (s for s in spans if s.first > at and is_limit(s) and _assets(s) & ids):
        if not {intent.norm(i) for i in range(at + 1, span.first)} <= LIST_WORDS:
            break
        at = span.last
    return at


def _other_words(intent: Intent, inside: list[int], spans: tuple[Span, ...]) -> set[int]:
    """ "mean time to repair (MTTR)", "MTTR (mean time to repair)": of the letters and the words that they begin, those
    that name nothing, or nothing else."""
    short = intent.tokens[inside[0]] if len(inside) == 1 else intent.tokens[inside[0] - 1]
    letters = [inside[0]] if len(inside) == 1 else [inside[0] - 1]
    words = list(range(max(inside[0] - len(short.text), 0), inside[0])) if len(inside) == 1 else inside
    if not _are_letters(short.text) or "".join(intent.tokens[at].norm[0] for at in words) != short.norm:
        return set()
    by_letters, by_words = (_named(spans, part) for part in (letters, words))
    if by_letters:
        named = {at for s in spans if isinstance(s.value, Match) for at in range(s.first, s.last + 1)}
        return set(words) - named if by_words <= by_letters else set()
    return set(letters) if by_words else set()


def _begun_before(intent: Intent, inside: list[int], spans: tuple[Span, ...], catalogue: Catalogue) -> set[int]:
    """ "opening costs (OC) per case", where "OC per case" is a name and OC are these costs: what stands before the
    bracket is the beginning of that name once more."""
    longer = any(s.first == inside[0] < s.last and is_measured(s) for s in spans)
    before = next((s for s in spans if s.last == inside[0] - 1 and is_measured(s)), None)
    if len(inside) > 1 or not longer or before is None or not isinstance(before.value, Match):
        return set()
    same = ids_of(intent.norm(inside[0]), catalogue) == _assets(before)
    return set(range(before.first, before.last + 1)) if same else set()


def _named(spans: tuple[Span, ...], positions: list[int]) -> set[frozenset[str]]:
    """What stands at the positions, each name by the assets that it may mean."""
    return {_assets(s) for s in spans if isinstance(s.value, Match) and s.first in positions}


def _assets(span: Span) -> frozenset[str]:
    return frozenset(t.asset_id for t in span.value.targets) if isinstance(span.value, Match) else frozenset()


def _are_letters(text: str) -> bool:
    return len(text) >= _SHORTEST and text.isalpha() and text.isupper()


def _is_its_unit(intent: Intent, inside: list[int], own: Span, spans: tuple[Span, ...], catalogue: Catalogue) -> bool:
    """ "time to repair (min)", of what is told in minutes."""
    metrics = _metrics(own, catalogue)
    said = [intent.norm(at) for at in inside if intent.norm(at) not in ("in", "the")]
    return len(said) == 1 and bool(metrics) and all(is_same_unit(m.unit or "", said[0]) for m in metrics)


def _is_defined_so(
    intent: Intent, inside: list[int], own: Match, spans: tuple[Span, ...], catalogue: Catalogue
) -> bool:
    """Whether the aside has only words of the definition of what is measured before it, and limits it by nothing: no
    period, no member, no single one of several things that the definition lists."""
    places = {at for s in spans if is_cut(s) and intent.norm(s.first - 1) == "the" for at in range(s.first, s.last + 1)}
    words = {stem(intent.norm(at)) for at in inside if at not in places}  # "not returned to the shop"
    said = words - {stem(word) for word in _FORMULA}
    metrics = catalogue.metrics_meant(t.asset_id for t in own.targets)
    if not said or not metrics or _named(spans, inside) == {frozenset(t.asset_id for t in own.targets)}:
        return False
    alone = len(said) == 1 and not _may_stand_alone(intent, inside, spans)
    limited = any(s.first in inside and (is_limit(s) or s.what in ("time", "number")) for s in spans)
    parts = [s.value.form for s in spans if s.first in inside and is_measured(s) and isinstance(s.value, Match)]
    return not (alone or limited) and all(
        _tells(metric, said) and not _tells_less(metric, words) and _are_in_order(metric, parts) for metric in metrics
    )


def _are_in_order(metric: Metric, parts: list[str]) -> bool:
    """ "cases divided by cases closed", of cases closed divided by cases, is the contrary."""
    definition = f" {normal_form(metric.definition)} "
    places = [definition.find(f" {part} ") for part in parts]
    return -1 in places or places == sorted(places)


def _may_stand_alone(intent: Intent, inside: list[int], spans: tuple[Span, ...]) -> bool:
    """ "(unsettled)", "(not settled)", which name nothing: a noun might be another number."""
    named = any(s.first in inside and s.what == "name" for s in spans)
    return not named and any(is_participle(intent.norm(at)) for at in inside)


def _tells(metric: Metric, said: set[str]) -> bool:
    own = _words(metric)
    return said - own <= (_STEMS_OF_NO if own & _STEMS_OF_NO else set())


def _tells_less(metric: Metric, words: set[str]) -> bool:
    """ "lost", of "lost or damaged", "renewed", of "not renewed": one of several, or the contrary."""
    one = any(words & listed and not listed <= words for listed in _lists(metric.definition))
    return one or (not words & _STEMS_OF_NO and bool(words & _denied(metric.definition)))


def _denied(definition: str) -> set[str]:
    """What stands behind a "not", up to the next comma."""
    found: set[str] = set()
    for part in re.split("[,;.]", definition):
        words = [stem(word) for word in normal_form(part).split()]
        no = next((at for at, word in enumerate(words) if word in _STEMS_OF_NO), len(words))
        found |= set(words[no + 1 :])
    return found - {stem(word) for word in _FORMULA}


def _lists(definition: str) -> Iterator[set[str]]:
    """The things of "closed with or without payment", "lost, damaged or late": one of them is less than all."""
    for found in _ONE_OF_SEVERAL.finditer(definition):
        words = {word for part in found.groups() for word in normal_form(part).split()}
        yield set() if words & BE else {stem(word) for word in words}  # "that ended and were not renewed"


def _words(metric: Metric) -> set[str]:
    defined = f"{metric.definition} {metric.formula or ''}"
    return {stem(word) for word in (*names_of(metric), *normal_form(defined).split())}


def _are_words_of_members(
    intent: Intent, inside: list[int], own: Span, spans: tuple[Span, ...], catalogue: Catalogue
) -> bool:
    """ "kind of place (whole/shared)", of whole places and shared places: words that the names of all are made of,
    every one of which has some of them."""
    said = {intent.norm(at) for at in inside} - ARTICLES_AND_PREPOSITIONS
    named = any(s.first in inside and s.what != "cue" and not is_cut(s) for s in spans)
    dimensions = [d for i in sorted(_assets(own)) if (d := catalogue.get(i, Dimension))]
    return len(said) > 1 and not named and any(_are_made_of(d, said) for d in dimensions)


def _are_made_of(dimension: Dimension, said: set[str]) -> bool:
    called = [{w for name in (m.name, *m.synonyms) for w in normal_form(name).split()} for m in dimension.members]
    return bool(called) and said <= set[str]().union(*called) and all(said & words for words in called)


def _metrics(own: Span, catalogue: Catalogue) -> Iterable[Metric]:
    return catalogue.metrics_meant(sorted(_assets(own))) if is_measured(own) else ()


_STEMS_OF_NO = {stem(word) for word in NEGATIONS | {"neither", "nor"}} - {"minus", "less", "net", "before"}
