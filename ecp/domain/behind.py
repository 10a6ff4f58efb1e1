"""What is said behind a question as one more part of it ("growth", "as a share of total", "per head"), and the same
question with another start ("and B's?")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.assets import Entity, Instance
from ecp.domain.catalogue import Catalogue
from ecp.domain.follow import Asked
from ecp.domain.intent import TimeSpan
from ecp.domain.language import (
    ARTICLES,
    ASKS_FOR_NO_NUMBER,
    CHANGES,
    GOING_ON,
    MODALS,
    PERCENTAGES,
    POSSESSIVE,
    SHARES,
    TAKING_AWAY,
)
from ecp.domain.mentions import MEASURED
from ecp.domain.reading import Reading
from ecp.domain.relations import Place
from ecp.domain.words import normal_form, tokens

_CONTENT = ("ranking", "share", "average", "running", "combined", "changed", "counted", "within", "leading", "each")
_BEFORE = GOING_ON | ARTICLES | {"what", "how", "about", "for", "please", "of", "to", "with", "ok", "okay", "those"}
_WHICH = frozenset({"which", "those", "these", "one", "that", "who", "where", "only", "just"})
_INSTEAD = frozenset({"instead", "rather"})
_ORDERS = frozenset({"sort", "sorted", "rank", "ranked", "order", "ordered"})
_GROWN = frozenset({"growth", "grow", "grew", "change", "changed"})
_ROLES = ("metric", "order", "target", "compared", "member", "excluded", "group", "department", "descriptor")
_LEADS = {"target": "vs", "compared": "vs", "group": "by", "member": "in", "excluded": "excluding"}
# Words that a question of its own is asked with, and what takes something away.
_ASKS_OTHERWISE = TAKING_AWAY | MODALS | ASKS_FOR_NO_NUMBER - {"who"} | {"will", "because", "if"}


def as_one(previous: Asked, text: str) -> Iterator[str]:
    """Both as one question: with what is said at its end, or right behind what is measured."""
    whole = _whole(previous)
    said = [t.norm for t in tokens(text)]
    if whole is None or not said or said[0] in ASKS_FOR_NO_NUMBER or _ASKS_OTHERWISE & set(said):
        return
    if _joins(said[1:] if said[0] == "and" else said):
        measured = previous.reading.of("metric", "order")
        words = tokens(whole)
        ends = [
            m for m in measured if m.last < len(words) and whole[words[m.first].start : words[m.last].end] == m.text
        ]
        if len(measured) == len(ends) == 1:
            end = words[ends[0].last].end
            yield f"{whole[:end]} {text.strip(' ?.')}{whole[end:]}"
    yield f"{whole} {text[tokens(text)[1].start :] if said[:2] == ['and', 'by'] else text}"
    held = previous.reading.of("target", "compared")  # by which the growth may be told
    if said[0] in _ORDERS and said[-1] in _INSTEAD and not held:  # as any order is in place of another
        yield f"{whole} {text[: tokens(text)[-1].start].strip()}"
    if said[0] in SHARES:
        yield f"{whole} as a {text}"


def _joins(said: list[str]) -> bool:
    """Whether it is said of what is measured, right behind it."""
    return said[:1] in (["per"], ["minus"], ["less"]) or said[:2] == ["net", "of"]


def _whole(asked: Asked) -> str | None:
    """The question in one sentence: its own, or where it was said in several, one that says the same."""
    if "\n" not in asked.text:
        return asked.text.rstrip(" ?.!")
    reading = asked.reading
    if any(getattr(reading, part) for part in _CONTENT) or reading.paths or reading.numbers:
        return None
    return " ".join(_told(reading))


def _told(reading: Reading) -> Iterator[str]:
    measured = [m.text for m in reading.of("metric", "order")]
    yield " and ".join(measured)
    for role, lead in _LEADS.items():
        named = [m.text for m in reading.mentions if m.role == role]
        if named:
            yield f"{lead} {' and '.join(named)}"
    for time in sorted(reading.times, key=lambda t: ("time", "year", "grain", "comparison").index(t.found.type)):
        yield time.found.text


def goes_on(old: Reading, both: Reading, text: str) -> bool:
    """Whether the one question has all of the earlier one's parts, each as it was, and says something more of them."""
    if both.left or both.kind in ("definition", "lineage", "catalogue") or not _are_kept(old, both):
        return False
    own = {(m.role, m.targets) for m in old.mentions}
    more = [m for m in both.mentions if (m.role, m.targets) not in own and m.role in _ROLES]
    divided = both.share is not None and both.share != old.share and bool(both.share.of)
    said = {(t.found.type, t.found.text.casefold()) for t in old.times}
    times = {t.found.type for t in both.times if (t.found.type, t.found.text.casefold()) not in said}
    if any(m.role not in MEASURED for m in more) or len(more) > divided or not times <= {"comparison", "grain"}:
        return False
    ranked = both.ranking is not None and both.by_change != old.by_change
    compared = bool(old.of("target", "compared")) or any(t.found.type == "comparison" for t in old.times)
    percent = compared and any(t.norm in PERCENTAGES for t in tokens(text))  # which is told beside a comparison
    running = both.running != old.running
    averaged = old.average is None and both.average is not None
    if "comparison" in times and not ranked and not _tells_growth(text):
        return False
    return divided or both.share != old.share or ranked or percent or running or averaged or "comparison" in times


def _tells_growth(text: str) -> bool:
    """ "growth", "how did it change": and neither which of them grew, nor what is to be changed."""
    said = [t.norm for t in tokens(text)]
    change = said.index("change") if "change" in said else None
    ordered = change is not None and set(said[change + 1 : change + 2]) & (ARTICLES | {"it", "this", "that", "to"})
    return CHANGES & set(said) <= _GROWN and not _WHICH & set(said) and not ordered


def _are_kept(old: Reading, both: Reading) -> bool:
    """All that was said before, but for an order or a share that is said anew."""
    roles = sorted(((m.role, m.targets) for m in old.mentions if m.role != "descriptor"), key=repr)
    now = [(m.role, m.targets) for m in both.mentions]
    kept = all(now.count(each) >= roles.count(each) for each in roles)
    ranked = old.ranking is None or (both.ranking is not None and both.ranking.number == old.ranking.number)
    others = all(
        getattr(old, part) == getattr(both, part) or not getattr(old, part)
        for part in ("average", "running", "combined", "changed", "within", "leading")
    )
    times = [(t.found.type, t.found.text.casefold()) for t in both.times]
    timed = all((t.found.type, t.found.text.casefold()) in times for t in old.times)
    shared = old.share is None or both.share is not None
    return kept and ranked and others and timed and shared and len(both.numbers) == len(old.numbers)


def with_earlier_dates(times: Iterable[TimeSpan], old: Iterable[TimeSpan]) -> Iterator[TimeSpan]:
    """The times of both as one, those of the earlier one with the dates they had."""
    known = {(t.found.type, t.found.text.casefold()): t.found for t in old}
    for span in times:
        found = known.get((span.found.type, span.found.text.casefold()))
        place = {"start": span.found.start, "end": span.found.end, "text": span.found.text}
        yield span if found is None else span.model_copy(update={"found": found.model_copy(update=place)})


def of_another(previous: Asked, text: str, catalogue: Catalogue) -> str | None:
    """ "and B's?", of a question with one thing of an entity to start from: the same question with B in its place."""
    words = tokens(text)
    first = next((at for at, w in enumerate(words) if w.norm not in _BEFORE), len(words))
    starts = {place for path in previous.reading.paths for place in path.starts}
    if first == len(words) or len(starts) != 1:
        return None
    start = starts.pop()
    named = _bare(text[words[first].start : words[-1].end])
    entity = catalogue.get(start.entity, Entity)
    other = (
        next((i for i in entity.instances if named in _called(i) and i.id != start.instance), None) if entity else None
    )
    old = _as_named(previous, start, catalogue)
    if other is None or old is None:
        return None
    at = previous.text.casefold().index(old.casefold())
    return f"{previous.text[:at]}{other.name}{previous.text[at + len(old) :]}"


def _bare(text: str) -> str:
    return normal_form(text[:-2] if text.lower().endswith(POSSESSIVE) else text)


def _called(instance: Instance) -> set[str]:
    return {normal_form(name) for name in (instance.name, *instance.synonyms)}


def _as_named(previous: Asked, place: Place, catalogue: Catalogue) -> str | None:
    """The name by which the question starts from it, where it is there once."""
    entity = catalogue.get(place.entity, Entity)
    own = next((i for i in entity.instances if i.id == place.instance), None) if entity else None
    names = sorted((own.name, *own.synonyms), key=len, reverse=True) if own else []
    return next((n for n in names if previous.text.casefold().count(n.casefold()) == 1), None)
