"""Words beside what is measured that say its unit or its kind once more: "the rate percentage", "output volumes",
"income performance", "in minutes"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, is_measured
from ecp.domain.intent import Intent
from ecp.domain.language import ATTAINMENT, CHANGES, MONEY, MONEY_OR_SHARE, PERCENTAGES, SUMS, TIME_UNITS
from ecp.domain.matching import METRIC, Match
from ecp.domain.mentions import MEASURED, Mention, metrics_named
from ecp.domain.units import is_same_unit, unit_in_full, unit_of
from ecp.domain.words import normal_form

_RATES = PERCENTAGES | {"rate", "ratio"}
_AS_A = frozenset({"as", "in"})
_VOLUMES = frozenset({"volume", "quantity"})
_OF_IT = frozenset({"of", "the", "our", "all"})
_COURSES = frozenset({"performance"})
_LONGEST_CODE = 3
_DURATIONS = frozenset({"time", "duration"})
_SCORES = frozenset({"", "percent", "point", "score", "star"})
_NO_QUANTITIES = MONEY_OR_SHARE | TIME_UNITS


def without_units_told(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> tuple[Span, ...]:
    """ "A in minutes", where minutes are measured, too: the unit of A."""
    return tuple(s for s in spans if not (is_measured(s) and _is_a_unit(intent, spans, s, catalogue)))


def _is_a_unit(intent: Intent, spans: tuple[Span, ...], own: Span, catalogue: Catalogue) -> bool:
    if own.first != own.last or intent.norm(own.first - 1) != "in":
        return False
    others = [s.value for s in spans if s is not own and is_measured(s) and isinstance(s.value, Match)]
    metrics = catalogue.metrics_meant(t.asset_id for m in others for t in m.targets if t.kind in METRIC)
    return any(is_same_unit(m.unit or "", intent.norm(own.first)) for m in metrics)


def told_in_percent(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Iterator[int]:
    """ "A %", "% A by place", where A is told in percent: the positions of the words behind such signs."""
    for mention in mentions:
        if mention.role in MEASURED and _units(mention, catalogue) == {"percent"}:
            yield from _signs_beside(intent, mention)


def _signs_beside(intent: Intent, mention: Mention) -> Iterator[int]:
    for at in (mention.first, mention.last + 1):
        last = min(at, len(intent.tokens) - 1)
        start = intent.tokens[at - 1].end if at else 0
        end = intent.tokens[at].start if at == last else len(intent.text)
        if intent.text[start:end].strip(" ()?.!,") == "%":
            yield last


def restated(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Iterator[int]:
    """The positions of words that tell nothing new of what is measured beside them. A percentage of what is told in
    pieces or in money is a part of it, and a rate of such a thing another measure."""
    known = tuple(mentions)
    members = {at for m in known if m.role == "member" for at in range(m.first, m.last + 1)}
    for mention in known:
        if mention.role in MEASURED:
            units = _units(mention, catalogue)
            behind = mention.last + 1
            if units == {"percent"}:
                yield from _of_a_share(intent, mention)
            elif _are_quantities(mention, catalogue):
                yield from _of_an_amount(intent, mention, members, cut=any(m.role == "group" for m in known))
            elif units and units <= MONEY:
                yield from _volume_of_money(intent, mention, members, catalogue)
            if units <= MONEY and units and unit_in_full(intent.norm(behind)) in units:
                yield behind
            if intent.norm(behind) in _COURSES and not _begins_a_name(intent, mention, catalogue):
                yield behind
            if _is_named_again(intent, mention, units, catalogue):
                yield behind
            if intent.norm(behind) in ATTAINMENT and any(m.role == "target" for m in known):
                yield behind


def _of_an_amount(intent: Intent, mention: Mention, members: set[int], *, cut: bool) -> Iterator[int]:
    """ "A volume", "the total quantity of A", "places by quantity of A", of what is told in pieces or in mass."""
    before = mention.first - 1
    while intent.norm(before) in _OF_IT or before in members:
        before -= 1
    if intent.norm(before) in _VOLUMES and intent.norm(before + 1) == "of":
        yield before
    if intent.norm(mention.last + 1) in _VOLUMES:
        yield mention.last + 1
    told = (at for at in range(2, len(intent.tokens) if cut else 0) if intent.norm(at) in _VOLUMES)
    yield from (at for at in told if intent.norm(at - 1 - (intent.norm(at - 1) in SUMS)) == "by")


def _volume_of_money(intent: Intent, mention: Mention, members: set[int], catalogue: Catalogue) -> Iterator[int]:
    """ "premium volume", where nothing else is called a volume; that of a plural, and "volumes", may be of pieces."""
    if not intent.tokens[mention.last].is_inflected and not catalogue.metrics.called_by("volume"):
        told = _of_an_amount(intent, mention, members, cut=False)
        yield from (at for at in told if intent.norm(at) == "volume" and not intent.tokens[at].is_inflected)


def _is_named_again(intent: Intent, mention: Mention, units: set[str], catalogue: Catalogue) -> bool:
    """ "delay times", of what is told in minutes, "satisfaction score", of what is told in points or in percent: the
    noun that it may be called by, too, and neither "A time to B" nor "A, time of day"."""
    behind = mention.last + 1
    of_day = intent.norm(behind + 1) == "of" and intent.norm(behind + 2) in TIME_UNITS
    timed = units <= TIME_UNITS and intent.norm(behind) in _DURATIONS
    scored = units <= _SCORES and intent.norm(behind) == "score"
    if not (units and (timed or scored)) or intent.norm(behind + 1) == "to" or of_day:
        return False
    return not _begins_a_name(intent, mention, catalogue)


def _of_a_share(intent: Intent, mention: Mention) -> Iterator[int]:
    """ "A percentage", "percentage A", "A as a percentage", "A rate", of what is told in percent; neither "A as a
    percentage of B" nor "A percentage change"."""
    before, behind = mention.first - 1, mention.last + 1
    if intent.norm(before) in PERCENTAGES:
        yield before
    as_a = behind + 1 + (intent.norm(behind + 1) == "a")
    at = as_a if intent.norm(behind) in _AS_A and intent.norm(as_a) in PERCENTAGES else behind
    if intent.norm(at) in _RATES and intent.norm(at + 1) not in CHANGES | {"of", "point"}:
        yield at


def _units(mention: Mention, catalogue: Catalogue) -> set[str]:
    return {unit_of(m) for m in metrics_named(mention, catalogue)}


def _are_quantities(mention: Mention, catalogue: Catalogue) -> bool:
    """Whether things or masses are told, of which there is a volume: no money, no share and no time."""
    units = [m.unit or "" for m in metrics_named(mention, catalogue)]
    codes = any(u.isupper() and len(u) == _LONGEST_CODE for u in units)
    return bool(units) and all(units) and not codes and _units(mention, catalogue).isdisjoint(_NO_QUANTITIES)


def _begins_a_name(intent: Intent, mention: Mention, catalogue: Catalogue) -> bool:
    """ "delivery performance", where something is called delivery performance index."""
    said = f"{intent.form(mention.first, mention.last + 1)} "
    known = catalogue.metrics.called_by(said.split()[-1])
    return any(f"{normal_form(n)} ".startswith(said) for m in known for n in (m.name, *m.synonyms))
