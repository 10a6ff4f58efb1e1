""" "stay within the plan", "is it above target", "how far are we from the goal": something held against a target."""

from __future__ import annotations

from ecp.domain.intent import Intent
from ecp.domain.language import ABOUT_STANDING, AUXILIARIES, STANDING, STAYING, TOWARDS

_BEFORE_A_TARGET = frozenset({"the", "a", "an", "of", "our", "its", "their", "your"})
_LONGEST = max(map(len, STANDING))


def held_by(intent: Intent, first: int, *, grouped: bool) -> set[int]:
    """The positions of the words that hold something against the target that begins at `first`; none where nothing
    does. Where something stands is only told in a question for it; of groups it would be a condition on them."""
    at = first - 1
    while at >= 0 and intent.tokens[at].norm in _BEFORE_A_TARGET:
        at -= 1
    if at < 0:
        return set()
    if intent.tokens[at].norm in TOWARDS:
        return {i for i in (at, at - 1) if i >= 0 and intent.tokens[i].norm in TOWARDS | STAYING}
    if grouped or not _asks_where_it_stands(intent):
        return set()
    length = next((n for n in range(_LONGEST, 0, -1) if _words(intent, at - n + 1, at) in STANDING), 0)
    about = {i for i in range(at) if intent.tokens[i].norm in ABOUT_STANDING}
    return {*range(at - length + 1, at + 1), *about} if length else set()


def _words(intent: Intent, first: int, last: int) -> tuple[str, ...]:
    return tuple(t.norm for t in intent.tokens[max(first, 0) : last + 1])


def _asks_where_it_stands(intent: Intent) -> bool:
    """ "is it", "are we", "did it come in"; "how far", "how much"; "by how much"."""
    said = _words(intent, 0, 1)
    return said[:1] != () and (said[0] in AUXILIARIES or said[0] == "how" or said == ("by", "how"))
