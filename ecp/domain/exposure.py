"""What an answer would use or show, as the policy is asked about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ecp.domain.answer import Nearest, Option, ResolvedConcepts, Unresolved
from ecp.domain.assets import Dimension
from ecp.domain.authorization import PolicyInput
from ecp.domain.catalogue import Catalogue
from ecp.domain.entries import is_denied
from ecp.domain.limits import asker_for_policy, asset_for_policy, assets_for_policy, limits_for_policy, limits_of
from ecp.domain.lineage import hidden_nodes
from ecp.domain.question import Asker, Question
from ecp.domain.related import visible
from ecp.domain.selection import Selection
from ecp.domain.values import Value


class Shown(Value):
    """What an answer would show besides the concepts: subjects, options, names near what was not understood, and
    the caveats it would carry, by id."""

    concepts: ResolvedConcepts
    subjects: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    caveats: tuple[str, ...] = ()


def is_hidden(selection: Selection, denied: Collection[str], catalogue: Catalogue) -> bool:
    """Whether nothing of what is asked for may be shown: all of it is denied, or what relations are asked of."""
    if any(is_denied(i, denied) for i in selection.through):
        return True
    if selection.reached:
        return not visible(selection.reached, denied)
    hidden = hidden_nodes(catalogue, denied) if selection.kind == "lineage" else ()
    return bool(selection.subjects) and all(s in hidden or is_denied(s, denied) for s in selection.subjects)


def policy_input(question: Question, shown: Shown, catalogue: Catalogue) -> PolicyInput:
    """One question to the policy for everything that would be used or shown."""
    measured = bool(shown.concepts.metrics) and not shown.subjects
    limits = limits_of(question.asker, catalogue) if measured else {}
    return PolicyInput(
        action="execute" if question.execute else "resolve" if measured else "show",
        asker=asker_for_policy(question.asker),
        assets=assets_for_policy(shown.concepts, _also_shown(shown, catalogue), catalogue),
        limits=limits_for_policy(
            limits, shown.concepts, catalogue, measured=measured, department=question.asker.department
        ),
        registry_version=catalogue.version,
    )


def showing(asker: Asker, ids: Iterable[str], catalogue: Catalogue, *, required: Iterable[str] = ()) -> PolicyInput:
    """One question to the policy for things that would be shown by themselves, in a list, a search or a lineage, and
    for whatever is restricted, as they may refer to it. Without what is `required` nothing is shown."""
    needed = set(required)
    wanted = dict.fromkeys((*needed, *ids, *catalogue.restricted))
    found = (asset_for_policy(i, i in needed, catalogue) for i in wanted)
    return PolicyInput(
        action="show",
        asker=asker_for_policy(asker),
        assets=tuple(a for a in found if a),
        registry_version=catalogue.version,
    )


def keys_of(near: Nearest, catalogue: Catalogue) -> tuple[str, ...]:
    """What the policy calls this: an asset by its id, a member by every dimension that has it, and those too."""
    if near.kind != "member":
        return (near.id,)
    owners = [d.id for d in catalogue.of_kind(Dimension) if catalogue.member(d.id, near.id)]
    return (*owners, *(f"{d}:{near.id}" for d in owners))


def _also_shown(shown: Shown, catalogue: Catalogue) -> Iterable[str]:
    yield from (part for s in shown.subjects for part in dict.fromkeys((s, s.partition(":")[0])))
    yield from shown.caveats
    sources = any(not o.resolved_concepts.metrics for o in shown.options)
    if shown.subjects or sources:  # whatever is restricted may stand upstream of them, or beside them
        yield from catalogue.restricted
    for option in shown.options:
        yield from (a.id for a in assets_for_policy(option.resolved_concepts, (), catalogue))
        yield from option.settles.values()
    for item in shown.unresolved:
        for near in item.nearest:
            yield from keys_of(near, catalogue)
