"""What numbers are told in: the same unit as a sign, for short and written out."""

from __future__ import annotations

from ecp.domain.assets import Metric
from ecp.domain.language import SHORT_UNITS, SPELT_OTHERWISE, UNITS
from ecp.domain.words import normal_form

# What a unit for short may be called beside its full name; whoever writes "tonnes" means no other kind of tons.
_ALSO = {"t": "ton"}


def unit_in_full(text: str) -> str:
    """A unit as it is written out: `percent` of "%", `minute` of "min", `cubic metre` of "m³"; empty without one."""
    form = normal_form(text) or text.strip()  # a mere sign has no words
    form = " ".join(SPELT_OTHERWISE.get(word, word) for word in form.split())
    return SHORT_UNITS.get(form, UNITS.get(form, form))


def unit_of(metric: Metric) -> str:
    return unit_in_full(metric.unit or "")


def is_same_unit(own: str, said: str) -> bool:
    """Whether what is told in a unit of its own is told in the unit that was said, and not in another of its kind."""
    return bool(own) and (unit_in_full(own) == unit_in_full(said) or _ALSO.get(normal_form(own)) == normal_form(said))
