"""A question that goes on from another: what it inherits, and what it says anew.

Both questions are read alone; here their parts are put together, and everything after (periods, definitions, plan,
decision) happens as for one question that says all of it. Nothing of the earlier answer but its choice of
definitions is taken over, and no authorisation ever is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from ecp.domain.anew import over_another_unit, said_anew
from ecp.domain.answer import EXPLAINS, Kind, ResolvedConcepts
from ecp.domain.assets import Entity
from ecp.domain.averages import Average
from ecp.domain.came_first import OfTheFirst, of_the_first
from ecp.domain.catalogue import Catalogue
from ecp.domain.changes import Change
from ecp.domain.forms import names_of
from ecp.domain.intent import TimeSpan
from ecp.domain.kept import kept_of, with_both
from ecp.domain.language import ARTICLES, CONTINUING, GOING_ON
from ecp.domain.limits import same_column
from ecp.domain.matching import Target
from ecp.domain.mentions import MEASURED, Mention, Role
from ecp.domain.numbers import NumberFilter
from ecp.domain.reading import Reading
from ecp.domain.relations import RelationPath
from ecp.domain.shares import Share
from ecp.domain.taking_away import Away
from ecp.domain.time import Period
from ecp.domain.values import Value
from ecp.domain.words import normal_form, tokens

Part = Literal["measured", "members", "groups", "bounds", "period", "comparison", "grain", "ranking", "department"]
_JOINING = frozenset({"and", "but"})
_OF_THOSE = frozenset({"with", "which", "that", "those", "where", "who", "whose", "having"})
_INSTEAD = frozenset({"instead", "rather"})
_SAID_OF = GOING_ON | ARTICLES | {"of", "for", "in", "what", "how", "about"} - _INSTEAD
_KIND_OF_TIME: dict[str, Part] = {"time": "period", "year": "period", "grain": "grain", "comparison": "comparison"}


class Taken(Value):
    """One part of a followed question: taken over from the earlier one, or dropped for what is said anew; `said` is
    what the new one says in a part that the earlier one may not have had."""

    part: Part
    how: Literal["inherited", "overridden", "said"]
    text: str
    reason: str


class Asked(Value):
    """A question's text and its reading; positions in the reading are places in this very text. `shown` is the period
    that its answer is of, `replaced` the members that it put others in the place of, `away` what it takes away of the
    question before it."""

    text: str
    reading: Reading
    shown: Period | None = None
    replaced: tuple[Mention, ...] = ()
    away: tuple[Away, ...] = ()


class Followed(Value):
    """Both questions as one. `asked.text` is what `resolve_periods` and `select` go on with; `parts` says what came
    from where, for the trace and for whoever asks; `onward` is what a later question goes on from, which is more where
    this one only asked what something is."""

    asked: Asked
    onward: Asked
    parts: tuple[Taken, ...]


def follow(previous: Asked, new: Asked, catalogue: Catalogue) -> Followed:
    """What `new` asks when it is asked after `previous`. Never raises. `new.reading` comes from
    `read(…, after=previous.reading)`, so that its words may refer to what was measured before.

    A part that `new` says goes before the same part of `previous`: another metric, another member on the same column,
    another grouping ("also" adds to it), another period, comparison, grain, ranking or bound. Everything else is
    inherited, but for what `new` takes away. One that changes nothing was not understood. A chain is followed from its
    first question on: `previous` is then the `asked` of an earlier `Followed`.
    """
    if stands_alone(new.reading):
        return Followed(asked=new, parts=(), onward=previous)
    if stands_alone(previous.reading):
        return Followed(asked=new, parts=(), onward=new)
    if first := of_the_first(previous.reading, new.reading, new.text, _is_same):
        return _of_the_first(previous, new, first, catalogue)
    if _asks_the_same_of_another(previous.reading, new.reading):
        new = new.model_copy(update={"reading": new.reading.model_copy(update={"kind": previous.reading.kind})})
    if _explains_its_own(new.reading):
        beyond = (*new.reading.left, *(a.text for a in new.away))
        new = new.model_copy(update={"reading": new.reading.model_copy(update={"left": beyond})})
        alone = _Joined(_nothing_but_its_department(previous.reading), _behind(previous, new), catalogue)
        onward = _Joined(previous.reading, _behind(previous, new), catalogue)
        return Followed(
            asked=_asked(previous, new, alone.reading(), onward),
            parts=tuple(alone.parts),
            onward=_asked(previous, new, onward.reading(), onward),
        )
    words = said_anew(new.text, new.reading)
    both, left = with_both(previous.reading, previous.replaced, words, catalogue)
    gone, old = kept_of(both, words, new.away, catalogue, new.text)
    said = words.reading.model_copy(
        update={"mentions": tuple(m for m in words.reading.mentions if m not in gone.named)}
    )
    said = over_another_unit(old, said, new.text, _SAID_OF)
    if old.share:  # which is of what was measured before
        left = (*left, *(m.text for m in words.replaced if m.role in MEASURED))
    left = (*left, *gone.left)
    if not (_says_anything(said) or gone.parts or left or words.both):
        left = (new.text.strip(),)
    old, said = _shown_otherwise(old, said)
    instead = {w.norm for w in tokens(new.text)} & _INSTEAD and not words.replaced
    joined = _Joined(old, _behind(previous, new.model_copy(update={"reading": said})), catalogue, bool(instead))
    joined.in_place = frozenset(m.role for m in words.replaced)
    joined.held_against = bool(words.replaced and both.of("compared") and not old.of("compared"))
    joined.of_another = _names_only_another(words.reading, new.text)
    joined.joins = bool({w.norm for w in tokens(new.text)[:1]} & _JOINING)
    if joined.bounds_are_mixed(new.text):
        left = (*left, new.text.strip())
    reading = joined.reading()
    asked = _asked(previous, new, reading.model_copy(update={"left": (*reading.left, *left)}), joined)
    taken = (Taken(part=p, how="overridden", text=text, reason="taken away by the question") for p, text in gone.parts)
    return Followed(asked=_as_it_is_now(asked, new), parts=(*taken, *joined.parts), onward=asked)


def _shown_otherwise(old: Reading, said: Reading) -> tuple[Reading, Reading]:
    """ "lowest first", behind the top three: the same three, shown so, and no order of all there are."""
    was, now = old.ranking, said.ranking
    chosen = was is not None and was.kind in ("top", "bottom") and ((was.number or 1) > 1 or was.both_ends)
    more = said.mentions or said.numbers or said.times or said.by_change or said.share
    if was is None or now is None or not chosen or now.shown is None or now.kind not in ("sort", "sort_up") or more:
        return old, said
    way = was.model_copy(update={"shown": now.shown})
    return old.model_copy(update={"ranking": way}), said.model_copy(update={"ranking": None})


def _of_the_first(previous: Asked, new: Asked, first: OfTheFirst, catalogue: Catalogue) -> Followed:
    """What is said of those that came first, in the order that they came in; refused where that may be another."""
    new = new.model_copy(update={"reading": first.reading})
    joined = _Joined(previous.reading, _behind(previous, new), catalogue, order=first.order)
    reading = joined.reading()
    reading = reading.model_copy(update={"left": (*reading.left, *first.left)})
    asked = _as_it_is_now(_asked(previous, new, reading, joined), new)
    return Followed(asked=asked, onward=asked, parts=tuple(joined.parts))


def _as_it_is_now(asked: Asked, new: Asked) -> Asked:
    """ "what does it mean?", after a number of some time: a meaning has none that is not said with it."""
    if asked.reading.kind != "definition" or asked.reading.of_data or new.reading.times:
        return asked
    return asked.model_copy(update={"reading": asked.reading.model_copy(update={"times": ()})})


def stands_alone(reading: Reading) -> bool:
    """Whether a question names all that it asks, and nothing that another one could go on from."""
    return reading.of_relations or reading.of_dimensions or reading.sources is not None


def _asked(previous: Asked, new: Asked, reading: Reading, joined: _Joined) -> Asked:
    replaced = tuple(joined.replaced) or previous.replaced
    return Asked(text=f"{previous.text}\n{new.text}", reading=reading, replaced=replaced)


def _explains_its_own(reading: Reading) -> bool:
    """ "what is the definition of A": a whole question, whatever was asked before."""
    subjects = reading.of(*MEASURED) or (reading.kind == "definition" and any(m.targets for m in reading.mentions))
    return reading.kind == "catalogue" or (reading.kind in EXPLAINS and bool(subjects))


def _asks_the_same_of_another(old: Reading, new: Reading) -> bool:
    """ "what does A mean?", "and B?": nothing but another thing, of which the same is asked."""
    more = (new.times, new.numbers, new.paths, new.ranking, new.share, new.average, new.compares, new.changed)
    measured = bool(new.of("metric")) and all(m.role in ("metric", "department") for m in new.mentions)
    return old.kind in ("definition", "lineage") and new.kind == "metric" and measured and not any(more)


def _names_only_another(reading: Reading, text: str) -> bool:
    """ "of A", "and A in that year?": what is measured, at most with its time, and no word of another form."""
    named = {at for m in reading.mentions for at in range(m.first, m.last + 1)}
    named |= {at for t in reading.times for at in range(t.first, t.last + 1)}
    rest = {w.norm for at, w in enumerate(tokens(text)) if at not in named}
    only = all(m.role in ("metric", "order", "department") for m in reading.mentions)
    timed = all(t.found.type in ("time", "year") for t in reading.times)
    return len(reading.of(*MEASURED)) == 1 and only and timed and rest <= _SAID_OF


def _nothing_but_its_department(reading: Reading) -> Reading:
    return Reading(kind="metric", mentions=reading.of("department"), times=(), numbers=(), left=reading.left)


def _says_anything(reading: Reading) -> bool:
    """Whether there is anything in a question that goes on, beside words that only say so."""
    parts = (reading.mentions, reading.numbers, reading.paths, reading.ranking, reading.share, reading.average)
    said = any(parts) or reading.changed or reading.compares or reading.kind in {*EXPLAINS, "trend"}
    return bool(said) or any(
        _not_only_goes_on(text) for text in (*reading.left, *(t.found.text for t in reading.times))
    )


def is_whole(asked: Asked) -> bool:
    """Whether a question, read alone, leaves nothing to go on from: it explains, or says what is measured and when."""
    words, reading = tokens(asked.text), asked.reading
    if reading.left or not words:
        return False
    about = any(w.norm == "about" for w in words[:3])
    dated = any(t.found.type == "time" for t in reading.times)
    goes_on = words[0].norm in GOING_ON or about
    return _explains_its_own(reading) or (bool(reading.of("metric", "order")) and dated and not goes_on)


def settled(
    previous: ResolvedConcepts, parts: tuple[Taken, ...], chosen: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """The definitions that inherited mentions had in the earlier answer, as `select` takes them in `forced`, and what
    others were settled on that were `chosen` before; none where the new question names a department whose meanings it
    wants. Only for an asker to whom words mean the same."""
    if any(p.part == "department" and p.how == "said" for p in parts):
        return {}
    inherited = {p.text for p in parts if p.how == "inherited"}
    measured = {p.text for p in parts if p.part == "measured" and p.how == "inherited"}
    kept = {mention: key for mention, key in chosen.items() if mention in inherited}
    return kept | {m.mention: m.id for m in previous.metrics if m.mention in measured}


def _behind(previous: Asked, new: Asked) -> Reading:
    """The new reading with its positions behind those of the earlier text."""
    words, letters = len(tokens(previous.text)), len(previous.text) + 1
    reading = new.reading

    def moved(mention: Mention) -> Mention:
        return mention.model_copy(update={"first": mention.first + words, "last": mention.last + words})

    return reading.model_copy(
        update={
            "mentions": tuple(moved(m) for m in reading.mentions),
            "times": tuple(_moved_time(t, words, letters) for t in reading.times if _not_only_goes_on(t.found.text)),
            "numbers": tuple(_moved_number(n, words) for n in reading.numbers),
        }
    )


def _not_only_goes_on(text: str) -> bool:
    """ "now by place": a word that goes on, and no time."""
    return not {t.norm for t in tokens(text)} <= CONTINUING


def _moved_time(span: TimeSpan, words: int, letters: int) -> TimeSpan:
    found = span.found.model_copy(update={"start": span.found.start + letters, "end": span.found.end + letters})
    return TimeSpan(first=span.first + words, last=span.last + words, found=found)


def _moved_number(number: NumberFilter, words: int) -> NumberFilter:
    return number.model_copy(update={"first": number.first + words, "last": number.last + words})


def _has_units(reading: Reading) -> bool:
    return any(t.found.type == "grain" for t in reading.times)


def _is_same(one: TimeSpan, other: TimeSpan) -> bool:
    """Whether two times are the same, wherever and however they are said."""
    place = {"start", "end", "text"}
    return one.found.model_dump(exclude=place) == other.found.model_dump(exclude=place)


def _side(number: NumberFilter) -> str:
    """On which side it bounds: "g" from below, "l" from above."""
    return number.operator[0]


def _exclude(one: NumberFilter, other: NumberFilter) -> bool:
    """Whether nothing is within both."""
    low, high = sorted((one, other), key=_side)
    return (_side(low), _side(high)) == ("g", "l") and one.unit == other.unit and low.value >= high.value


@dataclass
class _Joined:
    """Puts the parts of two readings together, and remembers where each came from."""

    old: Reading
    new: Reading
    catalogue: Catalogue
    instead: bool = False
    of_another: bool = False
    order: tuple[Mention, ...] = ()
    in_place: frozenset[Role] = frozenset()  # of the one thing that another is wanted instead of
    held_against: bool = False  # that thing was what was compared with
    joins: bool = False  # "and below 100", "but over 20"
    parts: list[Taken] = field(default_factory=list)
    replaced: list[Mention] = field(default_factory=list)

    def reading(self) -> Reading:
        measured = self._measured()
        members = self._members()
        compared = self._comparison()
        cut = () if self._is_cut_by_time_instead() else self.old.of("group")
        groups = self._part("groups", cut, self.new.of("group"), adds=self.new.adds or "group" in self.in_place)
        mentions = (*self._department(), *measured, *members, *compared, *groups, *self._descriptors())
        times = self._times(compares=bool(compared))
        ranked = groups or self.old.extreme or any(t.found.type == "grain" for t in times)
        ranking = self.new.ranking or (self.old.ranking if ranked else None)
        self._note("ranking", "ranking" if self.old.ranking else "", bool(self.new.ranking), kept=ranking is not None)
        bounds = self._bounds()
        anew = bool(self.new.ranking or self.new.of("group"))
        kind = self._kind(mentions, times, ranking is not None)
        extreme = self.new.extreme or (self.old.extreme and not anew and ranking is not None)
        return Reading(
            kind=kind,
            mentions=tuple(sorted(mentions, key=lambda m: m.first)),
            times=times,
            numbers=bounds,
            counted=self._counted(mentions, bounded=bool(bounds) or self.new.changed is not None),
            ranking=ranking,
            placed=self.new.placed or (None if anew or ranking is None else self.old.placed),
            left=(*self._left(), *self._another_placed(), *self._another_compared(), *self._extremes_of_each()),
            compares=self.new.compares or (self.old.compares if compared or self._explicit(times) else None),
            singular=self.new.singular if self.new.of("group") else self.new.singular or self.old.singular,
            judges=self.new.judges if self.new.ranking else self.old.judges,
            by_change=self.new.by_change if self.new.ranking else self._by_change(compared),
            course=self._course(kind) or extreme,
            extreme=extreme,
            each=self.new.each if anew else self.old.each,
            within=self.new.within if anew else self.old.within,
            leading=self.new.leading if anew else self.old.leading,
            asks_what_it_is=self.new.asks_what_it_is,
            of_data=self.new.of_data,
            paths=self._paths(),
            share=self._share(mentions),
            average=self._average(mentions),
            running=self.new.running or self.old.running,
            combined=self.new.combined if self.new.ranking else self.new.combined or self.old.combined,
            at_once=self.new.at_once or self.old.at_once,
            changed=self.new.changed or self.old.changed,
            wanted={**self.old.wanted, **self.new.wanted},
        )

    def _another_placed(self) -> Iterator[str]:
        """ "And B", behind where A stands: a ranking of B alone says nothing of its place."""
        like = {i for m in self.old.of("group") for i in m.asset_ids} if self.old.placed else set[str]()
        for mention in self.new.of("member", "excluded"):
            if mention.asset_ids & like and self.new.placed is None:
                yield f"{mention.text} (ask where it stands by what)"

    def _extremes_of_each(self) -> Iterator[str]:
        """ "By place", behind the maximum of a level: that of each of them is on another day."""
        if self.old.extreme and not self.new.ranking:
            yield from (f"{m.text} (when each of them was highest is asked for apart)" for m in self.new.of("group"))

    def _another_compared(self) -> Iterator[str]:
        """ "And C?", "C instead", behind A compared with B: neither beside which nor in whose place is said."""
        told = self.new.adds or self.new.compares is not None or self.new.of("compared") or self.in_place
        if told or not (self.joins or self.instead):
            return
        for mention in self.new.of("member"):
            if any(self._on_one_column(mention, m) for m in self.old.of("compared")):
                yield f"{mention.text} (beside those that are compared, or alone? say “add” or “only”)"

    def _is_cut_by_time_instead(self) -> bool:
        """ "by month instead", after "by place"."""
        units = any(t.found.type == "grain" for t in self.new.times)
        return self.instead and units and not self.new.of("group")

    def _by_change(self, compared: tuple[Mention, ...]) -> Change | None:
        """The best beside a target is the best by itself where something else is measured, which has none."""
        gone = bool(self.old.of("target")) and not any(m.role == "target" for m in compared)
        return None if gone and self.old.judges and self.new.of("metric", "order") else self.old.by_change

    def _course(self, kind: Kind) -> bool:
        """Whether a comparison is told over time; of what comes first, only where that is said now."""
        if kind not in ("comparison", "ranking"):
            return False
        if self.new.course or (self.new.kind == "trend" and not _has_units(self.new)):
            return True
        return kind == "comparison" and self._goes_on_in_time() and not _has_units(self.old)

    def _goes_on_in_time(self) -> bool:
        return (self.old.kind == "trend" or self.old.course) and not (self.instead and bool(self.new.of("group")))

    # what is measured

    def _measured(self) -> tuple[Mention, ...]:
        own = self.new.of("metric", "order")
        if self.order:
            more = tuple(m for m in own if not any(m.same_as(o) for o in self.order))
            return (*self._part("measured", self.order, ()), *more)
        beside = self.new.adds or "metric" in self.in_place
        return self._part("measured", self.old.of("metric", "order"), own, adds=beside)

    def _department(self) -> tuple[Mention, ...]:
        own = self.new.of("department")
        for mention in own:
            self.parts.append(Taken(part="department", how="said", text=mention.text, reason="named by the question"))
        return self._part("department", self.old.of("department"), own)

    def _descriptors(self) -> tuple[Mention, ...]:
        """What only describes another mention goes with it."""
        said_anew = self.new.of(*MEASURED) or self.new.of("member")
        return (*(() if said_anew else self.old.of("descriptor")), *self.new.of("descriptor"))

    def _bounds(self) -> tuple[NumberFilter, ...]:
        """A bound belongs to what was measured: with another metric it is gone."""
        kept = self._kept_bounds()
        for number in self.old.numbers:
            self._note("bounds", number.text, number not in kept, kept=number in kept)
        return (*kept, *self.new.numbers)

    def _kept_bounds(self) -> tuple[NumberFilter, ...]:
        """ "but below 50" ends a bound on the same side alone."""
        if self._bounds_another() and not self.new.adds:
            return ()
        if not self.new.numbers:
            return self.old.numbers
        anew, beside = {_side(n) for n in self.new.numbers}, self.joins or self.new.adds
        return tuple(n for n in self.old.numbers if beside and _side(n) not in anew)

    def _bounds_another(self) -> bool:
        """Whether something else is measured now; what is said of the same one again is no other."""
        own, old = self.new.of("metric", "order"), self.old.of("metric", "order")
        return any(not any(m.same_as(o) for o in old) for m in own) or (bool(own) and not self.new.numbers)

    def bounds_are_mixed(self, text: str) -> bool:
        """ "And B over 10", "which of them have B over 10", behind A over 100, of which one would be lost; "and over
        20", behind bounds on several; "and below 5", behind over 20, which nothing is."""
        if not (self.old.numbers and self.new.numbers):
            return False
        if self._bounds_another():
            of_those = {w.norm for w in tokens(text)[:1]} & _OF_THOSE and not self.new.of("group")
            return bool(self.joins or self.new.adds or of_those)
        several = len(self.old.of("metric", "order")) > 1
        kept = self._kept_bounds()
        return several or any(_exclude(one, other) for one in kept for other in self.new.numbers)

    # members

    def _members(self) -> tuple[Mention, ...]:
        own = tuple(m for m in self.new.of("member", "excluded") if not self._is_compared(m))
        old = self.old.of("member", "excluded")
        lost = [m for m in old if any(self._replaces(n, m) for n in own)]
        if self.new.adds:
            lost = [m for m in lost if not any(n.role == m.role and n.asset_ids & m.asset_ids for n in own)]
        self.replaced += [m for m in lost if m.role == "member" and any(n.role == "member" for n in own)]
        for mention in old:
            self._note("members", mention.text, mention in lost, kept=mention not in lost)
        return (*(m for m in old if m not in lost), *own)

    def _replaces(self, new: Mention, old: Mention) -> bool:
        """A member takes the place of those on its column. One that is left out narrows what was kept of others, is
        left out beside those that are, unless it is said instead of them, and takes the place of itself."""
        member = new.role == "member" and "member" not in self.in_place
        anew = member or (old.role == "excluded" and self.instead) or new.same_as(old)
        return anew and self._on_one_column(new, old)

    def _paths(self) -> tuple[RelationPath, ...]:
        """Members that are found over relations give way to others that are, and to those on the same column."""
        own = self.new.of("member", "excluded")
        lost = [p for p in self.old.paths if self.new.paths or any(self._arrives_on(p, m) for m in own)]
        for path in self.old.paths:
            self._note("members", path.text, path in lost, kept=path not in lost)
        return (*(p for p in self.old.paths if p not in lost), *self.new.paths)

    def _arrives_on(self, path: RelationPath, member: Mention) -> bool:
        entity = self.catalogue.get(path.entity, Entity)
        dimension = entity.dimension if entity else None
        return bool(dimension) and any(same_column(str(dimension), i, self.catalogue) for i in member.asset_ids)

    def _on_one_column(self, one: Mention, other: Mention) -> bool:
        return any(same_column(a, b, self.catalogue) for a in one.asset_ids for b in other.asset_ids)

    # comparisons

    def _is_compared(self, mention: Mention) -> bool:
        """ "compared with A", where the earlier question asked for B of the same kind; "add A", where it compared."""
        if mention.role != "member" or self.new.of("compared"):
            return False
        one_more = self.new.adds and any(self._on_one_column(mention, m) for m in self.old.of("compared"))
        beside = self.new.compares is not None or self.held_against or one_more
        return beside and any(self._on_one_column(mention, m) for m in self.old.of("member"))

    def _comparison(self) -> tuple[Mention, ...]:
        """What is compared with: a new comparison of any kind takes the place of all earlier ones, unless it is put
        beside them, and a target is that of its metric; of another metric it is the one that is called so."""
        compared = tuple(m.model_copy(update={"role": "compared"}) for m in self.new.mentions if self._is_compared(m))
        own = (*self.new.of("target", "compared"), *compared)
        timed = self._explicit(self.new.times)
        old = tuple(self._set_for_the_new(m) for m in self.old.of("target", "compared"))
        anew = (bool(own) or timed) and not self.new.adds
        lost = [m for m in old if anew or any(m.same_as(n) for n in own)]
        lost += [m for m in old if m.role == "target" and self._is_of_another(m) and m not in lost]
        members = [n for n in self.new.of("member") if not self._is_compared(n)]
        lost += [m for m in old if m.role == "compared" and any(self._replaces(n, m) for n in members)]
        for mention in old:
            self._note("comparison", mention.text, mention in lost, kept=mention not in lost)
        return (*(m for m in old if m not in lost), *own)

    def _measured_anew(self) -> set[str]:
        named = (i for m in self.new.of("metric", "order") for i in m.asset_ids)
        return {m.id for m in self.catalogue.metrics_meant(named)}

    def _is_of_another(self, target: Mention) -> bool:
        """Whether something else is measured now, which this is no target of."""
        measured = self._measured_anew()
        return bool(measured) and not any(
            measured & set(m.target_of) for m in self.catalogue.metrics_meant(target.asset_ids)
        )

    def _set_for_the_new(self, mention: Mention) -> Mention:
        """A target with those that are called so and are set for what is measured now, where there are any."""
        words = set(normal_form(mention.text).split())
        measured = self._measured_anew() if mention.role == "target" else set()
        set_for = [m for m in self.catalogue.metrics.targets if measured & set(m.target_of) and words <= names_of(m)]
        targets = tuple(Target(kind="metric", asset_id=m.id) for m in set_for)
        return mention.model_copy(update={"targets": targets}) if targets else mention

    @staticmethod
    def _explicit(times: Iterable[TimeSpan]) -> bool:
        return any(t.found.type == "comparison" for t in times)

    # times

    def _times(self, *, compares: bool) -> tuple[TimeSpan, ...]:
        kept: list[TimeSpan] = []
        new = {_KIND_OF_TIME[t.found.type] for t in self.new.times}
        for span in self.old.times:
            part = _KIND_OF_TIME[span.found.type]
            lost = part in new or (part == "comparison" and bool(self.new.of("target", "compared")))
            lost = lost or (part == "grain" and self.instead and bool(self.new.of("group")))
            if part == "comparison" and self.new.adds:
                lost = any(_is_same(span, other) for other in self.new.times)
            self._note(part, span.found.text, lost, kept=not lost)
            kept += [] if lost else [span]
        return (*kept, *self.new.times)

    # the rest

    def _share(self, mentions: tuple[Mention, ...]) -> Share | None:
        """A share goes on with whatever takes the place of its part, and with another number of which it is one."""
        if self.new.share or self.old.share is None or (self.new.of(*MEASURED) and not self._is_of_itself()):
            return self.new.share
        own = self.new.of("member")
        parts = (m.text for m in mentions if m.text in self.old.share.parts or (self.old.share.parts and m in own))
        return self.old.share.model_copy(update={"parts": tuple(dict.fromkeys(parts))})

    def _is_of_itself(self) -> bool:
        """A share of what is measured, where nothing but another thing to measure is said."""
        return self.of_another and not self.new.adds and self.old.share is not None and self.old.share.of is None

    def _counted(self, mentions: tuple[Mention, ...], *, bounded: bool) -> Mention | None:
        """Groups are counted on as long as they are the ones, and bounded."""
        old = self.old.counted
        same = old in mentions and (bounded or self.old.changed is not None)
        return self.new.counted or (old if same else None)

    def _average(self, mentions: tuple[Mention, ...]) -> Average | None:
        """An average goes on until the time is cut otherwise; one over groups as long as they are the ones."""
        old = self.old.average
        if old and old.over and not any(m.role == "group" and m.text == old.over for m in mentions):
            return self.new.average
        cut = any(t.found.type == "grain" for t in self.new.times)
        return self.new.average or (None if cut else self.old.average)

    def _kind(self, mentions: Iterable[Mention], times: tuple[TimeSpan, ...], ranked: bool) -> Kind:
        if self.new.kind in EXPLAINS:
            return self.new.kind
        if ranked:
            return "ranking"
        roles, types = {m.role for m in mentions}, {t.found.type for t in times}
        if roles & {"target", "compared"} or "comparison" in types:
            return "comparison"
        if "grain" in types or self.new.kind == "trend" or self._goes_on_in_time():
            return "trend"
        return "breakdown" if "group" in roles else "metric"

    def _left(self) -> Iterable[str]:
        """What neither question could place; words that only say that one goes on are in their place."""
        yield from self.old.left
        yield from filter(_not_only_goes_on, self.new.left)

    def _part(
        self, part: Part, old: tuple[Mention, ...], own: tuple[Mention, ...], *, adds: bool = False
    ) -> tuple[Mention, ...]:
        for mention in old:
            self._note(part, mention.text, bool(own) and not adds, kept=not own or adds)
        return (*old, *own) if adds or not own else own

    def _note(self, part: Part, text: str, said_anew: bool, *, kept: bool) -> None:
        if text and (kept or said_anew):
            how: Literal["inherited", "overridden"] = "inherited" if kept and not said_anew else "overridden"
            reason = "from the question before" if how == "inherited" else "the question says it anew"
            self.parts.append(Taken(part=part, how=how, text=text, reason=reason))
