"""Which phrases of a question name something in the catalogue: exactly, or but for a slip of the finger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Literal

from rapidfuzz.distance import OSA

from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import Intent, Phrase
from ecp.domain.language import FILLERS, FUNCTION_WORDS
from ecp.domain.slips import is_slip, swaps
from ecp.domain.values import Value

NAMEABLE = frozenset({"metric", "term", "dimension", "entity", "domain"})
MOST_SLIPS = 12
LONG_WORD = 8


class Target(Value):
    """What a phrase may stand for: an asset, a member of one, or a department."""

    kind: str
    asset_id: str
    member: str | None = None
    primary: bool = True


class Match(Value):
    """A phrase that names something; `read_as` is set when a slip was mended. Without targets it is a slip of a word
    that means nothing to a business."""

    first: int
    last: int
    form: str
    targets: tuple[Target, ...]
    method: Literal["exact", "typo"] = "exact"
    read_as: str | None = None


def look_up(intent: Intent, catalogue: Catalogue, *, is_word: Callable[[str], bool]) -> tuple[Match, ...]:
    """Every phrase that names something. `is_word` says whether a word is ordinary English: those are not
    mended into something else."""
    exact = tuple(_exact(intent.phrases, catalogue))
    slips, plain = _slips(intent, exact, catalogue, is_word)
    return exact + tuple(_mended(intent, slips, catalogue)) + tuple(plain)


def targets_of(form: str, catalogue: Catalogue) -> tuple[Target, ...]:
    named = tuple(
        Target(kind=n.kind if n.member is None else "member", asset_id=n.asset_id, member=n.member, primary=n.primary)
        for n in catalogue.names.get(form, ())
        if n.kind in NAMEABLE
    )
    department = catalogue.departments.get(form)
    if not named and not department:
        joined = catalogue.joined.get(form.replace(" ", ""))
        return targets_of(joined, catalogue) if joined and joined != form else ()
    return named + ((Target(kind="department", asset_id=department),) if department else ())


def _exact(phrases: tuple[Phrase, ...], catalogue: Catalogue) -> Iterator[Match]:
    for phrase in phrases:
        targets = targets_of(phrase.form, catalogue)
        if targets:
            yield Match(first=phrase.first, last=phrase.last, form=phrase.form, targets=targets)


def _mended(intent: Intent, slips: dict[int, str], catalogue: Catalogue) -> Iterator[Match]:
    for phrase in intent.phrases if slips else ():
        if any(at in slips for at in range(phrase.first, phrase.last + 1)):
            yield from _mend(phrase, intent, slips, catalogue)


def _slips(
    intent: Intent, exact: tuple[Match, ...], catalogue: Catalogue, is_word: Callable[[str], bool]
) -> tuple[dict[int, str], list[Match]]:
    """Token position → the one catalogue word it is a slip of; and slips of plain words. Of a text with very many
    unknown words only the first are looked at."""
    slips: dict[int, str] = {}
    plain: list[Match] = []
    for at in islice(_unknown(intent, exact, catalogue, is_word), MOST_SLIPS):
        norm = intent.tokens[at].norm
        if norm in _SWAPPED:
            plain.append(Match(first=at, last=at, form=_SWAPPED[norm], targets=(), method="typo"))
        elif meant := closest_word(norm, catalogue):
            slips[at] = meant
    return slips, plain


def _unknown(
    intent: Intent, exact: tuple[Match, ...], catalogue: Catalogue, is_word: Callable[[str], bool]
) -> Iterator[int]:
    known = {at for m in exact for at in range(m.first, m.last + 1)}
    known |= {at for time in intent.times for at in range(time.first, time.last + 1)}
    known |= {at for cue in intent.cues for at in range(cue.first, cue.last + 1)}
    for at, token in enumerate(intent.tokens):
        plain = at in known or at in intent.plain or token.norm in FILLERS
        if not (plain or token.norm in catalogue.words or is_word(token.text.lower()) or is_word(token.norm)):
            yield at


_SWAPPED = {
    swapped: word for word in sorted(FUNCTION_WORDS) if len(word) > 3 for swapped in swaps(word) if swapped != word
}


def closest_word(word: str, catalogue: Catalogue) -> str | None:
    """The only catalogue word within one slip (two where the word that would be meant has eight letters or more)."""
    if len(word) < 4 or not word.isalpha():
        return None
    near: dict[int, list[str]] = {}
    for candidate in catalogue.words:
        allowed = 2 if len(candidate) >= LONG_WORD else 1
        if abs(len(candidate) - len(word)) <= allowed and len(candidate) >= 4 and candidate.isalpha():
            distance = OSA.distance(word, candidate, score_cutoff=allowed)
            if distance <= allowed and is_slip(word, candidate):
                near.setdefault(distance, []).append(candidate)
    best = near[min(near)] if near else []
    return best[0] if len(best) == 1 else None


def _mend(phrase: Phrase, intent: Intent, slips: dict[int, str], catalogue: Catalogue) -> Iterator[Match]:
    words = [slips.get(at, intent.tokens[at].norm) for at in range(phrase.first, phrase.last + 1)]
    form = " ".join(words)
    targets = targets_of(form, catalogue)
    if targets:
        yield Match(
            first=phrase.first, last=phrase.last, form=form, targets=targets, method="typo", read_as=form
        )  # fmt: skip
