"""Words that ask for more than an answer tells."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ecp.domain.accounting.account import Account, takes_time
from ecp.domain.answer import EXPLAINS
from ecp.domain.assets import Dimension
from ecp.domain.beyond import what_may_be
from ecp.domain.catalogue import Catalogue, departments_of
from ecp.domain.cover import Span, is_measured
from ecp.domain.forms import counts_itself, counts_people, ids_of, is_weighed, names_members, names_of
from ecp.domain.inside import counted_at_its_end
from ecp.domain.intent import TimeSpan, is_shouting
from ecp.domain.language import (
    AMOUNTS,
    ARTICLES,
    ASKS_FOR_NO_NUMBER,
    AUXILIARIES,
    AVERAGES,
    BE,
    BUSY,
    CHANGES,
    CLASSIFYING,
    COMMON,
    COUNTING,
    COUNTS,
    EACH,
    ENDED,
    EXTREMES,
    GETTING,
    GROWING,
    HOW_MUCH,
    IN_ALL,
    LIGHT_VERBS,
    LIST_WORDS,
    MONEY,
    MONEY_OR_SHARE,
    NEWEST,
    OF_DURATION,
    OF_TIME,
    OUTCOMES,
    PAYING,
    PERSONS,
    POSSESSIVE,
    POSSESSIVES,
    PRESENT,
    PRICED,
    PRONOUNS,
    REQUESTS,
    SIDES,
    SIZED,
    SOMEONE,
    SUPERLATIVES,
    TIME_UNITS,
    UNITS,
    USING,
    VARYING,
    VERB_BEHIND,
    WAYS_TO_SORT,
    WORKERS,
    Cue,
)
from ecp.domain.limits import is_cut_by
from ecp.domain.mentions import MEASURED, METRIC, Mention, metrics_named
from ecp.domain.newest import words_of_newest
from ecp.domain.numbers import NumberFilter
from ecp.domain.ordinary import unequal
from ecp.domain.participles import is_participle
from ecp.domain.things import has_its_own_number
from ecp.domain.time import GrainMention, TimeMention
from ecp.domain.time.expressions import Day, Month, NumericDate, Year
from ecp.domain.units import unit_in_full, unit_of
from ecp.domain.unnamed import counts_things, is_a_number_of_things
from ecp.domain.words import normal_form

_TELLS_OF_EVENTS = frozenset({"explain", "explained", "explaining", "describe", "describing"})
_WHERE = frozenset({"at", "on"})
_BEFORE_A_TIME = frozenset({"of", "for", "in", "the", "over", "during"})
_BEFORE_AN_AVERAGE = _BEFORE_A_TIME | {"vs", "versus", "against", "than", "compared", "compare", "to", "with", "a"}
_LEADING = frozenset({"lead", "led", "leading"})  # "what led to A"
_NO_PART_OF_AN_EXPLANATION = frozenset({"compare", "contrast", "exclude", "top", "bottom", "sort", "sort_up"})
_TOLD = frozenset({"number", "figure", "value", "count", "metric", "measure", "data", "table", "source", "system"})
_WHERE_THEY = (("where", "do"), ("where", "did"))
_IN_GENERAL = frozenset({"total", "figure", "number", "result", "statistic"})
_JUDGED = frozenset({"performing", "best", "worst"})
_FARING = frozenset({"doing", "performing", "going", "faring"})
_RESULTS = frozenset({"result", "outcome"})
_BEFORE_BOTH = CLASSIFYING | {"with", "having", "have", "has", "had", "as"}
_OF_PLACES = frozenset({"in", "at", "from", "for", "across", "of", "on"})
_COMING_FROM = frozenset({"from", "to", "by", "in", "at", "with"})
_ASKING = frozenset({"which", "what", "whose"})
_SPENDING = PAYING | {"spend"}
_ROWS = frozenset({"list", "name", "enumerate"})
_HOW_MANY = frozenset({"number", "count", "total", "many", "how"})
_QUANTITIES = frozenset({"amount", "value", "number", "count", "quantity"})
_WHOSE = ARTICLES | {"our", "my", "your", "their", "all", "these", "those"}
_HAS_BEEN = (("has", "been"), ("have", "been"))
_HAVING = frozenset({"have", "has", "had", "having"})
_GOING_THROUGH = frozenset({"went", "go", "underwent", "undergo", "took", "take"})
_WHO = frozenset({"who", "which"})
_TELLING_WHICH = frozenset({"having", "that", "which", "who", "whose"})
_HIS = frozenset({"his", "her", "their", "its"})
_CURRENCY = re.compile(r"[€£¥$]")
_OVER = re.compile(r"[/÷]\s*(?:(?:the|all|total|overall|every)\s+)*$", re.I)
_OVER_A_TOTAL = re.compile(r"[/÷]\s*(?:the |all |grand )*(?:total|overall|whole)\b", re.I)
_ARITHMETIC = re.compile(
    r"\s*[/*×÷+]\s*(?:(?:the|all|total|overall|every|number\s+of|count\s+of)\s+)*|\s+[-–−]\s+|.*[×÷].*", re.I
)


@dataclass(frozen=True)
class Overlooked(Account):
    """Each answers the positions of words that would be dropped."""

    def _departments(self) -> Iterator[int]:
        """A department without a meaning of its own here, and a second one."""
        seen: set[str] = set()
        measured = self._of(*MEASURED) or self.before
        for mention in self._of("department"):
            unused = not measured and self.kind not in EXPLAINS
            if unused or not self._has_meaning(mention) or (seen and not mention.asset_ids <= seen):
                yield from range(mention.first, mention.last + 1)
            seen |= mention.asset_ids

    def _has_meaning(self, department: Mention) -> bool:
        names = {normal_form(i) for i in department.asset_ids}
        others = (*(m for m in self.mentions if m is not department), *self.before)
        return any(names & _departments_of(m, self.catalogue) for m in others)

    def _signs(self) -> Iterator[int]:
        """Signs that change what a name means: `!=`, a minus before it, arithmetic between two metrics."""
        bounds = {a for s in self.spans if s.what == "number" for a in range(s.first, s.last + 1)}
        bounds |= {m.first for m in self._of("excluded") if unequal(self.intent, m.first)}
        yield from (at for at in self.intent.related if at not in bounds)
        yield from (at for at in self._of_another_currency() if at not in bounds)
        measured = self._of(*MEASURED)
        listed = self._listed_by_slashes(measured)
        for one, other in pairwise(measured):
            gap = self.intent.gap(one.last, other.first)
            divided = one.targets == other.targets and _OVER.search(gap)
            if (_ARITHMETIC.fullmatch(gap) or divided) and not {one.first, other.first} <= listed:
                yield from range(one.first, other.last + 1)
            yield from (at for at in range(one.last + 1, other.first) if self._norm(at) == "plus")
        starts = [t.start for t in self.intent.tokens]
        yield from (bisect_left(starts, m.end()) - 1 for m in _OVER_A_TOTAL.finditer(self.intent.text))

    def _listed_by_slashes(self, measured: list[Mention]) -> set[int]:
        """Where those begin that are no quotient: "A/B", two words for one thing, and "A / B / C"."""
        pairs = [(a, b) for a, b in pairwise(measured) if self.intent.gap(a.last, b.first).strip() == "/"]
        again = {m.first for a, b in pairs if a.asset_ids == b.asset_ids and _are_synonyms(a, b) for m in (a, b)}
        several = {m.first for (a, b), (c, d) in pairwise(pairs) if b is c for m in (a, b, d)}
        return again | several

    def _largest_by_a_rate(self) -> Iterator[int]:
        """ "the rate of the five largest places": the largest ones by what, nobody said; a rate is no size."""
        sized = [c for c in self._cues("top", "bottom") if SIZED & {self._norm(c.first), self._norm(c.last)}]
        meant = [self.catalogue.metrics_meant(m.asset_ids) for m in self._of(*MEASURED)]
        rates = any(all(m.aggregation in ("ratio", "average") for m in metrics) for metrics in meant if metrics)
        for cue in sized:
            before = any(m.last < cue.first for m in self._of("metric"))
            if rates and before and not self._of("order"):
                yield from range(cue.first, cue.last + 1)

    def _sizes_of_each(self) -> Iterator[int]:
        """ "major cases by place", "the biggest cases": how large each of them is, and not how many there are."""
        several = {m.first for m in self._of("metric") if not self.intent.tokens[m.last].is_one and self._is_counted(m)}
        members = {m.first: m.last + 1 for m in self._of("member")}
        for cue in self._cues("top", "bottom"):
            if SIZED & {self._norm(cue.first), self._norm(cue.last)}:
                at = cue.last + 1
                if at in several or members.get(at) in several:
                    yield from range(cue.first, cue.last + 1)

    def _is_counted(self, mention: Mention) -> bool:
        metrics = self.catalogue.metrics_meant(mention.asset_ids)
        named = self._norm(mention.first) not in _QUANTITIES  # "the biggest number of cases"
        return named and bool(metrics) and all(counts_itself(m) for m in metrics)

    def _how_much_of_people(self) -> Iterator[int]:
        """ "how much did customers give", "what did they give", where only they are counted: a sum, and no
        count."""
        much = [self._norm(at) for at in range(2)] == ["how", "much"] and self._norm(2) in VERB_BEHIND
        what = self._norm(0) == "what" and self._norm(1) in VERB_BEHIND
        changes = any(t.norm in CHANGES | VARYING for t in self.intent.tokens) or self._compares()
        metrics = self._metrics
        counted = metrics and all(counts_itself(m) or (much and counts_people(m)) for m in metrics)
        if (much or what) and counted and not changes:
            yield from range(2)

    def _the_same_people(self) -> Iterator[int]:
        """ "how many people gave both last year and this year": those who did in each of them."""
        ends = {m.last for m in self._of(*MEASURED) if is_participle(self._norm(m.last))}
        people = bool(self._metrics) and all(counts_people(m) for m in self._metrics)
        if people and len([s for s in self.spans if s.what == "time"]) > 1:
            yield from (at for at in range(len(self.intent.tokens)) if self._norm(at) == "both" and at - 1 in ends)

    def _most_of_a_mean(self) -> Iterator[int]:
        """ "the most ratings", where a rating is a mean: how many there are, and not how high."""
        for cue in self._cues("top", "bottom"):
            behind = next((m for m in self._of(*MEASURED) if m.first == cue.last + 1), None)
            if behind is None or self._norm(cue.last) not in COUNTING:
                continue
            means = [m.aggregation in ("average", "ratio") for m in self.catalogue.metrics_meant(behind.asset_ids)]
            several = self.intent.tokens[behind.last].is_inflected
            if means and all(means) and several:
                yield from range(behind.first, behind.last + 1)

    def _rows(self) -> Iterator[int]:
        """ "list every case", "name the cases in A", "which cases are in A": each of them, and not how many."""
        head = next((at for at in range(len(self.intent.tokens)) if self._norm(at) in _ROWS), None)
        measured = self._of(*MEASURED)
        yield from self._rows_with_numbers() if self.kind == "metric" else ()
        if self.kind == "metric" and len(measured) == 1 and self._are_asked_for(measured[0]):
            yield from range(measured[0].first, measured[0].last + 1)
        if self.kind != "metric" or head is None or len(measured) != 1 or head > measured[0].first:
            return
        before = {self._norm(at) for at in range(head, measured[0].last + 1)}
        if self._are_counted(measured[0]) and not before & _HOW_MANY:
            yield from range(measured[0].first, measured[0].last + 1)

    def _rows_with_numbers(self) -> Iterator[int]:
        """ "show cases and their costs", where nothing is cut by cases: the costs of each of them."""
        spans = [s for s in self.spans if is_measured(s)]
        own = next((m for m in self._of(*MEASURED) if spans and m.first == spans[0].first), None)
        counted = self.catalogue.metrics_meant(own.asset_ids) if own else []
        if (
            own
            and counted
            and all(map(counts_things, counted))
            and has_its_own_number(self.intent, spans[0], spans[1:])
        ):
            yield from range(own.first, own.last + 1)

    def _are_asked_for(self, mention: Mention) -> bool:
        """ "which cases are in A", "which cases were closed", "what customers are there": each of what is counted, as a
        verb goes on from it."""
        told = {at for m in self._of("member") for at in range(m.first, m.last + 1)}
        first = all(at in told for at in range(1, mention.first))
        if self._norm(0) not in _ASKING or not first or not self.intent.tokens[mention.first].is_inflected:
            return False
        noun = next((at for at in range(mention.first, mention.last + 1) if self._goes_on(at + 1)), None)
        units = {UNITS.get(u, u) for u in self._units_measured}
        amounts = bool(units & (MONEY_OR_SHARE | TIME_UNITS)) or (not units and self._norm(0) != "which")
        adds_up = all(m.aggregation in ("sum", "none", "last") for m in self._metrics)
        return noun is not None and adds_up and not amounts

    def _goes_on(self, at: int) -> bool:
        return self._norm(at) in AUXILIARIES or is_participle(self._norm(at))

    def _ended_otherwise(self) -> Iterator[int]:
        """ "cases that are not resolved", where some are closed, too: those are over as well, and no one said so.
        "Cases whose state is not resolved" says which."""
        said = {t.norm for t in self.intent.tokens}
        for mention in self._of("excluded"):
            dimensions = [d for i in mention.asset_ids if (d := self.catalogue.get(i, Dimension))]
            out = {t.member for m in self._of("excluded") for t in m.targets}
            others = (m for d in dimensions for m in d.members if m.id not in out)
            over = any(ENDED & set(normal_form(n).split()) for m in others for n in (m.name, *m.synonyms))
            ended = ENDED & {self._norm(at) for at in range(mention.first, mention.last + 1)}
            heads = {normal_form(n).split()[-1] for d in dimensions for n in (d.name, *d.synonyms)}
            if ended and over and heads.isdisjoint(said):
                yield from range(mention.first, mention.last + 1)

    def _how_many_did(self) -> Iterator[int]:
        """ "how many A had a case", of cases that are counted and of members A: how many of those, and no number of
        cases; "how many cases did A have" is one."""
        ends = {m.last + 1 for m in self._of("member") if self.intent.pair_before(m.first) == ("how", "many")}
        starts = {m.first for m in self._of(*MEASURED)}
        for at in (i for i in ends if self._norm(i) in _HAVING | GETTING | _GOING_THROUGH):
            behind = self.intent.after(at + 1, ARTICLES | {"through", "any", "at", "least", "one"})
            if behind in starts:
                yield at - 1

    def _without_those_that(self) -> Iterator[int]:
        """ "except for places having A": those that are left out are told by what they have, and not all of them."""
        ends = {m.last + 1 for m in self._of("excluded")}
        yield from (at for at in ends if self._norm(at) in _TELLING_WHICH)

    def _are_counted(self, mention: Mention) -> bool:
        """Whether things are told by a name of theirs, and not by what is done with them or how many there are."""
        words = {self._norm(at) for at in range(mention.first, mention.last + 1)}
        told = bool(self._metrics) and all(counts_things(m) for m in self._metrics)
        return told and not words & _HOW_MANY and not any(map(is_participle, words))

    def _paid_by_others(self) -> Iterator[int]:
        """ "how much is our place spending per visitor", of what visitors pay there: who spends is another one."""
        paid = [m for m in self._metrics if m.better != "lower" and unit_of(m) in MONEY]
        if not paid or (self._norm(0), self._norm(1)) not in HOW_MUCH or self._norm(2) not in BE | VERB_BEHIND:
            return
        for mention in self._of(*MEASURED):
            payer = next((m for m in self._of("group", "member", "descriptor") if m.last == mention.first - 1), None)
            others = PERSONS & {word for m in paid for word in names_of(m)}
            if payer and others and self._norm(mention.first) in _SPENDING and not self._are_people(payer):
                yield mention.first

    def _are_people(self, mention: Mention) -> bool:
        dimensions = [d for i in mention.asset_ids if (d := self.catalogue.get(i, Dimension))]
        return any(names_of(d) & PERSONS for d in dimensions)

    def _requests_or_names(self) -> Iterator[int]:
        """ "display costs" at the head of a question: costs are asked for, or those of Display, and nobody knows which.
        "Display the costs" and "display costs by placement" are requests."""
        form = self._norm(0)
        measured = any(m.first == 1 for m in self._of(*MEASURED))
        if not measured or form not in REQUESTS or not names_members(form, self.catalogue):
            return
        own = ids_of(form, self.catalogue)
        cut = {i for m in self._of("group", "member", "excluded", "compared") for i in m.asset_ids}
        if not own & cut and all(is_cut_by(m, i, self.catalogue) for m in self._metrics for i in own):
            yield 0

    def _amounts_beside(self) -> Iterator[int]:
        """ "cases and value by place": a second thing that is measured, and not known by that."""
        for mention in self._of(*MEASURED):
            joined = self._norm(mention.last + 1) == "and" and self._norm(mention.last + 2) in _QUANTITIES
            joined = joined and not self._counts_another(mention, mention.last + 2)
            verb = self._norm(mention.last + 2) == "count" and self._norm(mention.last + 3) in ARTICLES
            if joined and not verb and not any(s.first == mention.last + 2 for s in self.spans):
                yield mention.last + 2
            before = mention.first - 2
            if self._norm(mention.first - 1) == "and" and self._is_said_in_general(before):
                yield before

    def _counts_another(self, mention: Mention, at: int) -> bool:
        """ "value and count of cases": how many there are of what is counted."""
        behind = self.intent.after(at + 2, _WHOSE)
        others = [m for m in self._of(*MEASURED) if m.first == behind and m.targets != mention.targets]
        counted = [m for other in others for m in metrics_named(other, self.catalogue)]
        adds_up = bool(counted) and all(m.aggregation in ("sum", "none", "last") for m in counted)
        pieces = adds_up and all(unit_of(m) not in MONEY_OR_SHARE | TIME_UNITS for m in counted)
        return pieces and (self._norm(at), self._norm(at + 1)) in COUNTS

    def _is_said_in_general(self, at: int) -> bool:
        """ "totals and cases"."""
        word = self.intent.tokens[at] if at >= 0 else None
        general = word is not None and word.norm in _IN_GENERAL and word.is_inflected
        return general and not any(s.first <= at <= s.last for s in self.spans)

    def _of_another_currency(self) -> Iterator[int]:
        """The words behind a sign of money that is not the unit of what is measured."""
        units, ends = self._units_measured, [t.end for t in self.intent.tokens]
        for sign in _CURRENCY.finditer(self.intent.text) if ends else ():
            if UNITS[sign.group()] not in units:
                yield min(bisect_right(ends, sign.start()), len(ends) - 1)

    def _taken_out(self) -> Iterator[int]:
        """ "stock used": what was taken out of it, and not how much there is; X
        some are sold: a part of it."""
        part = [self._norm(at) for at in range(3)] == ["how", "much", "of"] and not self._of("target")
        if any(m.is_stock for m in self._metrics):
            behind = {m.last + step for m in self._of(*MEASURED) for step in (1, 2, 3)}
            yield from (at for at in behind if self._norm(at) in USING)
        elif part:
            yield from (at for at in range(3, len(self.intent.tokens)) if self._norm(at) in USING)
        done = (m.first for m in self._of("member") if part and is_participle(self._norm(m.first)))
        yield from (at for at in done if self.intent.pair_before(at) in _HAS_BEEN)

    def _done_by_them(self) -> Iterator[int]:
        """ "things used by customers", "how much did customers use", where customers are counted and nothing else is
        measured: what they did is asked for, and not how many they are."""
        measured = self._of(*MEASURED)
        if not all(m.is_stock for m in self._metrics) or len({m.targets for m in measured}) != 1:
            return
        named = {at for m in self._of("member") for at in range(m.first, m.last + 1)}
        at = measured[0].first - 1
        while at > 0 and (at in named or self._norm(at) in ARTICLES | {"our"}):
            at -= 1
        cued = {i for s in self.spans if s.what == "cue" for i in range(s.first, s.last + 1)}
        if self._norm(at) == "by" and is_participle(self._norm(at - 1)) and at - 1 not in cued:
            yield at - 1
        did = self._norm(at) in VERB_BEHIND and self._norm(measured[0].last + 1) in LIGHT_VERBS
        if did and self.intent.pair_before(2) in HOW_MUCH:
            yield measured[0].last + 1

    def _second_rankings(self) -> Iterator[int]:
        for cue in self._cues("top", "bottom")[1:]:
            yield from range(cue.first, cue.last + 1)
        for cue in self._cues("top", "bottom"):
            end = self.intent.tokens[cue.last].end
            if self.intent.text[end:].lstrip().split(" ")[0][-1:] == "%" and cue.number is None:
                yield from range(cue.first, cue.last + 1)

    def _beyond_an_explanation(self) -> Iterator[int]:
        """A definition has no comparison and no bound; two explanations at once are one too many."""
        for cue in self._cues(*_NO_PART_OF_AN_EXPLANATION):
            yield from range(cue.first, cue.last + 1)
        for span in self.spans:
            if isinstance(span.value, NumberFilter):
                yield from range(span.first, span.last + 1)
        yield from self._second_question()
        yield from self._what_happened()
        yield from self._origins()
        if self.kind == "catalogue":
            yield from self._said_of_metrics()

    def _said_of_metrics(self) -> Iterator[int]:
        """ "which metrics missed their target", "which metrics are A": what they did or how they are is in no list of
        what there is."""
        yield from (at for at in range(len(self.intent.tokens)) if self._norm(at) in OUTCOMES.keys() - SIDES)
        for mention in self.mentions:
            if self._norm(mention.first - 1) in BE and mention.read_as and mention.last == len(self.intent.tokens) - 1:
                yield from range(mention.first, mention.last + 1)

    def _origins(self) -> Iterator[int]:
        """ "where do A come from this month", "by place": of whom or of what, and not out of which table; nor "where do
        our cases come from", of cases that are counted, as "where does A come from" is asked of a number."""
        coming = [c for c in self._cues("lineage") if self._norm(c.first) in ("come", "came", "originate")]
        told = any(self._norm(at) in _TOLD for at in range(len(self.intent.tokens)))
        if self.kind == "lineage" and coming and not told:
            yield from (at for s in self._times("time") for at in range(s.first, s.last + 1))
            yield from (at for m in self._of("group") for at in range(m.first, m.last + 1))
            counted = all(map(self._are_counted, self._of(*MEASURED))) and bool(self._metrics)
            several = counted and (self._norm(0), self._norm(1)) in _WHERE_THEY
            yield from (at for cue in coming if several for at in range(cue.first, cue.last + 1))

    def _what_happened(self) -> Iterator[int]:
        """ "explain the drop in A in December": what happened has a cause or a course, and no definition."""
        explains = [c for c in self._cues("definition") if self._norm(c.first) in _TELLS_OF_EVENTS]
        timed = self._times("time") or self._times("comparison")
        if explains and (timed or self._of("group", "target") or self._cues("trend")):
            yield from (at for cue in explains for at in range(cue.first, cue.last + 1))

    def _second_question(self) -> Iterator[int]:
        """Another thing is asked for with a time of its own, or a why."""
        asked = {m.targets for m in self._of(*MEASURED)}
        if len(asked) > 1:
            yield from (at for span in self._times("time") for at in range(span.first, span.last + 1))
        yield from (at for at in range(len(self.intent.tokens)) if self._norm(at) == "why")

    def _what_will_be(self) -> Iterator[int]:
        """ "what will it be": no number tells, but for a target, which is set beforehand."""
        if any(not m.target_of for m in self._metrics) or self._of("target"):
            words = range(len(self.intent.tokens))
            yield from (at for at in words if self._norm(at) == "will" and self._norm(at + 1) not in SOMEONE)
            if not self._cues("exclude"):  # "what would it be without A"
                taken = {at for s in self.spans if s.what != "cue" for at in range(s.first, s.last + 1)}
                yield from what_may_be(self.intent, taken)

    def _asks_for_no_number(self) -> Iterator[int]:
        told = self._who() | self._when() | self._where_by_places()
        if self._norm(0) in ASKS_FOR_NO_NUMBER and 0 not in told:
            yield 0
        words = range(len(self.intent.tokens))
        yield from (at for at in words if self._norm(at) == "why")
        yield from (at for at in words if self._norm(at) in _LEADING and self._norm(at - 1) == "what")

    def _when(self) -> set[int]:
        """ "when was A highest", "when was the best month for A": in which unit of its course."""
        one = len({m.targets for m in self._of(*MEASURED)}) == 1 and not self._of("group")
        asked = any(c.first == 0 for c in self._cues("trend")) or any(map(self._is_best_unit, self._times("grain")))
        return {0} if self._norm(0) == "when" and self.kind == "ranking" and one and asked else set()

    def _where_by_places(self) -> set[int]:
        """ "where is A highest by place": which places are meant, is told behind."""
        asked = self._norm(0) == "where" and self._norm(1) in BE and self.kind == "ranking"
        told = any(self._norm(m.first - 1) == "by" for m in self._of("group"))
        return {0} if asked and told else set()

    def _is_best_unit(self, span: Span) -> bool:
        ranked = any(c.last == span.first - 1 for c in self._cues("top", "bottom"))
        return ranked and not self.intent.tokens[span.first].is_inflected

    def _averages_compared(self) -> Iterator[int]:
        """ "against the average of 2025": what is compared with is a period, and no average of its units."""
        times = {at for kind in ("time", "comparison") for s in self._times(kind) for at in range(s.first, s.last + 1)}
        compared = [s.first for s in self._times("comparison")] + [c.first for c in self._cues("compare", "contrast")]
        for first in compared:
            at = self._first_behind(first - 1, _BEFORE_AN_AVERAGE)
            if self._norm(at) in AVERAGES and self._first_behind(at, _BEFORE_A_TIME) in times:
                yield at

    def _first_behind(self, at: int, skipped: frozenset[str]) -> int:
        return next((i for i in range(at + 1, len(self.intent.tokens)) if self._norm(i) not in skipped), -1)

    def _counted(self) -> Iterator[int]:
        """ "how many places", "place count": a count of members, which is not what a breakdown answers."""
        for mention in self._of("group"):
            if (self._norm(mention.first - 2), self._norm(mention.first - 1)) in COUNTS:
                yield from range(mention.first - 2, mention.last + 1)
            if self._norm(mention.last + 1) == "count" and not self._is_to_be_counted(mention):
                yield from range(mention.first, mention.last + 2)

    def _is_to_be_counted(self, group: Mention) -> bool:
        """ "for each place, count the cases", "for each place count cases": a verb."""
        if self.intent.gap(group.last, group.last + 1).strip():
            return True
        behind = self._first_behind(group.last + 1, ARTICLES | IN_ALL | {"number", "of", "all"})
        each = self._norm(group.first - 1) in EACH and self._norm(group.first - 2) == "for"
        return each and any(m.first == behind for m in self._of(*MEASURED))

    def _quantities(self) -> Iterator[int]:
        """ "how many", of a sum of money; "the value", of what is counted in pieces."""
        yield from self._how_many_of_no_number()
        kinds = {u in MONEY_OR_SHARE for u in self._units_measured}
        yield from self._amounts_of_theirs() if kinds == {False} else ()
        for mention in self._of(*MEASURED) if len(kinds) == 1 else ():
            at = self.intent.before(mention.first - 1, _WHOSE)
            before = (self._norm(at - 1), self._norm(at))
            if kinds == {True} and before in COUNTS and any(m.unit for m in metrics_named(mention, self.catalogue)):
                yield from range(at - 1, mention.first)
            if kinds == {True} and self._norm(mention.last + 1) == "count":
                yield mention.last + 1
            near = {at - 1 if before[1] == "of" else at, mention.last + 1}
            near -= {at for m in self._of(*MEASURED) for at in range(m.first, m.last + 1)}
            near -= self._how_many_at_most(mention)
            yield from (at for at in near if kinds == {False} and self._is_a_sum(at))

    def _is_a_sum(self, at: int) -> bool:
        """ "the value", and "the amount", of what is counted and not weighed."""
        weighed = bool(self._metrics) and all(is_weighed(m) for m in self._metrics)
        return self._norm(at) in AMOUNTS and not (weighed and self._norm(at) == "amount")

    def _how_many_of_no_number(self) -> Iterator[int]:
        """ "how many flats are for rent", where the rent is all that is known: no number of them; unlike "how many
        euros"."""
        metrics = self._metrics
        if self.before or not metrics or not all(unit_of(m) in MONEY_OR_SHARE for m in metrics):
            return
        for at in range(len(self.intent.tokens) - 2):
            asked = (self._norm(at), self._norm(at + 1)) == ("how", "many")
            if asked and unit_in_full(self._norm(at + 2)) not in MONEY_OR_SHARE:
                yield from (at, at + 1)

    def _how_many_at_most(self, mention: Mention) -> set[int]:
        """ "the highest amount of cases": how many there are, where no sum of money is that of cases."""
        at, noun = mention.first - 2, self._norm(mention.last)
        said = self._norm(at) == "amount" and self._norm(at + 1) == "of" and self._norm(at - 1) in SUPERLATIVES
        sums = (m for m in self.catalogue.metrics.called_by(noun) if m.aggregation == "sum")
        return {at} if said and not any(unit_of(m) in MONEY for m in sums) else set()

    def _amounts_of_theirs(self) -> Iterator[int]:
        """ "and what is their total value", "the amount of our cases"."""
        measured = {at for m in self._of(*MEASURED) for at in range(m.first, m.last + 1)}
        for at in (i for i in range(len(self.intent.tokens)) if self._is_a_sum(i) and i not in measured):
            before = self.intent.before(at - 1, IN_ALL)
            of_ours = self._norm(at + 1) == "of" and (self._norm(at + 2) in POSSESSIVES or self._are_of_a_kind(at + 2))
            if self._norm(before) in POSSESSIVES or of_ours:
                yield at

    def _are_of_a_kind(self, at: int) -> bool:
        """ "the value of old cases": of members, and what is counted behind them."""
        of_kind = any(m.first in (at, at + 1) for m in self._of("member", "compared"))
        return of_kind and all(counts_itself(m) for m in self._metrics)

    def _counts_of_nothing(self) -> Iterator[int]:
        """ "the open count and the rate of A": how many of what, nobody said."""
        ends = {m.last for m in self._of("member", "compared")}
        measured = {at for m in self._of(*MEASURED) for at in range(m.first, m.last + 1)}
        yield from (at + 1 for at in ends if self._norm(at + 1) == "count" and at + 1 not in measured)
        last = max(measured, default=len(self.intent.tokens))
        for member in self._of("member"):
            again = self.intent.pair_before(member.first) == ("how", "many") and last < member.first - 2
            if again or self._is_counted_beside(member, measured):  # "how many cases and how many old ones"
                yield from range(member.first, member.last + 1)

    def _is_counted_beside(self, member: Mention, measured: set[int]) -> bool:
        """ "old cases and orders", where old cases are a member, and nothing counts the cases."""
        before, behind = member.first - 1, member.last + 1
        listed = (self._norm(behind) == "and" and behind + 1 in measured) or (
            self._norm(before) == "and" and before - 1 in measured
        )
        counted = counted_at_its_end(self.intent, member, self.catalogue) if listed else None
        return counted is not None and counted.last not in measured

    def _members_of_the_first(self) -> Iterator[int]:
        """ "how many cases are open, and how many orders": those cases, and not those orders too, nor all that are open
        or closed of "how many are open, and how many are closed"."""
        asked = [at for at in range(len(self.intent.tokens)) if self.intent.pair_before(at) in COUNTS and at > 1]
        for member in self._of("member") if len(asked) > 1 else ():
            said = self._norm(member.first - 1) in BE | {"not"} or self.intent.pair_before(member.first) in COUNTS
            other = any(m.first >= asked[-1] for m in self._of(*MEASURED, "member"))
            if said and other and asked[0] <= member.first < asked[-1]:
                yield from range(member.first, member.last + 1)

    def _present(self) -> Iterator[int]:
        """ "current": a stock is; anything else is of a period, and none was named."""
        if self._times("time") or all(m.is_stock for m in self._metrics):
            return
        timed = {at for s in self.spans if s.what == "time" for at in range(s.first, s.last + 1)}
        named = {at for m in self.mentions for at in range(m.first, m.last + 1)}
        words = range(len(self.intent.tokens))
        there = {at for at in words if self._norm(at) == "present" and self._norm(at + 1) in _WHERE | {"in"}}
        yield from (at for at in words if self._norm(at) in PRESENT and at not in timed | named | there)

    def _at_busy_times(self) -> Iterator[int]:
        """ "A during peak hours", "A in the busiest month": when there is the most of something, which is not said."""
        for cue in self._cues("top", "bottom"):
            at = cue.first - 1 - (self._norm(cue.first - 1) in ARTICLES | POSSESSIVES)
            before = any(m.last < at for m in self._of(*MEASURED))
            if self._norm(cue.first) in BUSY and self._norm(at) in _BEFORE_A_TIME | _WHERE and before:
                yield from range(cue.first, cue.last + 1)

    def _both_of_one(self) -> Iterator[int]:
        """ "A AND B labels", as programs write it, "with both A and B", of two members of one kind: what is both of
        them, and not either; in two places nothing is, but "which A have cases in both" are in
        either."""
        which = (
            self._norm(0) in ("which", "what")
            and self.kind == "breakdown"
            and any(m.first == 1 for m in self._of("group"))
        )
        shouting = is_shouting(self.intent.tokens)
        for one, other in pairwise(self._of("member")):
            between = range(one.last + 1, other.first)
            words = [self.intent.tokens[at].text for at in between]
            both = self._norm(one.first - 1) == "both" and (which or self._norm(one.first - 2) in _BEFORE_BOTH)
            both = both and words == ["and"]
            capitals = words == ["AND"] and not shouting and self._norm(one.first - 1) not in _OF_PLACES
            if (capitals or both) and one.asset_ids & other.asset_ids:
                yield from range(one.first, other.last + 1)
        named = sorted((m for m in self.mentions if m.role in ("group", *MEASURED)), key=lambda m: m.first)
        for one, other in pairwise(named):
            having = self._norm(one.first - 1) == "both" and self._norm(one.first - 2) in _HAVING
            if having and self._norm(other.first - 1) == "and" and "group" in (one.role, other.role):
                yield one.first - 1  # "which places have both A and B": whatever they have

    def _latest_of_them(self) -> Iterator[int]:
        """ "the latest failure", of failures, "which place had the latest loss": a single one of them, and not how much
        there was in the newest month."""
        words = words_of_newest(self.intent, [s for s in self.spans if s.what != "time"])
        if not words or self._norm(words[0]) in PRESENT - NEWEST:
            return
        members = {at for m in self._of("member") for at in range(m.first, m.last + 1)}
        at = next((i for i in range(words[-1] + 1, len(self.intent.tokens)) if i not in members), -1)
        did = (
            self._norm(words[0] - 1 - (self._norm(words[0] - 1) in ARTICLES)) in VERB_BEHIND
        )  # "what did the last cost"
        for mention in (m for m in self._of(*MEASURED) if m.first == at and (did or self._is_one_of_several(m))):
            yield from range(words[0], mention.last + 1)

    def _is_one_of_several(self, mention: Mention) -> bool:
        """Whether it is written in the singular, of things whose name is a plural, or asked of a single group."""
        metrics = self.catalogue.metrics_meant(mention.asset_ids)
        if any(m.aggregation in ("ratio", "average") for m in metrics):
            return False
        words = self.intent.tokens[mention.first : mention.last + 1]
        single = {w.norm for w in words if not w.is_inflected} - PRONOUNS
        if any(self._norm(m.first - 1) in _ASKING and m.last < mention.first for m in self.mentions):
            return words[-1].norm in single and all(m.aggregation == "sum" for m in metrics)
        told = {w.norm for w in words} - PRONOUNS
        names = [n for m in metrics for n in self.catalogue.spellings(m.id) if set(normal_form(n).split()) == told]
        words_of_names = (word for name in names for word in name.split())
        several = any(normal_form(w) in single and normal_form(w) != w.lower() for w in words_of_names)
        return several and not any(unit_of(m) in MONEY_OR_SHARE for m in metrics)

    def _durations(self) -> Iterator[int]:
        """ "the longest": of something that takes time."""
        lasts = any(takes_time(m) for m in self._metrics)
        for cue in self._cues("top", "bottom"):
            words = range(cue.first, cue.last + 1)
            grows = any(self._norm(at) in GROWING for at in words)
            if not lasts and not grows and any(self._norm(at) in OF_DURATION | OF_TIME for at in words):
                yield from words
        for span in (s for s in self.spans if not lasts and isinstance(s.value, NumberFilter)):  # "shorter than 5"
            yield from (at for at in range(span.first, span.last + 1) if self._norm(at) in OF_TIME)

    def _prices(self) -> Iterator[int]:
        """ "the most expensive", "cheapest first": of what is told in money."""
        money = any(u in MONEY for u in self._units_measured)
        for cue in () if money else self._cues("sort", "sort_up", "top", "bottom"):
            words = range(cue.first, cue.last + 1)
            yield from words if any(self._norm(at) in PRICED for at in words) else ()

    def _alone_in_a_ranking(self) -> Iterator[int]:
        """ "is A the best of the places": among A alone it always is."""
        asked = self._cues("top", "bottom") or (self._norm(0) == "how" and self._cues("sort")) or self._ranks_one()
        grouped = {i for m in self._of("group") for i in m.asset_ids} if asked else set[str]()
        members = [m for m in self._of("member") if m.asset_ids & grouped]
        if len(members) == 1 and all(self._is_single(t) for t in members[0].targets if self._is_of_a_cut(t)):
            yield from range(members[0].first, members[0].last + 1)

    def _ranks_one(self) -> bool:
        """ "rank A among the places"."""
        return bool(self._cues("sort")) and any(t.norm in ("among", "amongst") for t in self.intent.tokens)

    def _second_orders(self) -> Iterator[int]:
        """ "top 3 by A, then by B": there is one order only. Of "by A and B" it is A's, with B beside it."""
        ordered = self._of("order")
        for before, mention in pairwise(ordered):
            if not mention.same_as(ordered[0]) and not self._are_listed(before, mention):
                yield from range(mention.first, mention.last + 1)
        ways = [c for c in self._cues("sort", "sort_up") if self._says_which_way(c)]
        for cue in (c for c in ways[1:] if c.kind != ways[0].kind):  # "ascending or descending"
            yield from range(cue.first, cue.last + 1)
        measured = {m.first for m in self._of(*MEASURED)}
        for cue in self._cues("compare") if self._cues("top", "bottom") else ():  # "the most A relative to B"
            if self._norm(cue.first) == "relative" and cue.last + 1 + (self._norm(cue.last + 1) == "total") in measured:
                yield from range(cue.first, cue.last + 1)
        cut = {m.first: m.last for m in self._of("group")}
        for cue in self._cues("sort", "sort_up"):  # "sorted by place": in the order of names, and of no number
            named = cue.last + 1 + (self._norm(cue.last + 1) in ARTICLES)
            if self._norm(cue.last) == "by" and named in cut:
                yield from range(cue.first, cut[named] + 1)

    def _are_listed(self, one: Mention, other: Mention) -> bool:
        between = range(one.last + 1, other.first)
        listed = [self._norm(at) for at in between] in (["and"], ["and", "by"])
        return listed or (not between and self.intent.gap(one.last, other.first).strip() == ",")

    def _says_which_way(self, cue: Cue) -> bool:
        return any(self._norm(at) in WAYS_TO_SORT for at in range(cue.first, cue.last + 1))

    def _doing_of_counts(self) -> Iterator[int]:
        """ "the best performing cases by place", "how are our cases doing", "case results", where only how many there
        are is known: how well they do is another number."""
        measured = [m for m in self._of(*MEASURED) if self._are_things(m)]
        if not measured or len(measured) < len(self._of(*MEASURED)):
            return
        ends = {m.last for m in measured}
        for cue in self._cues("top", "bottom"):
            words = range(cue.first, cue.last + 1)
            own = next((m for m in measured if m.first == cue.last + 1), None)
            judged = any(self._norm(at) in _JUDGED for at in words)
            common = self._norm(cue.last) in COMMON and all(map(self._is_one_each, measured))
            if common or (own and judged):
                yield from words
        last = len(self.intent.tokens) - 1
        if self._norm(0) == "how" and self._norm(1) in BE and self._norm(last) in _FARING:
            yield last
        told = _RESULTS | ({"performance"} if all(m.is_stock for m in self._metrics) else frozenset[str]())
        yield from (at + 1 for at in ends if self._norm(at + 1) in told)

    def _good_counts(self) -> Iterator[int]:
        """ "the best cases", where more of them are no better: how good they are is no number of them."""
        for cue in self._cues("top", "bottom"):
            own = next((m for m in self._of(*MEASURED) if m.first == cue.last + 1), None)
            metrics = self.catalogue.metrics_meant(own.asset_ids) if own else []
            named = own is not None and self.intent.form(own.first, own.last) in self.catalogue.names
            counted = named and all(counts_itself(m) and is_a_number_of_things(m) for m in metrics)
            if self._norm(cue.first) in ("best", "worst") and counted and not all(m.better for m in metrics):
                yield from range(cue.first, cue.last + 1)

    def _are_things(self, mention: Mention) -> bool:
        """Whether they are counted, and other numbers are cut by them."""
        form = self.intent.form(mention.first, mention.last)
        cut = any(n.member is None and n.kind in ("dimension", "entity") for n in self.catalogue.names.get(form, ()))
        return cut and all(
            counts_itself(m) or counts_people(m) for m in self.catalogue.metrics_meant(mention.asset_ids)
        )

    def _is_one_each(self, mention: Mention) -> bool:
        """ "the most popular books", by book: each of them is one; a kind of case that is called a case has many."""
        groups = [d for m in self._of("group") for i in m.asset_ids if (d := self.catalogue.get(i, Dimension))]
        form = self.intent.form(mention.first, mention.last)
        return any(normal_form(d.name) == form for d in groups)

    def _number_one(self) -> Iterator[int]:
        """ "is A number one": a place in an order, and no number of its own."""
        words = range(len(self.intent.tokens))
        yield from (at for at in words if (self._norm(at - 1), self._norm(at)) == ("number", "one"))

    def _of_their_people(self) -> Iterator[int]:
        """ "A and her reports": those who report to A, and no word of a request."""
        named = {at for m in self.mentions for at in range(m.first, m.last + 1)}
        for at in range(1, len(self.intent.tokens)):
            before = self.intent.tokens[at - 1]
            whose = before.norm in _HIS or before.text.lower().endswith(POSSESSIVE)
            if whose and self.intent.tokens[at].text.lower() == "reports" and at not in named:
                yield at

    def _of_the_asker(self) -> Iterator[int]:
        """ "did I close", "my open cases", "assigned to me", of cases that are kept by whoever works on them: who asks
        is none of those that are known. Money and rates are those of the whole enterprise to whoever says "my"."""
        metrics = self._metrics
        workers = [d.id for d in self.catalogue.of_kind(Dimension) if names_of(d) & WORKERS]
        kept = any(all(is_cut_by(m, i, self.catalogue) for m in metrics) for i in workers)
        amounts = any(u in MONEY_OR_SHARE for u in self._units_measured)
        counted = all(m.aggregation not in ("average", "ratio") and not counts_people(m) for m in metrics)
        if not metrics or not kept or amounts or not counted:
            return
        yield from (at for at in range(len(self.intent.tokens)) if self._does(at) or self._owns(at))

    def _does(self, at: int) -> bool:
        """ "did I close", "that I closed", "assigned to me"."""
        before, behind = self._norm(at - 1), self._norm(at + 1)
        if self._norm(at) == "me":
            return before in ("to", "by") and is_participle(self._norm(at - 2))
        asked = before in VERB_BEHIND | {"have", "had"} and behind not in GETTING | REQUESTS | {""}
        return self._norm(at) == "i" and (asked or (is_participle(behind) and behind not in GETTING))

    def _owns(self, at: int) -> bool:
        """ "my old cases"."""
        named = {i for m in self._of("member") for i in range(m.first, m.last + 1)}
        behind = at + 1
        while behind in named:
            behind += 1
        return self._norm(at) == "my" and any(m.first == behind for m in self._of(*MEASURED))

    def _extremes(self) -> Iterator[int]:
        """ "the minimum of A by place", "peak A by place": the least or the most of each place at any time, and not the
        place with the least, nor what there is at the end."""
        starts = {m.first for m in self._of(*MEASURED)}
        for cue in self._cues("top", "bottom"):
            behind = [c for c in self._cues("group") if c.first > cue.last]
            peak = self._norm(cue.first) in BUSY and cue.last + 1 in starts
            if (self._norm(cue.first) in EXTREMES or peak) and behind:
                yield from range(cue.first, cue.last + 1)

    def _from_one_unit(self) -> Iterator[int]:
        """ "A by year from 2020", "by month from March": of that one alone it is no course, and "since" is not said."""
        spans = [s.value for s in self.spans if isinstance(s.value, TimeSpan)]
        units = {t.found.grain for t in spans if isinstance(t.found, GrainMention)}
        told = [t for t in spans if isinstance(t.found, TimeMention)]
        if len(told) == 1 and _unit_named(told[0].found) in units and self._norm(told[0].first - 1) == "from":
            yield told[0].first - 1

    def _extremes_of_each_unit(self) -> Iterator[int]:
        """ "the longest stay per month", "the highest cost each week": the first of every month, and not the first
        month."""
        starts = {m.first for m in self._of(*MEASURED)}
        units = [s for s in self._times("grain") if any(self._norm(at) in EACH for at in range(s.first - 1, s.last))]
        ranked = any(m.first < units[0].first for m in self._of("group")) if units else True
        for cue in self._cues("top", "bottom") if not ranked else ():
            if cue.number is None and cue.last + 1 in starts and cue.last < units[0].first:
                yield from range(cue.first, cue.last + 1)

    def _which_of_them(self) -> Iterator[int]:
        """ "how is A, and which cases are late", "and who are our old clerks": which ones they are, and not how many,
        beside another number."""
        measured = sorted(self._of(*MEASURED), key=lambda m: m.first)
        limits = {at for m in self._of("member", "descriptor") for at in range(m.first, m.last + 1)}
        for mention in measured[1:]:
            at = mention.first - 1
            while at in limits:
                at -= 1
            ranked = {i for c in self._cues("top", "bottom") for i in range(c.first, c.last + 1)}
            whose = at
            while whose in ranked or self._norm(whose) in _WHOSE:
                whose -= 1
            at = whose - 1 if self._norm(whose) in BE and self._norm(whose - 1) in _WHO else at
            several = any(w.is_inflected for w in self.intent.tokens[mention.first : mention.last + 1])
            counted = all(counts_things(m) or counts_people(m) for m in self.catalogue.metrics_meant(mention.asset_ids))
            if self._norm(at) in _ASKING | _WHO and self._norm(at - 1) in LIST_WORDS and several and counted:
                yield from range(at, mention.last + 1)

    def _dated_by_themselves(self) -> Iterator[int]:
        """ "the rate of goods made in May", where goods may be made and are no number: when they were, and not of when
        the rate is."""
        cut = {m.last + 1 for m in self._of("group", "descriptor") if self._are_several(m)}
        for member in (m for m in self._of("member") if m.first in cut and is_participle(self._norm(m.last))):
            at = self.intent.after(member.last + 1, _BEFORE_A_TIME)
            times = (s for s in self._times("time") if s.first in (member.last + 1, at))
            yield from (i for s in times for i in range(s.first, s.last + 1))

    def _are_several(self, mention: Mention) -> bool:
        word = self.intent.tokens[mention.last]
        return word.is_inflected and not mention.kinds & METRIC


def _are_synonyms(one: Mention, other: Mention) -> bool:
    """Neither "A/A" nor "A/total A"."""
    words = [set(normal_form(m.text).split()) for m in (one, other)]
    return not (words[0] <= words[1] or words[1] <= words[0])


def _departments_of(mention: Mention, catalogue: Catalogue) -> set[str]:
    found: set[str] = set()
    for target in mention.targets:
        asset = catalogue.assets.get(target.asset_id)
        found |= {normal_form(d) for d in departments_of(asset)} if asset else set()
    return found


def _unit_named(time: object) -> str | None:
    """The unit of time that is named as one: a year, a month, a quarter, a day."""
    node = time.expression if isinstance(time, TimeMention) else None
    named: dict[type[object], str] = {Year: "year", Month: "month", Day: "day", NumericDate: "day"}
    return named.get(type(node)) or getattr(node, "grain", None)
