"""Words that would be passed over, or taken for something that they are not here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ecp.domain.accounting.account import Account
from ecp.domain.assets import Dimension, Metric
from ecp.domain.forms import counts_itself, is_member, names_of
from ecp.domain.intent import is_ours_to_do
from ecp.domain.language import (
    ARTICLES,
    AVERAGES,
    BE,
    COUNTS,
    KINDS,
    ORGANISATIONS,
    PERSONS,
    POSSESSIVES,
    TIME_UNITS,
    UNITS,
)
from ecp.domain.matching import targets_of
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.numbers import NumberFilter

_TO_WHAT_EXTENT = frozenset({"how", "as", "so", "too", "that", "this", "very", "not"})
_METRICS = frozenset({"kpi", "kpis", "metric", "measure", "indicator"})
_BY = frozenset({"by", "per", "each", "every"})
_ONE = frozenset({"a", "an"})
_FIGURES = frozenset({"value", "figure", "number", "result"})
_PARTS = KINDS | {"segment", "unit", "line", "area", "division", "function"}
_GAINED = frozenset({"gain", "gained"})
_WE = frozenset({"we", "you", "they"})
_OF_THEM = ["how", "many", "of", "them"]
_ROWS = frozenset({"detail", "information", "info"})
_MEANS = frozenset({"ratio", "average"})
_WHOSE_OR_TO_WHOM = frozenset({"for", "to", "of", "from"})


@dataclass(frozen=True)
class Unheard(Account):
    """Each answers the positions of such words."""

    def _many(self) -> Iterator[int]:
        """ "which places have many cases": those with more than how many, nobody said."""
        words = range(1, len(self.intent.tokens))
        yield from (at for at in words if self._norm(at) == "many" and self._norm(at - 1) not in _TO_WHAT_EXTENT)

    def _us(self) -> Iterator[int]:
        """ "what was sold to us", in small letters: the enterprise, or the members that are called so in capitals."""
        words, text = self.intent.tokens, self.intent.text
        for mention in self._of("member", "excluded", "compared"):
            if mention.first == mention.last and is_ours_to_do(words, mention.first, text, _WHOSE_OR_TO_WHOM):
                yield mention.first

    def _said_otherwise(self) -> Iterator[int]:
        """ "how many cases (costs)", "at least one case (cost)": one number under the names of two; "cases @ costs" is
        neither of them, and "X (cases) for orders" is of orders in a way that nobody said."""
        for one, other in pairwise(self._of(*MEASURED)):
            gap = self.intent.gap(one.last, other.first).strip()
            behind = self.intent.text[self.intent.tokens[other.last].end :].lstrip()
            glossed = gap == "(" and behind.startswith(")") and self._is_one_number(one)
            glossed = glossed and not self._mean_the_same(one, other)
            if glossed or gap in ("@", ") for"):
                yield from range(other.first, other.last + 1)

    def _is_one_number(self, mention: Mention) -> bool:
        """Whether it is said how many there are or should be."""
        bounds = {s.last + 1 for s in self.spans if isinstance(s.value, NumberFilter)}
        return mention.first in bounds or self.intent.pair_before(mention.first) in COUNTS

    def _mean_the_same(self, one: Mention, other: Mention) -> bool:
        meant = [{m.id for m in self.catalogue.metrics_meant(m.asset_ids)} for m in (one, other)]
        return bool(meant[0] & meant[1])

    def _by_another_name(self) -> Iterator[int]:
        """ "loss or drop rate", where the loss rate is the drop rate: one number, and not the losses beside it."""
        for one, other in pairwise(self._of(*MEASURED)):
            joined = [self._norm(at) for at in range(one.last + 1, other.first)] == ["or"]
            form = f"{self.intent.form(one.first, one.last)} {self._norm(other.last)}"
            named = {t.asset_id for t in targets_of(form, self.catalogue)}
            if joined and other.first < other.last and named & other.asset_ids - one.asset_ids:
                yield from range(one.first, one.last + 1)

    def _values_of_all(self) -> Iterator[int]:
        """ "the KPI values by place": of which number, nobody said; which numbers there are is no answer to it."""
        if self.kind == "catalogue":
            for at in range(1, len(self.intent.tokens)):
                if self._norm(at - 1) in _METRICS and self._norm(at) in _FIGURES:
                    yield at

    def _done_by_one(self) -> Iterator[int]:
        """ "how much did A pay", where pay is a mean of what is paid: a verb, which asks for what came of it; "in all"
        is nothing that a mean has."""
        metrics = self._metrics
        means = bool(metrics) and all(m.aggregation in _MEANS for m in metrics)
        asked = [self._norm(at) for at in range(2)] == ["how", "much"] and self._norm(2) == "did"
        if not means or not asked or any(t.norm in AVERAGES for t in self.intent.tokens):
            return
        subjects = {m.last + 1 for m in self._of("member")}
        yield from (m.first for m in self._of(*MEASURED) if m.first == m.last and m.first in subjects)

    def _whose_is_dropped(self) -> Iterator[int]:
        """ "customer place is A", where only the place is known: a noun beside a cut that only says what A is."""
        described = sorted(self._of("descriptor", "group"), key=lambda m: m.first)
        for one, other in pairwise(described):
            beside = one.last + 1 == other.first and self.intent.gap(one.last, other.first).isspace()
            alone = one.role == other.role == "descriptor" and self._norm(one.last) in PERSONS
            if beside and alone and not one.asset_ids & other.asset_ids and not self._is_in_its_name(one, other):
                yield from range(one.first, one.last + 1)

    def _is_in_its_name(self, one: Mention, other: Mention) -> bool:
        dimensions = [d for i in other.asset_ids if (d := self.catalogue.get(i, Dimension))]
        return any(self._norm(one.last) in names_of(d) for d in dimensions)

    def _kind_of_place(self) -> Iterator[int]:
        """ "in school branches", of branches that may be of other kinds as well: those of this kind, and not all."""
        for mention in self._of("descriptor"):
            word = self._norm(mention.first)
            if mention.first == mention.last or not is_member(word, self.catalogue):
                continue
            members = (n.asset_id for n in self.catalogue.names[word] if n.member is not None)
            others = set(members) - mention.asset_ids
            named = any(m.asset_ids & others for m in self._of("member"))
            if others and not named and not any(m.first <= mention.first <= m.last for m in self._of("member")):
                yield from range(mention.first, mention.last + 1)

    def _any_kind_of_it(self) -> Iterator[int]:
        """ "which business segment", "by company type", where something else is called Business: the segments of the
        business, or of those alone."""
        groups = {m.first: m for m in self._of("group")}
        for member in self._of("member"):
            at, group = member.first, groups.get(member.last + 1)
            general = at == member.last and self._norm(at) in ORGANISATIONS and self.intent.tokens[at].text.islower()
            if general and group and self._norm(group.last) in _PARTS and not group.asset_ids & member.asset_ids:
                yield at

    def _said_of_each(self) -> Iterator[int]:
        """ "the case total", where cases are counted: what each of them comes to; "case details": their rows."""
        for mention in self._of(*MEASURED):
            word, behind = self.intent.tokens[mention.last], self._norm(mention.last + 1)
            plural = {f"{word.norm}s", f"{word.norm}es"}
            counted = [bool(plural & self._written(m)) for m in self.catalogue.metrics_meant(mention.asset_ids)]
            single = bool(counted) and all(counted) and not word.is_inflected
            if (single and behind == "total") or behind in _ROWS:
                yield mention.last + 1

    def _written(self, metric: Metric) -> set[str]:
        """The words of a metric's names as they are written."""
        return {word for form in self.catalogue.spellings(metric.id) for word in form.lower().split()}

    def _who_came(self) -> Iterator[int]:
        """ "how many members did we gain", of members there are: how many came, and not how many more there are than
        before, of whom others went."""
        counted = bool(self._metrics) and all(m.is_stock and counts_itself(m) for m in self._metrics)
        words = range(len(self.intent.tokens)) if counted else ()
        yield from (at for at in words if self._norm(at) in _GAINED and self._norm(at - 1) in _WE)

    def _of_all_of_them(self) -> Iterator[int]:
        """ "of the members, how many of them have a monthly cost over 100": of each of them, and not month by month of
        all together."""
        words = [t.norm for t in self.intent.tokens]
        of_them = any(words[at : at + 4] == _OF_THEM for at in range(len(words)))
        measured = {m.targets for m in self._of(*MEASURED)}
        if of_them and len(measured) > 1 and not self._of("group"):
            bounds = (s for s in self.spans if isinstance(s.value, NumberFilter))
            yield from (at for s in bounds for at in range(s.first, s.last + 1))

    def _asked_what_it_is(self) -> Iterator[int]:
        """ "is A a level", "is A in dollars", "is A monthly": whether it is defined so, and its number is no answer."""
        measured = self._of(*MEASURED)
        bound = self._compares() or any(isinstance(s.value, NumberFilter) for s in self.spans)
        if self._norm(0) not in BE or len(measured) != 1 or bound:
            return
        start, at = self.intent.after(1, ARTICLES | POSSESSIVES), measured[0].last + 1
        if measured[0].first == start:
            behind = range(at, len(self.intent.tokens))
            grains = {s.first for s in self._times("grain")} - {i for i in behind if self._norm(i) in _BY}
            kind = at + 1 in behind and self._norm(at) in _ONE
            unit = next((i for i in behind if self._norm(i) in UNITS and self._norm(i - 1) == "in"), None)
            yield from behind[1:] if kind else behind[:1] if at in grains else ()
            yield from () if kind or unit is None else (unit,)

    def _units_behind_a_slash(self) -> Iterator[int]:
        """ "A per place/month": by month as well, and no word that says nothing."""
        dated = {at for s in self.spans if s.what == "time" for at in range(s.first, s.last + 1)}
        cut = {m.last + 1 for m in self._of("group")}
        for at in (i for i in cut if self._norm(i) in TIME_UNITS and i not in dated):
            if self.intent.gap(at - 1, at).strip() == "/":
                yield at
