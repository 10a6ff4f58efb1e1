"""Periods next to a period: the one before, the same one last year, the buckets within."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal, TypeGuard

from ecp.domain.calendar import (
    GRAINS,
    MONTHS_IN,
    ONE_DAY,
    Calendar,
    Grain,
    add_months,
    add_months_keeping_end,
    is_month_end,
    shift,
)
from ecp.domain.time.counted import day_ago, same_point
from ecp.domain.time.evaluation import resolve_beside, resolve_time
from ecp.domain.time.expressions import (
    ComparisonMention,
    Day,
    Expression,
    Month,
    Part,
    Portion,
    Relative,
    Weekday,
    Year,
)
from ecp.domain.time.frame import Frame, called, plural, stretch_label
from ecp.domain.time.periods import Period, TimeConventions, TimeError

Kind = Literal["previous_period", "same_period_last_year", "period"]
_DEFAULTS = TimeConventions()
_LONGEST_PART = 186
_ALL_OF_IT = re.compile(r"\b(?:full|whole|entire|all of|total|as a whole)\b", re.I)
_OUTSIDE = "The period to compare with lies outside the calendar."


def whole_units(period: Period, calendar: Calendar) -> int:
    """How many whole units of its granularity a period is; 0 when it is not made of whole ones."""
    grain, basis = period.granularity, period.calendar
    if grain == "day":
        return period.days
    whole = period.start == calendar.start_of(period.start, grain, basis)
    if not whole or period.end != calendar.end_of(period.end, grain, basis):
        return 0
    if grain == "week":
        return period.days // 7
    months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1
    return months // MONTHS_IN[grain]


def _label(start: date, end: date, period: Period, calendar: Calendar) -> str:
    grain, basis = period.granularity, period.calendar
    if grain == "day" or start != calendar.start_of(start, grain, basis) or end != calendar.end_of(end, grain, basis):
        return stretch_label(start, end, calendar)
    first, last = (calendar.label(d, grain, basis) for d in (start, end))
    return first if first == last else f"{first} – {last}"


def _moved(start: date, end: date, period: Period, calendar: Calendar, rule: str) -> Period:
    label = _label(start, end, period, calendar)
    return period.model_copy(update={"start": start, "end": end, "label": label, "rule": rule})


def _to_date(period: Period, calendar: Calendar) -> bool:
    """Whether it begins with its unit and stops within it."""
    grain, basis = period.granularity, period.calendar
    starts = period.start == calendar.start_of(period.start, grain, basis)
    return grain != "day" and starts and period.end < calendar.end_of(period.start, grain, basis)


def previous_period(period: Period, calendar: Calendar) -> Period:
    """The period of the same kind and length that ends where this one begins; for a to-date period the unit
    before, up to the same point. Raises `TimeError` where the calendar ends."""
    try:
        return _previous(period, calendar)
    except (ValueError, OverflowError) as error:
        raise TimeError(_OUTSIDE) from error


def _previous(period: Period, calendar: Calendar) -> Period:
    grain, basis = period.granularity, period.calendar
    if _to_date(period, calendar):
        start = shift(period.start, grain, -1)
        unit = period.model_copy(update={"start": start, "end": period.start - ONE_DAY})
        end = same_point(period.end, period, unit)
        return _moved(start, end, period, calendar, f"{called(grain, basis)} before, up to the same point")
    units = whole_units(period, calendar)
    if not units and period.start.day == 1 and is_month_end(period.end):
        units, grain = whole_units(period.model_copy(update={"granularity": "month"}), calendar), "month"
    if units:
        start = shift(period.start, grain, -units)
        return _moved(start, period.start - ONE_DAY, period, calendar, f"the {_name(units, grain, period)} before")
    start = period.start - (period.end - period.start) - ONE_DAY
    return _moved(start, period.start - ONE_DAY, period, calendar, f"the {period.days} days before")


def _name(units: int, grain: Grain, period: Period) -> str:
    return plural(units, called(grain, period.calendar))


def same_period_last_year(period: Period, calendar: Calendar) -> Period:
    """The same dates a year earlier; a month's end stays one, and weeks move by 52 weeks."""
    try:
        start, end, rule = _a_year_earlier(period, calendar)
        return _moved(start, end, period, calendar, rule)
    except (ValueError, OverflowError) as error:
        raise TimeError(_OUTSIDE) from error


def _a_year_earlier(period: Period, calendar: Calendar) -> tuple[date, date, str]:
    if period.granularity == "week":
        return shift(period.start, "week", -52), shift(period.end, "week", -52), "52 weeks earlier"
    start = add_months(period.start, -12)
    whole_months = period.granularity != "day" or (period.start.day == 1 and period.days > 1)
    end = add_months_keeping_end(period.end, -12) if whole_months else add_months(period.end, -12)
    rule = "same period a year earlier"
    return start, max(start, end), f"{rule}, up to the same point" if _to_date(period, calendar) else rule


def compared_period(
    mention: ComparisonMention,
    period: Period,
    calendar: Calendar,
    today: date,
    conventions: TimeConventions = _DEFAULTS,
) -> Period:
    """What `period` is compared with. "The previous quarter" of a quarter is the one before it; of another
    kind of period it is the quarter before the one that `period` ends in."""
    named = _is_all_of_it(mention, period, calendar) or _of_another_calendar(mention, period, calendar)
    if named and mention.expression is not None:
        return resolve_time(mention.expression, calendar, today, conventions)
    if conventions.ago == "day" and period.is_point and _is_ago(mention.expression):
        return day_ago(mention.expression, period.end, Frame(calendar, today, conventions, near=today))
    if mention.kind == "same_period_last_year":
        return same_period_last_year(period, calendar)
    if mention.kind == "period" and mention.expression is not None:
        return _named_period(mention.expression, period, calendar, today, conventions, same=mention.same)
    if mention.count and mention.grain and mention.same:
        return _earlier(period, mention.grain, calendar, mention.count)
    if mention.count and mention.grain:
        return _right_before(period, mention.count, mention.grain, calendar)
    if mention.same and mention.grain:
        return _earlier(period, mention.grain, calendar)
    if mention.grain is None or mention.grain == period.granularity:
        return previous_period(period, calendar)
    before = Relative(grain=mention.grain, offset=-1, basis=mention.basis)
    return resolve_time(before, calendar, period.end, conventions)


def _is_ago(said: Expression | None) -> TypeGuard[Relative]:
    return isinstance(said, Relative) and said.is_ago


def _right_before(period: Period, count: int, grain: Grain, calendar: Calendar) -> Period:
    """So many units that end where the period begins."""
    try:
        start = shift(period.start, grain, -count)
        own = period.model_copy(update={"granularity": grain})
        return _moved(start, period.start - ONE_DAY, own, calendar, f"the {_name(count, grain, period)} before")
    except (ValueError, OverflowError) as error:
        raise TimeError(_OUTSIDE) from error


def _earlier(period: Period, grain: Grain, calendar: Calendar, units: int = 1) -> Period:
    """The same dates so many units earlier; whole months stay whole."""
    rule = f"same part of the {grain} before" if units == 1 else f"{plural(units, grain)} earlier"
    if grain not in MONTHS_IN:
        return _moved(shift(period.start, grain, -units), shift(period.end, grain, -units), period, calendar, rule)
    months = MONTHS_IN[grain] * units
    whole = period.start.day == 1 and is_month_end(period.end)
    end = (add_months_keeping_end if whole else add_months)(period.end, -months)
    return _moved(add_months(period.start, -months), end, period, calendar, rule)


def _of_another_calendar(mention: ComparisonMention, period: Period, calendar: Calendar) -> bool:
    """ "vs last calendar year", beside a fiscal one: it is no year earlier, it is that year."""
    if mention.basis in (None, period.calendar) or period.granularity != mention.grain:
        return False
    return (calendar.fiscal_start_month - 1) % MONTHS_IN.get(period.granularity, 1) > 0


def kind_of(mention: ComparisonMention, period: Period, calendar: Calendar) -> Kind:
    """What the comparison is once its dates are known."""
    apart = (
        mention.count and mention.grain and shift(period.start, mention.grain, mention.count) - ONE_DAY != period.end
    )
    named = apart or _is_all_of_it(mention, period, calendar) or _of_another_calendar(mention, period, calendar)
    return "period" if named else mention.kind


def _is_all_of_it(mention: ComparisonMention, period: Period, calendar: Calendar) -> bool:
    """ "Quarter to date vs all of last quarter": the whole of it, and not as much of it."""
    said = mention.expression is not None and not mention.same and _ALL_OF_IT.search(mention.text)
    return bool(said) and _to_date(period, calendar)


def _named_period(
    expression: Expression,
    period: Period,
    calendar: Calendar,
    today: date,
    conventions: TimeConventions,
    *,
    same: bool = False,
) -> Period:
    """`Q3 2024 vs 2023` compares with the same quarter, unless whole years are meant by convention; `a day vs two weeks
    ago` with that day two weeks earlier. `same`: it was said that it is the same part of the year."""
    if _is_ago(expression) and GRAINS.index(expression.grain) > GRAINS.index(period.granularity):
        return _earlier(period, expression.grain, calendar, -expression.offset)
    found = resolve_beside(_in_the_same_calendar(expression, period), period, calendar, today, conventions)
    if (found.start, found.end) == (period.start, period.end):
        return _not_itself(expression, period, calendar)
    within = isinstance(expression, Year) and period.granularity in ("month", "quarter", "half")
    whole = not within or conventions.part_against_year == "whole_year" or period.days > _LONGEST_PART
    if whole and not same:
        return found
    most_of_it = period.start + (period.end - period.start) / 2 if same else period.start
    own = calendar.year_name(most_of_it, found.calendar)
    years = (own - calendar.year_name(found.start, found.calendar)) or int(same)
    if not years:
        raise TimeError(f"{period.label} would be compared with itself")
    start = add_months(period.start, -12 * years)
    end = add_months_keeping_end(period.end, -12 * years)
    return _moved(start, end, period, calendar, f"the same part of {found.label}")


def _in_the_same_calendar(expression: Expression, period: Period) -> Expression:
    """ "Q1 2025 vs Q1 last year": of one calendar, whichever relative years follow."""
    if not isinstance(expression, Part | Portion) or expression.grain != period.granularity:
        return expression
    of = expression.of
    if not isinstance(of, Relative) or of.grain != "year" or of.basis or getattr(expression, "basis", None):
        return expression
    return expression.model_copy(update={"of": of.model_copy(update={"basis": period.calendar})})


def _not_itself(expression: Expression, period: Period, calendar: Calendar) -> Period:
    """ "this January vs last January", in February: the one before. Nothing is compared with itself."""
    if isinstance(expression, Weekday):
        return _earlier(period, "week", calendar)
    if isinstance(expression, Month | Part | Portion | Day):
        return same_period_last_year(period, calendar)
    raise TimeError(f"{period.label} would be compared with itself")


def iter_buckets(period: Period, grain: Grain, calendar: Calendar) -> Iterator[Period]:
    """The units of a period in order; the first and last are cut where the period begins and ends."""
    basis = period.calendar if grain in ("quarter", "half", "year") else "calendar"
    start = period.start
    while start <= period.end:
        end = min(calendar.end_of(start, grain, basis), period.end)
        yield Period(
            start=start, end=end, granularity=grain, calendar=basis, label=calendar.label(start, grain, basis),
            rule=f"{called(grain, basis)} of {period.label}",
        )  # fmt: skip
        start = end + ONE_DAY
