"""What a superlative tells where another number is asked for beside it: "which goods are most popular, and what is
their margin"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of
from ecp.domain.intent import Intent
from ecp.domain.language import AVERAGES, COMMON, IN_ALL, LIST_WORDS, SIZED, THEIRS, Cue
from ecp.domain.matching import METRIC, targets_of
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.participles import is_participle
from ecp.domain.superlatives import what_came_of
from ecp.domain.unnamed import by_popularity, is_name_kept, told_by_how_many

_SELLING = "selling"
_OF_HOW_MANY = frozenset({"sum", "last", "none"})


def told_beside(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], catalogue: Catalogue
) -> Iterator[Mention]:
    """What "most popular" or "best selling" is told by, where all that is measured is asked for beside it."""
    cue = _only_cue(intent, spans, mentions)
    if cue is None:
        return
    others = tuple(m for m in mentions if m.role not in MEASURED)
    yield from told_by_how_many(intent, spans, others, catalogue)
    yield from (m for m in by_popularity(intent, spans, others, catalogue) if m not in others)
    if intent.norm(cue.last) == _SELLING:
        targets = (t for form in what_came_of(_SELLING, catalogue) for t in targets_of(form, catalogue))
        kept = (t for t in targets if t.kind in METRIC and is_name_kept(t.asset_id, others, catalogue))
        if target := next(kept, None):
            text = intent.tokens[cue.last].text
            yield Mention(text=text, first=cue.last, last=cue.last, role="metric", targets=(target,))


def untold_beside(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], catalogue: Catalogue
) -> Iterator[int]:
    """The positions of superlatives that rank by something else than what is asked for beside them, which is not told:
    "most used", "most popular" without a count, "the biggest" of what has no size."""
    cue = _only_cue(intent, spans, mentions)
    if cue is None:
        return
    metrics = catalogue.metrics_meant(i for m in mentions if m.role in MEASURED for i in m.asset_ids)
    sized = any(intent.norm(at) in SIZED for at in (cue.first, cue.last))
    rates = not all(m.aggregation in _OF_HOW_MANY for m in metrics)
    done = intent.norm(cue.last) in ("most", "least") and is_participle(intent.norm(cue.last + 1))
    if done or intent.norm(cue.last) in COMMON | {_SELLING} or (sized and rates):
        yield from range(cue.first, cue.last + 1 + done)


def _only_cue(intent: Intent, spans: tuple[Span, ...], mentions: Iterable[Mention]) -> Cue | None:
    """The only superlative, where each number is asked for beside it."""
    cues = cues_of(spans, "top", "bottom")
    measured = [m for m in mentions if m.role in MEASURED]
    alone = len(cues) == 1 and bool(measured)
    return cues[0] if alone and all(_is_beside(intent, cues[0], m) for m in measured) else None


def _is_beside(intent: Intent, cue: Cue, mention: Mention) -> bool:
    """ "…, and what is their A"; "A and B" go on from what is beside."""
    at = intent.before(mention.first - 1, IN_ALL | AVERAGES)
    joined = any(intent.norm(i) in LIST_WORDS for i in range(cue.last + 1, at))
    theirs = any(intent.norm(i) in THEIRS for i in range(cue.last + 1, at + 1))
    return mention.first > cue.last + 1 and joined and theirs
