"""Times that are dated by others in the same text: the year said once for several, the year that stands apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ecp.domain.time.expressions import (
    Day,
    Edge,
    Expression,
    Month,
    NumericDate,
    Part,
    Range,
    Relative,
    ToDate,
    Vague,
    Weekday,
    Window,
    Within,
    Year,
    YearEarlier,
)  # fmt: skip
from ecp.domain.time.grammar.basics import grain_of, is_longer, skip
from ecp.domain.time.grammar.comparisons import SAME, Comparison
from ecp.domain.time.grammar.grains import Grouping
from ecp.domain.time.lexer import Tokens
from ecp.domain.time.vocabulary import word_set

_BETWEEN = word_set("and or & , vs versus v . to with the / - than compared against relative in of plus +")
_LISTING = word_set("and or & vs versus with to than against")
_INTRODUCING = word_set("in for during over since until on at")
_BESIDE = word_set("and & , in for of the")
_INSIDE = word_set(", in of for the during within only but (")
_WORDS_OF_A_THING = 3
_HOLDING = ("of", "first", "last", "until", "open", "whole")
_LAST = {"month": 12, "quarter": 4, "half": 2, "week": 52, "day": 31, "year": 1}
_TOLD_ALIKE = (Day, NumericDate, Month, Part)


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
    def said_of_dates(self) -> bool:
        """Whether it tells a period, and not how time is cut."""
        return not isinstance(self.said, Grouping | YearApart)

    @property
    def is_time(self) -> bool:
        return not isinstance(self.said, Grouping | Comparison | YearApart)


def share_years(t: Tokens, readings: list[Reading]) -> list[Reading]:
    """The readings, each with the year that another one lends it."""
    shared = _a_year_earlier(_within_weeks(t, _read_alike(readings)))
    for k in range(len(shared) - 2, -1, -1):
        if _neighbours(t, shared[k], shared[k + 1]):
            shared[k] = _inherit(shared[k], shared[k + 1])
    for k in range(1, len(shared)):
        if _neighbours(t, shared[k - 1], shared[k]):
            shared[k] = _inherit(shared[k], shared[k - 1])
    for k in range(1, len(shared)):
        if _neighbours(t, shared[k - 1], shared[k]):
            shared[k] = _as_of_too(t, shared[k - 1], _same_part(t, shared[k - 1], shared[k]))
    for k in range(len(shared) - 2, -1, -1):
        if _neighbours(t, shared[k], shared[k + 1]):
            shared[k] = _end_too(t, shared[k], shared[k + 1])
    return _alone(t, _until_of_its_year(_within(t, _joined(t, _in_the_compared_year(shared)))))


def _read_alike(readings: list[Reading]) -> list[Reading]:
    """`Jan 26 vs Jan 25`: the numbers behind months are all years or all days; days beside a day."""
    said = [node for r in readings for node in _nodes(r.expression)]
    numbers = tuple(n.number for n in said if isinstance(n, Month) and n.number is not None)
    if not numbers:
        return readings
    days = any(isinstance(node, Day | NumericDate) for node in said)

    def alike(node: Month) -> Expression:
        return node.as_day if days else node.model_copy(update={"alike": numbers})

    return [_with(r, _each_numbered(r.expression, alike)) for r in readings]


def _nodes(expression: Expression | None) -> Iterator[Expression]:
    if expression is not None:
        yield expression
        for _, inner in _inner(expression):
            yield from _nodes(inner)


def _inner(expression: Expression) -> Iterator[tuple[str, Expression]]:
    for name in _HOLDING:
        if (inner := getattr(expression, name, None)) and not isinstance(inner, bool):
            yield name, inner


def _each_numbered(expression: Expression | None, told: Callable[[Month], Expression]) -> Expression | None:
    if expression is None:
        return None
    if isinstance(expression, Month) and expression.number is not None:
        return told(expression)
    inner = {name: _each_numbered(node, told) for name, node in _inner(expression)}
    return expression.model_copy(update=inner) if inner else expression


def _with(reading: Reading, expression: Expression | None) -> Reading:
    said = reading.said
    if expression is None or isinstance(said, Grouping | YearApart):
        return reading
    return replace(reading, said=replace(said, expression=expression) if isinstance(said, Comparison) else expression)


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
    if not isinstance(said, Comparison) or said.expression is None:
        return other
    if _to_the_same_month(own, said.expression):
        return replace(other, said=Comparison("same_period_last_year", other.end))
    if not _takes_year(own):
        return other
    year = _year_of(said.expression)
    if not isinstance(year, Relative) or year.offset != -1 or _of(own, year) != said.expression:
        return other
    return replace(other, said=Comparison("same_period_last_year", other.end))


def _to_the_same_month(own: Expression, other: Expression) -> bool:
    """`YTD December vs prior YTD`, `vs YTD December last year`."""
    if not isinstance(own, ToDate) or not isinstance(other, ToDate) or own.until is None or own.grain != other.grain:
        return False
    year = _year_of(other.until) if other.until else other.of
    if not isinstance(year, Relative) or (year.grain, year.offset) != ("year", -1):
        return False
    return other.until is None or other.until == _of(own.until, year)


def _in_the_compared_year(readings: list[Reading]) -> list[Reading]:
    """`Q3 orders vs Q2 FY26`: of that year where it comes later in it, of the next one for `Q1 orders vs Q4 FY25`, and
    of its calendar in any case."""
    times = [k for k, r in enumerate(readings) if r.is_time]
    other = next((r.expression for r in readings if isinstance(r.said, Comparison) and r.said.kind == "period"), None)
    own = readings[times[0]].expression if len(times) == 1 else None
    if not isinstance(own, Part | Month) or not _takes_year(own) or not isinstance(year := _year_of(other), Year):
        return readings
    if not isinstance(other, type(own)) or _unit_of(own) != _unit_of(other):
        return readings
    told = _beside_it(own, _place_in(other), year)
    return [_with(r, told) if k == times[0] else r for k, r in enumerate(readings)]


def _beside_it(own: Part | Month, other: int, year: Year) -> Expression | None:
    if _place_in(own) > other:
        return _of(own, year)
    if (_place_in(own), other) == (1, _LAST[_unit_of(own)]) and year.second is None:
        return _of(own, year.model_copy(update={"year": year.year + 1}))
    return _in_the_calendar_of(own, year)


def comes_before(one: Expression | None, other: Expression | None) -> bool:
    """`Q1` and `Q2`, `January` and `March`: two parts of a year that have none of their own, in its order."""
    if not isinstance(one, Part | Month) or not isinstance(other, Part | Month):
        return False
    alike = _takes_year(one) and _takes_year(other) and _unit_of(one) == _unit_of(other)
    return alike and _place_in(one) < _place_in(other)


def _unit_of(expression: Part | Month) -> str:
    return expression.grain if isinstance(expression, Part) else "month"


def _place_in(expression: Part | Month) -> int:
    return expression.index if isinstance(expression, Part) else expression.month


def _in_the_calendar_of(own: Part | Month, year: Year) -> Expression:
    if isinstance(own, Month) or own.basis or year.basis is None:
        return own
    return own.model_copy(update={"basis": year.basis})


def _same_part(t: Tokens, one: Reading, other: Reading) -> Reading:
    """`July this year and last year`: July of either. Years by name are a matter of dates."""
    year, said = other.expression, other.said
    if not one.is_time or not isinstance(year, Relative) or year.grain != "year" or one.expression is None:
        return other
    part = _of_another_year(one.expression, year)
    if part is None:
        return other
    if isinstance(said, Comparison):
        return replace(other, said=replace(said, expression=part)) if said.kind == "period" else other
    words = [token.word for token in t[one.end : other.start]]
    return replace(other, said=part) if words and _BESIDE.issuperset(words) else other


def _of_another_year(expression: Expression, year: Relative) -> Expression | None:
    """The same part of another year; None where it is not told as the part of a year. From a year with a name, "two
    years ago" is not counted."""
    if isinstance(expression, Range):
        ends = {side: _of_another_year(e, year) for side in ("first", "last") if (e := getattr(expression, side))}
        moved = {side: end for side, end in ends.items() if end}
        return expression.model_copy(update=moved) if moved else None
    of = getattr(expression, "of", None)
    if isinstance(expression, ToDate) and expression.grain == "year" and not (of or expression.until):
        return expression.model_copy(update={"of": year})
    if of is None:
        return None
    if isinstance(of, Year) and year.word == "ago":
        return None
    moved_of = year if _is_year(of) else _of_another_year(of, year)
    return expression.model_copy(update={"of": moved_of}) if moved_of else None


def _as_of_too(t: Tokens, one: Reading, other: Reading) -> Reading:
    """`as of 15 January 2026 and 15 January 2025`, `at the end of March and June`: said once for both."""
    first, said = one.expression, other.said
    if not isinstance(first, Edge) or (first.how == "at" and not _are_months(first.of, other.expression)):
        return other
    words = {token.word for token in t[one.end : other.start]}
    if isinstance(said, Comparison) and said.kind == "period" and isinstance(said.expression, _TOLD_ALIKE):
        return replace(other, said=replace(said, expression=first.model_copy(update={"of": said.expression})))
    if isinstance(said, _TOLD_ALIKE) and words and _BESIDE.issuperset(words):
        return replace(other, said=first.model_copy(update={"of": said}))
    return other


def _are_months(one: Expression, other: Expression | None) -> bool:
    return isinstance(one, Month) and isinstance(other, Month)


def _end_too(t: Tokens, one: Reading, other: Reading) -> Reading:
    """`September and October month-end`: said once for both."""
    end, mine = other.expression, one.expression
    if not isinstance(end, Edge) or not isinstance(mine, Month) or isinstance(one.said, Comparison):
        return one
    if not isinstance(end.of, Month) or t[skip(t, other.start, "and")].kind != "month":
        return one
    year = _year_of(end.of)
    return replace(one, said=end.model_copy(update={"of": _of(mine, year) if year else mine}))


def _within(t: Tokens, readings: list[Reading]) -> list[Reading]:
    """`up to yesterday this month`, `last year up to March`: the one that is open lies within the other."""
    times = [k for k, r in enumerate(readings) if r.is_time]
    if len(times) != 2:
        return readings
    first, second = (readings[k] for k in times)
    if not _side_by_side(t, first, second):
        return readings
    for k, other in (times, times[::-1]):
        said = readings[other].expression
        inside = _inside(readings[k].expression, said)
        if inside is None or said is None:
            continue
        if times[1] == times[0] + 1 and _INSIDE.issuperset(x.word for x in t[first.end : second.start]):
            return [*readings[: times[0]], Reading(first.start, second.end, inside), *readings[times[1] + 1 :]]
        joined = list(readings)
        joined[k] = replace(readings[k], said=inside)
        joined[other] = replace(readings[other], said=YearApart(said))
        return joined
    return readings


def _inside(open_: Expression | None, whole: Expression | None) -> Expression | None:
    """The one within the other; where both are open, at different ends, all that lies between these."""
    if open_ is None or whole is None or not _is_open(open_) or isinstance(whole, Vague):
        return None
    if isinstance(open_, Range) and open_.last is None and _is_open(whole):
        if isinstance(whole, Edge):
            return open_.model_copy(update={"last": whole})
        if not isinstance(whole, Range) or whole.first:
            return None
        return open_.model_copy(update={"last": whole.last, "before": whole.before})
    return None if _is_open(whole) or isinstance(whole, Edge) else Within(open=open_, whole=whole)


def _is_open(expression: Expression) -> bool:
    if isinstance(expression, Range):
        return (expression.first is None) != (expression.last is None)
    return isinstance(expression, Edge) and expression.how != "at"


def _side_by_side(t: Tokens, first: Reading, second: Reading) -> bool:
    """Nothing stands between them that lists or says something, but for what belongs to the first: "this year's …"."""
    between = t[first.end : second.start]
    owned = first.end > 1 and t[first.end - 1].word in ("s", "'") and len(between) <= _WORDS_OF_A_THING
    return _INSIDE.issuperset(x.word for x in between) or (owned and _LISTING.isdisjoint(x.word for x in between))


def _until_of_its_year(readings: list[Reading]) -> list[Reading]:
    """`until March vs last year`: what is compared with a year earlier is no more than a year."""
    if not any(isinstance(r.said, Comparison) and r.said.kind == "same_period_last_year" for r in readings):
        return readings
    return [replace(r, said=_no_longer(r.said)) if isinstance(r.said, Range) else r for r in readings]


def _no_longer(said: Range) -> Range:
    return said.model_copy(update={"of_its_year": True}) if said.first is None and said.last else said


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
    return open_ and getattr(expression, "which", None) is None and getattr(expression, "number", None) is None


def _year_of(expression: Expression | None) -> Expression | None:
    return expression.of if isinstance(expression, Month | Part | Day) else None


def _holder_of(expression: Expression | None) -> Expression | None:
    """The year of a month, the week of a weekday."""
    return expression.of if isinstance(expression, Weekday) else _year_of(expression)


def _inherit(one: Reading, other: Reading) -> Reading:
    """`Q1 and Q2 2024`, `Monday and Friday last week`: the one without takes the other's, unless it were the same."""
    mine, theirs = one.expression, _holder_of(other.expression)
    if isinstance(mine, Month) and (lent := _lent(mine, one, other)):
        return _with(one, lent)
    if isinstance(mine, Edge) and isinstance(other.expression, Edge):
        whole = _inherit(replace(one, said=mine.of), replace(other, said=other.expression.of)).expression
        return _with(one, mine.model_copy(update={"of": whole}))
    if theirs is None or not _takes_year(mine) or mine is None or type(mine) is not type(other.expression):
        return one
    dated = _dated(one, theirs)
    return one if dated.expression == other.expression else dated


def _lent(mine: Month, one: Reading, other: Reading) -> Month | None:
    """`Nov and Dec 25`: the number stands for both; `Dec and Jan 26` follow each other."""
    theirs = other.expression
    if not isinstance(theirs, Month) or theirs.number is None or not _takes_year(mine) or other.start < one.start:
        return None
    earlier = theirs.number - ((mine.month, theirs.month) == (12, 1))
    return mine.model_copy(update={"number": earlier, "alike": theirs.alike, "lent": True})


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
    if isinstance(expression, Month) and expression.number is not None:
        return expression.as_day.model_copy(update={"of": year})
    if isinstance(expression, ToDate):
        return expression.model_copy(update={"until": _of(expression.until, year)})
    return expression.model_copy(update={"of": year}) if expression and _takes_year(expression) else expression


def _neighbours(t: Tokens, one: Reading, other: Reading) -> bool:
    return all(token.word in _BETWEEN for token in t[one.end : other.start])


def _joined(t: Tokens, readings: list[Reading]) -> list[Reading]:
    """`Q3 … 2024`, `Q1 vs Q2 … 2024`: times that are one, or of one year, with other words between them."""
    if several := _parts_of_one_year(t, readings):
        return several
    times = [k for k, r in enumerate(readings) if r.is_time]
    if len(times) != 2:
        return readings
    if told := _ends_of_it(t, readings, times):
        return told
    for k, year in (times, times[::-1]):
        if _lacks_year(readings[k].expression) and _apart(t, *(readings[at] for at in times)):
            joined = list(readings)
            if _is_year(said := readings[year].expression) and said is not None:
                joined[k], joined[year] = _dated(readings[k], said), replace(readings[year], said=YearApart(said))
                return joined
    return readings


def _ends_of_it(t: Tokens, readings: list[Reading], times: list[int]) -> list[Reading] | None:
    """`month-end … January 2026`: its last day; `month-end … 2025`, of a longer time: by month."""
    if not _LISTING.isdisjoint(token.word for token in t[readings[times[0]].end : readings[times[1]].start]):
        return None
    for k, other in (times, times[::-1]):
        end, whole = readings[k].expression, readings[other].expression
        if not isinstance(end, Edge) or not isinstance(end.of, Relative) or end.of.word != "bare" or whole is None:
            continue
        grain = end.of.grain
        if grain_of(whole) == grain and not isinstance(whole, Window):
            day, apart = end.model_copy(update={"of": whole}), YearApart(whole)
            told = {k: replace(readings[k], said=day), other: replace(readings[other], said=apart)}
        elif isinstance(whole, Range) or grain_of(whole) == grain or is_longer(whole, grain):
            told = {k: replace(readings[k], said=Grouping(grain, end.of.basis, False, readings[k].end))}
        else:
            continue
        return [told.get(at, r) for at, r in enumerate(readings)]
    return None


def _parts_of_one_year(t: Tokens, readings: list[Reading]) -> list[Reading] | None:
    """`Q1 vs Q2 … 2024`, `last year … January and February`: several parts, and apart from them their year."""
    dated = [k for k, r in enumerate(readings) if r.said_of_dates]
    years = [k for k in dated if readings[k].is_time and _is_year(readings[k].expression)]
    parts = [k for k in dated if k not in years]
    if len(years) != 1 or len(parts) < 2 or not all(_lacks_year(readings[k].expression) for k in parts):
        return None
    at, year = years[0], readings[years[0]].expression
    between = (readings[parts[-1]], readings[at]) if at > parts[-1] else (readings[at], readings[parts[0]])
    if year is None or parts[0] < at < parts[-1] or not (_apart(t, *between) or _of_something(t, *between)):
        return None
    told = {k: _dated(readings[k], year) for k in parts} | {at: replace(readings[at], said=YearApart(year))}
    return [told.get(k, r) for k, r in enumerate(readings)]


def _lacks_year(expression: Expression | None) -> bool:
    if isinstance(expression, Range):
        ends = [e for e in (expression.first, expression.last) if e is not None]
        return len(ends) == 2 and all(_takes_year(e) or _in_figures(e) for e in ends)
    if isinstance(expression, ToDate):
        return expression.of is None and _takes_year(expression.until)
    numbered = isinstance(expression, Month) and expression.number is not None
    return numbered or (_takes_year(expression) and not isinstance(expression, Weekday))


def _in_figures(expression: Expression) -> bool:
    return isinstance(expression, NumericDate) and expression.year is None


def _is_year(expression: Expression | None) -> bool:
    return isinstance(expression, Year) or (isinstance(expression, Relative) and expression.grain == "year")


def _of_something(t: Tokens, one: Reading, other: Reading) -> bool:
    """`Q1 vs Q2 and costs in 2025`: what is listed between them is no time."""
    *words, last = [token.word for token in t[one.end : other.start]] or [""]
    return last in _INTRODUCING and not (_LISTING | _INTRODUCING).issuperset(words)


def _apart(t: Tokens, one: Reading, other: Reading) -> bool:
    """Whether words that list nothing stand between them; each with a preposition of its own is a list."""
    words = [token.word for token in t[one.end : other.start]]
    listed = bool(_LISTING.intersection(words))
    both = one.start > 0 and t[one.start - 1].word in _INTRODUCING and bool(words) and words[-1] in _INTRODUCING
    return bool(words) and words[-1] not in _LISTING and words[0] not in _LISTING and not (listed and both)
