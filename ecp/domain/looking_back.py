"""Levels that look back over a time of their own, as "Active members (90 days)" do: a question that names such a time
("members active in the last 90 days") means the one that looks back so far, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.language import NUMBER_WORDS
from ecp.domain.matching import Target
from ecp.domain.mentions import Mention
from ecp.domain.reading import Reading
from ecp.domain.time.expressions import Window
from ecp.domain.values import Value
from ecp.domain.words import normal_form, tokens

_DAYS = {"day": 1.0, "week": 7.0, "month": 365 / 12, "quarter": 365 / 4, "half": 365 / 2, "year": 365.0}
_ALIKE = 0.03
_NUMBER = rf"(?P<number>\d{{1,4}}|{'|'.join(sorted(NUMBER_WORDS))})"
_LENGTH = rf"{_NUMBER}[\s-]+(?P<unit>day|week|month|quarter|year)s?\b"
_NAMED = re.compile(rf"\b{_LENGTH}", re.IGNORECASE)
_BACK = r"(?:last|past|previous|preceding|prior|trailing|rolling)"
_DEFINED = re.compile(rf"\b(?:in|within|over|during)\s+(?:(?:the|a)\s+)?(?:{_BACK}\s+)?{_LENGTH}", re.IGNORECASE)
_NOT = frozenset({"not", "no", "without", "never", "none", "neither", "nor", "non"})
_OF_A_PERIOD = frozenset({"daily", "weekly", "monthly", "quarterly", "yearly", "annual", "annually"})


class Meant(Value):
    """A reading of which what looks back is settled; `settled` are the texts of what was."""

    reading: Reading
    settled: tuple[str, ...] = ()


def with_own_windows(reading: Reading, catalogue: Catalogue) -> Meant:
    """The reading with each level as the one that looks back over the time that is named; where it looks back over
    another, that time is not understood. A course, a change and a mean over time are told within it."""
    found = _window(reading)
    if found is None or _is_followed(reading):
        return Meant(reading=reading)
    said, days, in_name = found
    settled, left = list[Mention](), list(reading.left)
    for mention in reading.of("metric", "order"):
        fitting = tuple(_fitting(mention, days, catalogue))
        if fitting:
            settled.append(mention.model_copy(update={"targets": fitting}))
        elif not in_name and (own := _other_window(mention, catalogue)):
            left.append(f"{said} ({own})")
    if in_name and settled:
        left = [text for text in left if text != said]
    texts = {m.first: m for m in settled}
    mentions = tuple(texts.get(m.first, m) if m.role in ("metric", "order") else m for m in reading.mentions)
    read = reading.model_copy(update={"mentions": mentions, "left": tuple(left)})
    return Meant(reading=read, settled=tuple(m.text for m in settled))


def _window(reading: Reading) -> tuple[str, float, bool] | None:
    """The time that the question looks back over, in days; whether it stands as a part of a name ("90-day")."""
    times = [t.found for t in reading.times]
    if len(times) == 1 and times[0].type == "time" and isinstance(times[0].expression, Window):
        window = times[0].expression
        back = window.count is not None and window.style in ("last", "trailing") and window.grain in _DAYS
        return (times[0].text, (window.count or 0) * _DAYS[window.grain], False) if back else None
    named = [(text, days) for text in reading.left if (days := _whole(text)) is not None]
    return (*named[0], True) if not times and len(named) == 1 else None


def _whole(text: str) -> float | None:
    """The length in days that a text is, if it is nothing else."""
    found = _NAMED.fullmatch(text.strip())
    return _days(found) if found else None


def _days(found: re.Match[str]) -> float:
    number = found["number"].casefold()
    return (int(number) if number.isdigit() else NUMBER_WORDS[number]) * _DAYS[found["unit"].casefold()]


def _is_followed(reading: Reading) -> bool:
    drawn = any(t.found.type in ("grain", "comparison") for t in reading.times) or reading.kind == "trend"
    return bool(drawn or reading.course or reading.changed or reading.by_change or reading.average or reading.when)


def _fitting(mention: Mention, days: float, catalogue: Catalogue) -> Iterator[Target]:
    """Those that the mention may mean, and those that differ from them in this alone, which look back so far."""
    for metric in _family(mention, catalogue):
        own = looks_back(metric)
        if own is not None and abs(own - days) <= _ALIKE * max(own, days):
            yield Target(kind="metric", asset_id=metric.id)


def _other_window(mention: Mention, catalogue: Catalogue) -> str | None:
    """Why the time cannot be meant, where all that is meant looks back over a time of its own. What says in its own
    name how long that is ("monthly") is asked for as it is."""
    words = tokens(mention.text)
    meant = catalogue.metrics_meant(t.asset_id for t in mention.targets)
    named = any(w.norm in _OF_A_PERIOD for w in words) or mention.text.isupper() or _NAMED.search(mention.text)
    if named or not meant or any(looks_back(m) is None for m in meant):
        return None
    return f"{' and '.join(m.name for m in meant)} look{'s' if len(meant) == 1 else ''} back over another time"


def _family(mention: Mention, catalogue: Catalogue) -> list[Metric]:
    meant = {m.id: m for m in catalogue.metrics_meant(t.asset_id for t in mention.targets)}
    terms = (t for i in meant for t in catalogue.metrics.terms.get(i, ()))
    beside = catalogue.metrics_meant(t.id for t in terms)
    called = (m for m in catalogue.metrics.of_sort("last") if _name_apart(mention.text) in _names_apart(m))
    return [m for m in {**meant, **{m.id: m for m in (*beside, *called)}}.values() if m.is_stock]


def _names_apart(metric: Metric) -> set[str]:
    return {_name_apart(name) for name in (metric.name, *metric.synonyms)}


def _name_apart(name: str) -> str:
    """A name without the time that it looks back over."""
    return normal_form(_NAMED.sub(" ", name))


def looks_back(metric: Metric) -> float | None:
    """Over how many days a level looks back, by its names or else its definition; None where none is told, or several
    are."""
    if not metric.is_stock:
        return None
    named = {_days(f) for name in (metric.name, *metric.synonyms) for f in _NAMED.finditer(name)}
    found = named or {_days(f) for f in _DEFINED.finditer(metric.definition) if not _is_denied(metric.definition, f)}
    return found.pop() if len(found) == 1 else None


def _is_denied(text: str, found: re.Match[str]) -> bool:
    """ "Not answered within two days": how long something was not done."""
    before = text[: found.start()].rpartition(".")[2]
    return bool(_NOT & {t.norm for t in tokens(before)})
