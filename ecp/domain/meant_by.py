"""Questions for what several departments mean by a word, and whether they mean the same, where the whole of the
question says nothing else: "how do X and Y define A", "does X count A otherwise than Y"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from ecp.domain.assets import Dimension, Entity
from ecp.domain.catalogue import Catalogue
from ecp.domain.entries import described, is_denied
from ecp.domain.intent import Intent
from ecp.domain.matching import METRIC, Target, targets_of
from ecp.domain.members import Scalar, values_of
from ecp.domain.mentions import Mention
from ecp.domain.sentences import Sentence
from ecp.domain.values import JsonObject, Value

_WHO = r"(?:the )?(?P<who>\S+(?: \S+){0,3}?)(?: department| team)?"
_OTHER = r"(?:the )?(?P<other>\S+(?: \S+){0,3}?)(?: department| team)?"
_BOTH = rf"(?:both )?{_WHO} (?:and|or|versus|vs) {_OTHER}"
_WHAT = r"(?:the |our |a |an |term |word )*(?P<what>.+?)"
_SAME = r"(?:in )?(?:the |a |something )?(?:same|different|differently|otherwise|other|alike|similarly|identically)"
_ALIKE = rf"(?: {_SAME}(?: way| thing| meaning| definition)?)"
_DEFINE = (
    r"(?:define|defined|calculate|calculated|compute|computed|measure|measured|count|counted|determine|understand|"
    r"understood|use|see|mean by|mean with|understand by|call|mean)"
)
_THAN = r"(?:than|from|to|as|like|compared to|compared with)"
_MEANING = r"(?:definition|meaning|calculation|understanding|view)"
_OF_BOTH = (
    re.compile(rf"(?:how|what) (?:do|doe) {_BOTH} {_DEFINE} {_WHAT}{_ALIKE}?"),
    re.compile(rf"(?:do|doe) {_BOTH} {_DEFINE} {_WHAT}{_ALIKE}"),
    re.compile(rf"(?:do|doe) {_BOTH} {_DEFINE}{_ALIKE} (?:by |with )?{_WHAT}"),
    re.compile(rf"(?:do|doe) {_BOTH} (?:have|use){_ALIKE} (?:of|for) {_WHAT}"),
    re.compile(rf"(?:do|doe) {_WHO} {_DEFINE} {_WHAT}{_ALIKE} {_THAN} {_OTHER}(?: do| doe)?"),
    re.compile(rf"how (?:is|are) {_WHAT} {_DEFINE}{_ALIKE}? (?:for|by|in|at|between) {_BOTH}"),
    re.compile(rf"(?:is|are) {_WHAT}(?P<of> {_DEFINE})?{_ALIKE} (?:for|by|in|at|to|between) {_BOTH}"),
    re.compile(rf"(?:do|doe) {_WHAT} mean{_ALIKE} (?:for|to|in|at|between) {_BOTH}"),
    re.compile(rf"how (?:do|doe) (?:the )?(?P<of>{_MEANING} of )?{_WHAT} differ (?:between|for|across|among) {_BOTH}"),
    re.compile(rf"(?:what (?:is|are) )?(?:the )?{_MEANING} of {_WHAT} (?:for|by|in|to|according to) {_BOTH}"),
)
_DEPARTMENTS = r"(?:(?:the|our|all|different|other|various|which|what) )*(?:department|team|function)"
_DIFFER = r"(?:differ|vary) (?:by|between|across|among|from)"
_OF_ALL = (
    re.compile(rf"how (?:do|doe) {_DEPARTMENTS} {_DEFINE} {_WHAT}{_ALIKE}?"),
    re.compile(rf"(?:do|doe) {_DEPARTMENTS} {_DEFINE} {_WHAT}{_ALIKE}"),
    re.compile(rf"(?:who|{_DEPARTMENTS}) {_DEFINE} {_WHAT}{_ALIKE}"),
    re.compile(
        rf"(?:how )?(?:do|doe) (?:the )?(?P<of>{_MEANING} of )?{_WHAT} {_DIFFER} {_DEPARTMENTS}(?: to department)?"
    ),
    re.compile(rf"(?:is|are) {_WHAT}(?P<of> {_DEFINE})?{_ALIKE} (?:for|by|in|across) {_DEPARTMENTS}"),
)


class MeantBy(Value):
    """The departments whose meanings are asked for: none named, all that have one of their own."""

    departments: tuple[str, ...] = ()


class Asked(NamedTuple):
    meant: MeantBy
    mention: Mention


def asked_of_meanings(intent: Intent, catalogue: Catalogue) -> Asked | None:
    """None where the question says anything else, or names what is no department or nothing that one may mean."""
    return _Sentence(intent, catalogue).asked() if intent.tokens and catalogue.departments else None


class _Sentence(Sentence):
    def asked(self) -> Asked | None:
        for found in self.read(_OF_BOTH):
            whose = tuple(self.catalogue.departments.get(found[gap], "") for gap in ("who", "other"))
            named = [t for gap in ("who", "other") for t in targets_of(found[gap], self.catalogue)]
            apart = all(t.kind != "member" for t in named)
            if all(whose) and len(set(whose)) == len(whose) and (what := self._what(found, apart=apart)):
                return Asked(MeantBy(departments=whose), what)
        for found in self.read(_OF_ALL):
            if what := self._what(found, apart=False):
                return Asked(MeantBy(), what)
        return None

    def _what(self, found: re.Match[str], *, apart: bool) -> Mention | None:
        """What is measured, or one member of a dimension. How a number differs by department, or between two that are
        not told `apart` from what it is cut by, is no question of its meaning, where that is not said."""
        targets = targets_of(found["what"], self.catalogue)
        number = "of" in found.groupdict() and not found["of"] and not apart
        if number and any(t.kind in METRIC for t in targets):
            return None
        if targets and all(t.kind in METRIC for t in targets):
            return self.mention(found, "what", "metric", targets)
        member = the_member(targets, self.catalogue)
        return self.mention(found, "what", "member", (member,)) if member else None


def the_member(targets: Iterable[Target], catalogue: Catalogue) -> Target | None:
    """The only member of a dimension that is called so; none where anything else is, but a thing that is this
    member."""
    named = tuple(targets)
    members = [t for t in named if t.kind == "member" and catalogue.get(t.asset_id, Dimension)]
    things = (catalogue.get(t.asset_id, Entity) for t in named if t not in members)
    if len(members) != 1 or not all(e is not None and e.dimension == members[0].asset_id for e in things):
        return None
    return members[0]


def counting_by_themselves(key: str, catalogue: Catalogue) -> tuple[str, ...]:
    """The departments that have a way of their own to count a member."""
    dimension, _, member_id = key.partition(":")
    member = catalogue.member(dimension, member_id)
    return tuple(dict.fromkeys(d for v in (member.variations if member else ()) for d in v.departments))


def with_meanings(told: JsonObject, meant: dict[str, str], catalogue: Catalogue, denied: Collection[str]) -> JsonObject:
    """An answer with what each department means, by the metric or by the values of the member, and whether that is the
    same; without what may not be seen, of which it is not told whether it is."""
    seen = {d: key for d, key in meant.items() if not is_denied(key, denied)}
    each = [{"department": d} | _told(d, key, catalogue, denied) for d, key in seen.items()]
    same = len({_as_counted(d, key, catalogue) for d, key in meant.items()}) == 1
    return told | {"meant_by": each, "same": same if len(seen) == len(meant) else None}


def _told(department: str, key: str, catalogue: Catalogue, denied: Collection[str]) -> JsonObject:
    if ":" not in key:
        return {"metric": key, "name": catalogue.assets[key].name}
    entry = described(key, catalogue, denied, department)
    return {"values": entry["values"], "consists_of": entry["consists_of"]}


def _as_counted(department: str, key: str, catalogue: Catalogue) -> tuple[str, frozenset[Scalar]]:
    asset_id, _, member_id = key.partition(":")
    found = values_of(catalogue, asset_id, member_id, department) if member_id else None
    return key, frozenset(found.values if found else ())
