"""Named days to dates: by day and month, in figures, by weekday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ecp.domain.calendar import MONTH_NAMES
from ecp.domain.time.absolute import Evaluate, full_year, which_rule, year_frame
from ecp.domain.time.expressions import Day, NthWeekday, NumericDate, Weekday, Weekend
from ecp.domain.time.frame import Frame, Stretch, stretch_label
from ecp.domain.time.periods import Period, TimeError

_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEK = timedelta(days=7)


def _date(year_: int, month_: int, day_: int) -> date | None:
    try:
        return date(year_, month_, day_)
    except ValueError:
        return None


def _checked(day: date | None, said: str, rule: str, frame: Frame) -> Period:
    if day is None:
        raise TimeError(f"There is no {said}.")
    return frame.unit(day, "day", "calendar", rule)


def day(node: Day, frame: Frame, evaluate: Evaluate) -> Period:
    name = MONTH_NAMES[node.month - 1] if 1 <= node.month <= 12 else f"month {node.month}"
    if node.of is not None:
        convention = frame.conventions.month_of_relative_year
        whole = evaluate(node.of, year_frame(node.of, frame, convention))
        number = whole.start.year + (whole.calendar == "fiscal" and node.month < whole.start.month)
        found = _checked(_date(number, node.month, node.day), f"{node.day} {name} {number}", "that day", frame)
    else:

        def in_year(number: int) -> Stretch | None:
            found = _date(number, node.month, node.day)
            fits = found and node.weekday in (None, found.weekday())
            return (found, found) if found and fits else None

        said = f"{node.day} {name}{f' on a {_DAY_NAMES[node.weekday]}' if node.weekday is not None else ''}"
        found = frame.unit(frame.nearest(said, in_year)[0], "day", "calendar", which_rule(None, frame, said))
    if node.weekday is not None and found.start.weekday() != node.weekday:
        raise TimeError(f"{found.label} is a {_DAY_NAMES[found.start.weekday()]}, not a {_DAY_NAMES[node.weekday]}.")
    return found


def numeric_date(node: NumericDate, frame: Frame, _: Evaluate) -> Period:
    found = list(_readings(node, frame))
    if node.year is not None and not frame.in_order:
        found = [one for one in found if one[0] <= frame.today] or found
    for day_, rule in found:
        return frame.unit(day_, "day", "calendar", rule)
    said = "/".join(str(n) for n in (node.first, node.second, node.year) if n is not None)
    raise TimeError(f"There is no day {said}.")


def _readings(node: NumericDate, frame: Frame) -> Iterator[tuple[date, str]]:
    """The days it can be, the usual way of writing first."""
    month_first = frame.conventions.numeric_dates == "month_first" and not node.dotted
    pair = (node.first, node.second)
    readings = [(pair, "month before day"), (pair[::-1], "day before month")]
    for (month_, day_), rule in readings if month_first else readings[::-1]:
        if found := _figures(month_, day_, node.year, frame):
            yield found, rule


def lies_ahead(node: NumericDate, frame: Frame) -> bool:
    """Whether the usual way of writing makes it a day that is still to come."""
    return next((day_ > frame.today for day_, _ in _readings(node, frame)), False)


def _figures(month_: int, day_: int, year_: int | None, frame: Frame) -> date | None:
    if year_ is not None:
        return _date(full_year(year_, frame), month_, day_)
    if _date(2000, month_, day_) is None:
        return None

    def in_year(number: int) -> Stretch | None:
        found = _date(number, month_, day_)
        return (found, found) if found else None

    return frame.nearest(f"day {month_}/{day_}", in_year)[0]


def weekday(node: Weekday, frame: Frame, evaluate: Evaluate) -> Period:
    name = _DAY_NAMES[node.weekday]
    week = timedelta(days=7)
    if node.of is not None or node.which == "this":
        holder = evaluate(node.of, frame) if node.of else frame.unit(frame.today, "week", "calendar", "")
        found = holder.start + timedelta(days=(node.weekday - holder.start.weekday()) % 7)
        return frame.unit(found, "day", "calendar", f"{name} of {holder.label}")
    today = frame.near
    latest = today - timedelta(days=(today.weekday() - node.weekday) % 7)
    if node.which == "next" or frame.look == "forward":
        later = latest if latest == today and node.which is None else latest + week
        return frame.unit(later, "day", "calendar", f"first {name} from now on")
    if node.which is None:
        return frame.unit(latest, "day", "calendar", f"most recent {name}")
    if frame.conventions.last_weekday == "previous_week":
        start = frame.calendar.start_of(today, "week") - week
        found = start + timedelta(days=(node.weekday - start.weekday()) % 7)
        return frame.unit(found, "day", "calendar", f"{name} of the previous week")
    return frame.unit(
        latest - week if latest == today else latest, "day", "calendar", f"most recent {name} before today"
    )


def nth_weekday(node: NthWeekday, frame: Frame, evaluate: Evaluate) -> Period:
    whole = evaluate(node.of, frame)
    name = _DAY_NAMES[node.weekday]
    first = whole.start + timedelta(days=(node.weekday - whole.start.weekday()) % 7)
    last = whole.end - timedelta(days=(whole.end.weekday() - node.weekday) % 7)
    found = last if node.index == -1 else first + (node.index - 1) * _WEEK
    if not whole.start <= found <= whole.end:
        raise TimeError(f"There is no {name} number {node.index} in {whole.label}.")
    which = f"last {name}" if node.index == -1 else f"{name} number {node.index}"
    return frame.unit(found, "day", "calendar", f"{which} of {whole.label}")


def weekend(node: Weekend, frame: Frame, _: Evaluate) -> Period:
    monday = frame.today - timedelta(days=frame.today.weekday()) + node.offset * _WEEK
    start, end = monday + timedelta(days=5), monday + timedelta(days=6)
    label = stretch_label(start, end, frame.calendar)
    return Period(
        start=start,
        end=end,
        granularity="day",
        calendar="calendar",
        label=label,
        rule="Saturday and Sunday of that week",
    )
