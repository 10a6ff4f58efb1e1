"""What things are worth, where they are counted and money bounds or orders them: "cases over 500,000 dollars", "the
five largest cases"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of
from ecp.domain.forms import forms_of, names_of
from ecp.domain.intent import Intent
from ecp.domain.language import (
    AMOUNTS,
    AVERAGES,
    COUNTS,
    LARGEST,
    MONEY,
    OUTCOMES,
    SUMS,
    TARGETS,
    WORTH,
    WORTH_OF_ONE,
)
from ecp.domain.limits import is_cut_by
from ecp.domain.matching import Target
from ecp.domain.mentions import MEASURED, Mention, metrics_named
from ecp.domain.numbers import NumberFilter
from ecp.domain.plan.references import cube_of
from ecp.domain.units import unit_of
from ecp.domain.unnamed import is_a_number_of_things, is_kept_by_all
from ecp.domain.words import normal_form

_MOST = 5
_NOTHING_NEW = frozenset({"total", "overall", "of", "a"})
_BESIDE = frozenset({"with", "at", "a", "that", "are", "is", "of", "which", "and"})


def with_worth(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[tuple[Mention, ...], set[int]]:
    """The mentions with each of the things in the place of how many there are, and beside it the one sum of money that
    says what one of them is worth, or several to ask about; and the positions of the words that this explains."""
    money = any(n.unit in MONEY for n in intent.numbers)
    sized = any(intent.norm(at) in LARGEST for c in intent.cues for at in (c.first, c.last))
    measured = [m for m in mentions if m.role in MEASURED] if money or sized else []
    for counted in measured:
        things = things_counted(counted, catalogue)
        if things is None:
            continue
        named = intent.tokens[counted.last].is_inflected or intent.form(counted.first, counted.last) in forms_of(things)
        sized = named and _is_sized(intent, spans, mentions, counted)
        if not (sized or _is_bound(intent, spans, measured, counted)):
            continue
        others = [m for m in mentions if m is not counted]
        if _is_an_amount_of_them(intent, counted, others):
            continue
        sums = [m for m in _sums_of(counted, things.id, catalogue) if is_kept_by_all(m, others, catalogue)]
        told = set(_words_of_worth(intent, counted, left, sums))
        said = {intent.norm(at) for at in told} - WORTH
        sums = [m for m in sums if said <= names_of(m)]
        if 0 < len(sums) <= _MOST:
            group = (Target(kind="dimension", asset_id=things.id),)
            worth = tuple(Target(kind="metric", asset_id=m.id, primary=False) for m in sums)
            put = (
                counted.model_copy(update={"role": "group", "targets": group}),
                counted.model_copy(update={"role": "metric", "targets": worth}),
            )
            return tuple(p for m in mentions for p in (put if m is counted else (m,))), told
    return mentions, set()


def held_to_targets(intent: Intent, mentions: tuple[Mention, ...], catalogue: Catalogue) -> tuple[Mention, ...]:
    """The mentions with each of the things of "which cases are over plan", where how many there are has no target,
    and with the targets that are kept by these things."""
    targets = [m for m in mentions if m.role == "target" and normal_form(m.text) not in TARGETS]
    measured = [m for m in mentions if m.role in ("metric", "order")]
    things = things_counted(measured[0], catalogue) if len(measured) == 1 and targets else None
    if OUTCOMES.keys().isdisjoint(t.norm for t in intent.tokens):
        return mentions
    set_for = (m.target_of for t in targets for m in metrics_named(t, catalogue))
    if things is None or any(not measured[0].asset_ids.isdisjoint(ids) for ids in set_for):
        return mentions
    group = measured[0].model_copy(update={"role": "group", "targets": (Target(kind="dimension", asset_id=things.id),)})
    limits = [*(m for m in mentions if m not in measured), group]
    kept = [
        tuple(
            Target(kind="metric", asset_id=m.id)
            for m in metrics_named(t, catalogue)
            if m.target_of and is_kept_by_all(m, limits, catalogue)
        )
        for t in targets
    ]
    if not all(kept):
        return mentions
    told = dict(zip(map(id, targets), kept, strict=True))
    held = (m.model_copy(update={"targets": told.get(id(m), m.targets)}) for m in mentions)
    return tuple(group if m == measured[0] else m for m in held)


def things_counted(counted: Mention, catalogue: Catalogue) -> Dimension | None:
    """The dimension of the things that are counted, which is called as they are."""
    metrics = catalogue.metrics_meant(counted.asset_ids)
    if len(metrics) != 1 or not is_a_number_of_things(metrics[0]):
        return None
    names = forms_of(metrics[0])
    found = [d for d in catalogue.of_kind(Dimension) if names & forms_of(d) and is_cut_by(metrics[0], d.id, catalogue)]
    return found[0] if len(found) == 1 else None


def _is_an_amount_of_them(intent: Intent, counted: Mention, others: Iterable[Mention]) -> bool:
    """ "the total value of cases over", "how many cases over 100 dollars by place": one number of several of them."""
    before = intent.pair_before(counted.first)
    if {intent.norm(at) for at in range(counted.first, counted.last + 1)} & {"number", "count"}:
        return True
    if before in COUNTS:
        return any(m.role == "group" for m in others)
    return before[-1:] == ("of",) and bool(set(before) & (AMOUNTS | SUMS | AVERAGES))


def _is_bound(intent: Intent, spans: Iterable[Span], measured: list[Mention], counted: Mention) -> bool:
    """Whether a bound in money is said of them, and whatever else is measured has a bound of its own."""
    numbers = [s.value for s in spans if isinstance(s.value, NumberFilter)]
    bounded = [_bounded(n, measured) for n in numbers]
    money = any(n.unit in MONEY and m is counted for n, m in zip(numbers, bounded, strict=True))
    return money and all(m.role == "order" or any(m is b for b in bounded) for m in measured)


def _bounded(bound: NumberFilter, measured: list[Mention]) -> Mention | None:
    behind = next((m for m in measured if m.first == bound.last + 1), None)
    return behind or next((m for m in reversed(measured) if m.last < bound.first), None)


def _is_sized(intent: Intent, spans: tuple[Span, ...], mentions: Iterable[Mention], counted: Mention) -> bool:
    """ "the largest cases", where nothing else is measured and nothing is cut: each of them, by what it is worth."""
    others = [m for m in mentions if m is not counted and m.role not in ("member", "excluded")]
    cued = [c for c in cues_of(spans, "top", "bottom") if {intent.norm(c.first), intent.norm(c.last)} & LARGEST]
    named = {at for m in mentions if m.role == "member" for at in range(m.first, m.last + 1)}
    before = counted.first - 1
    while before in named:
        before -= 1
    ranked = any(c.first <= before <= c.last + (c.number is not None) for c in cued)
    return ranked and not others and not any(s.what == "number" for s in spans)


def _sums_of(counted: Mention, things: str, catalogue: Catalogue) -> list[Metric]:
    """The sums of money that are called the value or the cost of these things; else those that are kept beside how many
    there are."""
    rows = catalogue.metrics_meant(counted.asset_ids)
    sums = [m for m in catalogue.of_kind(Metric) if _is_a_sum_of_money(m) and is_cut_by(m, things, catalogue)]
    beside = [m for m in sums if {cube_of(m)} == {cube_of(r) for r in rows}]
    called = {word for r in rows for word in names_of(r)} | _NOTHING_NEW
    named = [m for m in sums if any(_is_worth_of(form, called) for form in forms_of(m))]
    spent = [m for m in named if m.better == "lower"]
    if named == spent and any(m.better == "higher" for m in beside):  # a large one costs much, or brings much in
        return beside
    return [m for m in named if m in beside] or beside or named


def _is_a_sum_of_money(metric: Metric) -> bool:
    money = unit_of(metric) in MONEY
    return money and metric.aggregation == "sum" and not metric.target_of


def _is_worth_of(form: str, called: set[str]) -> bool:
    words = set(form.split())
    return bool(words & WORTH_OF_ONE) and words <= WORTH_OF_ONE | called


def _words_of_worth(intent: Intent, counted: Mention, left: Iterable[int], sums: Iterable[Metric]) -> Iterator[int]:
    """ "worth over", "with a value over": what is bound, said once more."""
    names = {word for m in sums for word in names_of(m)}
    bounds = {n.first for n in intent.numbers}
    for at in (i for i in left if i > counted.last):
        leads = at + 1 in bounds or intent.norm(at + 1) in _BESIDE
        if leads and (intent.norm(at) in WORTH or intent.norm(at) in names & WORTH_OF_ONE):
            yield at
