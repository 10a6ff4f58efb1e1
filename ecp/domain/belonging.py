"""Questions for what belongs to a member, where the whole of the question says nothing else: how many of a kind are in
it, and whether another member is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ecp.domain.assets import Dimension, Entity, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.forms import names_of
from ecp.domain.intent import Intent
from ecp.domain.limits import same_column
from ecp.domain.matching import Target, targets_of
from ecp.domain.members import Scalar, anybodys_values, values_of
from ecp.domain.mentions import Mention
from ecp.domain.sentences import Sentence
from ecp.domain.values import JsonObject, Value
from ecp.domain.words import normal_form

_FOR = (
    r"(?: (?:for|according to|as seen by|as counted by|as defined by|in the sense of|in the view of) (?:the )?"
    r"(?P<who>.+?)(?: department| team)?)?"
)
_WHOLE = r"(?:the )?(?P<whole>.+?)"
_KIND = r"(?:the )?(?P<kind>\S+(?: \S+){0,3}?)"
_PART = r"(?:the )?(?P<part>.+?)"
_CONTAINING = r"(?:have|include|contain|comprise|cover|count|consist of)"
_INSIDE = r"(?:a |an )?(?:part of|in|inside|inside of|within|included in|counted in|counted to|covered by|member of)"
_BELONGING = r"(?:belong to|belong in|count to|count toward|count towards|fall under|fall in|fall into)"
_THERE = r"(?: (?:are|are there|do we have|do you have|exist))?"
_COUNTED = (
    re.compile(rf"how many {_KIND}{_THERE} (?:part of|in|inside|within) {_WHOLE}{_FOR}"),
    re.compile(rf"how many {_KIND} (?:do|doe) {_WHOLE} {_CONTAINING}{_FOR}"),
    re.compile(rf"how many {_KIND} (?:make up|form|belong to) {_WHOLE}{_FOR}"),
    re.compile(rf"(?:what is )?(?:the )?(?:number|count) of {_KIND} (?:in|inside|within) {_WHOLE}{_FOR}"),
)
_ASKED_OF = (
    re.compile(rf"(?:is|are) {_PART} {_INSIDE} {_WHOLE}{_FOR}"),
    re.compile(rf"(?:do|doe) {_WHOLE} {_CONTAINING} {_PART}{_FOR}"),
    re.compile(rf"(?:do|doe) {_PART} {_BELONGING} {_WHOLE}{_FOR}"),
)


class Belonging(Value):
    """What is asked of the member `whole`, by its key: how many of the dimension `kind` are in it, or whether the
    member `part` is."""

    whole: str
    kind: str | None = None
    part: str | None = None


class Asked(NamedTuple):
    belonging: Belonging
    mentions: tuple[Mention, ...]


def asked_of_belonging(intent: Intent, catalogue: Catalogue) -> Asked | None:
    """None where the question says anything else, or asks what the pack does not know by itself."""
    return _Sentence(intent, catalogue).asked() if intent.tokens else None


class _Sentence(Sentence):
    def asked(self) -> Asked | None:
        for found in self.read(_COUNTED):
            ways = {Belonging(whole=w, kind=k) for w in self._members(found, "whole") for k in self._kinds(found)}
            if asked := self._only(found, {b for b in ways if _is_made_up_of(b, self.catalogue)}):
                return asked
        for found in self.read(_ASKED_OF):
            parts = self._members(found, "part")
            ways = {Belonging(whole=w, part=p) for w in self._members(found, "whole") for p in parts}
            if asked := self._only(found, {b for b in ways if _is_comparable(b, self.catalogue)}):
                return asked
        return None

    def _only(self, found: re.Match[str], ways: set[Belonging]) -> Asked | None:
        """The only way to take it, as the department counts that is named, where one with a way of its own is."""
        if len(ways) != 1:
            return None
        asked, whose = ways.pop(), self.department(found)
        if found["who"] and not (whose and _counts_by_itself(whose, asked.whole, self.catalogue)):
            return None
        return Asked(asked, (whose,) if whose else ())

    def _members(self, found: re.Match[str], gap: str) -> list[str]:
        """The members of dimensions that are called so; none where anything else is."""
        targets = targets_of(found[gap], self.catalogue, joined=False)
        if not all(t.kind == "member" for t in targets):
            return []
        return [f"{t.asset_id}:{t.member}" for t in targets if self.catalogue.get(t.asset_id, Dimension)]

    def _kinds(self, found: re.Match[str]) -> set[str]:
        """The dimensions that are called so; none where it is measured how many there are."""
        targets = targets_of(found["kind"], self.catalogue, joined=False)
        if not all(t.kind in ("dimension", "entity") and not t.member for t in targets):
            return set()
        counted = found["kind"].split()[-1]
        if any(counted in names_of(m) | {*normal_form(m.unit or "").split()} for m in self.catalogue.of_kind(Metric)):
            return set()
        return {d for t in targets if (d := _dimension_of(t, self.catalogue))}


def _counts_by_itself(department: Mention, key: str, catalogue: Catalogue) -> bool:
    dimension, _, member_id = key.partition(":")
    member = catalogue.member(dimension, member_id)
    own = {normal_form(d) for v in (member.variations if member else ()) for d in v.departments}
    return bool(own & {normal_form(i) for i in department.asset_ids})


def _dimension_of(target: Target, catalogue: Catalogue) -> str | None:
    entity = catalogue.get(target.asset_id, Entity)
    return entity.dimension if entity else target.asset_id


def _is_made_up_of(asked: Belonging, catalogue: Catalogue) -> bool:
    """Whether the pack says of what the member consists, and all of it is of the kind: of parts that it only lists
    there may be more."""
    owner, _, member = asked.whole.partition(":")
    single = set(_single_values(asked.kind or "", catalogue))
    values = anybodys_values(catalogue, owner, member)
    return asked.kind != owner and same_column(owner, asked.kind or "", catalogue) and values <= single


def _single_values(dimension_id: str, catalogue: Catalogue) -> Iterator[Scalar]:
    """The values that are each one member of a dimension."""
    dimension = catalogue.get(dimension_id, Dimension)
    for member in dimension.members if dimension else ():
        values = anybodys_values(catalogue, dimension_id, member.id)
        yield from values if len(values) == 1 else ()


def _is_comparable(asked: Belonging, catalogue: Catalogue) -> bool:
    """Whether both are told by values of the same column, and are not the same."""
    one, other = asked.whole.partition(":")[0], (asked.part or "").partition(":")[0]
    return asked.whole != asked.part and same_column(one, other, catalogue)


def holds(asked: Belonging, catalogue: Catalogue, department: str | None) -> bool | None:
    """Whether the part belongs to the whole, as a department counts them; None where only some of it does, or where the
    pack does not say to what it belongs."""
    owner, _, member = asked.whole.partition(":")
    above = tuple(_above(asked.part or "", catalogue))
    if asked.whole in above:
        return True
    whole, part = (_values(key or "", catalogue, department) for key in (asked.whole, asked.part))
    if part <= whole:
        return True
    told = catalogue.member(owner, member)
    within_itself = (asked.part or "").startswith(f"{owner}:") and not above and not (told and told.values)
    return None if part & whole or within_itself else False


def _above(key: str, catalogue: Catalogue) -> Iterator[str]:
    """What a member is part of, one after the other."""
    dimension, _, member_id = key.partition(":")
    seen = {member_id}
    while (member := catalogue.member(dimension, member_id)) and member.parent and member.parent not in seen:
        member_id = member.parent
        seen.add(member_id)
        yield f"{dimension}:{member_id}"


def _values(key: str, catalogue: Catalogue, department: str | None) -> set[Scalar]:
    asset_id, _, member_id = key.partition(":")
    found = values_of(catalogue, asset_id, member_id, department)
    return set(found.values) if found else set()


def with_belonging(told: JsonObject, asked: Belonging, catalogue: Catalogue, department: str | None) -> JsonObject:
    """The entry of the whole, as somebody may see it, with what was asked of it."""
    if asked.part is None:
        return told | {"total": len(told["values"])}
    asset_id, _, member_id = asked.part.partition(":")
    name = catalogue.spellings(asset_id, member_id)[0]
    answer = {"id": asked.part, "name": name, "belongs": holds(asked, catalogue, department)}
    return told | {"asked_of": answer}
