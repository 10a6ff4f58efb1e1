""" "the latest A", "current A": the newest number there is, where no period is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.answer import EXPLAINS
from ecp.domain.assets import Metric
from ecp.domain.calendar import GRAINS, Grain
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of, is_time
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import NEWEST, PRESENT
from ecp.domain.matching import Match
from ecp.domain.mentions import METRIC
from ecp.domain.time import TimeMention
from ecp.domain.time.expressions import Relative


def with_newest(
    intent: Intent, spans: tuple[Span, ...], left: set[int], catalogue: Catalogue
) -> tuple[tuple[Span, ...], set[int]]:
    """The spans with the last complete month, or the longer unit that it is kept by, in the place of "the latest"; and
    the words that this explains. Levels need no time: without one they are those of now. A target alone has none, and
    "current cases", where cases add up, may be those that are going on."""
    words = words_of_newest(intent, spans)
    if not words:
        return spans, set()
    metrics = catalogue.metrics_meant(_ids(spans))
    timed = any(is_time(s, kind) for s in spans for kind in ("time", "year")) or _names_another(spans)
    if timed or all(m.target_of for m in metrics) or cues_of(spans, *EXPLAINS):
        return spans, set()
    grains = [s for s in spans if is_time(s, "grain")]
    told = [s for s in grains if s.first == words[-1] + 1]
    said = [s.value.found.grain for s in told if isinstance(s.value, TimeSpan) and s.value.found.type == "grain"]
    grain = _grain(metrics, said[0] if said else None)
    going_on = intent.tokens[words[0]].norm in PRESENT - NEWEST and any(m.aggregation == "sum" for m in metrics)
    if grain is None or grains != told or going_on:
        return spans, set()
    kept = [s for s in spans if s not in told and not set(words) & set(range(s.first, s.last + 1))]
    if told or not all(m.is_stock for m in metrics):
        kept.append(_last_complete(intent, words[0], told[0].last if told else words[-1], grain))
    return tuple(sorted(kept, key=lambda s: s.first)), set(words) & left


def _names_another(spans: Iterable[Span]) -> bool:
    """Whether it is compared with a period that was picked freely, and not with the one before or a year earlier."""
    found = (s.value.found for s in spans if isinstance(s.value, TimeSpan))
    return any(m.type == "comparison" and m.kind == "period" for m in found)


def words_of_newest(intent: Intent, spans: Iterable[Span]) -> list[int]:
    """Where "latest", "most recent", "latest available" stand, outside of any name."""
    norms = [t.norm for t in intent.tokens]
    named = {at for s in spans if s.what != "cue" for at in range(s.first, s.last + 1)}
    for at, norm in enumerate(norms):
        recent = norms[at : at + 2] == ["most", "recent"]
        if at not in named and (recent or norm in (PRESENT | NEWEST) - {"present"}):
            return [at, *[at + 1] * recent, *[at + recent + 1] * (norms[at + recent + 1 :][:1] == ["available"])]
    return []


def _last_complete(intent: Intent, first: int, last: int, grain: Grain) -> Span:
    start, end = intent.tokens[first].start, intent.tokens[last].end
    said = Relative(grain=grain, offset=-1, word="newest")
    found = TimeMention(start=start, end=end, text=intent.text[start:end], expression=said)
    return Span(first, last, "time", TimeSpan(first=first, last=last, found=found))


def _ids(spans: Iterable[Span]) -> Iterator[str]:
    for span in spans:
        if isinstance(span.value, Match):
            yield from (t.asset_id for t in span.value.targets if t.kind in METRIC)


def _grain(metrics: Iterable[Metric], said: Grain | None) -> Grain | None:
    """The unit of the newest number; None where it is kept by longer ones than was said."""
    kept = max((m.grain for m in metrics), key=GRAINS.index)
    if said is None:
        return max(kept, "month", key=GRAINS.index)
    return said if GRAINS.index(said) >= GRAINS.index(kept) else None
