"""What is listed together is of one kind. Members that are called in a list as its other members are: "each plan
(Basic, Gold)", where Gold is a kind of customer and the plan is called Gold plan; and members listed with a number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from ecp.domain.assets import Dimension
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of, is_measured
from ecp.domain.forms import measures
from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES, BE, LIST_WORDS, SHARES
from ecp.domain.matching import CUT, METRIC, Match, Target, targets_of
from ecp.domain.words import normal_form

_JOINING = LIST_WORDS | ARTICLES | {"vs", "versus"}
_LEADING = ARTICLES | {"for", "of", "in", "at", "like", "e.g"}
_LISTING = frozenset(",;/|&")
_RATIO = frozenset({"ratio"})
_SET_SIDE_BY_SIDE = frozenset("&/+")


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


def of_one_kind(
    intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue
) -> tuple[tuple[Span, ...], frozenset[int]]:
    """ "open and closed cases", "cases closed, open or on hold", where closed cases are a number of their own and cases
    may be Open and Closed as well: a number of each, or cases limited to all of these, and never closed cases that are
    open. With the positions of members that are neither."""
    parts = any(t.norm in SHARES - _RATIO for t in intent.tokens) or bool(intent.related)
    lost: set[int] = set()
    for row in () if cues_of(spans, "exclude") else _rows(intent, spans):
        listed = _Listed(intent, row, catalogue)
        if not listed.is_mixed:
            continue
        made = (listed.as_members() or listed.as_numbers()) if parts else (listed.as_numbers() or listed.as_members())
        lost |= set() if made else {at for s in row if _has_members(s) for at in range(s.first, s.last + 1)}
        spans = tuple(sorted((s for own in spans for s in made.get(own, (own,))), key=lambda s: s.first))
    return spans, frozenset(lost)


def _has_members(span: Span) -> bool:
    """Whether it names members, and no number."""
    named = isinstance(span.value, Match) and any(t.kind == "member" for t in span.value.targets)
    return named and not is_measured(span)


def _rows(intent: Intent, spans: tuple[Span, ...]) -> Iterator[list[Span]]:
    """Members and numbers in a list, two and more, with a word or more than commas between them."""
    row: list[Span] = []
    joined = False
    compared = {at for c in cues_of(spans, "compare") for at in range(c.first, c.last + 1)}
    for span in (s for s in spans if s.first not in compared):
        named = _has_members(span) or is_measured(span)
        sign = _sign_between(intent, compared, row[-1], span) if named and row else ""
        if not sign:
            yield from [row] * joined
            row, joined = [], False
        joined = joined or sign == "and"
        row = [*row, span] if named else []
    yield from [row] * joined


def _joining(intent: Intent) -> frozenset[str]:
    """ "A and B", and "the ratio of A to B"."""
    return LIST_WORDS | ({"to"} if any(t.norm in _RATIO for t in intent.tokens) else set())


def _sign_between(intent: Intent, compared: set[int], one: Span, other: Span) -> str:
    """What joins two of a list; nothing where they are none. `compared`: where words for a comparison stand."""
    between = {intent.norm(at) for at in range(one.last + 1, other.first) if at not in compared}
    cued = not compared.isdisjoint(range(one.last + 1, other.first))
    signs = set(intent.gap(one.last, other.first))
    joining = _joining(intent)
    if not between <= joining | ARTICLES | BE:
        return ""
    if between & joining or signs & _SET_SIDE_BY_SIDE or cued:
        return "and"
    return "," if signs & _LISTING else ""


@dataclass(frozen=True)
class Apart:
    """A number's name as a word for some of them, which may name members, and the noun for all of them."""

    head: str
    noun: str
    members: frozenset[Target]

    @property
    def dimensions(self) -> set[str]:
        return {t.asset_id for t in self.members}


def taken_apart(form: str, catalogue: Catalogue) -> Iterator[Apart]:
    """ "open cases", "cases open", where cases are measured, too."""
    words = form.split()
    for at in range(1, len(words)):
        one, other = " ".join(words[:at]), " ".join(words[at:])
        for head, noun in ((one, other), (other, one)):
            if measures(noun, catalogue):
                members = (t for t in targets_of(head, catalogue) if t.kind == "member")
                yield Apart(head, noun, frozenset(members))


def number_of_those(word: str, noun: str, catalogue: Catalogue) -> str | None:
    """What the number of some of them is called: "open cases", else "cases open"."""
    return next((f for f in (f"{word} {noun}", f"{noun} {word}") if measures(f, catalogue)), None)


@dataclass(frozen=True)
class _Listed:
    intent: Intent
    row: list[Span]
    catalogue: Catalogue

    @property
    def is_mixed(self) -> bool:
        """Whether members stand beside numbers of some of what is counted or measured: joined to them by a word, or
        called so as well."""
        numbers = [s for s in self.row if not _has_members(s)]
        beside = any(self._stand_together(*pair) for pair in pairwise(self.row))
        return beside and all(any(self._apart(s)) for s in numbers)

    def _stand_together(self, one: Span, other: Span) -> bool:
        if _has_members(one) == _has_members(other):
            return False
        member, number = (one, other) if _has_members(one) else (other, one)
        ids = _ids(member.value) if isinstance(member.value, Match) else set[str]()
        joined = any(self.intent.norm(at) in _joining(self.intent) for at in range(one.last + 1, other.first))
        return joined or any(a.dimensions & ids for a in self._apart(number))

    def as_numbers(self) -> dict[Span, tuple[Span, ...]]:
        """Each as the number that is called so with the noun of the others; none where one of them has no number."""
        nouns = sorted({a.noun for s in self.row if not _has_members(s) for a in self._apart(s)})
        made: dict[Span, tuple[Span, ...]] = {}
        for span in (s for s in self.row if _has_members(s)):
            word = self.intent.form(span.first, span.last)
            form = next((f for n in nouns if (f := number_of_those(word, n, self.catalogue))), None)
            if form is None:
                return {}
            made[span] = (self._named(span, span.first, span.last, form, METRIC),)
        return made

    def as_members(self) -> dict[Span, tuple[Span, ...]]:
        """Each as a member of the one dimension that has all of them, of the number that the noun stands for."""
        apart = {s: self._some_of_all(s) for s in self.row if not _has_members(s)}
        ids = [_ids(s.value) for s in self.row if s not in apart and isinstance(s.value, Match)]
        ids += [a.dimensions if a else set() for a in apart.values()]
        if not set.intersection(*ids) or len({a.noun for a in apart.values() if a}) != 1:
            return {}
        return {s: tuple(self._parts(s, a)) for s, a in apart.items() if a}

    def _some_of_all(self, span: Span) -> Apart | None:
        """ "open cases" as those of all cases that are open; None where cases are just the open ones."""
        own = _ids(span.value) if isinstance(span.value, Match) else set[str]()
        apart = (a for a in self._apart(span) if a.members)
        return next((a for a in apart if own.isdisjoint(t.asset_id for t in targets_of(a.noun, self.catalogue))), None)

    def _parts(self, span: Span, apart: Apart) -> Iterator[Span]:
        for form, kinds in ((apart.head, frozenset({"member"})), (apart.noun, METRIC)):
            length = len(form.split())
            starts = range(span.first, span.last + 2 - length)
            first = next((at for at in starts if self.intent.form(at, at + length - 1) == form), None)
            if first is not None:
                yield self._named(span, first, first + length - 1, form, kinds)

    def _named(self, span: Span, first: int, last: int, form: str, kinds: frozenset[str]) -> Span:
        targets = tuple(t for t in targets_of(form, self.catalogue) if t.kind in kinds)
        return replace(span, first=first, last=last, value=Match(first=first, last=last, form=form, targets=targets))

    def _apart(self, span: Span) -> Iterator[Apart]:
        yield from taken_apart(span.value.form, self.catalogue) if isinstance(span.value, Match) else ()
