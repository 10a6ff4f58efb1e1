"""Named times to dates: years, months, quarters, weeks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from ecp.domain.calendar import MONTH_NAMES, Basis, add_months, shift
from ecp.domain.time.expressions import (
    Decade,
    Expression,
    Month,
    Part,
    Relative,
    Which,
    Year,
)  # fmt: skip
from ecp.domain.time.frame import Frame, Look, Stretch, called, stretch_label
from ecp.domain.time.periods import Period, TimeError

Evaluate = Callable[[Expression, Frame], Period]
_HALF_A_MONTH = 15
_TO_THE_MIDDLE = timedelta(days=3)
_YEARS_BACK, _YEARS_AHEAD = 5, 1
_IN_A_YEAR = {"quarter": 4, "half": 2, "month": 12}
_LOOK: dict[Which | None, Look] = {"last": "ended", "next": "forward"}


def full_year(year: int, frame: Frame) -> int:
    if year >= 100:
        return year
    return year + (2000 if year <= frame.conventions.year_pivot else 1900)


def year(node: Year, frame: Frame, _: Evaluate) -> Period:
    if node.second is not None:
        return _pair(node, frame)
    basis = frame.absolute_basis(node.basis)
    start = frame.calendar.year_start(full_year(node.year, frame), basis)
    return frame.unit(start, "year", basis, f"{basis} year")


def _pair(node: Year, frame: Frame) -> Period:
    """`FY2024/25` is the fiscal year that begins in 2024, whichever year it is named for."""
    first, month = full_year(node.year, frame), frame.calendar.fiscal_start_month
    if month > 1:
        return frame.unit(date(first, month, 1), "year", "fiscal", f"fiscal year that begins in {first}")
    if node.basis == "fiscal":
        raise TimeError(f"The fiscal year begins in January, so none spans {first} and {first + 1}.")
    return Period(
        start=date(first, 1, 1), end=date(first + 1, 12, 31), granularity="year", calendar="calendar",
        label=f"{first} – {first + 1}", rule="both calendar years",
    )  # fmt: skip


def decade(node: Decade, frame: Frame, _: Evaluate) -> Period:
    first = frame.today.year // 10 * 10 if node.year is None else full_year(node.year, frame)
    return Period(
        start=date(first, 1, 1), end=date(first + 9, 12, 31), granularity="year", calendar="calendar",
        label=f"{first}s", rule="ten calendar years",
    )  # fmt: skip


def year_frame(of: Expression, frame: Frame, convention: str) -> Frame:
    """A relative year that a quarter or month belongs to can be the calendar year by convention."""
    if isinstance(of, Relative) and of.grain == "year" and of.basis is None and convention == "calendar":
        return frame.within("calendar")
    return frame


def nearest_by(which: Which | None, frame: Frame) -> Frame:
    if which in ("last", "next"):
        near = frame.today if which == "last" else frame.today + timedelta(days=1)
        return frame.looking(_LOOK[which], near)
    return frame


def which_rule(which: Which | None, frame: Frame, name: str) -> str:
    if which == "next" or frame.look == "forward":
        return f"next {name}"
    return f"most recent {name} that has {'ended' if which == 'last' or frame.look == 'ended' else 'begun'}"


def month(node: Month, frame: Frame, evaluate: Evaluate) -> Period:
    if not 1 <= node.month <= 12:
        raise TimeError(f"There is no month {node.month}.")
    name = MONTH_NAMES[node.month - 1]
    if node.number is not None:
        return _month_and_number(node, frame, evaluate)
    if node.of is not None:
        whole = evaluate(node.of, year_frame(node.of, frame, frame.conventions.month_of_relative_year))
        start = date(whole.start.year, node.month, 1)
        start = add_months(start, 12) if start < whole.start.replace(day=1) else start
        if start > whole.end:
            raise TimeError(f"{name} does not lie in {whole.label}.")
        return frame.unit(start, "month", "calendar", f"{name} of {whole.label}")
    if node.which == "this" or (frame.conventions.bare_month == "this_year" and node.which is None):
        return frame.unit(date(frame.today.year, node.month, 1), "month", "calendar", f"{name} of this calendar year")

    def in_year(number: int) -> Stretch:
        start = date(number, node.month, 1)
        return start, frame.calendar.end_of(start, "month")

    nearer = nearest_by(node.which, frame)
    return frame.unit(nearer.nearest(name, in_year)[0], "month", "calendar", which_rule(node.which, frame, name))


def _month_and_number(node: Month, frame: Frame, evaluate: Evaluate) -> Period:
    """`Dec 25`: the month of that year, unless it is far from today; then a day."""
    numbers = [n for n in (node.number, *node.alike) if n is not None]
    as_years = frame.conventions.month_and_number == "year" and all(_is_near(n, frame) for n in numbers)
    if not as_years:
        return evaluate(node.model_copy(update={"number": None}) if node.lent else node.as_day, frame)
    start = date(full_year(numbers[0], frame), node.month, 1)
    return frame.unit(start, "month", "calendar", f"the two digits are the year {start.year}")


def _is_near(number: int, frame: Frame) -> bool:
    return -_YEARS_BACK <= full_year(number, frame) - frame.today.year <= _YEARS_AHEAD


def part(node: Part, frame: Frame, evaluate: Evaluate) -> Period:
    most = _IN_A_YEAR.get(node.grain)
    if node.grain in ("quarter", "half") and most and not 1 <= abs(node.index) <= most:
        raise TimeError(f"A year has {most} {'quarters' if most == 4 else 'halves'}; there is no number {node.index}.")
    if node.grain == "week" and node.index > 0 and not isinstance(node.of, Month | Part | Relative):
        return _week(node, frame, evaluate)
    if node.of is None:
        return _bare_part(node, frame)
    convention = "relative" if node.basis else frame.conventions.quarter_of_relative_year
    whole = evaluate(node.of, year_frame(node.of, frame.within(node.basis), convention))
    if node.grain == "week" and node.index > 0 and whole.granularity == "year":
        return _week(node, frame, evaluate, whole)
    return _nth(node, frame, whole)


def _nth(node: Part, frame: Frame, whole: Period) -> Period:
    """The unit of that number within a whole, counted from its start (weeks: seven days each)."""
    if node.grain == "half" and whole.granularity == "month":
        return half_of_month(whole, node.index in (1, -2), frame)
    if node.grain == "week" and frame.conventions.weeks_within == "calendar":
        return calendar_weeks(whole, node.index, 1, frame)
    if node.index < 0:
        start = shift(whole.end + timedelta(days=1), node.grain, node.index)
    else:
        start = shift(whole.start, node.grain, node.index - 1)
    end = shift(start, node.grain, 1) - timedelta(days=1)
    if not whole.start <= start <= end <= whole.end:
        raise TimeError(f"There is no {node.grain} number {node.index} in {whole.label}.")
    name = f"{whole.calendar} {node.grain}" if node.grain in ("quarter", "half") else node.grain
    rule = f"{name} {node.index} of {whole.label}" if node.index > 0 else _from_the_end(name, node.index, whole)
    if node.grain == "week":
        label = rule[0].upper() + rule[1:]
        return Period(
            start=start, end=end, granularity=node.grain, calendar="calendar", label=label,
            rule=f"{rule}, counted from its {'first' if node.index > 0 else 'last'} day",
        )  # fmt: skip
    return frame.unit(start, node.grain, whole.calendar, rule)


def _from_the_end(name: str, index: int, whole: Period) -> str:
    return f"last {name} of {whole.label}" if index == -1 else f"{name} {-index} from the end of {whole.label}"


def calendar_weeks(whole: Period, index: int, count: int, frame: Frame) -> Period:
    """Weeks of the calendar, each of the whole that holds its middle; `index` is that of the first, or, below
    zero, of the last one, counted from the end."""
    if index > 0:
        start = frame.calendar.start_of(whole.start + _TO_THE_MIDDLE, "week") + timedelta(weeks=index - 1)
    else:
        start = frame.calendar.start_of(whole.end - _TO_THE_MIDDLE, "week") + timedelta(weeks=index + 1 - (count - 1))
    end = start + timedelta(days=7 * count - 1)
    if not whole.start <= start + _TO_THE_MIDDLE <= end - _TO_THE_MIDDLE <= whole.end:
        raise TimeError(f"There is no week number {index} in {whole.label}.")
    rule = "weeks of the calendar, of the period that holds their middle"
    return Period(
        start=start, end=end, granularity="week", calendar="calendar",
        label=stretch_label(start, end, frame.calendar), rule=f"{rule} ({whole.label})",
    )  # fmt: skip


def half_of_month(whole: Period, first: bool, frame: Frame) -> Period:
    """The first fifteen days of a month, or those from the 16th on."""
    middle = whole.start + timedelta(days=_HALF_A_MONTH)
    start, end = (whole.start, middle - timedelta(days=1)) if first else (middle, whole.end)
    return Period(
        start=start, end=end, granularity="day", calendar="calendar", label=stretch_label(start, end, frame.calendar),
        rule=f"{'days 1 to 15' if first else 'from day 16 on'} of {whole.label}",
    )  # fmt: skip


def _day_of_month(node: Part, frame: Frame) -> Period:
    """ "On the 15th": the latest that has been."""
    month_ = frame.near.replace(day=1)
    for back in range(3):
        start = add_months(month_, -back)
        day = start + timedelta(days=node.index - 1)
        if day.month == start.month and day <= frame.near:
            return frame.unit(day, "day", "calendar", f"most recent day {node.index} of a month")
    raise TimeError(f"There is no day {node.index} of a month.")


def _bare_part(node: Part, frame: Frame) -> Period:
    if node.grain == "day":
        return _day_of_month(node, frame)
    basis: Basis = node.basis or frame.basis or frame.conventions.bare_quarter
    index = _IN_A_YEAR[node.grain] + 1 + node.index if node.index < 0 else node.index
    name = f"{basis} {node.grain} {index}"

    def in_year(number: int) -> Stretch:
        start = shift(frame.calendar.year_start(number, basis), node.grain, index - 1)
        return start, frame.calendar.end_of(start, node.grain, basis)

    if node.which == "this":
        start = in_year(frame.calendar.year_name(frame.today, basis))[0]
        return frame.unit(start, node.grain, basis, f"{name} of the current {called('year', basis)}")
    start = nearest_by(node.which, frame).nearest(name, in_year)[0]
    return frame.unit(start, node.grain, basis, which_rule(node.which, frame, name))


def _week(node: Part, frame: Frame, evaluate: Evaluate, whole: Period | None = None) -> Period:
    if node.of is not None:
        whole = whole or evaluate(node.of, frame)
        if isinstance(node.of, Relative) and node.of.basis is None:
            whole = evaluate(node.of, frame.within("calendar"))
    if node.basis == "fiscal" or (whole and whole.calendar == "fiscal" and frame.calendar.fiscal_start_month > 1):
        raise TimeError("Weeks are numbered by the calendar year only; give the dates of the fiscal week.")
    calendar = frame.calendar
    kind = "ISO week" if calendar.week_start == "monday" else "week"

    def in_year(number: int) -> Stretch | None:
        start = calendar.week_one(number) + timedelta(weeks=node.index - 1)
        return (start, start + timedelta(days=6)) if 1 <= node.index <= calendar.weeks_in(number) else None

    if whole is None:
        start = frame.nearest(f"week {node.index}", in_year)[0]
        return frame.unit(start, "week", "calendar", which_rule(None, frame, f"{kind} {node.index}"))
    found = in_year(whole.start.year)
    if found is None:
        raise TimeError(
            f"{whole.label} has {calendar.weeks_in(whole.start.year)} weeks; there is no week {node.index}."
        )
    return frame.unit(found[0], "week", "calendar", f"{kind} {node.index} of {whole.label}")
