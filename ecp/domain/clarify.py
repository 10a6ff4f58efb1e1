"""Going on from an option: what the asker chose settles the words that were open."""

from __future__ import annotations

from collections.abc import Iterable

from ecp.domain.answer import Option
from ecp.domain.words import normal_form
from ecp.errors import ValidationError


def choose(options: Iterable[Option], chosen: str) -> dict[str, str]:
    """What `select` takes as `forced` when the asker chose this option: each open mention's text → the id it is
    settled on. `chosen` is the option's id, its text, or the name or id of what it stands for, when only one option
    has it. Goes on with the same reading and periods; what is settled includes earlier choices.

    Raises `ValidationError` naming the options when it is none of them.
    """
    offered = tuple(options)
    found = [o for o in offered if o.id == chosen.strip()] or [o for o in offered if normal_form(chosen) in _names(o)]
    if len(found) != 1:
        listed = "; ".join(f"{o.id}: {o.text}" for o in offered) or "none"
        raise ValidationError(
            f"“{chosen[:80]}” is none of the options; choose one of {listed}",
            errors=[{"loc": ["option"], "message": "choose one of the options by its id"}],
        )
    return dict(found[0].settles)


def _names(option: Option) -> set[str]:
    named = {option.text, option.text.split(":")[0], *option.settles.values()}
    named |= {n for m in option.resolved_concepts.metrics if m.id in option.settles.values() for n in (m.id, m.name)}
    return {normal_form(n) for n in named} - {""}
