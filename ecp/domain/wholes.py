""" "What share of A comes from each thing within each place": the groups that have a whole of their own."""

from __future__ import annotations

from collections.abc import Iterable

from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES, POSSESSIVES
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.shares import Share

_ONE_BY_ONE = frozenset({"each", "every", "within", "per"})
_PASSED = ARTICLES | POSSESSIVES | {"each", "every"}
_PART_BEHIND = frozenset({"from", "by", "of", "via", "through"})
_WHERE = frozenset({"by", "in", "for", "per", "within", "across", "at"})
_A_PART_AND_ITS_WHOLE = 2


def groups_of_the_whole(intent: Intent, share: Share | None, mentions: Iterable[Mention]) -> tuple[str, ...]:
    """The texts of the groups of which each is a whole; none where all are parts of one. "By thing and place" says
    nothing of the kind; "each thing's share by place" and "by thing in each place" do."""
    if share is None or share.parts or share.of or not share.words:
        return ()
    groups = [m for m in mentions if m.role == "group"]
    measured = {m.first for m in mentions if m.role in MEASURED}
    part = _part(intent, share, groups, measured)
    if len(groups) != _A_PART_AND_ITS_WHOLE or part is None or groups[0].same_as(groups[1]) or _joined(intent, groups):
        return ()
    other = next(g for g in groups if g is not part)
    led = _is_one_by_one(intent, part) and _leads(intent, other) in _WHERE and other.first > part.last
    inside = _leads(intent, other) == "within"
    return (other.text,) if led or inside or _is_one_by_one(intent, other) else ()


def _part(intent: Intent, share: Share, groups: list[Mention], measured: set[int]) -> Mention | None:
    """ "A share of", "share of A", "comes from each A"; not "of each A's worth", which is a whole."""
    first, last = min(share.words), max(share.words)
    touching = [g for g in groups if g.last + 1 == first]
    behind = [g for g in groups if g.first > last and g.last + 1 not in measured]
    named = touching or [g for g in behind if _leads(intent, g) in _PART_BEHIND]
    single = [g for g in groups if not _is_one_by_one(intent, g)]
    return next(iter(named), single[0] if len(single) == 1 else None)


def _joined(intent: Intent, groups: list[Mention]) -> bool:
    """ "for each place and thing", which are pairs."""
    one, other = sorted(groups, key=lambda m: m.first)
    return {intent.norm(at) for at in range(one.last + 1, other.first)} <= {"and"}


def _is_one_by_one(intent: Intent, group: Mention) -> bool:
    return intent.norm(intent.before(group.first - 1, ARTICLES | {"of"})) in _ONE_BY_ONE


def _leads(intent: Intent, group: Mention) -> str:
    return intent.norm(intent.before(group.first - 1, _PASSED))
