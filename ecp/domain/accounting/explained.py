"""Words that are explained by their neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecp.domain.accounting.account import Account, takes_time
from ecp.domain.assets import Dimension, Metric
from ecp.domain.changes import words_of_becoming, words_of_growth
from ecp.domain.forms import counts_itself, counts_people, is_under_way, names_of
from ecp.domain.language import (
    ABOUT_TIMES,
    ADDED_UP,
    AGGREGATES,
    ARTICLES,
    ARTICLES_AND_PREPOSITIONS,
    AUXILIARIES,
    AVERAGES,
    BE,
    CHANGES,
    COME_TO_AN_END,
    COMING_UP,
    COMPARATIVES,
    CORRESPONDING,
    CUTTING,
    DISTINCT,
    HOW_MUCH,
    KINDS,
    MONEY,
    MONEY_OR_SHARE,
    NEGATIONS,
    NEWEST,
    OF_TIME,
    PARTICLES,
    PERCENTAGES,
    PERSONS,
    POPULATIONS,
    QUANTITIES,
    SIZES,
    SPEEDS,
    SUPERLATIVES,
    TIME_UNITS,
    UNDER_WAY,
    UNDERTAKINGS,
    VARYING,
)
from ecp.domain.mentions import MEASURED, METRIC, Mention
from ecp.domain.numbers import NumberFilter
from ecp.domain.of_which import called_so
from ecp.domain.rankings import count_at
from ecp.domain.roles import ABOUT_A_DEPARTMENT
from ecp.domain.two_sides import verbs_of_their_kind
from ecp.domain.units import is_same_unit
from ecp.domain.words import normal_form

_DIVIDED = NEGATIONS | {"and", "or", "minus", "plus"}
_LISTED = frozenset(",;/")
_ALL_OURS = frozenset({"all", "the", "our", "my"})
_ACROSS = frozenset({"across", "over"})
_OF_THEM = frozenset({"to", "of", "on", "across", "over"})
_SEPARATELY = frozenset({"separately", "individually"})
_ORDERED = frozenset({"sorted", "ordered", "arranged", "sort", "order"})
_IN_TIME = frozenset({"chronological", "chronologically"})
_OF_A_PLACE = frozenset({"in", "from", "at", "on"})
_BETWEEN_NAMES = ARTICLES | {"of", "all", "each", "every", "our", "those"}
_ASKING_FOR_EACH = frozenset({"each", "every", "by", "per", "which", "what"})
_ASKING_WHICH = frozenset({"which", "who"})
_SO_MUCH = frozenset({"much", "most", "least", "more", "less"})
_COUNTED = frozenset({"count", "number"})
_EVER = frozenset({"lifetime", "historical", "historic"})
_ITS = frozenset({"its", "it"})
_OURS = frozenset({"our", "the", "this"})
_OF_A_WHOLE = frozenset({"of", "in", "on", "across", "for", "within"})
_AT_THE_END = frozenset({"closing", "ending"})
_IDENTITIES = frozenset({"name", "id", "identifier", "code"})
_FIGURES = frozenset({"number", "term", "figure", "value"})
_FROM = frozenset({"from", "to", "by", "of", "among"})


@dataclass(frozen=True)
class Explained(Account):
    """Each answers the positions of words that need no place of their own."""

    def _growth_of_members(self, found: set[int]) -> set[int]:
        """ "growth in A vs B": how much A is above B tells nothing of it."""
        apart = self._of("compared") and not (self._of("target") or self._times("comparison"))
        return set(words_of_growth(self.intent, found)) if apart else set()

    def _words_about_departments(self) -> Iterator[int]:
        """ "as that team sees it": words that only say that a department is meant."""
        for mention in self._of("department"):
            team = self._norm(mention.last + 1) in ABOUT_A_DEPARTMENT  # "from that team's perspective"
            near = (mention.first - 2, mention.first - 1, mention.last + 1, mention.last + 1 + team)
            yield from (at for at in near if self._norm(at) in ABOUT_A_DEPARTMENT)

    def _words_about_times(self) -> Iterator[int]:
        """ "the period Q4": words that only say that a time is meant; "this time last month" is as far into it."""
        for span in self._times("time"):
            near = (at for at in (span.first - 1, span.last + 1) if self._norm(at) in ABOUT_TIMES)
            yield from (at for at in near if self._norm(at - 1) != "this")

    def _units(self) -> Iterator[int]:
        """ "over 100 cases", "in cases", "how many tons", where what is measured is told in these; "over 5 times"."""
        bounded = {s.last + 1 for s in self.spans if isinstance(s.value, NumberFilter)}
        for at in range(len(self.intent.tokens)):
            for last in (at, at + 1):
                told = at in bounded or self._norm(at - 1) == "in" or self._norm(last + 1) in CHANGES
                own = any(self._is_told_in(m, at, last) for m in self._metrics)
                if own and (told or self._asks_how_many(at, last)):
                    yield from range(at, last + 1)
            if at in bounded and not self._units_measured & MONEY_OR_SHARE and self._is_times(at):
                yield at

    def _is_told_in(self, metric: Metric, first: int, last: int) -> bool:
        return last < len(self.intent.tokens) and is_same_unit(metric.unit or "", self.intent.form(first, last))

    def _asks_how_many(self, first: int, last: int) -> bool:
        """ "how many tons of it are there", of what is told in tons alone, and not piece by piece."""
        measures = not {self._norm(at) for at in range(first, last + 1)}.isdisjoint(QUANTITIES | TIME_UNITS)
        alone = all(self._is_told_in(m, first, last) for m in self._metrics)
        return measures and alone and self.intent.pair_before(first) == ("how", "many")

    def _money(self) -> Iterator[int]:
        """ "spent the most money", of what is told in money."""
        units = self._units_measured
        words = range(1, len(self.intent.tokens) if units and units <= MONEY else 0)
        yield from (at for at in words if self._norm(at) == "money" and self._norm(at - 1) in _SO_MUCH)

    def _how_often(self) -> Iterator[int]:
        """ "ordered by frequency", of what is counted."""
        units = self._units_measured
        if units and not units & (MONEY_OR_SHARE | TIME_UNITS) and all(m.aggregation == "sum" for m in self._metrics):
            yield from (c.last + 1 for c in self._cues("sort") if self._norm(c.last + 1) == "frequency")

    def _each_once(self) -> Iterator[int]:
        """ "unique customers", "the distinct count of customers", of customers that are counted once each; "the
        different A goods", which are told one by one."""
        metrics = self._metrics
        once = bool(metrics) and all(m.aggregation in ("last", "none") and counts_itself(m) for m in metrics)
        starts = {m.first for m in self._of(*MEASURED)} if once else set[int]()
        for group in self._of("group"):
            before = self._before_members(group.first - 1)
            starts |= {before + 1} if before < group.first - 1 else set()
        yield from (at - 1 for at in starts if self._norm(at - 1) in DISTINCT)
        leading = (self.intent.before(at - 1, ARTICLES | {"of"}) for at in starts if self._norm(at - 1) not in DISTINCT)
        yield from (at - 1 for at in leading if self._norm(at) in _COUNTED and self._norm(at - 1) in DISTINCT)

    def _before_members(self, at: int) -> int:
        named = {i for m in self._of("member") for i in range(m.first, m.last + 1)}
        while at in named:
            at -= 1
        return at

    def _is_times(self, at: int) -> bool:
        """ "more than 5 times", of deeds that are counted; neither "5 times as many" nor "5 times the average"."""
        if self.intent.tokens[at].text.lower() != "times":
            return False
        ends = at + 1 == len(self.intent.tokens) or self._norm(at + 1) in ARTICLES_AND_PREPOSITIONS - ARTICLES - {"as"}
        ends = ends or any(t.first == at + 1 for t in self.intent.times)
        return ends and bool(self._metrics) and all(m.aggregation == "sum" for m in self._metrics)

    def _aggregates(self) -> Iterator[int]:
        """ "the average rate", where rates are averages already; "the sum of A", where one of what A may mean adds up.
        The sum of two metrics is neither of them."""
        kept = {m.aggregation for m in self._metrics}
        several = len({m.targets for m in self._of(*MEASURED)}) > 1
        for at in range(len(self.intent.tokens)):
            added = several and self._norm(at) in ADDED_UP
            alike = AGGREGATES.get(self._norm(at), frozenset())
            meant = alike & kept if self._norm(at) in ADDED_UP else kept <= alike
            if kept and meant and not added:
                yield at

    def _how_long(self) -> Iterator[int]:
        """ "how long does it take", "how quickly is it done", of what is measured in time."""
        words = range(1, len(self.intent.tokens))
        grows = self._compares() and bool(words_of_growth(self.intent, set(words)))
        if grows or any(takes_time(m) for m in self._metrics):
            yield from (at for at in words if self._is_how_long(at) and not (grows and self._norm(at) == "long"))

    def _is_how_long(self, at: int) -> bool:
        return self._norm(at - 1) == "how" and self._norm(at) in SPEEDS

    def _kinds_of_kinds(self) -> Iterator[int]:
        """ "which kind of place type": the type of place."""
        for mention in self._of("group"):
            at = mention.first - 1
            kind = self._norm(at - 1) in KINDS and self._norm(at) == "of"
            if kind and self._norm(mention.last) in KINDS and mention.first < mention.last:
                yield at - 1

    def _names(self) -> Iterator[int]:
        """ "the names of the places with more than": the places themselves."""
        for mention in self._of("group"):
            between = {i for c in self._cues("top", "bottom") for i in range(c.first, c.last + 1)} | self.intent.plain
            before = range(mention.first - 1, 0, -1)
            at = next((i for i in before if self._norm(i) not in _BETWEEN_NAMES and i not in between), 0)
            if self._norm(at) == "name" and self._norm(at + 1) == "of":
                yield at
            if self._norm(mention.last + 1) in _IDENTITIES:  # "by place name"
                yield mention.last + 1
            called = self.intent.form(mention.first, mention.last)
            again = (m for m in self._of("member") if self.intent.form(m.first, m.last) == called)
            yield from (m.last + 1 for m in again if self._norm(m.last + 1) == "name")
        for first in (*(m.first for m in self._of("group")), *(s.first for s in self._times("grain"))):
            if self._norm(first - 1) in CORRESPONDING:  # "and the corresponding place"
                yield first - 1
        yield from self._their_names()

    def _their_names(self) -> Iterator[int]:
        """ "and what is its name", "and their names", of the places that are told, and of nothing that is counted."""
        groups = [m.last for m in self._of("group")]
        things = any(counts_itself(m) for m in self._metrics)
        for at in range(min(groups, default=len(self.intent.tokens)) + 2, len(self.intent.tokens)):
            whose = at - 1 - (self._norm(at - 1) in CORRESPONDING)
            theirs = self._norm(whose) in _ITS or (self._norm(whose) == "their" and not things)
            if theirs and self._norm(at) == "name":
                yield from range(whose + 1, at + 1)

    def _said_beside_a_cut(self) -> Iterator[int]:
        """ "by month wise", "by place type (TYPE)": nothing new of what it is cut by."""
        ends = {s.last: s for s in self._times("grain")} | {m.last: m for m in self._of("group")}
        for last, cut in ends.items():
            if self._norm(last + 1) == "wise":
                yield last + 1
            behind = self.intent.text[self.intent.tokens[last].end :].lstrip()
            bracket = behind.startswith("(") and behind.partition(")")[0].count(" ") == 0
            if bracket and self._norm(last + 1) in {self._norm(at) for at in range(cut.first, last + 1)}:
                yield last + 1

    def _how_large(self) -> Iterator[int]:
        """ "how large is the stock": the number itself."""
        asked = self._norm(0) == "how" and self._norm(1) in SIZES and self._norm(2) in ("is", "was")
        if asked and self._norm(3) not in ("a", "an") and self._of(*MEASURED):
            yield 1

    def _how_many_there_are(self) -> Iterator[int]:
        """ "the two places A and B", "across the five places", where five are all there are: told one by one, or those
        that are named."""
        for mention in self._of("group", "descriptor"):
            at = mention.first - 1
            while any(m.first <= at <= m.last for m in self._of("member")):
                at -= 1
            number = count_at(self.intent.tokens, at)
            several = self.intent.tokens[mention.last].is_inflected
            if number and several and self._norm(at - 1) not in SUPERLATIVES and self._are_so_many(mention, number, at):
                yield at

    def _are_so_many(self, mention: Mention, number: int, at: int) -> bool:
        own = [m for m in self._of("member", "compared") if m.asset_ids & mention.asset_ids]
        if own:
            return len({t.member for m in own for t in m.targets}) == number
        if mention.role != "group" or self._cues("top", "bottom", "sort", "sort_up"):
            return False
        dimensions = [d for i in mention.asset_ids if (d := self.catalogue.get(i, Dimension))]
        known = {len([m for m in d.members if not m.parent]) for d in dimensions if d.members}
        others = bool(self._of("member", "excluded"))
        certain = self._norm(at - 1) in ("the", "all", "our", "these", "those")
        return number in known or (certain and (others or not known))

    def _newest_available(self) -> Iterator[int]:
        """ "the latest month available"."""
        for span in self._times("time"):
            words = {self._norm(at) for at in range(span.first, span.last + 1)}
            if words & (NEWEST | {"last", "recent"}) and self._norm(span.last + 1) == "available":
                yield span.last + 1

    def _absolute(self) -> Iterator[int]:
        """ "in absolute numbers", "in absolute and percentage terms", "absolute growth": as it is told anyway."""
        for at in range(1, len(self.intent.tokens)):
            if self._norm(at) == "absolute" and self._norm(at + 1) in CHANGES:
                yield at
            if self._norm(at) in _FIGURES and self._norm(at - 1) in PERCENTAGES | {"absolute"}:
                yield at
            if self._norm(at) == "absolute" and self._norm(at - 1) in ("in", "as", "both"):
                yield at

    def _as_defined(self) -> Iterator[int]:
        """ "visits to our site", "rates across all loans", where the definition says just this and nothing else."""
        words = set[str]()
        for at, metric in enumerate(self._metrics):
            said = set(normal_form(metric.definition).split())
            said = set() if said & _DIVIDED or _LISTED & set(metric.definition) else said
            words = words & said if at else said
        for at in range(2, len(self.intent.tokens) if words else 0):
            before = (self._norm(at - 2), self._norm(at - 1))
            if self._norm(at) in words and before[1] in _ALL_OURS and before[0] in _OF_THEM:
                yield at

    def _over_all_time(self) -> Iterator[int]:
        """ "the average rate across all days", of rates: whenever it was."""
        averaged = any(t.norm in AVERAGES for t in self.intent.tokens) and not self._times("grain")
        means = bool(self._metrics) and all(m.aggregation in ("ratio", "average") for m in self._metrics)
        for at in range(2, len(self.intent.tokens) if averaged and means else 0):
            across = self._norm(at - 2) in _ACROSS and self._norm(at - 1) == "all"
            if across and self._norm(at) in TIME_UNITS:
                yield at

    def _of_the_whole(self) -> Iterator[int]:
        """ "the rate of our (loyalty) program", "in the practice", where nothing is called a program or a practice."""
        told = {at for m in self._of("descriptor") for at in range(m.first, m.last + 1)}
        words = UNDERTAKINGS - self.catalogue.words if self._of(*MEASURED) else frozenset[str]()
        for at in (i for i in range(2, len(self.intent.tokens)) if self._norm(i) in words):
            before = at - 1
            while before in told:
                before -= 1
            ends = at + 1 == len(self.intent.tokens) or at + 1 in {t.first for t in self.intent.times}
            ends = ends or self._norm(at + 1) in ARTICLES_AND_PREPOSITIONS
            if ends and self._norm(before) in _OURS and self._norm(before - 1) in _OF_A_WHOLE:
                yield at

    def _as_they_come(self) -> Iterator[int]:
        """ "new cases", of cases that are counted as they are opened; "the closing balance", of a level at its end."""
        metrics = self._metrics
        for mention in self._of(*MEASURED):
            at = mention.first - 1
            come = self._norm(at) == "new" and all(map(self._comes_up, metrics))
            level = not self.intent.tokens[mention.last].is_inflected and all(m.is_stock for m in metrics)
            ends = self._norm(at) in _AT_THE_END and level
            named = called_so(self._norm(at), self.catalogue) if metrics and (come or ends) else None
            if named is not None and all(n.kind in METRIC and n.member is None for n in named):
                yield at

    def _comes_up(self, metric: Metric) -> bool:
        words = {*names_of(metric), *normal_form(metric.definition).split()}
        counted = counts_itself(metric) and not counts_people(metric) and metric.aggregation == "sum"
        return counted and bool(words & COMING_UP) and words.isdisjoint(COME_TO_AN_END | NEGATIONS)

    def _under_way(self) -> Iterator[int]:
        """ "the active backlog", of a backlog that is defined as what is open."""
        metrics = self._metrics
        starts = {m.first - 1 for m in self.mentions if m.kinds & METRIC}
        for at in (i for i in starts if metrics and self._norm(i) in UNDER_WAY):
            if all(is_under_way(m, self._norm(at)) for m in metrics):
                yield at

    def _ever(self) -> Iterator[int]:
        """ "lifetime A", "historical A by month", of no time that is named: all there is."""
        starts = set() if self._times("time") else {self._before_members(m.first - 1) for m in self._of(*MEASURED)}
        yield from (at for at in starts if self._norm(at) in _EVER)

    def _one_by_one(self) -> Iterator[int]:
        """ "A and B separately", "still pending", "by month, sorted by month", "A history by month": as it is told
        anyway."""
        in_time = self.kind == "trend" and not self._cues("sort", "sort_up", "top", "bottom")
        grains = self._times("grain")
        again = {s.first for s in grains[1:] if self._norm(s.last) == self._norm(grains[0].last)}
        starts = {m.first for m in self._of("member", "compared")}
        for at in range(len(self.intent.tokens)):
            norm = self._norm(at)
            apart = norm in _SEPARATELY and self._compares()
            still = norm == "still" and at + 1 in starts
            ordered = in_time and (norm in _IN_TIME or (norm in _ORDERED and at + 1 in again))
            if apart or still or ordered:
                yield at
            if ordered and self._norm(at + 1) == "order":
                yield at + 1
            if in_time and norm == "history" and any(m.last == at - 1 for m in self._of(*MEASURED)):
                yield at

    def _cutting(self) -> Iterator[int]:
        """ "break it down by place", "does it vary by place": the cut is said by its place."""
        if self._of("group") or self._times("grain"):
            words = range(len(self.intent.tokens))
            varying = VARYING if self._cues("group") or self._times("grain") else frozenset[str]()
            yield from (at for at in words if self._norm(at) in varying or self._changes_across(at))
            verbs = [at for at in words if self._norm(at) in CUTTING - PARTICLES]
            yield from verbs
            yield from (at for at in words if self._norm(at) in PARTICLES and any(v < at for v in verbs))

    def _changes_across(self, at: int) -> bool:
        """ "how does it change across places", of no time: how they differ."""
        asks = self._norm(0) == "how" and self._norm(1) in ("do", "doe") and self._norm(at) == "change"
        across = asks and any(c.first == at + 1 for c in self._cues("group"))
        return across and not (self._times("time") or self._times("grain"))

    def _comparatives(self) -> Iterator[int]:
        """ "higher in A than in B": which way is what the comparison tells. Of groups it would be a condition."""
        than = [c.first for c in self._cues("compare") if self._norm(c.first) == "than"]
        than += [s.first for s in self._times("comparison") if self._norm(s.first) in ("than", "compared")]
        either = [m.first for m in self._of("compared") if "or" in (self._norm(m.first - 1), self._norm(m.first - 2))]
        either += [s.first for s in self._times("time")[1:2] if self._norm(s.first - 1) == "or"]
        if (than or either) and not self._of("group"):
            until = than[0] if than else self._end_of_either(either[0])
            yield from (at for at in range(until) if self._is_told_by(self._norm(at)))
        if self._compares() and not self._of("group"):  # "how many more"
            words = range(2, len(self.intent.tokens))
            yield from (
                at for at in words if self.intent.pair_before(at) in HOW_MUCH and self._is_told_by(self._norm(at))
            )

    def _end_of_either(self, other: int) -> int:
        """ "A or B? Which of them has more C": where "or" goes before what is asked, all of the question."""
        asked = (at for at in range(other + 1, len(self.intent.tokens)) if self._norm(at) in _ASKING_WHICH)
        return len(self.intent.tokens) if any(asked) else other

    def _as_their_kind_is_called(self) -> Iterator[int]:
        """ "customers who pay in A"; "which customers pay in A" asks for each of them."""
        asked = {m.last + 1 for m in self._of(*MEASURED) if m.first == 1 and self._norm(0) in ("which", "what")}
        members = self._of("member", "excluded", "compared")
        yield from (at for at in verbs_of_their_kind(self.intent, members, self.catalogue) if at not in asked)

    def _becoming(self) -> Iterator[int]:
        """ "is A getting longer": its course tells; "are we getting more of them than last year"."""
        if self._norm(0) not in AUXILIARIES or not (self.kind == "trend" or self._times("comparison")):
            return
        words = words_of_becoming(self.intent, range(len(self.intent.tokens)))
        fits = all(self._is_told_by(self._norm(at)) for at in words if self._norm(at) in COMPARATIVES)
        yield from words if fits else ()

    def _is_told_by(self, norm: str) -> bool:
        """ "longer" is said of what takes time, and "faster": of anything else they would be another measure."""
        return norm in COMPARATIVES and (norm not in OF_TIME or any(takes_time(m) for m in self._metrics))

    def _populations(self) -> Iterator[int]:
        """ "A customers", where A is a kind of customer, or a kind of something that is not told; "status A"."""
        for mention in self._of("member", "excluded", "compared"):
            at = mention.last + 1
            if self._norm(at) in POPULATIONS or self._norm(at) in self._words_of_dimensions(mention):
                yield at
            at = mention.first - 1
            while at > 0 and self._norm(at) in BE | {"not"}:
                at -= 1
            if self._norm(at) in self._kinds(mention) and self._is_beside(mention, at):
                yield at
            at = mention.first - 1 - (self._norm(mention.first - 1) == "the")
            if mention.role == "member" and self._norm(at) in _OF_A_PLACE and self._is_whose(at - 1):
                yield at - 1

    def _people_measured(self) -> Iterator[int]:
        """ "patient stays", of stays that are called stays of patients elsewhere."""
        metrics = self._metrics
        for mention in self._of(*MEASURED):
            norm = self._norm(mention.first - 1)
            if norm in PERSONS and metrics and all(norm in names_of(m) for m in metrics):
                yield mention.first - 1

    def _is_whose(self, at: int) -> bool:
        """ "made by people in A", of something measured: people there are, whoever they are."""
        plural = at > 0 and self._norm(at) in POPULATIONS and self.intent.tokens[at].is_inflected
        measured = any(m.last < at for m in self._of(*MEASURED))
        return measured and (plural or self._norm(at) == "people") and self._norm(at - 1) in _FROM

    def _is_beside(self, mention: Mention, at: int) -> bool:
        """ "with status A", "whose status is A", and neither "each status (A, B)" nor "by status A"."""
        return self._norm(at - 1) not in _ASKING_FOR_EACH and "(" not in self.intent.gap(at, mention.first)

    def _kinds(self, mention: Mention) -> set[str]:
        """What the names of its dimension end with: "status", of a payment status."""
        dimensions = [d for i in mention.asset_ids if (d := self.catalogue.get(i, Dimension))]
        return {normal_form(name).split()[-1] for d in dimensions for name in (d.name, *d.synonyms)}

    def _words_of_dimensions(self, mention: Mention) -> set[str]:
        dimensions = [d for i in mention.asset_ids if (d := self.catalogue.get(i, Dimension))]
        return {word for d in dimensions for word in names_of(d)}
