"""What is measured against its own target, whichever of the two was said first: "plan vs actual A", "A vs its plan"."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import ARTICLES, DIFFERENCES, TARGETS
from ecp.domain.mentions import MEASURED, Mention, Role
from ecp.domain.participles import is_participle, stem
from ecp.domain.words import normal_form

ACTUAL = frozenset({"actual", "actually"})
AGAINST = frozenset({"vs", "versus", "against"})


def against_own_target(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[Mention, ...]:
    """The mentions with the target as what something is held against, where the one is set for the other; and with
    "actual" as what stands beside a target that is named alone. What that explains is taken out of `left`."""
    measured = [m for m in mentions if m.role in MEASURED]
    targets = [m for m in measured if _is_target(m, catalogue)]
    gap = any(intent.tokens[at].norm in DIFFERENCES for at in left)  # "A, its plan and the variance"
    if len(targets) != 1 or not (gap or cues_of(spans, "compare", "contrast") or times_of_both(intent, spans)):
        return mentions
    target, others = targets[0], [m for m in measured if m is not targets[0]]
    if not others and target.role == "metric":
        beside = tuple(_actual_beside(intent, spans, target))
        left -= {m.first for m in beside}
        return (*mentions, *beside)
    set_for = {i for m in catalogue.metrics_meant(target.asset_ids) for i in m.target_of}
    if len(others) != 1 or others[0].role == "order":
        return mentions
    if not set_for & {m.id for m in catalogue.metrics_meant(others[0].asset_ids)}:
        return mentions
    roles: dict[int, Role] = {id(target): "target", id(others[0]): "metric"}
    return tuple(m.model_copy(update={"role": roles.get(id(m), m.role)}) for m in mentions)


def times_of_both(intent: Intent, spans: tuple[Span, ...]) -> tuple[TimeSpan, ...]:
    """ "Q1 A vs Q1 B": what only says the time of the first again, of what is set beside it."""
    times = [s.value for s in spans if isinstance(s.value, TimeSpan)]
    told = {_words(intent, t.first, t.last) for t in times if t.found.type == "time"}
    again = (t for t in times if t.found.type == "comparison" and intent.tokens[t.first].norm in AGAINST)
    return tuple(t for t in again if _words(intent, t.first + 1, t.last) in told)


def _words(intent: Intent, first: int, last: int) -> tuple[str, ...]:
    return tuple(t.norm for t in intent.tokens[first : last + 1])


def _actual_beside(intent: Intent, spans: tuple[Span, ...], target: Mention) -> Iterator[Mention]:
    for cue in cues_of(spans, "compare"):
        at = cue.last + 1
        while at < len(intent.tokens) and intent.tokens[at].norm in ARTICLES:
            at += 1
        if target.last == cue.first - 1 and at < len(intent.tokens) and intent.tokens[at].norm in ACTUAL:
            yield target.model_copy(update={"text": intent.tokens[at].text, "first": at, "last": at, "role": "target"})
            return


def _is_target(mention: Mention, catalogue: Catalogue) -> bool:
    metrics = catalogue.metrics_meant(mention.asset_ids)
    return bool(metrics) and all(m.target_of for m in metrics)


def is_target_called(metric: Metric, word: str) -> bool:
    """Any target is a goal; another word is only for what is called by it ("plan", of planned goods)."""
    words = [normal_form(text).split() for text in (metric.name, *metric.synonyms) if normal_form(text)]
    called = {w[-1] for w in words} | {stem(each) for w in words for each in w if is_participle(each)}
    return bool(metric.target_of) and (word in TARGETS or bool({word, stem(word)} & called))
