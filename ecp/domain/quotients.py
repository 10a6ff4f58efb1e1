""" "A per B": where a metric is defined as that, the quotient's own name for it is not needed; where none is, it is
computed of the two."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from ecp.domain.assets import Metric, Term
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of
from ecp.domain.forms import names_of
from ecp.domain.intent import Intent
from ecp.domain.language import (
    ARTICLES,
    ARTICLES_AND_PREPOSITIONS,
    AVERAGES,
    BE,
    MONEY_OR_SHARE,
    PERCENTAGES,
    SHARES,
)
from ecp.domain.limits import is_cut_by
from ecp.domain.matching import Target, targets_of
from ecp.domain.mentions import MEASURED, METRIC, Mention, metrics_named
from ecp.domain.participles import deeds, is_participle
from ecp.domain.shares import Share
from ecp.domain.two_sides import RELATIVE, SET_AGAINST, verbs_of_their_kind
from ecp.domain.units import unit_of
from ecp.domain.words import normal_form

_DEFINED = re.compile(
    r"(?:\bthe |\ban? |\baverage |\bmean |\bnumber of )*(?P<part>[^,.;:()]+?)"
    r" (?:divided by|per|for each|for every|in percent of|as a (?:percentage|share|percent) of) "
    r"(?P<scale>\d[\d,]* )?(?:the |all |an? |number of )*(?P<whole>[^,.;:()]+)",
    re.I,
)
_PER = re.compile(r"\s*(?:per|divided by|for (?:each|every))\s+(?:(?P<number>\d[\d,]*)(?P<thousands>k)?\s+)?", re.I)
_SHARED_OUT = frozenset({"per", "divided"})
_WHERE = frozenset({"in", "for", "at", "from"})
_RATIOS = frozenset({"ratio", "multiple"})
_RATES = frozenset({"rate", "percentage", "share"})
_CLAUSES = re.compile(r"[.:;]")


def quotient_of(part: Mention, whole: Mention, catalogue: Catalogue, scale: int = 1) -> Metric | None:
    """The only metric that is defined as the one divided by the other, whatever else these two words may mean;
    `scale`: by how many of it, where that is said."""
    parts, wholes = _metrics(part, catalogue), _metrics(whole, catalogue)
    found = [
        m
        for m in catalogue.metrics.of_sort("ratio", "average", "none")
        if any(parts <= d.parts and wholes <= d.wholes and scale in (1, d.scale) for d in _defined_as(m, catalogue))
    ]
    return found[0] if len(found) == 1 and parts and wholes else None


def with_quotients(
    intent: Intent, mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[Mention, ...]:
    """The mentions with each "A per B" that is defined as one; its words are taken out of `left`."""
    measured = [m for m in mentions if m.kinds & METRIC]
    for part in measured:
        whole = next((m for m in measured if m.first > part.last and _scale(intent, part, m)), None)
        metric = quotient_of(part, whole, catalogue, _scale(intent, part, whole) or 1) if whole else None
        if whole and metric:
            left -= set(range(part.last + 1, whole.first))
            text = intent.text[intent.tokens[part.first].start : intent.tokens[whole.last].end]
            target = Target(kind="metric", asset_id=metric.id, primary=False)
            made = part.model_copy(update={"text": text, "last": whole.last, "targets": (target,)})
            return tuple(made if m is part else m for m in mentions if m is not whole)
    return mentions


def without_own_denominators(
    intent: Intent, mentions: tuple[Mention, ...], catalogue: Catalogue
) -> tuple[Mention, ...]:
    """ "the average paid per reader by place", of what is told per reader by its name or its definition: of what it is,
    and nothing that it is cut by."""
    measured = [m for m in mentions if m.role in MEASURED]
    told = {m.last + 2: metrics_named(m, catalogue) for m in measured if intent.norm(m.last + 1) == "per"}
    own = (m for m in mentions if m.role == "group" and m.first == m.last and told.get(m.first))
    gone = [m for m in own if all(_is_told_per(intent.norm(m.last), metric, catalogue) for metric in told[m.first])]
    return tuple(m.model_copy(update={"role": "descriptor"}) if m in gone else m for m in mentions)


def _is_told_per(noun: str, metric: Metric, catalogue: Catalogue) -> bool:
    return metric.aggregation == "ratio" and any(noun == d.head for d in _defined_as(metric, catalogue))


def with_defined_share(
    share: Share | None, mentions: tuple[Mention, ...], catalogue: Catalogue
) -> tuple[Share | None, tuple[Mention, ...]]:
    """A share of another metric, where that is a metric of its own: what is measured, and no share of it."""
    whole = next((m for m in mentions if share and m.text == share.of), None)
    part = next((m for m in mentions if whole and m.role in MEASURED and not m.same_as(whole)), None)
    metric = quotient_of(part, whole, catalogue) or _rate_of(part, whole, catalogue) if part and whole else None
    if metric is None or part is None:
        return share, mentions
    made = part.model_copy(update={"targets": (Target(kind="metric", asset_id=metric.id, primary=False),)})
    return None, tuple(made if m is part else m for m in mentions if m is not whole)


def _rate_of(part: Mention, whole: Mention, catalogue: Catalogue) -> Metric | None:
    """ "the percentage of goods that are refused", where a refusal rate is kept, and refusals are the refused goods."""
    wholes, parts = _metrics(whole, catalogue), _metrics(part, catalogue)
    called = [normal_form(n) for m in catalogue.metrics_meant(parts) for n in (m.name, *m.synonyms)]
    nouns = (noun for (noun, _), form in catalogue.done.items() if form in called)
    if not wholes or not any(_named(noun, catalogue) == wholes for noun in nouns):
        return None
    ids = {t.asset_id for form in called for t in targets_of(f"{form} rate", catalogue) if t.kind == "metric"}
    return catalogue.get(ids.pop(), Metric) if len(ids) == 1 else None


def with_own_rate(
    intent: Intent, share: Share | None, mentions: tuple[Mention, ...], catalogue: Catalogue
) -> tuple[Share | None, tuple[Mention, ...]]:
    """ "refusal %", "the refusal percentage", where a refusal rate is kept: that rate, and no part of all refusals."""
    measured = [m for m in mentions if m.role in MEASURED]
    words = (*share.signs, *share.words) if share else ()
    if share is None or share.of or len(measured) != 1 or measured[0].last + 1 not in words:
        return share, mentions
    form = intent.form(measured[0].first, measured[0].last)
    own = {word for m in catalogue.metrics_meant(measured[0].asset_ids) for word in names_of(m)}
    names = [n for m in catalogue.metrics.called_by("rate") for n in (m.name, *m.synonyms) if _is_rate_of(form, n, own)]
    targets = {t for n in names for t in targets_of(normal_form(n), catalogue) if t.kind == "metric"}
    if len({t.asset_id for t in targets}) != 1:
        return share, mentions
    rate = measured[0].model_copy(update={"targets": tuple(targets)[:1]})
    return None, tuple(rate if m is measured[0] else m for m in mentions)


def with_kept_rate(
    intent: Intent, mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[Mention, ...]:
    """ "what percentage of cases were closed in time", where the rate of those closed in time is kept: that rate. Words
    that this explains leave `left`, and members among them limit nothing."""
    shares = [at for at in sorted(left) if intent.norm(at) in SHARES and intent.norm(at + 1) == "of"]
    counted = [m for m in mentions if m.role in MEASURED]
    be = next((at for at in range(len(intent.tokens)) if intent.norm(at) in BE and at > (shares or [at])[0]), None)
    if len(shares) != 1 or len(counted) != 1 or be is None or not shares[0] < counted[0].first < be:
        return mentions
    ends = [c.first for c in intent.cues if c.kind == "group"] + [t.first for t in intent.times]
    ends += [m.first for m in mentions if m.role == "member" and intent.norm(m.first - 1) in _WHERE]
    words = range(be + 1, min([*(at for at in ends if at > be), len(intent.tokens)]))
    said = {intent.norm(at) for at in words}
    rates = {m.id: m for word in sorted(_RATES) for m in catalogue.metrics.called_by(word)}.values()
    found = [m for m in rates if _is_rate_of_those(m, said, catalogue, counted[0])]
    if len(found) != 1 or not _counts_them_all(intent, counted[0], be, catalogue):
        return mentions
    left -= {shares[0], *words}
    rate = counted[0].model_copy(update={"targets": (Target(kind="metric", asset_id=found[0].id, primary=False),)})
    told = [m for m in mentions if m.role in ("member", "group") and m.first in words]
    kept = (m.model_copy(update={"role": "descriptor"}) if m in told else m for m in mentions)
    return tuple(rate if m is counted[0] else m for m in kept)


def _counts_them_all(intent: Intent, counted: Mention, be: int, catalogue: Catalogue) -> bool:
    """ "cases", before "were", by one noun or by the unit itself; "old cases" are some of them."""
    said = intent.form(counted.first, min(counted.last, be - 1))
    units = {unit_of(m) for m in catalogue.metrics_meant(counted.asset_ids)}
    return len(said.split()) == 1 or units == {said}


def _is_rate_of_those(metric: Metric, said: set[str], catalogue: Catalogue, counted: Mention) -> bool:
    """Whether it is called a rate of what is said, and of nothing else, and is told of the things that are counted."""
    if unit_of(metric) != "percent" or metric.target_of:
        return False
    defined = set(normal_form(metric.definition).split()) | names_of(metric)
    nouns = {unit_of(m) for m in catalogue.metrics_meant(counted.asset_ids)}
    meant = said | {deed for word in said if is_participle(word) for deed in deeds(word)}
    names = (set(normal_form(n).split()) for n in (metric.name, *metric.synonyms))
    called = any(words > _RATES & words and words - _RATES <= meant and words & _RATES for words in names)
    content = said - ARTICLES_AND_PREPOSITIONS
    told = all(w in defined or not names_of(metric).isdisjoint(deeds(w)) for w in content)
    return called and nouns <= defined and bool(content) and told


def is_rate_unkept(intent: Intent, share: Share | None, mentions: Iterable[Mention], catalogue: Catalogue) -> bool:
    """ "late case percentage by place", where cases are counted, too: how many of them are late, and no part that a
    place has of all late ones."""
    measured = [m for m in mentions if m.role in MEASURED]
    words = (*share.signs, *share.words) if share else ()
    if share is None or share.of or share.parts or len(measured) != 1 or measured[0].last + 1 not in words:
        return False
    percent = share.signs or any(intent.norm(at) in PERCENTAGES for at in share.words)
    kept = catalogue.metrics_meant(measured[0].asset_ids)
    return bool(percent and kept) and all(_is_some_of_a_count(m, catalogue) for m in kept)


def _is_some_of_a_count(metric: Metric, catalogue: Catalogue) -> bool:
    """ "Late cases": what its name ends with is a count of its own, in the same unit."""
    unit = unit_of(metric)
    if not unit or unit in MONEY_OR_SHARE:
        return False
    names = (normal_form(text).split() for text in (metric.name, *metric.synonyms))
    ends = (" ".join(words[at:]) for words in names for at in range(1, len(words)))
    others = (t.asset_id for form in ends for t in targets_of(form, catalogue) if t.kind in METRIC)
    return any(m.id != metric.id and unit_of(m) == unit for m in catalogue.metrics_meant(others))


def _is_rate_of(form: str, name: str, own: set[str]) -> bool:
    """Whether it is called a rate of that, and of nothing else than what is measured."""
    words = normal_form(name).split()
    what = f" {' '.join(words[:-1])}"
    return words[-1:] == ["rate"] and what.endswith(f" {form}") and set(what.removesuffix(form).split()) <= own


def find_quotient(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[Share | None, tuple[Mention, ...]]:
    """ "A per B", which no metric is, of two metrics; with B as what is measured, where it was taken for what is cut
    by. Words that this explains leave `left`."""
    if cues_of(spans, "definition", "lineage", "catalogue"):
        return None, mentions
    if ratio := _ratio_of_members(intent, mentions, left, catalogue):
        return ratio
    mentions = _with_counted(intent, spans, mentions, catalogue)
    measured = sorted((m for m in mentions if m.role in MEASURED), key=lambda m: m.first)
    part, whole = measured if len(measured) == 2 else (None, None)
    if not (part and whole) or part.same_as(whole):
        return None, mentions
    said = intent.norm(part.last + 1) in _SHARED_OUT  # "for each" asks for each of them
    words, scale = _set_in_a_ratio(intent, part, whole), _scale(intent, part, whole) if said else None
    if not (words or scale) or _is_nearly_defined(part, whole, catalogue):
        return None, mentions
    words, mean = words or tuple(range(part.last + 1, whole.first)), part.first - 1
    left -= {*words, *range(whole.first, whole.last + 1), *({mean} if intent.norm(mean) in AVERAGES else ())}
    mentions = tuple(m.model_copy(update={"role": "metric"}) if m is whole else m for m in mentions)
    told = next((intent.tokens[at].text for at in words if intent.norm(at) in _RATIOS), None)
    text = told or intent.text[intent.tokens[words[0]].start : intent.tokens[words[-1]].end]
    return Share(text=text, words=words, of=whole.text, scale=scale or 1), mentions


def _set_in_a_ratio(intent: Intent, part: Mention, whole: Mention) -> tuple[int, ...]:
    """ "the A to B ratio", "the ratio between A and B", "A as a multiple of B": the positions of the words that say
    so."""
    between, behind = tuple(range(part.last + 1, whole.first)), whole.last + 1
    before = intent.before(part.first - 1, ARTICLES)
    said = [intent.norm(at) for at in between if intent.norm(at) not in ARTICLES]
    if said == ["as", "multiple", "of"] or said == ["as", "ratio", "of"]:
        return between
    if said == ["and"] and (intent.norm(before - 1), intent.norm(before)) == ("ratio", "between"):
        return (before - 1, before, *between)
    return (*between, behind) if said == ["to"] and intent.norm(behind) == "ratio" else ()


def _ratio_of_members(
    intent: Intent, mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[Share, tuple[Mention, ...]] | None:
    """ "the ratio of new to old cases", "the new to old case ratio": of what is measured of the one, and of the other,
    which is what it is compared with."""
    said = [at for at in sorted(left) if intent.norm(at) in SHARES]
    measured = [m for m in mentions if m.role in MEASURED]
    members = sorted((m for m in mentions if m.role in ("member", "compared")), key=lambda m: m.first)
    pairs = [(a, b) for a, b in combinations(members, 2) if a.asset_ids & b.asset_ids]
    if len(said) != 1 or intent.norm(said[0]) != "ratio" or len(pairs) != 1 or len({m.targets for m in measured}) != 1:
        return None
    (one, other), named = pairs[0], {at for m in measured for at in range(m.first, m.last + 1)}
    named |= set(verbs_of_their_kind(intent, pairs[0], catalogue))
    leading, joining, behind = (
        {intent.norm(at) for at in positions if at not in named} - ARTICLES
        for positions in (
            range(said[0] + 1, one.first),
            range(one.last + 1, other.first),
            range(other.last + 1, said[0]),
        )
    )
    against = len(joining & SET_AGAINST) == 1 and joining <= SET_AGAINST | RELATIVE
    before = said[0] < one.first and (
        ("of" in leading and leading <= RELATIVE and against) or (leading, joining) == ({"between"}, {"and"})
    )
    if not before and not (said[0] > other.last and joining <= SET_AGAINST and against and not behind):
        return None
    left -= set(said)
    share = Share(text=intent.tokens[said[0]].text, words=(said[0],), of=measured[0].text, scale=1)
    return share, tuple(m.model_copy(update={"role": "compared"}) if m is other else m for m in mentions)


def _with_counted(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], catalogue: Catalogue
) -> tuple[Mention, ...]:
    """ "the top five places by A per B", "the average A per B by place", where the Bs are counted, and are also what
    numbers are cut by: how many they are; so they are, too, where A is not cut by them."""
    measured = [m for m in mentions if m.role in MEASURED]
    groups = [m for m in mentions if m.role == "group"]
    part = measured[0] if len(measured) == 1 else None
    whole = next((m for m in groups if part and m.first > part.last and _scale(intent, part, m)), None)
    form = intent.form(whole.first, whole.last) if whole else ""
    counted = tuple(t for t in targets_of(form, catalogue) if t.kind in METRIC)
    if part is None or whole is None or not counted:
        return mentions
    shared_out = bool(cues_of(spans, "top", "bottom", "sort", "sort_up")) or _is_averaged(intent, part, catalogue)
    shared_out = (shared_out and len(groups) > 1) or intent.norm(part.last + 1) == "divided"
    metrics = catalogue.metrics_meant(part.asset_ids)
    if not shared_out and any(is_cut_by(m, i, catalogue) for m in metrics for i in whole.asset_ids):
        return mentions
    made = whole.model_copy(update={"role": "metric", "targets": counted})
    return tuple(made if m is whole else m for m in mentions)


def _is_averaged(intent: Intent, part: Mention, catalogue: Catalogue) -> bool:
    """ "the average A", of what adds up."""
    adds_up = all(m.aggregation == "sum" for m in metrics_named(part, catalogue))
    return adds_up and intent.norm(part.first - 1) in AVERAGES


def _scale(intent: Intent, part: Mention, whole: Mention) -> int | None:
    """Of how many it is told: "per B", "per 1,000 B"; None where nothing of the kind is said."""
    found = _PER.fullmatch(intent.gap(part.last, whole.first)) if part.last < whole.first else None
    if found is None or not found["number"]:
        return 1 if found else None
    return int(found["number"].replace(",", "")) * (1000 if found["thousands"] else 1) or None


def _is_nearly_defined(part: Mention, whole: Mention, catalogue: Catalogue) -> bool:
    """ "A per B", where a metric is A per new B, or per 1,000 of them: that one may be meant, or another one."""
    parts = _metrics(part, catalogue)
    nouns = {word for m in catalogue.metrics_meant(_metrics(whole, catalogue)) for word in names_of(m)}
    kept = (d for m in catalogue.metrics.of_sort("average", "last", "ratio", "none") for d in _defined_as(m, catalogue))
    return any(parts & d.parts and nouns & d.words for d in kept)


class _Defined(NamedTuple):
    """What a metric is defined as: the one divided by so many of the other, and that one's words, with its last."""

    parts: set[str]
    wholes: set[str]
    words: set[str]
    head: str
    scale: int


def _defined_as(metric: Metric, catalogue: Catalogue) -> Iterator[_Defined]:
    told = (metric.definition, metric.name, *metric.synonyms)
    for clause in (c.strip() for text in told for c in _CLAUSES.split(text)):
        if found := _DEFINED.match(clause):
            parts, wholes = (_named(found[name], catalogue) for name in ("part", "whole"))
            scale = int(found["scale"].replace(",", "")) if found["scale"] else 1
            words = normal_form(found["whole"]).split()
            yield _Defined(parts, wholes, set(words), words[-1] if words else "", scale)


def _named(text: str, catalogue: Catalogue) -> set[str]:
    ids = [n.asset_id for n in catalogue.names.get(normal_form(text), ()) if n.kind in METRIC and n.member is None]
    return set(_meant(ids, catalogue))


def _metrics(mention: Mention, catalogue: Catalogue) -> set[str]:
    return set(_meant([t.asset_id for t in mention.targets if t.kind in METRIC], catalogue))


def _meant(ids: list[str], catalogue: Catalogue) -> Iterator[str]:
    for asset_id in ids:
        term = catalogue.get(asset_id, Term)
        yield from [c.metric for c in term.metrics] if term else [asset_id]
