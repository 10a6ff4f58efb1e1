"""Deeds that are told by a verb and its particle, where what is measured is called after both: "members signed up", of
sign-ups, "the most checked out goods", of checkouts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.forms import ANYBODY, MOST_NOUNS, counts_people, forms_of, is_a_kind, measures, names_of, noun_before
from ecp.domain.intent import Intent, Phrase
from ecp.domain.language import NEGATIONS, VERB_BEHIND
from ecp.domain.participles import is_participle, stem
from ecp.domain.words import normal_form

PARTICLES = frozenset({"up", "out", "in", "on", "off", "back"})
_MOST = frozenset({"most", "least"})
_SO_OFTEN = _MOST | {"more", "less", "often", "frequently"}


def deeds_with_particles(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """The verb with the noun it is said of, where that is what is counted; and the verb alone behind "most", or where
    it says what something else had the most of."""
    said = [w.norm for w in intent.tokens]
    for at in range(1, len(said) - 1):
        forms = list(_called_so(said, at, catalogue))
        if not forms:
            continue
        noun = noun_before(said, at)
        alone = said[at - 1] in _MOST or bool(_SO_OFTEN & set(said[at + 2 : at + 4]))
        done = is_participle(said[at]) or bool(VERB_BEHIND & set(said[noun + 1 : at]))
        for form in forms[:1]:
            if alone and is_participle(said[at]):
                yield Phrase(first=at, last=at + 1, form=form)
            elif not alone and done and noun >= 0 and _counts(form, said[noun], catalogue):
                first = at if is_a_kind(said, noun, catalogue) else _begins(said, noun, form, catalogue)
                yield Phrase(first=first, last=at + 1, form=form)


def is_called_by_both(metric: Metric, verb: str, particle: str) -> bool:
    """Whether a metric goes by a verb with this particle, or is defined by both."""
    defined = normal_form(metric.definition).split()
    said = [*([] if NEGATIONS & set(defined) else [defined]), *(form.split() for form in forms_of(metric))]
    apart = any(stem(a) == verb and b == particle for words in said for a, b in pairwise(words))
    return apart or any(word == f"{verb}{particle}" for words in said for word in words)


def _called_so(said: list[str], at: int, catalogue: Catalogue) -> Iterator[str]:
    if said[at + 1] in PARTICLES:
        root = stem(said[at])
        nouns = (f"{verb}{between}{said[at + 1]}" for verb in (root, f"{root}e") for between in (" ", ""))
        yield from (noun for noun in nouns if measures(noun, catalogue))


def _counts(form: str, noun: str, catalogue: Catalogue) -> bool:
    """Whether it is these that are counted."""
    metrics = catalogue.metrics_meant(n.asset_id for n in catalogue.names[form])
    told = ({*names_of(m), *normal_form(m.definition).split(), *normal_form(m.unit or "").split()} for m in metrics)
    anybody = noun in ANYBODY and all(map(counts_people, metrics))
    return bool(metrics) and (anybody or all(noun in words for words in told))


def _begins(said: list[str], noun: int, form: str, catalogue: Catalogue) -> int:
    """Where the name of what is counted begins, of which the noun may be the last word."""
    metrics = catalogue.metrics_meant(n.asset_id for n in catalogue.names[form])
    names = {name for m in metrics for name in forms_of(m)}
    starts = range(max(noun - MOST_NOUNS + 1, 0), noun)
    return next((first for first in starts if " ".join(said[first : noun + 1]) in names), noun)
