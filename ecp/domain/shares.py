""" "share of A by place", "what percentage of A is from B", "A as a percentage of B": parts of a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES, AUXILIARIES, BE, CHANGES, FILLERS, SHARES
from ecp.domain.matching import targets_of
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.participles import is_participle
from ecp.domain.values import Value

_GIVEN_TO = frozenset({"contribution", "contribute"})
_WHERE = frozenset({"in", "for", "at", "from", "on", "and", "or"})
_BESIDE = frozenset({"their", "its", "with", "and"})
_BOTH_WAYS = frozenset({"absolute", "and", "number", "both"})
_OF_ALL = frozenset({"of", "the", "all", "total", "whole", "overall", "grand", "it", "them", "that"})
_OF_THE_PART = BE | {"from", "on", "by", "via", "through", "into", "to", "do", "doe", "did"}
_LINKS = AUXILIARIES | {"that", "which"}
_COPULAS = BE | {"be", "of"}
COMING = frozenset({"come", "came", "coming", "go", "goes", "goe", "went", "going", "spent"})
"""How the part of a sum is told: "what percentage of A comes from B"."""
_FLOWING = frozenset({"from", "to", "into", "on", "our", "the", "all"})
_MAKING_UP = frozenset({"represent", "represented", "constitute", "constituted", "comprise", "comprised"})
_PERFECT = frozenset({"has", "have", "had", "been", "we", "already"})


class Share(Value):
    """A part of a whole, as it was said. `words` are the token positions that this explains, `signs` those behind a
    percent sign. `parts` are the texts of the members that are the part (none: each group is one); `of` is the text
    of the whole, where that is another metric; `within` those of the groups of which each is a whole; `scale` is of
    how many of the other metric it is a quotient, and no part; `minus`: it is what is left without the other metric
    (`apart`: how far the two lie apart, whichever is higher), `plus`: what the two come to."""

    text: str
    words: tuple[int, ...]
    signs: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    of: str | None = None
    within: tuple[str, ...] = ()
    scale: int | None = None
    minus: bool = False
    plus: bool = False
    apart: bool = False


def find_share(intent: Intent, mentions: tuple[Mention, ...], left: Iterable[int]) -> Share | None:
    """The share that a question asks for, where it is clear of what; else its words stay without a place."""
    anchors = tuple(_anchors(intent, set(left)))
    if len(anchors) != 1:
        return None
    return _Finder(intent, mentions, *anchors[0]).share()


def _anchors(intent: Intent, left: set[int]) -> Iterator[tuple[int, int]]:
    """First and last position of each phrase for a share; a percent sign lies between two words."""
    words = [at for at in sorted(left) if intent.tokens[at].norm in SHARES and not _is_of_change(intent, at)]
    words = [at for at in words if at == words[0] or intent.norm(at) != "contribute"]  # "what share does A contribute"
    while words:
        first = last = words.pop(0)
        while words and words[0] == last + 1:
            last = words.pop(0)
        yield first, last
    for at in intent.related:
        named = intent.tokens[at].norm in SHARES  # "% share"
        percent = intent.text[: intent.tokens[at].start].rstrip().endswith("%")
        if percent and not named and not _is_of_change(intent, at - 1):
            yield at, at - 1


def behind_shares(intent: Intent) -> Iterator[int]:
    """The position of the first word of what something is told as a share of: "% of the plan"."""
    for at in range(len(intent.tokens) - 1):
        percent = intent.text[: intent.tokens[at].start].rstrip().endswith("%")
        if intent.tokens[at].norm == "of" and (percent or (at and intent.tokens[at - 1].norm in SHARES)):
            yield at + 1 + (intent.tokens[at + 1].norm in ARTICLES | {"our", "it", "their"})


def _is_of_change(intent: Intent, at: int) -> bool:
    near = (intent.tokens[i].norm for i in (at - 1, at + 1) if 0 <= i < len(intent.tokens))
    return any(norm in CHANGES for norm in near)


def with_whole(
    intent: Intent, mentions: tuple[Mention, ...], left: Iterable[int], catalogue: Catalogue
) -> tuple[Mention, ...]:
    """ "what share of cases were closed", where "cases were closed" is what is measured: the cases beside it, as the
    whole that these are a part of."""
    anchors, measured = tuple(_anchors(intent, set(left))), [m for m in mentions if m.role in MEASURED]
    if len(anchors) != 1 or len(measured) != 1:
        return mentions
    part, behind = measured[0], anchors[0][1] + 1
    first = next((at for at in range(behind, part.first) if intent.norm(at) not in _PASSED), part.first)
    if intent.norm(behind) != "of" or _tells_who(intent, part, mentions):
        return mentions
    part, own = part.model_copy(update={"first": first}), part
    for last in range(part.last - 1, own.first - 1, -1):
        whole = _noun(intent, part, last, catalogue)
        verb = next((at for at in range(last + 1, part.last + 1) if intent.norm(at) not in _LINKS), None)
        if whole and verb and is_participle(intent.tokens[verb].norm):
            rest = part.model_copy(update={"first": verb})
            inside = [m for m in mentions if first <= m.first and m.last < own.first]
            kept = (m for m in mentions if m not in inside)
            return tuple(each for m in kept for each in ((whole, rest) if m is own else (m,)))
    return mentions


def _tells_who(intent: Intent, part: Mention, mentions: tuple[Mention, ...]) -> bool:
    """ "closed by A", "closed because of A": said of the part alone, whose whole is then not told."""
    behind = (m for m in mentions if m.role in ("member", "excluded") and m.first > part.last)
    return any(intent.tokens[m.first - 1].norm not in _WHERE | ARTICLES for m in behind)


def _noun(intent: Intent, part: Mention, last: int, catalogue: Catalogue) -> Mention | None:
    """What the first words of a mention measure by themselves, in the same unit."""
    words = intent.tokens[part.first : last + 1]
    targets = tuple(t for t in targets_of(" ".join(w.norm for w in words), catalogue) if t.kind == "metric")
    found = [m for t in (*targets, *part.targets) if (m := catalogue.get(t.asset_id, Metric))]
    alike = len({m.unit for m in found}) == 1 and not any(m.is_stock for m in found)
    alike = alike and len(found) == len(targets) + len(part.targets)
    own = {t.asset_id for t in targets} - part.asset_ids
    text = intent.text[words[0].start : words[-1].end]
    return part.model_copy(update={"last": last, "targets": targets, "text": text}) if own and alike else None


@dataclass
class _Finder:
    intent: Intent
    mentions: tuple[Mention, ...]
    first: int
    last: int

    def share(self) -> Share | None:
        measured = [m for m in self.mentions if m.role in MEASURED]
        if len({m.targets for m in measured}) == 1 and not self._is_ratio():
            return self._of_itself(measured[0] if self._is_said_again(measured) else measured[-1])
        return self._of_another(*measured) if len(measured) == 2 else None

    def _is_said_again(self, measured: list[Mention]) -> bool:
        """ "what share of cases are A cases"."""
        between = [m for m in self.mentions if m.role == "member" and measured[0].last < m.first]
        return len(between) == 1 and between[0].last < measured[-1].first and self._of_behind(measured[0])

    def _made(self, parts: Iterable[Mention] = (), of: Mention | None = None, leading: tuple[int, ...] = ()) -> Share:
        words = range(self.first, self.last + 1)
        signs = (self.first,) if not words else ()
        told = " ".join(self.intent.tokens[at].text for at in words) or "%"
        texts = tuple(dict.fromkeys(m.text for m in parts))
        making = (at for at in range(self.last + 2, len(self.intent.tokens)) if self._makes_up(at))
        return Share(text=told, words=(*leading, *words, *making), signs=signs, parts=texts, of=of.text if of else None)

    def _of_another(self, one: Mention, other: Mention) -> Share | None:
        """ "A as a share of B", and "what share of B is A"."""
        members = [m for m in self.mentions if m.role == "member"]
        if any(
            m.asset_ids & n.asset_ids for m in members for n in members if m.last < self.first and n.first > self.last
        ):
            return None  # each of them has limits of its own
        if one.last < self.first and other.first > self.last and self._is_told_as(one) and self._of_behind(other):
            return self._made(of=other)
        between = {t.norm for t in self.intent.tokens[one.last + 1 : other.first]}
        if self._is_ratio():
            leads = self._of_behind(one) and "to" in between and between <= ARTICLES | {"to"}
            return self._made(of=other).model_copy(update={"scale": 1}) if leads else None
        if self._of_behind(one) and between <= ARTICLES | _COPULAS - {"of"} | _PERFECT | _LINKS:
            return self._made(of=one)
        if self._of_behind(one) and between & COMING and between <= ARTICLES | _LINKS | COMING | _FLOWING:
            coming = (at for at in range(one.last + 1, other.first) if self._norm(at) in COMING)
            return self._made(of=one, leading=tuple(coming))
        if self._of_behind(one) and "in" in between and between <= _PASSED:
            return self._made(of=other)
        return None

    def _makes_up(self, at: int) -> bool:
        """ "what share does A make up", "does A represent"."""
        return self._norm(at) in _MAKING_UP or (self._norm(at - 1), self._norm(at)) in (("make", "up"), ("made", "up"))

    def _is_told_as(self, part: Mention) -> bool:
        """ "A as a share of", "A % of"."""
        return self._as_before() or (not self._is_word() and part.last + 1 == self.first)

    def _as_before(self) -> bool:
        """ "as a percentage", "in absolute and percentage numbers"."""
        before = [t.norm for t in self.intent.tokens[: self.first] if t.norm not in ARTICLES]
        while before[-1:] and before[-1] in _BOTH_WAYS:
            before.pop()
        return before[-1:] in (["as"], ["in"])

    def _of_behind(self, mention: Mention) -> bool:
        """Whether "of" and at most members and times lead from the share to what it is of."""
        named = {at for m in self.mentions for at in range(m.first, m.last + 1)}
        named |= {at for t in self.intent.times for at in range(t.first, t.last + 1)}
        members = [m for m in self.mentions if m.role == "member" and self.last < m.first < mention.first]
        listed = [pair for pair in pairwise(members) if self._is_listed(*pair)]
        named |= {at for one, other in listed for at in range(one.last, other.first)}
        between = [self._norm(at) for at in range(self.last + 1, mention.first) if at not in named]
        leads = {"of"} if self._norm(self.last) not in _GIVEN_TO or not self._is_word() else {"of", "to"}
        behind = mention.first > self.last and self._norm(self.last + 1) in leads
        return behind and all(n in _PASSED for n in between)

    def _is_ratio(self) -> bool:
        return self._is_word() and self._norm(self.last) == "ratio"

    def _is_word(self) -> bool:
        return self.first <= self.last

    def _norm(self, at: int) -> str:
        return self.intent.norm(at)

    def _of_itself(self, metric: Mention) -> Share | None:
        """Of one metric: the groups it is cut by, or members."""
        leading: tuple[int, ...] = ()
        groups = [m for m in self.mentions if m.role == "group"]
        members = [m for m in self.mentions if m.role == "member"]
        before = [m for m in members if m.last < self.first]
        touching = [m for m in before if self._touches(m) or self._as_before()]
        touching = self._listed_with(touching, before)
        if self._of_behind(metric):
            inner = [m for m in members if self.last < m.first and self._leads_in(m, metric)]
            behind = [m for m in members if m.first > metric.last]
            told = self._listed_with([m for m in behind if self._tells_which(m, metric)], behind)
            kinds = self._kinds_within(metric, members, groups)
            if kinds and self._is_done(metric):
                return None
            parts = inner or touching or told or kinds
            parts = parts or ([] if groups else behind or before or self._kinds_of(metric, members))
        elif metric.last < self.first and (metric.last + 1 == self.first or self._as_before()):
            parts = touching or ([] if groups else [m for m in members if m.first > self.last] or before)
        elif leading := self._fronted(metric):
            parts = [m for m in members if m.first > self.last]
        elif self._each_of(groups, metric) or self._theirs(groups, metric):
            return self._made()
        else:
            return None
        if any(m.asset_ids & p.asset_ids for p in parts for m in members if m not in parts):
            return None
        return self._made(parts, leading=leading) if self._is_one(parts) or (groups and not parts) else None

    def _fronted(self, metric: Mention) -> tuple[int, ...]:
        """ "(Out) of all A, what share …": the positions of what leads in a whole that is told first."""
        named = {at for m in self.mentions for at in range(m.first, m.last + 1)}
        before = metric.first - 1
        while before >= 0 and (before in named or self._norm(before) in _PASSED - {"of"}):
            before -= 1
        if metric.last > self.first or before < 0 or self._norm(before) != "of":
            return ()
        return (before - 1, before) if before and self._norm(before - 1) == "out" else (before,)

    def _touches(self, mention: Mention) -> bool:
        """ "the A share of": the member right before."""
        return mention.last + 1 == self.first

    def _listed_with(self, some: list[Mention], members: list[Mention]) -> list[Mention]:
        """ "A and B's share", "from A and B": these and what is told in one list with them."""
        found = {m.first for m in some}
        listed = [pair for pair in pairwise(members) if self._is_listed(*pair)]
        for one, other in (*reversed(listed), *listed):
            if {one.first, other.first} & found:
                found |= {one.first, other.first}
        return [m for m in members if m.first in found]

    def _is_listed(self, one: Mention, other: Mention) -> bool:
        between = {t.norm for t in self.intent.tokens[one.last + 1 : other.first]}
        gap = self.intent.gap(one.last, other.first)
        joined = between <= _JOINING and (bool(between - {"the"}) or "," in gap)
        return joined and bool(one.asset_ids & other.asset_ids)

    def _tells_which(self, member: Mention, metric: Mention) -> bool:
        """ "came from A", "is A", "on A": said of the part; "in A" is where both are."""
        between = [n for n in (self._norm(at) for at in range(metric.last + 1, member.first)) if n not in ARTICLES]
        return bool(between) and (between[-1] in _OF_THE_PART or bool(set(between) & BE))

    def _leads_in(self, member: Mention, metric: Mention) -> bool:
        """ "the share of A in what is measured"."""
        between = {t.norm for t in self.intent.tokens[member.last + 1 : metric.first]}
        return member.last < metric.first and bool(between & {"in", "to", "of"})

    def _kinds_of(self, metric: Mention, members: list[Mention]) -> list[Mention]:
        """ "the percentage of A cases": of all cases; of A cases that were closed it would be another part."""
        done = self._is_done(metric)
        return [m for m in members if m.last + 1 == metric.first] if len(members) == 1 and not done else []

    def _is_done(self, metric: Mention) -> bool:
        words = range(metric.first, metric.last + 1)
        return any(self._norm(at) in BE or is_participle(self._norm(at)) for at in words)

    def _kinds_within(self, metric: Mention, members: list[Mention], groups: list[Mention]) -> list[Mention]:
        """ "which place has the highest share of A cases", "the percentage of A cases by place": of all cases of each
        place. Where a place accounts for a share, or a share comes from it, it is a part of all A cases."""
        near = metric.first - 1
        near -= sum(m.last - m.first + 1 for m in self.mentions if m.role == "descriptor" and m.last == near)
        own = [m for m in members if self.last < m.first and m.last == near]
        parts = self._listed_with(own, [m for m in members if self.last < m.first < metric.first])
        alike = any(g.asset_ids & p.asset_ids for g in groups for p in parts)
        return parts if groups and not alike and all(self._has_it(g, metric) for g in groups) else []

    def _has_it(self, group: Mention, metric: Mention) -> bool:
        """ "which place has the highest", "by place", "for each place"."""
        if group.last < self.first:
            at = next((i for i in range(group.last + 1, self.first) if self._norm(i) in _HAVING), None)
            cut = self._norm(self.intent.before(group.first - 1, _EACH)) in _CUTTING
            return at is not None or cut
        between = range(metric.last + 1, group.first)
        leads = self._norm(self.intent.before(group.first - 1, _EACH)) in _CUTTING
        return leads and not any(self._norm(at) in BE or self._norm(at) in _COMING for at in between)

    def _each_of(self, groups: list[Mention], metric: Mention) -> bool:
        """ "the contribution of each place to what is measured"."""
        behind = [m for m in groups if self.last < m.first < metric.first]
        return bool(behind) and any(self._norm(at) in ("to", "in") for at in range(behind[-1].last, metric.first))

    def _theirs(self, groups: list[Mention], metric: Mention) -> bool:
        """ "the first of them and their share (of the total)", "by place, % of the total", "A and its share by place":
        each of the groups."""
        end = self.last + 1
        while end < len(self.intent.tokens) and self._norm(end) in _OF_ALL:
            end += 1
        of_all = end == self.last + 1 or self._norm(self.last + 1) == "of"
        named = any(m.first > self.last and m.role != "group" for m in self.mentions)
        apart = set(self.intent.gap(self.first - 1, self.first)) & {",", "("}
        beside = metric.last < self.first and (self._norm(self.first - 1) in _BESIDE or bool(apart))
        return bool(groups) and beside and of_all and not named

    @staticmethod
    def _is_one(parts: list[Mention]) -> bool:
        """Members of one dimension are one part; of several, which is the part and which the whole is not told."""
        shared = set.intersection(*(m.asset_ids for m in parts)) if parts else set[str]()
        return bool(shared)


_JOINING = frozenset({"and", "or", "the", "vs", "versus"})
_HAVING = frozenset({"have", "has", "had", "with", "see", "saw", "show"})
_EACH = ARTICLES | {"each", "every", "our"}
_CUTTING = frozenset({"by", "per", "for", "in", "across", "within"})
_COMING = frozenset({"come", "came", "coming"})
_PASSED = ARTICLES | FILLERS | {"of", "in", "to", "our", "your", "their", "my"}
