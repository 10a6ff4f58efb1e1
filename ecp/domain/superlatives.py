"""What is measured where a quality or a deed says it: "the most profitable", of profit, "ordered the most", of orders,
"the best selling", of units sold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.forms import (
    MOST_NOUNS,
    PIECES,
    is_member,
    is_somebody,
    measures,
    noun_before,
    of_what_is_told,
    sum_of,
    yield_of,
)
from ecp.domain.intent import Intent, Phrase
from ecp.domain.language import (
    ARTICLES_AND_PREPOSITIONS,
    AUXILIARIES,
    BE,
    DURATIONS,
    MONEY_OR_SHARE,
    PERFORMING,
    PERSONS,
)
from ecp.domain.participles import deeds, is_a_person, is_participle, stem
from ecp.domain.units import unit_of
from ecp.domain.words import normal_form

_DEGREES = frozenset({"most", "least", "more", "less", "how"})
_QUANTITIES = frozenset({"most", "least", "more", "less", "fewest", "best", "worst"})
_OFTEN = frozenset({"often", "frequently"})
_MEANS = frozenset({"average", "ratio"})
_WELL = frozenset({"best", "worst"})
_PERFORMANCE = "performance"


def qualities(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "the most profitable", "how productive", "most visited", "most fuel efficient": of profit, of productivity, of
    visits, of fuel efficiency."""
    said = [w.norm for w in intent.tokens]
    for at in range(1, len(said)):
        if said[at - 1] in _DEGREES and said[at] not in catalogue.words and said[at] not in _OFTEN:
            forms = _conditions(said[at]) if is_participle(said[at]) else _nouns_of(said[at])
            yield from islice((Phrase(first=at, last=at, form=f) for f in forms if measures(f, catalogue)), 1)
        if at > 1 and said[at - 2] in _DEGREES and said[at] not in catalogue.words:  # "the most cost effective"
            of_it = (f"{said[at - 1]} {noun}" for noun in _nouns_of(said[at]))
            yield from islice((Phrase(first=at - 1, last=at, form=f) for f in of_it if measures(f, catalogue)), 1)


def _conditions(verb: str) -> Iterator[str]:
    """What something has that it is done to: engagement, delay; a rating is another thing than being rated often."""
    return (noun for noun in deeds(verb) if not noun.endswith("ing"))


def deeds_done(intent: Intent, catalogue: Catalogue) -> Iterator[tuple[int, tuple[str, ...]]]:
    """ "which goods sold the most", "was ordered most often", "the most sold": where the verb stands, and the name of
    what came of it, or several names where any may be meant."""
    said = [w.norm for w in intent.tokens]
    for at in range(1, len(said)):
        if of_what_is_told(said, at, catalogue):
            continue
        if said[at - 1] in _OFTEN | {"most", "least"} and is_participle(said[at]):
            forms = what_came_of(said[at], catalogue)[:1]
            forms = forms or (() if said[at + 1 : at + 2] == ["by"] else _done_with(said[at], catalogue))
        elif _behind(said, at) and (subject := _subject(said, at, catalogue)):
            forms = _done_by(subject, said, at, catalogue)
        else:
            continue
        if forms:
            yield at, forms


def _done_by(subject: _Subject, said: list[str], at: int, catalogue: Catalogue) -> tuple[str, ...]:
    if _is_quantified(said, at):
        forms = _by_people(said[at], catalogue) if subject.person else _of_things(said[at], subject.names, catalogue)
        return (*forms, *_rates(forms, catalogue)) if said[at + 1] in _WELL else forms
    pieces = _is_of_a_kind(said, at, catalogue)
    return (_pieces(said[at], catalogue) or counts_of(said[at], catalogue))[:1] if pieces else ()


def _rates(forms: tuple[str, ...], catalogue: Catalogue) -> Iterator[str]:
    """ "converts best": with the most conversions, or at the best conversion rate."""
    return (rate for form in forms if measures(rate := f"{form} rate", catalogue))


def is_done_the_most(intent: Intent, phrase: Phrase) -> bool:
    """The "people paid" of "which people paid the most": who did something, and the deed that they are ranked by, and
    no name of those who did it."""
    if phrase.first == phrase.last or not is_participle(intent.norm(phrase.last)):
        return False
    people = any(is_a_person(intent.norm(at)) for at in range(phrase.first, phrase.last))
    behind = _behind([w.norm for w in intent.tokens], phrase.last)
    lately = behind[1:2] in (["recent"], ["recently"])
    return people and bool(behind) and not lately and intent.gap(phrase.last, phrase.last + 1).isspace()


def best_sellers(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "the best selling goods", where nothing else says by what."""
    for cue in intent.cues:
        if cue.kind in ("top", "bottom") and (at := _selling(intent, cue.first, cue.last)):
            forms = what_came_of("selling", catalogue)[:1] or _only_one(_done_with("sold", catalogue))
            yield from (Phrase(first=at, last=at, form=f) for f in forms)


def performers(intent: Intent, catalogue: Catalogue) -> Iterator[tuple[int, tuple[str, ...]]]:
    """ "the best performing goods", "which goods performed best", where nothing else says by what: where the verb
    stands, and the metrics or terms that are called their performance."""
    cues = [c for c in intent.cues if c.kind in ("top", "bottom")]
    for at in (i for i, word in enumerate(intent.tokens) if word.norm in PERFORMING):
        if any(c.first < at <= c.last or at + 1 <= c.first <= at + 2 for c in cues):
            yield at, tuple(dict.fromkeys(_called_performance(catalogue, _words_beside(intent, at))))


def _words_beside(intent: Intent, at: int) -> Iterator[str]:
    """Of "which of our goods performed best", "best performing goods": the words near the verb."""
    yield from (intent.norm(i) for i in range(max(at - 4, 0), at + 4) if i != at and i < len(intent.tokens))


def _called_performance(catalogue: Catalogue, things: Iterable[str]) -> Iterator[str]:
    """What is called "performance", or "A performance" of the A that is judged; "B performance" is one thing of many
    that an A does."""
    forms = (_PERFORMANCE, *(f"{thing} {_PERFORMANCE}" for thing in things))
    named = dict.fromkeys(n for form in forms for n in catalogue.names.get(form, ()) if n.kind in ("metric", "term"))
    for item in named:
        metric = catalogue.get(item.asset_id, Metric)
        if metric is None or not (metric.target_of or normal_form(metric.unit or "") == _PERFORMANCE):
            yield item.asset_id


def _selling(intent: Intent, first: int, last: int) -> int | None:
    behind = (at for at in range(first + 1, last + 1) if intent.tokens[at].norm == "selling")
    return first if intent.norm(first) == "bestselling" else next(behind, None)


def _is_quantified(said: list[str], at: int) -> bool:
    behind = _behind(said, at)
    return bool(behind) and (len(behind) == 1 or behind[1] in _OFTEN or _ends(behind))


def _is_of_a_kind(said: list[str], at: int, catalogue: Catalogue) -> bool:
    """ "sold the most Sofas", which are a kind of what was sold."""
    behind = _behind(said, at)
    kinds = (" ".join(behind[1:last]) for last in range(2, len(behind) + 1))
    return any(is_member(form, catalogue) and not measures(form, catalogue) for form in kinds)


def _behind(said: list[str], at: int) -> list[str]:
    """The quantity behind a verb and what goes on from there; nothing where there is none."""
    behind = [norm for norm in said[at + 1 : at + 3 + MOST_NOUNS] if norm != "the"]
    return behind if behind and behind[0] in _QUANTITIES else []


def _ends(behind: list[str]) -> bool:
    return behind[1] in (AUXILIARIES | ARTICLES_AND_PREPOSITIONS | {"last"}) - {"than"}


class _Subject(NamedTuple):
    """What a verb is said of, by all that it is called."""

    person: bool
    names: frozenset[str] = frozenset()


def _subject(said: list[str], at: int, catalogue: Catalogue) -> _Subject | None:
    last = noun_before(said, at)
    passive = bool(BE & set(said[last + 1 : at]))
    if said[at - 1] == "who" or (last >= 0 and said[last] in PERSONS and not passive):
        return _Subject(person=True)
    for first in range(max(last - MOST_NOUNS + 1, 0), last + 1):
        form = " ".join(said[first : last + 1])
        if is_somebody(form, catalogue):
            dimensions = {n.asset_id for n in catalogue.names[form] if n.member is None}
            called = (normal_form(text) for i in dimensions for text in catalogue.spellings(i))
            return _Subject(person=False, names=frozenset(called))
    return None


def _of_things(verb: str, names: frozenset[str], catalogue: Catalogue) -> tuple[str, ...]:
    """Of goods that are counted by the piece how many; of anything else that or the sum, or how much of it."""
    pieces = _pieces(verb, catalogue)
    own = any((name, stem(verb)) in catalogue.done for name in names)
    found = pieces[:1] if own and pieces else (*pieces[:1], *_sums(verb, catalogue))
    found = found or counts_of(verb, catalogue) or _yields(verb, catalogue)
    return found or _only_one(_done_with(verb, catalogue))


def _only_one(forms: tuple[str, ...]) -> tuple[str, ...]:
    return forms if len(forms) == 1 else ()


def _by_people(verb: str, catalogue: Catalogue) -> tuple[str, ...]:
    found = _sums(verb, catalogue) or _pieces(verb, catalogue)
    return found or counts_of(verb, catalogue) or _yields(verb, catalogue)


def what_came_of(verb: str, catalogue: Catalogue) -> tuple[str, ...]:
    """What came of a verb, the likeliest first: pieces, a sum, how often it was done."""
    return (*_pieces(verb, catalogue), *_sums(verb, catalogue), *counts_of(verb, catalogue))


def _done_with(verb: str, catalogue: Catalogue) -> tuple[str, ...]:
    """ "the most performed", of tests performed: whatever it is that is done; how long it was done is no "most", and
    where something is called after the deed itself ("delay"), that may be meant."""
    if not catalogue.words.isdisjoint(deeds(verb)):
        return ()
    done = {form for (_, root), form in catalogue.done.items() if root == stem(verb)}
    return tuple(sorted(form for form in done if not set(form.split()) & DURATIONS))


def _pieces(verb: str, catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(f for n in PIECES if (f := catalogue.done.get((n, stem(verb)))))[:1]


def _sums(verb: str, catalogue: Catalogue) -> tuple[str, ...]:
    form = sum_of(verb, catalogue)
    return (form,) if form else ()


def _yields(verb: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Consumption, of what is weighed or measured and not counted."""
    form = yield_of(verb, catalogue)
    return (form,) if form else ()


def counts_of(verb: str, catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(f for f in (*deeds(verb), f"{stem(verb)}ing") if _is_counted(f, catalogue))[:1]


def _is_counted(form: str, catalogue: Catalogue) -> bool:
    named = catalogue.names.get(form, ())
    metrics = catalogue.metrics_meant(n.asset_id for n in named)
    told = any(unit_of(m) in MONEY_OR_SHARE or m.aggregation in _MEANS for m in metrics)
    return measures(form, catalogue) and not told


def _nouns_of(adjective: str) -> Iterator[str]:
    """What a quality is called: productivity, efficiency, volatility, popularity, cost, profit."""
    for ending, nouns in _QUALITIES.items():
        if adjective.endswith(ending) and len(adjective) > len(ending) + 2:
            root = adjective.removesuffix(ending)
            yield from (f"{root}{noun}" for noun in nouns)


# The endings of adjectives, and those of the nouns that they come of.
_QUALITIES = {
    "able": ("ability", "", "e"),
    "ible": ("ibility",),
    "ive": ("ivity",),
    "ent": ("ency", "ence"),
    "ant": ("ancy", "ance"),
    "ile": ("ility",),
    "se": ("sity",),
    "al": ("ality", "alty"),
    "ar": ("arity",),
    "ly": ("",),
    "ful": ("",),
    "ous": ("ousness", ""),
    "": ("ness", "ity"),
}
