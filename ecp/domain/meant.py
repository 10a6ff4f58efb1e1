"""Metrics that are meant where another one is named: "how often do we ship", "the slowest cases", "cases on average",
"the most expensive goods"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of
from ecp.domain.forms import counts_itself, forms_of, names_of
from ecp.domain.intent import Intent
from ecp.domain.language import (
    AVERAGES,
    COMPARATIVES,
    COUNTS,
    MONEY,
    OF_DURATION,
    OF_TIME,
    PRICED,
    PRICES,
    SCORES,
    TIME_UNITS,
    TIMES,
)
from ecp.domain.matching import Target, targets_of
from ecp.domain.mentions import MEASURED, Mention, metrics_named
from ecp.domain.participles import deeds
from ecp.domain.plan.references import cube_of
from ecp.domain.units import unit_of
from ecp.domain.unnamed import LIMITING, is_a_number_of_things, is_kept_by_all
from ecp.domain.words import normal_form

_OFTEN = frozenset({"often", "frequently", "regularly"})
_FREQUENCY = "frequency"
_LEADING = frozenset({"the", "number", "count", "of", "total"})
_EACH_UNIT = frozenset({"daily", "weekly", "monthly", "quarterly", "yearly", "annual"})
_ADDED = frozenset({"total", "sum", "overall"})
_JUDGED = frozenset({"best", "worst"})
_HIGH = frozenset({"highest", "lowest"})
_PLAIN = frozenset({"total", "unit", "per", "of"})
_MOST = 5
Meant = tuple[tuple[Mention, ...], set[int]]


def with_what_is_meant(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> Meant:
    """The mentions with these metrics in the place of what is named, and the positions of the words that this
    explains."""
    told = set[int]()
    for found in (_how_often, _how_long, _on_average, _how_good):
        mentions, words = found(intent, spans, mentions, left - told, catalogue)
        told |= words
    return (*mentions, *_at_what_price(intent, spans, mentions, catalogue)), told


def _how_often(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> Meant:
    """ "how often do we ship", "how many times", "the frequency of shipments": the shipping frequency, or how many
    shipments there are."""
    words = {at for at in left if asks_how_often(intent, at) or _asks_for_a_frequency(intent, at, mentions)}
    measured = [m for m in mentions if m.role in MEASURED]
    said = [m for m in measured if any(m.last >= at - 1 for at in words)]
    if not words or len({m.targets for m in said}) != 1:
        return mentions, set()
    own = _called(said[0], (f"{{}} {_FREQUENCY}", f"{_FREQUENCY} of {{}}"), catalogue)
    if not own and not all(_is_a_number_of(m) for m in catalogue.metrics_meant(said[0].asset_ids)):
        return mentions, set()
    return _put(mentions, said, own), words


def asks_how_often(intent: Intent, at: int) -> bool:
    """ "how often", "how many times", and neither "how many times more" nor "how many times as much"."""
    if intent.norm(at) in _OFTEN:
        return intent.norm(at - 1) == "how"
    times = intent.tokens[at].text.lower() in TIMES and intent.pair_before(at) in COUNTS
    return times and intent.norm(at + 1) not in COMPARATIVES | {"as", "the"}


def _asks_for_a_frequency(intent: Intent, at: int, mentions: tuple[Mention, ...]) -> bool:
    """ "the frequency of A"."""
    behind = at + 2 + (intent.norm(at + 2) in ("the", "our"))
    of = intent.norm(at) == _FREQUENCY and intent.norm(at + 1) == "of"
    return of and any(m.first == behind and m.role in MEASURED | {"member"} for m in mentions)


def _how_long(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> Meant:
    """ "the slowest cases", "longer cases", "the slowest to close cases": the time that each of these cases takes."""
    cued = {at for c in cues_of(spans, "top", "bottom") for at in range(c.first, c.last + 1)}
    words = sorted(at for at in cued | left if intent.norm(at) in OF_DURATION | OF_TIME)
    measured = [m for m in mentions if m.role in MEASURED]
    if len(words) != 1 or len({m.targets for m in measured}) != 1:
        return mentions, set()
    rows = catalogue.metrics_meant(measured[0].asset_ids)
    named = {at for m in mentions if m.role == "member" for at in range(m.first, m.last + 1)}
    behind = [at for at in range(words[0] + 1, measured[0].first) if at not in named]
    verb = behind[1] if len(behind) == 2 and intent.norm(behind[0]) == "to" else None
    beside = measured[0].last + 1 == words[0] or (measured[0].first > words[0] and (not behind or verb is not None))
    if not beside or not rows or not all(map(_is_a_number_of, rows)):
        return mentions, set()
    found = [
        m for m in catalogue.metrics.of_sort("average") if _takes_time(m) and {cube_of(m)} == {cube_of(r) for r in rows}
    ]
    if verb is not None:
        found = [m for m in found if names_of(m) & {intent.norm(verb), *deeds(intent.norm(verb))}]
    if not 0 < len(found) <= _MOST:
        return mentions, set()
    compared = {words[0]} if any(m.role == "compared" for m in mentions) else set[int]()
    return _put(mentions, measured, _targets(found)), compared | ({verb} if verb is not None else set())


def _on_average(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> Meant:
    """ "the average number of visits", "visits on average", where average visits are a metric of their own."""
    words = sorted(at for at in left if intent.norm(at) in AVERAGES and intent.norm(at - 1) not in _EACH_UNIT)
    measured = [m for m in mentions if m.role in MEASURED]
    added = any(t.norm in _ADDED for t in intent.tokens)
    if len(words) != 1 or len({m.targets for m in measured}) != 1 or added:
        return mentions, set()
    at = intent.after(words[0] + 1, _LEADING)
    if intent.norm(words[0] - 1) != "on" and not any(m.first == at for m in measured):
        return mentions, set()
    own = _called(measured[0], tuple(f"{word} {{}}" for word in sorted(AVERAGES)), catalogue)
    return (_put(mentions, measured, own), {words[0]}) if len(own) == 1 else (mentions, set())


def _how_good(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> Meant:
    """ "the best visits", where visits have a score: that; "the highest visits" may be that or how many there are."""
    cues = {c.last + 1: c for c in cues_of(spans, "top", "bottom") if intent.norm(c.last) in _JUDGED | _HIGH}
    said = [m for m in mentions if m.role in MEASURED and m.first in cues and not intent.tokens[m.last].is_one]
    said = [m for m in said if intent.form(m.first, m.last) in catalogue.names and intent.norm(m.first) not in _LEADING]
    rows = [metric for m in said for metric in metrics_named(m, catalogue)]
    if len(said) != 1 or not rows or not all(is_a_number_of_things(m) and counts_itself(m) for m in rows):
        return mentions, set()
    scores = [m for m in catalogue.metrics.of_sort("average") if _is_a_score_of(m, intent.norm(said[0].last))]
    own = _targets(m for m in scores if is_kept_by_all(m, mentions, catalogue))
    high = intent.norm(cues[said[0].first].last) in _HIGH
    return _put(mentions, said, (*own, *(_targets(rows) if own and high else ()))), set()


def _is_a_score_of(metric: Metric, noun: str) -> bool:
    """Whether it is told how good such things are, in the mean."""
    called = {*names_of(metric), *unit_of(metric).split()}
    told = {*names_of(metric), *normal_form(metric.definition).split()}
    return metric.aggregation == "average" and not metric.target_of and bool(called & SCORES) and noun in told


def _at_what_price(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], catalogue: Catalogue
) -> Iterator[Mention]:
    """ "the most expensive goods", "the cheapest", where nothing else is measured: by their cost or price."""
    cues = [c for c in cues_of(spans, "top", "bottom") if intent.norm(c.last) in PRICED]
    named = any(m.role in LIMITING for m in mentions)
    if len(cues) != 1 or not named or any(m.role in MEASURED for m in mentions):
        return
    texts = [text for m in mentions for i in m.asset_ids for text in catalogue.spellings(i)]
    whose = {word for text in texts for word in normal_form(text).split()}
    costs = (m for m in catalogue.of_kind(Metric) if _is_a_price(m, whose))
    found = [m for m in costs if is_kept_by_all(m, mentions, catalogue)]
    found = [m for m in found if forms_of(m) & PRICES] or found
    if 0 < len(found) <= _MOST:
        at = cues[0].last
        yield Mention(text=intent.tokens[at].text, first=at, last=at, role="metric", targets=_targets(found))


def _put(mentions: tuple[Mention, ...], said: Iterable[Mention], targets: tuple[Target, ...]) -> tuple[Mention, ...]:
    """The mentions with others meant in the place of some of them, where there are any."""
    those = tuple(said)
    return tuple(m.model_copy(update={"targets": targets}) if targets and m in those else m for m in mentions)


def _called(mention: Mention, patterns: tuple[str, ...], catalogue: Catalogue) -> tuple[Target, ...]:
    """What is called as what is measured is, with a word more."""
    metrics = catalogue.metrics_meant(mention.asset_ids)
    names = sorted({normal_form(name) for m in metrics for name in (m.name, *m.synonyms)})
    found = (t for name in names for p in patterns for t in targets_of(p.format(name), catalogue))
    return tuple({t.asset_id: t for t in found if t.kind == "metric"}.values())


def _targets(metrics: Iterable[Metric]) -> tuple[Target, ...]:
    return tuple(Target(kind="metric", asset_id=m.id, primary=False) for m in metrics)


def _is_a_number_of(metric: Metric) -> bool:
    """Whether it is how many there were of something."""
    return metric.aggregation == "sum" and is_a_number_of_things(metric)


def _takes_time(metric: Metric) -> bool:
    """Whether it is a time that each of them takes, in the mean."""
    mean = metric.aggregation == "average" and not metric.target_of
    return mean and unit_of(metric) in TIME_UNITS


def _is_a_price(metric: Metric, whose: set[str]) -> bool:
    """Whether it is called cost or price, or that of what is ranked: no cost of something else."""
    if unit_of(metric) not in MONEY or metric.target_of:
        return False
    called = (set(normal_form(name).split()) for name in (metric.name, *metric.synonyms))
    return any(words & PRICES and words <= PRICES | AVERAGES | _PLAIN | whose for words in called)
