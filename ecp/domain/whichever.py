"""Questions that measure something and say not what: "the top 5 goods", "how did A do", "the numbers for A"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of, is_cut, is_time
from ecp.domain.intent import Intent
from ecp.domain.language import BE, LARGEST, NUMBER_WORDS, PERFORMING, POSSESSIVES, Cue
from ecp.domain.matching import Match, Target
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.units import unit_of
from ecp.domain.unnamed import LIMITING, is_kept_by_all, things_called
from ecp.domain.words import normal_form

_FOREMOST = LARGEST | {"top", "best", "leading", "bottom", "worst"}
_DOING = frozenset({"do", "doe", "did", "doing", "fare", "faring", "fared", "going", "performance"}) | PERFORMING
_FIGURES = frozenset({"number", "figure", "stat", "statistic", "result"})
_IN_SHORT = frozenset({"overview", "summary", "snapshot"})
_HOW_ELSE = frozenset({"many", "much", "often", "long", "far", "fast"})
_OTHER_KINDS = ("definition", "lineage", "catalogue", "exclude", "sort", "sort_up", "trend")
_CERTAIN = POSSESSIVES | {"the", "these", "those"}
_DOES = frozenset({"do", "doe", "did"})
MOST = 12
"""How many may be meant, of which the asker's own are offered first."""


def by_whatever(
    intent: Intent,
    spans: tuple[Span, ...],
    mentions: tuple[Mention, ...],
    left: set[int],
    catalogue: Catalogue,
    before: tuple[Mention, ...] = (),
) -> tuple[Mention, ...]:
    """The mentions, with whatever may be meant where nothing is measured that is named. One alone is no choice, and not
    what was said. Words that this explains leave `left`."""
    if cues_of(spans, "top", "bottom"):
        return _ranked_by_whatever(intent, spans, mentions, left, catalogue, before)
    if any(m.role in MEASURED for m in mentions):
        return mentions
    words = () if cues_of(spans, *_OTHER_KINDS) else tuple(_words_for_any(intent, mentions, spans))
    if not words or left - set(words):
        return mentions
    if before:  # of which it is asked
        left -= set(words) if mentions else set()
        return mentions
    targets = _targets(_kept(mentions, catalogue))
    if len(targets) < 2:
        return mentions
    left -= set(words)
    return (*mentions, _unsaid(intent, words[-1], words[-1], targets))


def _ranked_by_whatever(
    intent: Intent,
    spans: tuple[Span, ...],
    mentions: tuple[Mention, ...],
    left: set[int],
    catalogue: Catalogue,
    before: tuple[Mention, ...],
) -> tuple[Mention, ...]:
    """ "the top 5 goods", "our best shops in A", "which shop did best": by what was measured `before`, else by
    whichever sum of which more is better they are kept by, or any number where there is no choice of these."""
    cues = [c for c in cues_of(spans, "top", "bottom", "sort", "sort_up") if not c.both_ends]
    own = cues[0] if len(cues) == 1 and cues[0].kind in ("top", "bottom") else None
    done = {at for at in left if intent.norm(at) in _DOING}
    if own and not left and any(is_time(s, "grain") and s.first == own.last + 1 for s in spans):
        return _units_by_whatever(intent, own, mentions, catalogue, before)
    if own is None or left - done or not set(_said(intent, own)) <= _FOREMOST | PERFORMING:
        return mentions
    cuts = {(s.first, s.last): s.value for s in spans if is_cut(s) and isinstance(s.value, Match)}
    thing = _ranked(intent, own, mentions)
    ranked = _as_a_group(intent, thing, cuts, catalogue) if thing else None
    known = tuple(ranked if ranked and m is thing else m for m in mentions)
    if ranked is None or any(m.role in MEASURED for m in known) or len([m for m in known if m.role == "group"]) > 1:
        return mentions
    if before:
        return known
    called = {normal_form(text) for i in ranked.asset_ids for text in catalogue.spellings(i)}
    kept = [m for m in _kept(known, catalogue) if unit_of(m) not in called]
    targets = _deciding(kept, judged=not {"top", "bottom"} & set(_said(intent, own)))
    if len(targets) < 2:
        return mentions
    left -= done
    return (*known, _unsaid(intent, own.first, own.last, targets))


def _units_by_whatever(
    intent: Intent, own: Cue, mentions: tuple[Mention, ...], catalogue: Catalogue, before: tuple[Mention, ...]
) -> tuple[Mention, ...]:
    """ "the record quarter", "the lowest three months": of what, nobody said."""
    if before or any(m.role in ("group", *MEASURED) for m in mentions):
        return mentions
    targets = _deciding(_kept(mentions, catalogue), judged=False)
    return (*mentions, _unsaid(intent, own.first, own.last, targets)) if len(targets) > 1 else mentions


def _deciding(kept: list[Metric], *, judged: bool) -> tuple[Target, ...]:
    """Sums of which more is better, or what can be judged, or any number, whichever there is a choice of."""
    choices = ([m for m in kept if _is_worth_more(m)], [m for m in kept if m.better and judged], kept)
    return _targets(next((c for c in choices if len(c) > 1), kept))


def _said(intent: Intent, cue: Cue) -> Iterator[str]:
    """The words of an order, but for how many are wanted."""
    words = (intent.norm(at) for at in range(cue.first, cue.last + 1))
    return (norm for norm in words if not norm.isdigit() and norm not in NUMBER_WORDS)


def _unsaid(intent: Intent, first: int, last: int, targets: tuple[Target, ...]) -> Mention:
    text = intent.text[intent.tokens[first].start : intent.tokens[last].end]
    return Mention(text=text, first=first, last=last, role="metric", targets=targets, unsaid=True)


def _targets(metrics: Iterable[Metric]) -> tuple[Target, ...]:
    return tuple(Target(kind="metric", asset_id=m.id, primary=False) for m in islice(metrics, MOST))


def _kept(mentions: tuple[Mention, ...], catalogue: Catalogue) -> list[Metric]:
    """What is measured and kept by all that is named, the most trusted first, and of these sums of which more is
    better."""
    named = [i for m in mentions if m.role in LIMITING for i in sorted(m.asset_ids)]
    beside = [m for i in named[:1] for m in catalogue.metrics.beside.get(i, ())]
    known = {m.id: m for m in (*beside, *catalogue.metrics.foremost) if m.semantic_layer_ref and not m.target_of}
    return [m for m in sorted(known.values(), key=_rank) if is_kept_by_all(m, mentions, catalogue)]


def _rank(metric: Metric) -> tuple[int, bool, bool, str]:
    return metric.certification_tier, not _is_worth_more(metric), metric.better is None, metric.id


def _is_worth_more(metric: Metric) -> bool:
    """Whether it is a sum of which more is better."""
    return metric.aggregation == "sum" and metric.better == "higher"


def _words_for_any(intent: Intent, mentions: tuple[Mention, ...], spans: tuple[Span, ...]) -> Iterator[int]:
    """ "how did A do", "how well are we doing", "the performance of A", "the numbers for A", "Q3 results"."""
    within = {at for s in spans for at in range(s.first, s.last + 1)}
    free = [at for at in range(len(intent.tokens)) if at not in within]
    how = next((at for at in free if intent.norm(at) == "how" and intent.norm(at + 1) not in _HOW_ELSE), None)
    named = bool(mentions) or any(is_time(s, "time") for s in spans)
    for at in free:
        norm, inflected = intent.norm(at), intent.tokens[at].is_inflected
        if how is None:
            figures = norm in _FIGURES and inflected and (named or intent.norm(at - 1) in _CERTAIN)
            told = norm == "performance" or figures or (norm in _IN_SHORT and named)
        else:
            does = norm in _DOES and (at == how + 1 or any(b > at and b not in intent.plain for b in free))
            told = at > how and ((norm in _DOING and not does) or (norm == "well" and at == how + 1))
        if told:
            yield at


def _ranked(intent: Intent, cue: Cue, mentions: tuple[Mention, ...]) -> Mention | None:
    """What stands right behind an order, or behind members there; or before it, in "which shop did best"."""
    told = {at for m in mentions if m.role == "member" for at in range(m.first, m.last + 1)}
    at = cue.last + 1
    while at in told:
        at += 1
    behind = next((m for m in mentions if m.first == at and m.role in ("group", *MEASURED)), None)
    asked = intent.norm(0) in ("which", "what") and intent.norm(cue.first - 1) in _DOING | BE | {"the"}
    before = (m for m in mentions if m.role == "group" and m.first <= 2 and m.last < cue.first)
    return behind or (next(before, None) if asked else None)


def _as_a_group(
    intent: Intent, mention: Mention, cuts: dict[tuple[int, int], Match], catalogue: Catalogue
) -> Mention | None:
    """It as what numbers are cut by; None where it is counted alone."""
    targets = mention.targets if mention.role == "group" else things_called(intent, mention, cuts, catalogue)
    return mention.model_copy(update={"role": "group", "targets": targets}) if targets else None
