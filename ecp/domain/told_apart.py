"""Names of which the words stand apart, or one is another word for the same: "cases flagged as late", of late cases,
"how many times were goods issued", of issues, "the payment mode", of a payment method."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.forms import MOST_NOUNS, cuts_too, measures, names_of, noun_before
from ecp.domain.intent import Intent, Phrase
from ecp.domain.language import ALIKE, BE, CLASSIFYING, FUNCTION_WORDS
from ecp.domain.participles import deeds, is_participle
from ecp.domain.units import unit_of
from ecp.domain.words import normal_form

_HOW_MANY_TIMES = ("how", "many", "time")
_BE = BE | {"been", "have", "has", "had"}


def put_into_a_kind(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "cases flagged as late", of late cases, and "as fraud", of fraud that is told in cases."""
    said = [w.norm for w in intent.tokens]
    for at in range(1, len(said) - 2):
        if said[at] not in CLASSIFYING or said[at + 1] != "as":
            continue
        noun = noun_before(said, at)
        for last in range(min(at + 1 + MOST_NOUNS, len(said) - 1), at + 1, -1):
            kind = " ".join(said[at + 2 : last + 1])
            for first in range(max(noun - MOST_NOUNS + 1, 0), noun + 1) if noun >= 0 else ():
                nouns = " ".join(said[first : noun + 1])
                told = measures(kind, catalogue) and all(unit_of(m) == nouns for m in _metrics(kind, catalogue))
                forms = (f"{kind} {nouns}", *([kind] if told else []))
                found = (Phrase(first=first, last=last, form=f) for f in forms if measures(f, catalogue))
                yield from islice(found, 1)


def times_done(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "how many times were goods issued", "how many times goods are issued", of issues of goods."""
    said = [w.norm for w in intent.tokens]
    for times in (at for at in range(2, len(said)) if tuple(said[at - 2 : at + 1]) == _HOW_MANY_TIMES):
        verbs = (at for at in range(times + 2, min(times + 5 + MOST_NOUNS, len(said))) if is_participle(said[at]))
        for at in islice(verbs, 1):
            done = {*said[times + 1 : at]} - _BE - {"the"}
            forms = (f for f in deeds(said[at]) if measures(f, catalogue) and done)
            found = (f for f in forms if all(_is_count_of(m, done) for m in _metrics(f, catalogue)))
            yield from islice((Phrase(first=times, last=at, form=form) for form in found), 1)


def called_alike(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "payment modes", "kind of case", of a payment method and a case type, where nothing is called so."""
    said = [w.norm for w in intent.tokens]
    for at in range(len(said)):
        others = [word for alike in ALIKE if said[at] in alike for word in sorted(alike - {said[at]})]
        for first in range(max(at - MOST_NOUNS + 1, 0), at) if others else ():
            nouns = said[first:at]
            if catalogue.names.get(" ".join((*nouns, said[at]))) or not FUNCTION_WORDS.isdisjoint(nouns):
                continue
            forms = [form for word in others if cuts_too(form := " ".join((*nouns, word)), catalogue)]
            ids = {n.asset_id for form in forms for n in catalogue.names[form]}
            yield from [Phrase(first=first, last=at, form=forms[0])] if len(ids) == 1 else ()


def _is_count_of(metric: Metric, nouns: set[str]) -> bool:
    said = {*names_of(metric), *normal_form(metric.definition).split(), *normal_form(metric.unit or "").split()}
    return metric.aggregation == "sum" and nouns <= said


def _metrics(form: str, catalogue: Catalogue) -> list[Metric]:
    return catalogue.metrics_meant(n.asset_id for n in catalogue.names.get(form, ()))
