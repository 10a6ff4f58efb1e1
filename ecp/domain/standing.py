""" "stay within the plan", "is it above target", "how far are we from the goal": something held against a target."""

from __future__ import annotations

from collections.abc import Collection

from ecp.domain.intent import Intent
from ecp.domain.language import (
    ABOUT_STANDING,
    ATTAINMENT,
    AUXILIARIES,
    BEFORE_A_CUT,
    BEFORE_A_TARGET,
    DIFFERENCES,
    FUNCTION_WORDS,
    LESS,
    MORE,
    OUTCOMES,
    SIDES,
    STANDING,
    STAYING,
    TOWARDS,
    Side,
)

_AGAINST = frozenset({"vs", "versus", "against"})
_UP_OR_DOWN: dict[Side, Side] = {"up": "up", "down": "down", "better": "up", "worse": "down"}
_COMPARED: dict[str, Side] = {**dict.fromkeys(MORE, "up"), **dict.fromkeys(LESS, "down")}
_NAME = 6  # no more than four words are between "more" and "than"
_LONGEST = max(map(len, STANDING))


def held_by(intent: Intent, first: int, groups: Collection[tuple[int, int]]) -> set[int]:
    """The positions of the words that hold something against the target that begins at `first`; none where nothing
    does. `groups` is where what is cut by stands. Where something stands is only told in a
    question for it; of groups it is a condition on them."""
    at = before_target(intent, first)
    if at is None:
        return set()
    if either := either_outcome(intent, at):
        return either
    if intent.tokens[at].norm in TOWARDS:
        towards = {i for i in (at, at - 1) if i >= 0 and intent.tokens[i].norm in TOWARDS | STAYING}
        return towards if groups else towards | _where_it_stands(intent, at)
    than = {then} if (then := _than_behind(intent, at)) else set[int]()
    if outcome(intent, at) and any(is_subject(intent, *group, at) for group in groups):
        return {i for i in (at, at - 1) if i == at or (i >= 0 and intent.tokens[i].norm in STAYING)} | than
    if than and not groups and intent.norm(0) in AUXILIARIES:
        return {at, *than}
    return set() if groups else _where_it_stands(intent, at)


def outcome(intent: Intent, at: int) -> Side | None:
    """On which side of a target the word at a position says that something came out: "above", "higher than"."""
    return _COMPARED.get(intent.norm(at)) if _than_behind(intent, at) else OUTCOMES.get(intent.norm(at))


def _than_behind(intent: Intent, at: int) -> int | None:
    """The position of the "than" of "higher than", "more A than"."""
    if intent.norm(at) not in _COMPARED:
        return None
    behind = next((i for i in range(at + 1, at + _NAME) if intent.norm(i) in FUNCTION_WORDS), None)
    return behind if behind is not None and intent.norm(behind) == "than" else None


def either_outcome(intent: Intent, at: int) -> set[int]:
    """ "over or under", "missed/beat", which end at a position: the positions, where the one is the other side of what
    the other says, and all groups are asked for, whichever way they came out."""
    joined = intent.norm(at - 1) in ("or", "and")
    other = at - 2 if joined else at - 1
    if other < 0 or not (joined or "/" in intent.gap(other, at)):
        return set()
    sides = {_UP_OR_DOWN.get(side) for i in (other, at) if (side := OUTCOMES.get(intent.norm(i)))}
    return set(range(other, at + 1)) if sides == {"up", "down"} else set()


def _where_it_stands(intent: Intent, at: int) -> set[int]:
    """The words of "is it on track to meet", "how far is it from", which end right before a target."""
    if not _asks_where_it_stands(intent):
        return set()
    length = next((n for n in range(_LONGEST, 0, -1) if _words(intent, at - n + 1, at) in STANDING), 0)
    about = {i for i in range(at) if intent.tokens[i].norm in ABOUT_STANDING}
    return {*range(at - length + 1, at + 1), *about} if length else set()


def before_target(intent: Intent, first: int) -> int | None:
    """The position of the word that may hold something against the target that begins at `first`."""
    at = next((at for at in range(first - 1, -1, -1) if intent.tokens[at].norm not in BEFORE_A_TARGET), None)
    compared = (i for i in range(max(first - _NAME, 0), first) if at is not None and _than_behind(intent, i) == at)
    if (more := next(compared, None)) is not None:
        return more
    against = at is not None and intent.norm(at) in _AGAINST and intent.norm(at - 1) in OUTCOMES.keys() - SIDES
    return at - 1 if at is not None and against else at


def is_subject(intent: Intent, first: int, last: int, at: int) -> bool:
    """ "places over the plan", and not "by place over the plan"."""
    return last < at and (first == 0 or intent.tokens[first - 1].norm not in BEFORE_A_CUT)


def is_before_them(intent: Intent, first: int, last: int, groups: Collection[tuple[int, int]]) -> bool:
    """ "over plan works": what is held against the target stands right behind it."""
    at = before_target(intent, first)
    side = at == first - 1 and intent.norm(at) in SIDES
    return side and any(group[0] == last + 1 for group in groups)


def told_of(intent: Intent, last: int) -> set[int]:
    """ "plan variance", "quota attainment": the position of the word right behind a target that ends at `last` and
    asks how what it is set for came out against it; "plan difference between Q1 and Q2" asks how the plan itself
    differs."""
    behind = last + 1
    word = intent.norm(behind)
    differs = word in DIFFERENCES - {"variance"} and intent.norm(behind + 1) == "between"
    periods = differs and any(behind <= t.first <= behind + 3 for t in intent.times)
    return {behind} if word in ATTAINMENT | DIFFERENCES and not periods else set()


def _words(intent: Intent, first: int, last: int) -> tuple[str, ...]:
    return tuple(t.norm for t in intent.tokens[max(first, 0) : last + 1])


def _asks_where_it_stands(intent: Intent) -> bool:
    """ "is it", "are we", "did it come in"; "how far", "how much"; "by how much"."""
    said = _words(intent, 0, 1)
    return said[:1] != () and (said[0] in AUXILIARIES or said[0] == "how" or said == ("by", "how"))
