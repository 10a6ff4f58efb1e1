"""Numbers told by a noun of their names: "stock by place", of stock held and stock lost, "utilization" of a rate."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.forms import names_of
from ecp.domain.intent import Intent
from ecp.domain.language import ABOUT_TIMES, COUNTS, TIME_UNITS
from ecp.domain.matching import Target
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.participles import is_participle
from ecp.domain.units import unit_of
from ecp.domain.unnamed import MOST_COUNTS, counts_things, is_kept_by_all
from ecp.domain.words import normal_form

_FARING = frozenset({"doing", "performing", "going", "faring"})
_COUNTS_OF = ("{} count", "number of {}", "count of {}", "how many {}")
# What a number of such units is called.
_MEASURES = {
    "tonnage": ("tonne", "ton", "t", "kt", "kilotonne"),
    "mileage": ("mile", "km", "kilometre", "kilometer"),
    "acreage": ("acre", "hectare", "ha"),
}
_RATES = frozenset({"rate", "ratio", "percentage"})
_OF_A_STATE = ("ation", "ition", "ution", "ancy", "ency")
_COUNTED = frozenset({"number", "count", "many", "amount", "volume", "total", "cost", "value"})


def told_without_its_rate(
    intent: Intent, mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> Iterator[Mention]:
    """ "utilization by place", where one number is called utilization rate and nothing else is called by the noun, and
    nothing else is measured or open; not what is counted ("number of", "cancellations")."""
    if len(left) != 1 or any(m.role in MEASURED for m in mentions):
        return
    at = next(iter(left))
    word = intent.tokens[at]
    counted = word.is_inflected or not _COUNTED.isdisjoint(t.norm for t in intent.tokens)
    if counted or not word.norm.endswith(_OF_A_STATE) or word.norm in catalogue.names:
        return
    called = {n.asset_id for form in catalogue.names if word.norm in form.split() for n in catalogue.names[form]}
    rated = {n.asset_id for rate in _RATES for n in catalogue.names.get(f"{word.norm} {rate}", ())}
    metrics = catalogue.metrics_meant(rated)
    if len(metrics) == len(called) == 1 and is_kept_by_all(metrics[0], mentions, catalogue):
        target = Target(kind="metric", asset_id=metrics[0].id, primary=False)
        yield Mention(text=word.text, first=at, last=at, role="metric", targets=(target,))


def told_by_its_count(
    intent: Intent,
    mentions: tuple[Mention, ...],
    left: set[int],
    catalogue: Catalogue,
    before: tuple[Mention, ...] = (),
) -> Iterator[Mention]:
    """ "number of cases by place", "cases by place", where nothing is called cases and something the case count; else
    all the counts of cases of some kind ("open cases", "cases closed"), between which it is asked back, how many there
    are before how many came and went. Behind what was measured `before`, "for cases" may only say of what."""
    at = next(iter(left), None)
    if len(left) != 1 or at is None or any(m.role in MEASURED for m in mentions):
        return
    if before and intent.pair_before(at) not in COUNTS:
        return
    word = intent.tokens[at]
    fares = intent.norm(len(intent.tokens) - 1) in _FARING  # "how are they doing" asks not for how many they are
    if fares or not word.is_inflected or word.norm in catalogue.names or word.norm in TIME_UNITS | ABOUT_TIMES:
        return
    named = dict.fromkeys(n.asset_id for f in _COUNTS_OF for n in catalogue.names.get(f.format(word.norm), ()))
    found = catalogue.metrics_meant(named)
    if not found:
        called = catalogue.metrics.called_by(word.norm)
        found = sorted((m for m in called if _counts(m, word.norm)), key=lambda m: (not m.is_stock, m.id))
        found = found if len(found) > 1 else []
    found = [m for m in found if is_kept_by_all(m, mentions, catalogue)]
    if 0 < len(found) <= MOST_COUNTS:
        targets = tuple(Target(kind="metric", asset_id=m.id, primary=False) for m in found)
        yield Mention(text=word.text, first=at, last=at, role="metric", targets=targets)


def told_by_its_measure(
    intent: Intent, mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> Iterator[Mention]:
    """ "tonnage by place", where nothing is called so and one number is called tonnes of something; between several
    that are told in tonnes it is asked back. The only one that is told so may be of something else, as emissions."""
    at = next(iter(left), None)
    if len(left) != 1 or at is None or any(m.role in MEASURED for m in mentions):
        return
    units = _MEASURES.get(intent.norm(at), ())
    known = (m for unit in units for m in catalogue.metrics.told_in.get(unit, ()))
    able = [m for m in known if m.aggregation in ("sum", "last") and not m.target_of]
    kept = [m for m in able if is_kept_by_all(m, mentions, catalogue)]
    called = [m for m in kept if not set(units).isdisjoint(names_of(m))]
    found = called or (kept if len(kept) > 1 else [])
    if 0 < len(found) <= MOST_COUNTS:
        targets = tuple(Target(kind="metric", asset_id=m.id, primary=False) for m in found)
        yield Mention(text=intent.tokens[at].text, first=at, last=at, role="metric", targets=targets)


def _counts(metric: Metric, noun: str) -> bool:
    return unit_of(metric) == noun and counts_things(metric)


def told_by_a_shared_head(
    intent: Intent, mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> Iterator[Mention]:
    """All the numbers that a noun may stand for, where nothing is called so and nothing else is measured or open: which
    of them is asked back."""
    if len(left) != 1 or any(m.role in MEASURED for m in mentions):
        return
    at = next(iter(left))
    word = intent.tokens[at]
    if word.norm in catalogue.names or word.norm not in catalogue.words or word.norm in TIME_UNITS | ABOUT_TIMES:
        return
    found = [m for m in catalogue.metrics.called_by(word.norm) if not m.target_of and _is_headed_by(m, word.norm)]
    found = [m for m in found if is_kept_by_all(m, mentions, catalogue)]
    if 1 < len(found) <= MOST_COUNTS:
        targets = tuple(Target(kind="metric", asset_id=m.id, primary=False) for m in found)
        yield Mention(text=word.text, first=at, last=at, role="metric", targets=targets)


def _is_headed_by(metric: Metric, noun: str) -> bool:
    """Whether its own name ends with the noun, but for what was done with it: "stock held"."""
    words = normal_form(metric.name).split()
    while len(words) > 1 and is_participle(words[-1]):
        words.pop()
    return words[-1:] == [noun] and not is_participle(noun)
