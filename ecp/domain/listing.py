"""Questions for the members there are: "which places do we have", "list all goods", "what is in this area"."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple

from ecp.domain.catalogue import Catalogue, parts_of
from ecp.domain.cover import Span
from ecp.domain.entries import is_inside
from ecp.domain.intent import Intent
from ecp.domain.language import CONSISTING, LISTS
from ecp.domain.mentions import Mention


class Listed(NamedTuple):
    """What is asked about, an asset or a member by its key, and the positions of the words that ask for its parts."""

    subjects: tuple[str, ...]
    words: frozenset[int]

    @property
    def kind(self) -> Literal["catalogue", "definition"] | None:
        """All there are, or what one of them consists of."""
        if not self.subjects:
            return None
        return "definition" if any(":" in s for s in self.subjects) else "catalogue"


NOTHING = Listed((), frozenset())


def find_listed(
    intent: Intent, spans: Iterable[Span], mentions: tuple[Mention, ...], left: Collection[int], catalogue: Catalogue
) -> Listed:
    """A dimension or an entity whose members are wanted, or the member that others are in. Nothing where something is
    measured, limited or ordered, or where nothing is known of the members."""
    named = [m for m in mentions if m.role != "department"]
    groups, members = [m for m in named if m.role == "group"], [m for m in named if m.role == "member"]
    if len(groups) != 1 or len(members) > 1 or len(named) != len(groups) + len(members):
        return NOTHING
    words = frozenset(at for at in left if _asks_for_parts(intent, at))
    departments = {at for m in mentions if m.role == "department" for at in range(m.first, m.last + 1)}
    if any(s.what != "name" for s in spans) or not _heads(intent, groups[0]) or set(left) - words - departments:
        return NOTHING
    found = _inside(groups[0], members[0], catalogue) if members else _with_members(groups[0], catalogue)
    return Listed(found, words) if found else NOTHING


def _asks_for_parts(intent: Intent, at: int) -> bool:
    """ "what places make up this area", "name all goods"."""
    norm, before = intent.tokens[at].norm, intent.tokens[at - 1].norm if at else ""
    parts = norm in ("member", "dimension") and any(t.norm == "dimension" for t in intent.tokens)
    return norm in CONSISTING or norm in LISTS or parts or (norm == "up" and before in ("make", "made"))


def _heads(intent: Intent, group: Mention) -> bool:
    """Whether several are asked for, of which it is not asked how many they are."""
    word = intent.tokens[group.last]
    before = {t.norm for t in intent.tokens[: group.first]}
    values = any(t.text.lower() in ("values", "members") for t in intent.tokens)
    several = values or word.text.lower() != word.norm
    return several and bool(before & LISTS) and "how" not in before


def _with_members(group: Mention, catalogue: Catalogue) -> tuple[str, ...]:
    """The dimension of the members, before an entity that is cut by it."""
    known = sorted(i for i in group.asset_ids if parts_of(catalogue.assets.get(i)))
    dimensions = tuple(t.asset_id for t in group.targets if t.kind == "dimension" and t.asset_id in known)
    return dimensions[:1] or tuple(known[:1])


def _inside(group: Mention, member: Mention, catalogue: Catalogue) -> tuple[str, ...]:
    owners = [f"{t.asset_id}:{t.member}" for t in member.targets]
    return tuple(o for o in owners if any(is_inside(i, o, catalogue) for i in sorted(group.asset_ids)))
