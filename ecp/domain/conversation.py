"""Questions that go on from each other, heard one after the other: each with the dates it was answered for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ecp.domain.behind import as_one, goes_on, of_another, with_earlier_dates
from ecp.domain.catalogue import Catalogue
from ecp.domain.follow import Asked, Followed, Part, Taken, follow, is_whole, stands_alone
from ecp.domain.intent import Intent, TimeSpan, read_intent
from ecp.domain.kept import called_as_its_target, is_left_out, is_there, left_out_of_it
from ecp.domain.language import ADDING
from ecp.domain.matching import look_up
from ecp.domain.mentions import MEASURED
from ecp.domain.periods import calendar_of, resolve_periods, settled
from ecp.domain.put_right import all_of_them, in_its_place, instead_of, put_right
from ecp.domain.putting_beside import AGAINST, is_held_against, is_one_more, put_beside
from ecp.domain.reader import read
from ecp.domain.reading import Reading
from ecp.domain.related import asked_behind
from ecp.domain.short_names import short_names
from ecp.domain.taking_away import put_back_by_name, taken_away, taken_by_name
from ecp.domain.templates import written_out
from ecp.domain.time import (
    Expression,
    Period,
    TimeConventions,
    TimeError,
    TimeMention,
    resolve_from,
    resolve_time,
)
from ecp.domain.time.expressions import FromShown, Vague, Year, YearEarlier
from ecp.domain.time.going_on import years_away
from ecp.domain.values import Value
from ecp.domain.words import tokens

_BEFORE = "from the question before"
_SAYS_HOW = ADDING | {"not", "instead", "rather"}
_TWO = 2


class Turn(Value):
    """One question of a chain, and the day it was asked for; `understood`: it was not answered with what it says that
    was not understood."""

    text: str
    as_of: date
    understood: bool = True


class Heard(Value):
    """All of the chain as one question. `parts` is what the last one takes over; `from_turn` the place of the question
    that it goes on from, none where it stands alone; `skipped` that others came between, which were not understood."""

    asked: Asked
    parts: tuple[Taken, ...] = ()
    from_turn: int | None = None
    skipped: bool = False


@dataclass(frozen=True)
class Listener:
    """Hears questions by what is known of an enterprise. `is_word` says whether a word is ordinary English."""

    catalogue: Catalogue
    is_word: Callable[[str], bool]

    def alone(self, turn: Turn) -> Asked:
        """The first question of a chain."""
        intent = self._written(turn.text)
        reading = self._dated(self.reading(intent), None, turn.as_of)
        return self._shown(Asked(text=intent.text, reading=reading), turn.as_of)

    def reading(self, intent: Intent) -> Reading:
        """What a question says by itself; its times are still to be settled."""
        return read(intent, look_up(intent, self.catalogue, is_word=self.is_word), self.catalogue)

    def after(self, previous: Asked, turn: Turn) -> Followed:
        """A question that goes on from `previous`, which may itself be several as one. Times that it tells from the
        earlier answer are told from the period that this one showed; from then on, all keep the dates they have."""
        said = put_right(turn.text, self.catalogue.names.keys())
        text = all_of_them(said, previous.reading)
        if said != turn.text and not _SAYS_HOW & {w.norm for w in tokens(said)}:
            corrected = self._after(previous, turn.model_copy(update={"text": f"{text.rstrip(' ?.!')} instead"}))
            if _is_understood(corrected):
                return corrected
        instead = [
            (f, only)
            for t, only in instead_of(text)
            if len((f := self._after(previous, turn.model_copy(update={"text": t}))).asked.reading.numbers) < _TWO
        ]
        first = next((f for f, only in instead if only or (text.startswith("not") and _is_understood(f))), None)
        if first is not None:
            return first
        followed = self._after(previous, turn.model_copy(update={"text": text}))
        if _is_understood(followed):
            return followed
        return next((f for f, _ in instead if _is_understood(f)), followed)

    def _after(self, previous: Asked, turn: Turn) -> Followed:
        written = self._written(turn.text).text
        if other := self._of_another(previous, written, turn.as_of):
            return other
        if previous.reading.of_relations and (onward := self._of_what_it_led_to(previous, written)):
            return Followed(asked=onward, parts=(), onward=onward)
        if stands_alone(previous.reading):  # "of those", behind a list, which no number can be of
            return Followed(asked=(alone := self.alone(turn)), parts=(), onward=alone)
        text, away = taken_away(written, self.catalogue.names.keys())
        said = None if away else put_beside(text)
        new = None if away else self._put_back(previous, text, turn.as_of)
        new = new or (self._beside(previous, said, turn.as_of) if said else None)
        new = new or (None if away else self._without(previous, text, turn.as_of))
        if new is None:
            reading = self._read_on(previous, text)
            if previous.reading.left and not away:
                old = in_its_place(previous.reading, previous.text, reading, text, self.is_word)
                previous = previous.model_copy(update={"reading": old})
            new = self._of_the_same_part(previous, text, reading, turn.as_of)
            new = new or self._said(previous, text, reading, turn.as_of).model_copy(update={"away": away})
        followed = follow(previous, new, self.catalogue)
        if followed.asked.reading.left and not (away or previous.reading.left):
            followed = self._as_one(previous, written, turn.as_of) or followed
        asked, onward = (self._shown(a, turn.as_of) for a in (followed.asked, followed.onward))
        return followed.model_copy(update={"asked": asked, "onward": onward})

    def _as_one(self, previous: Asked, text: str, as_of: date) -> Followed | None:
        """Both read as one sentence, where what is said alone is no question: one more part of the earlier one."""
        old = previous.reading
        parts = tuple(Taken(part=p, how="inherited", text=t, reason=_BEFORE) for p, t in _parts_of(old))
        for whole in as_one(previous, text):
            asked = self._again(previous, whole, as_of)
            if goes_on(old, asked.reading, text):
                return Followed(asked=asked, onward=asked, parts=parts)
        return None

    def _of_another(self, previous: Asked, text: str, as_of: date) -> Followed | None:
        """The same of another thing that the relations start from."""
        other = of_another(previous, text, self.catalogue)
        asked = self._shown(self._again(previous, other, as_of), as_of) if other else None
        return Followed(asked=asked, onward=asked, parts=()) if asked and not asked.reading.left else None

    def _of_what_it_led_to(self, previous: Asked, text: str) -> Asked | None:
        """ "who do they report to", behind a question that relations answer."""
        intent = read_intent(text)
        matches = look_up(intent, self.catalogue, is_word=self.is_word)
        paths = asked_behind(previous.reading.paths, intent, matches, self.catalogue)
        reading = Reading(kind="catalogue", paths=paths, of_relations=True)
        return Asked(text=intent.text, reading=reading) if paths else None

    def _again(self, previous: Asked, text: str, as_of: date) -> Asked:
        """What is asked in other words, with the dates that the earlier question had."""
        reading = self.reading(self._written(text))
        times = tuple(with_earlier_dates(reading.times, previous.reading.times))
        known = {t.found.text.casefold() for t in previous.reading.times}
        new = self._times((t for t in times if t.found.text.casefold() not in known), previous.shown, as_of)
        dated = {(t.first, t.last): t for t in new}
        told = tuple(dated.get((t.first, t.last), t) for t in times)
        return Asked(text=text, reading=reading.model_copy(update={"times": told}), replaced=previous.replaced)

    def _without(self, previous: Asked, text: str, as_of: date) -> Asked | None:
        """What a question only takes away by its name: "without B", "drop B"."""
        named = taken_by_name(text)
        if named is None:
            return None
        new = self._going_on(previous, named.text, as_of)
        target = called_as_its_target(new.reading, previous.reading, self.catalogue)
        if target or (named.away.what == "comparison" and not new.reading.mentions):
            away = named.away.model_copy(update={"what": "comparison", "name": None})
            nothing = new.reading.model_copy(update={"left": ()})
            return new.model_copy(update={"reading": nothing, "away": (away,)})
        left_out = is_left_out(new.reading, previous.reading, self.catalogue)
        if not left_out and is_there(new.reading, previous.reading, self.catalogue):
            return new.model_copy(update={"away": (named.away,)})
        if left_out or not named.drops:
            return self._left_out(new) if left_out else None
        out = left_out_of_it(new.reading, previous.reading, self.catalogue)
        unknown = new.reading.model_copy(update={"left": (named.away.text, *new.reading.left)})
        return new.model_copy(update={"reading": out or unknown})

    def _put_back(self, previous: Asked, text: str, as_of: date) -> Asked | None:
        """ "with B again", where B was left out: no longer."""
        named = put_back_by_name(text) if previous.reading.of("excluded") else None
        new = self._going_on(previous, named.text, as_of) if named else None
        if named is None or new is None or not is_left_out(new.reading, previous.reading, self.catalogue):
            return None
        return new.model_copy(update={"away": (named.away,)})

    @staticmethod
    def _left_out(new: Asked) -> Asked:
        """ "without B", of what B is left out of: still."""
        mentions = tuple(m.model_copy(update={"role": "excluded"}) for m in new.reading.mentions)
        return new.model_copy(update={"reading": new.reading.model_copy(update={"mentions": mentions})})

    def _of_the_same_part(self, previous: Asked, text: str, reading: Reading, as_of: date) -> Asked | None:
        """ "and last year?", after a month or a quarter of this one: the same part of that year, and not all of it."""
        steps = years_away(
            [t.found for t in reading.times if isinstance(t.found, TimeMention)],
            previous.shown,
            text,
            lambda found: self._resolved(found, as_of),
        )
        more = len(reading.times) != 1 or reading.ranking or reading.average or reading.running or reading.share
        if steps is None or more or any(m.role not in ("member", "excluded") for m in reading.mentions):
            return None
        span = reading.times[0]
        found = span.found.model_copy(update={"expression": FromShown(steps=steps, grain="year")})
        reading = reading.model_copy(update={"times": (span.model_copy(update={"found": found}),)})
        return self._said(previous, text, reading, as_of)

    def _resolved(self, found: TimeMention, as_of: date) -> Period | None:
        calendar, conventions = calendar_of(self.catalogue)
        try:
            return resolve_time(found.expression, calendar, as_of, conventions)
        except TimeError:
            return None

    def _going_on(self, previous: Asked, text: str, as_of: date) -> Asked:
        """What is said by itself, of which words may refer to what was measured before."""
        return self._said(previous, text, self._read_on(previous, text), as_of)

    def _said(self, previous: Asked, text: str, reading: Reading, as_of: date) -> Asked:
        return Asked(text=text, reading=self._dated(reading, previous.shown, as_of))

    def _read_on(self, previous: Asked, text: str) -> Reading:
        intent = read_intent(text, going_on=True, years=self.catalogue.years)
        matches = look_up(intent, self.catalogue, is_word=self.is_word)
        matches += short_names(intent, previous.reading.of(*MEASURED), matches, self.catalogue)
        return read(intent, matches, self.catalogue, previous.reading)

    def _beside(self, previous: Asked, said: str, as_of: date) -> Asked | None:
        """What is put beside what was asked for: a target or a time as what that is compared with, a number beside the
        others; None where it can be neither."""
        alone = self._going_on(previous, said, as_of)
        against = self._going_on(previous, f"{AGAINST} {said}", as_of)
        if not previous.reading.of(*MEASURED):
            return None
        of_a_time = self._is_comparable(self._shown(alone, as_of).shown, previous.shown)
        if is_held_against(alone.reading, against.reading, self.catalogue, of_a_time=of_a_time):
            return against.model_copy(update={"reading": against.reading.model_copy(update={"adds": True})})
        if is_one_more(alone.reading, previous.reading, self.catalogue):
            return alone.model_copy(update={"reading": alone.reading.model_copy(update={"adds": True})})
        return None

    def _is_comparable(self, time: Period | None, shown: Period | None) -> bool:
        """Whether a time is a unit like the one that was asked for, or a year, of which the same part is meant. Any
        other might lengthen it."""
        if time is None or shown is None:
            return False
        calendar, _ = calendar_of(self.catalogue)
        one = shown.end <= calendar.end_of(shown.start, shown.granularity, shown.calendar)
        return time.granularity == "year" or (one and time.granularity == shown.granularity)

    def chain(self, earlier: Iterable[Turn], last: Turn) -> Heard:
        """What `last` asks at the end of a chain: it goes on from the last question that was understood. Where none
        was, it goes on from all of them, unless it is a whole question."""
        base: Asked | None = None
        at, understood, skipped = -1, False, False
        for place, turn in enumerate(earlier):
            asked = self._next(base, turn, understood=understood)
            skipped = base is not None and not turn.understood and (understood or _adds_unknown(base, asked))
            if not skipped:
                base, at, understood = asked, place, understood or turn.understood
        if base is None or (not understood and is_whole(self.alone(last))):
            return Heard(asked=self.alone(last))
        followed = self.after(base, last)
        return Heard(asked=followed.asked, parts=followed.parts, from_turn=at, skipped=skipped)

    def _next(self, base: Asked | None, turn: Turn, *, understood: bool) -> Asked:
        alone = self.alone(turn) if base is None or not understood else None
        if alone is not None and (base is None or is_whole(alone)):
            return alone
        assert base is not None
        return self.after(base, turn).onward

    def _written(self, text: str) -> Intent:
        return written_out(read_intent(text), self.catalogue, is_word=self.is_word).intent

    def _shown(self, asked: Asked, today: date) -> Asked:
        calendar, conventions = calendar_of(self.catalogue)
        found = resolve_periods(asked.text, asked.reading.times, calendar, conventions, today).period
        shown = Period.model_validate(found.model_dump(exclude={"mention"})) if found else None
        return asked.model_copy(update={"shown": shown})

    def _dated(self, reading: Reading, shown: Period | None, today: date) -> Reading:
        return reading.model_copy(update={"times": tuple(self._times(reading.times, shown, today))})

    def _times(self, spans: Iterable[TimeSpan], shown: Period | None, today: date) -> Iterator[TimeSpan]:
        """The times with their dates; a year has them by its name, and what has none is refused as it was said."""
        for span in spans:
            found = span.found
            if found.type == "time" and not isinstance(found.expression, Year):
                found = found.model_copy(update={"expression": self._settled(found, shown, today)})
            yield span.model_copy(update={"found": found})

    def _settled(self, found: TimeMention, shown: Period | None, today: date) -> Expression:
        calendar, conventions = calendar_of(self.catalogue)

        def on(said: TimeConventions) -> Period:
            if shown is None:
                return resolve_time(found.expression, calendar, today, said)
            return resolve_from(found, shown, calendar, today, said)

        try:
            return settled(found.expression, conventions, on)
        except TimeError as error:
            if shown is None or not isinstance(found.expression, FromShown | YearEarlier):
                return found.expression
            return Vague(text=found.text, what="cannot be told", reason=str(error.detail).rstrip("."))


def _is_understood(followed: Followed) -> bool:
    reading = followed.asked.reading
    return not reading.left and not any(isinstance(getattr(t.found, "expression", None), Vague) for t in reading.times)


def _parts_of(reading: Reading) -> Iterator[tuple[Part, str]]:
    parts: dict[str, Part] = {"metric": "measured", "order": "measured", "group": "groups"}
    parts |= {"member": "members", "excluded": "members", "target": "comparison", "compared": "comparison"}
    yield from ((parts[m.role], m.text) for m in reading.mentions if m.role in parts)
    times: dict[str, Part] = {"time": "period", "year": "period", "grain": "grain", "comparison": "comparison"}
    yield from ((times[t.found.type], t.found.text) for t in reading.times)


def _adds_unknown(base: Asked, asked: Asked) -> bool:
    return len(asked.reading.left) > len(base.reading.left)
