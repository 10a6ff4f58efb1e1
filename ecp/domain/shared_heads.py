"""Numbers told by a noun of their names: "stock by place", of stock held and stock lost, "utilization" of a rate."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import Intent
from ecp.domain.language import ABOUT_TIMES, TIME_UNITS
from ecp.domain.matching import Target
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.participles import is_participle
from ecp.domain.unnamed import MOST_COUNTS, is_kept_by_all
from ecp.domain.words import normal_form

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
