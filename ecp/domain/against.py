"""What is measured against its own target, whichever of the two was said first: "plan vs actual A", "A vs its plan"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of, is_cut
from ecp.domain.forms import names_of
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.joined import SET_BESIDE, joined_to_times
from ecp.domain.language import (
    ARTICLES,
    AUXILIARIES,
    BE,
    BEFORE_A_TARGET,
    DIFFERENCES,
    LIST_WORDS,
    MEETING,
    TARGETS,
    USING,
)
from ecp.domain.matching import Target
from ecp.domain.mentions import MEASURED, Mention, Role
from ecp.domain.participles import is_participle, stem
from ecp.domain.shares import behind_shares
from ecp.domain.words import normal_form

ACTUAL = frozenset({"actual", "actually"})
AGAINST = frozenset({"vs", "versus", "against"})
_BESIDE = (("together", "with"), ("along", "with"), ("next", "to"), ("with",), ("alongside",), ("beside",))
_FOR = frozenset({"for", "of", "on"})
_DONE = frozenset({"use", "spend", "spent", "earn", "done", "do", "made", "make", "complete"})


def against_own_target(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[Mention, ...]:
    """The mentions with the target as what something is held against, where the one is set for the other; and with
    "actual" as what stands beside a target that is named alone. What that explains is taken out of `left`."""
    measured = [m for m in mentions if m.role in MEASURED]
    targets = [m for m in measured if is_target(m, catalogue)]
    if len(measured) == len(targets) == 1 and (used := _used_of(intent, targets[0], catalogue)):
        left -= set(range(used.first, used.last + 1))
        return (*mentions, used)
    if not targets and (variance := _variance(intent, spans, measured, left, catalogue)):
        left -= {variance.first}
        return (*mentions, variance)
    gap = any(intent.tokens[at].norm in DIFFERENCES for at in left)  # "A, its plan and the variance"
    if len(targets) != 1:
        return mentions
    compares = cues_of(spans, "compare", "contrast") or times_of_both(intent, spans)
    put = words_beside(intent, spans, targets[0].first, targets[0].last)
    left -= put
    if not (gap or compares or put or _is_joined_to_a_time(intent, spans, targets[0])):
        return mentions
    target, others = targets[0], [m for m in measured if m is not targets[0]]
    if not others and target.role == "metric":
        beside = tuple(_actual_beside(intent, spans, target))
        left -= {m.first for m in beside}
        return (*mentions, *beside)
    if len(others) != 1 or (others[0].role == "order" and not put):
        return mentions
    if not set_for(target, catalogue) & {m.id for m in catalogue.metrics_meant(others[0].asset_ids)}:
        return mentions
    own: Role = "order" if others[0].role == "order" else "metric"
    roles: dict[int, Role] = {id(target): "target", id(others[0]): own}
    return tuple(m.model_copy(update={"role": roles.get(id(m), m.role)}) for m in mentions)


def with_targets_for(
    intent: Intent, mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[Mention, ...]:
    """ "the plan for A", "target of A and B in C": their own targets, where each has one that is called so, or where
    the word may mean any target. The word is taken out of `left`. Whether there is one is another question."""
    if _asks_whether_there_is(intent):
        return mentions
    measured = sorted((m for m in mentions if m.role == "metric"), key=lambda m: m.first)
    for one in measured:
        at = _for_what(intent, mentions, one)
        general = next((m for m in measured if m.last == at and is_target(m, catalogue)), None)
        if at is None or not (general or at in left):
            continue
        listed = _listed_with(intent, one, measured)
        any_target = general is not None and general.kinds == {"term"}
        word = None if any_target else intent.tokens[at].norm
        told = {m.first: _target_of(m, word, catalogue) for m in listed}
        if None not in told.values():
            left.discard(at)
            told[one.first] = _from(intent, at, told[one.first], mentions)
            return tuple(told.get(m.first) or m for m in mentions if m is not general)
    return mentions


def _asks_whether_there_is(intent: Intent) -> bool:
    """ "is there a plan for A", "do we have one"."""
    said = tuple(t.norm for t in intent.tokens[:3])
    return (said[:1] and said[0] in BE and said[1:2] == ("there",)) or (said[:1] == ("do",) and said[2:] == ("have",))


def _target_of(measured: Mention, word: str | None, catalogue: Catalogue) -> Mention | None:
    """What is set for this, by this word or by any."""
    own = _own_targets([measured], catalogue)
    targets = [
        Target(kind="metric", asset_id=m.id) for m in own if word is None or is_target_called(m, word, catalogue)
    ]
    return measured.model_copy(update={"targets": tuple(targets)}) if targets else None


def _from(intent: Intent, at: int, told: Mention | None, mentions: tuple[Mention, ...]) -> Mention | None:
    """The mention from the word for a target on, unless something else is told in between."""
    if told is None or any(at < m.first < told.first for m in mentions):
        return told
    text = intent.text[intent.tokens[at].start : intent.tokens[told.last].end]
    return told.model_copy(update={"first": at, "text": text})


def _listed_with(intent: Intent, one: Mention, measured: Iterable[Mention]) -> list[Mention]:
    """ "A, B and C": it and those that follow in one list."""
    listed = [one]
    for other in (m for m in measured if m.first > one.last):
        between = {intent.tokens[at].norm for at in range(listed[-1].last + 1, other.first)}
        if not between <= LIST_WORDS or not (between or "," in intent.gap(listed[-1].last, other.first)):
            break
        listed.append(other)
    return listed


def _for_what(intent: Intent, mentions: tuple[Mention, ...], measured: Mention) -> int | None:
    """The position of the word before "for A"; members may stand before A."""
    members = {at for m in mentions if m.role == "member" for at in range(m.first, m.last + 1)}
    at = measured.first - 1
    while at > 0 and (at in members or intent.tokens[at].norm in BEFORE_A_TARGET - {"of"}):
        at -= 1
    return at - 1 if at > 0 and intent.tokens[at].norm in _FOR else None


def _is_joined_to_a_time(intent: Intent, spans: tuple[Span, ...], target: Mention) -> bool:
    """ "compared to last year and to the plan"."""
    joined = (at for at in joined_to_times(intent, spans) if at < target.first)
    between = (intent.tokens[at + 1 : target.first] for at in joined)
    return any(all(t.norm in SET_BESIDE | BEFORE_A_TARGET for t in words) for words in between)


def words_beside(intent: Intent, spans: tuple[Span, ...], first: int, last: int) -> set[int]:
    """ "A with its plan", "A alongside the plan": the words that put what stands there beside what is measured. "Places
    with a plan", "with a plan above 100" say which places."""
    at = intent.before(first - 1, BEFORE_A_TARGET - ARTICLES | {"the"})
    words = (intent.norm(at - 1), intent.norm(at))
    said = next((w for w in _BESIDE if words[-len(w) :] == w), None)
    bound = any(s.what == "number" and s.first == last + 1 for s in spans)
    which = any(is_cut(s) and s.last == at - len(said or ()) and intent.norm(s.first - 1) != "by" for s in spans)
    return set() if said is None or bound or which else set(range(at - len(said) + 1, at + 1))


def _used_of(intent: Intent, target: Mention, catalogue: Catalogue) -> Mention | None:
    """ "how much of the plan have we used": what it is set for, against it, or as a share of it ("% of plan achieved");
    the verb stands for that."""
    at = target.first - 1
    while at >= 0 and intent.tokens[at].norm in BEFORE_A_TARGET - {"of"}:
        at -= 1
    share = target.first in behind_shares(intent)
    if not share and (intent.pair_before(at) != ("how", "much") or intent.tokens[at].norm != "of"):
        return None
    behind = range(target.last + 1, len(intent.tokens))
    auxiliary = next((i for i in behind if intent.tokens[i].norm in AUXILIARIES), None)
    first = target.last if share else auxiliary if auxiliary is not None else len(intent.tokens)
    verb = next((i for i in behind if i > first and _is_using(intent.tokens[i].norm)), None)
    if verb is None:
        return None
    last = verb + (intent.tokens[min(verb + 1, len(intent.tokens) - 1)].norm == "up")
    said = {"text": intent.tokens[verb].text, "first": verb, "last": last}
    if not share:
        return target.model_copy(update={**said, "role": "target"})
    targets = tuple(Target(kind="metric", asset_id=i) for i in sorted(set_for(target, catalogue)))
    return target.model_copy(update={**said, "targets": targets})


def _is_using(norm: str) -> bool:
    return norm in USING | MEETING | _DONE or (is_participle(norm) and norm != "left")


def _variance(
    intent: Intent, spans: tuple[Span, ...], measured: list[Mention], left: set[int], catalogue: Catalogue
) -> Mention | None:
    """ "the variance of A", with nothing that it varies from: where A has a plan, from that."""
    at = next((i for i in sorted(left) if intent.tokens[i].norm == "variance"), None)
    if at is None:
        return None
    times = [s.value.found.type for s in spans if isinstance(s.value, TimeSpan)]
    said = cues_of(spans, "compare", "contrast") or "comparison" in times or times.count("time") > 1
    own = _own_targets(measured, catalogue)
    if said or not own:
        return None
    targets = tuple(Target(kind="metric", asset_id=m.id) for m in own)
    return Mention(text=intent.tokens[at].text, first=at, last=at, role="target", targets=targets)


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


def is_target(mention: Mention, catalogue: Catalogue) -> bool:
    """Whether whatever is meant is set for something."""
    metrics = catalogue.metrics_meant(mention.asset_ids)
    return bool(metrics) and all(m.target_of for m in metrics)


def set_for(target: Mention, catalogue: Catalogue) -> set[str]:
    """The metrics that a target is set for."""
    return {i for m in catalogue.metrics_meant(target.asset_ids) for i in m.target_of}


def _own_targets(measured: Iterable[Mention], catalogue: Catalogue) -> list[Metric]:
    """The metrics that are set for any of these."""
    meant = {m.id for one in measured for m in catalogue.metrics_meant(one.asset_ids)}
    return [m for m in catalogue.metrics.targets if meant & set(m.target_of)]


def is_target_called(metric: Metric, word: str, catalogue: Catalogue) -> bool:
    """Any target is a goal; another word is only for what is called by it ("plan", of planned goods), and no noun that
    what it is set for is called by as well ("rate", of a planned pass rate)."""
    words = [normal_form(text).split() for text in (metric.name, *metric.synonyms) if normal_form(text)]
    called = {w[-1] for w in words} | {stem(each) for w in words for each in w if is_participle(each)}
    own = {n for i in metric.target_of if (m := catalogue.get(i, Metric)) for n in names_of(m)}
    return bool(metric.target_of) and (word in TARGETS or bool({word, stem(word)} & called - own))
