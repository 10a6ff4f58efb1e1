"""Expressions to periods."""

from __future__ import annotations

from datetime import date
from typing import Any

from ecp.domain.calendar import ONE_DAY, Basis, Calendar, Grain, shift
from ecp.domain.time import absolute, counted, days
from ecp.domain.time.expressions import (
    Anchored,
    Containing,
    Day,
    Edge,
    Expression,
    Month,
    NumericDate,
    Part,
    Portion,
    Range,
    Relative,
    Vague,
    Weekday,
    YearEarlier,
)  # fmt: skip
from ecp.domain.time.frame import Frame, called, finest, plural, stretch_label
from ecp.domain.time.periods import Period, TimeConventions, TimeError

_DEFAULTS = TimeConventions()


def _open(node: Expression | None) -> bool:
    """Named without its year, so that it lies next to something."""
    if isinstance(node, Edge):
        return _open(node.of) or (isinstance(node.of, Relative) and node.of.word == "bare")
    if isinstance(node, NumericDate):
        return node.year is None
    return isinstance(node, Month | Part | Day | Weekday) and node.of is None and getattr(node, "which", None) is None


def portion(node: Portion, frame: Frame, _: Any) -> Period:
    whole = evaluate(node.of, frame)
    if node.side == "start":
        start, end = whole.start, shift(whole.start, node.grain, node.count) - ONE_DAY
    else:
        start, end = shift(whole.end + ONE_DAY, node.grain, -node.count), whole.end
    name = plural(node.count, node.grain)
    if start < whole.start or end > whole.end:
        raise TimeError(f"{whole.label} does not hold {name if node.count > 1 else 'a ' + name}.")
    rule = f"{'first' if node.side == 'start' else 'last'} {name} of {whole.label}"
    if node.count == 1 and node.grain != "week":
        return frame.unit(start, node.grain, whole.calendar, rule)
    label = rule[0].upper() + rule[1:]
    note = ", seven days each" if node.grain == "week" else ""
    return Period(start=start, end=end, granularity=node.grain, calendar=whole.calendar, label=label, rule=rule + note)


def anchored(node: Anchored, frame: Frame, _: Any) -> Period:
    of = evaluate(node.of, frame)
    if node.place == "starting":
        start, end = of.start, shift(of.start, node.grain, node.count) - ONE_DAY
    else:
        end = of.end if node.place == "ending" else of.start - ONE_DAY
        start = shift(end + ONE_DAY, node.grain, -node.count)
    basis: Basis = "fiscal" if node.basis == "fiscal" else "calendar"
    name = plural(node.count, called(node.grain, basis))
    words = {"ending": "ending with", "before": "before", "starting": "starting with"}
    return Period(
        start=start, end=end, granularity=node.grain, calendar=basis,
        label=stretch_label(start, end, frame.calendar), rule=f"{name} {words[node.place]} {of.label}",
    )  # fmt: skip


def containing(node: Containing, frame: Frame, _: Any) -> Period:
    of = evaluate(node.of, frame)
    return frame.unit(of.start, node.grain, "calendar", f"the {node.grain} that holds {of.label}")


def _point(day: date, rule: str, frame: Frame) -> Period:
    return frame.unit(day, "day", "calendar", rule)


def edge(node: Edge, frame: Frame, _: Any) -> Period:
    if isinstance(node.of, Relative) and node.of.word == "bare":
        return _bare_edge(node, node.of, frame)
    looked = frame.looking("ended") if _open(node.of) and node.side == "end" and frame.look == "begun" else frame
    of = evaluate(node.of, looked)
    day = of.start if node.side == "start" else of.end
    if node.how == "as_of":
        if of.start <= frame.today < of.end:
            return _point(frame.today, f"today, within {of.label}", frame)
        return _point(day, "the state of that day" if of.is_point else f"the last day of {of.label}", frame)
    if node.how == "by" and frame.conventions.by_end == "until":
        return _bounded(None, of, frame, f"until the end of {of.label}")
    return _point(day, f"the {'first' if node.side == 'start' else 'last'} day of {of.label}", frame)


def _bare_edge(node: Edge, unit: Relative, frame: Frame) -> Period:
    """ "At year end": the latest that has been, unless the current one is meant by convention."""
    basis = frame.relative_basis(unit.basis) if unit.grain in ("quarter", "half", "year") else "calendar"
    current = frame.unit(frame.near, unit.grain, basis, "")
    if node.side == "start":
        return _point(current.start, f"the first day of {current.label}", frame)
    if frame.conventions.bare_edge == "current" or frame.look == "forward" or current.end == frame.near:
        return _point(current.end, f"the last day of {current.label}", frame)
    ended = frame.unit(current.start - ONE_DAY, unit.grain, basis, "")
    return _point(ended.end, f"the most recent {called(unit.grain, basis)} end", frame)


def _ends(node: Range, frame: Frame) -> tuple[Period | None, Period | None]:
    """Both ends; one without its year lies next to the other one."""
    if node.first is None or node.last is None:
        return (
            evaluate(node.first, frame) if node.first else None,
            evaluate(node.last, frame) if node.last else None,
        )
    if _open(node.last) and not _open(node.first):
        first = evaluate(node.first, frame)
        return first, evaluate(node.last, frame.looking("forward", first.start, _fiscal(first)))
    last = evaluate(node.last, frame)
    nearer = frame.looking("begun", last.start, _fiscal(last)) if _open(node.first) else frame
    return evaluate(node.first, nearer), last


def _fiscal(period: Period) -> Basis | None:
    return "fiscal" if period.calendar == "fiscal" else None


def range_(node: Range, frame: Frame, _: Any) -> Period:
    first, last = _ends(node, frame)
    if first is None:
        return _until(node, last, frame)
    start = first.end + ONE_DAY if node.after else first.start
    if last is None:
        return _since(node, first, start, frame)
    end = last.start - ONE_DAY if _excludes(node, frame) else last.end
    if end < start:
        raise TimeError(f"{last.label} comes before {first.label}.")
    grain: Grain = finest(first.granularity, last.granularity)
    basis: Basis = "fiscal" if first.calendar == last.calendar == "fiscal" else "calendar"
    label = first.label if first.label == last.label else f"{first.label} – {last.label}"
    rule = f"from {'after ' if node.after else ''}{first.label} to {last.label}, both ends included"
    return Period(start=start, end=end, granularity=grain, calendar=basis, label=label, rule=rule)


def _excludes(node: Range, frame: Frame) -> bool:
    return node.before or (node.first is None and not frame.conventions.until_includes)


def _since(node: Range, first: Period, start: date, frame: Frame) -> Period:
    word = "after" if node.after else "since"
    if start > frame.today:
        raise TimeError(f"Nothing has happened {word} {first.label} yet.")
    return Period(
        start=start, end=frame.today, granularity="day", calendar="calendar",
        label=f"{word.capitalize()} {first.label}", rule=f"{word} {first.label}, until today",
    )  # fmt: skip


def _until(node: Range, last: Period | None, frame: Frame) -> Period:
    if last is None:
        return _bounded(None, _point(frame.today, "today", frame), frame, "all there is, until today")
    before = _excludes(node, frame)
    if before:
        day = last.start - ONE_DAY
        return _bounded(day, last, frame, f"before {last.label}")
    return _bounded(None, last, frame, f"until {last.label}, included")


def _bounded(day: date | None, last: Period, frame: Frame, rule: str) -> Period:
    end = day or last.end
    start = frame.conventions.earliest_day or date(frame.conventions.earliest_year, 1, 1)
    if frame.conventions.open_start == "year":
        start = frame.calendar.start_of(end, "year", last.calendar)
        rule += ", from the start of its year"
    if end < start:
        raise TimeError(f"There is nothing before {last.label}.")
    label = f"{'Before' if day else 'Until'} {last.label}"
    return Period(start=start, end=end, granularity="day", calendar="calendar", label=label, rule=rule)


def year_earlier(node: YearEarlier, frame: Frame, _: Any) -> Period:
    of = evaluate(node.of, frame)
    start = shift(of.start, "week", -52) if of.granularity == "week" else shift(of.start, "month", -12)
    return frame.unit(start, of.granularity, of.calendar, f"{of.rule}, a year earlier")


def vague(node: Vague, frame: Frame, _: Any) -> Period:
    raise TimeError(f"“{node.text}” {node.what}: {node.reason}.")


_RULES: dict[str, Any] = {
    "year": absolute.year,
    "decade": absolute.decade,
    "month": absolute.month,
    "day": days.day,
    "numeric_date": days.numeric_date,
    "weekday": days.weekday,
    "nth_weekday": days.nth_weekday,
    "weekend": days.weekend,
    "part": absolute.part,
    "relative": counted.relative,
    "window": counted.window,
    "to_date": counted.to_date,
    "portion": portion,
    "anchored": anchored,
    "containing": containing,
    "edge": edge,
    "range": range_,
    "year_earlier": year_earlier,
    "vague": vague,
}


def evaluate(node: Expression, frame: Frame) -> Period:
    found: Period = _RULES[node.type](node, frame, evaluate)
    return found


def resolve_time(
    expression: Expression, calendar: Calendar, today: date, conventions: TimeConventions = _DEFAULTS
) -> Period:
    """The dates an expression means on `today`. Raises `TimeError` for what does not exist ("31 June") and
    for what has no agreed dates ("early 2024")."""
    try:
        return evaluate(expression, Frame(calendar, today, conventions, near=today))
    except (ValueError, OverflowError) as error:
        raise TimeError("This time lies outside the calendar.") from error


def resolve_beside(
    expression: Expression, beside: Period, calendar: Calendar, today: date, conventions: TimeConventions = _DEFAULTS
) -> Period:
    """As `resolve_time`; what is named without its year ("February") is the one nearest to `beside` that has
    begun."""
    latest = resolve_time(expression, calendar, today, conventions)
    if not _open(expression):
        return latest
    frame = Frame(calendar, today, conventions, near=beside.start, basis=_fiscal(beside))
    try:
        found = [evaluate(expression, frame), evaluate(expression, frame.looking("forward"))]
    except (ValueError, OverflowError) as error:
        raise TimeError("This time lies outside the calendar.") from error
    begun = [period for period in found if period.start <= today] or found[:1]
    return min(begun, key=lambda period: abs(period.start - beside.start))
