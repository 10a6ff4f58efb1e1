""" "A minus B", "the gap between A and B": where a metric is defined as that, the phrase means it; where none is, the
difference is computed of the two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from ecp.domain.against import is_target, set_for
from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of
from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES, BE, DIFFERENCES, LESS, MORE, POSSESSIVES
from ecp.domain.matching import METRIC, Target
from ecp.domain.mentions import MEASURED, Mention, metrics_named
from ecp.domain.shares import Share
from ecp.domain.words import normal_form

_TAKEN_FROM = (("minus",), ("less",), ("net", "of"))
_EXCEEDING = (("exceed",), ("exceeded",), ("exceeding",))
_SIDES = (("and",), ("vs",), ("versus",))
_OF_BOTH = frozenset({"between", "of"})
_GOES_ON = _OF_BOTH | {"to", "from"}
_PASSED = ARTICLES | POSSESSIVES
_WHAT_IS_THE = re.compile(r"\s*what(?:['’]?s|\s+is)\s+the\s+difference\b", re.I)
_LEFT_OUT = re.compile(r"\b(?:minus|less(?! than\b)|net of|without|excluding|except|after)\b([^.;:]*)", re.I)


class Subtracted(NamedTuple):
    """`part` minus `taken`, in these words; `apart`: it is asked how far they lie apart, whichever is higher."""

    part: Mention
    taken: Mention
    words: tuple[int, ...]
    apart: bool = False


def find_difference(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[Share | None, tuple[Span, ...], tuple[Mention, ...]]:
    """The difference of two metrics that a question asks for, with spans and mentions as they are read then. Words that
    this explains leave `left`; those for a difference of which it is not clear of what are put into it."""
    if cues_of(spans, "definition", "lineage", "catalogue"):
        return None, spans, mentions
    spans, mentions = _of_members(intent, spans, mentions, catalogue)
    measured = sorted((m for m in mentions if m.role in MEASURED), key=lambda m: m.first)
    if len(measured) == 2 and (words := _added(intent, *measured)):
        return _sum_of(intent, spans, mentions, measured, words, left, catalogue)
    found = _subtracted(intent, *measured) if len(measured) == 2 else None
    if found is None:
        left |= {*_of_several(intent, spans, measured, catalogue), *_out_of_another(intent, mentions, measured)}
        return None, spans, mentions
    if _is_set_for(found.taken, found.part, catalogue):
        if found.apart:
            return None, spans, mentions
        left -= set(found.words)
        return None, _without(spans, found.words), _changed(mentions, {found.taken: {"role": "target"}})
    if found.apart and _is_set_for(found.part, found.taken, catalogue):
        return None, spans, mentions
    left -= {*found.words, *range(found.taken.first, found.taken.last + 1)}
    spans = _without(spans, found.words)
    if metric := _defined(found, catalogue):
        target = Target(kind="metric", asset_id=metric.id, primary=False)
        first, last = min(found.part.first, found.taken.first), max(found.part.last, found.taken.last)
        text = intent.text[intent.tokens[first].start : intent.tokens[last].end]
        own = {"text": text, "first": first, "last": last, "targets": (target,), "role": "metric"}
        return None, spans, _changed(tuple(m for m in mentions if m is not found.taken), {found.part: own})
    text = next(intent.tokens[at].text for at in found.words if intent.norm(at) != "by")
    share = Share(text=text, words=found.words, of=found.taken.text, minus=True, apart=found.apart)
    return share, spans, _changed(mentions, {m: {"role": "metric"} for m in (found.part, found.taken)})


def asks_how_they_differ(
    intent: Intent, share: Share | None, mentions: tuple[Mention, ...], catalogue: Catalogue
) -> bool:
    """ "what is the difference between A and B", of no time and nothing else, where not both add up: what each of
    them is, and not how far they lie apart today."""
    apart = share is not None and share.minus and share.apart
    metrics = [m for one in mentions for m in metrics_named(one, catalogue)]
    alone = not intent.times and all(m.role in MEASURED for m in mentions)
    return apart and alone and bool(_WHAT_IS_THE.match(intent.text)) and any(m.aggregation != "sum" for m in metrics)


def _added(intent: Intent, one: Mention, other: Mention) -> tuple[int, ...]:
    """ "A plus B", "the sum of A and B": the words between and before them that add the two up."""
    between = tuple(at for at in range(one.last + 1, other.first) if intent.norm(at) not in _PASSED)
    said = [intent.norm(at) for at in between]
    if one.same_as(other):
        return ()
    if said == ["plus"]:
        return between
    of = intent.before(one.first - 1, _PASSED)
    summed = (intent.norm(of - 1), intent.norm(of)) == ("sum", "of") and said == ["and"]
    return (of - 1, of, *between) if summed else ()


def _sum_of(
    intent: Intent,
    spans: tuple[Span, ...],
    mentions: tuple[Mention, ...],
    measured: list[Mention],
    words: tuple[int, ...],
    left: set[int],
    catalogue: Catalogue,
) -> tuple[Share | None, tuple[Span, ...], tuple[Mention, ...]]:
    """What two metrics come to: computed, but where a metric is defined as that."""
    one, other = measured
    left -= {*words, *range(other.first, other.last + 1)}
    spans = _without(spans, words)
    if metric := _made_up_of(one, other, catalogue):
        target = Target(kind="metric", asset_id=metric.id, primary=False)
        text = intent.text[intent.tokens[one.first].start : intent.tokens[other.last].end]
        own = {"text": text, "last": other.last, "targets": (target,), "role": "metric"}
        return None, spans, _changed(tuple(m for m in mentions if m is not other), {one: own})
    text = next(intent.tokens[at].text for at in words)
    share = Share(text=text, words=words, of=other.text, plus=True)
    return share, spans, _changed(mentions, {m: {"role": "metric"} for m in measured})


def _made_up_of(one: Mention, other: Mention, catalogue: Catalogue) -> Metric | None:
    """The only metric that the one is without the other."""
    sides = [_metrics(one, catalogue), _metrics(other, catalogue)]
    ids: set[str] = set()
    for told in catalogue.metrics.differences:
        whole, away = _named(told.part, catalogue), _named(told.taken, catalogue)
        if len(whole) == 1 and away and any(s == {told.metric} and t == away for s, t in (sides, sides[::-1])):
            ids |= whole
    return catalogue.get(ids.pop(), Metric) if len(ids) == 1 else None


def may_hold(one: Metric, other: Metric, catalogue: Catalogue) -> bool:
    """Whether one of the two may be a part of the other: by a definition that names it, or as both are called by one
    noun."""
    names = [{normal_form(name) for name in (m.name, *m.synonyms)} - {""} for m in (one, other)]
    if {n.split()[-1] for n in names[0]} & {n.split()[-1] for n in names[1]}:
        return True
    texts = [f" {normal_form(' '.join((m.definition, m.formula or '')))} " for m in (one, other)]
    named = any(f" {n} " in text for text, own in zip(texts, reversed(names), strict=True) for n in own)
    pair = {one.id, other.id}
    told = catalogue.metrics.differences
    wholes = ((_named(d.part, catalogue), {d.metric} | _named(d.taken, catalogue)) for d in told)
    return named or any(pair & whole and pair & parts and len(pair & (whole | parts)) > 1 for whole, parts in wholes)


def _of_members(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], catalogue: Catalogue
) -> tuple[tuple[Span, ...], tuple[Mention, ...]]:
    """ "A minus B", of two members that are no part of each other: nothing of B is in A, so that it is held against
    it."""
    named = sorted((m for m in mentions if m.role in ("member", "excluded")), key=lambda m: m.first)
    for one, other in pairwise(named):
        between = tuple(at for at in range(one.last + 1, other.first) if intent.norm(at) not in _PASSED)
        apart = one.role == "member" and other.role == "excluded" and one.asset_ids & other.asset_ids
        if apart and [intent.norm(at) for at in between] == ["minus"] and not _is_part(one, other, catalogue):
            return _without(spans, between), _changed(mentions, {other: {"role": "compared"}})
    return spans, mentions


def _is_part(one: Mention, other: Mention, catalogue: Catalogue) -> bool:
    """Whether one of the two is the other, or a part of it, by the pack."""
    named = {(t.asset_id, t.member) for t in one.targets}, {(t.asset_id, t.member) for t in other.targets}
    parents = [
        {(asset, m.parent) for asset, key in side if (m := catalogue.member(asset, key or ""))} for side in named
    ]
    return bool(named[0] & named[1] or parents[0] & named[1] or parents[1] & named[0])


def _changed(mentions: tuple[Mention, ...], changes: dict[Mention, dict[str, object]]) -> tuple[Mention, ...]:
    return tuple(m.model_copy(update=changes.get(m, {})) for m in mentions)


def _without(spans: tuple[Span, ...], words: tuple[int, ...]) -> tuple[Span, ...]:
    """Cues that are words of the difference say nothing else."""
    return tuple(s for s in spans if s.what != "cue" or not set(range(s.first, s.last + 1)) <= set(words))


def _subtracted(intent: Intent, one: Mention, other: Mention) -> Subtracted | None:
    if one.same_as(other):
        return None
    between = tuple(at for at in range(one.last + 1, other.first) if intent.norm(at) not in _PASSED)
    said = tuple(intent.norm(at) for at in between)
    if said in _TAKEN_FROM:
        return Subtracted(one, other, between)
    if how_much := _how_much(intent, one, other, said):
        return how_much
    if said not in _SIDES or "," in intent.gap(one.last, other.first):
        return None
    before = intent.before(one.first - 1, _PASSED)
    if intent.norm(before) in _OF_BOTH and intent.norm(before - 1) in DIFFERENCES:
        by = intent.before(before - 2, _PASSED)
        ordered = (by,) if intent.norm(by) == "by" else ()
        return Subtracted(one, other, (*ordered, before - 1, before, *between), apart=True)
    behind = other.last + 1
    if intent.norm(behind) in DIFFERENCES and intent.norm(behind + 1) not in _GOES_ON:
        return Subtracted(one, other, (*between, behind), apart=True)
    return None


def _how_much(intent: Intent, one: Mention, other: Mention, said: tuple[str, ...]) -> Subtracted | None:
    """ "how much higher is A than B", "by how much does A exceed B"."""
    at = next((i for i in range(2) if (intent.norm(i), intent.norm(i + 1)) == ("how", "much")), None)
    if at is None:
        return None
    begins = tuple(i for i in range(at, one.first) if intent.norm(i) not in _PASSED)
    joined = tuple(i for i in range(one.last + 1, other.first) if intent.norm(i) not in _PASSED)
    verbs = [intent.norm(i) for i in begins[2:]]
    if said in _EXCEEDING and verbs in ([], ["do"], ["doe"], ["did"]):
        return Subtracted(one, other, (*begins, *joined))
    if said != ("than",) or len(verbs) != 2 or verbs[1] not in BE:
        return None
    if verbs[0] in MORE:
        return Subtracted(one, other, (*begins, *joined))
    return Subtracted(other, one, (*begins, *joined)) if verbs[0] in LESS else None


def _of_several(
    intent: Intent, spans: tuple[Span, ...], measured: list[Mention], catalogue: Catalogue
) -> Iterator[int]:
    """ "the gap between A, B and C", and of what is not said plainly: of which two, nobody knows."""
    others = [m for m in measured if not any(_is_set_for(m, o, catalogue) for o in measured)]
    if len({m.targets for m in others}) < 2:
        return
    words = [at for c in cues_of(spans, "contrast") for at in range(c.first, c.last + 1)]
    if any(intent.norm(at) in DIFFERENCES for at in words):
        yield from range(measured[-1].first, measured[-1].last + 1)


def _out_of_another(intent: Intent, mentions: tuple[Mention, ...], measured: list[Mention]) -> Iterator[int]:
    """ "A of B minus C of D": D is left out of nothing."""
    for one, other in pairwise(measured):
        between = range(one.last + 1, other.first)
        taken = [m for m in mentions if m.role == "excluded" and m.first in between]
        yield from (at for at in between if taken and intent.norm(at) == "minus" and not one.same_as(other))


def _is_set_for(target: Mention, other: Mention, catalogue: Catalogue) -> bool:
    """Whether the one is a target, and may be that of the other."""
    return is_target(target, catalogue) and bool(set_for(target, catalogue) & _metrics(other, catalogue))


def _metrics(mention: Mention, catalogue: Catalogue) -> set[str]:
    return {m.id for m in metrics_named(mention, catalogue)}


def _defined(found: Subtracted, catalogue: Catalogue) -> Metric | None:
    """The only metric that is A minus B, as it says itself or as B does, which is A minus that one."""
    parts, taken = (_metrics(m, catalogue) for m in (found.part, found.taken))
    sides = [(parts, taken), (taken, parts)] if found.apart else [(parts, taken)]
    ids: set[str] = set()
    for told in catalogue.metrics.differences:
        own, away = _named(told.part, catalogue), _named(told.taken, catalogue)
        if own and away:
            ids |= {told.metric for a, b in sides if a == own and b == away}
            ids |= {i for a, b in sides if a == own and b == {told.metric} and len(away) == 1 for i in away}
    return catalogue.get(ids.pop(), Metric) if len(ids) == 1 else None


def is_without(part: Metric, taken: Metric) -> bool:
    """Whether the one is defined without the other, so that to take it away would take it twice."""
    left_out = [f" {normal_form(found[1])} " for found in _LEFT_OUT.finditer(part.definition)]
    names = {normal_form(name) for name in (taken.name, *taken.synonyms)} - {""}
    return any(f" {name} " in words for words in left_out for name in names)


def _named(text: str, catalogue: Catalogue) -> set[str]:
    names = catalogue.names.get(normal_form(text), ())
    return {m.id for m in catalogue.metrics_meant(n.asset_id for n in names if n.kind in METRIC and not n.member)}
