"""People who are told of by one of themselves, or ranked by how many they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecp.domain.accounting.account import Account
from ecp.domain.assets import Dimension, Metric
from ecp.domain.forms import forms_of
from ecp.domain.language import ARTICLES, AUXILIARIES, NARROWING, POSSESSIVE, POSSESSIVES, PRONOUNS
from ecp.domain.mentions import MEASURED, METRIC, Mention
from ecp.domain.participles import is_a_person
from ecp.domain.units import unit_of
from ecp.domain.words import normal_form

_LINKS = frozenset({"to", "with", "under", "by", "for", "from", "alongside", "beside", "of"})
_SAY_NO_MORE = PRONOUNS | AUXILIARIES | ARTICLES | NARROWING | frozenset({"equal", "set", "named", "called"})
_SIGNS = frozenset(",;:()-–—\"'?.")


@dataclass(frozen=True)
class Themselves(Account):
    """Each answers the positions of what an answer would get wrong."""

    def _of_one_of_them(self) -> Iterator[int]:
        """ "clerks who report to A", "what clerks working with A sold", "A's clerks", where A is a clerk: others, by
        what they have to do with A, and not A."""
        for member in self._of("member", "compared"):
            nouns = self._people_like(member)
            for other in self._of("group", "descriptor", *MEASURED) if nouns else ():
                if self._norm(other.last) not in nouns:
                    continue
                if other.first == member.last + 1 and self._is_possessive(member):
                    yield from range(other.first, other.last + 1)
                yield from self._linked(other, member)

    def _is_possessive(self, member: Mention) -> bool:
        word = self.intent.tokens[member.last].text.lower()
        return word.endswith(POSSESSIVE) or self.intent.text[self.intent.tokens[member.last].end :][:1] in ("'", "’")

    def _linked(self, people: Mention, member: Mention) -> Iterator[int]:
        """The words between people and one of them that say what they have to do with each other; of a number of
        people, that one."""
        between = range(people.last + 1, member.first)
        way = self.intent.before(member.first - 1, ARTICLES | POSSESSIVES)
        told = any(s.first in between for s in self.spans)
        signs = (set(self.intent.gap(at - 1, at)) & _SIGNS for at in range(people.last + 1, member.first + 1))
        if not between or told or any(signs) or self._norm(way) not in _LINKS:
            return
        verbs = [at for at in between if self._norm(at) not in _SAY_NO_MORE | _LINKS | POSSESSIVES]
        yield from verbs
        counted = people.kinds & METRIC and len({m.targets for m in self._of(*MEASURED)}) == 1
        if counted and not verbs and not NARROWING & {self._norm(at) for at in between}:
            yield from range(member.first, member.last + 1)

    def _people_like(self, member: Mention) -> set[str]:
        """What people are called of whom the member is a single one."""
        dimensions = [d for i in member.asset_ids if (d := self.catalogue.get(i, Dimension))]
        heads = {form.split()[-1] for d in dimensions for form in forms_of(d) if form}
        single = all(self._is_single(t) for t in member.targets if self._is_of_a_cut(t))
        return heads if single and any(map(self._are_single_ones, heads)) else set()

    def _ranked_by_themselves(self) -> Iterator[int]:
        """ "which readers bought the most", where only those who bought are counted: each of them is one."""
        groups, measured = self._of("group"), self._of(*MEASURED)
        if self.kind != "ranking" or len({g.targets for g in groups}) != 1 or len({m.targets for m in measured}) != 1:
            return
        noun = self._norm(groups[0].last)
        if self._are_single_ones(noun) and self._metrics and all(_are_counted_as(noun, m) for m in self._metrics):
            yield from (at for m in measured for at in range(m.first, m.last + 1))

    def _are_single_ones(self, noun: str) -> bool:
        """Whether each of them is one: people, and what there is so much of at a time or counted once each."""
        return is_a_person(noun) or any(unit_of(m) == noun for m in self.catalogue.metrics.of_sort("last", "none"))


def _are_counted_as(noun: str, metric: Metric) -> bool:
    """Whether these people are what is counted: by its unit, else by the end of its name."""
    return noun == (unit_of(metric) or normal_form(metric.name).split()[-1])
