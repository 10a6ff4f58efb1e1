""" "by order month": the month in which each order is dated, as what is measured is."""

from __future__ import annotations

from ecp.domain.assets import Metric
from ecp.domain.calendar import GRAINS, Grain
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of, is_measured
from ecp.domain.forms import names_of
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import ARTICLES, OF_A_RECORD
from ecp.domain.matching import METRIC, Match
from ecp.domain.participles import stem
from ecp.domain.time import GrainMention
from ecp.domain.words import normal_form

_GRAINS: dict[str, Grain] = {"date": "day", **{grain: grain for grain in GRAINS}}


def with_own_dates(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> tuple[Span, ...]:
    """The spans with the units of time by which something is cut, where the word before says whose date it is: that of
    the records themselves ("service month"), or of what is measured ("order month")."""
    found = (_unit_behind(intent, spans, cue.last, catalogue) for cue in cues_of(spans, "group"))
    for unit in (u for u in found if u is not None):
        inside = range(unit.first, unit.last + 1)
        kept = (s for s in spans if s.last < unit.first or s.first > unit.last)
        told = (s for s in kept if not (isinstance(s.value, TimeSpan) and s.first in inside))
        spans = tuple(sorted((*told, unit), key=lambda s: s.first))
    return spans


def _unit_behind(intent: Intent, spans: tuple[Span, ...], by: int, catalogue: Catalogue) -> Span | None:
    at = by + 1 + (intent.norm(by + 1) in ARTICLES)
    grain = _GRAINS.get(intent.norm(at + 1))
    coarser = _unit_of_it(intent, spans, at + 2) if grain == "day" else None
    beside = at + 1 < len(intent.tokens) and intent.gap(at, at + 1).isspace()
    if grain is None or not beside or not _is_of_a_record(intent.norm(at), spans, at, catalogue):
        return None
    last, grain = coarser or (at + 1, grain)
    start, end = intent.tokens[at].start, intent.tokens[last].end
    mention = GrainMention(start=start, end=end, text=intent.text[start:end], grain=grain)
    return Span(at, last, "time", TimeSpan(first=at, last=last, found=mention))


def _unit_of_it(intent: Intent, spans: tuple[Span, ...], at: int) -> tuple[int, Grain] | None:
    """ "by order date monthly", "by order date by month": the unit behind the date, and where it ends."""
    units = (s.value for s in spans if isinstance(s.value, TimeSpan) and at in (s.first, s.first - 1))
    found = next((u for u in units if isinstance(u.found, GrainMention)), None)
    led = found is not None and (found.first == at or intent.norm(at) == "by")
    grain = found.found.grain if led and found and isinstance(found.found, GrainMention) else None
    return (found.last, grain) if found and grain else None


def _is_of_a_record(word: str, spans: tuple[Span, ...], at: int, catalogue: Catalogue) -> bool:
    """Whether the date that is called so is that of all that is measured."""
    metrics = _measured(spans, at, catalogue)
    own = bool(metrics) and all(stem(word) in {stem(w) for w in _own_words(m)} for m in metrics)
    named = any(s.what == "name" and s.first <= at < s.last for s in spans)
    return bool(metrics) and not named and (own or word in OF_A_RECORD)


def _own_words(metric: Metric) -> set[str]:
    """What it is called, what it counts, and what its date is called in the layer ("Orders.ordered_on")."""
    return names_of(metric) | set(normal_form(f"{metric.unit or ''} {metric.time_dimension or ''}").split())


def _measured(spans: tuple[Span, ...], at: int, catalogue: Catalogue) -> list[Metric]:
    matches = [s.value for s in spans if is_measured(s) and s.first != at and isinstance(s.value, Match)]
    return catalogue.metrics_meant(t.asset_id for m in matches for t in m.targets if t.kind in METRIC)
