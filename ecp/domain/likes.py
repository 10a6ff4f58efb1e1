"""Members that are called in a list as its other members are: "each plan (Basic, Gold)", where Gold is a kind of
customer and the plan is called Gold plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ecp.domain.assets import Dimension
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES, LIST_WORDS
from ecp.domain.matching import CUT, Match, Target, targets_of
from ecp.domain.words import normal_form

_JOINING = LIST_WORDS | ARTICLES | {"vs", "versus"}
_LEADING = ARTICLES | {"for", "of", "in", "at", "like", "e.g"}
_LISTING = frozenset(",;/|&")


def as_their_likes(intent: Intent, matches: tuple[Match, ...], catalogue: Catalogue) -> tuple[Match, ...]:
    """The matches with the members that are meant in lists beside the name of what all the others are members of."""
    named = [m for m in matches if any(t.kind in CUT for t in m.targets)]
    meant: dict[Match, Match] = {}
    whole = [m for m in matches if not _is_torn(m, named)]
    for listed in _lists(intent, whole) if named else ():
        beside = _named_beside(intent, listed, named)
        counts = Counter(i for m in listed for i in _ids(m))
        for match in listed:
            shared = (i for i in sorted(beside) if counts[i] - (i in _ids(match)) == len(listed) - 1)
            own = [t for i in shared for t in _called_for_short(match, i, catalogue)]
            if len(own) == 1:
                meant[match] = match.model_copy(update={"targets": tuple(own)})
    return tuple(meant.get(m, m) for m in matches)


def _is_torn(match: Match, named: Iterable[Match]) -> bool:
    """Whether a name ends inside another one: "B plan" of "the A and B plan tiers"."""
    return match.last > match.first and any(match.first < n.first <= match.last < n.last for n in named)


def _ids(match: Match) -> set[str]:
    return {t.asset_id for t in match.targets}


def _lists(intent: Intent, matches: Iterable[Match]) -> Iterator[list[Match]]:
    """Names that are only members, of each the longest, two and more in a row."""
    found: list[Match] = []
    for match in sorted(matches, key=lambda m: (m.first, -m.last)):
        if not match.targets or any(t.kind != "member" for t in match.targets):
            continue
        if found and match.first <= found[-1].last:
            continue
        if found and not _are_listed(intent, found[-1], match):
            yield from [found] * (len(found) > 1)
            found = []
        found.append(match)
    yield from [found] * (len(found) > 1)


def _are_listed(intent: Intent, one: Match, other: Match) -> bool:
    if one.last >= other.first:
        return False
    between = [intent.norm(at) for at in range(one.last + 1, other.first)]
    joined = bool(set(between) - ARTICLES) or bool(_LISTING & set(intent.gap(one.last, other.first)))
    return joined and set(between) <= _JOINING


def _called_for_short(match: Match, asset_id: str, catalogue: Catalogue) -> Iterator[Target]:
    """The member of this dimension that is called so, or so with the noun of the dimension."""
    if own := [t for t in match.targets if t.asset_id == asset_id]:
        yield from own if len(match.targets) > 1 else ()
        return
    dimension = catalogue.get(asset_id, Dimension)
    nouns = [normal_form(text) for text in catalogue.spellings(asset_id)] if dimension else []
    forms = {f"{match.form} {noun}" for noun in nouns}
    yield from {t.member: t for f in forms for t in targets_of(f, catalogue) if _is_member_of(t, asset_id)}.values()


def _is_member_of(target: Target, asset_id: str) -> bool:
    return target.kind == "member" and target.asset_id == asset_id


def _named_beside(intent: Intent, listed: list[Match], named: Iterable[Match]) -> set[str]:
    """What is named in "by plan: A, B", "the A and B plans", where one may be called B plan as well."""
    first, last = listed[0].first, listed[-1].last
    before = intent.before(first - 1, _LEADING)
    beside = [m for m in named if m.last in (before, last) or m.first == last + 1]
    return {t.asset_id for m in beside for t in m.targets if t.kind in CUT}
