"""A question that goes on from another: what it inherits, and what it says anew.

Both questions are read alone; here their parts are put together, and everything after (periods, definitions, plan,
decision) happens as for one question that says all of it. Nothing of the earlier answer but its choice of
definitions is taken over, and no authorisation ever is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ecp.domain.answer import Kind, ResolvedConcepts
from ecp.domain.averages import Average
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import TimeSpan
from ecp.domain.language import BEFORE_IT, CONTINUING
from ecp.domain.limits import same_column
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.numbers import NumberFilter
from ecp.domain.reading import Reading
from ecp.domain.shares import Share
from ecp.domain.values import Value
from ecp.domain.words import tokens

Part = Literal["measured", "members", "groups", "bounds", "period", "comparison", "grain", "ranking", "department"]
EXPLAINS: frozenset[Kind] = frozenset({"definition", "lineage", "catalogue"})


class Taken(Value):
    """One part of a followed question: taken over from the earlier one, or dropped for what is said anew; `said` is
    what the new one says in a part that the earlier one may not have had."""

    part: Part
    how: Literal["inherited", "overridden", "said"]
    text: str
    reason: str


class Asked(Value):
    """A question's text and its reading; positions in the reading are places in this very text."""

    text: str
    reading: Reading


class Followed(Value):
    """Both questions as one. `asked.text` is what `resolve_periods` and `select` go on with; `parts` says what came
    from where, for the trace and for whoever asks."""

    asked: Asked
    parts: tuple[Taken, ...]


def follow(previous: Asked, new: Asked, catalogue: Catalogue) -> Followed:
    """What `new` asks when it is asked after `previous`. Never raises. `new.reading` comes from
    `read(…, after=previous.reading)`, so that its words may refer to what was measured before.

    A part that `new` says goes before the same part of `previous`: another metric, another member on the same column,
    another grouping ("also" adds to it), another period, comparison, grain, ranking or bound. Everything else is
    inherited. A chain is followed from its first question on: `previous` is then the `asked` of an earlier `Followed`.
    """
    joined = _Joined(previous.reading, _behind(previous, new), catalogue)
    reading = joined.reading()
    return Followed(asked=Asked(text=f"{previous.text}\n{new.text}", reading=reading), parts=tuple(joined.parts))


def settled(previous: ResolvedConcepts, followed: Followed) -> dict[str, str]:
    """The definitions that inherited mentions had in the earlier answer, as `select` takes them in `forced`; none
    where the new question names a department whose meanings it wants. Only for an asker to whom words mean the same."""
    if any(p.part == "department" and p.how == "said" for p in followed.parts):
        return {}
    inherited = {p.text for p in followed.parts if p.part == "measured" and p.how == "inherited"}
    return {m.mention: m.id for m in previous.metrics if m.mention in inherited}


def counted_from(previous: ResolvedConcepts, followed: Followed) -> date | None:
    """The day that takes today's place for the new question's own period: "and the previous quarter?" means the one
    before the earlier answer's period. None where it counts from today as any question."""
    if previous.period is None or not any(p.part == "period" and p.how == "overridden" for p in followed.parts):
        return None
    said = {t.norm for s in followed.asked.reading.times if s.found.type == "time" for t in tokens(s.found.text)}
    return previous.period.start if said & BEFORE_IT else None


def _behind(previous: Asked, new: Asked) -> Reading:
    """The new reading with its positions behind those of the earlier text."""
    words, letters = len(tokens(previous.text)), len(previous.text) + 1
    reading = new.reading

    def moved(mention: Mention) -> Mention:
        return mention.model_copy(update={"first": mention.first + words, "last": mention.last + words})

    return reading.model_copy(
        update={
            "mentions": tuple(moved(m) for m in reading.mentions),
            "times": tuple(_moved_time(t, words, letters) for t in reading.times if not _goes_on(t)),
            "numbers": tuple(_moved_number(n, words) for n in reading.numbers),
        }
    )


def _goes_on(span: TimeSpan) -> bool:
    """ "now by place": a word that goes on, and no time."""
    return {t.norm for t in tokens(span.found.text)} <= CONTINUING


def _moved_time(span: TimeSpan, words: int, letters: int) -> TimeSpan:
    found = span.found.model_copy(update={"start": span.found.start + letters, "end": span.found.end + letters})
    return TimeSpan(first=span.first + words, last=span.last + words, found=found)


def _moved_number(number: NumberFilter, words: int) -> NumberFilter:
    return number.model_copy(update={"first": number.first + words, "last": number.last + words})


@dataclass
class _Joined:
    """Puts the parts of two readings together, and remembers where each came from."""

    old: Reading
    new: Reading
    catalogue: Catalogue
    parts: list[Taken] = field(default_factory=list)

    def reading(self) -> Reading:
        measured = self._measured()
        members = self._members()
        compared = self._comparison()
        groups = self._part("groups", self.old.of("group"), self.new.of("group"), adds=self.new.adds)
        mentions = (*self._department(), *measured, *members, *compared, *groups, *self._descriptors())
        times = self._times(compares=bool(compared))
        ranked = groups or any(t.found.type == "grain" for t in times)
        ranking = self.new.ranking or (self.old.ranking if ranked else None)
        self._note("ranking", "ranking" if self.old.ranking else "", bool(self.new.ranking), kept=ranking is not None)
        return Reading(
            kind=self._kind(mentions, times, ranking is not None),
            mentions=tuple(sorted(mentions, key=lambda m: m.first)),
            times=times,
            numbers=self._bounds(),
            ranking=ranking,
            left=tuple(self._left()),
            compares=self.new.compares or (self.old.compares if compared or self._explicit(times) else None),
            singular=self.new.singular if self.new.of("group") else self.new.singular or self.old.singular,
            judges=self.new.judges if self.new.ranking else self.old.judges,
            by_change=self.new.by_change if self.new.ranking else self.old.by_change,
            asks_what_it_is=self.new.asks_what_it_is,
            share=self._share(mentions),
            average=self._average(),
            changed=self.new.changed or self.old.changed,
            wanted={**self.old.wanted, **self.new.wanted},
        )

    # what is measured

    def _measured(self) -> tuple[Mention, ...]:
        own = self.new.of("metric", "order")
        return self._part("measured", self.old.of("metric", "order"), own, adds=self.new.adds)

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
        another = bool(self.new.of("metric", "order")) and not self.new.adds
        kept = () if self.new.numbers or another else self.old.numbers
        for number in self.old.numbers:
            self._note("bounds", number.text, not kept, kept=bool(kept))
        return (*kept, *self.new.numbers)

    # members

    def _members(self) -> tuple[Mention, ...]:
        own = tuple(m for m in self.new.of("member", "excluded") if not self._is_compared(m))
        old = self.old.of("member", "excluded")
        lost = [m for m in old if any(self._replaces(n, m) for n in own)]
        if self.new.adds:
            lost = [m for m in lost if not any(n.role == m.role and n.asset_ids & m.asset_ids for n in own)]
        for mention in old:
            self._note("members", mention.text, mention in lost, kept=mention not in lost)
        return (*(m for m in old if m not in lost), *own)

    def _replaces(self, new: Mention, old: Mention) -> bool:
        """A member takes the place of those on its column. One that is left out narrows what was kept."""
        return (new.role == "member" or old.role == "excluded") and self._on_one_column(new, old)

    def _on_one_column(self, one: Mention, other: Mention) -> bool:
        return any(same_column(a, b, self.catalogue) for a in one.asset_ids for b in other.asset_ids)

    # comparisons

    def _is_compared(self, mention: Mention) -> bool:
        """ "compared with A", where the earlier question asked for B of the same kind."""
        alone = self.new.compares is not None and not self.new.of("compared") and mention.role == "member"
        return alone and any(self._on_one_column(mention, m) for m in self.old.of("member"))

    def _comparison(self) -> tuple[Mention, ...]:
        """What is compared with: a new comparison of any kind takes the place of all earlier ones, and a target is
        that of its metric."""
        compared = tuple(m.model_copy(update={"role": "compared"}) for m in self.new.mentions if self._is_compared(m))
        own = (*self.new.of("target", "compared"), *compared)
        timed = self._explicit(self.new.times)
        old = self.old.of("target", "compared")
        lost = [m for m in old if own or timed or (m.role == "target" and self.new.of("metric", "order"))]
        lost += [
            m for m in old if m.role == "compared" and any(self._on_one_column(m, n) for n in self.new.of("member"))
        ]
        for mention in old:
            self._note("comparison", mention.text, mention in lost, kept=mention not in lost)
        return (*(m for m in old if m not in lost), *own)

    @staticmethod
    def _explicit(times: Iterable[TimeSpan]) -> bool:
        return any(t.found.type == "comparison" for t in times)

    # times

    def _times(self, *, compares: bool) -> tuple[TimeSpan, ...]:
        kept: list[TimeSpan] = []
        new = {t.found.type for t in self.new.times}
        for span in self.old.times:
            lost = span.found.type in new or (
                span.found.type == "comparison" and bool(self.new.of("target", "compared"))
            )
            part: Part = {"time": "period", "grain": "grain"}.get(span.found.type, "comparison")  # type: ignore[assignment]
            self._note(part, span.found.text, lost, kept=not lost)
            kept += [] if lost else [span]
        return (*kept, *self.new.times)

    # the rest

    def _share(self, mentions: tuple[Mention, ...]) -> Share | None:
        """A share goes on with whatever takes the place of its part."""
        if self.new.share or self.old.share is None or self.new.of(*MEASURED):
            return self.new.share
        own = self.new.of("member")
        parts = (m.text for m in mentions if m.text in self.old.share.parts or (self.old.share.parts and m in own))
        return self.old.share.model_copy(update={"parts": tuple(dict.fromkeys(parts))})

    def _average(self) -> Average | None:
        """An average goes on until the time is cut otherwise."""
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
        if "grain" in types or "trend" in (self.new.kind, self.old.kind):
            return "trend"
        return "breakdown" if "group" in roles else "metric"

    def _left(self) -> Iterable[str]:
        """What neither question could place; words that only say that one goes on are in their place."""
        yield from self.old.left
        for text in self.new.left:
            if not {t.norm for t in tokens(text)} <= CONTINUING:
                yield text

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
