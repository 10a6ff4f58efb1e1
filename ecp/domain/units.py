"""What numbers are told in: the same unit as a sign, for short and written out."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, takewhile

from ecp.domain.assets import Metric
from ecp.domain.language import ARTICLES_AND_PREPOSITIONS, AUXILIARIES, SHORT_UNITS, SPELT_OTHERWISE, UNITS
from ecp.domain.participles import is_participle
from ecp.domain.words import normal_form

# What a unit for short may be called beside its full name; whoever writes "tonnes" means no other kind of tons.
_ALSO = {"t": "ton"}
_FIRST_CLAUSE = re.compile(r"[^.,;:()]+")
_ENDS_OF_A_NOUN = ARTICLES_AND_PREPOSITIONS | AUXILIARIES | {"who", "which", "whose"}
_MOST_NOUNS = 3


def unit_in_full(text: str) -> str:
    """A unit as it is written out: `percent` of "%", `minute` of "min", `cubic metre` of "m³"; empty without one."""
    form = normal_form(text) or text.strip()  # a mere sign has no words
    form = " ".join(SPELT_OTHERWISE.get(word, word) for word in form.split())
    return SHORT_UNITS.get(form, UNITS.get(form, form))


def unit_of(metric: Metric) -> str:
    """The unit in full. A number of things that is kept without one is told in what its definition begins with, where
    it is called so: cases, of "Cases opened by anybody"."""
    if metric.unit or metric.target_of or metric.aggregation in ("average", "ratio"):
        return unit_in_full(metric.unit or "")
    return _things_of(metric.definition, (metric.name, *metric.synonyms))


def _is_of_a_noun(word: str) -> bool:
    """Whether a noun may go on with it; "IT", in capitals, is no pronoun."""
    return normal_form(word) not in _ENDS_OF_A_NOUN or (len(word) > 1 and word.isupper())


@lru_cache(maxsize=4096)
def _things_of(definition: str, names: tuple[str, ...]) -> str:
    called = {word for name in names for word in normal_form(name).split()}
    said = _FIRST_CLAUSE.match(definition.removeprefix("Number of "))
    words = takewhile(_is_of_a_noun, said[0].split() if said else ())
    plural = ((normal_form(word), word.lower()) for word in islice(words, _MOST_NOUNS))
    found = [form for form, word in plural if form in called and form != word and not is_participle(form)]
    return found[-1] if found else ""


def is_same_unit(own: str, said: str) -> bool:
    """Whether what is told in a unit of its own is told in the unit that was said, and not in another of its kind."""
    return bool(own) and (unit_in_full(own) == unit_in_full(said) or _ALSO.get(normal_form(own)) == normal_form(said))
