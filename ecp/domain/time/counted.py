"""Times counted from today to dates: last quarter, windows, to-date."""

from __future__ import annotations

from datetime import date, timedelta

from ecp.domain.calendar import (
    MONTHS_IN,
    ONE_DAY,
    Basis,
    Grain,
    add_months,
    add_months_keeping_end,
    day_label,
    is_month_end,
    shift,
)  # fmt: skip
from ecp.domain.time.absolute import Evaluate
from ecp.domain.time.expressions import Expression, Relative, ToDate, Window
from ecp.domain.time.frame import Frame, called, plural, stretch_label
from ecp.domain.time.periods import Period, TimeError

_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_HOURS_A_DAY = 24
_PART_OF_A_YEAR = ("month", "quarter", "half")


def _basis(grain: Grain, said: Basis | None, frame: Frame) -> Basis:
    return frame.relative_basis(said) if grain in ("quarter", "half", "year") else "calendar"


def relative(node: Relative, frame: Frame, _: Evaluate) -> Period:
    basis = _basis(node.grain, node.basis, frame)
    start = shift(frame.calendar.start_of(frame.today, node.grain, basis), node.grain, node.offset)
    if node.word == "past" and node.offset == -1 and frame.conventions.past_unit == "rolling" and node.grain != "day":
        return _rolling(1, node.grain, frame)
    if node.word == "ago_today" or (node.is_ago and frame.conventions.ago == "day"):
        return day_ago(node, frame.today, frame)
    found = frame.unit(start, node.grain, basis, _relative_rule(node, called(node.grain, basis)))
    if node.offset == 0 and frame.conventions.current_unit == "to_date" and node.grain != "day":
        return found.model_copy(update={"end": frame.today, "rule": f"{found.rule}, up to today"})
    return found


def day_ago(node: Relative, day: date, frame: Frame) -> Period:
    """The day that lies so many units before another one (after it, where the offset is above zero)."""
    found = shift(day, node.grain, node.offset)
    count, way = plural(abs(node.offset), node.grain), "after" if node.offset > 0 else "before"
    name = f"{'a ' if abs(node.offset) == 1 else ''}{count}"
    told = "today" if day == frame.today else day_label(day)
    return frame.unit(found, "day", "calendar", f"the day {name} {way} {told}")


def _relative_rule(node: Relative, name: str) -> str:
    if node.grain == "day":
        return _DAYS.get(node.offset) or f"{abs(node.offset)} days {'before' if node.offset < 0 else 'after'} today"
    if node.offset == -1 and node.word != "ago":
        return f"last complete {name}" + (", as no period was named" if node.word == "newest" else "")
    if node.offset in (0, 1):
        return f"current {name}" if node.offset == 0 else f"next {name}"
    side = "before" if node.offset < 0 else "after"
    if node.offset == -1:
        return f"the {name} before the current one"
    return f"the {name} {plural(abs(node.offset), name.split()[-1])} {side} the current one"


def window(node: Window, frame: Frame, _: Evaluate) -> Period:
    count = frame.conventions.few if node.count is None else node.count
    if node.style == "recently":
        return _days(frame.conventions.recent_days, frame, "recently")
    if count < 1:
        raise TimeError("A stretch of time has at least one unit.")
    if node.grain == "hour":
        if count % _HOURS_A_DAY:
            raise TimeError("Times are told by whole days: ask for today, or for so many days.")
        days = count // _HOURS_A_DAY
        if node.style == "next":
            return _ahead(days, "day", node.basis, frame)
        return _days(days, frame, "hours counted as whole days")
    if node.style == "next":
        return _ahead(count, node.grain, node.basis, frame)
    if node.with_today:
        return _rolling(count, node.grain, frame)
    if node.grain == "day":
        return _days(count, frame, "")
    if node.style == "trailing" and node.grain == "year":
        return (
            _complete(count * 12, "month", None, frame) if _trails_complete(frame) else _rolling(count, "year", frame)
        )
    ends = frame.conventions.trailing_ends if node.style == "trailing" else frame.conventions.window_ends
    few = ", a few counted as that" if node.count is None else ""
    found = (
        _complete(count, node.grain, node.basis, frame) if ends == "complete" else _rolling(count, node.grain, frame)
    )
    return found.model_copy(update={"rule": found.rule + few})


def _trails_complete(frame: Frame) -> bool:
    return frame.conventions.trailing_ends == "complete"


def _stretch(start: date, end: date, grain: Grain, basis: Basis, rule: str, frame: Frame) -> Period:
    calendar = frame.calendar
    label = stretch_label(start, end, calendar)
    if basis == "fiscal" or grain in ("quarter", "half", "year"):
        first, last = calendar.label(start, grain, basis), calendar.label(end, grain, basis)
        label = first if first == last else f"{first} – {last}"
    return Period(start=start, end=end, granularity=grain, calendar=basis, label=label, rule=rule)


def _days(count: int, frame: Frame, note: str) -> Period:
    end = frame.today - (ONE_DAY if frame.conventions.days_end == "yesterday" else timedelta())
    rule = f"{plural(count, 'day') if count > 1 else 'one day'} ending {frame.conventions.days_end}"
    return _stretch(end - timedelta(days=count - 1), end, "day", "calendar", f"{rule}, {note}" if note else rule, frame)


def _complete(count: int, grain: Grain, said: Basis | None, frame: Frame) -> Period:
    basis = _basis(grain, said, frame)
    current = frame.calendar.start_of(frame.today, grain, basis)
    rule = f"last {plural(count, 'complete ' + called(grain, basis))}"
    return _stretch(shift(current, grain, -count), current - ONE_DAY, grain, basis, rule, frame)


def _rolling(count: int, grain: Grain, frame: Frame) -> Period:
    """Units that end today, wherever in the calendar that is."""
    start = shift(frame.today + ONE_DAY, grain, -count)
    label = stretch_label(start, frame.today, frame.calendar)
    return Period(
        start=start, end=frame.today, granularity="day", calendar="calendar", label=label,
        rule=f"{plural(count, grain) if count > 1 else 'one ' + grain} ending today",
    )  # fmt: skip


def _ahead(count: int, grain: Grain, said: Basis | None, frame: Frame) -> Period:
    basis = _basis(grain, said, frame)
    start = shift(frame.calendar.start_of(frame.today, grain, basis), grain, 1)
    rule = f"next {plural(count, called(grain, basis))}, after the current one"
    return _stretch(start, shift(start, grain, count) - ONE_DAY, grain, basis, rule, frame)


def _last_day(frame: Frame) -> tuple[date, str]:
    """Where "to date" ends."""
    ends = frame.conventions.to_date_ends
    if ends == "last_month":
        return frame.today.replace(day=1) - ONE_DAY, "the last complete month"
    return (frame.today - ONE_DAY, "yesterday") if ends == "yesterday" else (frame.today, "today")


def to_date(node: ToDate, frame: Frame, evaluate: Evaluate) -> Period:
    if node.until is not None:
        return _until(node, frame, evaluate)
    last, named = _last_day(frame)
    if node.of is None:
        grain: Grain = node.grain or "year"
        basis = _basis(grain, node.basis, frame)
        whole = frame.unit(frame.today, grain, basis, "")
        return _cut(whole, max(last, whole.start), f"current {called(grain, basis)} up to {named}")
    whole = evaluate(node.of, frame.within(node.basis))
    if node.grain in _PART_OF_A_YEAR and whole.granularity == "year":
        return _of_that_year(node.grain, node.basis, whole, last, frame)
    name = called(whole.granularity, whole.calendar)
    if whole.start > frame.today:
        raise TimeError(f"{whole.label} has not begun, so there is nothing to date.")
    if node.grain is None and not isinstance(node.of, Relative) and whole.end < frame.today:
        return _until_now(whole, max(last, whole.start), named)
    if whole.end >= frame.today:
        return _cut(whole, max(last, whole.start), f"that {name} up to {named}")
    current = frame.unit(frame.today, whole.granularity, whole.calendar, "")
    return _cut(whole, same_point(max(last, current.start), current, whole), f"that {name} up to the same point as now")


def _of_that_year(grain: Grain, said: Basis | None, whole: Period, last: date, frame: Frame) -> Period:
    """ "QTD last year": the unit that today lies in, in that year, up to the same point."""
    current = frame.unit(frame.today, "year", whole.calendar, "")
    basis = _basis(grain, said or whole.calendar, frame)
    day = same_point(max(last, current.start), current, whole)
    unit = frame.unit(day, grain, basis, "")
    return _cut(unit, day, f"that {called(grain, basis)} of {whole.label} up to the same point as now")


def _until_now(first: Period, end: date, named: str) -> Period:
    """ "January 2024 to date": from then until now."""
    return Period(
        start=first.start, end=end, granularity="day", calendar="calendar", label=f"{first.label} to date",
        rule=f"from the start of {first.label} until {named}",
    )  # fmt: skip


def _until(node: ToDate, frame: Frame, evaluate: Evaluate) -> Period:
    assert node.until is not None
    end = evaluate(node.until, frame.within(node.basis))
    grain: Grain = node.grain or "year"
    told = node.basis or ("fiscal" if "fiscal" in (end.calendar, _basis_of_year(node.until)) else None)
    basis = _basis(grain, told, frame)
    whole = frame.unit(end.end, grain, basis, "")
    return _cut(whole, end.end, f"from the start of its {called(grain, basis)} through {end.label}")


def _basis_of_year(until: Expression) -> Basis | None:
    """The calendar of the year that the end is told by: `YTD December FY26`."""
    return getattr(getattr(until, "of", None), "basis", None)


def _cut(whole: Period, end: date, rule: str) -> Period:
    end = min(end, whole.end)
    return whole.model_copy(update={"end": end, "label": f"{whole.label} to date", "rule": rule})


def same_point(day: date, of: Period, other: Period) -> date:
    """The day of `other` that lies as far in as `day` lies in `of`; a month's end stays a month's end."""
    if of.granularity not in MONTHS_IN:
        return min(other.start + (day - of.start), other.end)
    months = (other.start.year - of.start.year) * 12 + other.start.month - of.start.month
    moved = add_months_keeping_end(day, months) if is_month_end(day) else add_months(day, months)
    return max(other.start, min(moved, other.end))
