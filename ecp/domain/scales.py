"""How large the numbers of an answer are wished to be written: "in millions", "in USD k", "rounded to the nearest
thousand". They are told in the unit that they are kept in, which a warning says."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES, MONEY, SCALES, TIME_UNITS
from ecp.domain.mentions import MEASURED, Mention, metrics_named
from ecp.domain.units import unit_in_full, unit_of
from ecp.domain.values import Value

_IN_FULL = frozenset({"thousand", "million", "billion"})
_HAVING = frozenset({"with", "having", "have", "has", "had", "whose", "where"})
_ROUNDED = frozenset({"rounded"})
_ROUNDED_TO = frozenset({"whole", "full", "integer", "decimal", "place", "number", "digit"})
_NO_AMOUNTS = TIME_UNITS | {"percent"}


class Scale(Value):
    """The words that say it, as they stand, and their positions."""

    text: str
    words: tuple[int, ...]


def find_scale(
    intent: Intent, mentions: Iterable[Mention], left: Collection[int], catalogue: Catalogue
) -> Scale | None:
    """ "in millions", "USD m", "in thousands of dollars", "rounded", of amounts: of what is told in money, in the unit
    that they have, and of what is counted. "In millions of places", "in the millions" and a share have none."""
    measured = [m for m in mentions if m.role in MEASURED]
    metrics = [m for mention in measured for m in metrics_named(mention, catalogue)]
    units = {unit_of(m) for m in metrics}
    if any(intent.norm(m.first - 1) in _HAVING for m in measured):  # "places with A in millions" may be a bound
        return None
    if not metrics or not units.isdisjoint(_NO_AMOUNTS):
        return None
    own = units & MONEY if len(units) == 1 else frozenset[str]()
    words = next((w for at in sorted(left) if (w := _scaled(intent, at, own))), ()) or _rounded(intent, left, own)
    if not words or not any(at in left for at in words):
        return None
    return Scale(text=intent.text[intent.tokens[words[0]].start : intent.tokens[words[-1]].end], words=words)


def _scaled(intent: Intent, at: int, own: Collection[str]) -> tuple[int, ...]:
    """ "in millions", "in USD m", "in m USD", "in thousands of dollars": the scale with the unit beside it."""
    norm = intent.norm(at)
    if norm not in SCALES or (norm in _IN_FULL and not _is_several(intent, at) and not _is_money(intent, at + 1, own)):
        return ()
    first = last = at
    if _is_money(intent, at - 1, own):
        first = at - 1
    if _is_money(intent, at + 1, own):
        last = at + 1
    elif intent.norm(at + 1) == "of":
        last = at + 2 if _is_money(intent, at + 2, own) else -1
    signed = intent.text[: intent.tokens[first].start].rstrip(" (").endswith("$") and "usd" in own
    beside = (first, last) != (at, at)
    if len(norm) == 1 and not (beside or signed):  # "in M" may be a code
        return ()
    leads = intent.norm(first - 1) == "in" or (beside and _stands_apart(intent, first)) or signed
    return tuple(range(first, last + 1)) if leads and last >= at else ()


def _is_several(intent: Intent, at: int) -> bool:
    """ "millions", "in million", and no "million cases"."""
    return intent.tokens[at].is_inflected or at == len(intent.tokens) - 1


def _is_money(intent: Intent, at: int, own: Collection[str]) -> bool:
    return at >= 0 and unit_in_full(intent.norm(at)) in own


def _stands_apart(intent: Intent, at: int) -> bool:
    """ "A (USD m)", "A, USD m"."""
    return at > 0 and intent.text[intent.tokens[at - 1].end : intent.tokens[at].start].strip() in ("(", ",", "[")


def _rounded(intent: Intent, left: Collection[int], own: Collection[str]) -> tuple[int, ...]:
    """ "rounded", "rounded to the nearest million"."""
    first = next((at for at in sorted(left) if intent.norm(at) in _ROUNDED), None)
    if first is None or (first + 1 < len(intent.tokens) and intent.norm(first + 1) != "to"):
        return ()
    last = first
    if intent.norm(first + 1) == "to":
        last = first + 1
        while _tells_how_round(intent, last + 1, own):
            last += 1
    return tuple(range(first, last + 1))


def _tells_how_round(intent: Intent, at: int, own: Collection[str]) -> bool:
    norm = intent.norm(at)
    known = (
        ARTICLES | _ROUNDED_TO | _IN_FULL | SCALES.keys() | {"to", "nearest", "one", "two", "zero", "no", "0", "1", "2"}
    )
    return bool(norm) and (norm in known or _is_money(intent, at, own))
