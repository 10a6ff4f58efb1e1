"""What a time means in a question that goes on from another: there the period that was shown is what times are near."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from ecp.domain.calendar import GRAINS, MONTHS_IN, ONE_DAY, Calendar, Grain, add_months, is_month_end, shift
from ecp.domain.calendar import add_months_keeping_end as keeping_end
from ecp.domain.time.bounds import fiscal_basis, is_open
from ecp.domain.time.comparing import previous_period, same_period_last_year, whole_units
from ecp.domain.time.evaluation import evaluate, resolve_beside, resolve_time
from ecp.domain.time.expressions import Expression, FromShown, Month, Part, Relative, TimeMention, Window, YearEarlier
from ecp.domain.time.frame import Frame, plural, stretch_label
from ecp.domain.time.periods import Period, TimeConventions, TimeError
from ecp.domain.time.vocabulary import BEFORE_IT
from ecp.domain.words import tokens

AFTER_IT = frozenset({"next", "following", "subsequent"})
_SHORTEST_YEAR = 360
_YEAR = timedelta(days=366)
_NEAR_BY = timedelta(days=150)
_WHOLE = frozenset({"whole", "full", "entire", "all", "complete"})
SAME = frozenset({"same", "corresponding", "comparable", "equivalent"})


def resolve_from(
    mention: TimeMention, shown: Period, calendar: Calendar, today: date, conventions: TimeConventions
) -> Period:
    """The dates of a time that is said after `shown` was: "the previous quarter" is the one before it, "the same month
    last year" that of its month, "April" the one in it or next to it; "last quarter" counts from today. Raises
    `TimeError` as `resolve_time` does, and for what `shown` is too long to tell."""
    said, expression = {t.norm for t in tokens(mention.text)}, mention.expression
    if isinstance(expression, FromShown):
        return _told_from(expression, shown, calendar, conventions)
    if isinstance(expression, YearEarlier) and said & SAME:
        return _a_year_before(expression, shown, calendar, conventions)
    if said & BEFORE_IT:
        return _beginning(_like_it(expression, shown), shown, calendar, conventions)
    if said & AFTER_IT:
        return _ending(_like_it(expression, shown), shown, calendar, conventions)
    return _near(expression, shown, calendar, today, conventions)


def years_away(
    times: Sequence[TimeMention], shown: Period | None, text: str, resolved: Callable[[TimeMention], Period | None]
) -> int | None:
    """How many years away the same part of a year lies that a mere "last year" or "this year" asks for, after less than
    a year of that one or the one beside it was shown; None where all of a year is meant."""
    found = times[0] if len(times) == 1 else None
    expression = found.expression if isinstance(found, TimeMention) else None
    if shown is None or shown.days >= _SHORTEST_YEAR or not isinstance(expression, Relative):
        return None
    if expression.grain != "year" or expression.offset not in (0, -1) or _WHOLE & {t.norm for t in tokens(text)}:
        return None
    year = resolved(found) if isinstance(found, TimeMention) else None
    if year is None:
        return None
    beside = shown.start > year.end if expression.offset else shown.end < year.start
    inside = year.start <= shown.start and shown.end <= year.end
    near = abs((shown.start - year.start).days) < 2 * _SHORTEST_YEAR
    if expression.offset:
        return -1 if near and (beside or inside) else None
    return 1 if near and beside and shown.granularity != "week" else None


def _told_from(node: FromShown, shown: Period, calendar: Calendar, conventions: TimeConventions) -> Period:
    """The units before or after `shown`, or its own dates moved by several of them. A part of a year is kept a year
    away, of which the year itself would say less."""
    try:
        if node.stretch and node.grain:
            return _beside(shown, node.steps, node.grain, calendar)
        if node.grain is None and node.steps == -1:
            return previous_period(shown, calendar)
        moved = node.grain == "year" and not (shown.granularity == "year" and whole_units(shown, calendar))
        if moved and node.steps == -1:
            return same_period_last_year(shown, calendar)
        if node.grain is None or moved or abs(node.steps) > 1:
            return _moved_by(shown, node, calendar)
        unit = _like_it(Relative(grain=node.grain, offset=node.steps), shown)
        return (_ending if node.steps > 0 else _beginning)(unit, shown, calendar, conventions)
    except (ValueError, OverflowError) as error:
        raise TimeError("This time lies outside the calendar.") from error


def _like_it(expression: Expression, shown: Period) -> Expression:
    """ "the previous year" of a calendar year is one, whatever years are elsewhere."""
    if isinstance(expression, Relative | Window) and expression.grain == shown.granularity and not expression.basis:
        return expression.model_copy(update={"basis": shown.calendar})
    return expression


def _beginning(expression: Expression, shown: Period, calendar: Calendar, conventions: TimeConventions) -> Period:
    return _counted_from(shown.start, "begins", resolve_time(expression, calendar, shown.start, conventions))


def _ending(expression: Expression, shown: Period, calendar: Calendar, conventions: TimeConventions) -> Period:
    return _counted_from(shown.end, "ends", resolve_time(expression, calendar, shown.end, conventions))


def _beside(shown: Period, count: int, grain: Grain, calendar: Calendar) -> Period:
    """So many units that end where the period begins, or begin where it ends."""
    start = shown.end + ONE_DAY if count > 0 else shift(shown.start, grain, count)
    end = shift(start, grain, abs(count)) - ONE_DAY
    way = "after" if count > 0 else "before"
    return _like(shown, start, end, calendar, f"the {plural(abs(count), grain)} {way} {shown.label}", grain)


def _moved_by(shown: Period, node: FromShown, calendar: Calendar) -> Period:
    """The same dates so many units away; without a unit, so many periods of the same length."""
    units = whole_units(shown, calendar) or shown.days
    grain: Grain = node.grain or (shown.granularity if whole_units(shown, calendar) else "day")
    steps = node.steps if node.grain else node.steps * units
    if grain in MONTHS_IN:
        months = MONTHS_IN[grain] * steps
        whole = shown.start.day == 1 and is_month_end(shown.end)
        start, end = add_months(shown.start, months), (keeping_end if whole else add_months)(shown.end, months)
    else:
        start, end = shift(shown.start, grain, steps), shift(shown.end, grain, steps)
    way = "after" if steps > 0 else "before"
    return _like(shown, start, end, calendar, f"{plural(abs(steps), grain)} {way} {shown.label}", shown.granularity)


def _like(shown: Period, start: date, end: date, calendar: Calendar, rule: str, grain: Grain) -> Period:
    found = shown.model_copy(update={"start": start, "end": end, "granularity": grain, "rule": rule})
    basis = found.calendar
    one = (start, end) == (calendar.start_of(start, grain, basis), calendar.end_of(start, grain, basis))
    label = calendar.label(start, grain, basis) if one else stretch_label(start, end, calendar)
    return found.model_copy(update={"label": label})


def _a_year_before(node: YearEarlier, shown: Period, calendar: Calendar, conventions: TimeConventions) -> Period:
    of = _like_it(node.of, shown)
    grain = resolve_time(of, calendar, shown.start, conventions).granularity
    if GRAINS.index(grain) < GRAINS.index(shown.granularity):
        raise TimeError(f"say which {grain} of {shown.label} is meant")
    return _beginning(node.model_copy(update={"of": of}), shown, calendar, conventions)


def _near(
    expression: Expression, shown: Period, calendar: Calendar, today: date, conventions: TimeConventions
) -> Period:
    """What is named without its year lies within `shown`, or next to it: a month or a quarter even where it lies ahead,
    as the one of a year that nobody spoke of would be mistaken for it."""
    if is_open(expression) and (inside := _inside(expression, shown, calendar, today, conventions)):
        return inside
    found = resolve_beside(expression, shown, calendar, today, conventions)
    if not is_open(expression) or not isinstance(expression, Month | Part):
        return found
    later = resolve_beside(expression, shown, calendar, max(today, shown.end + _YEAR), conventions)
    return later if abs(later.start - shown.start) < min(_NEAR_BY, abs(found.start - shown.start)) else found


def _inside(
    expression: Expression, shown: Period, calendar: Calendar, today: date, conventions: TimeConventions
) -> Period | None:
    frame = Frame(calendar, today, conventions, near=shown.end, basis=fiscal_basis(shown))
    try:
        found = evaluate(expression, frame)
    except (ValueError, OverflowError) as error:
        raise TimeError("This time lies outside the calendar.") from error
    return found if shown.start <= found.start and found.end <= shown.end else None


def _counted_from(day: date, end: str, found: Period) -> Period:
    rule = f"{found.rule}, counted from {day.isoformat()}, where the period of the question before {end}"
    return found.model_copy(update={"rule": rule})
