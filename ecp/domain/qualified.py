""" "the rate of A for B": a second thing that is measured, and only says of what the first one is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ecp.domain.against import AGAINST, set_for
from ecp.domain.answer import EXPLAINS
from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of, is_time
from ecp.domain.forms import counts_itself, names_of
from ecp.domain.intent import Intent
from ecp.domain.language import (
    AMOUNTS,
    ARTICLES,
    BE,
    COUNTS,
    FILLERS,
    LINKING,
    LIST_WORDS,
    MONEY_OR_SHARE,
    NEGATIONS,
    PERSONS,
    POPULATIONS,
    SHARES,
    TYING,
    VERB_BEHIND,
    Cue,
)
from ecp.domain.matching import targets_of
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.pairing import names_who_did
from ecp.domain.participles import deeds, is_participle, stem
from ecp.domain.plan.references import cube_of
from ecp.domain.shares import COMING, behind_shares
from ecp.domain.units import unit_of
from ecp.domain.unnamed import is_a_count, is_told_of_others
from ecp.domain.words import normal_form

_OF_WHICH = frozenset({"of", "for", "on"})
_BY_WHAT = frozenset({"of", "on", "by", "in"})
_BESIDE = frozenset({"together", "alongside"})
_OF_WHOM = frozenset({"of", "by", "from", "to", "among", "for", "between"})
_WHERE = frozenset({"at", "on", "in"})
_WHERE_IT_IS = frozenset({"for", "of", "in", "across", "the"})
_WITH_ITS = (["with"], ["with", "a"], ["with", "an"], ["having"], ["where"], ["whose"])
_NO_SIGNS = frozenset("'’‘\"“”")


def qualified(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], catalogue: Catalogue
) -> tuple[tuple[Mention, ...], set[int]]:
    """The mentions with those that only describe another as descriptors, and the positions of those that are neither
    asked for beside another nor spoken of by its definition."""
    if cues_of(spans, *EXPLAINS):
        return mentions, set()
    return _Pairs(intent, spans, mentions, catalogue).settled()


@dataclass
class _Pairs:
    intent: Intent
    spans: tuple[Span, ...]
    mentions: tuple[Mention, ...]
    catalogue: Catalogue

    def settled(self) -> tuple[tuple[Mention, ...], set[int]]:
        describing, lost = list[Mention](), set[int]()
        measured = sorted((m for m in self.mentions if m.role == "metric"), key=lambda m: m.first)
        describing.extend(self._topics(measured))
        describing.extend(self._subjects([m for m in measured if m not in describing]))
        describing.extend(m for m in self.mentions if m.role == "order" and self._is_of_the_next(m, measured))
        describing.extend(self._of_whom([m for m in measured if m not in describing]))
        describing.extend(self._of_what_is_compared())
        lost.update(at for m in measured[:1] if (at := self._amount_tied_to(m)) is not None)
        for one, other in pairwise([m for m in measured if m not in describing]):
            if self._is_deed(one, other):
                describing.append(one)
                continue
            if self._is_object(one, other):
                told = self._is_told_of(one, other) or self._is_done_to(one, other)
                if self._are_of_one_cube(one, other) and told:
                    describing.append(other)
                else:
                    lost.update(range(other.first, other.last + 1))
                continue
            if self._is_of_what_behind_a_cut(one, other):
                self._of(one, other, describing, lost)
                continue
            if one.same_as(other) or self._is_done_of(other, one) or self._apart(one, other):
                continue
            if self._binds_what_stands_before(one, other):
                continue
            between = [w for w in self._between(one, other) if w not in ARTICLES | FILLERS]
            if (between or self._is_by_whom(one, other)) and one not in describing:
                self._of(one, other, describing, lost)
            elif not between and (self._speaks_of(other, one) or self._speaks_of(one, other)):
                describing.append(one if self._speaks_of(other, one) else other)
            elif not between and self._is_compound(one, other):
                describing.append(one)
            elif one.last + 1 == other.first and one not in describing:
                lost.update(range(one.first, one.last + 1))
        members = {m.first: p for m in measured if m.first in lost and (p := self._people(m))}
        lost -= {at for m in measured if m.first in members for at in range(m.first, m.last + 1)}
        for mention in (m for m in self.mentions if m.role == "target" and self._are_people_beside(m)):
            if people := self._people_compared(mention):
                members[mention.first] = people
            else:
                lost.update(range(mention.first, mention.last + 1))
        changed = (m.model_copy(update={"role": "descriptor"}) if m in describing else m for m in self.mentions)
        return tuple(members.get(m.first, m) if m.role in ("metric", "target") else m for m in changed), lost

    def _binds_what_stands_before(self, one: Mention, other: Mention) -> bool:
        """ "A for places with B above 10": which places are told, by a bound of their own."""
        between = (m for m in self.mentions if m.role == "group" and one.last < m.first and m.last < other.first)
        group = next(between, None)
        bound = any(s.what == "number" and s.first == other.last + 1 for s in self.spans)
        if group is None or not bound or self.intent.norm(group.first - 1) not in _WHERE_IT_IS:
            return False
        return [self.intent.norm(at) for at in range(group.last + 1, other.first)] in _WITH_ITS

    def _topics(self, measured: list[Mention]) -> Iterator[Mention]:
        """ "for A cases, what is the waiting time": of which cases, told at the head by a member."""
        for mention in measured[:1] if len({m.targets for m in measured}) > 1 else ():
            members = {at for m in self.mentions if m.role == "member" for at in range(m.first, m.last + 1)}
            at = mention.first - 1
            while at in members:
                at -= 1
            told = 0 <= at < mention.first - 1 and self.intent.tokens[at].norm in _OF_WHICH and at == 0
            counted = all(
                _counts_things(m) or counts_itself(m) for m in self.catalogue.metrics_meant(mention.asset_ids)
            )
            if told and counted and "," in self.intent.gap(mention.last, mention.last + 1):
                yield mention

    def _of_what_is_compared(self) -> Iterator[Mention]:
        """ "A vs late costs", where "late" is a metric that is told in costs: a word of it, and no third one."""
        for one, other in pairwise(sorted((m for m in self.mentions if m.role in MEASURED), key=lambda m: m.first)):
            touching = one.last + 1 == other.first and not self.intent.gap(one.last, other.first).strip()
            plans = any(m.target_of for m in self.catalogue.metrics_meant(one.asset_ids))
            if one.role == "target" and touching and not plans and self._speaks_of(one, other):
                yield other

    def _subjects(self, measured: list[Mention]) -> Iterator[Mention]:
        """ "do A customers have more cases than B customers": of whom two members are, and not how many they are."""
        compared = [m for m in self.mentions if m.role == "compared"]
        alike = [m for m in self.mentions if m.role == "member" and any(m.asset_ids & c.asset_ids for c in compared)]
        ends = {self._end_of(m) + 1 for m in (*alike, *compared)}
        told = [m for m in measured if m.first in ends and self._is_a_noun(m)]
        noun = self.intent.norm(told[0].last) if told else ""
        of_both = noun in {self.intent.norm(at) for m in alike for at in (m.last, self._end_of(m) + 1)}
        others = [m for m in measured if told and not m.same_as(told[0])]
        behind = next((m for m in others if m.first > told[0].last), None)
        by_what = behind is not None and self.intent.norm(behind.first - 1) in _BY_WHAT
        if others and (of_both or by_what):
            yield from (m for m in told if m.same_as(told[0]))

    def _end_of(self, member: Mention) -> int:
        """ "urgent priority": where the noun ends for what a member is."""
        kind = next((m for m in self.mentions if m.role == "descriptor" and m.first == member.last + 1), None)
        return kind.last if kind and kind.asset_ids & member.asset_ids else member.last

    def _is_a_noun(self, mention: Mention) -> bool:
        """Whether it is how many there are of what it is called."""
        counted = self.catalogue.metrics_meant(mention.asset_ids)
        return bool(counted) and all(unit_of(m) == normal_form(mention.text) for m in counted)

    def _amount_tied_to(self, mention: Mention) -> int | None:
        """ "what amount is associated with new cases": where the amount stands of what is only counted."""
        at = mention.first - 1
        while self.intent.norm(at) in ARTICLES:
            at -= 1
        words = [self.intent.norm(i) for i in (at - 1, at)]
        at -= 2
        at -= self.intent.norm(at) in BE
        counted = all(counts_itself(m) for m in self.catalogue.metrics_meant(mention.asset_ids))
        return at if at >= 0 and counted and _are_tied(words) and self.intent.norm(at) in AMOUNTS else None

    def _is_of_the_next(self, ordering: Mention, measured: list[Mention]) -> bool:
        """ "the top places by case costs"."""
        return any(m.first == ordering.last + 1 and self._is_compound(ordering, m) for m in measured)

    def _is_done_of(self, done: Mention, target: Mention) -> bool:
        """ "% of the plan achieved": the verb stands for what the plan is set for."""
        meant = bool(done.asset_ids) and done.asset_ids <= set_for(target, self.catalogue)
        return meant and target.first in behind_shares(self.intent)

    def _is_by_whom(self, one: Mention, other: Mention) -> bool:
        """ "done by A cases": who or what did it."""
        between = (s for s in self.spans if one.last < s.first and s.last < other.first)
        return any(names_who_did(self.intent, s) for s in between if isinstance(s.value, Cue))

    def _are_people_beside(self, mention: Mention) -> bool:
        """ "from old customers vs new customers"."""
        noun = self.intent.tokens[mention.last].norm
        beside = (m for m in self.mentions if m.role == "member" and m.last < mention.first)
        nouns = {self.intent.tokens[at].norm for m in beside for at in (m.last, m.last + 1)}
        return noun in POPULATIONS & nouns

    def _people_compared(self, mention: Mention) -> Mention | None:
        """ "from old customers vs new customers", where new customers are counted, too: a member beside its like."""
        people = self._people(mention)
        alike = any(m.role == "member" and people and m.asset_ids & people.asset_ids for m in self.mentions)
        return people.model_copy(update={"role": "compared"}) if people and alike else None

    def _is_deed(self, one: Mention, done: Mention) -> bool:
        """ "how many cases in A were closed", of closed cases: the cases, and the deed apart from them."""
        verb = self.intent.tokens[done.last].norm
        form = self.catalogue.done.get((normal_form(one.text), stem(verb))) if is_participle(verb) else None
        ids = {n.asset_id for n in self.catalogue.names.get(form or "", ())}
        between = range(one.last + 1, done.last)
        was = any(self.intent.tokens[at].norm in BE for at in between)
        was = was and not any(self.intent.pair_before(at) in COUNTS for at in between)
        return was and bool(ids) and done.asset_ids == ids

    def _is_object(self, one: Mention, other: Mention) -> bool:
        """ "the time to close an A case": what it takes the time to close."""
        words = [t.norm for t in self.intent.tokens[one.first : one.last + 1]]
        members = {at for m in self.mentions if m.role == "member" for at in range(m.first, m.last + 1)}
        between = [self.intent.tokens[at].norm for at in range(one.last + 1, other.first) if at not in members]
        single = not self.intent.tokens[other.last].is_inflected
        counted = all(counts_itself(m) for m in self.catalogue.metrics_meant(other.asset_ids))
        return words[-2:-1] == ["to"] and counted and (between in (["a"], ["an"]) or (not between and not single))

    def _is_told_of(self, mention: Mention, other: Mention) -> bool:
        """Whether whatever the first may mean is defined by what the other is called, by any of its names."""
        others = self.catalogue.metrics_meant(other.asset_ids)
        called = {normal_form(name) for m in others for name in (m.name, *m.synonyms)}
        metrics = self.catalogue.metrics_meant(mention.asset_ids)
        return all(any(set(form.split()) <= _words(m) for form in called | _nouns(called)) for m in metrics)

    def _is_done_to(self, mention: Mention, other: Mention) -> bool:
        """ "the time to close cases", where the cases that are counted are those closed."""
        deed = stem(self.intent.tokens[mention.last].norm)
        metrics = self.catalogue.metrics_meant(other.asset_ids)
        return all(any(is_participle(w) and stem(w) == deed for w in names_of(m)) for m in metrics)

    def _people(self, mention: Mention) -> Mention | None:
        """ "goods sold to new customers", where new customers are counted too: what they are a kind of is told by a
        member."""
        words = [t.norm for t in self.intent.tokens[mention.first : mention.last + 1]]
        kept = len(words) - 1
        if kept < 1 or words[-1] not in POPULATIONS:
            return None
        targets = tuple(t for t in targets_of(" ".join(words[:kept]), self.catalogue) if t.kind == "member")
        text = self.intent.text[
            self.intent.tokens[mention.first].start : self.intent.tokens[mention.first + kept - 1].end
        ]
        update = {"role": "member", "targets": targets, "last": mention.first + kept - 1, "text": text}
        return mention.model_copy(update=update) if targets else None

    def _of(self, one: Mention, other: Mention, describing: list[Mention], lost: set[int]) -> None:
        if self._speaks_of(one, other) or self._names_a_member(other) or self._counts_the_same(one, other):
            describing.append(other)
        else:
            lost.update(range(other.first, other.last + 1))

    def _apart(self, one: Mention, other: Mention) -> bool:
        """Whether they are listed, compared or otherwise held apart by a cue."""
        inside = [s for s in self.spans if one.last < s.first and s.last < other.first]
        signs = {c for c in self._gaps(one, other, inside) if not c.isalnum() and not c.isspace()} - _NO_SIGNS
        between = list(self._between(one, other))
        signs -= {","} if between[:1] == ["of"] else set()  # "the price, per day, of A"
        of_it = between[-1:] == ["for"] or _are_tied(between)  # "what A was for cases of B", "A is linked to B"
        is_one = frozenset[str]() if of_it else BE
        listed = bool(signs) or any(w in LIST_WORDS | is_one for w in between)
        listed = listed or not _BESIDE.isdisjoint(between)
        ratio = any(t.norm == "ratio" for t in self.intent.tokens[: one.first]) and "to" in between
        flows = "in" in between or not COMING.isdisjoint(between)  # "what percentage of A goes to B"
        shares = any(t.norm in SHARES for t in self.intent.tokens[: one.first]) or bool(self.intent.related)
        cut = [s for s in inside if s.what == "cue" and not names_who_did(self.intent, s)]
        return listed or ratio or (flows and shares) or bool(cut) or any(s.what in ("number", "time") for s in inside)

    def _is_of_what_behind_a_cut(self, one: Mention, other: Mention) -> bool:
        """ "A by place for urgent cases": of which cases, behind what it is cut by; nothing is listed there."""
        inside = [s for s in self.spans if one.last < s.first and s.last < other.first]
        cues = [s for s in inside if isinstance(s.value, Cue)]
        cut = [m for m in self.mentions if m.role == "group"] + [s for s in inside if is_time(s, "grain")]
        ends = [c.last for c in cut if one.last < c.first and c.last < other.first]
        if len(cues) != 1 or not ends or cues[0].last > min(ends) or "," in self._gaps(one, other, inside):
            return False
        told = [m for m in self.mentions if m.role in ("member", "descriptor") and m.last < other.first]
        of_what = {at for m in told for at in range(m.first, m.last + 1)}
        at = other.first - 1
        while at > max(ends) and (at in of_what or self.intent.norm(at) in ARTICLES):
            at -= 1
        listed = any(w in LIST_WORDS for w in self._between(one, other))
        return at > max(ends) and self.intent.norm(at) in _OF_WHICH and not listed

    def _gaps(self, one: Mention, other: Mention, inside: list[Span]) -> str:
        """The text between two mentions that is in no name, whatever signs a name is written with."""
        ends = [self.intent.tokens[at].end for at in (one.last, *(s.last for s in inside))]
        starts = [self.intent.tokens[at].start for at in (*(s.first for s in inside), other.first)]
        return "".join(self.intent.text[end:start] for end, start in zip(ends, starts, strict=True))

    def _between(self, one: Mention, other: Mention) -> Iterator[str]:
        named = {at for s in self.spans for at in range(s.first, s.last + 1)}
        return (self.intent.tokens[at].norm for at in range(one.last + 1, other.first) if at not in named)

    def _speaks_of(self, mention: Mention, other: Mention) -> bool:
        """Whether whatever the first may mean is defined in the other's words."""
        wanted = set(normal_form(other.read_as or other.text).split())
        metrics = self.catalogue.metrics_meant(mention.asset_ids)
        deed = wanted - LINKING or wanted  # "who placed orders"
        return bool(metrics) and all(wanted <= _words(m) or deed <= _deeds_told(m) for m in metrics)

    def _names_a_member(self, mention: Mention) -> bool:
        """ "the X users", where X is a kind of user: the dimension's own names say the word."""
        wanted = set(normal_form(mention.text).split())
        before = [m for m in self.mentions if m.role == "member" and m.last == mention.first - 1]
        dimensions = (self.catalogue.get(i, Dimension) for m in before for i in m.asset_ids)
        return any(wanted & _words(d) for d in dimensions if d)

    def _of_whom(self, measured: list[Mention]) -> list[Mention]:
        """Those that only tell of whom the one before is."""
        found = list[Mention]()
        for mention in measured[1:]:
            before = [m for m in measured if m.first < mention.first and m not in found]
            if self._tells_of_whom(before[-1], mention):
                found.append(mention)
        return found

    def _tells_of_whom(self, measured: Mention, mention: Mention) -> bool:
        """ "made by A customers", "cases at A and B places", "cases of customers in A": a noun for those whom a member
        names, where they are counted as well."""
        counted = self.catalogue.metrics_meant(mention.asset_ids)
        words = [t.norm for t in self.intent.tokens]
        plural = self.intent.tokens[mention.last].text.lower() != words[mention.last]
        if mention.same_as(measured) or not plural or not counted:
            return False
        own = self._is_a_noun(mention)
        if not (own or all(_counts_things(m) for m in counted)):
            return False
        told = [m for m in self.mentions if m.role in ("member", "excluded", "compared")]
        members = {at for m in told for at in range(m.first, self._end_of(m) + 1)}
        at, behind = mention.first - 1, mention.last + 1
        if own and words[mention.last] in PERSONS and words[at] in ("to", "from") and self._ends_there(mention):
            return self._leads(measured, at)
        if at not in members:
            where = behind + 1 + (words[behind + 1 : behind + 2] == ["the"])
            placed = where in members and words[behind] in _WHERE | {"from", "to"}
            whose = own or words[mention.first] in PERSONS
            return placed and whose and words[at] in _OF_WHOM and self._leads(measured, at)
        listed = LIST_WORDS | ARTICLES | AGAINST | {"neither"}
        while at > measured.last and (at in members or words[at] in listed or self._is_same(mention, at)):
            at -= 1
        does = words[at] in VERB_BEHIND and behind < len(words)
        return at > measured.last and (does or words[at] in _OF_WHOM | _WHERE) and self._leads(measured, at)

    def _ends_there(self, mention: Mention) -> bool:
        """ "sent to customers": nothing more is told of them."""
        behind = self.intent.norm(mention.last + 1)
        return behind in ("", "by", "per", "during") or any(t.first == mention.last + 1 for t in self.intent.times)

    def _leads(self, measured: Mention, at: int) -> bool:
        """Whether the preposition goes on from what is measured: not in "A and the number of", "A compared to"."""
        cues = [s for s in self.spans if isinstance(s.value, Cue) and measured.last < s.first <= at]
        between = [t.norm for t in self.intent.tokens[measured.last + 1 : at]]
        signs = {c for c in self.intent.gap(measured.last, at) if c in ",;/+&"}
        if self.intent.tokens[at].norm == "to" and any(t.norm == "ratio" for t in self.intent.tokens[: measured.first]):
            return False
        listed = signs or LIST_WORDS & set(between) or between[-1:] in (["number"], ["count"])
        kinds = {"group", "exclude", "trend", *(("contrast",) if self.intent.tokens[at].norm == "between" else ())}
        return not listed and all(c.value.kind in kinds for c in cues if isinstance(c.value, Cue))

    def _is_same(self, mention: Mention, at: int) -> bool:
        """ "A customers and B customers": the noun said before."""
        return any(m.role == "metric" and m.first <= at <= m.last and m.same_as(mention) for m in self.mentions)

    def _is_compound(self, one: Mention, other: Mention) -> bool:
        """ "case costs", "case plan": a countable noun in the singular says of what, where both are counted in the
        same rows; and what a target is set for says of what it is. Neither is asked for beside the other."""
        noun, word = normal_form(one.text), self.intent.tokens[one.last]
        here, there = self.catalogue.metrics_meant(one.asset_ids), self.catalogue.metrics_meant(other.asset_ids)
        if one.last + 1 != other.first or not (here and there):
            return False
        if all(set(m.target_of) & {h.id for h in here} for m in there):
            return True
        cubes = {cube_of(m) for m in (*here, *there)}
        counted = all(unit_of(m) == noun for m in here)
        return counted and word.text.lower() == noun and len(cubes) == 1

    def _counts_the_same(self, one: Mention, other: Mention) -> bool:
        """ "the waiting time of urgent cases", where cases are the rows that the waiting time is taken of: counted in
        themselves, and in the same cube. By another name ("of cases opened") they are those of the same days, too."""
        counted, measured = self.catalogue.metrics_meant(other.asset_ids), self.catalogue.metrics_meant(one.asset_ids)
        noun = normal_form(other.text)
        own = bool(counted) and all(unit_of(m) == noun for m in counted)
        own = own or (all(map(_counts_all, counted)) and len({m.time_dimension for m in (*counted, *measured)}) == 1)
        preposition = any(w in _OF_WHICH for w in self._between(one, other))
        own = own and not any(is_told_of_others(m, set(noun.split()), self.catalogue) for m in measured)
        return own and preposition and self._are_of_one_cube(one, other)

    def _are_of_one_cube(self, one: Mention, other: Mention) -> bool:
        metrics = [self.catalogue.metrics_meant(m.asset_ids) for m in (one, other)]
        cubes = {cube_of(m) for found in metrics for m in found}
        return all(metrics) and len(cubes) == 1 and cubes != {""}


def _deeds_told(metric: Metric) -> set[str]:
    """What the deeds are called by which somebody is defined: orders, of "customers who ordered"."""
    words = normal_form(metric.definition).split()
    told = (w for before, w in pairwise(words) if before in ("who", "that") and is_participle(w))
    return set() if NEGATIONS & set(words) else {deed for w in told for deed in deeds(w)}


def _nouns(called: set[str]) -> set[str]:
    """What the names end with: requests, of service requests."""
    return {form.rpartition(" ")[2] for form in called}


def _counts_all(metric: Metric) -> bool:
    """Whether it is how many there are of what it is counted in, and not of some kind of them."""
    return metric.aggregation == "sum" and is_a_count(metric)


def _counts_things(metric: Metric) -> bool:
    """Whether it is how many there are of something, and no sum of money."""
    counted = metric.is_stock or metric.aggregation == "none"
    return counted and unit_of(metric) not in MONEY_OR_SHARE


def _words(asset: Metric | Dimension) -> set[str]:
    """What it is called, and what a metric is defined by; nothing of a definition that says what is not counted."""
    defined = set(normal_form(asset.definition if isinstance(asset, Metric) else "").split())
    return names_of(asset) | (set() if defined & NEGATIONS else defined)


def _are_tied(between: list[str]) -> bool:
    """ "A associated with B", "A is related to B"."""
    tied = [w for w in between if w not in ARTICLES][-2:]
    return len(tied) > 1 and tied[0] in TYING and tied[1] in ("with", "to")
