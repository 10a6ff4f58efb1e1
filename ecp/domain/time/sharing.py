"""Times that are dated by others in the same text: the year said once for several, the year that stands apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ecp.domain.time.expressions import (
    Day,
    Expression,
    Month,
    NumericDate,
    Part,
    Range,
    Relative,
    Weekday,
    Year,
    YearEarlier,
)  # fmt: skip
from ecp.domain.time.grammar.comparisons import SAME, Comparison
from ecp.domain.time.grammar.grains import Grouping
from ecp.domain.time.lexer import Tokens
from ecp.domain.time.vocabulary import word_set

_BETWEEN = word_set("and or & , vs versus v . to with the / - than compared against relative in of")
_LISTING = word_set("and or & vs versus with to than against")
_INTRODUCING = word_set("in for during over since until on at")


@dataclass(frozen=True, slots=True)
class YearApart:
    """The year of the time beside it, at a place of its own: "Q3 … 2024"."""

    year: Expression


@dataclass(frozen=True, slots=True)
class Reading:
    """One mention between two places, before the years of its neighbours are known."""

    start: int
    end: int
    said: Expression | Grouping | Comparison | YearApart

    @property
    def expression(self) -> Expression | None:
        if isinstance(self.said, Comparison):
            return self.said.expression
        return None if isinstance(self.said, Grouping | YearApart) else self.said

    @property
    def is_time(self) -> bool:
        return not isinstance(self.said, Grouping | Comparison | YearApart)


def share_years(t: Tokens, readings: list[Reading]) -> list[Reading]:
    """The readings, each with the year that another one lends it."""
    shared = _a_year_earlier(_within_weeks(t, readings))
    for k in range(len(shared) - 2, -1, -1):
        if _neighbours(t, shared[k], shared[k + 1]):
            shared[k] = _inherit(shared[k], shared[k + 1])
    for k in range(1, len(shared)):
        if _neighbours(t, shared[k - 1], shared[k]):
            shared[k] = _inherit(shared[k], shared[k - 1])
    return _alone(t, _joined(t, shared))


def _within_weeks(t: Tokens, readings: list[Reading]) -> list[Reading]:
    """`last week from Tuesday to Thursday`: the days are those of that week."""
    joined: list[Reading] = []
    for reading in readings:
        week = joined[-1] if joined else None
        days = _weekdays_of(week, reading) if week and all(x.word == "," for x in t[week.end : reading.start]) else None
        if week and days:
            joined[-1] = Reading(week.start, reading.end, days)
        else:
            joined.append(reading)
    return joined


def _weekdays_of(week: Reading, days: Reading) -> Range | None:
    of, said = week.said, days.said
    if not isinstance(of, Relative) or of.grain != "week" or not isinstance(said, Range):
        return None
    if not (isinstance(said.first, Weekday) and isinstance(said.last, Weekday)):
        return None
    if not (_takes_year(said.first) and _takes_year(said.last)):
        return None
    return said.model_copy(update={"first": _of(said.first, of), "last": _of(said.last, of)})


def _a_year_earlier(readings: list[Reading]) -> list[Reading]:
    """`July compared with July last year`: a year earlier than whichever July is meant."""
    times = [r.said for r in readings if r.is_time]
    return [_than_itself(r, times[0]) if len(times) == 1 else r for r in readings]  # type: ignore[arg-type]


def _than_itself(other: Reading, own: Expression) -> Reading:
    said = other.said
    if not isinstance(said, Comparison) or not _takes_year(own) or said.expression is None:
        return other
    year = _year_of(said.expression)
    if not isinstance(year, Relative) or year.offset != -1 or _of(own, year) != said.expression:
        return other
    return replace(other, said=Comparison("same_period_last_year", other.end))


def _alone(t: Tokens, readings: list[Reading]) -> list[Reading]:
    """`the same quarter last year`, with nothing that it is compared with, is a time of its own."""
    if any(r.is_time for r in readings):
        return readings
    return [_as_time(t, r) for r in readings]


def _as_time(t: Tokens, reading: Reading) -> Reading:
    said = reading.said
    if not isinstance(said, Comparison) or said.kind != "same_period_last_year" or said.grain is None:
        return reading
    if not SAME.intersection((t[reading.start].word, t[reading.start + 1].word)) or t[reading.start].word in _LISTING:
        return reading
    current = Relative(grain=said.grain, offset=0, basis=said.basis)
    return replace(reading, said=YearEarlier(of=current))


def _takes_year(expression: Expression | None) -> bool:
    open_ = isinstance(expression, Month | Part | Day | Weekday) and expression.of is None
    return open_ and getattr(expression, "which", None) is None


def _year_of(expression: Expression | None) -> Expression | None:
    return expression.of if isinstance(expression, Month | Part | Day) else None


def _inherit(one: Reading, other: Reading) -> Reading:
    """`Q1 and Q2 2024`: the one without a year takes the other's, unless it were the same then."""
    mine, theirs = one.expression, _year_of(other.expression)
    if theirs is None or not _takes_year(mine) or mine is None or type(mine) is not type(other.expression):
        return one
    dated = _dated(one, theirs)
    return one if dated.expression == other.expression else dated


def _dated(one: Reading, year: Expression) -> Reading:
    mine = one.expression
    if isinstance(mine, Range):
        dated: Expression = mine.model_copy(update={"first": _of(mine.first, year), "last": _of(mine.last, year)})
    else:
        assert mine is not None
        dated = _of(mine, year) or mine
    said = replace(one.said, expression=dated) if isinstance(one.said, Comparison) else dated
    return Reading(one.start, one.end, said)


def _of(expression: Expression | None, year: Expression) -> Expression | None:
    if isinstance(expression, NumericDate) and expression.year is None and isinstance(year, Year):
        return expression.model_copy(update={"year": year.year})
    return expression.model_copy(update={"of": year}) if expression and _takes_year(expression) else expression


def _neighbours(t: Tokens, one: Reading, other: Reading) -> bool:
    return all(token.word in _BETWEEN for token in t[one.end : other.start])


def _joined(t: Tokens, readings: list[Reading]) -> list[Reading]:
    """`Q3 … 2024`: two times that are one, with other words between them."""
    times = [k for k, r in enumerate(readings) if r.is_time]
    if len(times) != 2:
        return readings
    for k, year in (times, times[::-1]):
        if _lacks_year(readings[k].expression) and _apart(t, *(readings[at] for at in times)):
            joined = list(readings)
            if _is_year(said := readings[year].expression) and said is not None:
                joined[k], joined[year] = _dated(readings[k], said), replace(readings[year], said=YearApart(said))
                return joined
    return readings


def _lacks_year(expression: Expression | None) -> bool:
    if isinstance(expression, Range):
        ends = [e for e in (expression.first, expression.last) if e is not None]
        return len(ends) == 2 and all(_takes_year(e) or _in_figures(e) for e in ends)
    return _takes_year(expression) and not isinstance(expression, Weekday)


def _in_figures(expression: Expression) -> bool:
    return isinstance(expression, NumericDate) and expression.year is None


def _is_year(expression: Expression | None) -> bool:
    return isinstance(expression, Year) or (isinstance(expression, Relative) and expression.grain == "year")


def _apart(t: Tokens, one: Reading, other: Reading) -> bool:
    """Whether words that list nothing stand between them; each with a preposition of its own is a list."""
    words = [token.word for token in t[one.end : other.start]]
    listed = bool(_LISTING.intersection(words))
    both = one.start > 0 and t[one.start - 1].word in _INTRODUCING and bool(words) and words[-1] in _INTRODUCING
    return bool(words) and words[-1] not in _LISTING and words[0] not in _LISTING and not (listed and both)
