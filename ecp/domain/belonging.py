"""Questions for what belongs to a member, where the whole of the question says nothing else: how many of a kind are in
it, whether another member is, and which members it belongs to itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from ecp.domain.assets import Dimension, Entity, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.entries import is_denied
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
_IN_WHICH = (
    re.compile(rf"(?:which|what) {_KIND} (?:is|are) {_PART} (?:counted |included )?{_INSIDE}{_FOR}"),
    re.compile(
        rf"(?:in|to|under|within) (?:which|what) {_KIND} (?:is|are|do|doe) {_PART}"
        rf"(?: (?:belong|fall|count|counted|included|located))?{_FOR}"
    ),
    re.compile(rf"(?:which|what) {_KIND} (?:do|doe) {_PART} {_BELONGING}{_FOR}"),
    re.compile(rf"(?:which|what) {_KIND} {_CONTAINING} {_PART}{_FOR}"),
    re.compile(rf"what (?:is|are) (?:the )?{_KIND} (?:of|for) {_PART}{_FOR}"),
    re.compile(rf"what {_KIND} (?:is|are) {_PART}{_FOR}"),
)
_PART_OF_WHAT = re.compile(rf"(?:what|which) (?:is|are) {_PART} part of{_FOR}")


class Belonging(Value):
    """What is asked of the member `whole`, by its key: how many of the dimension `kind` are in it, or whether the
    member `part` is. Without a `whole`, which members the `part` is in: of the dimension `kind`, or any."""

    whole: str | None = None
    kind: str | None = None
    part: str | None = None

    @property
    def subject(self) -> str:
        """The member that is told."""
        return self.whole or self.part or ""

    @property
    def beside(self) -> tuple[str, ...]:
        """What else is needed to tell it."""
        return tuple(i for i in (self.part, None if self.whole else self.kind) if i)


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
        for found in self.read((*_IN_WHICH, _PART_OF_WHAT)):
            kinds = self._dimensions(found) if "kind" in found.groupdict() else {None}
            ways = {Belonging(kind=k, part=p) for p in self._members(found, "part") for k in kinds}
            if asked := self._only(found, {b for b in ways if _is_in_something(b, self.catalogue)}):
                return asked
        return None

    def _only(self, found: re.Match[str], ways: set[Belonging]) -> Asked | None:
        """The only way to take it, as the department counts that is named, where one with a way of its own is."""
        if len(ways) != 1:
            return None
        asked, whose = ways.pop(), self.department(found)
        own = {normal_form(i) for i in whose.asset_ids} if whose else set[str]()
        if found["who"] and not own & {normal_form(d) for d in _counting_by_themselves(asked, self.catalogue)}:
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
        counted = found["kind"].split()[-1]
        if any(counted in names_of(m) | {*normal_form(m.unit or "").split()} for m in self.catalogue.of_kind(Metric)):
            return set()
        return self._dimensions(found)

    def _dimensions(self, found: re.Match[str]) -> set[str]:
        targets = targets_of(found["kind"], self.catalogue, joined=False)
        if not all(t.kind in ("dimension", "entity") and not t.member for t in targets):
            return set()
        return {d for t in targets if (d := _dimension_of(t, self.catalogue))}


def _counting_by_themselves(asked: Belonging, catalogue: Catalogue) -> tuple[str, ...]:
    """The departments that have a way of their own to count what it may belong to, or what is asked of itself."""
    keys = [key for key in (asked.whole, asked.part) if key]
    keys += [] if asked.whole else [key for i in _kinds_of(asked, catalogue) for key in _members_of(i, catalogue)]
    members = (catalogue.member(i, m) for i, _, m in (key.partition(":") for key in keys))
    found = (d for m in members if m for v in m.variations for d in v.departments)
    return tuple(dict.fromkeys(catalogue.departments.get(normal_form(d), d) for d in found))


def _kinds_of(asked: Belonging, catalogue: Catalogue) -> tuple[str, ...]:
    """The dimensions that the part may belong to a member of."""
    own = (asked.part or "").partition(":")[0]
    named = (asked.kind,) if asked.kind else (d.id for d in catalogue.of_kind(Dimension))
    return tuple(i for i in named if i == own or same_column(i, own, catalogue))


def _members_of(dimension_id: str, catalogue: Catalogue) -> Iterator[str]:
    dimension = catalogue.get(dimension_id, Dimension)
    yield from (f"{dimension_id}:{m.id}" for m in (dimension.members if dimension else ()))


def _is_in_something(asked: Belonging, catalogue: Catalogue) -> bool:
    """Whether anybody counts it to something."""
    departments = (None, *_counting_by_themselves(asked, catalogue))
    return any(True for d in departments for _ in _belongs_to(asked, catalogue, d))


def _belongs_to(asked: Belonging, catalogue: Catalogue, department: str | None) -> Iterator[str]:
    """The members that the part belongs to, as a department counts them; what has the very same values is its other
    name, where no kind was named."""
    own = _values(asked.part or "", catalogue, department)
    for key in (key for i in _kinds_of(asked, catalogue) for key in _members_of(i, catalogue)):
        alike = asked.kind is None and _values(key, catalogue, department) == own
        if key != asked.part and not alike and holds(Belonging(whole=key, part=asked.part), catalogue, department):
            yield key


def _dimension_of(target: Target, catalogue: Catalogue) -> str | None:
    entity = catalogue.get(target.asset_id, Entity)
    return entity.dimension if entity else target.asset_id


def _is_made_up_of(asked: Belonging, catalogue: Catalogue) -> bool:
    """Whether the pack says of what the member consists, and all of it is of the kind: of parts that it only lists
    there may be more."""
    owner, _, member = asked.subject.partition(":")
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
    one, other = asked.subject.partition(":")[0], (asked.part or "").partition(":")[0]
    return asked.whole != asked.part and same_column(one, other, catalogue)


def holds(asked: Belonging, catalogue: Catalogue, department: str | None) -> bool | None:
    """Whether the part belongs to the whole, as a department counts them; None where only some of it does, or where the
    pack does not say to what it belongs."""
    owner, _, member = asked.subject.partition(":")
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


def with_belonging(
    told: JsonObject, asked: Belonging, catalogue: Catalogue, department: str | None, denied: Collection[str] = ()
) -> JsonObject:
    """The entry of what is asked about, as somebody may see it, with what was asked of it and the departments that
    count otherwise."""
    if asked.part is None:
        return told | {"total": len(told["values"])}
    answer = _answered(asked, catalogue, department, denied)
    counted = {d: _answered(asked, catalogue, d, denied) for d in _counting_by_themselves(asked, catalogue)}
    others = [{"department": d} | told for d, told in counted.items() if told != answer]
    named: JsonObject = {"id": asked.part, "name": _name(asked.part, catalogue)}
    return told | {"asked_of": named | answer | {"by_department": others}}


def _answered(asked: Belonging, catalogue: Catalogue, department: str | None, denied: Collection[str]) -> JsonObject:
    if asked.whole:
        return {"belongs": holds(asked, catalogue, department)}
    found = (key for key in _belongs_to(asked, catalogue, department) if not is_denied(key, denied))
    return {"belongs_to": [{"id": key, "name": _name(key, catalogue)} for key in found]}


def _name(key: str, catalogue: Catalogue) -> str:
    asset_id, _, member_id = key.partition(":")
    return catalogue.spellings(asset_id, member_id)[0]
